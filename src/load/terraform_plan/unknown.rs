//! What the unknown values of a plan are, as far as the references of the configuration tell.
//!
//! An attribute that AWS makes reads the way the table of attributes says, so that references join as in raw Terraform.
//! A reference to it is its value; what a template writes around it is lost in plans and stays a hole, but for
//! arguments that name one thing whole. Anything else is a hole of its own: it may be anything.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::load::terraform::attributes;
use crate::load::terraform::instance::{Instance, Mode};
use crate::load::terraform::policy_document;
use crate::load::terraform_json::{base, entries, items};
use crate::node::{Key, Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Piece, Shape, Text};

use super::Planned;
use super::expressions::{Scope, is_expression, may_be, references, resource_start, step};
use super::hidden;

/// How many references a value may lead through
const DEPTH: usize = 48;

/// How many parts of one value are looked up
const MOST: usize = 2000;
/// How many bytes of values references may copy, in all
const WORK: usize = 1 << 26;

/// Arguments that name one thing, so that nothing is written around a reference; in order
static NAMES: &[&str] = &[
    "api_id",
    "arn",
    "authorizer_uri",
    "bucket",
    "credentials_arn",
    "destination_arn",
    "endpoint",
    "event_bus_name",
    "event_source_arn",
    "function_name",
    "group",
    "groups",
    "identifiers",
    "integration_uri",
    "key_id",
    "kms_key_arn",
    "kms_key_id",
    "lambda_arn",
    "lambda_function_arn",
    "layers",
    "log_group_name",
    "managed_policy_arns",
    "name",
    "permissions_boundary",
    "policy_arn",
    "queue_url",
    "resource_arn",
    "rest_api_id",
    "role",
    "role_arn",
    "roles",
    "rule",
    "secret_arn",
    "secret_id",
    "target_group_arn",
    "target_id",
    "topic_arn",
    "uri",
    "user",
    "users",
];

/// Attributes that the provider fills where the configuration does not write them; in order
static FILLED: &[&str] = &[
    "bucket_prefix",
    "function_name_prefix",
    "inline_policy",
    "managed_policy_arns",
    "name_prefix",
    "policy",
    "statement_id_prefix",
];

/// A resource on its way to what is known of it
#[derive(Clone, Debug)]
enum Slot {
    Busy,
    Done(Rc<Instance>),
}

/// The resources of a plan, each finished once
pub(super) struct Resolver<'n> {
    tree: &'n Node,
    planned: BTreeMap<String, Planned<'n>>,
    slots: RefCell<BTreeMap<String, Slot>>,
    depth: Cell<usize>,
    notes: RefCell<BTreeSet<&'static str>>,
    problems: RefCell<Problems>,
    documents: RefCell<BTreeMap<String, Node>>,
    work: Cell<usize>,
    /// By module, what something reads that the plan does not show
    hidden: BTreeMap<String, String>,
}

/// Whose value it is
struct Owner<'p> {
    address: &'p str,
    scope: &'p Scope,
    span: Span,
}

impl<'n> Resolver<'n> {
    pub(super) fn new(tree: &'n Node, planned: BTreeMap<String, Planned<'n>>) -> Self {
        Self {
            hidden: hidden::readings(tree, &planned),
            tree,
            planned,
            slots: RefCell::default(),
            depth: Cell::new(0),
            notes: RefCell::default(),
            problems: RefCell::default(),
            documents: RefCell::default(),
            work: Cell::new(WORK),
        }
    }

    /// Every resource with what is known of it, in the order of addresses
    pub(super) fn instances(&self) -> Vec<Instance> {
        self.planned.keys().filter_map(|address| self.finished(address)).map(|one| (*one).clone()).collect()
    }

    /// What went wrong on the way
    pub(super) fn problems(&self) -> Problems {
        self.problems.take()
    }

    /// What was taken for granted
    pub(super) fn assumptions(&self) -> Vec<String> {
        self.notes.borrow().iter().map(|note| (*note).to_owned()).collect()
    }

