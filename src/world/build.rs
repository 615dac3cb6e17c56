//! From pieces to a world: entities get their policies, references become links.
//!
//! A reference with a hole may mean several entities; each then carries the attachment or wiring *in doubt*. What
//! is attached to something that the input does not declare makes a named entity whose other policies are missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::eval::request::Home;
use crate::policy::Policy;
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{
    Attachment, Declared, DocumentRef, ManagedPolicy, Pieces, Place, PolicyRole, Provenance, Reference, Wire,
    Wiring,
};
use crate::world::{
    Applied, Endpoint, Entity, EntityId, Link, PolicyId, Standing, Stored, Wired, World, number,
};

mod arns;
mod buckets;
mod join;
mod keys;
mod named;
mod organization;
mod patterns;
mod written;

pub use named::Mention;

/// Joins the pieces; `mentions` are principals and resources that a question names, whether the input does or not
#[must_use]
pub fn build(pieces: Pieces, mentions: &[Mention]) -> (World, Problems) {
    let mut build = Build::new(pieces.managed);
    build.places = pieces.places;
    build.always();
    for declared in pieces.declared {
        build.declare(declared);
    }
    build.tell_names_apart();
    let mut own: Vec<Text> = pieces.accounts.iter().map(|own| Text::from(own.account.as_str())).collect();
    own.extend(
        build
            .world
            .entities
            .iter()
            .filter(|e| e.standing == Standing::Declared)
            .filter_map(|e| e.account.clone()),
    );
    own.sort();
    own.dedup();
    build.world.accounts = own;
    let aliases = keys::aliases(&pieces.wirings);
    for attachment in pieces.attachments {
        build.attach(attachment, &aliases);
    }
    build.complete_keys();
    build.guard_buckets(&pieces.buckets);
    for membership in &pieces.memberships {
        for (user, user_doubts) in build.find(Kind::User, &membership.user) {
            for (group, group_doubts) in build.find(Kind::Group, &membership.group) {
                let doubts = [&membership.doubts[..], &user_doubts[..], &group_doubts[..]].concat();
                build.groups.push((user, group, doubts));
            }
        }
    }
    for wiring in &pieces.wirings {
        build.wire(wiring);
    }
    build.join_routes(&pieces.wirings);
    build.encrypt(&pieces.wirings, &aliases);
    build.complete_aliases();
    build.inherit_from_groups();
    build.name_principals();
    for mention in mentions {
        build.mention(mention);
    }
    build.name_own_accounts();
    build.name_data();
    build.world.index_wirings();
    build.world.assumptions = pieces.assumptions;
    build.limit_accounts(&pieces.organization);
    build.open_endpoints();
    build.world.assumptions.sort();
    build.world.assumptions.dedup();
    build.world.tally = pieces.tally;
    build.world.absent_modules = pieces.absent_modules;
    (build.world, build.problems)
}

/// A world in the making
struct Build {
    world: World,
    problems: Problems,
    managed: Vec<ManagedPolicy>,
    /// Where each ARN of a managed policy is
    managed_by_arn: BTreeMap<Text, Vec<usize>>,
    /// Entities by name and ARN
    written: written::Written,
    /// Managed policies by ARN, once stored
    stored: BTreeMap<Text, PolicyId>,
    /// Where what the input declares is
    places: BTreeSet<Place>,
    /// User, group, and why the membership may not be
    groups: Vec<(EntityId, EntityId, Vec<Cause>)>,
}

/// Where an entity came from decides what is known of it
struct New {
    kind: Kind,
    name: Text,
    display: String,
    arn: Option<Text>,
    account: Option<Text>,
    span: Option<Span>,
    standing: Standing,
}

impl Build {
    fn new(managed: Vec<ManagedPolicy>) -> Self {
        let mut managed_by_arn: BTreeMap<Text, Vec<usize>> = BTreeMap::new();
        for (at, policy) in managed.iter().enumerate() {
            managed_by_arn.entry(policy.arn.clone()).or_default().push(at);
        }
        Self {
            world: World::default(),
            problems: Problems::default(),
            managed,
            managed_by_arn,
            written: written::Written::default(),
            stored: BTreeMap::new(),
            places: BTreeSet::new(),
            groups: Vec::new(),
        }
    }

