//! S3: Block Public Access, object ownership, and access control lists.
//!
//! Must not know: what a public policy is, or who gets in.

use super::{Reading, nodes};
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::text::Text;
use crate::world::buckets::{AccessList, Block, BlockOf, Group, Ownership, Switch};
use crate::world::pieces::Reference;

pub(super) fn bucket_public_access_block(instance: &Instance, reading: &mut Reading) {
    let Some(bucket) = reading.reference(instance, "bucket") else { return };
    block(instance, BlockOf::Bucket(bucket), reading);
}

pub(super) fn account_public_access_block(instance: &Instance, reading: &mut Reading) {
    let account = instance.get("account_id").and_then(Node::as_text);
    let account = account.unwrap_or_else(|| instance.ambient.account.clone());
    block(instance, BlockOf::Account(account), reading);
}

fn block(instance: &Instance, of: BlockOf, reading: &mut Reading) {
    let setting = |name: &str| match instance.get(name) {
        Some(node) => is("true", node),
        // "Defaults to false" \[aws_s3_bucket_public_access_block\]
        None => Switch::Off,
    };
    reading.pieces.buckets.blocks.push(Block {
        of,
        restrict: setting("restrict_public_buckets"),
        ignore_lists: setting("ignore_public_acls"),
        span: instance.span,
        doubts: instance.doubts.clone(),
    });
}

fn is(wanted: &str, node: &Node) -> Switch {
    let text = node.as_text().unwrap_or_default();
    match (text.as_literal(), text.holes().next()) {
        (Some(written), _) if written == wanted => Switch::On,
        (None, Some(hole)) => Switch::Depends(Cause::at(CauseKind::Hole, hole.name(), node.span)),
        (Some(_), _) | (None, None) => Switch::Off,
    }
}

pub(super) fn bucket_ownership_controls(instance: &Instance, reading: &mut Reading) {
    let Some(bucket) = reading.reference(instance, "bucket") else { return };
    let Some(node) = nodes(&instance.body, "rule.object_ownership").into_iter().next() else { return };
    let (enforced, doubts) = (is("BucketOwnerEnforced", node), instance.doubts.clone());
    reading.pieces.buckets.ownership.push(Ownership { bucket, enforced, doubts });
}

/// A canned list, whom it serves, and its permission \[acl-overview, canned-acl\]
static CANNED: &[(&str, Group, &str)] = &[
    ("authenticated-read", Group::Signed, "READ"),
    ("public-read", Group::Everyone, "READ"),
    ("public-read-write", Group::Everyone, "READ"),
    ("public-read-write", Group::Everyone, "WRITE"),
];

/// A permission, and the actions that it stands for on a bucket and on an object \[acl-overview\]
static PERMISSIONS: &[(&str, &[&str], &[&str])] = &[
    (
        "READ",
        &["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
        &["s3:GetObject", "s3:GetObjectVersion"],
    ),
    ("WRITE", &["s3:PutObject"], &[]),
    ("READ_ACP", &["s3:GetBucketAcl"], &["s3:GetObjectAcl", "s3:GetObjectVersionAcl"]),
    ("WRITE_ACP", &["s3:PutBucketAcl"], &["s3:PutObjectAcl", "s3:PutObjectVersionAcl"]),
];

/// What carries the list
#[derive(Clone, Copy)]
struct Carrier<'i> {
    instance: &'i Instance,
    bucket: &'i Reference,
    /// The key of an object
    object: Option<&'i Text>,
}

/// The end of a group's URI
static GROUPS: &[(&str, Group)] =
    &[("/global/AllUsers", Group::Everyone), ("/global/AuthenticatedUsers", Group::Signed)];

/// A list as a resource of its own
pub(super) fn bucket_acl(instance: &Instance, reading: &mut Reading) {
    let Some(bucket) = reading.reference(instance, "bucket") else { return };
    lists(Carrier { instance, bucket: &bucket, object: None }, reading);
}

