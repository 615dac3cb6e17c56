//! Chains: what one source gets is passed on to another, in a table where types share a form.
//!
//! Must not know: who lets it pass (`reach::edges::forward`).

use super::{Reading, lambda, nodes, state_machine};
use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::load::json;
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Need, Reference, Wire};

/// A resource type that passes on what a source gets
struct Chain {
    /// The resource type
    of: &'static str,
    /// What kind of thing the first is
    from: Kind,
    /// The argument that names it; empty where the resource is the first itself
    source: &'static str,
    /// The argument that names the second
    target: &'static str,
    /// The argument that names a role which passes it on; empty where there is none
    role: &'static str,
    /// What kind of thing the second is, where its ARN does not say it: the argument may be a name
    to: Option<Kind>,
}

const fn chain(of: &'static str, from: Kind, source: &'static str, target: &'static str) -> Chain {
    Chain { of, from, source, target, role: "", to: None }
}

impl Chain {
    const fn with_role(self, role: &'static str) -> Self {
        Self { role, ..self }
    }

    const fn to(self, kind: Kind) -> Self {
        Self { to: Some(kind), ..self }
    }
}

/// In the order of types
static CHAINS: &[Chain] = &[
    chain("aws_cloudwatch_composite_alarm", Kind::Other, "", "alarm_actions"),
    chain("aws_cloudwatch_composite_alarm", Kind::Other, "", "insufficient_data_actions"),
    chain("aws_cloudwatch_composite_alarm", Kind::Other, "", "ok_actions"),
    chain("aws_cloudwatch_event_target", Kind::Rule, "rule", "arn").with_role("role_arn"),
    chain("aws_cloudwatch_event_target", Kind::Rule, "rule", "dead_letter_config.arn"),
    chain("aws_cloudwatch_log_subscription_filter", Kind::LogGroup, "log_group_name", "destination_arn")
        .with_role("role_arn"),
    chain("aws_cloudwatch_metric_alarm", Kind::Other, "", "alarm_actions"),
    chain("aws_cloudwatch_metric_alarm", Kind::Other, "", "insufficient_data_actions"),
    chain("aws_cloudwatch_metric_alarm", Kind::Other, "", "ok_actions"),
    chain("aws_dynamodb_kinesis_streaming_destination", Kind::Table, "table_name", "stream_arn"),
    chain("aws_iot_topic_rule", Kind::Other, "", "dynamodb.table_name")
        .with_role("dynamodb.role_arn")
        .to(Kind::Table),
    chain("aws_iot_topic_rule", Kind::Other, "", "dynamodbv2.put_item.table_name")
        .with_role("dynamodbv2.role_arn")
        .to(Kind::Table),
    chain("aws_iot_topic_rule", Kind::Other, "", "kinesis.stream_name")
        .with_role("kinesis.role_arn")
        .to(Kind::Stream),
    chain("aws_iot_topic_rule", Kind::Other, "", "s3.bucket_name").with_role("s3.role_arn").to(Kind::Bucket),
    chain("aws_iot_topic_rule", Kind::Other, "", "sns.target_arn").with_role("sns.role_arn"),
    chain("aws_iot_topic_rule", Kind::Other, "", "sqs.queue_url").with_role("sqs.role_arn").to(Kind::Queue),
    chain("aws_iot_topic_rule", Kind::Other, "", "step_functions.state_machine_name")
        .with_role("step_functions.role_arn")
        .to(Kind::StateMachine),
    chain(
        "aws_lambda_event_source_mapping",
        Kind::Function,
        "function_name",
        "destination_config.on_failure.destination_arn",
    ),
    chain("aws_lambda_function", Kind::Function, "", "dead_letter_config.target_arn"),
    chain(
        "aws_lambda_function_event_invoke_config",
        Kind::Function,
        "function_name",
        "destination_config.*.destination",
    ),
    chain("aws_pipes_pipe", Kind::Other, "", "target").with_role("role_arn"),
    chain("aws_scheduler_schedule", Kind::Schedule, "", "target.arn").with_role("target.role_arn"),
    chain("aws_ses_receipt_rule", Kind::Other, "", "bounce_action.topic_arn"),
    chain("aws_ses_receipt_rule", Kind::Other, "", "lambda_action.topic_arn"),
    chain("aws_ses_receipt_rule", Kind::Other, "", "s3_action.bucket_name").to(Kind::Bucket),
    chain("aws_ses_receipt_rule", Kind::Other, "", "s3_action.topic_arn"),
    chain("aws_ses_receipt_rule", Kind::Other, "", "sns_action.topic_arn"),
    chain("aws_ses_receipt_rule", Kind::Other, "", "stop_action.topic_arn"),
    chain("aws_ses_receipt_rule", Kind::Other, "", "workmail_action.topic_arn"),
    chain("aws_sns_topic_subscription", Kind::Topic, "topic_arn", "endpoint")
        .with_role("subscription_role_arn"),
];

