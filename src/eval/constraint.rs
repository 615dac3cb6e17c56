//! What conditions ask of the value of one key, so that those that cannot all hold are seen as such.
//!
//! Only where it is certain: no set operators, no values with holes. A pattern is only ever asked whether it surely
//! misses, since a star in it may be one that was filled in.

use ipnet::IpNet;
use jiff::Timestamp;

use crate::aws::pattern::{Fit, Way, fit};
use crate::eval::compare::{Decimal, are_apart, instant, is_order, is_within, network};
use crate::eval::truth::{Atom, Residual};
use crate::policy::operator::{Family, Operator, Order, Quantifier, Sense, WhenAbsent};
use crate::text::Text;

/// What a condition asks of its key
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Constraint {
    /// Whether it may be absent
    absent: bool,
    /// What it may be where it is present
    values: Values,
}

/// Which values a condition admits
#[derive(Clone, Debug, PartialEq, Eq)]
enum Values {
    /// Those of one of these sets
    In(Vec<Set>),
    /// Those of none of these sets
    NotIn(Vec<Set>),
}

/// The values that one value of a policy stands for
#[derive(Clone, Debug, PartialEq, Eq)]
enum Set {
    /// This one alone
    Text(String),
    /// All that are the same without regard to case
    Folded(Text),
    /// All that fit the pattern
    Like(Text, Way),
    /// All numbers on this side of one
    Numbers(Order, String),
    /// All instants on this side of one
    Instants(Order, Timestamp),
    /// All addresses of a network
    Network(IpNet),
}

/// All that is asked of one key
#[derive(Debug, Default)]
pub(super) struct Asked {
    kept: Vec<Kept>,
    /// What the kept values weigh
    weight: usize,
    must_be_present: bool,
    no_value_fits: bool,
}

/// What one condition admits
#[derive(Debug)]
struct Kept {
    values: Values,
    /// Where it admits only so and so many texts: those that no other condition refuses
    left: Option<Vec<String>>,
}

/// Characters of values of one key that are held against each other: more make a residual longer, never wrong
const COMPARED: usize = 8192;

/// The lower-cased key and what the condition asks of it
pub(super) fn constraint(residual: &Residual) -> Option<(String, Constraint)> {
    match residual {
        Residual::Atom(atom) => Some((atom.key.to_ascii_lowercase(), of_atom(atom)?)),
        Residual::Not(inner) => constraint(inner).map(|(key, constraint)| (key, constraint.opposite())),
        Residual::All(_) | Residual::Any(_) | Residual::Hole { .. } | Residual::Cause(_) => None,
    }
}

fn of_atom(atom: &Atom) -> Option<Constraint> {
    let operator = Operator::parse(&Text::from(atom.operator.as_str()));
    let Operator::Known { quantifier: Quantifier::Single, row, when_absent } = operator else { return None };
    if row.family == Family::Null {
        let [one] = atom.values.as_slice() else { return None };
        let absent = match one.as_literal()? {
            word if word.eq_ignore_ascii_case("true") => true,
            word if word.eq_ignore_ascii_case("false") => false,
            _ => return None,
        };
        let values = if absent { Values::In(Vec::new()) } else { Values::NotIn(Vec::new()) };
        return Some(Constraint { absent, values });
    }
    let sets: Vec<Set> = atom.values.iter().map(|value| set(row.family, value)).collect::<Option<_>>()?;
    let (absent, values) = match row.sense {
        Sense::Positive => (when_absent == WhenAbsent::Holds, Values::In(sets)),
        Sense::Negated => (true, Values::NotIn(sets)),
    };
    Some(Constraint { absent, values })
}

