# A policy in a heredoc that is not JSON: a comma is missing. What it says is unknown, not nothing.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "exec" {
  name = "greet-exec"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_lambda_function" "greet" {
  function_name = "greet"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "build/greet.zip"
}

resource "aws_secretsmanager_secret" "name" {
  name = "greet/name"
}

resource "aws_iam_role_policy" "exec" {
  name = "exec"
  role = aws_iam_role.exec.id

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "ReadName",
          "Effect": "Allow"
          "Action": "secretsmanager:GetSecretValue",
          "Resource": "*"
        }
      ]
    }
  JSON
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_policy" "bob" {
  name = "bob"
  user = aws_iam_user.bob.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "Greet"
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = aws_lambda_function.greet.arn
    }]
  })
}
