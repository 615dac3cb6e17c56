# Destinations of asynchronous calls: decided by the role of the function that was called.

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

resource "aws_sqs_queue" "done" {
  name = "done"
}

resource "aws_lambda_function" "first" {
  function_name = "first"
  role          = aws_iam_role.sends.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "first.zip"
}

resource "aws_iam_role" "sends" {
  name = "sends"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "sends" {
  name = "sends"
  role = aws_iam_role.sends.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.hit.arn },
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.done.arn }
    ]
  })
}

resource "aws_iam_role_policy" "exec" {
  name = "exec"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.done.arn }
    ]
  })
}

resource "aws_iam_role" "blind" {
  name = "blind"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambda_function" "second" {
  function_name = "second"
  role          = aws_iam_role.blind.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "second.zip"
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

resource "aws_lambda_function" "behind" {
  function_name = "behind"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "behind.zip"
}

resource "aws_lambda_event_source_mapping" "behind" {
  event_source_arn = aws_sqs_queue.done.arn
  function_name    = aws_lambda_function.behind.arn
}

resource "aws_lambda_function_event_invoke_config" "first" {
  function_name = aws_lambda_function.first.function_name

  destination_config {
    on_success {
      destination = aws_sqs_queue.done.arn
    }

    on_failure {
      destination = aws_lambda_function.hit.arn
    }
  }
}

resource "aws_lambda_function_event_invoke_config" "second" {
  function_name = aws_lambda_function.second.function_name

  destination_config {
    on_success {
      destination = aws_sqs_queue.done.arn
    }

    on_failure {
      destination = aws_lambda_function.miss.arn
    }
  }
}

resource "aws_iam_role" "calls" {
  name = "calls"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "calls" {
  name = "calls"
  role = aws_iam_role.calls.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.first.arn }
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
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.second.arn }
    ]
  })
}
