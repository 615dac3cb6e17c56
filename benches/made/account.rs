//! A made account of any size, always the same: the mix of an organisation's real accounts, drawn with a fixed seed.
//!
//! A fifth of the roles run functions, each with a log group, a table and a secret of its own; the others are
//! people's, pipelines', audits' and services' roles, some with a boundary, some that may assume others. In one mix
//! teams own what they run, and an account grows by teams: what can be reached grows as the account does. In the other
//! every third role is wide: what can be reached grows with the square.

use std::fmt::Write as _;

/// Small, fast, and the same everywhere
struct Draw(u64);

impl Draw {
    /// A number below `limit`
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64; the constants are the published ones.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let z = z ^ (z >> 31);
        usize::try_from(z % limit.max(1) as u64).unwrap_or(0)
    }

    fn one_of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }
}

/// Who may do how much
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    /// Teams of about twenty five roles, and a dozen roles that are wide
    Teams,
    /// Eight teams, however large the account, and every third role of people wide
    Wide,
}

/// How many roles a team has, and how many are wide, where teams own what they run
const OF_A_TEAM: usize = 25;
const WIDE: usize = 12;

const TEAMS: &[&str] = &["checkout", "search", "billing", "media", "identity", "growth", "platform", "data"];
const TABLES: &[&str] = &["GetItem", "PutItem", "Query", "UpdateItem", "Scan", "BatchGetItem"];

/// One root module: `roles` roles, of which a fifth run one function each
pub(crate) fn terraform(roles: usize, mix: Mix) -> String {
    let mut draw = Draw(7);
    let functions = roles / 5;
    let teams: Vec<String> = match mix {
        Mix::Wide => TEAMS.iter().map(|team| (*team).to_owned()).collect(),
        Mix::Teams => (0..roles.div_ceil(OF_A_TEAM))
            .zip(TEAMS.iter().cycle())
            .map(|(n, team)| format!("{team}{}", n / TEAMS.len()))
            .collect(),
    };
    let teams: Vec<&str> = teams.iter().map(String::as_str).collect();
    let mut out = String::from(
        "provider \"aws\" {\n  region = \"eu-west-1\"\n  allowed_account_ids = [\"111122223333\"]\n}\n\n",
    );
    out.push_str(
        "resource \"aws_iam_policy\" \"limit\" {\n  name = \"limit\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }, { Effect = \"Deny\", Action = [\"iam:*\", \"organizations:*\"], Resource = \"*\" }] })\n}\n\n",
    );
    for n in 0..functions {
        let team = draw.one_of(&teams);
        function(&mut out, &mut draw, team, n, functions);
    }
    for n in functions..roles {
        let is_wide = mix == Mix::Wide || n < functions + WIDE;
        let team = draw.one_of(&teams);
        role(&mut out, &mut draw, (team, if is_wide { Mix::Wide } else { Mix::Teams }), n, functions);
    }
    out
}

/// A function with what belongs to it
fn function(out: &mut String, draw: &mut Draw, team: &str, n: usize, functions: usize) {
    let (other, table) = (draw.below(functions), draw.one_of(TABLES));
    let _ = write!(
        out,
        r#"resource "aws_iam_role" "exec_{n}" {{
  name               = "{team}-exec-{n}"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "lambda.amazonaws.com" }} }}] }})
}}

resource "aws_iam_role_policy" "exec_{n}" {{
  name   = "work"
  role   = aws_iam_role.exec_{n}.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Sid = "Logs", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${{aws_cloudwatch_log_group.logs_{n}.arn}}:*" }},
    {{ Sid = "Table", Effect = "Allow", Action = ["dynamodb:{table}", "dynamodb:DescribeTable"], Resource = aws_dynamodb_table.table_{n}.arn }},
    {{ Sid = "Secret", Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.secret_{n}.arn }},
    {{ Sid = "Call", Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.work_{other}.arn }},
  ] }})
}}

resource "aws_cloudwatch_log_group" "logs_{n}" {{
  name = "/aws/lambda/{team}-work-{n}"
}}

resource "aws_dynamodb_table" "table_{n}" {{
  name = "{team}-table-{n}"
}}

resource "aws_secretsmanager_secret" "secret_{n}" {{
  name = "{team}/secret-{n}"
}}

resource "aws_lambda_function" "work_{n}" {{
  function_name = "{team}-work-{n}"
  role          = aws_iam_role.exec_{n}.arn
  runtime       = "python3.13"
  handler       = "main.handler"
}}

"#
    );
    match draw.below(4) {
        0 => {
            let _ = write!(
                out,
                r#"resource "aws_sqs_queue" "jobs_{n}" {{
  name = "{team}-jobs-{n}"
}}

resource "aws_lambda_event_source_mapping" "jobs_{n}" {{
  event_source_arn = aws_sqs_queue.jobs_{n}.arn
  function_name    = aws_lambda_function.work_{n}.arn
}}

resource "aws_iam_role_policy_attachment" "jobs_{n}" {{
  role       = aws_iam_role.exec_{n}.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
}}

"#
            );
        }
        1 => {
            let _ = write!(
                out,
                r#"resource "aws_s3_bucket" "drop_{n}" {{
  bucket = "{team}-drop-{n}"
}}

