//! One world as a question sees it: with context keys that were given, and statements that were taken away.
//!
//! What-if never copies the world: a view keeps edited documents beside it. Knows: which policies apply to a
//! request between two entities. Must not know: which requests are worth asking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::Cause;
use crate::eval::context::{Context, KeyValue, Others};
use crate::eval::decide::{Decision, decide};
use crate::eval::request::{Applicable, Attached, Caller, Document, Home, Request};
use crate::policy::Policy;
use crate::source::Span;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::{Applied, Endpoint, Entity, EntityId, PolicyId, World};

/// A statement by its place: the same text used twice is one statement
pub type StatementPlace = (Span, usize);

/// A world, what is given, and what is taken away
#[derive(Clone, Debug)]
pub struct View<'w> {
    /// The world
    pub world: &'w World,
    given: Vec<(String, KeyValue)>,
    edited: BTreeMap<PolicyId, Policy>,
    /// What is asked about as an end of edges, where not everything is
    focus: Option<Arc<BTreeSet<EntityId>>>,
}

/// One question to the evaluator
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// Who calls
    pub caller: Caller,
    /// Whose identity policies and boundary apply; none for services and anonymous callers
    pub identity: Option<EntityId>,
    /// What is called
    pub action: &'q Action,
    /// The ARN in the request
    pub resource: Text,
    /// Whose resource policy applies, and who owns the resource
    pub on: Option<EntityId>,
    /// Keys that the way of calling fixes
    pub context: Vec<(&'static str, KeyValue)>,
}

impl<'w> View<'w> {
    /// The world as it was loaded
    #[must_use]
    pub fn new(world: &'w World) -> Self {
        Self { world, given: Vec::new(), edited: BTreeMap::new(), focus: None }
    }

    /// With context keys fixed
    #[must_use]
    pub fn given(mut self, keys: Vec<(String, KeyValue)>) -> Self {
        self.given = keys;
        self
    }

    /// The same, asked about these ends alone: what [`View::ends`] leaves out is of no interest
    #[must_use]
    pub fn focused(mut self, ends: BTreeSet<EntityId>) -> Self {
        self.focus = Some(Arc::new(ends));
        self
    }

    /// Entities of one kind that a call may be about
    pub fn ends(&self, kind: Kind) -> impl Iterator<Item = &'w Entity> + use<'w> {
        let focus = self.focus.clone();
        self.world.of_kind(kind).filter(move |one| focus.as_ref().is_none_or(|ends| ends.contains(&one.id)))
    }

    /// Whether a call may be about this entity
    #[must_use]
    pub fn is_end(&self, id: EntityId) -> bool {
        self.focus.as_ref().is_none_or(|ends| ends.contains(&id))
    }

    /// Without these statements
    #[must_use]
    pub fn without(&self, places: &BTreeSet<StatementPlace>) -> Self {
        let mut view = self.clone();
        for (id, stored) in self.world.policies() {
            let policy = self.policy(id);
            let gone = |s: &crate::policy::Statement| places.contains(&(s.span, s.index));
            if policy.statements.iter().any(gone) {
                let mut policy = stored.policy.clone();
                policy.statements.retain(|statement| !gone(statement));
                view.edited.insert(id, policy);
            }
        }
        view
    }

    /// With another document in the place of one
    #[must_use]
    pub fn with(&self, id: PolicyId, policy: Policy) -> Self {
        let mut view = self.clone();
        view.edited.insert(id, policy);
        view
    }

    /// A document as this view sees it
    #[must_use]
    pub fn policy(&self, id: PolicyId) -> &Policy {
        self.edited.get(&id).unwrap_or(&self.world.stored(id).policy)
    }

