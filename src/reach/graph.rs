//! The graph: every edge of a view, by where it starts.
//!
//! The edges out of one entity are shared between graphs that differ elsewhere, so that a graph after an edit costs what the
//! edit touches. Must not know: what an edit is.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::reach::{EDGES, Edge};
use crate::world::view::{StatementPlace, View};
use crate::world::{EntityId, World};

/// All edges of a view
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// For each entity the edges out of it, by edge kind in the order of [`EDGES`], then by target
    out: Vec<Arc<[Edge]>>,
    /// Where each edge is in `out`, by where it ends; those of one end in the order of their starts
    into: Arc<[(u32, u32)]>,
    /// For each entity, where the edges into it start in `into`
    ends: Arc<[usize]>,
}

/// Which edges of a graph an edit may have changed
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stale {
    /// All edges out of these
    pub from: BTreeSet<EntityId>,
    /// All edges into these
    pub into: BTreeSet<EntityId>,
}

impl Stale {
    /// All edges of a world
    #[must_use]
    pub fn everything(world: &World) -> Self {
        Self { from: world.entities().iter().map(|entity| entity.id).collect(), into: BTreeSet::new() }
    }
}

impl Graph {
    /// Decides every edge of the view
    #[must_use]
    pub fn build(view: &View<'_>) -> Self {
        Self::build_telling(view, &mut |_, _| ())
    }

    /// The same; `tell` hears how many entities of how many were asked
    #[must_use]
    pub fn build_telling(view: &View<'_>, tell: &mut dyn FnMut(usize, usize)) -> Self {
        let stale = Stale::everything(view.world);
        let go_on = &mut |done, all| {
            tell(done, all);
            true
        };
        Self::default().again(view, &stale, go_on).unwrap_or_default()
    }

