//! Integrations of an API with another service than Lambda: one that passes on what it gets, as a queue does, or one that
//! holds data, as a table.
//!
//! HTTP APIs name the call by a subtype and its target by a parameter
//! \[http-api-develop-integrations-aws-services-reference\]; REST and WebSocket APIs name the call in a URI, and the target
//! mostly in a template. What a template does not say in plain JSON may be each that the role of the integration lets it
//! call. Must not know: which route leads to it.

use super::{Reading, chains, nodes, stores};
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::problem::{ProblemKind, Severity};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::Reference;

/// What an integration calls
#[derive(Clone, Debug)]
pub(super) struct Called {
    /// What kind of thing
    pub(super) to: Kind,
    /// By which right
    pub(super) action: &'static str,
    /// The thing: a function's ARN, or an invocation ARN that holds it; else a name or an ARN
    pub(super) target: Reference,
}

impl Called {
    /// A function, by its ARN, or an invocation ARN that holds it
    pub(super) fn function(target: Reference) -> Self {
        Self { to: Kind::Function, action: "lambda:InvokeFunction", target }
    }
}

/// A service that an integration calls
struct Service {
    /// As it is written in a URI
    name: &'static str,
    /// How the subtype of an HTTP API's integration begins; empty where there is none
    subtype: &'static str,
    /// What kind of thing is called
    kind: Kind,
    /// The parameter that names it
    parameter: &'static str,
    /// The calls, each with the actions that it may need
    calls: &'static [(&'static str, &'static [&'static str])],
}

impl Service {
    /// The calls of this name on each of these; where the name is not known, each of the service's
    fn called(&self, call: &Text, targets: &[Reference]) -> Vec<Called> {
        let is_it = |name: &str| call.is_empty() || call.as_literal().is_none_or(|call| call == name);
        let calls = self.calls.iter().filter(|(name, _)| is_it(name));
        let mut actions: Vec<&'static str> = calls.flat_map(|(_, actions)| actions.iter().copied()).collect();
        actions.sort_unstable();
        actions.dedup();
        let one = |action| {
            targets.iter().map(move |target| Called { to: self.kind, action, target: target.clone() })
        };
        actions.into_iter().flat_map(one).collect()
    }
}

const SQL: &[&str] =
    &["dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"];

