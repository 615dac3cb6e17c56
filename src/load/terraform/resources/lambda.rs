//! Lambda: functions, aliases, URLs, permissions, event source mappings.

use super::configured::Values;
use super::function_policy;
use super::{Reading, nodes};
use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::instance::{Ambient, Instance};
use crate::node::Node;
use crate::policy::Entry;
use crate::text::{Hole, HoleKind, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Attachment, DocumentRef, PolicyRole, Provenance, Reference, Wire};

/// Settings that answers use or `inspect` shows
const SETTINGS: &[&str] = &[
    "reserved_concurrent_executions",
    "runtime",
    "package_type",
    "kms_key_arn",
    "code_signing_config_arn",
    "tracing_config.mode",
];

pub(super) fn function(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Function, "function_name", SETTINGS);
    environment(instance, reading);
    if let Some(role) = reading.reference(instance, "role") {
        let function = Reading::itself(instance);
        reading.wire(instance, Wire::RunsAs { function, role });
    }
}

/// The names of the environment's values, and the access keys among the values
fn environment(instance: &Instance, reading: &mut Reading) {
    let mut values = Values::default();
    nodes(&instance.body, "environment.variables").into_iter().take(1).for_each(|map| values.of_map(map));
    values.tell(instance, Kind::Function, reading);
}

pub(super) fn alias(instance: &Instance, reading: &mut Reading) {
    let Some(function) = named(instance, reading) else { return };
    let name = instance.get("name").and_then(Node::as_text);
    let name = name.unwrap_or_else(|| Text::from(Hole::input(format!("{}.name", instance.address))));
    reading.wire(instance, Wire::Alias { function, name });
}

/// The function that `function_name` names: by name, by ARN, or by the part of it that begins with the account
/// \[API_AddPermission\]
fn named(instance: &Instance, reading: &mut Reading) -> Option<Reference> {
    let Reference { text, span } = reading.reference(instance, "function_name")?;
    let text = match text.split(':', 3).as_slice() {
        [account, kind, name] if kind.as_literal() == Some("function") => {
            let there = Ambient { account: account.clone(), ..instance.ambient.as_ref().clone() };
            there.arn("lambda", Text::from("function:").with(name))
        }
        _ => text,
    };
    Some(Reference { text, span })
}

fn qualifier(instance: &Instance) -> Option<Text> {
    instance.get("qualifier").and_then(Node::as_text).filter(|qualifier| !qualifier.is_empty())
}

pub(super) fn function_url(instance: &Instance, reading: &mut Reading) {
    let Some(function) = named(instance, reading) else { return };
    let qualifier = qualifier(instance);
    let authorization = instance.get("authorization_type").and_then(Node::as_text);
    let authorization = authorization
        .unwrap_or_else(|| Text::from(Hole::input(format!("{}.authorization_type", instance.address))));
    for public in function_policy::public_url(instance, &function, qualifier.as_ref(), &authorization) {
        reading.pieces.attachments.push(Attachment {
            kind: Kind::Function,
            to: function.clone(),
            role: PolicyRole::Resource { qualifier: qualifier.clone() },
            document: DocumentRef::Inline(public.policy),
            name: super::shown(Kind::Function, &function.text),
            provenance: Provenance::Synthesised,
            span: instance.span,
            doubts: [instance.doubts.clone(), public.doubts].concat(),
        });
    }
    reading.wire(instance, Wire::Url { function, qualifier, authorization });
}

pub(super) fn permission(instance: &Instance, reading: &mut Reading) {
    let Some(function) = named(instance, reading) else { return };
    let qualifier = qualifier(instance);
    // What is not known may be nothing: the permission is then the function's own.
    let unknown = qualifier.as_ref().and_then(Text::as_hole).filter(|hole| hole.kind() == HoleKind::Input);
    let perhaps_none = unknown.map(|hole| Cause::at(CauseKind::Hole, hole.name(), instance.span));
    for (qualifier, doubt) in std::iter::once((qualifier.clone(), None))
        .chain(perhaps_none.map(|cause| (None::<Text>, Some(cause))))
    {
        let policy = function_policy::permission(instance, &function, qualifier.as_ref());
        reading.count_policy(&policy);
        reading.pieces.attachments.push(Attachment {
            kind: Kind::Function,
            to: function.clone(),
            role: PolicyRole::Resource { qualifier },
            document: DocumentRef::Inline(policy),
            name: super::shown(Kind::Function, &function.text),
            provenance: Provenance::Written,
            span: instance.span,
            doubts: [instance.doubts.clone(), doubt.into_iter().collect()].concat(),
        });
    }
}

