//! Keys whose value the caller picks with the call.
//!
//! They do not make an answer conditional: the caller picks what is allowed, and the answer shows the choice. What
//! the caller cannot pick (MFA, network, organisation, tags of principals and resources, time, source) is not here;
//! a key that is not in the table is not choosable. Picking is done by trying: the request is decided again with
//! values that the policies themselves mention, so that every yes has a witness.

use std::collections::BTreeMap;

use crate::aws::action::Action;
use crate::aws::keys::{self, Presence};
use crate::eval::condition::{self, Keys};
use crate::eval::context::KeyValue;
use crate::eval::decide::{Decision, Verdict, decide_as_it_stands};
use crate::eval::request::{Applicable, Request};
use crate::eval::truth::{Atom, Choice, Residual};
use crate::eval::variables::Live;
use crate::policy::operator::Operator;
use crate::policy::{Condition, Entry};
use crate::text::{Piece, Text};

/// Lower-cased key (`/` at the end: all that begin so), page that shows the caller chooses it
static CHOSEN: &[(&str, &str)] = &[
    ("aws:referer", "reference_policies_condition-keys: caller-chosen"),
    ("aws:requestedregion", "reference_policies_condition-keys: the endpoint that is called"),
    ("aws:requesttag/", "reference_policies_condition-keys: in the request"),
    ("aws:securetransport", "reference_policies_condition-keys: the endpoint that is called"),
    ("aws:tagkeys", "reference_policies_condition-keys: in the request"),
    ("aws:useragent", "reference_policies_condition-keys: caller-chosen"),
    ("dynamodb:attributes", "specifying-conditions: attribute names in the request"),
    ("dynamodb:leadingkeys", "specifying-conditions: key values in the request"),
    ("dynamodb:returnvalues", "specifying-conditions: parameter"),
    ("dynamodb:select", "specifying-conditions: parameter"),
    ("iam:awsservicename", "list_identityandaccessmanagement: parameter"),
    ("iam:passedtoservice", "list_identityandaccessmanagement: the service that is called with the role"),
    ("iam:permissionsboundary", "list_identityandaccessmanagement: parameter"),
    ("iam:policyarn", "list_identityandaccessmanagement: parameter"),
    ("lambda:functionarn", "list_awslambda: parameter of event source mappings"),
    ("s3:delimiter", "list_amazons3: parameter"),
    ("s3:max-keys", "list_amazons3: parameter"),
    ("s3:prefix", "list_amazons3: parameter"),
    ("s3:versionid", "list_amazons3: parameter"),
    ("s3:x-amz-acl", "list_amazons3: header of the request"),
    ("s3:x-amz-copy-source", "list_amazons3: header of the request"),
    ("s3:x-amz-server-side-encryption", "list_amazons3: header of the request"),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", "list_amazons3: header of the request"),
    ("s3:x-amz-storage-class", "list_amazons3: header of the request"),
    ("secretsmanager:secretid", "list_awssecretsmanager: parameter"),
    ("secretsmanager:versionid", "list_awssecretsmanager: parameter"),
    ("secretsmanager:versionstage", "list_awssecretsmanager: parameter"),
    ("sts:rolesessionname", "list_awssecuritytokenservice: parameter"),
    ("sts:sourceidentity", "list_awssecuritytokenservice: parameter"),
    ("sts:transitivetagkeys", "list_awssecuritytokenservice: parameter"),
];

/// Lower-cased key, actions whose every call carries it: its value is chosen, and not whether it is there
/// \[specifying-conditions, list_amazondynamodb\]
static NEVER_LEFT_OUT: &[(&str, &[&str])] = &[(
    "dynamodb:leadingkeys",
    &[
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ],
)];

/// Whether a call may come without the key
fn may_leave_out(action: &Action, key: &str) -> bool {
    // What comes with every request cannot be left out.
    let always = keys::global(key).is_some_and(|global| global.presence == Presence::Always);
    let is_of_it = |(of, actions): &(&str, &[&str])| {
        key.eq_ignore_ascii_case(of) && actions.iter().any(|one| action.is(one))
    };
    !always && !NEVER_LEFT_OUT.iter().any(is_of_it)
}

/// Requests that are tried at most
const TRIES: usize = 256;