/// In the order of names; S3 has no calls, but methods and paths (`object`)
static SERVICES: &[Service] = &[
    Service {
        name: "dynamodb",
        subtype: "",
        kind: Kind::Table,
        parameter: "TableName",
        calls: &[
            ("BatchExecuteStatement", SQL),
            ("BatchGetItem", &["dynamodb:BatchGetItem"]),
            ("BatchWriteItem", &["dynamodb:BatchWriteItem"]),
            ("DeleteItem", &["dynamodb:DeleteItem"]),
            ("ExecuteStatement", SQL),
            ("ExecuteTransaction", SQL),
            ("GetItem", &["dynamodb:GetItem"]),
            ("PutItem", &["dynamodb:PutItem"]),
            ("Query", &["dynamodb:Query"]),
            ("Scan", &["dynamodb:Scan"]),
            ("TransactGetItems", &["dynamodb:GetItem"]),
            ("TransactWriteItems", &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
            ("UpdateItem", &["dynamodb:UpdateItem"]),
        ],
    },
    Service {
        name: "events",
        subtype: "EventBridge",
        kind: Kind::Bus,
        parameter: "EventBusName",
        calls: &[("PutEvents", &["events:PutEvents"])],
    },
    Service {
        name: "firehose",
        subtype: "",
        kind: Kind::Other,
        parameter: "DeliveryStreamName",
        calls: &[("PutRecord", &["firehose:PutRecord"]), ("PutRecordBatch", &["firehose:PutRecordBatch"])],
    },
    Service {
        name: "kinesis",
        subtype: "Kinesis",
        kind: Kind::Stream,
        parameter: "StreamName",
        calls: &[
            ("GetRecords", &["kinesis:GetRecords"]),
            ("PutRecord", &["kinesis:PutRecord"]),
            ("PutRecords", &["kinesis:PutRecords"]),
        ],
    },
    Service {
        name: "secretsmanager",
        subtype: "",
        kind: Kind::Secret,
        parameter: "SecretId",
        calls: &[("GetSecretValue", &["secretsmanager:GetSecretValue"])],
    },
    Service {
        name: "sns",
        subtype: "",
        kind: Kind::Topic,
        parameter: "TopicArn",
        calls: &[("Publish", &["sns:Publish"]), ("PublishBatch", &["sns:Publish"])],
    },
    Service {
        name: "sqs",
        subtype: "SQS",
        kind: Kind::Queue,
        parameter: "QueueUrl",
        calls: &[
            ("ReceiveMessage", &["sqs:ReceiveMessage"]),
            ("SendMessage", &["sqs:SendMessage"]),
            ("SendMessageBatch", &["sqs:SendMessage"]),
        ],
    },
    Service {
        name: "ssm",
        subtype: "",
        kind: Kind::Param,
        parameter: "Name",
        calls: &[("GetParameter", &["ssm:GetParameter"])],
    },
    Service {
        name: "states",
        subtype: "StepFunctions",
        kind: Kind::StateMachine,
        parameter: "StateMachineArn",
        calls: &[
            ("StartExecution", &["states:StartExecution"]),
            ("StartSyncExecution", &["states:StartSyncExecution"]),
        ],
    },
];

/// What methods on an object of S3 are allowed by \[integrating-api-with-aws-services-s3\]
static METHODS: &[(&str, &str)] = &[
    ("DELETE", "s3:DeleteObject"),
    ("GET", "s3:GetObject"),
    ("POST", "s3:PutObject"),
    ("PUT", "s3:PutObject"),
];

/// Where an integration writes its parameters: as arguments, and in a document
const PARAMETERS: &[&str] = &["request_parameters", "requestParameters"];
const TEMPLATES: &[&str] = &["request_templates", "requestTemplates"];
const SUBTYPES: &[&str] = &["integration_subtype", "integrationSubtype"];
const URIS: &[&str] = &["integration_uri", "uri"];
const HTTP_METHODS: &[&str] = &["integration_http_method", "integration_method", "httpMethod"];

/// An integration, and whose it is
struct Integration<'n> {
    instance: &'n Instance,
    body: &'n Node,
}

/// What an integration calls of another service than Lambda; `None` where it may be one of Lambda's
pub(super) fn called(instance: &Instance, body: &Node, reading: &mut Reading) -> Option<Vec<Called>> {
    let integration = Integration { instance, body };
    if let Some(subtype) = integration.written(SUBTYPES) {
        let text = subtype.as_text().unwrap_or_default();
        let parts = text.split('-', 2);
        let of = |service: &&Service| {
            !service.subtype.is_empty() && parts.first().and_then(Text::as_literal) == Some(service.subtype)
        };
        let service = SERVICES.iter().find(of);
        let call = parts.get(1).cloned().unwrap_or_default();
        let service = integration.with_targets(service, subtype, reading);
        return Some(integration.calls(service, &call, subtype, reading));
    }
    let uri = integration.written(URIS)?;
    let text = uri.as_text()?;
    let [_, _, gateway, _, service, how] = &text.split(':', 6)[..] else { return None };
    if gateway.as_literal() != Some("apigateway") || service.as_literal() == Some("lambda") {
        return None;
    }
    let path = how.strip_prefix("path/");
    if service.as_literal() == Some("s3") {
        return Some(integration.object(None, &path.unwrap_or_default(), uri));
    }
    if let Some(bucket) = service.strip_suffix(".s3") {
        return Some(integration.object(Some(bucket), &path.unwrap_or_default(), uri));
    }
    let name = service.as_literal()?;
    let service = SERVICES.iter().find(|service| service.name == name);
    let Some(path) = path else {
        let call = how.strip_prefix("action/").unwrap_or_default();
        let service = integration.with_targets(service, uri, reading);
        return Some(integration.calls(service, &call, uri, reading));
    };
    // `path/ACCOUNT/QUEUE`: the path of a call that its parameters name.
    let queue = path.split('/', usize::MAX).pop().filter(|queue| !queue.is_empty());
    match (service, queue) {
        (Some(service), Some(text)) if service.kind == Kind::Queue => {
            let call = integration.parameter("Action").and_then(Node::as_text).map(|text| unquoted(&text));
            let targets = vec![Reference { text, span: uri.span }];
            Some(integration.calls(Some((service, targets)), &call.unwrap_or_default(), uri, reading))
        }
        // What stands there says nothing of the call.
        _ => {
            let service = integration.with_targets(service, uri, reading);
            Some(integration.calls(service, &Text::new(), uri, reading))
        }
    }
}

