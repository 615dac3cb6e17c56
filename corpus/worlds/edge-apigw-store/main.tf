# APIs that hand what they get to a table or a bucket, and hand out what those and a secret hold.

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

# --- What is behind the APIs -------------------------------------------------------------------------------------

resource "aws_dynamodb_table" "of" {
  for_each         = toset(["orders", "audit", "signed", "written"])
  name             = each.key
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "files-of-the-shop"
}

resource "aws_s3_bucket" "listed" {
  bucket = "listed"
}

resource "aws_secretsmanager_secret" "of" {
  for_each = toset(["greeting", "password"])
  name     = each.key
}

resource "aws_iam_role" "exec" {
  name               = "exec"
  assume_role_policy = local.trust["lambda"]
}

resource "aws_iam_role_policy_attachment" "exec" {
  role       = aws_iam_role.exec.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
}

resource "aws_lambda_function" "of" {
  for_each      = toset(["orders", "audit", "stored", "removed"])
  function_name = each.key
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "main.zip"
}

resource "aws_lambda_event_source_mapping" "of" {
  for_each          = toset(["orders", "audit"])
  event_source_arn  = aws_dynamodb_table.of[each.key].stream_arn
  function_name     = aws_lambda_function.of[each.key].arn
  starting_position = "LATEST"
}

resource "aws_s3_bucket_notification" "files" {
  bucket = aws_s3_bucket.files.id

  lambda_function {
    lambda_function_arn = aws_lambda_function.of["stored"].arn
    events              = ["s3:ObjectCreated:*"]
  }

  lambda_function {
    lambda_function_arn = aws_lambda_function.of["removed"].arn
    events              = ["s3:ObjectRemoved:*"]
  }
}

resource "aws_lambda_permission" "files" {
  for_each       = toset(["stored", "removed"])
  function_name  = aws_lambda_function.of[each.key].function_name
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.files.arn
  source_account = "111122223333"
}

# --- The role of the integrations: all but the table `audit` and the password -------------------------------------

resource "aws_iam_role" "stores" {
  name               = "stores"
  assume_role_policy = local.trust["apigateway"]
}

resource "aws_iam_role_policy" "stores" {
  name = "stores"
  role = aws_iam_role.stores.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["dynamodb:PutItem", "dynamodb:Query"], Resource = [for name in ["orders", "signed", "written"] : aws_dynamodb_table.of[name].arn] },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource = "${aws_s3_bucket.files.arn}/*" },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = aws_s3_bucket.listed.arn },
      { Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.of["greeting"].arn }
    ]
  })
}

# --- A REST API --------------------------------------------------------------------------------------------------

resource "aws_api_gateway_rest_api" "rest" {
  name = "rest"
}

locals {
  table = { for name, table in aws_dynamodb_table.of : name => jsonencode({
    TableName = table.name
    Item      = { id = { S = "$input.path('$.id')" } }
  }) }
  methods = {
    orders   = { uri = "dynamodb:action/PutItem", method = "POST", template = local.table["orders"] }
    audit    = { uri = "dynamodb:action/PutItem", method = "POST", template = local.table["audit"] }
    signed   = { uri = "dynamodb:action/Query", method = "POST", template = local.table["signed"] }
    put      = { uri = "s3:path/${aws_s3_bucket.files.id}/{key}", method = "PUT", template = "" }
    get      = { uri = "s3:path/{folder}/{key}", method = "GET", template = "" }
    list     = { uri = "s3:path/${aws_s3_bucket.listed.id}", method = "GET", template = "" }
    delete   = { uri = "s3:path/${aws_s3_bucket.files.id}/{key}", method = "DELETE", template = "" }
    greeting = { uri = "secretsmanager:action/GetSecretValue", method = "POST", template = jsonencode({ SecretId = "greeting" }) }
    password = { uri = "secretsmanager:action/GetSecretValue", method = "POST", template = jsonencode({ SecretId = "password" }) }
    words    = { uri = "translate:action/TranslateText", method = "POST", template = "" }
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
  authorization = each.key == "signed" ? "AWS_IAM" : "NONE"
}

resource "aws_api_gateway_integration" "rest" {
  for_each                = local.methods
  rest_api_id             = aws_api_gateway_rest_api.rest.id
  resource_id             = aws_api_gateway_resource.rest[each.key].id
  http_method             = aws_api_gateway_method.rest[each.key].http_method
  type                    = "AWS"
  integration_http_method = each.value.method
  uri                     = "arn:aws:apigateway:eu-west-1:${each.value.uri}"
  credentials             = aws_iam_role.stores.arn

  request_templates = {
    "application/json" = each.value.template
  }

  request_parameters = {
    "integration.request.path.folder" = "'${aws_s3_bucket.files.id}'"
    "integration.request.path.key"    = "method.request.path.key"
  }
}

# The same in an OpenAPI document, where the template is not all of it JSON
resource "aws_api_gateway_rest_api" "written" {
  name = "written"

  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "written", version = "1" }
    paths = {
      "/written" = {
        get = {
          "x-amazon-apigateway-integration" = {
            type        = "aws"
            httpMethod  = "POST"
            uri         = "arn:aws:apigateway:eu-west-1:dynamodb:action/Query"
            credentials = aws_iam_role.stores.arn
            requestTemplates = {
              "application/json" = "#set($id = $input.params('id')) { \"TableName\": \"${aws_dynamodb_table.of["written"].name}\", \"Key\": $id }"
            }
          }
        }
      }
    }
  })
}

# --- Who signs ---------------------------------------------------------------------------------------------------

resource "aws_iam_role" "calls" {
  for_each           = { calls = "signed", calls-other = "other" }
  name               = each.key
  assume_role_policy = local.trust["lambda"]
}

resource "aws_iam_role_policy" "calls" {
  for_each = { calls = "signed", calls-other = "other" }
  role     = aws_iam_role.calls[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "execute-api:Invoke", Resource = "${aws_api_gateway_rest_api.rest.execution_arn}/*/POST/${each.value}" }]
  })
}
