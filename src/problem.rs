//! What went wrong while reading: one problem each, with its place and a remedy.
//!
//! Input never stops a run: readers return what they could read *and* the problems.

use crate::source::Span;

/// How bad a problem is, and so what it does to the exit code
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Understood only in part; answers that touch it are conditional
    Partly,
    /// An input could not be read or is broken (exit code 3)
    Broken,
}

/// The kinds of problem, as reports spell them
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A file or folder could not be opened or is not text
    Unreadable,
    /// Text that does not parse
    Syntax,
    /// A policy that is not valid policy language
    Policy,
    /// A module whose files are not in the input
    ModuleAbsent,
    /// A policy that is named, but whose document is not in the input
    DocumentMissing,
    /// A resource type or an element that gatecrash does not model
    NotModelled,
    /// An expression that was not understood; its value is unknown
    NotUnderstood,
    /// A reference to something that is not declared
    Undeclared,
    /// A limit was reached and the rest was not read
    Limit,
}

impl ProblemKind {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Syntax => "syntax",
            Self::Policy => "policy",
            Self::ModuleAbsent => "module-absent",
            Self::DocumentMissing => "document-missing",
            Self::NotModelled => "not-modelled",
            Self::NotUnderstood => "not-understood",
            Self::Undeclared => "undeclared",
            Self::Limit => "limit",
        }
    }
}

/// One thing that was not read as it should be
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Which kind
    pub kind: ProblemKind,
    /// How bad
    pub severity: Severity,
    /// What happened: a lower-case fragment without a full stop
    pub message: String,
    /// Where
    pub span: Option<Span>,
    /// The file, where there is no text to point into
    pub path: Option<String>,
    /// What to do about it
    pub help: Option<String>,
}

/// The problems of a run, in the order they were met
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Notes a problem at a place and hands it back for a remedy
    pub fn at(
        &mut self,
        kind: ProblemKind,
        severity: Severity,
        message: impl Into<String>,
        span: Span,
    ) -> &mut Problem {
        self.push(Problem {
            kind,
            severity,
            message: message.into(),
            span: Some(span),
            path: None,
            help: None,
        })
    }

    /// Notes a problem of a file that has no text to point into
    pub fn of_file(
        &mut self,
        kind: ProblemKind,
        message: impl Into<String>,
        path: impl Into<String>,
    ) -> &mut Problem {
        let (message, path) = (message.into(), Some(path.into()));
        self.push(Problem { kind, severity: Severity::Broken, message, span: None, path, help: None })
    }

    fn push(&mut self, problem: Problem) -> &mut Problem {
        let at = self.0.len();
        self.0.push(problem);
        #[expect(clippy::indexing_slicing, reason = "the entry was pushed the line before")]
        &mut self.0[at]
    }

    /// Takes over the problems of another reader
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The problems, in the order they were met
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// Drops the problems that turned out to be none
    pub fn retain(&mut self, keep: impl FnMut(&Problem) -> bool) {
        self.0.retain(keep);
    }

    /// Says of every file that it is of somewhere else: `HEAD:main.tf`
    pub fn name_after(&mut self, origin: &str) {
        for path in self.0.iter_mut().filter_map(|problem| problem.path.as_mut()) {
            *path = format!("{origin}:{path}");
        }
    }

    /// Whether nothing went wrong
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an input could not be read or is broken
    #[must_use]
    pub fn broken(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Broken)
    }

    /// Sorts by place and drops repetitions, so that output does not depend on the order of reading
    pub fn settle(&mut self) {
        self.0.sort_by(|a, b| {
            (&a.path, a.span, a.kind, &a.message).cmp(&(&b.path, b.span, b.kind, &b.message))
        });
        self.0.dedup();
    }
}

impl Problem {
    /// Adds what to do about it
    pub fn help(&mut self, help: impl Into<String>) {
        self.help = Some(help.into());
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
