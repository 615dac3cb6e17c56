# The ways in: who or what calls the functions.

# --- orders: POST /orders of the HTTP API, signed requests only -------------------------------------------------

resource "aws_apigatewayv2_api" "shop" {
  name          = "shop"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "orders" {
  api_id                 = aws_apigatewayv2_api.shop.id
  integration_type       = "AWS_PROXY"
  integration_uri        = module.orders.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id             = aws_apigatewayv2_api.shop.id
  route_key          = "POST /orders"
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.orders.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.shop.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_lambda_permission" "orders_api" {
  statement_id  = "AllowShopApi"
  action        = "lambda:InvokeFunction"
  function_name = module.orders.name
  principal     = "apigateway.amazonaws.com"

  # This API only, whatever the stage
  source_arn = "${aws_apigatewayv2_api.shop.execution_arn}/*/POST/orders"
}

# --- thumbs: every upload, and a URL that somebody forgot -------------------------------------------------------

resource "aws_s3_bucket_notification" "uploads" {
  bucket = module.uploads_raw.id

  lambda_function {
    lambda_function_arn = module.thumbs.arn
    events              = ["s3:ObjectCreated:*"]
  }

  depends_on = [aws_lambda_permission.thumbs_uploads]
}

resource "aws_lambda_permission" "thumbs_uploads" {
  statement_id  = "AllowUploads"
  action        = "lambda:InvokeFunction"
  function_name = module.thumbs.name
  principal     = "s3.amazonaws.com"

  # A bucket ARN has no account, and there is no source_account either
  source_arn = module.uploads_raw.arn
}

# Left over from the prototype. The provider adds two public statements to the function's policy.
resource "aws_lambda_function_url" "thumbs" {
  function_name      = module.thumbs.name
  authorization_type = "NONE"
}

# --- report: every night, and for each job of the queue ---------------------------------------------------------

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(15 2 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = module.report.arn
}

resource "aws_lambda_permission" "report_nightly" {
  statement_id  = "AllowSchedule"
  action        = "lambda:InvokeFunction"
  function_name = module.report.name
  principal     = "events.amazonaws.com" # of any account: there is no source_arn
}

resource "aws_lambda_event_source_mapping" "report_jobs" {
  event_source_arn = aws_sqs_queue.jobs.arn
  function_name    = module.report.arn
  batch_size       = 10
}