resource "aws_s3_bucket_notification" "drop_{n}" {{
  bucket = aws_s3_bucket.drop_{n}.id
  lambda_function {{
    lambda_function_arn = aws_lambda_function.work_{n}.arn
    events              = ["s3:ObjectCreated:*"]
  }}
}}

resource "aws_lambda_permission" "drop_{n}" {{
  function_name = aws_lambda_function.work_{n}.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.drop_{n}.arn
}}

"#
            );
        }
        _ => {}
    }
}

/// A role of people, pipelines or services
fn role(out: &mut String, draw: &mut Draw, (team, mix): (&str, Mix), n: usize, functions: usize) {
    let trust = match draw.below(3) {
        0 => r#"{ Service = "ec2.amazonaws.com" }"#.to_owned(),
        1 => r#"{ AWS = "arn:aws:iam::111122223333:root" }"#.to_owned(),
        _ => format!(r#"{{ AWS = aws_iam_role.exec_{}.arn }}"#, draw.below(functions)),
    };
    let boundary =
        if draw.below(5) == 0 { "\n  permissions_boundary = aws_iam_policy.limit.arn" } else { "" };
    let one = draw.below(functions);
    let statements = match draw.below(6) {
        // A pipeline of one team.
        0 => format!(
            r#"{{ Sid = "Deploy", Effect = "Allow", Action = ["lambda:UpdateFunctionCode", "lambda:InvokeFunction"], Resource = "arn:aws:lambda:eu-west-1:111122223333:function:{team}-*" }}"#
        ),
        // Somebody who reads everything of a team, except its secrets: by its names or by its tag.
        1 if mix == Mix::Teams => format!(
            r#"{{ Sid = "Read", Effect = "Allow", Action = ["dynamodb:Get*", "dynamodb:Query", "secretsmanager:GetSecretValue"], Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/{team}-*", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:{team}/*"] }}, {{ Sid = "NoSecrets", Effect = "Deny", Action = "secretsmanager:*", Resource = "arn:aws:secretsmanager:*:*:secret:{team}/*" }}"#
        ),
        1 => format!(
            r#"{{ Sid = "Read", Effect = "Allow", Action = ["dynamodb:Get*", "dynamodb:Query", "s3:GetObject", "secretsmanager:GetSecretValue"], Resource = "*", Condition = {{ StringEquals = {{ "aws:ResourceTag/Team" = "{team}" }} }} }}, {{ Sid = "NoSecrets", Effect = "Deny", Action = "secretsmanager:*", Resource = "arn:aws:secretsmanager:*:*:secret:{team}/*" }}"#
        ),
        // Support of one function.
        2 => format!(
            r#"{{ Sid = "Support", Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.work_{one}.arn, Condition = {{ Bool = {{ "aws:MultiFactorAuthPresent" = "true" }} }} }}"#
        ),
        // An administrator of assuming.
        3 => format!(
            r#"{{ Sid = "Assume", Effect = "Allow", Action = "sts:AssumeRole", Resource = "arn:aws:iam::111122223333:role/{team}-*" }}"#
        ),
        // An auditor: the functions of a team, or everything but data.
        4 if mix == Mix::Teams => format!(
            r#"{{ Sid = "Audit", Effect = "Allow", Action = ["lambda:Get*", "lambda:List*"], Resource = "arn:aws:lambda:eu-west-1:111122223333:function:{team}-*" }}"#
        ),
        4 => r#"{ Sid = "Audit", Effect = "Allow", NotAction = ["s3:*", "dynamodb:*", "secretsmanager:*", "ssm:*", "lambda:Invoke*", "sts:*", "kms:*"], Resource = "*" }"#.to_owned(),
        // A worker with a table.
        _ if mix == Mix::Teams => format!(
            r#"{{ Sid = "Work", Effect = "Allow", Action = ["dynamodb:*Item"], Resource = [aws_dynamodb_table.table_{one}.arn, "${{aws_dynamodb_table.table_{one}.arn}}/index/*"] }}, {{ Sid = "Logs", Effect = "Allow", Action = "logs:*", Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/{team}-*" }}"#
        ),
        _ => format!(
            r#"{{ Sid = "Work", Effect = "Allow", Action = ["dynamodb:*Item"], Resource = [aws_dynamodb_table.table_{one}.arn, "${{aws_dynamodb_table.table_{one}.arn}}/index/*"] }}, {{ Sid = "Logs", Effect = "Allow", Action = "logs:*", Resource = "*" }}"#
        ),
    };
    let _ = write!(
        out,
        r#"resource "aws_iam_role" "role_{n}" {{
  name               = "{team}-role-{n}"
  assume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {trust} }}] }}){boundary}
}}

resource "aws_iam_role_policy" "role_{n}" {{
  name   = "work"
  role   = aws_iam_role.role_{n}.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{statements}] }})
}}

"#
    );
    if draw.below(20) == 0 && mix == Mix::Wide {
        let _ = write!(
            out,
            r#"resource "aws_iam_role_policy_attachment" "role_{n}" {{
  role       = aws_iam_role.role_{n}.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}}

"#
        );
    }
}
