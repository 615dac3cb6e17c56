# A function behind one HTTP API, with an execution role that may do three things, each scoped to one resource.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28"
    }
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["123456789012"]
}

# --- Execution role ----------------------------------------------------------------------------------------------

resource "aws_iam_role" "lambda" {
  name = "my-function-execution-role"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "lambda" {
  name = "my-function-policy"
  role = aws_iam_role.lambda.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Its own log group
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/my-function:*"
      },
      # The secrets of one name
      {
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"
        Resource = [
          "arn:aws:secretsmanager:us-east-1:123456789012:secret:my-app/api-key-*",
        ]
      },
      # One prefix of the bucket
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "arn:aws:s3:::my-bucket/uploads/*"
      }
    ]
  })
}

# The role may not create it, so somebody else must
resource "aws_cloudwatch_log_group" "lambda" {
  name              = "/aws/lambda/my-function"
  retention_in_days = 30
}

# --- Function ----------------------------------------------------------------------------------------------------

resource "aws_lambda_function" "api" {
  function_name                  = "my-function"
  role                           = aws_iam_role.lambda.arn
  runtime                        = "python3.13"
  handler                        = "main.handler"
  filename                       = "build/my-function.zip"
  reserved_concurrent_executions = 10

  environment {
    variables = {
      API_KEY_SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:my-app/api-key-Xk3f9Q"
    }
  }

  tracing_config {
    mode = "Active"
  }
}

# --- Ways in -----------------------------------------------------------------------------------------------------

resource "aws_apigatewayv2_api" "main" {
  name          = "my-api"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "api" {
  api_id                 = aws_apigatewayv2_api.main.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.api.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "api" {
  api_id             = aws_apigatewayv2_api.main.id
  route_key          = "ANY /{proxy+}"
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.api.id}"
}

resource "aws_apigatewayv2_stage" "prod" {
  api_id      = aws_apigatewayv2_api.main.id
  name        = "prod"
  auto_deploy = true
}

resource "aws_lambda_permission" "apigw" {
  statement_id  = "AllowAPIGatewayInvoke"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api.function_name
  principal     = "apigateway.amazonaws.com"

  # This API only: any stage, method and path of it
  source_arn = "${aws_apigatewayv2_api.main.execution_arn}/*/*"
}

resource "aws_lambda_function_url" "api" {
  function_name      = aws_lambda_function.api.function_name
  authorization_type = "AWS_IAM"

  cors {
    allow_origins = ["https://your-domain.com"]
    allow_methods = ["GET", "POST"]
    max_age       = 300
  }
}
