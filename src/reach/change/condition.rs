//! Which of two conditions lets more through, as far as their form tells.
//!
//! Fewer parts of which all must hold let more through, more alternatives do, and so do more values of one key. What the
//! form does not tell is [`Weight::Other`], never *the same*. Places do not count: the same words on another line are the
//! same. Must not know: edges kinds, or who asks.

use std::collections::BTreeSet;

use crate::eval::truth::Residual;
use crate::reach::Edge;
use crate::reach::change::Side;
use crate::reach::judge::collect_causes;

/// What the second of two conditions is, beside the first
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Same,
    Looser,
    Tighter,
    Other,
}

/// A condition without places
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Values { operator: String, key: String, values: BTreeSet<String> },
    Leaf(String),
}

/// Comparisons of parts before nothing more is told
const PATIENCE: usize = 20_000;

/// Compares what edges of one key ask for: one of them is enough
pub(super) fn compare(before: &Side<'_>, was: &[&Edge], after: &Side<'_>, is: &[&Edge]) -> Weight {
    let any =
        |side: &Side<'_>, edges: &[&Edge]| Form::Any(edges.iter().map(|edge| of_edge(side, edge)).collect());
    weigh(&any(before, was), &any(after, is))
}

fn weigh(was: &Form, is: &Form) -> Weight {
    let tighter = implies(is, was, &mut PATIENCE.clone());
    let looser = implies(was, is, &mut PATIENCE.clone());
    match (looser, tighter) {
        (true, true) => Weight::Same,
        (true, false) => Weight::Looser,
        (false, true) => Weight::Tighter,
        (false, false) => Weight::Other,
    }
}

/// The residual of an edge, and the causes that it does not tell: doubts about a wiring or an entity
fn of_edge(side: &Side<'_>, edge: &Edge) -> Form {
    let mut told = Vec::new();
    edge.residual.iter().for_each(|residual| collect_causes(residual, &mut told));
    let doubts = edge
        .causes
        .iter()
        .filter(|cause| !told.iter().any(|known| known.kind == cause.kind && known.what == cause.what));
    let doubts = doubts
        .map(|cause| Form::Leaf(format!("{} {}", cause.kind.id(), side.apart_from_its_folder(&cause.what))));
    Form::All(edge.residual.iter().map(|residual| form(side, residual)).chain(doubts).collect())
}

fn form(side: &Side<'_>, residual: &Residual) -> Form {
    let all = |parts: &[Residual]| parts.iter().map(|part| form(side, part)).collect();
    match residual {
        Residual::All(parts) => Form::All(all(parts)),
        Residual::Any(parts) => Form::Any(all(parts)),
        Residual::Not(part) => Form::Not(Box::new(form(side, part))),
        Residual::Atom(atom) => Form::Values {
            operator: atom.operator.to_ascii_lowercase(),
            key: atom.key.to_ascii_lowercase(),
            values: atom.values.iter().map(|value| side.apart_from_its_folder(&value.to_string())).collect(),
        },
        Residual::Hole { hole, matches, span } => {
            // The place stands for the pattern.
            let written =
                side.sources.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("");
            let text = format!("{} {matches} {written}", hole.name());
            Form::Leaf(side.apart_from_its_folder(&text))
        }
        Residual::Cause(cause) => {
            Form::Leaf(format!("{} {}", cause.kind.id(), side.apart_from_its_folder(&cause.what)))
        }
    }
}