    fn add(&mut self, new: New) -> EntityId {
        let id = EntityId(number(self.world.entities.len()));
        self.world.by_kind.entry(new.kind).or_default().push(id);
        self.written.add(id, new.kind, &new.name, new.arn.as_ref());
        self.world.entities.push(Entity {
            id,
            kind: new.kind,
            name: new.name,
            display: new.display,
            arn: new.arn,
            account: new.account,
            address: None,
            span: new.span,
            doubts: Vec::new(),
            standing: new.standing,
            home: Home::ByAccount,
            settings: BTreeMap::new(),
            identity: Vec::new(),
            boundary: Vec::new(),
            trust: Vec::new(),
            resource: Vec::new(),
            grants: Vec::new(),
            keys: Vec::new(),
            of: None,
            alias_of: None,
        });
        id
    }

    fn entity(&mut self, id: EntityId) -> &mut Entity {
        #[expect(clippy::indexing_slicing, reason = "INVARIANT: ids are given out by this builder only")]
        &mut self.world.entities[id.0 as usize]
    }

    /// Entities of every world: unsigned callers, and any principal of an account that is not ours
    fn always(&mut self) {
        for kind in [Kind::Anonymous, Kind::AnyAccount] {
            let stranger = Hole::new("any other account", HoleKind::Stranger, Shape::Account);
            let id = self.add(New {
                kind,
                name: Text::from(kind.name()),
                display: kind.name().to_owned(),
                arn: None,
                account: (kind == Kind::AnyAccount).then(|| Text::from(stranger)),
                span: None,
                standing: Standing::Always,
            });
            if kind == Kind::AnyAccount {
                self.administer(id, Span::NOWHERE);
            }
        }
    }

    fn declare(&mut self, declared: Declared) {
        let known = declared.name.holes().next().is_none();
        let shown = if known { declared.name.to_string() } else { declared.address.clone() };
        let id = self.add(New {
            kind: declared.kind,
            display: format!("{}/{shown}", declared.kind),
            name: declared.name,
            arn: Some(declared.arn),
            account: Some(declared.account),
            span: Some(declared.span),
            standing: Standing::Declared,
        });
        let entity = self.entity(id);
        entity.address = Some(declared.address);
        entity.doubts = declared.doubts;
        entity.settings = declared.settings;
    }

    /// Two declared things of one kind and name are shown by their addresses
    fn tell_names_apart(&mut self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for entity in &self.world.entities {
            *seen.entry(entity.display.clone()).or_default() += 1;
        }
        for entity in &mut self.world.entities {
            if seen.get(&entity.display).is_some_and(|count| *count > 1)
                && let Some(address) = &entity.address
            {
                entity.display = format!("{}/{address}", entity.kind);
            }
        }
    }

    /// What the administrator of another account can allow is taken as allowed: it is not ours to see
    fn administer(&mut self, id: EntityId, span: Span) {
        let name = "what the other account's administrator allows".to_owned();
        let stored = self.store(named::administrator(span), &name, Provenance::Assumed);
        let applied =
            Applied { name, document: Ok(stored), provenance: Provenance::Assumed, doubts: Vec::new() };
        let entity = self.entity(id);
        entity.identity.push(applied);
        entity.home = Home::Elsewhere;
    }

    fn store(&mut self, policy: Policy, name: &str, provenance: Provenance) -> PolicyId {
        let id = PolicyId(number(self.world.policies.len()));
        for statement in &policy.statements {
            self.world.provenance.insert((statement.span, statement.index), provenance);
        }
        self.world.policies.push(Arc::new(Stored { policy, name: name.to_owned(), provenance }));
        id
    }

