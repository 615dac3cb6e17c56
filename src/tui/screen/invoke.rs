//! Who can invoke what: callers down, functions across, and in each cell whether, under a condition, or denied.
//!
//! Must not know: how a decision comes about.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::action::Action;
use crate::eval::decide::Verdict;
use crate::reach::call::{self, Ends};
use crate::reach::edges::web_endpoint::invocation;
use crate::reach::graph::Graph;
use crate::reach::{Edge, Grade, Standing, State};
use crate::session::Session;
use crate::tui::filter::Filter;
use crate::tui::pane::{Focus, Pane};
use crate::tui::screen::{Stamp, moved};
use crate::tui::theme::Role;
use crate::tui::told;
use crate::tui::words::Words;
use crate::world::kind::Kind;
use crate::world::view::caller;
use crate::world::{Entity, EntityId};

/// Cells without an edge that are asked at once whether a Deny stands behind them; more would hold keys up
const ASKED: usize = 200;

/// Which rows there are
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Who can or could invoke something
    All,
    /// Those with a cell that differs from what was loaded
    Changed,
}

/// The order of rows
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Those from outside first
    Outside,
    /// By name
    Name,
    /// Who can invoke most first
    Count,
}

/// One caller
#[derive(Clone, Debug)]
struct Row {
    id: EntityId,
    cells: Vec<Cell>,
}

/// One caller and one function
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    now: Option<State>,
    before: Option<State>,
    denied: bool,
}

/// The screen
#[derive(Debug)]
pub struct Invoke {
    rows: Vec<Row>,
    columns: Vec<EntityId>,
    at: Option<EntityId>,
    column: Option<EntityId>,
    which: Rows,
    sort: Sort,
    all: usize,
    /// Cells by caller and function, of one list of edits
    cells: Cells,
    made_of: Option<Stamp>,
}

/// What is known of cells, found once for each list of edits
#[derive(Debug, Default)]
struct Cells {
    of: Option<u64>,
    now: BTreeMap<EntityId, BTreeMap<EntityId, State>>,
    before: BTreeMap<EntityId, BTreeMap<EntityId, State>>,
    denied: BTreeMap<(EntityId, EntityId), bool>,
}

impl Default for Invoke {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            columns: Vec::new(),
            at: None,
            column: None,
            which: Rows::All,
            sort: Sort::Outside,
            all: 0,
            cells: Cells::default(),
            made_of: None,
        }
    }
}

/// Who invokes what in a graph
fn invocations(graph: &Graph, session: &Session) -> BTreeMap<EntityId, BTreeMap<EntityId, State>> {
    let world = &session.loaded().world;
    let mut out: BTreeMap<EntityId, BTreeMap<EntityId, State>> = BTreeMap::new();
    for function in world.functions() {
        let column = function.alias_of.unwrap_or(function.id);
        for edge in graph.into(function.id).filter(|edge| is_invocation(edge)) {
            let cell = out.entry(edge.from).or_default().entry(column).or_insert(edge.state);
            *cell = (*cell).min(edge.state);
        }
    }
    out
}

fn is_invocation(edge: &Edge) -> bool {
    edge.grade == Grade::Influence && edge.standing == Standing::Invoker
}

/// Callers that are not ours, or no principals, by how far outside they stand; with what a person calls them
static OUTSIDE: &[(Kind, &str)] = &[
    (Kind::Anonymous, "public"),
    (Kind::AnyAccount, "outside"),
    (Kind::Account, "outside"),
    (Kind::Service, "service"),
];

/// How far outside a caller stands: principals of ours come last
fn rank(entity: &Entity) -> usize {
    let outside = OUTSIDE.iter().position(|(kind, _)| *kind == entity.kind);
    outside.unwrap_or(OUTSIDE.len() + usize::from(matches!(entity.kind, Kind::Role | Kind::User)))
}

/// What a caller is, in one word
fn standing(entity: &Entity) -> &'static str {
    let outside = OUTSIDE.iter().find(|(kind, _)| *kind == entity.kind);
    outside.map_or_else(|| entity.kind.name(), |(_, word)| word)
}

