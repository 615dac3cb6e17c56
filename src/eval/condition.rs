//! One condition of a statement against the context of a request.
//!
//! Knows: operators, absent and unknown keys, set operators, negation
//! \[reference_policies_elements_condition_operators, reference_policies_condition-single-vs-multi-valued-context-keys\].
//! Must not know: how a key got its value.

use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::CauseKind;
use crate::eval::compare::{Decimal, instant, is_order, network, same_bytes};
use crate::eval::context::KeyValue;
use crate::eval::truth::{Atom, Choice, Residual, Truth};
use crate::eval::variables::{Filled, Live, Values, fill, has_variables};
use crate::policy::operator::{Family, Operator, Quantifier, Row, Sense, WhenAbsent};
use crate::policy::{Condition, Entry};
use crate::text::Text;

/// What a condition may ask of the request
pub trait Keys {
    /// What is known of a key
    fn value(&self, key: &str) -> KeyValue;
    /// Whether the caller picks its value with the call
    fn choice(&self, key: &str) -> Choice;
    /// Why it is not sure that the request may carry the key at all; `None` where it may
    fn not_confirmed(&self, key: &str) -> Option<String>;
    /// Whether the tables say that the key has several values
    fn is_multivalued(&self, key: &str) -> bool;
}

/// Whether a condition holds; `live` says whether the document has policy variables
#[must_use]
pub fn holds(condition: &Condition, keys: &impl Keys, live: Live) -> Truth {
    let Operator::Known { quantifier, row, when_absent } = &condition.operator else {
        let what = format!("condition operator {}", shown(&condition.operator));
        return Truth::cause(CauseKind::NotModelled, what, condition.span);
    };
    let Some(key) = condition.key.as_literal() else {
        let hole = condition.key.holes().next().map_or("", |hole| hole.name());
        return Truth::cause(CauseKind::Hole, hole, condition.span);
    };
    let known = Known { condition, key, row, quantifier: *quantifier, when_absent: *when_absent, keys, live };
    known.holds()
}

/// A condition whose operator and key are understood
struct Known<'c, K> {
    condition: &'c Condition,
    key: &'c str,
    row: &'static Row,
    quantifier: Quantifier,
    when_absent: WhenAbsent,
    keys: &'c K,
    live: Live,
}

