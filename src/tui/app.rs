//! The app: what is on the screen, and what each key makes of it. Pure: what has to happen outside is an [`Effect`].
//!
//! Must not know: terminals, threads, files.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::session::edit::Edit;
use crate::session::{Done, Job, Session};
use crate::tui::filter::Filter;
use crate::tui::keys::{self, Key};
use crate::tui::screen::asserts::Asserts;
use crate::tui::screen::explain::Explain;
use crate::tui::screen::invoke::Invoke;
use crate::tui::screen::policies::Policies;
use crate::tui::screen::reach::{Direction, Reach, Ways};
use crate::tui::screen::{SCREENS, Screen};
use crate::tui::theme::{Role, Theme};
use crate::tui::told;
use crate::tui::words::Words;
use crate::world::select::{Names, Selector};
use crate::world::view::StatementPlace;
use crate::world::{EntityId, PolicyId};

mod acts;
pub mod written;

/// What has to happen outside
#[derive(Debug)]
pub enum Effect {
    /// Work out what follows from edits
    Run(Box<Job>),
    /// Look for ways and cuts between two ends
    Ways(EntityId, EntityId),
    /// Read the files again
    Reload,
    /// Let a person edit a text
    Edit(String),
    /// Write files
    Write(Vec<(PathBuf, String)>),
    /// Add text to a file, which begins with the second text where it is new
    Append(PathBuf, String, String),
    /// Hand a text to the terminal's clipboard
    Copy(String),
    /// Stop, until the shell lets go on
    Suspend,
}

/// Work of one kind: of each, only the newest counts
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// What follows from edits
    Edits,
    /// Ways and cuts
    Ways,
    /// Files that are read again
    Files,
}

/// What comes in
#[derive(Debug)]
pub enum Msg {
    /// A key
    Key(Key),
    /// So much of so much is done
    Progress(usize, usize),
    /// What follows from edits
    Done(Done),
    /// Ways that were asked for
    Ways(Ways),
    /// The files, read again
    Reloaded(Box<Session>),
    /// Something outside failed
    Failed(String),
    /// Something outside is done
    Told(String),
    /// A text that a person edited; none where it was left as it was
    Edited(Option<String>),
    /// Files differ from what was read
    OnDisk,
}

/// Whether the app goes on
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// It does
    On,
    /// It ends
    Out,
}

/// What a line that is typed is for
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A filter of the screen
    Filter,
    /// Where a tree starts
    From,
    /// What is looked for
    To,
    /// A context key
    Context,
    /// The name of a policy to attach
    Attach(EntityId),
    /// Why a counterexample is waived
    Waive,
}

/// A line that is being typed
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is for
    pub purpose: Purpose,
    /// The text so far
    pub text: String,
}

/// What a question would do
#[derive(Debug)]
pub enum Then {
    /// Leave
    Quit,
    /// Drop all edits
    Drop,
    /// This
    Do(Effect),
}

/// A question that y answers with yes
#[derive(Debug)]
pub struct Question {
    /// The words
    pub words: String,
    /// What yes does
    pub then: Then,
}

/// How the app was started
#[derive(Clone, Debug)]
pub struct Start {
    /// How things look
    pub theme: Theme,
    /// The first screen
    pub screen: Screen,
    /// The flags that name the input, for command lines
    pub flags: String,
    /// The assertion file that claims are added to; none where the input is embedded
    pub assertions: Option<PathBuf>,
}

/// The document that a text of an editor goes into, and the statement that it replaces, where it does
type Edited = (PolicyId, Option<StatementPlace>);

/// Everything that is on the screen
#[derive(Debug)]
pub struct App {
    pub(super) session: Session,
    pub(super) start: Start,
    pub(super) screen: Screen,
    before: Vec<Screen>,
    /// Which pane keys act on
    pub(super) pane: usize,
    pub(super) filters: Vec<Filter>,
    pub(super) prompt: Option<Prompt>,
    pub(super) question: Option<Question>,
    /// The line of help that is in sight, where help is shown
    pub(super) help: Option<usize>,
    pub(super) message: Option<Words>,
    /// What is being worked out
    waits: BTreeSet<Lane>,
    /// How much of how much of it is done
    pub(super) progress: (usize, usize),
    pub(super) is_old: bool,
    pub(super) invoke: Invoke,
    pub(super) reach: Reach,
    pub(super) policies: Policies,
    pub(super) explain: Explain,
    pub(super) asserts: Asserts,
    /// What the text in an editor is for
    editing: Option<Edited>,
    /// A text that was refused, and what it was for
    rejected: Option<(Edited, String)>,
    copied: Option<String>,
    going: Going,
    effects: Vec<Effect>,
}

