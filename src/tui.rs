//! The terminal UI: see who can reach what, change a statement, watch the reach change.
//!
//! One thread owns the screen: it draws, waits for a key or an answer, and hands both to [`app::App::update`], which is
//! pure. Work runs in threads of its own. Must not know: how anything is read, or the command line.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers, MouseEventKind};

use crate::reach::cuts::{self, Cuts};
use crate::reach::graph::Graph;
use crate::reach::search::{Tiers, paths};
use crate::session::{Loaded, Session};
use crate::tui::app::{App, Effect, Going, Lane, Msg, Start};
use crate::tui::edge::files::Read;
use crate::tui::edge::guard::{Guard, Mouse, suspend};
use crate::tui::edge::worker::Worker;
use crate::tui::edge::{clipboard, files};
use crate::tui::keys::Key;
use crate::tui::screen::reach::{Greedy, Ways};
use crate::world::EntityId;
use crate::world::view::View;

pub mod app;
pub mod edge;
pub mod filter;
pub mod keys;
pub mod pane;
pub mod screen;
pub mod theme;
pub mod told;
pub mod view;
pub mod words;

/// Reads the files again
pub type Reload = Arc<dyn Fn() -> Result<Loaded, String> + Send + Sync>;

/// The exit code of a program that a signal ended
const ASKED: i32 = 130;
/// Ways that are looked for between two ends
const WAYS: usize = 8;
/// How long an answer may take for the same frame to show it
const FRAME: Duration = Duration::from_millis(14);
/// How long nothing happens before the clock is looked at
const IDLE: Duration = Duration::from_millis(250);
/// The same while something is worked out
const BUSY: Duration = Duration::from_millis(20);
/// How often files are looked at
const LOOK: Duration = Duration::from_secs(2);

/// How the terminal UI ended
#[derive(Debug)]
pub struct Left {
    /// The command line that was copied last
    pub copied: Option<String>,
    /// Why it ended
    pub how: How,
}

/// Why the terminal UI ended
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A key said so
    Quit,
    /// A signal did
    Asked,
}

/// Runs the terminal UI until it is left
///
/// # Errors
/// Where there is no terminal, or it fails.
pub fn run(session: Session, start: Start, mouse: Mouse, reload: &Reload) -> io::Result<Left> {
    let mut guard = Guard::take(mouse)?;
    let mut app = App::new(session, start);
    let mut worker = Worker::default();
    let mut read = files_of(&app);
    let mut looked = now();
    // The size that stands on the screen; none where what stands there is old
    let mut drawn = None;
    while app.going() == Going::On && !guard.is_asked_to_leave() {
        let size = match drawn {
            Some(size) => size,
            None => guard.terminal.draw(|frame| app.draw(frame.area(), frame.buffer_mut()))?.area.as_size(),
        };
        drawn = Some(size);
        let mut came: VecDeque<Msg> = VecDeque::new();
        if event::poll(if app.is_working() { BUSY } else { IDLE })? {
            came.extend(messages(&event::read()?));
        }
        // Asked for, not heard of: crossterm loses the signal of a new size that comes before it first listens, or
        // together with a key.
        if guard.terminal.size().is_ok_and(|there| there != size) {
            drawn = None;
        }
        while let Some(answer) = worker.answer() {
            came.push_back(answer);
        }
        if let Some(said) = guard.panic() {
            came.push_back(Msg::Failed(said));
        }
        if looked.elapsed() > LOOK {
            looked = now();
            if read.is_old() {
                came.push_back(Msg::OnDisk);
            }
        }
        while let Some(msg) = came.pop_front() {
            drawn = None;
            let is_reloaded = matches!(msg, Msg::Reloaded(_));
            for effect in app.update(msg) {
                let is_work = matches!(effect, Effect::Run(_) | Effect::Ways(..));
                let told = perform(&mut guard, &mut worker, &app, reload, effect)?;
                came.extend(told);
                if is_work {
                    came.extend(worker.answers_within(FRAME));
                }
            }
            if is_reloaded {
                read = files_of(&app);
            }
        }
    }
    let how = if guard.is_asked_to_leave() { How::Asked } else { How::Quit };
    Ok(Left { copied: app.copied().map(str::to_owned), how })
}

