//! `url.public` and `url.iam`: a function URL, by the two-action rule.
//!
//! Since October 2025 a URL needs `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`; accounts with older URLs
//! were exempt and asked to comply by 2026-11-01, and no page says that AWS enforces it \[urls-auth\]. So where only
//! the second grant is missing, the edge is conditional, never absent. A URL is no entity: it is the edge from its
//! caller to the function. A policy that speaks of URLs where the input declares none may be about one that another
//! stack makes: conditional.

use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::policy::Statement;
use crate::reach::edges::{Through, VIA_URL, action, signs, switched_off, via};
use crate::reach::judge::{Judgement, ask};
use crate::reach::openings::may_allow;
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::source::Span;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link};

/// The edge kind
#[derive(Debug)]
pub struct FunctionUrl;

const URL: &str = "lambda:InvokeFunctionUrl";
const INVOKE: &str = "lambda:InvokeFunction";

impl EdgeKind for FunctionUrl {
    fn ids(&self) -> &'static [&'static str] {
        &["url.public", "url.iam"]
    }

    fn about(&self) -> &'static str {
        "a caller may send requests to the function's URL: anyone where it needs no signature, else who is allowed"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let (kind, auth_type) = if entity.kind == Kind::Anonymous {
            ("url.public", "NONE")
        } else if signs(entity) {
            ("url.iam", "AWS_IAM")
        } else {
            return;
        };
        let Some(who) = caller(entity) else { return };
        for wired in view.world.wirings() {
            let Link::Url { function, authorization } = &wired.link else { continue };
            let open = match fit(authorization, &Text::from(auth_type), Way::Exact) {
                Fit::Yes => Vec::new(),
                Fit::No => continue,
                Fit::Depends(_) => {
                    let what =
                        format!("whether the URL's authorization type is {auth_type}: {authorization}");
                    vec![Cause::at(CauseKind::Hole, what, wired.span)]
                }
            };
            let Some(mut judged) = both(view, from, &who, *function, auth_type, Some(wired.span)) else {
                continue;
            };
            judged.doubt(&open);
            judged.doubt(&wired.doubts);
            judged.doubt(&entity.doubts);
            judged.doubt(view.doubts(*function));
            judged.doubt(&switched_off(view.world, *function));
            judged.evidence.push(Evidence::wiring(wired.span));
            out.push(Edge {
                actions: vec![URL, INVOKE],
                wiring: Wiring::Wired,
                ..judged.edge(kind, Grade::Influence, from, *function)
            });
        }
        for function in view.ends(Kind::Function).filter(|function| may_have_a_url(view, function)) {
            let Some(mut judged) = both(view, from, &who, function.id, auth_type, function.span) else {
                continue;
            };
            let what = format!(
                "a URL of {} with authorization type {auth_type}: the input does not declare it",
                function.display
            );
            judged.doubt(&[Cause::new(CauseKind::Wiring, what)]);
            judged.doubt(&function.doubts);
            judged.doubt(&entity.doubts);
            judged.doubt(&switched_off(view.world, function.id));
            out.push(Edge {
                actions: vec![URL, INVOKE],
                wiring: Wiring::Open,
                ..judged.edge(kind, Grade::Influence, from, function.id)
            });
        }
    }
}

/// Whether a statement of a function without a URL is about URLs alone, so that somebody means it to have one
fn may_have_a_url(view: &View<'_>, function: &Entity) -> bool {
    let is_about_urls =
        |statement: &Statement| may_allow(statement, &[URL]) && !may_allow(statement, &[INVOKE]);
    let mut policies = view.documents(&function.resource);
    policies.any(|policy| policy.statements.iter().any(is_about_urls))
        && !view
            .world
            .wirings()
            .any(|wired| matches!(wired.link, Link::Url { function: of, .. } if of == function.id))
}

/// Both actions, or the first and the doubt about the second
fn both(
    view: &View<'_>,
    from: EntityId,
    who: &Caller,
    function: EntityId,
    auth_type: &str,
    span: Option<Span>,
) -> Option<Judgement> {
    let entity = view.entity(function);
    let identity = (*who != Caller::Anonymous).then_some(from);
    let question = |name: &'static str, context| {
        let action = action(name);
        let arn = entity.arn.clone()?;
        let question = Question {
            caller: who.clone(),
            identity,
            action: &action,
            resource: arn,
            on: Some(function),
            context,
        };
        ask(view, &question)
    };
    let auth_type = KeyValue::One(Text::from(auth_type));
    let first = question(URL, vec![("lambda:FunctionUrlAuthType", auth_type)])?;
    let second = question(INVOKE, vec![(VIA_URL, via(Through::Url))]);
    Some(with_second(first, second, span))
}

/// The first action, and the second or the doubt about it
pub(super) fn with_second(first: Judgement, second: Option<Judgement>, span: Option<Span>) -> Judgement {
    match second {
        Some(second) => first.and(second),
        None => {
            let mut first = first;
            let what = "lambda:InvokeFunction is not granted through the URL: denied, unless the old exemption still holds";
            first.doubt(&[Cause { kind: CauseKind::NotConfirmed, what: what.to_owned(), span }]);
            first
        }
    }
}