impl Invoke {
    /// Makes the rows, unless they are those of this session and filter
    pub fn refresh(&mut self, session: &Session, filter: &Filter) {
        let stamp = (session.generation(), session.now().generation(), filter.text.clone());
        if self.made_of.as_ref() == Some(&stamp) {
            return;
        }
        self.made_of = Some(stamp);
        let world = &session.loaded().world;
        let mut columns: Vec<&Entity> =
            world.functions().filter(|function| function.alias_of.is_none()).collect();
        columns.sort_by(|a, b| a.display.cmp(&b.display));
        self.columns = columns.into_iter().map(|function| function.id).collect();
        if self.cells.of != Some(session.now().generation()) {
            self.cells = Cells {
                of: Some(session.now().generation()),
                now: invocations(session.now().graph(), session),
                before: invocations(session.base().graph(), session),
                denied: BTreeMap::new(),
            };
        }
        let Cells { now, before, denied, .. } = &self.cells;
        let ids: BTreeSet<EntityId> = before.keys().chain(now.keys()).copied().collect();
        self.all = ids.len();
        let row = |id: EntityId| {
            let (now, before) = (now.get(&id), before.get(&id));
            let cell = |to: &EntityId| Cell {
                now: now.and_then(|cells| cells.get(to)).copied(),
                before: before.and_then(|cells| cells.get(to)).copied(),
                denied: denied.get(&(id, *to)).copied().unwrap_or(false),
            };
            Row { id, cells: self.columns.iter().map(cell).collect() }
        };
        let mut rows: Vec<Row> = ids
            .into_iter()
            .filter(|id| filter.lets(session, *id))
            .map(row)
            .filter(|row| self.which == Rows::All || row.cells.iter().any(|cell| cell.now != cell.before))
            .collect();
        let name = |row: &Row| world.entity(row.id).display.clone();
        rows.sort_by_cached_key(|row| match self.sort {
            Sort::Outside => (rank(world.entity(row.id)), name(row)),
            Sort::Name => (0, name(row)),
            Sort::Count => {
                let invoked = row.cells.iter().filter(|cell| cell.now.is_some()).count();
                (usize::MAX - invoked, name(row))
            }
        });
        self.rows = rows;
        self.ask_for_denials(session);
        if !self.rows.iter().any(|row| Some(row.id) == self.at) {
            self.at = self.rows.first().map(|row| row.id);
        }
        if !self.columns.iter().any(|id| Some(*id) == self.column) {
            // Where something is to be seen, before where nothing is.
            let first =
                self.rows.first().and_then(|row| row.cells.iter().position(|cell| cell.now.is_some()));
            self.column = self.columns.get(first.unwrap_or(0)).copied();
        }
    }

    /// A cell without an edge may be one that a Deny closes
    fn ask_for_denials(&mut self, session: &Session) {
        let view = session.now().view();
        let mut asked = 0;
        for row in &mut self.rows {
            let entity = view.entity(row.id);
            let Some(calls_as) = caller(entity).filter(|_| matches!(entity.kind, Kind::Role | Kind::User))
            else {
                continue;
            };
            for (cell, function) in row.cells.iter_mut().zip(&self.columns) {
                let of = (row.id, *function);
                if cell.now.is_some() || self.cells.denied.contains_key(&of) || asked == ASKED {
                    continue;
                }
                asked += 1;
                let ends = Ends { who: row.id, target: *function };
                let Some(action) = Action::parse(invocation(view.entity(*function).kind)) else { continue };
                let best = call::best(&view, ends, &action, &calls_as, None);
                cell.denied = best.is_some_and(|(_, decision)| decision.verdict == Verdict::ExplicitlyDenied);
                self.cells.denied.insert(of, cell.denied);
            }
        }
    }

    /// The selected caller and function
    #[must_use]
    pub fn selected(&self) -> Option<(EntityId, EntityId)> {
        self.at.zip(self.column)
    }

    /// Whether the selected caller can, now
    #[must_use]
    pub fn state(&self) -> Option<State> {
        let column = self.columns.iter().position(|id| Some(*id) == self.column)?;
        self.rows.iter().find(|row| Some(row.id) == self.at)?.cells.get(column)?.now
    }

    /// Everyone who can invoke the selected function, now
    #[must_use]
    pub fn invokers(&self) -> Vec<EntityId> {
        let Some(column) = self.columns.iter().position(|id| Some(*id) == self.column) else {
            return Vec::new();
        };
        let can = |row: &&Row| row.cells.get(column).is_some_and(|cell| cell.now.is_some());
        self.rows.iter().filter(can).map(|row| row.id).collect()
    }

    fn row(&self) -> usize {
        self.rows.iter().position(|row| Some(row.id) == self.at).unwrap_or(0)
    }

    fn column_number(&self) -> usize {
        self.columns.iter().position(|id| Some(*id) == self.column).unwrap_or(0)
    }

