//! What each key of the table does.
//!
//! Must not know: which key it is, or what the screen looks like.

use std::path::PathBuf;

use crate::eval::context::KeyValue;
use crate::reach::edges::web_endpoint::invocation;
use crate::session::draft::Power;
use crate::session::edit::{Edit, place_of};
use crate::session::write;
use crate::text::Text;
use crate::tui::app::{App, Edited, Effect, Going, Lane, Prompt, Purpose, Question, Then};
use crate::tui::filter::Filter;
use crate::tui::screen::Screen;
use crate::tui::screen::explain::Asked;
use crate::tui::screen::policies::About;
use crate::tui::screen::reach::Direction;
use crate::tui::theme::Role;
use crate::tui::words::Words;
use crate::world::edit::Slot;
use crate::world::view::StatementPlace;
use crate::world::{EntityId, PolicyId};

/// Panes that keys can act on
const PANES: usize = 2;
/// Lines of a page
const PAGE: isize = 10;
/// Edges of a graph in which ways are looked for without being asked
const SMALL: usize = 5_000;

impl App {
    // --- keys of every screen ---

    pub(in crate::tui) fn show_invoke(&mut self) {
        self.go(Screen::Invoke);
    }

    pub(in crate::tui) fn show_reach(&mut self) {
        self.go(Screen::Reach);
        self.refresh();
        self.ask_for_ways();
    }

    pub(in crate::tui) fn show_policies(&mut self) {
        self.go(Screen::Policies);
    }

    pub(in crate::tui) fn show_explain(&mut self) {
        self.go(Screen::Explain);
    }

    pub(in crate::tui) fn show_asserts(&mut self) {
        self.go(Screen::Asserts);
    }

    pub(in crate::tui) fn next_pane(&mut self) {
        self.pane = (self.pane + 1) % PANES;
    }

    pub(in crate::tui) fn previous_pane(&mut self) {
        self.pane = (self.pane + PANES - 1) % PANES;
    }

    pub(in crate::tui) fn filter(&mut self) {
        let text = self.active_filter().text;
        self.prompt = Some(Prompt { purpose: Purpose::Filter, text });
    }

    pub(in crate::tui) fn back(&mut self) {
        if !self.active_filter().is_empty() {
            self.set_filter(String::new());
        } else if self.pane != 0 {
            self.pane = 0;
        } else if let Some(screen) = self.before.pop() {
            self.screen = screen;
        }
    }

    pub(in crate::tui) fn help(&mut self) {
        self.help = Some(0);
    }

    pub(in crate::tui) fn undo(&mut self) {
        match self.session.undo() {
            Some(job) => self.run(job),
            None => self.say("there is no edit to take back"),
        }
    }

    pub(in crate::tui) fn redo(&mut self) {
        match self.session.redo() {
            Some(job) => self.run(job),
            None => self.say("there is no edit to make again"),
        }
    }

    pub(in crate::tui) fn reload(&mut self) {
        self.wait(Lane::Files, Effect::Reload);
    }

    pub(in crate::tui) fn suspend(&mut self) {
        self.effects.push(Effect::Suspend);
    }

    pub(in crate::tui) fn quit(&mut self) {
        if self.session.edits().is_empty() {
            self.going = Going::Out;
        } else {
            let words = "leave? the edits of this draft are in no file (w writes them)".to_owned();
            self.question = Some(Question { words, then: Then::Quit });
        }
    }

    pub(in crate::tui) fn drop_edits(&mut self) {
        if self.session.edits().is_empty() {
            self.say("there are no edits");
        } else {
            self.question = Some(Question { words: "drop all edits?".to_owned(), then: Then::Drop });
        }
    }

    pub(in crate::tui) fn write_draft(&mut self) {
        if self.session.draft().is_as_loaded(&self.session.loaded().world) {
            return self.say("there is nothing to write: the draft is what was loaded");
        }
        let folder = PathBuf::from(write::FOLDER);
        let files =
            self.session.written().into_iter().map(|(name, text)| (folder.join(name), text)).collect();
        let words = format!("write the draft to {}/?", write::FOLDER);
        self.question = Some(Question { words, then: Then::Do(Effect::Write(files)) });
    }

    pub(in crate::tui) fn up(&mut self) {
        self.move_by(-1);
    }

    pub(in crate::tui) fn down(&mut self) {
        self.move_by(1);
    }

    pub(in crate::tui) fn page_up(&mut self) {
        self.move_by(-PAGE);
    }