/// The service in an ARN, how its last part begins, and the kind of thing
static TARGETS: &[(&str, &str, Kind)] = &[
    ("events", "event-bus/", Kind::Bus),
    ("firehose", "deliverystream/", Kind::Other),
    ("kinesis", "stream/", Kind::Stream),
    ("sns", "", Kind::Topic),
    ("sqs", "", Kind::Queue),
    ("states", "stateMachine:", Kind::StateMachine),
];

/// Wires what an instance passes on; whether it passes on something
pub(super) fn read(instance: &Instance, reading: &mut Reading) -> bool {
    let before = reading.pieces.wirings.len();
    for chain in CHAINS.iter().filter(|chain| chain.of == instance.kind) {
        for node in nodes(&instance.body, chain.target) {
            let kinds = chain.to.map_or_else(|| kinds_of(instance, node), |kind| vec![kind]);
            if kinds.is_empty() {
                continue;
            }
            let source = if chain.source.is_empty() {
                Some(Reading::itself(instance))
            } else {
                reading.reference(instance, chain.source)
            };
            let Some(source) = source else { continue };
            let role = if chain.role.is_empty() { None } else { reading.reference(instance, chain.role) };
            let target = super::stores::queue_of(reading.refer(node));
            for to in kinds {
                let (from, need) = (chain.from, Need::Anything);
                let (source, target, role) = (source.clone(), target.clone(), role.clone());
                reading.wire(instance, Wire::Forward { from, source, to, target, role, need });
            }
        }
    }
    match instance.kind.as_str() {
        "aws_cloudwatch_event_rule" => rule_of_bus(instance, reading),
        "aws_codepipeline" => pipeline(instance, reading),
        "aws_kinesis_firehose_delivery_stream" => delivery_stream(instance, reading),
        "aws_pipes_pipe" => pipe(instance, reading),
        "aws_s3_bucket_notification" => notifications(instance, reading),
        "aws_sfn_state_machine" => tasks(instance, reading),
        "aws_sqs_queue" | "aws_sqs_queue_redrive_policy" => redrive(instance, reading),
        _ => {}
    }
    reading.pieces.wirings.len() > before
}

/// Whether an instance of a type is the first itself, and nothing else declares it
pub(super) fn is_itself(kind: &str) -> bool {
    CHAINS.iter().any(|chain| chain.of == kind && chain.source.is_empty() && chain.from == Kind::Other)
}

/// What kind of thing a target is; one that is not known may be each
pub(super) fn kinds_of(instance: &Instance, node: &Node) -> Vec<Kind> {
    // The protocol of a subscription says it, whatever the endpoint.
    if instance.kind == "aws_sns_topic_subscription" {
        let protocol = instance.get("protocol").and_then(Node::as_text).unwrap_or_default();
        return match protocol.as_literal() {
            Some("firehose") => vec![Kind::Other],
            Some("sqs") | None => vec![Kind::Queue],
            Some(_) => Vec::new(),
        };
    }
    let all = || TARGETS.iter().map(|(_, _, kind)| *kind).collect();
    let Some(text) = node.as_text() else { return all() };
    let Some(arn) = Arn::parse(&text) else {
        return if text.holes().next().is_some() { all() } else { Vec::new() };
    };
    let Some(service) = arn.service.as_literal() else { return all() };
    let is_it =
        |(of, before, _): &&(&str, &str, Kind)| *of == service && arn.resource.strip_prefix(before).is_some();
    TARGETS.iter().find(is_it).map(|(_, _, kind)| *kind).into_iter().collect()
}

/// The bus of a rule or of a policy: by name or ARN, or the default one \[eb-event-bus\]
pub(super) fn bus(instance: &Instance) -> Reference {
    bus_of(instance, instance.get("event_bus_name"))
}

/// The bus that is written so, seen from an instance
pub(super) fn bus_of(instance: &Instance, written: Option<&Node>) -> Reference {
    let text = written
        .and_then(Node::as_text)
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| Text::from("default"));
    let text = if Arn::parse(&text).is_some()
        || text.as_hole().is_some_and(|hole| hole.shape() == crate::text::Shape::Any)
    {
        text
    } else {
        instance.ambient.arn("events", Text::from("event-bus/").with(text))
    };
    Reference { text, span: written.map_or(instance.span, |node| node.span) }
}

