//! Triggers that are seen but not modelled yet: a table of which argument names the source and which the function.
//!
//! Their edges are conditional and say so. A row goes away when its edge kind is modelled.

use super::{Reading, nodes};
use crate::aws::arn::Arn;
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::text::Text;
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
}

const fn row(
    of: &'static str,
    edge: &'static str,
    kind: Kind,
    source: &'static str,
    function: &'static str,
) -> Trigger {
    Trigger { of, edge, kind, source, function }
}

/// In the order of types
static TRIGGERS: &[Trigger] = &[
    row("aws_api_gateway_authorizer", "apigw.authorizer", Kind::Api, "rest_api_id", "authorizer_uri"),
    row("aws_api_gateway_integration", "apigw.rest", Kind::Api, "rest_api_id", "uri"),
    row("aws_apigatewayv2_authorizer", "apigw.authorizer", Kind::Api, "api_id", "authorizer_uri"),
    row("aws_appsync_datasource", "appsync", Kind::Other, "api_id", "lambda_config.function_arn"),
    row(
        "aws_bedrockagent_agent_action_group",
        "bedrock.agent",
        Kind::Other,
        "agent_id",
        "action_group_executor.lambda",
    ),
    row(
        "aws_cloudfront_distribution",
        "edge",
        Kind::Distribution,
        "",
        "*.lambda_function_association.lambda_arn",
    ),
    row("aws_cloudwatch_event_target", "events.rule", Kind::Rule, "rule", "arn"),
    row(
        "aws_cloudwatch_log_subscription_filter",
        "logs.sub",
        Kind::LogGroup,
        "log_group_name",
        "destination_arn",
    ),
    row("aws_cloudwatch_metric_alarm", "alarm", Kind::Other, "", "alarm_actions"),
    row("aws_cognito_user_pool", "cognito.trigger", Kind::UserPool, "", "lambda_config.*"),
    row("aws_config_config_rule", "config.rule", Kind::Other, "", "source.source_identifier"),
    row("aws_iot_topic_rule", "iot.rule", Kind::Other, "", "lambda.function_arn"),
    row(
        "aws_lambda_function_event_invoke_config",
        "dest",
        Kind::Function,
        "function_name",
        "destination_config.*.destination",
    ),
    row("aws_lb_target_group_attachment", "alb", Kind::Alb, "target_group_arn", "target_id"),
    row("aws_pipes_pipe", "pipes", Kind::Other, "", "target"),
    row("aws_scheduler_schedule", "scheduler", Kind::Schedule, "", "target.arn"),
    row(
        "aws_secretsmanager_secret_rotation",
        "secrets.rotation",
        Kind::Secret,
        "secret_id",
        "rotation_lambda_arn",
    ),
    row("aws_ses_receipt_rule", "ses", Kind::Other, "", "lambda_action.function_arn"),
    row("aws_sns_topic_subscription", "sns", Kind::Topic, "topic_arn", "endpoint"),
];

/// Wires the functions that an instance of one of the types names; whether it was one
pub(super) fn read(instance: &Instance, reading: &mut Reading) -> bool {
    let mut found = false;
    for trigger in TRIGGERS.iter().filter(|trigger| trigger.of == instance.kind) {
        found = true;
        for node in nodes(&instance.body, trigger.function) {
            if !may_be_function(node) {
                continue;
            }
            let source = if trigger.source.is_empty() {
                Reference { text: source_of(instance, trigger), span: instance.span }
            } else {
                match reading.reference(instance, trigger.source) {
                    Some(source) => source,
                    None => continue,
                }
            };
            let function = reading.refer(node);
            let wire = Wire::NotModelled { edge: trigger.edge, kind: trigger.kind, source, function };
            reading.wire(instance, wire);
        }
    }
    found
}

/// By ARN where the table of attributes knows it, else by address
fn source_of(instance: &Instance, trigger: &Trigger) -> Text {
    match attributes::computed(instance, "arn").and_then(|arn| arn.as_text()) {
        Some(arn) if trigger.kind != Kind::Other => arn,
        _ => Text::from(instance.address.as_str()),
    }
}

/// Whether a target is a function: its ARN or an invocation ARN of it, or not known
fn may_be_function(node: &Node) -> bool {
    let Some(text) = node.as_text() else { return false };
    match Arn::parse(&text) {
        Some(arn) => match arn.service.as_literal() {
            Some("lambda") => arn.resource.strip_prefix("function:").is_some(),
            Some("apigateway") => arn.resource.split_once("/functions/").is_some(),
            Some(_) => false,
            None => true,
        },
        None => text.holes().next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_types() {
        assert!(TRIGGERS.is_sorted_by_key(|trigger| trigger.of));
    }
}
