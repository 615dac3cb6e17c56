# A REST API: methods that anybody, who signs, or nobody may call, and an API with a policy.

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

resource "aws_api_gateway_rest_api" "open" {
  name = "open"
}

resource "aws_lambda_function" "hit" {
  function_name = "hit"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "hit.zip"
}

resource "aws_lambda_function" "signed" {
  function_name = "signed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "signed.zip"
}

resource "aws_lambda_function" "miss" {
  function_name = "miss"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_lambda_function" "token" {
  function_name = "token"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "token.zip"
}

resource "aws_api_gateway_resource" "hit" {
  rest_api_id = aws_api_gateway_rest_api.open.id
  parent_id   = aws_api_gateway_rest_api.open.root_resource_id
  path_part   = "items"
}

resource "aws_api_gateway_method" "hit" {
  rest_api_id   = aws_api_gateway_rest_api.open.id
  resource_id   = aws_api_gateway_resource.hit.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "hit" {
  rest_api_id             = aws_api_gateway_rest_api.open.id
  resource_id             = aws_api_gateway_resource.hit.id
  http_method             = aws_api_gateway_method.hit.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.hit.invoke_arn
}

resource "aws_api_gateway_resource" "signed" {
  rest_api_id = aws_api_gateway_rest_api.open.id
  parent_id   = aws_api_gateway_rest_api.open.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_method" "signed" {
  rest_api_id   = aws_api_gateway_rest_api.open.id
  resource_id   = aws_api_gateway_resource.signed.id
  http_method   = "POST"
  authorization = "AWS_IAM"
}

resource "aws_api_gateway_integration" "signed" {
  rest_api_id             = aws_api_gateway_rest_api.open.id
  resource_id             = aws_api_gateway_resource.signed.id
  http_method             = aws_api_gateway_method.signed.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.signed.invoke_arn
}

resource "aws_api_gateway_resource" "miss" {
  rest_api_id = aws_api_gateway_rest_api.open.id
  parent_id   = aws_api_gateway_rest_api.open.root_resource_id
  path_part   = "other"
}

resource "aws_api_gateway_method" "miss" {
  rest_api_id   = aws_api_gateway_rest_api.open.id
  resource_id   = aws_api_gateway_resource.miss.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "miss" {
  rest_api_id             = aws_api_gateway_rest_api.open.id
  resource_id             = aws_api_gateway_resource.miss.id
  http_method             = aws_api_gateway_method.miss.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.miss.invoke_arn
}

resource "aws_api_gateway_resource" "token" {
  rest_api_id = aws_api_gateway_rest_api.open.id
  parent_id   = aws_api_gateway_rest_api.open.root_resource_id
  path_part   = "mine"
}

resource "aws_api_gateway_method" "token" {
  rest_api_id   = aws_api_gateway_rest_api.open.id
  resource_id   = aws_api_gateway_resource.token.id
  http_method   = "GET"
  authorization = "COGNITO_USER_POOLS"
}

resource "aws_api_gateway_integration" "token" {
  rest_api_id             = aws_api_gateway_rest_api.open.id
  resource_id             = aws_api_gateway_resource.token.id
  http_method             = aws_api_gateway_method.token.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.token.invoke_arn
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.open.execution_arn}/*/GET/items"
}

resource "aws_lambda_permission" "signed" {
  function_name = aws_lambda_function.signed.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.open.execution_arn}/*/POST/orders"
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.open.execution_arn}/*/POST/other"
}

resource "aws_lambda_permission" "token" {
  function_name = aws_lambda_function.token.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.open.execution_arn}/*/*"
}

resource "aws_api_gateway_rest_api" "fenced" {
  name = "fenced"
}

resource "aws_lambda_function" "fenced" {
  function_name = "fenced"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "fenced.zip"
}

resource "aws_api_gateway_resource" "fenced" {
  rest_api_id = aws_api_gateway_rest_api.fenced.id
  parent_id   = aws_api_gateway_rest_api.fenced.root_resource_id
  path_part   = "inside"
}

resource "aws_api_gateway_method" "fenced" {
  rest_api_id   = aws_api_gateway_rest_api.fenced.id
  resource_id   = aws_api_gateway_resource.fenced.id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "fenced" {
  rest_api_id             = aws_api_gateway_rest_api.fenced.id
  resource_id             = aws_api_gateway_resource.fenced.id
  http_method             = aws_api_gateway_method.fenced.http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = aws_lambda_function.fenced.invoke_arn
}

resource "aws_lambda_permission" "fenced" {
  function_name = aws_lambda_function.fenced.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.fenced.execution_arn}/*/*"
}

resource "aws_api_gateway_rest_api_policy" "fenced" {
  rest_api_id = aws_api_gateway_rest_api.fenced.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = "${aws_api_gateway_rest_api.fenced.execution_arn}/*/GET/outside"
    }]
  })
}

resource "aws_iam_role" "caller" {
  name = "caller"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "caller" {
  name = "caller"
  role = aws_iam_role.caller.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.open.execution_arn}/*/POST/orders" }
    ]
  })
}

resource "aws_iam_role" "other" {
  name = "other"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "other" {
  name = "other"
  role = aws_iam_role.other.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.open.execution_arn}/*/GET/orders" }
    ]
  })
}
