//! Requests of one caller that differ in the resource only, where no policy tells the resources apart: decided once.
//!
//! An administrator's `*` allows reading one table as it allows reading the next, and who reads `orders-*` reads every
//! table of such a name alike. Two requests are alike where the same patterns surely fit both resources, and the others
//! surely neither: of every statement that may match the action, of the caller, of organisations and of endpoints. Else
//! only owner, partition and region of the resource can matter, since keys follow from them (`eval::derive`). A resource
//! with documents of its own is asked each time, and so is one that a pattern fits only perhaps.
//! Must not know: what makes an edge.

use std::collections::BTreeMap;

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, certain, fit};
use crate::eval::context::KeyValue;
use crate::eval::variables::has_variables;
use crate::policy::{Clause, Entry, Policy, Statement};
use crate::reach::judge::{Judgement, ask};
use crate::text::{Piece, Text};
use crate::world::view::{Question, View};
use crate::world::{Applied, Entity};

/// What was decided of one caller
#[derive(Debug)]
pub struct Alike<'v> {
    view: &'v View<'v>,
    caller: Option<&'v Entity>,
    known: BTreeMap<String, OfAction<'v>>,
}

/// What was decided of one caller's calls of one action
#[derive(Debug, Default)]
struct OfAction<'v> {
    /// The patterns that tell resources apart; `None` where they are not the same for every resource, or too many
    patterns: Option<Vec<&'v Text>>,
    decided: Vec<(Seen, Option<Judgement>)>,
}

/// What policies see of a request's resource, and what else a request of this caller and action has
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    owner: Option<Text>,
    /// Partition, service and region, as they stand in the ARN
    place: Text,
    context: Vec<(&'static str, KeyValue)>,
    /// Which of the patterns fit, one bit for each
    fits: u128,
}

/// So many patterns have a bit each
const PATTERNS: usize = 128;

/// Decisions that are kept for one action: where resources are told apart so finely, remembering does not help
const KEPT: usize = 64;

impl<'v> Alike<'v> {
    /// Nothing yet, of this caller; one without policies of its own is asked each time
    #[must_use]
    pub fn of(view: &'v View<'v>, caller: Option<&'v Entity>) -> Self {
        Self { view, caller, known: BTreeMap::new() }
    }

    /// The view that is asked
    #[must_use]
    pub fn view(&self) -> &'v View<'v> {
        self.view
    }

    /// The judgement of a question, which must be one of this caller
    pub fn ask(&mut self, question: &Question<'_>) -> Option<Judgement> {
        let (view, Some(caller)) = (self.view, self.caller) else { return ask(self.view, question) };
        let called = question.action.as_str();
        if !self.known.contains_key(called) {
            let patterns = patterns(view, caller, question.action);
            self.known.insert(called.to_owned(), OfAction { patterns, decided: Vec::new() });
        }
        let Some(of_action) = self.known.get_mut(called) else { return ask(view, question) };
        let patterns = of_action.patterns.as_deref();
        let Some(seen) = patterns.and_then(|patterns| seen(view, question, patterns)) else {
            return ask(view, question);
        };
        if let Some((_, known)) = of_action.decided.iter().find(|(known, _)| *known == seen) {
            return known.clone();
        }
        let judged = ask(view, question);
        if of_action.decided.len() < KEPT {
            of_action.decided.push((seen, judged.clone()));
        }
        judged
    }
}

/// What policies see of a resource, if that is all there is to see
fn seen(view: &View<'_>, question: &Question<'_>, patterns: &[&Text]) -> Option<Seen> {
    let target = question.on.map(|id| view.entity(id))?;
    // A trust policy is about taking the role, and nothing else.
    let is_assume = question.action.service().eq_ignore_ascii_case("sts");
    let own = if is_assume { &target.trust } else { &target.resource };
    if !own.is_empty() || !target.grants.is_empty() {
        return None;
    }
    let place = place(&question.resource)?;
    let mut fits = 0;
    for pattern in patterns {
        fits = (fits << 1) | u128::from(certain(pattern, &question.resource)?);
    }
    Some(Seen { owner: target.account.clone(), place, context: question.context.clone(), fits })
}

/// What stands before the account in an ARN
fn place(arn: &Text) -> Option<Text> {
    if let Some(Piece::Lit(first)) = arn.pieces().first()
        && first.starts_with("arn:")
        && let Some((colon, _)) = first.match_indices(':').nth(3)
    {
        return first.get(..colon).map(Text::from);
    }
    let Arn { partition, service, region, .. } = Arn::parse(arn)?;
    Some(partition.with(":").with(service).with(":").with(region))
}

/// The patterns by which the documents that apply to a caller's call of an action tell resources apart
fn patterns<'v>(view: &'v View<'_>, caller: &'v Entity, action: &Action) -> Option<Vec<&'v Text>> {
    let called = Text::from(action.as_str());
    let ceilings = view.world.limited().flat_map(|(_, ceilings)| ceilings.scps.iter().chain(&ceilings.rcps));
    let endpoints = view.world.endpoints.iter().flat_map(|one| [&one.policies, &one.perhaps]);
    let own = [&caller.identity, &caller.boundary];
    let lists = own.into_iter().chain(ceilings).chain(endpoints);
    let documents = lists.flat_map(|applied: &'v Vec<Applied>| view.documents(applied));
    let mut patterns = Vec::new();
    for statement in documents.flat_map(|policy: &'v Policy| &policy.statements) {
        let (Clause::Is(entries) | Clause::Not(entries)) = &statement.resource else { continue };
        if is_about(statement, &called) {
            patterns.extend(entries.iter().map(|entry| &entry.text).filter(|text| !is_everything(text)));
        }
    }
    patterns.sort();
    patterns.dedup();
    let is_plain = patterns.len() <= PATTERNS && !patterns.iter().any(|text| has_variables(text));
    is_plain.then_some(patterns)
}

fn is_everything(text: &Text) -> bool {
    text.as_literal() == Some("*")
}

/// Whether a statement may match the action
fn is_about(statement: &Statement, action: &Text) -> bool {
    let fits = |entry: &Entry, wanted: &Fit| fit(&entry.text, action, Way::LikeIgnoringCase) == *wanted;
    match &statement.action {
        Clause::Is(entries) => !entries.iter().all(|entry| fits(entry, &Fit::No)),
        Clause::Not(entries) => !entries.iter().any(|entry| fits(entry, &Fit::Yes)),
        Clause::Absent => true,
    }
}
