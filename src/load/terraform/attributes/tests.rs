//! What attributes read like, type by type, and the builder of instances that other tests use.

use std::sync::Arc;

use super::*;
use crate::load::terraform::instance::Ambient;
use crate::node::Key;
use crate::source::Span;

/// An instance in account 111122223333 with these arguments
pub(in crate::load::terraform) fn instance(address: &str, arguments: &[(&str, &str)]) -> Instance {
    let span = Span::NOWHERE;
    let entry =
        |(name, value): &(&str, &str)| (Key { text: Text::from(*name), span }, Node::text(*value, span));
    let (mode, rest) = match address.strip_prefix("data.") {
        Some(rest) => (Mode::Data, rest),
        None => (Mode::Managed, address),
    };
    Instance {
        mode,
        kind: rest.split('.').next().unwrap_or("").to_owned(),
        address: address.to_owned(),
        span,
        body: Node::new(Value::Map(arguments.iter().map(entry).collect()), span),
        ambient: Arc::new(Ambient {
            partition: Text::from("aws"),
            region: Text::from("eu-west-1"),
            account: Text::from("111122223333"),
            provider_version: None,
        }),
        doubts: Vec::new(),
    }
}

fn shown(address: &str, arguments: &[(&str, &str)], attribute: &str) -> String {
    text(&instance(address, arguments), attribute).to_string()
}

#[test]
fn arns_are_made_of_arguments_and_where_they_are() {
    let function = [("function_name", "pay")];
    assert_eq!(
        shown("aws_lambda_function.pay", &function, "invoke_arn"),
        "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/\
         arn:aws:lambda:eu-west-1:111122223333:function:pay/invocations"
    );
    assert_eq!(
        shown("aws_iam_role.x", &[("name", "etl"), ("path", "/svc/")], "arn"),
        "arn:aws:iam::111122223333:role/svc/etl"
    );
    assert_eq!(shown("aws_iam_role.x", &[("name", "etl")], "arn"), "arn:aws:iam::111122223333:role/etl");
    assert_eq!(shown("aws_iam_role.x", &[("name", "etl")], "id"), "etl");
    assert_eq!(
        shown("aws_ssm_parameter.x", &[("name", "/app/key")], "arn"),
        "arn:aws:ssm:eu-west-1:111122223333:parameter/app/key"
    );
    assert_eq!(
        shown("aws_iam_openid_connect_provider.gh", &[("url", "https://token.actions.example")], "arn"),
        "arn:aws:iam::111122223333:oidc-provider/token.actions.example"
    );
}

#[test]
fn what_aws_makes_is_a_hole_named_by_its_address() {
    assert_eq!(
        shown("aws_apigatewayv2_api.shop", &[], "execution_arn"),
        "arn:aws:execute-api:eu-west-1:111122223333:⟨aws_apigatewayv2_api.shop.id⟩"
    );
    assert_eq!(
        shown("aws_secretsmanager_secret.s", &[("name", "prod/stripe")], "arn"),
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/stripe-⟨aws_secretsmanager_secret.s.suffix⟩"
    );
    assert_eq!(
        shown("aws_s3_bucket.b", &[("bucket_prefix", "raw-")], "arn"),
        "arn:aws:s3:::raw-⟨aws_s3_bucket.b.bucket⟩"
    );
    let bucket = text(&instance("aws_s3_bucket.b", &[]), "bucket");
    assert_eq!(bucket.as_hole().map(Hole::kind), Some(HoleKind::Generated));
}

#[test]
fn a_data_source_may_find_anything() {
    let role = text(&instance("data.aws_iam_role.x", &[("name", "etl")]), "arn");
    assert_eq!(role.holes().map(Hole::kind).collect::<Vec<_>>(), [HoleKind::Input]);
    assert_eq!(shown("data.aws_iam_role.x", &[("name", "etl")], "id"), "etl");
}

#[test]
fn an_alias_and_a_url_have_the_arn_of_the_function_they_name() {
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:pay";
    for named in ["pay", arn] {
        let alias = [("function_name", named), ("name", "live")];
        assert_eq!(shown("aws_lambda_alias.x", &alias, "arn"), format!("{arn}:live"));
        assert_eq!(shown("aws_lambda_function_url.x", &[("function_name", named)], "function_arn"), arn);
    }
}

#[test]
fn a_rule_has_the_name_of_its_bus_in_its_arn() {
    let arn =
        |bus: &str| shown("aws_cloudwatch_event_rule.r", &[("name", "r"), ("event_bus_name", bus)], "arn");
    let rule = "arn:aws:events:eu-west-1:111122223333:rule/";
    assert_eq!(arn("default"), format!("{rule}r"));
    assert_eq!(arn("orders"), format!("{rule}orders/r"));
    assert_eq!(arn("arn:aws:events:eu-west-1:111122223333:event-bus/orders"), format!("{rule}orders/r"));
}

#[test]
fn a_key_that_is_looked_up_by_alias_may_be_any() {
    let arn = |key: &str| shown("data.aws_kms_key.k", &[("key_id", key)], "arn");
    let before = "arn:aws:kms:eu-west-1:111122223333:key/";
    assert_eq!(arn("1234"), format!("{before}1234"));
    assert_eq!(arn(&format!("{before}1234")), format!("{before}1234"));
    assert_eq!(arn("alias/data"), format!("{before}⟨data.aws_kms_key.k.id⟩"));
}

#[test]
fn a_policy_that_is_looked_up_by_name_may_be_one_of_aws() {
    let arn = |name: &str| shown("data.aws_iam_policy.p", &[("name", name)], "arn");
    assert_eq!(arn("AdministratorAccess"), "arn:aws:iam::aws:policy/AdministratorAccess");
    assert_eq!(
        arn("AWSLambdaBasicExecutionRole"),
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    );
    assert_eq!(
        arn("ours"),
        "arn:aws:iam::⟨data.aws_iam_policy.p.account⟩:policy⟨data.aws_iam_policy.p.path⟩ours"
    );
}

#[test]
fn an_organisation_has_one_root_and_is_made_in_its_management_account() {
    let made = instance("aws_organizations_organization.o", &[]);
    let roots = computed(&made, "roots").unwrap();
    let Value::List(roots) = &roots.value else { panic!("a list") };
    let ids: Vec<_> = roots.iter().filter_map(|root| root.get("id")?.as_text()).collect();
    assert_eq!(ids, [text(&made, "root_id")]);
    assert_eq!(text(&made, "master_account_id"), Text::from("111122223333"));
    let found = instance("data.aws_organizations_organization.o", &[]);
    assert_eq!(text(&found, "master_account_id").as_hole().map(Hole::kind), Some(HoleKind::Input));
}

#[test]
fn an_empty_argument_is_as_good_as_none() {
    let bucket = text(&instance("aws_s3_bucket.b", &[("bucket", "")]), "bucket");
    assert_eq!(bucket.as_hole().map(Hole::kind), Some(HoleKind::Generated));
}

#[test]
fn an_attribute_that_no_row_knows_is_not_computed() {
    assert_eq!(computed(&instance("aws_lambda_function.pay", &[]), "last_modified"), None);
    assert_eq!(computed(&instance("aws_unheard_of.x", &[]), "arn"), None);
}

#[test]
fn types_and_attributes_are_in_order() {
    assert!(TYPES.is_sorted_by_key(|(name, _)| *name));
    assert!(TYPES.iter().all(|(_, attributes)| attributes.is_sorted_by_key(|(name, _)| *name)));
}
