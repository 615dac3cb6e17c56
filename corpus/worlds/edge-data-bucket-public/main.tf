# What is public by policy or by access control list, and what stands before it.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  everyone = { Sid = "Everyone", Effect = "Allow", Principal = "*", Action = "s3:GetObject" }
  partner  = { Sid = "Partner", Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "s3:GetObject" }
}

# --- Policies ----------------------------------------------------------------------------------------------------

# Public, and nothing blocks it
resource "aws_s3_bucket" "open" {
  bucket = "shop-open"
}

resource "aws_s3_bucket_public_access_block" "open" {
  bucket                  = aws_s3_bucket.open.id
  restrict_public_buckets = false
}

resource "aws_s3_bucket_policy" "open" {
  bucket = aws_s3_bucket.open.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.everyone, { Resource = "${aws_s3_bucket.open.arn}/*" })]
  })
}

# Public, and restricted to its own account and to services
resource "aws_s3_bucket" "restricted" {
  bucket = "shop-restricted"
}

resource "aws_s3_bucket_public_access_block" "restricted" {
  bucket                  = aws_s3_bucket.restricted.id
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "restricted" {
  bucket = aws_s3_bucket.restricted.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      merge(local.everyone, { Resource = "${aws_s3_bucket.restricted.arn}/*" }),
      merge(local.partner, { Resource = "${aws_s3_bucket.restricted.arn}/*" }),
      {
        Sid       = "Delivery"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.restricted.arn}/*"
      },
    ]
  })
}

# Not public, so that restricting public buckets changes nothing
resource "aws_s3_bucket" "partner" {
  bucket = "shop-partner"
}

resource "aws_s3_bucket_public_access_block" "partner" {
  bucket                  = aws_s3_bucket.partner.id
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "partner" {
  bucket = aws_s3_bucket.partner.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.partner, { Resource = "${aws_s3_bucket.partner.arn}/*" })]
  })
}

# Public, if the bucket is old or its block was taken away elsewhere
resource "aws_s3_bucket" "silent" {
  bucket = "shop-silent"
}

resource "aws_s3_bucket_policy" "silent" {
  bucket = aws_s3_bucket.silent.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [merge(local.everyone, { Resource = "${aws_s3_bucket.silent.arn}/*" })]
  })
}

# --- Access control lists ----------------------------------------------------------------------------------------

resource "aws_s3_bucket" "listed" {
  bucket = "shop-listed"
}

resource "aws_s3_bucket_public_access_block" "listed" {
  bucket = aws_s3_bucket.listed.id
}

resource "aws_s3_bucket_ownership_controls" "listed" {
  bucket = aws_s3_bucket.listed.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "listed" {
  bucket = aws_s3_bucket.listed.id
  acl    = "public-read-write"
}

# The list is ignored
resource "aws_s3_bucket" "ignored" {
  bucket = "shop-ignored"
}

resource "aws_s3_bucket_public_access_block" "ignored" {
  bucket             = aws_s3_bucket.ignored.id
  ignore_public_acls = true
}

resource "aws_s3_bucket_ownership_controls" "ignored" {
  bucket = aws_s3_bucket.ignored.id
  rule {
    object_ownership = "ObjectWriter"
  }
}

resource "aws_s3_bucket_acl" "ignored" {
  bucket = aws_s3_bucket.ignored.id
  acl    = "public-read"
}

# Lists do not count
resource "aws_s3_bucket" "enforced" {
  bucket = "shop-enforced"
}

resource "aws_s3_bucket_public_access_block" "enforced" {
  bucket = aws_s3_bucket.enforced.id
}

resource "aws_s3_bucket_ownership_controls" "enforced" {
  bucket = aws_s3_bucket.enforced.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_acl" "enforced" {
  bucket = aws_s3_bucket.enforced.id
  acl    = "public-read"
}

# An object with a list of its own
resource "aws_s3_bucket" "objects" {
  bucket = "shop-objects"
}

resource "aws_s3_bucket_public_access_block" "objects" {
  bucket = aws_s3_bucket.objects.id
}

resource "aws_s3_bucket_ownership_controls" "objects" {
  bucket = aws_s3_bucket.objects.id
  rule {
    object_ownership = "ObjectWriter"
  }
}

resource "aws_s3_object" "price_list" {
  bucket  = aws_s3_bucket.objects.id
  key     = "public/prices.csv"
  content = "shoe,80"
  acl     = "public-read"
}

resource "aws_s3_object" "ledger" {
  bucket  = aws_s3_bucket.objects.id
  key     = "private/ledger.csv"
  content = "shoe,40"
}
