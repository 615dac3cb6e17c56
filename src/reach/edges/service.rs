//! What a function policy admits of a service beyond the wiring in the input.
//!
//! A statement for a service without a source is open to that service's resources in every account: whoever wires
//! one there makes the call, so the edge is a yes. A source in our own account that nobody wired here may be wired
//! elsewhere: conditional, one of ours must do it. A bucket's ARN names no account: somebody else may own a bucket
//! of that name once ours is deleted. Alexa says for which skill it calls by a token, and no AWS input shows whose
//! skill that is.

use std::sync::LazyLock;

use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::policy::Clause;
use crate::reach::edges::api_route::execution_root;
use crate::reach::edges::rights::region;
use crate::reach::edges::{Through, VIA_URL, action, switched_off, via, web_endpoint};
use crate::reach::judge::{Judgement, ask};
use crate::reach::{Edge, EdgeKind, Grade, Wiring};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::kind::Kind;
use crate::world::view::{Question, View};
use crate::world::{Entity, EntityId, Link};

/// The edge kind
#[derive(Debug)]
pub struct Service;

/// What an edge leaves open where sources of other accounts are admitted
pub const ANY_ACCOUNT: &str = "account";

/// How a service says for whom it calls
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// By `aws:SourceArn` and `aws:SourceAccount`, and anybody's source may call
    Source,
    /// The same, and only a source of the function's own account and region may call
    OwnSource,
    /// By `lambda:EventSourceToken`, the id of a skill, and nothing else
    Token,
}

/// How a service's sources read in `aws:SourceArn`
struct Source {
    /// With `{region}` for the function's region
    principal: &'static str,
    edge: &'static str,
    /// The service in the ARN
    service: &'static str,
    /// What stands in the last part, names as `*`
    resource: &'static str,
    says: Says,
}

const fn source(
    principal: &'static str,
    edge: &'static str,
    service: &'static str,
    resource: &'static str,
) -> Source {
    Source { principal, edge, service, resource, says: Says::Source }
}

impl Source {
    const fn saying(self, says: Says) -> Self {
        Self { says, ..self }
    }
}

/// What CloudFront's row is called where it calls an endpoint of a web function
const FRONT_OF_WEB: &str = "cloudfront.web";

/// The key of a skill's id \[API_AddPermission\]
const TOKEN: &str = "lambda:EventSourceToken";

/// From the table of invokers; a service that is not here has sources of an unknown form
static SOURCES: &[Source] = &[
    source("apigateway.amazonaws.com", "apigw.http", "execute-api", "*/*/*/*"),
    source("s3.amazonaws.com", "s3.notify", "s3", "*"),
    source("events.amazonaws.com", "events.rule", "events", "rule/*"),
    source("sns.amazonaws.com", "sns", "sns", "*"),
    source("logs.amazonaws.com", "logs.sub", "logs", "log-group:*:*"),
    source("iot.amazonaws.com", "iot.rule", "iot", "rule/*"),
    source("cognito-idp.amazonaws.com", "cognito.trigger", "cognito-idp", "userpool/*"),
    source("elasticloadbalancing.amazonaws.com", "alb", "elasticloadbalancing", "targetgroup/*/*"),
    source("config.amazonaws.com", "config.rule", "config", "config-rule/*"),
    source("secretsmanager.amazonaws.com", "secrets.rotation", "secretsmanager", "secret:*"),
    source("lambda.alarms.cloudwatch.amazonaws.com", "alarm", "cloudwatch", "alarm:*"),
    source("codecommit.amazonaws.com", "codecommit", "codecommit", "*"),
    source("ses.amazonaws.com", "ses", "ses", "receipt-rule-set/*:receipt-rule/*"),
    source("bedrock.amazonaws.com", "bedrock.agent", "bedrock", "agent/*"),
    source("appsync.amazonaws.com", "appsync.authorizer", "appsync", "apis/*"),
    source("connect.amazonaws.com", "connect", "connect", "instance/*"),
    source("lex.amazonaws.com", "lex", "lex", "intent:*:*"),
    source("transfer.amazonaws.com", "transfer", "transfer", "server/*"),
    source("vpc-lattice.amazonaws.com", "lattice", "vpc-lattice", "targetgroup/*"),
    source("cloudfront.amazonaws.com", "cloudfront.oac", "cloudfront", "distribution/*"),
    source("cognito-sync.amazonaws.com", "cognito.sync", "cognito-identity", "identitypool/*"),
    source("iotevents.amazonaws.com", "iotevents", "iotevents", "detectorModel/*"),
    source("lexv2.amazonaws.com", "lex.v2", "lex", "bot-alias/*/*"),
    // Only rules of the same account and region \[workmail, lambda\].
    source("workmail.{region}.amazonaws.com", "workmail", "workmail", "organization/*")
        .saying(Says::OwnSource),
    source("alexa-appkit.amazon.com", "alexa", "", "").saying(Says::Token),
    source("alexa-connectedhome.amazon.com", "alexa", "", "").saying(Says::Token),
];

