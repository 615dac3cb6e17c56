//! Laws of conditions: operators and their twins, set operators, absent keys, lists of values.

use crate::eval::condition::{Keys, holds};
use crate::eval::context::{Context, KeyValue};
use crate::eval::truth::{Choice, Truth};
use crate::eval::variables::Live;
use crate::fuzz::laws::statements::{is_allow, is_deny};
use crate::fuzz::laws::{Draw, Held, Law, LawOfConditions, Of, Policies, grows, same, shrinks};
use crate::policy::operator::{Family, OPERATORS, Operator, Quantifier, Sense, WhenAbsent};
use crate::policy::{Condition, Effect, Statement};

pub(super) static LAWS: &[Law] = &[
    Law {
        id: "M12",
        says: "an Allow with a condition less opens more",
        of: Of::Known,
        check: allow_drops_one,
    },
    Law { id: "M13", says: "a Deny with a condition less closes more", of: Of::Known, check: deny_drops_one },
    Law {
        id: "M14",
        says: "IfExists opens an Allow and closes a Deny",
        of: Of::Known,
        check: if_exists_widens,
    },
    Law {
        id: "M15",
        says: "IfExists is nothing to a key that is present",
        of: Of::Known,
        check: |draw| if_exists_idle(&one(draw)),
    },
    Law {
        id: "M16",
        says: "an operator and its negation are opposites",
        of: Of::Known,
        check: |draw| twins(&one(draw)),
    },
    Law { id: "M17", says: "not for all is for any not", of: Of::Known, check: |draw| set_twins(&one(draw)) },
    Law {
        id: "M18",
        says: "of an absent key all values fit, and not any",
        of: Of::Known,
        check: |draw| empty_sets(&one(draw)),
    },
    Law { id: "M19", says: "values of a positive operator may be split", of: Of::Known, check: split_values },
    Law { id: "M20", says: "values of a negated operator are an AND", of: Of::Known, check: negated_values },
    Law {
        id: "M21",
        says: "without wildcards StringLike is StringEquals",
        of: Of::Known,
        check: like_is_equals,
    },
    Law { id: "M22", says: "ignoring case opens an Allow", of: Of::Known, check: ignoring_case },
    Law { id: "M25", says: "a key that no policy mentions does not matter", of: Of::All, check: idle_key },
    Law {
        id: "M35",
        says: "a condition more opens nothing in an Allow",
        of: Of::Known,
        check: condition_more,
    },
];

/// The laws of one condition and a value of its key
pub(super) static OF_ONE: &[LawOfConditions] = &[
    |condition, value| if_exists_idle(&alone(condition, value)).map(|_| ()),
    |condition, value| twins(&alone(condition, value)).map(|_| ()),
    |condition, value| set_twins(&alone(condition, value)).map(|_| ()),
    |condition, value| empty_sets(&alone(condition, value)).map(|_| ()),
];

/// A condition, what is known of its key, and the other keys
struct Given<'d> {
    condition: &'d Condition,
    key: &'d str,
    value: &'d KeyValue,
    others: Option<&'d Context>,
}

fn alone<'d>(condition: &'d Condition, value: &'d KeyValue) -> Option<Given<'d>> {
    Some(Given { condition, key: condition.key.as_literal()?, value, others: None })
}

impl Given<'_> {
    /// Whether the condition holds with another operator
    fn under(&self, operator: Operator) -> Truth {
        holds(&with_operator(self.condition, operator), self, Live::Everywhere)
    }

    fn holds(&self) -> Truth {
        holds(self.condition, self, Live::Everywhere)
    }
}

impl Keys for Given<'_> {
    fn value(&self, key: &str) -> KeyValue {
        if key.eq_ignore_ascii_case(self.key) {
            return self.value.clone();
        }
        self.others.and_then(|others| others.listed(key)).cloned().unwrap_or(KeyValue::Absent)
    }

    fn choice(&self, _key: &str) -> Choice {
        Choice::Fixed
    }

    fn not_confirmed(&self, _key: &str) -> Option<String> {
        None
    }
}

/// Sure, sure not, or open
fn verdict(truth: &Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Depends(_) => None,
    }
}

