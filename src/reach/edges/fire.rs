//! `source.fire`: a caller makes a source act that something is wired to: puts the object, publishes, sends, puts
//! the event, starts the execution.
//!
//! The edge leads to the source, and sets off there what waits for just this (`sets_off`): who may only delete does
//! not set off a notification of new objects. It is of grade write: who has it holds the source, and the function
//! behind is reached through its code, one boundary on. A kind of source is a row in `FIRES`. Must not know: what is
//! wired to the source.

use std::collections::BTreeMap;

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::eval::request::Caller;
use crate::reach::edges::data::access_to;
use crate::reach::edges::names::Forms;
use crate::reach::edges::put_object::{self, PUT_OBJECT};
use crate::reach::edges::rights::named;
use crate::reach::edges::{action, api_route, settings, signs};
use crate::reach::judge::{Judgement, ask};
use crate::reach::openings::{Admission, Opening, admission};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Standing, State};
use crate::text::{Hole, Text};
use crate::world::data::{self, Access, On};
use crate::world::kind::Kind;
use crate::world::pieces::Need;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct Fire;

const INVOKE: &str = "lambda:InvokeFunction";

/// Which sources a row is about
enum Of {
    /// Everything of this kind
    Kind(Kind),
    /// What triggers of this id start from
    Edge(&'static str),
    /// What has this service in its ARN, whatever starts from it
    Service(&'static str),
}

/// A kind of source, and the calls of which any one makes it act
struct Row {
    of: Of,
    calls: &'static [&'static str],
}

const fn kind(kind: Kind, calls: &'static [&'static str]) -> Row {
    Row { of: Of::Kind(kind), calls }
}

