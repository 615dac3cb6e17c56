//! Integrations of an API with a service that passes on what it gets: a queue, a topic, a stream, a bus, a state machine.
//!
//! HTTP APIs name the call by a subtype and its target by a parameter
//! \[http-api-develop-integrations-aws-services-reference\]; REST and WebSocket APIs name the call in a URI, and the target
//! mostly in a template, which is not read: then it may be each that the role of the integration lets it call. Must not
//! know: which route leads to it.

use super::{Reading, chains, nodes, stores};
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::Reference;

/// A call of a service
struct Call {
    /// How the subtype of an HTTP API's integration begins; empty where there is none
    subtype: &'static str,
    /// The service in a URI
    service: &'static str,
    /// How the action in a URI begins
    action: &'static str,
    /// What kind of thing is called
    kind: Kind,
    /// The parameter that names it
    parameter: &'static str,
}

const fn call(
    subtype: &'static str,
    service: &'static str,
    action: &'static str,
    kind: Kind,
    parameter: &'static str,
) -> Call {
    Call { subtype, service, action, kind, parameter }
}

/// In the order of services
static CALLS: &[Call] = &[
    call("EventBridge-PutEvents", "events", "PutEvents", Kind::Bus, "EventBusName"),
    call("Kinesis-PutRecord", "kinesis", "PutRecord", Kind::Stream, "StreamName"),
    call("", "sns", "Publish", Kind::Topic, "TopicArn"),
    call("SQS-SendMessage", "sqs", "SendMessage", Kind::Queue, "QueueUrl"),
    call("StepFunctions-Start", "states", "Start", Kind::StateMachine, "StateMachineArn"),
];

/// Where an integration writes its parameters: as arguments, and in a document
const PARAMETERS: &[&str] = &["request_parameters", "requestParameters"];
const SUBTYPES: &[&str] = &["integration_subtype", "integrationSubtype"];
const URIS: &[&str] = &["integration_uri", "uri"];

/// What an integration calls, where it is none of Lambda's
pub(super) fn called(
    instance: &Instance,
    integration: &Node,
    reading: &mut Reading,
) -> Option<(Kind, Reference)> {
    let written = |names: &[&str]| names.iter().find_map(|name| integration.get(name));
    if let Some(subtype) = written(SUBTYPES) {
        let text = subtype.as_text().unwrap_or_default();
        let is_it = |call: &&Call| !call.subtype.is_empty() && text.strip_prefix(call.subtype).is_some();
        let call = CALLS.iter().find(is_it)?;
        let target = match parameter(integration, call) {
            Some(node) => named(call, node, instance, reading),
            // Events go to the default bus.
            None if call.kind == Kind::Bus => chains::bus_of(instance, None),
            None => unknown(call, instance, subtype),
        };
        return Some((call.kind, target));
    }
    let uri = written(URIS)?;
    let text = uri.as_text()?;
    let [_, _, _, _, service, how] = &text.split(':', 6)[..] else { return None };
    let call = CALLS.iter().find(|call| service.as_literal() == Some(call.service))?;
    let by_path = how.strip_prefix("path/");
    if by_path.is_none() && how.strip_prefix("action/")?.strip_prefix(call.action).is_none() {
        return None;
    }
    // `path/ACCOUNT/QUEUE`: the path of a call that its parameters name.
    let queue =
        by_path.filter(|_| call.kind == Kind::Queue).and_then(|path| path.split('/', usize::MAX).pop());
    let target = match (queue, parameter(integration, call)) {
        (Some(text), _) if !text.is_empty() => Reference { text, span: uri.span },
        (_, Some(node)) => named(call, node, instance, reading),
        (_, None) => unknown(call, instance, uri),
    };
    Some((call.kind, target))
}

/// The value of the parameter that names the target; REST APIs write `integration.request.querystring.TopicArn`
fn parameter<'n>(integration: &'n Node, call: &Call) -> Option<&'n Node> {
    let long =
        ["querystring", "header", "path"].map(|at| format!("integration.request.{at}.{}", call.parameter));
    let names = std::iter::once(call.parameter).chain(long.iter().map(String::as_str));
    let maps = || PARAMETERS.iter().flat_map(|at| nodes(integration, at));
    names.flat_map(|name| maps().filter_map(move |map| map.get(name))).next()
}

fn named(call: &Call, node: &Node, instance: &Instance, reading: &mut Reading) -> Reference {
    let mut target = reading.refer(node);
    // REST APIs put fixed values in quotes.
    if let Some(inside) = target.text.strip_prefix("'").and_then(|text| text.strip_suffix("'")) {
        target.text = inside;
    }
    let from_request = ["$", "method.request."].iter().any(|with| target.text.strip_prefix(with).is_some());
    if from_request {
        unknown(call, instance, node)
    } else if call.kind == Kind::Bus {
        chains::bus_of(instance, Some(&Node::text(target.text, target.span)))
    } else {
        stores::queue_of(target)
    }
}

fn unknown(call: &Call, instance: &Instance, at: &Node) -> Reference {
    let what = format!("{} of {}", call.parameter, instance.address);
    Reference { text: Text::from(Hole::input(what)), span: at.span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_services() {
        assert!(CALLS.is_sorted_by_key(|call| call.service));
    }
}
