# An HTTP API and a WebSocket API: a route without authorization, one of signed callers, one that the policy does not name.

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

resource "aws_lambda_function" "hit" {
  function_name = "hit"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "hit.zip"
}

resource "aws_lambda_function" "miss" {
  function_name = "miss"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "miss.zip"
}

resource "aws_lambda_function" "talk" {
  function_name = "talk"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "talk.zip"
}

resource "aws_lambda_function" "mute" {
  function_name = "mute"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "mute.zip"
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_api" "chat" {
  name          = "chat"
  protocol_type = "WEBSOCKET"
}

resource "aws_apigatewayv2_integration" "hit" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "AWS_PROXY"
  integration_uri    = aws_lambda_function.hit.invoke_arn
}

resource "aws_apigatewayv2_route" "hit" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "GET /items"
  target    = "integrations/${aws_apigatewayv2_integration.hit.id}"
}

resource "aws_apigatewayv2_integration" "miss" {
  api_id             = aws_apigatewayv2_api.http.id
  integration_type   = "AWS_PROXY"
  integration_uri    = aws_lambda_function.miss.invoke_arn
}

resource "aws_apigatewayv2_route" "miss" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "POST /items"
  target    = "integrations/${aws_apigatewayv2_integration.miss.id}"
}

resource "aws_apigatewayv2_integration" "talk" {
  api_id             = aws_apigatewayv2_api.chat.id
  integration_type   = "AWS_PROXY"
  integration_uri    = aws_lambda_function.talk.invoke_arn
}

resource "aws_apigatewayv2_route" "talk" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "send"
  target    = "integrations/${aws_apigatewayv2_integration.talk.id}"
}

resource "aws_apigatewayv2_integration" "mute" {
  api_id             = aws_apigatewayv2_api.chat.id
  integration_type   = "AWS_PROXY"
  integration_uri    = aws_lambda_function.mute.invoke_arn
}

resource "aws_apigatewayv2_route" "mute" {
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = "stop"
  target    = "integrations/${aws_apigatewayv2_integration.mute.id}"
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_key          = "$connect"
  authorization_type = "AWS_IAM"
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/GET/items"
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/GET/items"
}

resource "aws_lambda_permission" "talk" {
  function_name = aws_lambda_function.talk.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.chat.execution_arn}/*/send"
}

resource "aws_lambda_permission" "mute" {
  function_name = aws_lambda_function.mute.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.chat.execution_arn}/*/send"
}

resource "aws_iam_role" "talks" {
  name = "talks"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "talks" {
  name = "talks"
  role = aws_iam_role.talks.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["execute-api:Invoke"], Resource = "${aws_apigatewayv2_api.chat.execution_arn}/*" }
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
      { Effect = "Allow", Action = ["execute-api:Invoke"], Resource = "${aws_apigatewayv2_api.http.execution_arn}/*" }
    ]
  })
}

resource "aws_lambda_function" "domain" {
  function_name = "domain"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "domain.zip"
}

resource "aws_lambda_function" "certificate" {
  function_name = "certificate"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "certificate.zip"
}

# Only a domain leads to it: that of one asks for a client's certificate.
resource "aws_apigatewayv2_api" "domain" {
  for_each                     = { domain = aws_lambda_function.domain.arn, certificate = aws_lambda_function.certificate.arn }
  name                         = each.key
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = true
  target                       = each.value
}

resource "aws_apigatewayv2_domain_name" "domain" {
  for_each    = aws_apigatewayv2_api.domain
  domain_name = "${each.key}.example.com"

  domain_name_configuration {
    certificate_arn = "arn:aws:acm:eu-west-1:111122223333:certificate/0123"
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }

  dynamic "mutual_tls_authentication" {
    for_each = each.key == "certificate" ? ["s3://trust/store.pem"] : []

    content {
      truststore_uri = mutual_tls_authentication.value
    }
  }
}

resource "aws_apigatewayv2_api_mapping" "domain" {
  for_each    = aws_apigatewayv2_api.domain
  api_id      = each.value.id
  domain_name = aws_apigatewayv2_domain_name.domain[each.key].id
  stage       = "$default"
}

resource "aws_lambda_permission" "domain" {
  for_each      = { domain = aws_lambda_function.domain.function_name, certificate = aws_lambda_function.certificate.function_name }
  function_name = each.value
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.domain[each.key].execution_arn}/*/*"
}
