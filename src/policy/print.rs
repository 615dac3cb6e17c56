//! From a policy back to a tree of values: parsing what this prints gives the policy again.
//!
//! Lists of one are printed as one string. A part that was not understood is printed as an element whose name is the
//! sentence that says so, which no reader takes for something it knows. Two conditions of one operator on one key have
//! no form of their own in the language: they are printed one after the other, and a reader sees the last.

use super::{Clause, Condition, Effect, Entry, Policy, Principals, Statement, Unread, Version};
use crate::node::{Key, Node, Value};
use crate::source::Span;
use crate::text::Text;

/// The elements of a statement
static ELEMENTS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The document as a tree of values, holes kept
#[must_use]
pub fn policy(policy: &Policy) -> Node {
    let mut out = Map::new(policy.span);
    match &policy.version {
        Version::V2012 => out.text("Version", &"2012-10-17".into()),
        Version::V2008 { written: true } => out.text("Version", &"2008-10-17".into()),
        Version::V2008 { written: false } => {}
        Version::Unknown(text) => out.text("Version", text),
    }
    if let Some(id) = &policy.id {
        out.text("Id", id);
    }
    let statements = policy.statements.iter().map(statement).collect();
    out.push("Statement", Node::new(Value::List(statements), policy.span));
    out.into_node()
}

/// A statement as a tree of values, holes kept
#[must_use]
pub fn statement(statement: &Statement) -> Node {
    let mut out = Map::new(statement.span);
    if let Some(sid) = &statement.sid {
        out.text("Sid", sid);
    }
    match &statement.effect {
        Effect::Allow => out.text("Effect", &"Allow".into()),
        Effect::Deny => out.text("Effect", &"Deny".into()),
        Effect::Unknown(hole) => out.push("Effect", Node::new(Value::Unknown(hole.clone()), statement.span)),
    }
    match &statement.principal {
        Clause::Is(principals) => out.push("Principal", principal(principals, statement.span)),
        Clause::Not(principals) => out.push("NotPrincipal", principal(principals, statement.span)),
        Clause::Absent => {}
    }
    for (name, negated, clause) in
        [("Action", "NotAction", &statement.action), ("Resource", "NotResource", &statement.resource)]
    {
        match clause {
            Clause::Is(entries) => out.push(name, texts(entries, statement.span)),
            Clause::Not(entries) => out.push(negated, texts(entries, statement.span)),
            Clause::Absent => {}
        }
    }
    if !statement.condition.is_empty() {
        out.push("Condition", conditions(&statement.condition, statement.span));
    }
    for Unread { what, hole, span } in &statement.unread {
        let value = hole.clone().map_or(Value::Null, Value::Unknown);
        out.0.push((Key { text: unread(what), span: *span }, Node::new(value, *span)));
    }
    out.into_node()
}

/// The element's own name where it has one that means nothing else, else a sentence: no element has a space
fn unread(what: &str) -> Text {
    let element = what.strip_prefix("element `").and_then(|rest| rest.strip_suffix('`'));
    match element {
        Some(name) if !name.is_empty() && !name.contains(' ') && !ELEMENTS.contains(&name) => name.into(),
        _ if what.contains(' ') => what.into(),
        _ => format!("element `{what}`").into(),
    }
}

fn principal(principals: &Principals, span: Span) -> Node {
    let named = match principals {
        Principals::Everyone(span) => return Node::text("*", *span),
        Principals::Listed(named) => named,
    };
    let mut lists: Vec<(Text, Vec<Entry>)> = Vec::new();
    for one in named {
        let name = one.kind.name();
        let entry = Entry { text: one.text.clone(), span: one.span };
        match lists.iter_mut().find(|(list, _)| *list == name) {
            Some((_, entries)) => entries.push(entry),
            None => lists.push((name, vec![entry])),
        }
    }
    let mut out = Map::new(span);
    for (name, entries) in lists {
        out.push(name, texts(&entries, span));
    }
    out.into_node()
}

fn conditions(conditions: &[Condition], span: Span) -> Node {
    let mut blocks: Vec<(Text, Map)> = Vec::new();
    for condition in conditions {
        let name = condition.operator.name();
        let at = blocks.iter().position(|(block, _)| *block == name).unwrap_or_else(|| {
            blocks.push((name, Map::new(condition.span)));
            blocks.len() - 1
        });
        if let Some((_, block)) = blocks.get_mut(at) {
            let key = Key { text: condition.key.clone(), span: condition.span };
            block.0.push((key, texts(&condition.values, condition.span)));
        }
    }
    let mut out = Map::new(span);
    for (name, block) in blocks {
        out.push(name, block.into_node());
    }
    out.into_node()
}

fn texts(entries: &[Entry], span: Span) -> Node {
    match entries {
        [entry] => Node::text(entry.text.clone(), entry.span),
        entries => {
            let list = entries.iter().map(|entry| Node::text(entry.text.clone(), entry.span)).collect();
            Node::new(Value::List(list), span)
        }
    }
}

/// The entries of a map, and where it stands
struct Map(Vec<(Key, Node)>, Span);

impl Map {
    fn new(span: Span) -> Self {
        Self(Vec::new(), span)
    }

    fn push(&mut self, name: impl Into<Text>, node: Node) {
        self.0.push((Key { text: name.into(), span: node.span }, node));
    }

    fn text(&mut self, name: &str, text: &Text) {
        self.push(name, Node::text(text.clone(), self.1));
    }

    fn into_node(self) -> Node {
        Node::new(Value::Map(self.0), self.1)
    }
}
