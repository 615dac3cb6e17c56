//! Web functions of Lambda: the function, its revisions with their code's role and environment, its endpoints.
//!
//! A revision and an endpoint name their function by name or by ARN, or are blocks of it, as the call that makes a function
//! takes the first of each \[API_CreateWebFunction\]; a policy of one is in the table of `stores`. Must not know: who may
//! send requests.

use super::configured::Values;
use super::{Reading, nodes};
use crate::aws::arn::Arn;
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Reference, Wire};

/// Where a revision writes its environment
const ENVIRONMENT: &str = "service_config.environment_variables";

pub(super) fn function(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::WebFunction, "function_name", &[]);
    let environments = reading.overview.revisions.get(&attributes::text(instance, "arn")).cloned();
    let mut values = Values::default();
    let own = nodes(&instance.body, "revision_config.service_config.environment_variables");
    environments.iter().flatten().chain(own).for_each(|map| values.of_map(map));
    values.tell(instance, Kind::WebFunction, reading);
    for node in nodes(&instance.body, "revision_config.service_config.execution_role_arn") {
        let (function, role) = (Reading::itself(instance), reading.refer(node));
        reading.wire(instance, Wire::RunsAs { function, role });
    }
    for node in nodes(&instance.body, "endpoint_config") {
        wire_endpoint(instance, node, Reading::itself(instance), reading);
    }
}

/// What a revision says of its function, for the overview: the function's ARN and the environment
pub(super) fn environment(revision: &Instance) -> Option<(Text, Vec<Node>)> {
    let environment = nodes(&revision.body, ENVIRONMENT).into_iter().cloned().collect();
    Some((named(revision)?.text, environment))
}

pub(super) fn revision(instance: &Instance, reading: &mut Reading) {
    let role = reading.reference(instance, "service_config.execution_role_arn");
    if let (Some(function), Some(role)) = (named(instance), role) {
        reading.wire(instance, Wire::RunsAs { function, role });
    }
}

pub(super) fn endpoint(instance: &Instance, reading: &mut Reading) {
    if let Some(function) = named(instance) {
        wire_endpoint(instance, &instance.body, function, reading);
    }
}

fn wire_endpoint(instance: &Instance, written: &Node, function: Reference, reading: &mut Reading) {
    let argument = |name: &str| {
        let text = written.get(name).and_then(Node::as_text);
        text.unwrap_or_else(|| Text::from(Hole::input(format!("{}.{name}", instance.address))))
    };
    let (name, authorization) = (argument("endpoint_name"), argument("auth_type"));
    reading.count(&authorization);
    reading.wire(instance, Wire::WebEndpoint { function, name, authorization });
}

/// The function that a revision or an endpoint belongs to, by ARN
pub(super) fn named(instance: &Instance) -> Option<Reference> {
    let node = nodes(&instance.body, "function_name").into_iter().next()?;
    let unknown = || Text::from(Hole::input(format!("{}.function_name", instance.address)));
    let named = node.as_text().unwrap_or_else(unknown);
    let text = match Arn::parse(&named) {
        Some(_) => named,
        None => instance.ambient.arn("lambda", Text::from("web-function/").with(&named)),
    };
    Some(Reference { text, span: node.span })
}
