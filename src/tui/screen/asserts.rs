//! The claims of the assertion file, what became of each, and what speaks against the selected one.

use crate::assertion::check::Against;
use crate::assertion::claim::Way;
use crate::assertion::{Assertion, check};
use crate::reach::{Edge, State};
use crate::report::compose::check::sentence;
use crate::report::words::count;
use crate::session::Session;
use crate::session::outcome::Claimed;
use crate::tui::filter::Filter;
use crate::tui::pane::{Focus, Pane};
use crate::tui::screen::moved;
use crate::tui::theme::Role;
use crate::tui::told;
use crate::tui::words::{Words, wrapped};

/// Counterexamples that are told of one claim
const TOLD: usize = 50;

/// The screen
#[derive(Debug, Default)]
pub struct Asserts {
    ids: Vec<String>,
    at: Option<String>,
    counter: usize,
}

impl Asserts {
    /// Finds the claims that the filter lets through
    pub fn refresh(&mut self, session: &Session, filter: &Filter) {
        let claims = session.loaded().config.assertions.iter();
        let shown = claims.filter(|claim| filter.has(&format!("{} {}", claim.id, sentence(claim))));
        self.ids = shown.map(|claim| claim.id.clone()).collect();
        if !self.ids.iter().any(|id| Some(id) == self.at.as_ref()) {
            self.at = self.ids.first().cloned();
            self.counter = 0;
        }
        let counters = self.selected(session).map_or(0, |(_, claimed)| claimed.counters.len());
        self.counter = self.counter.min(counters.saturating_sub(1));
    }

    fn number(&self) -> usize {
        self.ids.iter().position(|id| Some(id) == self.at.as_ref()).unwrap_or(0)
    }

    /// Moves the selection
    pub fn down(&mut self, by: isize) {
        let at = moved(self.number(), by, self.ids.len());
        self.at = self.ids.get(at).cloned();
        self.counter = 0;
    }

    /// Moves the selection among what speaks against the claim
    pub fn next_counter(&mut self, session: &Session, by: isize) {
        let counters = self.selected(session).map_or(0, |(_, claimed)| claimed.counters.len());
        self.counter = moved(self.counter, by, counters.min(TOLD));
    }

    /// Goes to the next claim that fails, or the one before
    pub fn next_failing(&mut self, session: &Session, by: isize) {
        let len = self.ids.len();
        let from = self.number();
        for step in 1..=len {
            let at = (if by < 0 { from + len - step } else { from + step }) % len;
            let Some(id) = self.ids.get(at) else { continue };
            if claim(session, id).is_some_and(|(_, claimed)| told::is_bad(claimed.outcome)) {
                (self.at, self.counter) = (Some(id.clone()), 0);
                return;
            }
        }
    }

