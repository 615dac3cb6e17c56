//! Levers: rights with which a caller changes what others may do, or what runs as them.
//!
//! A lever is a row in one of the tables of `rows`. That the caller has the rights is decided; what comes of them (whether
//! somebody runs the changed code, which permissions are added, on which machine the role is) is not modelled yet, so
//! every edge here is conditional and names that as its cause. A create action is asked for on *some* name that the
//! caller's policies allow, never on `*`. Must not know: paths.

use std::cell::RefCell;

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::catalogue::{self, ActionFacts, Takes};
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::{Caller, Home};
use crate::policy::{Clause, Effect, PrincipalKind, Principals};
use crate::reach::alike::Alike;
use crate::reach::edges::names::Forms;
use crate::reach::edges::{action, signs, web_endpoint};
use crate::reach::judge::Judgement;
use crate::reach::openings::{Opening, ends, opened};
use crate::reach::{Edge, EdgeKind, Grade, State};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::data::{instance, is_wild};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId};

mod rows;

use rows::{
    IDS, Named, OVER_ACCOUNT, OVER_ONE, OverAccount, OverOne, PASS_ROLE, RUNNERS, Runner, UNQUALIFIED,
};

/// The edge kind
#[derive(Debug)]
pub struct Lever;

impl EdgeKind for Lever {
    fn ids(&self) -> &'static [&'static str] {
        IDS
    }

    fn about(&self) -> &'static str {
        "a caller may change what runs as a principal, or what a principal may do"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let Some(who) = caller(entity).filter(|_| signs(entity)) else { return };
        let asking = Asking { view, entity, who, alike: RefCell::new(Alike::of(view, Some(entity))) };
        for row in OVER_ONE {
            asking.over_one(row, out);
        }
        for row in OVER_ACCOUNT {
            asking.over_account(row, out);
        }
        asking.over_roles(out);
    }
}

/// One caller who is asked about
struct Asking<'a> {
    view: &'a View<'a>,
    entity: &'a Entity,
    who: Caller,
    alike: RefCell<Alike<'a>>,
}

