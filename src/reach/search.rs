//! Everything that follows from a start along the edges, in two tiers that are never mixed up.
//!
//! *Holds*: the start ends with the data or the credentials. *Through code*: input of the start reaches code whose
//! role can; whether the code does it is not known here. The algebra is [`next`], and there is no way back from
//! through code to holds. `runs-as` never changes a tier by itself.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::cause::Cause;
use crate::reach::graph::Graph;
use crate::reach::{Edge, Grade, State, Wiring};
use crate::world::sources::Occasion;
use crate::world::{EntityId, World};

/// What a start has of something
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The data or the credentials themselves
    Holds,
    /// Code that can, behind this many functions
    ThroughCode(u32),
}

impl Tier {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::ThroughCode(_) => "through-code",
        }
    }

    /// The number of functions whose code must do its part
    #[must_use]
    pub fn boundaries(self) -> u32 {
        match self {
            Self::Holds => 0,
            Self::ThroughCode(n) => n,
        }
    }
}

/// The tier behind an edge of this grade
///
/// | tier so far | edge | tier |
/// |---|---|---|
/// | holds | control, read, write | holds |
/// | holds | influence | through code, 1 |
/// | through code, n | control, read, write | through code, n |
/// | through code, n | influence | through code, n + 1 |
#[must_use]
pub fn next(tier: Tier, grade: Grade) -> Tier {
    match (tier, grade) {
        (tier, Grade::Control | Grade::Read | Grade::Write) => tier,
        (tier, Grade::Influence) => Tier::ThroughCode(tier.boundaries() + 1),
    }
}

/// What a start reaches, by one way
#[derive(Clone, Debug)]
pub struct Reached<'g> {
    /// What
    pub target: EntityId,
    /// How
    pub grade: Grade,
    /// In which tier
    pub tier: Tier,
    /// Whether some edge is conditional
    pub state: State,
    /// The way
    pub path: Vec<&'g Edge>,
}

impl Reached<'_> {
    /// Why it is conditional: the causes of all edges, each once
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        let mut out: Vec<Cause> = Vec::new();
        for cause in self.path.iter().flat_map(|edge| &edge.causes) {
            if !out.iter().any(|known| known.kind == cause.kind && known.what == cause.what) {
                out.push(cause.clone());
            }
        }
        out
    }

    /// Whether it uses a call between functions that nobody wired: such ways rank first among those through code
    #[must_use]
    pub fn is_unwired(&self) -> bool {
        let calls = self.path.iter().filter(|edge| edge.kind == "invoke.api");
        calls
            .skip_while(|edge| Some(edge.from) == self.path.first().map(|first| first.from))
            .any(|edge| edge.wiring == Wiring::Open)
    }
}

/// How good a way is: fewer boundaries, then unconditional, then short
type Cost = (Tier, State, usize);

/// A way to go on: its cost, a number that makes the order total, where it stands, and its last step
type Open = (Cost, usize, EntityId, Option<usize>);

/// Which ways are looked for, and which of several is kept
#[derive(Clone, Copy)]
pub struct Wanted<'w> {
    /// Whether a way may end by this edge
    pub counts: &'w dyn Fn(&Edge) -> bool,
    /// What makes a way better than another
    pub prefer: Prefer,
    /// An edge that a way must have on it, of ways from a start
    pub has: Option<&'w dyn Fn(&Edge) -> bool>,
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("prefer", &self.prefer).finish_non_exhaustive()
    }
}

/// What makes a way better than another, before it is short
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefer {
    /// Fewer code boundaries, then unconditional
    Tier,
    /// Unconditional, then fewer code boundaries
    State,
}

impl Prefer {
    fn is_better(self, a: Cost, b: Cost) -> bool {
        match self {
            Self::Tier => a < b,
            Self::State => (a.1, a.0, a.2) < (b.1, b.0, b.2),
        }
    }
}

/// Whether a way as good in tier and state was followed already
fn is_known(known: &[Cost], (tier, state, _): Cost) -> bool {
    known.iter().any(|(t, s, _)| *t <= tier && *s <= state)
}

/// Whether anything may follow from the end of an edge
fn goes_on(edge: &Edge) -> bool {
    match edge.grade {
        Grade::Control | Grade::Influence => true,
        Grade::Write => edge.sets_off.is_some(),
        Grade::Read => false,
    }
}

/// Everything that the starts reach: one entry per target and grade, the best tier and state first
#[must_use]
pub fn reach<'g>(world: &World, graph: &'g Graph, starts: &[EntityId]) -> Vec<Reached<'g>> {
    reach_by(world, graph, starts, Wanted { counts: &|_| true, prefer: Prefer::Tier, has: None })
}

