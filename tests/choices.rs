//! What a caller picks with the call: the choice that an answer shows, and the request that proves it.

use gatecrash::eval::choices::witness;
use gatecrash::eval::decide::{Decision, Verdict, decide};
use gatecrash::load::cases::Case;
use gatecrash::source::Sources;

/// A user lists a bucket; nothing is known of the request beside, and these statements are the user's
fn case(statements: &str) -> Case {
    let text = format!(
        r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/mika", "action": "s3:ListBucket",
        "resource": {{"arn": "arn:aws:s3:::acme-reports", "account": "111122223333"}}, "context_complete": false}},
        "identity_policies": [{{"name": "own", "policy": {{"Version": "2012-10-17", "Statement": [{statements}]}}}}]}}"#
    );
    let (case, problems) = Case::read(&text, Sources::default().add("case.json", text.as_str()));
    assert!(problems.is_empty(), "{problems:?}");
    case.expect("a case")
}

fn statement(effect: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Action": "s3:ListBucket", "Resource": "*", "Condition": {condition}}}"#
    )
}

fn choices(decision: &Decision) -> Vec<String> {
    let values = |values: &[gatecrash::text::Text]| {
        values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    decision
        .choices
        .iter()
        .map(|atom| format!("{} {} {}", atom.operator, atom.key, values(&atom.values)))
        .collect()
}

#[test]
fn an_answer_shows_what_the_caller_picks_as_the_policy_asks_for_it() {
    for (statements, shown) in [
        (
            vec![statement("Allow", r#"{"StringLike": {"s3:prefix": "home/*"}}"#)],
            "StringLike s3:prefix home/*",
        ),
        (
            vec![statement("Allow", r#"{"Bool": {"aws:SecureTransport": "true"}}"#)],
            "Bool aws:SecureTransport true",
        ),
        (
            vec![statement("Allow", r#"{"NumericLessThan": {"s3:max-keys": "100"}}"#)],
            "NumericLessThan s3:max-keys 100",
        ),
        (vec![statement("Allow", r#"{"Null": {"s3:prefix": "false"}}"#)], "Null s3:prefix false"),
        // Nothing asks for a value: the choice is the value itself, or that there is none.
        (
            vec![
                statement("Allow", "{}"),
                statement("Deny", r#"{"BoolIfExists": {"aws:SecureTransport": "false"}}"#),
            ],
            "Bool aws:SecureTransport true",
        ),
        (
            vec![
                statement("Allow", "{}"),
                statement("Deny", r#"{"StringLikeIfExists": {"s3:prefix": "secret"}}"#),
            ],
            "StringEquals s3:prefix x",
        ),
        // A Deny asks for nothing, though the pick satisfies one of its conditions.
        (
            vec![
                statement("Allow", r#"{"StringLike": {"s3:prefix": "a*"}}"#),
                statement(
                    "Deny",
                    r#"{"StringLikeIfExists": {"s3:prefix": "a*"}, "Bool": {"aws:SecureTransport": "false"}}"#,
                ),
            ],
            "Bool aws:SecureTransport true; StringLike s3:prefix a*",
        ),
        // Nothing that is tried helps.
        (
            vec![
                statement("Allow", "{}"),
                statement("Deny", r#"{"StringLikeIfExists": {"s3:prefix": ["*", "secret"]}}"#),
            ],
            "",
        ),
        // Every request says whether it came over TLS.
        (
            vec![
                statement("Allow", "{}"),
                statement("Deny", r#"{"Bool": {"aws:SecureTransport": ["true", "false"]}}"#),
            ],
            "",
        ),
        (
            vec![
                statement("Allow", "{}"),
                statement("Deny", r#"{"ForAnyValue:StringLike": {"s3:prefix": "*"}}"#),
            ],
            "Null s3:prefix true",
        ),
        (
            vec![
                statement("Allow", "{}"),
                statement("Deny", r#"{"ForAllValues:StringEquals": {"s3:prefix": ["a", "b"]}}"#),
            ],
            "ForAllValues:StringEquals s3:prefix x",
        ),
    ] {
        let case = case(&statements.join(","));
        let decision = decide(&case.applicable(), &case.request);
        let allowed = if shown.is_empty() { Verdict::Conditional } else { Verdict::Allowed };
        assert_eq!(
            (decision.verdict, choices(&decision).join("; ")),
            (allowed, shown.to_owned()),
            "{statements:?}"
        );
    }
}

#[test]
fn every_choice_has_a_request_that_proves_it() {
    let statements = [
        statement(
            "Allow",
            r#"{"StringLike": {"s3:prefix": ["a/*", "b/*"]}, "Bool": {"aws:SecureTransport": "true"},
                "NumericLessThanEquals": {"s3:max-keys": "10"}}"#,
        ),
        statement("Deny", r#"{"StringLike": {"s3:prefix": "a*"}}"#),
        statement("Deny", r#"{"NumericGreaterThan": {"s3:max-keys": "5"}}"#),
    ];
    let case = case(&statements.join(","));
    let policies = case.applicable();
    let decision = decide(&policies, &case.request);
    assert_eq!(decision.verdict, Verdict::Allowed);
    // Every condition that the pick satisfies, so that what is shown suffices.
    assert_eq!(
        choices(&decision),
        [
            "Bool aws:SecureTransport true",
            "NumericLessThanEquals s3:max-keys 10",
            "StringLike s3:prefix a/*, b/*",
            "StringNotLike s3:prefix a*",
        ]
    );
    let picked = witness(&policies, &case.request).expect("a request that proves it");
    let proof = decide(&policies, &picked);
    assert_eq!((proof.verdict, proof.choices.len()), (Verdict::Allowed, 0));
    // Nothing to choose: no request but the one that was asked for.
    assert_eq!(witness(&policies, &picked), None);
}

#[test]
fn the_caller_picks_what_leaves_least_open() {
    let statements = [
        statement(
            "Allow",
            r#"{"StringEquals": {"s3:prefix": "far", "aws:PrincipalTag/a": "1", "aws:PrincipalTag/b": "1"}}"#,
        ),
        statement("Allow", r#"{"StringEquals": {"s3:prefix": "near", "aws:PrincipalTag/a": "2"}}"#),
        statement(
            "Allow",
            r#"{"StringEquals": {"s3:prefix": "off", "aws:PrincipalTag/a": "3", "aws:PrincipalTag/b": "3"}}"#,
        ),
    ];
    let case = case(&statements.join(","));
    let decision = decide(&case.applicable(), &case.request);
    assert_eq!(decision.verdict, Verdict::Conditional);
    assert_eq!(choices(&decision), ["StringEquals s3:prefix near"]);
    let open: Vec<_> = decision.residual.iter().flat_map(|residual| residual.atoms()).collect();
    assert_eq!(open.iter().map(|atom| atom.key.as_str()).collect::<Vec<_>>(), ["aws:PrincipalTag/a"]);
}

#[test]
fn of_choices_that_leave_as_much_open_the_one_that_is_written_first_is_shown() {
    let statements = [
        statement("Allow", r#"{"StringEquals": {"s3:prefix": "near", "aws:PrincipalTag/a": "1"}}"#),
        statement("Allow", r#"{"StringEquals": {"s3:prefix": "far", "aws:PrincipalTag/a": "2"}}"#),
    ];
    let case = case(&statements.join(","));
    assert_eq!(choices(&decide(&case.applicable(), &case.request)), ["StringEquals s3:prefix near"]);
}
