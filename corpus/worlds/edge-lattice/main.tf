# lattice: wired to two functions, admitted by one.

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

resource "aws_vpclattice_target_group" "hit" {
  name = "hit"
  type = "LAMBDA"
}

resource "aws_vpclattice_target_group_attachment" "hit" {
  target_group_identifier = aws_vpclattice_target_group.hit.id

  target {
    id = aws_lambda_function.hit.arn
  }
}

resource "aws_vpclattice_target_group" "miss" {
  name = "miss"
  type = "LAMBDA"
}

resource "aws_vpclattice_target_group_attachment" "miss" {
  target_group_identifier = aws_vpclattice_target_group.miss.id

  target {
    id = aws_lambda_function.miss.arn
  }
}

resource "aws_lambda_function" "scoped" {
  function_name = "scoped"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "scoped.zip"
}

resource "aws_vpclattice_target_group_attachment" "scoped" {
  target_group_identifier = aws_vpclattice_target_group.hit.id

  target {
    id = aws_lambda_function.scoped.arn
  }
}

resource "aws_lambda_permission" "scoped" {
  function_name = aws_lambda_function.scoped.function_name
  action        = "lambda:InvokeFunction"
  principal     = "vpc-lattice.amazonaws.com"
  source_arn    = "arn:aws:vpc-lattice:eu-west-1:111122223333:service/other"
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "vpc-lattice.amazonaws.com"
  source_arn    = aws_vpclattice_target_group.hit.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
}
