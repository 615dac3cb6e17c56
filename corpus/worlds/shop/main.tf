# A small shop: an order API, payments, thumbnails, a nightly report, and the people and robots around them.
# It is the world that `gatecrash --demo` answers about. Nothing here is meant to be applied.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.28"
    }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

data "aws_caller_identity" "current" {}

locals {
  account_root = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"

  partner_account = "444455556666"

  # Prefix of every function ARN of this account and region
  functions = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.current.account_id}:function"
}
