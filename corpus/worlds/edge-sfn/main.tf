# sfn: the source calls with a role of its own.

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
    Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }]
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

resource "aws_sfn_state_machine" "order" {
  name     = "order"
  role_arn = aws_iam_role.invokes.arn

  definition = jsonencode({
    StartAt = "First"
    States = {
      First = {
        Type       = "Task"
        Resource   = "arn:aws:states:::lambda:invoke"
        Parameters = { FunctionName = aws_lambda_function.hit.arn }
        Next       = "Second"
      }
      Second = {
        Type     = "Task"
        Resource = aws_lambda_function.miss.arn
        End      = true
      }
    }
  })
}

resource "aws_iam_role" "starts" {
  name = "starts"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "starts" {
  name = "starts"
  role = aws_iam_role.starts.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["states:StartExecution"], Resource = aws_sfn_state_machine.order.arn }
    ]
  })
}

resource "aws_iam_role" "looks" {
  name = "looks"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "looks" {
  name = "looks"
  role = aws_iam_role.looks.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["states:DescribeStateMachine"], Resource = aws_sfn_state_machine.order.arn }
    ]
  })
}

resource "aws_lambda_function" "sdk" {
  function_name = "sdk"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "sdk.zip"
}

resource "aws_iam_role_policy" "sdk" {
  name = "sdk"
  role = aws_iam_role.invokes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction", "lambda:GetFunction"], Resource = aws_lambda_function.sdk.arn }
    ]
  })
}

# By the integration with the SDK: one call of it runs a function.
resource "aws_sfn_state_machine" "sdk" {
  name     = "sdk"
  role_arn = aws_iam_role.invokes.arn

  definition = jsonencode({
    StartAt = "Look"
    States = {
      Look = {
        Type       = "Task"
        Resource   = "arn:aws:states:::aws-sdk:lambda:getFunction"
        Parameters = { FunctionName = aws_lambda_function.hit.arn }
        Next       = "Run"
      }
      Run = {
        Type       = "Task"
        Resource   = "arn:aws:states:::aws-sdk:lambda:invoke"
        Parameters = { FunctionName = aws_lambda_function.sdk.arn }
        End        = true
      }
    }
  })
}
