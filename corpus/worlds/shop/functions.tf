# The six functions and what each of them may do. Their policies are written in the three ways that people use:
# jsonencode, a policy document data source, and JSON in a heredoc.

# --- orders: takes an order, stores it, has it paid ------------------------------------------------------------

module "orders" {
  source = "./modules/function"
  name   = "orders"

  environment = {
    DB_HOST     = "orders.db.shop.internal"
    DB_USER     = "orders"
    DB_PASSWORD = "not-a-real-password" # in plain text: whoever may read the configuration has it
  }

  permissions = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadDatabaseSecret"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = aws_secretsmanager_secret.orders_db.arn
      },
      {
        Sid      = "UseOrders"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
        Resource = aws_dynamodb_table.orders.arn
      },
      {
        Sid      = "QueueJobs"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.jobs.arn
      },
      {
        Sid      = "CallPay"
        Effect   = "Allow"
        Action   = "lambda:InvokeFunction"
        Resource = aws_lambda_alias.pay_live.arn
      },
    ]
  })
}

# --- pay: takes the money; only orders calls it, by its alias ---------------------------------------------------

module "pay" {
  source      = "./modules/function"
  name        = "pay"
  permissions = data.aws_iam_policy_document.pay.json

  environment = {
    STRIPE_SECRET_ARN = aws_secretsmanager_secret.stripe.arn
  }
}

resource "aws_lambda_alias" "pay_live" {
  name             = "live"
  function_name    = module.pay.name
  function_version = module.pay.version
}

data "aws_iam_policy_document" "pay" {
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

  statement {
    sid       = "WriteLedger"
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.ledger.arn]
  }
}

# --- thumbs: makes thumbnails of uploads ------------------------------------------------------------------------

module "thumbs" {
  source = "./modules/function"
  name   = "thumbs"

  permissions = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "ReadUploads",
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": "${module.uploads_raw.arn}/*"
        },
        {
          "Sid": "WriteThumbs",
          "Effect": "Allow",
          "Action": "s3:PutObject",
          "Resource": "${module.thumbs_out.arn}/*"
        },
        {
          "Sid": "DebugInvoke",
          "Effect": "Allow",
          "Action": "lambda:InvokeFunction",
          "Resource": "${local.functions}:p*"
        }
      ]
    }
  JSON
}

# --- report: sums up the day ------------------------------------------------------------------------------------

module "report" {
  source      = "./modules/function"
  name        = "report"
  permissions = data.aws_iam_policy_document.report.json
}

data "aws_iam_policy_document" "report" {
  statement {
    sid       = "ReceiveJobs"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.jobs.arn]
  }

  statement {
    sid       = "ReadOrders"
    actions   = ["dynamodb:Scan"]
    resources = [aws_dynamodb_table.orders.arn]
  }

  statement {
    sid       = "WriteReports"
    actions   = ["s3:PutObject"]
    resources = ["${module.reports.arn}/*"]
  }
}

# --- fix: support repairs an order with it ----------------------------------------------------------------------

module "fix" {
  source = "./modules/function"
  name   = "fix"

  permissions = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "RepairOrders"
      Effect   = "Allow"
      Action   = "dynamodb:UpdateItem"
      Resource = aws_dynamodb_table.orders.arn
    }]
  })
}

# --- adm: corrects the ledger; nobody calls it on an ordinary day ------------------------------------------------

module "adm" {
  source = "./modules/function"
  name   = "adm"

  permissions = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": {
        "Sid": "CorrectLedger",
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
        "Resource": "${aws_dynamodb_table.ledger.arn}"
      }
    }
  JSON
}
