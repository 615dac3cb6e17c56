//! `apigw.http`: a route of an HTTP API sends requests to the function.
//!
//! The API calls as `apigateway.amazonaws.com` with the ARN of API, stage, method and path as source, or with a
//! role of its own where the integration names one. HTTP APIs have no resource policy \[http-api-access-control-iam\].
//! Who may call the route: anyone (`NONE`), who has `execute-api:Invoke` (`AWS_IAM`), or who holds a token that
//! another authorizer accepts (conditional).

use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::{Through, VIA_URL, action, may_allow, signs, switched_off, via};
use crate::reach::judge::{Judgement, ask};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Standing, Wiring};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{EntityId, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct HttpRoute;

const INVOKE: &str = "lambda:InvokeFunction";
const CALL: &str = "execute-api:Invoke";

/// A route with its parts
struct Route<'w> {
    wired: &'w Wired,
    api: EntityId,
    function: EntityId,
    key: &'w Text,
    authorization: &'w Text,
    credentials: &'w Option<Text>,
    integration: Evidence,
}

fn routes<'w>(view: &View<'w>) -> impl Iterator<Item = Route<'w>> {
    view.world.wired.iter().filter_map(|wired| {
        let Link::Route { api, function, key, authorization, credentials, integration } = &wired.link else {
            return None;
        };
        let (api, function, integration) = (*api, *function, Evidence::wiring(*integration));
        Some(Route { wired, api, function, key, authorization, credentials, integration })
    })
}

impl EdgeKind for HttpRoute {
    fn ids(&self) -> &'static [&'static str] {
        &["apigw.http"]
    }

    fn about(&self) -> &'static str {
        "a route of an HTTP API sends requests to the function"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        for route in routes(view) {
            let standing = if entity.kind == Kind::Anonymous || route.api == from {
                Standing::Invoker
            } else if signs(entity) {
                Standing::Upstream
            } else {
                continue;
            };
            let Some(allowed) = caller_allowed(view, from, &route) else { continue };
            let Some(judged) = api_allowed(view, &route) else { continue };
            let leaves_open = if entity.kind == Kind::Api { leaves_open(view, &route) } else { Vec::new() };
            let mut judged = allowed.and(judged);
            judged.doubt(&route.wired.doubts);
            judged.doubt(view.doubts(route.api));
            judged.doubt(view.doubts(route.function));
            judged.doubt(&switched_off(view.world, route.function));
            judged.evidence.push(Evidence::wiring(route.wired.span));
            judged.evidence.push(route.integration.clone());
            judged.evidence.dedup();
            out.push(Edge {
                from,
                to: route.function,
                kind: "apigw.http",
                grade: Grade::Influence,
                state: judged.state(),
                causes: judged.causes,
                actions: if standing == Standing::Upstream { vec![CALL, INVOKE] } else { vec![INVOKE] },
                choices: judged.choices,
                residual: judged.residual,
                wiring: Wiring::Wired,
                level: judged.level,
                leaves_open,
                standing,
                evidence: judged.evidence,
            });
        }
    }
}

/// Whether this caller gets through the route's authorizer; the API itself needs none
fn caller_allowed(view: &View<'_>, from: EntityId, route: &Route<'_>) -> Option<Judgement> {
    let entity = view.entity(from);
    if entity.kind == Kind::Api {
        return Some(Judgement::default());
    }
    let is = |wanted: &str| fit(route.authorization, &Text::from(wanted), Way::Exact);
    if entity.kind == Kind::Anonymous {
        let mut judged = Judgement::default();
        match (is("NONE"), is("AWS_IAM")) {
            (Fit::Yes, _) => {}
            (_, Fit::Yes) => return None,
            (Fit::Depends(_), _) => {
                let what = format!("the route's authorization: {}", route.authorization);
                judged.doubt(&[Cause::at(CauseKind::Hole, what, route.wired.span)]);
            }
            (Fit::No, _) => {
                let what =
                    format!("a token that the {} authorizer of {} accepts", route.authorization, route.key);
                judged.doubt(&[Cause::at(CauseKind::Credential, what, route.wired.span)]);
            }
        }
        return Some(judged);
    }
    if is("AWS_IAM") == Fit::No || !may_allow(view, entity, &[CALL]) {
        return None;
    }
    let call = action(CALL);
    let question = Question {
        caller: caller(entity)?,
        identity: Some(from),
        action: &call,
        resource: execution_arn(view, route)?,
        on: Some(route.api),
        context: Vec::new(),
    };
    let mut judged = ask(view, &question)?;
    if let Fit::Depends(_) = is("AWS_IAM") {
        let what = format!("the route's authorization: {}", route.authorization);
        judged.doubt(&[Cause::at(CauseKind::Hole, what, route.wired.span)]);
    }
    judged.doubt(&entity.doubts);
    Some(judged)
}