fn rule_of_bus(instance: &Instance, reading: &mut Reading) {
    if reading.overview.scheduled.contains(&attributes::text(instance, "name")) {
        return;
    }
    let (source, target) = (bus(instance), Reading::itself(instance));
    let (from, to) = (Kind::Bus, Kind::Rule);
    reading.wire(instance, Wire::Forward { from, source, to, target, role: None, need: Need::Anything });
}

/// What the tasks of a state machine call beside functions, with its role
fn tasks(instance: &Instance, reading: &mut Reading) {
    let called: Vec<_> =
        nodes(&instance.body, "definition").into_iter().flat_map(state_machine::passes_on).collect();
    for (to, named) in called {
        let unknown = || Text::from(Hole::input(format!("what a task of {} calls", instance.address)));
        let target = match (to, &named) {
            (Kind::Bus, _) => bus_of(instance, named.as_ref()),
            (_, Some(node)) => super::stores::queue_of(reading.refer(node)),
            (_, None) => Reference { text: unknown(), span: instance.span },
        };
        let (from, source, need) = (Kind::StateMachine, Reading::itself(instance), Need::Anything);
        let role = reading.reference(instance, "role_arn");
        reading.wire(instance, Wire::Forward { from, source, to, target, role, need });
    }
}

/// A delivery stream that reads a stream, with a role
fn delivery_stream(instance: &Instance, reading: &mut Reading) {
    let argument = |name: &str| format!("kinesis_source_configuration.{name}");
    let Some(source) = reading.reference(instance, &argument("kinesis_stream_arn")) else { return };
    let (role, target) = (reading.reference(instance, &argument("role_arn")), Reading::itself(instance));
    let (from, to, need) = (Kind::Stream, Kind::Other, Need::Anything);
    reading.wire(instance, Wire::Forward { from, source, to, target, role, need });
}

/// The services that a pipe reads
static PIPED: &[(&str, Kind)] = &[("dynamodb", Kind::Table), ("kinesis", Kind::Stream), ("sqs", Kind::Queue)];

fn pipe(instance: &Instance, reading: &mut Reading) {
    let Some(mut source) = reading.reference(instance, "source") else { return };
    let arn = Arn::parse(&source.text);
    let service = arn.as_ref().and_then(|arn| arn.service.as_literal());
    let kind = PIPED.iter().find(|(of, _)| service == Some(of)).map_or(Kind::Other, |(_, kind)| *kind);
    let mut need = Need::Anything;
    if kind == Kind::Table {
        let (table, label) = lambda::table_of(source);
        (source, need) = (table, Need::Part(label));
    }
    let (role, target) = (reading.reference(instance, "role_arn"), Reading::itself(instance));
    let to = Kind::Other;
    reading.wire(instance, Wire::Forward { from: kind, source, to, target, role, need });
}

/// The sources of a pipeline that calls functions: an object of a bucket, a repository of CodeCommit
/// \[action-reference-S3, action-reference-CodeCommit\]
fn pipeline(instance: &Instance, reading: &mut Reading) {
    let actions = nodes(&instance.body, "stage.action");
    let provider = |action: &Node| action.get("provider").and_then(Node::as_text).unwrap_or_default();
    if !actions.iter().any(|action| provider(action).as_literal().is_none_or(|one| one == "Lambda")) {
        return;
    }
    for action in actions {
        let Some(configuration) = action.get("configuration") else { continue };
        let text = |name: &str| configuration.get(name).and_then(Node::as_text);
        let (from, named, need) = match provider(action).as_literal() {
            Some("S3") if text("S3ObjectKey").is_some() => {
                let events = vec![Text::from("s3:ObjectCreated:*")];
                let prefix = text("S3ObjectKey").unwrap_or_default();
                (Kind::Bucket, text("S3Bucket"), Need::Object { events, prefix, suffix: Text::new() })
            }
            Some("CodeCommit") => {
                let arn = |name| instance.ambient.arn("codecommit", name);
                (Kind::Other, text("RepositoryName").map(arn), Need::Anything)
            }
            Some(_) | None => continue,
        };
        let Some(named) = named else { continue };
        let own = nodes(action, "role_arn").into_iter().next().map(|node| reading.refer(node));
        let role = own.or_else(|| reading.reference(instance, "role_arn"));
        let source = Reference { text: named, span: action.span };
        let target = Reading::itself(instance);
        // It then starts only by a rule of EventBridge, which the input may have or not.
        let is_off = text("PollForSourceChanges").is_some_and(|polls| polls.as_literal() != Some("true"));
        let what = format!("{} does not poll its source: a rule must start it", instance.address);
        let doubts = if is_off { vec![Cause::at(CauseKind::Wiring, what, action.span)] } else { Vec::new() };
        reading.wire_in_doubt(
            instance,
            Wire::Forward { from, source, to: Kind::Other, target, role, need },
            doubts,
        );
    }
}