/// A grant of one version of a layer: who is named may use and read it \[API_AddLayerVersionPermission\]
pub(super) fn layer_permission(instance: &Instance, reading: &mut Reading) {
    let Some(Reference { text: layer, span }) = reading.reference(instance, "layer_name") else { return };
    let layer = match Arn::parse(&layer) {
        Some(_) => layer,
        None => instance.ambient.arn("lambda", Text::from("layer:").with(&layer)),
    };
    let version = instance.get("version_number").and_then(Node::as_text);
    let version =
        version.unwrap_or_else(|| Text::from(Hole::input(format!("{}.version_number", instance.address))));
    let version = Reference { text: layer.with(":").with(version), span };
    let policy = function_policy::granted(instance, Entry { text: version.text.clone(), span });
    reading.count_policy(&policy);
    let name = super::shown(Kind::Layer, &version.text);
    let role = PolicyRole::Resource { qualifier: None };
    reading.attach(instance, (Kind::Layer, version), role, DocumentRef::Inline(policy), name);
}

/// The service in the source's ARN, the edge's id, the kind of the source
static SOURCES: &[(&str, &str, Kind)] = &[
    ("sqs", "sqs.esm", Kind::Queue),
    ("kinesis", "kinesis.esm", Kind::Stream),
    ("dynamodb", "ddb.esm", Kind::Table),
    ("kafka", "kafka.esm", Kind::Other),
    ("mq", "mq.esm", Kind::Other),
    ("rds", "docdb.esm", Kind::Other),
];

pub(super) fn event_source_mapping(instance: &Instance, reading: &mut Reading) {
    let Some(function) = named(instance, reading) else { return };
    let source = reading.reference(instance, "event_source_arn");
    let service = source.as_ref().and_then(|source| Arn::parse(&source.text)).map(|arn| arn.service);
    let row = service.as_ref().and_then(Text::as_literal);
    let row = row.and_then(|service| SOURCES.iter().find(|(name, ..)| *name == service));
    let doubts = switched_off(instance);
    if let (None, Some(source)) = (row, source.as_ref().filter(|source| source.text.holes().next().is_some()))
    {
        // What it reads is not known: it may be each.
        for (_, edge, kind) in SOURCES {
            let (source, function) = (source.clone(), function.clone());
            let wire = Wire::Trigger { edge, kind: *kind, source, function, role: None, part: Text::new() };
            reading.wire_in_doubt(instance, wire, doubts.clone());
        }
        return;
    }
    let (edge, kind) = row.map_or(("esm", Kind::Other), |(_, edge, kind)| (*edge, *kind));
    let source = source.unwrap_or_else(|| Reference {
        text: Text::from(format!("self-managed source of {}", instance.address)),
        span: instance.span,
    });
    // A consumer of a stream stands behind the stream's ARN.
    let consumed = source.text.split_once("/consumer/").filter(|_| kind == Kind::Stream);
    if let Some((stream, _)) = consumed {
        let (edge, source) = ("kinesis.consumer", Reference { text: stream, span: source.span });
        let wire = Wire::Trigger { edge, kind, source, function, role: None, part: Text::new() };
        reading.wire_in_doubt(instance, wire, doubts);
        return;
    }
    let (source, part) = if kind == Kind::Table { table_of(source) } else { (source, Text::new()) };
    let wire = Wire::Trigger { edge, kind, source, function, role: None, part };
    reading.wire_in_doubt(instance, wire, doubts);
}

/// The table whose stream an ARN names, and the stream's label
pub(super) fn table_of(stream: Reference) -> (Reference, Text) {
    let span = stream.span;
    match stream.text.split_once("/stream/") {
        Some((text, label)) => (Reference { text, span }, label),
        None => (stream, Text::new()),
    }
}

/// A mapping that is not enabled, or may not be
fn switched_off(instance: &Instance) -> Vec<Cause> {
    let Some(enabled) = nodes(&instance.body, "enabled").into_iter().next() else { return Vec::new() };
    let text = enabled.as_text().unwrap_or_default();
    match (text.as_literal(), text.holes().next()) {
        (Some("true"), _) => Vec::new(),
        (None, Some(hole)) => vec![Cause::at(CauseKind::Hole, hole.name(), enabled.span)],
        (Some(_), _) | (None, None) => {
            vec![Cause::at(CauseKind::SwitchedOff, "the mapping is not enabled", enabled.span)]
        }
    }
}
