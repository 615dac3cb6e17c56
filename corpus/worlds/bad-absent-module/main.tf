# A module of the registry that is not on this disk: named once; what it would tell is a hole.

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

module "uploads" {
  source  = "terraform-aws-modules/s3-bucket/aws"
  version = "~> 5.0"
  bucket  = "uploads"
}

resource "aws_lambda_permission" "uploads" {
  statement_id  = "AllowUploads"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.greet.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = module.uploads.s3_bucket_arn
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
