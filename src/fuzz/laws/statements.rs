//! Laws of statements: what adding, removing, splitting and rewriting one does to a verdict.

use crate::eval::decide::Verdict;
use crate::eval::statement::{Bounded, matches};
use crate::fuzz::laws::{Draw, Held, Law, Of, Policies, grows, same, shrinks};
use crate::policy::operator::{Family, Operator};
use crate::policy::{Clause, Effect, Entry, Named, PrincipalKind, Principals, Statement};
use crate::source::Span;
use crate::text::{Piece, Text};

pub(super) static LAWS: &[Law] = &[
    Law { id: "M01", says: "an Allow more closes nothing", of: Of::All, check: allow_more },
    Law { id: "M02", says: "a Deny more opens nothing", of: Of::All, check: deny_more },
    Law { id: "M03", says: "the order of statements does not matter", of: Of::All, check: order },
    Law { id: "M04", says: "writing a statement twice does not matter", of: Of::All, check: repetition },
    Law { id: "M05", says: "an Allow less opens nothing", of: Of::All, check: allow_less },
    Law { id: "M06", says: "a Deny less closes nothing", of: Of::All, check: deny_less },
    Law { id: "M07", says: "a list of Action may be split", of: Of::Known, check: split_action },
    Law { id: "M09", says: "a list of Resource may be split", of: Of::Known, check: split_resource },
    Law { id: "M10", says: "an Allow on everything opens more", of: Of::Known, check: allow_everything },
    Law { id: "M11", says: "a Deny on everything closes more", of: Of::Known, check: deny_everything },
    Law {
        id: "M23",
        says: "Action and NotAction together are everything",
        of: Of::Known,
        check: both_sisters,
    },
    Law { id: "M24", says: "names of actions and keys ignore case", of: Of::Known, check: case_of_names },
    Law { id: "M26", says: "two documents of a layer are a union", of: Of::Known, check: union },
    Law { id: "M27", says: "two stars are one", of: Of::Known, check: double_stars },
    Law { id: "M28", says: "what does not match may go", of: Of::Known, check: slicing },
    Law { id: "M42", says: "everyone is everyone in both spellings", of: Of::Known, check: everyone },
];

fn vacuously_or(
    changed: Option<Policies>,
    law: impl Fn(&Policies) -> Result<Held, String>,
) -> Result<Held, String> {
    changed.map_or(Ok(Held::Vacuously), |policies| law(&policies))
}

fn with(draw: &Draw, effect: Effect) -> Option<Policies> {
    let mut policies = draw.policies.clone();
    let nth = draw.number.checked_rem(policies.documents().count())?;
    let into = policies.documents_mut().nth(nth)?;
    let index = into.statements.len();
    into.statements.push(Statement { index, effect, ..draw.statement.clone() });
    Some(policies)
}

fn allow_more(draw: &Draw) -> Result<Held, String> {
    vacuously_or(with(draw, Effect::Allow), |more| grows(&draw.policies, more, &draw.request))
}

fn deny_more(draw: &Draw) -> Result<Held, String> {
    vacuously_or(with(draw, Effect::Deny), |more| shrinks(&draw.policies, more, &draw.request))
}

fn allow_less(draw: &Draw) -> Result<Held, String> {
    let less = draw.policies.replaced(draw.number, is_allow, |_| Vec::new());
    vacuously_or(less, |less| shrinks(&draw.policies, less, &draw.request))
}

fn deny_less(draw: &Draw) -> Result<Held, String> {
    let less = draw.policies.replaced(draw.number, is_deny, |_| Vec::new());
    vacuously_or(less, |less| grows(&draw.policies, less, &draw.request))
}

pub(super) fn is_allow(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
}

pub(super) fn is_deny(statement: &Statement) -> bool {
    statement.effect == Effect::Deny
}

fn order(draw: &Draw) -> Result<Held, String> {
    let mut turned = draw.policies.clone();
    turned.documents_mut().for_each(|policy| policy.statements.reverse());
    same(&draw.policies, &turned, &draw.request)
}

fn repetition(draw: &Draw) -> Result<Held, String> {
    let mut twice = draw.policies.clone();
    twice.documents_mut().for_each(|policy| policy.statements.extend_from_within(..));
    same(&draw.policies, &twice, &draw.request)
}

fn long(entries: &[Entry]) -> bool {
    entries.len() > 1
}

fn split_action(draw: &Draw) -> Result<Held, String> {
    let wanted = |statement: &Statement| matches!(&statement.action, Clause::Is(list) if long(list));
    let by = |statement: &Statement| {
        let one = |entry: &Entry| Statement { action: Clause::Is(vec![entry.clone()]), ..statement.clone() };
        statement.action.entries().iter().map(one).collect()
    };
    let split = draw.policies.replaced(draw.number, wanted, by);
    vacuously_or(split, |split| same(&draw.policies, split, &draw.request))
}

/// The control: wrong, because a list of `NotAction` is an AND
pub(super) fn split_not_action(draw: &Draw) -> Result<Held, String> {
    let wanted = |statement: &Statement| matches!(&statement.action, Clause::Not(list) if long(list));
    let by = |statement: &Statement| {
        let one = |entry: &Entry| Statement { action: Clause::Not(vec![entry.clone()]), ..statement.clone() };
        statement.action.entries().iter().map(one).collect()
    };
    let split = draw.policies.replaced(draw.number, wanted, by);
    vacuously_or(split, |split| same(&draw.policies, split, &draw.request))
}

