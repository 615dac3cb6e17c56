//! APIs of API Gateway: REST APIs with methods, HTTP and WebSocket APIs with routes, and their integrations.

use std::collections::{BTreeMap, BTreeSet};

use super::service_integration::{self, Called};
use super::{Reading, openapi};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::policy::{Clause, Policy};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Reference, Wire};

pub(super) fn api(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Api, "id", &["protocol_type", "disable_execute_api_endpoint"]);
    led_to(instance, reading);
    let api = by_id(instance);
    openapi::read(instance, &api, "apigw.http", reading);
    // Quick create: `target` makes an integration and a route of its own \[aws_apigatewayv2_api\].
    let Some(uri) = reading.reference(instance, "target") else { return };
    let id = Text::from("quick-create-of-").with(&api.text);
    let credentials = reading.reference(instance, "credentials_arn");
    let key = instance.get("route_key").and_then(Node::as_text).unwrap_or_else(|| Text::from("$default"));
    let target = Reference { text: Text::from("integrations/").with(&id), span: instance.span };
    integrate(instance, &api, &id, &[Called::function(uri)], credentials.as_ref(), reading);
    reading.wire(
        instance,
        Wire::Route { edge: "apigw.http", api, key, authorization: Text::from("NONE"), target },
    );
}

fn by_id(instance: &Instance) -> Reference {
    Reference { text: attributes::text(instance, "id"), span: instance.span }
}

/// Wires what an integration calls, in each stage of the API
pub(super) fn integrate(
    instance: &Instance,
    api: &Reference,
    id: &Text,
    called: &[Called],
    credentials: Option<&Reference>,
    reading: &mut Reading,
) {
    for Called { to, action, target } in called {
        for text in in_each_stage(&target.text, api, reading) {
            let (api, id, uri) = (api.clone(), id.clone(), Reference { text, ..*target });
            let (to, credentials) = (*to, credentials.cloned());
            reading.wire(instance, Wire::Integration { api, id, to, action, uri, credentials });
        }
    }
}

/// A URI with the variables of each stage of the API, where it names some: `${stageVariables.function}`
/// \[aws-api-gateway-stage-variables-reference\]; a variable that no stage of the input sets is not known
fn in_each_stage(uri: &Text, api: &Reference, reading: &Reading) -> BTreeSet<Text> {
    const BEFORE: &str = "${stageVariables.";
    if uri.split_once(BEFORE).is_none() {
        return BTreeSet::from([uri.clone()]);
    }
    let nothing = BTreeMap::new();
    let stages = reading.overview.stages.get(&api.text).map(Vec::as_slice).unwrap_or_default();
    let stages: Vec<_> = if stages.is_empty() { vec![&nothing] } else { stages.iter().collect() };
    let filled = |variables: &BTreeMap<Text, Text>| {
        let mut out = Text::new();
        let mut rest = uri.clone();
        while let Some((before, behind)) = rest.split_once(BEFORE) {
            let (name, after) = behind.split_once("}").unwrap_or((behind, Text::new()));
            let unknown = || Text::from(Hole::input(format!("stageVariables.{name} of {}", api.text)));
            out = out.with(before).with(variables.get(&name).cloned().unwrap_or_else(unknown));
            rest = after;
        }
        out.with(rest)
    };
    stages.into_iter().map(filled).collect()
}

/// Whether an integration of this type calls a server or answers by itself; a document may write it in small letters
pub(super) fn leads_elsewhere(kind: Option<&Node>) -> bool {
    let kind = kind.and_then(Node::as_text);
    let kind = kind.as_ref().and_then(Text::as_literal).unwrap_or("");
    ["HTTP", "HTTP_PROXY", "MOCK"].iter().any(|elsewhere| kind.eq_ignore_ascii_case(elsewhere))
}

pub(super) fn integration(instance: &Instance, reading: &mut Reading) {
    let Some(api) = reading.reference(instance, "api_id") else { return };
    if leads_elsewhere(instance.get("integration_type")) {
        return;
    }
    let called = called(instance, "integration_uri", reading);
    let credentials = reading.reference(instance, "credentials_arn");
    let id = attributes::text(instance, "id");
    integrate(instance, &api, &id, &called, credentials.as_ref(), reading);
}

