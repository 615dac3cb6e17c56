//! The world: everything of the input that can call or be called, with its policies and wiring, as plain data.
//!
//! Loaders fill [`pieces::Pieces`]; [`build`] joins them into a [`World`]; a [`view::View`] answers single
//! questions about it. Pure: no files. Must not know: which input format a piece came from, or what reaches what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cause::Cause;
use crate::eval::request::Home;
use crate::policy::Policy;
use crate::source::Span;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::organization::Ceilings;
use crate::world::pieces::{AbsentModule, Assumption, Need, Provenance, Setting, Tally};

pub mod buckets;
pub mod build;
pub mod configured;
pub mod data;
pub mod edit;
pub mod ends;
pub mod kind;
pub mod organization;
pub mod pieces;
pub mod select;
pub mod sources;
pub mod view;

/// Number of an entity in its [`World`]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(u32);

impl EntityId {
    /// Its place among the entities of its world
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Number of a policy document in its [`World`]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(u32);

/// Something that can call or be called
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its number
    pub id: EntityId,
    /// What it is
    pub kind: Kind,
    /// What a selector calls it after the kind: `orders`, `pay:live`, `444455556666`
    pub name: Text,
    /// What reports call it: `function/orders`, `api/tf:aws_apigatewayv2_api.shop`, `anonymous`
    pub display: String,
    /// Its ARN; the pattern of a [`Kind::Pattern`]
    pub arn: Option<Text>,
    /// The account that owns it
    pub account: Option<Text>,
    /// Its address in the input, where the input declares it
    pub address: Option<String>,
    /// Where it is declared, or first named
    pub span: Option<Span>,
    /// Why it may not exist at all
    pub doubts: Vec<Cause>,
    /// How the world knows of it
    pub standing: Standing,
    /// Whether it belongs to an account that is not ours
    pub home: Home,
    /// Settings that answers use
    pub settings: BTreeMap<&'static str, Setting>,
    /// Identity policies, those of its groups included
    pub identity: Vec<Applied>,
    /// Permissions boundary
    pub boundary: Vec<Applied>,
    /// Trust policy, of a role
    pub trust: Vec<Applied>,
    /// Resource policy
    pub resource: Vec<Applied>,
    /// Grants, of a key
    pub grants: Vec<Applied>,
    /// The key that it is encrypted with; several where it is not sure which
    pub keys: Vec<KeyUse>,
    /// Of a pattern: the kind of the resources it names
    pub of: Option<Kind>,
    /// Of an alias or version: its function
    pub alias_of: Option<EntityId>,
}

/// A customer managed key that a resource is encrypted with
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key
    pub key: EntityId,
    /// Where the input says so
    pub span: Span,
    /// Why it may be another, or none
    pub doubts: Vec<Cause>,
}

/// A VPC endpoint with its policies, for requests that name it
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its id, as `aws:SourceVpce` has it
    pub id: Text,
    /// Its policies
    pub policies: Vec<Applied>,
    /// The same where it is not sure that a request means this endpoint
    pub perhaps: Vec<Applied>,
}

/// How the world knows of an entity
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The input declares it
    Declared,
    /// A policy or a wiring of the input names it
    Named,
    /// It exists in every world: anonymous callers
    Always,
}

/// A policy as an entity carries it
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What reports call it
    pub name: String,
    /// The document, or why it is not there
    pub document: Result<PolicyId, Cause>,
    /// Who wrote it
    pub provenance: Provenance,
    /// Why it may not apply
    pub doubts: Vec<Cause>,
}

/// A policy document with what the world knows of it
#[derive(Clone, Debug)]
pub struct Stored {
    /// The document
    pub policy: Policy,
    /// What reports call it
    pub name: String,
    /// Who wrote it
    pub provenance: Provenance,
}

/// A trigger, a role of a function, a URL: joined wiring
#[derive(Clone, Debug)]
pub struct Wired {
    /// What is wired
    pub link: Link,
    /// The block that wires it
    pub span: Span,
    /// Why it may not be wired, or is switched off
    pub doubts: Vec<Cause>,
    /// What sets it off, where it starts from a source
    pub occasion: Option<sources::Occasion>,
}

