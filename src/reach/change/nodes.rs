//! Which entities of two worlds are the same: by address, then by ARN, then by name, each within a kind.
//!
//! What is renamed keeps its address, what is moved keeps its ARN. Our own account is our own account on both sides,
//! whatever its number. Must not know: edges.

use std::collections::BTreeMap;

use crate::reach::change::Side;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::view::caller;
use crate::world::{Entity, EntityId};

/// Number of an entity in both worlds
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(usize);

/// The entities of both worlds, each once
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    both: Vec<(Option<EntityId>, Option<EntityId>)>,
    before: Vec<NodeId>,
    after: Vec<NodeId>,
}

/// Whether several entities of one key are paired in their order
#[derive(Clone, Copy, PartialEq, Eq)]
enum Several {
    InOrder,
    Never,
}

/// Entities of one key, before and after
type Group = (Vec<EntityId>, Vec<EntityId>);

/// By what an entity is known again
type Known = fn(&Side<'_>, &Entity) -> Option<Vec<String>>;

/// In the order in which they are tried
static KNOWN_BY: &[(Known, Several)] = &[
    (by_address_and_name, Several::InOrder),
    (by_address, Several::Never),
    (by_arn, Several::InOrder),
    (by_name, Several::InOrder),
    (as_our_account, Several::Never),
];

fn by_address_and_name(side: &Side<'_>, entity: &Entity) -> Option<Vec<String>> {
    let address = entity.address.as_ref()?;
    Some(vec![side.apart_from_its_folder(address), side.apart_from_its_folder(&entity.display)])
}

fn by_address(side: &Side<'_>, entity: &Entity) -> Option<Vec<String>> {
    entity.address.as_ref().map(|address| vec![side.apart_from_its_folder(address)])
}

fn by_arn(side: &Side<'_>, entity: &Entity) -> Option<Vec<String>> {
    entity.arn.as_ref().map(|arn| vec![side.apart_from_its_folder(&arn.to_string())])
}

fn by_name(side: &Side<'_>, entity: &Entity) -> Option<Vec<String>> {
    Some(vec![side.apart_from_its_folder(&entity.display)])
}

/// The account that the input is of, where it is of one
fn as_our_account(side: &Side<'_>, entity: &Entity) -> Option<Vec<String>> {
    let is_whole = entity.kind == Kind::Account && caller(entity).is_none();
    let ours: &[Text] = &side.view.world.accounts;
    (is_whole && ours.len() < 2).then(Vec::new)
}

impl Nodes {
    /// Finds what is the same
    #[must_use]
    pub fn of(before: &Side<'_>, after: &Side<'_>) -> Self {
        let (old, new) = (before.view.world.entities(), after.view.world.entities());
        let mut partner: BTreeMap<EntityId, EntityId> = BTreeMap::new();
        let mut taken: BTreeMap<EntityId, EntityId> = BTreeMap::new();
        for (known_by, several) in KNOWN_BY {
            let mut groups: BTreeMap<(Kind, Vec<String>), Group> = BTreeMap::new();
            for entity in old.iter().filter(|entity| !partner.contains_key(&entity.id)) {
                if let Some(key) = known_by(before, entity) {
                    groups.entry((entity.kind, key)).or_default().0.push(entity.id);
                }
            }
            for entity in new.iter().filter(|entity| !taken.contains_key(&entity.id)) {
                if let Some(key) = known_by(after, entity) {
                    groups.entry((entity.kind, key)).or_default().1.push(entity.id);
                }
            }
            for (olds, news) in groups.into_values() {
                if *several == Several::Never && (olds.len() != 1 || news.len() != 1) {
                    continue;
                }
                for (old, new) in olds.into_iter().zip(news) {
                    partner.insert(old, new);
                    taken.insert(new, old);
                }
            }
        }
        let mut nodes = Self::default();
        let mut shared: BTreeMap<EntityId, NodeId> = BTreeMap::new();
        for entity in old {
            let node = NodeId(nodes.both.len());
            let same = partner.get(&entity.id).copied();
            shared.extend(same.map(|new| (new, node)));
            nodes.both.push((Some(entity.id), same));
            nodes.before.push(node);
        }
        for entity in new {
            let node = shared.get(&entity.id).copied().unwrap_or_else(|| {
                nodes.both.push((None, Some(entity.id)));
                NodeId(nodes.both.len() - 1)
            });
            nodes.after.push(node);
        }
        nodes
    }

    /// Each entity is itself: one world edited is the other
    #[must_use]
    pub fn unmoved(entities: &[Entity]) -> Self {
        let numbers: Vec<NodeId> = (0..entities.len()).map(NodeId).collect();
        let both = entities.iter().map(|entity| (Some(entity.id), Some(entity.id))).collect();
        Self { both, before: numbers.clone(), after: numbers }
    }

    /// The number of an entity of the world before
    #[must_use]
    pub fn of_before(&self, id: EntityId) -> NodeId {
        #[expect(clippy::indexing_slicing, reason = "INVARIANT: every entity of the world has a number")]
        self.before[id.index()]
    }

    /// The number of an entity of the world after
    #[must_use]
    pub fn of_after(&self, id: EntityId) -> NodeId {
        #[expect(clippy::indexing_slicing, reason = "INVARIANT: every entity of the world has a number")]
        self.after[id.index()]
    }

    /// What has this number, before and after
    #[must_use]
    pub fn entities(&self, node: NodeId) -> (Option<EntityId>, Option<EntityId>) {
        self.both.get(node.0).copied().unwrap_or_default()
    }

    /// All of both worlds
    pub fn all(&self) -> impl Iterator<Item = (Option<EntityId>, Option<EntityId>)> {
        self.both.iter().copied()
    }
}
