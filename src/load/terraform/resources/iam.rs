//! IAM: users, groups, roles and the policies they carry.

use super::{Reading, nodes};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::policy::Policy;
use crate::text::Hole;
use crate::world::kind::Kind;
use crate::world::pieces::{DocumentRef, ManagedPolicy, Membership, PolicyRole, Provenance, Reference};

/// The name of a policy in reports: as written, else the address
fn name(instance: &Instance) -> String {
    match instance.get("name").and_then(Node::as_text) {
        Some(name) if name.as_literal().is_some() => name.to_string(),
        _ => instance.address.clone(),
    }
}

pub(super) fn user(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::User, "name", &[]);
    boundary(instance, Kind::User, reading);
}

pub(super) fn group(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Group, "name", &[]);
}

pub(super) fn role(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Role, "name", &["max_session_duration"]);
    boundary(instance, Kind::Role, reading);
    if let Some(trust) = instance.get("assume_role_policy") {
        let document = DocumentRef::Inline(reading.document(instance, trust));
        let name = format!("trust policy of role/{}", attributes::text(instance, "name"));
        reading.attach(instance, (Kind::Role, Reading::itself(instance)), PolicyRole::Trust, document, name);
    }
    for arn in nodes(&instance.body, "managed_policy_arns") {
        let reference = reading.refer(arn);
        managed(instance, (Kind::Role, Reading::itself(instance)), reference, reading);
    }
    for block in nodes(&instance.body, "inline_policy") {
        // A block of which nothing is known may hold any policy.
        let policy = if matches!(block.value, Value::Unknown(_)) { Some(block) } else { block.get("policy") };
        let Some(policy) = policy.filter(|policy| policy.value != Value::Null) else { continue };
        let name = block.get("name").and_then(Node::as_text).map(|name| name.to_string());
        let document = DocumentRef::Inline(reading.document(instance, policy));
        let to = (Kind::Role, Reading::itself(instance));
        reading.attach(
            instance,
            to,
            PolicyRole::Identity,
            document,
            name.unwrap_or_else(|| instance.address.clone()),
        );
    }
}

fn boundary(instance: &Instance, kind: Kind, reading: &mut Reading) {
    let Some(arn) = reading.reference(instance, "permissions_boundary") else { return };
    let to = (kind, Reading::itself(instance));
    let name = format!("boundary of {kind}/{}", attributes::text(instance, "name"));
    reading.attach(instance, to, PolicyRole::Boundary, DocumentRef::Managed(arn), name);
}

fn managed(instance: &Instance, to: (Kind, Reference), arn: Reference, reading: &mut Reading) {
    let name = format!("policy {}", arn.text);
    reading.attach(instance, to, PolicyRole::Identity, DocumentRef::Managed(arn), name);
}

pub(super) fn policy(instance: &Instance, reading: &mut Reading) {
    let Some(node) = instance.get("policy") else { return };
    let policy = reading.document(instance, node);
    reading.pieces.managed.push(ManagedPolicy {
        arn: attributes::text(instance, "arn"),
        name: format!("policy/{}", name(instance)),
        policy,
        provenance: Provenance::Written,
        span: instance.span,
        doubts: instance.doubts.clone(),
    });
}

pub(super) fn role_policy(instance: &Instance, reading: &mut Reading) {
    inline(instance, Kind::Role, "role", reading);
}

pub(super) fn user_policy(instance: &Instance, reading: &mut Reading) {
    inline(instance, Kind::User, "user", reading);
}

pub(super) fn group_policy(instance: &Instance, reading: &mut Reading) {
    inline(instance, Kind::Group, "group", reading);
}

fn inline(instance: &Instance, kind: Kind, target: &str, reading: &mut Reading) {
    let (Some(to), Some(node)) = (reading.reference(instance, target), instance.get("policy")) else {
        return;
    };
    let document = DocumentRef::Inline(reading.document(instance, node));
    reading.attach(instance, (kind, to), PolicyRole::Identity, document, name(instance));
}

pub(super) fn role_policy_attachment(instance: &Instance, reading: &mut Reading) {
    attachment(instance, Kind::Role, "role", reading);
}

pub(super) fn user_policy_attachment(instance: &Instance, reading: &mut Reading) {
    attachment(instance, Kind::User, "user", reading);
}

pub(super) fn group_policy_attachment(instance: &Instance, reading: &mut Reading) {
    attachment(instance, Kind::Group, "group", reading);
}

/// `aws_iam_policy_attachment`: one policy on lists of users, roles and groups
pub(super) fn policy_attachment(instance: &Instance, reading: &mut Reading) {
    for (kind, target) in [(Kind::User, "users"), (Kind::Role, "roles"), (Kind::Group, "groups")] {
        attachment(instance, kind, target, reading);
    }
}

fn attachment(instance: &Instance, kind: Kind, target: &str, reading: &mut Reading) {
    for to in nodes(&instance.body, target) {
        let (to, arn) = (reading.refer(to), reading.reference(instance, "policy_arn"));
        let Some(arn) = arn else { continue };
        managed(instance, (kind, to), arn, reading);
    }
}

pub(super) fn role_policy_attachments_exclusive(instance: &Instance, reading: &mut Reading) {
    exclusive(instance, Kind::Role, "role_name", reading);
}

pub(super) fn user_policy_attachments_exclusive(instance: &Instance, reading: &mut Reading) {
    exclusive(instance, Kind::User, "user_name", reading);
}

pub(super) fn group_policy_attachments_exclusive(instance: &Instance, reading: &mut Reading) {
    exclusive(instance, Kind::Group, "group_name", reading);
}

/// All managed policies of a carrier: they are attached, too. That there are no others is not taken for granted: what
/// else is attached stays until the next run \[`aws_iam_role_policy_attachments_exclusive`\]
fn exclusive(instance: &Instance, kind: Kind, target: &str, reading: &mut Reading) {
    let Some(to) = reading.reference(instance, target) else { return };
    for arn in nodes(&instance.body, "policy_arns") {
        let arn = reading.refer(arn);
        managed(instance, (kind, to.clone()), arn, reading);
    }
}

/// A role that a service made for itself; its trust and its policies are the service's own, and not in the input
pub(super) fn service_linked_role(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Role, "name", &["aws_service_name"]);
    let hole = Hole::input(format!("what the service gives {}", instance.address));
    for role in [PolicyRole::Identity, PolicyRole::Trust] {
        let to = (Kind::Role, Reading::itself(instance));
        let document = DocumentRef::Inline(Policy::unknown(&hole, instance.span));
        reading.attach(instance, to, role, document, hole.name().to_owned());
    }
}

pub(super) fn group_membership(instance: &Instance, reading: &mut Reading) {
    membership(instance, "users", "group", reading);
}

pub(super) fn user_group_membership(instance: &Instance, reading: &mut Reading) {
    membership(instance, "user", "groups", reading);
}

fn membership(instance: &Instance, users: &str, groups: &str, reading: &mut Reading) {
    for user in nodes(&instance.body, users) {
        for group in nodes(&instance.body, groups) {
            let (user, group) = (reading.refer(user), reading.refer(group));
            reading.pieces.memberships.push(Membership { user, group, doubts: instance.doubts.clone() });
        }
    }
}

pub(super) fn openid_connect_provider(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Provider, "url", &[]);
}

pub(super) fn saml_provider(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Provider, "name", &[]);
}
