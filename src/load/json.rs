//! JSON to a tree of values with places, also JSON text that has holes.
//!
//! Knows: JSON \[RFC 8259\]. Must not know: what the values mean, or where holes come from.
//! Own, because the text may have holes, keeps duplicate keys, and every value needs a place in a file that may
//! not even be JSON: a heredoc, or a `jsonencode` call.

use std::sync::Arc;

use crate::node::{Key, Node, Origin, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};
use crate::text::{Hole, Piece, Text};

/// How deep lists and objects may nest
const DEPTH: usize = 100;
/// How many values one document may have
const VALUES: usize = 250_000;
/// How many values a file of its own may have: Terraform's plans are large
const VALUES_OF_FILE: usize = 1_500_000;

/// Reads JSON that stands in a text with holes; `origin` maps its bytes back to the file
///
/// A hole inside a string is a piece of that string; a hole in the place of a value is an unknown value; a hole
/// anywhere else may bring any structure, so the whole is unknown. `None` where the text is not JSON at all: one
/// problem says so.
#[must_use]
pub fn read(text: &Text, span: Span, origin: &Origin) -> (Option<Node>, Problems) {
    within(text, span, origin, VALUES)
}

/// Reads a file that is JSON; every value has its own place in it
#[must_use]
pub fn file(text: &str, file: FileId) -> (Option<Node>, Problems) {
    let whole = Span::new(file, 0, text.len());
    let origin = Origin::Runs(Arc::from([(0, whole)]));
    within(&Text::from(text), whole, &origin, VALUES_OF_FILE)
}

fn within(text: &Text, span: Span, origin: &Origin, most: usize) -> (Option<Node>, Problems) {
    let mut problems = Problems::default();
    let mut literal = String::new();
    let mut holes = Vec::new();
    for piece in text.pieces() {
        match piece {
            Piece::Lit(part) => literal.push_str(part),
            Piece::Hole(hole) => holes.push((literal.len(), hole)),
        }
    }
    let mut reader = Reader {
        bytes: literal.as_bytes(),
        holes: &holes,
        at: 0,
        hole: 0,
        values: 0,
        most,
        whole: span,
        origin,
    };
    let node = match reader.document() {
        Ok(node) => Some(node),
        Err(Stop::Unknown(hole)) => Some(Node::new(Value::Unknown(hole), span)),
        Err(Stop::Broken(message)) => {
            let at = reader.at;
            let place = origin.place(span, at, at);
            problems
                .at(ProblemKind::Syntax, Severity::Broken, format!("this is not JSON: {message}"), place)
                .help("correct it; until then everything that rests on it is unknown");
            None
        }
        Err(Stop::Limit(message)) => {
            let place = origin.place(span, reader.at, reader.at);
            problems
                .at(ProblemKind::Limit, Severity::Broken, message, place)
                .help("shorten it; until then everything that rests on it is unknown");
            None
        }
    };
    (node, problems)
}

