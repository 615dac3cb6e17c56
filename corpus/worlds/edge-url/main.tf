# Function URLs: for anybody, for who signs, and behind a distribution that signs.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

resource "aws_iam_role" "exec" {
  name = "exec"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_lambda_function" "open" {
  function_name = "open"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "open.zip"
}

resource "aws_lambda_function" "signed" {
  function_name = "signed"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "signed.zip"
}

resource "aws_lambda_function" "shut" {
  function_name = "shut"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "shut.zip"
}

resource "aws_lambda_function" "fronted" {
  function_name = "fronted"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "fronted.zip"
}

resource "aws_lambda_function" "unfronted" {
  function_name = "unfronted"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "unfronted.zip"
}

resource "aws_lambda_function_url" "open" {
  function_name      = aws_lambda_function.open.function_name
  authorization_type = "NONE"
}

resource "aws_lambda_function_url" "signed" {
  function_name      = aws_lambda_function.signed.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_function_url" "fronted" {
  function_name      = aws_lambda_function.fronted.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_function_url" "unfronted" {
  function_name      = aws_lambda_function.unfronted.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_permission" "anybody" {
  function_name          = aws_lambda_function.open.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "anybody_too" {
  function_name = aws_lambda_function.open.function_name
  action        = "lambda:InvokeFunction"
  principal     = "*"
}

resource "aws_cloudfront_distribution" "site" {
  enabled = true

  origin {
    origin_id                = "fronted"
    domain_name              = replace(replace(aws_lambda_function_url.fronted.function_url, "https://", ""), "/", "")
    origin_access_control_id = "E2QWRUHAPOMQZL"
  }

  origin {
    origin_id                = "unfronted"
    domain_name              = replace(replace(aws_lambda_function_url.unfronted.function_url, "https://", ""), "/", "")
    origin_access_control_id = "E2QWRUHAPOMQZL"
  }
}

resource "aws_lambda_permission" "fronted_url" {
  function_name = aws_lambda_function.fronted.function_name
  action        = "lambda:InvokeFunctionUrl"
  principal     = "cloudfront.amazonaws.com"
  source_arn    = aws_cloudfront_distribution.site.arn
}

resource "aws_lambda_permission" "fronted" {
  function_name = aws_lambda_function.fronted.function_name
  action        = "lambda:InvokeFunction"
  principal     = "cloudfront.amazonaws.com"
  source_arn    = aws_cloudfront_distribution.site.arn
}

resource "aws_lambda_permission" "unfronted" {
  function_name = aws_lambda_function.unfronted.function_name
  action        = "lambda:InvokeFunction"
  principal     = "cloudfront.amazonaws.com"
  source_arn    = aws_cloudfront_distribution.site.arn
}

resource "aws_iam_role" "calls" {
  name = "calls"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "calls" {
  name = "calls"
  role = aws_iam_role.calls.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], Resource = aws_lambda_function.signed.arn }
    ]
  })
}

resource "aws_iam_role" "other" {
  name = "other"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "other" {
  name = "other"
  role = aws_iam_role.other.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], Resource = aws_lambda_function.shut.arn }
    ]
  })
}

# Policies that speak of URLs which another stack makes.
resource "aws_lambda_function" "elsewhere" {
  function_name = "elsewhere"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "elsewhere.zip"
}

resource "aws_lambda_permission" "elsewhere" {
  function_name          = aws_lambda_function.elsewhere.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "elsewhere_partner" {
  function_name = aws_lambda_function.elsewhere.function_name
  action        = "lambda:InvokeFunctionUrl"
  principal     = "444455556666"
}

# Neither an origin that CloudFront does not sign for, nor a distribution that is switched off.
resource "aws_cloudfront_origin_access_control" "quiet" {
  for_each                          = { plain = "never", paused = "always" }
  name                              = each.key
  origin_access_control_origin_type = "lambda"
  signing_behavior                  = each.value
  signing_protocol                  = "sigv4"
}

resource "aws_lambda_function_url" "quiet" {
  for_each           = { plain = aws_lambda_function.plain.function_name, paused = aws_lambda_function.paused.function_name }
  function_name      = each.value
  authorization_type = "AWS_IAM"
}

resource "aws_cloudfront_distribution" "quiet" {
  for_each = aws_lambda_function_url.quiet
  enabled  = each.key != "paused"

  origin {
    origin_id                = each.key
    domain_name              = "${each.value.url_id}.lambda-url.eu-west-1.on.aws"
    origin_access_control_id = aws_cloudfront_origin_access_control.quiet[each.key].id
  }
}

resource "aws_lambda_permission" "quiet" {
  for_each      = { for pair in setproduct(["plain", "paused"], ["InvokeFunctionUrl", "InvokeFunction"]) : join("-", pair) => pair }
  function_name = aws_lambda_function_url.quiet[each.value[0]].function_name
  action        = "lambda:${each.value[1]}"
  principal     = "cloudfront.amazonaws.com"
  source_arn    = aws_cloudfront_distribution.quiet[each.value[0]].arn
}

resource "aws_lambda_function" "plain" {
  function_name = "plain"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "plain.zip"
}

resource "aws_lambda_function" "paused" {
  function_name = "paused"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "paused.zip"
}