    pub(in crate::tui) fn page_down(&mut self) {
        self.move_by(PAGE);
    }

    pub(in crate::tui) fn home(&mut self) {
        self.move_by(isize::MIN);
    }

    pub(in crate::tui) fn end(&mut self) {
        self.move_by(isize::MAX);
    }

    fn move_by(&mut self, by: isize) {
        match (self.screen, self.pane) {
            (Screen::Invoke, _) => self.invoke.down(by),
            (Screen::Reach, 0) => self.reach.down(by),
            (Screen::Reach, _) => self.reach.next_cut(by),
            (Screen::Policies, _) => self.policies.down(by),
            (Screen::Explain, _) => self.explain.down(by),
            (Screen::Asserts, 0) => self.asserts.down(by),
            (Screen::Asserts, _) => self.asserts.next_counter(&self.session, by),
        }
        self.ask_for_ways();
    }

    pub(in crate::tui) fn left(&mut self) {
        match self.screen {
            Screen::Invoke => self.invoke.right(-1),
            Screen::Reach => self.reach.left(),
            Screen::Policies => self.policies.left(),
            Screen::Explain | Screen::Asserts => {}
        }
    }

    pub(in crate::tui) fn right(&mut self) {
        match self.screen {
            Screen::Invoke => self.invoke.right(1),
            Screen::Reach => self.reach.right(),
            Screen::Policies => self.policies.right(),
            Screen::Explain | Screen::Asserts => {}
        }
    }

    pub(in crate::tui) fn switch(&mut self) {
        match self.screen {
            Screen::Reach => self.reach.switch(),
            Screen::Policies => self.policies.switch(),
            Screen::Invoke | Screen::Explain | Screen::Asserts => {}
        }
    }

    // --- Invoke ---

    pub(in crate::tui) fn explain_cell(&mut self) {
        let Some((who, target)) = self.invoke.selected() else { return };
        let graph = self.session.now().graph();
        let edge = graph.out(who).iter().find(|edge| edge.to == target && !edge.actions.is_empty()).cloned();
        let action = edge.as_ref().and_then(|edge| edge.actions.first()).copied();
        let kind = self.session.loaded().world.entity(target).kind;
        let action = action.unwrap_or_else(|| invocation(kind)).to_owned();
        self.explain.ask(Asked { who, action, target }, edge);
        self.go(Screen::Explain);
    }

    pub(in crate::tui) fn reach_of_row(&mut self) {
        if let Some((who, _)) = self.invoke.selected() {
            self.reach.start(who, Direction::Forward);
            self.show_reach();
        }
    }

    pub(in crate::tui) fn reach_of_column(&mut self) {
        if let Some((_, function)) = self.invoke.selected() {
            self.reach.start(function, Direction::Backward);
            self.show_reach();
        }
    }

    pub(in crate::tui) fn statement_of_cell(&mut self) {
        let Some((who, target)) = self.invoke.selected() else { return };
        let world = &self.session.loaded().world;
        let is_it = |id: EntityId| id == target || world.entity(id).alias_of == Some(target);
        let edges = self.session.now().graph().out(who).iter().filter(|edge| is_it(edge.to));
        let place = edges.flat_map(|edge| &edge.evidence).find_map(|one| Some((one.span, one.index?)));
        self.show_statement(place);
    }

    pub(in crate::tui) fn changed_only(&mut self) {
        self.invoke.switch_rows();
    }

    pub(in crate::tui) fn sort(&mut self) {
        let words = format!("rows: {}", self.invoke.switch_sort());
        self.say(&words);
    }

    // --- Reach ---

    pub(in crate::tui) fn turn(&mut self) {
        self.reach.turn();
    }

    pub(in crate::tui) fn next_path(&mut self) {
        self.path_by(1);
    }

    pub(in crate::tui) fn previous_path(&mut self) {
        self.path_by(-1);
    }

    fn path_by(&mut self, by: isize) {
        if self.reach.has_ways(&self.session) {
            self.reach.next_path(by);
        } else {
            self.ways();
        }
    }

    pub(in crate::tui) fn next_cut(&mut self) {
        self.reach.next_cut(1);
    }

    pub(in crate::tui) fn previous_cut(&mut self) {
        self.reach.next_cut(-1);
    }

    pub(in crate::tui) fn explain_hop(&mut self) {
        let Some(edge) = self.reach.edge().cloned() else {
            return self.say("select what is reached: its last hop is explained");
        };
        self.explain_edge(&edge);
    }

