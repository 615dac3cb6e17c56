//! CloudFormation stacks: what their templates make is not read.

use super::Reading;
use crate::load::terraform::instance::Instance;
use crate::problem::{ProblemKind, Severity};

/// Resource types that make whatever a template says, and the arguments that say it
static STACKS: &[(&str, &[&str])] = &[
    ("aws_cloudformation_stack", &["template_body", "template_url"]),
    ("aws_cloudformation_stack_set", &["template_body", "template_url"]),
    ("aws_serverlessapplicationrepository_cloudformation_stack", &["application_id"]),
];

/// Names a stack: what it makes is in no answer, and what it gives out may be anything
pub(super) fn tell(instance: &Instance, reading: &mut Reading) {
    let Some((_, arguments)) = STACKS.iter().find(|(kind, _)| *kind == instance.kind) else { return };
    let span = arguments.iter().find_map(|name| instance.get(name)).map_or(instance.span, |node| node.span);
    let message = format!("what {} makes is not read", instance.address);
    reading
        .problems
        .at(ProblemKind::NotModelled, Severity::Partly, message, span)
        .help("roles, policies and functions of its template are in no answer; what reads its outputs is conditional");
}
