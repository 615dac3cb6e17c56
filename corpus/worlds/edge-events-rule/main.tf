# events.rule: wired to two functions, admitted by one.

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

resource "aws_lambda_function" "hit" {
  function_name = "hit"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "hit.zip"
}

resource "aws_lambda_function" "miss" {
  function_name = "miss"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_cloudwatch_event_bus" "shop" {
  name = "shop"
}

resource "aws_cloudwatch_event_rule" "orders" {
  name           = "orders"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  event_pattern  = jsonencode({ source = ["shop.orders"] })
}

resource "aws_cloudwatch_event_rule" "paused" {
  name           = "paused"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  event_pattern  = jsonencode({ source = ["shop.orders"] })
  state          = "DISABLED"
}

resource "aws_cloudwatch_event_rule" "logins" {
  name          = "logins"
  event_pattern = jsonencode({ source = ["aws.signin"] })
}

resource "aws_cloudwatch_event_target" "hit" {
  rule           = aws_cloudwatch_event_rule.orders.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  arn            = aws_lambda_function.hit.arn
}

resource "aws_cloudwatch_event_target" "miss" {
  rule           = aws_cloudwatch_event_rule.orders.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  arn            = aws_lambda_function.miss.arn
}

resource "aws_cloudwatch_event_target" "paused" {
  rule           = aws_cloudwatch_event_rule.paused.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  arn            = aws_lambda_function.paused.arn
}

resource "aws_cloudwatch_event_target" "logins" {
  rule           = aws_cloudwatch_event_rule.logins.name
  arn            = aws_lambda_function.logins.arn
}

resource "aws_lambda_function" "paused" {
  function_name = "paused"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "paused.zip"
}

resource "aws_lambda_function" "logins" {
  function_name = "logins"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "logins.zip"
}

resource "aws_lambda_permission" "paused" {
  function_name = aws_lambda_function.paused.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.paused.arn
}

resource "aws_lambda_permission" "logins" {
  function_name = aws_lambda_function.logins.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.logins.arn
}

resource "aws_iam_role" "puts" {
  name = "puts"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "puts" {
  name = "puts"
  role = aws_iam_role.puts.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["events:PutEvents"], Resource = aws_cloudwatch_event_bus.shop.arn }
    ]
  })
}

resource "aws_iam_role" "default" {
  name = "default"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "default" {
  name = "default"
  role = aws_iam_role.default.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["events:PutEvents"], Resource = "arn:aws:events:eu-west-1:111122223333:event-bus/default" }
    ]
  })
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.orders.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.logins.arn
}

# Statements of the bus's policy, one a resource: another account, and whoever is of an organisation.
resource "aws_cloudwatch_event_permission" "partner" {
  principal      = "444455556666"
  statement_id   = "Partner"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
}

resource "aws_cloudwatch_event_permission" "organisation" {
  principal      = "*"
  statement_id   = "Organisation"
  event_bus_name = aws_cloudwatch_event_bus.common.name

  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = "o-abcdef1234"
  }
}

resource "aws_cloudwatch_event_bus" "common" {
  name = "common"
}

resource "aws_cloudwatch_event_rule" "common" {
  name           = "common"
  event_bus_name = aws_cloudwatch_event_bus.common.name
  event_pattern  = jsonencode({ source = ["shop.orders"] })
}

resource "aws_cloudwatch_event_target" "common" {
  rule           = aws_cloudwatch_event_rule.common.name
  event_bus_name = aws_cloudwatch_event_bus.common.name
  arn            = aws_lambda_function.common.arn
}

resource "aws_lambda_permission" "common" {
  function_name = aws_lambda_function.common.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.common.arn
}

resource "aws_lambda_function" "common" {
  function_name = "common"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "common.zip"
}
