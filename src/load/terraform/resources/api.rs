//! HTTP and WebSocket APIs of API Gateway v2: APIs, integrations, routes.

use super::Reading;
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::{Reference, Wire};

pub(super) fn api(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Api, "id", &["protocol_type", "disable_execute_api_endpoint"]);
    // Quick create: `target` makes an integration and a route of its own \[aws_apigatewayv2_api\].
    let Some(uri) = reading.reference(instance, "target") else { return };
    let api = by_id(instance);
    let id = Text::from("quick-create-of-").with(&api.text);
    let credentials = reading.reference(instance, "credentials_arn");
    let key = instance.get("route_key").and_then(Node::as_text).unwrap_or_else(|| Text::from("$default"));
    let target = Reference { text: Text::from("integrations/").with(&id), span: instance.span };
    reading.wire(instance, Wire::Integration { api: api.clone(), id, uri, credentials });
    reading.wire(instance, Wire::Route { api, key, authorization: Text::from("NONE"), target });
}

fn by_id(instance: &Instance) -> Reference {
    Reference { text: attributes::text(instance, "id"), span: instance.span }
}

pub(super) fn integration(instance: &Instance, reading: &mut Reading) {
    let (Some(api), Some(uri)) =
        (reading.reference(instance, "api_id"), reading.reference(instance, "integration_uri"))
    else {
        return;
    };
    let kind = instance.get("integration_type").and_then(Node::as_text);
    if matches!(kind.as_ref().and_then(Text::as_literal), Some("HTTP" | "HTTP_PROXY" | "MOCK")) {
        return;
    }
    let credentials = reading.reference(instance, "credentials_arn");
    let id = attributes::text(instance, "id");
    reading.wire(instance, Wire::Integration { api, id, uri, credentials });
}

pub(super) fn route(instance: &Instance, reading: &mut Reading) {
    let (Some(api), Some(target)) =
        (reading.reference(instance, "api_id"), reading.reference(instance, "target"))
    else {
        return;
    };
    let argument = |name: &str| instance.get(name).and_then(Node::as_text);
    let key = argument("route_key").unwrap_or_else(|| attributes::text(instance, "route_key"));
    let authorization = argument("authorization_type").unwrap_or_else(|| Text::from("NONE"));
    reading.wire(instance, Wire::Route { api, key, authorization, target });
}
