//! What blocks read that the configuration inside a plan does not show: the number of a dynamic block, a local.
//!
//! A plan lists which attributes its changes rest on (`relevant_attributes` \[internals/json-format: plan
//! representation\]). One that no written expression of its module refers to is read by something that is not written there.
//! Must not know: what a resource type means.

use std::collections::{BTreeMap, BTreeSet};

use super::Planned;
use super::expressions::{Scope, resource_start};
use crate::load::terraform_json::{base, entries, items, literal, literal_of};
use crate::node::{Node, Value};

/// By the module that it stands in, an unknown attribute that something reads which the plan does not show
pub(super) fn readings(tree: &Node, planned: &BTreeMap<String, Planned<'_>>) -> BTreeMap<String, String> {
    let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut out = BTreeMap::new();
    for relevant in items(tree.get("relevant_attributes")) {
        let Some(address) = literal(relevant, "resource") else { continue };
        let attribute = items(relevant.get("attribute")).first().and_then(literal_of).unwrap_or_default();
        if planned.get(address).is_some_and(|one| is_known(one, attribute)) {
            continue;
        }
        let resource = resource_start(address);
        let (module, resource) = address.split_at_checked(resource).unwrap_or(("", address));
        let module = base(module);
        if out.contains_key(&module) {
            continue;
        }
        let known = written.entry(module.clone()).or_insert_with(|| {
            let mut found = BTreeSet::new();
            if let Some(module) = Scope::of(module.trim_end_matches('.')).module(tree) {
                references(module, &mut found);
            }
            found
        });
        let resource = base(resource);
        let name = if attribute.is_empty() { resource.clone() } else { format!("{resource}.{attribute}") };
        // A reference to the whole reads each attribute; the start of a longer one stands beside it.
        let longer = format!("{resource}.");
        let whole = known.contains(&resource) && !known.iter().any(|one| one.starts_with(&longer));
        let parts = format!("{name}.");
        if !whole && !known.contains(&name) && !known.iter().any(|one| one.starts_with(&parts)) {
            out.insert(module, name);
        }
    }
    out
}

/// Whether a plan knows an attribute
fn is_known(planned: &Planned<'_>, attribute: &str) -> bool {
    let unknown = planned.unknown.and_then(|unknown| unknown.get(attribute));
    let after = planned.after.get(attribute).is_some_and(|node| node.value != Value::Null);
    after && unknown.is_none_or(|unknown| unknown.value == Value::Bool(false))
}

/// Every reference that a module writes, without keys; not those of the modules that it calls
fn references(module: &Node, out: &mut BTreeSet<String>) {
    let mut open: Vec<&Node> = vec![module];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::List(items) => open.extend(items),
            Value::Map(_) => {
                let names = items(node.get("references")).iter().filter_map(literal_of);
                out.extend(names.map(base));
                let inner = entries(Some(node)).iter();
                let inner = inner.filter(|(key, _)| key.text.as_literal() != Some("module"));
                open.extend(inner.map(|(_, node)| node));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {}
        }
    }
}
