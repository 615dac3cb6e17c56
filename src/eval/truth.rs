//! Three-valued truth: true, false, or depending on a residual condition.
//!
//! Knows: and, or, not over residual trees, and their simplification. Must not know: requests or policies.

use crate::cause::Cause;
use crate::source::Span;
use crate::text::{Hole, Text};

/// Whether something holds
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// It holds
    True,
    /// It does not hold
    False,
    /// It holds where this does
    Depends(Residual),
}

/// What is left to know: a tree over conditions that nobody decided
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Residual {
    /// All hold
    All(Vec<Residual>),
    /// One holds
    Any(Vec<Residual>),
    /// It does not hold
    Not(Box<Residual>),
    /// A condition on a context key that is unknown
    Atom(Atom),
    /// A pattern that meets a hole
    Hole {
        /// What is not known before deployment
        hole: Hole,
        /// The text that it must fit, or that must fit it
        matches: Text,
        /// Where the pattern stands
        span: Span,
    },
    /// Something that is not modelled, missing or not confirmed
    Cause(Cause),
}

/// A condition as written, on a key whose value is unknown
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Atom {
    /// The operator as written: `ForAnyValue:StringLikeIfExists`
    pub operator: String,
    /// The condition key as written
    pub key: String,
    /// The values as written, variables filled in where they are known
    pub values: Vec<Text>,
    /// Whether the caller chooses the key freely with the call
    pub choice: Choice,
    /// Where the condition stands
    pub span: Span,
}

/// Whose choice a context key is
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// The caller picks the value with the call: it does not make an answer conditional
    Callers,
    /// The caller cannot choose it
    Fixed,
}
