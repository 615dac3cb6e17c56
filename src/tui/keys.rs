//! The one table of keys: what a key does on which screen. Footer, help and the README's table are made of it.
//!
//! A row's act is a function of the app, so that no key can be in the table and do nothing. Must not know: terminals.

use crate::tui::app::App;
use crate::tui::screen::Screen;

/// A key as it is pressed
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A character
    Char(char),
    /// A character with Ctrl
    Ctrl(char),
    /// Enter
    Enter,
    /// Escape
    Esc,
    /// Tab
    Tab,
    /// Shift and Tab
    BackTab,
    /// Backspace
    Backspace,
    /// Arrow up
    Up,
    /// Arrow down
    Down,
    /// Arrow left
    Left,
    /// Arrow right
    Right,
    /// Home
    Home,
    /// End
    End,
    /// Page up
    PageUp,
    /// Page down
    PageDown,
}

impl Key {
    /// As help spells it
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Char(' ') => "space".to_owned(),
            Self::Char(character) => character.to_string(),
            Self::Ctrl(character) => format!("Ctrl-{}", character.to_ascii_uppercase()),
            Self::Enter => "⏎".to_owned(),
            Self::Esc => "Esc".to_owned(),
            Self::Tab => "⇥".to_owned(),
            Self::BackTab => "Shift-⇥".to_owned(),
            Self::Backspace => "Backspace".to_owned(),
            Self::Up => "↑".to_owned(),
            Self::Down => "↓".to_owned(),
            Self::Left => "←".to_owned(),
            Self::Right => "→".to_owned(),
            Self::Home => "Home".to_owned(),
            Self::End => "End".to_owned(),
            Self::PageUp => "PgUp".to_owned(),
            Self::PageDown => "PgDn".to_owned(),
        }
    }
}

/// Where a key does what its row says
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// On every screen
    All,
    /// On these
    Some(&'static [Screen]),
}

impl On {
    /// Whether that is on a screen
    #[must_use]
    pub fn is(self, screen: Screen) -> bool {
        match self {
            Self::All => true,
            Self::Some(screens) => screens.contains(&screen),
        }
    }
}

/// One row
pub struct Binding {
    /// The keys; any of them
    pub keys: &'static [Key],
    /// Where
    pub on: On,
    /// What it does, in two words for the footer; empty where the footer does without
    pub short: &'static str,
    /// What it does, for help
    pub words: &'static str,
    /// Does it
    pub act: fn(&mut App),
}

impl std::fmt::Debug for Binding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Binding").field("keys", &self.keys).field("on", &self.on).finish_non_exhaustive()
    }
}

const INVOKE: On = On::Some(&[Screen::Invoke]);
const REACH: On = On::Some(&[Screen::Reach]);
const POLICIES: On = On::Some(&[Screen::Policies]);
const EXPLAIN: On = On::Some(&[Screen::Explain]);
const ASSERTS: On = On::Some(&[Screen::Asserts]);

macro_rules! row {
    ($on:expr, [$($key:expr),+], $short:literal, $words:literal, $act:path) => {
        Binding { keys: &[$($key),+], on: $on, short: $short, words: $words, act: $act }
    };
}

use Key::{BackTab, Char, Ctrl, Down, End, Enter, Esc, Home, Left, PageDown, PageUp, Right, Tab, Up};

