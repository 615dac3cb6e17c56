# What people write: names by format, blocks by toset, maps with conditions, template_file, modules with configuration_aliases.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.30" }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

provider "aws" {
  alias               = "peer"
  region              = "us-east-1"
  allowed_account_ids = ["444455556666"]
}

variable "is_prod" {
  type = bool
}

locals {
  partners = ["222233334444", "777788889999"]
  names    = { api = "api", batch = "batch" }
}

resource "aws_iam_role" "exec" {
  name = "exec"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

# The number has two digits: `shard-01`
resource "aws_lambda_function" "shard" {
  count         = 2
  function_name = format("shard-%02d", count.index + 1)
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "shard.zip"
}

resource "aws_iam_user" "ops" {
  name = "ops"
}

data "template_file" "ops" {
  template = file("${path.module}/ops.json.tpl")

  vars = {
    first = aws_lambda_function.shard[0].function_name
  }
}

resource "aws_iam_user_policy" "ops" {
  name   = "ops"
  user   = aws_iam_user.ops.name
  policy = data.template_file.ops.rendered
}

# The key of a set is its element.
data "aws_iam_policy_document" "queue" {
  dynamic "statement" {
    for_each = toset(local.partners)

    content {
      sid       = "Partner${statement.key}"
      actions   = ["sqs:SendMessage"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::${statement.key}:root"]
      }
    }
  }
}

resource "aws_sqs_queue" "jobs" {
  name   = "jobs"
  policy = data.aws_iam_policy_document.queue.json
}

# Whether there is a user for `batch` is not known; the one for `api` is there.
resource "aws_iam_user" "caller" {
  for_each = { for key, name in local.names : key => name if key == "api" || var.is_prod }
  name     = each.key
}

resource "aws_iam_user_policy" "caller" {
  name = "call"
  user = aws_iam_user.caller["api"].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.shard[1].arn }]
  })
}

module "worker" {
  source    = "./modules/worker"
  providers = { aws.there = aws.peer }
}
