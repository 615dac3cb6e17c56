//! The statement that comes nearest to allowing a call, and the part of it that misses.

use gatecrash::eval::decide::Layer;
use gatecrash::eval::statement::nearest::nearest;
use gatecrash::load::cases::Case;
use gatecrash::source::Sources;

/// What misses of the nearest statement when a user reads an object of another account, by these policies
fn near(lacking: Layer, policies: &str) -> Option<String> {
    let text = format!(
        r#"{{"request": {{"principal": "arn:aws:iam::111122223333:user/mika", "action": "s3:GetObject", "context": {{}},
        "resource": {{"arn": "arn:aws:s3:::acme/2026/q3.csv", "account": "444455556666"}}}}, {policies}}}"#
    );
    let (case, problems) = Case::read(&text, Sources::default().add("case.json", text.as_str()));
    assert!(problems.is_empty(), "{problems:?}");
    let case = case.expect("a case");
    let near = nearest(&case.applicable(), &case.request, lacking)?;
    let misses: Vec<String> =
        near.misses.iter().map(|miss| format!("{} {}", miss.part.id(), miss.written)).collect();
    Some(format!("{:?} {} {}: {}", near.layer, near.policy, near.index, misses.join("; ")))
}

fn statement(effect: &str, action: &str, resource: &str, rest: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "{action}", "Resource": "arn:aws:s3:::{resource}"{rest}}}"#)
}

fn allow(action: &str, resource: &str) -> String {
    statement("Allow", action, resource, "")
}

fn documents(field: &str, statements: &[String]) -> String {
    let statements = statements.join(", ");
    format!(
        r#""{field}": [{{"name": "own", "policy": {{"Version": "2012-10-17", "Statement": [{statements}]}}}}]"#
    )
}

#[test]
fn the_nearest_statement_misses_in_the_fewest_parts() {
    let narrow = r#", "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}}"#;
    for (statements, shown) in [
        (vec![allow("s3:GetObject", "acme/2025/*")], Some("0: resource arn:aws:s3:::acme/2025/*")),
        (vec![allow("s3:PutObject", "acme/*")], Some("0: action s3:PutObject")),
        (
            vec![statement("Allow", "s3:*", "acme/*", narrow)],
            Some("0: condition StringEquals aws:PrincipalTag/team red, blue"),
        ),
        // One part against two, in either order.
        (
            vec![statement("Allow", "s3:*", "acme/2025/*", narrow), allow("s3:*", "other/*")],
            Some("1: resource arn:aws:s3:::other/*"),
        ),
        (
            vec![allow("s3:*", "other/*"), statement("Allow", "s3:*", "acme/2025/*", narrow)],
            Some("0: resource arn:aws:s3:::other/*"),
        ),
        (
            vec![statement("Allow", "s3:*", "acme/2025/*", narrow)],
            Some(
                "0: resource arn:aws:s3:::acme/2025/*; condition StringEquals aws:PrincipalTag/team red, blue",
            ),
        ),
        // As many parts: the one that is most like what was asked for, and the first of those alike.
        (
            vec![allow("s3:*", "other/*"), allow("s3:*", "acme/2025/*"), allow("s3:*", "acme/2024/*")],
            Some("1: resource arn:aws:s3:::acme/2025/*"),
        ),
        (
            vec![
                allow("s3:PutObject", "acme/*"),
                allow("S3:GetObjectAcl", "acme/*"),
                allow("s3:Get", "acme/*"),
            ],
            Some("1: action S3:GetObjectAcl"),
        ),
        // Likeness of action and of resource count alike.
        (
            vec![allow("s3:GetObjectAcl", "acme/*"), allow("s3:*", "acme/2026/q3.csv.gz")],
            Some("1: resource arn:aws:s3:::acme/2026/q3.csv.gz"),
        ),
        // What is about something else, denies, or allows is not near.
        (vec![allow("ec2:RunInstances", "acme/*")], None),
        (vec![allow("s3:PutObject", "other/*")], None),
        (vec![statement("Deny", "s3:PutObject", "acme/*", "")], None),
        (vec![allow("s3:*", "acme/*")], None),
    ] {
        let near = near(Layer::Identity, &documents("identity_policies", &statements));
        let shown = shown.map(|shown| format!("Identity own {shown}"));
        assert_eq!(near, shown, "{statements:?}");
    }
}

#[test]
fn it_is_looked_for_where_an_allow_is_lacking() {
    let other = || vec![allow("s3:*", "other/*")];
    for (lacking, field) in [
        (Layer::Boundary, "boundary"),
        (Layer::Session, "session_policies"),
        (Layer::Endpoint, "vpc_endpoint_policies"),
        (Layer::Identity, "identity_policies"),
    ] {
        // An endpoint's policy without a principal is for everyone.
        let near = near(lacking, &documents(field, &other()));
        assert_eq!(near, Some(format!("{lacking:?} own 0: resource arn:aws:s3:::other/*")));
    }
    for (lacking, field) in [(Layer::Scp, "scps"), (Layer::Rcp, "rcps")] {
        let list = documents(field, &other());
        let (field, list) = list.split_once(": ").expect("a field");
        let near = near(lacking, &format!("{field}: [{list}]"));
        assert_eq!(near, Some(format!("{lacking:?} own 0: resource arn:aws:s3:::other/*")));
    }
    let other_user = r#", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/kay"]}"#;
    let policy = |principal: &str| {
        let statement = statement("Allow", "s3:*", "acme/*", principal);
        format!(r#""resource_policy": {{"Version": "2012-10-17", "Statement": [{statement}]}}"#)
    };
    let of_resource = policy(&other_user.replace("111122223333", "777788889999"));
    assert_eq!(
        near(Layer::Resource, &of_resource),
        Some(
            "Resource resource policy 0: principal 777788889999, arn:aws:iam::777788889999:user/kay"
                .to_owned()
        )
    );
    assert_eq!(near(Layer::Resource, &policy(other_user)), None);
}
