//! The machine-readable answers, as plain data: own types, fields only added within a version.
//!
//! `schema.json` beside this file describes them; a test holds every answer of the corpus against it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub mod check;
pub mod diff;

/// One thing of the world
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// Display name
    pub name: String,
    /// Kind
    pub kind: &'static str,
    /// ARN, holes in angle brackets
    pub arn: Option<String>,
    /// Where the input declares it
    pub address: Option<String>,
}

/// A place that decided something
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What kind of place
    pub role: &'static str,
    /// File, where an input file has it
    pub file: Option<String>,
    /// 1-based line
    pub line: Option<usize>,
    /// 1-based column in characters
    pub column: Option<usize>,
    /// The policy
    pub policy: Option<String>,
    /// The statement's Sid
    pub sid: Option<String>,
    /// The statement's 0-based place
    pub index: Option<usize>,
    /// What the statement says
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
}

/// Why an answer is conditional
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The kind
    pub cause: &'static str,
    /// What it is about
    pub what: String,
    /// Where
    pub evidence: Option<Evidence>,
}

/// Which classes of things the input shows completely
#[derive(Clone, Debug, Serialize)]
pub struct Openness {
    /// Complete
    pub closed: Vec<&'static str>,
    /// Not complete
    pub open: Vec<&'static str>,
}

/// What was taken for granted
#[derive(Clone, Debug, Serialize)]
pub struct Assumption {
    /// A sentence fragment
    pub text: String,
    /// Where it rests on
    pub evidence: Option<Evidence>,
}

/// What was not read as it should be
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// The kind
    pub kind: &'static str,
    /// `partly` or `broken`
    pub severity: &'static str,
    /// What happened
    pub message: String,
    /// File
    pub file: Option<String>,
    /// 1-based line
    pub line: Option<usize>,
    /// 1-based column
    pub column: Option<usize>,
    /// What to do about it
    pub help: Option<String>,
}

/// What every answer ends with
#[derive(Clone, Debug, Serialize)]
pub struct Footing {
    /// What the input cannot show
    pub not_covered: Vec<String>,
    /// What gatecrash does not model yet and this answer would need
    pub not_modelled: Vec<String>,
    /// What was taken for granted
    pub assumptions: Vec<Assumption>,
    /// What was not read as it should be
    pub problems: Vec<Problem>,
}

/// Answer of `who-can`
#[derive(Clone, Debug, Serialize)]
pub struct WhoCan {
    /// 1
    pub version: u32,
    /// The action, or `invoke`
    pub action: String,
    /// The resource
    pub resource: Node,
    /// What the input shows completely
    pub world: Openness,
    /// The rows
    pub who: Vec<Who>,
    /// The rest
    #[serde(flatten)]
    pub footing: Footing,
}

/// One principal that can
#[derive(Clone, Debug, Serialize)]
pub struct Who {
    /// Who
    pub principal: Node,
    /// `yes` or `conditional`
    pub state: &'static str,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// Configured, only admitted, or nothing to configure
    pub wired: Option<bool>,
    /// The way in
    pub edge: Option<&'static str>,
    /// An alias or version that the caller names
    pub on: Option<String>,
    /// Parts of the source that the statement does not fix
    pub leaves_open: Vec<&'static str>,
    /// What the caller picks, in words
    pub choices: Vec<String>,
    /// What is left to know
    pub residual: Value,
    /// How the resource policy names it
    #[serde(rename = "match")]
    pub level: Option<&'static str>,
    /// The places
    pub evidence: Vec<Evidence>,
    /// Of somebody who comes by way of something else: the way
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<Edge>>,
}

/// Answer of `reach`
#[derive(Clone, Debug, Serialize)]
pub struct Reach {
    /// 1
    pub version: u32,
    /// The starts
    pub from: Vec<String>,
    /// The targets asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Vec<String>>,
    /// What the input shows completely
    pub world: Openness,
    /// What is reached
    pub reached: Vec<Reached>,
    /// Paths to the targets
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<Path>>,
    /// Smallest cuts between the ends
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cuts: Option<Vec<Cut>>,
    /// The rest
    #[serde(flatten)]
    pub footing: Footing,
}

