//! What follows from a start, as a tree; or what leads to an end. Beside it the way to what is selected, other ways, and what
//! breaks them.
//!
//! A node is known by the way to it, so that it stays open and selected when edges around it come and go. Must not know:
//! how ways are found.

use std::collections::{BTreeMap, BTreeSet};

use crate::reach::search::{Tier, next};
use crate::reach::{Edge, Evidence, Grade, State};
use crate::report::words::count;
use crate::session::Session;
use crate::tui::filter::Filter;
use crate::tui::pane::{Focus, Pane};
use crate::tui::screen::{Stamp, moved};
use crate::tui::theme::Role;
use crate::tui::told;
use crate::tui::words::Words;
use crate::world::EntityId;
use crate::world::view::{StatementPlace, caller};

/// Lines of a tree at most
const LINES: usize = 5_000;

/// Which way the tree grows
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What the root reaches
    Forward,
    /// Who reaches the root
    Backward,
}

/// One step of the way to a node
pub type Step = (EntityId, &'static str, Grade);

/// One line of the tree
#[derive(Clone, Debug)]
struct Node {
    /// The steps from the root
    way: Vec<Step>,
    /// The last of them as an edge; none at the root
    edge: Option<Edge>,
    id: EntityId,
    /// Whether something follows
    more: More,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum More {
    Nothing,
    Open,
    Closed,
    /// The same stands above, open
    Above,
}

/// Ways between two ends and what breaks them, as they were asked for
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// From
    pub from: Option<EntityId>,
    /// To
    pub to: Option<EntityId>,
    /// Of which list of edits
    pub generation: u64,
    /// The ways, best first
    pub paths: Vec<Vec<Edge>>,
    /// Sets of statements; each breaks all ways
    pub cuts: Vec<Vec<Evidence>>,
    /// Whether fewer statements than those of the only cut might do
    pub greedy: Greedy,
}

/// Whether a cut is one of the smallest
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Greedy {
    /// It is
    #[default]
    Smallest,
    /// Fewer statements might do
    Perhaps,
}

/// The screen
#[derive(Debug)]
pub struct Reach {
    root: Option<EntityId>,
    /// What is looked for, where something is
    to: Option<EntityId>,
    direction: Direction,
    open: BTreeSet<Vec<Step>>,
    nodes: Vec<Node>,
    at: Vec<Step>,
    ways: Ways,
    /// Which of the ways is shown; the tree's own where none
    path: Option<usize>,
    cut: usize,
    made_of: Option<Stamp>,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            root: None,
            to: None,
            direction: Direction::Forward,
            open: BTreeSet::from([Vec::new()]),
            nodes: Vec::new(),
            at: Vec::new(),
            ways: Ways::default(),
            path: None,
            cut: 0,
            made_of: None,
        }
    }
}

impl Reach {
    /// Makes the lines of the tree, unless they are those of this session and filter
    pub fn refresh(&mut self, session: &Session, filter: &Filter) {
        let stamp = (session.generation(), session.now().generation(), filter.text.clone());
        if self.made_of.as_ref() == Some(&stamp) {
            return;
        }
        self.made_of = Some(stamp);
        let root = self.root.or_else(|| session.loaded().world.anonymous());
        self.root = root;
        self.nodes.clear();
        let Some(root) = root else { return };
        let mut above = BTreeSet::new();
        self.grow(session, filter, (Vec::new(), None, root), &mut above);
        if !self.nodes.iter().any(|node| node.way == self.at) {
            // The nearest that is left of the way to what was selected.
            while !self.at.is_empty() && !self.nodes.iter().any(|node| node.way == self.at) {
                self.at.pop();
            }
        }
    }

