# What a function's configuration tells whoever can read it: environment values, code, and an access key of a user.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  people = {
    lists    = { action = "lambda:ListFunctions", resource = "*" }
    decrypts = { action = ["lambda:ListFunctions", "kms:Decrypt"], resource = "*" }
    gets     = { action = "lambda:GetFunction", resource = "arn:aws:lambda:*:*:function:*" }
    reads    = { action = "lambda:GetFunctionConfiguration", resource = "arn:aws:lambda:*:*:function:mails" }
    # The name of another function, and a call that returns no configuration.
    misreads = { action = "lambda:GetFunctionConfiguration", resource = "arn:aws:lambda:*:*:function:other" }
    policies = { action = "lambda:GetPolicy", resource = "*" }
    secrets  = { action = "secretsmanager:GetSecretValue", resource = "*" }
    params   = { action = "ssm:GetParameters", resource = "*" }
  }
}

resource "aws_iam_role" "people" {
  for_each           = local.people
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "batch.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "people" {
  for_each = local.people
  name     = "reads"
  role     = aws_iam_role.people[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value.action, Resource = each.value.resource }] })
}

resource "aws_iam_user" "mailer" {
  name = "mailer"
}

resource "aws_iam_access_key" "mailer" {
  user = aws_iam_user.mailer.name
}

resource "aws_iam_role" "exec" {
  name               = "exec"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_lambda_function" "mails" {
  function_name = "mails"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  environment {
    variables = {
      SMTP_USER     = aws_iam_access_key.mailer.id
      SMTP_PASSWORD = aws_iam_access_key.mailer.secret
    }
  }
}

# Whoever lists it sees values only with the key.
resource "aws_kms_key" "own" {
  description = "environments"
}

resource "aws_lambda_function" "masked" {
  function_name = "masked"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  kms_key_arn   = aws_kms_key.own.arn
  environment {
    variables = {
      TOKEN = "x"
    }
  }
}

# No environment: there is code to read, and nothing else.
resource "aws_lambda_function" "plain" {
  function_name = "plain"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
}

# The key again, kept as a secret; and as a parameter its id alone, which is no secret.
resource "aws_secretsmanager_secret" "mailer" {
  name = "mailer"
}

resource "aws_secretsmanager_secret_version" "mailer" {
  secret_id     = aws_secretsmanager_secret.mailer.id
  secret_string = jsonencode({ id = aws_iam_access_key.mailer.id, secret = aws_iam_access_key.mailer.secret })
}

resource "aws_ssm_parameter" "mailer" {
  name  = "/mailer/id"
  type  = "SecureString"
  value = aws_iam_access_key.mailer.id
}
