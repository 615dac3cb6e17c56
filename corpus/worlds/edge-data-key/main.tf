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

# --- Buckets under a key that tell a function of new objects -----------------------------------------------------

locals {
  put = { Sid = "Put", Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::drop-*" }
}

# An object may also be put with a key of S3's.
resource "aws_s3_bucket" "free" {
  bucket = "drop-free"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "free" {
  bucket = aws_s3_bucket.free.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.plain.arn
    }
  }
}

resource "aws_lambda_function" "free" {
  function_name = "on-free"
  role          = aws_iam_role.granted.arn
}

resource "aws_lambda_permission" "free" {
  function_name  = aws_lambda_function.free.function_name
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.free.arn
  source_account = "111122223333"
}

resource "aws_s3_bucket_notification" "free" {
  bucket = aws_s3_bucket.free.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.free.arn
    events              = ["s3:ObjectCreated:*"]
  }
}

# Every object must have the bucket's own key.
resource "aws_s3_bucket" "pinned" {
  bucket = "drop-pinned"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "pinned" {
  bucket = aws_s3_bucket.pinned.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.plain.arn
    }
  }
}

resource "aws_lambda_function" "pinned" {
  function_name = "on-pinned"
  role          = aws_iam_role.granted.arn
}

resource "aws_lambda_permission" "pinned" {
  function_name  = aws_lambda_function.pinned.function_name
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.pinned.arn
  source_account = "111122223333"
}

resource "aws_s3_bucket_notification" "pinned" {
  bucket = aws_s3_bucket.pinned.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.pinned.arn
    events              = ["s3:ObjectCreated:*"]
  }
}

resource "aws_s3_bucket_policy" "pinned" {
  bucket = aws_s3_bucket.pinned.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyThisKey"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.pinned.arn}/*"
      Condition = { StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = aws_kms_key.plain.arn } }
    }]
  })
}

# May put, and has no part in the key
resource "aws_iam_role" "puts" {
  name               = "puts"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "puts" {
  role   = aws_iam_role.puts.id
  name   = "puts"
  policy = jsonencode({ Version = "2012-10-17", Statement = [local.put] })
}

# May also make data keys
resource "aws_iam_role" "encryptor" {
  name               = "encryptor"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "encryptor" {
  role = aws_iam_role.encryptor.id
  name = "encryptor"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.put,
      { Sid = "DataKey", Effect = "Allow", Action = "kms:GenerateDataKey", Resource = aws_kms_key.plain.arn },
    ]
  })
}

# --- Another account ---------------------------------------------------------------------------------------------

# Its policies let in a partner; the key of AWS does not, and the own key does.
resource "aws_secretsmanager_secret_policy" "default" {
  secret_arn = aws_secretsmanager_secret.default.arn
  policy     = local.partner
}

resource "aws_secretsmanager_secret" "shared" {
  name       = "shared"
  kms_key_id = aws_kms_key.shared.arn
}

resource "aws_secretsmanager_secret_policy" "shared" {
  secret_arn = aws_secretsmanager_secret.shared.arn
  policy     = local.partner
}

resource "aws_kms_key" "shared" {
  description = "for a partner"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "PartnerDecrypts", Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "kms:Decrypt", Resource = "*" }]
  })
}

locals {
  partner = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Partner", Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "secretsmanager:GetSecretValue", Resource = "*" }]
  })
}
