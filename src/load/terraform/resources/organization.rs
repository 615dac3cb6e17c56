//! AWS Organizations: the tree of an organisation, its control policies and what they are attached to.
//!
//! Must not know: which accounts a policy limits (`world::build`).

use super::{Reading, nodes};
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::{Instance, Mode};
use crate::node::Node;
use crate::problem::{ProblemKind, Severity};
use crate::text::Text;
use crate::world::organization::{AttachedPolicy, ControlPolicy, Controls, Member, MemberKind};
use crate::world::pieces::Assumption;

/// The types of organisation policies that limit what requests may do; others set defaults, tags or backups
/// \[orgs_manage_policies\]
static CONTROLS: &[(&str, Controls)] =
    &[("SERVICE_CONTROL_POLICY", Controls::Principals), ("RESOURCE_CONTROL_POLICY", Controls::Resources)];

/// The organisation, made where its management account is
pub(super) fn organization(instance: &Instance, reading: &mut Reading) {
    root(instance, Some(instance.ambient.account.clone()), reading);
}

/// The organisation as a data source finds it, also from a member account
pub(super) fn look_up(instance: &Instance, reading: &mut Reading) {
    if instance.mode == Mode::Data && instance.kind == "aws_organizations_organization" {
        let node = instance.get("master_account_id").and_then(Node::as_text);
        root(instance, node, reading);
    }
}

fn root(instance: &Instance, management: Option<Text>, reading: &mut Reading) {
    let written = nodes(&instance.body, "roots.id").into_iter().next().and_then(Node::as_text);
    let id = written.unwrap_or_else(|| attributes::text(instance, "root_id"));
    member(instance, MemberKind::Root, id, management, reading);
}

pub(super) fn unit(instance: &Instance, reading: &mut Reading) {
    member(instance, MemberKind::Unit, attributes::text(instance, "id"), None, reading);
}

pub(super) fn account(instance: &Instance, reading: &mut Reading) {
    member(instance, MemberKind::Account, attributes::text(instance, "id"), None, reading);
}

fn member(instance: &Instance, kind: MemberKind, id: Text, management: Option<Text>, reading: &mut Reading) {
    let parent = reading.reference(instance, "parent_id");
    let (span, doubts) = (instance.span, instance.doubts.clone());
    reading.pieces.organization.members.push(Member { kind, id, parent, management, span, doubts });
}

pub(super) fn policy(instance: &Instance, reading: &mut Reading) {
    let kind = instance.get("type").and_then(Node::as_text);
    let mut doubts = instance.doubts.clone();
    let controls = match kind.as_ref().map(Text::as_literal) {
        None => Controls::Principals,
        Some(None) => {
            let what = format!("the type of {}", instance.address);
            doubts.push(Cause::at(CauseKind::Hole, what, instance.span));
            Controls::Either
        }
        Some(Some(name)) => match CONTROLS.iter().find(|(known, _)| *known == name) {
            Some((_, controls)) => *controls,
            None => {
                reading.pieces.organization.idle.push(attributes::text(instance, "id"));
                let text = format!("{} is a {name}, which limits no request", instance.address);
                reading.pieces.assumptions.push(Assumption { text, span: Some(instance.span) });
                return;
            }
        },
    };
    let Some(content) = instance.get("content") else { return };
    let policy = reading.document(instance, content);
    let name = match instance.get("name").and_then(Node::as_text) {
        Some(name) if name.as_literal().is_some() => name.to_string(),
        _ => instance.address.clone(),
    };
    reading.pieces.organization.policies.push(ControlPolicy {
        controls,
        id: attributes::text(instance, "id"),
        name,
        policy,
        doubts,
    });
}

pub(super) fn policy_attachment(instance: &Instance, reading: &mut Reading) {
    let (Some(policy), Some(target)) =
        (reading.reference(instance, "policy_id"), reading.reference(instance, "target_id"))
    else {
        let message = format!("{} attaches a policy, and does not say which or to what", instance.address);
        reading.problems.at(ProblemKind::NotUnderstood, Severity::Partly, message, instance.span);
        return;
    };
    let doubts = instance.doubts.clone();
    reading.pieces.organization.attached.push(AttachedPolicy { policy, target, doubts });
}
