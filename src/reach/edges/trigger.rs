//! Triggers: a source that the input wires makes a service call the function, or read the source for it.
//!
//! A kind of trigger is a row in `rows::TRIGGERS`. Must not know: who else may make the source act; that is `fire`.

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::reach::edges::rights::{self, Act, region};
use crate::reach::edges::settings::{self, Said, says};
use crate::reach::edges::{Through, VIA_URL, function_url, switched_off, via, web_endpoint};
use crate::reach::judge::Judgement;
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::kind::Kind;
use crate::world::pieces::Need;
use crate::world::view::View;
use crate::world::{Entity, EntityId, Link, Wired};

mod rows;

pub use rows::is_modelled;
use rows::{Account, By, Front, IDS, INVOKE, INVOKE_URL, Row, Told, row};

/// The edge kind
#[derive(Debug)]
pub struct Trigger;

impl EdgeKind for Trigger {
    fn ids(&self) -> &'static [&'static str] {
        &IDS
    }

    fn about(&self) -> &'static str {
        "a configured source makes the function run"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        if view.entity(from).kind == Kind::Anonymous {
            for wired in view.world.wirings() {
                let Link::Trigger { edge, source, .. } = &wired.link else { continue };
                let front = row(edge).map(|row| front(view, row, wired, view.entity(*source)));
                if let Some(Some(causes)) = front {
                    out.extend(trigger(view, from, wired, &causes));
                }
            }
            return;
        }
        for wired in view.world.wired_from(from) {
            out.extend(trigger(view, from, wired, &[]));
        }
    }
}

fn trigger(view: &View<'_>, from: EntityId, wired: &Wired, causes: &[Cause]) -> Option<Edge> {
    let Link::Trigger { edge, source, function, role, part } = &wired.link else { return None };
    let (row, source) = (row(edge), view.entity(*source));
    let mut judged = match row {
        Some(row) => decided(view, row, wired, source, view.entity(*function), *role, part)?,
        None => {
            let mut judged = Judgement::default();
            let what = format!("{edge} is not modelled yet");
            judged.doubt(&[Cause::at(CauseKind::NotModelled, what, wired.span)]);
            judged
        }
    };
    judged.doubt(&wired.doubts);
    judged.doubt(&source.doubts);
    judged.doubt(&settings::switched_off(source));
    judged.doubt(view.doubts(*function));
    judged.doubt(&switched_off(view.world, *function));
    judged.doubt(causes);
    judged.evidence.push(Evidence::wiring(wired.span));
    Some(Edge {
        actions: row.map(|row| row.actions()).unwrap_or_default(),
        wiring: Wiring::Wired,
        set_off_by: wired.occasion.filter(|_| from == source.id),
        ..judged.edge(edge, Grade::Influence, from, *function)
    })
}

/// Why anybody at all makes the source call, as far as it is so; `None` where nobody does without a signature
fn front(view: &View<'_>, row: &Row, wired: &Wired, source: &Entity) -> Option<Vec<Cause>> {
    let at = |kind, what: String| vec![Cause::at(kind, what, wired.span)];
    match row.front {
        Front::Closed => None,
        Front::Anybody(None) => Some(Vec::new()),
        Front::Anybody(Some((kind, what))) => Some(at(kind, what.to_owned())),
        Front::LoadBalancer => Some(load_balancer(wired, source)),
        Front::UserPool => Some(user_pool(wired, source)),
        Front::Gateway => gateway(wired, source),
        Front::Guard => {
            // The function is asked before anybody is let in \[apigateway-use-lambda-authorizer\].
            let is_guarded = |wired: &Wired| match wired.link.need() {
                Some(Need::Route { authorization, .. }) => {
                    authorization.as_literal().is_none_or(|text| text == "CUSTOM")
                }
                Some(Need::Anything | Need::Object { .. } | Need::Part(_)) | None => false,
            };
            let mut causes = Vec::new();
            if !view.world.wired_from(source.id).any(is_guarded) {
                let what = format!("a route of {} that this function guards", source.display);
                causes = at(CauseKind::Wiring, what);
            }
            if !source.resource.is_empty() {
                let what = format!("the policy of {} is asked before the authorizer", source.display);
                causes.extend(at(CauseKind::NotModelled, what));
            }
            causes.extend(private(source));
            Some(causes)
        }
    }
}