    fn attach(&mut self, attachment: Attachment, aliases: &[keys::Alias]) {
        let targets = if attachment.kind == Kind::Key {
            self.find_key(&attachment.to, aliases)
        } else {
            self.find_or_name(attachment.kind, &attachment.to)
        };
        let documents = match attachment.document {
            DocumentRef::Inline(policy) => {
                vec![(
                    Ok(self.store(policy, &attachment.name, attachment.provenance)),
                    attachment.provenance,
                    Vec::new(),
                )]
            }
            DocumentRef::Managed(reference) => self.managed_policy(&reference),
        };
        for (target, target_doubts) in targets {
            let target = if let PolicyRole::Resource { qualifier: Some(qualifier) } = &attachment.role {
                self.qualified(target, qualifier, attachment.span)
            } else {
                target
            };
            for (document, provenance, document_doubts) in &documents {
                let name = match document {
                    Ok(id) => self.world.stored(*id).name.clone(),
                    Err(cause) => cause.what.clone(),
                };
                let applied = Applied {
                    name,
                    document: document.clone(),
                    provenance: *provenance,
                    doubts: [&attachment.doubts[..], &target_doubts[..], &document_doubts[..]].concat(),
                };
                let entity = self.entity(target);
                let carried = match attachment.role {
                    PolicyRole::Identity => &mut entity.identity,
                    PolicyRole::Boundary => &mut entity.boundary,
                    PolicyRole::Trust => &mut entity.trust,
                    PolicyRole::Resource { .. } => &mut entity.resource,
                    PolicyRole::Grant => &mut entity.grants,
                };
                // Most carry one of each.
                if carried.is_empty() {
                    carried.reserve_exact(1);
                }
                carried.push(applied);
            }
        }
    }

    /// The documents that an ARN may name: declared ones, AWS managed ones, or one that is missing
    fn managed_policy(&mut self, arn: &Reference) -> Vec<(Result<PolicyId, Cause>, Provenance, Vec<Cause>)> {
        // Only what is written alike is surely meant.
        let alike = self.managed_by_arn.get(&arn.text);
        let found = match alike {
            Some(alike) => alike.iter().map(|at| (*at, Vec::new())).collect(),
            None => {
                let candidates = self.managed.iter().map(|managed| (None, Some(&managed.arn)));
                join::by_name_or_arn(candidates, &arn.text, arn.span)
            }
        };
        let found: Vec<_> = join::settle(found, |_| true)
            .into_iter()
            .filter_map(|(at, doubts)| Some((self.managed.get(at)?.clone(), doubts)))
            .collect();
        let mut out = Vec::new();
        let sure = found.iter().any(|(_, doubts)| doubts.is_empty());
        for (declared, doubts) in found {
            let id = match self.stored.get(&declared.arn) {
                Some(id) => *id,
                None => {
                    let id = self.store(declared.policy.clone(), &declared.name, declared.provenance);
                    self.stored.insert(declared.arn.clone(), id);
                    id
                }
            };
            out.push((Ok(id), declared.provenance, [&declared.doubts[..], &doubts[..]].concat()));
        }
        if sure {
            return out;
        }
        let what = format!("policy {} is attached, but not in the input", arn.text);
        self.problems
            .at(ProblemKind::DocumentMissing, Severity::Partly, what.clone(), arn.span)
            .help("add the file that declares it; until then every answer about its carrier is conditional");
        out.push((
            Err(Cause::at(CauseKind::DocumentMissing, what, arn.span)),
            Provenance::Written,
            Vec::new(),
        ));
        out
    }