/// The same, as far as it is reached by a last edge that counts
#[must_use]
pub fn reach_by<'g>(
    world: &World,
    graph: &'g Graph,
    starts: &[EntityId],
    wanted: Wanted<'_>,
) -> Vec<Reached<'g>> {
    // INVARIANT: `ways` only grows, and an entry's parent stands before it.
    let mut ways: Vec<(Option<usize>, &'g Edge)> = Vec::new();
    // Of each way, whether it has the edge that it must have.
    let mut has: Vec<bool> = Vec::new();
    let is_had = |edge: &Edge| wanted.has.is_none_or(|has| has(edge));
    let mut queue: BinaryHeap<Reverse<Open>> = BinaryHeap::new();
    // What follows from a source depends on what was set off there.
    let mut seen: BTreeMap<(EntityId, Option<Occasion>, bool), Vec<Cost>> = BTreeMap::new();
    let mut best: BTreeMap<(EntityId, Grade), (Cost, usize)> = BTreeMap::new();
    let mut order = 0;
    for start in starts {
        queue.push(Reverse(((Tier::Holds, State::Yes, 0), order, *start, None)));
        order += 1;
    }
    while let Some(Reverse((cost, _, at, way))) = queue.pop() {
        let by = way.and_then(|way| ways.get(way)).map(|(_, edge)| *edge);
        let had = way.and_then(|way| has.get(way)).copied().unwrap_or(wanted.has.is_none());
        let known = seen.entry((at, by.and_then(|edge| edge.sets_off), had)).or_default();
        let (tier, state, hops) = cost;
        // A way is worth following unless one as good in tier and state was followed already.
        if is_known(known, cost) {
            continue;
        }
        known.push(cost);
        for edge in graph.out(at).iter().filter(|edge| by.is_none_or(|by| by.leads_to(edge))) {
            let cost = (next(tier, edge.grade), state.max(edge.state), hops + 1);
            if starts.contains(&edge.to) && edge.grade == Grade::Control {
                continue;
            }
            ways.push((way, edge));
            let had = had || is_had(edge);
            has.push(had);
            let here = ways.len() - 1;
            if had && (wanted.counts)(edge) {
                let entry = best.entry((edge.to, edge.grade)).or_insert((cost, here));
                if wanted.prefer.is_better(cost, entry.0) {
                    *entry = (cost, here);
                }
            }
            // What was followed as well already need not wait to be left out.
            let followed =
                || seen.get(&(edge.to, edge.sets_off, had)).is_some_and(|known| is_known(known, cost));
            if goes_on(edge) && !followed() {
                queue.push(Reverse((cost, order, edge.to, Some(here))));
                order += 1;
            }
        }
    }
    let mut out: Vec<(Cost, Reached<'g>)> = best
        .into_iter()
        .map(|((target, grade), (cost, way))| {
            let path = trace(&ways, way);
            (cost, Reached { target, grade, tier: cost.0, state: cost.1, path })
        })
        .collect();
    out.sort_by(|(a, x), (b, y)| {
        let name = |reached: &Reached<'_>| &world.entity(reached.target).display;
        (a.0, a.1, x.grade, name(x), a.2).cmp(&(b.0, b.1, y.grade, name(y), b.2))
    });
    out.into_iter().map(|(_, reached)| reached).collect()
}

/// Everything that reaches one of the targets by a last edge that counts: one entry per start, the best tier and state
/// first
///
/// The same algebra as [`reach`], walked against the edges. Of one target, it is no start itself; of several, one may
/// start a way to another.
#[must_use]
pub fn reaching<'g>(
    world: &World,
    graph: &'g Graph,
    targets: &[EntityId],
    wanted: Wanted<'_>,
) -> Vec<Reached<'g>> {
    // INVARIANT: `ways` only grows, and an entry's next step stands before it.
    let mut ways: Vec<(Option<usize>, &'g Edge)> = Vec::new();
    let mut queue: BinaryHeap<Reverse<Open>> = BinaryHeap::new();
    let mut seen: BTreeMap<(EntityId, Option<Occasion>), Vec<Cost>> = BTreeMap::new();
    let mut best: BTreeMap<EntityId, (Cost, usize)> = BTreeMap::new();
    let mut order = 0;
    for target in targets {
        queue.push(Reverse(((Tier::Holds, State::Yes, 0), order, *target, None)));
        order += 1;
    }
    while let Some(Reverse((cost, _, at, way))) = queue.pop() {
        let next_edge = way.and_then(|way| ways.get(way)).map(|(_, edge)| *edge);
        let known = seen.entry((at, next_edge.and_then(|edge| edge.set_off_by))).or_default();
        let (tier, state, hops) = cost;
        if is_known(known, cost) {
            continue;
        }
        known.push(cost);
        for edge in graph.into(at) {
            let leads = match next_edge {
                Some(next) => edge.leads_to(next),
                None => (wanted.counts)(edge),
            };
            if !leads || targets == [edge.from] {
                continue;
            }
            let cost = (next(tier, edge.grade), state.max(edge.state), hops + 1);
            ways.push((way, edge));
            let here = ways.len() - 1;
            let entry = best.entry(edge.from).or_insert((cost, here));
            if wanted.prefer.is_better(cost, entry.0) {
                *entry = (cost, here);
            }
            let followed =
                || seen.get(&(edge.from, edge.set_off_by)).is_some_and(|known| is_known(known, cost));
            if !followed() {
                queue.push(Reverse((cost, order, edge.from, Some(here))));
                order += 1;
            }
        }
    }
    let mut out: Vec<(Cost, EntityId, Reached<'g>)> = best
        .into_iter()
        .map(|(from, (cost, way))| {
            let mut path = trace(&ways, way);
            path.reverse();
            let target = path.last().map_or(from, |edge| edge.to);
            (cost, from, Reached { target, grade: Grade::Influence, tier: cost.0, state: cost.1, path })
        })
        .collect();
    out.sort_by(|(a, x, _), (b, y, _)| {
        let name = |id: &EntityId| &world.entity(*id).display;
        (a.0, a.1, a.2, name(x)).cmp(&(b.0, b.1, b.2, name(y)))
    });
    out.into_iter().map(|(_, _, reached)| reached).collect()
}

fn trace<'g>(ways: &[(Option<usize>, &'g Edge)], end: usize) -> Vec<&'g Edge> {
    let mut path = Vec::new();
    let mut at = Some(end);
    while let Some((before, edge)) = at.and_then(|at| ways.get(at)) {
        path.push(*edge);
        at = *before;
    }
    path.reverse();
    path
}

