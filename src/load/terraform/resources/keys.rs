//! KMS: aliases and grants of keys, and what is encrypted with a customer managed key.
//!
//! The keys themselves and their policies are rows of `stores`. Must not know: what a caller needs of a key.

use super::{Reading, nodes};
use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::policy::grant::{Constraint, Grant};
use crate::policy::{Entry, Unread};
use crate::text::Text;
use crate::world::data::AWS_MANAGED_KEY;
use crate::world::kind::Kind;
use crate::world::pieces::{DocumentRef, PolicyRole, Setting, Wire};

/// A type whose instances are encrypted, or say with what another resource is
struct Encrypted {
    of: &'static str,
    kind: Kind,
    /// The argument that names the resource; empty where it is the instance itself
    resource: &'static str,
    /// Where the key is written
    key: &'static str,
    /// An argument that switches it on, the value that does, and whether it is on where nothing is written
    switch: Option<(&'static str, &'static str, Unwritten)>,
}

/// What holds where a switch is not written
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unwritten {
    On,
    Off,
}

/// In order
static ENCRYPTED: &[Encrypted] = &[
    Encrypted {
        of: "aws_dynamodb_table",
        kind: Kind::Table,
        resource: "",
        key: "server_side_encryption.kms_key_arn",
        switch: Some(("server_side_encryption.enabled", "true", Unwritten::Off)),
    },
    Encrypted {
        of: "aws_kinesis_stream",
        kind: Kind::Stream,
        resource: "",
        key: "kms_key_id",
        switch: Some(("encryption_type", "KMS", Unwritten::Off)),
    },
    Encrypted {
        of: "aws_lambda_function",
        kind: Kind::Function,
        resource: "",
        key: "kms_key_arn",
        switch: None,
    },
    Encrypted {
        of: "aws_lambdaweb_function",
        kind: Kind::WebFunction,
        resource: "",
        key: "revision_config.kms_key_arn",
        switch: None,
    },
    Encrypted {
        of: "aws_lambdaweb_function_revision",
        kind: Kind::WebFunction,
        resource: "function_name",
        key: "kms_key_arn",
        switch: None,
    },
    Encrypted {
        of: "aws_s3_bucket",
        kind: Kind::Bucket,
        resource: "",
        key: "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
        switch: None,
    },
    Encrypted {
        of: "aws_s3_bucket_server_side_encryption_configuration",
        kind: Kind::Bucket,
        resource: "bucket",
        key: "rule.apply_server_side_encryption_by_default.kms_master_key_id",
        switch: None,
    },
    Encrypted {
        of: "aws_secretsmanager_secret",
        kind: Kind::Secret,
        resource: "",
        key: "kms_key_id",
        switch: None,
    },
    Encrypted {
        of: "aws_sns_topic",
        kind: Kind::Topic,
        resource: "",
        key: "kms_master_key_id",
        switch: None,
    },
    Encrypted {
        of: "aws_sqs_queue",
        kind: Kind::Queue,
        resource: "",
        key: "kms_master_key_id",
        switch: None,
    },
    Encrypted {
        of: "aws_ssm_parameter",
        kind: Kind::Param,
        resource: "",
        key: "key_id",
        switch: Some(("type", "SecureString", Unwritten::On)),
    },
];

/// Wires what an instance of one of the types is encrypted with
pub(super) fn encrypted(instance: &Instance, reading: &mut Reading) {
    of_aws(instance, reading);
    for row in ENCRYPTED.iter().filter(|row| row.of == instance.kind) {
        let Some(mut doubts) = switched_on(instance, row) else { continue };
        for node in nodes(&instance.body, row.key) {
            if matches!(&node.value, Value::Text(text) if text.is_empty()) {
                continue;
            }
            let key = reading.refer(node);
            if is_of_aws(&key.text) {
                continue;
            }
            let resource = if row.resource.is_empty() {
                Reading::itself(instance)
            } else {
                let Some(resource) = reading.reference(instance, row.resource) else { continue };
                resource
            };
            // A value of which nothing is known may also be no key at all.
            if let Some(hole) = key.text.as_hole().filter(|_| matches!(node.value, Value::Unknown(_))) {
                doubts.push(Cause::at(CauseKind::Hole, hole.name(), node.span));
            }
            reading.wire_in_doubt(
                instance,
                Wire::Encrypted { kind: row.kind, resource, key },
                doubts.clone(),
            );
        }
    }
}

