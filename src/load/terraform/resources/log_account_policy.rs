//! `aws_cloudwatch_log_account_policy`: a subscription filter of every log group that an account has in a region
//! \[SubscriptionFilters-AccountLevel\].
//!
//! Must not know: who may write to a log group.

use super::{Reading, chains, document, triggers};
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::problem::{ProblemKind, Severity};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Need, Reference, Wire};

/// The type of policy that subscribes
const SUBSCRIPTION: &str = "SUBSCRIPTION_FILTER_POLICY";

/// How a criterion begins that leaves out log groups by name
const BUT: &str = "LogGroupName NOT IN";

pub(super) fn read(instance: &Instance, reading: &mut Reading) {
    let text = |name: &str| instance.get(name).and_then(Node::as_text);
    if text("policy_type").is_some_and(|kind| kind.as_literal().is_some_and(|kind| kind != SUBSCRIPTION)) {
        return;
    }
    let policy = instance.get("policy_document").and_then(document::read);
    let Some(destination) = policy.as_ref().and_then(|policy| policy.get("DestinationArn")) else {
        let message =
            format!("{} has a `policy_document` that names no destination known here", instance.address);
        reading.problems.at(ProblemKind::NotModelled, Severity::Partly, message, instance.span);
        return;
    };
    let role = policy.as_ref().and_then(|policy| policy.get("RoleArn")).map(|role| reading.refer(role));
    let to = chains::kinds_of(instance, destination);
    let target = reading.refer(destination);
    for (source, doubts) in subscribed(instance, text("selection_criteria"), reading) {
        let (edge, kind, need) = ("logs.sub", Kind::LogGroup, Need::Anything);
        if triggers::may_be_function(destination) {
            let (source, function) = (source.clone(), target.clone());
            let wire = Wire::Trigger { edge, kind, source, function, role: None, part: Text::new() };
            reading.wire_in_doubt(instance, wire, doubts.clone());
        }
        for to in to.iter().copied() {
            let (source, target, role, need) = (source.clone(), target.clone(), role.clone(), need.clone());
            let wire = Wire::Forward { from: kind, source, to, target, role, need };
            reading.wire_in_doubt(instance, wire, doubts.clone());
        }
    }
}

/// The log groups of the policy's account and region, each with the doubts; where the input declares none, some that it
/// does not
fn subscribed(
    instance: &Instance,
    criteria: Option<Text>,
    reading: &Reading,
) -> Vec<(Reference, Vec<Cause>)> {
    let criteria = criteria.filter(|text| !text.is_empty());
    let is_left_out = |name: &Text| {
        let criteria = criteria.as_ref().and_then(Text::as_literal).filter(|text| text.starts_with(BUT));
        criteria.zip(name.as_literal()).is_some_and(|(text, name)| text.contains(&format!("\"{name}\"")))
    };
    let doubts = match &criteria {
        Some(text) if text.as_literal().is_none_or(|text| !text.starts_with(BUT)) => {
            let what = format!("which log groups `{text}` selects");
            vec![Cause::at(CauseKind::NotModelled, what, instance.span)]
        }
        Some(_) | None => Vec::new(),
    };
    let here = (&instance.ambient.region, &instance.ambient.account);
    let declared =
        reading.overview.log_groups.iter().filter(|(region, account, _)| (region, account) == here);
    let reference = |text: Text| (Reference { text, span: instance.span }, doubts.clone());
    let names = declared.map(|(_, _, name)| name).filter(|name| !is_left_out(name));
    let mut groups: Vec<_> = names.cloned().map(reference).collect();
    if groups.is_empty() {
        groups.push(reference(Text::from(Hole::input(format!("a log group of {}", instance.address)))));
    }
    groups
}