/// One target and grade
#[derive(Clone, Debug, Serialize)]
pub struct Reached {
    /// What
    pub target: Node,
    /// How
    pub grade: &'static str,
    /// In which tier
    pub tier: &'static str,
    /// Functions whose code must do its part
    pub code_boundaries: u32,
    /// `yes` or `conditional`
    pub state: &'static str,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// Edges, runs-as included
    pub hops: usize,
    /// Whose reach this is, where the start has it only as everybody has it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherited: Option<&'static str>,
    /// The way
    pub path: Vec<Edge>,
}

/// One path
#[derive(Clone, Debug, Serialize)]
pub struct Path {
    /// Start
    pub from: String,
    /// Target
    pub to: String,
    /// How
    pub grade: &'static str,
    /// In which tier
    pub tier: &'static str,
    /// Functions whose code must do its part
    pub code_boundaries: u32,
    /// `yes` or `conditional`
    pub state: &'static str,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// Edges
    pub hops: usize,
    /// The edges
    pub edges: Vec<Edge>,
}

/// One edge
#[derive(Clone, Debug, Serialize)]
pub struct Edge {
    /// From
    pub from: String,
    /// To
    pub to: String,
    /// Kind
    pub kind: &'static str,
    /// Grade
    pub grade: &'static str,
    /// `yes` or `conditional`
    pub state: &'static str,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// Actions
    pub actions: Vec<&'static str>,
    /// What the caller picks, in words
    pub choices: Vec<String>,
    /// What is left to know
    pub residual: Value,
    /// Where this way is described in public
    pub published: Option<String>,
    /// Configured, only admitted, or nothing to configure
    pub wired: Option<bool>,
    /// The places
    pub evidence: Vec<Evidence>,
}

/// A set of statements that breaks all paths
#[derive(Clone, Debug, Serialize)]
pub struct Cut {
    /// `smallest`: no fewer statements do it; `greedy`: fewer might
    pub kind: &'static str,
    /// The statements
    pub statements: Vec<Evidence>,
    /// How many
    pub size: usize,
}

/// Answer of `explain`
#[derive(Clone, Debug, Serialize)]
pub struct Explain {
    /// 1
    pub version: u32,
    /// The request
    pub request: Request,
    /// The decision
    pub decision: &'static str,
    /// The layer that decided
    pub layer: Option<&'static str>,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// What the caller picks, in words
    pub choices: Vec<String>,
    /// What is left to know
    pub residual: Value,
    /// The layers in order
    pub steps: Vec<Step>,
    /// Where nothing allows the request: the statement that comes nearest to it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
    /// What the error or record that was read says
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// The rest
    #[serde(flatten)]
    pub footing: Footing,
}

/// A statement that would allow the request if some parts of it fitted
#[derive(Clone, Debug, Serialize)]
pub struct Nearest {
    /// The statement
    pub statement: Evidence,
    /// What of it does not fit
    pub misses: Vec<Miss>,
}

/// A part of a statement that does not fit
#[derive(Clone, Debug, Serialize)]
pub struct Miss {
    /// `principal`, `action`, `resource`, `condition`
    pub part: &'static str,
    /// What the policy says there
    pub written: String,
    /// Where
    pub evidence: Evidence,
}

/// What AWS told of a denied call
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// The layer that denied, where AWS says
    pub layer: Option<&'static str>,
    /// Whether it named an explicit deny
    pub explicit: Option<bool>,
    /// Whether the input explains it: the same call is denied, or may be, by the same layer
    pub explained: bool,
}

/// The request that was explained
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// Who
    pub principal: String,
    /// What
    pub action: String,
    /// On what
    pub resource: String,
    /// The keys that matter
    pub context: BTreeMap<String, Value>,
}

/// One layer
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Which
    pub layer: &'static str,
    /// What it says
    pub outcome: &'static str,
    /// Its statements
    pub evidence: Vec<Evidence>,
}

/// Answer of `inspect`
#[derive(Clone, Debug, Serialize)]
pub struct Inspect {
    /// 1
    pub version: u32,
    /// Files read
    pub files: Vec<String>,
    /// Own accounts
    pub accounts: Vec<Account>,
    /// Users, roles, groups
    pub principals: Vec<Declared>,
    /// Functions
    pub functions: Vec<Function>,
    /// Policies
    pub policies: Vec<Policy>,
    /// Triggers
    pub triggers: Vec<Trigger>,
    /// Data
    pub data: Vec<Declared>,
    /// Parts that exist only after deployment
    pub holes: Vec<Hole>,
    /// The same by why they are not known
    pub reasons: Vec<Reason>,
    /// Modules whose files are not in the input
    pub modules: Vec<Module>,
    /// What makes answers conditional
    pub hangs: Vec<Hang>,
    /// Files that might have been input and were not
    pub unrecognised: Vec<String>,
    /// How many values are known
    pub values: Values,
    /// What was taken for granted
    pub assumptions: Vec<Assumption>,
    /// What was not read as it should be
    pub problems: Vec<Problem>,
    /// What gatecrash does not model yet
    pub not_modelled: Vec<String>,
}

