//! Which edges an edit may change: those out of who carries what changed, and those into what it governs.
//!
//! Sound, not smallest: a law holds the graph that follows against one from scratch. Must not know: how edges are decided.

use std::collections::{BTreeMap, BTreeSet};

use crate::reach::graph::Stale;
use crate::session::Index;
use crate::world::edit::{Changed, Slot, WiringId};
use crate::world::{Applied, EntityId, Link, PolicyId, World};

/// What may differ between the graphs of two changes of one world
#[must_use]
pub fn stale(world: &World, index: &Index, before: &Changed, after: &Changed) -> Stale {
    let documents = different(&before.documents, &after.documents);
    if documents.iter().any(|id| is_of_accounts(world, *id)) {
        return Stale::everything(world);
    }
    let mut touched: BTreeSet<(EntityId, Slot)> = different(&before.carried, &after.carried);
    for id in documents {
        touched.extend(index.carriers.get(&id).into_iter().flatten());
        // Who carries it by an edit alone is in no index.
        let by_edit = before.carried.iter().chain(&after.carried);
        let carries = by_edit.filter(|(_, list)| list.iter().any(|applied| applied.document == Ok(id)));
        touched.extend(carries.map(|(at, _)| *at));
    }
    let wirings: BTreeSet<WiringId> = before.unwired.symmetric_difference(&after.unwired).copied().collect();

    let near = Near::of(world);
    let mut stale = Stale::default();
    for (entity, slot) in touched {
        let around = near.around(world, entity);
        match slot {
            Slot::Identity | Slot::Boundary => {
                // A role acts for its functions, and reads for them what they are wired to.
                stale.from.extend(around.iter().flat_map(|next| near.around(world, *next)));
                // A role is also named by text alone: by an integration that calls with it.
                stale.from.extend(&near.with_credentials);
            }
            Slot::Trust | Slot::Resource | Slot::Grants => {
                // Who may use a key reads what is encrypted with it, and comes to whose access key that holds.
                stale.into.extend(around.iter().flat_map(|next| near.around(world, *next)));
                stale.from.extend(around);
            }
        }
        stale.from.extend(world.anonymous());
    }
    for ends in wirings.iter().filter_map(|id| world.wiring(*id)).map(|wired| ends(&wired.link)) {
        let around: BTreeSet<EntityId> = ends.iter().flat_map(|end| near.around(world, *end)).collect();
        stale.into.extend(&around);
        stale.from.extend(around);
        stale.from.extend(world.anonymous());
    }
    stale
}

/// The keys under which two maps say different things
fn different<K: Ord + Copy, V: PartialEq>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> BTreeSet<K> {
    let keys = before.keys().chain(after.keys()).copied();
    keys.filter(|key| before.get(key) != after.get(key)).collect()
}

/// Whether a document limits accounts, or whoever comes through an endpoint
fn is_of_accounts(world: &World, id: PolicyId) -> bool {
    let is_it = |applied: &Applied| applied.document == Ok(id);
    let of_account =
        world.limited().any(|(_, ceilings)| ceilings.scps.iter().chain(&ceilings.rcps).flatten().any(is_it));
    of_account || world.endpoints.iter().any(|endpoint| endpoint.policies.iter().any(is_it))
}

/// The entities that a wiring joins
#[must_use]
pub fn ends(link: &Link) -> Vec<EntityId> {
    match link {
        Link::RunsAs { function, role } => vec![*function, *role],
        Link::Url { function, .. } | Link::WebEndpoint { function, .. } => vec![*function],
        Link::Route { api, target, .. } => vec![*api, *target],
        Link::Notification { bucket, function, .. } => vec![*bucket, *function],
        Link::Trigger { source, function, role, .. } => {
            [Some(*source), Some(*function), *role].into_iter().flatten().collect()
        }
        Link::CallsAs { source, role } => vec![*source, *role],
        Link::Credential { holder, owner } => vec![*holder, *owner],
        Link::Forward { source, target, role, .. } => {
            [Some(*source), Some(*target), *role].into_iter().flatten().collect()
        }
    }
}

/// Who is next to whom
struct Near {
    /// Pairs of a wiring, of an alias and its function, of a key and what is encrypted with it; both ways
    pairs: BTreeSet<(EntityId, EntityId)>,
    /// APIs with an integration that calls with a role of its own
    with_credentials: BTreeSet<EntityId>,
}

impl Near {
    fn of(world: &World) -> Self {
        let mut near = Self { pairs: BTreeSet::new(), with_credentials: BTreeSet::new() };
        for (_, wired) in world.all_wirings() {
            let ends = ends(&wired.link);
            for one in &ends {
                for other in ends.iter().filter(|other| *other != one) {
                    near.pairs.insert((*one, *other));
                }
            }
            if let Link::Route { api, credentials: Some(_), .. } = &wired.link {
                near.with_credentials.insert(*api);
            }
        }
        for entity in world.entities() {
            for other in entity.alias_of.into_iter().chain(entity.keys.iter().map(|used| used.key)) {
                near.pairs.insert((entity.id, other));
                near.pairs.insert((other, entity.id));
            }
        }
        near
    }

    /// An entity and those next to it
    fn around(&self, world: &World, entity: EntityId) -> BTreeSet<EntityId> {
        let last = world.entities().last().map_or(entity, |last| last.id);
        let first = world.entities().first().map_or(entity, |first| first.id);
        let next = self.pairs.range((entity, first)..=(entity, last)).map(|(_, other)| *other);
        next.chain([entity]).collect()
    }
}
