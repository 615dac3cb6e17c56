//! Partial evaluation of Terraform expressions: what can be decided is, and the rest stays a hole in its place.
//!
//! Knows: the operators, traversals and `for` \[language/expressions\]. Must not know: modules, resources, or what a
//! name stands for ([`Names`] does). A list, map or template with one unknown part keeps the other parts.

use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Expression, ForExpr, ObjectKey, TraversalOperator, UnaryOperator};

use crate::load::fs::Refusal;
use crate::load::terraform::notes::{Notes, describe, is_rest};
use crate::load::terraform::syntax::Place;
use crate::load::terraform::{compare, functions, template};
use crate::node::{Key, Node, Value};
use crate::source::{FileId, Span};
use crate::text::{Hole, HoleKind, Shape, Text};

/// What the names in an expression stand for
pub(super) trait Names {
    /// What `root` followed by these steps is, and how many of the steps were used up
    fn find(&self, root: &str, steps: &[Step<'_>], span: Span) -> (Rc<Node>, usize);
    /// An attribute of what a map with an unknown key stands for: a whole resource
    fn attribute(&self, of: &Hole, name: &str, span: Span) -> Option<Node>;
    /// A text file that the configuration reads
    fn file(&self, path: &str, span: Span) -> Option<(FileId, Arc<str>)>;
    /// The bytes of a file that the configuration asks about
    ///
    /// # Errors
    ///
    /// It is not there, or may not be read.
    fn bytes(&self, path: &str) -> Result<Vec<u8>, Refusal>;
    /// The paths of all files below a folder
    ///
    /// # Errors
    ///
    /// It may not be listed.
    fn tree(&self, path: &str) -> Result<Vec<String>, Refusal>;
    /// The text that stands at a place
    fn source(&self, span: Span) -> String;
    /// Where to note what happens
    fn notes(&self) -> &Notes;
}

/// One step into a value
#[derive(Clone, Debug)]
pub(super) enum Step<'e> {
    /// `.name`
    Attribute(&'e str, Span),
    /// `[key]`
    Index(Node),
    /// `.*`
    AttributeSplat,
    /// `[*]`
    Splat,
}

/// A name that a `for`, a `count` or a dynamic block binds
#[derive(Clone, Copy)]
pub(super) struct Bound<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a Node,
    pub(super) outer: Option<&'a Self>,
}

/// Where an expression is evaluated
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) names: &'a dyn Names,
    pub(super) place: Place,
    pub(super) bound: Option<&'a Bound<'a>>,
}

