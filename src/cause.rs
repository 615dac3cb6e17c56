//! Why an answer is conditional: typed causes.
//!
//! Nothing unknown is ever reported as denied or safe. A construct that was not understood, a document that is
//! missing, a value that only exists after deployment gives a *conditional* answer, and one of these says why.

use std::fmt;

use crate::source::Span;

/// The kinds of cause, as reports spell them
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CauseKind {
    /// The request carries a key whose value nobody fixed
    ContextKey,
    /// A value that exists only after deployment
    Hole,
    /// The default of a variable decides
    Default,
    /// A policy is named, but its document is not in the input
    DocumentMissing,
    /// gatecrash does not model this
    NotModelled,
    /// No AWS page confirms the rule that would decide
    NotConfirmed,
    /// One of ours would have to wire it
    Wiring,
    /// Someone would have to run the changed code
    NeedsRun,
    /// A token or key that the model does not hold
    Credential,
    /// The wiring is switched off
    SwitchedOff,
    /// A limit cut the input short
    Truncated,
    /// The input does not show everything that exists
    OpenWorld,
}

impl CauseKind {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::ContextKey => "context-key",
            Self::Hole => "hole",
            Self::Default => "default",
            Self::DocumentMissing => "document-missing",
            Self::NotModelled => "not-modelled",
            Self::NotConfirmed => "not-confirmed",
            Self::Wiring => "wiring",
            Self::NeedsRun => "needs-run",
            Self::Credential => "credential",
            Self::SwitchedOff => "switched-off",
            Self::Truncated => "truncated",
            Self::OpenWorld => "open-world",
        }
    }
}

impl fmt::Display for CauseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// One reason why an answer is conditional
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// Which kind
    pub kind: CauseKind,
    /// What it is about: a context key, a hole's name, a policy's name, a sentence fragment
    pub what: String,
    /// The place that brought it in
    pub span: Option<Span>,
}

impl Cause {
    /// A cause at a place
    #[must_use]
    pub fn at(kind: CauseKind, what: impl Into<String>, span: Span) -> Self {
        Self { kind, what: what.into(), span: Some(span) }
    }

    /// A cause without a place
    #[must_use]
    pub fn new(kind: CauseKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), span: None }
    }
}
