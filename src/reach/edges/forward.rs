//! `source.forward`: what comes to one source is passed on to another: a topic to a queue, a bucket to a topic, a bus
//! to a rule, a rule to a queue.
//!
//! Who passes it on is a row in `SENDERS`, what it needs there a row in `RECEIVERS`. A role that the wiring names acts
//! in place of the service. Must not know: what waits behind the second source.

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::reach::edges::pattern::{Sender, admits};
use crate::reach::edges::put_object::PUT_OBJECT;
use crate::reach::edges::rights::{self, Act, named};
use crate::reach::edges::settings;
use crate::reach::edges::{api_route, fire};
use crate::reach::judge::Judgement;
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Standing, Wiring};
use crate::text::{Hole, Text};
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::pieces::Need;
use crate::world::sources::Occasion;
use crate::world::view::View;
use crate::world::{self, Entity, EntityId, KeyUse, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct Forward;

/// How what a kind of source gets is passed on
enum By {
    /// The service that the second's policy must let
    Service(&'static str),
    /// The execution role of the source, a function
    ExecutionRole,
    /// The service itself, which needs no right
    Itself,
}

/// By the kind of the first
static SENDERS: &[(Kind, By)] = &[
    (Kind::Topic, By::Service("sns.amazonaws.com")),
    (Kind::Bucket, By::Service("s3.amazonaws.com")),
    (Kind::Rule, By::Service("events.amazonaws.com")),
    (Kind::Function, By::ExecutionRole),
    (Kind::Bus, By::Itself),
    (Kind::Queue, By::Itself),
    // With a service-linked role \[kds_gettingstarted\].
    (Kind::Table, By::Itself),
];

/// By the service in the ARN of the first, where it has no kind of its own
static OTHERS: &[(&str, By)] = &[("ses", By::Service("ses.amazonaws.com"))];

/// By the kind of the second: what is called on it
static RECEIVERS: &[(Kind, &str)] = &[
    (Kind::Bucket, "s3:PutObject"),
    (Kind::Topic, "sns:Publish"),
    (Kind::Queue, "sqs:SendMessage"),
    (Kind::Bus, "events:PutEvents"),
    (Kind::Stream, "kinesis:PutRecord"),
    (Kind::Table, "dynamodb:PutItem"),
    (Kind::StateMachine, "states:StartExecution"),
];

impl EdgeKind for Forward {
    fn ids(&self) -> &'static [&'static str] {
        &["source.forward"]
    }

    fn about(&self) -> &'static str {
        "what comes to one source is passed on to another"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let source = view.entity(from);
        let is_anybody = source.kind == Kind::Anonymous;
        let all = view.world.wirings().filter(|_| is_anybody);
        // Who calls a route without a signature is at what it leads to.
        for wired in all.chain(view.world.wired_from(from)) {
            let passed = if let Link::Forward { target, role, .. } = wired.link {
                let mail = || by_mail(view, target, role, wired);
                if is_anybody { mail() } else { passes(view, source, view.entity(target), role, wired) }
            } else {
                by_route(view, source, wired)
            };
            out.extend(passed.into_iter().flat_map(|passed| edges(view, source, wired, passed)));
        }
    }
}

/// Whether an entity's ARN is of a service
fn is_of(entity: &Entity, service: &str) -> bool {
    entity.arn.as_ref().and_then(Arn::parse).is_some_and(|arn| arn.service.as_literal() == Some(service))
}

