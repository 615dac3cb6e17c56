//! Which layer a decision names, how the resource's policy names the caller, and what each layer says by itself.

use gatecrash::cause::{Cause, CauseKind};
use gatecrash::eval::decide::{Decision, Layer, Match, Outcome, Verdict, decide};
use gatecrash::eval::request::{Document, Home};
use gatecrash::load::cases::Case;
use gatecrash::source::Sources;
use gatecrash::text::{Hole, Text};

const MIKA: &str = r#""arn:aws:iam::111122223333:user/mika""#;
const ETL: &str = r#""arn:aws:sts::111122223333:assumed-role/etl/job""#;
const ELSEWHERE: &str = r#""arn:aws:iam::444455556666:user/kay""#;
const NOBODY: &str = r#"{"type": "Anonymous"}"#;

/// Someone reads an object of 111122223333, or does something else there
fn decided(principal: &str, action: &str, policies: &str) -> Decision {
    let case = case(principal, action, policies);
    decide(&case.applicable(), &case.request)
}

fn case(principal: &str, action: &str, policies: &str) -> Case {
    let text = format!(
        r#"{{"request": {{"principal": {principal}, "action": "{action}", "context": {{}},
        "unknown": ["aws:SourceIp"], "resource": {{"arn": "arn:aws:s3:::acme/a", "account": "111122223333"}}}}, {policies}}}"#
    );
    let (case, problems) = Case::read(&text, Sources::default().add("case.json", text.as_str()));
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    case.expect("a case")
}

/// A list of one document with one statement
fn list(field: &str, effect: &str, action: &str) -> String {
    format!(r#""{field}": [{{"name": "x", "policy": {}}}]"#, document(effect, action, ""))
}

/// One level of control policies
fn level(field: &str, effect: &str, action: &str) -> String {
    let list = list(field, effect, action);
    let (field, list) = list.split_once(": ").expect("a field");
    format!("{field}: [{list}]")
}

fn resource(effect: &str, who: &str) -> String {
    format!(r#""resource_policy": {}"#, document(effect, "*", &format!(r#""Principal": {who}, "#)))
}

fn document(effect: &str, action: &str, principal: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "{effect}", {principal}"Action": "{action}", "Resource": "*"}}]}}"#
    )
}

fn all(parts: &[String]) -> String {
    parts.join(", ")
}

