//! Laws of unknown keys: what a decision announces is what comes, however the keys that nobody fixed turn out.

use std::collections::BTreeSet;

use crate::eval::context::{Context, KeyValue, Others};
use crate::eval::decide::{Verdict, decide};
use crate::eval::request::Request;
use crate::eval::{choices, derive};
use crate::fuzz::laws::{Draw, Held, Law, Of, Policies};
use crate::policy::operator::{Operator, Quantifier};
use crate::text::Piece;

pub(super) static LAWS: &[Law] = &[
    Law {
        id: "U01",
        says: "no filling of unknown keys gives what was not announced",
        of: Of::Known,
        check: filled,
    },
    Law { id: "U02", says: "nor where the context is not complete", of: Of::Known, check: completed },
    Law { id: "U03", says: "who chooses as announced is allowed", of: Of::Known, check: chosen },
];

/// Every key that policies mention, in conditions and in variables
fn mentioned(policies: &Policies) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for statement in policies.documents().flat_map(|policy| &policy.statements) {
        let of_conditions = statement.condition.iter().filter_map(|condition| condition.key.as_literal());
        keys.extend(of_conditions.map(str::to_ascii_lowercase));
        for piece in statement.texts().flat_map(|text| text.pieces()) {
            let Piece::Lit(text) = piece else { continue };
            let inside = text.split("${").skip(1).filter_map(|rest| rest.split(['}', ',']).next());
            keys.extend(inside.map(|key| key.trim().to_ascii_lowercase()));
        }
    }
    keys
}

/// Whether every condition on a key has a set operator: only then may it have several values
/// \[reference_policies_condition-single-vs-multi-valued-context-keys\]
fn takes_several(policies: &Policies, key: &str) -> bool {
    let statements = policies.documents().flat_map(|policy| &policy.statements);
    let mut of_key = statements
        .flat_map(|statement| &statement.condition)
        .filter(|condition| condition.key.as_literal().is_some_and(|known| known.eq_ignore_ascii_case(key)));
    let is_set = |operator: &Operator| match operator {
        Operator::Known { quantifier, .. } => *quantifier != Quantifier::Single,
        Operator::Unknown(_) => false,
    };
    // Nor may a variable stand for several.
    let variables = policies.documents().flat_map(|policy| policy.texts()).any(|text| {
        text.pieces().iter().any(|piece| matches!(piece, Piece::Lit(text) if text.contains("${")))
    });
    !variables && of_key.all(|condition| is_set(&condition.operator))
}

fn filling(draw: &Draw, key: &str, nth: usize) -> KeyValue {
    let at = (draw.number + nth).checked_rem(draw.values.len()).unwrap_or(0);
    match draw.values.get(at) {
        Some(KeyValue::Many(_)) if !takes_several(&draw.policies, key) => KeyValue::Absent,
        Some(KeyValue::Unknown) | None => KeyValue::Absent,
        Some(value @ (KeyValue::Many(_) | KeyValue::One(_) | KeyValue::Absent)) => value.clone(),
    }
}

/// A complete context that agrees with what is known of the request
fn complete(draw: &Draw, request: &Request) -> Request {
    let mut context = Context::new(Others::Absent);
    let listed = request.context.iter().map(|(key, _)| key.to_owned());
    let keys: BTreeSet<String> = mentioned(&draw.policies).into_iter().chain(listed).collect();
    for (nth, key) in keys.into_iter().enumerate() {
        let value = match derive::value(request, &key) {
            KeyValue::Unknown => filling(draw, &key, nth),
            known @ (KeyValue::Absent | KeyValue::One(_) | KeyValue::Many(_)) => known,
        };
        context.set(&key, value);
    }
    Request { context, ..request.clone() }
}

fn announced(before: Verdict, after: Verdict) -> Result<Held, String> {
    let denied = |verdict| matches!(verdict, Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied);
    let right = match before {
        Verdict::Allowed | Verdict::ExplicitlyDenied => after == before,
        Verdict::ImplicitlyDenied => denied(after),
        Verdict::Conditional => return Ok(Held::Vacuously),
    };
    if right { Ok(Held::InPoint) } else { Err(format!("{before:?} was announced, and {after:?} came")) }
}

/// The request with every other key that it lists unknown
fn forgetful(draw: &Draw, others: Others) -> Request {
    let mut context = Context::new(others);
    for (nth, (key, value)) in draw.request.context.iter().enumerate() {
        let forgets = (draw.number + nth).is_multiple_of(2);
        context.set(key, if forgets { KeyValue::Unknown } else { value.clone() });
    }
    Request { context, ..draw.request.clone() }
}

fn filled(draw: &Draw) -> Result<Held, String> {
    let request = forgetful(draw, Others::Absent);
    let verdict = draw.policies.verdict(&request);
    announced(verdict, draw.policies.verdict(&complete(draw, &request)))
}

fn completed(draw: &Draw) -> Result<Held, String> {
    let request = forgetful(draw, Others::Unknown);
    let decision = decide(&draw.policies.applicable(), &request);
    if !decision.choices.is_empty() {
        return Ok(Held::Vacuously);
    }
    announced(decision.verdict, draw.policies.verdict(&complete(draw, &request)))
}

fn chosen(draw: &Draw) -> Result<Held, String> {
    let request = forgetful(draw, Others::Unknown);
    let policies = draw.policies.applicable();
    let Some(witness) = choices::witness(&policies, &request) else { return Ok(Held::Vacuously) };
    let decision = decide(&policies, &request);
    if decision.verdict != Verdict::Allowed {
        return Ok(Held::Vacuously);
    }
    announced(decision.verdict, draw.policies.verdict(&complete(draw, &witness)))
}