fn split_resource(draw: &Draw) -> Result<Held, String> {
    let wanted = |statement: &Statement| matches!(&statement.resource, Clause::Is(list) if long(list));
    let by = |statement: &Statement| {
        let one =
            |entry: &Entry| Statement { resource: Clause::Is(vec![entry.clone()]), ..statement.clone() };
        statement.resource.entries().iter().map(one).collect()
    };
    let split = draw.policies.replaced(draw.number, wanted, by);
    vacuously_or(split, |split| same(&draw.policies, split, &draw.request))
}

fn everything() -> Clause<Vec<Entry>> {
    Clause::Is(vec![Entry { text: "*".into(), span: Span::NOWHERE }])
}

fn on_everything(statement: &Statement) -> Vec<Statement> {
    vec![Statement { resource: everything(), ..statement.clone() }]
}

fn allow_everything(draw: &Draw) -> Result<Held, String> {
    let wider = draw.policies.replaced(draw.number, is_allow, on_everything);
    vacuously_or(wider, |wider| grows(&draw.policies, wider, &draw.request))
}

fn deny_everything(draw: &Draw) -> Result<Held, String> {
    let wider = draw.policies.replaced(draw.number, is_deny, on_everything);
    vacuously_or(wider, |wider| shrinks(&draw.policies, wider, &draw.request))
}

fn both_sisters(draw: &Draw) -> Result<Held, String> {
    let written = |statement: &Statement| matches!(statement.action, Clause::Is(_));
    let both = |statement: &Statement| {
        let not = Clause::Not(statement.action.entries().to_vec());
        vec![statement.clone(), Statement { action: not, ..statement.clone() }]
    };
    let one = |statement: &Statement| vec![Statement { action: everything(), ..statement.clone() }];
    let both = draw.policies.replaced(draw.number, written, both);
    let one = draw.policies.replaced(draw.number, written, one);
    let (Some(both), Some(one)) = (both, one) else { return Ok(Held::Vacuously) };
    same(&both, &one, &draw.request)
}

fn case_of_names(draw: &Draw) -> Result<Held, String> {
    let upper = |text: &Text| {
        let piece = |piece: &Piece| match piece {
            Piece::Lit(text) => Piece::Lit(text.to_ascii_uppercase()),
            Piece::Hole(hole) => Piece::Hole(hole.clone()),
        };
        text.pieces().iter().map(piece).collect::<Text>()
    };
    let shouted = draw.policies.each(|statement| {
        if let Clause::Is(entries) | Clause::Not(entries) = &mut statement.action {
            entries.iter_mut().for_each(|entry| entry.text = upper(&entry.text));
        }
        statement.condition.iter_mut().for_each(|condition| condition.key = upper(&condition.key));
    });
    same(&draw.policies, &shouted, &draw.request)
}

fn union(draw: &Draw) -> Result<Held, String> {
    let [one, other] = draw.policies.identity.as_slice() else { return Ok(Held::Vacuously) };
    let alone = |policy| {
        let identity = vec![Clone::clone(policy)];
        Policies { identity, ..draw.policies.clone() }.verdict(&draw.request)
    };
    let (one, other, both) = (alone(one), alone(other), draw.policies.verdict(&draw.request));
    if [one, other, both].contains(&Verdict::Conditional) {
        return Ok(Held::Vacuously);
    }
    let denied = [one, other].contains(&Verdict::ExplicitlyDenied);
    let allowed = [one, other].contains(&Verdict::Allowed) && !denied;
    if allowed == (both == Verdict::Allowed) {
        Ok(Held::InPoint)
    } else {
        Err(format!("{one:?} and {other:?} together are {both:?}"))
    }
}

fn double_stars(draw: &Draw) -> Result<Held, String> {
    let twice = |text: &mut Text| {
        if let Some(literal) = text.as_literal().filter(|literal| !literal.contains("${")) {
            *text = literal.replace('*', "**").into();
        }
    };
    let doubled = draw.policies.each(|statement| {
        for clause in [&mut statement.action, &mut statement.resource] {
            if let Clause::Is(entries) | Clause::Not(entries) = clause {
                entries.iter_mut().for_each(|entry| twice(&mut entry.text));
            }
        }
        for condition in &mut statement.condition {
            let Operator::Known { row, .. } = &condition.operator else { continue };
            if matches!(row.family, Family::StringLike | Family::Arn) {
                condition.values.iter_mut().for_each(|entry| twice(&mut entry.text));
            }
        }
    });
    same(&draw.policies, &doubled, &draw.request)
}

fn slicing(draw: &Draw) -> Result<Held, String> {
    let bounded = if draw.policies.boundary.is_empty() { Bounded::No } else { Bounded::Yes };
    let mut layers = draw.policies.by_layer(&draw.request).into_iter();
    let mut sliced = draw.policies.clone();
    let before: usize = sliced.documents().map(|policy| policy.statements.len()).sum();
    for policy in sliced.documents_mut() {
        let Some((layer, original)) = layers.next() else { break };
        let stays =
            |statement: &Statement| !matches(original, statement, layer, &draw.request, bounded).is_empty();
        policy.statements.retain(stays);
    }
    let after: usize = sliced.documents().map(|policy| policy.statements.len()).sum();
    if before == after {
        return Ok(Held::Vacuously);
    }
    same(&draw.policies, &sliced, &draw.request)
}

fn everyone(draw: &Draw) -> Result<Held, String> {
    let spelled = draw.policies.each(|statement| {
        if let Clause::Is(principals @ Principals::Everyone(_)) = &mut statement.principal {
            let star = Named { kind: PrincipalKind::Aws, text: "*".into(), span: Span::NOWHERE };
            *principals = Principals::Listed(vec![star]);
        }
    });
    let changed = draw.policies.documents().zip(spelled.documents()).any(|(a, b)| a != b);
    if changed { same(&draw.policies, &spelled, &draw.request) } else { Ok(Held::Vacuously) }
}