/// A condition of the draw whose operator is known, and a value for its key
fn one(draw: &Draw) -> Option<Given<'_>> {
    let all = || draw.policies.documents().flat_map(|policy| &policy.statements).chain([&draw.statement]);
    let conditions: Vec<&Condition> = all().flat_map(|statement| &statement.condition).collect();
    let condition = *conditions.get(draw.number.checked_rem(conditions.len())?)?;
    let value = draw.values.get(draw.number.checked_rem(draw.values.len())?)?;
    Some(Given { others: Some(&draw.request.context), ..alone(condition, value)? })
}

fn with_operator(condition: &Condition, operator: Operator) -> Condition {
    Condition { operator, ..condition.clone() }
}

fn equal(one: &Truth, other: &Truth, what: &Condition) -> Result<Held, String> {
    let (a, b) = (verdict(one), verdict(other));
    if a == b { Ok(Held::InPoint) } else { Err(format!("{one:?} and {other:?} for {what:?}")) }
}

fn without(number: usize, statement: &Statement) -> Vec<Statement> {
    let mut statement = statement.clone();
    if let Some(at) = number.checked_rem(statement.condition.len()) {
        statement.condition.remove(at);
    }
    vec![statement]
}

/// A condition on the caller's ARN makes `*` name the very caller: dropping it takes that away
/// \[reference_policies_elements_principal\]
fn names_the_caller(statement: &Statement) -> bool {
    let is_arn = |key: &str| key.eq_ignore_ascii_case("aws:PrincipalArn");
    statement.condition.iter().any(|condition| condition.key.as_literal().is_none_or(is_arn))
}

fn allow_drops_one(draw: &Draw) -> Result<Held, String> {
    let wanted = |statement: &Statement| {
        is_allow(statement) && !statement.condition.is_empty() && !names_the_caller(statement)
    };
    let wider = draw.policies.replaced(draw.number, wanted, |statement| without(draw.number, statement));
    wider.map_or(Ok(Held::Vacuously), |wider| grows(&draw.policies, &wider, &draw.request))
}

fn deny_drops_one(draw: &Draw) -> Result<Held, String> {
    let wanted = |statement: &Statement| is_deny(statement) && !statement.condition.is_empty();
    let wider = draw.policies.replaced(draw.number, wanted, |statement| without(draw.number, statement));
    wider.map_or(Ok(Held::Vacuously), |wider| shrinks(&draw.policies, &wider, &draw.request))
}

/// The same statement with each operator that changes changed; `None` where none does
fn operators(statement: &Statement, change: impl Fn(&Condition) -> Option<Operator>) -> Option<Statement> {
    let mut changed = false;
    let condition = |condition: &Condition| match change(condition) {
        Some(operator) => {
            changed = true;
            with_operator(condition, operator)
        }
        None => condition.clone(),
    };
    let condition = statement.condition.iter().map(condition).collect();
    changed.then(|| Statement { condition, ..statement.clone() })
}

fn with_if_exists(condition: &Condition) -> Option<Operator> {
    match &condition.operator {
        Operator::Known { quantifier, row, when_absent: WhenAbsent::Usual } if row.family != Family::Null => {
            Some(Operator::Known { quantifier: *quantifier, row, when_absent: WhenAbsent::Holds })
        }
        Operator::Known { .. } | Operator::Unknown(_) => None,
    }
}

/// A statement with other operators opens an Allow and closes a Deny
fn widens(draw: &Draw, change: impl Fn(&Condition) -> Option<Operator>) -> Result<Held, String> {
    let wanted = |statement: &Statement| operators(statement, &change).is_some();
    let mut effect = Effect::Allow;
    let by = |statement: &Statement| operators(statement, &change).into_iter().collect::<Vec<_>>();
    let Some(wider) = draw.policies.replaced(draw.number, wanted, by) else { return Ok(Held::Vacuously) };
    let pairs = draw.policies.documents().zip(wider.documents());
    for (before, after) in pairs.flat_map(|(a, b)| a.statements.iter().zip(&b.statements)) {
        if before != after {
            effect = before.effect.clone();
        }
    }
    match effect {
        Effect::Allow => grows(&draw.policies, &wider, &draw.request),
        Effect::Deny => shrinks(&draw.policies, &wider, &draw.request),
        Effect::Unknown(_) => Ok(Held::Vacuously),
    }
}

