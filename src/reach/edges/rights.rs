//! By whose right a wiring acts: a service that the target's policy names, the execution role of a function, or a
//! role that the wiring names.
//!
//! Knows: the request that each of them makes. Must not know: which wirings there are.

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::{action, key};
use crate::reach::judge::{Judgement, ask};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired};

/// A request that a wiring makes, whoever makes it
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    /// What is called
    pub(super) action: &'static str,
    /// On what
    pub(super) target: &'a Entity,
    /// Its ARN in the request, where that is not the target's own
    pub(super) resource: Option<&'a Text>,
    /// Keys that the way of calling fixes
    pub(super) context: &'a [(&'static str, KeyValue)],
}

/// A service acts for a source: the target's policy must let it
pub(super) fn service(
    view: &View<'_>,
    principal: &str,
    source: Option<Text>,
    owner: Option<Text>,
    act: Act<'_>,
) -> Option<Judgement> {
    let known = |text: Option<Text>| text.map_or(KeyValue::Unknown, KeyValue::One);
    let mut context = vec![("aws:SourceArn", known(source)), ("aws:SourceAccount", known(owner))];
    context.extend(act.context.iter().cloned());
    let action = action(act.action);
    let question = Question {
        caller: Caller::Service(Text::from(principal)),
        identity: None,
        action: &action,
        resource: act.resource.or(act.target.arn.as_ref())?.clone(),
        on: Some(act.target.id),
        context,
    };
    ask(view, &question)
}

/// A role acts
pub(super) fn role(view: &View<'_>, role: &Entity, act: Act<'_>) -> Option<Judgement> {
    let action = action(act.action);
    let question = Question {
        caller: caller(role)?,
        identity: Some(role.id),
        action: &action,
        resource: act.resource.cloned().unwrap_or_else(|| named(act.target)),
        on: Some(act.target.id),
        context: act.context.to_vec(),
    };
    let mut judged = ask(view, &question)?;
    // "If the queue is encrypted", the role also needs its key \[with-sqs, with-kinesis\].
    if let Some(used) = data::access(act.action) {
        judged = judged.and(key::use_of_key(view, Some(role), &question.caller, act.target, used)?);
    }
    judged.doubt(&role.doubts);
    Some(judged)
}

/// The role that a wiring names acts; where it names none, its policies are missing
pub(super) fn named_role(
    view: &View<'_>,
    named: Option<EntityId>,
    span: Span,
    act: Act<'_>,
) -> Option<Judgement> {
    match named {
        Some(id) => role(view, view.entity(id), act),
        None => Some(missing("the role that the source acts with".to_owned(), span)),
    }
}

/// The execution role of a function acts, all of these together: the best of its roles
pub(super) fn execution_role(
    view: &View<'_>,
    function: &Entity,
    span: Span,
    acts: &[Act<'_>],
) -> Option<Judgement> {
    let base = function.alias_of.unwrap_or(function.id);
    let mut roles = view.world.roles_of(base).filter_map(|wired: &Wired| match wired.link {
        Link::RunsAs { role, .. } => Some((view.entity(role), &wired.doubts)),
        Link::Credential { .. }
        | Link::CallsAs { .. }
        | Link::Url { .. }
        | Link::WebEndpoint { .. }
        | Link::Route { .. }
        | Link::Notification { .. }
        | Link::Trigger { .. }
        | Link::Forward { .. } => None,
    });
    let Some(first) = roles.next() else {
        return Some(missing(format!("the execution role of {}", function.display), span));
    };
    let all = |(of, doubts): (&Entity, &Vec<Cause>)| {
        let mut all = Judgement::default();
        for act in acts {
            all = all.and(role(view, of, *act)?);
        }
        all.doubt(doubts);
        Some(all)
    };
    std::iter::once(first).chain(roles).filter_map(all).min_by_key(Judgement::state)
}

/// Nothing is known of who acts
fn missing(what: String, span: Span) -> Judgement {
    let mut judged = Judgement::default();
    judged.doubt(&[Cause::at(CauseKind::DocumentMissing, what, span)]);
    judged
}

/// How a request names an entity: by its ARN, or as the input does
pub(super) fn named(entity: &Entity) -> Text {
    entity.arn.clone().unwrap_or_else(|| entity.name.clone())
}

/// What a reader of a source reads: a table's stream, of this label, has an ARN of its own
pub(super) fn polled(source: &Entity, label: &Text) -> Text {
    let arn = named(source);
    if source.kind != Kind::Table {
        return arn;
    }
    let unknown =
        || Text::from(Hole::new(format!("stream of {}", source.display), HoleKind::Input, Shape::Any));
    arn.with("/stream/").with(if label.is_empty() { unknown() } else { label.clone() })
}

/// The region that an entity's ARN names
pub(super) fn region(entity: &Entity) -> Text {
    entity.arn.as_ref().and_then(Arn::parse).map(|arn| arn.region).unwrap_or_default()
}