/// Why reading ends early
enum Stop {
    /// A hole stands where it may bring any structure
    Unknown(Hole),
    /// It is not JSON
    Broken(String),
    /// Too many levels or values
    Limit(String),
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// Each hole with the literal byte before which it stands
    holes: &'a [(usize, &'a Hole)],
    at: usize,
    /// How many holes are behind
    hole: usize,
    /// How many values were read
    values: usize,
    /// How many may be read
    most: usize,
    whole: Span,
    origin: &'a Origin,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Node, Stop> {
        let node = self.value(0)?;
        self.space()?;
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.unexpected("the end")),
        }
    }

    /// The hole that stands here, if one does
    fn hole_here(&self) -> Option<&Hole> {
        self.holes.get(self.hole).filter(|(at, _)| *at == self.at).map(|(_, hole)| *hole)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space up to the next hole or token
    fn blank(&mut self) {
        while self.hole_here().is_none() && matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Skips white space; a hole in it may bring anything
    fn space(&mut self) -> Result<(), Stop> {
        self.blank();
        match self.hole_here() {
            Some(hole) => Err(Stop::Unknown(hole.clone())),
            None => Ok(()),
        }
    }

    fn span(&self, from: usize) -> Span {
        self.origin.place(self.whole, from, self.at)
    }

    fn unexpected(&self, expected: &str) -> Stop {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let found = String::from_utf8_lossy(rest.get(..rest.len().min(4)).unwrap_or_default());
        Stop::Broken(match found.chars().next() {
            Some(found) => format!("expected {expected}, found `{}`", found.escape_default()),
            None => format!("expected {expected}, found the end"),
        })
    }

    fn value(&mut self, depth: usize) -> Result<Node, Stop> {
        if depth > DEPTH {
            return Err(Stop::Limit(format!("this JSON nests more than {DEPTH} levels")));
        }
        self.values += 1;
        if self.values > self.most {
            return Err(Stop::Limit(format!("this JSON has more than {} values", self.most)));
        }
        self.blank();
        let from = self.at;
        if let Some(hole) = self.hole_here().cloned() {
            self.hole += 1;
            self.blank();
            // Alone in the place of a value; beside anything else it is part of something larger.
            return match self.peek() {
                None | Some(b',' | b']' | b'}') if self.hole_here().is_none() => {
                    let span = self.origin.place(self.whole, from, from);
                    Ok(Node::new(Value::Unknown(hole), span))
                }
                _ => Err(Stop::Unknown(hole)),
            };
        }
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node::new(value, self.span(from)))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Stop> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.jump(end)?;
        Ok(value)
    }

    /// Goes on to a byte of the same token; a hole on the way may make it another token
    fn jump(&mut self, end: usize) -> Result<(), Stop> {
        if let Some((at, hole)) = self.holes.get(self.hole)
            && *at < end
        {
            return Err(Stop::Unknown((*hole).clone()));
        }
        self.at = end;
        Ok(())
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let from = self.at;
        let byte = |at: usize| self.bytes.get(at).copied();
        let digits = |mut at: usize| {
            let start = at;
            while byte(at).is_some_and(|b| b.is_ascii_digit()) {
                at += 1;
            }
            (at > start).then_some(at)
        };
        let mut end = from + usize::from(byte(from) == Some(b'-'));
        end = match byte(end) {
            Some(b'0') => end + 1,
            _ => digits(end).ok_or_else(|| self.unexpected("a number"))?,
        };
        if byte(end) == Some(b'.') {
            end = digits(end + 1).ok_or_else(|| self.unexpected("a number"))?;
        }
        if matches!(byte(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(byte(end + 1), Some(b'+' | b'-')));
            end = digits(end + 1 + sign).ok_or_else(|| self.unexpected("a number"))?;
        }
        self.jump(end)?;
        if let Some(hole) = self.hole_here() {
            return Err(Stop::Unknown(hole.clone()));
        }
        let digits = self.bytes.get(from..end).unwrap_or_default();
        Ok(Value::Number(String::from_utf8_lossy(digits).into_owned()))
    }

    fn array(&mut self, depth: usize) -> Result<Value, Stop> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.hole_here().is_none() && self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::List(items));
                }
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Stop> {
        self.at += 1;
        let mut entries = Vec::new();
        self.space()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Map(entries));
        }
        loop {
            self.space()?;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let from = self.at;
            let text = self.string()?;
            let key = Key { text, span: self.span(from) };
            self.space()?;
            if self.peek() != Some(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.at += 1;
            entries.push((key, self.value(depth + 1)?));
            self.space()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Map(entries));
                }
                _ => return Err(self.unexpected("`,` or `}`")),
            }
        }
    }

    fn string(&mut self) -> Result<Text, Stop> {
        self.at += 1;
        let mut text = Text::new();
        loop {
            while let Some(hole) = self.hole_here().cloned() {
                text.push_hole(hole);
                self.hole += 1;
            }
            // Up to the next hole, quote or escape; all three are ASCII boundaries or boundaries of pieces
            let limit = self.holes.get(self.hole).map_or(self.bytes.len(), |(at, _)| *at);
            let rest = self.bytes.get(self.at..limit).unwrap_or_default();
            let plain = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
            text.push_str(&String::from_utf8_lossy(rest.get(..plain).unwrap_or_default()));
            self.at += plain;
            if self.at == limit && limit < self.bytes.len() && plain == rest.len() {
                continue;
            }
            match self.peek() {
                Some(b'"') if plain < rest.len() => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') if plain < rest.len() => text.push_str(self.escape()?.encode_utf8(&mut [0; 4])),
                Some(_) if plain < rest.len() => {
                    return Err(Stop::Broken("a string goes on over the end of its line".to_owned()));
                }
                _ if self.hole_here().is_some() => {}
                _ => return Err(Stop::Broken("a string has no end".to_owned())),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        let letter = self.bytes.get(self.at + 1).copied();
        let plain = match letter {
            Some(b'u') => return self.unicode(),
            Some(b @ (b'"' | b'\\' | b'/')) => char::from(b),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(Stop::Broken("a string has an escape that JSON does not know".to_owned())),
        };
        self.jump(self.at + 2)?;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, Stop> {
        let unit = |at: usize| {
            let digits = self.bytes.get(at..at + 6)?;
            let hex = digits.strip_prefix(b"\\u")?;
            let hex =
                std::str::from_utf8(hex).ok().filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
            u32::from_str_radix(hex, 16).ok()
        };
        let first = unit(self.at)
            .ok_or_else(|| Stop::Broken("a string has `\\u` without four hexadecimal digits".to_owned()))?;
        let second = unit(self.at + 6);
        let (code, length) = match (first, second) {
            (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) => {
                (0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00), 12)
            }
            _ => (first, 6),
        };
        self.jump(self.at + length)?;
        // A lone surrogate is no character; AWS replaces it as well.
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    fn span() -> (Sources, Span) {
        let mut sources = Sources::default();
        let file = sources.add("a.tf", "x\n".repeat(50));
        (sources, Span::new(file, 0, 1))
    }

    fn good(text: &Text) -> Node {
        let (node, problems) = read(text, span().1, &Origin::Whole);
        assert!(problems.is_empty(), "{problems:?}");
        node.expect("a node")
    }

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::from_str(n).expect("digits"),
            Value::Text(t) => t.as_literal().expect("literal").into(),
            Value::List(items) => items.iter().map(plain).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|(k, v)| (k.text.as_literal().expect("literal").to_owned(), plain(v)))
                    .collect(),
            ),
            Value::Unknown(_) => panic!("unknown"),
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(value in json()) {
            prop_assert_eq!(plain(&good(&Text::from(value.to_string()))), value.clone());
            let pretty = serde_json::to_string_pretty(&value).expect("printed");
            prop_assert_eq!(plain(&good(&Text::from(pretty))), value);
        }

        #[test]
        fn no_text_makes_it_panic(parts in prop::collection::vec("[{}\\[\\],:\"\\\\utrue0-9. \n]{0,6}", 0..8)) {
            let mut text = Text::new();
            for part in parts {
                text.push_str(&part);
                text.push_hole(Hole::input("var.x"));
            }
            let _ = read(&text, span().1, &Origin::Whole);
        }
    }

    #[test]
    fn a_hole_in_a_string_is_a_piece_of_it() {
        let hole = Hole::input("var.b");
        let node = good(&Text::from(r#"{"a": "x"#).with(hole.clone()).with(r#"y", "c": 1}"#));
        let text = node.get("a").and_then(Node::as_text).expect("text");
        assert_eq!(text, Text::from("x").with(hole).with("y"));
        assert!(node.get("c").is_some());
    }

    #[test]
    fn a_hole_at_the_ends_of_a_string_is_a_piece_of_it() {
        let (a, b) = (Hole::input("a"), Hole::input("b"));
        let node = good(&Text::from("[\"").with(a.clone()).with(b.clone()).with("\"]"));
        let Value::List(items) = &node.value else { panic!("a list") };
        assert_eq!(items[0].value, Value::Text(Text::from(a).with(b)));
    }

    #[test]
    fn a_hole_in_the_place_of_a_value_is_an_unknown_value() {
        let hole = Hole::input("var.b");
        let node = good(
            &Text::from(r#"{"a": "#).with(hole.clone()).with(r#", "b": ["#).with(hole.clone()).with("]}"),
        );
        assert_eq!(node.get("a").map(|n| &n.value), Some(&Value::Unknown(hole.clone())));
        assert_eq!(good(&Text::from(hole.clone())).value, Value::Unknown(hole));
    }

    #[test]
    fn a_hole_between_values_makes_the_whole_unknown() {
        let hole = Hole::input("join()");
        for text in [
            Text::from("[1 ").with(hole.clone()).with("]"),
            Text::from("{").with(hole.clone()).with("}"),
            Text::from("[1").with(hole.clone()).with("]"),
            Text::from("[").with(hole.clone()).with("1]"),
            Text::from("{\"a\\").with(hole.clone()).with("\": 1}"),
            Text::from("{\"a\": tr").with(hole.clone()).with("ue}"),
        ] {
            assert_eq!(good(&text).value, Value::Unknown(hole.clone()), "{text}");
        }
    }

    #[test]
    fn a_missing_comma_costs_one_problem_at_its_line() {
        let (sources, whole) = span();
        let file = whole.file;
        let text = "{\n  \"a\": 1\n  \"b\": 2\n}";
        // Line n of the text stands at line n + 10 of the file
        let runs: Vec<(usize, Span)> =
            [(0, 20), (2, 22), (11, 24), (20, 26)].map(|(at, to)| (at, Span::new(file, to, to + 1))).into();
        let (node, problems) = read(&Text::from(text), whole, &Origin::Runs(runs.into()));
        assert!(node.is_none());
        let problem = problems.iter().next().expect("a problem");
        assert_eq!((problem.kind, problem.severity), (ProblemKind::Syntax, Severity::Broken));
        assert_eq!(sources.place(problem.span.expect("a place")).line, 13);
    }

    #[test]
    fn duplicate_keys_are_kept_and_the_last_counts() {
        let node = good(&Text::from(r#"{"a": 1, "a": 2}"#));
        let Value::Map(entries) = &node.value else { panic!("a map") };
        assert_eq!(entries.len(), 2);
        assert_eq!(node.get("a").map(|n| &n.value), Some(&Value::Number("2".into())));
    }

    #[test]
    fn deep_nesting_is_a_limit_and_no_overflow() {
        let (node, problems) = read(&Text::from("[".repeat(100_000)), span().1, &Origin::Whole);
        assert!(node.is_none());
        assert_eq!(problems.iter().next().map(|p| p.kind), Some(ProblemKind::Limit));
    }

    #[test]
    fn what_is_not_json_is_one_broken_problem() {
        for text in ["", "{", "[1,]", "{a: 1}", "\"", "01", "1 2", "tru", "\"\\x\"", "{\"a\" 1}"] {
            let (node, problems) = read(&Text::from(text), span().1, &Origin::Whole);
            assert!(node.is_none(), "{text}");
            assert_eq!(problems.iter().count(), 1, "{text}");
        }
    }
}