#[test]
fn a_decision_names_the_layer_that_made_it() {
    let own = || list("identity_policies", "Allow", "*");
    let read = "s3:GetObject";
    for (who, action, policies, verdict, layer) in [
        // The first layer with a Deny, in the order of evaluation.
        (MIKA, read, all(&[own(), level("rcps", "Deny", "*")]), Verdict::ExplicitlyDenied, Some(Layer::Rcp)),
        (MIKA, read, all(&[own(), level("scps", "Deny", "*")]), Verdict::ExplicitlyDenied, Some(Layer::Scp)),
        (
            MIKA,
            read,
            all(&[level("scps", "Deny", "*"), resource("Deny", r#""*""#)]),
            Verdict::ExplicitlyDenied,
            Some(Layer::Scp),
        ),
        (
            MIKA,
            read,
            all(&[own(), resource("Deny", r#""*""#)]),
            Verdict::ExplicitlyDenied,
            Some(Layer::Resource),
        ),
        (
            MIKA,
            read,
            list("identity_policies", "Deny", "*"),
            Verdict::ExplicitlyDenied,
            Some(Layer::Identity),
        ),
        (
            MIKA,
            read,
            all(&[own(), list("boundary", "Deny", "*")]),
            Verdict::ExplicitlyDenied,
            Some(Layer::Boundary),
        ),
        (
            ETL,
            read,
            all(&[own(), list("session_policies", "Deny", "*")]),
            Verdict::ExplicitlyDenied,
            Some(Layer::Session),
        ),
        // The first layer that lacks an Allow.
        (
            MIKA,
            read,
            all(&[own(), level("scps", "Allow", "ec2:*")]),
            Verdict::ImplicitlyDenied,
            Some(Layer::Scp),
        ),
        (
            MIKA,
            read,
            all(&[
                own(),
                list("vpc_endpoint_policies", "Allow", "ec2:*")
                    .replace(r#""Action""#, r#""Principal": "*", "Action""#),
            ]),
            Verdict::ImplicitlyDenied,
            Some(Layer::Endpoint),
        ),
        (
            MIKA,
            read,
            r#""identity_policies": []"#.to_owned(),
            Verdict::ImplicitlyDenied,
            Some(Layer::Identity),
        ),
        (
            MIKA,
            read,
            all(&[own(), list("boundary", "Allow", "ec2:*")]),
            Verdict::ImplicitlyDenied,
            Some(Layer::Boundary),
        ),
        (
            ETL,
            read,
            all(&[own(), list("boundary", "Allow", "*"), list("session_policies", "Allow", "ec2:*")]),
            Verdict::ImplicitlyDenied,
            Some(Layer::Session),
        ),
        (ELSEWHERE, read, own(), Verdict::ImplicitlyDenied, Some(Layer::Resource)),
        (ELSEWHERE, read, resource("Allow", r#""*""#), Verdict::ImplicitlyDenied, Some(Layer::Identity)),
        (NOBODY, read, own(), Verdict::ImplicitlyDenied, Some(Layer::Resource)),
        (MIKA, "sts:AssumeRole", own(), Verdict::ImplicitlyDenied, Some(Layer::Trust)),
        (MIKA, "kms:Decrypt", own(), Verdict::ImplicitlyDenied, Some(Layer::Key)),
        (MIKA, "KMS:Decrypt", own(), Verdict::ImplicitlyDenied, Some(Layer::Key)),
        // The layer that granted.
        (MIKA, read, own(), Verdict::Allowed, Some(Layer::Identity)),
        (MIKA, read, all(&[own(), resource("Allow", MIKA)]), Verdict::Allowed, Some(Layer::Resource)),
        (
            MIKA,
            read,
            all(&[own(), resource("Allow", r#"{"AWS": "111122223333"}"#)]),
            Verdict::Allowed,
            Some(Layer::Identity),
        ),
        (NOBODY, read, resource("Allow", r#""*""#), Verdict::Allowed, Some(Layer::Resource)),
        (
            MIKA,
            "kms:Decrypt",
            all(&[
                resource("Allow", r#"{"AWS": "arn:aws:iam::111122223333:user/kay"}"#),
                format!(r#""grants": [{{"grantee": {MIKA}, "operations": ["Decrypt"]}}]"#),
            ]),
            Verdict::Allowed,
            Some(Layer::Grant),
        ),
        // No permissions are required, so no layer gave them.
        (MIKA, "sts:GetCallerIdentity", list("identity_policies", "Deny", "*"), Verdict::Allowed, None),
        // The first that depends.
        (
            MIKA,
            read,
            all(&[own(), level("scps", "Allow", "*")]).replacen(
                r#""Resource": "*""#,
                r#""Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
                1,
            ),
            Verdict::Conditional,
            Some(Layer::Identity),
        ),
    ] {
        let policies = policies
            .replace(&format!(r#""Principal": {MIKA}"#), &format!(r#""Principal": {{"AWS": {MIKA}}}"#));
        let decision = decided(who, action, &policies);
        assert_eq!((decision.verdict, decision.layer), (verdict, layer), "{who} {action} {policies}");
    }
}

#[test]
fn a_decision_tells_how_the_resources_policy_names_the_caller_at_best() {
    let own = || list("identity_policies", "Allow", "*");
    for (names, level) in [
        (r#"["arn:aws:iam::111122223333:role/etl"]"#, Some(Match::Role)),
        (r#"["arn:aws:iam::111122223333:role/etl", "111122223333"]"#, Some(Match::Role)),
        (r#"["111122223333"]"#, Some(Match::Account)),
        (r#"["*", "arn:aws:iam::111122223333:role/etl"]"#, Some(Match::Wildcard)),
        (r#"["*", "arn:aws:sts::111122223333:assumed-role/etl/job"]"#, Some(Match::Direct)),
        (r#"["arn:aws:iam::111122223333:role/web"]"#, None),
    ] {
        let policies = all(&[own(), resource("Allow", &format!(r#"{{"AWS": {names}}}"#))]);
        let decision = decided(ETL, "s3:GetObject", &policies);
        assert_eq!((decision.verdict, decision.level), (Verdict::Allowed, level), "{names}");
        let of_statement = decision.steps.iter().find(|step| step.layer == Layer::Resource);
        let shown = of_statement.and_then(|step| step.evidence.first()).and_then(|evidence| evidence.level);
        assert_eq!(shown, level, "{names}");
    }
}

#[test]
fn every_layer_says_what_it_says_by_itself() {
    let if_near = |list: &str| {
        list.replace(
            r#""Resource": "*""#,
            r#""Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
        )
    };
    let policies = all(&[
        list("identity_policies", "Allow", "s3:*"),
        list("boundary", "Allow", "ec2:*"),
        if_near(&list("session_policies", "Allow", "*")),
        level("scps", "Deny", "s3:*"),
        level("rcps", "Deny", "ec2:*"),
    ]);
    let decision = decided(ETL, "s3:GetObject", &policies);
    let said: Vec<_> =
        decision.steps.iter().map(|step| (step.layer, step.outcome, step.evidence.len())).collect();
    assert_eq!(
        said,
        [
            (Layer::Rcp, Outcome::Allowed, 0),
            (Layer::Scp, Outcome::Denied, 1),
            (Layer::Endpoint, Outcome::NotReached, 0),
            (Layer::Resource, Outcome::NotReached, 0),
            (Layer::Identity, Outcome::Allowed, 1),
            (Layer::Boundary, Outcome::NoMatch, 0),
            (Layer::Session, Outcome::Conditional, 1),
        ]
    );
    assert_eq!(decision.verdict, Verdict::ExplicitlyDenied);
    // Grants are a layer of keys only.
    let grants = r#""grants": [{"grantee": "*", "operations": ["Decrypt"]}]"#;
    let layers = |action| decided(ETL, action, grants).steps.iter().any(|step| step.layer == Layer::Grant);
    assert!(layers("kms:Decrypt"));
    assert!(!layers("s3:GetObject"));
}

#[test]
fn an_account_that_nobody_fixed_may_be_the_callers_or_not() {
    let own = list("identity_policies", "Allow", "*");
    let named = resource("Allow", &format!(r#"{{"AWS": {MIKA}}}"#));
    let other = resource("Allow", r#"{"AWS": "arn:aws:iam::111122223333:user/kay"}"#);
    for (policies, at_home, elsewhere, unknown) in [
        (own.clone(), Verdict::Allowed, Verdict::ImplicitlyDenied, Verdict::Conditional),
        (named.clone(), Verdict::Allowed, Verdict::ImplicitlyDenied, Verdict::Conditional),
        (all(&[own.clone(), named]), Verdict::Allowed, Verdict::Allowed, Verdict::Allowed),
        (other, Verdict::ImplicitlyDenied, Verdict::ImplicitlyDenied, Verdict::ImplicitlyDenied),
    ] {
        let mut case = case(MIKA, "s3:GetObject", &policies);
        assert_eq!(decide(&case.applicable(), &case.request).verdict, at_home, "{policies}");
        let mut policies_elsewhere = case.applicable();
        policies_elsewhere.home = Home::Elsewhere;
        assert_eq!(decide(&policies_elsewhere, &case.request).verdict, elsewhere, "{policies}");
        case.request.owner = Some(Text::from(Hole::input("var.account")));
        assert_eq!(decide(&case.applicable(), &case.request).verdict, unknown, "{policies}");
        // Whatever its number is, it is another one.
        let mut policies_elsewhere = case.applicable();
        policies_elsewhere.home = Home::Elsewhere;
        assert_eq!(decide(&policies_elsewhere, &case.request).verdict, elsewhere, "{policies}");
    }
}

#[test]
fn what_may_not_be_attached_or_is_missing_makes_every_layer_depend() {
    let named = resource("Allow", &format!(r#"{{"AWS": {MIKA}}}"#));
    let doubts = [Cause::new(CauseKind::SwitchedOff, "var.enabled")];
    let missing = Cause::new(CauseKind::DocumentMissing, "policy/ops");
    let own = || list("identity_policies", "Allow", "*");
    for (policies, known, in_doubt, gone) in [
        (named, Verdict::Allowed, Verdict::Conditional, Verdict::Conditional),
        (own(), Verdict::Allowed, Verdict::Conditional, Verdict::Conditional),
        (
            all(&[own(), resource("Deny", r#""*""#)]),
            Verdict::ExplicitlyDenied,
            Verdict::Conditional,
            Verdict::Conditional,
        ),
        (
            all(&[own(), list("boundary", "Allow", "*")]),
            Verdict::Allowed,
            Verdict::Conditional,
            Verdict::Conditional,
        ),
    ] {
        let case = case(MIKA, "s3:GetObject", &policies);
        assert_eq!(decide(&case.applicable(), &case.request).verdict, known, "{policies}");
        let mut doubtful = case.applicable();
        let last = [&mut doubtful.boundary, &mut doubtful.resource, &mut doubtful.identity];
        let attached = last.into_iter().find(|list| !list.is_empty()).expect("a policy");
        attached[0].doubts = &doubts;
        assert_eq!(decide(&doubtful, &case.request).verdict, in_doubt, "{policies}");
        let mut lacking = case.applicable();
        let last = [&mut lacking.boundary, &mut lacking.resource, &mut lacking.identity];
        let attached = last.into_iter().find(|list| !list.is_empty()).expect("a policy");
        attached[0].document = Document::Missing(&missing);
        assert_eq!(decide(&lacking, &case.request).verdict, gone, "{policies}");
    }
}
