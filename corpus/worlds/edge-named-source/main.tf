# Statements that name one source in full, which nothing here wires.

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

resource "aws_lambda_function" "theirs" {
  function_name = "theirs"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "theirs.zip"
}

resource "aws_lambda_permission" "theirs" {
  statement_id  = "Theirs"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.theirs.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = "arn:aws:sns:eu-west-1:444455556666:other"
}

resource "aws_lambda_function" "ours" {
  function_name = "ours"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "ours.zip"
}

resource "aws_lambda_permission" "ours" {
  statement_id  = "Ours"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.ours.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = "arn:aws:sns:eu-west-1:111122223333:elsewhere"
}

# A near miss: the topic that is named calls the function, and is a caller of its own.
resource "aws_sns_topic" "wired" {
  name = "wired"
}

resource "aws_lambda_function" "wired" {
  function_name = "wired"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "wired.zip"
}

resource "aws_lambda_permission" "wired" {
  statement_id  = "Wired"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.wired.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.wired.arn
}

resource "aws_sns_topic_subscription" "wired" {
  topic_arn = aws_sns_topic.wired.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.wired.arn
}
