//! What the configuration inside a plan writes: modules, blocks, and the references of expressions.
//!
//! Knows: addresses and the `configuration` part \[internals/json-format: configuration representation\]. Must not know:
//! any planned value. Templates, functions and locals are lost in this form: only references and constants are left.

use std::collections::BTreeMap;

use crate::load::terraform_json::{entries, items, literal};
use crate::node::{Node, Value};
use crate::text::Text;

/// The way from the root module to an instance of a module: names with `[0]` or `["a"]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope(Vec<(String, String)>);

impl Scope {
    /// The scope of a module's address: `` or `module.a["x"].module.b`
    pub(super) fn of(address: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = address;
        while let Some(after) = rest.strip_prefix("module.") {
            let (name, index, after) = step(after);
            parts.push((name.to_owned(), index.to_owned()));
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        Self(parts)
    }

    /// What addresses in it start with
    pub(super) fn prefix(&self) -> String {
        self.0.iter().map(|(name, index)| format!("module.{name}{index}.")).collect()
    }

    /// Its module in the configuration
    pub(super) fn module<'n>(&self, tree: &'n Node) -> Option<&'n Node> {
        let root = tree.get("configuration")?.get("root_module")?;
        self.0.iter().try_fold(root, |module, (name, _)| module.get("module_calls")?.get(name)?.get("module"))
    }

    /// The scope that calls it and the call; `None` for the root
    pub(super) fn call<'n>(&self, tree: &'n Node) -> Option<(Self, &'n Node)> {
        let ((name, _), above) = self.0.split_last()?;
        let above = Self(above.to_vec());
        let call = above.module(tree)?.get("module_calls")?.get(name)?;
        Some((above, call))
    }

    /// A module that it calls
    pub(super) fn below(&self, name: &str, index: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push((name.to_owned(), index.to_owned()));
        Self(parts)
    }
}

/// A name, its index, and what follows
pub(super) fn step(text: &str) -> (&str, &str, &str) {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if !rest.starts_with('[') {
        return (name, "", rest);
    }
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b']' if !quoted => {
                let (index, rest) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
                return (name, index, rest);
            }
            _ => {}
        }
    }
    (name, rest, "")
}

/// Where the resource begins in an address: after its modules
pub(super) fn resource_start(address: &str) -> usize {
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let (.., after) = step(after);
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => return address.len(),
        }
    }
    address.len() - rest.len()
}

/// How deep modules may call each other
const NESTING: usize = 64;

/// Every block that the configuration writes, by its address without keys
pub(super) fn blocks(tree: &Node) -> BTreeMap<String, &Node> {
    let mut out = BTreeMap::new();
    let root = tree.get("configuration").and_then(|written| written.get("root_module"));
    let mut open: Vec<(String, &Node, usize)> =
        root.map(|root| (String::new(), root, 0)).into_iter().collect();
    while let Some((prefix, module, depth)) = open.pop() {
        for block in items(module.get("resources")) {
            let (Some(kind), Some(name)) = (literal(block, "type"), literal(block, "name")) else { continue };
            let data = if literal(block, "mode") == Some("data") { "data." } else { "" };
            out.insert(format!("{prefix}{data}{kind}.{name}"), block);
        }
        for (name, call) in entries(module.get("module_calls")) {
            if let (Some(name), Some(below)) = (name.text.as_literal(), call.get("module"))
                && depth < NESTING
            {
                open.push((format!("{prefix}module.{name}."), below, depth + 1));
            }
        }
    }
    out
}

/// Whether this stands for one expression rather than for a block of them
pub(super) fn is_expression(node: &Node) -> bool {
    let Value::Map(entries) = &node.value else { return false };
    entries.iter().all(|(key, _)| matches!(key.text.as_literal(), Some("references" | "constant_value")))
}

/// What an expression refers to, each once, without what is only the start of another reference
pub(super) fn references(expression: &Node) -> Vec<String> {
    let all: Vec<String> = items(expression.get("references"))
        .iter()
        .filter_map(|node| node.as_text().as_ref().and_then(Text::as_literal).map(str::to_owned))
        .collect();
    let mut out: Vec<String> = Vec::new();
    for (at, reference) in all.iter().enumerate() {
        // A longer reference is followed by its starts; a start that stands alone means the whole.
        let longer = all.get(..at).unwrap_or_default().iter().any(|other| {
            other.strip_prefix(reference.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
        });
        if !longer && !out.contains(reference) {
            out.push(reference.clone());
        }
    }
    out
}

/// Whether a block of the configuration may be the one with these values: no constant of it differs
pub(super) fn may_be(block: &Node, values: &Node) -> bool {
    entries(Some(block)).iter().all(|(key, expression)| {
        let Some(name) = key.text.as_literal() else { return true };
        match (expression.get("constant_value"), values.get(name)) {
            (Some(constant), Some(value)) => match (constant.as_text(), value.as_text()) {
                (Some(constant), Some(value)) => constant == value,
                _ => true,
            },
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_at_dots_that_no_key_holds() {
        let address = r#"module.a["x.y]"].module.b[0].aws_sns_topic.t["module.z"]"#;
        let start = resource_start(address);
        assert_eq!(address.get(start..), Some(r#"aws_sns_topic.t["module.z"]"#));
        let scope = Scope::of(r#"module.a["x.y]"].module.b[0]"#);
        assert_eq!(scope.prefix(), r#"module.a["x.y]"].module.b[0]."#);
        assert_eq!(resource_start("data.aws_region.x"), 0);
        assert_eq!(step(r#"b["open"#), ("b", r#"["open"#, ""));
    }

    #[test]
    fn a_reference_that_only_starts_another_is_not_one_of_its_own() {
        let mut sources = crate::source::Sources::default();
        let text =
            r#"{"references": ["aws_x.y[0].arn", "aws_x.y[0]", "aws_x.y", "aws_x.yy", "var.a", "var.a"]}"#;
        let file = sources.add("p.json", text);
        let (node, _) = crate::load::json::file(text, file);
        assert_eq!(references(&node.unwrap()), ["aws_x.y[0].arn", "aws_x.yy", "var.a"]);
    }
}