    /// Moves the selection down, or up
    pub fn down(&mut self, by: isize) {
        self.at = self.rows.get(moved(self.row(), by, self.rows.len())).map(|row| row.id);
    }

    /// Moves the selection to the right, or to the left
    pub fn right(&mut self, by: isize) {
        let at = moved(self.column_number(), by, self.columns.len());
        self.column = self.columns.get(at).copied();
    }

    /// Shows rows that differ, or all
    pub fn switch_rows(&mut self) {
        self.which = match self.which {
            Rows::All => Rows::Changed,
            Rows::Changed => Rows::All,
        };
        self.made_of = None;
    }

    /// The next order of rows; its name
    pub fn switch_sort(&mut self) -> &'static str {
        let (sort, name) = match self.sort {
            Sort::Outside => (Sort::Name, "by name"),
            Sort::Name => (Sort::Count, "who invokes most first"),
            Sort::Count => (Sort::Outside, "those from outside first"),
        };
        self.sort = sort;
        self.made_of = None;
        name
    }

    /// The matrix
    #[must_use]
    pub fn matrix(&self, session: &Session, width: u16, focus: Focus) -> Pane {
        let world = &session.loaded().world;
        let inner = usize::from(width.saturating_sub(2));
        let short = |id: &EntityId| {
            let name = &world.entity(*id).display;
            name.strip_prefix("function/").unwrap_or(name).to_owned()
        };
        let kind_width = if inner >= 60 { 9 } else { 0 };
        let across: usize = self.columns.iter().map(|id| short(id).chars().count().clamp(3, 14) + 2).sum();
        // Names give way to functions, down to what still tells them apart.
        let names = self.rows.iter().map(|row| world.entity(row.id).display.chars().count());
        let room = inner.saturating_sub(kind_width + across).max(if inner >= 60 { 26 } else { 18 });
        let first = (names.max().unwrap_or(0) + 3).clamp(12, room);
        let (from, to) = self.columns_in_sight(inner.saturating_sub(first + kind_width), &short);
        let shown = self.columns.get(from..to).unwrap_or(&[]);
        let widths: Vec<usize> = shown.iter().map(|id| short(id).chars().count().clamp(3, 14) + 2).collect();
        let mut head = Words::new().padded(first);
        for (id, width) in shown.iter().zip(&widths) {
            let role = if Some(*id) == self.column { Role::Strong } else { Role::Dim };
            let name: String = short(id).chars().take(width - 2).collect();
            head = head.joined(&Words::of(role, &name).padded(*width));
        }
        let row = |row: &Row| {
            let entity = world.entity(row.id);
            let is_here = Some(row.id) == self.at;
            let mark = if is_here { "▸ " } else { "  " };
            let name: String = entity.display.chars().take(first - 3).collect();
            let role = if is_here { Role::Strong } else { Role::Plain };
            let mut line = Words::of(role, &format!("{mark}{name}")).padded(first);
            let cells = row.cells.get(from..to).unwrap_or(&[]);
            for ((cell, id), width) in cells.iter().zip(shown).zip(&widths) {
                let words = cell_words(*cell);
                let is_selected = is_here && Some(*id) == self.column;
                let words = if is_selected && focus == Focus::Here {
                    Words::plain(" ").joined(&words.padded(3).selected())
                } else {
                    Words::plain(" ").joined(&words)
                };
                line = line.joined(&words.padded(*width));
            }
            if kind_width > 0 {
                line.push(Role::Dim, standing(entity));
            }
            line
        };
        let lines: Vec<Words> = self.rows.iter().map(row).collect();
        let mut title = Words::of(Role::Strong, "Who can invoke");
        if inner < 60 {
            let name = self.column.as_ref().map(short).unwrap_or_default();
            title.push(Role::Plain, &format!("  {name}"));
        } else {
            title.push(Role::Dim, "  lambda:InvokeFunction, InvokeFunctionUrl, routes, triggers");
        }
        let hidden = if self.rows.len() == self.all { "" } else { " · filtered" };
        let across = if to - from < self.columns.len() {
            format!("functions {}-{to} of {} · ", from + 1, self.columns.len())
        } else {
            String::new()
        };
        let mut pane = Pane::new(title, lines).remark(format!(
            "{across}{} of {} callers{hidden}",
            self.rows.len(),
            self.all
        ));
        pane.head = vec![head];
        // The selected cell is marked in its line: the line as a whole is not.
        let at = if self.rows.is_empty() { None } else { Some(self.row()) };
        pane.select(at, Focus::Elsewhere).focused(focus)
    }

    /// The columns that fit, with the selected one among them
    fn columns_in_sight(&self, room: usize, short: &dyn Fn(&EntityId) -> String) -> (usize, usize) {
        let width = |id: &EntityId| short(id).chars().count().clamp(3, 14) + 2;
        let selected = self.column_number();
        let (mut from, mut used) = (selected, self.columns.get(selected).map_or(0, width));
        let mut to = (selected + 1).min(self.columns.len());
        // What is before comes into sight first, so that few columns stay where they are.
        while let Some(before) = from.checked_sub(1).and_then(|at| self.columns.get(at)) {
            if used + width(before) > room {
                break;
            }
            used += width(before);
            from -= 1;
        }
        while let Some(next) = self.columns.get(to) {
            if used + width(next) > room {
                break;
            }
            used += width(next);
            to += 1;
        }
        (from, to)
    }

    /// The selected cell, and why it is so
    #[must_use]
    pub fn detail(&self, session: &Session) -> Pane {
        let Some((from, to)) = self.selected() else {
            let nothing =
                Words::of(Role::Dim, "nobody can invoke a function here, as far as the input tells");
            return Pane::new(Words::new(), vec![nothing]);
        };
        let title = format!("{} → {}", told::name(session, from), told::name(session, to));
        let edges = self.edges(session, from, to);
        let mut lines: Vec<Words> = edges.iter().flat_map(|edge| told::edge(session, edge)).collect();
        if lines.is_empty() {
            lines.push(self.why_not(session));
        }
        Pane::new(Words::of(Role::Strong, &title), lines)
    }

    fn why_not(&self, session: &Session) -> Words {
        let column = self.column_number();
        let cell =
            self.rows.get(self.row()).and_then(|row| row.cells.get(column)).copied().unwrap_or_default();
        match (cell.denied, cell.before) {
            (true, _) => Words::of(Role::Deny, "✗ a Deny stands behind it: ⏎ explains"),
            (false, Some(_)) => Words::of(Role::Lost, "- not any more, in this draft"),
            (false, None) if session.is_settled() => Words::of(Role::Dim, "· nothing allows it"),
            (false, None) => Words::of(Role::Maybe, "being worked out"),
        }
    }

    /// The edges of a cell
    fn edges<'s>(&self, session: &'s Session, from: EntityId, to: EntityId) -> Vec<&'s Edge> {
        let world = &session.loaded().world;
        let is_of = |id: EntityId| id == to || world.entity(id).alias_of == Some(to);
        let out = session.now().graph().out(from).iter();
        out.filter(|edge| is_invocation(edge) && is_of(edge.to)).collect()
    }

    /// The first statement or wiring of the selected cell
    #[must_use]
    pub fn place(&self, session: &Session) -> Option<crate::source::Span> {
        let (from, to) = self.selected()?;
        let edges = self.edges(session, from, to);
        let evidence = edges.iter().flat_map(|edge| &edge.evidence);
        let allows = evidence.clone().find(|one| one.effect == Some("allow"));
        allows.or(evidence.into_iter().next()).map(|one| one.span)
    }
}

