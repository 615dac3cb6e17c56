//! An organisation, as far as an input tells of it: root, units, accounts, and the control policies attached to them.
//!
//! `world::build` turns this into the [`Ceilings`] of each account. Must not know: which input it came from, or how a
//! policy is decided.

use crate::cause::Cause;
use crate::policy::Policy;
use crate::source::Span;
use crate::text::Text;
use crate::world::Applied;
use crate::world::pieces::Reference;

/// What an input tells of an organisation, not joined yet
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Roots, units and accounts
    pub members: Vec<Member>,
    /// Control policies
    pub policies: Vec<ControlPolicy>,
    /// Ids of policies of other types, which limit no request
    pub idle: Vec<Text>,
    /// Which policy is attached to what
    pub attached: Vec<AttachedPolicy>,
}

/// What a member is
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// The root; an organisation has one
    Root,
    /// An organisational unit
    Unit,
    /// An account that the organisation made or invited, and so not its management account
    Account,
}

/// A root, unit or account of an organisation
#[derive(Clone, Debug)]
pub struct Member {
    /// What it is
    pub kind: MemberKind,
    /// Its id: of an account, its number
    pub id: Text,
    /// What it is directly below of; an account of which this is not written is below the root
    pub parent: Option<Reference>,
    /// Of a root: the management account, where it is known
    pub management: Option<Text>,
    /// Where it is declared
    pub span: Span,
    /// Why it may not exist at all
    pub doubts: Vec<Cause>,
}

/// What a control policy limits
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controls {
    /// Principals of an account: a service control policy
    Principals,
    /// Resources of an account: a resource control policy
    Resources,
    /// One of both, not known which
    Either,
}

/// A control policy
#[derive(Clone, Debug)]
pub struct ControlPolicy {
    /// What it limits
    pub controls: Controls,
    /// Its id
    pub id: Text,
    /// What reports call it
    pub name: String,
    /// The document
    pub policy: Policy,
    /// Why it may not exist at all, or may be of another type
    pub doubts: Vec<Cause>,
}

/// A control policy on a root, a unit or an account
#[derive(Clone, Debug)]
pub struct AttachedPolicy {
    /// The policy, by id
    pub policy: Reference,
    /// What it is attached to, by id
    pub target: Reference,
    /// Why it may not be attached
    pub doubts: Vec<Cause>,
}

/// What limits an account: its principals, and its resources
#[derive(Clone, Debug, Default)]
pub struct Ceilings {
    /// Service control policies, one list a level
    pub scps: Vec<Vec<Applied>>,
    /// Resource control policies, one list a level
    pub rcps: Vec<Vec<Applied>>,
}