    fn explain_edge(&mut self, edge: &crate::reach::Edge) {
        let action = edge.actions.first().map_or_else(String::new, |action| (*action).to_owned());
        self.explain.ask(Asked { who: edge.from, action, target: edge.to }, Some(edge.clone()));
        self.go(Screen::Explain);
    }

    pub(in crate::tui) fn try_cut(&mut self) {
        if !self.reach.has_ways(&self.session) {
            return self.ways();
        }
        let cut = self.reach.cut();
        if cut.is_empty() {
            return self.say("there is no cut to try");
        }
        let mut job = None;
        for place in cut {
            job = Some(self.session.edit(Edit::Off(place)));
        }
        if let Some(job) = job {
            self.run(job);
            self.say("the cut is switched off in this draft: u takes it back");
        }
    }

    pub(in crate::tui) fn set_from(&mut self) {
        self.prompt = Some(Prompt { purpose: Purpose::From, text: String::new() });
    }

    pub(in crate::tui) fn set_to(&mut self) {
        self.prompt = Some(Prompt { purpose: Purpose::To, text: String::new() });
    }

    pub(in crate::tui) fn statement_of_hop(&mut self) {
        let edge = self.reach.edge();
        let place = edge.and_then(|edge| edge.evidence.iter().find_map(|one| Some((one.span, one.index?))));
        self.show_statement(place);
    }

    pub(in crate::tui) fn write_dot(&mut self) {
        let path = PathBuf::from("gatecrash-reach.dot");
        let words = format!("write the tree to {}?", path.display());
        let then = Then::Do(Effect::Write(vec![(path, self.reach.dot(&self.session))]));
        self.question = Some(Question { words, then });
    }

    /// Looks for ways and cuts between the ends on the screen
    pub(super) fn ways(&mut self) {
        let Some((from, to)) = self.reach.ends() else { return self.say("select what is reached") };
        self.wait(Lane::Ways, Effect::Ways(from, to));
    }

    /// The same where it takes no time that anybody would notice
    pub(super) fn ask_for_ways(&mut self) {
        let is_small = self.session.now().graph().len() < SMALL;
        if self.screen == Screen::Reach && is_small && self.reach.ends().is_some() {
            self.refresh();
            if !self.reach.has_ways(&self.session)
                && let Some((from, to)) = self.reach.ends()
            {
                self.wait(Lane::Ways, Effect::Ways(from, to));
            }
        }
    }

    // --- Policies ---

    pub(in crate::tui) fn toggle(&mut self) {
        match self.policies.toggle(&self.session) {
            Some(Ok(edit)) => self.edit(edit),
            Some(Err(why)) => self.say(&why),
            None => self.policies.switch(),
        }
    }

    pub(in crate::tui) fn edit_statement(&mut self) {
        match self.policies.to_edit(&self.session) {
            Some((policy, place, text)) => self.open_editor((policy, place), text),
            None => self.say("select a statement that the input writes"),
        }
    }

    pub(in crate::tui) fn add_statement(&mut self) {
        match self.policies.to_add(&self.session) {
            Some((policy, place, text)) => self.open_editor((policy, place), text),
            None => self.say("select a document, or a statement of one, that the input writes"),
        }
    }

    /// Opens an editor, on what was refused before where it was for the same
    fn open_editor(&mut self, of: Edited, text: String) {
        let refused = self.rejected.take().filter(|(known, _)| *known == of);
        self.editing = Some(of);
        self.effects.push(Effect::Edit(refused.map_or(text, |(_, text)| text)));
    }

    pub(super) fn edited(&mut self, text: Option<String>) {
        let Some((policy, place)) = self.editing.take() else { return };
        let Some(text) = text else { return self.say("the text was left as it was: no edit") };
        match self.session.statement(&text, policy) {
            Ok(statement) => self.edit(match place {
                Some(at) => Edit::Replace { policy, at, by: statement },
                None => Edit::Add { policy, statement },
            }),
            Err(refused) => {
                self.rejected = Some(((policy, place), text));
                let words = format!("no edit: {refused} (the same key opens the text again)");
                self.message = Some(Words::of(Role::Deny, &words));
            }
        }
    }

    pub(in crate::tui) fn attach(&mut self) {
        match self.policies.holder_here() {
            Some(entity) => {
                self.prompt = Some(Prompt { purpose: Purpose::Attach(entity), text: String::new() });
            }
            None => self.say("select somebody who carries policies"),
        }
    }