    /// A resource with its unknown values looked up; where it needs itself, with what is known
    fn finished(&self, address: &str) -> Option<Rc<Instance>> {
        let planned = self.planned.get(address)?;
        match self.slots.borrow().get(address) {
            Some(Slot::Done(instance)) => return Some(Rc::clone(instance)),
            Some(Slot::Busy) => return Some(Rc::clone(&planned.instance)),
            None => {}
        }
        let Some(unknown) = planned.unknown.filter(|_| self.depth.get() < DEPTH) else {
            return Some(Rc::clone(&planned.instance));
        };
        self.slots.borrow_mut().insert(address.to_owned(), Slot::Busy);
        self.depth.set(self.depth.get() + 1);
        let instance = Rc::new(self.fill(planned, unknown));
        self.depth.set(self.depth.get() - 1);
        self.slots.borrow_mut().insert(address.to_owned(), Slot::Done(Rc::clone(&instance)));
        Some(instance)
    }

    fn fill(&self, planned: &Planned<'_>, unknown: &Node) -> Instance {
        let mut instance = (*planned.instance).clone();
        let owner = Owner { address: &instance.address, scope: &planned.scope, span: instance.span };
        let expressions = planned.block.and_then(|block| block.get("expressions"));
        let mut body = entries(Some(&instance.body)).to_vec();
        if entries(Some(unknown)).len() > MOST {
            let what = format!("{} has more than {MOST} unknown attributes", instance.address);
            self.problems
                .borrow_mut()
                .at(ProblemKind::Limit, Severity::Broken, what, instance.span)
                .help("none of them was read");
            return instance;
        }
        for (key, unknown) in entries(Some(unknown)) {
            let Some(name) = key.text.as_literal() else { continue };
            let expression = expressions.and_then(|all| all.get(name));
            let made = attributes::computed(&planned.instance, name).is_some();
            let filled = FILLED.binary_search(&name).is_ok();
            // Nobody wrote it: it is the part that AWS makes, as in raw Terraform.
            if unknown.value == Value::Bool(true) && expression.is_none() && expressions.is_some() {
                if name == "inline_policy" {
                    if let Some(block) = self.dynamic(&instance.address, name, instance.span) {
                        body.push((key.clone(), Node::new(Value::List(vec![block]), instance.span)));
                        continue;
                    }
                    self.notes.borrow_mut().insert(
                        "no dynamic `inline_policy` block: a plan does not show one whose number is unknown",
                    );
                }
                if made || filled {
                    continue;
                }
            }
            if unknown.value == Value::Bool(true) && expressions.is_none() && made {
                continue;
            }
            let after = planned.after.get(name);
            let value = self.value(&owner, name, name, after, unknown, expression);
            if let Some(value) = value {
                body.retain(|(known, _)| known.text.as_literal() != Some(name));
                body.push((key.clone(), crate::load::terraform_json::written(&value)));
            }
        }
        instance.body.value = Value::Map(body);
        instance
    }

    /// A block that stands for any number of them, where something in the module reads what may be that number
    fn dynamic(&self, address: &str, name: &str, span: Span) -> Option<Node> {
        let module = base(address.get(..resource_start(address)).unwrap_or_default());
        let read = self.hidden.get(&module)?;
        let hole =
            Hole::input(format!("{address}.{name}: something that the plan does not show reads {read}"));
        Some(Node::new(Value::Unknown(hole), span))
    }

