//! `apigw.http`, `apigw.rest`, `apigw.ws`: a route of an API sends requests to the function. One that leads to a queue or
//! another source is an edge of `forward`, which asks here who may call it.
//!
//! The API calls as `apigateway.amazonaws.com` with the ARN of API, stage, method and path as source, or with a
//! role of its own where the integration names one. Who may call the route: anyone (`NONE`), who has
//! `execute-api:Invoke` (`AWS_IAM`), or who holds a token that another authorizer accepts (conditional). HTTP APIs
//! have no resource policy \[http-api-access-control-iam\]; that of a REST API takes part as
//! \[apigateway-authorization-flow\] says. A WebSocket API is asked once, at `$connect`
//! \[apigateway-websocket-api-route-keys-connect-disconnect\]; the loader gives its other routes that authorization.

use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::decide::Verdict;
use crate::eval::request::Caller;
use crate::reach::edges::rights::{self, Act, region};
use crate::reach::edges::settings::{self, Said, says};
use crate::reach::edges::trigger::private;
use crate::reach::edges::{Through, VIA_URL, action, switched_off, via};
use crate::reach::judge::{Judgement, ask, judge};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::data::{self, On};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct ApiRoute;

const INVOKE: &str = "lambda:InvokeFunction";
/// The action of a call on a route
pub(super) const CALL: &str = "execute-api:Invoke";

/// A route with its parts
struct Route<'w> {
    wired: &'w Wired,
    edge: &'static str,
    api: &'w Entity,
    target: EntityId,
    action: &'static str,
    key: &'w Text,
    authorization: &'w Text,
    credentials: &'w Option<Text>,
    integration: Evidence,
}

fn route<'w>(view: &View<'w>, wired: &'w Wired) -> Option<Route<'w>> {
    let Link::Route { edge, api, target, action, key, authorization, credentials, integration } = &wired.link
    else {
        return None;
    };
    let api = view.entity(*api);
    let edge = match says(api, "protocol_type", &["WEBSOCKET"]) {
        Said::Yes => "apigw.ws",
        Said::No | Said::Unknown(_) => edge,
    };
    let (target, integration) = (*target, Evidence::wiring(*integration));
    Some(Route { wired, edge, api, target, action, key, authorization, credentials, integration })
}

/// A route that leads to a function
fn to_function<'w>(view: &View<'w>, wired: &'w Wired) -> Option<Route<'w>> {
    route(view, wired).filter(|route| view.entity(route.target).kind == Kind::Function)
}

/// A route that leads to something of another service than Lambda: the thing, by what right the API calls which action
/// on it, and, if it is asked for, whether anybody at all may call the route
pub(super) fn passed_on(
    view: &View<'_>,
    wired: &Wired,
    from: Kind,
) -> Option<(EntityId, Judgement, &'static str)> {
    let route = route(view, wired)?;
    let (target, action) = (view.entity(route.target), route.action);
    if target.kind == Kind::Function {
        return None;
    }
    let key = Text::from(Hole::input(format!("the key of what {} calls for", route.key)));
    let is_inside = data::access(action).is_some_and(|(_, access)| matches!(access.on, On::Inside(_)));
    let object =
        (target.kind == Kind::Bucket && is_inside).then(|| rights::named(target).with("/").with(key));
    let act = Act { action, target, resource: object.as_ref(), context: &[] };
    let mut judged = match route.credentials {
        Some(credentials) => with_credentials(view, &route, credentials, act)?,
        None => rights::named_role(view, None, route.wired.span, act)?,
    };
    if from == Kind::Anonymous {
        judged = anonymous_allowed(view, &route)?.and(judged);
    }
    judged.evidence.push(route.integration.clone());
    judged.doubt(&route.api.doubts);
    judged.doubt(&settings::switched_off(route.api));
    Some((route.target, judged, action))
}

impl EdgeKind for ApiRoute {
    fn ids(&self) -> &'static [&'static str] {
        &["apigw.http", "apigw.rest", "apigw.ws"]
    }

    fn about(&self) -> &'static str {
        "a route of an API sends requests to the function"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let kind = view.entity(from).kind;
        if kind == Kind::Anonymous {
            for route in view.world.wirings().filter_map(|wired| to_function(view, wired)) {
                let allowed = anonymous_allowed(view, &route);
                out.extend(allowed.and_then(|allowed| edge(view, from, &route, allowed, Vec::new())));
            }
        } else if kind == Kind::Api {
            for route in view.world.wired_from(from).filter_map(|wired| to_function(view, wired)) {
                out.extend(edge(view, from, &route, Judgement::default(), leaves_open(view, &route)));
            }
        }
    }
}

