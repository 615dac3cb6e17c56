//! What evaluation notes beside its values: problems, used defaults, and how much work is left.
//!
//! Must not know: modules or functions. Work is counted, because a few lines of input can ask for any amount of it
//! (a local that doubles the one before).

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::node::{Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};

/// How deep evaluation may nest, through references too
pub(super) const DEPTH: usize = 160;
/// How much work one root module may take: values made, and bytes of text
const WORK: u64 = 1 << 25;

/// How the name of what stands for any number of elements starts; no other name has spaces there
const REST: &str = "any number of ";

/// Whether an element of a list stands for any number of elements
pub(super) fn is_rest(node: &Node) -> bool {
    matches!(&node.value, Value::Unknown(hole) if hole.name().starts_with(REST))
}

/// A variable whose default was used: its name, and where the default stands
pub(super) type Default = (Arc<str>, Span);

/// An expression that Terraform would refuse
#[derive(Clone, Debug)]
struct Fault {
    message: String,
    span: Span,
}

/// The notes of one root module
#[derive(Debug)]
pub(super) struct Notes {
    problems: RefCell<Problems>,
    faults: RefCell<Vec<Fault>>,
    /// How often a value was taken that may not exist
    shaky: Cell<usize>,
    /// One set a value that is being evaluated
    defaults: RefCell<Vec<BTreeSet<Default>>>,
    named: RefCell<BTreeMap<String, usize>>,
    depth: Cell<usize>,
    work: Cell<u64>,
}

impl Notes {
    pub(super) fn new() -> Self {
        Self {
            problems: RefCell::default(),
            faults: RefCell::default(),
            shaky: Cell::new(0),
            defaults: RefCell::default(),
            named: RefCell::default(),
            depth: Cell::new(0),
            work: Cell::new(WORK),
        }
    }

    /// Notes that something was understood in part
    pub(super) fn partly(&self, kind: ProblemKind, message: impl Into<String>, span: Span, help: &str) {
        self.problems.borrow_mut().at(kind, Severity::Partly, message, span).help(help);
    }

    /// Takes over the problems of a reader
    pub(super) fn append(&self, problems: Problems) {
        self.problems.borrow_mut().append(problems);
    }

    /// All problems
    pub(super) fn take(&self) -> Problems {
        std::mem::take(&mut *self.problems.borrow_mut())
    }

    /// A hole that no other hole equals, named as well as possible
    pub(super) fn fresh(&self, name: &str) -> Hole {
        let mut named = self.named.borrow_mut();
        let count = named.entry(name.to_owned()).or_insert(0);
        *count += 1;
        Hole::input(if *count == 1 { name.to_owned() } else { format!("{name} #{count}") })
    }

    /// What stands in a list for any number of elements that are not known, also for none
    pub(super) fn rest(&self, name: &str, span: Span) -> Node {
        let name = name.strip_prefix(REST).unwrap_or(name);
        Node::new(Value::Unknown(self.fresh(&format!("{REST}{name}"))), span)
    }

    /// A hole of this name, such that equal names mean equal values: a name too long to show is made unique
    pub(super) fn hole(&self, name: &str, kind: HoleKind, shape: Shape) -> Hole {
        const LONGEST: usize = 90;
        if name.chars().count() <= LONGEST {
            return Hole::new(name, kind, shape);
        }
        let short: String = name.chars().take(LONGEST).collect();
        Hole::new(self.fresh(&format!("{short}...")).name(), HoleKind::Input, shape)
    }

    /// A value to keep: one that nests too deep is unknown, so that chains of references stay walkable
    pub(super) fn keep(&self, node: Node, name: &dyn Fn() -> String) -> Node {
        if depth(&node, DEPTH) < DEPTH {
            return node;
        }
        let message = format!("this value nests more than {DEPTH} levels deep");
        self.partly(ProblemKind::Limit, message, node.span, "its value is taken as unknown");
        let span = node.span;
        Node::new(Value::Unknown(self.fresh(&name())), span)
    }

    /// An expression that Terraform would refuse: its value is unknown, and `try` takes its next one
    pub(super) fn fault(&self, message: impl Into<String>, name: &str, span: Span) -> Node {
        self.faults.borrow_mut().push(Fault { message: message.into(), span });
        Node::new(Value::Unknown(self.fresh(name)), span)
    }

    /// Evaluates what may fail; the faults it made are taken back
    pub(super) fn attempt<T>(&self, run: impl FnOnce() -> T) -> (T, Attempt) {
        let (faults, shaky) = (self.faults.borrow().len(), self.shaky.get());
        let value = run();
        let failed = self.faults.borrow().len() > faults;
        self.faults.borrow_mut().truncate(faults);
        let attempt = match (failed, self.shaky.get() > shaky) {
            (true, _) => Attempt::Fails,
            (false, true) => Attempt::Depends,
            (false, false) => Attempt::Works,
        };
        (value, attempt)
    }

    /// Notes that the value in hand may not exist
    pub(super) fn shake(&self) {
        self.shaky.set(self.shaky.get() + 1);
    }

