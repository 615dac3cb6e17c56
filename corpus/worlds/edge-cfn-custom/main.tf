# Custom resources of CloudFormation stacks: the stack's role calls, or whoever updates the stack.

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

resource "aws_lambda_function" "own" {
  function_name = "own"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "own.zip"
}

resource "aws_lambda_function" "miss" {
  function_name = "miss"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_iam_role" "stack" {
  name = "stack"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "cloudformation.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "stack" {
  name = "stack"
  role = aws_iam_role.stack.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.hit.arn }
    ]
  })
}

resource "aws_cloudformation_stack" "hit" {
  name         = "hit"
  iam_role_arn = aws_iam_role.stack.arn

  template_body = jsonencode({
    Resources = {
      Made = {
        Type       = "Custom::Thing"
        Properties = { ServiceToken = aws_lambda_function.hit.arn }
      }
    }
  })
}

resource "aws_cloudformation_stack" "miss" {
  name         = "miss"
  iam_role_arn = aws_iam_role.stack.arn

  template_body = jsonencode({
    Resources = {
      Made = {
        Type       = "Custom::Thing"
        Properties = { ServiceToken = aws_lambda_function.miss.arn }
      }
    }
  })
}

resource "aws_cloudformation_stack" "own" {
  name         = "own"

  template_body = jsonencode({
    Resources = {
      Made = {
        Type       = "Custom::Thing"
        Properties = { ServiceToken = aws_lambda_function.own.arn }
      }
    }
  })
}

resource "aws_iam_role" "updates" {
  name = "updates"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "updates" {
  name = "updates"
  role = aws_iam_role.updates.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["cloudformation:UpdateStack"], Resource = "*" }
    ]
  })
}

resource "aws_iam_role" "updates_and_calls" {
  name = "updates_and_calls"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "updates_and_calls" {
  name = "updates_and_calls"
  role = aws_iam_role.updates_and_calls.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["cloudformation:UpdateStack"], Resource = aws_cloudformation_stack.own.id },
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.own.arn }
    ]
  })
}
