# iot.rule: wired to two functions, admitted by one.

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

resource "aws_iot_topic_rule" "hit" {
  name        = "hit"
  enabled     = true
  sql         = "SELECT * FROM 'topic/hit'"
  sql_version = "2016-03-23"

  lambda {
    function_arn = aws_lambda_function.hit.arn
  }

  s3 {
    bucket_name = aws_s3_bucket.readings.bucket
    key         = "$${topic()}"
    role_arn    = aws_iam_role.keeps.arn
  }

  dynamodbv2 {
    role_arn = aws_iam_role.keeps.arn

    put_item {
      table_name = aws_dynamodb_table.readings["kept"].name
    }
  }

  dynamodb {
    table_name     = aws_dynamodb_table.readings["not-kept"].name
    hash_key_field = "id"
    hash_key_value = "$${id}"
    role_arn       = aws_iam_role.keeps.arn
  }
}

# What the rule keeps, by a role that may keep it in the bucket and in one of the tables
resource "aws_s3_bucket" "readings" {
  bucket = "readings-of-devices"
}

resource "aws_dynamodb_table" "readings" {
  for_each = toset(["kept", "not-kept"])
  name     = each.key
  hash_key = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role" "keeps" {
  name = "keeps"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "iot.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "keeps" {
  name = "keeps"
  role = aws_iam_role.keeps.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.readings.arn}/*" },
      { Effect = "Allow", Action = "dynamodb:PutItem", Resource = aws_dynamodb_table.readings["kept"].arn }
    ]
  })
}

resource "aws_iot_topic_rule" "miss" {
  name        = "miss"
  enabled     = true
  sql         = "SELECT * FROM 'topic/miss'"
  sql_version = "2016-03-23"

  lambda {
    function_arn = aws_lambda_function.miss.arn
  }
}

resource "aws_iam_role" "device" {
  name = "device"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "device" {
  name = "device"
  role = aws_iam_role.device.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["iot:Publish"], Resource = "arn:aws:iot:eu-west-1:111122223333:topic/$aws/rules/hit/*" }
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
      { Effect = "Allow", Action = ["iot:Publish"], Resource = "arn:aws:iot:eu-west-1:111122223333:topic/$aws/rules/miss/*" }
    ]
  })
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "iot.amazonaws.com"
  source_arn    = aws_iot_topic_rule.hit.arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "iot.amazonaws.com"
  source_arn    = aws_iot_topic_rule.hit.arn
}