impl<'a> Scope<'a> {
    /// The same scope with one more name
    pub(super) fn bind<'b>(&self, bound: &'b Bound<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { names: self.names, place: self.place, bound: Some(bound) }
    }

    pub(super) fn notes(&self) -> &'a Notes {
        self.names.notes()
    }

    pub(super) fn span(&self, of: &Expression) -> Span {
        self.place.span(of.span())
    }

    /// A value that cannot be decided; equal names mean equal values, so a name too long to show is made unique
    pub(super) fn unknown(&self, name: &str, span: Span) -> Node {
        Node::new(Value::Unknown(self.notes().hole(name, HoleKind::Input, Shape::Any)), span)
    }

    /// The value of an expression, as far as it can be decided
    pub(super) fn eval(&self, expression: &Expression) -> Node {
        let span = self.span(expression);
        let Some(_level) = self.notes().enter(1, span) else {
            return Node::new(Value::Unknown(self.notes().fresh("beyond a limit")), span);
        };
        let node = |value| Node::new(value, span);
        match expression {
            Expression::Null(_) => node(Value::Null),
            Expression::Bool(value) => node(Value::Bool(*value.value())),
            Expression::Number(number) => {
                let written = number.as_repr().map(|repr| repr.to_string());
                node(Value::Number(written.unwrap_or_else(|| number.value().to_string())))
            }
            Expression::String(text) => node(Value::Text(Text::from(text.value().as_str()))),
            Expression::Array(items) => node(Value::List(items.iter().map(|item| self.eval(item)).collect())),
            Expression::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| (self.key(key), self.eval(value.expr())));
                let mut known: Vec<(Key, Node)> = Vec::new();
                for entry in entries {
                    self.overlay(&mut known, &entry.0);
                    compare::insert(&mut known, entry);
                }
                node(Value::Map(known))
            }
            Expression::StringTemplate(template) => template::quoted(self, template, span),
            Expression::HeredocTemplate(heredoc) => template::heredoc(self, heredoc, span),
            Expression::Parenthesis(inner) => self.eval(inner.inner()),
            Expression::Variable(name) => self.name(name.as_str(), &[], span),
            Expression::Traversal(traversal) => {
                let steps: Vec<Step<'_>> =
                    traversal.operators.iter().map(|op| self.step(op.value())).collect();
                if let Expression::Variable(name) = &traversal.expr {
                    self.name(name.as_str(), &steps, span)
                } else {
                    self.walk(self.eval(&traversal.expr), &steps, span)
                }
            }
            Expression::Conditional(conditional) => {
                let condition = self.eval(&conditional.cond_expr);
                match compare::truth(&condition) {
                    Some(true) => self.eval(&conditional.true_expr),
                    Some(false) => self.eval(&conditional.false_expr),
                    None => {
                        // A branch that fails only where it is not taken is no fault.
                        let branch = |of| self.notes().attempt(|| self.eval(of)).0;
                        let (yes, no) = (branch(&conditional.true_expr), branch(&conditional.false_expr));
                        if compare::same(&yes, &no) == Some(true) {
                            return yes;
                        }
                        let name =
                            format!("{} ? {} : {}", describe(&condition), describe(&yes), describe(&no));
                        if let (Value::List(yes), Value::List(no)) = (&yes.value, &no.value) {
                            return self.either(yes, no, &name, span);
                        }
                        self.unknown(&name, span)
                    }
                }
            }
            Expression::FuncCall(call) => functions::call(self, call, span),
            Expression::UnaryOp(unary) => {
                let value = self.eval(&unary.expr);
                match unary.operator.value() {
                    UnaryOperator::Not => match compare::truth(&value) {
                        Some(truth) => node(Value::Bool(!truth)),
                        None => self.unknown(&format!("!({})", describe(&value)), span),
                    },
                    UnaryOperator::Neg => match compare::number(&value) {
                        Some(number) => node(Value::Number(compare::digits(-number))),
                        None => self.unknown(&format!("-({})", describe(&value)), span),
                    },
                }
            }
            Expression::BinaryOp(binary) => {
                let left = self.eval(&binary.lhs_expr);
                let operator = *binary.operator.value();
                // Whatever the other side is: it may fail only because it is not taken.
                match (operator, compare::truth(&left)) {
                    (BinaryOperator::And, Some(false)) => return node(Value::Bool(false)),
                    (BinaryOperator::Or, Some(true)) => return node(Value::Bool(true)),
                    _ => {}
                }
                let right = self.eval(&binary.rhs_expr);
                match compare::binary(operator, &left, &right) {
                    Some(value) => node(value),
                    None => {
                        let name = format!("{} {} {}", describe(&left), operator.as_str(), describe(&right));
                        self.unknown(&name, span)
                    }
                }
            }
            Expression::ForExpr(each) => self.for_each(each, span),
        }
    }

    /// A key with a hole may turn out to be one that is there already, and its value then counts
    fn overlay(&self, entries: &mut [(Key, Node)], key: &Key) {
        // Looking through the entries is work, too.
        self.notes().labour(entries.len() / 8);
        if key.text.as_literal().is_some() {
            return;
        }
        for (known, value) in entries {
            if known.text != key.text && compare::same_text(&known.text, &key.text).is_none() {
                value.value = Value::Unknown(self.notes().fresh(&format!("{} or {}", known.text, key.text)));
            }
        }
    }

    /// An entry that may be there or not: of its key, nothing is known but what others it leaves alone
    fn perhaps(&self, entries: &mut Vec<(Key, Node)>, key: &Node) {
        let shown = describe(key);
        let text = key.as_text();
        for (known, value) in entries.iter_mut() {
            let differs =
                text.as_ref().is_some_and(|text| compare::same_text(&known.text, text) == Some(false));
            if !differs {
                value.value = Value::Unknown(self.notes().fresh(&format!("{} or {shown}", known.text)));
            }
        }
        let hole = self.notes().fresh(&format!("{shown}, if it is there"));
        let text = Text::from(hole.clone());
        entries.push((Key { text, span: key.span }, Node::new(Value::Unknown(hole), key.span)));
    }

    fn key(&self, key: &ObjectKey) -> Key {
        match key {
            ObjectKey::Ident(name) => {
                Key { text: Text::from(name.as_str()), span: self.place.span(name.span()) }
            }
            ObjectKey::Expression(expression) => {
                let span = self.span(expression);
                // A bare name is a key, not a reference.
                let text = if let Expression::Variable(name) = expression {
                    Text::from(name.as_str())
                } else {
                    let value = self.eval(expression);
                    value.as_text().unwrap_or_else(|| {
                        Text::from(self.notes().fresh(&format!("the key {}", describe(&value))))
                    })
                };
                Key { text, span }
            }
        }
    }

    fn step<'e>(&self, operator: &'e TraversalOperator) -> Step<'e> {
        match operator {
            TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str(), self.place.span(name.span())),
            TraversalOperator::Index(key) => Step::Index(self.eval(key)),
            TraversalOperator::LegacyIndex(at) => {
                let span = self.place.span(at.span());
                Step::Index(Node::new(Value::Number(at.value().to_string()), span))
            }
            TraversalOperator::AttrSplat(_) => Step::AttributeSplat,
            TraversalOperator::FullSplat(_) => Step::Splat,
        }
    }

    /// What a name stands for, with the steps behind it
    fn name(&self, root: &str, steps: &[Step<'_>], span: Span) -> Node {
        let mut bound = self.bound;
        while let Some(here) = bound {
            if here.name == root {
                return self.follow(here.value, steps, span);
            }
            bound = here.outer;
        }
        let (node, used) = self.names.find(root, steps, span);
        match steps.get(used..).unwrap_or_default() {
            [] => {
                self.notes().spend(&node);
                referred(Rc::unwrap_or_clone(node), span)
            }
            rest => self.follow(&node, rest, span),
        }
    }

    /// Follows steps into a value that is kept: only what they lead to is copied
    fn follow(&self, kept: &Node, steps: &[Step<'_>], span: Span) -> Node {
        let (reached, rest) = lead(kept, steps);
        self.notes().spend(reached);
        referred(self.walk(reached.clone(), rest, span), span)
    }

    /// Follows steps into a value
    pub(super) fn walk(&self, mut node: Node, steps: &[Step<'_>], span: Span) -> Node {
        let mut rest = steps;
        while let Some((step, after)) = rest.split_first() {
            rest = after;
            node = match step {
                Step::Attribute(name, at) => self.attribute(&node, name, span, *at),
                Step::Index(key) => self.index(&node, key, span),
                Step::Splat => return self.splat(&node, rest, span),
                Step::AttributeSplat => {
                    let plain = rest.iter().take_while(|step| matches!(step, Step::Attribute(..))).count();
                    let (each, after) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
                    rest = after;
                    self.splat(&node, each, span)
                }
            };
        }
        node
    }

    fn splat(&self, node: &Node, rest: &[Step<'_>], span: Span) -> Node {
        let items = match &node.value {
            Value::List(items) => items
                .iter()
                .map(|item| {
                    let (reached, rest) = lead(item, rest);
                    self.walk(reached.clone(), rest, span)
                })
                .collect(),
            Value::Null => Vec::new(),
            Value::Unknown(hole) => {
                let steps: String = rest.iter().map(spell).collect();
                return self.unknown(&format!("{}[*]{steps}", hole.name()), span);
            }
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                vec![self.walk(node.clone(), rest, span)]
            }
        };
        Node::new(Value::List(items), span)
    }

    fn attribute(&self, node: &Node, name: &str, span: Span, at: Span) -> Node {
        if let Some(found) = node.get(name) {
            return found.clone();
        }
        match &node.value {
            Value::Map(entries) => match entries.iter().find_map(|(key, _)| key.text.as_hole()) {
                Some(hole) => match self.names.attribute(hole, name, span) {
                    Some(found) => found,
                    None => self.further(hole, &format!(".{name}"), span),
                },
                None if entries.iter().any(|(key, _)| key.text.as_literal().is_none()) => {
                    self.unknown(&format!("{}.{name}", describe(node)), span)
                }
                None => self.notes().fault(format!("there is no attribute `{name}` here"), name, at),
            },
            Value::Unknown(hole) => self.further(hole, &format!(".{name}"), span),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                self.notes().fault(format!("`{name}` is asked of a value that has no attributes"), name, at)
            }
        }
    }

    /// What stands behind an unknown value: unknown in the same way, and it may not be there at all
    fn further(&self, hole: &Hole, step: &str, span: Span) -> Node {
        self.notes().shake();
        let name = format!("{}{step}", hole.name());
        Node::new(Value::Unknown(self.notes().hole(&name, hole.kind(), Shape::Any)), span)
    }

    /// An element of a list or a map
    pub(super) fn index(&self, node: &Node, key: &Node, span: Span) -> Node {
        if let Value::Unknown(hole) = &node.value {
            return self.further(hole, &format!("[{}]", describe(key)), span);
        }
        let unknown = || {
            self.notes().shake();
            self.unknown(&format!("{}[{}]", describe(node), describe(key)), span)
        };
        let Some(text) = key.as_text() else {
            return self.notes().fault("this is no index", "an element", span);
        };
        let Some(literal) = text.as_literal() else { return unknown() };
        match &node.value {
            Value::Map(_) => self.attribute(node, literal, span, key.span),
            Value::List(items) => match literal.parse::<usize>() {
                // Which element it is, rests on how many stand before it.
                Ok(at) if items.iter().take(at.saturating_add(1)).any(is_rest) => unknown(),
                Ok(at) => match items.get(at) {
                    Some(item) => item.clone(),
                    None => self.notes().fault(
                        format!("there is no element {at} in a list of {}", items.len()),
                        "an element",
                        key.span,
                    ),
                },
                Err(_) => self.notes().fault(format!("`{literal}` is no index"), "an element", key.span),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {
                self.notes().fault("an element is asked of a value that has none", "an element", key.span)
            }
        }
    }

    /// One of two lists: what both have is there, and any number of others may be
    fn either(&self, yes: &[Node], no: &[Node], name: &str, span: Span) -> Node {
        // Looking for each in the other is work, too.
        self.notes().labour(yes.len().saturating_mul(no.len()) / 8);
        let both = yes.iter().filter(|item| !is_rest(item));
        let both = both.filter(|item| no.iter().any(|other| compare::same(item, other) == Some(true)));
        let rest = self.notes().rest(name, span);
        Node::new(Value::List(both.cloned().chain([rest]).collect()), span)
    }

    fn for_each(&self, each: &ForExpr, span: Span) -> Node {
        let collection = self.eval(&each.intro.collection_expr);
        // What a list may have beside its known elements, the result may have, too.
        let (known, rest) = apart(&collection);
        let pairs = if rest && each.intro.key_var.is_none() && each.key_expr.is_none() {
            compare::pairs(&known)
        } else {
            compare::pairs(&collection)
        };
        let Some(pairs) = pairs else {
            return self.unknown(&format!("for over {}", describe(&collection)), span);
        };
        let key_name = each.intro.key_var.as_ref().map(|name| name.as_str());
        let mut list = Vec::new();
        let mut map: Vec<(Key, Node)> = Vec::new();
        for (key, value) in pairs {
            let value = Bound { name: each.intro.value_var.as_str(), value: &value, outer: self.bound };
            let key = Bound { name: key_name.unwrap_or("\0"), value: &key, outer: Some(&value) };
            let scope = self.bind(&key);
            if let Some(condition) = &each.cond {
                match compare::truth(&scope.eval(&condition.expr)) {
                    Some(true) => {}
                    Some(false) => continue,
                    // Whether it stays is not known; nor is then what a group holds.
                    None => {
                        match &each.key_expr {
                            None => {
                                let item = scope.eval(&each.value_expr);
                                list.push(self.notes().rest(&describe(&item), item.span));
                            }
                            Some(key) if !each.grouping => self.perhaps(&mut map, &scope.eval(key)),
                            Some(_) => {
                                let name = format!("for over {} with a condition", describe(&collection));
                                return self.unknown(&name, span);
                            }
                        }
                        continue;
                    }
                }
            }
            let item = scope.eval(&each.value_expr);
            match &each.key_expr {
                None => list.push(item),
                Some(expression) => {
                    let key = scope.eval(expression);
                    let text = key.as_text().unwrap_or_else(|| {
                        Text::from(self.notes().fresh(&format!("the key {}", describe(&key))))
                    });
                    let key = Key { text, span: key.span };
                    self.overlay(&mut map, &key);
                    let group = map.iter_mut().find(|(known, _)| known.text == key.text);
                    match (each.grouping, group) {
                        (true, Some((_, Node { value: Value::List(items), .. }))) => items.push(item),
                        (true, _) => map.push((key, Node::new(Value::List(vec![item]), span))),
                        (false, _) => compare::insert(&mut map, (key, item)),
                    }
                }
            }
        }
        if rest {
            list.push(self.notes().rest(&format!("for over {}", describe(&collection)), span));
        }
        Node::new(if each.key_expr.is_some() { Value::Map(map) } else { Value::List(list) }, span)
    }
}

/// As far as steps lead into a value without doubt, and the steps that are left
fn lead<'n, 's, 'e>(mut node: &'n Node, mut steps: &'s [Step<'e>]) -> (&'n Node, &'s [Step<'e>]) {
    while let Some((step, rest)) = steps.split_first() {
        let next = match step {
            Step::Attribute(name, _) => node.get(name),
            Step::Index(key) => element(node, key),
            Step::AttributeSplat | Step::Splat => None,
        };
        let Some(next) = next else { break };
        (node, steps) = (next, rest);
    }
    (node, steps)
}

/// An element that is surely there
fn element<'n>(node: &'n Node, key: &Node) -> Option<&'n Node> {
    let key = key.as_text()?;
    let key = key.as_literal()?;
    if let Value::List(items) = &node.value {
        let at: usize = key.parse().ok()?;
        let before = items.get(..=at)?;
        return if before.iter().any(is_rest) { None } else { before.last() };
    }
    node.get(key)
}

/// A list without what stands for any number of elements, and whether something did
fn apart(collection: &Node) -> (Node, bool) {
    let mut known = collection.clone();
    let Value::List(items) = &mut known.value else { return (known, false) };
    let before = items.len();
    items.retain(|item| !is_rest(item));
    let rest = items.len() < before;
    (known, rest)
}

/// A scalar stands where it is referred to; lists and maps keep the place that writes their parts
fn referred(mut node: Node, span: Span) -> Node {
    match node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {
            node.span = span
        }
        Value::List(_) | Value::Map(_) => {}
    }
    node
}

/// A step as it is written
pub(super) fn spell(step: &Step<'_>) -> String {
    match step {
        Step::Attribute(name, _) => format!(".{name}"),
        Step::Index(key) => format!("[{}]", describe(key)),
        Step::AttributeSplat => ".*".to_owned(),
        Step::Splat => "[*]".to_owned(),
    }
}
