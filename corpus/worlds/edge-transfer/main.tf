# transfer: wired to two functions, admitted by one.

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

resource "aws_transfer_server" "hit" {
  identity_provider_type = "AWS_LAMBDA"
  function               = aws_lambda_function.hit.arn
}

resource "aws_transfer_server" "miss" {
  identity_provider_type = "AWS_LAMBDA"
  function               = aws_lambda_function.miss.arn
}

resource "aws_lambda_function" "step" {
  function_name = "step"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "step.zip"
}

resource "aws_lambda_function" "still" {
  function_name = "still"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "still.zip"
}

resource "aws_transfer_workflow" "step" {
  steps {
    type = "CUSTOM"

    custom_step_details {
      name   = "step"
      target = aws_lambda_function.step.arn
    }
  }
}

resource "aws_transfer_workflow" "delete" {
  steps {
    type = "DELETE"
  }
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "transfer.amazonaws.com"
  source_arn    = aws_transfer_server.hit.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
}

resource "aws_lambda_function" "failed" {
  function_name = "failed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "failed.zip"
}

resource "aws_transfer_workflow" "failed" {
  steps {
    type = "DELETE"
  }

  on_exception_steps {
    type = "CUSTOM"

    custom_step_details {
      name   = "failed"
      target = aws_lambda_function.failed.arn
    }
  }
}
