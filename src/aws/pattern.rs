//! IAM wildcards over text with holes: `*`, `?`, and three possible answers.
//!
//! `*` covers a hole whole; `?` covers one character of a hole of fixed length, else it depends. An input hole in a
//! pattern may bring wildcards of its own. Knows: how characters match. Must not know: which element a pattern
//! came from, beyond the three ways AWS matches ([`Way`]).

use crate::text::{Hole, Text};

/// Whether a pattern fits a text
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Surely
    Yes,
    /// Surely not
    No,
    /// It depends, on every one of these
    Depends(Vec<Doubt>),
}

/// What a [`Fit`] depends on
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// What fills this hole
    Hole(Hole),
    /// A `*` in the middle of an ARN segment fits only by crossing a colon, which no AWS page describes
    CrossesColon,
    /// An ARN pattern of fewer than six parts, which no AWS page describes
    ShortArn,
}

/// How AWS matches in different places
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `StringLike`: `*` and `?` match any characters
    Like,
    /// Letter case does not count: actions
    LikeIgnoringCase,
    /// No wildcards: `StringEquals`
    Exact,
    /// No wildcards, and letter case does not count
    ExactIgnoringCase,
    /// `ArnLike` and `ArnEquals`: six parts, each matched by itself; `*` crosses colons only in the sixth
    /// \[reference_policies_elements_condition_operators, `Conditions_ARN`\]
    ArnLike,
    /// The `Resource` element: as `ArnLike`, but a `*` that ends a part may match beyond the colon
    /// \[reference_policies_elements_resource\]
    Resource,
}

/// A pattern, ready to match
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    tokens: Vec<Token>,
}

/// One step of a pattern
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This character
    Char(char),
    /// `?`
    One,
    /// `*`
    Run,
    /// What fills this hole
    Hole(Hole),
}

impl Pattern {
    /// A pattern in which `*` and `?` are wildcards
    #[must_use]
    pub fn glob(text: &Text) -> Self {
        let mut pattern = Self { tokens: Vec::new() };
        pattern.push_glob(text);
        pattern
    }

    /// A pattern without wildcards
    #[must_use]
    pub fn literal(text: &Text) -> Self {
        let mut pattern = Self { tokens: Vec::new() };
        pattern.push_literal(text);
        pattern
    }

    /// Appends text in which `*` and `?` are wildcards
    pub fn push_glob(&mut self, _text: &Text) {}

    /// Appends text that stands for itself, as the value of a policy variable does
    pub fn push_literal(&mut self, _text: &Text) {}

    /// Whether the pattern fits this text, matched in this way
    #[must_use]
    pub fn fit(&self, _subject: &Text, _way: Way) -> Fit {
        Fit::No
    }
}

/// Whether `pattern` fits `subject`, matched in this way
#[must_use]
pub fn fit(pattern: &Text, subject: &Text, way: Way) -> Fit {
    let pattern = match way {
        Way::Exact | Way::ExactIgnoringCase => Pattern::literal(pattern),
        Way::Like | Way::LikeIgnoringCase | Way::ArnLike | Way::Resource => Pattern::glob(pattern),
    };
    pattern.fit(subject, way)
}

/// Whether two patterns (plain `*` and `?`) have a string in common: `Yes`, `No`, or it depends on a hole
#[must_use]
pub fn overlap(_a: &Text, _b: &Text) -> Fit {
    Fit::No
}

/// Whether every string that `narrow` fits is one that `wide` fits; `false` where that is not certain
#[must_use]
pub fn covers(_wide: &Text, _narrow: &Text) -> bool {
    false
}
