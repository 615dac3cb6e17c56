//! Triggers: a source that the input wires makes a service call the function, or read the source for it.
//!
//! A kind of trigger is a row in `TRIGGERS`: who calls, with which source, or which rights the execution role needs
//! (`invokers.tsv` of the tables, the Lambda developer guide's page of each service). What has no row is seen, but
//! not modelled: a conditional edge that says so. Must not know: who may make the source fire; that is data reach.

use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::{Through, VIA_URL, action, key, switched_off, via};
use crate::reach::judge::{Judgement, ask};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Standing, Wiring};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct Trigger;

const INVOKE: &str = "lambda:InvokeFunction";

/// A kind of trigger
struct Row {
    edge: &'static str,
    by: By,
    /// Why anybody at all may stand behind the source; the input does not decide it
    front: Option<&'static str>,
}

/// How the function comes to run
enum By {
    /// The service calls; the function's policy must let it
    Service {
        /// Its principals: `logs.amazonaws.com`, and `logs.REGION.amazonaws.com`
        principals: &'static [&'static str],
        /// What stands behind the source's ARN in `aws:SourceArn`
        suffix: &'static str,
        /// Whether a page says that it sends `aws:SourceAccount`
        account: Account,
    },
    /// Lambda reads the source with the execution role
    Poll(&'static [&'static str]),
    /// The source calls with a role of its own
    Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Account {
    Sent,
    NotTold,
}

const fn service(edge: &'static str, principals: &'static [&'static str], account: Account) -> Row {
    Row { edge, by: By::Service { principals, suffix: "", account }, front: None }
}

const fn poll(edge: &'static str, actions: &'static [&'static str]) -> Row {
    Row { edge, by: By::Poll(actions), front: None }
}

const fn role(edge: &'static str) -> Row {
    Row { edge, by: By::Role, front: None }
}

impl Row {
    const fn with_suffix(self, suffix: &'static str) -> Self {
        match self.by {
            By::Service { principals, account, .. } => {
                Self { by: By::Service { principals, suffix, account }, ..self }
            }
            By::Poll(_) | By::Role => self,
        }
    }

    const fn behind(self, front: &'static str) -> Self {
        Self { front: Some(front), ..self }
    }
}

/// In the order of ids
static TRIGGERS: &[Row] = &[
    service("alarm", &["lambda.alarms.cloudwatch.amazonaws.com"], Account::Sent),
    service("alb", &["elasticloadbalancing.amazonaws.com"], Account::Sent)
        .behind("who reaches the load balancer's listener is not modelled"),
    service("apigw.authorizer", &["apigateway.amazonaws.com"], Account::NotTold)
        .behind("who may call a route that this function guards is not modelled"),
    service("apigw.rest", &["apigateway.amazonaws.com"], Account::NotTold)
        .behind("the authorization of the REST API's methods is not modelled"),
    service("bedrock.agent", &["bedrock.amazonaws.com"], Account::Sent),
    service("codecommit", &["codecommit.amazonaws.com"], Account::Sent),
    service("cognito.trigger", &["cognito-idp.amazonaws.com"], Account::NotTold)
        .behind("whether the user pool admits anybody to sign up or in is not modelled"),
    service("config.rule", &["config.amazonaws.com"], Account::Sent),
    poll("ddb.esm", &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"]),
    service("events.rule", &["events.amazonaws.com"], Account::NotTold),
    service("events.schedule", &["events.amazonaws.com"], Account::NotTold),
    service("iot.rule", &["iot.amazonaws.com"], Account::Sent),
    poll("kinesis.esm", &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"]),
    service("logs.sub", &["logs.amazonaws.com", "logs.{region}.amazonaws.com"], Account::Sent)
        .with_suffix(":*"),
    role("pipes"),
    role("scheduler"),
    service("secrets.rotation", &["secretsmanager.amazonaws.com"], Account::Sent),
    service("ses", &["ses.amazonaws.com"], Account::Sent).behind("anybody may send mail to an address"),
    service("sns", &["sns.amazonaws.com"], Account::NotTold),
    poll("sqs.esm", &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]),
];

/// The ids of the rows, and of triggers that loaders see and no row decides
static IDS: &[&str] = &[
    "alarm",
    "alb",
    "apigw.authorizer",
    "apigw.rest",
    "bedrock.agent",
    "codecommit",
    "cognito.trigger",
    "config.rule",
    "ddb.esm",
    "events.rule",
    "events.schedule",
    "iot.rule",
    "kinesis.esm",
    "logs.sub",
    "pipes",
    "scheduler",
    "secrets.rotation",
    "ses",
    "sns",
    "sqs.esm",
    "appsync",
    "connect",
    "dest",
    "docdb.esm",
    "edge",
    "esm",
    "kafka.esm",
    "lattice",
    "mq.esm",
    "transfer",
];

/// Whether a row decides triggers of this id
#[must_use]
pub fn is_modelled(edge: &str) -> bool {
    TRIGGERS.iter().any(|row| row.edge == edge)
}

impl EdgeKind for Trigger {
    fn ids(&self) -> &'static [&'static str] {
        IDS
    }

    fn about(&self) -> &'static str {
        "a configured source makes the function run"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        for wired in &view.world.wired {
            let Link::Trigger { edge, source, function, role } = &wired.link else { continue };
            let row = TRIGGERS.iter().find(|row| row.edge == *edge);
            let front = row.and_then(|row| row.front).filter(|_| entity.kind == Kind::Anonymous);
            if *source != from && front.is_none() {
                continue;
            }
            let judged = match row {
                Some(row) => decided(view, row, wired, *source, *function, role.as_ref()),
                None => {
                    let mut judged = Judgement::default();
                    let what = format!("{edge} is not modelled yet");
                    judged.doubt(&[Cause::at(CauseKind::NotModelled, what, wired.span)]);
                    Some(judged)
                }
            };
            let Some(mut judged) = judged else { continue };
            judged.doubt(&wired.doubts);
            judged.doubt(view.doubts(*source));
            judged.doubt(view.doubts(*function));
            judged.doubt(&switched_off(view.world, *function));
            if let Some(front) = front {
                judged.doubt(&[Cause::at(CauseKind::NotModelled, front, wired.span)]);
            }
            judged.evidence.push(Evidence::wiring(wired.span));
            out.push(Edge {
                from,
                to: *function,
                kind: edge,
                grade: Grade::Influence,
                state: judged.state(),
                causes: judged.causes,
                actions: row.map(|row| row.actions()).unwrap_or_default(),
                choices: judged.choices,
                residual: judged.residual,
                wiring: Wiring::Wired,
                level: judged.level,
                leaves_open: Vec::new(),
                standing: Standing::Invoker,
                evidence: judged.evidence,
            });
        }
    }
}

impl Row {
    fn actions(&self) -> Vec<&'static str> {
        match self.by {
            By::Service { .. } | By::Role => vec![INVOKE],
            By::Poll(actions) => actions.to_vec(),
        }
    }
}

