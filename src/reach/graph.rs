//! The graph: every edge of a view, by where it starts.

use std::collections::BTreeSet;

use crate::reach::{EDGES, Edge};
use crate::world::EntityId;
use crate::world::view::{StatementPlace, View};

/// All edges of a view
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Sorted by start, then by edge kind in the order of [`EDGES`], then by target
    edges: Vec<Edge>,
    /// For each entity, where its edges start in `edges`
    starts: Vec<usize>,
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
        let mut edges = Vec::new();
        let entities = view.world.entities();
        for (done, entity) in entities.iter().enumerate() {
            tell(done, entities.len());
            for kind in EDGES {
                kind.edges(view, entity.id, &mut edges);
            }
        }
        Self::of(view, edges)
    }

    fn of(view: &View<'_>, mut edges: Vec<Edge>) -> Self {
        // A stable sort keeps the order of the edge kinds.
        edges.sort_by_key(|edge| edge.from);
        let starts =
            view.world.entities().iter().map(|e| edges.partition_point(|edge| edge.from < e.id)).collect();
        Self { edges, starts }
    }

    /// The edges out of an entity
    #[must_use]
    pub fn out(&self, from: EntityId) -> &[Edge] {
        let index = from.index();
        let start = self.starts.get(index).copied().unwrap_or(self.edges.len());
        let end = self.starts.get(index + 1).copied().unwrap_or(self.edges.len());
        self.edges.get(start..end).unwrap_or(&[])
    }

    /// All edges
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The graph of a view without some statements: only edges that rest on one of them are decided again
    ///
    /// Taking statements away can only take edges away where they allow; `places` must be statements that allow.
    #[must_use]
    pub fn without(&self, view: &View<'_>, places: &BTreeSet<StatementPlace>) -> Self {
        let rests = |edge: &Edge| {
            edge.evidence.iter().any(|e| e.index.is_some_and(|index| places.contains(&(e.span, index))))
        };
        let reduced = view.without(places);
        let mut edges: Vec<Edge> = self.edges.iter().filter(|edge| !rests(edge)).cloned().collect();
        let mut again: BTreeSet<(EntityId, &'static str)> = BTreeSet::new();
        for edge in self.edges.iter().filter(|edge| rests(edge)) {
            again.insert((edge.from, edge.kind));
        }
        for kind in EDGES {
            let ids = kind.ids();
            let starts: BTreeSet<EntityId> =
                again.iter().filter(|(_, id)| ids.contains(id)).map(|(from, _)| *from).collect();
            for from in starts {
                let mut decided = Vec::new();
                kind.edges(&reduced, from, &mut decided);
                edges.extend(decided.into_iter().filter(|new| {
                    self.out(from).iter().any(|old| {
                        rests(old) && old.to == new.to && old.kind == new.kind && old.sets_off == new.sets_off
                    })
                }));
            }
        }
        Self::of(view, edges)
    }
}