fn if_exists_widens(draw: &Draw) -> Result<Held, String> {
    widens(draw, with_if_exists)
}

fn ignoring_case(draw: &Draw) -> Result<Held, String> {
    widens(draw, |condition| match &condition.operator {
        Operator::Known { quantifier, row, when_absent } if row.name == "StringEquals" => {
            let row = OPERATORS.iter().find(|other| other.name == "StringEqualsIgnoreCase")?;
            Some(Operator::Known { quantifier: *quantifier, row, when_absent: *when_absent })
        }
        Operator::Known { .. } | Operator::Unknown(_) => None,
    })
}

fn if_exists_idle(given: &Option<Given<'_>>) -> Result<Held, String> {
    let Some(given) = given else { return Ok(Held::Vacuously) };
    let Some(operator) = with_if_exists(given.condition) else { return Ok(Held::Vacuously) };
    if !matches!(given.value, KeyValue::One(_) | KeyValue::Many(_)) {
        return Ok(Held::Vacuously);
    }
    equal(&given.holds(), &given.under(operator), given.condition)
}

/// The operator that is true where this one is not
fn negated(operator: &Operator, quantifier: Quantifier) -> Option<Operator> {
    let Operator::Known { row, when_absent: WhenAbsent::Usual, .. } = operator else { return None };
    let twin = OPERATORS.iter().find(|other| other.family == row.family && other.sense != row.sense)?;
    Some(Operator::Known { quantifier, row: twin, when_absent: WhenAbsent::Usual })
}

fn twins(given: &Option<Given<'_>>) -> Result<Held, String> {
    let Some(given) = given else { return Ok(Held::Vacuously) };
    let Operator::Known { quantifier: Quantifier::Single, .. } = given.condition.operator else {
        return Ok(Held::Vacuously);
    };
    let KeyValue::One(_) = given.value else { return Ok(Held::Vacuously) };
    let Some(twin) = negated(&given.condition.operator, Quantifier::Single) else {
        return Ok(Held::Vacuously);
    };
    equal(&given.holds(), &given.under(twin).not(), given.condition)
}

fn set_twins(given: &Option<Given<'_>>) -> Result<Held, String> {
    let Some(given) = given else { return Ok(Held::Vacuously) };
    match given.value {
        KeyValue::Many(values) if !values.is_empty() => {}
        KeyValue::One(_) => {}
        KeyValue::Many(_) | KeyValue::Absent | KeyValue::Unknown => return Ok(Held::Vacuously),
    }
    let Operator::Known { row, when_absent: WhenAbsent::Usual, .. } = given.condition.operator else {
        return Ok(Held::Vacuously);
    };
    let Some(any_not) = negated(&given.condition.operator, Quantifier::ForAnyValue) else {
        return Ok(Held::Vacuously);
    };
    let all = Operator::Known { quantifier: Quantifier::ForAllValues, row, when_absent: WhenAbsent::Usual };
    equal(&given.under(all).not(), &given.under(any_not), given.condition)
}

fn empty_sets(given: &Option<Given<'_>>) -> Result<Held, String> {
    let Some(given) = given else { return Ok(Held::Vacuously) };
    let Operator::Known { quantifier, row, when_absent: WhenAbsent::Usual } = given.condition.operator else {
        return Ok(Held::Vacuously);
    };
    let wanted = match quantifier {
        Quantifier::ForAllValues => true,
        Quantifier::ForAnyValue => false,
        Quantifier::Single => return Ok(Held::Vacuously),
    };
    if row.family == Family::Null {
        return Ok(Held::Vacuously);
    }
    let absent = Given { value: &KeyValue::Absent, ..*given };
    equal(&Truth::of(wanted), &absent.holds(), given.condition)
}

/// Splits the values of one condition of one statement, each to a place of its own
fn split(
    draw: &Draw,
    wanted: impl Fn(&Condition) -> bool,
    by: impl Fn(&Statement, usize) -> Vec<Statement>,
) -> Option<Policies> {
    let at = |statement: &Statement| statement.condition.iter().position(&wanted);
    draw.policies.replaced(
        draw.number,
        |statement| at(statement).is_some(),
        |statement| at(statement).map_or_else(Vec::new, |at| by(statement, at)),
    )
}

