# A REST API whose routes stand in an OpenAPI document in YAML, and an HTTP API whose document is made by yamlencode.

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

resource "aws_lambda_function" "guard" {
  function_name = "guard"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "guard.zip"
}

resource "aws_api_gateway_rest_api" "body" {
  name = "body"

  body = templatefile("${path.module}/openapi.yaml", {
    hit    = aws_lambda_function.hit.invoke_arn
    miss   = aws_lambda_function.miss.invoke_arn
    signed = aws_lambda_function.signed.invoke_arn
    guard  = aws_lambda_function.guard.invoke_arn
  })
}

resource "aws_apigatewayv2_api" "plain" {
  name          = "plain"
  protocol_type = "HTTP"

  body = yamlencode({
    openapi = "3.0.1"
    info    = { title = "plain", version = "1" }
    paths = {
      for path in ["/a", "/b"] : path => {
        get = {
          "x-amazon-apigateway-integration" = {
            type                 = "AWS_PROXY"
            httpMethod           = "POST"
            payloadFormatVersion = "2.0"
            uri                  = aws_lambda_function.hit.arn
          }
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

resource "aws_lambda_permission" "plain" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.plain.execution_arn}/*/*/b"
}

# Any authorizer of the API
resource "aws_lambda_permission" "guard" {
  function_name = aws_lambda_function.guard.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.body.execution_arn}/authorizers/*"
}
