//! YAML as values and back, as Terraform reads and writes it.
//!
//! Knows: which plain words are numbers, booleans, dates. An alias stands for a copy, and copies are counted, because a few lines
//! of input can ask for any amount of them. What is not understood is unknown.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle};

use crate::load::terraform::compare;
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::node::{Key, Node, Value};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};

pub(super) static TABLE: &[(&str, Function)] = &[("yamldecode", decode), ("yamlencode", encode)];

/// Most values that a document gives, aliases counted as what they stand for
const MOST: usize = 100_000;
/// How deep values may nest
const DEPTH: usize = 100;

fn decode(call: &Call<'_>) -> Outcome {
    let given = call.arg(0)?;
    let text = call.text(0)?;
    let Some(literal) = text.as_literal() else { return Err(Unsettled::Unknown) };
    if !call.scope.notes().labour(literal.len()) {
        return Err(Unsettled::Unknown);
    }
    let place = |range: Option<std::ops::Range<usize>>| match range {
        Some(range) => given.origin.place(given.span, range.start, range.end),
        None => given.span,
    };
    let mut tree = Tree { anchors: BTreeMap::new(), open: Vec::new(), whole: None, made: 0 };
    for event in Parser::new_from_str(literal) {
        let (event, span) = event.map_err(|_| Unsettled::Refused("this text is not YAML".to_owned()))?;
        tree.event(event, place(span.byte_range()))?;
    }
    tree.whole.ok_or_else(|| Unsettled::Refused("this text holds no YAML document".to_owned()))
}

/// A value that is being read
struct Open {
    node: Node,
    anchor: usize,
    /// The key whose value comes next
    key: Option<Key>,
    /// What `<<` brings in
    merged: Vec<(Key, Node)>,
}

struct Tree {
    /// Whole values with an anchor, and how many values each is
    anchors: BTreeMap<usize, (Node, usize)>,
    open: Vec<Open>,
    whole: Option<Node>,
    made: usize,
}