/// What a value of a policy stands for; `None` where it is not understood
fn set(family: Family, value: &Text) -> Option<Set> {
    let literal = value.as_literal()?;
    match family {
        Family::String => Some(Set::Text(literal.to_owned())),
        Family::StringIgnoringCase | Family::Bool => Some(Set::Folded(value.clone())),
        Family::StringLike => Some(Set::Like(value.clone(), Way::Like)),
        Family::Arn => Some(Set::Like(value.clone(), Way::ArnLike)),
        Family::Numeric(order) => Decimal::parse(literal).map(|_| Set::Numbers(order, literal.to_owned())),
        Family::Date(order) => instant(literal).map(|instant| Set::Instants(order, instant)),
        Family::Ip => network(literal).map(Set::Network),
        Family::Binary | Family::Null => None,
    }
}

impl Asked {
    /// Takes one more; whether no value, and not the key's absence either, is left to satisfy all
    pub(super) fn excludes(&mut self, asked: Constraint) -> bool {
        self.must_be_present |= !asked.absent;
        let weight = asked.values.weight();
        if self.weight.saturating_add(weight) <= COMPARED {
            self.weight += weight;
            self.keep(asked.values);
        }
        self.must_be_present && self.no_value_fits
    }

    fn keep(&mut self, values: Values) {
        let mut left = values.texts();
        if let Some(left) = &mut left {
            left.retain(|text| !self.kept.iter().any(|other| other.values.refuse(text)));
        }
        for other in &mut self.kept {
            self.no_value_fits |= other.values.are_apart_from(&values);
            if let Some(left) = &mut other.left {
                left.retain(|text| !values.refuse(text));
            }
        }
        self.kept.push(Kept { values, left });
        self.no_value_fits |= self.kept.iter().any(|kept| kept.left.as_ref().is_some_and(Vec::is_empty));
    }
}

impl Constraint {
    fn opposite(self) -> Self {
        let values = match self.values {
            Values::In(sets) => Values::NotIn(sets),
            Values::NotIn(sets) => Values::In(sets),
        };
        Self { absent: !self.absent, values }
    }
}

impl Values {
    fn sets(&self) -> &[Set] {
        let (Self::In(sets) | Self::NotIn(sets)) = self;
        sets
    }

    fn weight(&self) -> usize {
        self.sets().iter().map(Set::weight).sum()
    }

    /// All that it admits, where these are texts one by one
    fn texts(&self) -> Option<Vec<String>> {
        let Self::In(sets) = self else { return None };
        let text = |set: &Set| match set {
            Set::Text(text) => Some(text.clone()),
            Set::Folded(_) | Set::Like(..) | Set::Numbers(..) | Set::Instants(..) | Set::Network(_) => None,
        };
        sets.iter().map(text).collect()
    }

    /// Whether surely no value is admitted by both
    fn are_apart_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::In(these), Self::In(those)) => {
                these.iter().all(|one| those.iter().all(|other| one.is_apart_from(other)))
            }
            (Self::In(these), Self::NotIn(those)) | (Self::NotIn(those), Self::In(these)) => {
                these.iter().all(|one| those.iter().any(|other| one.is_within(other)))
            }
            (Self::NotIn(_), Self::NotIn(_)) => false,
        }
    }

    /// Whether this value is surely not admitted
    fn refuse(&self, text: &str) -> bool {
        match self {
            Self::In(sets) => sets.iter().all(|set| set.has(text) == Some(false)),
            Self::NotIn(sets) => sets.iter().any(|set| set.has(text) == Some(true)),
        }
    }
}

impl Set {
    /// How much there is to compare
    fn weight(&self) -> usize {
        match self {
            Self::Text(text) | Self::Numbers(_, text) => text.len().saturating_add(1),
            Self::Folded(text) | Self::Like(text, _) => {
                text.as_literal().map_or(COMPARED, |text| text.len().saturating_add(1))
            }
            Self::Instants(..) | Self::Network(_) => 16,
        }
    }