    fn grow(
        &mut self,
        session: &Session,
        filter: &Filter,
        (way, edge, id): (Vec<Step>, Option<Edge>, EntityId),
        above: &mut BTreeSet<EntityId>,
    ) {
        if self.nodes.len() >= LINES {
            return;
        }
        let children = self.children(session, id, edge.as_ref());
        let is_open = self.open.contains(&way);
        let more = match (children.is_empty(), is_open, above.contains(&id)) {
            (true, ..) => More::Nothing,
            (false, true, true) => More::Above,
            (false, true, false) => More::Open,
            (false, false, _) => More::Closed,
        };
        self.nodes.push(Node { way: way.clone(), edge, id, more });
        if more != More::Open {
            return;
        }
        above.insert(id);
        for child in children {
            let end = self.end(&child);
            let mut way = way.clone();
            way.push((end, child.kind, child.grade));
            // What is filtered away stays in sight where it leads on and is open.
            let is_open = self.open.contains(&way);
            if filter.lets(session, end) || is_open || goes_on(session, &child) {
                self.grow(session, filter, (way, Some(child), end), above);
            }
        }
    }

    /// The end of an edge that is further from the root
    fn end(&self, edge: &Edge) -> EntityId {
        match self.direction {
            Direction::Forward => edge.to,
            Direction::Backward => edge.from,
        }
    }

    /// The edges that follow, one for each end, kind and grade: the best of them
    fn children(&self, session: &Session, id: EntityId, by: Option<&Edge>) -> Vec<Edge> {
        let graph = session.now().graph();
        let take = |edge: &Edge, end: EntityId, all: &mut BTreeMap<Step, Edge>| {
            let known = all.entry((end, edge.kind, edge.grade)).or_insert_with(|| edge.clone());
            if edge.state < known.state {
                *known = edge.clone();
            }
        };
        let mut all: BTreeMap<Step, Edge> = BTreeMap::new();
        match self.direction {
            Direction::Forward => {
                for edge in graph.out(id).iter().filter(|edge| by.is_none_or(|by| by.leads_to(edge))) {
                    take(edge, edge.to, &mut all);
                }
            }
            Direction::Backward => {
                for edge in graph.into(id).filter(|edge| by.is_none_or(|by| edge.leads_to(by))) {
                    take(edge, edge.from, &mut all);
                }
            }
        }
        let mut edges: Vec<Edge> = all.into_values().collect();
        let name = |edge: &Edge| told::name(session, self.end(edge)).to_owned();
        edges.sort_by_cached_key(|edge| (edge.grade, edge.state, name(edge), edge.kind));
        edges
    }

    /// Starts a tree at an entity
    pub fn start(&mut self, root: EntityId, direction: Direction) {
        (self.root, self.direction, self.to) = (Some(root), direction, None);
        self.open = BTreeSet::from([Vec::new()]);
        self.at.clear();
        self.path = None;
        self.made_of = None;
    }

    /// Opens the tree along a way and selects its end
    pub fn show(&mut self, path: &[Edge]) {
        let Some(first) = path.first() else { return };
        self.start(first.from, Direction::Forward);
        let mut way: Vec<Step> = Vec::new();
        for edge in path {
            self.open.insert(way.clone());
            way.push((edge.to, edge.kind, edge.grade));
        }
        self.to = path.last().map(|edge| edge.to);
        self.at = way;
    }

    /// The other direction, from what is selected
    pub fn turn(&mut self) {
        let Some(id) = self.here().map(|node| node.id) else { return };
        let direction = match self.direction {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        };
        self.start(id, direction);
    }

    /// What the ways and cuts shown here are between
    #[must_use]
    pub fn ends(&self) -> Option<(EntityId, EntityId)> {
        let (root, here) = (self.root?, self.here()?.id);
        let ends = match self.direction {
            Direction::Forward => (root, self.to.filter(|_| self.at.is_empty()).unwrap_or(here)),
            Direction::Backward => (here, root),
        };
        (ends.0 != ends.1).then_some(ends)
    }

    /// Takes ways that were asked for
    pub fn take(&mut self, ways: Ways) {
        self.ways = ways;
        (self.path, self.cut) = (None, 0);
    }

