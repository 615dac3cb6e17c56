//! The order of layers: from applicable policies and a request to a decision that can explain itself.
//!
//! \[reference_policies_evaluation-logic, reference_policies_evaluation-logic-cross-account,
//! orgs_manage_policies_scps, orgs_manage_policies_rcps\]. Every layer is looked at, also behind one that denies, so
//! that a decision can show them all. Must not know: how a single statement matches.

use crate::aws::arn::Arn;
use crate::aws::catalogue::Rcp;
use crate::aws::pattern::{Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::Others;
use crate::eval::request::{Applicable, Attached, Caller, Document, Home, Request};
use crate::eval::statement::{Bounded, Matched, NamesPrincipalArn, matches};
use crate::eval::truth::{Atom, Residual, Truth};
use crate::eval::{choices, listed};
use crate::policy::Effect;
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
    /// Nothing at this layer applies to the request
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
pub fn decide(policies: &Applicable<'_>, request: &Request) -> Decision {
    let plain = decide_as_it_stands(policies, request);
    match request.context.others() {
        Others::Absent => plain,
        Others::Unknown => choices::best(request, plain, |tried| decide_as_it_stands(policies, tried)),
    }
}

/// What the policies of one layer say
struct Said {
    layer: Layer,
    /// Whether something is attached at the layer, and the layer applies to the request
    applies: bool,
    allow: Truth,
    deny: Truth,
    /// The matching Allow statements, with how they name the caller
    grants: Vec<Matched>,
    evidence: Vec<Evidence>,
}

impl Said {
    fn nothing(layer: Layer) -> Self {
        let (allow, deny) = (Truth::False, Truth::False);
        Self { layer, applies: false, allow, deny, grants: Vec::new(), evidence: Vec::new() }
    }

    /// Whether the layer lets the request pass: as a ceiling it limits only where something is attached
    fn ceiling(&self) -> Truth {
        if self.applies { self.allow.clone() } else { Truth::True }
    }

    fn outcome(&self) -> Outcome {
        match (&self.deny, &self.allow) {
            _ if !self.applies => Outcome::NotReached,
            (Truth::True, _) => Outcome::Denied,
            (Truth::False, Truth::True) => Outcome::Allowed,
            (Truth::False, Truth::False) => Outcome::NoMatch,
            (Truth::Depends(_), _) | (Truth::False, Truth::Depends(_)) => Outcome::Conditional,
        }
    }

    fn into_step(self) -> Step {
        Step { layer: self.layer, outcome: self.outcome(), evidence: self.evidence }
    }
}

/// How a resource's policy takes part
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// In one account, either side is enough
    Either,
    /// Nothing works without it: the trust policy of a role, the policy of a key
    Needed,
}