/// Why a caller must stand in a network to reach an API
pub(super) fn private(api: &Entity) -> Option<Cause> {
    match says(api, "endpoint_configuration.types", &["PRIVATE"]) {
        Said::No => None,
        Said::Unknown(cause) => Some(cause),
        Said::Yes => {
            let what = format!("{} is private: only through a VPC endpoint", api.display);
            let setting = api.settings.get("endpoint_configuration.types");
            Some(match setting {
                Some(setting) => Cause::at(CauseKind::NotModelled, what, setting.span),
                None => Cause::new(CauseKind::NotModelled, what),
            })
        }
    }
}

/// Who reaches a load balancer depends on networks, which are not modelled; the words say which kind it is
fn load_balancer(wired: &Wired, group: &Entity) -> Vec<Cause> {
    let (what, span) = match group.settings.get("load_balancer") {
        Some(setting) => (format!("{}: {}", group.display, setting.value), setting.span),
        None => (format!("{}: no listener of the input leads to it", group.display), wired.span),
    };
    vec![Cause::at(CauseKind::NotModelled, what, span)]
}

/// Callers of a gateway show a token, sign, or need nothing \[gateway-inbound-auth\]
fn gateway(wired: &Wired, gateway: &Entity) -> Option<Vec<Cause>> {
    if says(gateway, "authorizer_type", &["NONE"]) == Said::Yes {
        return Some(Vec::new());
    }
    if says(gateway, "authorizer_type", &["AWS_IAM"]) == Said::Yes {
        return None;
    }
    let what = format!("a token that the authorizer of {} accepts", gateway.display);
    Some(vec![Cause::at(CauseKind::Credential, what, wired.span)])
}

/// Self sign-up is on unless it is switched off \[API_AdminCreateUserConfigType\]; whoever is not a user makes only
/// the migration trigger run, by a sign-in with a name that the pool does not know
/// \[user-pool-lambda-migrate-user\]
fn user_pool(wired: &Wired, pool: &Entity) -> Vec<Cause> {
    let Link::Trigger { part, .. } = &wired.link else { return Vec::new() };
    let mut causes = Vec::new();
    if part.as_literal() != Some("user_migration") {
        match says(pool, "admin_create_user_config.allow_admin_create_user_only", &["true"]) {
            Said::No => {}
            Said::Unknown(cause) => causes.push(cause),
            Said::Yes => {
                let what = format!("a user of {}: only an administrator makes one", pool.display);
                causes.push(Cause::at(CauseKind::Credential, what, wired.span));
            }
        }
    }
    match says(pool, "app_client", &["public"]) {
        Said::Yes => {}
        Said::Unknown(cause) => causes.push(cause),
        Said::No => {
            let what = match pool.settings.contains_key("app_client") {
                true => format!("the secret of an app client of {}", pool.display),
                false => format!("an app client of {}, which the input does not declare", pool.display),
            };
            causes.push(Cause::at(CauseKind::Credential, what, wired.span));
        }
    }
    causes
}

