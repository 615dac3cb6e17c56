//! Reach: edges from callers to what they can call, and everything that follows along them.
//!
//! An edge kind is a file in `reach/edges/` and a line in [`EDGES`]. Knows: which requests make an edge, tiers of
//! a path, paths and cuts. Must not know: how anything is printed, or where the world came from.

use crate::cause::Cause;
use crate::eval::decide::Match;
use crate::eval::truth::{Atom, Residual};
use crate::source::Span;
use crate::world::EntityId;
use crate::world::sources::Occasion;
use crate::world::view::View;

pub mod alike;
pub mod call;
pub mod change;
pub mod cuts;
pub mod edges;
pub mod graph;
pub mod judge;
pub mod openings;
pub mod search;
pub mod who;

/// What an edge gives
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The credentials of a principal, or the choice of the code it runs
    Control,
    /// Only input to code that runs as a role
    Influence,
    /// Data out
    Read,
    /// Data in
    Write,
}

impl Grade {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Influence => "influence",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Whether an edge is there; what surely is not makes no edge
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is
    Yes,
    /// It is, if what its causes name is so
    Conditional,
}

impl State {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Conditional => "conditional",
        }
    }
}

/// Whether the input configures an invocation, or only a permission would let it happen
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wiring {
    /// Configured, or named without a wildcard by the caller's own policy
    Wired,
    /// A statement admits it; nothing in the input wires it
    Open,
    /// Nothing to wire
    NotNeeded,
}

/// What kind of place an [`Evidence`] is
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceRole {
    /// A statement that the input writes
    Statement,
    /// A configured trigger, integration or role attachment
    Wiring,
    /// A statement that the deploying tool adds
    Synthesised,
    /// A statement of an AWS managed policy
    ManagedPolicy,
    /// Another setting of the input
    Configuration,
}

/// A place that decided something
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// What kind of place
    pub role: EvidenceRole,
    /// Where
    pub span: Span,
    /// The policy, as reports call it
    pub policy: Option<String>,
    /// The statement's Sid
    pub sid: Option<String>,
    /// The statement's 0-based place in its document
    pub index: Option<usize>,
    /// `allow`, `deny`, `either`
    pub effect: Option<&'static str>,
}

impl Evidence {
    /// A wiring
    #[must_use]
    pub fn wiring(span: Span) -> Self {
        Self { role: EvidenceRole::Wiring, span, policy: None, sid: None, index: None, effect: None }
    }
}

/// One step from a caller to what it can call
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Who
    pub from: EntityId,
    /// What
    pub to: EntityId,
    /// The id of the edge kind
    pub kind: &'static str,
    /// What it gives
    pub grade: Grade,
    /// Whether it is there
    pub state: State,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// The actions that make it
    pub actions: Vec<&'static str>,
    /// What the caller picks with the call
    pub choices: Vec<Atom>,
    /// What is left to know
    pub residual: Option<Residual>,
    /// Whether something configures it
    pub wiring: Wiring,
    /// How the resource policy names the caller
    pub level: Option<Match>,
    /// Parts of the source that the deciding statement does not fix: `stage`, `method`, `path`
    pub leaves_open: Vec<&'static str>,
    /// Whether it leads to what is called, or to a source that calls
    pub standing: Standing,
    /// What must have happened to its start, where that is a source: an edge that sets off something else of the
    /// source does not lead on by this one
    pub set_off_by: Option<Occasion>,
    /// What it makes happen to its end, where that is a source
    pub sets_off: Option<Occasion>,
    /// The places that decided it
    pub evidence: Vec<Evidence>,
}

/// Whether an edge leads to what is called, or to something that then calls
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The caller itself, a wired source, or `anonymous` where a route lets it in
    Invoker,
    /// Somebody who makes a source act
    Upstream,
}

impl Edge {
    /// Whether `next` follows: what was only read makes nothing happen, and what is written to a source sets off what
    /// waits for that and nothing else
    #[must_use]
    pub fn leads_to(&self, next: &Self) -> bool {
        match (self.grade, self.sets_off) {
            (Grade::Read, _) | (Grade::Write, None) => false,
            (Grade::Control | Grade::Influence, None) => true,
            (Grade::Control | Grade::Influence | Grade::Write, Some(occasion)) => {
                next.set_off_by == Some(occasion)
            }
        }
    }
}

/// A kind of edge
pub trait EdgeKind: Sync + std::fmt::Debug {
    /// The ids of its edges, as reports spell them
    fn ids(&self) -> &'static [&'static str];
    /// What it is, in one sentence
    fn about(&self) -> &'static str;
    /// The edges out of one entity
    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>);
}

/// Every edge kind, in the order of reports
pub static EDGES: &[&dyn EdgeKind] = &[
    &edges::invoke_api::InvokeApi,
    &edges::function_url::FunctionUrl,
    &edges::web_endpoint::WebEndpoint,
    &edges::anywhere::Anywhere,
    &edges::api_read::ApiRead,
    &edges::api_route::ApiRoute,
    &edges::s3_notification::S3Notification,
    &edges::service::Service,
    &edges::trigger::Trigger,
    &edges::sql::Sql,
    &edges::runs_as::RunsAs,
    &edges::assume::Assume,
    &edges::data::Data,
    &edges::fire::Fire,
    &edges::forward::Forward,
    &edges::configuration::Configuration,
    &edges::lever::Lever,
];

/// What reach does not follow yet, one sentence fragment each: answers repeat it, so that nothing reads as safe
/// because of it
pub static NOT_MODELLED: &[&str] = &[
    "what comes of changing code, configuration, permissions or aliases of a function: such edges are conditional",
    "what comes of passing a role, editing policies, credentials or tags: such edges are conditional",
    "tags of resources that somebody may change (lambda:TagResource and its like)",
    "wiring that somebody may add: event source mappings, URLs, notifications, targets of rules",
    "credentials in images, files and encoded user data; snapshots of databases, and what SQL does with a role beside calling functions",
    "networks: who reaches a load balancer, a private API, a broker or a server",
];
