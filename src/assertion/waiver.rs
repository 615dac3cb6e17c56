//! Waivers: which counterexamples they excuse, until when, and whether they still excuse any.
//!
//! A waiver that recorded kinds of edge and marks of statements excuses those and nothing else: a new way between the
//! same ends is reported. Must not know: the clock.

use jiff::civil::Date;

use crate::assertion::Waiver;
use crate::assertion::claim::{Way, is_kind};
use crate::assertion::mark::Marks;
use crate::aws::pattern::Fit;
use crate::reach::Edge;
use crate::world::EntityId;
use crate::world::select::{Names, Selector};

/// Days before its end from which a waiver says how many are left
pub const SOON: i32 = 14;

/// How a waiver stands after a check
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It excuses something
    Active {
        /// Days that are left, today included not
        days_left: i32,
        /// How many counterexamples it excuses
        excuses: usize,
    },
    /// Its end has passed
    Expired,
    /// There is nothing that it would excuse
    Stale,
    /// Its claim was not checked
    Unchecked,
}

impl Waiver {
    /// Whether its end has passed
    #[must_use]
    pub fn is_expired(&self, today: Date) -> bool {
        today > self.expires
    }

    /// Days until its end
    #[must_use]
    pub fn days_left(&self, today: Date) -> i32 {
        self.expires.since(today).map_or(0, |span| span.get_days())
    }

    /// Whether it records which ways it excuses
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        !self.edges.is_empty() || !self.marks.is_empty()
    }

    /// Whether it is about these two ends
    #[must_use]
    pub fn is_about(&self, names: &Names<'_>, from: EntityId, to: EntityId) -> bool {
        let fits = |selectors: &[Selector], id: EntityId| {
            let entity = names.world.entity(id);
            selectors.is_empty() || selectors.iter().any(|one| one.matches(entity, names) != Fit::No)
        };
        fits(&self.from, from) && fits(&self.to, to)
    }

    /// Whether it excuses an edge
    #[must_use]
    pub fn excuses(&self, marks: &Marks, edge: &Edge) -> bool {
        let is_known = |mark: &&str| self.marks.iter().any(|known| known == mark);
        (self.edges.is_empty() || self.edges.iter().any(|kind| is_kind(kind, edge.kind)))
            && (self.marks.is_empty() || marks.of_edge(edge).iter().all(is_known))
    }

    /// Whether it excuses a way
    #[must_use]
    pub fn excuses_way(&self, names: &Names<'_>, marks: &Marks, way: &Way) -> bool {
        self.is_about(names, way.from, way.to) && way.path.iter().all(|edge| self.excuses(marks, edge))
    }
}