impl<'n> Integration<'n> {
    /// What the first of these arguments says
    fn written(&self, names: &[&str]) -> Option<&'n Node> {
        let is_there = |node: &&Node| node.as_text().is_none_or(|text| !text.is_empty());
        let nodes = names.iter().filter_map(|name| self.body.get(name));
        nodes.filter(|node| node.value != Value::Null).find(is_there)
    }

    /// A call of a service on these; one that is not in the table is named as not modelled
    fn calls(
        &self,
        service: Option<(&Service, Vec<Reference>)>,
        call: &Text,
        at: &'n Node,
        reading: &mut Reading,
    ) -> Vec<Called> {
        let called = service.map(|(service, targets)| service.called(call, &targets)).unwrap_or_default();
        if called.is_empty() {
            let shown = at.as_text().unwrap_or_default();
            let message = format!("what {} does by `{shown}` is not modelled", self.instance.address);
            reading.problems.at(ProblemKind::NotModelled, Severity::Partly, message, at.span);
        }
        called
    }

    fn with_targets<'s>(
        &self,
        service: Option<&'s Service>,
        at: &Node,
        reading: &mut Reading,
    ) -> Option<(&'s Service, Vec<Reference>)> {
        service.map(|service| (service, self.targets(service, at, reading)))
    }

    /// What is called, as parameters or templates name it
    fn targets(&self, service: &Service, at: &Node, reading: &mut Reading) -> Vec<Reference> {
        if let Some(node) = self.parameter(service.parameter) {
            return vec![self.named(service, node, reading)];
        }
        let templates = TEMPLATES.iter().flat_map(|name| nodes(self.body, name));
        let texts = templates.flat_map(|templates| match &templates.value {
            Value::Map(entries) => entries.iter().map(|(_, node)| node).collect(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Unknown(_) => vec![templates],
        });
        let mut targets = Vec::new();
        for node in texts {
            let named = node.as_text().map(|text| in_template(&text, service.parameter)).unwrap_or_default();
            if named.is_empty() {
                targets.push(self.unknown(service.parameter, node));
            }
            for text in named {
                targets.push(self.named(service, &Node::text(text, node.span), reading));
            }
        }
        targets.sort_by(|one, other| one.text.cmp(&other.text));
        targets.dedup_by(|one, other| one.text == other.text);
        // Events go to the default bus.
        if service.kind == Kind::Bus && targets.iter().all(|target| target.text.as_hole().is_some()) {
            let subtype = self.written(SUBTYPES).is_some();
            targets = if subtype { vec![chains::bus_of(self.instance, None)] } else { targets };
        }
        if targets.is_empty() {
            targets.push(self.unknown(service.parameter, at));
        }
        targets
    }

    /// A path of S3: `BUCKET/KEY`, or the key alone where the bucket stands elsewhere; parts in braces are named by
    /// parameters \[integrating-api-with-aws-services-s3\]; without a key the bucket is listed
    fn object(&self, bucket: Option<Text>, path: &Text, at: &Node) -> Vec<Called> {
        let parts = path.split('/', 2);
        let is_alone = bucket.is_none();
        let bucket = bucket.unwrap_or_else(|| parts.first().cloned().unwrap_or_default());
        let in_braces = bucket.strip_prefix("{").and_then(|text| text.strip_suffix("}"));
        let parameter = in_braces.as_ref().and_then(Text::as_literal);
        let named = parameter.and_then(|name| self.parameter(name)).and_then(Node::as_text);
        let target = match (in_braces.is_some(), named.filter(|text| !is_of_request(text))) {
            (false, _) => Reference { text: bucket, span: at.span },
            (true, Some(text)) => Reference { text: unquoted(&text), span: at.span },
            (true, None) => self.unknown("bucket", at),
        };
        // A part in braces may hold a bucket and a key.
        let has_key = !is_alone || parts.len() > 1 || in_braces.is_some();
        let method = self.written(HTTP_METHODS).and_then(Node::as_text).unwrap_or_default();
        let is_known = method.as_literal().filter(|method| !method.is_empty());
        let is_it = |name: &str| is_known.is_none_or(|method| method.eq_ignore_ascii_case(name));
        let calls = METHODS.iter().filter(|(name, _)| has_key && is_it(name));
        let mut actions: Vec<&'static str> = calls.map(|(_, action)| *action).collect();
        if is_it("GET") && (!has_key || in_braces.is_some()) {
            actions.push("s3:ListBucket");
        }
        actions.dedup();
        let one = |action| Called { to: Kind::Bucket, action, target: target.clone() };
        actions.into_iter().map(one).collect()
    }

    /// The value of a parameter; REST APIs write `integration.request.querystring.TopicArn`
    fn parameter(&self, name: &str) -> Option<&'n Node> {
        let long = ["querystring", "header", "path"].map(|at| format!("integration.request.{at}.{name}"));
        let names = std::iter::once(name).chain(long.iter().map(String::as_str));
        let maps = || PARAMETERS.iter().flat_map(|at| nodes(self.body, at));
        names.flat_map(|name| maps().filter_map(move |map| map.get(name))).next()
    }

    fn named(&self, service: &Service, node: &Node, reading: &mut Reading) -> Reference {
        let mut target = reading.refer(node);
        target.text = unquoted(&target.text);
        if is_of_request(&target.text) {
            return self.unknown(service.parameter, node);
        }
        if service.kind == Kind::Bus {
            return chains::bus_of(self.instance, Some(&Node::text(target.text, target.span)));
        }
        if service.name == "firehose" {
            let of = Text::from("deliverystream/").with(target.text);
            return Reference { text: self.instance.ambient.arn(service.name, of), span: target.span };
        }
        stores::queue_of(target)
    }

    fn unknown(&self, what: &str, at: &Node) -> Reference {
        let what = format!("{what} of {}", self.instance.address);
        Reference { text: Text::from(Hole::input(what)), span: at.span }
    }
}

