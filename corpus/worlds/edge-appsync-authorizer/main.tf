# appsync.authorizer: wired to two functions, admitted by one.

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

resource "aws_appsync_graphql_api" "hit" {
  name                = "hit"
  authentication_type = "AWS_LAMBDA"

  lambda_authorizer_config {
    authorizer_uri = aws_lambda_function.hit.arn
  }
}

resource "aws_appsync_graphql_api" "miss" {
  name                = "miss"
  authentication_type = "AWS_LAMBDA"

  lambda_authorizer_config {
    authorizer_uri = aws_lambda_function.miss.arn
  }
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "appsync.amazonaws.com"
  source_arn    = aws_appsync_graphql_api.hit.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
}

resource "aws_lambda_function" "second" {
  function_name = "second"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "second.zip"
}

# A second way to log in beside the first.
resource "aws_appsync_graphql_api" "second" {
  name                = "second"
  authentication_type = "API_KEY"

  additional_authentication_provider {
    authentication_type = "AWS_LAMBDA"

    lambda_authorizer_config {
      authorizer_uri = aws_lambda_function.second.arn
    }
  }
}

resource "aws_lambda_permission" "second" {
  function_name = aws_lambda_function.second.function_name
  action        = "lambda:InvokeFunction"
  principal     = "appsync.amazonaws.com"
  source_arn    = aws_appsync_graphql_api.second.arn
}
