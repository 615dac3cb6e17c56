//! A made configuration with the mix of constructs of public repositories, always the same.

#![expect(clippy::expect_used, reason = "a text that is written to")]

use std::fmt::Write as _;

/// Root modules, and parts of each: fourteen megabytes in all
const ROOTS: usize = 80;
pub(crate) const PARTS: usize = 60;

/// The files of the configuration
pub(crate) fn made() -> Vec<(String, String)> {
    (0..ROOTS).map(|root| (format!("root{root:03}/main.tf"), root_module(root, PARTS))).collect()
}

/// One root module of this many parts
pub(crate) fn root_module(root: usize, parts: usize) -> String {
    let mut text = String::from("provider \"aws\" {\n  region = \"eu-west-1\"\n}\n\n");
    for part in 0..parts {
        write!(
            text,
            r#"variable "name_{part}" {{
  description = "The name of part {part} of the stack, as it is used in names and tags of everything below"
  type        = string
  default     = "part-{part}"
}}

variable "buckets_{part}" {{
  description = "Buckets that part {part} may read"
  type        = list(string)
}}

locals {{
  prefix_{part} = "${{var.name_{part}}}-${{terraform.workspace}}"
  tags_{part} = merge({{ Name = local.prefix_{part}, Root = "{root}" }}, {{ Part = "{part}" }})
}}

data "aws_iam_policy_document" "trust_{part}" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }}
  }}
}}

resource "aws_iam_role" "exec_{part}" {{
  name               = "${{local.prefix_{part}}}-exec"
  assume_role_policy = data.aws_iam_policy_document.trust_{part}.json
  tags               = local.tags_{part}
}}

resource "aws_iam_role_policy" "exec_{part}" {{
  name = "exec"
  role = aws_iam_role.exec_{part}.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${{aws_cloudwatch_log_group.logs_{part}.arn}}:*"
      }},
      {{
        Sid      = "Read"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket"]
        Resource = concat([aws_s3_bucket.data_{part}.arn], formatlist("arn:aws:s3:::%s/*", var.buckets_{part}))
      }},
    ]
  }})
}}

resource "aws_cloudwatch_log_group" "logs_{part}" {{
  name              = "/aws/lambda/${{local.prefix_{part}}}"
  retention_in_days = 14
}}

resource "aws_s3_bucket" "data_{part}" {{
  bucket = lower("${{local.prefix_{part}}}-data-{root}")
}}

resource "aws_s3_bucket_policy" "data_{part}" {{
  count  = length(var.name_{part}) > 3 ? 1 : 0
  bucket = aws_s3_bucket.data_{part}.id
  policy = <<-POLICY
    {{
      "Version": "2012-10-17",
      "Statement": [{{
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "${{aws_s3_bucket.data_{part}.arn}}/*",
        "Condition": {{"Bool": {{"aws:SecureTransport": "false"}}}}
      }}]
    }}
  POLICY
}}

resource "aws_lambda_function" "work_{part}" {{
  for_each      = toset(["a", "b"])
  function_name = "${{local.prefix_{part}}}-${{each.key}}"
  role          = aws_iam_role.exec_{part}.arn
  runtime       = "python3.13"
  handler       = "main.handler"
  filename      = "build/work.zip"
  environment {{
    variables = {{
      BUCKET = aws_s3_bucket.data_{part}.bucket
      LEVEL  = try(local.tags_{part}.Level, "info")
    }}
  }}
}}

resource "aws_lambda_permission" "work_{part}" {{
  for_each      = aws_lambda_function.work_{part}
  function_name = each.value.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.data_{part}.arn
}}

output "role_{part}" {{
  description = "The role that part {part} runs as"
  value       = aws_iam_role.exec_{part}.arn
}}

"#
        )
        .expect("written to a text");
    }
    text
}
