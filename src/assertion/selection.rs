//! Which entities the selectors of a claim name: surely, or perhaps.
//!
//! A glob against a name with holes is three-valued: a safety claim includes what may be meant, a liveness claim only
//! what surely is.

use std::collections::BTreeMap;

use crate::aws::pattern::Fit;
use crate::world::select::{Names, Selector};
use crate::world::{Entity, EntityId};

/// How sure it is that an entity is named
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meant {
    /// Its name is not known in full and may fit
    Perhaps,
    /// It is named
    Surely,
}

/// What a list of selectors names
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The entities, in the order of the world
    pub named: BTreeMap<EntityId, Meant>,
    /// Selectors that name nothing
    pub empty: Vec<String>,
}

impl Selection {
    /// What the selectors name, without what `except` surely names
    #[must_use]
    pub fn of(names: &Names<'_>, selectors: &[Selector], except: &[Selector]) -> Self {
        let mut selection = Self::default();
        let is_excepted = |entity: &Entity| except.iter().any(|one| one.matches(entity, names) == Fit::Yes);
        for selector in selectors {
            let mut found = false;
            for entity in names.world.entities() {
                let meant = match selector.matches(entity, names) {
                    Fit::Yes => Meant::Surely,
                    Fit::Depends(_) => Meant::Perhaps,
                    Fit::No => continue,
                };
                found = true;
                if is_excepted(entity) {
                    continue;
                }
                let known = selection.named.entry(entity.id).or_insert(meant);
                *known = meant.max(*known);
            }
            if !found && names_things(selector) {
                selection.empty.push(selector.to_string());
            }
        }
        selection
    }

    /// How it names an entity
    #[must_use]
    pub fn meant(&self, id: EntityId) -> Option<Meant> {
        self.named.get(&id).copied()
    }

    /// The entities that it surely names
    pub fn sure(&self) -> impl Iterator<Item = EntityId> {
        self.named.iter().filter(|(_, meant)| **meant == Meant::Surely).map(|(id, _)| *id)
    }
}

/// Whether a selector is meant to name something that the input declares: the words name whoever there is
fn names_things(selector: &Selector) -> bool {
    match selector {
        Selector::Named { .. } | Selector::Address(_) | Selector::Arn(_) | Selector::Set(_) => true,
        Selector::Word(_) | Selector::Any | Selector::Outside | Selector::OutsideOrg | Selector::Admin => {
            false
        }
    }
}