fn notifications(instance: &Instance, reading: &mut Reading) {
    let Some(bucket) = reading.reference(instance, "bucket") else { return };
    for (block, argument, kind) in [("queue", "queue_arn", Kind::Queue), ("topic", "topic_arn", Kind::Topic)]
    {
        for block in nodes(&instance.body, block) {
            let Some(target) = nodes(block, argument).into_iter().next() else { continue };
            let text = |name: &str| block.get(name).and_then(Node::as_text).unwrap_or_default();
            let need = Need::Object {
                events: nodes(block, "events").into_iter().filter_map(Node::as_text).collect(),
                prefix: text("filter_prefix"),
                suffix: text("filter_suffix"),
            };
            let (source, target) = (bucket.clone(), reading.refer(target));
            let wire = Wire::Forward { from: Kind::Bucket, source, to: kind, target, role: None, need };
            reading.wire(instance, wire);
        }
    }
    let Some(on) = nodes(&instance.body, "eventbridge").into_iter().next().and_then(Node::as_text) else {
        return;
    };
    let doubts = match on.as_literal() {
        Some("true") => Vec::new(),
        Some(_) => return,
        None => {
            let what = format!("eventbridge of {}: {on}", instance.address);
            vec![Cause::at(CauseKind::Hole, what, instance.span)]
        }
    };
    // Every event goes to the default bus of the account, and no policy is asked \[EventBridge, ev-permissions\].
    for (target, pattern) in reading.overview.of_buckets.clone() {
        let need =
            Need::Object { events: events(pattern.as_ref()), prefix: Text::new(), suffix: Text::new() };
        let source = bucket.clone();
        let wire = Wire::Forward { from: Kind::Bucket, source, to: Kind::Rule, target, role: None, need };
        reading.wire_in_doubt(instance, wire, doubts.clone());
    }
}

/// The events as EventBridge calls them, and as a notification does \[EventBridge, ev-mapping-troubleshooting\]
static EVENTS: &[(&str, &str)] = &[
    ("Object ACL Updated", "s3:ObjectAcl:Put"),
    ("Object Created", "s3:ObjectCreated:*"),
    ("Object Deleted", "s3:ObjectRemoved:*"),
    ("Object Restore Initiated", "s3:ObjectRestore:Post"),
    ("Object Tags Added", "s3:ObjectTagging:Put"),
    ("Object Tags Deleted", "s3:ObjectTagging:Delete"),
];

/// The events that a pattern names; all of them where it names none
fn events(pattern: Option<&Text>) -> Vec<Text> {
    let literal = pattern.map(Text::to_string).unwrap_or_default();
    let named: Vec<_> = EVENTS.iter().filter(|(name, _)| literal.contains(name)).collect();
    let all = if named.is_empty() { EVENTS.iter().collect() } else { named };
    all.into_iter().map(|(_, event)| Text::from(*event)).collect()
}

/// A queue that gives up on a message moves it to another one; no policy is asked \[sqs-dead-letter-queues\]
fn redrive(instance: &Instance, reading: &mut Reading) {
    let Some(policy) = instance.get("redrive_policy") else { return };
    let source = match instance.kind.as_str() {
        "aws_sqs_queue" => Reading::itself(instance),
        _ => match reading.reference(instance, "queue_url") {
            Some(url) => super::stores::queue_of(url),
            None => return,
        },
    };
    let tree = match &policy.value {
        Value::Text(text) if text.as_hole().is_none() => json::read(text, policy.span, &policy.origin).0,
        Value::Map(_) => Some(policy.clone()),
        Value::Text(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::List(_)
        | Value::Unknown(_) => None,
    };
    let target = tree.as_ref().and_then(|tree| tree.get("deadLetterTargetArn")).and_then(Node::as_text);
    let text = target
        .unwrap_or_else(|| Text::from(Hole::input(format!("the dead-letter queue of {}", instance.address))));
    let (from, to) = (Kind::Queue, Kind::Queue);
    let target = Reference { text, span: policy.span };
    reading.wire(instance, Wire::Forward { from, source, to, target, role: None, need: Need::Anything });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_types() {
        assert!(CHAINS.is_sorted_by_key(|chain| chain.of));
    }
}