fn split_values(draw: &Draw) -> Result<Held, String> {
    let wanted = |condition: &Condition| match &condition.operator {
        Operator::Known { quantifier, row, .. } => {
            *quantifier != Quantifier::ForAllValues
                && row.sense == Sense::Positive
                && row.family != Family::Null
                && condition.values.len() > 1
        }
        Operator::Unknown(_) => false,
    };
    let by = |statement: &Statement, at: usize| {
        let values =
            statement.condition.get(at).map(|condition| condition.values.clone()).unwrap_or_default();
        let with = |value: crate::policy::Entry| {
            let mut statement = statement.clone();
            if let Some(condition) = statement.condition.get_mut(at) {
                condition.values = vec![value];
            }
            statement
        };
        values.into_iter().map(with).collect()
    };
    split(draw, wanted, by).map_or(Ok(Held::Vacuously), |split| same(&draw.policies, &split, &draw.request))
}

fn negated_values(draw: &Draw) -> Result<Held, String> {
    let wanted = |condition: &Condition| match &condition.operator {
        Operator::Known { quantifier: Quantifier::Single, row, when_absent: WhenAbsent::Usual } => {
            row.sense == Sense::Negated && condition.values.len() > 1
        }
        Operator::Known { .. } | Operator::Unknown(_) => false,
    };
    let by = |statement: &Statement, at: usize| {
        let mut statement = statement.clone();
        let condition = statement.condition.remove(at);
        let one =
            |value: &crate::policy::Entry| Condition { values: vec![value.clone()], ..condition.clone() };
        statement.condition.extend(condition.values.iter().map(one));
        vec![statement]
    };
    split(draw, wanted, by).map_or(Ok(Held::Vacuously), |split| same(&draw.policies, &split, &draw.request))
}

fn like_is_equals(draw: &Draw) -> Result<Held, String> {
    let other_name = |name: &str| match name {
        "StringEquals" => Some("StringLike"),
        "StringNotEquals" => Some("StringNotLike"),
        "StringLike" => Some("StringEquals"),
        "StringNotLike" => Some("StringNotEquals"),
        _ => None,
    };
    let change = |condition: &Condition| {
        let plain = |value: &crate::policy::Entry| {
            value.text.as_literal().is_some_and(|text| !text.contains(['*', '?', '$']))
        };
        let Operator::Known { quantifier, row, when_absent } = &condition.operator else { return None };
        let name = other_name(row.name).filter(|_| condition.values.iter().all(plain))?;
        let row = OPERATORS.iter().find(|other| other.name == name)?;
        Some(Operator::Known { quantifier: *quantifier, row, when_absent: *when_absent })
    };
    let wanted = |statement: &Statement| operators(statement, change).is_some();
    let by = |statement: &Statement| operators(statement, change).into_iter().collect();
    let other = draw.policies.replaced(draw.number, wanted, by);
    other.map_or(Ok(Held::Vacuously), |other| same(&draw.policies, &other, &draw.request))
}

fn idle_key(draw: &Draw) -> Result<Held, String> {
    let mut request = draw.request.clone();
    let Some(value) = draw.values.first() else { return Ok(Held::Vacuously) };
    request.context.set("mentioned:Nowhere", value.clone());
    let (before, after) = (draw.policies.verdict(&draw.request), draw.policies.verdict(&request));
    if before == after { Ok(Held::InPoint) } else { Err(format!("{before:?} became {after:?}")) }
}

fn condition_more(draw: &Draw) -> Result<Held, String> {
    let Some(more) = draw.statement.condition.first() else { return Ok(Held::Vacuously) };
    if names_the_caller(&draw.statement) {
        return Ok(Held::Vacuously);
    }
    let by = |statement: &Statement| {
        let mut statement = statement.clone();
        statement.condition.push(more.clone());
        vec![statement]
    };
    let narrower = draw.policies.replaced(draw.number, is_allow, by);
    narrower.map_or(Ok(Held::Vacuously), |narrower| shrinks(&draw.policies, &narrower, &draw.request))
}