    /// An entity
    #[must_use]
    pub fn entity(&self, id: EntityId) -> &'w Entity {
        self.world.entity(id)
    }

    /// The documents among these, as this view sees them
    pub fn documents<'v>(&'v self, applied: &'v [Applied]) -> impl Iterator<Item = &'v Policy> {
        applied.iter().filter_map(|applied| applied.document.as_ref().ok()).map(|id| self.policy(*id))
    }

    /// What limits what a caller's own documents allow: its boundary, and each level above its account
    pub fn limits<'v>(&'v self, entity: &'v Entity) -> impl Iterator<Item = &'v [Applied]> {
        let ceilings = entity.account.as_ref().and_then(|own| self.world.ceilings(own));
        let levels = ceilings.into_iter().flat_map(|ceilings| ceilings.scps.iter().chain(&ceilings.rcps));
        std::iter::once(&entity.boundary).chain(levels).map(Vec::as_slice)
    }

    fn attached<'v>(&'v self, applied: &'v [Applied]) -> Vec<Attached<'v>> {
        let one = |applied: &'v Applied| Attached {
            name: &applied.name,
            document: match &applied.document {
                Ok(id) => Document::Known(self.policy(*id)),
                Err(cause) => Document::Missing(cause),
            },
            doubts: &applied.doubts,
        };
        applied.iter().map(one).collect()
    }

    /// Decides a question
    #[must_use]
    pub fn ask(&self, question: &Question<'_>) -> Decision {
        let (policies, request) = self.applicable(question);
        decide(&policies, &request)
    }

    /// The policies that apply to a question, and its request
    #[must_use]
    pub fn applicable(&self, question: &Question<'_>) -> (Applicable<'_>, Request) {
        let mut policies = Applicable::default();
        if let Some(id) = question.identity {
            let entity = self.world.entity(id);
            policies.identity = self.attached(&entity.identity);
            policies.boundary = self.attached(&entity.boundary);
            policies.home = entity.home;
        }
        let mut owner = None;
        if let Some(id) = question.on {
            let entity = self.world.entity(id);
            owner = entity.account.clone();
            policies.resource =
                self.attached(if is_assume(question.action) { &entity.trust } else { &entity.resource });
            policies.grants = self.attached(&entity.grants);
        }
        let own = question.caller.account();
        // Control policies limit an account's principals and its resources, whoever asks.
        if let Some(ceilings) = own.as_ref().and_then(|own| self.world.ceilings(own)) {
            policies.scps = ceilings.scps.iter().map(|level| self.attached(level)).collect();
        }
        if let Some(ceilings) = owner.as_ref().or(own.as_ref()).and_then(|at| self.world.ceilings(at)) {
            policies.rcps = ceilings.rcps.iter().map(|level| self.attached(level)).collect();
        }
        let request = self.request(question, owner);
        policies.endpoint = self.endpoint(&request);
        (policies, request)
    }

    /// The policy of the VPC endpoint that a request names: it comes through one only where `aws:SourceVpce` says so,
    /// and to everybody else an endpoint's policy means nothing \[vpc-endpoints-access\]
    fn endpoint(&self, request: &Request) -> Vec<Attached<'_>> {
        let Some(KeyValue::One(id)) = request.context.listed("aws:SourceVpce") else { return Vec::new() };
        let of = |endpoint: &'w Endpoint| match fit(&endpoint.id, id, Way::Exact) {
            Fit::Yes => &endpoint.policies[..],
            Fit::Depends(_) => &endpoint.perhaps[..],
            Fit::No => &[],
        };
        self.world.endpoints.iter().flat_map(|endpoint| self.attached(of(endpoint))).collect()
    }

    /// The request of a question
    #[must_use]
    pub fn request(&self, question: &Question<'_>, owner: Option<Text>) -> Request {
        let mut context = Context::new(Others::Unknown);
        for (key, value) in &question.context {
            context.set(key, value.clone());
        }
        for (key, value) in &self.given {
            context.set_default(key, value.clone());
        }
        Request {
            caller: question.caller.clone(),
            action: question.action.clone(),
            resource: question.resource.clone(),
            owner,
            context,
        }
    }

    /// Why an entity may not exist at all
    #[must_use]
    pub fn doubts(&self, id: EntityId) -> &'w [Cause] {
        &self.world.entity(id).doubts
    }
}

/// Whether the action's resource policy is the role's trust policy
fn is_assume(action: &Action) -> bool {
    action.service().eq_ignore_ascii_case("sts")
}

/// How an entity calls AWS, where it can
#[must_use]
pub fn caller(entity: &Entity) -> Option<Caller> {
    let arn = || entity.arn.clone();
    match entity.kind {
        Kind::User => arn().map(Caller::User),
        Kind::Role => arn().map(|role| {
            let is_linked = Arn::parse(&role)
                .is_some_and(|arn| arn.resource.strip_prefix("role/aws-service-role/").is_some());
            if is_linked { Caller::ServiceLinkedRole(role) } else { Caller::Session { role, name: None } }
        }),
        // Our own account as a whole is reached, but its principals call.
        Kind::Account | Kind::AnyAccount if entity.home == Home::ByAccount => None,
        Kind::Account | Kind::AnyAccount => entity.account.clone().map(Caller::Account),
        Kind::Service => Some(Caller::Service(entity.name.clone())),
        Kind::Provider => arn().or_else(|| Some(entity.name.clone())).map(Caller::Federated),
        Kind::Anonymous => Some(Caller::Anonymous),
        Kind::Group
        | Kind::Function
        | Kind::WebFunction
        | Kind::Layer
        | Kind::Api
        | Kind::Url
        | Kind::Bucket
        | Kind::Topic
        | Kind::Queue
        | Kind::Stream
        | Kind::Table
        | Kind::Secret
        | Kind::Param
        | Kind::DbCluster
        | Kind::RedshiftCluster
        | Kind::Key
        | Kind::LogGroup
        | Kind::Rule
        | Kind::Schedule
        | Kind::Bus
        | Kind::StateMachine
        | Kind::Distribution
        | Kind::Alb
        | Kind::UserPool
        | Kind::Endpoint
        | Kind::Pattern
        | Kind::Other => None,
    }
}
