//! What the table says of a few actions, and that all of it resolves.

use super::*;
use crate::aws::keys::{Kind, Values};

fn facts(action: &str) -> &'static ActionFacts {
    super::action(&Action::parse(action).expect("an action")).expect("a listed action")
}

#[test]
fn the_table_is_read_whole() {
    let count = |wanted: &str| {
        let (_, rest) = TABLE.split_once(wanted).expect("a count");
        rest.split_whitespace().next().and_then(|digits| digits.parse::<usize>().ok()).expect("digits")
    };
    assert_eq!(services().count(), count(" services="));
    assert_eq!(services().map(|service| service.actions.len()).sum::<usize>(), count(" actions="));
    assert_eq!(services().filter(|service| service.rcp == Rcp::Supported).count(), 62);
    assert_eq!(date(), "2026-09-26");
}

#[test]
fn every_use_of_a_key_and_of_a_resource_type_resolves() {
    for service in services() {
        for facts in &service.actions {
            for used in &facts.resources {
                assert!(
                    service.resource(used.name).is_some(),
                    "{}:{} {}",
                    service.prefix,
                    facts.name,
                    used.name
                );
            }
            for key in facts.all_keys() {
                assert!(key_type(service.prefix, key).is_some(), "{}:{} {key}", service.prefix, facts.name);
            }
        }
        for kind in &service.resources {
            assert!(!kind.arns.is_empty(), "{} {}", service.prefix, kind.name);
        }
    }
}

#[test]
fn every_action_is_found_in_any_case() {
    for service in services() {
        for facts in &service.actions {
            let found = service.action(&facts.name.to_ascii_uppercase()).map(|found| found.name);
            assert_eq!(found, Some(facts.name), "{}", service.prefix);
        }
    }
    assert_eq!(facts("LAMBDA:invokefunction").name, "InvokeFunction");
    assert_eq!(super::action(&Action::parse("lambda:InvokeAsynchronously").expect("an action")), None);
    assert!(service("nonsense").is_none());
}

#[test]
fn a_function_is_invoked_by_name_version_or_alias() {
    let facts = facts("lambda:InvokeFunction");
    assert_eq!(facts.level, Level::Write);
    let Takes::Types([used]) = facts.takes() else { panic!("{:?}", facts.takes()) };
    assert_eq!((used.name, used.need), ("function", Need::Required));
    for arn in ["function:orders", "function:orders:prod", "function:orders:$LATEST"] {
        let arn = Text::from(format!("arn:aws:lambda:eu-west-1:111122223333:{arn}"));
        assert_eq!(facts.types_of(&arn).count(), 1);
    }
    assert_eq!(facts.types_of(&"arn:aws:lambda:eu-west-1:111122223333:layer:x".into()).count(), 0);
    assert!(facts.lists_key("lambda:eventsourcetoken") && facts.lists_key("aws:ResourceTag/Team"));
    assert!(!facts.lists_key("lambda:FunctionUrlAuthType"), "only InvokeFunctionUrl has it");
    assert!(super::tests::facts("lambda:InvokeFunctionUrl").lists_key("lambda:FunctionUrlAuthType"));
}

#[test]
fn a_bucket_is_not_an_object() {
    let fits =
        |action, arn: &str| facts(action).types_of(&arn.into()).map(|used| used.name).collect::<Vec<_>>();
    assert!(fits("s3:GetObject", "arn:aws:s3:::b/k").contains(&"object"));
    assert!(!fits("s3:GetObject", "arn:aws:s3:::b").contains(&"object"));
    assert!(fits("s3:ListBucket", "arn:aws:s3:::b").contains(&"bucket"));
}

#[test]
fn an_action_without_resource_types_takes_a_star_where_that_is_confirmed() {
    assert_eq!(facts("ec2:DescribeInstances").takes(), Takes::OnlyStar);
    assert_eq!(facts("lambda:ListWebFunctions").takes(), Takes::NotConfirmed);
    assert!(facts("lambda:CreateFunction").dependents.contains(&"iam:PassRole"));
}

#[test]
fn keys_have_the_type_of_their_service_or_of_the_global_table() {
    let kind = |service, key| key_type(service, key).map(|kind| (kind.kind, kind.values));
    assert_eq!(kind("lambda", "LAMBDA:functionarn"), Some((Kind::Arn, Values::Single)));
    assert_eq!(kind("lambda", "lambda:SubnetIds"), Some((Kind::String, Values::Several)));
    assert_eq!(kind("s3", "aws:SourceIp"), Some((Kind::Ip, Values::Single)));
    assert_eq!(kind("s3", "kms:ViaService"), Some((Kind::String, Values::Single)));
    assert_eq!(kind("s3", "aws:PrincipalTag/a/b"), Some((Kind::String, Values::Single)));
    assert_eq!(kind("s3", "s3:nonsense"), None);
}
