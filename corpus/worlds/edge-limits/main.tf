# What is allowed everywhere, and limited to some names elsewhere: those names are what a caller may use.
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  everything = { Effect = "Allow", Action = "s3:*", Resource = "*" }
  inbox      = "${aws_s3_bucket.uploads.arn}/in/*"
  identity = {
    # A Deny that leaves the inbox, and one that leaves a bucket of another stack
    all-but-inbox  = [local.everything, { Effect = "Deny", Action = "s3:*", NotResource = local.inbox }]
    all-but-shared = [local.everything, { Effect = "Deny", Action = "s3:*", NotResource = "arn:aws:s3:::shared/team/*" }]
    # Near miss: what is left is no key that the notification waits for
    all-but-text = [local.everything, { Effect = "Deny", Action = "s3:*", NotResource = "${aws_s3_bucket.uploads.arn}/in/a.txt" }]
    bounded      = [local.everything]
    crossed      = [{ Effect = "Allow", Action = "s3:*", Resource = "${aws_s3_bucket.uploads.arn}/team-*" }]
    crossed-not  = [{ Effect = "Allow", Action = "s3:*", Resource = "${aws_s3_bucket.uploads.arn}/team-*" }]
    maker        = [{ Effect = "Allow", Action = ["iam:PassRole", "lambda:*"], Resource = "*" }]
    # A right over machines, by its own kind of resource, and by one that it has nothing to do with
    operator    = [{ Effect = "Allow", Action = "ssm:StartSession", Resource = "arn:aws:ec2:eu-west-1:111122223333:instance/*" }]
    secrets     = [{ Effect = "Allow", Action = "secretsmanager:*", Resource = "*" }]
    others      = [{ Effect = "Allow", Action = "secretsmanager:*", Resource = "arn:aws:secretsmanager:*:*:secret:other/*" }]
    no-operator = [{ Effect = "Allow", Action = "ssm:*", Resource = "arn:aws:ssm:eu-west-1:111122223333:parameter/*" }]
  }
  boundary = {
    bounded = [{ Effect = "Allow", Action = "s3:PutObject", Resource = local.inbox }]
    # Neither of both names alone says which keys are left: `team-*/in/*` are
    crossed     = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.uploads.arn}/*/in/*" }]
    crossed-not = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.uploads.arn}/other/*/in/*" }]
    maker = [
      { Effect = "Allow", Action = "iam:PassRole", Resource = "*" },
      { Effect = "Allow", Action = "lambda:*", Resource = "arn:aws:lambda:eu-west-1:111122223333:function:new-*" },
    ]
  }
}

resource "aws_s3_bucket" "uploads" {
  bucket = "uploads"
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket = aws_s3_bucket.uploads.id

  lambda_function {
    lambda_function_arn = aws_lambda_function.rows.arn
    events              = ["s3:ObjectCreated:*"]
    filter_suffix       = ".csv"
  }
}

resource "aws_lambda_permission" "uploads" {
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rows.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.uploads.arn
  source_account = "111122223333"
}

resource "aws_lambda_function" "rows" {
  function_name = "rows"
  role          = aws_iam_role.rows.arn
  handler       = "rows.handler"
  runtime       = "python3.13"
  filename      = "rows.zip"
}

resource "aws_iam_role" "rows" {
  name = "rows"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_policy" "boundary" {
  for_each = local.boundary
  name     = "${each.key}-boundary"
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role" "app" {
  for_each             = local.identity
  name                 = each.key
  permissions_boundary = try(aws_iam_policy.boundary[each.key].arn, null)
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "app" {
  for_each = local.identity
  role     = aws_iam_role.app[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_role" "machine" {
  name = "machine"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

# The organisation leaves this account the secrets of its team.
resource "aws_organizations_policy" "team_secrets" {
  name = "team-secrets"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect      = "Deny"
      Action      = "secretsmanager:*"
      NotResource = "arn:aws:secretsmanager:*:*:secret:team/*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "team_secrets" {
  policy_id = aws_organizations_policy.team_secrets.id
  target_id = "111122223333"
}
