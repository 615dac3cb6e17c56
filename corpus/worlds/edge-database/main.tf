# SQL: by the Data API with a login from a secret, as a user who signs, with a temporary password, with a password set anew.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  of = "eu-west-1:111122223333"
  people = {
    speaks = { actions = ["rds-data:ExecuteStatement", "secretsmanager:GetSecretValue"], resource = "*" }
    # The right to speak, and no login.
    mute     = { actions = ["rds-data:ExecuteStatement", "redshift-data:ExecuteStatement"], resource = "*" }
    connects = { actions = ["rds-db:connect"], resource = "arn:aws:rds-db:${local.of}:dbuser:*/*" }
    resets   = { actions = ["rds:ModifyDBCluster", "redshift:ModifyCluster"], resource = "arn:aws:*:${local.of}:cluster:*" }
    asks     = { actions = ["redshift-data:ExecuteStatement", "redshift:GetClusterCredentials"], resource = "*" }
    # A user of another warehouse, and calls that return names.
    misasks   = { actions = ["redshift:GetClusterCredentials"], resource = "arn:aws:redshift:${local.of}:dbuser:other/*" }
    describes = { actions = ["rds:DescribeDBClusters", "redshift:DescribeClusters", "secretsmanager:GetSecretValue"], resource = "*" }
  }
}

resource "aws_iam_role" "people" {
  for_each           = local.people
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "batch.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "people" {
  for_each = local.people
  name     = "sql"
  role     = aws_iam_role.people[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value.actions, Resource = each.value.resource }] })
}

resource "aws_rds_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "aurora-postgresql"
  enable_http_endpoint        = true
  manage_master_user_password = true
}

# Nobody switched its Data API on.
resource "aws_rds_cluster" "quiet" {
  cluster_identifier = "quiet"
  engine             = "aurora-postgresql"
}

resource "aws_redshift_cluster" "numbers" {
  cluster_identifier = "numbers"
  node_type          = "ra3.large"
}

# Roles with which SQL calls functions: one that may, one that may not, one that does not trust the database.
locals {
  callers = {
    calls   = { service = "rds.amazonaws.com", action = "lambda:InvokeFunction" }
    exports = { service = "rds.amazonaws.com", action = "s3:PutObject" }
    strange = { service = "ec2.amazonaws.com", action = "lambda:InvokeFunction" }
    udf     = { service = "redshift.amazonaws.com", action = "lambda:InvokeFunction" }
  }
}

resource "aws_iam_role" "callers" {
  for_each           = local.callers
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = each.value.service } }] })
}

resource "aws_iam_role_policy" "callers" {
  for_each = local.callers
  name     = "calls"
  role     = aws_iam_role.callers[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value.action, Resource = "*" }] })
}

resource "aws_lambda_function" "score" {
  function_name = "score"
  role          = aws_iam_role.score.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "score.zip"
}

resource "aws_iam_role" "score" {
  name               = "score"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

resource "aws_rds_cluster_role_association" "calls" {
  db_cluster_identifier = aws_rds_cluster.orders.id
  feature_name          = "Lambda"
  role_arn              = aws_iam_role.callers["calls"].arn
}

resource "aws_rds_cluster" "exporting" {
  cluster_identifier   = "exporting"
  engine               = "aurora-mysql"
  enable_http_endpoint = true
  iam_roles            = [aws_iam_role.callers["exports"].arn, aws_iam_role.callers["strange"].arn]
}

resource "aws_redshift_cluster" "scored" {
  cluster_identifier = "scored"
  node_type          = "ra3.large"
  iam_roles          = [aws_iam_role.callers["udf"].arn]
}

resource "aws_redshift_cluster" "unscored" {
  cluster_identifier   = "unscored"
  node_type            = "ra3.large"
  default_iam_role_arn = aws_iam_role.callers["calls"].arn
}
