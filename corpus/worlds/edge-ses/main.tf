# ses: wired to two functions, admitted by one.

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

resource "aws_ses_receipt_rule" "hit" {
  name          = "hit"
  rule_set_name = "mail"
  enabled       = true

  lambda_action {
    function_arn = aws_lambda_function.hit.arn
    position     = 1
  }
}

resource "aws_ses_receipt_rule" "miss" {
  name          = "miss"
  rule_set_name = "mail"
  enabled       = true

  lambda_action {
    function_arn = aws_lambda_function.miss.arn
    position     = 1
  }
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "ses.amazonaws.com"
  source_arn    = aws_ses_receipt_rule.hit.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
}
