//! The answer of `diff`: what changed between two inputs, as plain data.

use serde::Serialize;

use crate::report::answer::{Assumption, Cut, Edge, Node, Openness, Problem, Reached};

/// Answer of `diff`
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// 1
    pub version: u32,
    /// What was
    pub before: Side,
    /// What is
    pub after: Side,
    /// What the input shows completely
    pub world: Openness,
    /// What callers reach that differs, those from outside first
    pub reach: Vec<ReachChange>,
    /// The steps that differ
    pub direct: Vec<DirectChange>,
    /// What is declared in one input only
    pub added: Vec<Node>,
    /// The same
    pub removed: Vec<Node>,
    /// What has another name
    pub renamed: Vec<Renamed>,
    /// What the input cannot show
    pub not_covered: Vec<String>,
    /// What gatecrash does not model yet and this answer would need
    pub not_modelled: Vec<String>,
}

/// One of the two inputs
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// As the user named it
    pub input: String,
    /// What was taken for granted
    pub assumptions: Vec<Assumption>,
    /// What was not read as it should be
    pub problems: Vec<Problem>,
}

/// What a caller reaches that differs
#[derive(Clone, Debug, Serialize)]
pub struct ReachChange {
    /// `gained`, `loosened`, `tightened`, `lost`
    pub change: &'static str,
    /// Who, by the name of the input that has it, after before before
    pub from: Node,
    /// Whether it is one of ours
    pub outside: bool,
    /// What
    pub target: Node,
    /// How
    pub grade: &'static str,
    /// As it was
    pub before: Option<Reached>,
    /// As it is
    pub after: Option<Reached>,
    /// Smallest sets of statements whose removal breaks all ways that are there now; null where they were not looked for
    pub cuts: Option<Vec<Cut>>,
}

/// A step that differs
#[derive(Clone, Debug, Serialize)]
pub struct DirectChange {
    /// `gained`, `loosened`, `changed`, `tightened`, `lost`
    pub change: &'static str,
    /// From
    pub from: String,
    /// To
    pub to: String,
    /// Kind
    pub kind: &'static str,
    /// Grade
    pub grade: &'static str,
    /// As it was
    pub before: Option<Edge>,
    /// As it is
    pub after: Option<Edge>,
}

/// Something under another name
#[derive(Clone, Debug, Serialize)]
pub struct Renamed {
    /// Its name before
    pub before: String,
    /// Its name after
    pub after: String,
}
