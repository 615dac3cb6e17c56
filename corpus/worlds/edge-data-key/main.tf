# What is encrypted with a key of one's own is read by who may also decrypt.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

# --- Keys --------------------------------------------------------------------------------------------------------

# No policy is written: identity policies of the account decide.
resource "aws_kms_key" "plain" {
  description = "data"
}

resource "aws_kms_alias" "plain" {
  name          = "alias/plain"
  target_key_id = aws_kms_key.plain.key_id
}

# Opens to nobody but one role, and only through Secrets Manager
resource "aws_kms_key" "strict" {
  description = "payments"
}

resource "aws_kms_key_policy" "strict" {
  key_id = aws_kms_key.strict.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyThroughSecretsManager"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.trusted.arn }
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.eu-west-1.amazonaws.com" } }
    }]
  })
}

resource "aws_kms_grant" "queue" {
  name              = "queue-readers"
  key_id            = aws_kms_key.strict.key_id
  grantee_principal = aws_iam_role.granted.arn
  operations        = ["Decrypt"]
  constraints {
    encryption_context_equals = { "aws:sqs:arn" = aws_sqs_queue.strict.arn }
  }
}

resource "aws_kms_key" "off" {
  description = "old"
  is_enabled  = false
}

# --- Data --------------------------------------------------------------------------------------------------------

resource "aws_secretsmanager_secret" "plain" {
  name       = "plain"
  kms_key_id = "alias/plain"
}

resource "aws_secretsmanager_secret" "strict" {
  name       = "strict"
  kms_key_id = aws_kms_key.strict.arn
}

# With the key of AWS
resource "aws_secretsmanager_secret" "default" {
  name       = "default"
  kms_key_id = "alias/aws/secretsmanager"
}

resource "aws_secretsmanager_secret" "elsewhere" {
  name       = "elsewhere"
  kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"
}

resource "aws_secretsmanager_secret" "off" {
  name       = "off"
  kms_key_id = aws_kms_key.off.arn
}

resource "aws_sqs_queue" "strict" {
  name              = "strict"
  kms_master_key_id = aws_kms_key.strict.arn
}

resource "aws_s3_bucket" "reports" {
  bucket = "shop-reports"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "reports" {
  bucket = aws_s3_bucket.reports.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.strict.arn
    }
  }
}

# --- Readers -----------------------------------------------------------------------------------------------------

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  read = {
    Sid      = "Read"
    Effect   = "Allow"
    Action = [
      "secretsmanager:GetSecretValue",
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "s3:GetObject",
    ]
    Resource = "*"
  }
}

# May read everything, and decrypt nothing
resource "aws_iam_role" "reader" {
  name               = "reader"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "reader" {
  role   = aws_iam_role.reader.id
  name   = "reader"
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.read] })
}

# May also decrypt, as far as keys leave that to it
resource "aws_iam_role" "decryptor" {
  name               = "decryptor"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "decryptor" {
  role = aws_iam_role.decryptor.id
  name = "decryptor"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.read,
      { Sid = "Decrypt", Effect = "Allow", Action = "kms:Decrypt", Resource = "*" },
    ]
  })
}

# Named by the strict key's policy
resource "aws_iam_role" "trusted" {
  name               = "trusted"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "trusted" {
  role   = aws_iam_role.trusted.id
  name   = "trusted"
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.read] })
}

# Named by a grant on it
resource "aws_iam_role" "granted" {
  name               = "granted"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "granted" {
  role   = aws_iam_role.granted.id
  name   = "granted"
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.read] })
}

# --- Functions that read the encrypted queue ---------------------------------------------------------------------

resource "aws_lambda_function" "consumer" {
  function_name = "consumer"
  role          = aws_iam_role.granted.arn
}

resource "aws_lambda_event_source_mapping" "consumer" {
  function_name    = aws_lambda_function.consumer.arn
  event_source_arn = aws_sqs_queue.strict.arn
}

# Its role may not decrypt
resource "aws_lambda_function" "blind" {
  function_name = "blind"
  role          = aws_iam_role.reader.arn
}

resource "aws_lambda_event_source_mapping" "blind" {
  function_name    = aws_lambda_function.blind.arn
  event_source_arn = aws_sqs_queue.strict.arn
}