    pub(super) fn attach_named(&mut self, entity: EntityId, text: &str) {
        let filter = Filter { text: text.to_owned() };
        let world = &self.session.loaded().world;
        let all: Vec<(PolicyId, &str)> =
            world.policies().map(|(id, stored)| (id, stored.name.as_str())).collect();
        let exact: Vec<_> = all.iter().filter(|(_, name)| *name == text).collect();
        let like: Vec<_> = all.iter().filter(|(_, name)| filter.has(name)).collect();
        let found = if exact.is_empty() { like } else { exact };
        match found.as_slice() {
            [(policy, _)] => {
                let edit = Edit::Attach { entity, slot: Slot::Identity, policy: *policy };
                self.edit(edit);
            }
            [] => self.say(&format!("no policy of the input is called `{text}`")),
            many => {
                let names: Vec<&str> = many.iter().take(4).map(|(_, name)| *name).collect();
                let words = format!("`{text}` is {} policies: {}", many.len(), names.join(", "));
                self.say(&words);
            }
        }
    }

    pub(in crate::tui) fn detach(&mut self) {
        let about = self.policies.selected().cloned();
        let (of, policy) = match about {
            Some(About::Document(Some(of), policy) | About::Statement(Some(of), policy, _)) => (of, policy),
            Some(
                About::Holder(_)
                | About::Accounts
                | About::Document(None, _)
                | About::Missing(..)
                | About::Statement(None, ..)
                | About::Wiring(..),
            )
            | None => return self.say("select a policy that somebody carries"),
        };
        if of.1 == Slot::Trust {
            return self.say("a role without a trust policy is none: switch its statements off");
        }
        self.edit(Edit::Detach { entity: of.0, slot: of.1, policy });
    }

    fn show_statement(&mut self, place: Option<StatementPlace>) {
        match place {
            Some(place) => {
                self.policies.show(&self.session, place);
                self.go(Screen::Policies);
            }
            None => self.say("no statement of the input decides this: it is wiring"),
        }
    }

    // --- Explain ---

    pub(in crate::tui) fn statement_of_step(&mut self) {
        let place = self.explain.place();
        self.show_statement(place);
    }

    pub(in crate::tui) fn context(&mut self) {
        self.prompt = Some(Prompt { purpose: Purpose::Context, text: String::new() });
    }

    /// `KEY=VALUE` sets, `KEY=` says that it is absent, `KEY` alone takes it back
    pub(super) fn set_context(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let edit = match text.split_once('=') {
            Some((key, "")) => Edit::Give(key.trim().to_owned(), KeyValue::Absent),
            Some((key, value)) => Edit::Give(key.trim().to_owned(), KeyValue::One(Text::from(value.trim()))),
            None => Edit::Ungive(text.to_owned()),
        };
        self.edit(edit);
    }

    pub(in crate::tui) fn toggle_step(&mut self) {
        let Some(place) = self.explain.place() else {
            return self.say("select a step that a statement decides");
        };
        let lines = self.session.draft().documents.values().flatten();
        let is_off =
            lines.into_iter().any(|line| place_of(&line.statement) == place && line.power == Power::Off);
        self.edit(if is_off { Edit::On(place) } else { Edit::Off(place) });
    }

    // --- Asserts ---

    pub(in crate::tui) fn next_failing(&mut self) {
        self.asserts.next_failing(&self.session, 1);
    }

    pub(in crate::tui) fn previous_failing(&mut self) {
        self.asserts.next_failing(&self.session, -1);
    }

    pub(in crate::tui) fn next_counter(&mut self) {
        self.asserts.next_counter(&self.session, 1);
    }

    pub(in crate::tui) fn previous_counter(&mut self) {
        self.asserts.next_counter(&self.session, -1);
    }

    pub(in crate::tui) fn show_way(&mut self) {
        match self.asserts.way(&self.session).map(<[_]>::to_vec) {
            Some(path) => {
                self.reach.show(&path);
                self.show_reach();
            }
            None => self.say("there is no way to show"),
        }
    }

    pub(in crate::tui) fn explain_counter(&mut self) {
        let edge = self.asserts.way(&self.session).and_then(|path| path.last()).cloned();
        match edge {
            Some(edge) => self.explain_edge(&edge),
            None => self.say("there is no hop to explain"),
        }
    }
}
