# A trust policy that names no identity pool: anybody makes one, in an account of their own.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_cognito_identity_pool" "closed" {
  identity_pool_name               = "closed"
  allow_unauthenticated_identities = false
}

resource "aws_iam_role" "of" {
  for_each = {
    any     = {}
    not-own = { StringNotEquals = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.closed.id } }
    own     = { StringEquals = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.closed.id } }
    other   = { StringEquals = { "accounts.google.com:aud" = "web" } }
  }
  name = each.key

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = each.key == "other" ? "accounts.google.com" : "cognito-identity.amazonaws.com" }
      Condition = each.value
    }]
  })
}