    fn of(out: Vec<Arc<[Edge]>>) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        // Counted and then filled: the order of starts stays.
        let mut ends = vec![0_usize; out.len() + 1];
        for edge in out.iter().flat_map(|edges| edges.iter()) {
            if let Some(count) = ends.get_mut(edge.to.index() + 1) {
                *count += 1;
            }
        }
        for at in 1..ends.len() {
            let before = ends.get(at - 1).copied().unwrap_or(0);
            if let Some(end) = ends.get_mut(at) {
                *end += before;
            }
        }
        ends.pop();
        let mut next = ends.clone();
        let mut into = vec![(0, 0); out.iter().map(|edges| edges.len()).sum()];
        for (start, edges) in out.iter().enumerate() {
            for (n, edge) in edges.iter().enumerate() {
                let Some(free) = next.get_mut(edge.to.index()) else { continue };
                if let Some(slot) = into.get_mut(*free) {
                    *slot = (number(start), number(n));
                }
                *free += 1;
            }
        }
        Self { out, into: into.into(), ends: ends.into() }
    }

    /// The edges out of an entity
    #[must_use]
    pub fn out(&self, from: EntityId) -> &[Edge] {
        self.out.get(from.index()).map_or(&[], |edges| edges)
    }

    /// The edges into an entity
    pub fn into(&self, to: EntityId) -> impl Iterator<Item = &Edge> {
        let places = self.into.get(part(&self.ends, to, self.into.len())).unwrap_or(&[]);
        places.iter().filter_map(|(start, n)| self.out.get(*start as usize)?.get(*n as usize))
    }

    /// All edges, by where they start
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.out.iter().flat_map(|edges| edges.iter())
    }

    /// How many edges there are
    #[must_use]
    pub fn len(&self) -> usize {
        self.into.len()
    }

    /// Whether there is no edge
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.into.is_empty()
    }

    /// Whether both have the very same edges out of an entity, because one came of the other by an edit that did not
    /// touch them
    #[must_use]
    pub fn shares(&self, other: &Self, from: EntityId) -> bool {
        match (self.out.get(from.index()), other.out.get(from.index())) {
            (Some(own), Some(others)) => Arc::ptr_eq(own, others),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// The graph of a view that differs from this graph's in what is stale, and in nothing else
    ///
    /// `go_on` hears how many entities of how many were asked; where it says no, there is no graph.
    #[must_use]
    pub fn again(
        &self,
        view: &View<'_>,
        stale: &Stale,
        go_on: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Option<Self> {
        let entities = view.world.entities();
        let mut out = Vec::with_capacity(entities.len());
        let focused = view.clone().focused(stale.into.clone());
        for (done, entity) in entities.iter().enumerate() {
            if !go_on(done, entities.len()) {
                return None;
            }
            let known = self.out.get(entity.id.index());
            let edges = match known {
                Some(known) if !stale.from.contains(&entity.id) => {
                    if stale.into.is_empty() {
                        Arc::clone(known)
                    } else {
                        refocused(known, decided(&focused, entity.id), &stale.into)
                    }
                }
                // What is decided again and comes out the same stays shared.
                Some(known) => shared(known, decided(view, entity.id)),
                None => decided(view, entity.id).into(),
            };
            out.push(edges);
        }
        Some(Self::of(out))
    }

    /// The graph of a view without some statements: only edges that rest on one of them are decided again
    ///
    /// Taking statements away can only take edges away where they allow; `places` must be statements that allow.
    #[must_use]
    pub fn without(&self, view: &View<'_>, places: &BTreeSet<StatementPlace>) -> Self {
        self.narrowed(&view.without(places), places)
    }

    /// The graph of a view in which these statements, which allow, allow less: only edges that rest on one of them are
    /// decided again
    #[must_use]
    pub fn narrowed(&self, view: &View<'_>, places: &BTreeSet<StatementPlace>) -> Self {
        let rests = |edge: &Edge| {
            edge.evidence.iter().any(|e| e.index.is_some_and(|index| places.contains(&(e.span, index))))
        };
        let again = |edges: &Arc<[Edge]>| {
            let old: Vec<&Edge> = edges.iter().filter(|edge| rests(edge)).collect();
            let Some(from) = old.first().map(|edge| edge.from) else { return Arc::clone(edges) };
            let mut new: Vec<Edge> = edges.iter().filter(|edge| !rests(edge)).cloned().collect();
            for kind in EDGES.iter().filter(|kind| old.iter().any(|edge| kind.ids().contains(&edge.kind))) {
                let mut decided = Vec::new();
                kind.edges(view, from, &mut decided);
                new.extend(decided.into_iter().filter(|new| {
                    old.iter()
                        .any(|old| old.to == new.to && old.kind == new.kind && old.sets_off == new.sets_off)
                }));
            }
            new.into()
        };
        Self::of(self.out.iter().map(again).collect())
    }
}

/// The edges out of one entity, decided now
fn decided(view: &View<'_>, from: EntityId) -> Vec<Edge> {
    let mut edges = Vec::new();
    for kind in EDGES {
        let first = edges.len();
        kind.edges(view, from, &mut edges);
        if let Some(of_kind) = edges.get_mut(first..) {
            of_kind.sort_by_key(|edge| edge.to);
        }
    }
    edges
}

/// The known edges, where they are those that were decided
fn shared(known: &Arc<[Edge]>, decided: Vec<Edge>) -> Arc<[Edge]> {
    if known.iter().eq(&decided) { Arc::clone(known) } else { decided.into() }
}

/// The edges out of one entity with those into some decided again, in the order in which all would be decided
fn refocused(known: &Arc<[Edge]>, decided: Vec<Edge>, into: &BTreeSet<EntityId>) -> Arc<[Edge]> {
    let decided: Vec<Edge> = decided.into_iter().filter(|edge| into.contains(&edge.to)).collect();
    if known.iter().filter(|edge| into.contains(&edge.to)).eq(&decided) {
        return Arc::clone(known);
    }
    let stays = known.iter().filter(|edge| !into.contains(&edge.to));
    let rank = |edge: &Edge| EDGES.iter().position(|kind| kind.ids().contains(&edge.kind));
    let mut all: Vec<Edge> = stays.cloned().chain(decided).collect();
    all.sort_by_cached_key(|edge| (rank(edge), edge.to));
    all.into()
}

/// The part of an entity in a list that is sorted by entity
fn part(firsts: &[usize], id: EntityId, len: usize) -> Range<usize> {
    let first = |index: usize| firsts.get(index).copied().unwrap_or(len);
    first(id.index())..first(id.index() + 1)
}
