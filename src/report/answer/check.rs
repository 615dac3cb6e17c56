//! The answer of `check`: every claim with its outcome, counterexamples, and what would mend it.
//!
//! One value for every format: what people see underlined is in it too ([`Excerpt`]), though no machine-readable form
//! prints it.

use std::ops::Range;

use serde::Serialize;

use super::{Cause, Edge, Evidence, Footing, Node, Openness};

/// Answer of `check`
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// 1
    pub version: u32,
    /// The assertion file
    pub config: String,
    /// What the input shows completely
    pub world: Openness,
    /// The claims, in the order of the file
    pub assertions: Vec<Assertion>,
    /// The waivers, in the order of the file
    pub waivers: Vec<Waiver>,
    /// How many of each
    pub summary: Summary,
    /// The rest
    #[serde(flatten)]
    pub footing: Footing,
}

/// How many claims have which outcome, and how much was looked at
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Summary {
    /// Claims
    pub assertions: usize,
    /// They hold
    pub holds: usize,
    /// Violated, and waived
    pub waived: usize,
    /// Violated as expected
    pub expected: usize,
    /// Not decided
    pub inconclusive: usize,
    /// About nothing
    pub vacuous: usize,
    /// Expected to be violated, and not
    pub fixed: usize,
    /// Violated
    pub violated: usize,
    /// Policy documents
    pub policies: usize,
    /// Their statements
    pub statements: usize,
}

/// How much an outcome matters
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing to report
    None,
    /// Reported; the check does not fail
    Warning,
    /// The check fails
    Error,
}

/// One claim
#[derive(Clone, Debug, Serialize)]
pub struct Assertion {
    /// Its name
    pub id: String,
    /// `only`, `never`, `exactly`, `always`
    pub verb: &'static str,
    /// What it says
    pub sentence: String,
    /// What became of it
    pub outcome: &'static str,
    /// How much that matters
    pub level: Level,
    /// Why it is claimed
    pub reason: Option<String>,
    /// Where it stands
    pub evidence: Evidence,
    /// What speaks against it, waived and expected included
    pub counterexamples: Vec<Counterexample>,
    /// Selectors that match nothing
    pub empty: Vec<String>,
    /// Expected counterexamples that are gone
    pub gone: Vec<String>,
    /// Classes of things that would have to be shown completely
    pub require_closed: Vec<String>,
    /// Of a direct claim that holds: a way in steps
    pub in_steps: Option<Counterexample>,
    /// The smallest edit that makes it hold
    pub mend: Option<Mend>,
}

/// One thing that speaks against a claim
#[derive(Clone, Debug, Serialize)]
pub struct Counterexample {
    /// `way`: somebody can who must not; `lack`: somebody cannot who must
    pub kind: &'static str,
    /// Who
    pub from: Node,
    /// What
    pub to: Node,
    /// Of a way of everybody: one of those whom the claim is about
    pub also: Option<String>,
    /// The calls, of a claim about calls
    pub calls: Vec<String>,
    /// What it gives; none of a lack
    pub grade: Option<&'static str>,
    /// In which tier; none of a lack
    pub tier: Option<&'static str>,
    /// Functions whose code must do its part
    pub code_boundaries: u32,
    /// `yes`, `conditional`, and `no` of a lack that is certain
    pub state: &'static str,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// Edges
    pub hops: usize,
    /// The edges; none where there is no way
    pub path: Vec<Edge>,
    /// The statement or wiring that is the weakest of the way
    pub weakest: Option<Evidence>,
    /// What is weak about it
    pub label: String,
    /// The waiver that excuses it
    pub waived: Option<Excuse>,
    /// The waiver that would, had it not expired
    pub expired: Option<Excuse>,
    /// Whether the claim expects it
    pub expected: bool,
    /// What stays of it when lines move: claim, ends, kinds of edge
    pub fingerprint: String,
    /// The kinds of its edges and the marks of its statements, as a waiver records them
    #[serde(skip)]
    pub record: Record,
    /// The weakest statement, for people
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

/// What a waiver records of a way
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Kinds of edge
    pub edges: Vec<String>,
    /// Marks of statements
    pub marks: Vec<String>,
}

/// Lines of a file with a part that is meant
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The file
    pub file: String,
    /// 1-based number of the first line
    pub line: usize,
    /// The lines, safe to print
    pub text: String,
    /// The part: bytes of the text
    pub part: Range<usize>,
}

/// Why a counterexample is excused
#[derive(Clone, Debug, Serialize)]
pub struct Excuse {
    /// Why
    pub reason: String,
    /// The last day
    pub expires: String,
    /// Days until then; negative where it has passed
    pub days_left: i32,
    /// Where
    pub evidence: Evidence,
}

/// An edit that makes a claim hold, as it was tried
#[derive(Clone, Debug, Serialize)]
pub struct Mend {
    /// `add-condition`, `narrow-resource`, `sign-url`, `drop-statement`
    pub edit: &'static str,
    /// What to do
    pub text: String,
    /// The statement
    pub evidence: Evidence,
    /// Claims that hold now and would not hold then
    pub breaks: Vec<String>,
    /// How many edges of the graph would go
    pub loses: usize,
}

/// One waiver
#[derive(Clone, Debug, Serialize)]
pub struct Waiver {
    /// The claim
    pub assertion: String,
    /// `active`, `expired`, `stale`, `unchecked`
    pub standing: &'static str,
    /// How much that matters
    pub level: Level,
    /// Why
    pub reason: String,
    /// The last day
    pub expires: String,
    /// Days until then; negative where it has passed
    pub days_left: i32,
    /// How many counterexamples it excuses
    pub excuses: usize,
    /// Whether it records which ways it excuses; one that does not is wider than it need be
    pub recorded: bool,
    /// Where it stands
    pub evidence: Evidence,
}
