# Identity pools of Cognito: what they give to guests, and to who signs up.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  pools = {
    basic    = { guests = true, classic = true }
    enhanced = { guests = true, classic = false }
    closed   = { guests = false, classic = true }
    members  = { guests = false, classic = false }
  }
  # By role: the pool that its trust policy names, and of which kind the token must be
  trust = {
    basic     = { aud = aws_cognito_identity_pool.of["basic"].id, amr = "unauthenticated" }
    enhanced  = { aud = aws_cognito_identity_pool.of["enhanced"].id, amr = "unauthenticated" }
    loose     = { aud = aws_cognito_identity_pool.of["enhanced"].id, amr = "unauthenticated" }
    closed    = { aud = aws_cognito_identity_pool.of["closed"].id, amr = "unauthenticated" }
    members   = { aud = aws_cognito_identity_pool.of["members"].id, amr = "authenticated" }
    no-member = { aud = aws_cognito_identity_pool.of["basic"].id, amr = "authenticated" }
    elsewhere = { aud = "eu-west-1:11111111-2222-3333-4444-555555555555", amr = "unauthenticated" }
  }
}

resource "aws_cognito_user_pool" "members" {
  name = "members"
}

resource "aws_cognito_user_pool_client" "members" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.members.id
}

resource "aws_cognito_identity_pool" "of" {
  for_each                         = local.pools
  identity_pool_name               = each.key
  allow_unauthenticated_identities = each.value.guests
  allow_classic_flow               = each.value.classic

  dynamic "cognito_identity_providers" {
    for_each = each.key == "members" ? ["members"] : []

    content {
      client_id     = aws_cognito_user_pool_client.members.id
      provider_name = aws_cognito_user_pool.members.endpoint
    }
  }
}

# The role `loose` trusts the pool `enhanced`, which does not give it.
resource "aws_cognito_identity_pool_roles_attachment" "of" {
  for_each         = local.pools
  identity_pool_id = aws_cognito_identity_pool.of[each.key].id

  roles = {
    (each.key == "members" ? "authenticated" : "unauthenticated") = aws_iam_role.of[each.key].arn
  }
}

resource "aws_iam_role" "of" {
  for_each = local.trust
  name     = each.key

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = each.value.aud }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = each.value.amr }
      }
    }]
  })
}

# A trust policy that names no pool: the basic flow of one is enough
resource "aws_iam_role" "any" {
  name = "any"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
    }]
  })
}