    /// Whether the ways are those between the ends now
    #[must_use]
    pub fn has_ways(&self, session: &Session) -> bool {
        let ends = self.ends().map(|(from, to)| (Some(from), Some(to)));
        ends == Some((self.ways.from, self.ways.to)) && self.ways.generation == session.now().generation()
    }

    /// Looks for this end
    pub fn set_to(&mut self, to: EntityId) {
        self.to = Some(to);
        self.at.clear();
        self.made_of = None;
    }

    fn here(&self) -> Option<&Node> {
        self.nodes.iter().find(|node| node.way == self.at)
    }

    fn number(&self) -> usize {
        self.nodes.iter().position(|node| node.way == self.at).unwrap_or(0)
    }

    /// Moves the selection
    pub fn down(&mut self, by: isize) {
        let at = moved(self.number(), by, self.nodes.len());
        if let Some(node) = self.nodes.get(at) {
            self.at.clone_from(&node.way);
            self.path = None;
        }
    }

    /// Opens what is selected; where it is open, goes into it
    pub fn right(&mut self) {
        let Some(more) = self.here().map(|node| node.more) else { return };
        match more {
            More::Closed => {
                self.open.insert(self.at.clone());
                self.made_of = None;
            }
            More::Open => self.down(1),
            More::Nothing | More::Above => {}
        }
    }

    /// Closes what is selected; where it is closed, goes to where it comes from
    pub fn left(&mut self) {
        let is_open = self.here().is_some_and(|node| matches!(node.more, More::Open | More::Above));
        if is_open && self.open.remove(&self.at) {
            self.made_of = None;
        } else {
            self.at.pop();
        }
    }

    /// Opens or closes what is selected
    pub fn switch(&mut self) {
        if self.open.contains(&self.at) { self.left() } else { self.right() }
    }

    /// The next way between the ends, or the one before
    pub fn next_path(&mut self, by: isize) {
        let len = self.ways.paths.len();
        if len > 0 {
            let at = self
                .path
                .map_or(if by < 0 { len - 1 } else { 0 }, |at| at.saturating_add_signed(by).min(len - 1));
            self.path = Some(at);
        }
    }

    /// Moves the selection among the cuts
    pub fn next_cut(&mut self, by: isize) {
        self.cut = moved(self.cut, by, self.ways.cuts.len());
    }

    /// The statements of the selected cut
    #[must_use]
    pub fn cut(&self) -> Vec<StatementPlace> {
        let cut = self.ways.cuts.get(self.cut).into_iter().flatten();
        cut.filter_map(|evidence| Some((evidence.span, evidence.index?))).collect()
    }

    /// The selected edge
    #[must_use]
    pub fn edge(&self) -> Option<&Edge> {
        match self.path {
            Some(at) => self.ways.paths.get(at)?.last(),
            None => self.here()?.edge.as_ref(),
        }
    }

    /// What is selected
    #[must_use]
    pub fn selected(&self) -> Option<EntityId> {
        self.here().map(|node| node.id)
    }

    /// The edges of the way that is shown, from the start on
    #[must_use]
    pub fn way(&self) -> Vec<Edge> {
        if let Some(path) = self.path.and_then(|at| self.ways.paths.get(at)) {
            return path.clone();
        }
        let edge = |len: usize| {
            let way = self.at.get(..len)?;
            self.nodes.iter().find(|node| node.way == way)?.edge.clone()
        };
        let mut edges: Vec<Edge> = (1..=self.at.len()).filter_map(edge).collect();
        if self.direction == Direction::Backward {
            edges.reverse();
        }
        edges
    }

