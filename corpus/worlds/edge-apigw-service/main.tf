# APIs that hand what they get to another service: a queue, a topic, a bus.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}

locals {
  trust = { for service in ["lambda", "apigateway"] : service => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "${service}.amazonaws.com" }, Action = "sts:AssumeRole" }]
  }) }
}

resource "aws_iam_role" "exec" {
  name               = "exec"
  assume_role_policy = local.trust["lambda"]
}

resource "aws_iam_role_policy_attachment" "exec" {
  role       = aws_iam_role.exec.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
}

resource "aws_lambda_function" "works" {
  for_each      = toset(["hit", "miss", "signed", "told", "other", "ruled", "written"])
  function_name = each.key
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "works.zip"
}

resource "aws_sqs_queue" "works" {
  for_each = toset(["hit", "miss", "signed", "written"])
  name     = each.key
}

resource "aws_lambda_event_source_mapping" "works" {
  for_each         = aws_sqs_queue.works
  event_source_arn = each.value.arn
  function_name    = aws_lambda_function.works[each.key].arn
}

# The role may send to each queue but one, and publish to one topic.
resource "aws_iam_role" "sends" {
  name               = "sends"
  assume_role_policy = local.trust["apigateway"]
}

resource "aws_iam_role_policy" "sends" {
  name = "sends"
  role = aws_iam_role.sends.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = [for name in ["hit", "signed", "written"] : aws_sqs_queue.works[name].arn] },
      { Effect = "Allow", Action = "sns:Publish", Resource = aws_sns_topic.works["told"].arn },
      { Effect = "Allow", Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.web.arn }
    ]
  })
}

# A REST API: the URI names the queue; the topic stands in a template.
resource "aws_api_gateway_rest_api" "rest" {
  name = "rest"
}

locals {
  methods = {
    miss   = { uri = "sqs:path/111122223333/${aws_sqs_queue.works["miss"].name}", authorization = "NONE" }
    signed = { uri = "sqs:path/111122223333/${aws_sqs_queue.works["signed"].name}", authorization = "AWS_IAM" }
    told   = { uri = "sns:action/Publish", authorization = "NONE" }
    delete = { uri = "sqs:action/DeleteQueue", authorization = "NONE" }
  }
}

resource "aws_api_gateway_resource" "rest" {
  for_each    = local.methods
  rest_api_id = aws_api_gateway_rest_api.rest.id
  parent_id   = aws_api_gateway_rest_api.rest.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_method" "rest" {
  for_each      = local.methods
  rest_api_id   = aws_api_gateway_rest_api.rest.id
  resource_id   = aws_api_gateway_resource.rest[each.key].id
  http_method   = "POST"
  authorization = each.value.authorization
}

resource "aws_api_gateway_integration" "rest" {
  for_each                = local.methods
  rest_api_id             = aws_api_gateway_rest_api.rest.id
  resource_id             = aws_api_gateway_resource.rest[each.key].id
  http_method             = aws_api_gateway_method.rest[each.key].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:eu-west-1:${each.value.uri}"
  credentials             = aws_iam_role.sends.arn

  request_templates = {
    "application/json" = "Action=Publish&TopicArn=$util.urlEncode('${aws_sns_topic.works["told"].arn}')&Message=$util.urlEncode($input.body)"
  }
}

# An HTTP API: a subtype names the call, a parameter the queue.
resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "http" {
  api_id              = aws_apigatewayv2_api.http.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "SQS-SendMessage"
  credentials_arn     = aws_iam_role.sends.arn

  request_parameters = {
    QueueUrl    = aws_sqs_queue.works["hit"].url
    MessageBody = "$request.body"
  }
}

resource "aws_apigatewayv2_route" "http" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "POST /hit"
  target    = "integrations/${aws_apigatewayv2_integration.http.id}"
}

resource "aws_apigatewayv2_integration" "ruled" {
  api_id              = aws_apigatewayv2_api.http.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "EventBridge-PutEvents"
  credentials_arn     = aws_iam_role.sends.arn

  request_parameters = {
    EventBusName = aws_cloudwatch_event_bus.web.name
    Source       = "web"
    DetailType   = "request"
    Detail       = "$request.body"
  }
}

resource "aws_apigatewayv2_route" "ruled" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "POST /ruled"
  target    = "integrations/${aws_apigatewayv2_integration.ruled.id}"
}

# The same in an OpenAPI document.
resource "aws_apigatewayv2_api" "written" {
  name          = "written"
  protocol_type = "HTTP"

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "written", version = "1" }
    paths = {
      "/written" = {
        post = {
          "x-amazon-apigateway-integration" = {
            type                 = "aws_proxy"
            integrationSubtype   = "SQS-SendMessage"
            credentials          = aws_iam_role.sends.arn
            payloadFormatVersion = "1.0"
            requestParameters    = { QueueUrl = aws_sqs_queue.works["written"].url, MessageBody = "$request.body" }
          }
        }
      }
    }
  })
}

resource "aws_sns_topic" "works" {
  for_each = toset(["told", "other"])
  name     = each.key
}

resource "aws_sns_topic_subscription" "works" {
  for_each  = aws_sns_topic.works
  topic_arn = each.value.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.works[each.key].arn
}

resource "aws_lambda_permission" "works" {
  for_each      = aws_sns_topic.works
  function_name = aws_lambda_function.works[each.key].function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  source_arn    = each.value.arn
}

resource "aws_cloudwatch_event_bus" "web" {
  name = "web"
}

resource "aws_cloudwatch_event_rule" "ruled" {
  name           = "ruled"
  event_bus_name = aws_cloudwatch_event_bus.web.name
  event_pattern  = jsonencode({ source = ["web"] })
}

resource "aws_cloudwatch_event_target" "ruled" {
  rule           = aws_cloudwatch_event_rule.ruled.name
  event_bus_name = aws_cloudwatch_event_bus.web.name
  arn            = aws_lambda_function.works["ruled"].arn
}

resource "aws_lambda_permission" "ruled" {
  function_name = aws_lambda_function.works["ruled"].function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.ruled.arn
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
      { Effect = "Allow", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.rest.execution_arn}/*/POST/signed" }
    ]
  })
}