/// Whether the API may invoke the function: by the function's policy, or by a role of its own
fn api_allowed(view: &View<'_>, route: &Route<'_>) -> Option<Judgement> {
    let function = view.entity(route.function);
    let invoke = action(INVOKE);
    let through = (VIA_URL, via(Through::Api));
    let resource = function.arn.clone()?;
    let Some(credentials) = route.credentials else {
        let source = KeyValue::One(execution_arn(view, route)?);
        let question = Question {
            caller: Caller::Service(Text::from("apigateway.amazonaws.com")),
            identity: None,
            action: &invoke,
            resource,
            on: Some(route.function),
            context: vec![("aws:SourceArn", source), through],
        };
        return ask(view, &question);
    };
    let role = view
        .world
        .of_kind(Kind::Role)
        .find(|role| role.arn.as_ref().is_some_and(|arn| fit(arn, credentials, Way::Exact) == Fit::Yes));
    let Some(role) = role else {
        let mut judged = Judgement::default();
        let what = format!("the policies of the integration's role {credentials}");
        judged.doubt(&[Cause::at(CauseKind::DocumentMissing, what, route.integration.span)]);
        return Some(judged);
    };
    let question = Question {
        caller: caller(role)?,
        identity: Some(role.id),
        action: &invoke,
        resource,
        on: Some(route.function),
        context: vec![through],
    };
    ask(view, &question)
}

/// The source of a call through the route: API, stage, method and path
fn execution_arn(view: &View<'_>, route: &Route<'_>) -> Option<Text> {
    let stage =
        Hole::new(format!("stage of {}", view.entity(route.api).display), HoleKind::Input, Shape::Name);
    source_arn(view, route, &Text::from(stage), route.key)
}

fn source_arn(view: &View<'_>, route: &Route<'_>, stage: &Text, key: &Text) -> Option<Text> {
    let api = view.entity(route.api);
    let arn = api.arn.as_ref().and_then(Arn::parse);
    let region = arn.as_ref().map(|arn| arn.region.clone()).unwrap_or_default();
    let partition = arn.map_or_else(|| Text::from("aws"), |arn| arn.partition);
    let parts = key.split(' ', 2);
    let mut resource = api.name.clone().with("/").with(stage).with("/");
    match parts.as_slice() {
        [method, path] => {
            resource.push(method);
            resource.push(path);
        }
        // `$default` takes every request that no other route takes.
        _ => resource.push(key),
    }
    let service = Text::from("execute-api");
    Some(Arn { partition, service, region, account: api.account.clone()?, resource }.to_text())
}

/// Parts of the source that the function's policy leaves open: would another stage, method or path do as well?
fn leaves_open(view: &View<'_>, route: &Route<'_>) -> Vec<&'static str> {
    if route.credentials.is_some() {
        return Vec::new();
    }
    let other =
        |name: &str| Text::from(Hole::new(format!("any other {name}"), HoleKind::Stranger, Shape::Name));
    let stage = Text::from(Hole::new("stage", HoleKind::Input, Shape::Name));
    let parts = route.key.split(' ', 2);
    let (method, path) = match parts.as_slice() {
        [method, path] => (method.clone(), path.clone()),
        _ => (Text::from("ANY"), Text::from("/").with(route.key)),
    };
    let key = |method: &Text, path: &Text| method.clone().with(" ").with(path);
    let admits = |stage: &Text, key: &Text| {
        let Some(source) = source_arn(view, route, stage, key) else { return false };
        let invoke = action(INVOKE);
        let question = Question {
            caller: Caller::Service(Text::from("apigateway.amazonaws.com")),
            identity: None,
            action: &invoke,
            resource: view.entity(route.function).arn.clone().unwrap_or_default(),
            on: Some(route.function),
            context: vec![("aws:SourceArn", KeyValue::One(source)), (VIA_URL, via(Through::Api))],
        };
        ask(view, &question).is_some()
    };
    let mut open = Vec::new();
    if admits(&other("stage"), &key(&method, &path)) {
        open.push("stage");
    }
    if admits(&stage, &key(&other("method"), &path)) {
        open.push("method");
    }
    if admits(&stage, &key(&method, &Text::from("/").with(other("path")))) {
        open.push("path");
    }
    open
}
