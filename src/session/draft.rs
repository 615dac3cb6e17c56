//! The draft: what a list of edits makes of a loaded world, statement by statement.
//!
//! The order of edits counts: what one wrote the next may switch off. Must not know: what follows from any of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::eval::context::KeyValue;
use crate::policy::{Policy, Statement};
use crate::session::Index;
use crate::session::edit::{Edit, Written, place_of};
use crate::world::edit::{Changed, Slot, WiringId};
use crate::world::pieces::Provenance;
use crate::world::view::StatementPlace;
use crate::world::{Applied, EntityId, PolicyId, World};

/// A world with edits, as far as it differs
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Documents with their statements, those that are switched off as well
    pub documents: BTreeMap<PolicyId, Vec<Line>>,
    /// Lists of policies
    pub carried: BTreeMap<(EntityId, Slot), Vec<Carried>>,
    /// Wirings that are taken out
    pub unwired: BTreeSet<WiringId>,
    /// Context keys that every request has
    pub given: Vec<(String, KeyValue)>,
}

/// A statement of a document of a draft
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it says
    pub statement: Statement,
    /// Where it is from
    pub origin: Origin,
    /// Whether it says it
    pub power: Power,
}

/// Where something of a draft is from
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was loaded
    Loaded,
    /// It is in the place of what was loaded
    Edited,
    /// It is new
    Added,
}

/// Whether something of a draft takes part
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It does
    On,
    /// It is switched off, or taken away
    Off,
}

/// A policy that an entity carries in a draft
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// The policy
    pub applied: Applied,
    /// Where it is from
    pub origin: Origin,
    /// Whether it is still attached
    pub power: Power,
}

impl Draft {
    pub(super) fn of(world: &World, index: &Index, edits: &[Edit]) -> Self {
        let mut draft = Self::default();
        for edit in edits {
            draft.take(world, index, edit);
        }
        draft
    }

    fn take(&mut self, world: &World, index: &Index, edit: &Edit) {
        match edit {
            Edit::Off(place) => self.switch(world, index, *place, Power::Off),
            Edit::On(place) => self.switch(world, index, *place, Power::On),
            Edit::Replace { policy, at, by } => {
                let lines = self.document(world, *policy).iter_mut();
                for line in lines.filter(|line| place_of(&line.statement) == *at) {
                    line.statement = written(by, at.1);
                    line.origin = if line.origin == Origin::Added { Origin::Added } else { Origin::Edited };
                    line.power = Power::On;
                }
            }
            Edit::Add { policy, statement } => {
                let lines = self.document(world, *policy);
                let next = lines.iter().map(|line| line.statement.index + 1).max().unwrap_or(0);
                let statement = written(statement, next);
                lines.push(Line { statement, origin: Origin::Added, power: Power::On });
            }
            Edit::Detach { entity, slot, policy } => {
                let list = self.carried(world, *entity, *slot);
                list.retain(|one| one.origin != Origin::Added || one.applied.document != Ok(*policy));
                for one in list.iter_mut().filter(|one| one.applied.document == Ok(*policy)) {
                    one.power = Power::Off;
                }
            }
            Edit::Attach { entity, slot, policy } => {
                let list = self.carried(world, *entity, *slot);
                let mut known = list.iter_mut().filter(|one| one.applied.document == Ok(*policy)).peekable();
                if known.peek().is_some() {
                    known.for_each(|one| one.power = Power::On);
                    return;
                }
                let stored = world.stored(*policy);
                let applied = Applied {
                    name: stored.name.clone(),
                    document: Ok(*policy),
                    provenance: stored.provenance,
                    doubts: Vec::new(),
                };
                list.push(Carried { applied, origin: Origin::Added, power: Power::On });
            }
            Edit::Unwire(id) => {
                self.unwired.insert(*id);
            }
            Edit::Wire(id) => {
                self.unwired.remove(id);
            }
            Edit::Give(key, value) => {
                self.given.retain(|(known, _)| !known.eq_ignore_ascii_case(key));
                self.given.push((key.clone(), value.clone()));
            }
            Edit::Ungive(key) => self.given.retain(|(known, _)| !known.eq_ignore_ascii_case(key)),
        }
    }

    fn document(&mut self, world: &World, id: PolicyId) -> &mut Vec<Line> {
        self.documents.entry(id).or_insert_with(|| loaded(&world.stored(id).policy))
    }

    fn carried(&mut self, world: &World, entity: EntityId, slot: Slot) -> &mut Vec<Carried> {
        let loaded = || world.entity(entity).carries(slot).iter().map(carried_as_loaded).collect();
        self.carried.entry((entity, slot)).or_insert_with(loaded)
    }

    fn switch(&mut self, world: &World, index: &Index, place: StatementPlace, power: Power) {
        for id in index.documents.get(&place).into_iter().flatten() {
            self.document(world, *id);
        }
        let lines = self.documents.values_mut().flatten();
        for line in lines.filter(|line| place_of(&line.statement) == place) {
            line.power = power;
        }
    }

    /// The statements of a document, as they stand in the draft
    #[must_use]
    pub fn lines(&self, world: &World, id: PolicyId) -> Vec<Line> {
        self.documents.get(&id).cloned().unwrap_or_else(|| loaded(&world.stored(id).policy))
    }

    /// The policies of an entity, as they stand in the draft
    #[must_use]
    pub fn policies(&self, world: &World, entity: EntityId, slot: Slot) -> Vec<Carried> {
        let loaded = || world.entity(entity).carries(slot).iter().map(carried_as_loaded).collect();
        self.carried.get(&(entity, slot)).cloned().unwrap_or_else(loaded)
    }

    /// What the draft changes of its world; what was changed and changed back is no change
    #[must_use]
    pub fn changed(&self, world: &World) -> Changed {
        let mut changed = Changed { unwired: self.unwired.clone(), ..Changed::default() };
        for (id, lines) in &self.documents {
            let old = &world.stored(*id).policy;
            let on = lines.iter().filter(|line| line.power == Power::On);
            let statements: Vec<Statement> = on.map(|line| line.statement.clone()).collect();
            if statements != old.statements {
                changed.documents.insert(*id, Policy { statements, ..old.clone() });
            }
        }
        for ((entity, slot), list) in &self.carried {
            let on = list.iter().filter(|one| one.power == Power::On);
            let policies: Vec<Applied> = on.map(|one| one.applied.clone()).collect();
            if policies != world.entity(*entity).carries(*slot) {
                changed.carried.insert((*entity, *slot), policies);
            }
        }
        changed
    }

    /// Whether the draft says what was loaded
    #[must_use]
    pub fn is_as_loaded(&self, world: &World) -> bool {
        self.given.is_empty() && self.changed(world) == Changed::default()
    }

    /// Whether an edit can be made of a statement: AWS's own and what nobody wrote stay as they are
    #[must_use]
    pub fn may_edit(world: &World, id: PolicyId) -> bool {
        matches!(world.stored(id).provenance, Provenance::Written | Provenance::Synthesised)
    }
}

fn loaded(policy: &Policy) -> Vec<Line> {
    let line = |statement: &Statement| Line {
        statement: statement.clone(),
        origin: Origin::Loaded,
        power: Power::On,
    };
    policy.statements.iter().map(line).collect()
}

fn carried_as_loaded(applied: &Applied) -> Carried {
    Carried { applied: applied.clone(), origin: Origin::Loaded, power: Power::On }
}

fn written(written: &Written, index: usize) -> Statement {
    Statement { index, ..written.statement.clone() }
}