    fn wire(&mut self, wiring: &Wiring) {
        let (span, doubts) = (wiring.span, &wiring.doubts[..]);
        match &wiring.what {
            Wire::RunsAs { function, role } => {
                let kind = join::function_kind(&function.text);
                let (functions, roles) = (self.find(kind, function), self.find_or_name(Kind::Role, role));
                for (function, role, more) in pairs(&functions, &roles) {
                    self.link(Link::RunsAs { function, role }, span, &[doubts, &more]);
                }
            }
            Wire::Credential { kind, holder, owner } => {
                let (holders, owners) = (self.find(*kind, holder), self.find_or_name(Kind::User, owner));
                for (holder, owner, more) in pairs(&holders, &owners) {
                    self.link(Link::Credential { holder, owner }, span, &[doubts, &more]);
                }
            }
            Wire::Alias { function, name } => {
                for (function, _) in self.find(Kind::Function, function) {
                    self.qualified(function, name, span);
                }
            }
            Wire::Url { function, qualifier, authorization } => {
                for (function, more) in self.find_or_name(Kind::Function, function) {
                    let function = match qualifier {
                        Some(qualifier) => self.qualified(function, qualifier, span),
                        None => function,
                    };
                    self.link(
                        Link::Url { function, authorization: authorization.clone() },
                        span,
                        &[doubts, &more],
                    );
                }
            }
            Wire::WebEndpoint { function, name, authorization } => {
                for (function, more) in self.find_or_name(Kind::WebFunction, function) {
                    let (name, authorization) = (name.clone(), authorization.clone());
                    let link = Link::WebEndpoint { function, name, authorization };
                    self.link(link, span, &[doubts, &more]);
                }
            }
            // Joined with each other once everything is known: `join_routes`.
            Wire::Integration { .. } | Wire::Route { .. } => {}
            // Joined where every key is known: `keys`.
            Wire::KeyAlias { .. } | Wire::Encrypted { .. } => {}
            Wire::Notification { bucket, function, events, prefix, suffix } => {
                let buckets = self.find_or_name(Kind::Bucket, bucket);
                let functions = self.find_or_name(Kind::Function, function);
                for (bucket, function, more) in pairs(&buckets, &functions) {
                    let (events, prefix, suffix) = (events.clone(), prefix.clone(), suffix.clone());
                    let link = Link::Notification { bucket, function, events, prefix, suffix };
                    self.link(link, span, &[doubts, &more]);
                }
            }
            Wire::Trigger { edge, kind, source, function, role, part } => {
                let sources = self.find_or_name(*kind, source);
                let functions = self.find_or_name(join::function_kind(&function.text), function);
                let roles = self.roles(role.as_ref());
                for (source, function, more) in pairs(&sources, &functions) {
                    for (role, why) in &roles {
                        let link = Link::Trigger { edge, source, function, role: *role, part: part.clone() };
                        self.link(link, span, &[doubts, &more, why]);
                    }
                }
            }
            Wire::CallsAs { kind, source, role } => {
                let (sources, roles) =
                    (self.find_or_name(*kind, source), self.find_or_name(Kind::Role, role));
                for (source, role, more) in pairs(&sources, &roles) {
                    self.link(Link::CallsAs { source, role }, span, &[doubts, &more]);
                }
            }
            Wire::Forward { from, source, to, target, role, need } => {
                let (sources, targets) = (self.find_or_name(*from, source), self.find_or_name(*to, target));
                let roles = self.roles(role.as_ref());
                for (source, target, more) in pairs(&sources, &targets) {
                    for (role, why) in &roles {
                        let link = Link::Forward { source, target, role: *role, need: need.clone() };
                        self.link(link, span, &[doubts, &more, why]);
                    }
                }
            }
        }
    }

    /// The roles that a wiring may act with; one `None` where it names none
    fn roles(&mut self, role: Option<&Reference>) -> Vec<(Option<EntityId>, Vec<Cause>)> {
        match role {
            None => vec![(None, Vec::new())],
            Some(role) => {
                let found = self.find_or_name(Kind::Role, role);
                found.into_iter().map(|(role, doubts)| (Some(role), doubts)).collect()
            }
        }
    }

    fn link(&mut self, link: Link, span: Span, doubts: &[&[Cause]]) {
        self.world.wired.push(Wired { link, span, doubts: doubts.concat(), occasion: None });
    }

    /// A route names an integration by id, and the integration names the function
    fn join_routes(&mut self, wirings: &[Wiring]) {
        // Most targets are written like the integration's id: only where none is, each is weighed.
        let mut by_id: BTreeMap<Text, Vec<&Wiring>> = BTreeMap::new();
        for wiring in wirings {
            if let Wire::Integration { id, .. } = &wiring.what {
                by_id.entry(Text::from("integrations/").with(id)).or_default().push(wiring);
            }
        }
        for route in wirings {
            let Wire::Route { edge, api, key, authorization, target } = &route.what else { continue };
            let candidates: Vec<&Wiring> = match by_id.get(&target.text) {
                Some(alike) if target.text.holes().all(|hole| hole.kind() == HoleKind::Generated) => {
                    alike.clone()
                }
                Some(_) | None => by_id.values().flatten().copied().collect(),
            };
            for wiring in candidates {
                let Wire::Integration { api: integrated, id, to, action, uri, credentials } = &wiring.what
                else {
                    continue;
                };
                let Some(same) = join::same(&Text::from("integrations/").with(id), &target.text, target.span)
                else {
                    continue;
                };
                let Some(same_api) = join::same(&integrated.text, &api.text, api.span) else { continue };
                let apis = self.find_or_name(Kind::Api, api);
                // Where nothing is known of what is called, it is one of those that are there, if there are some.
                let there = if *to != Kind::Function && uri.text.as_hole().is_some() {
                    let service = action.split(':').next().unwrap_or_default();
                    let mut there = self.find(*to, uri);
                    there.retain(|(id, _)| {
                        *to != Kind::Other || is_of_service(self.world.entity(*id), service)
                    });
                    there
                } else {
                    Vec::new()
                };
                let targets = if there.is_empty() { self.find_or_name(*to, uri) } else { there };
                for (api, target, more) in pairs(&apis, &targets) {
                    let link = Link::Route {
                        edge,
                        api,
                        target,
                        action,
                        key: key.clone(),
                        authorization: authorization.clone(),
                        credentials: credentials.as_ref().map(|role| role.text.clone()),
                        integration: wiring.span,
                    };
                    self.link(link, route.span, &[&route.doubts, &wiring.doubts, &same, &same_api, &more]);
                }
            }
        }
    }

