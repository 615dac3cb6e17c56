# Web functions: open to anybody, for who signs, behind a distribution that signs, and with no endpoint in the input.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "web" {
  for_each = toset(["open", "signed", "fronted", "bare"])
  name     = "web-${each.key}"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_secretsmanager_secret" "session" {
  name = "session-key"
}

resource "aws_iam_role_policy" "open" {
  name = "session"
  role = aws_iam_role.web["open"].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.session.arn }]
  })
}

resource "aws_lambdaweb_function" "all" {
  for_each      = aws_iam_role.web
  function_name = each.key
}

resource "aws_iam_user" "mailer" {
  name = "mailer"
}

resource "aws_iam_access_key" "mailer" {
  user = aws_iam_user.mailer.name
}

resource "aws_lambdaweb_function_revision" "all" {
  for_each      = aws_lambdaweb_function.all
  function_name = each.value.function_name

  build_config {
    runtime_config {
      runtime = "nodejs24.x"
    }
    code_config {
      s3_object {
        bucket = "code-of-the-shop"
        key    = "${each.key}.zip"
      }
    }
  }

  service_config {
    execution_role_arn = aws_iam_role.web[each.key].arn

    environment_variables = each.key == "open" ? { MAIL_KEY = aws_iam_access_key.mailer.secret } : {}
  }
}

resource "aws_lambdaweb_function_endpoint" "open" {
  function_name = aws_lambdaweb_function_revision.all["open"].function_name
  endpoint_name = "live"
  endpoint_type = "HomeRegion"
  auth_type     = "ApplicationManaged"
}

resource "aws_lambdaweb_function_endpoint" "signed" {
  function_name = aws_lambdaweb_function.all["signed"].arn
  endpoint_name = "live"
  endpoint_type = "HomeRegion"
  auth_type     = "IamAuth"
}

resource "aws_lambdaweb_function_endpoint" "fronted" {
  function_name = aws_lambdaweb_function.all["fronted"].function_name
  endpoint_name = "live"
  endpoint_type = "HomeRegion"
  auth_type     = "IamAuth"
}

# The policy lets a partner's role and a colleague's in; a policy alone is enough only within one account.
resource "aws_lambdaweb_resource_policy" "signed" {
  resource_arn = aws_lambdaweb_function.all["signed"].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Partner"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::444455556666:role/partner" }
        Action    = "lambda:InvokeWebFunctionEndpoint"
        Resource  = aws_lambdaweb_function_endpoint.signed.arn
      },
      {
        Sid       = "Colleague"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_role.colleague.arn }
        Action    = "lambda:InvokeWebFunctionEndpoint"
        Resource  = "${aws_lambdaweb_function.all["signed"].arn}/endpoint/*"
        Condition = { StringEquals = { "lambda:Resource/WebFunctionAuthType" = "IamAuth" } }
      },
      {
        Sid       = "OtherEndpoint"
        Effect    = "Allow"
        Principal = { AWS = aws_iam_role.beta.arn }
        Action    = "lambda:InvokeWebFunctionEndpoint"
        Resource  = "${aws_lambdaweb_function.all["signed"].arn}/endpoint/beta"
      },
    ]
  })
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })

  policies = {
    calls      = ["lambda:InvokeWebFunctionEndpoint", "${aws_lambdaweb_function.all["signed"].arn}/endpoint/live"]
    misses     = ["lambda:InvokeWebFunctionEndpoint", aws_lambdaweb_function.all["signed"].arn]
    classic    = ["lambda:InvokeFunction", "*"]
    everywhere = ["lambda:InvokeWebFunctionEndpoint", "arn:aws:lambda:*:*:web-function/*/endpoint/*"]
    reader     = ["lambda:GetWebFunctionRevision", "${aws_lambdaweb_function.all["open"].arn}/revision/*"]
    lister     = ["lambda:GetWebFunction", "*"]
    deployer   = ["lambda:CreateWebFunctionRevision", aws_lambdaweb_function.all["open"].arn]
    router     = ["lambda:UpdateWebFunctionEndpoint", "${aws_lambdaweb_function.all["open"].arn}/endpoint/*"]
    granter    = ["lambda:PutResourcePolicy", aws_lambdaweb_function.all["open"].arn]
  }
}

resource "aws_iam_role" "colleague" {
  name               = "colleague"
  assume_role_policy = local.trust
}

resource "aws_iam_role" "beta" {
  name               = "beta"
  assume_role_policy = local.trust
}

resource "aws_iam_role" "of" {
  for_each           = local.policies
  name               = each.key
  assume_role_policy = local.trust

  inline_policy {
    name   = "own"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = each.value[0], Resource = each.value[1] }] })
  }
}

resource "aws_cloudfront_origin_access_control" "web" {
  name                              = "web"
  origin_access_control_origin_type = "lambda"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  origin {
    origin_id                = "fronted"
    domain_name              = aws_lambdaweb_function_endpoint.fronted.domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.web.id
  }

  origin {
    origin_id                = "signed"
    domain_name              = aws_lambdaweb_function_endpoint.signed.domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.web.id
  }
}

resource "aws_lambdaweb_resource_policy" "fronted" {
  resource_arn = aws_lambdaweb_function.all["fronted"].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "lambda:InvokeWebFunctionEndpoint"
      Resource  = aws_lambdaweb_function_endpoint.fronted.arn
      Condition = { ArnLike = { "aws:SourceArn" = aws_cloudfront_distribution.site.arn } }
    }]
  })
}

# Any distribution of any account.
resource "aws_lambdaweb_resource_policy" "bare" {
  resource_arn = aws_lambdaweb_function.all["bare"].arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "lambda:InvokeWebFunctionEndpoint"
      Resource  = "${aws_lambdaweb_function.all["bare"].arn}/endpoint/*"
    }]
  })
}

# The first revision and the first endpoint written into the function, and one more endpoint.
resource "aws_iam_role" "whole" {
  name = "web-whole"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambdaweb_function" "whole" {
  function_name = "whole"

  revision_config {
    service_config {
      execution_role_arn = aws_iam_role.whole.arn
    }
  }

  endpoint_config {
    endpoint_name = "default"
    endpoint_type = "HomeRegion"
    auth_type     = "ApplicationManaged"
  }
}

resource "aws_lambdaweb_endpoint" "whole" {
  function_name = aws_lambdaweb_function.whole.function_name
  endpoint_name = "extra"
  endpoint_type = "HomeRegion"
  auth_type     = "IamAuth"
}
