# An S3 Object Lambda access point: it calls with the rights of who reads through it.

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

resource "aws_s3control_object_lambda_access_point" "masked" {
  name = "masked"

  configuration {
    supporting_access_point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/raw"

    transformation_configuration {
      actions = ["GetObject"]

      content_transformation {
        aws_lambda {
          function_arn = aws_lambda_function.hit.arn
        }
      }
    }
  }
}

resource "aws_iam_role" "reads" {
  name = "reads"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "reads" {
  name = "reads"
  role = aws_iam_role.reads.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3-object-lambda:GetObject"], Resource = aws_s3control_object_lambda_access_point.masked.arn },
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.hit.arn }
    ]
  })
}

resource "aws_iam_role" "half" {
  name = "half"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "half" {
  name = "half"
  role = aws_iam_role.half.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3-object-lambda:GetObject"], Resource = aws_s3control_object_lambda_access_point.masked.arn }
    ]
  })
}