    /// An alias runs as the role of its function
    fn complete_aliases(&mut self) {
        // By function, the numbers of its wirings
        let mut runs_as: BTreeMap<EntityId, Vec<usize>> = BTreeMap::new();
        for (at, wired) in self.world.wired.iter().enumerate() {
            if let Link::RunsAs { function, .. } = wired.link {
                runs_as.entry(function).or_default().push(at);
            }
        }
        for id in self.written.of_kind(Kind::Function).to_vec() {
            let entity = self.world.entity(id);
            let parts = entity.name.split(':', 2);
            let [base, _] = parts.as_slice() else { continue };
            let of = entity.alias_of.or_else(|| {
                let of_account = |other: &&EntityId| self.world.entity(**other).account == entity.account;
                self.written.named(Kind::Function, base).iter().find(of_account).copied()
            });
            self.entity(id).alias_of = of;
            for at in of.and_then(|of| runs_as.get(&of)).cloned().unwrap_or_default() {
                let Some(wired) = self.world.wired.get(at) else { continue };
                if let Link::RunsAs { role, .. } = wired.link {
                    let wired = Wired { link: Link::RunsAs { function: id, role }, ..wired.clone() };
                    runs_as.entry(id).or_default().push(self.world.wired.len());
                    self.world.wired.push(wired);
                }
            }
        }
    }

    /// Endpoints with a policy; without one, an endpoint lets everything pass \[vpc-endpoints-access\]
    fn open_endpoints(&mut self) {
        let endpoint = |entity: &Entity| {
            let through = format!("the request comes through {}", entity.display);
            let cause = Cause { kind: CauseKind::OpenWorld, what: through, span: entity.span };
            let mut perhaps = entity.resource.clone();
            perhaps.iter_mut().for_each(|applied| applied.doubts.push(cause.clone()));
            Endpoint { id: entity.name.clone(), policies: entity.resource.clone(), perhaps }
        };
        let with_policy = self.world.of_kind(Kind::Endpoint).filter(|entity| !entity.resource.is_empty());
        self.world.endpoints = with_policy.map(endpoint).collect();
    }

    fn inherit_from_groups(&mut self) {
        for (user, group, doubts) in std::mem::take(&mut self.groups) {
            let inherited = self.world.entity(group).identity.clone();
            for mut applied in inherited {
                applied.doubts.extend(doubts.iter().cloned());
                self.entity(user).identity.push(applied);
            }
        }
    }
}

/// Entities that a reference may mean, each with the doubts
type Found = Vec<(EntityId, Vec<Cause>)>;

/// Whether the service in an entity's ARN is, or may be, this one
fn is_of_service(entity: &Entity, service: &str) -> bool {
    let arn = entity.arn.as_ref().and_then(Arn::parse);
    arn.is_none_or(|arn| arn.service.as_literal().is_none_or(|of| of == service))
}

/// Every combination, with the doubts of both
fn pairs(left: &Found, right: &Found) -> Vec<(EntityId, EntityId, Vec<Cause>)> {
    let combine = |(l, a): &(EntityId, Vec<Cause>), (r, b): &(EntityId, Vec<Cause>)| {
        (*l, *r, [&a[..], &b[..]].concat())
    };
    left.iter().flat_map(|l| right.iter().map(move |r| combine(l, r))).collect()
}
