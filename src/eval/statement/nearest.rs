//! The statement that comes nearest to allowing a request, and which part of it misses.
//!
//! For people who ask why a call was denied: fewest parts that miss first, then the one whose missing part is most
//! like what was asked for. Must not know: how a decision is made from statements.

use std::cmp::Reverse;

use super::{Bounded, Sight, action, live, principal, resource};
use crate::eval::condition;
use crate::eval::decide::Layer;
use crate::eval::request::{Applicable, Attached, Document, Request};
use crate::eval::truth::Truth;
use crate::eval::variables::Live;
use crate::policy::{Clause, Effect, Entry, Policy, Principals, Statement};
use crate::source::Span;
use crate::text::Text;

/// A statement that would allow the request if some parts of it fitted
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// The layer it stands in
    pub layer: Layer,
    /// The policy, as attached: its name
    pub policy: String,
    /// The statement's Sid
    pub sid: Option<Text>,
    /// 0-based place in the document
    pub index: usize,
    /// Where it stands
    pub span: Span,
    /// What of it does not fit
    pub misses: Vec<Miss>,
}

/// A part of a statement that does not fit the request
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// Which element
    pub part: Part,
    /// What it says, in the policy's own words
    pub written: String,
    /// Where it says so
    pub span: Span,
}

/// An element of a statement
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `Principal`
    Principal,
    /// `Action`
    Action,
    /// `Resource`
    Resource,
    /// One condition
    Condition,
}

impl Part {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::Condition => "condition",
        }
    }
}

/// How many parts miss, and how like the missing ones are to what was asked for: the least is the nearest
type Rank = (usize, Reverse<usize>);

/// The nearest statement for a request that a layer lacks an Allow for
#[must_use]
pub fn nearest(policies: &Applicable<'_>, request: &Request, lacking: Layer) -> Option<Near> {
    let own = (Layer::Identity, policies.identity.clone());
    let of_resource = |layer| (layer, policies.resource.clone());
    let searched: Vec<(Layer, Vec<Attached<'_>>)> = match lacking {
        Layer::Identity | Layer::Resource => vec![own, of_resource(Layer::Resource)],
        Layer::Trust | Layer::Key => vec![of_resource(lacking), own],
        Layer::Grant => vec![(lacking, policies.grants.clone())],
        Layer::Boundary => vec![(lacking, policies.boundary.clone())],
        Layer::Session => vec![(lacking, policies.session.clone())],
        Layer::Endpoint => vec![(lacking, policies.endpoint.clone())],
        Layer::Scp => vec![(lacking, policies.scps.concat())],
        Layer::Rcp => vec![(lacking, policies.rcps.concat())],
    };
    let mut best: Option<(Rank, Near)> = None;
    for (layer, attached) in &searched {
        for one in attached {
            let Document::Known(policy) = one.document else { continue };
            for statement in policy.statements.iter().filter(|one| one.effect == Effect::Allow) {
                let Some((rank, misses)) = misses(policy, statement, *layer, request) else { continue };
                if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                    let (policy, sid) = (one.name.to_owned(), statement.sid.clone());
                    let (index, span) = (statement.index, statement.span);
                    best = Some((rank, Near { layer: *layer, policy, sid, index, span, misses }));
                }
            }
        }
    }
    best.map(|(_, near)| near)
}

/// What of a statement does not fit, and how it ranks; `None` where it is about something else
fn misses(
    policy: &Policy,
    statement: &Statement,
    layer: Layer,
    request: &Request,
) -> Option<(Rank, Vec<Miss>)> {
    let sight = Sight { request, layer };
    let live = live(&policy.version).unwrap_or(Live::Everywhere);
    let mut misses = Vec::new();
    let mut likeness = 0;
    let named = principal(statement, layer, request, Bounded::No);
    if Truth::any(named.into_iter().map(|(truth, _)| truth)).is_false() {
        let (written, span) = principals(statement);
        misses.push(Miss { part: Part::Principal, written, span });
    }
    if action(statement, request).is_false() {
        let entries = statement.action.entries();
        let called = request.action.as_str();
        let of_service = |entry: &&Entry| {
            let text = entry.text.to_string().to_ascii_lowercase();
            text.starts_with(&format!("{}:", request.action.service().to_ascii_lowercase()))
        };
        // A statement about another service is about something else.
        entries.iter().find(of_service)?;
        likeness += alike(entries, called);
        misses.push(written(Part::Action, entries, statement));
    }
    if resource(statement, layer, request, &sight, live).is_false() {
        let entries = statement.resource.entries();
        likeness += alike(entries, &request.resource.to_string());
        misses.push(written(Part::Resource, entries, statement));
    }
    for one in &statement.condition {
        if condition::holds(one, &sight, live).is_false() {
            let values: Vec<String> = one.values.iter().map(|value| value.text.to_string()).collect();
            let written = format!("{} {} {}", condition::shown(&one.operator), one.key, values.join(", "));
            misses.push(Miss { part: Part::Condition, written, span: one.span });
        }
    }
    let other = misses.iter().any(|miss| miss.part == Part::Action)
        && misses.iter().any(|miss| miss.part == Part::Resource);
    (!misses.is_empty() && !other).then_some(((misses.len(), Reverse(likeness)), misses))
}

fn written(part: Part, entries: &[Entry], statement: &Statement) -> Miss {
    let texts: Vec<String> = entries.iter().map(|entry| entry.text.to_string()).collect();
    let span = entries.first().map_or(statement.span, |entry| entry.span);
    Miss { part, written: texts.join(", "), span }
}

fn principals(statement: &Statement) -> (String, Span) {
    let (Clause::Is(who) | Clause::Not(who)) = &statement.principal else {
        return (String::new(), statement.span);
    };
    match who {
        Principals::Everyone(span) => ("*".to_owned(), *span),
        Principals::Listed(list) => {
            let texts: Vec<String> = list.iter().map(|named| named.text.to_string()).collect();
            (texts.join(", "), list.first().map_or(statement.span, |named| named.span))
        }
    }
}

/// How many characters the most similar entry shares with a text, from the start
fn alike(entries: &[Entry], text: &str) -> usize {
    let shared = |entry: &Entry| {
        let written = entry.text.to_string();
        written.chars().zip(text.chars()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
    };
    entries.iter().map(shared).max().unwrap_or(0)
}