/// What an integration calls: a function by the argument of this name, or something of another service
fn called(instance: &Instance, argument: &str, reading: &mut Reading) -> Vec<Called> {
    service_integration::called(instance, &instance.body, reading)
        .unwrap_or_else(|| reading.reference(instance, argument).map(Called::function).into_iter().collect())
}

pub(super) fn route(instance: &Instance, reading: &mut Reading) {
    let (Some(api), Some(target)) =
        (reading.reference(instance, "api_id"), reading.reference(instance, "target"))
    else {
        return;
    };
    let argument = |name: &str| instance.get(name).and_then(Node::as_text);
    let key = argument("route_key").unwrap_or_else(|| attributes::text(instance, "route_key"));
    // Callers are asked at `$connect`; what they send afterwards rides on it.
    let rides = key.as_literal().is_none_or(|key| key != "$connect" && !key.contains(" /"));
    let connect = reading.overview.connect.get(&api.text).filter(|_| rides);
    let authorization =
        connect.cloned().or_else(|| argument("authorization_type")).unwrap_or_else(|| Text::from("NONE"));
    reading.wire(instance, Wire::Route { edge: "apigw.http", api, key, authorization, target });
}

/// An API of which the own endpoint is switched off is not, where a domain of the input leads to it
fn led_to(instance: &Instance, reading: &mut Reading) {
    if !reading.overview.led_to.contains(&attributes::text(instance, "id")) {
        return;
    }
    if let Some(declared) = reading.pieces.declared.last_mut() {
        declared.settings.remove("disable_execute_api_endpoint");
    }
}

pub(super) fn rest_api(instance: &Instance, reading: &mut Reading) {
    // Declared as a store, with its policy.
    led_to(instance, reading);
    openapi::read(instance, &by_id(instance), "apigw.rest", reading);
}

/// The policy of an API as API Gateway saves it: `execute-api:/prod/GET/pets` is short for the ARN of the API of this
/// id, with what stands behind the colon \[apigateway-resource-policies-examples\]
pub(super) fn spelled_out(mut policy: Policy, instance: &Instance, id: &Text) -> Policy {
    let root = instance.ambient.arn("execute-api", id.clone());
    for statement in &mut policy.statements {
        let (Clause::Is(entries) | Clause::Not(entries)) = &mut statement.resource else { continue };
        for entry in entries {
            if let Some(behind) = entry.text.strip_prefix("execute-api:/") {
                entry.text = root.clone().with("/").with(behind);
            }
        }
    }
    policy
}

/// What method and integration have in common: the resource and the HTTP method
fn of_method(instance: &Instance, reading: &mut Reading) -> Option<(Reference, Text)> {
    let api = reading.reference(instance, "rest_api_id")?;
    let (resource, method) =
        (reading.reference(instance, "resource_id")?, reading.reference(instance, "http_method")?);
    Some((api, resource.text.with(" ").with(&method.text)))
}

pub(super) fn rest_integration(instance: &Instance, reading: &mut Reading) {
    if leads_elsewhere(instance.get("type")) {
        return;
    }
    let Some((api, id)) = of_method(instance, reading) else { return };
    let called = called(instance, "uri", reading);
    let credentials = reading.reference(instance, "credentials");
    integrate(instance, &api, &id, &called, credentials.as_ref(), reading);
}

pub(super) fn rest_method(instance: &Instance, reading: &mut Reading) {
    let Some((api, id)) = of_method(instance, reading) else { return };
    let argument = |name: &str| instance.get(name).and_then(Node::as_text).unwrap_or_default();
    let resource = argument("resource_id");
    let unknown = || Text::from(Hole::input(format!("path of {}", instance.address)));
    let path = reading.overview.paths.get(&resource).cloned().unwrap_or_else(unknown);
    let (key, authorization) = (argument("http_method").with(" ").with(path), argument("authorization"));
    let authorization = if authorization.is_empty() { Text::from("NONE") } else { authorization };
    let target = Reference { text: Text::from("integrations/").with(id), span: instance.span };
    reading.wire(instance, Wire::Route { edge: "apigw.rest", api, key, authorization, target });
}
