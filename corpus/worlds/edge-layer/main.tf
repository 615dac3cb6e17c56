# Layers: the code of a version, for whoever may get it by an own policy or by a grant of that version.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  people = {
    gets    = { action = "lambda:GetLayerVersion", resource = "arn:aws:lambda:eu-west-1:111122223333:layer:shared:*" }
    deletes = { action = "lambda:DeleteLayerVersion", resource = "arn:aws:lambda:eu-west-1:111122223333:layer:shared:*" }
    # Another layer, and a call that returns names only.
    misses = { action = "lambda:*LayerVersion", resource = "arn:aws:lambda:eu-west-1:111122223333:layer:other:*" }
    lists  = { action = "lambda:ListLayerVersions", resource = "*" }
  }
}

resource "aws_iam_role" "people" {
  for_each           = local.people
  name               = each.key
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "batch.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "people" {
  for_each = local.people
  name     = "layers"
  role     = aws_iam_role.people[each.key].name
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value.action, Resource = each.value.resource }] })
}

resource "aws_lambda_layer_version" "shared" {
  layer_name = "shared"
  filename   = "shared.zip"
}

# A partner's account may use this version, and so read it.
resource "aws_lambda_layer_version_permission" "partner" {
  layer_name     = aws_lambda_layer_version.shared.layer_arn
  version_number = aws_lambda_layer_version.shared.version
  statement_id   = "partner"
  action         = "lambda:GetLayerVersion"
  principal      = "444455556666"
}

resource "aws_lambda_layer_version" "own" {
  layer_name = "own"
  filename   = "own.zip"
}
