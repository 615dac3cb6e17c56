//! JSON as text and back: `jsonencode` keeps holes as pieces, and the place of every value that it prints.

use std::sync::Arc;

use crate::load::json;
use crate::load::terraform::functions::{Function, Unsettled};
use crate::node::{Node, Origin, Value};
use crate::source::Span;
use crate::text::{Hole, Piece, Text};

pub(super) static TABLE: &[(&str, Function)] = &[
    ("jsondecode", |call| {
        let arg = call.arg(0)?;
        let text = call.text(0)?;
        let (node, _) = json::read(&text, arg.span, &arg.origin);
        node.ok_or_else(|| Unsettled::Refused("this text is not JSON".to_owned()))
    }),
    ("jsonencode", |call| Ok(jsonencode(call.arg(0)?, call.span))),
];

/// A value as JSON text; each `{`, `[`, key and scalar keeps the place of its value
pub(in crate::load::terraform) fn jsonencode(node: &Node, span: Span) -> Node {
    let mut out = Printed::default();
    out.value(node);
    out.node(span)
}

/// Whether JSON, and Terraform's way with it, writes a text as it is
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 && !matches!(byte, b'"' | b'\\' | b'<' | b'>' | b'&' | 0x7f))
}

/// A value that is being printed, with the place of each of its parts
#[derive(Default)]
pub(super) struct Printed {
    text: Text,
    /// Bytes of the literal parts
    length: usize,
    runs: Vec<(usize, Span)>,
}

impl Printed {
    /// Characters as they stand
    pub(super) fn push(&mut self, part: &str) {
        self.length += part.len();
        self.text.push_str(part);
    }

    /// What fills the hole is printed as it is
    pub(super) fn hole(&mut self, hole: &Hole) {
        self.text.push_hole(hole.clone());
    }

    /// What is printed next stands there
    pub(super) fn mark(&mut self, span: Span) {
        match self.runs.last_mut() {
            // A hole takes no bytes: what follows it keeps the place.
            Some(last) if last.0 == self.length => last.1 = span,
            _ => self.runs.push((self.length, span)),
        }
    }

    /// The text, made by a call
    pub(super) fn node(self, span: Span) -> Node {
        Node { value: Value::Text(self.text), span, origin: Origin::Runs(Arc::from(self.runs)) }
    }

    /// The closing brace or bracket of a value
    fn close(&mut self, span: Span, part: &str) {
        self.mark(Span { start: span.end.saturating_sub(1).max(span.start), ..span });
        self.push(part);
    }

    fn string(&mut self, text: &Text) {
        self.push("\"");
        for piece in text.pieces() {
            match piece {
                Piece::Lit(part) if is_plain(part) => self.push(part),
                Piece::Lit(part) => {
                    let quoted = serde_json::Value::from(part.as_str()).to_string();
                    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                    let inner = inner.unwrap_or(&quoted);
                    if inner.contains(['<', '>', '&']) {
                        // As Terraform writes them [language/functions/jsonencode]
                        let escaped = inner.replace('<', "\\u003c").replace('>', "\\u003e");
                        self.push(&escaped.replace('&', "\\u0026"));
                    } else {
                        self.push(inner);
                    }
                }
                Piece::Hole(hole) => self.hole(hole),
            }
        }
        self.push("\"");
    }

    fn value(&mut self, node: &Node) {
        self.mark(node.span);
        match &node.value {
            Value::Null => self.push("null"),
            Value::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Value::Number(digits) => {
                // A number that was converted from text, or written as HCL but not as JSON
                let valid = serde_json::from_str::<&serde_json::value::RawValue>(digits).is_ok();
                let printed =
                    digits.parse::<f64>().map_or_else(|_| "null".to_owned(), |number| number.to_string());
                self.push(if valid { digits } else { &printed });
            }
            Value::Text(text) => self.string(text),
            Value::Unknown(hole) => self.hole(hole),
            Value::List(items) => {
                self.push("[");
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        self.push(",");
                    }
                    self.value(item);
                }
                self.close(node.span, "]");
            }
            Value::Map(entries) => {
                self.push("{");
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        self.push(",");
                    }
                    self.mark(key.span);
                    self.string(&key.text);
                    self.push(":");
                    self.value(value);
                }
                self.close(node.span, "}");
            }
        }
    }
}
