# A queue that a function polls: its role must receive, delete and look.

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

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_lambda_function" "hit" {
  function_name = "hit"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "hit.zip"
}

resource "aws_iam_role_policy" "exec" {
  name = "exec"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = aws_sqs_queue.jobs.arn }
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

resource "aws_iam_role_policy" "blind" {
  name = "blind"
  role = aws_iam_role.blind.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage"], Resource = aws_sqs_queue.jobs.arn }
    ]
  })
}

resource "aws_lambda_function" "miss" {
  function_name = "miss"
  role          = aws_iam_role.blind.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_lambda_function" "paused" {
  function_name = "paused"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "paused.zip"
}

resource "aws_lambda_event_source_mapping" "hit" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.hit.arn
}

resource "aws_lambda_event_source_mapping" "miss" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.miss.arn
}

resource "aws_lambda_event_source_mapping" "paused" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = aws_lambda_function.paused.arn
  enabled          = false
}

resource "aws_iam_role" "sender" {
  name = "sender"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "sender" {
  name = "sender"
  role = aws_iam_role.sender.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.jobs.arn }
    ]
  })
}

resource "aws_iam_role" "purger" {
  name = "purger"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "purger" {
  name = "purger"
  role = aws_iam_role.purger.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:PurgeQueue"], Resource = aws_sqs_queue.jobs.arn }
    ]
  })
}
