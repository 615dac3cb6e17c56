//! YAML as values: plain ones, aliases as copies of what they stand for, holes in their places.
//!
//! Knows: which plain words are numbers, booleans, dates, as Terraform reads them. Must not know: what a document is for.
//! Copies are counted, because a few lines of input can ask for any amount of them. What is not understood is refused as
//! a whole.

use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

use crate::load::terraform::compare;
use crate::node::{Key, Node, Origin, Value};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Piece, Shape, Text};

/// Most values that a document gives, aliases counted as what they stand for
const MOST: usize = 100_000;
/// How deep values may nest
const DEPTH: usize = 100;

/// Why a text gives no value
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is no YAML
    Refused(&'static str),
    /// It may be, but not all of it is understood
    NotUnderstood,
}

/// Reads the one document of a text
///
/// # Errors
///
/// It is no YAML, holds several documents, or says what is not understood here.
pub(super) fn read(text: &Text, span: Span, origin: &Origin) -> Result<Node, Unread> {
    let written = Written::new(text).ok_or(Unread::NotUnderstood)?;
    let place = |range: Option<Range<usize>>| match range {
        Some(range) => origin.place(span, written.literal(range.start), written.literal(range.end)),
        None => span,
    };
    let mut tree =
        Tree { written: &written, anchors: BTreeMap::new(), open: Vec::new(), whole: None, made: 0 };
    for event in Parser::new_from_str(&written.text) {
        let (event, span) = event.map_err(|_| Unread::Refused("this text is not YAML"))?;
        tree.event(event, place(span.byte_range()))?;
    }
    tree.whole.ok_or(Unread::Refused("this text holds no YAML document"))
}

/// A text as the parser sees it: a hole is written as its number between two letters that stand nowhere else in the text,
/// so that no text can forge one
struct Written<'t> {
    text: String,
    letter: char,
    holes: Vec<&'t Hole>,
    /// Where each hole is written
    ranges: Vec<Range<usize>>,
}

impl<'t> Written<'t> {
    /// `None` where every such letter is taken
    fn new(text: &'t Text) -> Option<Self> {
        let has =
            |letter: char| move |piece: &Piece| matches!(piece, Piece::Lit(part) if part.contains(letter));
        let letter = ('\u{e000}'..='\u{e0ff}').find(|letter| !text.pieces().iter().any(has(*letter)))?;
        let mut written = Self { text: String::new(), letter, holes: Vec::new(), ranges: Vec::new() };
        for piece in text.pieces() {
            match piece {
                Piece::Lit(part) => written.text.push_str(part),
                Piece::Hole(hole) => {
                    let start = written.text.len();
                    written.text.push_str(&format!("{letter}{}{letter}", written.holes.len()));
                    written.holes.push(hole);
                    written.ranges.push(start..written.text.len());
                }
            }
        }
        Some(written)
    }

    /// How many bytes of literal text stand before a byte of what the parser sees
    fn literal(&self, at: usize) -> usize {
        let before = self.ranges.partition_point(|range| range.start < at);
        let holes = self.ranges.iter().take(before).map(|range| range.end.min(at) - range.start);
        at - holes.sum::<usize>()
    }

    /// A scalar with its holes in their places
    fn read(&self, scalar: &str) -> Text {
        let mut text = Text::new();
        for (at, part) in scalar.split(self.letter).enumerate() {
            let hole =
                if at % 2 == 1 { part.parse().ok().and_then(|nth: usize| self.holes.get(nth)) } else { None };
            match hole {
                Some(hole) => text.push_hole((*hole).clone()),
                None => text.push_str(part),
            }
        }
        text
    }
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

struct Tree<'t> {
    written: &'t Written<'t>,
    /// Whole values with an anchor, and how many values each is
    anchors: BTreeMap<usize, (Node, usize)>,
    open: Vec<Open>,
    whole: Option<Node>,
    made: usize,
}

