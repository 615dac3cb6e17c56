# scheduler: the source calls with a role of its own.

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

resource "aws_iam_role" "invokes" {
  name = "invokes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "scheduler.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "invokes" {
  name = "invokes"
  role = aws_iam_role.invokes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = "${aws_lambda_function.hit.arn}*" }
    ]
  })
}

resource "aws_scheduler_schedule" "hit" {
  name                = "hit"
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.hit.arn
    role_arn = aws_iam_role.invokes.arn
  }
}

resource "aws_scheduler_schedule" "miss" {
  name                = "miss"
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.miss.arn
    role_arn = aws_iam_role.invokes.arn
  }
}

resource "aws_scheduler_schedule" "paused" {
  name                = "paused"
  schedule_expression = "rate(1 hour)"
  state               = "DISABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.paused.arn
    role_arn = aws_iam_role.invokes.arn
  }
}

resource "aws_lambda_function" "paused" {
  function_name = "paused"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "paused.zip"
}

resource "aws_iam_role_policy" "paused" {
  name = "paused"
  role = aws_iam_role.invokes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.paused.arn }
    ]
  })
}

resource "aws_lambda_function" "universal" {
  function_name = "universal"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "universal.zip"
}

resource "aws_lambda_function" "other" {
  function_name = "other"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "other.zip"
}

# A universal target names the function in its input, and no ARN of a function stands in `arn`.
resource "aws_scheduler_schedule" "universal" {
  for_each            = { universal = aws_lambda_function.universal.arn, other = aws_lambda_function.other.function_name }
  name                = each.key
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:lambda:invoke"
    role_arn = aws_iam_role.invokes.arn
    input    = jsonencode({ FunctionName = each.value, InvocationType = "Event", Payload = "{}" })
  }
}

resource "aws_iam_role_policy" "universal" {
  name = "universal"
  role = aws_iam_role.invokes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = aws_lambda_function.universal.arn }
    ]
  })
}
