# A topic that feeds two queues: whether SNS may use the key of the encrypted one is not decided.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_sns_topic" "orders" {
  name = "orders"
}

resource "aws_kms_key" "own" {
  description = "queues"
}

resource "aws_sqs_queue" "sealed" {
  name              = "sealed"
  kms_master_key_id = aws_kms_key.own.arn
}

resource "aws_sqs_queue" "open" {
  name = "open"
}

resource "aws_sqs_queue_policy" "to" {
  for_each  = { sealed = aws_sqs_queue.sealed, open = aws_sqs_queue.open }
  queue_url = each.value.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect    = "Allow"
    Principal = { Service = "sns.amazonaws.com" }
    Action    = "sqs:SendMessage"
    Resource  = each.value.arn
    Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.orders.arn } }
  }] })
}

resource "aws_sns_topic_subscription" "to" {
  for_each  = { sealed = aws_sqs_queue.sealed, open = aws_sqs_queue.open }
  topic_arn = aws_sns_topic.orders.arn
  protocol  = "sqs"
  endpoint  = each.value.arn
}

resource "aws_iam_user" "dev" {
  name = "dev"
}

resource "aws_iam_user_policy" "dev" {
  user   = aws_iam_user.dev.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.orders.arn }] })
}
