# Services whose configuration no Terraform resource shows: only the function policies name them.

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

resource "aws_lambda_function" "any_skill" {
  function_name = "any_skill"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "any_skill.zip"
}

resource "aws_lambda_permission" "lex" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "lexv2.amazonaws.com"
  source_arn    = "arn:aws:lex:eu-west-1:111122223333:bot-alias/*"
}

resource "aws_lambda_permission" "mail" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "workmail.eu-west-1.amazonaws.com"
}

resource "aws_lambda_permission" "sync" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "cognito-sync.amazonaws.com"
  source_account = "111122223333"
}

resource "aws_lambda_permission" "detector" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "iotevents.amazonaws.com"
  source_arn    = "arn:aws:iotevents:eu-west-1:111122223333:detectorModel/*"
}

resource "aws_lambda_permission" "skill" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "alexa-appkit.amazon.com"
  event_source_token = "amzn1.ask.skill.orders"
}

resource "aws_lambda_permission" "any_skill" {
  function_name = aws_lambda_function.any_skill.function_name
  action        = "lambda:InvokeFunction"
  principal     = "alexa-connectedhome.amazon.com"
}

resource "aws_lambda_permission" "other" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
}
