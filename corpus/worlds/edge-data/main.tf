# One store of each kind, a role that reads them all, and one that writes them all.

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

resource "aws_secretsmanager_secret" "s" {
  name = "s"
}

resource "aws_s3_bucket" "s" {
  bucket = "s"
}

resource "aws_dynamodb_table" "s" {
  name = "s"
}

resource "aws_cloudwatch_log_group" "s" {
  name = "s"
}

resource "aws_sqs_queue" "s" {
  name = "s"
}

resource "aws_sns_topic" "s" {
  name = "s"
}

resource "aws_kinesis_stream" "s" {
  name = "s"
}

resource "aws_ssm_parameter" "s" {
  name = "s"
}

resource "aws_kms_key" "s" {
  description = "s"
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
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = aws_secretsmanager_secret.s.arn },
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.s.arn}/*" },
      { Effect = "Allow", Action = ["dynamodb:GetItem"], Resource = aws_dynamodb_table.s.arn },
      { Effect = "Allow", Action = ["logs:GetLogEvents"], Resource = "${aws_cloudwatch_log_group.s.arn}:*" },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage"], Resource = aws_sqs_queue.s.arn },
      { Effect = "Allow", Action = ["sns:Subscribe"], Resource = aws_sns_topic.s.arn },
      { Effect = "Allow", Action = ["kinesis:GetRecords"], Resource = aws_kinesis_stream.s.arn },
      { Effect = "Allow", Action = ["ssm:GetParameter"], Resource = aws_ssm_parameter.s.arn },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.s.arn }
    ]
  })
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
      { Effect = "Allow", Action = ["secretsmanager:PutSecretValue"], Resource = aws_secretsmanager_secret.s.arn },
      { Effect = "Allow", Action = ["s3:PutObject"], Resource = "${aws_s3_bucket.s.arn}/*" },
      { Effect = "Allow", Action = ["dynamodb:PutItem"], Resource = aws_dynamodb_table.s.arn },
      { Effect = "Allow", Action = ["logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.s.arn}:*" },
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.s.arn },
      { Effect = "Allow", Action = ["sns:Publish"], Resource = aws_sns_topic.s.arn },
      { Effect = "Allow", Action = ["kinesis:PutRecord"], Resource = aws_kinesis_stream.s.arn },
      { Effect = "Allow", Action = ["ssm:PutParameter"], Resource = aws_ssm_parameter.s.arn },
      { Effect = "Allow", Action = ["kms:PutKeyPolicy"], Resource = aws_kms_key.s.arn }
    ]
  })
}

# --- Ways that name something else than the resource itself -------------------------------------------------------

resource "aws_dynamodb_table" "streamed" {
  name             = "streamed"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
}

resource "aws_ssm_parameter" "nested" {
  name = "/prod/db/password"
}

resource "aws_s3_bucket" "home" {
  bucket = "home"
}

locals {
  others = {
    index  = [{ Effect = "Allow", Action = "dynamodb:Query", Resource = "${aws_dynamodb_table.s.arn}/index/*" }]
    stream = [{ Effect = "Allow", Action = "dynamodb:GetRecords", Resource = "arn:aws:dynamodb:*:*:table/*/stream/*" }]
    path = [
      { Effect = "Allow", Action = "ssm:GetParameter*", Resource = "arn:aws:ssm:eu-west-1:111122223333:parameter/prod" },
      { Effect = "Deny", Action = "ssm:GetParameter*", Resource = aws_ssm_parameter.nested.arn },
    ]
    below    = [{ Effect = "Allow", Action = "ssm:GetParametersByPath", Resource = aws_ssm_parameter.nested.arn }]
    consumer = [{ Effect = "Allow", Action = "kinesis:SubscribeToShard", Resource = "${aws_kinesis_stream.s.arn}/consumer/*" }]
    tail     = [{ Effect = "Allow", Action = "logs:StartLiveTail", Resource = "${aws_cloudwatch_log_group.s.arn}:*" }]
    batch    = [{ Effect = "Allow", Action = ["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"], Resource = "*" }]
    policy   = [{ Effect = "Allow", Action = ["secretsmanager:PutResourcePolicy", "sqs:SetQueueAttributes"], Resource = "*" }]
    team     = [{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = "arn:aws:dynamodb:*:*:table/$${aws:PrincipalTag/team}-*" }]
    tenant = [{
      Effect    = "Allow"
      Action    = "dynamodb:GetItem"
      Resource  = aws_dynamodb_table.s.arn
      Condition = { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = ["$${aws:PrincipalTag/tenant}"] } }
    }]
  }
}

resource "aws_iam_role" "others" {
  for_each           = local.others
  name               = each.key
  assume_role_policy = aws_iam_role.reads.assume_role_policy
}

resource "aws_iam_role_policy" "others" {
  for_each = local.others
  name     = each.key
  role     = aws_iam_role.others[each.key].id
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_group" "staff" {
  name = "staff"
}

resource "aws_iam_group_membership" "staff" {
  name  = "staff"
  group = aws_iam_group.staff.name
  users = [aws_iam_user.ann.name]
}

resource "aws_iam_group_policy" "staff" {
  name  = "homes"
  group = aws_iam_group.staff.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "OwnHome"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${aws_s3_bucket.home.arn}/$${aws:username}/*"
    }]
  })
}

# The same right has nobody who has no user name.
resource "aws_iam_role_policy" "homeless" {
  name   = "homes"
  role   = aws_iam_role.others["batch"].id
  policy = aws_iam_group_policy.staff.policy
}