    /// The tree
    #[must_use]
    pub fn tree(&self, session: &Session, focus: Focus) -> Pane {
        let line = |node: &Node| {
            let glyph = match node.more {
                More::Nothing => " ",
                More::Open => "▾",
                More::Closed => "▸",
                More::Above => "·",
            };
            let indent = "  ".repeat(node.way.len());
            let mut line = Words::of(Role::Dim, &format!("{indent}{glyph} "));
            match &node.edge {
                None => line.push(Role::Strong, told::name(session, node.id)),
                Some(edge) => {
                    let arrow = match self.direction {
                        Direction::Forward => format!("─{}→ ", edge.kind),
                        Direction::Backward => format!("←{}─ ", edge.kind),
                    };
                    line.push(Role::Dim, &arrow);
                    line.push(Role::Plain, told::name(session, node.id));
                    if edge.state == State::Conditional {
                        line.push(Role::Maybe, " ◐");
                    }
                    if self.is_new(session, edge) {
                        line.push(Role::Gained, " +");
                    }
                    if node.more == More::Above {
                        line.push(Role::Dim, "  (open above)");
                    }
                    line.push(Role::Dim, &format!("  {}", told::first_place(session, edge)));
                }
            }
            line
        };
        let lines: Vec<Words> = self.nodes.iter().map(line).collect();
        let root = self.root.map_or("", |root| told::name(session, root));
        let title = match self.direction {
            Direction::Forward => format!("Reach from  {root}"),
            Direction::Backward => format!("Who reaches  {root}"),
        };
        let cut = if self.nodes.len() >= LINES { "cut off at " } else { "" };
        let remark = format!("{cut}{}", count(self.nodes.len(), "line"));
        Pane::new(Words::of(Role::Strong, &title), lines).select(Some(self.number()), focus).remark(remark)
    }

    fn is_new(&self, session: &Session, edge: &Edge) -> bool {
        let same = |old: &Edge| old.to == edge.to && old.kind == edge.kind && old.grade == edge.grade;
        !session.base().graph().out(edge.from).iter().any(same)
    }

    /// The way to what is selected, hop by hop, and what asserts it
    #[must_use]
    pub fn path(&self, session: &Session) -> Pane {
        let way = self.way();
        let mut lines = Vec::new();
        let end = way.last().map(|edge| edge.to);
        let title = end.map_or("Path", |end| told::name(session, end));
        if way.is_empty() {
            lines.push(Words::of(Role::Dim, "the start: ⏎ opens it, ↓ goes on"));
        } else {
            let tier = way.iter().fold(Tier::Holds, |tier, edge| next(tier, edge.grade));
            let conditional = way.iter().any(|edge| edge.state == State::Conditional);
            let how = match tier {
                Tier::Holds => "holds".to_owned(),
                Tier::ThroughCode(n) => format!("through the code of {}", count(n as usize, "function")),
            };
            let mut line = Words::plain(&format!("{} · {how}", count(way.len(), "hop")));
            if conditional {
                line.push(Role::Maybe, " · ◐ if…");
            }
            lines.push(line);
            if let Some(at) = self.path {
                lines.push(Words::of(
                    Role::Dim,
                    &format!("way {} of {}: p next", at + 1, self.ways.paths.len()),
                ));
            }
            lines.push(Words::new());
        }
        if let Some(first) = way.first() {
            lines.push(Words::of(Role::Strong, told::name(session, first.from)));
        }
        for (number, edge) in way.iter().enumerate() {
            let line = Words::of(Role::Key, &format!("{} ", number + 1)).joined(&told::hop(session, edge));
            lines.push(line.with(Role::Dim, &format!("  {}", told::first_place(session, edge))));
        }
        if let Some(edge) = way.last() {
            lines.push(Words::new());
            lines.extend(told::edge(session, edge));
        }
        lines.extend(self.asserted(session));
        Pane::new(Words::of(Role::Strong, title), lines)
    }

    /// The claims that have a counterexample between the ends, or to the end
    fn asserted(&self, session: &Session) -> Vec<Words> {
        let Some((from, to)) = self.ends() else { return Vec::new() };
        let claims = session.loaded().config.assertions.iter().zip(&session.now().claims);
        let about = claims.filter(|(_, claimed)| {
            claimed.counters.iter().any(|counter| counter.against.ends() == (from, to))
        });
        let mut lines: Vec<Words> = about
            .map(|(claim, claimed)| {
                let (role, glyph) = told::outcome(claimed.outcome);
                Words::of(role, &format!(" {glyph} ")).with(Role::Plain, &claim.id)
            })
            .collect();
        if !lines.is_empty() {
            lines.insert(0, Words::of(Role::Strong, "asserted by"));
            lines.insert(0, Words::new());
        }
        lines
    }

