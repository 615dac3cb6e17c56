//! What several screens tell in the same way: an edge with its reasons, a statement's source, what changed.
//!
//! Must not know: which screen it is on, or keys.

use crate::assertion::check;
use crate::reach::change::Change;
use crate::reach::{Edge, Grade, State};
use crate::report::compose::Compose;
use crate::report::told::place;
use crate::report::words::{because, count};
use crate::session::outcome::Differs;
use crate::session::{Loaded, Session};
use crate::source::Span;
use crate::tui::theme::Role;
use crate::tui::words::Words;
use crate::world::EntityId;
use crate::world::view::View;

/// Lines of source that a pane takes at most
const LINES: usize = 200;
/// Lines of source that are shown behind the place itself
const AFTER: usize = 12;

/// The role and glyph of a state
#[must_use]
pub fn glyph(state: State) -> (Role, &'static str) {
    match state {
        State::Yes => (Role::Allow, "●"),
        State::Conditional => (Role::Maybe, "◐"),
    }
}

/// The name of an entity
#[must_use]
pub fn name(session: &Session, id: EntityId) -> &str {
    &session.loaded().world.entity(id).display
}

/// What answers are made from, over the session as it is now
#[must_use]
pub fn compose<'a>(session: &'a Session, view: &'a View<'a>) -> Compose<'a> {
    let Loaded { problems, accounts, .. } = session.loaded();
    Compose { sources: session.sources(), view, problems, accounts, unrecognised: &[] }
}

/// An edge: whether it is there, by what, under which conditions, and where that is written
#[must_use]
pub fn edge(session: &Session, edge: &Edge) -> Vec<Words> {
    let view = session.now().view();
    let told = compose(session, &view).edge(edge);
    let (role, glyph) = glyph(edge.state);
    let state = match edge.state {
        State::Yes => "allowed",
        State::Conditional => "allowed under a condition",
    };
    let mut first = Words::of(role, &format!("{glyph} {state}")).with(Role::Dim, &format!("  {}", edge.kind));
    first.push(Role::Plain, &format!("  {}", edge.actions.join(", ")));
    if told.wired == Some(false) {
        first.push(Role::Maybe, "  a statement admits it, nothing here wires it");
    }
    let mut lines = vec![first];
    lines.extend(told.causes.iter().map(|cause| Words::of(Role::Maybe, &format!("  {}", because(cause)))));
    for choice in &told.choices {
        lines.push(Words::plain(&format!("  the caller picks: {choice}")));
    }
    for evidence in &told.evidence {
        let at = place(evidence).unwrap_or_default();
        let mut line = Words::of(Role::Strong, &format!("  {at}"));
        line.push(Role::Dim, &format!("  {}", evidence.role));
        if let Some(policy) = &evidence.policy {
            line.push(Role::Plain, &format!("  {policy}"));
        }
        if let Some(index) = evidence.index {
            line.push(Role::Plain, &format!(" #{index}"));
        }
        if let Some(sid) = &evidence.sid {
            line.push(Role::Plain, &format!(" {sid}"));
        }
        lines.push(line);
    }
    lines
}

/// An edge in one line: `─invoke.api→ function/pay`
#[must_use]
pub fn hop(session: &Session, edge: &Edge) -> Words {
    let mut words = Words::of(Role::Dim, &format!("─{}→ ", edge.kind));
    words.push(Role::Plain, name(session, edge.to));
    if edge.state == State::Conditional {
        words.push(Role::Maybe, " ◐");
    }
    words
}

/// Where an edge is written, in short: `people.tf:12`
#[must_use]
pub fn first_place(session: &Session, edge: &Edge) -> String {
    let allows = edge.evidence.iter().find(|evidence| evidence.effect == Some("allow"));
    let evidence = allows.or(edge.evidence.first());
    evidence.map_or_else(String::new, |evidence| at(session, evidence.span))
}

/// A place in short, without its folders
#[must_use]
pub fn at(session: &Session, span: Span) -> String {
    let place = session.sources().place(span);
    let file = place.path.rsplit('/').next().unwrap_or_default().to_owned();
    if file.is_empty() { String::new() } else { format!("{file}:{}", place.line) }
}

/// The source of a place, with the numbers of its lines
#[must_use]
pub fn source(session: &Session, span: Span) -> (String, Vec<Words>) {
    let sources = session.sources();
    let lines = sources.lines(span);
    let all = sources.text(span.file).lines().count();
    let (first, last) =
        (lines.first().map_or(0, |(number, _)| *number), lines.last().map_or(0, |(number, _)| *number));
    let width = (last + AFTER).min(all).to_string().len();
    // What follows is shown as well: the head of a block alone says little.
    let after = sources.text(span.file).lines().enumerate().skip(last).take(AFTER);
    let lines: Vec<(usize, &str, Role)> = lines
        .into_iter()
        .map(|(number, text)| (number, text, Role::Plain))
        .chain(after.map(|(before, text)| (before + 1, text, Role::Dim)))
        .collect();
    let told = |(number, text, role): &(usize, &str, Role)| {
        let number = Words::of(Role::Dim, &format!("{number:width$} │ "));
        number.with(*role, &text.replace('\t', "    "))
    };
    let remark =
        if first == last { format!("line {first} of {all}") } else { format!("{first}-{last} of {all}") };
    (remark, lines.iter().take(LINES).map(told).collect())
}