/// Whether one surely holds wherever the other does; no is no proof of the opposite
fn implies(one: &Form, other: &Form, patience: &mut usize) -> bool {
    let Some(left) = patience.checked_sub(1) else { return false };
    *patience = left;
    if one == other {
        return true;
    }
    match (one, other) {
        (_, Form::All(parts)) => parts.iter().all(|part| implies(one, part, patience)),
        (Form::Any(parts), _) => parts.iter().all(|part| implies(part, other, patience)),
        (Form::All(parts), Form::Any(others)) => {
            parts.iter().any(|part| implies(part, other, patience))
                || others.iter().any(|part| implies(one, part, patience))
        }
        (Form::All(parts), _) => parts.iter().any(|part| implies(part, other, patience)),
        (_, Form::Any(others)) => others.iter().any(|part| implies(one, part, patience)),
        (Form::Not(one), Form::Not(other)) => implies(other, one, patience),
        (
            Form::Values { operator, key, values },
            Form::Values { operator: as_operator, key: as_key, values: as_values },
        ) => operator == as_operator && key == as_key && is_within(operator, values, as_values),
        (Form::Not(_) | Form::Values { .. } | Form::Leaf(_), _) => false,
    }
}

/// Whether more values of an operator let more through; of a negated one, fewer do
/// \[`reference_policies_elements_condition_operators`\]
fn is_within(operator: &str, values: &BTreeSet<String>, others: &BTreeSet<String>) -> bool {
    if operator.contains("not") { others.is_subset(values) } else { values.is_subset(others) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str) -> Form {
        Form::Leaf(name.to_owned())
    }

    fn on(operator: &str, values: &[&str]) -> Form {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Form::Values { operator: operator.to_owned(), key: "aws:sourcearn".to_owned(), values }
    }

    fn all(parts: &[Form]) -> Form {
        Form::All(parts.to_vec())
    }

    fn any(parts: &[Form]) -> Form {
        Form::Any(parts.to_vec())
    }

    /// Before, after, what the second is; and the other way round
    #[test]
    fn fewer_conditions_and_more_alternatives_let_more_through() {
        let (a, b, c) = (leaf("a"), leaf("b"), leaf("c"));
        for (was, is, weight) in [
            (all(&[a.clone(), b.clone()]), a.clone(), Weight::Looser),
            (all(&[a.clone(), b.clone()]), all(&[b.clone(), a.clone()]), Weight::Same),
            (a.clone(), any(&[a.clone(), b.clone()]), Weight::Looser),
            (any(&[a.clone(), b.clone()]), any(&[b.clone(), c.clone()]), Weight::Other),
            (a.clone(), b.clone(), Weight::Other),
            (
                Form::Not(Box::new(any(&[a.clone(), b.clone()]))),
                Form::Not(Box::new(a.clone())),
                Weight::Looser,
            ),
            (all(&[c.clone(), all(&[a.clone(), b.clone()])]), all(&[c.clone(), b.clone()]), Weight::Looser),
            (all(&[c.clone(), a.clone()]), all(&[c, any(&[a, b])]), Weight::Looser),
            (on("arnlike", &["x"]), on("arnlike", &["x", "y"]), Weight::Looser),
            (on("stringnotequals", &["x"]), on("stringnotequals", &["x", "y"]), Weight::Tighter),
            (on("arnlike", &["x"]), on("arnlike", &["*"]), Weight::Other),
            (on("arnlike", &["x"]), on("stringlike", &["x"]), Weight::Other),
            (on("null", &["true"]), on("null", &["false"]), Weight::Other),
        ] {
            let back = match weight {
                Weight::Looser => Weight::Tighter,
                Weight::Tighter => Weight::Looser,
                Weight::Same | Weight::Other => weight,
            };
            assert_eq!(weigh(&was, &is), weight, "{was:?} then {is:?}");
            assert_eq!(weigh(&is, &was), back, "{is:?} then {was:?}");
        }
    }

    #[test]
    fn a_condition_that_is_too_large_to_compare_is_never_called_the_same() {
        let wide = |name: &str| {
            any(&(0..400)
                .map(|n| all(&[leaf(&format!("{name}{n}")), leaf(&n.to_string())]))
                .collect::<Vec<_>>())
        };
        assert_eq!(weigh(&wide("a"), &wide("b")), Weight::Other);
    }
}
