//! What a state machine's definition names \[connect-lambda, supported-services-awssdk\]: functions, as the resource of a
//! task or as the `FunctionName` that a task hands to `lambda:invoke`, and the topics, queues, buses and state machines
//! that other tasks call.
//!
//! Must not know: in which order states follow. Every task may run.

use super::document;
use crate::aws::arn::Arn;
use crate::node::{Node, Value};
use crate::source::Span;
use crate::text::{Hole, Text};
use crate::world::kind::Kind;

/// How a task calls what passes on what it gets, what kind of thing that is, and the parameter that names it
static PASSES_ON: &[(&str, Kind, &str)] = &[
    ("aws-sdk:eventbridge:putEvents", Kind::Bus, "EventBusName"),
    ("aws-sdk:sfn:start", Kind::StateMachine, "StateMachineArn"),
    ("aws-sdk:sns:publish", Kind::Topic, "TopicArn"),
    ("aws-sdk:sqs:sendMessage", Kind::Queue, "QueueUrl"),
    ("events:putEvents", Kind::Bus, "EventBusName"),
    ("sns:publish", Kind::Topic, "TopicArn"),
    ("sqs:sendMessage", Kind::Queue, "QueueUrl"),
    ("states:startExecution", Kind::StateMachine, "StateMachineArn"),
];

/// What a definition calls beside functions, each by its name where that is written
pub(super) fn passes_on(definition: &Node) -> Vec<(Kind, Option<Node>)> {
    let Some(tree) = document::read(definition) else { return Vec::new() };
    let mut found = Vec::new();
    let mut left = vec![&tree];
    while let Some(node) = left.pop() {
        match &node.value {
            Value::Map(entries) => {
                let resource = node.get("Resource").and_then(Node::as_text);
                let call = resource.and_then(|text| text.split_once(":states:::").map(|(_, call)| call));
                let row =
                    call.and_then(|call| PASSES_ON.iter().find(|(how, ..)| call.strip_prefix(how).is_some()));
                if let Some((_, kind, parameter)) = row {
                    let parameters = ["Parameters", "Arguments"].iter().find_map(|at| node.get(at));
                    found.extend(named(*kind, parameter, parameters).into_iter().map(|name| (*kind, name)));
                }
                left.extend(entries.iter().map(|(_, value)| value));
            }
            Value::List(items) => left.extend(items),
            Value::Unknown(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }
    found.sort_by_key(|(_, node)| node.as_ref().map(|node| node.span));
    found
}

/// The names that parameters give, `None` for one that comes in; events are entries of a list, each with a bus
fn named(kind: Kind, parameter: &str, parameters: Option<&Node>) -> Vec<Option<Node>> {
    let is_plain =
        |node: &&Node| node.as_text().is_some_and(|text| !text.to_string().trim_start().starts_with("{%"));
    let entries = parameters.and_then(|parameters| parameters.get("Entries"));
    match entries.map(|entries| &entries.value) {
        Some(Value::List(entries)) if kind == Kind::Bus => {
            entries.iter().map(|entry| entry.get(parameter).cloned()).collect()
        }
        _ => vec![parameters.and_then(|at| at.get(parameter)).filter(is_plain).cloned()],
    }
}

/// How a task calls a function that its parameters name
const INVOKE: &[&str] = &[":states:::lambda:invoke", ":states:::aws-sdk:lambda:invoke"];

/// Whether a task's resource is a function itself; other calls of an SDK (`:::aws-sdk:lambda:listFunctions`) are none
fn is_function(resource: &Text) -> bool {
    Arn::parse(resource).is_some_and(|arn| arn.service.as_literal() == Some("lambda"))
}

/// The functions of a definition; one that is not known where it cannot be read
pub(super) fn functions(definition: &Node) -> Vec<Node> {
    let unknown = |what: &str, span: Span| Node::text(Text::from(Hole::input(what)), span);
    let Some(tree) = document::read(definition) else {
        return vec![unknown("functions of a definition that is not read", definition.span)];
    };
    let mut found = Vec::new();
    let mut left = vec![&tree];
    while let Some(node) = left.pop() {
        match &node.value {
            Value::Map(entries) => {
                let resource = node.get("Resource").and_then(Node::as_text);
                match resource.as_ref().map(|text| (text, text.as_literal())) {
                    Some((_, Some(literal))) if INVOKE.iter().any(|how| literal.contains(how)) => {
                        let named = ["Parameters", "Arguments"]
                            .iter()
                            .find_map(|at| node.get(at)?.get("FunctionName"));
                        // `FunctionName.$` and `{% ... %}` name it with what comes in.
                        let is_plain = |node: &&Node| {
                            node.as_text()
                                .is_some_and(|text| !text.to_string().trim_start().starts_with("{%"))
                        };
                        found.push(named.filter(is_plain).cloned().unwrap_or_else(|| {
                            unknown("a function that the execution's input names", node.span)
                        }));
                    }
                    Some((text, literal)) if literal.is_none() || is_function(text) => {
                        found.push(Node::text(text.clone(), node.span));
                    }
                    Some(_) | None => {}
                }
                left.extend(entries.iter().map(|(_, value)| value));
            }
            Value::List(items) => left.extend(items),
            Value::Unknown(_) => found.push(unknown("functions of states that are not known", node.span)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }
    found.sort_by_key(|node| node.span);
    found
}