/// The lists that a bucket itself carries
pub(super) fn of_bucket(instance: &Instance, reading: &mut Reading) {
    if instance.kind == "aws_s3_bucket" {
        let bucket = Reading::itself(instance);
        lists(Carrier { instance, bucket: &bucket, object: None }, reading);
    }
}

/// The list of one object
pub(super) fn object(instance: &Instance, reading: &mut Reading) {
    let (Some(bucket), Some(key)) =
        (reading.reference(instance, "bucket"), instance.get("key").and_then(Node::as_text))
    else {
        return;
    };
    lists(Carrier { instance, bucket: &bucket, object: Some(&key) }, reading);
}

fn lists(carrier: Carrier<'_>, reading: &mut Reading) {
    let Carrier { instance, .. } = carrier;
    if let Some(node) = instance.get("acl") {
        let text = node.as_text().unwrap_or_default();
        match (text.as_literal(), text.holes().next()) {
            (Some(canned), _) => {
                for (_, to, permission) in CANNED.iter().filter(|(name, ..)| *name == canned) {
                    grant(carrier, *to, permission, Vec::new(), reading);
                }
            }
            // It may be the most open one.
            (None, Some(hole)) => {
                let doubt = Cause::at(CauseKind::Hole, hole.name(), node.span);
                for permission in ["READ", "WRITE"] {
                    grant(carrier, Group::Everyone, permission, vec![doubt.clone()], reading);
                }
            }
            (None, None) => {}
        }
    }
    for node in nodes(&instance.body, "access_control_policy.grant") {
        granted(carrier, node, ("grantee.uri", "permission"), reading);
    }
    for node in nodes(&instance.body, "grant") {
        granted(carrier, node, ("uri", "permissions"), reading);
    }
}

fn granted(carrier: Carrier<'_>, node: &Node, (uri, permissions): (&str, &str), reading: &mut Reading) {
    let all = PERMISSIONS.iter().map(|(name, ..)| *name);
    let unknown = |hole: &str| vec![Cause::at(CauseKind::Hole, hole, node.span)];
    for grantee in nodes(node, uri) {
        let text = grantee.as_text().unwrap_or_default();
        let (to, mut doubts) = match (text.as_literal(), text.holes().next()) {
            (Some(uri), _) => match GROUPS.iter().find(|(end, _)| uri.ends_with(end)) {
                Some((_, to)) => (*to, Vec::new()),
                None => continue,
            },
            (None, Some(hole)) => (Group::Everyone, unknown(hole.name())),
            (None, None) => continue,
        };
        if matches!(node.value, Value::Unknown(_)) {
            doubts.extend(unknown("the grants of an access control list"));
        }
        for permission in nodes(node, permissions) {
            let text = permission.as_text().unwrap_or_default();
            match (text.as_literal(), text.holes().next()) {
                (Some("FULL_CONTROL"), _) => {
                    all.clone().for_each(|name| grant(carrier, to, name, doubts.clone(), reading));
                }
                (Some(name), _) => grant(carrier, to, name, doubts.clone(), reading),
                (None, hole) => {
                    let what = hole.map_or("a permission", |hole| hole.name());
                    let doubts = [&doubts[..], &unknown(what)].concat();
                    all.clone().for_each(|name| grant(carrier, to, name, doubts.clone(), reading));
                }
            }
        }
    }
}

fn grant(carrier: Carrier<'_>, to: Group, permission: &str, doubts: Vec<Cause>, reading: &mut Reading) {
    let Some((_, on_bucket, on_object)) = PERMISSIONS.iter().find(|(name, ..)| *name == permission) else {
        return;
    };
    let Carrier { instance, bucket, object } = carrier;
    let actions = if object.is_some() { on_object } else { on_bucket };
    if actions.is_empty() {
        return;
    }
    reading.pieces.buckets.lists.push(AccessList {
        bucket: bucket.clone(),
        object: object.cloned(),
        to,
        actions: actions.to_vec(),
        span: instance.span,
        doubts: [instance.doubts.clone(), doubts].concat(),
    });
}
