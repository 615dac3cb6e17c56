//! The order of layers: from applicable policies and a request to a decision that can explain itself.

use crate::eval::request::{Applicable, Request};
use crate::eval::truth::{Atom, Residual};
use crate::source::Span;
use crate::text::Text;

/// The layers of evaluation, as reports spell them
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Service control policies
    Scp,
    /// Resource control policies
    Rcp,
    /// The policy of the VPC endpoint
    Endpoint,
    /// The resource's policy
    Resource,
    /// Identity policies
    Identity,
    /// The permissions boundary
    Boundary,
    /// Session policies
    Session,
    /// The role's trust policy
    Trust,
    /// The key's policy
    Key,
    /// KMS grants
    Grant,
}

/// A decision
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Allowed
    Allowed,
    /// A Deny matches
    ExplicitlyDenied,
    /// No Allow where one is needed
    ImplicitlyDenied,
    /// It depends on what nobody fixed
    Conditional,
}

/// How exactly a resource policy names the caller; most rules about ceilings follow from it
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The caller's account
    Account,
    /// The role, not its session
    Role,
    /// Everyone
    Wildcard,
    /// The very user, session, service or provider
    Direct,
}

/// What one layer says
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It allows
    Allowed,
    /// It denies
    Denied,
    /// No statement matches
    NoMatch,
    /// It depends
    Conditional,
    /// An earlier layer decided, or there is nothing at this layer
    NotReached,
}

/// A statement that took part
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The policy, as attached: its name
    pub policy: String,
    /// The statement's Sid
    pub sid: Option<Text>,
    /// 0-based place in the document
    pub index: usize,
    /// Whether it allows or denies
    pub effect: Says,
    /// Whether it surely matched, or under which condition
    pub residual: Option<Residual>,
    /// How it names the caller, in a resource policy
    pub level: Option<Match>,
    /// Where it stands
    pub span: Span,
}

/// What a statement that took part says
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Allow
    Allow,
    /// Deny
    Deny,
    /// One of both, not known which
    Either,
}

/// One layer's part in a decision
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which layer
    pub layer: Layer,
    /// What it says
    pub outcome: Outcome,
    /// Its statements that match or may match
    pub evidence: Vec<Evidence>,
}

/// A decision with its reasons
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The decision
    pub verdict: Verdict,
    /// The layer that decided; `None` where no layer stands out
    pub layer: Option<Layer>,
    /// What it depends on, simplified; only where it is conditional
    pub residual: Option<Residual>,
    /// What the caller must choose with the call for it to be allowed
    pub choices: Vec<Atom>,
    /// How the resource policy names the caller, at best
    pub level: Option<Match>,
    /// The layers in order
    pub steps: Vec<Step>,
}

/// Decides a request
#[must_use]
pub fn decide(_policies: &Applicable<'_>, _request: &Request) -> Decision {
    unreachable!("written next")
}