/// Joined wirings
#[derive(Clone, Debug)]
pub enum Link {
    /// The function's code runs as the role
    RunsAs {
        /// The function, or one of its aliases
        function: EntityId,
        /// The role
        role: EntityId,
    },
    /// The function has a URL
    Url {
        /// The function, or one of its aliases
        function: EntityId,
        /// `NONE` or `AWS_IAM`
        authorization: Text,
    },
    /// The web function has an endpoint
    WebEndpoint {
        /// The web function
        function: EntityId,
        /// The endpoint's name
        name: Text,
        /// `ApplicationManaged` or `IamAuth`
        authorization: Text,
    },
    /// The API has a route to the function
    Route {
        /// The id of its edge
        edge: &'static str,
        /// The API
        api: EntityId,
        /// The function, or a queue, a table, ... of another service
        target: EntityId,
        /// By which right it is called
        action: &'static str,
        /// `POST /orders`
        key: Text,
        /// `NONE`, `AWS_IAM`, `JWT`, `CUSTOM`
        authorization: Text,
        /// A role that the API uses instead of the function's policy
        credentials: Option<Text>,
        /// The integration's block
        integration: Span,
    },
    /// The bucket notifies the function
    Notification {
        /// The bucket
        bucket: EntityId,
        /// The function
        function: EntityId,
        /// The event names
        events: Vec<Text>,
        /// Only keys that start so
        prefix: Option<Text>,
        /// Only keys that end so
        suffix: Option<Text>,
    },
    /// Any other trigger
    Trigger {
        /// The id of its edge
        edge: &'static str,
        /// The source
        source: EntityId,
        /// The function
        function: EntityId,
        /// The role that the source calls with, where it has one
        role: Option<EntityId>,
        /// The part of the source that calls, where a source has several
        part: Text,
    },
    /// The source calls what its users name, as the role
    CallsAs {
        /// The source: a database
        source: EntityId,
        /// The role
        role: EntityId,
    },
    /// The holder's configuration has an access key of the owner
    Credential {
        /// What has it in its configuration: a function, a task, a project
        holder: EntityId,
        /// The user whose key it is
        owner: EntityId,
    },
    /// What comes to one source is passed on to another
    Forward {
        /// The first
        source: EntityId,
        /// The second
        target: EntityId,
        /// The role that it is passed on with, where there is one
        role: Option<EntityId>,
        /// What must happen to the first
        need: Need,
    },
}

/// Everything the input tells, joined
#[derive(Clone, Debug, Default)]
pub struct World {
    entities: Vec<Entity>,
    /// The entities by kind, each kind's in their order
    by_kind: BTreeMap<Kind, Vec<EntityId>>,
    /// The entities by how their ARNs begin
    ends: ends::Ends,
    /// Shared with the worlds that edits make of this one
    policies: Vec<Arc<Stored>>,
    /// Who wrote the statement at a place
    provenance: BTreeMap<view::StatementPlace, Provenance>,
    /// Wirings, in a stable order
    wired: Vec<Wired>,
    /// Places in `wired` that were taken out since
    unwired: BTreeSet<usize>,
    /// The wirings by where they start
    sources: sources::Sources,
    /// The accounts that are ours, as far as the input tells
    pub accounts: Vec<Text>,
    /// What was taken for granted
    pub assumptions: Vec<Assumption>,
    /// How many values were read
    pub tally: Tally,
    /// Modules whose files are not in the input
    pub absent_modules: Vec<AbsentModule>,
    /// What limits the accounts, by account
    ceilings: BTreeMap<Text, Ceilings>,
    /// VPC endpoints that have a policy of their own
    pub endpoints: Vec<Endpoint>,
}

impl World {
    /// The control policies that limit an account, as far as the input tells
    #[must_use]
    pub fn ceilings(&self, account: &Text) -> Option<&Ceilings> {
        self.ceilings.get(account)
    }

    /// All entities, in a stable order
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// One entity
    #[must_use]
    pub fn entity(&self, id: EntityId) -> &Entity {
        #[expect(clippy::indexing_slicing, reason = "INVARIANT: ids are given out by this world only")]
        &self.entities[id.0 as usize]
    }

    /// The accounts that control policies limit, as far as the input tells
    pub fn limited(&self) -> impl Iterator<Item = (&Text, &Ceilings)> {
        self.ceilings.iter()
    }

    /// One policy document
    #[must_use]
    pub fn stored(&self, id: PolicyId) -> &Stored {
        #[expect(clippy::indexing_slicing, reason = "INVARIANT: ids are given out by this world only")]
        &self.policies[id.0 as usize]
    }

    /// What is wired, in a stable order
    pub fn wirings(&self) -> impl Iterator<Item = &Wired> {
        let places = self.wired.iter().enumerate();
        places.filter(|(at, _)| !self.unwired.contains(at)).map(|(_, wired)| wired)
    }

    /// All policy documents
    pub fn policies(&self) -> impl Iterator<Item = (PolicyId, &Stored)> {
        self.policies.iter().enumerate().map(|(n, stored)| (PolicyId(number(n)), &**stored))
    }

    /// Who wrote the statement at a place
    #[must_use]
    pub fn provenance(&self, place: view::StatementPlace) -> Provenance {
        self.provenance.get(&place).copied().unwrap_or(Provenance::Written)
    }

    /// Entities of one kind
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Entity> {
        let of_kind = self.by_kind.get(&kind).map(Vec::as_slice).unwrap_or_default();
        of_kind.iter().map(|id| self.entity(*id))
    }

    /// Everything that is code of Lambda: functions with their aliases and versions, and web functions
    pub fn functions(&self) -> impl Iterator<Item = &Entity> {
        self.of_kind(Kind::Function).chain(self.of_kind(Kind::WebFunction))
    }

    /// The one entity of a kind that exists once
    #[must_use]
    pub fn anonymous(&self) -> Option<EntityId> {
        self.of_kind(Kind::Anonymous).next().map(|entity| entity.id)
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
