# A stream that a function polls.

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

resource "aws_kinesis_stream" "clicks" {
  name = "clicks"
}

resource "aws_iam_role_policy" "exec" {
  name = "exec"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"], Resource = aws_kinesis_stream.clicks.arn }
    ]
  })
}

resource "aws_iam_role" "blind" {
  name = "blind"

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
  role          = aws_iam_role.blind.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_lambda_event_source_mapping" "hit" {
  event_source_arn = aws_kinesis_stream.clicks.arn
  function_name    = aws_lambda_function.hit.arn
  starting_position = "LATEST"
}

resource "aws_lambda_event_source_mapping" "miss" {
  event_source_arn = aws_kinesis_stream.clicks.arn
  function_name    = aws_lambda_function.miss.arn
  starting_position = "LATEST"
}

resource "aws_iam_role" "writes" {
  name = "writes"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "writes" {
  name = "writes"
  role = aws_iam_role.writes.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kinesis:PutRecord"], Resource = aws_kinesis_stream.clicks.arn }
    ]
  })
}

resource "aws_iam_role" "reads" {
  name = "reads"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "reads" {
  name = "reads"
  role = aws_iam_role.reads.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kinesis:GetRecords"], Resource = aws_kinesis_stream.clicks.arn }
    ]
  })
}

resource "aws_lambda_function" "consumed" {
  function_name = "consumed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "consumed.zip"
}

resource "aws_lambda_function" "changed" {
  function_name = "changed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "changed.zip"
}

# A consumer of the stream, with a throughput of its own.
resource "aws_kinesis_stream" "other" {
  name = "other"
}

resource "aws_kinesis_stream_consumer" "clicks" {
  name       = "clicks"
  stream_arn = aws_kinesis_stream.clicks.arn
}

resource "aws_lambda_event_source_mapping" "consumed" {
  event_source_arn  = aws_kinesis_stream_consumer.clicks.arn
  function_name     = aws_lambda_function.consumed.arn
  starting_position = "LATEST"
}

# What changes in a table goes to a stream.
resource "aws_dynamodb_table" "items" {
  name         = "items"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_kinesis_stream" "changes" {
  name = "changes"
}

resource "aws_dynamodb_kinesis_streaming_destination" "items" {
  table_name = aws_dynamodb_table.items.name
  stream_arn = aws_kinesis_stream.changes.arn
}

resource "aws_lambda_event_source_mapping" "changed" {
  event_source_arn  = aws_kinesis_stream.changes.arn
  function_name     = "111122223333:function:changed"
  starting_position = "LATEST"
}

resource "aws_iam_role_policy" "changed" {
  name = "changed"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"], Resource = aws_kinesis_stream.changes.arn }
    ]
  })
}
