//! An API's `body`: an OpenAPI document whose operations name functions \[api-gateway-swagger-extensions\].
//!
//! Of a document that is not read, every function may stand behind a route: nothing reads as closed.

use std::collections::BTreeMap;

use super::service_integration::{self, Called};
use super::{Reading, api, document, nodes};
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::problem::{ProblemKind, Severity};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{DocumentRef, PolicyRole, Reference, Wire};

/// The members of a path that are operations, and the method of each
static METHODS: &[(&str, &str)] = &[
    ("delete", "DELETE"),
    ("get", "GET"),
    ("head", "HEAD"),
    ("options", "OPTIONS"),
    ("patch", "PATCH"),
    ("post", "POST"),
    ("put", "PUT"),
    ("trace", "TRACE"),
    ("x-amazon-apigateway-any-method", "ANY"),
];

/// Wires the functions that the document names
pub(super) fn read(instance: &Instance, api: &Reference, edge: &'static str, reading: &mut Reading) {
    let Some(body) = instance.get("body") else { return };
    let Some(document) = document::read(body) else {
        let message = format!("{} has a `body` that is not read", instance.address);
        reading
            .problems
            .at(ProblemKind::NotModelled, Severity::Partly, message, body.span)
            .help("write it as JSON or YAML, or with jsonencode; until then any function may stand behind its routes");
        anything(instance, api, edge, body, reading);
        return;
    };
    // Only REST APIs have a policy, and one that is an argument takes the place of the document's.
    let argument = instance.get("policy").and_then(Node::as_text).filter(|text| !text.is_empty());
    let policy = document.get("x-amazon-apigateway-policy").filter(|_| edge == "apigw.rest");
    if let Some(policy) = policy.filter(|_| argument.is_none()) {
        let policy = reading.document(instance, policy);
        let policy = DocumentRef::Inline(api::spelled_out(policy, instance, &api.text));
        let (role, name) = (PolicyRole::Resource { qualifier: None }, super::shown(Kind::Api, &api.text));
        reading.attach(instance, (Kind::Api, api.clone()), role, policy, name);
    }
    let schemes = schemes(&document);
    authorizers(instance, api, &document, reading);
    let Some(paths) = document.get("paths") else { return };
    let Value::Map(items) = &paths.value else {
        if is_unknown(paths) {
            anything(instance, api, edge, paths, reading);
        }
        return;
    };
    for (path, item) in items {
        if is_unknown(item) {
            anything(instance, api, edge, item, reading);
        }
        for (member, method) in METHODS {
            let Some(operation) = item.get(member) else { continue };
            if is_unknown(operation) {
                anything(instance, api, edge, operation, reading);
            }
            let Some(integration) = operation.get("x-amazon-apigateway-integration") else { continue };
            if api::leads_elsewhere(integration.get("type")) {
                continue;
            }
            let called = service_integration::called(instance, integration, reading).or_else(|| {
                let uri = nodes(integration, "uri").into_iter().next().map(|uri| reading.refer(uri))?;
                Some(vec![Called::function(uri)])
            });
            let Some(called) = called else { continue };
            let credentials =
                nodes(integration, "credentials").into_iter().next().map(|node| reading.refer(node));
            let key = Text::from(*method).with(" ").with(&path.text);
            let security = operation.get("security").or_else(|| document.get("security"));
            let signed = operation.get("x-amazon-apigateway-auth").and_then(|auth| auth.get("type"));
            let signed = signed.and_then(Node::as_text);
            let authorization = match signed.as_ref().map(|text| (text, text.as_literal())) {
                Some((_, Some(said))) if said.eq_ignore_ascii_case("AWS_IAM") => Text::from("AWS_IAM"),
                // What is not known may ask for more than the schemes.
                Some((text, None)) => text.clone(),
                Some(_) | None => authorization(security, &schemes),
            };
            let parts = (key, authorization, integration.span);
            route(instance, api, edge, parts, (&called, credentials.as_ref()), reading);
        }
    }
}

/// A part of the document is not known: any function may stand behind any route
fn anything(instance: &Instance, api: &Reference, edge: &'static str, at: &Node, reading: &mut Reading) {
    let what = |what: &str| Text::from(Hole::input(format!("{what} in the body of {}", instance.address)));
    let uri = Reference { text: what("functions"), span: at.span };
    let parts = (what("routes"), what("security"), at.span);
    route(instance, api, edge, parts, (&[Called::function(uri)], None), reading);
}

