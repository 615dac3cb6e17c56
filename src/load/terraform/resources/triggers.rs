//! Triggers: a table of which argument names the source and which the function.
//!
//! Must not know: how a trigger is decided (`reach::edges::trigger`).

use std::collections::{BTreeMap, BTreeSet};

use super::{Reading, custom_resource, document, nodes, state_machine, stores};
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Reference, Wire};

/// A resource type that makes something call a function
struct Trigger {
    /// The resource type
    of: &'static str,
    /// The id its edge will have
    edge: &'static str,
    /// What kind of thing the source is
    kind: Kind,
    /// The argument that names the source; empty where the resource is the source itself
    source: &'static str,
    /// The argument that names the function
    function: &'static str,
    /// The argument that names a role which the source calls with; empty where it has none
    role: &'static str,
    /// An argument, and the values of it that let the target be a function
    only: Option<(&'static str, &'static [&'static str])>,
    /// The part of the source that calls
    part: Part,
}

/// The part of a source that calls, where it has several
#[derive(Clone, Copy)]
enum Part {
    /// The source itself
    Whole,
    /// This one
    Is(&'static str),
    /// The instance, by its id behind this
    Id(&'static str),
}

impl Trigger {
    const fn only(self, argument: &'static str, values: &'static [&'static str]) -> Self {
        Self { only: Some((argument, values)), ..self }
    }

    const fn with_role(self, role: &'static str) -> Self {
        Self { role, ..self }
    }

    /// Whether the resource is the source, and nothing else declares it
    fn is_itself(&self) -> bool {
        self.source.is_empty() && self.kind == Kind::Other
    }

    const fn part(self, part: Part) -> Self {
        Self { part, ..self }
    }
}

const fn row(
    of: &'static str,
    edge: &'static str,
    kind: Kind,
    source: &'static str,
    function: &'static str,
) -> Trigger {
    Trigger { of, edge, kind, source, function, role: "", only: None, part: Part::Whole }
}

/// In the order of types
static TRIGGERS: &[Trigger] = &[
    row("aws_alb_target_group_attachment", "alb", Kind::Alb, "target_group_arn", "target_id"),
    row("aws_api_gateway_authorizer", "apigw.authorizer", Kind::Api, "rest_api_id", "authorizer_uri")
        .with_role("authorizer_credentials")
        .part(Part::Id("authorizers/")),
    row("aws_apigatewayv2_authorizer", "apigw.authorizer", Kind::Api, "api_id", "authorizer_uri")
        .with_role("authorizer_credentials_arn")
        .part(Part::Id("authorizers/")),
    row("aws_appsync_datasource", "appsync", Kind::Other, "api_id", "lambda_config.function_arn")
        .with_role("service_role_arn"),
    row(
        "aws_appsync_graphql_api",
        "appsync.authorizer",
        Kind::Other,
        "",
        "additional_authentication_provider.lambda_authorizer_config.authorizer_uri",
    ),
    row(
        "aws_appsync_graphql_api",
        "appsync.authorizer",
        Kind::Other,
        "",
        "lambda_authorizer_config.authorizer_uri",
    ),
    row("aws_athena_data_catalog", "athena", Kind::Other, "", "parameters.*"),
    row(
        "aws_bedrockagent_agent",
        "bedrock.agent",
        Kind::Other,
        "",
        "prompt_override_configuration.override_lambda",
    ),
    row(
        "aws_bedrockagent_agent_action_group",
        "bedrock.agent",
        Kind::Other,
        "agent_id",
        "action_group_executor.lambda",
    ),
    row(
        "aws_bedrockagentcore_gateway_target",
        "agentcore",
        Kind::Other,
        "gateway_identifier",
        "target_configuration.mcp.lambda.lambda_arn",
    ),
    row("aws_cloudformation_stack", "cfn.custom", Kind::Other, "", "template_body").with_role("iam_role_arn"),
    row("aws_cloudformation_stack", "cfn.custom", Kind::Other, "", "template_url").with_role("iam_role_arn"),
    row(
        "aws_cloudfront_distribution",
        "edge",
        Kind::Distribution,
        "",
        "default_cache_behavior.lambda_function_association.lambda_arn",
    ),
    row(
        "aws_cloudfront_distribution",
        "edge",
        Kind::Distribution,
        "",
        "ordered_cache_behavior.lambda_function_association.lambda_arn",
    ),
    row("aws_cloudwatch_composite_alarm", "alarm", Kind::Other, "", "alarm_actions"),
    row("aws_cloudwatch_composite_alarm", "alarm", Kind::Other, "", "insufficient_data_actions"),
    row("aws_cloudwatch_composite_alarm", "alarm", Kind::Other, "", "ok_actions"),
    row("aws_cloudwatch_event_target", "events.rule", Kind::Rule, "rule", "arn"),
    row(
        "aws_cloudwatch_log_subscription_filter",
        "logs.sub",
        Kind::LogGroup,
        "log_group_name",
        "destination_arn",
    ),
    row("aws_cloudwatch_metric_alarm", "alarm", Kind::Other, "", "alarm_actions"),
    row("aws_cloudwatch_metric_alarm", "alarm", Kind::Other, "", "insufficient_data_actions"),
    row("aws_cloudwatch_metric_alarm", "alarm", Kind::Other, "", "ok_actions"),
    row("aws_codecommit_trigger", "codecommit", Kind::Other, "repository_name", "trigger.destination_arn"),
    row("aws_codepipeline", "codepipeline", Kind::Other, "", "stage.action.configuration.FunctionName")
        .with_role("role_arn"),
    row("aws_cognito_user_pool", "cognito.trigger", Kind::UserPool, "", "lambda_config.user_migration")
        .part(Part::Is("user_migration")),
    row("aws_cognito_user_pool", "cognito.trigger", Kind::UserPool, "", "lambda_config.*"),
    row("aws_cognito_user_pool", "cognito.trigger", Kind::UserPool, "", "lambda_config.*.lambda_arn"),
    row("aws_config_config_rule", "config.rule", Kind::Other, "", "source.source_identifier"),
    row("aws_config_organization_custom_rule", "config.rule", Kind::Other, "", "lambda_function_arn"),
    row("aws_connect_lambda_function_association", "connect", Kind::Other, "instance_id", "function_arn"),
    row("aws_iot_topic_rule", "iot.rule", Kind::Other, "", "error_action.lambda.function_arn"),
    row("aws_iot_topic_rule", "iot.rule", Kind::Other, "", "lambda.function_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "elasticsearch_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("elasticsearch_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "extended_s3_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("extended_s3_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "http_endpoint_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("http_endpoint_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "iceberg_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("iceberg_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "opensearch_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("opensearch_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "opensearchserverless_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("opensearchserverless_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "redshift_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("redshift_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "snowflake_configuration.processing_configuration.processors.parameters.parameter_value",
    )
    .with_role("snowflake_configuration.role_arn"),
    row(
        "aws_kinesis_firehose_delivery_stream",
        "firehose",
        Kind::Other,
        "",
        "splunk_configuration.processing_configuration.processors.parameters.parameter_value",
    ),
    row(
        "aws_lambda_function_event_invoke_config",
        "dest",
        Kind::Function,
        "function_name",
        "destination_config.*.destination",
    ),
    row("aws_lb_target_group_attachment", "alb", Kind::Alb, "target_group_arn", "target_id"),
    row("aws_lex_intent", "lex", Kind::Other, "", "dialog_code_hook.uri"),
    row("aws_lex_intent", "lex", Kind::Other, "", "fulfillment_activity.code_hook.uri"),
    row("aws_pipes_pipe", "pipes", Kind::Other, "", "enrichment").with_role("role_arn"),
    row("aws_pipes_pipe", "pipes", Kind::Other, "", "target").with_role("role_arn"),
    row(
        "aws_s3control_object_lambda_access_point",
        "s3.objlambda",
        Kind::Other,
        "",
        "configuration.transformation_configuration.content_transformation.aws_lambda.function_arn",
    ),
    row("aws_scheduler_schedule", "scheduler", Kind::Schedule, "", "target.arn").with_role("target.role_arn"),
    row(
        "aws_secretsmanager_secret_rotation",
        "secrets.rotation",
        Kind::Secret,
        "secret_id",
        "rotation_lambda_arn",
    ),
    row("aws_ses_receipt_rule", "ses", Kind::Other, "", "lambda_action.function_arn"),
    row("aws_sfn_state_machine", "sfn", Kind::StateMachine, "", "definition").with_role("role_arn"),
    row("aws_sns_topic_subscription", "sns", Kind::Topic, "topic_arn", "endpoint")
        .only("protocol", &["lambda"]),
    row("aws_transfer_server", "transfer", Kind::Other, "", "function"),
    row(
        "aws_transfer_workflow",
        "transfer.workflow",
        Kind::Other,
        "",
        "on_exception_steps.custom_step_details.target",
    ),
    row("aws_transfer_workflow", "transfer.workflow", Kind::Other, "", "steps.custom_step_details.target"),
    row(
        "aws_vpclattice_target_group_attachment",
        "lattice",
        Kind::Other,
        "target_group_identifier",
        "target.id",
    ),
];

/// Wires the functions that an instance of one of the types names; whether it named one
pub(super) fn read(instance: &Instance, reading: &mut Reading) -> bool {
    let mut wired = BTreeSet::new();
    for trigger in
        TRIGGERS.iter().filter(|trigger| trigger.of == instance.kind && may_apply(trigger, instance))
    {
        for node in functions(instance, trigger) {
            let node = &node;
            let source = if trigger.source.is_empty() {
                Reference { text: source_of(instance), span: instance.span }
            } else {
                match reading.reference(instance, trigger.source) {
                    Some(source) => source,
                    None => continue,
                }
            };
            let by_clock = trigger.edge == "events.rule" && reading.overview.scheduled.contains(&source.text);
            let edge = if by_clock { "events.schedule" } else { trigger.edge };
            let function = reading.refer(node);
            // One value of which nothing is known stands at the end of several paths.
            if wired.insert((edge, source.text.clone(), function.text.clone())) {
                let role = match trigger.edge {
                    // The gateway's own role calls its targets \[gateway-prerequisites-permissions\].
                    "agentcore" => reading.overview.gateway_roles.get(&source.text).cloned(),
                    _ if trigger.role.is_empty() => None,
                    _ => reading.reference(instance, trigger.role),
                };
                let part = match trigger.part {
                    Part::Whole => Text::new(),
                    Part::Is(part) => Text::from(part),
                    Part::Id(before) => Text::from(before).with(attributes::text(instance, "id")),
                };
                reading
                    .wire(instance, Wire::Trigger { edge, kind: trigger.kind, source, function, role, part });
            }
        }
    }
    if instance.kind == "aws_cloudfront_distribution" {
        origins(instance, reading);
    }
    if !wired.is_empty()
        && !stores::has(&instance.kind)
        && TRIGGERS.iter().any(|one| one.of == instance.kind && one.is_itself())
    {
        // It stands in no table of stores: the trigger is the source.
        declare(instance, reading);
    }
    !wired.is_empty()
}

/// Declares a source that is nothing else than one
pub(super) fn declare(instance: &Instance, reading: &mut Reading) {
    let name = if instance.get("alarm_name").is_some() { "alarm_name" } else { "name" };
    reading.declare(instance, Kind::Other, name, SETTINGS);
}

/// Arguments that hold what somebody else reads, or that say what is watched: who is named there is not called
const HELD: &[&str] = &[
    "advanced_event_selector",
    "default_arguments",
    "dimensions",
    "environment",
    "environment_variables",
    "event_selector",
    "parameters",
    "resource_arn",
    "runtime_environment_variables",
    "secret_string",
    "setting",
    "stage_variables",
    "tags",
    "tags_all",
    "value",
    "variables",
];

/// Wires the functions that an instance of a type without a row names: something makes it call them, and nothing here
/// knows what; whether it named one
pub(super) fn read_other(instance: &Instance, reading: &mut Reading) -> bool {
    // What is Lambda's own is about a function, and calls none.
    if !instance.kind.starts_with("aws_") || instance.kind.starts_with("aws_lambda_") {
        return false;
    }
    let mut left = vec![&instance.body];
    let mut named = BTreeMap::new();
    while let Some(node) = left.pop() {
        match &node.value {
            Value::Map(entries) => {
                let is_held = |name: &Text| name.as_literal().is_some_and(|name| HELD.contains(&name));
                left.extend(entries.iter().filter(|(key, _)| !is_held(&key.text)).map(|(_, value)| value));
            }
            Value::List(items) => left.extend(items),
            Value::Text(text) if is_function(text) => {
                named.entry(text.clone()).or_insert(node.span);
            }
            Value::Text(_) | Value::Unknown(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let names_one = !named.is_empty();
    for (text, span) in named {
        let (source, function) = (Reading::itself(instance), Reference { text, span });
        let (edge, kind) = ("other", Kind::Other);
        reading.wire(instance, Wire::Trigger { edge, kind, source, function, role: None, part: Text::new() });
    }
    names_one
}

/// Whether a text is surely the ARN or an invocation ARN of a function
fn is_function(text: &Text) -> bool {
    let Some(arn) = Arn::parse(text) else { return false };
    match arn.service.as_literal() {
        Some("lambda") => arn.resource.strip_prefix("function:").is_some(),
        Some("apigateway") => arn.resource.split_once("/functions/").is_some(),
        Some(_) | None => false,
    }
}

/// Settings that switch a source off
const SETTINGS: &[&str] = &["actions_enabled", "desired_state", "enabled"];

fn may_apply(trigger: &Trigger, instance: &Instance) -> bool {
    let Some((argument, values)) = trigger.only else { return true };
    let written = instance.get(argument).and_then(Node::as_text);
    written.as_ref().and_then(Text::as_literal).is_none_or(|written| values.contains(&written))
}

/// The functions whose URLs, and the web functions whose endpoints, a distribution signs requests to, with an origin
/// access control \[private-content-restricting-access-to-lambda, private-content-restricting-access-to-lambda-web\]
fn origins(instance: &Instance, reading: &mut Reading) {
    for origin in nodes(&instance.body, "origin") {
        // Of a block that is not known, each argument is not.
        let argument = |name: &str| match &origin.value {
            Value::Unknown(hole) => Some(Text::from(hole.clone())),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_) => origin.get(name).and_then(Node::as_text),
        };
        let unsigned = &reading.overview.unsigned;
        let signs =
            argument("origin_access_control_id").filter(|id| !id.is_empty() && !unsigned.contains(id));
        let (Some(_), Some(host)) = (signs, argument("domain_name")) else { continue };
        let urls = reading.overview.urls.iter();
        let urls = urls.map(|(of, function)| ("cloudfront.oac", of, function, Text::new()));
        let endpoints = reading.overview.endpoints.iter();
        let endpoints =
            endpoints.map(|(of, (function, name))| ("cloudfront.web", of, function, name.clone()));
        let doors: Vec<_> =
            urls.chain(endpoints).map(|(edge, of, to, part)| (edge, of.clone(), to.clone(), part)).collect();
        for (edge, of, function, part) in doors {
            let doubts = match fit(&of, &host, Way::Exact) {
                Fit::Yes => Vec::new(),
                Fit::No => continue,
                Fit::Depends(_) => {
                    vec![Cause::at(CauseKind::Hole, format!("the host of an origin: {host}"), origin.span)]
                }
            };
            let (source, kind) = (Reading::itself(instance), Kind::Distribution);
            let wire = Wire::Trigger { edge, kind, source, function, role: None, part };
            reading.wire_in_doubt(instance, wire, doubts);
        }
    }
}

/// The functions that an instance names, and what may be one
fn functions(instance: &Instance, trigger: &Trigger) -> Vec<Node> {
    let written = nodes(&instance.body, trigger.function).into_iter();
    match trigger.edge {
        "sfn" => written.flat_map(state_machine::functions).collect(),
        "cfn.custom" if trigger.function == "template_url" => written.map(custom_resource::unknown).collect(),
        "cfn.custom" => written.flat_map(custom_resource::functions).filter(may_be_function).collect(),
        "scheduler" => written.flat_map(|target| scheduled(instance, target)).collect(),
        // An action names its function by name \[action-reference-Lambda\].
        "codepipeline" => written.cloned().collect(),
        _ => written.filter(|node| may_be_function(node)).cloned().collect(),
    }
}

/// The function that a schedule calls: its target, or whom the input of a universal target names
/// \[managing-targets-universal\]
fn scheduled(instance: &Instance, target: &Node) -> Option<Node> {
    let is_universal = |text: &Text| text.strip_suffix(":aws-sdk:lambda:invoke").is_some();
    if !target.as_text().as_ref().is_some_and(is_universal) {
        return may_be_function(target).then(|| target.clone());
    }
    let input = nodes(&instance.body, "target.input").into_iter().next();
    let named = input.and_then(document::read).and_then(|input| input.get("FunctionName").cloned());
    let unknown = || {
        let hole = Hole::input(format!("the function that the input of {} names", instance.address));
        Node::text(Text::from(hole), target.span)
    };
    Some(named.unwrap_or_else(unknown))
}

/// By ARN
fn source_of(instance: &Instance) -> Text {
    match attributes::computed(instance, "arn").and_then(|arn| arn.as_text()) {
        Some(arn) => arn,
        None => attributes::text(instance, "arn"),
    }
}

/// Whether a target is a function: its ARN or an invocation ARN of it, or not known
pub(super) fn may_be_function(node: &Node) -> bool {
    let Some(text) = node.as_text() else { return false };
    match Arn::parse(&text) {
        Some(arn) => arn.service.as_literal().is_none() || is_function(&text),
        None => text.holes().next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::terraform::attributes::tests::instance;
    use crate::load::terraform::instance::Configuration;
    use crate::load::terraform::resources::pieces;
    use crate::node::Key;
    use crate::source::{Sources, Span};
    use crate::world::pieces::Wiring;

    const PAY: &str = "arn:aws:lambda:eu-west-1:111122223333:function:pay";

    /// The edges and sources of the wirings that instances make
    fn wired(instances: Vec<Instance>) -> Vec<String> {
        let configuration = Configuration { instances, ..Configuration::default() };
        let (pieces, _) = pieces(configuration, &mut Sources::default());
        let shown = |wiring: &Wiring| {
            let Wire::Trigger { edge, source, .. } = &wiring.what else { return None };
            Some(format!("{edge} {}", source.text))
        };
        pieces.wirings.iter().filter_map(shown).collect()
    }

    /// A block of these values, as the argument of a type
    fn nested(address: &str, block: &str, values: &[(&str, &str)]) -> Instance {
        let inner = Node::new(Value::List(vec![instance(address, values).body]), Span::NOWHERE);
        let key = Key { text: Text::from(block), span: Span::NOWHERE };
        Instance { body: Node::new(Value::Map(vec![(key, inner)]), Span::NOWHERE), ..instance(address, &[]) }
    }

    #[test]
    fn a_rule_with_a_schedule_is_set_off_by_a_clock() {
        let rule =
            |argument: &str| instance("aws_cloudwatch_event_rule.r", &[("name", "r"), (argument, "x")]);
        let target = || instance("aws_cloudwatch_event_target.t", &[("rule", "r"), ("arn", PAY)]);
        assert_eq!(wired(vec![rule("schedule_expression"), target()]), ["events.schedule r"]);
        assert_eq!(wired(vec![rule("event_pattern"), target()]), ["events.rule r"]);
    }

    #[test]
    fn only_subscriptions_of_functions_call_functions() {
        let subscription = |protocol: &str, endpoint: Text| {
            let mut made =
                instance("aws_sns_topic_subscription.s", &[("topic_arn", "t"), ("protocol", protocol)]);
            if let Value::Map(arguments) = &mut made.body.value {
                let key = Key { text: Text::from("endpoint"), span: Span::NOWHERE };
                arguments.push((key, Node::text(endpoint, Span::NOWHERE)));
            }
            wired(vec![made])
        };
        let unknown = || Text::from(Hole::input("var.endpoint"));
        assert_eq!(subscription("lambda", Text::from(PAY)), ["sns t"]);
        assert_eq!(subscription("lambda", unknown()), ["sns t"]);
        assert!(subscription("email", unknown()).is_empty());
        assert!(subscription("sqs", Text::from("arn:aws:sqs:eu-west-1:111122223333:q")).is_empty());
    }

    #[test]
    fn functions_in_blocks_of_a_trigger_are_found() {
        let pool = nested("aws_cognito_user_pool.p", "lambda_config", &[("pre_sign_up", PAY)]);
        assert_eq!(wired(vec![pool]).len(), 1);
        let sender = nested("aws_cognito_user_pool.p", "custom_email_sender", &[("lambda_arn", PAY)]);
        let key = Key { text: Text::from("lambda_config"), span: Span::NOWHERE };
        let body = Node::new(Value::Map(vec![(key, sender.body.clone())]), Span::NOWHERE);
        assert_eq!(wired(vec![Instance { body, ..sender }]).len(), 1);
    }

    #[test]
    fn a_block_of_which_nothing_is_known_wires_once() {
        let key = Key { text: Text::from("lambda_config"), span: Span::NOWHERE };
        let unknown = Node::new(Value::Unknown(Hole::input("var.triggers")), Span::NOWHERE);
        let body = Node::new(Value::Map(vec![(key, unknown)]), Span::NOWHERE);
        assert_eq!(wired(vec![Instance { body, ..instance("aws_cognito_user_pool.p", &[]) }]).len(), 1);
    }

    #[test]
    fn rows_are_in_the_order_of_types() {
        assert!(TRIGGERS.is_sorted_by_key(|trigger| trigger.of));
    }
}
