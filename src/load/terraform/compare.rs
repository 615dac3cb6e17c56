//! Values held against each other, in three values, and the arithmetic of expressions.
//!
//! Knows: equality, order, numbers \[language/expressions/operators\]. Must not know: where values come from.

use hcl_edit::expr::BinaryOperator;

use crate::load::terraform::notes::is_rest;
use crate::node::{Key, Node, Value};
use crate::text::{Piece, Text};

/// A condition, where it is decided; text converts as Terraform does
pub(super) fn truth(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Bool(value) => Some(*value),
        Value::Text(text) => match text.as_literal() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        },
        Value::Null | Value::Number(_) | Value::List(_) | Value::Map(_) | Value::Unknown(_) => None,
    }
}

/// A number, where it is one; text converts as Terraform does
pub(super) fn number(node: &Node) -> Option<f64> {
    let digits = match &node.value {
        Value::Number(digits) => digits.as_str(),
        Value::Text(text) => text.as_literal()?,
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) | Value::Unknown(_) => return None,
    };
    digits.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A number as Terraform prints it
pub(super) fn digits(number: f64) -> String {
    // Adding zero takes the sign off a negative zero.
    format!("{}", number + 0.0)
}

/// Whether two texts are equal
pub(super) fn same_text(left: &Text, right: &Text) -> Option<bool> {
    if left == right {
        return Some(true);
    }
    if let (Some(left), Some(right)) = (left.as_literal(), right.as_literal()) {
        return Some(left == right);
    }
    let start = |text: &Text| match text.pieces().first() {
        Some(Piece::Lit(part)) => part.clone(),
        _ => String::new(),
    };
    let end = |text: &Text| match text.pieces().last() {
        Some(Piece::Lit(part)) => part.clone(),
        _ => String::new(),
    };
    let (a, b) = (start(left), start(right));
    let starts = a.starts_with(&b) || b.starts_with(&a);
    let (a, b) = (end(left), end(right));
    let ends = a.ends_with(&b) || b.ends_with(&a);
    let length = |text: &Text| -> usize {
        text.pieces().iter().map(|piece| if let Piece::Lit(part) = piece { part.len() } else { 0 }).sum()
    };
    let fits = match (left.as_literal(), right.as_literal()) {
        (Some(left), None) => left.len() >= length(right),
        (None, Some(right)) => right.len() >= length(left),
        _ => true,
    };
    if starts && ends && fits { None } else { Some(false) }
}

/// Whether two values are equal
pub(super) fn same(left: &Node, right: &Node) -> Option<bool> {
    match (&left.value, &right.value) {
        (Value::Unknown(a), Value::Unknown(b)) => (a == b).then_some(true),
        (Value::Unknown(hole), Value::Text(text)) | (Value::Text(text), Value::Unknown(hole)) => {
            (text.as_hole() == Some(hole)).then_some(true)
        }
        // A text of one hole may have been read from a value of any type.
        (Value::Text(text), other) | (other, Value::Text(text))
            if text.as_hole().is_some() && !matches!(other, Value::Text(_)) =>
        {
            None
        }
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
        (Value::Null, Value::Null) => Some(true),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Number(a), Value::Number(b)) => Some(a == b || number(left) == number(right)),
        (Value::Text(a), Value::Text(b)) => same_text(a, b),
        (Value::List(a), Value::List(b)) if a.iter().chain(b).any(is_rest) => (a == b).then_some(true),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b).map(|(a, b)| same(a, b)))
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.iter().chain(b).any(|(key, _)| key.text.as_literal().is_none()) {
                return (a == b).then_some(true);
            }
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().map(|(key, value)| match b.iter().find(|(other, _)| other.text == key.text) {
                Some((_, other)) => same(value, other),
                None => Some(false),
            }))
        }
        _ => Some(false),
    }
}

/// Whether all hold
pub(super) fn all(truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut sum = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            Some(true) => {}
            None => sum = None,
        }
    }
    sum
}

/// The value of a binary operation, where both sides decide it
pub(super) fn binary(operator: BinaryOperator, left: &Node, right: &Node) -> Option<Value> {
    let numbers = || Some((number(left)?, number(right)?));
    let compared = |test: fn(&f64, &f64) -> bool| numbers().map(|(a, b)| Value::Bool(test(&a, &b)));
    let counted = |(a, b): (f64, f64), of: fn(f64, f64) -> f64| {
        let result = of(a, b);
        result.is_finite().then(|| Value::Number(digits(result)))
    };
    match operator {
        BinaryOperator::Eq => same(left, right).map(Value::Bool),
        BinaryOperator::NotEq => same(left, right).map(|same| Value::Bool(!same)),
        BinaryOperator::And => match (truth(left), truth(right)) {
            (Some(false), _) | (_, Some(false)) => Some(Value::Bool(false)),
            (Some(true), Some(true)) => Some(Value::Bool(true)),
            _ => None,
        },
        BinaryOperator::Or => match (truth(left), truth(right)) {
            (Some(true), _) | (_, Some(true)) => Some(Value::Bool(true)),
            (Some(false), Some(false)) => Some(Value::Bool(false)),
            _ => None,
        },
        BinaryOperator::LessEq => compared(f64::le),
        BinaryOperator::GreaterEq => compared(f64::ge),
        BinaryOperator::Less => compared(f64::lt),
        BinaryOperator::Greater => compared(f64::gt),
        BinaryOperator::Plus => counted(numbers()?, |a, b| a + b),
        BinaryOperator::Minus => counted(numbers()?, |a, b| a - b),
        BinaryOperator::Mul => counted(numbers()?, |a, b| a * b),
        BinaryOperator::Div => counted(numbers()?, |a, b| a / b),
        BinaryOperator::Mod => counted(numbers()?, |a, b| a % b),
    }
}

/// Puts an entry into a map; the last of equal keys counts, at the place of the first
pub(super) fn insert(entries: &mut Vec<(Key, Node)>, (key, value): (Key, Node)) {
    match entries.iter_mut().find(|(known, _)| known.text == key.text) {
        Some(entry) => *entry = (key, value),
        None => entries.push((key, value)),
    }
}

/// Key and value of each element, where all keys are known
pub(super) fn pairs(node: &Node) -> Option<Vec<(Node, Node)>> {
    match &node.value {
        Value::List(items) if items.iter().any(is_rest) => None,
        Value::List(items) => Some(
            items
                .iter()
                .enumerate()
                .map(|(at, item)| (Node::new(Value::Number(at.to_string()), item.span), item.clone()))
                .collect(),
        ),
        Value::Map(entries) => {
            if entries.iter().any(|(key, _)| key.text.as_literal().is_none()) {
                return None;
            }
            let mut pairs: Vec<(Node, Node)> =
                entries.iter().map(|(key, value)| (Node::text(&key.text, key.span), value.clone())).collect();
            // Terraform goes through a map in the order of its keys.
            pairs.sort_by_key(|(key, _)| key.as_text());
            Some(pairs)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => None,
    }
}
