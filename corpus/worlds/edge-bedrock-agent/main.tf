# bedrock.agent: wired to two functions, admitted by one.

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

resource "aws_bedrockagent_agent" "helper" {
  agent_name = "helper"
}

resource "aws_bedrockagent_agent_action_group" "hit" {
  action_group_name = "hit"
  agent_id          = aws_bedrockagent_agent.helper.agent_id

  action_group_executor {
    lambda = aws_lambda_function.hit.arn
  }
}

resource "aws_bedrockagent_agent_action_group" "miss" {
  action_group_name = "miss"
  agent_id          = aws_bedrockagent_agent.helper.agent_id

  action_group_executor {
    lambda = aws_lambda_function.miss.arn
  }
}

resource "aws_iam_role" "asks" {
  name = "asks"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "asks" {
  name = "asks"
  role = aws_iam_role.asks.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["bedrock:InvokeAgent"], Resource = "*" }
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
      { Effect = "Allow", Action = ["bedrock:InvokeModel"], Resource = "*" }
    ]
  })
}

resource "aws_lambda_permission" "hit" {
  function_name = aws_lambda_function.hit.function_name
  action        = "lambda:InvokeFunction"
  principal     = "bedrock.amazonaws.com"
  source_arn    = aws_bedrockagent_agent.helper.agent_arn
}

resource "aws_lambda_permission" "miss" {
  function_name = aws_lambda_function.miss.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
}

# Agents whose own prompts are parsed by a function.
resource "aws_lambda_function" "parses" {
  function_name = "parses"
  role          = aws_iam_role.exec.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "parses.zip"
}

resource "aws_bedrockagent_agent" "parsed" {
  agent_name = "parsed"

  prompt_override_configuration {
    override_lambda = aws_lambda_function.parses.arn
  }
}

resource "aws_lambda_permission" "parses" {
  function_name = aws_lambda_function.parses.function_name
  action        = "lambda:InvokeFunction"
  principal     = "bedrock.amazonaws.com"
  source_arn    = aws_bedrockagent_agent.parsed.agent_arn
}

# What watches a function does not call it.
resource "aws_cloudwatch_metric_alarm" "watches" {
  alarm_name          = "watches"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  dimensions          = { Resource = aws_lambda_function.parses.arn }
}
