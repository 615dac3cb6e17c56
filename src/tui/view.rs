//! The layout: which panes of a screen there are at a size, and the lines around them.
//!
//! ```text
//! header            gatecrash · what was read · edits, what they gained and lost, claims
//! tabs              from 18 lines on
//! panes             one below 80 columns, two from 80, three and more from 120
//! legend, message   from 14 lines on; a prompt or a question always
//! footer            the keys that do something here
//! ```
//!
//! Must not know: what keys do, or how anything is worked out.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::report::words::count;
use crate::tui::app::{App, Purpose};
use crate::tui::keys;
use crate::tui::pane::{Focus, Pane};
use crate::tui::screen::asserts::tally;
use crate::tui::screen::{SCREENS, Screen, invoke};
use crate::tui::theme::Role;
use crate::tui::told;
use crate::tui::words::Words;
use crate::world::Standing;
use crate::world::kind::Kind;
use crate::world::view::caller;

/// The smallest screen that anything fits on
pub const SMALLEST: (u16, u16) = (40, 12);

/// Edges of a graph in which the reach of a row is worked out while drawing
const BESIDE: usize = 20_000;

/// How many panes stand beside each other
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    /// One: below 80 columns
    One,
    /// Two
    Two,
    /// As many as the screen has: from 120 columns
    All,
}

