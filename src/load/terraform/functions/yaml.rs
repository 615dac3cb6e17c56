//! YAML as a value and back, as Terraform reads and writes it.

use crate::load::terraform::functions::encode::Printed;
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::load::terraform::yaml::{self, Unread};
use crate::node::{Key, Node, Value};
use crate::text::{Piece, Shape, Text};

pub(super) static TABLE: &[(&str, Function)] = &[("yamldecode", decode), ("yamlencode", encode)];

fn decode(call: &Call<'_>) -> Outcome {
    let given = call.arg(0)?;
    let text = call.text(0)?;
    let size: usize =
        text.pieces().iter().map(|piece| if let Piece::Lit(part) = piece { part.len() } else { 1 }).sum();
    if text.as_hole().is_some() || !call.scope.notes().labour(size) {
        return Err(Unsettled::Unknown);
    }
    yaml::read(&text, given.span, &given.origin).map_err(|unread| match unread {
        // What fills a hole may make YAML of it.
        Unread::Refused(_) if text.as_literal().is_none() => Unsettled::Unknown,
        Unread::Refused(message) => Unsettled::Refused(message.to_owned()),
        Unread::NotUnderstood => Unsettled::Unknown,
    })
}

/// Whether a value has only texts that are printed in one piece: long ones are folded. What fills a hole is printed as it is,
/// as [`super::encode`] does.
fn is_plain(node: &Node, depth: usize) -> bool {
    const FOLDED: usize = 40;
    let plain = |text: &Text| {
        let printed = |letter: char| !letter.is_control() && letter != '\u{feff}';
        let spaced = |part: &str| part.contains(' ');
        let parts = || {
            text.pieces()
                .iter()
                .filter_map(|piece| if let Piece::Lit(part) = piece { Some(part) } else { None })
        };
        let length: usize = parts().map(String::len).sum();
        parts().all(|part| part.chars().all(printed))
            && (length <= FOLDED || !parts().any(|part| spaced(part)))
    };
    let inner = depth.checked_sub(1);
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::Text(text) => plain(text),
        Value::List(items) => inner.is_some_and(|depth| items.iter().all(|item| is_plain(item, depth))),
        Value::Map(entries) => inner.is_some_and(|depth| {
            entries
                .iter()
                .all(|(key, value)| plain(&key.text) && key.text != Text::new() && is_plain(value, depth))
        }),
        Value::Unknown(_) => false,
    }
}

fn encode(call: &Call<'_>) -> Outcome {
    let node = call.arg(0)?;
    if !is_plain(node, 12) {
        return Ok(call.text_hole(Shape::Any));
    }
    let mut out = Printed::default();
    match &node.value {
        Value::List(items) if !items.is_empty() => list(&mut out, items, 0),
        Value::Map(entries) if !entries.is_empty() => map(&mut out, entries, 0),
        Value::Text(_) | Value::List(_) | Value::Map(_) | Value::Unknown(_) => {
            scalar(&mut out, node);
            out.push("\n");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            scalar(&mut out, node);
            out.push("\n...\n");
        }
    }
    Ok(out.node(call.span))
}

fn quoted(out: &mut Printed, text: &Text) {
    out.push("\"");
    for piece in text.pieces() {
        match piece {
            Piece::Lit(part) => out.push(&part.replace('\\', "\\\\").replace('"', "\\\"")),
            Piece::Hole(hole) => out.hole(hole),
        }
    }
    out.push("\"");
}

fn scalar(out: &mut Printed, node: &Node) {
    out.mark(node.span);
    match &node.value {
        Value::Null | Value::Unknown(_) => out.push("null"),
        Value::Bool(value) => out.push(if *value { "true" } else { "false" }),
        Value::Number(digits) => out.push(digits),
        Value::Text(text) => quoted(out, text),
        Value::List(_) => out.push("[]"),
        Value::Map(_) => out.push("{}"),
    }
}

/// A list in block form, keys and texts in quotes
fn list(out: &mut Printed, items: &[Node], depth: usize) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(&"  ".repeat(depth));
        }
        out.mark(item.span);
        out.push("- ");
        match &item.value {
            Value::List(inner) if !inner.is_empty() => list(out, inner, depth + 1),
            Value::Map(inner) if !inner.is_empty() => map(out, inner, depth + 1),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Unknown(_) => {
                scalar(out, item);
                out.push("\n");
            }
        }
    }
}

fn map(out: &mut Printed, entries: &[(Key, Node)], depth: usize) {
    let mut entries: Vec<&(Key, Node)> = entries.iter().collect();
    entries.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
    for (at, (key, value)) in entries.into_iter().enumerate() {
        if at > 0 {
            out.push(&"  ".repeat(depth));
        }
        out.mark(key.span);
        quoted(out, &key.text);
        out.push(":");
        let indent = |depth: usize| format!("\n{}", "  ".repeat(depth));
        match &value.value {
            // The items of a list stand below its key, those of a map further in.
            Value::List(inner) if !inner.is_empty() => {
                out.push(&indent(depth));
                list(out, inner, depth);
            }
            Value::Map(inner) if !inner.is_empty() => {
                out.push(&indent(depth + 1));
                map(out, inner, depth + 1);
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Unknown(_) => {
                out.push(" ");
                scalar(out, value);
                out.push("\n");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::load::terraform::tests::value;

    #[test]
    fn aliases_that_double_end_at_a_limit() {
        let mut text = String::from("a0: &a0 [x, x]\n");
        for n in 1..40 {
            let before = n - 1;
            text.push_str(&format!("a{n}: &a{n} [*a{before}, *a{before}]\n"));
        }
        let text = text.escape_default().to_string();
        assert!(value(&format!("yamldecode(\"{text}\")")).starts_with("yamldecode("));
    }

    #[test]
    fn what_is_no_yaml_or_needs_more_than_is_read_is_unknown() {
        for text in ["[", "*a", "&a [*a]", "a: !Ref b", "[1]: 2", "a: .inf", "---\\na\\n---\\nb"] {
            let call = format!("yamldecode(\"{text}\")");
            assert!(value(&call).starts_with("yamldecode("), "{text}: {}", value(&call));
        }
        assert_eq!(value("yamldecode(\"a: 2020-01-01 10:00:00\").a"), "the time 2020-01-01 10:00:00");
    }

    #[test]
    fn yaml_that_is_not_known_or_folded_is_a_hole() {
        for argument in ["{ a = var.env }", "{ a = \"x\\ny\" }", "join(\" \", range(30))"] {
            assert!(
                value(&format!("\"${{yamlencode({argument})}}-\"")).starts_with("\"${yamlencode("),
                "{argument}"
            );
        }
    }
}