fn decided(
    view: &View<'_>,
    row: &Row,
    wired: &Wired,
    source: EntityId,
    function: EntityId,
    role: Option<&Text>,
) -> Option<Judgement> {
    let (source, function) = (view.entity(source), view.entity(function));
    match row.by {
        By::Service { principals, suffix, account } => {
            let asked = principals.iter().filter_map(|principal| {
                let principal = principal.replace("{region}", &region(function));
                by_service(view, &principal, suffix, account, source, function)
            });
            asked.min_by_key(Judgement::state)
        }
        By::Poll(actions) => by_poll(view, actions, wired, source, function),
        By::Role => by_role(view, role, wired, function),
    }
}

fn region(function: &Entity) -> String {
    let arn = function.arn.as_ref().and_then(Arn::parse);
    arn.map(|arn| arn.region.to_string()).unwrap_or_default()
}

/// The service calls, for the source
fn by_service(
    view: &View<'_>,
    principal: &str,
    suffix: &str,
    account: Account,
    source: &Entity,
    function: &Entity,
) -> Option<Judgement> {
    let arn = source_arn(source, function).map(|arn| arn.with(suffix));
    let owner = source.account.clone().filter(|_| account == Account::Sent);
    let known = |text: Option<Text>| text.map_or(KeyValue::Unknown, KeyValue::One);
    let invoke = action(INVOKE);
    let question = Question {
        caller: Caller::Service(Text::from(principal)),
        identity: None,
        action: &invoke,
        resource: function.arn.clone()?,
        on: Some(function.id),
        context: vec![
            ("aws:SourceArn", known(arn)),
            ("aws:SourceAccount", known(owner)),
            (VIA_URL, via(Through::Api)),
        ],
    };
    ask(view, &question)
}

