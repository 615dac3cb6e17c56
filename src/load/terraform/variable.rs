//! The value of an input variable: given, from the caller, its default, or not known.
//!
//! Knows: precedence and type constraints \[language/values/variables, language/expressions/type-constraints\]. Must
//! not know: what a variable is for.

use std::collections::BTreeSet;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall, ObjectKey};

use crate::load::terraform::compare;
use crate::load::terraform::expression::Scope;
use crate::load::terraform::module::{ModuleId, Workspace};
use crate::load::terraform::syntax::Place;
use crate::node::{Key, Node, Value};
use crate::source::Span;
use crate::text::{HoleKind, Shape, Text};
use crate::world::pieces::Assumption;

impl Workspace<'_> {
    /// The value of a declared variable; `shown` is its name with the module's
    pub(super) fn value_of_variable(&self, module: ModuleId, name: &str, shown: &str) -> Node {
        let here = self.module(module);
        let declared = here.folder.variables.get(name).and_then(|at| here.folder.block(*at));
        let Some(written) = declared else {
            return Node::new(Value::Unknown(self.notes.fresh(shown)), Span::NOWHERE);
        };
        let span = written.span();
        let kind = written.attribute("type").map(|(_, attribute)| &attribute.value);
        let given = match &here.caller {
            Some(caller) => self.argument(caller, name),
            None => self.given_value(name, kind, span),
        };
        self.within(module, written.place, &[], &mut |scope| {
            let convert = |node: Node| match kind {
                Some(kind) => converted(scope, node, kind),
                None => node,
            };
            if let Some(given) = &given {
                return convert(given.clone());
            }
            if let Some(span) = written.unread() {
                return self.unread(shown, span);
            }
            let Some((place, default)) = written.attribute("default") else {
                return Node::new(Value::Unknown(self.notes.hole(shown, HoleKind::Input, Shape::Any)), span);
            };
            // What a module takes for granted of itself is certain; what the root does is set where it is deployed.
            if here.caller.is_none() {
                let at = place.span(default.value.span());
                self.notes.used(&BTreeSet::from([(Arc::from(shown), at)]));
                let text = format!("{shown} has its default");
                self.assumptions.borrow_mut().insert(Assumption { text, span: Some(at) });
            }
            convert(Scope { place, ..*scope }.eval(&default.value))
        })
    }

    /// What the user gave for a variable of the root: flags count over files, later files over earlier ones
    fn given_value(&self, name: &str, kind: Option<&Expression>, span: Span) -> Option<Node> {
        let flag = self.library.options.vars.iter().rev().find(|(known, _)| known == name);
        if let Some((_, value)) = flag {
            let texts =
                kind.is_none_or(|kind| matches!(kind, Expression::Variable(kind) if kind.as_str() != "any"));
            if !texts && let Ok(expression) = value.parse::<Expression>() {
                let mut node = self.eval(0, Place { file: span.file, offset: 0 }, &[], &expression);
                stand(&mut node, span);
                return Some(node);
            }
            return Some(Node::text(value.as_str(), span));
        }
        let files = self.given.iter().rev();
        let (place, attribute) =
            files.filter_map(|(place, body)| Some((*place, body.get_attribute(name)?))).next()?;
        Some(self.eval(0, place, &[], &attribute.value))
    }
}

/// Puts a value that no file writes at a place
fn stand(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| stand(item, span)),
        Value::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
            key.span = span;
            stand(value, span);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {}
    }
}

/// A value as its type constraint wants it: texts from numbers, optional attributes with their defaults
fn converted(scope: &Scope<'_>, mut node: Node, kind: &Expression) -> Node {
    if let Value::Unknown(_) | Value::Null = node.value {
        return node;
    }
    if let Expression::FuncCall(call) = kind {
        composite(scope, &mut node, call);
    }
    let Expression::Variable(name) = kind else { return node };
    let value = match name.as_str() {
        "string" => match node.value {
            Value::Number(_) | Value::Bool(_) => node.as_text().map(Value::Text),
            Value::Null | Value::Text(_) | Value::List(_) | Value::Map(_) | Value::Unknown(_) => None,
        },
        "bool" => compare::truth(&node).map(Value::Bool),
        "number" => {
            let digits = compare::number(&node).and_then(|_| node.as_text());
            digits.and_then(|text| text.as_literal().map(|digits| Value::Number(digits.to_owned())))
        }
        _ => None,
    };
    node.value = value.unwrap_or(node.value);
    node
}

fn composite(scope: &Scope<'_>, node: &mut Node, call: &FuncCall) {
    let Some(inner) = call.args.iter().next() else { return };
    match (call.name.name.as_str(), &mut node.value) {
        ("list" | "set", Value::List(items)) => {
            for item in items {
                *item = converted(scope, item.clone(), inner);
            }
        }
        ("map", Value::Map(entries)) => {
            for (_, value) in entries {
                *value = converted(scope, value.clone(), inner);
            }
        }
        ("object", Value::Map(entries)) => {
            let Expression::Object(attributes) = inner else { return };
            // A key that is not known may be any of them.
            let open = entries.iter().any(|(key, _)| key.text.as_literal().is_none());
            for (key, kind) in attributes.iter() {
                let name = match key {
                    ObjectKey::Ident(name) => name.as_str(),
                    ObjectKey::Expression(Expression::Variable(name)) => name.as_str(),
                    ObjectKey::Expression(Expression::String(name)) => name.value().as_str(),
                    ObjectKey::Expression(_) => continue,
                };
                let (kind, default) = optional(kind.expr());
                let known = entries.iter_mut().find(|(key, _)| key.text.as_literal() == Some(name));
                match (known, default) {
                    (Some((_, value)), Presence::Optional(Some(default))) if value.value == Value::Null => {
                        *value = converted(scope, scope.eval(default), kind);
                    }
                    (Some((_, value)), _) => *value = converted(scope, value.clone(), kind),
                    (None, Presence::Optional(default)) if !open => {
                        let span = scope.place.span(kind.span());
                        let value = match default {
                            Some(default) => converted(scope, scope.eval(default), kind),
                            None => Node::new(Value::Null, span),
                        };
                        entries.push((Key { text: Text::from(name), span }, value));
                    }
                    (None, _) => {}
                }
            }
        }
        _ => {}
    }
}

/// Whether an attribute of an object may be left out, and what it is then
enum Presence<'a> {
    Required,
    Optional(Option<&'a Expression>),
}

fn optional(kind: &Expression) -> (&Expression, Presence<'_>) {
    if let Expression::FuncCall(call) = kind
        && call.name.name.as_str() == "optional"
    {
        let mut args = call.args.iter();
        if let Some(inner) = args.next() {
            return (inner, Presence::Optional(args.next()));
        }
    }
    (kind, Presence::Required)
}
