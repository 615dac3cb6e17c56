//! Edits after the files were read again: each is made once more of what is the same by name, or is told as lost.
//!
//! Numbers and places of the world before mean nothing in the one that was read now. Must not know: how files are read.

use crate::policy::Statement;
use crate::session::edit::{Edit, Written, place_of};
use crate::session::stale::ends;
use crate::session::{Job, Session};
use crate::world::edit::WiringId;
use crate::world::view::StatementPlace;
use crate::world::{EntityId, PolicyId, World};

impl Session {
    /// Makes the edits of a session again in one that was begun with newer files: how many could not be
    pub fn take_edits_of(&mut self, old: &Self) -> (usize, Option<Job>) {
        let mut lost = 0;
        let mut job = None;
        for edit in &old.edits {
            match self.same_edit(old, edit) {
                Some(edit) => job = Some(self.edit(edit)),
                None => lost += 1,
            }
        }
        (lost, job)
    }

    fn same_edit(&mut self, old: &Self, edit: &Edit) -> Option<Edit> {
        let (was, is) = (&old.loaded.world, &self.loaded.world);
        Some(match edit {
            Edit::Off(place) => Edit::Off(self.same_statement(old, *place)?),
            Edit::On(place) => Edit::On(self.same_statement(old, *place)?),
            Edit::Replace { policy, at, by } => {
                let policy = same_policy(was, is, *policy)?;
                let at = self.same_statement(old, *at)?;
                Edit::Replace { policy, at, by: self.again(by, policy)? }
            }
            Edit::Add { policy, statement } => {
                let policy = same_policy(was, is, *policy)?;
                Edit::Add { policy, statement: self.again(statement, policy)? }
            }
            Edit::Detach { entity, slot, policy } => Edit::Detach {
                entity: same_entity(was, is, *entity)?,
                slot: *slot,
                policy: same_policy(was, is, *policy)?,
            },
            Edit::Attach { entity, slot, policy } => Edit::Attach {
                entity: same_entity(was, is, *entity)?,
                slot: *slot,
                policy: same_policy(was, is, *policy)?,
            },
            Edit::Unwire(id) => Edit::Unwire(same_wiring(was, is, *id)?),
            Edit::Wire(id) => Edit::Wire(same_wiring(was, is, *id)?),
            Edit::Give(..) | Edit::Ungive(_) => edit.clone(),
        })
    }

    fn again(&mut self, written: &Written, of: PolicyId) -> Option<Written> {
        self.statement(&written.text, of).ok()
    }

    /// The statement of the same document and name, or else of the same number
    fn same_statement(&self, old: &Self, place: StatementPlace) -> Option<StatementPlace> {
        let brought = old.edits.iter().filter_map(Edit::written).find(|by| by.statement.span == place.0);
        if let Some(brought) = brought {
            // What an edit brought is where the same edit has brought it now.
            let own = self.edits.iter().filter_map(Edit::written).rfind(|own| own.text == brought.text)?;
            let lines = self.draft.documents.values().flatten().map(|line| &line.statement);
            return lines.into_iter().find(|one| one.span == own.statement.span).map(place_of);
        }
        let id = *old.index.documents.get(&place)?.first()?;
        let is_it = |statement: &&Statement| place_of(statement) == place;
        let statement = old.loaded.world.stored(id).policy.statements.iter().find(is_it)?;
        let new = same_policy(&old.loaded.world, &self.loaded.world, id)?;
        let statements = &self.loaded.world.stored(new).policy.statements;
        let by_sid = statements.iter().find(|one| one.sid.is_some() && one.sid == statement.sid);
        let by_number = || statements.get(place.1).filter(|one| one.sid.is_none() && statement.sid.is_none());
        by_sid.or_else(by_number).map(place_of)
    }
}

/// The document of the same name, of several the one as far down
fn same_policy(was: &World, is: &World, id: PolicyId) -> Option<PolicyId> {
    let name = &was.stored(id).name;
    let named = |world: &World| -> Vec<PolicyId> {
        world.policies().filter(|(_, stored)| stored.name == *name).map(|(id, _)| id).collect()
    };
    let at = named(was).iter().position(|one| *one == id)?;
    named(is).get(at).copied()
}

fn same_entity(was: &World, is: &World, id: EntityId) -> Option<EntityId> {
    let old = was.entity(id);
    is.of_kind(old.kind).find(|new| new.display == old.display).map(|new| new.id)
}

/// The wiring of the same form between the same ends, of several the one as far down
fn same_wiring(was: &World, is: &World, id: WiringId) -> Option<WiringId> {
    let told = |world: &World, id: WiringId| {
        let link = &world.wiring(id)?.link;
        let names: Vec<String> = ends(link).iter().map(|end| world.entity(*end).display.clone()).collect();
        Some((std::mem::discriminant(link), names))
    };
    let alike = |world: &World, wanted: &_| -> Vec<WiringId> {
        world.all_wirings().map(|(id, _)| id).filter(|id| told(world, *id).as_ref() == Some(wanted)).collect()
    };
    let wanted = told(was, id)?;
    let at = alike(was, &wanted).iter().position(|one| *one == id)?;
    alike(is, &wanted).get(at).copied()
}