/// The ids of the rows, and of services whose sources have an unknown form
static IDS: LazyLock<Vec<&str>> =
    LazyLock::new(|| SOURCES.iter().map(|row| row.edge).chain([FRONT_OF_WEB, "service"]).collect());

impl EdgeKind for Service {
    fn ids(&self) -> &'static [&'static str] {
        &IDS
    }

    fn about(&self) -> &'static str {
        "a service may invoke the function for a source that the input does not wire"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        if entity.kind != Kind::Service {
            return;
        }
        let functions = view.ends(Kind::Function).chain(view.ends(Kind::WebFunction));
        for function in functions.filter(|function| !function.resource.is_empty()) {
            let Some((edge, mut judged, leaves_open)) = beyond_wiring(view, entity, function) else {
                continue;
            };
            judged.doubt(&function.doubts);
            judged.doubt(&switched_off(view.world, function.id));
            out.push(Edge {
                actions: vec![web_endpoint::invocation(function.kind)],
                wiring: Wiring::Open,
                leaves_open,
                ..judged.edge(edge, Grade::Influence, from, function.id)
            });
        }
    }
}

/// The widest that the function's policy admits: any account, a name that anybody may own, our own account
///
/// Where sources of other accounts are admitted, the account stands in the list of what is left open.
fn beyond_wiring(
    view: &View<'_>,
    service: &Entity,
    function: &Entity,
) -> Option<(&'static str, Judgement, Vec<&'static str>)> {
    let name = service.name.as_literal()?;
    let region = region(function).to_string();
    let row = SOURCES.iter().find(|row| row.principal.replace("{region}", &region) == name);
    if row.is_some_and(|row| row.says == Says::Token) {
        let (judged, leaves_open) = by_token(view, service, function)?;
        return Some(("alexa", judged, leaves_open));
    }
    let edge = match row.map_or("service", |row| row.edge) {
        "cloudfront.oac" if function.kind == Kind::WebFunction => FRONT_OF_WEB,
        edge => edge,
    };
    let stranger = Text::from(Hole::new("any other account", HoleKind::Stranger, Shape::Account));
    let own = function.account.clone().unwrap_or_default();

    let others = row.is_none_or(|row| row.says == Says::Source);
    let anybody = || asks(view, service, function, &source_arn(row, function, &stranger), &stranger);
    if let Some(judged) = others.then(anybody).flatten() {
        return Some((edge, judged, vec![ANY_ACCOUNT]));
    }
    if name == "s3.amazonaws.com"
        && let Some((bucket, mut judged)) = retaken_bucket(view, service, function, &stranger)
    {
        let what = format!(
            "a bucket named {bucket} in another account: only if ours is deleted and somebody else makes it again"
        );
        judged.doubt(&[Cause::new(CauseKind::Wiring, what)]);
        return Some((edge, judged, vec![ANY_ACCOUNT]));
    }
    if let Some(mut judged) = asks(view, service, function, &source_arn(row, function, &own), &own) {
        let what = format!("a source of {name} in our own account that the input does not wire");
        judged.doubt(&[Cause::new(CauseKind::Wiring, what)]);
        return Some((edge, judged, Vec::new()));
    }
    Some((edge, by_name(view, service, function, &own)?, Vec::new()))
}

