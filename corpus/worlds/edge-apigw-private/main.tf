# A private REST API: its policy lets anybody in who comes through a VPC endpoint.

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

resource "aws_api_gateway_rest_api" "inner" {
  name = "inner"

  endpoint_configuration {
    types = ["PRIVATE"]
  }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = "arn:aws:execute-api:eu-west-1:111122223333:*"
    }]
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

resource "aws_api_gateway_resource" "hit" {
  rest_api_id = aws_api_gateway_rest_api.inner.id
  parent_id   = aws_api_gateway_rest_api.inner.root_resource_id
  path_part   = "items"
}

resource "aws_api_gateway_method" "hit" {
  rest_api_id   = aws_api_gateway_rest_api.inner.id
  resource_id   = aws_api_gateway_resource.hit.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "hit" {
  rest_api_id             = aws_api_gateway_rest_api.inner.id
  resource_id             = aws_api_gateway_resource.hit.id
  http_method             = aws_api_gateway_method.hit.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.hit.invoke_arn
}

resource "aws_api_gateway_resource" "miss" {
  rest_api_id = aws_api_gateway_rest_api.inner.id
  parent_id   = aws_api_gateway_rest_api.inner.root_resource_id
  path_part   = "other"
}

resource "aws_api_gateway_method" "miss" {
  rest_api_id   = aws_api_gateway_rest_api.inner.id
  resource_id   = aws_api_gateway_resource.miss.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "miss" {
  rest_api_id             = aws_api_gateway_rest_api.inner.id
  resource_id             = aws_api_gateway_resource.miss.id
  http_method             = aws_api_gateway_method.miss.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.miss.invoke_arn
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.inner.execution_arn}/*/GET/items"
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.inner.execution_arn}/*/GET/items"
}

# Only from one endpoint, in the short form that API Gateway writes out.
resource "aws_api_gateway_rest_api" "endpoint" {
  name = "endpoint"

  endpoint_configuration {
    types = ["PRIVATE"]
  }
}

resource "aws_api_gateway_rest_api_policy" "endpoint" {
  rest_api_id = aws_api_gateway_rest_api.endpoint.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = "execute-api:Invoke"
        Resource  = "execute-api:/*"
        Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-0123456789abcdef0" } }
      },
      { Effect = "Deny", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*/GET/closed" }
    ]
  })
}

resource "aws_lambda_function" "short" {
  function_name = "short"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "short.zip"
}

resource "aws_lambda_function" "closed" {
  function_name = "closed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "closed.zip"
}

locals {
  short = { short = aws_lambda_function.short, closed = aws_lambda_function.closed }
}

resource "aws_api_gateway_resource" "short" {
  for_each    = local.short
  rest_api_id = aws_api_gateway_rest_api.endpoint.id
  parent_id   = aws_api_gateway_rest_api.endpoint.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_method" "short" {
  for_each      = local.short
  rest_api_id   = aws_api_gateway_rest_api.endpoint.id
  resource_id   = aws_api_gateway_resource.short[each.key].id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "short" {
  for_each                = local.short
  rest_api_id             = aws_api_gateway_rest_api.endpoint.id
  resource_id             = aws_api_gateway_resource.short[each.key].id
  http_method             = aws_api_gateway_method.short[each.key].http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = each.value.invoke_arn
}

resource "aws_lambda_permission" "short" {
  for_each      = local.short
  function_name = each.value.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.endpoint.execution_arn}/*/*"
}
