//! A document that an argument holds as text, in JSON or YAML: an API's body, a state machine, a template.
//!
//! Must not know: what it says.

use crate::load::json;
use crate::load::terraform::yaml;
use crate::node::{Node, Value};
use crate::text::Text;

/// The document; `None` where it is neither, or not known
pub(super) fn read(argument: &Node) -> Option<Node> {
    match &argument.value {
        Value::Map(_) => Some(argument.clone()),
        Value::Text(text) if text.as_hole().is_none() => {
            let tree = match json::read(text, argument.span, &argument.origin).0 {
                Some(tree) => Some(tree),
                // What is broken JSON may be YAML, but nobody writes it so.
                None if is_in_braces(text) => None,
                None => yaml::read(text, argument.span, &argument.origin).ok(),
            };
            tree.filter(|tree| matches!(tree.value, Value::Map(_)))
        }
        Value::Text(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::List(_)
        | Value::Unknown(_) => None,
    }
}

fn is_in_braces(text: &Text) -> bool {
    text.strip_prefix("{").is_some()
}