fn cell_words(cell: Cell) -> Words {
    let shown = cell.now.or(cell.before.filter(|_| cell.now.is_none()));
    let (role, glyph) = match (cell.now, shown) {
        (None, Some(before)) => (Role::Dim, told::glyph(before).1),
        (Some(state), _) => told::glyph(state),
        (None, None) if cell.denied => (Role::Deny, "✗"),
        (None, None) => (Role::Dim, "·"),
    };
    let words = Words::of(role, glyph);
    match (cell.before, cell.now) {
        (Some(_), None) | (Some(State::Yes), Some(State::Conditional)) => words.with(Role::Lost, "-"),
        (None, Some(_)) | (Some(State::Conditional), Some(State::Yes)) => words.with(Role::Gained, "+"),
        _ => words,
    }
}

/// What the glyphs of the matrix mean
#[must_use]
pub fn legend() -> Words {
    Words::of(Role::Allow, "●")
        .with(Role::Dim, " allow  ")
        .with(Role::Maybe, "◐")
        .with(Role::Dim, " if…  ")
        .with(Role::Deny, "✗")
        .with(Role::Dim, " explicit deny  · none   ")
        .with(Role::Gained, "+")
        .with(Role::Dim, " gained  ")
        .with(Role::Lost, "-")
        .with(Role::Dim, " lost")
}