/// Types that are encrypted with a key of AWS's where none is written \[Secrets Manager, security-encryption\]
static OF_AWS: &[&str] = &["aws_secretsmanager_secret"];

/// Says of what an instance declares that an AWS managed key encrypts it
fn of_aws(instance: &Instance, reading: &mut Reading) {
    let rows = ENCRYPTED.iter().filter(|row| row.of == instance.kind && row.resource.is_empty());
    for row in rows.filter(|row| switched_on(instance, row).is_some()) {
        let written = nodes(&instance.body, row.key).into_iter();
        let texts = written.filter_map(Node::as_text).filter(|text| !text.is_empty());
        let keys: Vec<Text> = texts.collect();
        let is_it = if keys.is_empty() { OF_AWS.contains(&row.of) } else { keys.iter().all(is_of_aws) };
        if is_it && let Some(declared) = reading.pieces.declared.last_mut() {
            let setting = Setting { value: Text::from("true"), span: instance.span };
            declared.settings.insert(AWS_MANAGED_KEY, setting);
        }
    }
}

/// Whether the encryption is on: `None` where it surely is not
fn switched_on(instance: &Instance, row: &Encrypted) -> Option<Vec<Cause>> {
    let Some((argument, on, unwritten)) = row.switch else { return Some(Vec::new()) };
    let Some(node) = nodes(&instance.body, argument).into_iter().next() else {
        return (unwritten == Unwritten::On).then(Vec::new);
    };
    let text = node.as_text().unwrap_or_default();
    match (text.as_literal(), text.holes().next()) {
        (Some(written), _) => (written == on).then(Vec::new),
        (None, hole) => {
            let what = hole.map_or(argument, |hole| hole.name());
            Some(vec![Cause::at(CauseKind::Hole, what, node.span)])
        }
    }
}

/// An AWS managed key, by its alias: who may use the service may use it
fn is_of_aws(key: &Text) -> bool {
    let alias = Arn::parse(key).map_or_else(|| key.clone(), |arn| arn.resource);
    alias.strip_prefix("alias/aws/").is_some()
}

pub(super) fn alias(instance: &Instance, reading: &mut Reading) {
    let Some(key) = reading.reference(instance, "target_key_id") else { return };
    let (name, arn) = (attributes::text(instance, "name"), attributes::text(instance, "arn"));
    reading.wire(instance, Wire::KeyAlias { name, arn, key });
}

/// Why a key may not work: it is not enabled, or may not be
pub(super) fn not_enabled(instance: &Instance) -> Vec<Cause> {
    let named = ["is_enabled", "enabled"];
    let Some(node) = named.into_iter().find_map(|name| instance.get(name)) else { return Vec::new() };
    let text = node.as_text().unwrap_or_default();
    match (text.as_literal(), text.holes().next()) {
        (Some("true"), _) => Vec::new(),
        (None, Some(hole)) => vec![Cause::at(CauseKind::Hole, hole.name(), node.span)],
        (Some(_), _) | (None, None) => {
            vec![Cause::at(CauseKind::SwitchedOff, "the key is not enabled", node.span)]
        }
    }
}