/// The ARN that the service sends; `None` where the input does not tell it
fn source_arn(source: &Entity, function: &Entity) -> Option<Text> {
    let arn = Arn::parse(source.arn.as_ref()?)?;
    if source.kind != Kind::Api {
        return source.arn.clone();
    }
    // An API's calls name stage, method and path behind its id.
    let open = |what: &str, shape| {
        Text::from(Hole::new(format!("{what} of {}", source.display), HoleKind::Input, shape))
    };
    let region = function.arn.as_ref().and_then(Arn::parse).map_or(arn.region, |function| function.region);
    let resource = source
        .name
        .clone()
        .with("/")
        .with(open("stage", Shape::Name))
        .with("/")
        .with(open("method", Shape::Name))
        .with("/")
        .with(open("path", Shape::Any));
    let (service, account) = (Text::from("execute-api"), source.account.clone()?);
    Some(Arn { partition: arn.partition, service, region, account, resource }.to_text())
}

/// Lambda reads the source with the rights of the execution role
fn by_poll(
    view: &View<'_>,
    actions: &'static [&'static str],
    wired: &Wired,
    source: &Entity,
    function: &Entity,
) -> Option<Judgement> {
    let base = function.alias_of.unwrap_or(function.id);
    let of_base = |wired: &Wired| {
        let Link::RunsAs { function, role } = wired.link else { return None };
        (function == base).then(|| view.entity(role))
    };
    let roles: Vec<&Entity> = view.world.wired.iter().filter_map(of_base).collect();
    if roles.is_empty() {
        let mut judged = Judgement::default();
        let what = format!("the execution role of {}", function.display);
        judged.doubt(&[Cause::at(CauseKind::DocumentMissing, what, wired.span)]);
        return Some(judged);
    }
    let reads = |role: &Entity| {
        let mut all = Judgement::default();
        for name in actions {
            let action = action(name);
            let question = Question {
                caller: caller(role)?,
                identity: Some(role.id),
                action: &action,
                resource: polled(source),
                on: Some(source.id),
                context: Vec::new(),
            };
            all = all.and(ask(view, &question)?);
            // "If the queue is encrypted", the role also needs its key \[with-sqs, with-kinesis\].
            if let Some(used) = data::access(name) {
                all = all.and(key::use_of_key(view, Some(role), &question.caller, source, used)?);
            }
        }
        all.doubt(&role.doubts);
        Some(all)
    };
    roles.into_iter().filter_map(reads).min_by_key(Judgement::state)
}

/// What Lambda reads: a table's stream has an ARN of its own
fn polled(source: &Entity) -> Text {
    let arn = source.arn.clone().unwrap_or_else(|| source.name.clone());
    if source.kind != Kind::Table {
        return arn;
    }
    let label = Hole::new(format!("stream of {}", source.display), HoleKind::Input, Shape::Any);
    arn.with("/stream/").with(label)
}

/// The source calls with a role of its own
fn by_role(view: &View<'_>, role: Option<&Text>, wired: &Wired, function: &Entity) -> Option<Judgement> {
    let missing = |what: String| {
        let mut judged = Judgement::default();
        judged.doubt(&[Cause::at(CauseKind::DocumentMissing, what, wired.span)]);
        Some(judged)
    };
    let Some(named) = role else { return missing("the role that the source calls with".to_owned()) };
    let is_that =
        |role: &&Entity| role.arn.as_ref().is_some_and(|arn| fit(arn, named, Way::Exact) == Fit::Yes);
    let Some(role) = view.world.of_kind(Kind::Role).find(is_that) else {
        return missing(format!("the policies of the source's role {named}"));
    };
    let invoke = action(INVOKE);
    let question = Question {
        caller: caller(role)?,
        identity: Some(role.id),
        action: &invoke,
        resource: function.arn.clone()?,
        on: Some(function.id),
        context: vec![(VIA_URL, via(Through::Api))],
    };
    let mut judged = ask(view, &question)?;
    judged.doubt(&role.doubts);
    Some(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_are_those_of_the_rows_and_of_what_is_not_modelled() {
        assert!(TRIGGERS.iter().all(|row| IDS.contains(&row.edge)));
        assert!(TRIGGERS.is_sorted_by_key(|row| row.edge));
        let seen: Vec<_> = IDS.iter().filter(|id| !is_modelled(id)).collect();
        assert_eq!(seen.len() + TRIGGERS.len(), IDS.len());
    }
}