impl App {
    /// Draws everything
    pub fn draw(&self, area: Rect, buffer: &mut Buffer) {
        let theme = self.start.theme;
        let put = |row: u16, words: &Words, buffer: &mut Buffer| {
            if row < area.height {
                let line = words.line(theme, usize::from(area.width));
                buffer.set_line(area.x, area.y + row, &line, area.width);
            }
        };
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            let words = format!("needs {}x{}, has {}x{}", SMALLEST.0, SMALLEST.1, area.width, area.height);
            return put(0, &Words::of(Role::Maybe, &words), buffer);
        }
        let width = match area.width {
            0..80 => Width::One,
            80..120 => Width::Two,
            120.. => Width::All,
        };
        put(0, &self.header(area.width), buffer);
        let mut top = 1;
        if area.height >= 18 {
            put(1, &self.tabs(), buffer);
            top = 2;
        }
        let status = self.status();
        let bottom = if area.height >= 14 || status.is_some() { 2 } else { 1 };
        let status = status.unwrap_or_else(|| self.legend());
        if bottom == 2 {
            put(area.height - 2, &status, buffer);
        }
        put(area.height - 1, &self.footer(area.width), buffer);
        let inner = Rect { y: area.y + top, height: area.height - top - bottom, ..area };
        if let Some(at) = self.help {
            self.help_pane(inner, at).draw(inner, buffer, theme);
            return;
        }
        for (pane, place) in self.panes(inner, width) {
            pane.draw(place, buffer, theme);
        }
    }

    /// What was read, and what the edits made of it
    fn header(&self, width: u16) -> Words {
        let session = &self.session;
        let world = &session.loaded().world;
        let mut words = Words::of(Role::Strong, " gatecrash");
        let callers = world
            .entities()
            .iter()
            .filter(|entity| caller(entity).is_some() && matches!(entity.kind, Kind::Role | Kind::User));
        let functions = world.functions().filter(|one| one.alias_of.is_none());
        let functions = functions.filter(|one| one.standing == Standing::Declared).count();
        if width >= 72 {
            let accounts = count(world.accounts.len(), "account");
            let (callers, functions) = (count(callers.count(), "principal"), count(functions, "function"));
            words.push(Role::Dim, &format!("  {accounts} · {callers} · {functions}"));
        }
        let edits = session.edits().len();
        let mut right = Words::new();
        if edits > 0 {
            let (gained, lost) = told::totals(session);
            right.push(Role::Maybe, &format!("{} ", count(edits, "edit")));
            right.push(Role::Gained, &format!("+{gained}"));
            right.push(Role::Plain, " ");
            right.push(Role::Lost, &format!("-{lost}"));
            right.push(Role::Plain, " ");
        }
        if !session.is_settled() {
            right.push(Role::Maybe, "… ");
        }
        if width >= 60 {
            right = right.joined(&tally(session));
        }
        let room = usize::from(width).saturating_sub(right.width());
        words.padded(room).joined(&right)
    }

    fn tabs(&self) -> Words {
        let mut words = Words::new();
        for (number, screen) in SCREENS.iter().enumerate() {
            let (mark, role) =
                if *screen == self.screen { ("▌", Role::Strong) } else { (" ", Role::Plain) };
            words.push(Role::Focus, mark);
            words.push(Role::Key, &(number + 1).to_string());
            words.push(role, &format!(" {}", screen.title()));
            let failing =
                self.session.now().claims.iter().filter(|claim| told::is_bad(claim.outcome)).count();
            if *screen == Screen::Asserts && failing > 0 {
                words.push(Role::Deny, &format!(" {failing}✗"));
            }
            words.push(Role::Plain, "  ");
        }
        words
    }

    /// A prompt, a question, a message, or what is being worked out
    fn status(&self) -> Option<Words> {
        if let Some(question) = &self.question {
            return Some(Words::of(Role::Key, " y/n ").with(Role::Maybe, &question.words));
        }
        if let Some(prompt) = &self.prompt {
            let label = match &prompt.purpose {
                Purpose::Filter => "filter (selector or part of a name)",
                Purpose::From => "from (selector)",
                Purpose::To => "to (selector)",
                Purpose::Context => "context: KEY=VALUE sets, KEY= is absent, KEY takes it back",
                Purpose::Attach(_) => "policy to attach (its name or a part of it)",
                Purpose::Waive => "waive for 90 days, because",
            };
            let words = Words::of(Role::Key, &format!(" {label}: "));
            return Some(words.with(Role::Plain, &prompt.text).with(Role::Selected, " "));
        }
        if let Some(message) = &self.message {
            return Some(Words::plain(" ").joined(message));
        }
        match self.progress {
            _ if !self.is_working() => {}
            (_, 0) => return Some(Words::of(Role::Maybe, " working it out…")),
            (done, all) => {
                let filled = done.saturating_mul(30) / all.max(1);
                let bar = format!("{}{}", "█".repeat(filled), "░".repeat(30_usize.saturating_sub(filled)));
                return Some(Words::of(
                    Role::Maybe,
                    &format!(" {bar} {done} of {all} (u calls the edit off)"),
                ));
            }
        }
        if self.is_old {
            return Some(Words::of(Role::Maybe, " files changed on disk: R reads them again, edits stay"));
        }
        let filter = self.active_filter();
        (!filter.is_empty())
            .then(|| Words::of(Role::Maybe, &format!(" filter: {}  (Esc takes it off)", filter.text)))
    }

    fn legend(&self) -> Words {
        let words = match self.screen {
            Screen::Invoke => invoke::legend(),
            Screen::Reach => self.reach.legend(&self.session),
            Screen::Policies => {
                let edits = self.session.to_do();
                match edits.first() {
                    None => Words::of(Role::Dim, "[x] on  [ ] off  [~] edited  [+] new"),
                    Some(first) => {
                        let first = first.lines().next().unwrap_or_default();
                        let more = edits.len() - 1;
                        let more = if more == 0 { String::new() } else { format!("  and {more} more") };
                        Words::of(Role::Dim, &format!("draft: {first}{more}"))
                    }
                }
            }
            Screen::Explain => Words::of(Role::Dim, "what each layer says, in the order of evaluation"),
            Screen::Asserts => {
                Words::of(Role::Dim, "✓ holds  ✗ fails  ? undecided, or about nothing  ~ waived or expected")
            }
        };
        Words::plain(" ").joined(&words)
    }

    /// As many keys as there is room for
    fn footer(&self, width: u16) -> Words {
        let mut words = Words::plain(" ");
        if self.prompt.is_some() {
            return words
                .with(Role::Key, "⏎")
                .with(Role::Dim, " take  ")
                .with(Role::Key, "Esc")
                .with(Role::Dim, " leave");
        }
        // In ASCII some keys have longer names.
        let shown = |words: &Words| self.start.theme.text(&words.text()).chars().count();
        let last = Words::of(Role::Key, "?")
            .with(Role::Dim, " help  ")
            .with(Role::Key, "q")
            .with(Role::Dim, " quit");
        for row in keys::of(self.screen).filter(|row| !row.short.is_empty()) {
            if matches!(row.short, "help" | "quit") {
                continue;
            }
            let key = row.keys.first().map_or_else(String::new, |key| key.name());
            let next = Words::of(Role::Key, &key).with(Role::Dim, &format!(" {}  ", row.short));
            if shown(&words) + shown(&next) + shown(&last) > usize::from(width) {
                break;
            }
            words = words.joined(&next);
        }
        words.joined(&last)
    }

    fn help_pane(&self, area: Rect, at: usize) -> Pane {
        let line = |row: &keys::Binding| {
            let name = keys::names(row);
            Words::of(Role::Key, &format!("{name:<12}")).with(Role::Plain, row.words)
        };
        let rows: Vec<Words> = keys::of(self.screen).map(line).collect();
        // Two columns where there is room.
        let half = rows.len().div_ceil(2);
        let lines: Vec<Words> = if area.width >= 100 {
            let column = usize::from(area.width / 2).saturating_sub(2);
            let left = rows.iter().take(half).cloned();
            let right = rows.iter().skip(half).cloned().chain(std::iter::repeat_with(Words::new));
            left.zip(right).map(|(left, right)| left.padded(column).joined(&right)).collect()
        } else {
            rows
        };
        let height = usize::from(area.height.saturating_sub(2));
        let first = at.min(lines.len().saturating_sub(height));
        let remark =
            if lines.len() > height { "↑↓ more · any other key goes back" } else { "any key goes back" };
        let lines = lines.into_iter().skip(first).collect();
        Pane::new(Words::of(Role::Strong, &format!("Keys of {}", self.screen.title())), lines).remark(remark)
    }

    /// The panes of the screen with their places
    fn panes(&self, area: Rect, width: Width) -> Vec<(Pane, Rect)> {
        let here = |pane: usize| if self.pane == pane { Focus::Here } else { Focus::Elsewhere };
        match self.screen {
            Screen::Invoke => self.invoke_panes(area, width),
            Screen::Reach => self.reach_panes(area, width, &here),
            Screen::Policies => self.policy_panes(area, width),
            Screen::Explain => self.explain_panes(area, width),
            Screen::Asserts => self.assert_panes(area, width, &here),
        }
    }

    fn invoke_panes(&self, area: Rect, width: Width) -> Vec<(Pane, Rect)> {
        let session = &self.session;
        match width {
            Width::One | Width::Two => {
                let [main, detail] = rows(area, [Constraint::Min(5), Constraint::Length(detail_of(area, 8))]);
                vec![
                    (self.invoke.matrix(session, main.width, Focus::Here), main),
                    (self.invoke.detail(session), detail),
                ]
            }
            Width::All => {
                let [top, bottom] = rows(area, [Constraint::Percentage(60), Constraint::Percentage(40)]);
                let [main, reach] = columns(top, [Constraint::Percentage(62), Constraint::Percentage(38)]);
                let [detail, change, claims] = columns(
                    bottom,
                    [Constraint::Percentage(38), Constraint::Percentage(36), Constraint::Percentage(26)],
                );
                let [detail, source] = rows(detail, [Constraint::Percentage(55), Constraint::Percentage(45)]);
                let (remark, lines) = told::changes(session);
                let title = Words::of(Role::Strong, "Change in reach").with(Role::Dim, "  draft vs loaded");
                vec![
                    (self.invoke.matrix(session, main.width, Focus::Here), main),
                    (self.reach_of_row_pane(), reach),
                    (self.invoke.detail(session), detail),
                    (self.source_pane(self.invoke.place(session)), source),
                    (Pane::new(title, lines).remark(remark), change),
                    (
                        self.asserts
                            .list(session, claims.width, Focus::Elsewhere)
                            .select(None, Focus::Elsewhere),
                        claims,
                    ),
                ]
            }
        }
    }

    /// What the caller of the selected row reaches, best first
    fn reach_of_row_pane(&self) -> Pane {
        let session = &self.session;
        let Some((who, _)) = self.invoke.selected() else { return Pane::new(Words::new(), Vec::new()) };
        let now = session.now();
        if now.graph().len() > BESIDE {
            let title = Words::of(Role::Strong, &format!("Reach of  {}", told::name(session, who)));
            return Pane::new(title, vec![Words::of(Role::Dim, "r shows it: this world is large")]);
        }
        let reached = crate::reach::search::reach(now.world(), now.graph(), &[who]);
        let line = |one: &crate::reach::search::Reached<'_>| {
            let (role, glyph) = told::glyph(one.state);
            let words = Words::of(role, &format!("{glyph} "));
            let words = words.with(Role::Dim, &format!("{:<17}", told::grade(one.grade)));
            let words = words.with(Role::Plain, told::name(session, one.target));
            let how = match one.tier.boundaries() {
                0 => String::new(),
                n => format!("  through code of {n}"),
            };
            words.with(Role::Dim, &format!("{how}  {}", count(one.path.len(), "hop")))
        };
        let lines: Vec<Words> = reached.iter().map(line).collect();
        let title = format!("Reach of  {}", told::name(session, who));
        let remark = count(reached.len(), "target");
        Pane::new(Words::of(Role::Strong, &title), lines).remark(remark)
    }

    fn reach_panes(&self, area: Rect, width: Width, here: &dyn Fn(usize) -> Focus) -> Vec<(Pane, Rect)> {
        let session = &self.session;
        match width {
            Width::One => {
                let [tree, path] = rows(area, [Constraint::Min(6), Constraint::Length(detail_of(area, 9))]);
                let below =
                    if self.pane == 0 { self.reach.path(session) } else { self.reach.cuts(session, here(1)) };
                vec![(self.reach.tree(session, here(0)), tree), (below, path)]
            }
            Width::Two => {
                let [tree, right] = columns(area, [Constraint::Percentage(58), Constraint::Percentage(42)]);
                let [path, cuts] = rows(right, [Constraint::Percentage(65), Constraint::Percentage(35)]);
                vec![
                    (self.reach.tree(session, here(0)), tree),
                    (self.reach.path(session), path),
                    (self.reach.cuts(session, here(1)), cuts),
                ]
            }
            Width::All => {
                let [top, bottom] = rows(area, [Constraint::Percentage(60), Constraint::Percentage(40)]);
                let [tree, path, source] = columns(
                    top,
                    [Constraint::Percentage(40), Constraint::Percentage(30), Constraint::Percentage(30)],
                );
                let [cuts, change] =
                    columns(bottom, [Constraint::Percentage(55), Constraint::Percentage(45)]);
                let place = self.reach.edge().and_then(|edge| {
                    let allows = edge.evidence.iter().find(|one| one.effect == Some("allow"));
                    allows.or(edge.evidence.first()).map(|one| one.span)
                });
                let (remark, lines) = told::changes(session);
                let title = Words::of(Role::Strong, "Change in reach").with(Role::Dim, "  draft vs loaded");
                vec![
                    (self.reach.tree(session, here(0)), tree),
                    (self.reach.path(session), path),
                    (self.source_pane(place), source),
                    (self.reach.cuts(session, here(1)), cuts),
                    (Pane::new(title, lines).remark(remark), change),
                ]
            }
        }
    }

    fn policy_panes(&self, area: Rect, width: Width) -> Vec<(Pane, Rect)> {
        let session = &self.session;
        let (remark, lines) = told::changes(session);
        let title = Words::of(Role::Strong, "Change in reach").with(Role::Dim, "  draft vs loaded");
        let change = Pane::new(title, lines).remark(remark);
        let source = self.source_pane(self.policies.place(session));
        match width {
            Width::One => {
                let [list, below] = rows(area, [Constraint::Min(6), Constraint::Length(detail_of(area, 8))]);
                let other = if session.edits().is_empty() || self.pane == 1 { source } else { change };
                vec![(self.policies.list(Focus::Here), list), (other, below)]
            }
            Width::Two => {
                let [top, below] = rows(area, [Constraint::Min(8), Constraint::Length(detail_of(area, 8))]);
                let [list, right] = columns(top, [Constraint::Percentage(54), Constraint::Percentage(46)]);
                vec![(self.policies.list(Focus::Here), list), (change, right), (source, below)]
            }
            Width::All => {
                let [list, change_at, right] = columns(
                    area,
                    [Constraint::Percentage(36), Constraint::Percentage(36), Constraint::Percentage(28)],
                );
                let [source_at, claims] =
                    rows(right, [Constraint::Percentage(60), Constraint::Percentage(40)]);
                let asserts = self.asserts.list(session, claims.width, Focus::Elsewhere);
                vec![
                    (self.policies.list(Focus::Here), list),
                    (change, change_at),
                    (source, source_at),
                    (asserts.select(None, Focus::Elsewhere), claims),
                ]
            }
        }
    }

    fn explain_panes(&self, area: Rect, width: Width) -> Vec<(Pane, Rect)> {
        let session = &self.session;
        let [request, rest] = rows(area, [Constraint::Length(3), Constraint::Min(5)]);
        let mut panes = vec![(self.explain.request(session), request)];
        let source = self.source_pane(self.explain.span());
        match width {
            Width::One | Width::Two => {
                let [steps, source_at, context] = rows(
                    rest,
                    [Constraint::Percentage(42), Constraint::Percentage(34), Constraint::Percentage(24)],
                );
                panes.push((self.explain.steps(Focus::Here), steps));
                panes.push((source, source_at));
                panes.push((self.explain.context(session), context));
            }
            Width::All => {
                let [left, source_at] =
                    columns(rest, [Constraint::Percentage(55), Constraint::Percentage(45)]);
                let [steps, context] = rows(left, [Constraint::Percentage(60), Constraint::Percentage(40)]);
                panes.push((self.explain.steps(Focus::Here), steps));
                panes.push((self.explain.context(session), context));
                panes.push((source, source_at));
            }
        }
        panes
    }

    fn assert_panes(&self, area: Rect, width: Width, here: &dyn Fn(usize) -> Focus) -> Vec<(Pane, Rect)> {
        let session = &self.session;
        let [list, detail] = match width {
            Width::One | Width::Two => rows(area, [Constraint::Percentage(50), Constraint::Percentage(50)]),
            Width::All => columns(area, [Constraint::Percentage(46), Constraint::Percentage(54)]),
        };
        vec![
            (self.asserts.list(session, list.width, here(0)), list),
            (self.asserts.detail(session, detail.width, here(1)), detail),
        ]
    }

    fn source_pane(&self, span: Option<crate::source::Span>) -> Pane {
        let session = &self.session;
        let Some(span) = span.filter(|span| !session.sources().path(span.file).is_empty()) else {
            let nothing = "no file of the input writes this";
            return Pane::new(Words::of(Role::Strong, "Source"), vec![Words::of(Role::Dim, nothing)]);
        };
        let (remark, lines) = told::source(session, span);
        let path = session.sources().path(span.file);
        Pane::new(Words::of(Role::Strong, path), lines).remark(remark)
    }
}

fn rows<const N: usize>(area: Rect, parts: [Constraint; N]) -> [Rect; N] {
    Layout::vertical(parts).areas(area)
}

fn columns<const N: usize>(area: Rect, parts: [Constraint; N]) -> [Rect; N] {
    Layout::horizontal(parts).areas(area)
}

/// The height of a pane below another: none where there is little
fn detail_of(area: Rect, wanted: u16) -> u16 {
    if area.height < 14 { 0 } else { wanted.min(area.height / 2) }
}
