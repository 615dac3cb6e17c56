# A REST API whose routes stand in an OpenAPI document.

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

resource "aws_lambda_function" "signed" {
  function_name = "signed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "signed.zip"
}

resource "aws_api_gateway_rest_api" "body" {
  name = "body"

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "body", version = "1" }
    components = {
      securitySchemes = {
        sigv4 = { type = "apiKey", name = "Authorization", in = "header", "x-amazon-apigateway-authtype" = "awsSigv4" }
      }
    }
    paths = {
      "/items" = {
        get = {
          "x-amazon-apigateway-integration" = { type = "aws_proxy", httpMethod = "POST", uri = aws_lambda_function.hit.invoke_arn }
        }
        post = {
          security                          = [{ sigv4 = [] }]
          "x-amazon-apigateway-integration" = { type = "aws_proxy", httpMethod = "POST", uri = aws_lambda_function.signed.invoke_arn }
        }
        delete = {
          "x-amazon-apigateway-integration" = { type = "aws_proxy", httpMethod = "POST", uri = aws_lambda_function.miss.invoke_arn }
        }
      }
    }
  })
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.body.execution_arn}/*/GET/items"
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.body.execution_arn}/*/GET/items"
}

resource "aws_lambda_permission" "signed" {
  function_name = aws_lambda_function.signed.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.body.execution_arn}/*"
}

# The document has the API's policy: only another account is let in.
resource "aws_lambda_function" "partner" {
  function_name = "partner"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "partner.zip"
}

resource "aws_api_gateway_rest_api" "partner" {
  name = "partner"

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "partner", version = "1" }
    paths = {
      "/items" = {
        get = {
          "x-amazon-apigateway-auth"        = { type = "AWS_IAM" }
          "x-amazon-apigateway-integration" = { type = "aws_proxy", httpMethod = "POST", uri = aws_lambda_function.partner.invoke_arn }
        }
        post = {
          "x-amazon-apigateway-integration" = { type = "aws_proxy", httpMethod = "POST", uri = aws_lambda_function.partner.invoke_arn }
        }
        put = {
          "x-amazon-apigateway-integration" = { type = "http_proxy", httpMethod = "PUT", uri = "https://example.com/items" }
        }
      }
    }
    "x-amazon-apigateway-policy" = {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::444455556666:root" }
        Action    = "execute-api:Invoke"
        Resource  = ["execute-api:/*"]
      }]
    }
  })
}

resource "aws_lambda_permission" "partner" {
  function_name = aws_lambda_function.partner.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.partner.execution_arn}/*"
}