    /// A value with its unknown parts looked up; `None` where nothing is there
    fn value(
        &self,
        owner: &Owner<'_>,
        argument: &str,
        path: &str,
        after: Option<&Node>,
        unknown: &Node,
        expression: Option<&Node>,
    ) -> Option<Node> {
        match &unknown.value {
            Value::Bool(true) => Some(self.unknown(owner, argument, path, expression)),
            Value::Map(parts) if parts.len() > MOST => Some(self.unknown(owner, argument, path, None)),
            Value::Map(parts) => {
                let mut out: Vec<(Key, Node)> = entries(after).to_vec();
                for (key, unknown) in parts {
                    let Some(name) = key.text.as_literal() else { continue };
                    let inner = match expression {
                        Some(whole) if is_expression(whole) && !entries(Some(whole)).is_empty() => {
                            Some(whole)
                        }
                        Some(block) => block.get(name),
                        None => None,
                    };
                    // The block is written and this argument is not: the provider fills it.
                    let unwritten = inner.is_none() && expression.is_some();
                    if unknown.value == Value::Bool(true) && unwritten {
                        continue;
                    }
                    let known = after.and_then(|after| after.get(name));
                    let path = format!("{path}.{name}");
                    if let Some(value) = self.value(owner, name, &path, known, unknown, inner) {
                        out.retain(|(key, _)| key.text.as_literal() != Some(name));
                        out.push((key.clone(), value));
                    }
                }
                let span = after.map_or(owner.span, |node| node.span);
                (after.is_some() || !out.is_empty()).then(|| Node::new(Value::Map(out), span))
            }
            Value::List(parts) => {
                let known = items(after);
                let count = parts.len().max(known.len());
                let mut out = Vec::new();
                for at in 0..count {
                    let after = known.get(at);
                    let value = match parts.get(at) {
                        Some(unknown) => {
                            let inner = expression.and_then(|all| of_item(all, argument, (at, count), after));
                            self.value(owner, argument, &format!("{path}[{at}]"), after, unknown, inner)
                        }
                        None => after.cloned(),
                    };
                    out.extend(value);
                }
                let span = after.map_or(owner.span, |node| node.span);
                (after.is_some() || !out.is_empty()).then(|| Node::new(Value::List(out), span))
            }
            Value::Null | Value::Bool(false) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {
                after.cloned()
            }
        }
    }

    /// What stands for an unknown value
    fn unknown(&self, owner: &Owner<'_>, argument: &str, path: &str, expression: Option<&Node>) -> Node {
        let name = format!("{}.{path}", owner.address);
        let hole = || Node::new(Value::Unknown(Hole::input(name.as_str())), owner.span);
        let Some(expression) = expression.filter(|node| is_expression(node)) else { return hole() };
        let refers = references(expression);
        let [only] = refers.as_slice() else { return hole() };
        let Some(mut node) = self.resolve(only, owner.scope, 0) else { return hole() };
        let text = node.as_text().filter(|text| !text.is_empty());
        // Nothing is written around a document.
        let is_json = |text: &Text| text.strip_prefix("{").is_some() && text.strip_suffix("}").is_some();
        let document = argument.contains("policy") && text.as_ref().is_some_and(is_json);
        if document || NAMES.binary_search(&argument).is_ok() {
            if !document {
                self.notes.borrow_mut().insert(
                    "an unknown argument that names one thing and refers to one attribute is that attribute: a plan \
                     does not show what is written around a reference",
                );
                node.span = owner.span;
            }
            return node;
        }
        let Some(text) = text else { return hole() };
        // A route's target is always of this form \[aws_apigatewayv2_route\].
        if argument == "target" && only.ends_with(".id") {
            return Node::text(Text::from("integrations/").with(text), owner.span);
        }
        if argument.contains("policy") {
            return hole();
        }
        let rest = |what: &str| Hole::new(format!("{what} {only} in {name}"), HoleKind::Input, Shape::Any);
        let arn = text.strip_prefix("arn:").is_some();
        let before = if arn { Text::new() } else { Text::from(rest("what is before")) };
        Node::text(before.with(text).with(rest("what follows")), owner.span)
    }

    /// The value that a reference leads to
    fn resolve(&self, reference: &str, scope: &Scope, depth: usize) -> Option<Node> {
        if depth > DEPTH {
            return None;
        }
        let (head, _, rest) = step(reference);
        let rest = rest.strip_prefix('.')?;
        match head {
            "var" => {
                let (name, index, more) = step(rest);
                (index.is_empty() && more.is_empty()).then(|| self.variable(name, scope, depth))?
            }
            "local" | "each" | "count" | "path" | "self" | "terraform" => None,
            "module" => {
                let (name, index, more) = step(rest);
                let (output, key, more) = step(more.strip_prefix('.')?);
                if !key.is_empty() || !more.is_empty() {
                    return None;
                }
                let below = scope.below(name, index);
                let expression = below.module(self.tree)?.get("outputs")?.get(output)?.get("expression")?;
                self.expression(expression, &below, depth + 1)
            }
            "data" => {
                let (kind, _, more) = step(rest);
                self.of_resource(&format!("data.{kind}"), more, scope)
            }
            kind => self.of_resource(kind, &format!(".{rest}"), scope),
        }
    }

