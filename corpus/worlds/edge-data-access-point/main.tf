# An access point: a bucket that leaves the decision to its access points may be read through one, which is not modelled:
# conditional for whoever is of the account. A bucket that does not is closed to who has a right on the access point alone.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
locals { people = ["x", "y"] }
resource "aws_iam_role" "p" {
  for_each = toset(local.people)
  name = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "batch.amazonaws.com" } }] })
}
resource "aws_iam_role_policy" "x" {
  name = "ap"
  role = aws_iam_role.p["x"].name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:eu-west-1:111122223333:accesspoint/door/object/*" }] })
}
resource "aws_s3_bucket" "b" { bucket = "hall" }
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "*" }, Action = "*", Resource = ["arn:aws:s3:::hall", "arn:aws:s3:::hall/*"], Condition = { StringEquals = { "s3:DataAccessPointAccount" = "111122223333" } } }] })
}
# It leaves nothing to access points.
resource "aws_s3_bucket" "closed" { bucket = "closed" }
resource "aws_s3_access_point" "closed" {
  name   = "closed"
  bucket = aws_s3_bucket.closed.id
}
resource "aws_s3_access_point" "door" {
  name   = "door"
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = aws_iam_role.p["y"].arn }, Action = "s3:GetObject", Resource = "arn:aws:s3:eu-west-1:111122223333:accesspoint/door/object/*" }] })
}
