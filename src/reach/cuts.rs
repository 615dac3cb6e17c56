//! Cuts: smallest sets of statements whose removal breaks every way between two ends.
//!
//! Exact: each cut must take a statement of the best way that is left, so following the best ways finds all. What
//! a deploying tool adds at one place goes as one. Trust of Lambda in an execution role is no cut: it would stop
//! the function itself.

use std::collections::BTreeSet;

use crate::reach::graph::Graph;
use crate::reach::search::{Tiers, paths};
use crate::reach::{Evidence, EvidenceRole};
use crate::world::EntityId;
use crate::world::view::{StatementPlace, View};

/// The largest cuts that are looked for
const LARGEST: usize = 3;
/// Cuts that are shown at most
const SHOWN: usize = 32;

/// A set of statements that breaks all ways, in the order of their places
pub type Cut = Vec<Evidence>;

/// All smallest cuts, up to three statements each; empty where there is none of that size
#[must_use]
pub fn cuts(
    view: &View<'_>,
    graph: &Graph,
    starts: &[EntityId],
    targets: &[EntityId],
    tiers: Tiers,
) -> Vec<Cut> {
    if paths(graph, starts, targets, tiers, 1).is_empty() {
        return Vec::new();
    }
    for size in 1..=LARGEST {
        let mut search = Search { view, starts, targets, tiers, found: BTreeSet::new() };
        search.down(graph, &mut Vec::new(), size);
        if !search.found.is_empty() {
            return search.found.into_iter().take(SHOWN).collect();
        }
    }
    Vec::new()
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
        let mut units: Vec<Vec<&Evidence>> = Vec::new();
        for edge in best.path.iter().filter(|edge| edge.kind != "runs-as") {
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
        for unit in units {
            let Some(shown) = unit.first() else { continue };
            if taken.contains(shown) {
                continue;
            }
            let places: BTreeSet<StatementPlace> =
                taken.iter().chain(unit.iter().copied()).filter_map(|e| Some((e.span, e.index?))).collect();
            let reduced = graph.without(self.view, &places);
            taken.push((*shown).clone());
            self.down(&reduced, taken, left - 1);
            taken.pop();
        }
    }
}