const fn edge(edge: &'static str, calls: &'static [&'static str]) -> Row {
    Row { of: Of::Edge(edge), calls }
}

const fn service(service: &'static str, calls: &'static [&'static str]) -> Row {
    Row { of: Of::Service(service), calls }
}

/// The calls are those of reach's table of ways in; a bucket's depend on the event (`EVENTS`), an API's on the route
static FIRES: &[Row] = &[
    kind(Kind::Topic, &["sns:Publish"]),
    kind(Kind::Queue, &["sqs:SendMessage"]),
    kind(Kind::Stream, &["kinesis:PutRecord", "kinesis:PutRecords"]),
    kind(
        Kind::Table,
        &[
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:PartiQLInsert",
            "dynamodb:PartiQLUpdate",
            "dynamodb:PartiQLDelete",
        ],
    ),
    kind(
        Kind::DbCluster,
        &[
            "rds-data:ExecuteStatement",
            "rds-data:BatchExecuteStatement",
            "rds-db:connect",
            "rds:ModifyDBCluster",
        ],
    ),
    kind(
        Kind::RedshiftCluster,
        &[
            "redshift-data:ExecuteStatement",
            "redshift-data:BatchExecuteStatement",
            "redshift:GetClusterCredentials",
            "redshift:ModifyCluster",
        ],
    ),
    kind(Kind::LogGroup, &["logs:PutLogEvents"]),
    kind(Kind::Bus, &["events:PutEvents"]),
    kind(Kind::StateMachine, &["states:StartExecution", "states:StartSyncExecution"]),
    kind(Kind::Secret, &["secretsmanager:RotateSecret"]),
    kind(
        Kind::UserPool,
        &[
            "cognito-idp:AdminCreateUser",
            "cognito-idp:AdminInitiateAuth",
            "cognito-idp:AdminConfirmSignUp",
            "cognito-idp:AdminRespondToAuthChallenge",
        ],
    ),
    edge("agentcore", &["bedrock-agentcore:InvokeGateway"]),
    edge("appsync", &["appsync:GraphQL"]),
    edge("athena", &["athena:StartQueryExecution"]),
    edge("bedrock.agent", &["bedrock:InvokeAgent"]),
    edge(
        "cfn.custom",
        &["cloudformation:UpdateStack", "cloudformation:ExecuteChangeSet", "cloudformation:DeleteStack"],
    ),
    edge("codepipeline", &["codepipeline:StartPipelineExecution"]),
    edge("config.rule", &["config:StartConfigRulesEvaluation"]),
    edge("firehose", &["firehose:PutRecord", "firehose:PutRecordBatch"]),
    edge("kafka.esm", &["kafka-cluster:WriteData"]),
    edge("s3.objlambda", &["s3-object-lambda:GetObject"]),
    service("cloudwatch", &["cloudwatch:SetAlarmState"]),
    service("codecommit", &["codecommit:GitPush"]),
    service("iot", &["iot:Publish"]),
];

/// Triggers whose source calls with the rights of who calls it, unless it has a role \[olap-security,
/// udf-iam-access, using-iam-servicerole\]
static PASSED: &[&str] = &["athena", "cfn.custom", "s3.objlambda"];

/// How an event of a bucket begins, and the calls that make it \[notification-how-to-event-types-and-destinations\]
static EVENTS: &[(&str, &[&str])] = &[
    ("s3:ObjectAcl:", &["s3:PutObjectAcl"]),
    ("s3:ObjectCreated:", &["s3:PutObject"]),
    ("s3:ObjectRemoved:", &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    ("s3:ObjectRestore:", &["s3:RestoreObject"]),
    ("s3:ObjectTagging:Put", &["s3:PutObjectTagging"]),
    ("s3:ObjectTagging:Delete", &["s3:DeleteObjectTagging"]),
    ("s3:ObjectTagging:*", &["s3:PutObjectTagging", "s3:DeleteObjectTagging"]),
];

/// Whether a call may make an event of a bucket happen
pub(super) fn happens(event: &Text, call: &str) -> bool {
    let begins = |with: &str| event.as_literal().is_none_or(|event| event.starts_with(with));
    EVENTS.iter().any(|(with, calls)| begins(with) && calls.contains(&call))
}

/// How events begin that S3 makes by itself
static OWN: &[&str] = &[
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration",
    "s3:LifecycleTransition",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication",
];

impl EdgeKind for Fire {
    fn ids(&self) -> &'static [&'static str] {
        &["source.fire"]
    }

    fn about(&self) -> &'static str {
        "a caller may make a source act that something is wired to"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        if !signs(entity) && entity.kind != Kind::Anonymous {
            return;
        }
        let Some(who) = caller(entity) else { return };
        let mut asker = Asker { view, entity, who: &who, openings: BTreeMap::new() };
        for source in view.world.sources() {
            let source = view.entity(source);
            for (occasion, wired) in view.world.occasions(source.id) {
                let Some((mut judged, actions)) = asker.fires(source, wired) else { continue };
                judged.doubt(&entity.doubts);
                judged.doubt(&source.doubts);
                judged.doubt(&settings::switched_off(source));
                out.push(Edge {
                    actions,
                    standing: Standing::Upstream,
                    sets_off: Some(occasion),
                    ..judged.edge("source.fire", Grade::Write, from, source.id)
                });
            }
        }
    }
}

/// A caller, and what its identity policies may open to an action, found as it is asked for
struct Asker<'a, 'w> {
    view: &'a View<'w>,
    entity: &'w Entity,
    who: &'a Caller,
    openings: BTreeMap<&'static str, Opening<'a>>,
}

impl Asker<'_, '_> {
    /// A quick no: neither the caller's policies nor one of the source's may allow any of these
    fn surely_not(&mut self, source: &Entity, mut actions: impl Iterator<Item = &'static str>) -> bool {
        // An access control list grants as a policy does.
        let admits = |documents| admission(self.view, documents, self.who) != Admission::Nothing;
        if admits(&source.resource) || admits(&source.grants) {
            return false;
        }
        // Some calls name something else than the source, which then has another ARN.
        let by_others = [Kind::Other, Kind::Api, Kind::DbCluster, Kind::RedshiftCluster];
        let is_named = !by_others.contains(&source.kind);
        !actions.any(|action| {
            let new = || Opening::of(self.view, self.entity, &[action]);
            let opening = self.openings.entry(action).or_insert_with(new);
            if is_named { opening.may_cover(source.arn.as_ref()) } else { !opening.is_nothing() }
        })
    }

    /// Whether the caller may make happen what a wiring waits for, and by which calls
    fn fires(&mut self, source: &Entity, wired: &Wired) -> Option<(Judgement, Vec<&'static str>)> {
        let (view, entity) = (self.view, self.entity);
        match wired.link.need()? {
            Need::Route { .. } => {
                // Anybody without a signature is at the function's own edge.
                if !signs(entity) || self.surely_not(source, std::iter::once(api_route::CALL)) {
                    return None;
                }
                Some((api_route::signed_allowed(view, entity, wired)?, vec![api_route::CALL]))
            }
            Need::Object { events, prefix, suffix } => {
                let calls = object_calls(&events, wired);
                if calls.is_empty() || self.surely_not(source, calls.iter().map(|(call, _)| *call)) {
                    return None;
                }
                object(view, entity, self.who, source, wired, &calls, &(prefix, suffix))
            }
            Need::Anything | Need::Part(_) => self.calls(source, wired),
        }
    }

    /// Whether the caller may make one of the calls of the source's row
    fn calls(&mut self, source: &Entity, wired: &Wired) -> Option<(Judgement, Vec<&'static str>)> {
        let is_it = |row: &&Row| match row.of {
            Of::Kind(kind) => kind == source.kind,
            Of::Edge(edge) => matches!(wired.link, Link::Trigger { edge: of, .. } if of == edge),
            Of::Service(service) => {
                let arn = source.arn.as_ref().and_then(Arn::parse);
                source.kind == Kind::Other && arn.is_some_and(|arn| arn.service.as_literal() == Some(service))
            }
        };
        let row = FIRES.iter().find(is_it)?;
        if self.surely_not(source, row.calls.iter().copied()) {
            return None;
        }
        let (view, entity, who) = (self.view, self.entity, self.who);
        let by = |call: &&'static str| {
            let plain = Access { action: call, on: On::Itself, key: &[] };
            let judged = if source.kind == Kind::Other {
                other(view, entity, who, source, call)
            } else {
                // Where the source holds data, the call may name a part of it, or need its key.
                let access = data::access(call).map_or(plain, |(_, access)| access);
                access_to(view, Some(entity), who, source, access)
            };
            judged.map(|judged| (judged, *call))
        };
        let (judged, mut actions) = best(row.calls.iter().filter_map(by))?;
        match wired.link {
            Link::Trigger { edge, function, role: None, .. } if PASSED.contains(&edge) => {
                let too = other(view, entity, who, view.entity(function), INVOKE)?;
                actions.push(INVOKE);
                Some((judged.and(too), actions))
            }
            Link::Trigger { .. }
            | Link::Forward { .. }
            | Link::Route { .. }
            | Link::Notification { .. }
            | Link::RunsAs { .. }
            | Link::Credential { .. }
            | Link::CallsAs { .. }
            | Link::Url { .. }
            | Link::WebEndpoint { .. } => Some((judged, actions)),
        }
    }
}