/// A source that a condition names and the input does not wire: one of another account calls if its owner wires it, one
/// of ours if one of us does
fn by_name(view: &View<'_>, service: &Entity, function: &Entity, own: &Text) -> Option<Judgement> {
    let mut best: Option<Judgement> = None;
    for arn in named(view, function, "aws:SourceArn") {
        if is_wired(view, function, arn) {
            continue;
        }
        let account = Arn::parse(arn).map(|arn| arn.account).filter(|account| !account.is_empty());
        let account = account.unwrap_or_else(|| own.clone());
        let Some(mut judged) = asks(view, service, function, arn, &account) else { continue };
        if fit(&account, own, Way::Exact) != Fit::No {
            let what = format!("the source {arn} is wired: the input does not wire it");
            judged.doubt(&[Cause::new(CauseKind::Wiring, what)]);
        }
        if best.as_ref().is_none_or(|best| judged.state() < best.state()) {
            best = Some(judged);
        }
    }
    best
}

/// Whether the input wires a source that an ARN, or a pattern of one, means: that is a caller of its own
fn is_wired(view: &View<'_>, function: &Entity, named: &Text) -> bool {
    let is_meant = |source: EntityId| {
        let source = view.entity(source);
        // A log group and an intent have more behind their ARN where they call.
        let means = |arn: &Text| fit(named, arn, Way::ArnLike) != Fit::No;
        let by_arn = source.arn.as_ref().is_some_and(|arn| means(arn) || means(&arn.clone().with(":*")));
        // An API's calls name a part of it behind its id.
        let root = execution_root(source, function).filter(|_| source.kind == Kind::Api);
        by_arn || root.is_some_and(|root| named.to_string().starts_with(&root.to_string()))
    };
    view.world.wirings().any(|wired| match wired.link {
        Link::Trigger { source, function: called, .. } => called == function.id && is_meant(source),
        Link::Notification { bucket, function: called, .. } => called == function.id && is_meant(bucket),
        Link::Route { api, target: called, .. } => called == function.id && is_meant(api),
        Link::RunsAs { .. }
        | Link::Url { .. }
        | Link::WebEndpoint { .. }
        | Link::Credential { .. }
        | Link::CallsAs { .. }
        | Link::Forward { .. } => false,
    })
}

/// Any skill of anybody; else the skill that a condition names, which only its owner can wire
fn by_token(view: &View<'_>, service: &Entity, function: &Entity) -> Option<(Judgement, Vec<&'static str>)> {
    let ask = |token: &Text| {
        let told = [
            (TOKEN, KeyValue::One(token.clone())),
            ("aws:SourceArn", KeyValue::Absent),
            ("aws:SourceAccount", KeyValue::Absent),
            (VIA_URL, via(Through::Api)),
        ];
        asks_with(view, service, function, &told)
    };
    let any = Text::from(Hole::new("the id of any other skill", HoleKind::Stranger, Shape::Name));
    ask(&any).map(|judged| (judged, vec![ANY_ACCOUNT])).or_else(|| {
        let skills = named(view, function, TOKEN);
        let (skill, mut judged) = skills.into_iter().find_map(|skill| Some((skill, ask(skill)?)))?;
        let what = format!("the skill {skill} calls the function: that is said outside of AWS");
        judged.doubt(&[Cause::new(CauseKind::Wiring, what)]);
        Some((judged, Vec::new()))
    })
}