    /// Whether a value is one of them; `None` where that is not sure
    fn has(&self, text: &str) -> Option<bool> {
        Some(match self {
            Self::Text(own) => own == text,
            Self::Folded(own) => fit(own, &text.into(), Way::ExactIgnoringCase) == Fit::Yes,
            Self::Like(pattern, way) => match fit(pattern, &text.into(), *way) {
                Fit::No => false,
                Fit::Yes | Fit::Depends(_) => return None,
            },
            Self::Numbers(order, own) => {
                let own = Decimal::parse(own)?;
                Decimal::parse(text).is_some_and(|given| is_order(given.compare(&own), *order))
            }
            Self::Instants(order, own) => instant(text).is_some_and(|given| is_order(given.cmp(own), *order)),
            Self::Network(own) => network(text).is_some_and(|given| own.contains(&given)),
        })
    }

    /// Whether surely no value is in both; texts one by one are what `Kept::left` is for
    fn is_apart_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Folded(one), Self::Folded(other)) => fit(one, other, Way::ExactIgnoringCase) == Fit::No,
            (Self::Like(one, _), Self::Like(other, _)) => begin_otherwise(one, other),
            (Self::Numbers(one, a), Self::Numbers(other, b)) => {
                match (Decimal::parse(a), Decimal::parse(b)) {
                    (Some(a), Some(b)) => are_apart(*one, *other, a.compare(&b)),
                    _ => false,
                }
            }
            (Self::Instants(one, a), Self::Instants(other, b)) => are_apart(*one, *other, a.cmp(b)),
            (Self::Network(one), Self::Network(other)) => !one.contains(other) && !other.contains(one),
            _ => false,
        }
    }

    /// Whether surely all of it is in the other; texts one by one are what `Kept::left` is for
    fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Folded(one), Self::Folded(other)) => fit(one, other, Way::ExactIgnoringCase) == Fit::Yes,
            (Self::Numbers(one, a), Self::Numbers(other, b)) => {
                match (Decimal::parse(a), Decimal::parse(b)) {
                    (Some(a), Some(b)) => is_within(*one, *other, a.compare(&b)),
                    _ => false,
                }
            }
            (Self::Instants(one, a), Self::Instants(other, b)) => is_within(*one, *other, a.cmp(b)),
            (Self::Network(one), Self::Network(other)) => other.contains(one),
            _ => false,
        }
    }
}

/// Whether two patterns differ before the first wildcard of either
fn begin_otherwise(one: &Text, other: &Text) -> bool {
    let (Some(one), Some(other)) = (one.as_literal(), other.as_literal()) else { return false };
    let plain = |text: &'_ str| text.find(['*', '?']).unwrap_or(text.len());
    let shared = plain(one).min(plain(other));
    one.bytes().take(shared).ne(other.bytes().take(shared))
}

#[cfg(test)]
mod tests {
    use super::*;
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

