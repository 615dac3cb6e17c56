//! Entities by how their ARNs begin, and those that carry policies of their own: where a question may lead.
//!
//! Counted when first asked for; a copy of a world counts anew, for copies are made to be changed. Must not know: who
//! asks, or what a policy says.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::text::{Piece, Text};
use crate::world::kind::Kind;
use crate::world::{Entity, EntityId, World};

/// The index
#[derive(Debug, Default)]
pub(super) struct Ends(OnceLock<BTreeMap<Kind, OfKind>>);

impl Clone for Ends {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The entities of one kind, and the patterns of their names
#[derive(Debug, Default)]
struct OfKind {
    /// By the fixed characters that their ARNs begin with
    by_start: Vec<(String, EntityId)>,
    /// How many fixed characters there are, each number once
    lengths: Vec<usize>,
    /// Those without an ARN
    nameless: Vec<EntityId>,
    /// Those with a resource policy or grants
    hosts: Vec<EntityId>,
}

/// The characters before the first wildcard, variable or hole
#[must_use]
pub fn fixed(text: &Text) -> &str {
    let first = match text.pieces() {
        [Piece::Lit(first), ..] => first.as_str(),
        [] | [Piece::Hole(_), ..] => "",
    };
    first.split_once(['*', '?', '$']).map_or(first, |(fixed, _)| fixed)
}

impl World {
    fn of_ends(&self, kind: Kind) -> Option<&OfKind> {
        self.ends.0.get_or_init(|| count(self.entities())).get(&kind)
    }

    /// Entities of a kind, and patterns of their names, whose ARN may begin as this does: one of both begins with the
    /// other, as far as they are fixed. In no order.
    pub fn beginning<'w>(&'w self, kind: Kind, start: &str) -> impl Iterator<Item = &'w Entity> {
        let found = self.of_ends(kind).into_iter().flat_map(move |of_kind| {
            let OfKind { by_start, lengths, nameless, .. } = of_kind;
            let at = |wanted: &str| by_start.partition_point(|(known, _)| known.as_str() < wanted);
            let longer = by_start.get(at(start)..).unwrap_or_default();
            let longer = longer.iter().take_while(move |(known, _)| known.starts_with(start));
            let shorter = lengths.iter().take_while(|length| **length < start.len());
            let shorter = shorter.filter_map(|length| start.get(..*length)).flat_map(move |begin| {
                let same = by_start.get(at(begin)..).unwrap_or_default();
                same.iter().take_while(move |(known, _)| known == begin)
            });
            longer.chain(shorter).map(|(_, id)| *id).chain(nameless.iter().copied())
        });
        found.map(|id| self.entity(id))
    }

    /// Entities of a kind, and patterns of their names, that carry a resource policy or grants, in their order
    pub fn hosts(&self, kind: Kind) -> impl Iterator<Item = &Entity> {
        self.of_ends(kind).into_iter().flat_map(|of_kind| &of_kind.hosts).map(|id| self.entity(*id))
    }
}

fn count(entities: &[Entity]) -> BTreeMap<Kind, OfKind> {
    let mut out: BTreeMap<Kind, OfKind> = BTreeMap::new();
    for entity in entities {
        let of_kind = out.entry(entity.of.unwrap_or(entity.kind)).or_default();
        match &entity.arn {
            Some(arn) => of_kind.by_start.push((fixed(arn).to_owned(), entity.id)),
            None => of_kind.nameless.push(entity.id),
        }
        if !entity.resource.is_empty() || !entity.grants.is_empty() {
            of_kind.hosts.push(entity.id);
        }
    }
    for of_kind in out.values_mut() {
        of_kind.by_start.sort_unstable();
        of_kind.lengths = of_kind.by_start.iter().map(|(start, _)| start.len()).collect();
        of_kind.lengths.sort_unstable();
        of_kind.lengths.dedup();
    }
    out
}