/// Some source of the service in an account, other than those of the input
fn source_arn(row: Option<&Source>, function: &Entity, account: &Text) -> Text {
    let any =
        |what: &str| Text::from(Hole::new(format!("any other {what}"), HoleKind::Stranger, Shape::Name));
    let Some(row) = row else { return any("source") };
    let arn = function.arn.as_ref().and_then(Arn::parse);
    let mut resource = Text::new();
    for (at, part) in row.resource.split('*').enumerate() {
        if at > 0 {
            resource.push(&any("name"));
        }
        resource.push_str(part);
    }
    let (region, account) = match row.service {
        "s3" => (Text::new(), Text::new()),
        "cloudfront" => (Text::new(), account.clone()),
        _ => (arn.as_ref().map(|arn| arn.region.clone()).unwrap_or_default(), account.clone()),
    };
    let partition = arn.map_or_else(|| Text::from("aws"), |arn| arn.partition);
    Arn { partition, service: Text::from(row.service), region, account, resource }.to_text()
}

fn asks(
    view: &View<'_>,
    service: &Entity,
    function: &Entity,
    source: &Text,
    account: &Text,
) -> Option<Judgement> {
    let is_cloudfront = service.name.as_literal() == Some("cloudfront.amazonaws.com");
    let through = if is_cloudfront { Through::Url } else { Through::Api };
    let context = vec![
        ("aws:SourceArn", KeyValue::One(source.clone())),
        ("aws:SourceAccount", KeyValue::One(account.clone())),
        // A source in another organisation, or in none.
        ("aws:SourceOrgID", KeyValue::One(org_of(account))),
        ("aws:PrincipalOrgID", KeyValue::One(org_of(account))),
        // CloudFront calls the function's URL, the others its API.
        (VIA_URL, via(through)),
    ];
    asks_with(view, service, function, &context)
}

fn asks_with(
    view: &View<'_>,
    service: &Entity,
    function: &Entity,
    context: &[(&'static str, KeyValue)],
) -> Option<Judgement> {
    let invoke = action(web_endpoint::invocation(function.kind));
    let asked = |resource: Text| {
        let question = Question {
            caller: Caller::Service(service.name.clone()),
            identity: None,
            action: &invoke,
            resource,
            on: Some(function.id),
            context: context.to_vec(),
        };
        ask(view, &question)
    };
    if function.kind == Kind::WebFunction {
        let endpoints = web_endpoint::requests(view.world, function).into_iter();
        endpoints.filter_map(asked).min_by_key(Judgement::state)
    } else {
        asked(function.arn.clone()?)
    }
}

fn org_of(account: &Text) -> Text {
    match account.as_hole() {
        Some(hole) if hole.kind() == HoleKind::Stranger => {
            Text::from(Hole::new("any other organisation", HoleKind::Stranger, Shape::Name))
        }
        _ => Text::from(Hole::new("our organisation", HoleKind::Input, Shape::Name)),
    }
}

/// A bucket that a condition names, owned by somebody else
fn retaken_bucket(
    view: &View<'_>,
    service: &Entity,
    function: &Entity,
    stranger: &Text,
) -> Option<(Text, Judgement)> {
    named(view, function, "aws:SourceArn").into_iter().find_map(|arn| {
        let bucket = Arn::parse(arn)?;
        if fit(&bucket.service, &Text::from("s3"), Way::Exact) == Fit::No {
            return None;
        }
        Some((bucket.resource.clone(), asks(view, service, function, arn, stranger)?))
    })
}

/// What conditions on a key in the function's policy name
fn named<'v>(view: &'v View<'_>, function: &'v Entity, key: &str) -> Vec<&'v Text> {
    let mut named: Vec<&Text> = Vec::new();
    for policy in view.documents(&function.resource) {
        for statement in policy.statements.iter().filter(|s| !matches!(s.principal, Clause::Absent)) {
            for condition in &statement.condition {
                if condition.key.as_literal().unwrap_or("").eq_ignore_ascii_case(key) {
                    named.extend(condition.values.iter().map(|value| &value.text));
                }
            }
        }
    }
    named
}
