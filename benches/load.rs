//! How fast Terraform is read: a made configuration with the mix of constructs of public repositories, always the same.

#![expect(clippy::expect_used, reason = "a benchmark of a configuration that is known")]

use std::fmt::Write as _;

use divan::{Bencher, black_box, counter::BytesCount};
use gatecrash::load::{self, Options};
use gatecrash::world::build::build;

fn main() {
    divan::main();
}

/// Root modules, and parts of each: about ten megabytes in all
const ROOTS: usize = 80;
const PARTS: usize = 60;

/// The files of the configuration
fn made() -> Vec<(String, String)> {
    (0..ROOTS).map(|root| (format!("root{root:03}/main.tf"), root_module(root))).collect()
}

fn root_module(root: usize) -> String {
    let mut text = String::from("provider \"aws\" {\n  region = \"eu-west-1\"\n}\n\n");
    for part in 0..PARTS {
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

#[divan::bench(sample_count = 5)]
fn read(bencher: Bencher<'_, '_>) {
    let files = made();
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| black_box(load::embedded(&texts, &Options::default())));
}

#[divan::bench(sample_count = 3)]
fn read_and_join_one_root(bencher: Bencher<'_, '_>) {
    let text = root_module(0);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        let loaded = load::embedded(&[("main.tf", text.as_str())], &Options::default());
        black_box(build(loaded.pieces, &[]))
    });
}

#[divan::bench(sample_count = 3)]
fn read_and_join(bencher: Bencher<'_, '_>) {
    let files = made();
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let loaded = load::embedded(&texts, &Options::default());
        black_box(build(loaded.pieces, &[]))
    });
}