fn edge(
    view: &View<'_>,
    from: EntityId,
    route: &Route<'_>,
    allowed: Judgement,
    leaves_open: Vec<&'static str>,
) -> Option<Edge> {
    let mut judged = allowed.and(api_allowed(view, route)?);
    judged.doubt(&route.wired.doubts);
    judged.doubt(&route.api.doubts);
    judged.doubt(&settings::switched_off(route.api));
    judged.doubt(view.doubts(route.target));
    judged.doubt(&switched_off(view.world, route.target));
    judged.evidence.push(Evidence::wiring(route.wired.span));
    judged.evidence.push(route.integration.clone());
    judged.evidence.dedup();
    Some(Edge {
        actions: vec![INVOKE],
        wiring: Wiring::Wired,
        leaves_open,
        set_off_by: route.wired.occasion.filter(|_| from == route.api.id),
        ..judged.edge(route.edge, Grade::Influence, from, route.target)
    })
}

/// The question whether a caller may call the route
fn call_question<'q>(
    view: &View<'_>,
    route: &Route<'_>,
    who: Caller,
    identity: Option<EntityId>,
    call: &'q crate::aws::action::Action,
) -> Option<Question<'q>> {
    let resource = execution_arn(view, route)?;
    Some(Question {
        caller: who,
        identity,
        action: call,
        resource,
        on: Some(route.api.id),
        context: Vec::new(),
    })
}

/// Whether anybody gets through the route's authorizer without a signature
fn anonymous_allowed(view: &View<'_>, route: &Route<'_>) -> Option<Judgement> {
    let is = |wanted: &str| fit(route.authorization, &Text::from(wanted), Way::Exact);
    let mut judged = Judgement::default();
    if is("AWS_IAM") == Fit::Yes {
        return None;
    }
    // Where the API has a policy, it has its say \[apigateway-authorization-flow\].
    if !route.api.resource.is_empty() {
        let call = action(CALL);
        let question = call_question(view, route, Caller::Anonymous, None, &call)?;
        let decision = view.ask(&question);
        match (is("NONE"), decision.verdict) {
            (_, Verdict::ExplicitlyDenied) => return None,
            // Without a policy the route is open, and no policy is surely there.
            (Fit::Yes, Verdict::ImplicitlyDenied) => {
                let doubts: Vec<&[Cause]> = route.api.resource.iter().map(|one| &one.doubts[..]).collect();
                if doubts.iter().any(|doubts| doubts.is_empty()) {
                    return None;
                }
                judged.doubt(&doubts.concat());
            }
            (_, Verdict::Allowed | Verdict::Conditional) => {
                judged = judged.and(judge(view, &decision)?);
            }
            // Beside an authorizer a silent policy denies by the page's text and allows by its table.
            (Fit::No | Fit::Depends(_), Verdict::ImplicitlyDenied) => {
                let what = format!(
                    "what the silence of the policy of {} means beside an authorizer",
                    route.api.display
                );
                judged.doubt(&[Cause::at(CauseKind::NotConfirmed, what, route.wired.span)]);
            }
        }
    }
    judged.doubt(&private(route.api).into_iter().collect::<Vec<_>>());
    match is("NONE") {
        Fit::Yes => {}
        Fit::Depends(_) => judged.doubt(&[unknown_authorization(route)]),
        Fit::No => {
            let what =
                format!("a token that the {} authorizer of {} accepts", route.authorization, route.key);
            judged.doubt(&[Cause::at(CauseKind::Credential, what, route.wired.span)]);
        }
    }
    Some(judged)
}

fn unknown_authorization(route: &Route<'_>) -> Cause {
    let what = format!("the route's authorization: {}", route.authorization);
    Cause::at(CauseKind::Hole, what, route.wired.span)
}

/// Whether this caller may call the route with a signature; `None` also where the wiring is no route
pub(super) fn signed_allowed(view: &View<'_>, entity: &Entity, wired: &Wired) -> Option<Judgement> {
    let route = route(view, wired)?;
    let is_iam = fit(route.authorization, &Text::from("AWS_IAM"), Way::Exact);
    if is_iam == Fit::No {
        return None;
    }
    let call = action(CALL);
    let question = call_question(view, &route, caller(entity)?, Some(entity.id), &call)?;
    let mut judged = ask(view, &question)?;
    if let Fit::Depends(_) = is_iam {
        judged.doubt(&[unknown_authorization(&route)]);
    }
    judged.doubt(&private(route.api).into_iter().collect::<Vec<_>>());
    Some(judged)
}