/// Which tiers a question is about
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiers {
    /// Only what the start holds
    Holds,
    /// Also what code that it reaches can do
    AlsoThroughCode,
}

/// Partial ways that a search for paths may look at, before it stops looking for more
const EXPANSIONS: usize = 50_000;

/// Paths from the starts to the targets that visit nothing twice, best first
///
/// Among paths through code those rank first that use a call nobody wired.
#[must_use]
pub fn paths<'g>(
    graph: &'g Graph,
    starts: &[EntityId],
    targets: &[EntityId],
    tiers: Tiers,
    limit: usize,
) -> Vec<Reached<'g>> {
    let mut queue: BinaryHeap<Reverse<(Cost, usize)>> = BinaryHeap::new();
    // INVARIANT: index into `partial`; an entry's parent stands before it.
    let mut partial: Vec<(Option<usize>, Option<&'g Edge>, EntityId)> = Vec::new();
    for start in starts {
        partial.push((None, None, *start));
        queue.push(Reverse(((Tier::Holds, State::Yes, 0), partial.len() - 1)));
    }
    let mut found: Vec<Reached<'g>> = Vec::new();
    let mut expansions = 0;
    while let Some(Reverse((cost, here))) = queue.pop() {
        expansions += 1;
        // Some more than asked for, so that ranking has a choice.
        if expansions > EXPANSIONS || found.len() >= limit.saturating_mul(4).max(16) {
            break;
        }
        let Some((_, by, at)) = partial.get(here).copied() else { break };
        let way = walk(&partial, here);
        let visited: BTreeSet<EntityId> = way.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        for edge in graph.out(at).iter().filter(|edge| by.is_none_or(|by| by.leads_to(edge))) {
            if visited.contains(&edge.to) || starts.contains(&edge.to) {
                continue;
            }
            let cost = (next(cost.0, edge.grade), cost.1.max(edge.state), cost.2 + 1);
            if tiers == Tiers::Holds && cost.0 != Tier::Holds {
                continue;
            }
            if targets.contains(&edge.to) {
                let path: Vec<&'g Edge> = way.iter().copied().chain([edge]).collect();
                found.push(Reached { target: edge.to, grade: edge.grade, tier: cost.0, state: cost.1, path });
            }
            if goes_on(edge) {
                partial.push((Some(here), Some(edge), edge.to));
                queue.push(Reverse((cost, partial.len() - 1)));
            }
        }
    }
    found.sort_by_key(|path| {
        (path.tier != Tier::Holds, path.state, !path.is_unwired(), path.tier, path.path.len(), path.grade)
    });
    found.truncate(limit);
    found
}

fn walk<'g>(partial: &[(Option<usize>, Option<&'g Edge>, EntityId)], end: usize) -> Vec<&'g Edge> {
    let mut path = Vec::new();
    let mut at = Some(end);
    while let Some((before, edge, _)) = at.and_then(|at| partial.get(at)) {
        path.extend(*edge);
        at = *before;
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_way_back_from_through_code_to_holds() {
        for grade in [Grade::Control, Grade::Influence, Grade::Read, Grade::Write] {
            for n in 0..4 {
                assert_ne!(next(Tier::ThroughCode(n), grade), Tier::Holds);
                assert!(next(Tier::ThroughCode(n), grade).boundaries() >= n);
            }
        }
    }

    #[test]
    fn only_influence_crosses_into_code() {
        assert_eq!(next(Tier::Holds, Grade::Control), Tier::Holds);
        assert_eq!(next(Tier::Holds, Grade::Read), Tier::Holds);
        assert_eq!(next(Tier::Holds, Grade::Influence), Tier::ThroughCode(1));
        assert_eq!(next(Tier::ThroughCode(1), Grade::Control), Tier::ThroughCode(1));
        assert_eq!(next(Tier::ThroughCode(1), Grade::Influence), Tier::ThroughCode(2));
    }
}