fn is_unknown(node: &Node) -> bool {
    match &node.value {
        Value::Unknown(_) => true,
        Value::Text(text) => text.as_hole().is_some(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => false,
    }
}

fn route(
    instance: &Instance,
    api: &Reference,
    edge: &'static str,
    (key, authorization, span): (Text, Text, Span),
    (called, credentials): (&[Called], Option<&Reference>),
    reading: &mut Reading,
) {
    let id = Text::from("body ").with(&api.text).with(" ").with(&key);
    let target = Reference { text: Text::from("integrations/").with(&id), span };
    api::integrate(instance, api, &id, called, credentials, reading);
    reading.wire(instance, Wire::Route { edge, api: api.clone(), key, authorization, target });
}

/// Where a document writes its security schemes
static SCHEMES: &[&str] = &["components.securitySchemes", "securityDefinitions"];

/// The functions that are asked whom to let in \[api-gateway-swagger-extensions-authorizer\]
fn authorizers(instance: &Instance, api: &Reference, document: &Node, reading: &mut Reading) {
    for list in SCHEMES.iter().flat_map(|path| nodes(document, path)) {
        let Value::Map(entries) = &list.value else { continue };
        for (name, scheme) in entries {
            let Some(authorizer) = scheme.get("x-amazon-apigateway-authorizer") else { continue };
            let argument = |name: &str| nodes(authorizer, name).into_iter().next();
            let Some(function) = argument("authorizerUri").map(|uri| reading.refer(uri)) else { continue };
            let role = argument("authorizerCredentials").map(|role| reading.refer(role));
            // AWS makes its id.
            let id = format!("{}.authorizer {}", instance.address, name.text);
            let part = Text::from("authorizers/").with(Hole::new(id, HoleKind::Generated, Shape::Name));
            let (edge, source) = ("apigw.authorizer", api.clone());
            reading.wire(instance, Wire::Trigger { edge, kind: Kind::Api, source, function, role, part });
        }
    }
}

/// Security schemes by name, as routes call them
fn schemes(document: &Node) -> BTreeMap<String, Text> {
    let lists = SCHEMES.iter().flat_map(|path| nodes(document, path));
    let mut schemes = BTreeMap::new();
    for list in lists {
        let Value::Map(entries) = &list.value else { continue };
        for (name, scheme) in entries {
            let Some(name) = name.text.as_literal() else { continue };
            let kind = scheme.get("x-amazon-apigateway-authtype").and_then(Node::as_text);
            let authorizer = scheme.get("x-amazon-apigateway-authorizer");
            let of_authorizer = authorizer.and_then(|one| one.get("type")).and_then(Node::as_text);
            let said = match (kind.as_ref().and_then(Text::as_literal), of_authorizer) {
                (Some("awsSigv4"), _) => Text::from("AWS_IAM"),
                (Some("cognito_user_pools"), _) => Text::from("COGNITO_USER_POOLS"),
                (_, Some(kind)) if kind.as_literal() == Some("jwt") => Text::from("JWT"),
                (_, Some(kind)) if kind.as_literal() == Some("cognito_user_pools") => {
                    Text::from("COGNITO_USER_POOLS")
                }
                (Some(_), _) | (_, Some(_)) => Text::from("CUSTOM"),
                // An API key counts calls, it lets nobody in \[api-gateway-setup-api-key-with-console\].
                (None, None) => Text::from("NONE"),
            };
            schemes.insert(name.to_owned(), said);
        }
    }
    schemes
}

/// The first scheme that asks for something; a document may name several
fn authorization(security: Option<&Node>, schemes: &BTreeMap<String, Text>) -> Text {
    let mut said = Text::from("NONE");
    let Some(Value::List(alternatives)) = security.map(|security| &security.value) else {
        return match security {
            None => said,
            Some(_) => Text::from(Hole::input("security of an operation")),
        };
    };
    for alternative in alternatives {
        let Value::Map(names) = &alternative.value else {
            return Text::from(Hole::input("security of an operation"));
        };
        for (name, _) in names {
            let scheme = name.text.as_literal().and_then(|name| schemes.get(name));
            match scheme {
                None => return Text::from(Hole::input(format!("security scheme {}", name.text))),
                Some(scheme) if scheme.as_literal() != Some("NONE") => said = scheme.clone(),
                Some(_) => {}
            }
        }
    }
    said
}
