# What the functions keep, read and pass on.

# --- Secrets ---------------------------------------------------------------------------------------------------

resource "aws_kms_key" "shop" {
  description         = "Encrypts the payment secret"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key_shop.json
}

resource "aws_kms_alias" "shop" {
  name          = "alias/shop"
  target_key_id = aws_kms_key.shop.key_id
}

# The usual delegation: identity policies of this account decide.
data "aws_iam_policy_document" "key_shop" {
  statement {
    sid       = "EnableIAM"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.account_root]
    }
  }
}

resource "aws_secretsmanager_secret" "stripe" {
  name       = "prod/stripe"
  kms_key_id = aws_kms_key.shop.arn
}

resource "aws_secretsmanager_secret" "orders_db" {
  name = "prod/orders-db"
}

# --- Tables ----------------------------------------------------------------------------------------------------

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "ledger" {
  name         = "ledger"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "payment"

  attribute {
    name = "payment"
    type = "S"
  }
}

# --- Buckets and the queue -------------------------------------------------------------------------------------

module "uploads_raw" {
  source = "./modules/bucket"
  name   = "uploads-raw"
}

module "thumbs_out" {
  source = "./modules/bucket"
  name   = "thumbs-out"
}

module "reports" {
  source = "./modules/bucket"
  name   = "reports"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  visibility_timeout_seconds = 180
}
