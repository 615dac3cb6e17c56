# A REST API whose stages say which function runs, and by which alias.

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

resource "aws_api_gateway_rest_api" "staged" {
  name = "staged"
}

locals {
  staged = { GET = "$${stageVariables.function}", POST = "aliased:$${stageVariables.alias}" }
}

resource "aws_api_gateway_method" "staged" {
  for_each      = local.staged
  rest_api_id   = aws_api_gateway_rest_api.staged.id
  resource_id   = aws_api_gateway_rest_api.staged.root_resource_id
  http_method   = each.key
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "staged" {
  for_each                = local.staged
  rest_api_id             = aws_api_gateway_rest_api.staged.id
  resource_id             = aws_api_gateway_rest_api.staged.root_resource_id
  http_method             = aws_api_gateway_method.staged[each.key].http_method
  integration_http_method = "POST"
  type                    = "AWS_PROXY"
  uri                     = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:${each.value}/invocations"
}

resource "aws_api_gateway_deployment" "staged" {
  rest_api_id = aws_api_gateway_rest_api.staged.id
}

resource "aws_api_gateway_stage" "staged" {
  for_each      = { test = "blue", live = "green" }
  rest_api_id   = aws_api_gateway_rest_api.staged.id
  deployment_id = aws_api_gateway_deployment.staged.id
  stage_name    = each.key
  variables     = { function = aws_lambda_function.staged[each.value].function_name, alias = aws_lambda_alias.staged.name }
}

resource "aws_lambda_function" "staged" {
  for_each      = toset(["blue", "green", "red", "aliased"])
  function_name = each.key
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "staged.zip"
}

resource "aws_lambda_alias" "staged" {
  name             = "live"
  function_name    = aws_lambda_function.staged["aliased"].function_name
  function_version = "1"
}

resource "aws_lambda_permission" "staged" {
  for_each      = aws_lambda_function.staged
  function_name = each.value.function_name
  qualifier     = each.key == "aliased" ? aws_lambda_alias.staged.name : null
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.staged.execution_arn}/*/*/"
}
