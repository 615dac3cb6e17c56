# firehose: the source calls with a role of its own.

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

resource "aws_iam_role" "invokes" {
  name = "invokes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "firehose.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "invokes" {
  name = "invokes"
  role = aws_iam_role.invokes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunction"], Resource = "${aws_lambda_function.hit.arn}*" }
    ]
  })
}

resource "aws_kinesis_firehose_delivery_stream" "hit" {
  name        = "hit"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn   = aws_iam_role.invokes.arn
    bucket_arn = "arn:aws:s3:::lake"

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"

        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.hit.arn}:$LATEST"
        }
      }
    }
  }
}

resource "aws_kinesis_firehose_delivery_stream" "miss" {
  name        = "miss"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn   = aws_iam_role.invokes.arn
    bucket_arn = "arn:aws:s3:::lake"

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"

        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.miss.arn}:$LATEST"
        }
      }
    }
  }
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
      { Effect = "Allow", Action = ["firehose:PutRecord"], Resource = aws_kinesis_firehose_delivery_stream.hit.arn }
    ]
  })
}

resource "aws_iam_role" "other" {
  name = "other"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "other" {
  name = "other"
  role = aws_iam_role.other.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["firehose:PutRecord"], Resource = aws_kinesis_firehose_delivery_stream.miss.arn }
    ]
  })
}

# What a log, a stream and a topic feed: with roles that may, and one that may not.
resource "aws_iam_role" "feeds" {
  name = "feeds"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = ["logs.amazonaws.com", "sns.amazonaws.com", "firehose.amazonaws.com"] }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "feeds" {
  name = "feeds"
  role = aws_iam_role.feeds.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "firehose:PutRecord*", Resource = aws_kinesis_firehose_delivery_stream.hit.arn },
      { Effect = "Allow", Action = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"], Resource = aws_kinesis_stream.clicks.arn },
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "${aws_lambda_function.piped.arn}*" }
    ]
  })
}

resource "aws_cloudwatch_log_group" "app" {
  name = "app"
}

resource "aws_cloudwatch_log_subscription_filter" "app" {
  name            = "app"
  log_group_name  = aws_cloudwatch_log_group.app.name
  filter_pattern  = ""
  destination_arn = aws_kinesis_firehose_delivery_stream.hit.arn
  role_arn        = aws_iam_role.feeds.arn
}

resource "aws_sns_topic" "news" {
  name = "news"
}

resource "aws_sns_topic_subscription" "news" {
  for_each              = { news = aws_iam_role.feeds.arn }
  topic_arn             = aws_sns_topic.news.arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.hit.arn
  subscription_role_arn = each.value
}

resource "aws_sns_topic" "old" {
  name = "old"
}

resource "aws_sns_topic_subscription" "old" {
  topic_arn             = aws_sns_topic.old.arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.hit.arn
  subscription_role_arn = aws_iam_role.other.arn
}

resource "aws_kinesis_stream" "clicks" {
  name = "clicks"
}

resource "aws_kinesis_firehose_delivery_stream" "piped" {
  name        = "piped"
  destination = "extended_s3"

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.clicks.arn
    role_arn           = aws_iam_role.feeds.arn
  }

  extended_s3_configuration {
    role_arn   = aws_iam_role.feeds.arn
    bucket_arn = "arn:aws:s3:::delivered"

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"

        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.piped.arn}:$LATEST"
        }
      }
    }
  }
}

resource "aws_lambda_function" "piped" {
  function_name = "piped"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "piped.zip"
}