/// The glyph of a change
#[must_use]
pub fn change(change: Change) -> (Role, &'static str) {
    match change {
        Change::Gained => (Role::Gained, "+"),
        Change::Loosened => (Role::Gained, "◐+"),
        Change::Changed => (Role::Maybe, "◐"),
        Change::Tightened => (Role::Lost, "◐-"),
        Change::Lost => (Role::Lost, "-"),
    }
}

/// What a change of grade is called
#[must_use]
pub fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Control => "has the power of",
        Grade::Influence => "invokes",
        Grade::Read => "reads",
        Grade::Write => "writes",
    }
}

/// What differs from what was loaded: in steps where that says it all, directly else, and claims that turned
#[must_use]
pub fn changes(session: &Session) -> (String, Vec<Words>) {
    let now = session.now();
    let mut lines = Vec::new();
    if session.edits().is_empty() {
        lines.push(Words::of(Role::Dim, "no edits: this is what was loaded"));
        lines.push(Words::of(Role::Dim, "space on a statement in 3 Policies switches it off"));
        return (String::new(), lines);
    }
    if !session.is_settled() {
        lines.push(Words::of(Role::Maybe, "being worked out; what stands here is of the edits before"));
    }
    let flips = flips(session);
    if !flips.is_empty() {
        lines.push(Words::of(Role::Strong, "assertions"));
        lines.extend(flips);
    }
    let told: Vec<&Differs> = now.reach.iter().collect();
    let is_told = |one: &&Differs| {
        now.reach.iter().any(|reach| (reach.from, reach.to, reach.grade) == (one.from, one.to, one.grade))
    };
    let direct: Vec<&Differs> = now.direct.iter().filter(|one| !is_told(one)).collect();
    for (title, list) in [("reach", told), ("single steps", direct)] {
        if list.is_empty() {
            continue;
        }
        lines.push(Words::of(Role::Strong, title));
        for one in list.into_iter().take(LINES) {
            let (role, glyph) = change(one.change);
            let mut line = Words::of(role, glyph).with(Role::Plain, " ");
            line.push(
                Role::Plain,
                &format!("{} {} {}", name(session, one.from), grade(one.grade), name(session, one.to)),
            );
            if one.hops > 1 {
                line.push(Role::Dim, &format!("  {}", count(one.hops, "hop")));
            } else {
                line.push(Role::Dim, &format!("  {}", one.kind));
            }
            if one.state == State::Conditional {
                line.push(Role::Maybe, "  if…");
            }
            lines.push(line);
        }
    }
    if lines.is_empty() {
        let edits = count(session.edits().len(), "edit");
        lines.push(Words::of(Role::Dim, &format!("the {edits} of this draft change no reach")));
    }
    if now.left_out > 0 {
        lines.push(Words::of(
            Role::Maybe,
            &format!("the reach of {} was not compared", count(now.left_out, "caller")),
        ));
    }
    let (gained, lost) = totals(session);
    (format!("{gained} gained, {lost} lost"), lines)
}

/// How much was gained and lost, looser and tighter ones among them
#[must_use]
pub fn totals(session: &Session) -> (usize, usize) {
    let now = session.now();
    let mut all: Vec<(EntityId, EntityId, Grade, bool)> = now
        .reach
        .iter()
        .chain(&now.direct)
        .map(|one| (one.from, one.to, one.grade, one.change.may_open()))
        .collect();
    all.sort_unstable();
    all.dedup();
    let gained = all.iter().filter(|(.., opens)| *opens).count();
    (gained, all.len() - gained)
}

/// The claims whose outcome is another than without the edits
#[must_use]
pub fn flips(session: &Session) -> Vec<Words> {
    let claims = &session.loaded().config.assertions;
    let (old, new) = (&session.base().claims, &session.now().claims);
    let mut lines = Vec::new();
    for ((claim, old), new) in claims.iter().zip(old).zip(new) {
        if old.outcome == new.outcome {
            continue;
        }
        let ((_, was), (role, is)) = (outcome(old.outcome), outcome(new.outcome));
        let line = Words::of(role, &format!("{was}→{is} "));
        lines.push(line.with(Role::Plain, &claim.id).with(Role::Dim, &format!("  {}", new.outcome.id())));
    }
    lines
}

/// The glyph of an outcome
#[must_use]
pub fn outcome(outcome: check::Outcome) -> (Role, &'static str) {
    match outcome {
        check::Outcome::Holds => (Role::Allow, "✓"),
        check::Outcome::Waived | check::Outcome::Expected => (Role::Dim, "~"),
        check::Outcome::Inconclusive | check::Outcome::Vacuous => (Role::Maybe, "?"),
        check::Outcome::Fixed | check::Outcome::Violated => (Role::Deny, "✗"),
    }
}

/// Whether an outcome is one that a check fails for
#[must_use]
pub fn is_bad(outcome: check::Outcome) -> bool {
    outcome >= check::Outcome::Inconclusive
}