    /// Pairs of which no value satisfies both, and pairs that some value does
    #[test]
    fn every_kind_of_value_is_held_against_its_like() {
        for (one, other, fit_together) in [
            (on("NumericLessThan", &["3"]), on("NumericGreaterThanEquals", &["3.0"]), false),
            (on("NumericLessThanEquals", &["3"]), on("NumericGreaterThanEquals", &["3"]), true),
            (on("NumericEquals", &["2", "7"]), on("NumericGreaterThan", &["7"]), false),
            (on("NumericEquals", &["2", "8"]), on("NumericGreaterThan", &["7"]), true),
            (on("NumericEquals", &["2"]), on("NumericNotEquals", &["2.00"]), false),
            (on("NumericLessThan", &["2"]), on("NumericLessThan", &["1"]).not(), true),
            (on("NumericLessThan", &["1"]), on("NumericLessThan", &["2"]).not(), false),
            (on("NumericGreaterThan", &["2"]), on("NumericGreaterThanEquals", &["2"]).not(), false),
            (on("NumericGreaterThanEquals", &["2"]), on("NumericGreaterThan", &["2"]).not(), true),
            (on("NumericLessThan", &["2"]), on("NumericGreaterThan", &["3"]).not(), true),
            (on("NumericLessThan", &["many"]), on("NumericGreaterThan", &["3"]), true),
            (
                on("DateLessThan", &["2026-01-01"]),
                on("DateGreaterThan", &["2026-01-01T01:00:00+01:00"]),
                false,
            ),
            (on("DateLessThan", &["2026-01-02"]), on("DateGreaterThan", &["2026-01-01"]), true),
            (on("IpAddress", &["10.0.0.0/8"]), on("IpAddress", &["11.0.0.0/8", "2001:db8::/32"]), false),
            (on("IpAddress", &["10.0.0.0/8"]), on("IpAddress", &["10.1.0.0/16"]), true),
            (on("IpAddress", &["10.1.0.0/16"]), on("NotIpAddress", &["10.0.0.0/8"]), false),
            (on("IpAddress", &["10.0.0.0/8"]), on("NotIpAddress", &["10.1.0.0/16"]), true),
            (on("StringEquals", &["red"]), on("StringLike", &["b*", "?"]), false),
            (on("StringLike", &["red/*"]), on("StringLike", &["blue/*"]), false),
            (on("StringLike", &["r*"]), on("StringLike", &["red/*"]), true),
            (on("StringLike", &["*red"]), on("StringLike", &["blue*"]), true),
            (on("ArnLike", &["arn:aws:s3:::a*"]), on("ArnLike", &["arn:aws:s3:::b*"]), false),
            (on("StringEqualsIgnoreCase", &["Red"]), on("StringEquals", &["rED"]), true),
            (on("StringEqualsIgnoreCase", &["Red"]), on("StringEquals", &["blue"]), false),
            (on("StringEqualsIgnoreCase", &["Red"]), on("StringNotEqualsIgnoreCase", &["rED"]), false),
            (on("StringEqualsIgnoreCase", &["Red"]), on("StringEqualsIgnoreCase", &["Blue"]), false),
            (on("DateLessThan", &["2026-01-01"]), on("DateLessThan", &["2026-01-02"]).not(), false),
            (on("DateLessThan", &["2026-01-02"]), on("DateLessThan", &["2026-01-01"]).not(), true),
            (on("BinaryEquals", &["QQ=="]), on("BinaryEquals", &["Qg=="]), true),
            (on("Null", &["perhaps"]), on("Null", &["true"]), true),
        ] {
            for both in [one.clone().and(other.clone()), other.clone().and(one.clone())] {
                assert_eq!(both != Truth::False, fit_together, "{one:?}\n{other:?}");
            }
        }
    }

    #[test]
    fn a_star_that_may_be_a_character_refuses_nothing() {
        // The value may have been written `${*}`, which is no wildcard.
        let both = on("StringEquals", &["red"]).and(on("StringNotLike", &["r*"]));
        assert!(matches!(both, Truth::Depends(_)));
    }

    #[test]
    fn what_is_too_long_to_compare_is_left_open() {
        let only = |text: String| Constraint { absent: false, values: Values::In(vec![Set::Text(text)]) };
        let mut asked = Asked::default();
        assert!(!asked.excludes(only("a".repeat(COMPARED / 2))));
        assert!(!asked.excludes(only("b".repeat(COMPARED / 2))));
        assert!(asked.excludes(only("c".to_owned())));
    }

    #[test]
    fn three_conditions_may_exclude_what_no_two_of_them_do() {
        let but = |color: &str| on("StringNotEquals", &[color]);
        let either = || on("StringEquals", &["red", "blue"]);
        assert!(matches!(either().and(but("red")), Truth::Depends(_)));
        assert_eq!(Truth::all([but("red"), either(), but("blue")]), Truth::False);
        assert_eq!(Truth::all([either(), but("red"), on("StringLike", &["r*"])]), Truth::False);
        // Absent is left, until something asks for a value.
        let if_exists = |color: &str| on("StringEqualsIfExists", &[color]);
        let neither = if_exists("red").and(if_exists("blue"));
        assert!(matches!(neither, Truth::Depends(_)));
        assert_eq!(neither.and(on("Null", &["false"])), Truth::False);
    }

    #[test]
    fn what_some_value_may_satisfy_stays() {
        let red = || on("StringEquals", &["red"]);
        for other in [
            on("StringEquals", &["red", "blue"]),
            on("StringLike", &["r*"]),
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