/// Decides a request with what is known of it, nothing chosen
pub(super) fn decide_as_it_stands(policies: &Applicable<'_>, request: &Request) -> Decision {
    let layer = resource_layer(request);
    let bounded = if policies.boundary.is_empty() { Bounded::No } else { Bounded::Yes };
    let look = |layer, attached: &[Attached<'_>]| look(layer, attached, request, bounded);
    let own = if request.caller.has_credentials() { &policies.identity[..] } else { &[] };
    let boundary = if request.caller.has_credentials() { &policies.boundary[..] } else { &[] };
    let session = if request.caller.has_credentials() { &policies.session[..] } else { &[] };
    let said = Layers {
        rcp: rcps(policies, request, bounded),
        scp: scps(policies, request, bounded),
        endpoint: look(Layer::Endpoint, &policies.endpoint),
        resource: look(layer, &policies.resource),
        grant: look(Layer::Grant, if layer == Layer::Key { &policies.grants } else { &[] }),
        identity: look(Layer::Identity, own),
        boundary: look(Layer::Boundary, boundary),
        session: look(Layer::Session, session),
    };
    let deny = Truth::any(said.in_order().map(|said| said.deny.clone()));
    let granted = said.granted(request, policies.home);
    let allow = Truth::all([said.scp.ceiling(), said.endpoint.ceiling(), granted]);
    let permit = allow.clone().and(deny.clone().not());
    let level = said.resource.grants.iter().filter_map(|grant| grant.level).max();
    // "No permissions are required" even under an explicit deny \[API_GetCallerIdentity\].
    if request.action.is("sts:GetCallerIdentity") {
        let (verdict, steps) = (Verdict::Allowed, said.into_steps());
        return Decision { verdict, layer: None, residual: None, choices: Vec::new(), level, steps };
    }
    let (verdict, residual) = match permit {
        _ if deny.is_true() => (Verdict::ExplicitlyDenied, None),
        Truth::True => (Verdict::Allowed, None),
        Truth::False => (Verdict::ImplicitlyDenied, None),
        Truth::Depends(residual) => (Verdict::Conditional, Some(residual)),
    };
    let layer = said.deciding(verdict, request, policies.home);
    Decision { verdict, layer, residual, choices: Vec::new(), level, steps: said.into_steps() }
}

/// What every layer says
struct Layers {
    rcp: Said,
    scp: Said,
    endpoint: Said,
    resource: Said,
    grant: Said,
    identity: Said,
    boundary: Said,
    session: Said,
}

impl Layers {
    fn in_order(&self) -> impl Iterator<Item = &Said> {
        let Self { rcp, scp, endpoint, resource, grant, identity, boundary, session } = self;
        [rcp, scp, endpoint, resource, grant, identity, boundary, session].into_iter()
    }

    fn into_steps(self) -> Vec<Step> {
        let Self { rcp, scp, endpoint, resource, grant, identity, boundary, session } = self;
        let layers = [rcp, scp, endpoint, resource, grant, identity, boundary, session].into_iter();
        layers.filter(|said| said.layer != Layer::Grant || said.applies).map(Said::into_step).collect()
    }

    /// Whether the caller's and the resource's policies together grant the request, within boundary and session
    fn granted(&self, request: &Request, home: Home) -> Truth {
        let partition = same_partition(request);
        let at = |wanted: Match| {
            let of_level = self.resource.grants.iter().filter(|grant| grant.level == Some(wanted));
            Truth::any(of_level.map(|grant| grant.truth.clone())).and(partition.clone())
        };
        let anyhow =
            Truth::any(self.resource.grants.iter().map(|grant| grant.truth.clone())).and(partition.clone());
        let same = same_account(request, home).and(partition.clone());
        match &request.caller {
            Caller::Service(_) => {
                let by_policy = Truth::any(self.resource.grants.iter().map(|grant| grant.truth.clone()));
                by_policy.or(self.grant.allow.clone())
            }
            Caller::Anonymous | Caller::Federated(_) => anyhow,
            // The root user needs no policy in its own account; elsewhere the named account is enough.
            Caller::Root(_) => {
                let at_home = match part(self.resource.layer) {
                    Part::Either => Truth::True,
                    Part::Needed => anyhow.clone(),
                };
                choose(same, at_home, anyhow)
            }
            Caller::User(_)
            | Caller::Session { .. }
            | Caller::ServiceLinkedRole(_)
            | Caller::FederatedUser(_)
            | Caller::Account(_) => {
                let ceilings = self.boundary.ceiling().and(self.session.ceiling());
                let identity = self.identity.allow.clone();
                let by_identity = match part(self.resource.layer) {
                    Part::Either => identity.clone(),
                    Part::Needed => identity.clone().and(anyhow.clone()),
                };
                let by_grant = self.grant.allow.clone().and(ceilings.clone());
                let at_home = Truth::any([
                    by_grant.clone(),
                    at(Match::Direct),
                    self.wildcard_grant().and(partition.clone()),
                    at(Match::Role).and(ceilings.clone()),
                    by_identity.and(ceilings.clone()),
                ]);
                let by_policies = Truth::all([anyhow, identity.clone(), ceilings]);
                let abroad = by_policies.or(by_grant.and(identity.or(grant_alone())));
                choose(same, at_home, abroad)
            }
        }
    }

    /// `*` in the resource's own account grants without an identity policy and past a boundary. With a condition on
    /// `aws:PrincipalArn` session policies do not limit it either \[reference_policies_elements_principal\]; without,
    /// no page says.
    fn wildcard_grant(&self) -> Truth {
        let session = self.session.ceiling();
        let of_level = self.resource.grants.iter().filter(|grant| grant.level == Some(Match::Wildcard));
        Truth::any(of_level.map(|grant| {
            let past = match (grant.names_principal_arn, &session) {
                (NamesPrincipalArn::Yes, _) | (NamesPrincipalArn::No, Truth::True) => Truth::True,
                (NamesPrincipalArn::No, Truth::False | Truth::Depends(_)) => {
                    let what = "whether a session policy limits what is granted to everyone";
                    let open = Residual::Cause(Cause::new(CauseKind::NotConfirmed, what));
                    session.clone().or(Truth::Depends(open))
                }
            };
            grant.truth.clone().and(past)
        }))
    }

    fn deciding(&self, verdict: Verdict, request: &Request, home: Home) -> Option<Layer> {
        match verdict {
            Verdict::ExplicitlyDenied => {
                self.in_order().find(|said| said.deny.is_true()).map(|said| said.layer)
            }
            Verdict::Conditional => {
                self.in_order().find(|said| said.outcome() == Outcome::Conditional).map(|said| said.layer)
            }
            Verdict::Allowed => {
                let named = |grant: &Matched| grant.truth.is_true() && grant.level > Some(Match::Account);
                if !request.caller.has_credentials() || self.resource.grants.iter().any(named) {
                    self.resource.applies.then_some(self.resource.layer)
                } else if self.identity.allow.is_true() {
                    Some(Layer::Identity)
                } else {
                    self.grant.allow.is_true().then_some(Layer::Grant)
                }
            }
            Verdict::ImplicitlyDenied => Some(self.lacking(request, home)),
        }
    }

    /// The first layer that lacks an Allow
    fn lacking(&self, request: &Request, home: Home) -> Layer {
        for ceiling in [&self.scp, &self.endpoint] {
            if ceiling.ceiling().is_false() {
                return ceiling.layer;
            }
        }
        if !request.caller.has_credentials() {
            return self.resource.layer;
        }
        let without_resource = self.resource.grants.is_empty();
        if without_resource
            && (part(self.resource.layer) == Part::Needed || same_account(request, home).is_false())
        {
            return self.resource.layer;
        }
        if self.identity.allow.is_false() {
            return Layer::Identity;
        }
        for ceiling in [&self.boundary, &self.session] {
            if ceiling.ceiling().is_false() {
                return ceiling.layer;
            }
        }
        Layer::Identity
    }
}

/// Whether a grant to a principal of another account works without an identity policy there
fn grant_alone() -> Truth {
    let what = "whether a KMS grant to another account works without an identity policy there";
    Truth::Depends(Residual::Cause(Cause::new(CauseKind::NotConfirmed, what)))
}

/// One of two answers, by a condition that may itself depend
fn choose(condition: Truth, then: Truth, otherwise: Truth) -> Truth {
    match condition {
        Truth::True => then,
        Truth::False => otherwise,
        Truth::Depends(_) if then == otherwise => then,
        Truth::Depends(_) => condition.clone().and(then).or(condition.not().and(otherwise)),
    }
}

/// Which policy the resource's is
fn resource_layer(request: &Request) -> Layer {
    match request.action.service().to_ascii_lowercase().as_str() {
        "sts" => Layer::Trust,
        "kms" => Layer::Key,
        _ => Layer::Resource,
    }
}

fn part(layer: Layer) -> Part {
    match layer {
        Layer::Trust | Layer::Key => Part::Needed,
        Layer::Scp
        | Layer::Rcp
        | Layer::Endpoint
        | Layer::Resource
        | Layer::Identity
        | Layer::Boundary
        | Layer::Session
        | Layer::Grant => Part::Either,
    }
}

fn same_account(request: &Request, home: Home) -> Truth {
    if home == Home::Elsewhere {
        return Truth::False;
    }
    let Some(owner) = &request.owner else { return Truth::True };
    match request.caller.account() {
        Some(account) => Truth::of_fit(fit(owner, &account, Way::Exact), &account, Span::NOWHERE),
        None => Truth::False,
    }
}

/// Nothing is delegated from one partition to another
fn same_partition(request: &Request) -> Truth {
    let own = request.caller.arn().and_then(Arn::partition_in);
    match (own, Arn::partition_in(&request.resource)) {
        (Some(own), Some(resource)) if own == resource && own.as_literal().is_some() => Truth::True,
        (Some(own), Some(resource)) => {
            Truth::of_fit(fit(&own, &resource, Way::Exact), &resource, Span::NOWHERE)
        }
        _ => Truth::True,
    }
}

/// What the documents of one layer say: their union
fn look(layer: Layer, attached: &[Attached<'_>], request: &Request, bounded: Bounded) -> Said {
    let mut said = Said { applies: !attached.is_empty(), ..Said::nothing(layer) };
    let (mut allow, mut deny) = (Vec::new(), Vec::new());
    for one in attached {
        let doubt = Truth::all(one.doubts.iter().map(|cause| Truth::Depends(Residual::Cause(cause.clone()))));
        let policy = match &one.document {
            Document::Known(policy) => policy,
            Document::Missing(cause) => {
                // Not in the input: anything is possible, for Allow and for Deny.
                let unknown = Truth::Depends(Residual::Cause((*cause).clone()));
                allow.push(unknown.clone());
                deny.push(unknown.clone());
                said.grants.push(Matched {
                    truth: unknown,
                    level: Some(Match::Direct),
                    names_principal_arn: NamesPrincipalArn::No,
                });
                continue;
            }
        };
        for statement in &policy.statements {
            let matched = matches(policy, statement, layer, request, bounded);
            let whole = Truth::any(matched.iter().map(|one| one.truth.clone())).and(doubt.clone());
            if whole.is_false() {
                continue;
            }
            let either =
                |hole: &crate::text::Hole| Truth::cause(CauseKind::Hole, hole.name(), statement.span);
            let (as_allow, as_deny, says) = match &statement.effect {
                Effect::Allow => (Truth::True, Truth::False, Says::Allow),
                Effect::Deny => (Truth::False, Truth::True, Says::Deny),
                Effect::Unknown(hole) => (either(hole), either(hole), Says::Either),
            };
            for one in &matched {
                let truth = Truth::all([one.truth.clone(), doubt.clone(), as_allow.clone()]);
                if !truth.is_false() {
                    said.grants.push(Matched { truth, ..one.clone() });
                }
            }
            said.evidence.push(Evidence {
                policy: one.name.to_owned(),
                sid: statement.sid.clone(),
                index: statement.index,
                effect: says,
                residual: match &whole {
                    Truth::Depends(residual) => Some(residual.clone()),
                    Truth::True | Truth::False => None,
                },
                level: matched.iter().filter_map(|one| one.level).max(),
                span: statement.span,
            });
            allow.push(whole.clone().and(as_allow));
            deny.push(whole.and(as_deny));
        }
    }
    said.allow = Truth::any(allow);
    said.deny = Truth::any(deny);
    said
}

/// Service control policies: a union in each level, an intersection of levels
fn scps(policies: &Applicable<'_>, request: &Request, bounded: Bounded) -> Said {
    let exempt = matches!(
        request.caller,
        Caller::ServiceLinkedRole(_) | Caller::Service(_) | Caller::Anonymous | Caller::Federated(_)
    );
    if policies.scps.is_empty() || exempt {
        return Said::nothing(Layer::Scp);
    }
    by_level(Layer::Scp, &policies.scps, request, bounded)
}

/// Resource control policies: only what they deny counts, for `RCPFullAWSAccess` is at every level
fn rcps(policies: &Applicable<'_>, request: &Request, bounded: Bounded) -> Said {
    // "Resource control policies do not affect" service-linked roles, nor this one action.
    let exempt =
        matches!(request.caller, Caller::ServiceLinkedRole(_)) || request.action.is("kms:RetireGrant");
    if policies.rcps.is_empty() || exempt {
        return Said::nothing(Layer::Rcp);
    }
    let said = by_level(Layer::Rcp, &policies.rcps, request, bounded);
    let deny = match listed::rcp(&request.action) {
        Some(Rcp::Supported) => said.deny.clone(),
        // On other services they have no effect.
        Some(Rcp::NotListed) => return Said::nothing(Layer::Rcp),
        None => {
            let service = request.action.service();
            let what =
                format!("whether RCPs act on {service}, which the tables of {} do not list", listed::date());
            let open = Residual::Cause(Cause::new(CauseKind::NotConfirmed, what));
            said.deny.clone().and(Truth::Depends(open))
        }
    };
    Said { allow: Truth::True, deny, ..said }
}

fn by_level(layer: Layer, levels: &[Vec<Attached<'_>>], request: &Request, bounded: Bounded) -> Said {
    let said: Vec<Said> = levels.iter().map(|level| look(layer, level, request, bounded)).collect();
    Said {
        layer,
        applies: true,
        allow: Truth::all(said.iter().map(|level| level.allow.clone())),
        deny: Truth::any(said.iter().map(|level| level.deny.clone())),
        grants: Vec::new(),
        evidence: said.into_iter().flat_map(|level| level.evidence).collect(),
    }
}
