# Roles that certificates open, by a trust anchor of IAM Roles Anywhere.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_rolesanywhere_trust_anchor" "ca" {
  name    = "ca"
  enabled = true

  source {
    source_type = "CERTIFICATE_BUNDLE"

    source_data {
      x509_certificate_data = "certificate"
    }
  }
}

locals {
  # By role: whom it trusts, and for which anchor
  trust = {
    machines = { service = "rolesanywhere.amazonaws.com", anchor = aws_rolesanywhere_trust_anchor.ca.arn }
    other    = { service = "rolesanywhere.amazonaws.com", anchor = "arn:aws:rolesanywhere:eu-west-1:444455556666:trust-anchor/other" }
    tasks    = { service = "ecs-tasks.amazonaws.com", anchor = aws_rolesanywhere_trust_anchor.ca.arn }
  }
}

resource "aws_iam_role" "of" {
  for_each = local.trust
  name     = each.key

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
      Principal = { Service = each.value.service }
      Condition = { ArnEquals = { "aws:SourceArn" = each.value.anchor } }
    }]
  })
}

resource "aws_rolesanywhere_profile" "machines" {
  name      = "machines"
  enabled   = true
  role_arns = [aws_iam_role.of["machines"].arn]
}

resource "aws_secretsmanager_secret" "token" {
  name = "token"
}

resource "aws_iam_role_policy" "machines" {
  role = aws_iam_role.of["machines"].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.token.arn }]
  })
}
