terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 6.0"
      configuration_aliases = [aws.there]
    }
  }
}

resource "aws_iam_role" "there" {
  provider = aws.there
  name     = "there"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambda_function" "there" {
  provider      = aws.there
  function_name = "there"
  role          = aws_iam_role.there.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "there.zip"
}