impl<K: Keys> Known<'_, K> {
    fn holds(&self) -> Truth {
        let value = self.keys.value(self.key);
        if self.row.family == Family::Null {
            return self.null(&value);
        }
        match (value, self.quantifier) {
            (KeyValue::Unknown, Quantifier::Single) if self.keys.is_multivalued(self.key) => {
                self.without_set()
            }
            (KeyValue::Unknown, _) => self.unknown(),
            (KeyValue::Absent, _) => self.absent(),
            (KeyValue::One(value), _) => self.value_fits(&value),
            (KeyValue::Many(values), Quantifier::ForAllValues) => {
                Truth::all(values.iter().map(|value| self.value_fits(value)))
            }
            (KeyValue::Many(values), Quantifier::ForAnyValue) => {
                Truth::any(values.iter().map(|value| self.value_fits(value)))
            }
            (KeyValue::Many(_), Quantifier::Single) => self.without_set(),
        }
    }

    /// "You must use" a set operator for a key of several values; no page says what happens without
    /// \[reference_policies_condition-single-vs-multi-valued-context-keys\]
    fn without_set(&self) -> Truth {
        let what = format!("how {} reads the multivalued key {}", self.row.name, self.key);
        Truth::cause(CauseKind::NotConfirmed, what, self.condition.span)
    }

    /// `Null`: `true` asks for an absent key, `false` for a present one
    fn null(&self, value: &KeyValue) -> Truth {
        // No page says what `Null` makes of a variable: it is not understood, whether the key is known or not.
        let is_variable = |entry: &&Entry| self.live != Live::Nowhere && has_variables(&entry.text);
        let absent = match value {
            KeyValue::Unknown => {
                let variable = self.condition.values.iter().find(is_variable);
                return variable
                    .map_or_else(|| self.unknown(), |entry| self.not_understood(entry, "`true` or `false`"));
            }
            KeyValue::Absent => true,
            KeyValue::One(_) | KeyValue::Many(_) => false,
        };
        Truth::any(self.condition.values.iter().map(|entry| {
            let wanted = |text: &str| match text {
                _ if text.eq_ignore_ascii_case("true") => Truth::of(absent),
                _ if text.eq_ignore_ascii_case("false") => Truth::of(!absent),
                _ => self.not_understood(entry, "`true` or `false`"),
            };
            self.literal(entry, &entry.text, wanted)
        }))
    }

    /// An absent key: positive operators fail, negated ones hold, and so does `IfExists`
    fn absent(&self) -> Truth {
        match (self.quantifier, self.when_absent) {
            (Quantifier::ForAllValues, _) | (Quantifier::Single, WhenAbsent::Holds) => Truth::True,
            (Quantifier::ForAnyValue, WhenAbsent::Usual) => Truth::False,
            (Quantifier::ForAnyValue, WhenAbsent::Holds) => {
                let what = format!("ForAnyValue with IfExists where {} is absent", self.key);
                Truth::cause(CauseKind::NotConfirmed, what, self.condition.span)
            }
            (Quantifier::Single, WhenAbsent::Usual) => Truth::of(self.row.sense == Sense::Negated),
        }
    }

    fn unknown(&self) -> Truth {
        if let Some(why) = self.keys.not_confirmed(self.key) {
            return Truth::cause(CauseKind::NotConfirmed, why, self.condition.span);
        }
        let mut values = Vec::new();
        for entry in &self.condition.values {
            let filled = self.fill(&entry.text);
            match filled.values {
                Values::Present | Values::Unknown(_) => values.push(filled.text),
                // A variable without a value matches nothing.
                Values::Missing(_) => {}
                Values::Several(key) => return self.several(&key, entry),
            }
        }
        if values.is_empty() && !self.condition.values.is_empty() {
            return self.without_values();
        }
        Truth::Depends(Residual::Atom(self.atom(shown(&self.condition.operator), values)))
    }

    /// No value of the policy matches anything: what is left is whether the key is there at all
    fn without_values(&self) -> Truth {
        let null = |absent: &str| self.atom("Null".to_owned(), vec![absent.into()]);
        match (self.quantifier, self.row.sense, self.when_absent) {
            (Quantifier::Single | Quantifier::ForAllValues, Sense::Negated, _) => Truth::True,
            (Quantifier::Single | Quantifier::ForAnyValue, Sense::Positive, WhenAbsent::Usual) => {
                Truth::False
            }
            (Quantifier::Single, Sense::Positive, WhenAbsent::Holds) => {
                Truth::Depends(Residual::Atom(null("true")))
            }
            // Present and empty is not absent: the operator stays, with nothing to match.
            (Quantifier::ForAllValues | Quantifier::ForAnyValue, ..) => {
                Truth::Depends(Residual::Atom(self.atom(shown(&self.condition.operator), Vec::new())))
            }
        }
    }

    fn atom(&self, operator: String, values: Vec<Text>) -> Atom {
        let (choice, span) = (self.keys.choice(self.key), self.condition.span);
        Atom { operator, key: self.key.to_owned(), values, choice, span }
    }

    fn several(&self, key: &str, entry: &Entry) -> Truth {
        let what = format!("a policy variable on the multivalued key {key}");
        Truth::cause(CauseKind::NotConfirmed, what, entry.span)
    }

    fn fill(&self, text: &Text) -> Filled {
        fill(text, self.live, |key| self.keys.value(key))
    }

    /// Whether one value of the key fits some value of the policy, or, negated, none
    fn value_fits(&self, value: &Text) -> Truth {
        let some = Truth::any(self.condition.values.iter().map(|entry| self.entry_fits(entry, value)));
        match self.row.sense {
            Sense::Positive => some,
            Sense::Negated => some.not(),
        }
    }

    fn entry_fits(&self, entry: &Entry, value: &Text) -> Truth {
        if self.live == Live::Nowhere || !has_variables(&entry.text) {
            return self.text_fits(entry, &entry.text, value, |way| fit(&entry.text, value, way));
        }
        let filled = self.fill(&entry.text);
        let perhaps_missing = match &filled.values {
            Values::Present => None,
            // A variable without a value matches nothing.
            Values::Missing(_) => return Truth::False,
            Values::Unknown(key) => Some(Truth::cause(CauseKind::ContextKey, key, entry.span)),
            Values::Several(key) => return self.several(key, entry),
        };
        let fits = self.text_fits(entry, &filled.text, value, |way| filled.pattern.fit(value, way));
        match perhaps_missing {
            Some(present) if !fits.is_false() => present,
            _ => fits,
        }
    }

    /// `written` is the text of the entry with its variables filled in, and `fit` what it says as a pattern
    fn text_fits(&self, entry: &Entry, written: &Text, value: &Text, fit: impl Fn(Way) -> Fit) -> Truth {
        let by = |way| Truth::of_fit(fit(way), value, entry.span);
        let both = |compare: &dyn Fn(&str, &str) -> Truth| {
            self.literal(entry, written, |written| {
                self.literal(entry, value, |given| compare(written, given))
            })
        };
        match self.row.family {
            Family::String => by(Way::Exact),
            Family::StringIgnoringCase => by(Way::ExactIgnoringCase),
            Family::StringLike => by(Way::Like),
            Family::Arn => by(Way::ArnLike),
            Family::Numeric(order) => both(&|written, given| {
                let Some(written) = Decimal::parse(written) else {
                    return self.not_understood(entry, "a number");
                };
                Truth::of(Decimal::parse(given).is_some_and(|given| is_order(given.compare(&written), order)))
            }),
            Family::Date(order) => both(&|written, given| {
                let Some(written) = instant(written) else { return self.not_understood(entry, "a date") };
                Truth::of(instant(given).is_some_and(|given| is_order(given.cmp(&written), order)))
            }),
            Family::Bool => both(&|written, given| Truth::of(written.eq_ignore_ascii_case(given))),
            Family::Binary => both(&|written, given| match same_bytes(written, given) {
                Some(same) => Truth::of(same),
                None => self.not_understood(entry, "base64"),
            }),
            Family::Ip => both(&|written, given| {
                let Some(written) = network(written) else {
                    return self.not_understood(entry, "an address or a network");
                };
                Truth::of(network(given).is_some_and(|given| written.contains(&given)))
            }),
            // Decided before any value is looked at.
            Family::Null => Truth::False,
        }
    }

    /// Looks at a text where it has no hole
    fn literal(&self, entry: &Entry, text: &Text, look: impl FnOnce(&str) -> Truth) -> Truth {
        match text.as_literal() {
            Some(literal) => look(literal),
            None => {
                let hole = |hole: &crate::text::Hole| Residual::Hole {
                    hole: hole.clone(),
                    matches: entry.text.clone(),
                    span: entry.span,
                };
                Truth::all(text.holes().map(|found| Truth::Depends(hole(found))))
            }
        }
    }

    fn not_understood(&self, entry: &Entry, wanted: &str) -> Truth {
        let what = format!("{} {} of {} is not {wanted}", self.row.name, entry.text, self.key);
        Truth::cause(CauseKind::NotModelled, what, entry.span)
    }
}

