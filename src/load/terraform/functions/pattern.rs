//! Functions of regular expressions: the syntax is RE2's, which has no look-around, so matching takes linear time.
//!
//! What the two dialects do not share is refused by the parser here, and the result is then unknown.

use regex::{Captures, Regex, RegexBuilder};

use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::node::{Key, Node, Value};
use crate::text::{Shape, Text};

pub(super) static TABLE: &[(&str, Function)] = &[
    ("regex", |call| {
        let pattern = compiled(&call.literal(0)?)?;
        let text = call.literal(1)?;
        match pattern.captures(&text) {
            Some(found) => Ok(matched(call, &pattern, &found)),
            None => Err(Unsettled::Refused("the pattern of `regex` does not match".to_owned())),
        }
    }),
    ("regexall", |call| {
        let pattern = compiled(&call.literal(0)?)?;
        let text = call.literal(1)?;
        let found = pattern.captures_iter(&text).map(|found| matched(call, &pattern, &found));
        Ok(call.node(Value::List(found.take(MOST).collect())))
    }),
];

/// Most matches of one call
const MOST: usize = 10_000;
/// Largest compiled pattern, in bytes
const LARGEST: usize = 256 * 1024;

fn compiled(pattern: &str) -> Result<Regex, Unsettled> {
    RegexBuilder::new(pattern)
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .build()
        .map_err(|_| Unsettled::Unknown)
}

/// What a match gives: a map of named groups, a list of groups, or the whole \[language/functions/regex\]
fn matched(call: &Call<'_>, pattern: &Regex, found: &Captures<'_>) -> Node {
    let value = |group: Option<regex::Match<'_>>| match group {
        Some(group) => Node::text(group.as_str(), call.span),
        None => call.node(Value::Null),
    };
    let names: Vec<&str> = pattern.capture_names().flatten().collect();
    if !names.is_empty() {
        let entry = |name: &&str| (Key { text: Text::from(*name), span: call.span }, value(found.name(name)));
        return call.node(Value::Map(names.iter().map(entry).collect()));
    }
    match pattern.captures_len() {
        1 => value(found.get(0)),
        groups => call.node(Value::List((1..groups).map(|at| value(found.get(at))).collect())),
    }
}

/// `replace` with a pattern between slashes; `$1` and `${name}` in the substitute stand for groups
pub(super) fn replaced(call: &Call<'_>, pattern: &str) -> Outcome {
    let (text, to) = (call.text(0)?, call.text(2)?);
    let (Some(text), Some(to)) = (text.as_literal(), to.as_literal()) else {
        return Ok(call.text_hole(Shape::Any));
    };
    let pattern = compiled(pattern)?;
    // Each letter may become the whole substitute.
    if text.len().saturating_add(1).saturating_mul(to.len().max(1)) > super::text::LONGEST {
        return Err(Unsettled::Unknown);
    }
    let groups = to.contains('$');
    if groups && text.len().saturating_mul(text.len()) > super::text::LONGEST {
        return Err(Unsettled::Unknown);
    }
    Ok(call.node(Value::Text(Text::from(pattern.replace_all(text, to).into_owned()))))
}
