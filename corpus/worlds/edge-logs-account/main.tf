# A subscription of every log group of an account, but one.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "exec" {
  name = "exec"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambda_function" "ships" {
  function_name = "ships"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "ships.zip"
}

resource "aws_lambda_permission" "ships" {
  function_name = aws_lambda_function.ships.function_name
  action        = "lambda:InvokeFunction"
  principal     = "logs.amazonaws.com"
  source_arn    = "arn:aws:logs:eu-west-1:111122223333:log-group:*"
}

resource "aws_cloudwatch_log_group" "of" {
  for_each = toset(["app", "ships"])
  name     = each.key
}

resource "aws_cloudwatch_log_account_policy" "all" {
  policy_name        = "all"
  policy_type        = "SUBSCRIPTION_FILTER_POLICY"
  selection_criteria = "LogGroupName NOT IN [\"ships\"]"

  policy_document = jsonencode({
    DestinationArn = aws_lambda_function.ships.arn
    FilterPattern  = ""
  })
}

# What protects data subscribes nobody.
resource "aws_cloudwatch_log_account_policy" "masks" {
  policy_name = "masks"
  policy_type = "DATA_PROTECTION_POLICY"

  policy_document = jsonencode({
    Name    = "masks"
    Version = "2021-06-01"
    Statement = [{
      Sid            = "Masks"
      DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]
      Operation      = { Deidentify = { MaskConfig = {} } }
    }]
  })
}

resource "aws_iam_role" "writes" {
  for_each = { writes = "app", writes-others = "ships" }
  name     = each.key

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "writes" {
  for_each = { writes = "app", writes-others = "ships" }
  role     = aws_iam_role.writes[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "${aws_cloudwatch_log_group.of[each.value].arn}:*" }]
  })
}
