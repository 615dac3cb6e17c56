//! `check`, `init` and their reports, as people and CI meet them: every form of a claim with every outcome, every exit
//! code, every format read back by a reader of its own.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Run, entries, program, root, run, text};
use crate::worlds::against_schema;

/// The day of these tests: waivers end by it
const TODAY: &str = "2026-11-25";

/// A folder with the shop in it, and an assertion file
struct Shop(TempDir);

impl Shop {
    fn with(claims: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        copy(&root().join("corpus/worlds/shop"), folder.path());
        let shop = Self(folder);
        shop.write("gatecrash.toml", &format!("version = 1\n{claims}"));
        shop
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).expect("a file in the test's own folder");
    }

    fn read(&self, name: &str) -> String {
        text(&self.0.path().join(name))
    }

    /// Replaces a text that must be there
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from:?}");
        self.write(name, &text.replacen(from, to, 1));
    }

    fn run(&self, args: &[&str]) -> Run {
        let output = program(args).current_dir(self.0.path()).output().expect("the program starts");
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    fn check(&self, args: &[&str]) -> Run {
        self.run(&[&["check", "--today", TODAY], args].concat())
    }

    fn json(&self, args: &[&str]) -> Value {
        let run = self.check(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
    }
}

fn copy(from: &Path, to: &Path) {
    for path in entries(from) {
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}

fn claim(lines: &str) -> String {
    format!("[[assert]]\nid = \"c\"\n{lines}\n")
}

/// Claims about the shop: lines, outcome, exit code
static CLAIMS: &[(&str, &str, i32)] = &[
    // `only`, direct
    (
        "only = [\"api/tf:aws_apigatewayv2_api.shop\", \"role/ci-deploy\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]",
        "holds",
        0,
    ),
    ("only = [\"role/ci-deploy\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]", "violated", 1),
    (
        "only = [\"role/ci-deploy\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]",
        "inconclusive",
        1,
    ),
    ("only = [\"role/ci-deploy\"]\ncan = [\"invoke\"]\non = [\"function/ordres\"]", "vacuous", 1),
    (
        "only = [\"role/ci-deploi\"]\ncan = [\"invoke\"]\non = [\"function/adm\"]\nexcept = [\"role/break-glass\"]\nmay_be_empty = true",
        "violated",
        1,
    ),
    ("only = []\ncan = [\"invoke\"]\non = [\"function/ordres\"]\nmay_be_empty = true", "holds", 0),
    (
        "only = [\"role/pay-exec\", \"role/break-glass\"]\ncan = [\"secretsmanager:GetSecretValue\"]\non = [\"secret/prod/stripe\"]",
        "holds",
        0,
    ),
    (
        "only = [\"role/pay-exec\"]\ncan = [\"secretsmanager:GetSecretValue\"]\non = [\"secret/prod/stripe\"]",
        "violated",
        1,
    ),
    // `never`, direct and in steps
    ("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]", "holds", 0),
    ("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/*\"]", "violated", 1),
    (
        "never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/*\"]\nexcept = [\"function/thumbs\"]",
        "holds",
        0,
    ),
    (
        "never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/pay\"]\nsteps = \"any\"\nvia = \"code\"",
        "violated",
        1,
    ),
    ("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/pay\"]\nsteps = \"any\"", "holds", 0),
    (
        "never = [\"role/support\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]",
        "inconclusive",
        1,
    ),
    (
        "never = [\"role/support\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]\nabsent = [\"aws:MultiFactorAuthPresent\"]",
        "holds",
        0,
    ),
    (
        "never = [\"role/support\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]\ngiven = { \"aws:MultiFactorAuthPresent\" = \"true\" }",
        "violated",
        1,
    ),
    ("never = [\"role/support\"]\ncan = [\"invoke\"]\non = [\"function/thumbs\"]", "violated", 1),
    ("never = [\"outside\"]\ncan = [\"invoke\"]\non = [\"function/report\"]", "violated", 1),
    ("never = [\"outside\"]\ncan = [\"invoke\"]\non = [\"function/orders\", \"function/adm\"]", "holds", 0),
    (
        "never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/thumbs\"]\nseverity = \"warning\"",
        "violated",
        0,
    ),
    // by an alias of the function, which runs its code
    (
        "never = [\"api/tf:aws_apigatewayv2_api.shop\"]\ncan = [\"invoke\"]\non = [\"function/pay\"]\nsteps = \"any\"\nvia = \"code\"",
        "violated",
        1,
    ),
    (
        "never = [\"api/tf:aws_apigatewayv2_api.shop\"]\nreach = [\"function/pay\"]\nvia = \"code\"",
        "violated",
        1,
    ),
    // about nobody, once `except` is taken out
    (
        "never = [\"role/support\"]\ncan = [\"invoke\"]\non = [\"function/fix\"]\nexcept = [\"role/support\"]",
        "vacuous",
        1,
    ),
    // a name that is known only after deployment
    ("always = [\"api/a1b2c3d4e5\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]", "inconclusive", 1),
    (
        "only = [\"api/a1b2c3d4e5\", \"role/ci-deploy\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]",
        "inconclusive",
        1,
    ),
    // `exactly`
    (
        "exactly = [\"role/break-glass\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/adm\"]",
        "holds",
        0,
    ),
    (
        "exactly = [\"role/break-glass\", \"user/alice\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/adm\"]",
        "violated",
        1,
    ),
    ("exactly = []\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/adm\"]", "violated", 1),
    // `always`
    (
        "always = [\"role/ci-deploy\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/orders\"]",
        "holds",
        0,
    ),
    (
        "always = [\"role/ci-deploy\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/adm\"]",
        "violated",
        1,
    ),
    (
        "always = [\"role/support\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]",
        "inconclusive",
        1,
    ),
    (
        "always = [\"role/support\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]\ngiven = { \"aws:MultiFactorAuthPresent\" = \"true\" }",
        "holds",
        0,
    ),
    (
        "always = [\"role/orders-exec\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/pay\"]",
        "violated",
        1,
    ),
    (
        "always = [\"role/orders-exec\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/pay:live\"]",
        "holds",
        0,
    ),
    ("always = [\"function/pay\"]\nreach = [\"secret/prod/stripe\"]", "holds", 0),
    ("always = [\"anonymous\"]\nreach = [\"secret/prod/stripe\"]", "violated", 1),
    ("always = [\"anonymous\"]\nreach = [\"secret/prod/stripe\"]\nvia = \"code\"", "holds", 0),
    // `reach`, in two tiers
    ("never = [\"anonymous\"]\nreach = [\"*:secret/*\"]", "holds", 0),
    ("never = [\"anonymous\"]\nreach = [\"*:secret/*\"]\nvia = \"code\"", "violated", 1),
    ("never = [\"anonymous\"]\nreach = [\"table/ledger\"]\nvia = \"code\"\ngrade = [\"read\"]", "holds", 0),
    (
        "never = [\"anonymous\"]\nreach = [\"table/ledger\"]\nvia = \"code\"\nedges = [\"data.*.write\"]",
        "violated",
        1,
    ),
    ("never = [\"role/support\"]\nreach = [\"secret/prod/stripe\"]\nvia = \"code\"", "violated", 1),
    ("only = [\"role/pay-exec\", \"role/break-glass\"]\nreach = [\"secret/prod/stripe\"]", "inconclusive", 1),
    // expected failures
    (
        "never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/*\"]\nexpect = \"violated\"\nexpect_to = [\"function/thumbs\"]",
        "expected",
        0,
    ),
    (
        "never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/*\"]\nexpect = \"violated\"\nexpect_to = [\"function/thumbs\", \"function/pay\"]",
        "fixed",
        1,
    ),
    (
        "never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/adm\"]\nexpect = \"violated\"",
        "fixed",
        1,
    ),
    (
        "never = [\"anonymous\", \"role/ci-deploy\"]\ncan = [\"invoke\"]\non = [\"function/thumbs\"]\nexpect = \"violated\"\nexpect_from = [\"anonymous\"]",
        "violated",
        1,
    ),
];

#[test]
fn every_form_of_a_claim_has_its_outcome_and_exit_code() {
    let all: String = CLAIMS
        .iter()
        .enumerate()
        .map(|(at, (lines, ..))| format!("[[assert]]\nid = \"c{at}\"\n{lines}\n"))
        .collect();
    let shop = Shop::with(&all);
    let answer = shop.json(&[]);
    assert_eq!(against_schema("check", &answer), Vec::<String>::new());
    let mut wrong = Vec::new();
    for (at, (lines, outcome, exit)) in CLAIMS.iter().enumerate() {
        let told = &answer["assertions"][at];
        let fails = told["level"] == "error";
        if told["outcome"] != *outcome || fails != (*exit == 1) {
            wrong.push(format!(
                "{lines}\n  is {} ({})\n  {}",
                told["outcome"], told["level"], told["counterexamples"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{} claims:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_holds_directly_and_not_in_steps_is_said() {
    let shop = Shop::with(&claim(
        "never = [\"role/support\"]\ncan = [\"dynamodb:UpdateItem\"]\non = [\"table/ledger\"]",
    ));
    assert_eq!(shop.json(&[])["assertions"][0]["in_steps"], Value::Null);
    shop.write(
        "deploy.tf",
        "resource \"aws_iam_role_policy\" \"step\" {\n  name = \"step\"\n  role = \"alice-helper\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"dynamodb:UpdateItem\", Resource = \"arn:aws:dynamodb:eu-west-1:111122223333:table/ledger\" }] })\n}\n\
         resource \"aws_iam_role\" \"helper\" {\n  name = \"alice-helper\"\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = \"arn:aws:iam::111122223333:role/support\" } }] })\n}\n",
    );
    let told = shop.json(&[])["assertions"][0].clone();
    assert_eq!((&told["outcome"], &told["in_steps"]["hops"]), (&"holds".into(), &2.into()), "{told}");
    let human = shop.check(&[]);
    assert!(human.out.contains("in 2 steps by way of role/alice-helper"), "{}", human.out);
}

#[test]
fn exit_codes_are_the_same_for_every_format() {
    let bad = claim("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/thumbs\"]");
    let good = claim("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]");
    let open =
        claim("never = [\"role/support\"]\ncan = [\"lambda:InvokeFunction\"]\non = [\"function/fix\"]");
    let broken = "resource \"aws_lambda_function\" \"half\" {\n";
    let cases: &[(&str, &str, &[&str], i32)] = &[
        (&good, "", &[], 0),
        (&bad, "", &[], 1),
        (&bad, "", &["--exit-zero"], 0),
        (&open, "", &[], 1),
        (&open, "", &["--unknown", "warn"], 0),
        (&open, "", &["--unknown", "warn", "--strict"], 1),
        (&open, "", &["--unknown", "pass"], 0),
        (&good, broken, &[], 3),
        // A violation is never hidden behind a bad input.
        (&bad, broken, &[], 1),
        (&bad, broken, &["--exit-zero"], 3),
        ("", "", &[], 4),
        (&good, "", &["--skip", "c"], 4),
        (&good, "", &["--only", "d"], 2),
        ("[[assert]]\nid = \"c\"\n", "", &[], 2),
        (&good, "", &["--report", "sarif"], 2),
        (&good, "", &["--report", "pdf=x"], 2),
        (&good, "", &["--report", "sarif=no/such/folder/x.sarif"], 2),
    ];
    for (claims, extra, args, code) in cases {
        let shop = Shop::with(claims);
        if !extra.is_empty() {
            shop.write("extra.tf", extra);
        }
        for format in ["human", "json", "sarif", "junit", "github", "markdown"] {
            let run = shop.check(&[*args, &["--format", format]].concat());
            assert_eq!(run.code, Some(*code), "{claims}{extra} {args:?} as {format}: {}{}", run.out, run.err);
        }
    }
    let empty = TempDir::new().expect("a folder");
    let none = program(&["check"]).current_dir(empty.path()).output().expect("it starts");
    assert_eq!(none.status.code(), Some(2), "no assertion file");
}

#[test]
fn a_wrong_assertion_file_is_shown_with_line_and_caret() {
    let shop = Shop::with("[[assert]]\nid = \"c\"\nnever = [\"anonymous\"]\nreaches = [\"secret/x\"]\n");
    let run = shop.check(&[]);
    for part in ["unknown field `reaches`", "gatecrash.toml:5:1", "^^^^^^^", "did you mean `reach`?"] {
        assert!(run.err.contains(part), "no {part:?} in\n{}", run.err);
    }
}

#[test]
fn a_dropped_source_arn_is_underlined_waived_until_a_day_and_mended_for_good() {
    let claims = claim(
        "only = [\"api/tf:aws_apigatewayv2_api.shop\", \"role/ci-deploy\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]",
    );
    let shop = Shop::with(&claims);
    assert_eq!(shop.check(&[]).code, Some(0));
    let scoped = "  # This API only, whatever the stage\n  source_arn = \"${aws_apigatewayv2_api.shop.execution_arn}/*/POST/orders\"\n";
    shop.edit("triggers.tf", scoped, "");
    let red = shop.check(&[]);
    assert_eq!(red.code, Some(1));
    for part in [
        "error[assert::only]: assertion `c` is violated",
        "principal     = \"apigateway.amazonaws.com\"",
        "^^^^ sources of apigateway.amazonaws.com in any account match",
        "${aws_apigatewayv2_api.shop.execution_arn}/*/*",
        "the claim holds then; no other claim breaks",
    ] {
        assert!(red.out.contains(part), "no {part:?} in\n{}", red.out);
    }
    // The waiver, until its day.
    let waived =
        shop.check(&["--waive", "c", "--reason", "the gateway moves, SHOP-1", "--expires", "2026-12-05"]);
    assert_eq!(waived.code, Some(0), "{}{}", waived.out, waived.err);
    let file = shop.read("gatecrash.toml");
    assert!(file.contains("edges   = [\"apigw.http\"]") && file.contains("marks   = ["), "{file}");
    let green = shop.check(&[]);
    assert_eq!(green.code, Some(0), "{}", green.out);
    assert!(green.out.contains("waived, 10 days left: the gateway moves, SHOP-1"), "{}", green.out);
    assert_eq!(shop.run(&["check", "--today", "2026-12-05"]).code, Some(0));
    let late = shop.run(&["check", "--today", "2026-12-06"]);
    assert_eq!(late.code, Some(1), "{}", late.out);
    assert!(late.out.contains("waived until 2026-12-05: the gateway moves, SHOP-1"), "{}", late.out);
    assert!(late.out.contains("warning[waive::expired]"), "{}", late.out);
    // The edit that was told, for good; then the waiver excuses nothing.
    shop.edit(
        "triggers.tf",
        "  principal     = \"apigateway.amazonaws.com\"\n",
        "  principal     = \"apigateway.amazonaws.com\"\n  source_arn = \"${aws_apigatewayv2_api.shop.execution_arn}/*/*\"\n",
    );
    let mended = shop.check(&[]);
    assert_eq!(mended.code, Some(0), "{}", mended.out);
    assert!(mended.out.contains("the waiver of `c` excuses nothing"), "{}", mended.out);
    assert_eq!(shop.check(&["--strict"]).code, Some(1));
}

#[test]
fn a_new_way_between_waived_ends_is_reported() {
    let claims = claim("never = [\"anonymous\"]\nreach = [\"table/ledger\"]\nvia = \"code\"");
    let shop = Shop::with(&claims);
    let args = ["--waive", "c", "--reason", "known", "--expires", "2027-01-31"];
    assert_eq!(shop.check(&args).code, Some(0));
    assert_eq!(shop.check(&[]).code, Some(0));
    // Another, longer way: by the queue, which anybody may send to now, and the report, which may write the ledger.
    shop.write(
        "more.tf",
        "resource \"aws_lambda_permission\" \"all\" {\n  statement_id = \"All\"\n  action = \"lambda:InvokeFunction\"\n  function_name = module.report.name\n  principal = \"*\"\n}\n\
         resource \"aws_lambda_function_url\" \"report\" {\n  function_name = module.report.name\n  authorization_type = \"NONE\"\n}\n\
         resource \"aws_iam_role_policy\" \"report_ledger\" {\n  name = \"ledger\"\n  role = \"report-exec\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Sid = \"New\", Effect = \"Allow\", Action = \"dynamodb:PutItem\", Resource = \"*\" }] })\n}\n",
    );
    let run = shop.check(&[]);
    assert_eq!(run.code, Some(1), "{}{}", run.out, run.err);
    assert!(run.out.contains("function/report ─runs-as→ role/report-exec"), "{}", run.out);
    // A waiver by hand, without a record, excuses every way between its ends.
    let wide = "[[waive]]\nassert = \"c\"\nfrom = [\"anonymous\"]\nto = [\"table/ledger\"]\nreason = \"r\"\nexpires = 2027-01-31\n";
    shop.write("gatecrash.toml", &format!("version = 1\n{claims}{wide}"));
    let answer = shop.json(&[]);
    assert_eq!(answer["assertions"][0]["outcome"], "waived");
    assert_eq!(answer["waivers"][0]["recorded"], false);
    let told = shop.check(&[]);
    assert!(told.out.contains("the waiver of `c` (gatecrash.toml:8) is too wide"), "{}", told.out);
}

#[test]
fn a_class_that_must_be_shown_and_is_not_leaves_claims_inconclusive() {
    let holds = claim("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/orders\"]");
    let shop = Shop::with(&format!("[world]\nrequire_closed = [\"principals\"]\n{holds}"));
    let run = shop.check(&[]);
    assert_eq!(run.code, Some(1), "{}", run.out);
    assert!(run.out.contains("the input does not show all principals"), "{}", run.out);
}

#[test]
fn what_our_account_and_organisation_tie_is_not_outside() {
    let folder = TempDir::new().expect("a folder");
    let world = |condition: &str| {
        format!(
            "provider \"aws\" {{\n  region = \"eu-west-1\"\n  allowed_account_ids = [\"111122223333\"]\n}}\n\
             resource \"aws_s3_bucket\" \"b\" {{\n  bucket = \"b\"\n}}\n\
             resource \"aws_s3_bucket_policy\" \"b\" {{\n  bucket = aws_s3_bucket.b.id\n  policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Principal = {{ AWS = \"*\" }}, Action = \"s3:GetObject\", Resource = \"arn:aws:s3:::b/*\"{condition} }}] }})\n}}\n"
        )
    };
    let org = ", Condition = { StringEquals = { \"aws:PrincipalOrgID\" = \"o-ours\" } }";
    let config = "version = 1\n[world]\norg = \"o-ours\"\n[[assert]]\nid = \"c\"\nnever = [\"outside-org\"]\nreach = [\"bucket/b\"]\n";
    let outcome = |text: &str| {
        std::fs::write(folder.path().join("main.tf"), text).expect("a file");
        std::fs::write(folder.path().join("gatecrash.toml"), config).expect("a file");
        let output =
            program(&["check", "--format", "json"]).current_dir(folder.path()).output().expect("it starts");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        answer["assertions"][0]["outcome"].as_str().unwrap_or_default().to_owned()
    };
    assert_ne!(outcome(&world("")), "holds");
    assert_eq!(outcome(&world(org)), "holds");
    assert_ne!(outcome(&world(&org.replace("o-ours", "o-theirs"))), "holds");
}

/// Text that means something to a terminal, a runner, XML or HTML
const HOSTILE: &str = "a\u{1b}]0;x\u{202e}%0A]]></script>|`::error::\u{7}";

#[test]
fn hostile_text_of_a_policy_stays_text_in_every_format() {
    let shop = Shop::with(&claim(
        "never = [\"user/*\"]\ncan = [\"s3:GetObject\"]\non = [\"bucket/reports\"]\nreason = \"]]> </script> %0A\"",
    ));
    let escaped: String = HOSTILE
        .chars()
        .map(|c| if c.is_ascii_graphic() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) })
        .collect();
    shop.write(
        "hostile.tf",
        &format!(
            "resource \"aws_iam_user_policy\" \"h\" {{\n  name = \"h\"\n  user = \"alice\"\n  policy = <<EOT\n{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Sid\": \"{escaped}\", \"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::reports/*\"}}]}}\nEOT\n}}\n"
        ),
    );
    for format in ["human", "json", "sarif", "junit", "github", "markdown"] {
        let run = shop.check(&["--format", format, "-v"]);
        assert_eq!(run.code, Some(1), "{format}: {}{}", run.out, run.err);
        let raw = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!run.out.contains(raw), "{format} prints a character that moves the cursor:\n{:?}", run.out);
        match format {
            "json" | "sarif" => drop(serde_json::from_str::<Value>(&run.out).expect(format)),
            "junit" => drop(quick_junit::Report::deserialize_from_str(&run.out).expect("JUnit")),
            "github" => assert!(run.out.lines().all(|line| line.starts_with("::error ")), "{}", run.out),
            "markdown" => assert!(!run.out.contains("</script>"), "{}", run.out),
            _ => {}
        }
    }
}

/// The reports of the demo
fn report(format: &str) -> String {
    let run = run(&["check", "--demo", "--today", TODAY, "--format", format]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    run.out
}

#[test]
fn one_report_keeps_its_form_in_every_format() {
    for format in ["human", "json", "sarif", "junit", "github", "markdown"] {
        // The version of the program is no part of the form.
        let text = report(format).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        assert_eq!(text, report(format).replace(env!("CARGO_PKG_VERSION"), "VERSION"));
        insta::assert_snapshot!(format!("check_{format}"), text);
    }
    assert_eq!(
        against_schema("check", &serde_json::from_str(&report("json")).expect("JSON")),
        Vec::<String>::new()
    );
}

#[test]
fn sarif_is_valid_and_shows_each_hop() {
    let log: Value = serde_json::from_str(&report("sarif")).expect("JSON");
    let mut schema: Value =
        serde_json::from_str(&text(&root().join("tests/fixtures/sarif-2.1.0.json"))).expect("a schema");
    // As published, one pattern is no regular expression: a bracket of it has no partner.
    for place in ["run", "toolComponent"] {
        let language =
            schema.pointer_mut(&format!("/definitions/{place}/properties/language")).expect("a language");
        language.as_object_mut().expect("an object").remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let payment = results
        .iter()
        .find(|result| result["ruleId"] == "assert/anonymous-drives-no-payment")
        .expect("a result of the claim about payments");
    let hops = payment["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("hops");
    assert_eq!(hops.len(), 5, "{payment}");
    let waived: Vec<_> = results.iter().filter(|result| result["suppressions"].is_array()).collect();
    assert_eq!(waived.len(), 2);
    assert!(waived.iter().all(|result| result["suppressions"][0]["justification"].is_string()));
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let claims = claim("never = [\"anonymous\"]\nreach = [\"*:secret/*\"]\nvia = \"code\"");
    let shop = Shop::with(&claims);
    let print = |shop: &Shop| shop.json(&[])["assertions"][0]["counterexamples"][0]["fingerprint"].clone();
    let before = print(&shop);
    for name in ["triggers.tf", "functions.tf", "gatecrash.toml"] {
        shop.write(name, &format!("# a line more\n\n{}", shop.read(name)));
    }
    assert_eq!(before, print(&shop));
}

#[test]
fn junit_is_read_back_with_a_case_for_each_claim() {
    let report = quick_junit::Report::deserialize_from_str(&report("junit")).expect("JUnit");
    let cases: Vec<_> = report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let answer: Value = serde_json::from_str(&self::report("json")).expect("JSON");
    let ids: Vec<&str> = answer["assertions"]
        .as_array()
        .expect("claims")
        .iter()
        .filter_map(|claim| claim["id"].as_str())
        .collect();
    assert_eq!(names, ids);
    let failed = cases.iter().filter(|case| {
        matches!(
            case.status,
            quick_junit::TestCaseStatus::NonSuccess { kind: quick_junit::NonSuccessKind::Failure, .. }
        )
    });
    assert_eq!(failed.count(), 2);
}

/// What the runner of GitHub reads of a command: its properties and its data
fn command(line: &str) -> (Vec<(String, String)>, String) {
    let rest = line.strip_prefix("::error ").unwrap_or_else(|| panic!("no error: {line}"));
    let (properties, data) = rest.split_once("::").expect("data");
    let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| plain(&text.replace("%3A", ":").replace("%2C", ","));
    let pairs = properties.split(',').map(|pair| {
        let (name, value) = pair.split_once('=').expect("name=value");
        (name.to_owned(), property(value))
    });
    (pairs.collect(), plain(data))
}

#[test]
fn annotations_of_github_are_read_back_with_their_place() {
    let text = report("github");
    let commands: Vec<_> = text.lines().map(command).collect();
    assert_eq!(commands.len(), 3, "{text}");
    let (properties, data) = &commands[0];
    let of = |name: &str| properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(of("file"), Some("shop/triggers.tf"));
    assert_eq!(of("title"), Some("assertion `report-only-by-schedule` is violated"));
    assert!(data.contains("\nhelp: ") && data.contains("aws_cloudwatch_event_rule.nightly.arn"), "{data}");
}

#[test]
fn several_reports_are_written_whole_in_one_run() {
    let shop = Shop::with(&claim("never = [\"anonymous\"]\ncan = [\"invoke\"]\non = [\"function/thumbs\"]"));
    let run =
        shop.check(&["--report", "sarif=a.sarif", "--report", "junit=b.xml", "--report", "markdown=c.md"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(shop.read("a.sarif").contains("\"2.1.0\"") && shop.read("b.xml").contains("<failure"));
    assert!(shop.read("c.md").starts_with("## gatecrash"));
    let left: Vec<PathBuf> = entries(shop.0.path())
        .into_iter()
        .filter(|path| path.to_string_lossy().contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_init_writes_holds_for_every_world() {
    let folder = TempDir::new().expect("a folder");
    let mut failed = Vec::new();
    for world in entries(&root().join("corpus/worlds")).into_iter().filter(|path| path.is_dir()) {
        let name = world.file_name().expect("a name").to_string_lossy().into_owned();
        let file = folder.path().join(format!("{name}.toml"));
        let (world, file) = (world.to_string_lossy().into_owned(), file.to_string_lossy().into_owned());
        let written = run(&["init", &world, "-o", &file]);
        if written.code == Some(4) {
            continue;
        }
        let checked = run(&["check", "-c", &file, "--today", TODAY]);
        // A world without functions and data has nothing to claim; one that is broken says so.
        if checked.code != written.code && checked.code != Some(4) {
            failed.push(format!("{name}: {:?}\n{}{}", checked.code, checked.out, checked.err));
        }
    }
    assert!(failed.is_empty(), "{} worlds:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn init_writes_over_nothing_and_check_finds_the_file_from_a_folder_below() {
    let shop = Shop::with("");
    assert_eq!(shop.run(&["init"]).code, Some(2));
    assert_eq!(shop.run(&["init", "--force"]).code, Some(0));
    assert!(shop.read("gatecrash.toml").contains("\"who-invokes-thumbs\""));
    let below = program(&["check"]).current_dir(shop.0.path().join("modules")).output().expect("it starts");
    assert_eq!(below.status.code(), Some(0), "{}", String::from_utf8_lossy(&below.stderr));
}
