//! `invoke.api`: a signed caller calls the function's Invoke API.
//!
//! Invoke and `InvokeWithResponseStream` are both authorised as `lambda:InvokeFunction` \[API_InvokeWithResponseStream\].
//! The request names the function, an alias or a version; each is a resource of its own.

use crate::aws::pattern::{Fit, Way, fit};
use crate::eval::context::KeyValue;
use crate::policy::Clause;
use crate::reach::alike::Alike;
use crate::reach::edges::{Through, VIA_URL, action, signs, switched_off, via};
use crate::reach::judge::Judgement;
use crate::reach::openings::{Opening, ends};
use crate::reach::{Edge, EdgeKind, Grade, Wiring};
use crate::world::data::is_wild;
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId};

/// The edge kind
#[derive(Debug)]
pub struct InvokeApi;

const INVOKE: &str = "lambda:InvokeFunction";

impl EdgeKind for InvokeApi {
    fn ids(&self) -> &'static [&'static str] {
        &["invoke.api"]
    }

    fn about(&self) -> &'static str {
        "a signed caller may call the function's Invoke API"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let Some(who) = caller(entity).filter(|_| signs(entity)) else { return };
        let opening = Opening::of(view, entity, &[INVOKE]);
        let action = action(INVOKE);
        let mut alike = Alike::of(view, Some(entity));
        let functions = ends(view, Kind::Function, &opening, &who);
        for function in functions.into_iter().filter(|end| end.kind == Kind::Function) {
            let Some(arn) = &function.arn else { continue };
            let question = Question {
                caller: who.clone(),
                identity: Some(from),
                action: &action,
                resource: arn.clone(),
                on: Some(function.id),
                context: direct(),
            };
            let Some(mut judged) = alike.ask(&question) else { continue };
            judged.doubt(&entity.doubts);
            judged.doubt(&function.doubts);
            judged.doubt(&switched_off(view.world, function.id));
            let wiring =
                if names_exactly(view, entity, function, &judged) { Wiring::Wired } else { Wiring::Open };
            out.push(edge(from, function, judged, wiring));
        }
    }
}

/// The keys of a direct call: it does not come through a URL
#[must_use]
pub fn direct() -> Vec<(&'static str, KeyValue)> {
    vec![(VIA_URL, via(Through::Api))]
}

fn edge(from: EntityId, function: &Entity, judged: Judgement, wiring: Wiring) -> Edge {
    Edge { actions: vec![INVOKE], wiring, ..judged.edge("invoke.api", Grade::Influence, from, function.id) }
}

/// Whether some deciding statement names the function without a wildcard: somebody meant this call
fn names_exactly(view: &View<'_>, entity: &Entity, function: &Entity, judged: &Judgement) -> bool {
    let Some(arn) = &function.arn else { return false };
    let places: Vec<_> = judged.evidence.iter().filter_map(|e| Some((e.span, e.index?))).collect();
    view.documents(&entity.identity).chain(view.documents(&function.resource)).any(|policy| {
        policy.statements.iter().any(|statement| {
            places.contains(&(statement.span, statement.index))
                && matches!(&statement.resource, Clause::Is(entries) if entries.iter().any(|entry| {
                    !is_wild(&entry.text) && fit(&entry.text, arn, Way::Exact) == Fit::Yes
                }))
        })
    })
}
