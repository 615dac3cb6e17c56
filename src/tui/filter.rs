//! What a filter lets through: a selector of the command line, or any part of a name.

use crate::aws::pattern::Fit;
use crate::session::Session;
use crate::world::EntityId;
use crate::world::select::{Names, Selector};

/// A filter as it was typed
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The text
    pub text: String,
}

impl Filter {
    /// Whether nothing was typed
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a text has what was typed in it; alternatives stand between bars
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.is_empty() || self.text.to_lowercase().split('|').any(|part| text.contains(part.trim()))
    }

    /// Whether an entity is let through
    #[must_use]
    pub fn lets(&self, session: &Session, id: EntityId) -> bool {
        let loaded = session.loaded();
        let entity = loaded.world.entity(id);
        if self.has(&entity.display) {
            return true;
        }
        let names = Names { world: &loaded.world, ours: &loaded.config.ours };
        Selector::parse(&self.text).is_ok_and(|selector| selector.matches(entity, &names) != Fit::No)
    }
}