/// Whose choice a key is
#[must_use]
pub fn choice(key: &str) -> Choice {
    let key = key.to_ascii_lowercase();
    let is_this =
        |row: &(&str, &str)| if row.0.ends_with('/') { key.starts_with(row.0) } else { key == row.0 };
    if CHOSEN.iter().any(is_this) { Choice::Callers } else { Choice::Fixed }
}

/// The best decision that the caller can bring about with the keys it chooses
///
/// `decide` decides a request as it stands; `plain` is its decision on `request`.
pub fn best(request: &Request, plain: Decision, decide: impl Fn(&Request) -> Decision) -> Decision {
    match picked(request, &plain, decide) {
        Some(Picked { mut decision, choices, .. }) => {
            decision.choices = choices;
            decision
        }
        None => plain,
    }
}

/// The request with the keys fixed that the caller chooses, where a decision rests on such a choice
#[must_use]
pub fn witness(policies: &Applicable<'_>, request: &Request) -> Option<Request> {
    let decide = |tried: &Request| decide_as_it_stands(policies, tried);
    picked(request, &decide(request), decide).map(|picked| picked.request)
}

/// What the caller picks
struct Picked {
    request: Request,
    decision: Decision,
    choices: Vec<Atom>,
}

fn picked(request: &Request, plain: &Decision, decide: impl Fn(&Request) -> Decision) -> Option<Picked> {
    let residual = plain.residual.as_ref().filter(|_| plain.verdict == Verdict::Conditional)?;
    let chosen: Vec<Atom> =
        residual.atoms().into_iter().filter(|atom| atom.choice == Choice::Callers).cloned().collect();
    if chosen.is_empty() {
        return None;
    }
    let mut candidates: BTreeMap<String, Vec<KeyValue>> = BTreeMap::new();
    for atom in &chosen {
        let values = candidates.entry(atom.key.to_ascii_lowercase()).or_default();
        for value in candidate_values(&request.action, atom) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    let mut best: Option<(usize, Request, Decision, BTreeMap<String, KeyValue>)> = None;
    for picked in assignments(&candidates).take(TRIES) {
        let mut tried = request.clone();
        for (key, value) in &picked {
            tried.context.set(key, value.clone());
        }
        let decision = decide(&tried);
        let open = match decision.verdict {
            Verdict::Allowed => 0,
            Verdict::Conditional => decision.residual.as_ref().map_or(1, size),
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => continue,
        };
        if best.as_ref().is_none_or(|(least, ..)| open < *least) {
            best = Some((open, tried, decision, picked));
        }
        if open == 0 {
            break;
        }
    }
    let (_, request, decision, picked) = best?;
    Some(Picked { request, decision, choices: shown(residual, &chosen, &picked) })
}

/// Values worth trying for a key: those that satisfy the condition first
fn candidate_values(action: &Action, atom: &Atom) -> Vec<KeyValue> {
    let (set, operator) = match atom.operator.split_once(':') {
        Some((_, operator)) => (true, operator),
        None => (false, atom.operator.as_str()),
    };
    let value = |text: Text| if set { KeyValue::Many(vec![text]) } else { KeyValue::One(text) };
    let mut out = Vec::new();
    if operator.starts_with("Bool") {
        out.extend(atom.values.iter().cloned().map(value));
        out.extend(["true", "false"].map(|text| value(Text::from(text))));
    } else if operator == "Null" {
        out.push(value(Text::from("x")));
    } else {
        let texts: Vec<Text> = atom.values.iter().map(instance).collect();
        out.extend(texts.iter().cloned().map(value));
        if set {
            out.push(KeyValue::Many(texts));
        }
        if operator.starts_with("Numeric") {
            out.extend(["0", "999999999999"].map(|text| value(Text::from(text))));
        }
        out.push(value(Text::from("x")));
    }
    if may_leave_out(action, &atom.key) {
        out.push(KeyValue::Absent);
    }
    out
}

/// A text that a pattern of a condition fits
fn instance(pattern: &Text) -> Text {
    let piece = |piece: &Piece| match piece {
        Piece::Lit(text) => Piece::Lit(text.replace(['*', '?'], "x")),
        Piece::Hole(hole) => Piece::Hole(hole.clone()),
    };
    pattern.pieces().iter().map(piece).collect()
}

/// Every combination of one value a key, the first values first
fn assignments(
    candidates: &BTreeMap<String, Vec<KeyValue>>,
) -> impl Iterator<Item = BTreeMap<String, KeyValue>> {
    let total = candidates.values().map(Vec::len).fold(1_usize, usize::saturating_mul);
    (0..total.min(TRIES)).map(move |mut at| {
        let pick = |(key, values): (&String, &Vec<KeyValue>)| {
            let value = values.get(at % values.len().max(1)).cloned().unwrap_or(KeyValue::Absent);
            at /= values.len().max(1);
            (key.clone(), value)
        };
        candidates.iter().map(pick).collect()
    })
}

/// How much of a residual is open
fn size(residual: &Residual) -> usize {
    match residual {
        Residual::All(parts) | Residual::Any(parts) => parts.iter().map(size).sum(),
        Residual::Not(inner) => size(inner),
        Residual::Atom(_) | Residual::Hole { .. } | Residual::Cause(_) => 1,
    }
}

/// The choice, as conditions: as the policies write them where they ask for the value, else key and value
fn shown(residual: &Residual, chosen: &[Atom], picked: &BTreeMap<String, KeyValue>) -> Vec<Atom> {
    let mut out: Vec<Atom> = Vec::new();
    for (key, value) in picked {
        let of_key: Vec<&Atom> = chosen.iter().filter(|atom| atom.key.eq_ignore_ascii_case(key)).collect();
        let (operator, values) = match value {
            KeyValue::One(text) => ("StringEquals", vec![text.clone()]),
            KeyValue::Many(texts) => ("ForAllValues:StringEquals", texts.clone()),
            KeyValue::Absent | KeyValue::Unknown => ("Null", vec![Text::from("true")]),
        };
        if operator != "Null" {
            let asked = of_key.iter().filter(|atom| is_asked(residual, atom) && holds(atom, value));
            let before = out.len();
            out.extend(asked.map(|atom| (*atom).clone()));
            if out.len() > before {
                continue;
            }
        }
        let Some(first) = of_key.first() else { continue };
        let operator =
            if first.operator.starts_with("Bool") && operator == "StringEquals" { "Bool" } else { operator };
        out.push(Atom { operator: operator.to_owned(), values, ..(*first).clone() });
    }
    out
}

/// The one value that the caller picks
struct Pick<'p>(&'p KeyValue);

