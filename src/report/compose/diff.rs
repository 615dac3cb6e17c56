//! The answer of `diff`, from the changes between two worlds.
//!
//! Each side is told with its own names and places. Cuts are looked for behind the first changes only: each costs many
//! graphs.

use std::collections::BTreeSet;

use crate::reach::change::{Change, Changes, Direct, InSteps, OURS, Side, outside};
use crate::reach::cuts::{Cuts, cuts};
use crate::reach::search::{Reached, Tier, Tiers};
use crate::reach::{Evidence, NOT_MODELLED, cuts};
use crate::report::answer::{self, diff};
use crate::report::compose::Compose;
use crate::report::words::count;
use crate::world::{EntityId, Standing};

/// Changes behind which cuts are looked for
const WITH_CUTS: usize = 10;

/// One of the two inputs, with how the user named it
#[derive(Debug)]
pub struct Told<'a> {
    /// Its names and places
    pub compose: &'a Compose<'a>,
    /// Its graph
    pub side: Side<'a>,
    /// As the user named it
    pub input: &'a str,
    /// What was taken for granted beside what its files say
    pub assumptions: &'a [String],
}

impl Told<'_> {
    fn side(&self) -> diff::Side {
        let said = self.assumptions.iter();
        let said = said.map(|text| answer::Assumption { text: text.clone(), evidence: None });
        diff::Side {
            input: self.input.to_owned(),
            assumptions: said.chain(self.compose.assumptions()).collect(),
            problems: self.compose.problems(),
        }
    }

    fn is_declared(&self, id: EntityId) -> bool {
        self.compose.view.entity(id).standing == Standing::Declared
    }

    /// The smallest cuts of everything that leads to a target now
    fn cuts(&self, from: EntityId, reached: &Reached<'_>, brought: &BTreeSet<&Evidence>) -> Vec<answer::Cut> {
        let tiers = if reached.tier == Tier::Holds { Tiers::Holds } else { Tiers::AlsoThroughCode };
        let one = |cut: &cuts::Cut, kind: &'static str| answer::Cut {
            kind,
            statements: cut.iter().map(|evidence| self.compose.evidence(evidence)).collect(),
            size: cut.len(),
        };
        match cuts(self.compose.view, self.side.graph, &[from], &[reached.target], tiers) {
            Cuts::Smallest(mut found) => {
                // What the change brought comes first: that is what a reviewer may take back.
                found.sort_by_key(|cut| !cut.iter().all(|evidence| brought.contains(evidence)));
                found.iter().map(|cut| one(cut, "smallest")).collect()
            }
            Cuts::Greedy(found) => vec![one(&found, "greedy")],
        }
    }
}

/// Answers `diff`
#[must_use]
pub fn diff(before: &Told<'_>, after: &Told<'_>, changes: &Changes<'_>) -> diff::Diff {
    let (mut added, mut removed, mut renamed) = (Vec::new(), Vec::new(), Vec::new());
    for pair in changes.nodes.all() {
        match pair {
            (None, Some(new)) if after.is_declared(new) => added.push(after.compose.node(new)),
            (Some(old), None) if before.is_declared(old) => removed.push(before.compose.node(old)),
            (Some(old), Some(new)) => {
                let names =
                    diff::Renamed { before: before.compose.name(old), after: after.compose.name(new) };
                renamed.extend((names.before != names.after).then_some(names));
            }
            (None, _) | (Some(_), None) => {}
        }
    }
    added.sort_by(|a, b| a.name.cmp(&b.name));
    removed.sort_by(|a, b| a.name.cmp(&b.name));
    renamed.sort_by(|a, b| (&a.before, &a.after).cmp(&(&b.before, &b.after)));
    let mut not_covered = vec!["resources and policies of {account} that are not in the input".to_owned()];
    not_covered =
        not_covered.iter().map(|text| text.replace("{account}", &after.compose.our_account())).collect();
    if changes.left_out > 0 {
        not_covered.push(format!(
            "reach of {}, which were too many to compare",
            count(changes.left_out, "more caller")
        ));
    }
    let mut left = WITH_CUTS;
    let opened = changes.direct.iter().filter(|one| one.change.may_open()).filter_map(|one| one.after);
    let brought: BTreeSet<&Evidence> = opened.flat_map(|edge| &edge.evidence).collect();
    diff::Diff {
        version: 1,
        before: before.side(),
        after: after.side(),
        world: after.compose.openness(),
        reach: changes
            .reach
            .iter()
            .filter_map(|one| in_steps(before, after, one, &brought, &mut left))
            .collect(),
        direct: changes.direct.iter().filter_map(|one| direct(before, after, one)).collect(),
        added,
        removed,
        renamed,
        not_covered,
        not_modelled: NOT_MODELLED.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn in_steps(
    before: &Told<'_>,
    after: &Told<'_>,
    one: &InSteps<'_>,
    brought: &BTreeSet<&Evidence>,
    left: &mut usize,
) -> Option<diff::ReachChange> {
    let (told, from, reached) = match (one.from, &one.before, &one.after) {
        ((_, Some(from)), _, Some(reached)) => (after, from, reached),
        ((Some(from), _), Some(reached), None) => (before, from, reached),
        _ => return None,
    };
    let cuts = match (one.change, one.from.1, &one.after) {
        (Change::Gained | Change::Loosened, Some(from), Some(reached)) if *left > 0 => {
            *left -= 1;
            Some(after.cuts(from, reached, brought))
        }
        _ => None,
    };
    Some(diff::ReachChange {
        change: one.change.id(),
        from: told.compose.node(from),
        outside: outside(&told.side, from) < OURS,
        target: told.compose.node(reached.target),
        grade: reached.grade.id(),
        before: one.before.as_ref().map(|reached| before.compose.reached(reached, None)),
        after: one.after.as_ref().map(|reached| after.compose.reached(reached, None)),
        cuts,
    })
}

fn direct(before: &Told<'_>, after: &Told<'_>, one: &Direct<'_>) -> Option<diff::DirectChange> {
    let was = one.before.map(|edge| before.compose.edge(edge));
    let is = one.after.map(|edge| after.compose.edge(edge));
    let shown = is.as_ref().or(was.as_ref())?;
    Some(diff::DirectChange {
        change: one.change.id(),
        from: shown.from.clone(),
        to: shown.to.clone(),
        kind: shown.kind,
        grade: shown.grade,
        before: was,
        after: is,
    })
}