    /// The selected claim, and what became of it
    #[must_use]
    pub fn selected<'s>(&self, session: &'s Session) -> Option<(&'s Assertion, &'s Claimed)> {
        claim(session, self.at.as_ref()?)
    }

    /// The way of the selected counterexample
    #[must_use]
    pub fn way<'s>(&self, session: &'s Session) -> Option<&'s [Edge]> {
        let (_, claimed) = self.selected(session)?;
        let path = match &claimed.counters.get(self.counter)?.against {
            Against::Way(way) => &way.path,
            Against::Lack(lack) => &lack.path,
        };
        (!path.is_empty()).then_some(path)
    }

    /// The selected counterexample, where it is a way
    #[must_use]
    pub fn counter<'s>(&self, session: &'s Session) -> Option<&'s Way> {
        match &self.selected(session)?.1.counters.get(self.counter)?.against {
            Against::Way(way) => Some(way),
            Against::Lack(_) => None,
        }
    }

    /// The claims
    #[must_use]
    pub fn list(&self, session: &Session, width: u16, focus: Focus) -> Pane {
        let path = session.loaded().config_path.clone();
        let title = Words::of(Role::Strong, "Assertions");
        let Some(path) = path else {
            let none = "there is no gatecrash.toml: a asserts what is on a screen, `gatecrash init` writes all that holds";
            return Pane::new(
                title,
                wrapped(none, usize::from(width.saturating_sub(4)))
                    .iter()
                    .map(|line| Words::of(Role::Dim, line))
                    .collect(),
            );
        };
        let room = usize::from(width.saturating_sub(2));
        let longest = self.ids.iter().map(|id| id.chars().count()).max().unwrap_or(0).min(room / 2);
        let line = |id: &String| {
            let Some((claim, claimed)) = claim(session, id) else { return Words::new() };
            let (role, glyph) = told::outcome(claimed.outcome);
            let name: String = id.chars().take(longest).collect();
            let mut line =
                Words::of(role, &format!(" {glyph} ")).with(Role::Plain, &format!("{name:<longest$}  "));
            line.push(Role::Dim, &format!("{:<8}", claim.verb.id()));
            line.push(role, &format!("{:<13}", summary(claimed)));
            if let Some(old) = session.base().claims.get(self.position(session, id))
                && old.outcome != claimed.outcome
            {
                line.push(Role::Maybe, &format!("was {}  ", old.outcome.id()));
            }
            line.push(Role::Dim, &told::at(session, claim.span));
            line
        };
        let lines: Vec<Words> = self.ids.iter().map(line).collect();
        let at = (!lines.is_empty()).then(|| self.number());
        let all = session.loaded().config.assertions.len();
        let remark = format!("{} of {all}", self.ids.len());
        Pane::new(title.with(Role::Dim, &format!("  {path}")), lines).select(at, focus).remark(remark)
    }

    fn position(&self, session: &Session, id: &str) -> usize {
        session.loaded().config.assertions.iter().position(|claim| claim.id == id).unwrap_or(usize::MAX)
    }

    /// The selected claim, and what speaks against it
    #[must_use]
    pub fn detail(&self, session: &Session, width: u16, focus: Focus) -> Pane {
        let Some((assertion, claimed)) = self.selected(session) else {
            return Pane::new(Words::new(), Vec::new());
        };
        let room = usize::from(width.saturating_sub(4));
        let mut head: Vec<Words> =
            wrapped(&sentence(assertion), room).iter().map(|line| Words::plain(line)).collect();
        if let Some(reason) = &assertion.reason {
            head.push(Words::of(Role::Dim, &format!("because: {reason}")));
        }
        let mut lines = Vec::new();
        let mut at = None;
        for empty in &claimed.empty {
            lines.push(Words::of(Role::Maybe, &format!("{empty} names nothing")));
        }
        for gone in &claimed.gone {
            lines.push(Words::of(Role::Maybe, &format!("{gone} was expected and is no counterexample")));
        }
        for (number, counter) in claimed.counters.iter().take(TOLD).enumerate() {
            if number == self.counter {
                at = Some(lines.len());
            }
            let remark = match (counter.waived, counter.expected) {
                (Some(_), _) => "  waived",
                (None, true) => "  expected",
                (None, false) => "",
            };
            let (from, to) = counter.against.ends();
            let mut line = Words::of(Role::Key, &format!(" {} ", number + 1));
            match &counter.against {
                Against::Way(way) => {
                    let (role, glyph) = told::glyph(way.state);
                    line.push(role, &format!("{glyph} "));
                    line.push(Role::Strong, told::name(session, from));
                    for edge in &way.path {
                        line = line.with(Role::Plain, " ").joined(&told::hop(session, edge));
                    }
                    if way.path.is_empty() {
                        line.push(Role::Plain, &format!(" → {}", told::name(session, to)));
                    }
                }
                Against::Lack(_) => {
                    line.push(Role::Deny, "✗ ");
                    line.push(Role::Strong, told::name(session, from));
                    line.push(Role::Plain, &format!(" has no sure way to {}", told::name(session, to)));
                }
            }
            lines.push(line.with(Role::Dim, remark));
            let causes = match &counter.against {
                Against::Way(way) if way.state == State::Conditional => &way.causes[..],
                Against::Way(_) => &[],
                Against::Lack(lack) => &lack.causes[..],
            };
            lines.extend(
                causes.iter().take(3).map(|cause| Words::of(Role::Maybe, &format!("     if {}", cause.what))),
            );
        }
        if claimed.counters.is_empty() && claimed.empty.is_empty() {
            lines.push(Words::of(Role::Dim, "nothing speaks against it"));
        }
        if let Some(way) = &claimed.in_steps {
            let from = told::name(session, way.from);
            lines.push(Words::of(Role::Maybe, &format!("holds directly; in steps {from} comes to it: ")));
            let mut line = Words::plain("  ");
            for edge in &way.path {
                line = line.with(Role::Plain, " ").joined(&told::hop(session, edge));
            }
            lines.push(line);
        }
        let mut pane = Pane::new(Words::of(Role::Strong, &assertion.id), lines)
            .select(at, focus)
            .remark(count(claimed.counters.len(), "counterexample"));
        pane.head = head;
        pane
    }
}

fn claim<'s>(session: &'s Session, id: &str) -> Option<(&'s Assertion, &'s Claimed)> {
    let claims = session.loaded().config.assertions.iter().zip(&session.now().claims);
    claims.into_iter().find(|(claim, _)| claim.id == id)
}

/// What became of a claim, in a word or two
fn summary(claimed: &Claimed) -> String {
    if claimed.outcome == check::Outcome::Violated {
        let open = claimed.counters.iter().filter(|one| one.waived.is_none() && !one.expected).count();
        return format!("{open} against");
    }
    claimed.outcome.id().to_owned()
}

/// How many claims fail, are undecided, are waived and hold: `1✗ 1? 1~ 4✓`
#[must_use]
pub fn tally(session: &Session) -> Words {
    let mut words = Words::new();
    for wanted in ["✗", "?", "~", "✓"] {
        let claims = session.now().claims.iter().map(|claimed| told::outcome(claimed.outcome));
        let alike: Vec<Role> = claims.filter(|(_, glyph)| *glyph == wanted).map(|(role, _)| role).collect();
        if let Some(role) = alike.first() {
            words.push(*role, &format!("{}{wanted} ", alike.len()));
        }
    }
    words
}
