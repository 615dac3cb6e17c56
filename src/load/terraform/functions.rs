//! The functions of Terraform's language: one row each, and what a call with unknown parts gives.
//!
//! Knows: names, arguments, results \[language/functions\]. Must not know: modules or resources. A row is a pure
//! function of its arguments; a result that they do not decide is a hole named by the call, so that equal calls are
//! equal holes.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, FuncCall};

use crate::load::terraform::expression::Scope;
use crate::load::terraform::notes::{Attempt, describe, is_rest};
use crate::node::{Node, Value};
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::text::{HoleKind, Shape, Text};
pub(super) use encode::jsonencode;
pub(super) use file::of_text as render;

mod collection;
mod encode;
mod file;
mod format;
mod hash;
mod network;
mod numbers;
mod pattern;
mod provided;
mod sets;
mod text;
mod time;
mod yaml;

/// A call with its arguments
pub(super) struct Call<'a> {
    /// Where it stands
    pub(super) scope: &'a Scope<'a>,
    /// The function
    pub(super) name: &'a str,
    /// The arguments
    pub(super) args: Vec<Node>,
    /// The call
    pub(super) span: Span,
}

/// Why a call gives no value
pub(super) enum Unsettled {
    /// The arguments do not decide it
    Unknown,
    /// Terraform would refuse the call
    Refused(String),
}

/// What a call gives
pub(super) type Outcome = Result<Node, Unsettled>;

/// A function
pub(super) type Function = fn(&Call<'_>) -> Outcome;

/// The functions that are evaluated, by name
static TABLES: &[&[(&str, Function)]] = &[
    text::TABLE,
    collection::TABLE,
    encode::TABLE,
    file::TABLE,
    hash::TABLE,
    network::TABLE,
    numbers::TABLE,
    pattern::TABLE,
    sets::TABLE,
    time::TABLE,
    yaml::TABLE,
];

/// Functions whose result is a text that is not computed, with what may stand in it
static OPAQUE: &[(&str, Shape)] = &[
    ("abspath", Shape::Any),
    ("base64gzip", Shape::Any),
    ("pathexpand", Shape::Any),
    ("textdecodebase64", Shape::Any),
    ("textencodebase64", Shape::Any),
];

/// Functions that give another value each time
static EVER_NEW: &[&str] = &["bcrypt", "plantimestamp", "timestamp", "uuid", "rsadecrypt"];

/// The value of a call
pub(super) fn call(scope: &Scope<'_>, call: &FuncCall, span: Span) -> Node {
    let name = call.name.name.as_str();
    // `core::` names the language's own functions, `provider::NAME::` those of a provider.
    let provided = call.name.namespace.last().map(|last| last.as_str()).filter(|last| *last != "core");
    if provided.is_none() {
        match name {
            "try" => return first_that_works(scope, &call.args.iter().collect::<Vec<_>>(), span),
            "can" => return can(scope, &call.args.iter().collect::<Vec<_>>(), span),
            _ => {}
        }
    }
    let mut args: Vec<Node> = call.args.iter().map(|arg| scope.eval(arg)).collect();
    if call.args.expand_final()
        && let Some(last) = args.pop()
    {
        match last.value {
            Value::List(items) if !items.iter().any(is_rest) => args.extend(items),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Unknown(_) => {
                let shown: Vec<String> = args.iter().chain([&last]).map(describe).collect();
                return scope.unknown(&format!("{name}({}...)", shown.join(", ")), span);
            }
        }
    }
    let call = Call { scope, name, args, span };
    let function = TABLES.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name);
    let outcome = match (provided, function) {
        (None, Some((_, function))) => function(&call),
        (None, None) if EVER_NEW.contains(&name) => {
            Ok(Node::new(Value::Unknown(scope.notes().fresh(&format!("{name}()"))), span))
        }
        (None, None) => match OPAQUE.iter().find(|(known, _)| *known == name) {
            Some((_, shape)) => Ok(call.text_hole(*shape)),
            None => Ok(call.not_understood(name)),
        },
        (Some(provider), _) => match provided::TABLE.iter().find(|row| (row.0, row.1) == (provider, name)) {
            Some((_, _, function)) => function(&call),
            None => Ok(call.not_understood(&format!("{provider}::{name}"))),
        },
    };
    let node = match outcome {
        Ok(node) => node,
        Err(Unsettled::Unknown) => scope.unknown(&call.spelled(), span),
        Err(Unsettled::Refused(message)) => scope.notes().fault(message, &call.spelled(), span),
    };
    scope.notes().spend(&node);
    node
}

