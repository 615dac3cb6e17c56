//! One tree of values with places: what JSON, YAML and HCL each produce, and what policies are parsed from.
//!
//! Knows: values, holes, spans. Must not know: any syntax, or what a value means.

use std::sync::Arc;

use crate::source::Span;
use crate::text::{Hole, Text};

/// A value and where it stands
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value
    pub value: Value,
    /// Where it was written
    pub span: Span,
    /// How its text maps back to the file
    pub origin: Origin,
}

/// A value, as far as it is known
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value (`null`)
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, in the digits it was written with
    Number(String),
    /// A string
    Text(Text),
    /// A list
    List(Vec<Node>),
    /// A map; keys in the order they were written, the last of equal keys counts
    Map(Vec<(Key, Node)>),
    /// A value of unknown type: a variable without a value, an attribute made by AWS, a call not understood
    Unknown(Hole),
}

/// A key of a [`Value::Map`]
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key
    pub text: Text,
    /// Where it was written
    pub span: Span,
}

/// How the text of a node maps back to the file, so that JSON inside a heredoc keeps its lines
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Origin {
    /// The node's span says all there is to say
    #[default]
    Whole,
    /// The literal byte `.0` of the text (holes count as no bytes) stands at the start of the span `.1`, and
    /// so on to the next entry; entries ascend
    Runs(Arc<[(usize, Span)]>),
}

impl Origin {
    /// The place of the literal bytes `from..to` of a text that stands at `whole`
    #[must_use]
    pub fn place(&self, whole: Span, from: usize, to: usize) -> Span {
        let Self::Runs(runs) = self else { return whole };
        let run = |byte: usize| {
            let next = runs.partition_point(|(start, _)| *start <= byte);
            next.checked_sub(1).and_then(|at| runs.get(at))
        };
        // A byte of a run stands as far into its span, at most at its end: rendered text is no copy of the source.
        let at = |byte: usize, (start, span): &(usize, Span)| {
            let along = u32::try_from(byte - start).unwrap_or(u32::MAX);
            span.start.saturating_add(along).min(span.end)
        };
        let Some(first) = run(from) else { return whole };
        let start = at(from, first);
        let end =
            match to.checked_sub(1).filter(|last| *last >= from).and_then(|last| Some((last, run(last)?))) {
                Some((last, run)) if run.1.file == first.1.file => {
                    if run.0 == last {
                        run.1.end.min(run.1.start.saturating_add(1))
                    } else {
                        at(last + 1, run)
                    }
                }
                _ => first.1.end,
            };
        Span { file: first.1.file, start, end: end.max(start) }
    }
}

impl Node {
    /// A node whose span says all
    #[must_use]
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span, origin: Origin::Whole }
    }

    /// A string
    #[must_use]
    pub fn text(text: impl Into<Text>, span: Span) -> Self {
        Self::new(Value::Text(text.into()), span)
    }

    /// The last entry with this literal key, of a map
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().rev().find(|(k, _)| k.text.as_literal() == Some(key)).map(|(_, node)| node)
    }

    /// The items of a list; anything else stands for a list of itself
    #[must_use]
    pub fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Map(_)
            | Value::Unknown(_) => std::slice::from_ref(self),
        }
    }

    /// The value as a string: numbers and booleans read as text, an unknown value is a text of one hole
    #[must_use]
    pub fn as_text(&self) -> Option<Text> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(digits) => Some(Text::from(digits.as_str())),
            Value::Bool(value) => Some(Text::from(if *value { "true" } else { "false" })),
            Value::Unknown(hole) => Some(Text::from(hole.clone())),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The value as people read it: JSON in which a hole stands in angle brackets, so that it is for reading only
    #[must_use]
    pub fn shown(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(digits) => {
                digits.parse::<serde_json::Number>().map_or_else(|_| digits.as_str().into(), Into::into)
            }
            Value::Text(text) => text.to_string().into(),
            Value::List(items) => items.iter().map(Self::shown).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries.iter().map(|(key, value)| (key.text.to_string(), value.shown())).collect(),
            ),
            Value::Unknown(hole) => Text::from(hole.clone()).to_string().into(),
        }
    }
}
