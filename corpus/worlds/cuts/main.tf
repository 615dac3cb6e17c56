# Ways that have no statement in common: two can be cut by two statements, four need four, which are found greedily.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "two" {
  name = "two"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "two" {
  name = "two"
  role = aws_iam_role.two.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Toa", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/a" },
    { Sid = "Tob", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/b" }
  ] })
}

resource "aws_iam_role" "four" {
  name = "four"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "four" {
  name = "four"
  role = aws_iam_role.four.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Toa", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/a" },
    { Sid = "Tob", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/b" },
    { Sid = "Toc", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/c" },
    { Sid = "Tod", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/d" }
  ] })
}

resource "aws_iam_role" "a" {
  name = "a"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "a" {
  name = "a"
  role = aws_iam_role.a.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Reada", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.key.arn }
  ] })
}

resource "aws_iam_role" "b" {
  name = "b"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "b" {
  name = "b"
  role = aws_iam_role.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Readb", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.key.arn }
  ] })
}

resource "aws_iam_role" "c" {
  name = "c"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "c" {
  name = "c"
  role = aws_iam_role.c.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Readc", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.key.arn }
  ] })
}

resource "aws_iam_role" "d" {
  name = "d"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }
  ] })
}

resource "aws_iam_role_policy" "d" {
  name = "d"
  role = aws_iam_role.d.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "Readd", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.key.arn }
  ] })
}

resource "aws_secretsmanager_secret" "key" {
  name = "key"
}
