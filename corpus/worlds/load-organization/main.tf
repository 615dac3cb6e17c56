# Four accounts of one organisation, each with a role that may do everything, and control policies above them.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["999900001111"]
}

provider "aws" {
  alias  = "prod"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${aws_organizations_account.prod.id}:role/deploy"
  }
}

provider "aws" {
  alias  = "sandbox"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${aws_organizations_account.sandbox.id}:role/deploy"
  }
}

provider "aws" {
  alias               = "partner"
  region              = "eu-west-1"
  allowed_account_ids = ["444455556666"]
}

# --- The organisation --------------------------------------------------------------------------------------------

resource "aws_organizations_organization" "org" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY"]
}

resource "aws_organizations_organizational_unit" "workloads" {
  name      = "workloads"
  parent_id = aws_organizations_organization.org.roots[0].id
}

resource "aws_organizations_organizational_unit" "live" {
  name      = "live"
  parent_id = aws_organizations_organizational_unit.workloads.id
}

resource "aws_organizations_account" "prod" {
  name      = "prod"
  email     = "prod@shop.test"
  parent_id = aws_organizations_organizational_unit.live.id
}

# Directly below the root
resource "aws_organizations_account" "sandbox" {
  name  = "sandbox"
  email = "sandbox@shop.test"
}

# --- Control policies --------------------------------------------------------------------------------------------

resource "aws_organizations_policy" "no_invoke" {
  name = "no-invoke"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "NoInvoke", Effect = "Deny", Action = "lambda:Invoke*", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "no_invoke" {
  policy_id = aws_organizations_policy.no_invoke.id
  target_id = aws_organizations_organizational_unit.workloads.id
}

resource "aws_organizations_policy" "no_leak" {
  name = "no-leak"
  type = "RESOURCE_CONTROL_POLICY"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NoLeak"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "*"
    }]
  })
}

resource "aws_organizations_policy_attachment" "no_leak" {
  policy_id = aws_organizations_policy.no_leak.id
  target_id = aws_organizations_organization.org.roots[0].id
}

# Allows only queues: a limit only if FullAWSAccess was detached there, which nobody wrote
resource "aws_organizations_policy" "queues" {
  name = "queues"
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "OnlyQueues", Effect = "Allow", Action = "sqs:*", Resource = "*" }]
  })
}

resource "aws_organizations_policy_attachment" "queues" {
  policy_id = aws_organizations_policy.queues.id
  target_id = aws_organizations_account.sandbox.id
}

# Limits no request
resource "aws_organizations_policy" "tags" {
  name    = "tags"
  type    = "TAG_POLICY"
  content = jsonencode({ tags = {} })
}

resource "aws_organizations_policy_attachment" "tags" {
  policy_id = aws_organizations_policy.tags.id
  target_id = aws_organizations_account.prod.id
}

# --- What they limit ---------------------------------------------------------------------------------------------

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  everything = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = "Everything", Effect = "Allow", Action = "*", Resource = "*" }]
  })
}

resource "aws_iam_role" "prod" {
  provider           = aws.prod
  name               = "prod-admin"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "prod" {
  provider = aws.prod
  role     = aws_iam_role.prod.id
  name     = "everything"
  policy   = local.everything
}

resource "aws_lambda_function" "prod" {
  provider      = aws.prod
  function_name = "prod-orders"
  role          = aws_iam_role.prod.arn
}

resource "aws_s3_bucket" "prod" {
  provider = aws.prod
  bucket   = "prod-orders"
}

resource "aws_iam_role" "management" {
  name               = "management-admin"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "management" {
  role   = aws_iam_role.management.id
  name   = "everything"
  policy = local.everything
}

resource "aws_lambda_function" "management" {
  function_name = "management-orders"
  role          = aws_iam_role.management.arn
}

resource "aws_s3_bucket" "management" {
  bucket = "management-orders"
}

resource "aws_iam_role" "sandbox" {
  provider           = aws.sandbox
  name               = "sandbox-admin"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "sandbox" {
  provider = aws.sandbox
  role     = aws_iam_role.sandbox.id
  name     = "everything"
  policy   = local.everything
}

resource "aws_lambda_function" "sandbox" {
  provider      = aws.sandbox
  function_name = "sandbox-orders"
  role          = aws_iam_role.sandbox.arn
}

resource "aws_sqs_queue" "sandbox" {
  provider = aws.sandbox
  name     = "sandbox-orders"
}

# Whether this account is in the organisation, nobody wrote
resource "aws_iam_role" "partner" {
  provider           = aws.partner
  name               = "partner-admin"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "partner" {
  provider = aws.partner
  role     = aws_iam_role.partner.id
  name     = "everything"
  policy   = local.everything
}

resource "aws_lambda_function" "partner" {
  provider      = aws.partner
  function_name = "partner-orders"
  role          = aws_iam_role.partner.arn
}
