//! `web.endpoint`: a request to an endpoint of a web function.
//!
//! An endpoint with `ApplicationManaged` passes every request to the code, and no policy is asked; with `IamAuth` the
//! caller signs and needs `lambda:InvokeWebFunctionEndpoint` on the endpoint's ARN, from its own policies or the web
//! function's: in one account either, across accounts both \[web-functions-endpoint-access-control\]. Like a URL, an
//! endpoint is no entity: it is the edge from its caller to the web function.

use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::policy::Clause;
use crate::reach::edges::{action, signs};
use crate::reach::judge::{Judgement, ask};
use crate::reach::openings::{Opening, ends};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::text::{Hole, Text};
use crate::world::data::is_wild;
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired, World};

/// The edge kind
#[derive(Debug)]
pub struct WebEndpoint;

/// What a signed request needs on the endpoint
pub const INVOKE_ENDPOINT: &str = "lambda:InvokeWebFunctionEndpoint";

/// The authorization types \[API_CreateWebFunctionEndpoint\]
const BY_THE_CODE: &str = "ApplicationManaged";
const BY_IAM: &str = "IamAuth";

impl EdgeKind for WebEndpoint {
    fn ids(&self) -> &'static [&'static str] {
        &["web.endpoint"]
    }

    fn about(&self) -> &'static str {
        "a caller may send requests to an endpoint of the web function: anyone where its code asks who calls, else who is allowed"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        if entity.kind == Kind::Anonymous {
            for wired in view.world.wirings() {
                let Some((function, _, may)) = endpoint(wired, BY_THE_CODE) else { continue };
                let mut judged = Judgement::default();
                judged.doubt(&may);
                out.push(edge(view, (from, function), Vec::new(), judged, wired));
            }
            return;
        }
        let Some(who) = caller(entity).filter(|_| signs(entity)) else { return };
        let opening = Opening::of(view, entity, &[INVOKE_ENDPOINT]);
        for function in ends(view, Kind::WebFunction, &opening, &who) {
            let mut known = false;
            for wired in endpoints(view.world, function.id) {
                let Some((_, name, may)) = endpoint(wired, BY_IAM) else { continue };
                let Some(arn) = arn_of(function, name) else { continue };
                let Some(mut judged) = asked(view, entity, &who, function, arn) else { continue };
                known = true;
                judged.doubt(&may);
                out.push(edge(view, (from, function.id), vec![INVOKE_ENDPOINT], judged, wired));
            }
            if !known {
                out.extend(elsewhere(view, entity, &who, function));
            }
        }
    }
}

/// The endpoints of a web function that the input declares
fn endpoints(world: &World, web: EntityId) -> impl Iterator<Item = &Wired> {
    let of_it =
        move |wired: &&Wired| matches!(wired.link, Link::WebEndpoint { function, .. } if function == web);
    world.wirings().filter(of_it)
}

/// The function and the name of an endpoint that is, or may be, of this authorization type, and why it may not
fn endpoint<'w>(wired: &'w Wired, of_type: &str) -> Option<(EntityId, &'w Text, Vec<Cause>)> {
    let Link::WebEndpoint { function, name, authorization } = &wired.link else { return None };
    let may = match fit(authorization, &Text::from(of_type), Way::Exact) {
        Fit::Yes => Vec::new(),
        Fit::No => return None,
        Fit::Depends(_) => {
            let what = format!("whether the endpoint's authorization type is {of_type}: {authorization}");
            vec![Cause::at(CauseKind::Hole, what, wired.span)]
        }
    };
    Some((*function, name, may))
}

/// The ARN of an endpoint
#[must_use]
pub fn arn_of(function: &Entity, endpoint: &Text) -> Option<Text> {
    Some(function.arn.clone()?.with("/endpoint/").with(endpoint))
}