    /// What breaks every way between the ends
    #[must_use]
    pub fn cuts(&self, session: &Session, focus: Focus) -> Pane {
        let title = Words::of(Role::Strong, "Cuts");
        let Some((from, to)) = self.ends() else {
            return Pane::new(title, vec![Words::of(Role::Dim, "select what is reached")]);
        };
        if !self.has_ways(session) {
            let ask = "x looks for the smallest sets of statements that break every way";
            return Pane::new(title, vec![Words::of(Role::Dim, ask)]);
        }
        let ends = format!("{} → {}", told::name(session, from), told::name(session, to));
        let mut pane = Pane::new(title.with(Role::Dim, &format!("  {ends}")), Vec::new());
        if self.ways.paths.is_empty() {
            pane.lines.push(Words::of(Role::Dim, "no way leads there"));
            return pane;
        }
        if self.ways.cuts.is_empty() {
            pane.lines.push(Words::of(Role::Dim, "no statement that can be dropped breaks every way"));
            return pane;
        }
        let size = self.ways.cuts.first().map_or(0, Vec::len);
        let words = match self.ways.greedy {
            Greedy::Smallest if size == 1 => "any one of these breaks every way: x tries it".to_owned(),
            Greedy::Smallest => format!("each of these sets of {size} breaks every way: x tries it"),
            Greedy::Perhaps => "together these break every way; fewer might: x tries it".to_owned(),
        };
        pane.head = vec![Words::of(Role::Dim, &words)];
        for cut in &self.ways.cuts {
            let one = |evidence: &Evidence| {
                let sid = evidence.sid.clone().unwrap_or_default();
                format!(
                    "{}  {} {sid}",
                    told::at(session, evidence.span),
                    evidence.policy.clone().unwrap_or_default()
                )
            };
            let all: Vec<String> = cut.iter().map(one).collect();
            pane.lines.push(Words::of(Role::Dim, "▸ ").with(Role::Plain, all.join("  and  ").trim_end()));
        }
        pane.select(Some(self.cut), focus)
    }

    /// The tree as a graph in the language of Graphviz
    #[must_use]
    pub fn dot(&self, session: &Session) -> String {
        let quoted = |text: &str| {
            let text = crate::report::escape::escape(text).replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{text}\"")
        };
        let mut lines = BTreeSet::new();
        for edge in self.nodes.iter().filter_map(|node| node.edge.as_ref()) {
            let style = match edge.state {
                State::Yes => "solid",
                State::Conditional => "dashed",
            };
            let (from, to) = (told::name(session, edge.from), told::name(session, edge.to));
            lines.insert(format!(
                "  {} -> {} [label={}, style={style}];",
                quoted(from),
                quoted(to),
                quoted(edge.kind)
            ));
        }
        let lines: Vec<String> = lines.into_iter().collect();
        format!("digraph gatecrash {{\n  rankdir=LR;\n{}\n}}\n", lines.join("\n"))
    }

    /// One line: from where, to what, and what is left out
    #[must_use]
    pub fn legend(&self, session: &Session) -> Words {
        let name = |id: Option<EntityId>| id.map_or("any", |id| told::name(session, id));
        let (from, to) = match self.direction {
            Direction::Forward => (name(self.root), name(self.to)),
            Direction::Backward => (name(self.to), name(self.root)),
        };
        Words::of(Role::Dim, &format!("from: {from}   to: {to}   edges: all   state: yes + conditional"))
    }
}

/// Whether anything follows from the end of an edge
fn goes_on(session: &Session, edge: &Edge) -> bool {
    let next = session.now().graph().out(edge.to);
    next.iter().any(|next| edge.leads_to(next)) || caller(session.loaded().world.entity(edge.to)).is_some()
}
