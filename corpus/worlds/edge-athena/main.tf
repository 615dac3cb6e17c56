# A federated Athena catalog: it calls with the rights of who queries it.

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

resource "aws_athena_data_catalog" "orders" {
  name        = "orders"
  type        = "LAMBDA"
  description = "orders of the shop"

  parameters = {
    function = aws_lambda_function.hit.arn
  }
}

resource "aws_athena_data_catalog" "lake" {
  name        = "lake"
  type        = "GLUE"
  description = "another account's catalog"

  parameters = {
    catalog-id = "444455556666"
  }
}

resource "aws_iam_role" "queries" {
  name = "queries"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "queries" {
  name = "queries"
  role = aws_iam_role.queries.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["athena:StartQueryExecution"], Resource = "*" },
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
      { Effect = "Allow", Action = ["athena:StartQueryExecution"], Resource = "*" }
    ]
  })
}
