# A CloudFormation stack: what its template makes is not read, and what it gives out may be anything.

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

resource "aws_lambda_function" "greet" {
  function_name = "greet"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "greet.zip"
}

resource "aws_iam_role" "stack" {
  name = "stack"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "cloudformation.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_cloudformation_stack" "parts" {
  name         = "parts"
  template_url = "https://s3.eu-west-1.amazonaws.com/templates/parts.yaml"
  iam_role_arn = aws_iam_role.stack.arn

  parameters = { Function = aws_lambda_function.greet.function_name }
}

resource "aws_iam_user" "bob" {
  name = "bob"
}

resource "aws_iam_user_policy" "bob" {
  name = "bob"
  user = aws_iam_user.bob.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_cloudformation_stack.parts.outputs["FunctionArn"] }]
  })
}
