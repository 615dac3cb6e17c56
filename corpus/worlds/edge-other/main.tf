# Types that name a function and have no row: something makes them call it, and what it is is not known.

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

resource "aws_iot_authorizer" "hit" {
  name                    = "hit"
  authorizer_function_arn = aws_lambda_function.hit.arn
  signing_disabled        = true
}

resource "aws_ssm_maintenance_window_task" "hit" {
  name             = "nightly"
  window_id        = "mw-0123456789abcdef0"
  task_type        = "LAMBDA"
  task_arn         = aws_lambda_function.hit.arn
  service_role_arn = aws_iam_role.exec.arn
}

# Named, and not called: a value that somebody reads, a log of calls, a setting of the function itself.
resource "aws_ssm_parameter" "miss" {
  name  = "/miss"
  type  = "String"
  value = aws_lambda_function.miss.arn
}

resource "aws_cloudtrail" "miss" {
  name           = "miss"
  s3_bucket_name = "trail"

  event_selector {
    data_resource {
      type   = "AWS::Lambda::Function"
      values = [aws_lambda_function.miss.arn]
    }
  }
}

resource "aws_lambda_runtime_management_config" "miss" {
  function_name     = aws_lambda_function.miss.arn
  update_runtime_on = "Auto"
}