impl Call<'_> {
    /// The call as text: its hole's name
    pub(super) fn spelled(&self) -> String {
        format!("{}({})", self.name, self.args.iter().map(describe).collect::<Vec<_>>().join(", "))
    }

    /// The result, as a text that is not known
    pub(super) fn text_hole(&self, shape: Shape) -> Node {
        let hole = self.scope.notes().hole(&self.spelled(), HoleKind::Input, shape);
        self.node(Value::Text(Text::from(hole)))
    }

    fn not_understood(&self, name: &str) -> Node {
        self.scope.notes().partly(
            ProblemKind::NotUnderstood,
            format!("`{name}` is no function that gatecrash knows"),
            self.span,
            "its value is taken as unknown; answers that rest on it are conditional",
        );
        // Nobody knows that it gives the same value twice.
        self.node(Value::Unknown(self.scope.notes().fresh(&self.spelled())))
    }

    /// A value at the call
    pub(super) fn node(&self, value: Value) -> Node {
        Node::new(value, self.span)
    }

    /// An argument
    ///
    /// # Errors
    ///
    /// The call has fewer.
    pub(super) fn arg(&self, at: usize) -> Result<&Node, Unsettled> {
        self.args.get(at).ok_or_else(|| Unsettled::Refused(format!("`{}` lacks an argument", self.name)))
    }

    /// An argument as text
    ///
    /// # Errors
    ///
    /// It has no form as text.
    pub(super) fn text(&self, at: usize) -> Result<Text, Unsettled> {
        self.arg(at)?
            .as_text()
            .ok_or_else(|| Unsettled::Refused(format!("`{}` wants a text here", self.name)))
    }

    /// An argument as text without holes
    ///
    /// # Errors
    ///
    /// It has no form as text, or is not known.
    pub(super) fn literal(&self, at: usize) -> Result<String, Unsettled> {
        self.text(at)?.as_literal().map(str::to_owned).ok_or(Unsettled::Unknown)
    }

    /// An argument as a whole number
    ///
    /// # Errors
    ///
    /// It is none, or is not known.
    #[expect(clippy::cast_possible_truncation, reason = "clamped by the cast: an index beyond it is none")]
    pub(super) fn whole(&self, at: usize) -> Result<i64, Unsettled> {
        let node = self.arg(at)?;
        match crate::load::terraform::compare::number(node) {
            Some(number) => Ok(number as i64),
            None if self.text(at)?.as_literal().is_none() => Err(Unsettled::Unknown),
            None => Err(Unsettled::Refused(format!("`{}` wants a number here", self.name))),
        }
    }

    /// An argument as a list of a known number of elements
    ///
    /// # Errors
    ///
    /// It is none, or is not known.
    pub(super) fn list(&self, at: usize) -> Result<&[Node], Unsettled> {
        let items = self.open_list(at)?;
        if items.iter().any(is_rest) { Err(Unsettled::Unknown) } else { Ok(items) }
    }

    /// An argument as a list, which may have elements that stand for any number of them
    ///
    /// # Errors
    ///
    /// It is none, or is not known.
    pub(super) fn open_list(&self, at: usize) -> Result<&[Node], Unsettled> {
        match &self.arg(at)?.value {
            Value::List(items) => Ok(items),
            Value::Unknown(_) => Err(Unsettled::Unknown),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                Err(Unsettled::Refused(format!("`{}` wants a list here", self.name)))
            }
        }
    }
}

/// `try`: the first argument that works
fn first_that_works(scope: &Scope<'_>, args: &[&Expression], span: Span) -> Node {
    let mut shown = Vec::new();
    for arg in args {
        let (value, attempt) = scope.notes().attempt(|| scope.eval(arg));
        match attempt {
            Attempt::Works if shown.is_empty() => return value,
            Attempt::Works => {
                shown.push(describe(&value));
                break;
            }
            Attempt::Depends => shown.push(describe(&value)),
            Attempt::Fails => {}
        }
    }
    if shown.is_empty() {
        return scope.notes().fault("no argument of `try` works", "try()", span);
    }
    scope.unknown(&format!("try({})", shown.join(", ")), span)
}

/// `can`: whether its argument works
fn can(scope: &Scope<'_>, args: &[&Expression], span: Span) -> Node {
    let Some(arg) = args.first() else {
        return scope.notes().fault("`can` lacks an argument", "can()", span);
    };
    let (value, attempt) = scope.notes().attempt(|| scope.eval(arg));
    match attempt {
        // What is unknown inside may be what makes it fail.
        Attempt::Works if !matches!(value.value, Value::Unknown(_)) => Node::new(Value::Bool(true), span),
        Attempt::Works | Attempt::Depends => scope.unknown(&format!("can({})", describe(&value)), span),
        Attempt::Fails => Node::new(Value::Bool(false), scope.place.span(arg.span())),
    }
}