impl Keys for Pick<'_> {
    fn value(&self, _: &str) -> KeyValue {
        self.0.clone()
    }

    fn choice(&self, _: &str) -> Choice {
        Choice::Callers
    }

    fn not_confirmed(&self, _: &str) -> Option<String> {
        None
    }

    fn is_multivalued(&self, _: &str) -> bool {
        false
    }
}

/// Whether a condition holds where its key has this value
fn holds(atom: &Atom, value: &KeyValue) -> bool {
    let values = atom.values.iter().map(|text| Entry { text: text.clone(), span: atom.span }).collect();
    let operator = Operator::parse(&Text::from(atom.operator.as_str()));
    let condition = Condition { operator, key: atom.key.as_str().into(), values, span: atom.span };
    condition::holds(&condition, &Pick(value), Live::Nowhere).is_true()
}

/// Whether the condition stands in the residual without a negation above it
fn is_asked(residual: &Residual, wanted: &Atom) -> bool {
    match residual {
        Residual::All(parts) | Residual::Any(parts) => parts.iter().any(|part| is_asked(part, wanted)),
        Residual::Atom(atom) => atom == wanted,
        Residual::Not(_) | Residual::Hole { .. } | Residual::Cause(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_table_is_not_the_callers_choice() {
        assert_eq!(choice("AWS:SecureTransport"), Choice::Callers);
        assert_eq!(choice("aws:RequestTag/Team"), Choice::Callers);
        for key in
            ["aws:MultiFactorAuthPresent", "aws:SourceIp", "sts:ExternalId", "aws:ResourceTag/x", "x:y"]
        {
            assert_eq!(choice(key), Choice::Fixed, "{key}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_lower_case() {
        assert!(CHOSEN.is_sorted());
        assert!(CHOSEN.iter().all(|(key, source)| *key == key.to_ascii_lowercase() && !source.is_empty()));
    }
}
