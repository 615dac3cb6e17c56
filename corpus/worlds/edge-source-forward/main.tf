# Chains: a bucket to a queue, and to a rule by EventBridge; a rule to a queue and a topic.

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

resource "aws_s3_bucket" "in" {
  bucket = "in"
}

resource "aws_sqs_queue" "work" {
  name = "work"
}

resource "aws_sqs_queue" "shut" {
  name = "shut"
}

resource "aws_sns_topic" "news" {
  name = "news"
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

resource "aws_lambda_function" "ruled" {
  function_name = "ruled"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "ruled.zip"
}

resource "aws_lambda_function" "told" {
  function_name = "told"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "told.zip"
}

resource "aws_iam_role_policy" "exec" {
  name = "exec"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = "*" }
    ]
  })
}

resource "aws_lambda_event_source_mapping" "hit" {
  event_source_arn = aws_sqs_queue.work.arn
  function_name    = aws_lambda_function.hit.arn
}

resource "aws_lambda_event_source_mapping" "miss" {
  event_source_arn = aws_sqs_queue.shut.arn
  function_name    = aws_lambda_function.miss.arn
}

resource "aws_sqs_queue_policy" "work" {
  queue_url = aws_sqs_queue.work.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.work.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_s3_bucket.in.arn } }
    }]
  })
}

resource "aws_s3_bucket_notification" "in" {
  bucket      = aws_s3_bucket.in.id
  eventbridge = true

  queue {
    queue_arn = aws_sqs_queue.work.arn
    events    = ["s3:ObjectCreated:*"]
  }

  queue {
    queue_arn = aws_sqs_queue.shut.arn
    events    = ["s3:ObjectRemoved:*"]
  }
}

resource "aws_cloudwatch_event_rule" "new" {
  name = "new"

  event_pattern = jsonencode({
    source        = ["aws.s3"]
    "detail-type" = ["Object Created"]
    detail        = { bucket = { name = [aws_s3_bucket.in.bucket] } }
  })
}

resource "aws_cloudwatch_event_rule" "elsewhere" {
  name = "elsewhere"

  event_pattern = jsonencode({
    source = ["aws.s3"]
    detail = { bucket = { name = ["another"] } }
  })
}

resource "aws_cloudwatch_event_target" "ruled" {
  rule = aws_cloudwatch_event_rule.new.name
  arn  = aws_lambda_function.ruled.arn
}

resource "aws_cloudwatch_event_target" "elsewhere" {
  rule = aws_cloudwatch_event_rule.elsewhere.name
  arn  = aws_lambda_function.miss.arn
}

resource "aws_cloudwatch_event_target" "news" {
  rule = aws_cloudwatch_event_rule.new.name
  arn  = aws_sns_topic.news.arn
}

resource "aws_sns_topic_policy" "news" {
  arn = aws_sns_topic.news.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.news.arn
    }]
  })
}

resource "aws_lambda_permission" "ruled" {
  function_name = aws_lambda_function.ruled.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.new.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.elsewhere.arn
}

resource "aws_sns_topic_subscription" "told" {
  topic_arn = aws_sns_topic.news.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.told.arn
}

resource "aws_lambda_permission" "told" {
  function_name = aws_lambda_function.told.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.news.arn
}

resource "aws_iam_role" "puts" {
  name = "puts"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "puts" {
  name = "puts"
  role = aws_iam_role.puts.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:PutObject"], Resource = "${aws_s3_bucket.in.arn}/*" }
    ]
  })
}

resource "aws_iam_role" "deletes" {
  name = "deletes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "deletes" {
  name = "deletes"
  role = aws_iam_role.deletes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:DeleteObject"], Resource = "${aws_s3_bucket.in.arn}/*" }
    ]
  })
}