fn decided(
    view: &View<'_>,
    row: &Row,
    wired: &Wired,
    source: &Entity,
    function: &Entity,
    role: Option<EntityId>,
    part: &Text,
) -> Option<Judgement> {
    let context = [(VIA_URL, via(Through::Api))];
    let invoke = Act { action: INVOKE, target: function, resource: None, context: &context };
    match row.by {
        // Some may name a role to call with; the function's policy then has no part.
        By::Service { .. } | By::Role if role.is_some() => rights::named_role(view, role, wired.span, invoke),
        By::Role => rights::named_role(view, role, wired.span, invoke),
        By::Caller => rights::execution_role(view, source, wired.span, &[invoke]),
        By::Service { principals, suffix, account } => {
            let arn = source_arn(source, function, part).map(|arn| arn.with(suffix));
            let owner = source.account.clone().filter(|_| account == Account::Sent);
            let region = region(function).to_string();
            let ask = |arn: Option<Text>, owner: Option<Text>| {
                let asked = principals.iter().filter_map(|principal| {
                    let principal = principal.replace("{region}", &region);
                    rights::service(view, &principal, arn.clone(), owner.clone(), invoke)
                });
                asked.min_by_key(Judgement::state)
            };
            ask(arn, owner).or_else(|| {
                // No page says that the source reads so: a policy that names another form may mean this one.
                let mut judged = ask(None, None).filter(|_| row.told == Told::BySamples)?;
                let what = format!("how the ARN of {} reads as a source", source.display);
                judged.doubt(&[Cause::at(CauseKind::NotConfirmed, what, wired.span)]);
                Some(judged)
            })
        }
        By::Poll { source: each, either, network } => {
            let (resource, all) = (rights::polled(source, part), Text::from("*"));
            let may = |actions: &[&'static str], resource: &Text| {
                let act = |action: &&'static str| Act {
                    action,
                    target: source,
                    resource: Some(resource),
                    context: &[],
                };
                let acts: Vec<Act<'_>> = actions.iter().map(act).collect();
                rights::execution_role(view, function, wired.span, &acts)
            };
            let mut judged = may(each, &resource)?;
            if !either.is_empty() {
                let one = |action| may(std::slice::from_ref(action), &resource);
                judged = judged.and(either.iter().filter_map(one).min_by_key(Judgement::state)?);
            }
            // Only a source in a network of its own needs these, and the input does not tell.
            match may(network, &all) {
                Some(stands) => judged = judged.and(stands),
                None => {
                    let what = "whether the mapping needs rights to stand in the source's network";
                    judged.doubt(&[Cause::at(CauseKind::NotConfirmed, what, wired.span)]);
                }
            }
            Some(judged)
        }
        By::RoleOrCaller if role.is_some() => rights::named_role(view, role, wired.span, invoke),
        By::Passed | By::RoleOrCaller => Some(Judgement::default()),
        By::Outside(what) => {
            let mut judged = Judgement::default();
            judged.doubt(&[Cause::at(CauseKind::NotModelled, what, wired.span)]);
            Some(judged)
        }
        By::Url => {
            let (arn, owner) = (source.arn.clone(), source.account.clone());
            let by = |action, context: &[_]| {
                let act = Act { action, target: function, resource: None, context };
                rights::service(view, "cloudfront.amazonaws.com", arn.clone(), owner.clone(), act)
            };
            let auth_type = ("lambda:FunctionUrlAuthType", KeyValue::One(Text::from("AWS_IAM")));
            let first = by(INVOKE_URL, &[auth_type])?;
            Some(function_url::with_second(
                first,
                by(INVOKE, &[(VIA_URL, via(Through::Url))]),
                Some(wired.span),
            ))
        }
        By::Endpoint => {
            let resource = web_endpoint::arn_of(function, part)?;
            let context = [];
            let act = Act {
                action: web_endpoint::INVOKE_ENDPOINT,
                target: function,
                resource: Some(&resource),
                context: &context,
            };
            let (arn, owner) = (source.arn.clone(), source.account.clone());
            rights::service(view, "cloudfront.amazonaws.com", arn, owner, act)
        }
        By::Replica => {
            let base = function.alias_of.unwrap_or(function.id);
            let trusted = view.world.roles_of(base).filter_map(|of| match of.link {
                Link::RunsAs { role, .. } => {
                    let target = view.entity(role);
                    let act = Act { action: "sts:AssumeRole", target, resource: None, context: &[] };
                    rights::service(view, "edgelambda.amazonaws.com", None, None, act)
                }
                Link::Route { .. }
                | Link::Credential { .. }
                | Link::CallsAs { .. }
                | Link::Url { .. }
                | Link::WebEndpoint { .. }
                | Link::Notification { .. }
                | Link::Trigger { .. }
                | Link::Forward { .. } => None,
            });
            trusted.min_by_key(Judgement::state)
        }
    }
}

/// The ARN that the service sends; `None` where the input does not tell it
fn source_arn(source: &Entity, function: &Entity, part: &Text) -> Option<Text> {
    let arn = Arn::parse(source.arn.as_ref()?)?;
    if source.kind != Kind::Api {
        return source.arn.clone();
    }
    // An API's calls name a part of it behind its id.
    let part = if part.is_empty() {
        Text::from(Hole::new(format!("part of {}", source.display), HoleKind::Input, Shape::Any))
    } else {
        part.clone()
    };
    let region = Some(region(function)).filter(|region| !region.is_empty()).unwrap_or(arn.region);
    let resource = source.name.clone().with("/").with(part);
    let (service, account) = (Text::from("execute-api"), source.account.clone()?);
    Some(Arn { partition: arn.partition, service, region, account, resource }.to_text())
}