impl Asking<'_> {
    fn ask(
        &self,
        action: &Action,
        resource: Text,
        on: Option<EntityId>,
        context: Context,
    ) -> Option<Judgement> {
        let question = Question {
            caller: self.who.clone(),
            identity: Some(self.entity.id),
            action,
            resource,
            on,
            context,
        };
        self.alike.borrow_mut().ask(&question)
    }

    /// The best of these actions on one thing, and which they are
    fn any_on(&self, actions: &[&'static str], resource: &Text, on: Option<EntityId>) -> Option<Lifted> {
        let mut best: Option<Lifted> = None;
        for name in actions {
            if let Some(judged) = self.ask(&action(name), resource.clone(), on, Vec::new()) {
                better(&mut best, judged, name);
            }
        }
        best
    }

    /// The best of these actions on some name that the caller's policies allow
    fn any_on_some_name(&self, actions: &[&'static str], before_name: Option<&str>) -> Option<Lifted> {
        let mut best: Option<Lifted> = None;
        for name in actions {
            if Opening::of(self.view, self.entity, &[name]).is_nothing() {
                continue;
            }
            let call = action(name);
            let names = self.forms(&call, before_name).into_iter().flat_map(|form| {
                // Nothing but `*` is named by what acts on no resource.
                if form.as_literal() == Some("*") {
                    return vec![form];
                }
                let forms = Forms::new(self.view, &self.who, std::slice::from_ref(name), form);
                forms
                    .allowed_by(&[&self.entity.identity])
                    .limited_by(self.entity)
                    .into_forms()
                    .iter()
                    .map(concrete)
                    .collect()
            });
            let tried = names.filter_map(|named| self.ask(&call, named, None, Vec::new()));
            if let Some(judged) = best_of(tried) {
                better(&mut best, judged, name);
            }
        }
        best
    }

    /// The forms of the ARNs of what an action acts on, in the caller's own account
    fn forms(&self, call: &Action, before_name: Option<&str>) -> Vec<Text> {
        let own = self.entity.arn.as_ref().and_then(Arn::parse);
        let partition = own.map_or_else(|| Text::from("aws"), |own| own.partition);
        let account = self.entity.account.clone().unwrap_or_default();
        let ours = |form: &Text| {
            let Some(arn) = Arn::parse(form) else { return form.clone() };
            let account = if is_wild(&arn.account) { account.clone() } else { arn.account };
            Arn { partition: partition.clone(), account, ..arn }.to_text()
        };
        let types = match catalogue::action(call).map(ActionFacts::takes) {
            Some(Takes::OnlyStar) => return vec![Text::from("*")],
            Some(Takes::Types(types)) => types,
            Some(Takes::NotConfirmed) | None => &[],
        };
        let service = catalogue::service(call.service());
        let listed = service.into_iter().flat_map(|service| &service.resources);
        let forms = listed.filter(|listed| types.iter().any(|one| one.name == listed.name));
        let mut forms: Vec<Text> =
            forms.flat_map(|listed| &listed.arns).map(|form| ours(&form.pattern)).collect();
        let is_one = |form: &Text| {
            let arn = Arn::parse(form);
            before_name
                .is_none_or(|before| arn.is_some_and(|arn| arn.resource.strip_prefix(before).is_some()))
        };
        forms.retain(is_one);
        if forms.is_empty() {
            let anything = format!("arn:*:{}:*:*:{}*", call.service(), before_name.unwrap_or_default());
            forms.push(ours(&Text::from(anything)));
        }
        forms
    }

    fn over_one(&self, row: &OverOne, out: &mut Vec<Edge>) {
        let opening = Opening::of(self.view, self.entity, row.actions);
        // Code and configuration are those of the function; an alias pins what they were.
        let has_it = |target: &&Entity| target.alias_of.is_none() || !UNQUALIFIED.contains(&row.edge);
        // A function's policy may grant its levers as well \[access-control-resource-based\].
        let targets = if row.on.is_function() {
            ends(self.view, row.on, &opening, &self.who)
        } else {
            opened(self.view, row.on, &opening)
        };
        let is_other = |target: &&Entity| target.kind == row.on && target.id != self.entity.id;
        for target in targets.into_iter().filter(is_other).filter(has_it) {
            let Some(arn) = &target.arn else { continue };
            let named = match row.named {
                Named::Itself => vec![arn.clone()],
                Named::Endpoint => web_endpoint::requests(self.view.world, target),
            };
            let lifted = named.iter().filter_map(|arn| self.any_on(row.actions, arn, Some(target.id)));
            if let Some(lifted) = lifted.min_by_key(|lifted| lifted.judged.state()) {
                out.push(self.edge(row.edge, target, lifted, row.then));
            }
        }
    }

    fn over_account(&self, row: &OverAccount, out: &mut Vec<Edge>) {
        let own = |account: &&Entity| {
            account.home == Home::ByAccount
                && account.account == self.entity.account
                && account.id != self.entity.id
        };
        let Some(account) = self.view.world.of_kind(Kind::Account).find(own) else { return };
        if let Some(lifted) = self.any_on_some_name(row.actions, Some(row.on)) {
            out.push(self.edge(row.edge, account, lifted, row.then));
        }
    }

    fn over_roles(&self, out: &mut Vec<Edge>) {
        let pass = Opening::of(self.view, self.entity, &[PASS_ROLE]);
        // Few callers have any of these, and what they have does not depend on the role.
        let able = RUNNERS.iter().filter_map(|row| {
            let create = if pass.is_nothing() { None } else { self.any_on_some_name(row.create, None) };
            let able = Able { row, create, take_over: self.any_on_some_name(row.take_over, None) };
            (able.create.is_some() || able.take_over.is_some()).then_some(able)
        });
        let able: Vec<Able> = able.collect();
        if able.is_empty() {
            return;
        }
        for role in self.view.ends(Kind::Role).filter(|role| role.id != self.entity.id) {
            let trusted = Trusted::of(self.view, role);
            for Able { row, create, take_over } in able.iter().filter(|able| trusted.may_be(able.row)) {
                if let Some(create) = create
                    && pass.may_cover(role.arn.as_ref())
                    && let Some(passed) = self.pass(role, row.principal)
                {
                    let mut actions = vec![PASS_ROLE];
                    actions.extend(&create.actions);
                    let lifted = Lifted { judged: passed.and(create.judged.clone()), actions };
                    let then = format!("something new must be made for {} to run as the role", row.principal);
                    out.push(self.edge(row.pass, role, lifted, &then));
                }
                if let (Some(take_over), Some(existing)) = (take_over, row.existing) {
                    let then = format!("something that {} runs as the role must be there", row.principal);
                    out.push(self.edge(existing, role, take_over.clone(), &then));
                }
            }
        }
    }

    fn pass(&self, role: &Entity, principal: &str) -> Option<Judgement> {
        let context = vec![("iam:PassedToService", KeyValue::One(Text::from(principal)))];
        self.ask(&action(PASS_ROLE), role.arn.clone()?, Some(role.id), context)
    }

    fn edge(&self, kind: &'static str, target: &Entity, lifted: Lifted, then: &str) -> Edge {
        let Lifted { mut judged, actions } = lifted;
        judged.doubt(&[Cause::new(CauseKind::NotModelled, then)]);
        judged.doubt(&self.entity.doubts);
        judged.doubt(&target.doubts);
        Edge { actions, ..judged.edge(kind, Grade::Control, self.entity.id, target.id) }
    }
}

/// The best of these; no more is asked where one is certain
fn best_of(mut judged: impl Iterator<Item = Judgement>) -> Option<Judgement> {
    let mut best = judged.next()?;
    while best.state() != State::Yes {
        let Some(next) = judged.next() else { break };
        if next.state() < best.state() {
            best = next;
        }
    }
    Some(best)
}

/// Adds an action, and takes its judgement where it is better than what is known
fn better(best: &mut Option<Lifted>, judged: Judgement, action: &'static str) {
    match best {
        Some(best) => {
            best.actions.push(action);
            if judged.state() < best.judged.state() {
                best.judged = judged;
            }
        }
        None => *best = Some(Lifted { judged, actions: vec![action] }),
    }
}

/// A name of a form; where no document says the region, it is that of the call
fn concrete(form: &Text) -> Text {
    match Arn::parse(form) {
        Some(arn) if arn.region.as_literal() == Some("*") => {
            let region = Text::from(Hole::new("the region of the call", HoleKind::Input, Shape::Name));
            instance(&Arn { region, ..arn }.to_text())
        }
        Some(_) | None => instance(form),
    }
}

/// Keys that the way of calling fixes
type Context = Vec<(&'static str, KeyValue)>;

/// What a caller may do, by these actions
#[derive(Clone)]
struct Lifted {
    judged: Judgement,
    actions: Vec<&'static str>,
}

/// What a caller may do by the actions of a service's row
struct Able {
    row: &'static Runner,
    create: Option<Lifted>,
    take_over: Option<Lifted>,
}

/// The services that a role may trust
enum Trusted<'v> {
    /// Perhaps every one
    Any,
    /// Those that its trust policies name
    Named(Vec<&'v Text>),
}

impl<'v> Trusted<'v> {
    fn of(view: &'v View<'_>, role: &'v Entity) -> Self {
        let mut services = Vec::new();
        for applied in &role.trust {
            let Ok(id) = &applied.document else { return Self::Any };
            let statements = &view.policy(*id).statements;
            for statement in statements.iter().filter(|statement| statement.effect != Effect::Deny) {
                let Clause::Is(Principals::Listed(list)) = &statement.principal else { return Self::Any };
                for named in list {
                    match &named.kind {
                        // An identity pool of Cognito is trusted as a provider of tokens.
                        PrincipalKind::Service | PrincipalKind::Federated => services.push(&named.text),
                        PrincipalKind::Unknown(_) => return Self::Any,
                        PrincipalKind::Aws | PrincipalKind::CanonicalUser => {}
                    }
                }
            }
        }
        Self::Named(services)
    }

    fn may_be(&self, row: &Runner) -> bool {
        let is_it = |named: &&Text| match named.as_literal() {
            Some(literal) => literal == row.principal,
            None => fit(named, &Text::from(row.principal), Way::Exact) != Fit::No,
        };
        match self {
            Self::Any => true,
            Self::Named(services) => services.iter().any(is_it),
        }
    }
}
