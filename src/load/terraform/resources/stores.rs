//! Resources that hold data or carry messages, and the resource policies on them: tables, where they share a form.

use super::{Reading, api, chains, nodes, shown};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::policy::Policy;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::{DocumentRef, PolicyRole, Reference, Wire};

/// Type, kind, the attribute that is its name, the argument that holds its resource policy
type Store = (&'static str, Kind, &'static str, Option<&'static str>);

/// Declared as they are, in order
static STORES: &[Store] = &[
    ("aws_alb_target_group", Kind::Alb, "name", None),
    ("aws_api_gateway_rest_api", Kind::Api, "id", Some("policy")),
    ("aws_appsync_graphql_api", Kind::Other, "id", None),
    ("aws_bedrockagent_agent", Kind::Other, "agent_id", None),
    ("aws_bedrockagentcore_gateway", Kind::Other, "gateway_id", None),
    ("aws_cloudfront_distribution", Kind::Distribution, "id", None),
    ("aws_cloudwatch_event_bus", Kind::Bus, "name", None),
    ("aws_cloudwatch_event_rule", Kind::Rule, "name", None),
    ("aws_cloudwatch_log_group", Kind::LogGroup, "name", None),
    ("aws_codecommit_repository", Kind::Other, "repository_name", None),
    ("aws_cognito_user_pool", Kind::UserPool, "id", None),
    ("aws_connect_instance", Kind::Other, "id", None),
    ("aws_docdb_cluster", Kind::Other, "cluster_identifier", None),
    ("aws_dynamodb_table", Kind::Table, "name", None),
    ("aws_kinesis_stream", Kind::Stream, "name", None),
    ("aws_kms_external_key", Kind::Key, "key_id", Some("policy")),
    ("aws_kms_key", Kind::Key, "key_id", Some("policy")),
    ("aws_kms_replica_external_key", Kind::Key, "key_id", Some("policy")),
    ("aws_kms_replica_key", Kind::Key, "key_id", Some("policy")),
    ("aws_lambda_layer_version", Kind::Layer, "layer_name", None),
    ("aws_lb_target_group", Kind::Alb, "name", None),
    ("aws_mq_broker", Kind::Other, "broker_name", None),
    ("aws_msk_cluster", Kind::Other, "cluster_name", None),
    ("aws_msk_serverless_cluster", Kind::Other, "cluster_name", None),
    ("aws_rds_cluster", Kind::DbCluster, "cluster_identifier", None),
    ("aws_redshift_cluster", Kind::RedshiftCluster, "cluster_identifier", None),
    ("aws_s3_bucket", Kind::Bucket, "bucket", Some("policy")),
    ("aws_scheduler_schedule", Kind::Schedule, "name", None),
    ("aws_secretsmanager_secret", Kind::Secret, "name", Some("policy")),
    ("aws_sfn_state_machine", Kind::StateMachine, "name", None),
    ("aws_sns_topic", Kind::Topic, "name", Some("policy")),
    ("aws_sqs_queue", Kind::Queue, "name", Some("policy")),
    ("aws_ssm_parameter", Kind::Param, "name", None),
    ("aws_vpc_endpoint", Kind::Endpoint, "id", Some("policy")),
    ("aws_vpclattice_target_group", Kind::Other, "id", None),
];

/// Type, kind of the target, the argument that names it, the argument that holds the policy
type ResourcePolicy = (&'static str, Kind, &'static str, &'static str);

/// Policies on a resource, as resources of their own, in order
static RESOURCE_POLICIES: &[ResourcePolicy] = &[
    ("aws_api_gateway_rest_api_policy", Kind::Api, "rest_api_id", "policy"),
    ("aws_cloudwatch_event_bus_policy", Kind::Bus, "event_bus_name", "policy"),
    ("aws_dynamodb_resource_policy", Kind::Table, "resource_arn", "policy"),
    ("aws_kinesis_resource_policy", Kind::Stream, "resource_arn", "policy"),
    ("aws_kms_key_policy", Kind::Key, "key_id", "policy"),
    ("aws_lambda_resource_policy", Kind::Function, "resource_arn", "policy"),
    ("aws_lambdaweb_resource_policy", Kind::WebFunction, "resource_arn", "policy"),
    ("aws_s3_bucket_policy", Kind::Bucket, "bucket", "policy"),
    ("aws_secretsmanager_secret_policy", Kind::Secret, "secret_arn", "policy"),
    ("aws_sns_topic_policy", Kind::Topic, "arn", "policy"),
    ("aws_sqs_queue_policy", Kind::Queue, "queue_url", "policy"),
    ("aws_vpc_endpoint_policy", Kind::Endpoint, "vpc_endpoint_id", "policy"),
];

/// Whether a type is declared here
pub(super) fn has(kind: &str) -> bool {
    STORES.iter().any(|(name, ..)| *name == kind)
}

/// Declares an instance of one of the types; whether it was one
pub(super) fn declare(instance: &Instance, reading: &mut Reading) -> bool {
    let Some((_, kind, name, policy)) = STORES.iter().find(|(name, ..)| *name == instance.kind) else {
        return false;
    };
    declare_with(instance, *kind, name, reading);
    let is_empty = |node: &&Node| matches!(&node.value, Value::Text(text) if text.is_empty());
    if let Some(node) = policy.and_then(|argument| instance.get(argument)).filter(|node| !is_empty(node)) {
        let policy = reading.document(instance, node);
        let name = attributes::text(instance, name);
        let document = DocumentRef::Inline(as_saved(policy, *kind, instance, &name));
        let shown = match name.as_literal() {
            Some(name) => format!("{kind}/{name}"),
            None => format!("{kind}/tf:{}", instance.address),
        };
        let to = (*kind, Reading::itself(instance));
        reading.attach(instance, to, PolicyRole::Resource { qualifier: None }, document, shown);
    }
    true
}

/// Settings of a type that say whether it acts, and for whom
static SETTINGS: &[(&str, &[&str])] = &[
    ("aws_api_gateway_rest_api", &["disable_execute_api_endpoint", "endpoint_configuration.types"]),
    ("aws_bedrockagentcore_gateway", &["authorizer_type"]),
    ("aws_cloudfront_distribution", &["enabled"]),
    ("aws_cloudwatch_event_rule", &["event_pattern", "is_enabled", "schedule_expression", "state"]),
    ("aws_cognito_user_pool", &["admin_create_user_config.allow_admin_create_user_only"]),
    ("aws_dynamodb_table", &["stream_enabled"]),
    ("aws_rds_cluster", &["enable_http_endpoint"]),
    ("aws_scheduler_schedule", &["state"]),
];

fn declare_with(instance: &Instance, kind: Kind, name: &str, reading: &mut Reading) {
    let settings = SETTINGS.iter().find(|(of, _)| *of == instance.kind).map(|(_, settings)| *settings);
    reading.declare(instance, kind, name, settings.unwrap_or_default());
    // What other resources say of it.
    let overview = &reading.overview;
    let said = if kind == Kind::Alb {
        ("load_balancer", overview.fronts.get(&attributes::text(instance, "arn")))
    } else {
        (
            "app_client",
            overview.clients.get(&attributes::text(instance, "id")).filter(|_| kind == Kind::UserPool),
        )
    };
    if let ((name, Some(setting)), Some(declared)) = (said, reading.pieces.declared.last_mut()) {
        declared.settings.insert(name, setting.clone());
    }
}

/// Attaches the policy of an instance of one of the types; whether it was one
pub(super) fn attach(instance: &Instance, reading: &mut Reading) -> bool {
    let Some((_, kind, target, policy)) = RESOURCE_POLICIES.iter().find(|(name, ..)| *name == instance.kind)
    else {
        return false;
    };
    let to =
        if *kind == Kind::Bus { Some(chains::bus(instance)) } else { reading.reference(instance, target) };
    let (Some(to), Some(node)) = (to, instance.get(policy)) else { return true };
    let to = if *kind == Kind::Queue { queue_of(to) } else { to };
    let policy = reading.document(instance, node);
    let document = DocumentRef::Inline(as_saved(policy, *kind, instance, &to.text));
    let name = shown(*kind, &to.text);
    reading.attach(instance, (*kind, to), PolicyRole::Resource { qualifier: None }, document, name);
    true
}

/// A policy as its service saves it
fn as_saved(policy: Policy, kind: Kind, instance: &Instance, name: &Text) -> Policy {
    if kind == Kind::Api { api::spelled_out(policy, instance, name) } else { policy }
}

/// The queue that a URL names: its last part
pub(super) fn queue_of(url: Reference) -> Reference {
    if url.text.strip_prefix("https://").is_none() {
        return url;
    }
    let text = url.text.split('/', usize::MAX).pop().unwrap_or_default();
    Reference { text, span: url.span }
}

pub(super) fn bucket_notification(instance: &Instance, reading: &mut Reading) {
    let Some(bucket) = reading.reference(instance, "bucket") else { return };
    for block in nodes(&instance.body, "lambda_function") {
        let Some(function) = nodes(block, "lambda_function_arn").into_iter().next() else { continue };
        let text = |name: &str| block.get(name).and_then(Node::as_text);
        let events: Vec<Text> =
            nodes(block, "events").into_iter().filter_map(|node| node.as_text()).collect();
        let function = reading.refer(function);
        let wire = Wire::Notification {
            bucket: bucket.clone(),
            function,
            events,
            prefix: text("filter_prefix"),
            suffix: text("filter_suffix"),
        };
        reading.wire(instance, wire);
    }
}