    fn of_resource(&self, kind: &str, rest: &str, scope: &Scope) -> Option<Node> {
        let (name, index, more) = step(rest.strip_prefix('.')?);
        let (attribute, key, more) = step(more.strip_prefix('.')?);
        if !key.is_empty() || !more.is_empty() {
            return None;
        }
        self.attribute(&format!("{}{kind}.{name}{index}", scope.prefix()), attribute)
    }

    fn variable(&self, name: &str, scope: &Scope, depth: usize) -> Option<Node> {
        match scope.call(self.tree) {
            Some((above, call)) => match call.get("expressions").and_then(|all| all.get(name)) {
                Some(expression) => self.expression(expression, &above, depth + 1),
                None => call.get("module")?.get("variables")?.get(name)?.get("default").cloned(),
            },
            None => self.tree.get("variables")?.get(name)?.get("value").cloned(),
        }
    }

    fn expression(&self, expression: &Node, scope: &Scope, depth: usize) -> Option<Node> {
        if let Some(constant) = expression.get("constant_value") {
            return Some(constant.clone());
        }
        let refers = references(expression);
        let [only] = refers.as_slice() else { return None };
        self.resolve(only, scope, depth)
    }

    /// A copy of a value, while there is work left
    fn spend(&self, node: &Node) -> Option<Node> {
        let left = self.work.get();
        let spent = weight(node);
        if left > 0 && spent >= left {
            let what = "the references of this plan copy more than gatecrash spends on one";
            self.problems
                .borrow_mut()
                .at(ProblemKind::Limit, Severity::Partly, what, node.span)
                .help("values that rest on further references are unknown");
        }
        self.work.set(left.saturating_sub(spent));
        (left > 0).then(|| node.clone())
    }

    /// An attribute of a resource: known, looked up, or the part that AWS makes
    fn attribute(&self, address: &str, attribute: &str) -> Option<Node> {
        let instance = self.finished(address)?;
        let document = instance.kind == "aws_iam_policy_document" && instance.mode == Mode::Data;
        if let Some(known) = instance.get(attribute) {
            return self.spend(known);
        }
        if document && matches!(attribute, "json" | "minified_json") {
            if let Some(known) = self.documents.borrow().get(address) {
                return self.spend(known);
            }
            let (node, problems) = policy_document::json(&instance);
            self.problems.borrow_mut().append(problems);
            self.documents.borrow_mut().insert(address.to_owned(), node.clone());
            return self.spend(&node);
        }
        attributes::computed(&instance, attribute).or_else(|| {
            let kind = match instance.mode {
                Mode::Managed => HoleKind::Generated,
                Mode::Data => HoleKind::Input,
            };
            let hole = Hole::new(format!("{address}.{attribute}"), kind, Shape::Any);
            Some(Node::new(Value::Unknown(hole), instance.span))
        })
    }
}

/// How many bytes a value has, roughly
fn weight(node: &Node) -> usize {
    match &node.value {
        Value::Text(text) => {
            let piece = |piece: &Piece| match piece {
                Piece::Lit(text) => text.len(),
                Piece::Hole(_) => 16,
            };
            64 + text.pieces().iter().map(piece).sum::<usize>()
        }
        Value::List(items) => 64 + items.iter().map(weight).sum::<usize>(),
        Value::Map(entries) => 64 + entries.iter().map(|(_, node)| 64 + weight(node)).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => 64,
    }
}

/// What the configuration writes for one item of a list: sets are not in the order they were written in
fn of_item<'e>(
    all: &'e Node,
    argument: &str,
    (at, count): (usize, usize),
    after: Option<&Node>,
) -> Option<&'e Node> {
    let Value::List(blocks) = &all.value else { return Some(all) };
    // Fewer blocks than items: some are dynamic, and a plan does not say which.
    if blocks.len() != count || count > MOST {
        return None;
    }
    if argument == "statement" || count == 1 {
        return blocks.get(at);
    }
    let mut fitting = blocks.iter().filter(|block| after.is_some_and(|after| may_be(block, after)));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) | (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order() {
        assert!(NAMES.is_sorted());
        assert!(FILLED.is_sorted());
    }
}
