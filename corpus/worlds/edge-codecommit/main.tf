# codecommit: wired to two functions, admitted by one.

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

resource "aws_codecommit_repository" "site" {
  repository_name = "site"
}

resource "aws_codecommit_trigger" "site" {
  repository_name = aws_codecommit_repository.site.repository_name

  trigger {
    name            = "hit"
    events          = ["all"]
    destination_arn = aws_lambda_function.hit.arn
  }

  trigger {
    name            = "miss"
    events          = ["all"]
    destination_arn = aws_lambda_function.miss.arn
  }
}

resource "aws_iam_role" "pushes" {
  name = "pushes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "pushes" {
  name = "pushes"
  role = aws_iam_role.pushes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["codecommit:GitPush"], Resource = aws_codecommit_repository.site.arn }
    ]
  })
}

resource "aws_iam_role" "pulls" {
  name = "pulls"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "pulls" {
  name = "pulls"
  role = aws_iam_role.pulls.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["codecommit:GitPull"], Resource = aws_codecommit_repository.site.arn }
    ]
  })
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "codecommit.amazonaws.com"
  source_arn    = aws_codecommit_repository.site.arn
  source_account = "111122223333"
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "codecommit.amazonaws.com"
  source_arn    = "arn:aws:codecommit:eu-west-1:111122223333:other"
  source_account = "111122223333"
}
