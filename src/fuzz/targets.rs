//! The bodies of the fuzz targets: bytes in, a panic where a law is broken.
//!
//! Bytes are read as text in a form that people can write too, so that seeds explain themselves: `<<name>>` is a hole.

use crate::aws::pattern::Way;
use crate::fuzz::laws;
use crate::load::{self, json};
use crate::node::Origin;
use crate::policy::parse;
use crate::source::{Sources, Span};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::build::build;

/// Bytes beyond which nothing new is found
const LONGEST: usize = 1 << 16;

/// A JSON document with holes: it is read, printed and read again, and says the same
///
/// # Panics
/// Where it does not
pub fn policy_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let span = Span::new(Sources::default().add("policy.json", ""), 0, text.len());
    let (node, _) = json::read(&with_holes(&text), span, &Origin::Whole);
    let Some(node) = node else { return };
    let (policy, _) = parse::policy(&node);
    hold(laws::print_then_parse(&policy));
}

/// The ways of matching, as the first line of an input names them
static WAYS: &[(&str, Way)] = &[
    ("like", Way::Like),
    ("like-ignoring-case", Way::LikeIgnoringCase),
    ("exact", Way::Exact),
    ("exact-ignoring-case", Way::ExactIgnoringCase),
    ("arn-like", Way::ArnLike),
    ("resource", Way::Resource),
];

/// Three lines: a way of matching, a pattern, a text; the pattern must be right about the text
///
/// # Panics
/// Where it is not
pub fn wildcard(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let mut lines = text.lines();
    let name = lines.next().unwrap_or("");
    let any = || {
        let nth = name.bytes().map(usize::from).sum::<usize>();
        WAYS.get(nth % WAYS.len())
    };
    let Some((_, way)) = WAYS.iter().find(|(known, _)| *known == name).or_else(any) else { return };
    let mut next = || {
        let line: String = lines.next().unwrap_or("").chars().take(120).collect();
        with_holes(&line)
    };
    let (pattern, text) = (next(), next());
    hold(laws::pattern_is_right(&pattern, &text, *way));
}

/// Files of a configuration, each after a line `=== PATH`: they are read without panic, and neither their order nor
/// that of their blocks says anything
///
/// # Panics
/// Where it does
pub fn terraform(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let files = files(&text);
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let loaded = load::embedded(&texts, &load::Options::default());
    // What is declared twice or does not close rests on the order; a problem says so.
    if loaded.problems.is_empty() {
        hold(laws::order_of_files_and_blocks_does_not_matter(&texts));
    }
    let _ = build(loaded.pieces, &[]);
}

/// The files of a text: what stands before the first `=== PATH` is `main.tf`
#[must_use]
pub fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("main.tf".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(path) => files.push((path.trim().to_owned(), String::new())),
            None => files.iter_mut().rev().take(1).for_each(|(_, text)| text.push_str(line)),
        }
    }
    files.retain(|(_, text)| !text.is_empty());
    files
}

/// `<<name>>` is a hole: `name` any name, `id` of two letters, `account` twelve digits, others anything; what starts with a
/// capital is made by AWS
#[must_use]
pub fn with_holes(text: &str) -> Text {
    let mut out = Text::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((name, after)) = after.split_once(">>") else { break };
        let kind = if name.starts_with(char::is_uppercase) { HoleKind::Generated } else { HoleKind::Input };
        let shape = match name.to_ascii_lowercase() {
            name if name.starts_with("name") => Shape::Name,
            name if name.starts_with("id") => Shape::Id(2),
            name if name.starts_with("account") => Shape::Account,
            _ => Shape::Any,
        };
        out.push_str(before);
        out.push_hole(Hole::new(name, kind, shape));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[expect(clippy::panic, reason = "a fuzz target says by a panic that a law is broken")]
fn hold(law: Result<(), String>) {
    if let Err(wrong) = law {
        panic!("{wrong}");
    }
}
