//! Bad input: too large, too deep, too often, no number: a diagnostic, an answer that hides nothing, and no long wait.

use std::time::{Duration, Instant};

use gatecrash::eval::decide::{Verdict, decide};
use gatecrash::load::cases::Case;
use gatecrash::problem::Problems;
use gatecrash::source::Sources;

/// What a debug build on a busy machine may take; without bounds it would be minutes
const WAIT: Duration = Duration::from_secs(20);

fn read(text: &str) -> (Option<Case>, Problems) {
    Case::read(text, Sources::default().add("case.json", text))
}

/// A case of one identity policy with these statements
fn case(statements: &str, context: &str, resource: &str) -> String {
    format!(
        r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/mika", "action": "s3:GetObject",
        "resource": {{"arn": "{resource}", "account": "111122223333"}}, "context": {{{context}}}}},
        "identity_policies": [{{"name": "own", "policy": {{"Version": "2012-10-17", "Statement": [{statements}]}}}}]}}"#
    )
}

fn allow(resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "{resource}"{condition}}}"#)
}

#[expect(clippy::disallowed_methods, reason = "the bound is a time")]
fn verdict(text: &str) -> (Verdict, Vec<String>) {
    let start = Instant::now();
    let (case, problems) = read(text);
    let case = case.expect("a case");
    let verdict = decide(&case.applicable(), &case.request).verdict;
    assert!(start.elapsed() < WAIT, "{:?}", start.elapsed());
    (verdict, problems.iter().map(|problem| problem.message.clone()).collect())
}

#[test]
fn ten_thousand_statements_are_read_told_of_and_decided() {
    let other = allow("arn:aws:s3:::other/*", "");
    let mut statements = vec![other; 9_999];
    statements.push(allow("arn:aws:s3:::acme/*", ""));
    let (verdict, problems) = verdict(&case(&statements.join(","), "", "arn:aws:s3:::acme/a"));
    assert_eq!(verdict, Verdict::Allowed);
    assert!(problems.iter().any(|problem| problem.contains("which AWS does not take")), "{problems:?}");
}

#[test]
fn two_thousand_open_statements_are_decided() {
    let open = |n: usize| {
        let condition = format!(r#", "Condition": {{"StringEquals": {{"aws:PrincipalTag/t{n}": "x"}}}}"#);
        allow("arn:aws:s3:::acme/*", &condition)
    };
    let statements: Vec<String> = (0..2_000).map(open).collect();
    let text = case(&statements.join(","), "", "arn:aws:s3:::acme/a");
    let text = text.replacen(r#""context": {}"#, r#""context": {}, "context_complete": false"#, 1);
    assert_eq!(verdict(&text).0, Verdict::Conditional);
}

#[test]
fn thousands_of_stars_against_a_long_name_take_no_long_time() {
    let name = "a".repeat(100_000);
    for (pattern, wanted) in [
        (format!("arn:aws:s3:::acme/{}b", "a*".repeat(50_000)), Verdict::ImplicitlyDenied),
        (format!("arn:aws:s3:::acme/{}", "*a".repeat(50_000)), Verdict::Allowed),
        (format!("arn:aws:s3:::acme/{}", "?*".repeat(50_000)), Verdict::Allowed),
        (format!("arn:aws:s3:::acme/{}", "*".repeat(100_000)), Verdict::Allowed),
    ] {
        let text = case(&allow(&pattern, ""), "", &format!("arn:aws:s3:::acme/{name}"));
        let (verdict, problems) = verdict(&text);
        assert_eq!(verdict, wanted);
        assert!(problems.iter().any(|problem| problem.contains("which AWS does not take")), "{problems:?}");
    }
    // Stars in the parts before the name, where they may or may not take a colon.
    let pattern = format!("arn:{}:s3:{}", "*a".repeat(20_000), "a*:".repeat(20_000));
    verdict(&case(&allow(&pattern, ""), "", &format!("arn:aws:s3:::acme/{name}")));
}

#[test]
fn a_condition_with_a_long_pattern_and_long_values_takes_no_long_time() {
    let condition =
        format!(r#", "Condition": {{"StringLike": {{"aws:UserAgent": "{}b"}}}}"#, "?*a*".repeat(10_000));
    let context = format!(r#""aws:UserAgent": "{}""#, "a".repeat(100_000));
    let (verdict, _) = verdict(&case(&allow("*", &condition), &context, "arn:aws:s3:::acme/a"));
    assert_eq!(verdict, Verdict::ImplicitlyDenied);
}

#[test]
fn numbers_and_dates_of_any_length_are_compared_or_not_understood() {
    let huge = "9".repeat(100_000);
    let ask = |operator: &str, key: &str, written: &str, given: &str| {
        let condition = format!(r#", "Condition": {{"{operator}": {{"{key}": {written}}}}}"#);
        let context = format!(r#""{key}": "{given}""#);
        verdict(&case(&allow("*", &condition), &context, "arn:aws:s3:::acme/a")).0
    };
    assert_eq!(ask("NumericLessThan", "s3:max-keys", &huge, "1"), Verdict::Allowed);
    assert_eq!(ask("NumericLessThan", "s3:max-keys", "1", &huge), Verdict::ImplicitlyDenied);
    assert_eq!(ask("NumericLessThan", "s3:max-keys", "1e400", "1"), Verdict::Conditional);
    // A date that no clock has is no date: the policy is not understood, and a request's value fits nothing.
    let date = "2026-01-01T00:00:00Z";
    assert_eq!(ask("DateGreaterThan", "aws:CurrentTime", &format!("\"{huge}\""), date), Verdict::Conditional);
    let written = format!("\"{date}\"");
    assert_eq!(ask("DateGreaterThan", "aws:CurrentTime", &written, &huge), Verdict::ImplicitlyDenied);
    assert_eq!(ask("IpAddress", "aws:SourceIp", "\"203.0.113.0/99\"", "203.0.113.7"), Verdict::Conditional);
}

#[test]
fn what_is_written_twice_is_told_and_the_last_counts() {
    let twice = r#"{"Effect": "Deny", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    let (verdict, problems) = verdict(&case(twice, "", "arn:aws:s3:::acme/a"));
    assert_eq!(verdict, Verdict::Allowed);
    assert!(problems.iter().any(|problem| problem.contains("written twice")), "{problems:?}");
}

#[test]
fn what_nests_without_end_is_refused_with_a_reason() {
    for open in ["[", "{\"a\":", "{\"request\":{\"context\":{\"k\":["] {
        let (case, problems) = read(&open.repeat(100_000));
        assert!(case.is_none() && problems.broken(), "{open}");
    }
    let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
    let statement = format!(r#"{{"Effect": "Allow", "Action": {deep}, "Resource": "*"}}"#);
    let (verdict, problems) = verdict(&case(&statement, "", "arn:aws:s3:::acme/a"));
    assert!(verdict != Verdict::Allowed && !problems.is_empty(), "{verdict:?}");
}