/// What is passed on, by which call, and to what
type Passed = (Judgement, Option<&'static str>, EntityId);

/// An edge for each occasion of the second that what is passed on may be
fn edges(view: &View<'_>, source: &Entity, wired: &Wired, (mut judged, action, target): Passed) -> Vec<Edge> {
    let target = view.entity(target);
    judged.doubt(&wired.doubts);
    judged.doubt(&source.doubts);
    judged.doubt(&target.doubts);
    judged.doubt(&settings::switched_off(source));
    // Who passes on must use the key of what takes it in \[sns-enable-encryption-for-topic-sqs-queue\].
    let what = format!("whether {} may be passed on with the key of {}", source.display, target.display);
    let key = |used: &KeyUse| Cause::at(CauseKind::NotModelled, what.clone(), used.span);
    judged.doubt(&target.keys.iter().map(key).collect::<Vec<_>>());
    judged.evidence.push(Evidence::wiring(wired.span));
    judged.evidence.dedup();
    if target.kind == Kind::Bus && !matches!(source.kind, Kind::Bus | Kind::Rule) {
        let what = format!("what {} fixes of the event: its source and its type", source.display);
        judged.doubt(&[Cause::at(CauseKind::NotModelled, what, wired.span)]);
    }
    let edge = |sets_off: Option<Occasion>, doubts: &[Cause]| {
        let mut judged = judged.clone();
        judged.doubt(doubts);
        Edge {
            actions: action.into_iter().collect(),
            wiring: Wiring::Wired,
            standing: Standing::Upstream,
            set_off_by: wired.occasion.filter(|_| source.kind != Kind::Anonymous),
            sets_off,
            ..judged.edge("source.forward", Grade::Write, source.id, target.id)
        }
    };
    let set_off =
        view.world.occasions(target.id).filter_map(|(occasion, wired)| match wired.link.need()? {
            Need::Anything | Need::Part(_) => Some(edge(Some(occasion), &[])),
            Need::Object { events, prefix, suffix } => {
                let what = format!(
                    "whether the objects of {} have a key that {} waits for",
                    source.display, target.display
                );
                let is_any = prefix.is_empty() && suffix.is_empty();
                let doubts = (!is_any).then(|| Cause::at(CauseKind::NotModelled, what, wired.span));
                let happens = |event: &Text| fire::happens(event, action.unwrap_or(PUT_OBJECT));
                events.iter().any(happens).then(|| edge(Some(occasion), doubts.as_slice()))
            }
            Need::Route { .. } => None,
        });
    let mut out: Vec<Edge> = set_off.collect();
    if out.is_empty() {
        out.push(edge(None, &[]));
    }
    out
}

/// What a rule for mail passes on: anybody sends mail
fn by_mail(view: &View<'_>, target: EntityId, role: Option<EntityId>, wired: &Wired) -> Option<Passed> {
    let rule = view.entity(wired.link.source()?);
    if !is_of(rule, "ses") {
        return None;
    }
    let (mut judged, action, to) = passes(view, rule, view.entity(target), role, wired)?;
    judged.doubt(&rule.doubts);
    judged.doubt(&settings::switched_off(rule));
    Some((judged, action, to))
}

/// What a route of an API writes to, where that is no function
fn by_route(view: &View<'_>, source: &Entity, wired: &Wired) -> Option<Passed> {
    let (target, judged, action) = api_route::passed_on(view, wired, source.kind)?;
    (!data::reads(action)).then_some((judged, Some(action), target))
}

/// What is called on a receiver
fn received(kind: Kind) -> Option<&'static str> {
    RECEIVERS.iter().find(|(of, _)| *of == kind).map(|(_, action)| *action)
}

