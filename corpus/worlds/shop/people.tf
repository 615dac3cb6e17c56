# People, robots and a partner.

# --- support: repairs orders, with MFA --------------------------------------------------------------------------

resource "aws_iam_role" "support" {
  name               = "support"
  assume_role_policy = data.aws_iam_policy_document.trust_account.json
}

data "aws_iam_policy_document" "trust_account" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.account_root]
    }
  }
}

resource "aws_iam_role_policy" "support" {
  name = "support"
  role = aws_iam_role.support.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RepairOrders"
      Effect    = "Allow"
      Action    = "lambda:InvokeFunction"
      Resource  = module.fix.arn
      Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }
    }]
  })
}

# --- ci-deploy: GitHub Actions on the main branch, kept away from adm by its boundary ---------------------------

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "ci_deploy" {
  name                 = "ci-deploy"
  permissions_boundary = aws_iam_policy.deploy_boundary.arn

  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "GitHubMain",
          "Effect": "Allow",
          "Principal": { "Federated": "${aws_iam_openid_connect_provider.github.arn}" },
          "Action": "sts:AssumeRoleWithWebIdentity",
          "Condition": {
            "StringEquals": {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": "repo:shop/infra:ref:refs/heads/main"
            }
          }
        }
      ]
    }
  JSON
}

resource "aws_iam_role_policy" "ci_deploy" {
  name   = "ci-deploy"
  role   = aws_iam_role.ci_deploy.id
  policy = data.aws_iam_policy_document.ci_deploy.json
}

data "aws_iam_policy_document" "ci_deploy" {
  statement {
    sid       = "DeployFunctions"
    actions   = ["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]
    resources = ["${local.functions}:*"]
  }
}

resource "aws_iam_policy" "deploy_boundary" {
  name = "deploy-boundary"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Everything"
        Effect   = "Allow"
        Action   = "*"
        Resource = "*"
      },
      {
        Sid      = "ButNotAdm"
        Effect   = "Deny"
        Action   = "lambda:*"
        Resource = ["${local.functions}:adm", "${local.functions}:adm:*"]
      },
    ]
  })
}

# --- break-glass: for the night when nothing else helps ---------------------------------------------------------

resource "aws_iam_role" "break_glass" {
  name = "break-glass"

  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AccountWithMfa",
          "Effect": "Allow",
          "Principal": { "AWS": "${local.account_root}" },
          "Action": "sts:AssumeRole",
          "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } }
        }
      ]
    }
  JSON
}

resource "aws_iam_role_policy" "break_glass" {
  name   = "break-glass"
  role   = aws_iam_role.break_glass.id
  policy = data.aws_iam_policy_document.break_glass.json
}

data "aws_iam_policy_document" "break_glass" {
  statement {
    sid       = "CorrectLedger"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.adm.arn]
  }

  statement {
    sid       = "ReadStripeKey"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.stripe.arn]
  }

  statement {
    sid       = "DecryptStripeKey"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.shop.arn]
  }
}

# --- partner-reader: the partner fetches reports ----------------------------------------------------------------

resource "aws_iam_role" "partner_reader" {
  name = "partner-reader"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Partner"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.partner_account}:root" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = "shop-reports-7f3a" } }
    }]
  })
}

resource "aws_iam_role_policy" "partner_reader" {
  name = "partner-reader"
  role = aws_iam_role.partner_reader.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "ReadReports"
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "${module.reports.arn}/*"
    }]
  })
}

# --- alice: looks around ----------------------------------------------------------------------------------------

resource "aws_iam_user" "alice" {
  name = "alice"
}

resource "aws_iam_user_policy" "alice" {
  name = "alice"
  user = aws_iam_user.alice.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "LookAtFunctions"
      Effect   = "Allow"
      Action   = ["lambda:GetFunctionConfiguration", "lambda:ListFunctions"]
      Resource = "*"
    }]
  })
}