impl Tree<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other events give no value")]
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Unread> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| (tag.handle().to_owned(), tag.suffix().to_owned()));
                let text = self.written.read(&text);
                let value = match text.as_literal() {
                    Some(literal) => scalar(literal, style, tag.as_ref())?,
                    None => with_holes(text, style, tag.is_some())?,
                };
                let node = Node::new(value, span);
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
                    return Err(Unread::Refused("an alias of a value that holds it"));
                };
                self.value(node, 0, size)
            }
            Event::DocumentStart(..) if self.whole.is_some() => {
                Err(Unread::Refused("this text holds several YAML documents"))
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, value: Value, anchor: usize, tagged: bool, span: Span) -> Result<(), Unread> {
        let key_wanted = self.open.last().is_some_and(Open::wants_key);
        if tagged || key_wanted || self.open.len() >= DEPTH {
            return Err(Unread::NotUnderstood);
        }
        self.open.push(Open { node: Node::new(value, span), anchor, key: None, merged: Vec::new() });
        Ok(())
    }

    /// A whole value, in its place
    fn value(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Unread> {
        self.made += size;
        if self.made > MOST {
            return Err(Unread::NotUnderstood);
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
                    let text = text.ok_or(Unread::NotUnderstood)?;
                    open.key = Some(Key { text, span: node.span });
                }
                Some(key) if key.text.as_literal() == Some("<<") => {
                    for map in node.one_or_many() {
                        let Value::Map(more) = &map.value else { return Err(Unread::NotUnderstood) };
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

/// What a scalar with holes is: a plain one that is nothing else may be of any type
fn with_holes(text: Text, style: ScalarStyle, tagged: bool) -> Result<Value, Unread> {
    if tagged {
        return Err(Unread::NotUnderstood);
    }
    Ok(match text.as_hole() {
        Some(hole) if style == ScalarStyle::Plain && hole.shape() == Shape::Any => {
            Value::Unknown(hole.clone())
        }
        Some(_) | None => Value::Text(text),
    })
}

static TRUE: &[&str] = &["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
static FALSE: &[&str] = &["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
static NULL: &[&str] = &["", "~", "null", "Null", "NULL"];

/// What a scalar is: quoted ones are text, of plain ones the word decides
fn scalar(text: &str, style: ScalarStyle, tag: Option<&(String, String)>) -> Result<Value, Unread> {
    let literal = || Value::Text(Text::from(text));
    match tag.map(|(handle, suffix)| format!("{handle}{suffix}")).as_deref() {
        None => {}
        Some("!" | "tag:yaml.org,2002:str") => return Ok(literal()),
        Some("tag:yaml.org,2002:int" | "tag:yaml.org,2002:float") => {
            return number(text).map(Value::Number).ok_or(Unread::NotUnderstood);
        }
        // Terraform knows few others, and refuses the rest.
        Some(_) => return Err(Unread::NotUnderstood),
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
        return Err(Unread::NotUnderstood);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &Text) -> Result<Node, Unread> {
        read(text, Span::NOWHERE, &Origin::Whole)
    }

    fn said(node: &Node, key: &str) -> String {
        match node.get(key).map(|node| &node.value) {
            Some(Value::Text(text)) => format!("{text:?}"),
            Some(other) => format!("{other:?}"),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn holes_keep_their_places() {
        let hole = || Hole::input("var.x");
        let text =
            Text::from("a: arn:").with(hole()).with("/y\nb: \"").with(hole()).with("\"\nc: ").with(hole());
        let node = read_all(&text).expect("YAML");
        assert_eq!(said(&node, "a"), "\"arn:⟨var.x⟩/y\"");
        assert_eq!(said(&node, "b"), "\"⟨var.x⟩\"");
        assert_eq!(said(&node, "c"), "Unknown(⟨var.x⟩)");
    }

    #[test]
    fn no_text_forges_a_hole() {
        let text = Text::from("a: \u{e000}0\u{e000}\nb: ").with(Hole::input("var.x")).with("-");
        let node = read_all(&text).expect("YAML");
        assert_eq!(said(&node, "a"), "\"\u{e000}0\u{e000}\"");
        assert_eq!(said(&node, "b"), "\"⟨var.x⟩-\"");
        let every: String = ('\u{e000}'..='\u{e0ff}').collect();
        let text = Text::from(every).with(Hole::input("var.x"));
        assert_eq!(read_all(&text), Err(Unread::NotUnderstood));
    }

    #[test]
    fn holes_take_no_bytes_of_a_place() {
        let text = Text::from("a: ").with(Hole::input("var.long_name")).with("\nb: x\n");
        let file = crate::source::Sources::default().add("a.yaml", "");
        let origin = Origin::Runs(std::sync::Arc::from(vec![
            (0, Span::new(file, 0, 3)),
            (3, Span::new(file, 20, 40)),
        ]));
        let node = read(&text, Span::NOWHERE, &origin).expect("YAML");
        let place = node.get("b").map(|node| (node.span.start, node.span.end));
        assert_eq!(place, Some((24, 25)));
    }
}
