//! Web functions of Lambda: the function, its revisions with their code's role and environment, its endpoints.
//!
//! A revision and an endpoint name their function by name or by ARN; a policy of one is in the table of `stores`. Must not
//! know: who may send requests.

use super::configured::Values;
use super::function_policy::arn_of;
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
    environments.iter().flatten().for_each(|map| values.of_map(map));
    values.tell(instance, Kind::WebFunction, reading);
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
    let Some(function) = named(instance) else { return };
    let argument = |name: &str| {
        let text = instance.get(name).and_then(Node::as_text);
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
        None => arn_of(instance, "web-function/", &named),
    };
    Some(Reference { text, span: node.span })
}
