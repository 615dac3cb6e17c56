//! `aws_cloudwatch_event_permission`: one statement of an event bus's policy, in arguments \[API_PutPermission\].

use super::chains;
use super::function_policy::{condition, principals, statement};
use super::{Reading, nodes, shown};
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::policy::{Clause, Condition, Effect, Entry, Statement};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{DocumentRef, PolicyRole};

pub(super) fn read(instance: &Instance, reading: &mut Reading) {
    let bus = chains::bus(instance);
    let unknown = |name: &str| Text::from(Hole::input(format!("{}.{name}", instance.address)));
    let argument = |name: &str| {
        let node = instance.get(name)?;
        let text = node.as_text().unwrap_or_else(|| unknown(name));
        Some(Entry { text, span: node.span }).filter(|entry| !entry.text.is_empty())
    };
    let or_unknown =
        |name: &str| argument(name).unwrap_or_else(|| Entry { text: unknown(name), span: instance.span });
    let principal = or_unknown("principal");
    // The provider's default.
    let put = || Entry { text: Text::from("events:PutEvents"), span: instance.span };
    let action = argument("action").unwrap_or_else(put);
    let resource = Entry { text: bus.text.clone(), span: bus.span };
    let policy = statement(
        instance.span,
        Statement {
            index: 0,
            sid: argument("statement_id").map(|sid| sid.text),
            effect: Effect::Allow,
            principal: Clause::Is(principals(principal.text, principal.span)),
            action: Clause::Is(vec![action]),
            resource: Clause::Is(vec![resource]),
            condition: nodes(&instance.body, "condition")
                .into_iter()
                .map(|one| narrowed(one, unknown))
                .collect(),
            unread: Vec::new(),
            span: instance.span,
        },
    );
    reading.count_policy(&policy);
    let (role, name) = (PolicyRole::Resource { qualifier: None }, shown(Kind::Bus, &bus.text));
    reading.attach(instance, (Kind::Bus, bus), role, DocumentRef::Inline(policy), name);
}

/// A block `condition`; one of which nothing is known narrows to something that is not known
fn narrowed(block: &Node, unknown: impl Fn(&str) -> Text) -> Condition {
    let argument = |name: &str| {
        let text = block.get(name).and_then(Node::as_text);
        text.unwrap_or_else(|| unknown(&format!("condition.{name}")))
    };
    let value = Entry { text: argument("value"), span: block.span };
    condition(&argument("type"), argument("key"), value)
}