impl Tree {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other events give no value")]
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Unsettled> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| (tag.handle().to_owned(), tag.suffix().to_owned()));
                let node = Node::new(scalar(&text, style, tag.as_ref())?, span);
                self.value(node, anchor, 1)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(Value::List(Vec::new()), anchor, tag.is_some(), span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.start(Value::Map(Vec::new()), anchor, tag.is_some(), span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { mut node, anchor, key: _, merged }) = self.open.pop() else { return Ok(()) };
                if let Value::Map(entries) = &mut node.value {
                    // What is written counts over what is merged.
                    for (key, value) in merged {
                        if !entries.iter().any(|(known, _)| known.text == key.text) {
                            entries.push((key, value));
                        }
                    }
                }
                self.value(node, anchor, 1)
            }
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    return Err(Unsettled::Refused("an alias of a value that holds it".to_owned()));
                };
                self.value(node, 0, size)
            }
            Event::DocumentStart(..) if self.whole.is_some() => {
                Err(Unsettled::Refused("this text holds several YAML documents".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, value: Value, anchor: usize, tagged: bool, span: Span) -> Result<(), Unsettled> {
        let key_wanted = self.open.last().is_some_and(Open::wants_key);
        if tagged || key_wanted || self.open.len() >= DEPTH {
            return Err(Unsettled::Unknown);
        }
        self.open.push(Open { node: Node::new(value, span), anchor, key: None, merged: Vec::new() });
        Ok(())
    }

    /// A whole value, in its place
    fn value(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Unsettled> {
        self.made += size;
        if self.made > MOST {
            return Err(Unsettled::Unknown);
        }
        if anchor > 0 {
            let size = weight(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.open.last_mut() else {
            self.whole = Some(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                None => {
                    let text =
                        node.as_text().or_else(|| (node.value == Value::Null).then(|| Text::from("null")));
                    let text = text.ok_or(Unsettled::Unknown)?;
                    open.key = Some(Key { text, span: node.span });
                }
                Some(key) if key.text.as_literal() == Some("<<") => {
                    for map in node.one_or_many() {
                        let Value::Map(more) = &map.value else { return Err(Unsettled::Unknown) };
                        open.merged.extend(more.iter().cloned());
                    }
                }
                Some(key) => compare::insert(entries, (key, node)),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {}
        }
        Ok(())
    }
}

impl Open {
    fn wants_key(&self) -> bool {
        matches!(self.node.value, Value::Map(_)) && self.key.is_none()
    }
}

fn weight(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| weight(value)).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => 1,
    }
}

static TRUE: &[&str] = &["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
static FALSE: &[&str] = &["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
static NULL: &[&str] = &["", "~", "null", "Null", "NULL"];

/// What a scalar is: quoted ones are text, of plain ones the word decides
fn scalar(text: &str, style: ScalarStyle, tag: Option<&(String, String)>) -> Result<Value, Unsettled> {
    let literal = || Value::Text(Text::from(text));
    match tag.map(|(handle, suffix)| format!("{handle}{suffix}")).as_deref() {
        None => {}
        Some("!" | "tag:yaml.org,2002:str") => return Ok(literal()),
        Some("tag:yaml.org,2002:int" | "tag:yaml.org,2002:float") => {
            return number(text).map(Value::Number).ok_or(Unsettled::Unknown);
        }
        // Terraform knows few others, and refuses the rest.
        Some(_) => return Err(Unsettled::Unknown),
    }
    if style != ScalarStyle::Plain {
        return Ok(literal());
    }
    if NULL.contains(&text) {
        return Ok(Value::Null);
    }
    if TRUE.contains(&text) || FALSE.contains(&text) {
        return Ok(Value::Bool(TRUE.contains(&text)));
    }
    if let Some(number) = number(text) {
        return Ok(Value::Number(number));
    }
    if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Err(Unsettled::Unknown);
    }
    Ok(date(text).unwrap_or_else(literal))
}

fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok().map(|number| format!("{sign}{number}"));
        }
    }
    let numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    let starts = digits.trim_start_matches('.').starts_with(|letter: char| letter.is_ascii_digit());
    if !starts || !digits.bytes().all(numeric) {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() < 16 {
        let digits = digits.trim_start_matches('0');
        return Some(if digits.is_empty() { "0".to_owned() } else { format!("{sign}{digits}") });
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some(compare::digits(number))
}

/// A plain date is a point in time to Terraform; one with a time of day is not spelled here
fn date(text: &str) -> Option<Value> {
    let mut parts = text.splitn(3, '-');
    let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(year, 4, 4) || !digits(month, 1, 2) {
        return None;
    }
    let day: String = rest.chars().take_while(char::is_ascii_digit).collect();
    if !digits(&day, 1, 2) {
        return None;
    }
    if day.len() < rest.len() {
        return Some(Value::Unknown(Hole::new(format!("the time {text}"), HoleKind::Input, Shape::Any)));
    }
    let number = |text: &str| text.parse::<i8>().ok();
    jiff::civil::Date::new(year.parse().ok()?, number(month)?, number(&day)?).ok()?;
    Some(Value::Text(Text::from(format!("{year}-{month:0>2}-{day:0>2}T00:00:00Z"))))
}

/// Whether a value is known and has only texts that are printed in one piece: long ones are folded
fn is_plain(node: &Node, depth: usize) -> bool {
    const FOLDED: usize = 40;
    let plain = |text: &Text| {
        let printed = |letter: char| !letter.is_control() && letter != '\u{feff}';
        text.as_literal()
            .is_some_and(|text| text.chars().all(printed) && (text.len() <= FOLDED || !text.contains(' ')))
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
        Value::List(items) if !items.is_empty() => out.list(items, 0),
        Value::Map(entries) if !entries.is_empty() => out.map(entries, 0),
        Value::Text(_) | Value::List(_) | Value::Map(_) | Value::Unknown(_) => {
            out.scalar(node);
            out.text.push('\n');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            out.scalar(node);
            out.text.push_str("\n...\n");
        }
    }
    Ok(Node::text(out.text, call.span))
}

/// YAML in blocks, keys and texts in quotes
#[derive(Default)]
struct Printed {
    text: String,
}

impl Printed {
    fn quoted(&mut self, text: &Text) {
        let literal = text.as_literal().unwrap_or_default();
        self.text.push('"');
        self.text.push_str(&literal.replace('\\', "\\\\").replace('"', "\\\""));
        self.text.push('"');
    }

    fn scalar(&mut self, node: &Node) {
        match &node.value {
            Value::Null | Value::Unknown(_) => self.text.push_str("null"),
            Value::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Value::Number(digits) => self.text.push_str(digits),
            Value::Text(text) => self.quoted(text),
            Value::List(_) => self.text.push_str("[]"),
            Value::Map(_) => self.text.push_str("{}"),
        }
    }

    fn list(&mut self, items: &[Node], depth: usize) {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.text.push_str(&"  ".repeat(depth));
            }
            self.text.push_str("- ");
            match &item.value {
                Value::List(inner) if !inner.is_empty() => self.list(inner, depth + 1),
                Value::Map(inner) if !inner.is_empty() => self.map(inner, depth + 1),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::List(_)
                | Value::Map(_)
                | Value::Unknown(_) => {
                    self.scalar(item);
                    self.text.push('\n');
                }
            }
        }
    }

    fn map(&mut self, entries: &[(Key, Node)], depth: usize) {
        let mut entries: Vec<&(Key, Node)> = entries.iter().collect();
        entries.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
        for (at, (key, value)) in entries.into_iter().enumerate() {
            if at > 0 {
                self.text.push_str(&"  ".repeat(depth));
            }
            self.quoted(&key.text);
            self.text.push(':');
            let indent = |depth: usize| format!("\n{}", "  ".repeat(depth));
            match &value.value {
                // The items of a list stand below its key, those of a map further in.
                Value::List(inner) if !inner.is_empty() => {
                    self.text.push_str(&indent(depth));
                    self.list(inner, depth);
                }
                Value::Map(inner) if !inner.is_empty() => {
                    self.text.push_str(&indent(depth + 1));
                    self.map(inner, depth + 1);
                }
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::List(_)
                | Value::Map(_)
                | Value::Unknown(_) => {
                    self.text.push(' ');
                    self.scalar(value);
                    self.text.push('\n');
                }
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
