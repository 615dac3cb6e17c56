//! States: what `terraform show -json` prints of one, and the raw file (version 4).
//!
//! Knows: both shapes \[internals/json-format, language/state\]. Must not know: what a resource type means. Everything in
//! a state is known; what the configuration says of it is not in there.

use std::sync::Arc;

use crate::cause::{Cause, CauseKind};
use crate::load::Options;
use crate::load::terraform::instance::{Configuration, Instance};
use crate::load::terraform_json::{
    Home, INSTANCES, Recorded, Says, account_of, entries, items, literal, mode, not_understood, own,
    region_of, too_deep, without_copies, written,
};
use crate::node::{Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::Text;

/// Whether a JSON file is a state that `terraform show -json` printed
pub(super) fn is_shown(tree: &Node) -> bool {
    let has = |key: &str| tree.get(key).is_some();
    has("format_version") && has("terraform_version") && !has("resource_changes") && !has("planned_values")
}

/// Whether a JSON file is a raw state
pub(super) fn is_raw(tree: &Node) -> bool {
    let has = |key: &str| tree.get(key).is_some();
    has("version") && has("terraform_version") && has("lineage") && has("resources")
}

/// A resource as either shape records it
struct Resource<'n> {
    address: String,
    values: &'n Node,
    resource: &'n Node,
    span: Span,
}

/// Reads a state that `terraform show -json` printed
pub(super) fn shown(tree: &Node, options: &Options) -> (Recorded, Problems) {
    let mut problems = Problems::default();
    let mut resources = Vec::new();
    if let Some(root) = tree.get("values").and_then(|values| values.get("root_module")) {
        modules(root, 0, &mut resources, &mut problems);
    }
    (recorded(&resources, tree.span, options, &mut problems), problems)
}

/// The resources of a module and of those below it
fn modules<'n>(module: &'n Node, depth: usize, out: &mut Vec<Resource<'n>>, problems: &mut Problems) {
    if too_deep(module, depth, problems) {
        return;
    }
    for resource in items(module.get("resources")) {
        let (Some(address), Some(values)) = (literal(resource, "address"), resource.get("values")) else {
            not_understood(resource, "a state", problems);
            continue;
        };
        let deposed = literal(resource, "deposed_key");
        let address = deposed.map_or_else(|| address.to_owned(), |key| format!("{address} (deposed {key})"));
        let span = resource.get("address").map_or(resource.span, |node| node.span);
        out.push(Resource { address, values, resource, span });
    }
    for child in items(module.get("child_modules")) {
        modules(child, depth + 1, out, problems);
    }
}

/// Reads a raw state
pub(super) fn raw(tree: &Node, options: &Options) -> (Recorded, Problems) {
    let mut problems = Problems::default();
    let version = tree.get("version").and_then(Node::as_text);
    if version.as_ref().and_then(Text::as_literal) != Some("4") {
        let message = format!("this state has version {}", version.unwrap_or_default());
        let span = tree.get("version").map_or(tree.span, |node| node.span);
        problems.at(ProblemKind::NotUnderstood, Severity::Broken, message, span).help(
            "gatecrash reads version 4, which Terraform writes since 0.12; what else it holds is unknown",
        );
    }
    let mut resources = Vec::new();
    for resource in items(tree.get("resources")) {
        let (Some(kind), Some(name)) = (literal(resource, "type"), literal(resource, "name")) else {
            not_understood(resource, "a state", &mut problems);
            continue;
        };
        let module = literal(resource, "module").map_or_else(String::new, |module| format!("{module}."));
        let data = if literal(resource, "mode") == Some("data") { "data." } else { "" };
        let span = resource.get("type").map_or(resource.span, |node| node.span);
        for instance in items(resource.get("instances")) {
            let index = match instance.get("index_key").map(|key| &key.value) {
                Some(Value::Number(digits)) => format!("[{digits}]"),
                Some(Value::Text(key)) => {
                    format!("[{}]", serde_json::Value::from(key.as_literal().unwrap_or_default()))
                }
                _ => String::new(),
            };
            let deposed =
                literal(instance, "deposed").map_or_else(String::new, |key| format!(" (deposed {key})"));
            let Some(values) = instance.get("attributes") else {
                not_understood(instance, "a state", &mut problems);
                continue;
            };
            let address = format!("{module}{data}{kind}.{name}{index}{deposed}");
            resources.push(Resource { address, values, resource, span });
        }
    }
    (recorded(&resources, tree.span, options, &mut problems), problems)
}

fn recorded(resources: &[Resource<'_>], whole: Span, options: &Options, problems: &mut Problems) -> Recorded {
    let mut configuration = Configuration::default();
    let known: Vec<_> = resources
        .iter()
        .filter_map(|one| Some((mode(one.resource)?, literal(one.resource, "type")?, one.values)))
        .collect();
    let account = account_of(&known);
    if let Some((account, from, span)) = &account {
        own(&mut configuration, account, from, *span);
    }
    let region = region_of(&known);
    let home = Home { region, account: account.map(|(account, ..)| Text::from(account)), version: None };
    for one in resources {
        if configuration.instances.len() >= INSTANCES {
            problems
                .at(
                    ProblemKind::Limit,
                    Severity::Broken,
                    format!("this file records more than {INSTANCES} resources"),
                    one.span,
                )
                .help("read its parts on their own; what follows is missing from answers");
            break;
        }
        let (Some(mode), Some(kind)) = (mode(one.resource), literal(one.resource, "type")) else {
            not_understood(one.resource, "a state", problems);
            continue;
        };
        let doubts = match entries(Some(one.values)).is_empty() && !matches!(one.values.value, Value::Map(_))
        {
            true => vec![Cause::at(CauseKind::NotModelled, "its attributes are no map", one.span)],
            false => Vec::new(),
        };
        configuration.instances.push(Instance {
            mode,
            kind: kind.to_owned(),
            address: one.address.clone(),
            span: one.span,
            body: written(one.values),
            ambient: Arc::new(home.ambient(one.values, options)),
            doubts,
        });
    }
    configuration.instances.sort_by(|a, b| a.address.cmp(&b.address));
    without_copies(&mut configuration.instances);
    let blocks = std::collections::BTreeSet::new();
    Recorded { configuration, says: Says::Deployed, blocks, span: Span::start_of(whole.file) }
}