/// The ARNs that a request for a web function may name: those of its endpoints, or of one that the input does not declare
#[must_use]
pub fn requests(world: &World, function: &Entity) -> Vec<Text> {
    let named = endpoints(world, function.id).filter_map(|wired| {
        let Link::WebEndpoint { name, .. } = &wired.link else { return None };
        arn_of(function, name)
    });
    let named: Vec<Text> = named.collect();
    let undeclared = || Text::from(Hole::input(format!("an endpoint of {}", function.display)));
    if named.is_empty() { arn_of(function, &undeclared()).into_iter().collect() } else { named }
}

/// The keys of a signed request to an endpoint: only one with `IamAuth` asks for a signature
#[must_use]
pub fn signed() -> Vec<(&'static str, KeyValue)> {
    vec![("lambda:Resource/WebFunctionAuthType", KeyValue::One(Text::from(BY_IAM)))]
}

/// The call that has a function of this kind run
#[must_use]
pub fn invocation(kind: Kind) -> &'static str {
    if kind == Kind::WebFunction { INVOKE_ENDPOINT } else { "lambda:InvokeFunction" }
}

fn asked(view: &View<'_>, entity: &Entity, who: &Caller, function: &Entity, arn: Text) -> Option<Judgement> {
    let action = action(INVOKE_ENDPOINT);
    let question = Question {
        caller: who.clone(),
        identity: Some(entity.id),
        action: &action,
        resource: arn,
        on: Some(function.id),
        context: signed(),
    };
    ask(view, &question)
}

/// An endpoint that the input does not declare: any where it declares none, else those that a statement names in full
fn elsewhere(view: &View<'_>, entity: &Entity, who: &Caller, function: &Entity) -> Option<Edge> {
    let declares_none = endpoints(view.world, function.id).next().is_none();
    let mut candidates = requests(view.world, function);
    if !declares_none {
        let mut named = named_in_full(view, entity, function);
        named.retain(|arn| !candidates.contains(arn));
        candidates = named;
    }
    let found = candidates.into_iter().find_map(|arn| {
        let judged = asked(view, entity, who, function, arn.clone())?;
        Some((arn, judged))
    });
    let (arn, mut judged) = found?;
    let what = if declares_none {
        format!("an endpoint of {} that takes signed requests: the input declares none", function.display)
    } else {
        format!("the endpoint {arn} takes signed requests: the input does not declare it")
    };
    judged.doubt(&[Cause::new(CauseKind::Wiring, what)]);
    judged.doubt(&entity.doubts);
    judged.doubt(&function.doubts);
    let edge = judged.edge("web.endpoint", Grade::Influence, entity.id, function.id);
    Some(Edge { actions: vec![INVOKE_ENDPOINT], wiring: Wiring::Open, ..edge })
}

/// Endpoints of a web function that a statement of the caller or of the function names without a wildcard
fn named_in_full(view: &View<'_>, entity: &Entity, function: &Entity) -> Vec<Text> {
    let is_of_it = |text: &&Text| {
        let outer = text.split_once("/endpoint/").map(|(outer, _)| outer);
        outer.is_some() && outer == function.arn && !is_wild(text)
    };
    let mut named = Vec::new();
    for policy in view.documents(&entity.identity).chain(view.documents(&function.resource)) {
        for statement in &policy.statements {
            let Clause::Is(entries) = &statement.resource else { continue };
            named.extend(entries.iter().map(|entry| &entry.text).filter(is_of_it).cloned());
        }
    }
    named
}

fn edge(
    view: &View<'_>,
    (from, function): (EntityId, EntityId),
    actions: Vec<&'static str>,
    mut judged: Judgement,
    wired: &Wired,
) -> Edge {
    judged.doubt(&wired.doubts);
    judged.doubt(view.doubts(from));
    judged.doubt(view.doubts(function));
    judged.evidence.push(Evidence::wiring(wired.span));
    Edge { actions, wiring: Wiring::Wired, ..judged.edge("web.endpoint", Grade::Influence, from, function) }
}
