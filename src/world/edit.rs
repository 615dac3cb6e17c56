//! A world as it would be after a change: documents, attachments and wirings that differ, everything else shared.
//!
//! Numbers of entities, policies and wirings stay those of the world that was loaded, so that what was found in one can be
//! looked up in the other. Must not know: how a change is chosen, or what follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::policy::Policy;
use crate::world::{Applied, Entity, EntityId, PolicyId, Stored, Wired, World};

/// A list of policies that an entity carries
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// Identity policies
    Identity,
    /// Permissions boundary
    Boundary,
    /// Trust policy
    Trust,
    /// Resource policy
    Resource,
    /// Grants
    Grants,
}

/// Every list, in the order of reports
pub static SLOTS: &[Slot] = &[Slot::Identity, Slot::Boundary, Slot::Trust, Slot::Resource, Slot::Grants];

impl Slot {
    /// What a policy in this list is called
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Identity => "identity policy",
            Self::Boundary => "permissions boundary",
            Self::Trust => "trust policy",
            Self::Resource => "resource policy",
            Self::Grants => "grant",
        }
    }
}

impl Entity {
    /// The policies in one of its lists
    #[must_use]
    pub fn carries(&self, slot: Slot) -> &[Applied] {
        match slot {
            Slot::Identity => &self.identity,
            Slot::Boundary => &self.boundary,
            Slot::Trust => &self.trust,
            Slot::Resource => &self.resource,
            Slot::Grants => &self.grants,
        }
    }

    fn carry(&mut self, slot: Slot, policies: Vec<Applied>) {
        match slot {
            Slot::Identity => self.identity = policies,
            Slot::Boundary => self.boundary = policies,
            Slot::Trust => self.trust = policies,
            Slot::Resource => self.resource = policies,
            Slot::Grants => self.grants = policies,
        }
    }
}

/// Number of a wiring in its [`World`]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WiringId(usize);

/// What differs from a world that was loaded
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changed {
    /// Documents with another text
    pub documents: BTreeMap<PolicyId, Policy>,
    /// Lists of policies that are others
    pub carried: BTreeMap<(EntityId, Slot), Vec<Applied>>,
    /// Wirings that are taken out
    pub unwired: BTreeSet<WiringId>,
}

impl World {
    /// The world after a change
    #[must_use]
    pub fn changed(&self, changed: &Changed) -> Self {
        let mut world = self.clone();
        for (id, policy) in &changed.documents {
            if let Some(stored) = world.policies.get_mut(id.0 as usize) {
                *stored = Arc::new(Stored { policy: policy.clone(), ..(**stored).clone() });
            }
        }
        for ((id, slot), policies) in &changed.carried {
            if let Some(entity) = world.entities.get_mut(id.index()) {
                entity.carry(*slot, policies.clone());
            }
        }
        world.unwired = changed.unwired.iter().map(|id| id.0).collect();
        world
    }

    /// Every wiring with its number, those that were taken out as well
    pub fn all_wirings(&self) -> impl Iterator<Item = (WiringId, &Wired)> {
        self.wired.iter().enumerate().map(|(at, wired)| (WiringId(at), wired))
    }

    /// One wiring, also where it was taken out
    #[must_use]
    pub fn wiring(&self, id: WiringId) -> Option<&Wired> {
        self.wired.get(id.0)
    }
}
