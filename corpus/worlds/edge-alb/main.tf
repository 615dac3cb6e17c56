# alb: wired to two functions, admitted by one.

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

resource "aws_lb" "inner" {
  name     = "inner"
  internal = true
}

resource "aws_lb_listener" "inner" {
  load_balancer_arn = aws_lb.inner.arn
  port              = 443

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.hit.arn
  }
}

resource "aws_lb_target_group" "hit" {
  name        = "hit"
  target_type = "lambda"
}

resource "aws_lb_target_group" "miss" {
  name        = "miss"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "hit" {
  target_group_arn = aws_lb_target_group.hit.arn
  target_id        = aws_lambda_function.hit.arn
}

resource "aws_lb_target_group_attachment" "miss" {
  target_group_arn = aws_lb_target_group.miss.arn
  target_id        = aws_lambda_function.miss.arn
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.hit.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.hit.arn
}