impl App {
    /// The app on a session
    #[must_use]
    pub fn new(session: Session, start: Start) -> Self {
        let mut app = Self {
            session,
            screen: start.screen,
            start,
            before: Vec::new(),
            pane: 0,
            filters: vec![Filter::default(); SCREENS.len()],
            prompt: None,
            question: None,
            help: None,
            message: None,
            waits: BTreeSet::new(),
            progress: (0, 0),
            is_old: false,
            invoke: Invoke::default(),
            reach: Reach::default(),
            policies: Policies::default(),
            explain: Explain::default(),
            asserts: Asserts::default(),
            editing: None,
            rejected: None,
            copied: None,
            going: Going::On,
            effects: Vec::new(),
        };
        app.refresh();
        app
    }

    /// Takes what comes in; what has to happen outside
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => self.key(key),
            Msg::Progress(done, all) => self.progress = (done, all),
            Msg::Done(done) => {
                if self.session.accept(done) {
                    self.waits.remove(&Lane::Edits);
                    self.ask_for_ways();
                }
            }
            Msg::Ways(ways) => {
                self.waits.remove(&Lane::Ways);
                if ways.generation == self.session.now().generation() {
                    self.reach.take(ways);
                }
            }
            Msg::Reloaded(session) => self.take_reloaded(*session),
            Msg::Failed(what) => {
                self.waits.clear();
                self.message = Some(Words::of(Role::Deny, &what));
            }
            Msg::Told(what) => self.message = Some(Words::of(Role::Allow, &what)),
            Msg::Edited(text) => self.edited(text),
            Msg::OnDisk if self.is_old => {}
            Msg::OnDisk => {
                self.is_old = true;
                self.say("files changed on disk: R reads them again, edits stay");
            }
        }
        self.refresh();
        std::mem::take(&mut self.effects)
    }

    /// Whether it goes on
    #[must_use]
    pub fn going(&self) -> Going {
        self.going
    }

    /// Whether something is being worked out
    #[must_use]
    pub fn is_working(&self) -> bool {
        !self.waits.is_empty()
    }

    /// The session
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The command line that was copied last
    #[must_use]
    pub fn copied(&self) -> Option<&str> {
        self.copied.as_deref()
    }

    pub(super) fn active_filter(&self) -> Filter {
        self.filters.get(self.screen.index()).cloned().unwrap_or_default()
    }

    /// Makes the lines of the screen that is shown
    fn refresh(&mut self) {
        let filter = self.active_filter();
        // The claims stand beside other screens as well.
        let of_claims = self.filters.get(Screen::Asserts.index()).cloned().unwrap_or_default();
        self.asserts.refresh(&self.session, &of_claims);
        match self.screen {
            Screen::Invoke => self.invoke.refresh(&self.session, &filter),
            Screen::Reach => self.reach.refresh(&self.session, &filter),
            Screen::Policies => self.policies.refresh(&self.session, &filter),
            Screen::Explain => self.explain.refresh(&self.session),
            Screen::Asserts => {}
        }
    }

    fn key(&mut self, key: Key) {
        self.message = None;
        if let Some(question) = self.question.take() {
            if matches!(key, Key::Char('y' | 'Y')) {
                self.then(question.then);
            }
            return;
        }
        if self.prompt.is_some() {
            return self.typed(key);
        }
        if let Some(at) = self.help.take() {
            match key {
                Key::Down | Key::Char('j') | Key::PageDown => self.help = Some(at + 4),
                Key::Up | Key::Char('k') | Key::PageUp => self.help = Some(at.saturating_sub(4)),
                Key::Char(_)
                | Key::Ctrl(_)
                | Key::Enter
                | Key::Esc
                | Key::Tab
                | Key::BackTab
                | Key::Backspace
                | Key::Left
                | Key::Right
                | Key::Home
                | Key::End => {}
            }
            return;
        }
        if let Some(row) = keys::binding(self.screen, key) {
            (row.act)(self);
        }
    }

    fn typed(&mut self, key: Key) {
        let Some(prompt) = &mut self.prompt else { return };
        match key {
            Key::Char(character) => prompt.text.push(character),
            Key::Backspace => {
                prompt.text.pop();
            }
            Key::Ctrl('u') => prompt.text.clear(),
            Key::Esc | Key::Ctrl('c') => {
                let prompt = self.prompt.take();
                if prompt.is_some_and(|prompt| prompt.purpose == Purpose::Filter) {
                    self.set_filter(String::new());
                }
                return;
            }
            Key::Enter => {
                if let Some(prompt) = self.prompt.take() {
                    self.entered(prompt);
                }
                return;
            }
            Key::Ctrl(_)
            | Key::Tab
            | Key::BackTab
            | Key::Up
            | Key::Down
            | Key::Left
            | Key::Right
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown => {}
        }
        // A filter acts as it is typed.
        if let Some(Prompt { purpose: Purpose::Filter, text }) = self.prompt.clone() {
            self.set_filter(text);
        }
    }

    fn set_filter(&mut self, text: String) {
        if let Some(filter) = self.filters.get_mut(self.screen.index()) {
            filter.text = text;
        }
    }

    fn entered(&mut self, Prompt { purpose, text }: Prompt) {
        let text = text.trim().to_owned();
        match purpose {
            Purpose::Filter => self.set_filter(text),
            Purpose::From => {
                if let Some(id) = self.named(&text) {
                    self.reach.start(id, Direction::Forward);
                    self.ask_for_ways();
                }
            }
            Purpose::To => {
                if let Some(id) = self.named(&text) {
                    self.reach.set_to(id);
                    self.ways();
                }
            }
            Purpose::Context => self.set_context(&text),
            Purpose::Attach(entity) => self.attach_named(entity, &text),
            Purpose::Waive => self.waive_because(&text),
        }
    }

    /// The one thing that a text names
    fn named(&mut self, text: &str) -> Option<EntityId> {
        let loaded = self.session.loaded();
        let names = Names { world: &loaded.world, ours: &loaded.config.ours };
        let found = match Selector::parse(text) {
            Ok(selector) => selector.select(&names),
            Err(_) => {
                let filter = Filter { text: text.to_owned() };
                let entities = loaded.world.entities().iter();
                entities.filter(|entity| filter.has(&entity.display)).map(|entity| entity.id).collect()
            }
        };
        let told: Vec<&str> = found.iter().take(5).map(|id| told::name(&self.session, *id)).collect();
        match found.as_slice() {
            [one] => return Some(*one),
            [] => self.say(&format!("`{text}` names nothing here")),
            many => {
                let words = format!("`{text}` names {} things: {}", many.len(), told.join(", "));
                self.say(&words);
            }
        }
        None
    }

    fn then(&mut self, then: Then) {
        match then {
            Then::Quit => self.going = Going::Out,
            Then::Drop => {
                if let Some(job) = self.session.undo_all() {
                    self.run(job);
                }
            }
            Then::Do(effect) => self.effects.push(effect),
        }
    }

    fn say(&mut self, words: &str) {
        self.message = Some(Words::of(Role::Maybe, words));
    }

    fn run(&mut self, job: Job) {
        self.wait(Lane::Edits, Effect::Run(Box::new(job)));
    }

    /// Has work done outside, of which the answer comes in later
    fn wait(&mut self, lane: Lane, effect: Effect) {
        self.waits.insert(lane);
        self.progress = (0, 0);
        self.effects.push(effect);
    }

    fn edit(&mut self, edit: Edit) {
        let job = self.session.edit(edit);
        self.run(job);
    }

    fn take_reloaded(&mut self, mut session: Session) {
        let (lost, job) = session.take_edits_of(&self.session);
        self.session = session;
        self.waits.clear();
        self.is_old = false;
        // What is remembered by number is of the world before.
        self.invoke = Invoke::default();
        self.reach = Reach::default();
        self.policies = Policies::default();
        self.explain = Explain::default();
        let words = if lost == 0 {
            "read again".to_owned()
        } else {
            format!("read again; {lost} of the edits were about what is gone")
        };
        self.say(&words);
        if let Some(job) = job {
            self.run(job);
        }
    }

    /// Another screen; Esc comes back
    fn go(&mut self, screen: Screen) {
        if screen != self.screen {
            self.before.push(self.screen);
            self.screen = screen;
            self.pane = 0;
        }
    }
}
