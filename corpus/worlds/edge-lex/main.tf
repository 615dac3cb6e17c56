# lex: wired to two functions, admitted by one.

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

resource "aws_lex_intent" "hit" {
  name = "hit"

  fulfillment_activity {
    type = "CodeHook"

    code_hook {
      message_version = "1"
      uri             = aws_lambda_function.hit.arn
    }
  }
}

resource "aws_lex_intent" "miss" {
  name = "miss"

  fulfillment_activity {
    type = "CodeHook"

    code_hook {
      message_version = "1"
      uri             = aws_lambda_function.miss.arn
    }
  }
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "lex.amazonaws.com"
  source_arn    = "arn:aws:lex:eu-west-1:111122223333:intent:hit:*"
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "lex.amazonaws.com"
  source_arn    = "arn:aws:lex:eu-west-1:111122223333:intent:hit:*"
}