/// Every key; the first that fits counts, and the footer shows as many as it has room for, in this order
pub static KEYS: &[Binding] = &[
    row!(INVOKE, [Enter, Char('e')], "explain", "explain the cell", App::explain_cell),
    row!(INVOKE, [Char('r')], "reach", "what the caller of the row reaches", App::reach_of_row),
    row!(INVOKE, [Char('b')], "backward", "who reaches the function of the column", App::reach_of_column),
    row!(INVOKE, [Char('o')], "statement", "the statement of the cell, in Policies", App::statement_of_cell),
    row!(INVOKE, [Char('d')], "changed only", "only callers whose row changed, or all", App::changed_only),
    row!(INVOKE, [Char('s')], "sort", "another order of rows", App::sort),
    row!(REACH, [Enter], "open", "open or close", App::switch),
    row!(REACH, [Char('b')], "backward", "turn around: who reaches this", App::turn),
    row!(REACH, [Char('p')], "next way", "the next way to what is selected", App::next_path),
    row!(REACH, [Char('P')], "", "the way before", App::previous_path),
    row!(REACH, [Char('e')], "explain", "explain the last hop", App::explain_hop),
    row!(
        REACH,
        [Char('x')],
        "cut",
        "look for what breaks every way; then try the selected cut",
        App::try_cut
    ),
    row!(REACH, [Char('[')], "", "the cut before", App::previous_cut),
    row!(REACH, [Char(']')], "", "the next cut", App::next_cut),
    row!(REACH, [Char('f')], "from", "set where it starts, by a selector", App::set_from),
    row!(REACH, [Char('t')], "to", "set what is looked for, by a selector", App::set_to),
    row!(
        REACH,
        [Char('o')],
        "statement",
        "the statement of the last hop, in Policies",
        App::statement_of_hop
    ),
    row!(REACH, [Char('g')], "graph", "write the tree as gatecrash-reach.dot", App::write_dot),
    row!(
        POLICIES,
        [Char(' ')],
        "on/off",
        "switch a statement, a wiring or an attachment off or on",
        App::toggle
    ),
    row!(POLICIES, [Enter], "open", "open or close", App::switch),
    row!(POLICIES, [Char('E')], "edit", "edit the statement in $VISUAL or $EDITOR", App::edit_statement),
    row!(POLICIES, [Char('n')], "new", "add a statement to the document", App::add_statement),
    row!(POLICIES, [Char('A')], "attach", "attach a policy of the input to whoever is selected", App::attach),
    row!(POLICIES, [Char('D')], "detach", "detach the policy", App::detach),
    row!(EXPLAIN, [Enter], "open", "the statement of the step, in Policies", App::statement_of_step),
    row!(EXPLAIN, [Char('c')], "context", "set a context key, or unset it", App::context),
    row!(EXPLAIN, [Char('x')], "switch off", "switch the statement of the step off or on", App::toggle_step),
    row!(ASSERTS, [Enter], "show way", "the way against the claim, in Reach", App::show_way),
    row!(ASSERTS, [Char('e')], "explain", "explain the last hop of the way", App::explain_counter),
    row!(ASSERTS, [Char('n')], "next failing", "the next claim that fails", App::next_failing),
    row!(ASSERTS, [Char('N')], "", "the failing claim before", App::previous_failing),
    row!(ASSERTS, [Char('[')], "", "the counterexample before", App::previous_counter),
    row!(ASSERTS, [Char(']')], "", "the next counterexample", App::next_counter),
    row!(ASSERTS, [Char('W')], "waive", "waive the counterexample, with a reason", App::waive),
    row!(On::All, [Char('u')], "undo", "take the last edit back", App::undo),
    row!(On::All, [Char('U'), Ctrl('r')], "redo", "make it again", App::redo),
    row!(On::All, [Char('/')], "filter", "show only what a selector or part of a name fits", App::filter),
    row!(On::All, [Char('a')], "assert", "assert what is on the screen, in gatecrash.toml", App::assert),
    row!(On::All, [Char('y')], "copy", "the command line of what is on the screen", App::copy),
    row!(On::All, [Char('?')], "help", "this help", App::help),
    row!(On::All, [Char('q'), Ctrl('c')], "quit", "leave", App::quit),
    row!(
        On::All,
        [Char('w')],
        "write",
        "write the draft to gatecrash.draft/, and never to your files",
        App::write_draft
    ),
    row!(On::All, [Char('z')], "drop", "drop all edits", App::drop_edits),
    row!(On::All, [Char('R')], "reload", "read the files again; edits stay", App::reload),
    row!(On::All, [Up, Char('k')], "", "up", App::up),
    row!(On::All, [Down, Char('j')], "", "down", App::down),
    row!(On::All, [Left, Char('h')], "", "left; close", App::left),
    row!(On::All, [Right, Char('l')], "", "right; open", App::right),
    row!(On::All, [PageUp], "", "a page up", App::page_up),
    row!(On::All, [PageDown], "", "a page down", App::page_down),
    row!(On::All, [Home], "", "to the first", App::home),
    row!(On::All, [End, Char('G')], "", "to the last", App::end),
    row!(On::All, [Tab], "", "the next pane", App::next_pane),
    row!(On::All, [BackTab], "", "the pane before", App::previous_pane),
    row!(On::All, [Char('1')], "", "Invoke", App::show_invoke),
    row!(On::All, [Char('2')], "", "Reach", App::show_reach),
    row!(On::All, [Char('3')], "", "Policies", App::show_policies),
    row!(On::All, [Char('4')], "", "Explain", App::show_explain),
    row!(On::All, [Char('5')], "", "Asserts", App::show_asserts),
    row!(On::All, [Esc], "", "take back: prompt, filter, pane, screen", App::back),
    row!(On::All, [Ctrl('z')], "", "suspend", App::suspend),
];

/// The row of a key on a screen
#[must_use]
pub fn binding(screen: Screen, key: Key) -> Option<&'static Binding> {
    KEYS.iter().find(|row| row.on.is(screen) && row.keys.contains(&key))
}

/// The rows of a screen, its own first
pub fn of(screen: Screen) -> impl Iterator<Item = &'static Binding> {
    KEYS.iter().filter(move |row| row.on.is(screen))
}

/// The keys of a row, as help spells them
#[must_use]
pub fn names(row: &Binding) -> String {
    row.keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" ")
}

/// The table as the README shows it
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from("| where | key | does |\n| --- | --- | --- |\n");
    for row in KEYS {
        let on = match row.on {
            On::All => "everywhere".to_owned(),
            On::Some(screens) => screens.iter().map(|screen| screen.title()).collect::<Vec<_>>().join(", "),
        };
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{}`", key.name())).collect();
        out.push_str(&format!("| {on} | {} | {} |\n", keys.join(" "), row.words));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tui::screen::SCREENS;

    #[test]
    fn no_key_does_two_things_on_a_screen() {
        for screen in SCREENS {
            let mut seen = BTreeSet::new();
            for key in of(*screen).flat_map(|row| row.keys) {
                assert!(seen.insert(*key), "{key:?} on {screen:?}");
            }
        }
    }

    #[test]
    fn every_row_says_what_it_does() {
        for row in KEYS {
            assert!(!row.words.is_empty() && !row.keys.is_empty(), "{row:?}");
        }
    }
}
