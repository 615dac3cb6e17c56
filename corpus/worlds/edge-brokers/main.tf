# Kafka, MQ and DocumentDB, which a function polls from within their network, and Kafka outside of AWS.

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

resource "aws_msk_cluster" "events" {
  cluster_name           = "events"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = 2
}

resource "aws_mq_broker" "jobs" {
  broker_name = "jobs"
  engine_type = "RabbitMQ"
}

resource "aws_docdb_cluster" "carts" {
  cluster_identifier = "carts"
}

resource "aws_iam_role_policy" "exec" {
  name = "exec"
  role = aws_iam_role.exec.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kafka:DescribeCluster", "kafka:GetBootstrapBrokers", "mq:DescribeBroker", "rds:DescribeDBClusters", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"], Resource = "*" }
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

resource "aws_lambda_event_source_mapping" "hit_kafka" {
  event_source_arn = aws_msk_cluster.events.arn
  function_name    = aws_lambda_function.hit.arn
}

resource "aws_lambda_event_source_mapping" "hit_mq" {
  event_source_arn = aws_mq_broker.jobs.arn
  function_name    = aws_lambda_function.hit.arn
}

resource "aws_lambda_event_source_mapping" "hit_docdb" {
  event_source_arn = aws_docdb_cluster.carts.arn
  function_name    = aws_lambda_function.hit.arn
}

resource "aws_lambda_event_source_mapping" "miss_kafka" {
  event_source_arn = aws_msk_cluster.events.arn
  function_name    = aws_lambda_function.miss.arn
}

resource "aws_lambda_event_source_mapping" "miss_mq" {
  event_source_arn = aws_mq_broker.jobs.arn
  function_name    = aws_lambda_function.miss.arn
}

resource "aws_lambda_event_source_mapping" "miss_docdb" {
  event_source_arn = aws_docdb_cluster.carts.arn
  function_name    = aws_lambda_function.miss.arn
}

resource "aws_lambda_function" "outside" {
  function_name = "outside"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "outside.zip"
}

resource "aws_lambda_event_source_mapping" "outside" {
  function_name = aws_lambda_function.outside.arn
  topics        = ["orders"]

  self_managed_event_source {
    endpoints = { KAFKA_BOOTSTRAP_SERVERS = "kafka.example.org:9092" }
  }
}

resource "aws_iam_role" "produces" {
  name = "produces"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "produces" {
  name = "produces"
  role = aws_iam_role.produces.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kafka-cluster:*"], Resource = "*" }
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
      { Effect = "Allow", Action = ["kafka:ListClusters"], Resource = "*" }
    ]
  })
}

resource "aws_iam_role" "public" {
  name = "public"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "public" {
  name = "public"
  role = aws_iam_role.public.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["kafka:GetBootstrapBrokers", "kafka:DescribeClusterV2"], Resource = "*" }
    ]
  })
}

resource "aws_lambda_function" "bare" {
  function_name = "bare"
  role          = aws_iam_role.public.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "bare.zip"
}

resource "aws_lambda_event_source_mapping" "bare" {
  event_source_arn = aws_msk_cluster.events.arn
  function_name    = aws_lambda_function.bare.arn
}