/// An own account
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// Twelve digits
    pub account: String,
    /// Who says so
    pub from: String,
    /// Where
    pub evidence: Option<Evidence>,
}

/// A declared thing
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// What it is
    #[serde(flatten)]
    pub node: Node,
    /// Why it may not exist
    pub causes: Vec<Cause>,
    /// Where it is declared
    pub evidence: Evidence,
}

/// A function
#[derive(Clone, Debug, Serialize)]
pub struct Function {
    /// What it is
    #[serde(flatten)]
    pub declared: Declared,
    /// Execution role
    pub role: Option<String>,
    /// Aliases
    pub aliases: Vec<String>,
    /// URLs
    pub urls: Vec<Url>,
    /// Endpoints, of a web function
    pub endpoints: Vec<Endpoint>,
    /// Settings
    pub settings: BTreeMap<String, String>,
}

/// A function URL
#[derive(Clone, Debug, Serialize)]
pub struct Url {
    /// `NONE` or `AWS_IAM`
    pub authorization: String,
    /// Alias
    pub qualifier: Option<String>,
    /// Where
    pub evidence: Evidence,
}

/// An endpoint of a web function
#[derive(Clone, Debug, Serialize)]
pub struct Endpoint {
    /// Its name
    pub name: String,
    /// `ApplicationManaged` or `IamAuth`
    pub authorization: String,
    /// Where
    pub evidence: Evidence,
}

/// A policy
#[derive(Clone, Debug, Serialize)]
pub struct Policy {
    /// Name
    pub name: String,
    /// As what it is attached
    pub role: &'static str,
    /// To what
    pub attached_to: Vec<String>,
    /// Who wrote it
    pub provenance: &'static str,
    /// How many statements; null where the document is missing
    pub statements: Option<usize>,
    /// Why it may not apply
    pub causes: Vec<Cause>,
    /// Where
    pub evidence: Evidence,
}

/// A trigger
#[derive(Clone, Debug, Serialize)]
pub struct Trigger {
    /// Edge kind
    pub edge: &'static str,
    /// Source
    pub source: String,
    /// Function
    pub target: String,
    /// Whether its edge is decided
    pub modelled: bool,
    /// Why it may not fire
    pub causes: Vec<Cause>,
    /// Where
    pub evidence: Evidence,
}

/// A hole
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hole {
    /// What would fill it
    pub name: String,
    /// `generated` or `input`
    pub kind: &'static str,
    /// Why it is not known
    pub reason: &'static str,
    /// How many values of policies and names hold it
    pub values: usize,
    /// Whose answers are conditional on it
    pub answers: Vec<String>,
}

/// Why values are not known
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// `made-by-aws`, `variable`, `data-source`, ...
    pub reason: &'static str,
    /// In words
    pub about: &'static str,
    /// How many different holes
    pub holes: usize,
    /// How many values hold one
    pub values: usize,
    /// Whose answers are conditional on one
    pub answers: Vec<String>,
}

/// A module whose files are not in the input
#[derive(Clone, Debug, Serialize)]
pub struct Module {
    /// Its address
    pub address: String,
    /// Its source
    pub source: String,
    /// Whose answers are conditional on its outputs
    pub answers: Vec<String>,
    /// The call
    pub evidence: Evidence,
}

/// One thing that makes answers conditional
#[derive(Clone, Debug, Serialize)]
pub struct Hang {
    /// The kind of cause
    pub cause: &'static str,
    /// What it is about
    pub what: String,
    /// Whose answers are conditional on it
    pub answers: Vec<String>,
    /// Where it comes from
    pub evidence: Option<Evidence>,
}

/// How many values are known in full, in part, not at all
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Values {
    /// In full
    pub concrete: usize,
    /// In part
    pub symbolic: usize,
    /// Not at all
    pub unknown: usize,
}
