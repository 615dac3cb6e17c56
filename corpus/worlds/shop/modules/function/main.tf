# A function with its execution role, its log group and the right to write to it.

variable "name" {
  description = "Name of the function; the role is called NAME-exec"
  type        = string
}

variable "permissions" {
  description = "The function's own identity policy, as JSON"
  type        = string
}

variable "environment" {
  description = "Environment variables"
  type        = map(string)
  default     = {}
}

resource "aws_iam_role" "exec" {
  name = "${var.name}-exec"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_iam_role_policy" "logs" {
  name = "${var.name}-logs"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "WriteOwnLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.this.arn}:*"
    }]
  })
}

resource "aws_iam_role_policy" "permissions" {
  name   = "${var.name}-permissions"
  role   = aws_iam_role.exec.id
  policy = var.permissions
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "build/${var.name}.zip"
  publish       = true
  timeout       = 30

  environment {
    variables = var.environment
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

output "name" {
  value = aws_lambda_function.this.function_name
}

output "arn" {
  value = aws_lambda_function.this.arn
}

output "invoke_arn" {
  value = aws_lambda_function.this.invoke_arn
}

output "version" {
  value = aws_lambda_function.this.version
}