/// A grant, as the statements that say the same
pub(super) fn grant(instance: &Instance, reading: &mut Reading) {
    let (Some(key), Some(grantee)) =
        (reading.reference(instance, "key_id"), reading.reference(instance, "grantee_principal"))
    else {
        return;
    };
    let mut unread = Vec::new();
    let mut operations = Vec::new();
    for node in nodes(&instance.body, "operations") {
        match node.as_text() {
            Some(text) => operations.push(Entry { text, span: node.span }),
            None => unread.push(not_read("`operations`", node)),
        }
    }
    let constraint = constraint(instance, &mut unread);
    let grantee = Entry { text: grantee.text, span: grantee.span };
    let grant = Grant { grantee, operations, constraint, unread, span: instance.span };
    let policy = grant.policy();
    reading.count_policy(&policy);
    let name = match instance.get("name").and_then(Node::as_text) {
        Some(name) if name.as_literal().is_some() => format!("grant {name}"),
        _ => format!("grant {}", instance.address),
    };
    reading.attach(instance, (Kind::Key, key), PolicyRole::Grant, DocumentRef::Inline(policy), name);
}

fn constraint(instance: &Instance, unread: &mut Vec<Unread>) -> Option<Constraint> {
    for (argument, of) in [
        ("constraints.encryption_context_equals", Constraint::Equals as fn(_) -> _),
        ("constraints.encryption_context_subset", Constraint::Subset as fn(_) -> _),
    ] {
        let Some(node) = nodes(&instance.body, argument).into_iter().next() else { continue };
        let Value::Map(entries) = &node.value else {
            unread.push(not_read("`constraints`", node));
            return None;
        };
        let pair = |(key, value): &(crate::node::Key, Node)| {
            Some((key.text.clone(), Entry { text: value.as_text()?, span: value.span }))
        };
        match entries.iter().map(pair).collect::<Option<Vec<_>>>() {
            Some(pairs) => return Some(of(pairs)),
            None => unread.push(not_read("`constraints`", node)),
        }
    }
    None
}

fn not_read(what: &str, node: &Node) -> Unread {
    let hole = match &node.value {
        Value::Unknown(hole) => Some(hole.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            None
        }
    };
    Unread { what: what.to_owned(), hole, span: node.span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::terraform::attributes::tests::instance;
    use crate::load::terraform::instance::Configuration;
    use crate::load::terraform::resources::pieces;
    use crate::source::Sources;
    use crate::text::Hole;

    fn wired(instance: Instance) -> usize {
        let configuration = Configuration { instances: vec![instance], ..Configuration::default() };
        let (pieces, _) = pieces(configuration, &mut Sources::default());
        pieces.wirings.iter().filter(|wiring| matches!(wiring.what, Wire::Encrypted { .. })).count()
    }

    #[test]
    fn rows_are_in_order() {
        assert!(ENCRYPTED.is_sorted_by_key(|row| row.of));
    }

    #[test]
    fn a_key_of_aws_is_none_and_a_switch_that_is_off_too() {
        let secret = |key: &str| wired(instance("aws_secretsmanager_secret.s", &[("kms_key_id", key)]));
        assert_eq!((secret("alias/shop"), secret("alias/aws/secretsmanager"), secret("")), (1, 0, 0));
        let arn = Text::from("arn:aws:kms:eu-west-1:").with(Hole::input("account"));
        assert!(is_of_aws(&arn.clone().with(":alias/aws/s3")) && !is_of_aws(&arn.with(":alias/shop")));
        let stream = |kind: &str| {
            wired(instance(
                "aws_kinesis_stream.s",
                &[("kms_key_id", "alias/shop"), ("encryption_type", kind)],
            ))
        };
        assert_eq!((stream("KMS"), stream("NONE")), (1, 0));
        assert_eq!(wired(instance("aws_kinesis_stream.s", &[("kms_key_id", "alias/shop")])), 0);
        let parameter =
            |kind: &str| wired(instance("aws_ssm_parameter.p", &[("key_id", "alias/shop"), ("type", kind)]));
        assert_eq!((parameter("SecureString"), parameter("String")), (1, 0));
    }
}
