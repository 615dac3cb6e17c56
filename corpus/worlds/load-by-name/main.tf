# What another stack made, named here by its name alone: it is given policies, and has an ARN all the same.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

data "aws_iam_role" "legacy" {
  name = "legacy"
}

resource "aws_secretsmanager_secret" "pay" {
  name = "pay"
}

# Its other policies are not in the input: it may be denied this, and may do more.
resource "aws_iam_role_policy" "legacy" {
  name   = "pay"
  role   = data.aws_iam_role.legacy.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "ReadPay", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.pay.arn }] })
}

# The same role, by its ARN
resource "aws_lambda_function" "pay" {
  function_name = "pay"
  role          = "arn:aws:iam::111122223333:role/legacy"
}

resource "aws_s3_bucket_policy" "lake" {
  bucket = "lake"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Partner", Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "s3:GetObject", Resource = "arn:aws:s3:::lake/*" }] })
}

resource "aws_sqs_queue_policy" "jobs" {
  queue_url = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
  policy    = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Partner", Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "sqs:SendMessage", Resource = "*" }] })
}

resource "aws_lambda_permission" "report" {
  statement_id  = "Partner"
  function_name = "report"
  action        = "lambda:InvokeFunction"
  principal     = "444455556666"
}

# Of an own role, the statements are all there is.
resource "aws_iam_role" "own" {
  name               = "own"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "own" {
  name = "own"
  role = aws_iam_role.own.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:111122223333:jobs" },
      { Effect = "Allow", Action = "sqs:ReceiveMessage", Resource = "arn:aws:sqs:eu-central-1:111122223333:jobs" },
    ]
  })
}
