//! One condition of a statement against the context of a request.
//!
//! Knows: operators, absent and unknown keys, set operators, negation
//! \[reference_policies_elements_condition_operators, reference_policies_condition-single-vs-multi-valued-context-keys\].
//! Must not know: how a key got its value.

use crate::aws::pattern::Way;
use crate::cause::CauseKind;
use crate::eval::compare::{Decimal, in_network, instant, is_order, same_bytes};
use crate::eval::context::KeyValue;
use crate::eval::truth::{Atom, Choice, Residual, Truth};
use crate::eval::variables::{Filled, Live, Values, fill};
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
            (KeyValue::Unknown, _) => self.unknown(),
            (KeyValue::Absent, _) => self.absent(),
            (KeyValue::One(value), _) => self.value_fits(&value),
            (KeyValue::Many(values), Quantifier::ForAllValues) => {
                Truth::all(values.iter().map(|value| self.value_fits(value)))
            }
            (KeyValue::Many(values), Quantifier::ForAnyValue) => {
                Truth::any(values.iter().map(|value| self.value_fits(value)))
            }
            (KeyValue::Many(_), Quantifier::Single) => {
                let what = format!("how {} reads the multivalued key {}", self.row.name, self.key);
                Truth::cause(CauseKind::NotConfirmed, what, self.condition.span)
            }
        }
    }

    /// `Null`: `true` asks for an absent key, `false` for a present one
    fn null(&self, value: &KeyValue) -> Truth {
        let absent = match value {
            KeyValue::Unknown => return self.unknown(),
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
        let values = self.condition.values.iter();
        Truth::Depends(Residual::Atom(Atom {
            operator: shown(&self.condition.operator),
            key: self.key.to_owned(),
            values: values.map(|entry| self.fill(&entry.text).text).collect(),
            choice: self.keys.choice(self.key),
            span: self.condition.span,
        }))
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
        let filled = self.fill(&entry.text);
        let perhaps_missing = match &filled.values {
            Values::Present => None,
            // A variable without a value matches nothing.
            Values::Missing(_) => return Truth::False,
            Values::Unknown(key) => Some(Truth::cause(CauseKind::ContextKey, key, entry.span)),
            Values::Several(key) => {
                let what = format!("a policy variable on the multivalued key {key}");
                return Truth::cause(CauseKind::NotConfirmed, what, entry.span);
            }
        };
        let fits = self.filled_fits(entry, &filled, value);
        match perhaps_missing {
            Some(present) if !fits.is_false() => present,
            _ => fits,
        }
    }

    fn filled_fits(&self, entry: &Entry, filled: &Filled, value: &Text) -> Truth {
        let by = |way| Truth::of_fit(filled.pattern.fit(value, way), value, entry.span);
        let both = |compare: &dyn Fn(&str, &str) -> Truth| {
            self.literal(entry, &filled.text, |written| {
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
                if in_network(written, written).is_none() {
                    return self.not_understood(entry, "an address or a network");
                }
                Truth::of(in_network(written, given).unwrap_or(false))
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
