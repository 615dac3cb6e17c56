//! Cuts: smallest sets of statements whose removal breaks every way between two ends.
//!
//! Exact up to three statements: each cut must take a statement of the best way that is left, so following the best
//! ways finds all. Where none is so small, one is put together greedily, and says so. What a deploying tool adds at one
//! place goes as one. Trust of Lambda in an execution role is no cut: it would stop the function itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::reach::graph::Graph;
use crate::reach::search::{Reached, Tiers, paths};
use crate::reach::{Evidence, EvidenceRole};
use crate::world::EntityId;
use crate::world::view::{StatementPlace, View};

/// The largest cuts that are looked for
const LARGEST: usize = 3;
/// Cuts that are shown at most
const SHOWN: usize = 32;

/// Statements that a greedy cut takes at most
const GREEDY: usize = 64;
/// Ways that a greedy cut looks at for the statement that most of them share
const SAMPLE: usize = 32;

/// A set of statements that breaks all ways, in the order of their places
pub type Cut = Vec<Evidence>;

/// What breaks all ways
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cuts {
    /// All smallest cuts; none where there is no way, or none that statements could break
    Smallest(Vec<Cut>),
    /// No three statements do it. These do, and none of them can be left out; fewer others might
    Greedy(Cut),
}

/// The smallest cuts of up to three statements, or a larger one
#[must_use]
pub fn cuts(view: &View<'_>, graph: &Graph, starts: &[EntityId], targets: &[EntityId], tiers: Tiers) -> Cuts {
    if paths(graph, starts, targets, tiers, 1).is_empty() {
        return Cuts::Smallest(Vec::new());
    }
    for size in 1..=LARGEST {
        let mut search = Search { view, starts, targets, tiers, found: BTreeSet::new() };
        search.down(graph, &mut Vec::new(), size);
        if !search.found.is_empty() {
            return Cuts::Smallest(search.found.into_iter().take(SHOWN).collect());
        }
    }
    let search = Search { view, starts, targets, tiers, found: BTreeSet::new() };
    search.greedy(graph).map_or(Cuts::Smallest(Vec::new()), Cuts::Greedy)
}

/// Statements of a way that can be dropped; what a tool adds at one place is one
fn units<'e>(path: &Reached<'e>) -> Vec<Vec<&'e Evidence>> {
    let mut units: Vec<Vec<&Evidence>> = Vec::new();
    for edge in path.path.iter().filter(|edge| edge.kind != "runs-as") {
        for evidence in edge.evidence.iter().filter(|e| e.effect == Some("allow")) {
            let together = |unit: &&mut Vec<&Evidence>| {
                unit.first().is_some_and(|first| {
                    first.role == EvidenceRole::Synthesised
                        && evidence.role == EvidenceRole::Synthesised
                        && first.span == evidence.span
                })
            };
            match units.iter_mut().find(together) {
                Some(unit) => unit.push(evidence),
                None => units.push(vec![evidence]),
            }
        }
    }
    units
}

fn places<'e>(evidence: impl IntoIterator<Item = &'e Evidence>) -> BTreeSet<StatementPlace> {
    evidence.into_iter().filter_map(|e| Some((e.span, e.index?))).collect()
}

struct Search<'a> {
    view: &'a View<'a>,
    starts: &'a [EntityId],
    targets: &'a [EntityId],
    tiers: Tiers,
    found: BTreeSet<Cut>,
}

impl Search<'_> {
    fn down(&mut self, graph: &Graph, taken: &mut Vec<Evidence>, left: usize) {
        let Some(best) = paths(graph, self.starts, self.targets, self.tiers, 1).into_iter().next() else {
            let mut cut = taken.clone();
            cut.sort();
            self.found.insert(cut);
            return;
        };
        if left == 0 || self.found.len() > SHOWN {
            return;
        }
        for unit in units(&best) {
            let Some(shown) = unit.first() else { continue };
            if taken.contains(shown) {
                continue;
            }
            let places = places(taken.iter().chain(unit.iter().copied()));
            let reduced = graph.without(self.view, &places);
            taken.push((*shown).clone());
            self.down(&reduced, taken, left - 1);
            taken.pop();
        }
    }

    /// Takes the statement that most of the best ways share until none is left, then leaves out what is not needed
    fn greedy(&self, graph: &Graph) -> Option<Cut> {
        let mut taken: Vec<Vec<Evidence>> = Vec::new();
        let without = |taken: &[Vec<Evidence>]| graph.without(self.view, &places(taken.iter().flatten()));
        loop {
            let left = without(&taken);
            let ways = paths(&left, self.starts, self.targets, self.tiers, SAMPLE);
            if ways.is_empty() {
                break;
            }
            let mut shared: BTreeMap<Vec<Evidence>, usize> = BTreeMap::new();
            for unit in ways.iter().flat_map(units) {
                *shared.entry(unit.into_iter().cloned().collect()).or_default() += 1;
            }
            let most =
                shared.into_iter().filter(|(unit, _)| !taken.contains(unit)).rev().max_by_key(|(_, n)| *n);
            let (unit, _) = most.filter(|_| taken.len() < GREEDY)?;
            taken.push(unit);
        }
        let mut at = 0;
        while at < taken.len() {
            let mut fewer = taken.clone();
            fewer.remove(at);
            if paths(&without(&fewer), self.starts, self.targets, self.tiers, 1).is_empty() {
                taken = fewer;
            } else {
                at += 1;
            }
        }
        let mut cut: Cut = taken.into_iter().filter_map(|unit| unit.into_iter().next()).collect();
        cut.sort();
        Some(cut)
    }
}
