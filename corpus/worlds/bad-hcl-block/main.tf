# One block that does not parse (`= =`) stands between good ones; it costs one problem, not the file.

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

resource "aws_iam_role_policy" "broken" {
  name   = "broken"
  role   = aws_iam_role.exec.id
  policy = = jsonencode({ Version = "2012-10-17", Statement = [] })
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
