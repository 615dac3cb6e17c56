//! A session: one loaded world, edits that were not made to any file, and what follows from them.
//!
//! Edits are a list; what they make of the world is a [`draft::Draft`], and what follows is [`outcome::Outcome`]: graph,
//! claims, changes. Working that out is a [`Job`], which runs anywhere and may be called off; the session stays usable
//! meanwhile. Undoing everything gives the loaded world back. Must not know: terminals, files, the clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::assertion::Config;
use crate::problem::Problems;
use crate::session::draft::Draft;
use crate::session::edit::Edit;
use crate::session::outcome::Outcome;
use crate::source::Sources;
use crate::world::edit::{SLOTS, Slot};
use crate::world::pieces::OwnAccount;
use crate::world::view::StatementPlace;
use crate::world::{EntityId, PolicyId, World};

pub mod draft;
pub mod edit;
pub mod outcome;
pub mod rebase;
pub mod stale;
pub mod write;

/// What was read
#[derive(Debug)]
pub struct Loaded {
    /// The text
    pub sources: Sources,
    /// What it says
    pub world: Arc<World>,
    /// What went wrong while reading
    pub problems: Problems,
    /// The accounts that the input calls its own
    pub accounts: Vec<OwnAccount>,
    /// The assertion file; empty where there is none
    pub config: Config,
    /// Its path, where there is one
    pub config_path: Option<String>,
    /// The day that waivers are held against
    pub today: Date,
}

/// Where things of a loaded world are, found once
#[derive(Debug, Default)]
pub struct Index {
    /// The documents that have the statement of a place
    pub documents: BTreeMap<StatementPlace, Vec<PolicyId>>,
    /// Who carries a document, and as what
    pub carriers: BTreeMap<PolicyId, Vec<(EntityId, Slot)>>,
}

impl Index {
    fn of(world: &World) -> Self {
        let mut index = Self::default();
        for (id, stored) in world.policies() {
            for statement in &stored.policy.statements {
                let documents = index.documents.entry((statement.span, statement.index)).or_default();
                if documents.last() != Some(&id) {
                    documents.push(id);
                }
            }
        }
        for entity in world.entities() {
            for slot in SLOTS {
                for id in entity.carries(*slot).iter().filter_map(|applied| applied.document.as_ref().ok()) {
                    index.carriers.entry(*id).or_default().push((entity.id, *slot));
                }
            }
        }
        index
    }
}

/// One loaded world with edits
#[derive(Debug)]
pub struct Session {
    loaded: Arc<Loaded>,
    index: Arc<Index>,
    /// The loaded text, and that of edits
    sources: Arc<Sources>,
    edits: Vec<Edit>,
    undone: Vec<Edit>,
    draft: Draft,
    base: Arc<Outcome>,
    now: Arc<Outcome>,
    generation: u64,
}

/// What is left to work out after an edit
#[derive(Clone, Debug)]
pub struct Job {
    generation: u64,
    loaded: Arc<Loaded>,
    index: Arc<Index>,
    sources: Arc<Sources>,
    base: Arc<Outcome>,
    from: Arc<Outcome>,
    draft: Draft,
}

/// What a job found
#[derive(Clone, Debug)]
pub struct Done {
    generation: u64,
    outcome: Arc<Outcome>,
}

impl Session {
    /// Begins with a loaded world; `None` where `go_on` says no
    #[must_use]
    pub fn begin(loaded: Loaded, go_on: &mut dyn FnMut(usize, usize) -> bool) -> Option<Self> {
        let base = Arc::new(Outcome::of_loaded(&loaded, go_on)?);
        let (index, sources) = (Arc::new(Index::of(&loaded.world)), Arc::new(loaded.sources.clone()));
        Some(Self {
            loaded: Arc::new(loaded),
            index,
            sources,
            edits: Vec::new(),
            undone: Vec::new(),
            draft: Draft::default(),
            now: Arc::clone(&base),
            base,
            generation: 0,
        })
    }

    /// What was read
    #[must_use]
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// The text that was read, and that of edits
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The edits, in the order in which they were made
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// What the edits make of the world; always up to date
    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// What follows without any edit
    #[must_use]
    pub fn base(&self) -> &Arc<Outcome> {
        &self.base
    }

    /// What follows from the edits, as far as it was worked out
    #[must_use]
    pub fn now(&self) -> &Arc<Outcome> {
        &self.now
    }

    /// The number of the list of edits as it is now
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether what follows is that of all edits
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.now.generation() == self.generation
    }

    /// Makes an edit; what follows is the job's to find
    pub fn edit(&mut self, edit: Edit) -> Job {
        self.edits.push(edit);
        self.undone.clear();
        self.next()
    }

    /// Takes the last edit back
    pub fn undo(&mut self) -> Option<Job> {
        let edit = self.edits.pop()?;
        self.undone.push(edit);
        Some(self.next())
    }

    /// Makes the edit again that was taken back last
    pub fn redo(&mut self) -> Option<Job> {
        let edit = self.undone.pop()?;
        self.edits.push(edit);
        Some(self.next())
    }

    /// Takes all edits back; each can be made again
    pub fn undo_all(&mut self) -> Option<Job> {
        if self.edits.is_empty() {
            return None;
        }
        while let Some(edit) = self.edits.pop() {
            self.undone.push(edit);
        }
        Some(self.next())
    }

    /// Makes an edit and works out what follows, at once
    pub fn apply(&mut self, edit: Edit) {
        let job = self.edit(edit);
        self.run(&job);
    }

    /// Works out what follows, at once
    pub fn run(&mut self, job: &Job) {
        if let Some(done) = job.run(&mut |_, _| true) {
            self.accept(done);
        }
    }

    /// Takes what a job found, unless edits were made since
    pub fn accept(&mut self, done: Done) -> bool {
        let is_current = done.generation == self.generation;
        if is_current {
            self.now = done.outcome;
        }
        is_current
    }

    fn next(&mut self) -> Job {
        self.generation += 1;
        self.draft = Draft::of(&self.loaded.world, &self.index, &self.edits);
        Job {
            generation: self.generation,
            loaded: Arc::clone(&self.loaded),
            index: Arc::clone(&self.index),
            sources: Arc::clone(&self.sources),
            base: Arc::clone(&self.base),
            from: Arc::clone(&self.now),
            draft: self.draft.clone(),
        }
    }
}

impl Job {
    /// Works it out; `go_on` hears how far it is, and where it says no, there is no answer
    #[must_use]
    pub fn run(&self, go_on: &mut dyn FnMut(usize, usize) -> bool) -> Option<Done> {
        let outcome = Outcome::after(self, go_on)?;
        Some(Done { generation: self.generation, outcome: Arc::new(outcome) })
    }
}
