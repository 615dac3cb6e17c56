//! The graph: every edge of a view, by where it starts.

use std::collections::BTreeSet;
use std::ops::Range;

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
    /// Numbers of edges, by where they end; those of one end in the order of `edges`
    into: Vec<usize>,
    /// For each entity, where the edges into it start in `into`
    ends: Vec<usize>,
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
        let end_of = |number: &usize| edges.get(*number).map(|edge| edge.to);
        let mut into: Vec<usize> = (0..edges.len()).collect();
        into.sort_by_key(end_of);
        let ends = view
            .world
            .entities()
            .iter()
            .map(|e| into.partition_point(|number| end_of(number) < Some(e.id)))
            .collect();
        Self { edges, starts, into, ends }
    }

    /// The edges out of an entity
    #[must_use]
    pub fn out(&self, from: EntityId) -> &[Edge] {
        self.edges.get(part(&self.starts, from, self.edges.len())).unwrap_or(&[])
    }

    /// The edges into an entity
    pub fn into(&self, to: EntityId) -> impl Iterator<Item = &Edge> {
        let numbers = self.into.get(part(&self.ends, to, self.into.len())).unwrap_or(&[]);
        numbers.iter().filter_map(|number| self.edges.get(*number))
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
        self.narrowed(&view.without(places), places)
    }

    /// The graph of a view in which these statements, which allow, allow less: only edges that rest on one of them are
    /// decided again
    #[must_use]
    pub fn narrowed(&self, view: &View<'_>, places: &BTreeSet<StatementPlace>) -> Self {
        let rests = |edge: &Edge| {
            edge.evidence.iter().any(|e| e.index.is_some_and(|index| places.contains(&(e.span, index))))
        };
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
                kind.edges(view, from, &mut decided);
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

/// The part of an entity in a list that is sorted by entity
fn part(firsts: &[usize], id: EntityId, len: usize) -> Range<usize> {
    let first = |index: usize| firsts.get(index).copied().unwrap_or(len);
    first(id.index())..first(id.index() + 1)
}