fn passes(
    view: &View<'_>,
    source: &Entity,
    target: &Entity,
    role: Option<EntityId>,
    wired: &Wired,
) -> Option<Passed> {
    // A rule takes from its bus what fits its pattern; nobody is asked.
    if target.kind == Kind::Rule {
        let sender = if source.kind == Kind::Bucket { Sender::Bucket(source) } else { Sender::Caller };
        let causes = admits(target, sender, wired.span)?;
        let mut judged = Judgement::default();
        judged.doubt(&causes);
        return Some((judged, None, target.id));
    }
    if target.kind == Kind::Other && READS.iter().any(|(kind, _)| *kind == source.kind) {
        return piped(view, source, role, wired).map(|judged| (judged, None, target.id));
    }
    if is_of(target, "codepipeline") {
        return pulled(view, source, role, wired).map(|judged| (judged, None, target.id));
    }
    let of_firehose = || is_of(target, "firehose").then_some("firehose:PutRecord");
    let action = received(target.kind).or_else(of_firehose);
    let of_service = || OTHERS.iter().find(|(service, _)| is_of(source, service)).map(|(_, by)| by);
    let by = SENDERS.iter().find(|(kind, _)| *kind == source.kind).map(|(_, by)| by);
    let by = by.or_else(of_service);
    // Where a role is named, it acts, whoever it acts for.
    let (Some(action), true) = (action, by.is_some() || role.is_some()) else {
        let mut judged = Judgement::default();
        let what = format!("what lets {} pass on to {}", source.display, target.display);
        judged.doubt(&[Cause::at(CauseKind::NotModelled, what, wired.span)]);
        return Some((judged, None, target.id));
    };
    let key = Text::from(Hole::input(format!("the key of what {} writes", source.display)));
    let object = (target.kind == Kind::Bucket).then(|| named(target).with("/").with(key));
    let act = Act { action, target, resource: object.as_ref(), context: &[] };
    let judged = match (role, by) {
        (Some(_), _) | (None, None) => rights::named_role(view, role, wired.span, act),
        (None, Some(By::Service(principal))) => {
            rights::service(view, principal, Some(named(source)), source.account.clone(), act)
        }
        (None, Some(By::ExecutionRole)) => rights::execution_role(view, source, wired.span, &[act]),
        (None, Some(By::Itself)) => Some(Judgement::default()),
    };
    // What the input does not declare may have a policy all the same.
    let judged = judged.or_else(|| {
        let mut judged = Judgement::default();
        let what = format!("the policy of {}, which the input does not declare", target.display);
        judged.doubt(&[Cause::at(CauseKind::DocumentMissing, what, wired.span)]);
        (target.standing == world::Standing::Named).then_some(judged)
    });
    judged.map(|judged| (judged, Some(action), target.id))
}

/// A pipe reads its source with its role: what it needs there, by the kind of the source
static READS: &[(Kind, &[&str])] = &[
    (Kind::Queue, &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]),
    (Kind::Stream, &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"]),
    (Kind::Table, &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"]),
];

/// A pipeline reads its source with its role: by the service of the source \[how-to-custom-role\]
static PULLS: &[(&str, &str)] = &[("codecommit", "codecommit:UploadArchive"), ("s3", "s3:GetObject")];

fn pulled(view: &View<'_>, source: &Entity, role: Option<EntityId>, wired: &Wired) -> Option<Judgement> {
    let (_, action) = PULLS.iter().find(|(service, _)| is_of(source, service))?;
    let object = match wired.link.need() {
        Some(Need::Object { prefix, .. }) => Some(named(source).with("/").with(prefix)),
        Some(Need::Anything | Need::Route { .. } | Need::Part(_)) | None => None,
    };
    let act = Act { action, target: source, resource: object.as_ref(), context: &[] };
    rights::named_role(view, role, wired.span, act)
}

fn piped(view: &View<'_>, source: &Entity, role: Option<EntityId>, wired: &Wired) -> Option<Judgement> {
    let reads = READS.iter().find(|(kind, _)| *kind == source.kind).map(|(_, reads)| *reads)?;
    let label = match &wired.link {
        Link::Forward { need: Need::Part(label), .. } => label.clone(),
        Link::Forward { .. }
        | Link::Trigger { .. }
        | Link::Route { .. }
        | Link::Notification { .. }
        | Link::RunsAs { .. }
        | Link::Credential { .. }
        | Link::CallsAs { .. }
        | Link::Url { .. }
        | Link::WebEndpoint { .. } => Text::new(),
    };
    let resource = rights::polled(source, &label);
    let mut all = Judgement::default();
    for action in reads {
        let act = Act { action, target: source, resource: Some(&resource), context: &[] };
        all = all.and(rights::named_role(view, role, wired.span, act)?);
    }
    Some(all)
}