/// The best of several calls, with all that are as good
fn best(calls: impl Iterator<Item = (Judgement, &'static str)>) -> Option<(Judgement, Vec<&'static str>)> {
    let mut best: Option<(Judgement, Vec<&'static str>)> = None;
    for (judged, action) in calls {
        match &mut best {
            Some((known, actions)) if known.state() == judged.state() => {
                actions.push(action);
                if judged.state() == State::Conditional {
                    known.doubt(&judged.causes);
                }
                for evidence in judged.evidence {
                    if !known.evidence.contains(&evidence) {
                        known.evidence.push(evidence);
                    }
                }
            }
            Some((known, _)) if known.state() < judged.state() => {}
            _ => best = Some((judged, vec![action])),
        }
    }
    best
}

/// A call on a source of which only a name or an ARN is known
fn other(
    view: &View<'_>,
    entity: &Entity,
    who: &Caller,
    source: &Entity,
    call: &'static str,
) -> Option<Judgement> {
    let action = action(call);
    let question = Question {
        caller: who.clone(),
        identity: signs(entity).then_some(entity.id),
        action: &action,
        resource: called(source, call),
        on: Some(source.id),
        context: Vec::new(),
    };
    ask(view, &question)
}

/// What a call names, where that is not the source's own ARN
fn called(source: &Entity, action: &str) -> Text {
    let arn = named(source);
    let Some(parsed) = Arn::parse(&arn) else {
        return Text::from(Hole::input(format!("the ARN of {}", source.display)));
    };
    match action {
        // A rule takes what is published for it by name \[iot-basic-ingest\].
        "iot:Publish" => {
            let name = parsed.resource.strip_prefix("rule/").unwrap_or_else(|| source.name.clone());
            let resource = Text::from("topic/$aws/rules/").with(&name).with("/x");
            Arn { resource, ..parsed }.to_text()
        }
        // A topic's ARN has the cluster's name and id \[list_apachekafkaapisforamazonmskclusters\].
        "kafka-cluster:WriteData" => {
            let cluster = parsed.resource.strip_prefix("cluster/").unwrap_or_else(|| source.name.clone());
            let topic = Hole::input(format!("a topic of {}", source.display));
            let resource = Text::from("topic/").with(&cluster).with("/").with(topic);
            Arn { resource, ..parsed }.to_text()
        }
        // A query names a workgroup, and its text the catalog \[list_amazonathena\].
        "athena:StartQueryExecution" => {
            let group = Hole::input(format!("a workgroup that queries {}", source.display));
            Arn { resource: Text::from("workgroup/").with(group), ..parsed }.to_text()
        }
        // An agent is called by one of its aliases \[list_amazonbedrock\].
        "bedrock:InvokeAgent" => {
            let id = parsed.resource.strip_prefix("agent/").unwrap_or_else(|| source.name.clone());
            let alias = Hole::input(format!("an alias of {}", source.display));
            let resource = Text::from("agent-alias/").with(&id).with("/").with(alias);
            Arn { resource, ..parsed }.to_text()
        }
        _ => arn,
    }
}

/// A call that makes an event happen, and why it may be another event
type EventCall = (&'static str, Option<Cause>);

/// The calls that make these events happen
fn object_calls(events: &[Text], wired: &Wired) -> Vec<EventCall> {
    let mut actions: Vec<EventCall> = Vec::new();
    for event in events {
        let begins = |with: &str| event.strip_prefix(with).is_some();
        if OWN.iter().any(|with| begins(with)) {
            continue;
        }
        let in_table = EVENTS.iter().any(|(with, _)| begins(with));
        for (with, calls) in EVENTS {
            let unsure = |kind| Some(Cause::at(kind, format!("event {event}"), wired.span));
            let doubt = match event.as_literal() {
                _ if begins(with) => None,
                Some(_) if in_table => continue,
                Some(_) => unsure(CauseKind::NotModelled),
                None => unsure(CauseKind::Hole),
            };
            for call in *calls {
                if !actions.iter().any(|(known, _)| known == call) {
                    actions.push((call, doubt.clone()));
                }
            }
        }
    }
    actions
}

/// Whether a caller may make one of these calls on an object whose key fits
fn object(
    view: &View<'_>,
    entity: &Entity,
    who: &Caller,
    bucket: &Entity,
    wired: &Wired,
    actions: &[EventCall],
    key: &(Text, Text),
) -> Option<(Judgement, Vec<&'static str>)> {
    let (prefix, suffix) = key;
    let form = named(bucket).with("/").with(prefix).with("*").with(suffix);
    let by = |(name, doubt): &(&'static str, Option<Cause>)| {
        let action = action(name);
        let actions = [*name];
        let forms = Forms::new(view, who, &actions, form.clone());
        let forms = forms.allowed_by(&[&entity.identity, &bucket.resource]).limited_by(entity);
        let judged = forms.names().into_iter().filter_map(|resource| {
            let question = Question {
                caller: who.clone(),
                identity: signs(entity).then_some(entity.id),
                action: &action,
                resource,
                on: Some(bucket.id),
                context: Vec::new(),
            };
            let mut judged = ask(view, &question)?;
            if *name == PUT_OBJECT {
                let with = |headers| ask(view, &Question { context: headers, ..question.clone() });
                judged = put_object::with_key(view, (Some(entity), who), bucket, judged, with)?;
            }
            Some(judged)
        });
        let mut judged = judged.min_by_key(Judgement::state)?;
        judged.doubt(&doubt.iter().cloned().collect::<Vec<_>>());
        Some((judged, *name))
    };
    let mut found = best(actions.iter().filter_map(by))?;
    found.0.evidence.push(Evidence::wiring(wired.span));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_a_well_formed_action() {
        let calls = FIRES.iter().flat_map(|row| row.calls).copied();
        for name in calls.chain(EVENTS.iter().flat_map(|(_, calls)| calls.iter().copied())) {
            assert_eq!(action(name).as_str(), name);
        }
    }
}