    /// Evaluates a value of its own: its faults become problems, and the defaults it used come with it
    pub(super) fn apart<T>(&self, run: impl FnOnce() -> T) -> (T, BTreeSet<Default>) {
        let outer = std::mem::take(&mut *self.faults.borrow_mut());
        let shaky = self.shaky.get();
        self.defaults.borrow_mut().push(BTreeSet::new());
        let value = run();
        let used = self.defaults.borrow_mut().pop().unwrap_or_default();
        self.shaky.set(shaky);
        for fault in std::mem::replace(&mut *self.faults.borrow_mut(), outer) {
            let help = "its value is taken as unknown; answers that rest on it are conditional";
            self.partly(ProblemKind::NotUnderstood, fault.message, fault.span, help);
        }
        self.used(&used);
        (value, used)
    }

    /// Notes that the value in hand rests on these defaults
    pub(super) fn used(&self, defaults: &BTreeSet<Default>) {
        if let Some(outer) = self.defaults.borrow_mut().last_mut() {
            outer.extend(defaults.iter().cloned());
        }
    }

    /// Goes one level deeper, with this much work; `None` where a limit is reached
    pub(super) fn enter(&self, work: usize, span: Span) -> Option<Level<'_>> {
        let left = self.work.get();
        if left == 0 {
            return None;
        }
        if self.depth.get() >= DEPTH {
            let message = format!("this expression nests or refers more than {DEPTH} levels deep");
            self.partly(ProblemKind::Limit, message, span, "its value is taken as unknown");
            return None;
        }
        let left = left.saturating_sub(work as u64);
        self.work.set(left);
        if left == 0 {
            let message = "this configuration takes more work than gatecrash spends on one";
            self.partly(ProblemKind::Limit, message, span, "what was not evaluated is taken as unknown");
        }
        self.depth.set(self.depth.get() + 1);
        Some(Level(&self.depth))
    }

    /// Spends work; whether some is left
    pub(super) fn labour(&self, work: usize) -> bool {
        let left = self.work.get();
        // What is left keeps one unit, so that the next step notes the limit with its place.
        self.work.set(left.saturating_sub(work as u64).max(u64::from(left > 0)));
        self.work.get() > 1
    }

    /// Spends work for a value that was made; once nothing is left, nothing more is evaluated
    pub(super) fn spend(&self, node: &Node) {
        let weight = weight(node, self.work.get());
        self.labour(usize::try_from(weight).unwrap_or(usize::MAX));
    }
}

/// How an attempt went
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The value stands
    Works,
    /// Whether it works is not known
    Depends,
    /// Terraform would refuse it
    Fails,
}

/// A level of evaluation; it ends when this is dropped
pub(super) struct Level<'a>(&'a Cell<usize>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// How much a value weighs, counted no further than `limit`
fn weight(node: &Node, limit: u64) -> u64 {
    let text = |text: &Text| text.pieces().iter().map(piece_weight).sum::<u64>();
    let mut sum = 16;
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Unknown(_) => {}
        Value::Number(digits) => sum += digits.len() as u64,
        Value::Text(value) => sum += text(value),
        Value::List(items) => {
            for item in items {
                if sum > limit {
                    break;
                }
                sum += weight(item, limit - sum);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                if sum > limit {
                    break;
                }
                sum += text(&key.text) + weight(value, limit - sum);
            }
        }
    }
    sum
}

fn piece_weight(piece: &crate::text::Piece) -> u64 {
    match piece {
        crate::text::Piece::Lit(text) => text.len() as u64,
        crate::text::Piece::Hole(_) => 8,
    }
}

/// How deep a value nests, counted no further than `limit`
fn depth(node: &Node, limit: usize) -> usize {
    let inner: &mut dyn Iterator<Item = &Node> = match &node.value {
        Value::List(items) => &mut items.iter(),
        Value::Map(entries) => &mut entries.iter().map(|(_, value)| value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => return 0,
    };
    match limit.checked_sub(1) {
        None => 0,
        Some(limit) => 1 + inner.map(|node| depth(node, limit)).max().unwrap_or(0),
    }
}

/// How a value reads in the name of a hole, such that equal names mean equal values
pub(super) fn describe(node: &Node) -> String {
    let text = |text: &Text| match text.as_hole() {
        Some(hole) => hole.name().to_owned(),
        None => {
            let mut out = String::from("\"");
            for piece in text.pieces() {
                match piece {
                    crate::text::Piece::Lit(part) => {
                        out.push_str(&part.escape_debug().to_string().replace("${", "$${"));
                    }
                    crate::text::Piece::Hole(hole) => {
                        out.push_str("${");
                        out.push_str(hole.name());
                        out.push('}');
                    }
                }
            }
            out.push('"');
            out
        }
    };
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(digits) => digits.clone(),
        Value::Text(value) => text(value),
        Value::List(items) => format!("[{}]", items.iter().map(describe).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("{} = {}", text(&key.text), describe(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Unknown(hole) => hole.name().to_owned(),
    }
}
