//! Laws of names: a decision does not depend on which account it is about, nor on how a document is written down.

use crate::eval::context::{Context, KeyValue};
use crate::eval::request::{Caller, Request};
use crate::fuzz::laws::{Draw, Held, Law, Of, same};
use crate::policy::{Clause, Policy, Principals, parse, print};
use crate::text::{Piece, Text};

pub(super) static LAWS: &[Law] = &[
    Law { id: "M34", says: "another account number changes nothing", of: Of::Known, check: renaming },
    Law {
        id: "M40",
        says: "what is printed and read again decides the same",
        of: Of::All,
        check: written_down,
    },
];

/// An account of the strategies, and another that is a date and a number just as well
const ACCOUNT: (&str, &str) = ("111122223333", "123456789013");

fn renamed(text: &Text) -> Text {
    let piece = |piece: &Piece| match piece {
        Piece::Lit(text) => Piece::Lit(text.replace(ACCOUNT.0, ACCOUNT.1)),
        Piece::Hole(hole) => Piece::Hole(hole.clone()),
    };
    text.pieces().iter().map(piece).collect()
}

fn renamed_policy(policy: &mut Policy) {
    for statement in &mut policy.statements {
        if let Clause::Is(Principals::Listed(list)) | Clause::Not(Principals::Listed(list)) =
            &mut statement.principal
        {
            list.iter_mut().for_each(|named| named.text = renamed(&named.text));
        }
        for clause in [&mut statement.action, &mut statement.resource] {
            if let Clause::Is(entries) | Clause::Not(entries) = clause {
                entries.iter_mut().for_each(|entry| entry.text = renamed(&entry.text));
            }
        }
        let values = statement.condition.iter_mut().flat_map(|condition| &mut condition.values);
        values.for_each(|entry| entry.text = renamed(&entry.text));
    }
}

fn renamed_caller(caller: &Caller) -> Caller {
    match caller {
        Caller::User(arn) => Caller::User(renamed(arn)),
        Caller::Session { role, name } => {
            Caller::Session { role: renamed(role), name: name.as_ref().map(renamed) }
        }
        Caller::ServiceLinkedRole(arn) => Caller::ServiceLinkedRole(renamed(arn)),
        Caller::FederatedUser(arn) => Caller::FederatedUser(renamed(arn)),
        Caller::Federated(arn) => Caller::Federated(renamed(arn)),
        Caller::Root(account) => Caller::Root(renamed(account)),
        Caller::Account(account) => Caller::Account(renamed(account)),
        Caller::Service(name) => Caller::Service(name.clone()),
        Caller::Anonymous => Caller::Anonymous,
    }
}

/// Whether a wildcard stands beside a digit: it may then cut a number in two
fn cuts_a_number(text: &Text) -> bool {
    let letters = |text: &str| text.chars().collect::<Vec<_>>();
    let cuts =
        |pair: &[char]| pair.iter().any(|c| matches!(c, '*' | '?')) && pair.iter().any(char::is_ascii_digit);
    text.pieces().iter().any(|piece| match piece {
        Piece::Lit(text) => letters(text).windows(2).any(cuts),
        Piece::Hole(_) => true,
    })
}

fn renaming(draw: &Draw) -> Result<Held, String> {
    if draw.policies.documents().flat_map(|policy| policy.texts()).any(cuts_a_number) {
        return Ok(Held::Vacuously);
    }
    let mut policies = draw.policies.clone();
    policies.documents_mut().for_each(renamed_policy);
    let mut context = Context::new(draw.request.context.others());
    for (key, value) in draw.request.context.iter() {
        let value = match value {
            KeyValue::One(text) => KeyValue::One(renamed(text)),
            KeyValue::Many(texts) => KeyValue::Many(texts.iter().map(renamed).collect()),
            KeyValue::Absent | KeyValue::Unknown => value.clone(),
        };
        context.set(key, value);
    }
    let request = Request {
        caller: renamed_caller(&draw.request.caller),
        action: draw.request.action.clone(),
        resource: renamed(&draw.request.resource),
        owner: draw.request.owner.as_ref().map(renamed),
        context,
    };
    let (before, after) = (draw.policies.verdict(&draw.request), policies.verdict(&request));
    if before == after { Ok(Held::InPoint) } else { Err(format!("{before:?} became {after:?}")) }
}

fn written_down(draw: &Draw) -> Result<Held, String> {
    let mut policies = draw.policies.clone();
    policies.documents_mut().for_each(|policy| *policy = parse::policy(&print::policy(policy)).0);
    same(&draw.policies, &policies, &draw.request)
}