/// An operator as reports spell it
#[must_use]
pub fn shown(operator: &Operator) -> String {
    match operator {
        Operator::Known { quantifier, row, when_absent } => {
            let set = match quantifier {
                Quantifier::Single => "",
                Quantifier::ForAllValues => "ForAllValues:",
                Quantifier::ForAnyValue => "ForAnyValue:",
            };
            let if_exists = match when_absent {
                WhenAbsent::Usual => "",
                WhenAbsent::Holds => "IfExists",
            };
            format!("{set}{}{if_exists}", row.name)
        }
        Operator::Unknown(text) => text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    /// Nothing is known of any key, except that `aws:PrincipalTag/none` is absent and `aws:MultiFactorAuthAge` is 5
    struct Some;

    impl Keys for Some {
        fn value(&self, key: &str) -> KeyValue {
            match key {
                "aws:PrincipalTag/none" => KeyValue::Absent,
                "aws:MultiFactorAuthAge" => KeyValue::One(Text::from("5")),
                _ => KeyValue::Unknown,
            }
        }

        fn choice(&self, _: &str) -> Choice {
            Choice::Fixed
        }

        fn not_confirmed(&self, _: &str) -> Option<String> {
            None
        }

        fn is_multivalued(&self, _: &str) -> bool {
            false
        }
    }

    fn asked(operator: &str, key: &str, value: &str, live: Live) -> Truth {
        let (operator, key) = (Operator::parse(&operator.into()), Text::from(key));
        let values = vec![Entry { text: Text::from(value), span: Span::NOWHERE }];
        holds(&Condition { operator, key, values, span: Span::NOWHERE }, &Some, live)
    }

    #[test]
    fn a_variable_without_a_value_matches_no_value_that_an_unknown_key_may_have() {
        let team =
            |operator| asked(operator, "aws:PrincipalTag/team", "${aws:PrincipalTag/none}", Live::Everywhere);
        assert_eq!(team("StringEquals"), Truth::False);
        assert_eq!(team("ForAnyValue:StringEquals"), Truth::False);
        assert_eq!(team("StringNotEquals"), Truth::True);
        assert_eq!(
            team("StringEqualsIfExists"),
            asked("Null", "aws:PrincipalTag/team", "true", Live::Nowhere)
        );
    }

    #[test]
    fn what_an_unknown_variable_decides_is_told_as_its_key() {
        let age =
            |operator| asked(operator, "aws:MultiFactorAuthAge", "${aws:PrincipalTag/age}", Live::Everywhere);
        let told = Truth::cause(CauseKind::ContextKey, "aws:PrincipalTag/age", Span::NOWHERE);
        for operator in ["NumericEquals", "StringEquals", "StringLike"] {
            assert_eq!(age(operator), told, "{operator}");
        }
    }

    #[test]
    fn null_does_not_understand_a_variable_where_variables_are_live() {
        let null = |live| asked("Null", "aws:PrincipalTag/team", "${aws:PrincipalTag/none}", live);
        let what = "Null ${aws:PrincipalTag/none} of aws:PrincipalTag/team is not `true` or `false`";
        let not_understood = Truth::cause(CauseKind::NotModelled, what, Span::NOWHERE);
        assert_eq!(null(Live::Everywhere), not_understood);
        // Of the older version it is a text like any other, on a key that nobody fixed.
        assert!(matches!(null(Live::Nowhere), Truth::Depends(Residual::Atom(_))));
    }
}
