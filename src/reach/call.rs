//! One call between two entities: the requests that may stand for it, and the best decision among them.
//!
//! A call on a bucket names some object in it: the best answer is a name that a policy allows, before one that it does
//! not. Must not know: edges, or who else may call.

use crate::aws::action::Action;
use crate::eval::decide::{Decision, Verdict};
use crate::eval::request::Caller;
use crate::reach::edges::data::resources;
use crate::reach::edges::invoke_api::direct;
use crate::reach::edges::web_endpoint::{self, INVOKE_ENDPOINT};
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::view::{Question, View};
use crate::world::{EntityId, data};

/// Who calls, and what is called
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Who
    pub who: EntityId,
    /// What
    pub target: EntityId,
}

/// The best decision of a call, and the ARN that its request names; `None` where the action is none on the target
#[must_use]
pub fn best(
    view: &View<'_>,
    ends: Ends,
    action: &Action,
    calls_as: &Caller,
    named: Option<Text>,
) -> Option<(Text, Decision)> {
    let arns = named.map_or_else(|| requests(view, ends, action.as_str(), calls_as), |arn| vec![arn]);
    let ask = |resource: Text| {
        let decision = view.ask(&question(view, ends, action, calls_as, &resource));
        (resource, decision)
    };
    arns.into_iter().map(ask).min_by_key(|(_, decision)| rank(decision.verdict))
}

/// The question that a call on this ARN is
#[must_use]
pub fn question<'q>(
    view: &View<'_>,
    ends: Ends,
    action: &'q Action,
    calls_as: &Caller,
    resource: &Text,
) -> Question<'q> {
    let signed = !matches!(view.entity(ends.who).kind, Kind::Anonymous | Kind::Service);
    Question {
        caller: calls_as.clone(),
        identity: signed.then_some(ends.who),
        action,
        resource: resource.clone(),
        on: Some(ends.target),
        context: if action.is("lambda:InvokeFunction") {
            direct()
        } else if action.is(INVOKE_ENDPOINT) {
            web_endpoint::signed()
        } else {
            Vec::new()
        },
    }
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::Conditional => 1,
        Verdict::ExplicitlyDenied => 2,
        Verdict::ImplicitlyDenied => 3,
    }
}

/// The ARNs that a request on an entity may name
fn requests(view: &View<'_>, ends: Ends, action: &str, calls_as: &Caller) -> Vec<Text> {
    let (who, target) = (view.entity(ends.who), view.entity(ends.target));
    let row = data::access(action).filter(|(row, _)| row.kind == target.of.unwrap_or(target.kind));
    match row {
        _ if target.kind == Kind::WebFunction && action.eq_ignore_ascii_case(INVOKE_ENDPOINT) => {
            web_endpoint::requests(view.world, target)
        }
        Some((_, access)) => resources(view, Some(who), calls_as, target, access),
        None => vec![target.arn.clone().unwrap_or_else(|| target.name.clone())],
    }
}