/// Whether the API may invoke the function: by the function's policy, or by a role of its own
fn api_allowed(view: &View<'_>, route: &Route<'_>) -> Option<Judgement> {
    let function = view.entity(route.target);
    let through = (VIA_URL, via(Through::Api));
    let Some(credentials) = route.credentials else {
        let resource = function.arn.clone()?;
        let source = KeyValue::One(execution_arn(view, route)?);
        let question = Question {
            caller: Caller::Service(Text::from("apigateway.amazonaws.com")),
            identity: None,
            action: &action(INVOKE),
            resource,
            on: Some(route.target),
            context: vec![("aws:SourceArn", source), through],
        };
        return ask(view, &question);
    };
    let act = Act { action: INVOKE, target: function, resource: None, context: &[through] };
    with_credentials(view, route, credentials, act)
}

/// Whether the role that an integration names may do this, or whoever calls the route
fn with_credentials(
    view: &View<'_>,
    route: &Route<'_>,
    credentials: &Text,
    act: Act<'_>,
) -> Option<Judgement> {
    if credentials.as_literal().is_some_and(|text| text.ends_with(":iam::*:user/*")) {
        let mut judged = Judgement::default();
        let what = "the integration calls with its caller's own credentials";
        judged.doubt(&[Cause::at(CauseKind::NotModelled, what, route.integration.span)]);
        return Some(judged);
    }
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
    rights::role(view, role, act)
}

/// The source of a call through the route: API, stage, method and path
fn execution_arn(view: &View<'_>, route: &Route<'_>) -> Option<Text> {
    let stage = Hole::new(format!("stage of {}", route.api.display), HoleKind::Input, Shape::Name);
    source_arn(view, route, &Text::from(stage), route.key)
}

fn source_arn(view: &View<'_>, route: &Route<'_>, stage: &Text, key: &Text) -> Option<Text> {
    let parts = key.split(' ', 2);
    let mut resource = Text::from("/").with(stage).with("/");
    match parts.as_slice() {
        [method, path] => {
            resource.push(&any_method(route, method));
            resource.push(&path_of(route, path));
        }
        // `$default` takes every request that no other route takes.
        _ => resource.push(key),
    }
    Some(execution_root(route.api, view.entity(route.target))?.with(resource))
}

/// The ARN that an API's calls have as their source, up to the API's id
#[must_use]
pub fn execution_root(api: &Entity, function: &Entity) -> Option<Text> {
    let arn = api.arn.as_ref().and_then(Arn::parse);
    let region = match &arn {
        Some(arn) if !arn.region.is_empty() => arn.region.clone(),
        Some(_) | None => region(function),
    };
    let partition = arn.map_or_else(|| Text::from("aws"), |arn| arn.partition);
    let service = Text::from("execute-api");
    Some(
        Arn { partition, service, region, account: api.account.clone()?, resource: api.name.clone() }
            .to_text(),
    )
}

/// A method `ANY` of a REST API stands for each method
fn any_method(route: &Route<'_>, method: &Text) -> Text {
    if route.edge == "apigw.rest" && method.as_literal() == Some("ANY") {
        return Text::from(Hole::new(format!("method of {}", route.key), HoleKind::Input, Shape::Name));
    }
    method.clone()
}

/// A part in braces of a REST API's path stands for whatever is written there
fn path_of(route: &Route<'_>, path: &Text) -> Text {
    let Some(literal) = path.as_literal().filter(|_| route.edge == "apigw.rest") else { return path.clone() };
    let mut out = Text::new();
    for (at, part) in literal.split('/').enumerate() {
        if at > 0 {
            out.push_str("/");
        }
        if part.starts_with('{') && part.ends_with('}') {
            let shape = if part.ends_with("+}") { Shape::Any } else { Shape::Name };
            out.push_hole(Hole::new(format!("{part} of {}", route.key), HoleKind::Input, shape));
        } else {
            out.push_str(part);
        }
    }
    out
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
            resource: view.entity(route.target).arn.clone().unwrap_or_default(),
            on: Some(route.target),
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
