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

# Mail that comes in is written to a bucket, which tells a function.
resource "aws_s3_bucket" "mail" {
  bucket = "mail"
}

resource "aws_s3_bucket_policy" "mail" {
  bucket = aws_s3_bucket.mail.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ses.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.mail.arn}/*"
      Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
    }]
  })
}

resource "aws_ses_receipt_rule" "mail" {
  for_each      = { mail = aws_s3_bucket.mail.bucket, lost = aws_s3_bucket.in.bucket }
  name          = each.key
  rule_set_name = "default"
  recipients    = ["${each.key}@example.com"]
  enabled       = true

  s3_action {
    bucket_name = each.value
    position    = 1
  }
}

# One that is switched off writes to another bucket.
resource "aws_s3_bucket" "spam" {
  bucket = "spam"
}

resource "aws_s3_bucket_policy" "spam" {
  bucket = aws_s3_bucket.spam.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ses.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.spam.arn}/*"
    }]
  })
}

resource "aws_ses_receipt_rule" "spam" {
  name          = "spam"
  rule_set_name = "default"
  enabled       = false

  s3_action {
    bucket_name = aws_s3_bucket.spam.bucket
    position    = 1
  }
}

resource "aws_s3_bucket_notification" "spam" {
  bucket = aws_s3_bucket.spam.id

  lambda_function {
    lambda_function_arn = aws_lambda_function.spam.arn
    events              = ["s3:ObjectCreated:*"]
  }
}

resource "aws_lambda_permission" "spam" {
  function_name = aws_lambda_function.spam.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.spam.arn
}

resource "aws_lambda_function" "spam" {
  function_name = "spam"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "spam.zip"
}

resource "aws_s3_bucket_notification" "mail" {
  bucket = aws_s3_bucket.mail.id

  lambda_function {
    lambda_function_arn = aws_lambda_function.mail.arn
    events              = ["s3:ObjectCreated:Put"]
  }

  lambda_function {
    lambda_function_arn = aws_lambda_function.gone.arn
    events              = ["s3:ObjectRemoved:*"]
  }
}

resource "aws_lambda_permission" "mail" {
  for_each      = { mail = aws_lambda_function.mail, gone = aws_lambda_function.gone }
  function_name = each.value.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.mail.arn
}

resource "aws_lambda_function" "mail" {
  function_name = "mail"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "mail.zip"
}

resource "aws_lambda_function" "gone" {
  function_name = "gone"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "gone.zip"
}

# A device publishes, and a rule sends it to a queue with a role.
resource "aws_sqs_queue" "device" {
  for_each = toset(["device", "dumb"])
  name     = each.key
}

resource "aws_lambda_event_source_mapping" "device" {
  for_each         = { device = aws_lambda_function.device.arn, dumb = aws_lambda_function.dumb.arn }
  event_source_arn = aws_sqs_queue.device[each.key].arn
  function_name    = each.value
}

resource "aws_iot_topic_rule" "device" {
  for_each    = aws_sqs_queue.device
  name        = each.key
  enabled     = true
  sql         = "SELECT * FROM 'devices'"
  sql_version = "2016-03-23"

  sqs {
    queue_url  = each.value.url
    role_arn   = aws_iam_role.passes.arn
    use_base64 = false
  }
}

# A task of a state machine does the same.
resource "aws_sfn_state_machine" "task" {
  name     = "task"
  role_arn = aws_iam_role.passes.arn

  definition = jsonencode({
    StartAt = "First"
    States = {
      First = {
        Type       = "Task"
        Resource   = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
        Parameters = { QueueUrl = aws_sqs_queue.device["device"].url, "MessageBody.$" = "$" }
        Next       = "Second"
      }
      Second = {
        Type       = "Task"
        Resource   = "arn:aws:states:::aws-sdk:sqs:sendMessage"
        Parameters = { QueueUrl = aws_sqs_queue.device["dumb"].url, "MessageBody.$" = "$" }
        End        = true
      }
    }
  })
}

resource "aws_iam_role" "passes" {
  name = "passes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["iot.amazonaws.com", "states.amazonaws.com"] }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "passes" {
  name = "passes"
  role = aws_iam_role.passes.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.device["device"].arn }]
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
      { Effect = "Allow", Action = "states:StartExecution", Resource = aws_sfn_state_machine.task.arn },
      { Effect = "Allow", Action = "iot:Publish", Resource = "arn:aws:iot:eu-west-1:111122223333:topic/$aws/rules/device/*" }
    ]
  })
}

resource "aws_lambda_function" "device" {
  function_name = "device"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "device.zip"
}

resource "aws_lambda_function" "dumb" {
  function_name = "dumb"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "dumb.zip"
}