/// REST APIs put fixed values in quotes
fn unquoted(text: &Text) -> Text {
    let inside = text.strip_prefix("'").and_then(|text| text.strip_suffix("'"));
    inside.unwrap_or_else(|| text.clone())
}

/// Whether a request says it, so that its caller does
fn is_of_request(text: &Text) -> bool {
    ["$", "method.request."].iter().any(|with| text.strip_prefix(with).is_some())
}

/// What a template in JSON says of a name, wherever it does: `"TableName": "orders"`; templates may hold more than JSON
///
/// None of them where one is not said in plain JSON. Some services write a small letter first (`stateMachineArn`).
fn in_template(template: &Text, name: &str) -> Vec<Text> {
    let small: String =
        name.chars().take(1).flat_map(char::to_lowercase).chain(name.chars().skip(1)).collect();
    let mut found = Vec::new();
    for written in [name, &small] {
        let mut rest = template.clone();
        while let Some((_, behind)) = rest.split_once(&format!("\"{written}\"")) {
            let value = behind.split_once("\"").and_then(|(between, value)| {
                let is_plain = between.as_literal().is_some_and(|between| between.trim() == ":");
                value.split_once("\"").map(|(value, _)| value).filter(|value| is_plain && !value.is_empty())
            });
            let Some(value) = value else { return Vec::new() };
            found.push(value);
            rest = behind;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_names() {
        assert!(SERVICES.is_sorted_by_key(|service| service.name));
        assert!(SERVICES.iter().all(|service| service.calls.is_sorted()));
        assert!(METHODS.is_sorted());
    }

    #[test]
    fn a_template_names_what_it_calls_in_plain_json() {
        let text = |template: &str| in_template(&Text::from(template), "TableName");
        assert_eq!(text("{\"TableName\" : \"orders\"}"), [Text::from("orders")]);
        assert_eq!(text("#set($x = 1){\"TableName\": \"$x\"}"), [Text::from("$x")]);
        assert_eq!(
            text("[{\"Put\": {\"TableName\": \"a\"}}, {\"Delete\": {\"TableName\": \"b\"}}]"),
            [Text::from("a"), Text::from("b")]
        );
        assert_eq!(text("[{\"TableName\": \"a\"}, {\"TableName\": $x, \"Key\": \"k\"}]"), []);
        assert_eq!(text("{}"), []);
        let machine = in_template(&Text::from("{\"stateMachineArn\": \"m\"}"), "StateMachineArn");
        assert_eq!(machine, [Text::from("m")]);
    }
}
