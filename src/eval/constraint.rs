//! What a condition asks of the value of one key, so that two conditions that cannot both hold are seen as such.
//!
//! Only where it is certain: exact operators without set operator and `IfExists`, values without holes.

use std::collections::BTreeSet;

use crate::eval::truth::{Atom, Residual};

/// What a condition asks of its key
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Constraint {
    /// It is absent
    Absent,
    /// It is present
    Present,
    /// It is one of these
    In(Form, BTreeSet<String>),
    /// It is absent, or none of these
    NotIn(Form, BTreeSet<String>),
}

/// How values compare: sets of different forms say nothing of each other
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    String,
    Bool,
}

/// The lower-cased key and what the condition asks of it
pub(super) fn constraint(residual: &Residual) -> Option<(String, Constraint)> {
    match residual {
        Residual::Atom(atom) => Some((atom.key.to_ascii_lowercase(), of_atom(atom)?)),
        Residual::Not(inner) => constraint(inner).map(|(key, constraint)| (key, constraint.opposite())),
        Residual::All(_) | Residual::Any(_) | Residual::Hole { .. } | Residual::Cause(_) => None,
    }
}

fn of_atom(atom: &Atom) -> Option<Constraint> {
    let literals = || atom.values.iter().map(|value| value.as_literal()).collect::<Option<Vec<_>>>();
    let set = |fold: fn(&str) -> String| Some(literals()?.into_iter().map(fold).collect());
    match atom.operator.as_str() {
        "StringEquals" => Some(Constraint::In(Form::String, set(str::to_owned)?)),
        "StringNotEquals" => Some(Constraint::NotIn(Form::String, set(str::to_owned)?)),
        "Bool" => Some(Constraint::In(Form::Bool, set(str::to_ascii_lowercase)?)),
        "Null" => match literals()?.as_slice() {
            [one] if one.eq_ignore_ascii_case("true") => Some(Constraint::Absent),
            [one] if one.eq_ignore_ascii_case("false") => Some(Constraint::Present),
            _ => None,
        },
        _ => None,
    }
}

impl Constraint {
    fn opposite(self) -> Self {
        match self {
            Self::Absent => Self::Present,
            Self::Present => Self::Absent,
            Self::In(form, values) => Self::NotIn(form, values),
            Self::NotIn(form, values) => Self::In(form, values),
        }
    }

    /// Whether no value satisfies both
    pub(super) fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Present | Self::In(..)) | (Self::Present | Self::In(..), Self::Absent) => {
                true
            }
            (Self::In(a, these), Self::In(b, those)) => a == b && these.is_disjoint(those),
            (Self::In(a, these), Self::NotIn(b, those)) | (Self::NotIn(b, those), Self::In(a, these)) => {
                a == b && these.is_subset(those)
            }
            (Self::Absent, Self::Absent | Self::NotIn(..))
            | (Self::Present, Self::Present | Self::In(..) | Self::NotIn(..))
            | (Self::In(..), Self::Present)
            | (Self::NotIn(..), Self::Absent | Self::Present | Self::NotIn(..)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::eval::truth::{Atom, Choice, Residual, Truth};
    use crate::source::Span;
    use crate::text::{Hole, Text};

    fn on(operator: &str, values: &[&str]) -> Truth {
        let values = values.iter().map(|value| Text::from(*value)).collect();
        let (operator, key) = (operator.to_owned(), "aws:PrincipalTag/team".to_owned());
        Truth::Depends(Residual::Atom(Atom {
            operator,
            key,
            values,
            choice: Choice::Fixed,
            span: Span::NOWHERE,
        }))
    }

    #[test]
    fn two_conditions_that_no_value_satisfies_cancel() {
        let red = || on("StringEquals", &["red"]);
        for other in
            [on("StringEquals", &["blue"]), on("StringNotEquals", &["red", "blue"]), on("Null", &["true"])]
        {
            assert_eq!(red().and(other.clone()), Truth::False, "{other:?}");
            assert_eq!(red().not().or(other.not()), Truth::True);
        }
        assert_eq!(on("Null", &["true"]).or(on("Null", &["false"])), Truth::True);
        assert_eq!(on("Bool", &["true"]).and(on("Bool", &["False"])), Truth::False);
    }

    #[test]
    fn what_some_value_may_satisfy_stays() {
        let red = || on("StringEquals", &["red"]);
        for other in [
            on("StringEquals", &["red", "blue"]),
            on("StringLike", &["b*"]),
            on("StringEqualsIfExists", &["blue"]),
            on("ForAnyValue:StringEquals", &["blue"]),
            on("StringNotEquals", &["blue"]),
            on("Null", &["false"]),
        ] {
            assert!(matches!(red().and(other.clone()), Truth::Depends(_)), "{other:?}");
        }
        let hole = Truth::Depends(Residual::Atom(Atom {
            operator: "StringEquals".to_owned(),
            key: "aws:PrincipalTag/team".to_owned(),
            values: vec![Text::from(Hole::input("var.team"))],
            choice: Choice::Fixed,
            span: Span::NOWHERE,
        }));
        assert!(matches!(red().and(hole), Truth::Depends(_)));
    }
}