/// Does what has to happen outside
fn perform(
    guard: &mut Guard,
    worker: &mut Worker,
    app: &App,
    reload: &Reload,
    effect: Effect,
) -> io::Result<Option<Msg>> {
    let told = |result: Result<String, String>| Some(result.map_or_else(Msg::Failed, Msg::Told));
    Ok(match effect {
        Effect::Run(job) => {
            worker.begin(
                Lane::Edits,
                Box::new(move |go_on| {
                    fault("worker");
                    Some(Msg::Done(job.run(go_on)?))
                }),
            );
            None
        }
        Effect::Ways(from, to) => {
            let now = Arc::clone(app.session().now());
            worker.begin(
                Lane::Ways,
                Box::new(move |_| {
                    let view = now.view();
                    Some(Msg::Ways(ways(&view, now.graph(), now.generation(), from, to)))
                }),
            );
            None
        }
        Effect::Reload => {
            let reload = Arc::clone(reload);
            worker.begin(
                Lane::Files,
                Box::new(move |go_on| match reload() {
                    Ok(loaded) => Some(Msg::Reloaded(Box::new(Session::begin(loaded, go_on)?))),
                    Err(why) => Some(Msg::Failed(why)),
                }),
            );
            None
        }
        Effect::Edit(text) => match guard.lend(|| files::edit(&text))? {
            Ok(edited) => Some(Msg::Edited(edited)),
            Err(why) => Some(Msg::Failed(why)),
        },
        Effect::Write(list) => told(files::write(&list)),
        Effect::Append(path, text, head) => told(files::append(&path, &text, &head)),
        Effect::Copy(text) => clipboard::copy(&text).err().map(|error| Msg::Failed(error.to_string())),
        Effect::Suspend => {
            guard.lend(suspend)?;
            None
        }
    })
}

/// Ways and cuts between two ends
#[must_use]
pub fn ways(view: &View<'_>, graph: &Graph, generation: u64, from: EntityId, to: EntityId) -> Ways {
    let found = paths(graph, &[from], &[to], Tiers::AlsoThroughCode, WAYS);
    let (cuts, greedy) = match cuts::cuts(view, graph, &[from], &[to], Tiers::AlsoThroughCode) {
        Cuts::Smallest(found) => (found, Greedy::Smallest),
        Cuts::Greedy(one) => (vec![one], Greedy::Perhaps),
    };
    let paths = found.iter().map(|way| way.path.iter().map(|edge| (*edge).clone()).collect()).collect();
    Ways { from: Some(from), to: Some(to), generation, paths, cuts, greedy }
}

/// The files of this machine that were read
fn files_of(app: &App) -> Read {
    let loaded = app.session().loaded();
    let paths = loaded.sources.files().map(|file| PathBuf::from(loaded.sources.path(file)));
    Read::now(paths.chain(loaded.config_path.iter().map(PathBuf::from)))
}

/// What an event is to the app
fn messages(event: &Event) -> Vec<Msg> {
    if let Event::Key(key) = event {
        if key.kind == KeyEventKind::Release {
            return Vec::new();
        }
        // A terminal sends a key with Alt as Esc and the key: so it sends the two that are pressed in a row.
        let before = key.modifiers.contains(KeyModifiers::ALT).then_some(Key::Esc);
        let key = pressed(key.code, key.modifiers);
        if key == Some(Key::Ctrl('x')) {
            fault("screen");
        }
        return before.into_iter().chain(key).map(Msg::Key).collect();
    }
    other(event).into_iter().collect()
}

/// What an event that is no key is to the app
fn other(event: &Event) -> Option<Msg> {
    match event {
        Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Some(Msg::Key(Key::Up)),
            MouseEventKind::ScrollDown => Some(Msg::Key(Key::Down)),
            MouseEventKind::ScrollLeft => Some(Msg::Key(Key::Left)),
            MouseEventKind::ScrollRight => Some(Msg::Key(Key::Right)),
            MouseEventKind::Down(_)
            | MouseEventKind::Up(_)
            | MouseEventKind::Drag(_)
            | MouseEventKind::Moved => None,
        },
        Event::Key(_) | Event::Resize(..) | Event::FocusGained | Event::FocusLost | Event::Paste(_) => None,
    }
}

/// The key of the table that was pressed
fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
    match code {
        KeyCode::Char(character) if modifiers.contains(KeyModifiers::CONTROL) => {
            Some(Key::Ctrl(character.to_ascii_lowercase()))
        }
        KeyCode::Char(character) => Some(Key::Char(character)),
        KeyCode::Enter => Some(Key::Enter),
        KeyCode::Esc => Some(Key::Esc),
        KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => Some(Key::BackTab),
        KeyCode::Tab => Some(Key::Tab),
        KeyCode::BackTab => Some(Key::BackTab),
        KeyCode::Backspace => Some(Key::Backspace),
        KeyCode::Up => Some(Key::Up),
        KeyCode::Down => Some(Key::Down),
        KeyCode::Left => Some(Key::Left),
        KeyCode::Right => Some(Key::Right),
        KeyCode::Home => Some(Key::Home),
        KeyCode::End => Some(Key::End),
        KeyCode::PageUp => Some(Key::PageUp),
        KeyCode::PageDown => Some(Key::PageDown),
        KeyCode::Delete
        | KeyCode::Insert
        | KeyCode::F(_)
        | KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => None,
    }
}

/// A fault that tests plant in builds with debug assertions, to see the terminal survive it
fn fault(at: &str) {
    if cfg!(debug_assertions) {
        #[expect(clippy::disallowed_methods, reason = "the edge: tests name the fault in the environment")]
        let planted = std::env::var("GATECRASH_FAULT");
        assert!(planted.as_deref() != Ok(at), "a planted fault");
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge: how long ago files were looked at")]
fn now() -> Instant {
    Instant::now()
}
