//! What speaks against a claim: ways of those who must not, and the lack of ways of those who must.
//!
//! Safety (`only`, `never`, half of `exactly`) looks for ways and counts conditional ones; liveness (`always`, the other
//! half) wants an unconditional way for each pair. Must not know: waivers, or what an outcome is called.

use std::collections::{BTreeMap, BTreeSet};

use crate::assertion::selection::{Meant, Selection};
use crate::assertion::{Assertion, Call, Claim, Steps, Verb};
use crate::aws::pattern::{self, Fit, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::truth::Residual;
use crate::reach::edges::service::ANY_ACCOUNT;
use crate::reach::graph::Graph;
use crate::reach::judge::Judgement;
use crate::reach::search::{self, Prefer, Reached, Tier, Tiers, Wanted};
use crate::reach::who::{self, Row, callers_of};
use crate::reach::{Edge, Grade, State, Wiring};
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::select::{Names, Selector};
use crate::world::view::{View, caller};
use crate::world::{EntityId, data};

/// What claims are asked of
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The world, with what the claim gives
    pub view: &'a View<'a>,
    /// Its graph
    pub graph: &'a Graph,
    /// What names mean
    pub names: Names<'a>,
}

/// A way that a safety claim does not want
#[derive(Clone, Debug)]
pub struct Way {
    /// Who
    pub from: EntityId,
    /// What
    pub to: EntityId,
    /// What it gives
    pub grade: Grade,
    /// In which tier
    pub tier: Tier,
    /// Whether it is there for sure
    pub state: State,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// The calls, of a claim about calls
    pub calls: Vec<String>,
    /// The edges; a direct call is one
    pub path: Vec<Edge>,
    /// Of a way of everybody: one of those whom the claim is about and who has it like everybody
    pub also: Option<EntityId>,
}

/// A pair that a liveness claim wants and that is not there
#[derive(Clone, Debug)]
pub struct Lack {
    /// Who
    pub from: EntityId,
    /// What
    pub to: EntityId,
    /// The call, where the claim is about one
    pub call: Option<Call>,
    /// Why it is conditional; none where it is surely not there
    pub causes: Vec<Cause>,
    /// The conditional way, where there is one
    pub path: Vec<Edge>,
}

/// What was found
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Against safety
    pub ways: Vec<Way>,
    /// Against liveness
    pub lacks: Vec<Lack>,
    /// Selectors that name nothing
    pub empty: Vec<String>,
    /// A direct claim that holds: the shortest way by which it is reached in steps
    pub in_steps: Option<Way>,
}

/// Looks for what speaks against a claim
#[must_use]
pub fn against(asked: &Asked<'_>, assertion: &Assertion) -> Found {
    let (about, targets) = match &assertion.claim {
        Claim::Can { on, .. } => (on, Selection::of(&asked.names, on, &assertion.except)),
        Claim::Reach { targets, .. } => (targets, Selection::of(&asked.names, targets, &assertion.except)),
    };
    let who = Who::of(asked, assertion);
    let mut empty: Vec<String> = who.all.empty.iter().chain(&targets.empty).cloned().collect();
    if targets.named.is_empty() && targets.empty.is_empty() {
        empty.extend(about.iter().map(ToString::to_string));
    }
    empty.dedup();
    let search =
        Search { asked, claim: &assertion.claim, verb: assertion.verb, who: &who, targets: &targets };
    let mut found = Found { empty, ..Found::default() };
    if assertion.verb != Verb::Always {
        found.ways = search.ways();
        if assertion.verb == Verb::Never && found.ways.is_empty() {
            found.in_steps = search.in_steps();
        }
    }
    if matches!(assertion.verb, Verb::Always | Verb::Exactly) {
        found.lacks = search.lacks();
    }
    found
}

/// Another way between the ends of one, of a claim about what follows along edges: one that has an edge which is not
/// excused
#[must_use]
pub fn another(
    asked: &Asked<'_>,
    assertion: &Assertion,
    way: &Way,
    is_excused: &dyn Fn(&Edge) -> bool,
) -> Option<Way> {
    let Claim::Reach { tiers, grades, edges, .. } = &assertion.claim else { return None };
    let counts = |edge: &Edge| {
        edge.to == way.to
            && (grades.is_empty() || grades.contains(&edge.grade))
            && (edges.is_empty() || edges.iter().any(|kind| is_kind(kind, edge.kind)))
    };
    let has = |edge: &Edge| !is_excused(edge);
    let wanted = Wanted { has: Some(&has), ..wanted(&counts, *tiers) };
    let found = search::reach_by(asked.view.world, asked.graph, &[way.from], wanted);
    let other =
        found.into_iter().find(|reached| *tiers == Tiers::AlsoThroughCode || reached.tier == Tier::Holds)?;
    let path: Vec<Edge> = other.path.iter().map(|edge| (*edge).clone()).collect();
    let causes = causes(&path);
    let state = if causes.is_empty() { State::Yes } else { State::Conditional };
    Some(Way { grade: other.grade, tier: other.tier, state, causes, path, ..way.clone() })
}

/// Whom a claim names
struct Who {
    /// By any selector
    all: Selection,
    /// By another one than `outside`
    named: Selection,
}

impl Who {
    fn of(asked: &Asked<'_>, assertion: &Assertion) -> Self {
        let mut flat = Vec::new();
        flatten(&asked.names, &assertion.who, 0, &mut flat);
        let named: Vec<Selector> =
            flat.into_iter().filter(|one| !matches!(one, Selector::Outside | Selector::OutsideOrg)).collect();
        Self {
            all: Selection::of(&asked.names, &assertion.who, &assertion.except),
            named: Selection::of(&asked.names, &named, &assertion.except),
        }
    }

    /// How it names the start of a way; what `outside` names is outside only where nothing ties the way to us
    fn meant(&self, names: &Names<'_>, from: EntityId, first: &Edge) -> Option<Meant> {
        match self.named.meant(from) {
            Some(Meant::Surely) => Some(Meant::Surely),
            perhaps => {
                let outside = self.all.meant(from).filter(|_| perhaps.is_none());
                outside.filter(|_| !is_tied(names, from, first)).or(perhaps)
            }
        }
    }
}

/// Sets, spelled out
fn flatten(names: &Names<'_>, selectors: &[Selector], depth: usize, out: &mut Vec<Selector>) {
    for selector in selectors {
        let set = if let Selector::Set(name) = selector { Some(name) } else { None };
        match set.filter(|_| depth < 8) {
            Some(name) => {
                let members = names.ours.sets.get(name).map_or(&[][..], Vec::as_slice);
                flatten(names, members, depth + 1, out);
            }
            None => out.push(selector.clone()),
        }
    }
}

/// Whether a way of an outsider is open only to what is ours: a condition on the source, or on the caller's organisation
fn is_tied(names: &Names<'_>, from: EntityId, first: &Edge) -> bool {
    let is_service = names.world.entity(from).kind == Kind::Service;
    if is_service && first.grade == Grade::Influence && first.wiring == Wiring::Open && first.kind != CAN {
        // Where one of ours would have to wire the source, nobody else can.
        let is_ours_to_wire = first.causes.iter().any(|cause| cause.kind == CauseKind::Wiring);
        return is_ours_to_wire && !first.leaves_open.contains(&ANY_ACCOUNT);
    }
    first.residual.as_ref().is_some_and(|residual| ties(names, residual))
}

/// Keys that say whose a caller or a source is
static TYING: &[&str] =
    &["aws:SourceAccount", "aws:SourceOrgID", "aws:SourceArn", "aws:PrincipalOrgID", "aws:PrincipalAccount"];

fn ties(names: &Names<'_>, residual: &Residual) -> bool {
    match residual {
        Residual::All(parts) => parts.iter().any(|part| ties(names, part)),
        Residual::Any(parts) => !parts.is_empty() && parts.iter().all(|part| ties(names, part)),
        Residual::Atom(atom) => {
            let is_positive = !atom.operator.contains("Not")
                && !atom.operator.ends_with("IfExists")
                && atom.operator != "Null";
            is_positive
                && TYING.iter().any(|key| key.eq_ignore_ascii_case(&atom.key))
                && !atom.values.is_empty()
                && atom.values.iter().all(|value| is_ours(names, value))
        }
        Residual::Not(_) | Residual::Hole { .. } | Residual::Cause(_) => false,
    }
}

/// An account of ours, our organisation, or an ARN in an account of ours
fn is_ours(names: &Names<'_>, value: &Text) -> bool {
    let org = names.ours.org.as_deref();
    let account = value.split(':', 6).get(4).cloned();
    names.is_our_account(value)
        || (org.is_some() && value.as_literal() == org)
        || account.is_some_and(|account| !account.is_empty() && names.is_our_account(&account))
}

/// The kind of the edge of a call that is no edge of the graph
pub const CAN: &str = "can";

struct Search<'a> {
    asked: &'a Asked<'a>,
    claim: &'a Claim,
    verb: Verb,
    who: &'a Who,
    targets: &'a Selection,
}

impl Search<'_> {
    /// How surely a way is one that the claim does not want
    fn unwanted(&self, from: EntityId, first: &Edge) -> Option<Meant> {
        let meant = self.who.meant(&self.asked.names, from, first);
        match (self.verb, meant) {
            (Verb::Never, meant) => meant,
            (Verb::Only | Verb::Exactly, Some(Meant::Surely)) | (Verb::Always, _) => None,
            (Verb::Only | Verb::Exactly, Some(Meant::Perhaps)) => Some(Meant::Perhaps),
            (Verb::Only | Verb::Exactly, None) => is_somebody(self.asked, from).then_some(Meant::Surely),
        }
    }

    fn ways(&self) -> Vec<Way> {
        let mut ways = match self.claim {
            Claim::Can { calls, steps, tiers, .. } => {
                let mut ways = self.direct(calls);
                if *steps == Steps::Any {
                    ways.extend(self.by_steps(calls, *tiers));
                }
                ways
            }
            Claim::Reach { tiers, grades, edges, .. } => {
                let counts = |edge: &Edge| {
                    (grades.is_empty() || grades.contains(&edge.grade))
                        && (edges.is_empty() || edges.iter().any(|kind| is_kind(kind, edge.kind)))
                };
                self.reached(&counts, *tiers)
            }
        };
        let view = self.asked.view;
        ways.sort_by(|a, b| {
            let key = |way: &Way| (way.state, way.tier, way.path.len());
            let name = |id: EntityId| &view.entity(id).display;
            (key(a), name(a.from), name(a.to), a.grade).cmp(&(key(b), name(b.from), name(b.to), b.grade))
        });
        ways
    }

    /// A way that the claim does not want, made conditional where its ends are named only perhaps
    fn way(&self, path: Vec<Edge>, to: EntityId, tier: Tier) -> Option<Way> {
        let unwanted = self.unwanted(path.first()?.from, path.first()?)?;
        let mut way = self.plain(path, to, tier)?;
        for (id, meant) in [(way.from, Some(unwanted)), (to, self.targets.meant(to))] {
            if meant == Some(Meant::Perhaps) {
                let what = format!("whether the claim means {}", self.asked.view.entity(id).display);
                way.causes.push(Cause::new(CauseKind::Hole, what));
                way.state = State::Conditional;
            }
        }
        Some(way)
    }

    /// A way as it is, whoever the claim names
    fn plain(&self, path: Vec<Edge>, to: EntityId, tier: Tier) -> Option<Way> {
        let (from, grade) = (path.first()?.from, path.last()?.grade);
        let causes = causes(&path);
        let state = if causes.is_empty() { State::Yes } else { State::Conditional };
        Some(Way { from, to, grade, tier, state, causes, calls: Vec::new(), path, also: None })
    }

    /// Direct calls
    fn direct(&self, calls: &[Call]) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        for called in self.rows(calls) {
            let (from, path, call) = (called.edge.from, vec![called.edge], called.call);
            let way = self.way(path.clone(), called.to, Tier::Holds);
            let way = way.or_else(|| self.everybodys(from, || self.plain(path, called.to, Tier::Holds)));
            let Some(mut way) = way else { continue };
            way.calls.push(call);
            // Two calls of one claim by the same statements are one counterexample.
            let rests_on = |way: &Way| way.path.first().map(|edge| (edge.kind, edge.evidence.clone()));
            let same = |known: &&mut Way| {
                (known.from, known.to) == (way.from, way.to) && rests_on(known) == rests_on(&way)
            };
            match ways.iter_mut().find(same) {
                None => ways.push(way),
                Some(known) => {
                    if way.state < known.state {
                        std::mem::swap(known, &mut way);
                    }
                    known.calls.append(&mut way.calls);
                }
            }
        }
        ways
    }

    /// The calls, on everything that the claim names
    fn rows(&self, calls: &[Call]) -> Vec<Called> {
        let Asked { view, graph, .. } = self.asked;
        let is_function = |id: &EntityId| view.entity(*id).kind == Kind::Function;
        let mut rows = Vec::new();
        for call in calls {
            let targets = self.targets.named.keys().copied();
            let (functions, others): (Vec<EntityId>, Vec<EntityId>) =
                targets.partition(|id| is_invocation(call) && is_function(id));
            let mut keep = |to: EntityId, row: &Row| {
                rows.push(Called { call: call.to_string(), to, edge: edge(row, to, grade(call)) });
            };
            let asked = match call {
                Call::Invoke => who::Call::Invoke,
                Call::Action(action) => {
                    callers_of(view, action, &others).iter().for_each(|(to, row)| keep(*to, row));
                    who::Call::Action(action.clone())
                }
            };
            for function in functions {
                who::who_can(view, graph, &asked, function).iter().for_each(|row| keep(function, row));
            }
        }
        rows
    }

    /// Who comes to a direct call by way of something else
    fn by_steps(&self, calls: &[Call], tiers: Tiers) -> Vec<Way> {
        let Asked { view, graph, .. } = self.asked;
        let world = view.world;
        let mut ways = Vec::new();
        let functions: BTreeSet<EntityId> = self.functions(calls);
        for function in &functions {
            let calls_it = |edge: &Edge| edge.grade == Grade::Influence;
            for reached in search::reaching(world, graph, &[*function], wanted(&calls_it, tiers)) {
                // The function itself is code that must run: one boundary is the call.
                let is_direct = reached.tier.boundaries() <= 1;
                if reached.path.len() > 1 && (is_direct || tiers == Tiers::AlsoThroughCode) {
                    ways.extend(self.found(&reached, *function));
                }
            }
        }
        let mut by_caller: BTreeMap<EntityId, Vec<Called>> = BTreeMap::new();
        for called in self.rows(calls).into_iter().filter(|called| !functions.contains(&called.to)) {
            by_caller.entry(called.edge.from).or_default().push(called);
        }
        for (principal, rows) in by_caller {
            let becomes = |edge: &Edge| edge.grade == Grade::Control;
            for reached in search::reaching(world, graph, &[principal], wanted(&becomes, tiers)) {
                if tiers == Tiers::Holds && reached.tier != Tier::Holds {
                    continue;
                }
                for called in &rows {
                    let path = reached.path.iter().map(|edge| (*edge).clone()).chain([called.edge.clone()]);
                    let way = self.way(path.collect(), called.to, reached.tier);
                    ways.extend(way.map(|way| Way { calls: vec![called.call.clone()], ..way }));
                }
            }
        }
        ways
    }

    fn functions(&self, calls: &[Call]) -> BTreeSet<EntityId> {
        if !calls.iter().any(is_invocation) {
            return BTreeSet::new();
        }
        let view = self.asked.view;
        self.targets.named.keys().copied().filter(|id| view.entity(*id).kind == Kind::Function).collect()
    }

    /// What follows along edges
    fn reached(&self, counts: &dyn Fn(&Edge) -> bool, tiers: Tiers) -> Vec<Way> {
        let Asked { view, graph, .. } = self.asked;
        let world = view.world;
        let wanted = wanted(counts, tiers);
        let fits = |reached: &Reached<'_>| tiers == Tiers::AlsoThroughCode || reached.tier == Tier::Holds;
        let mut ways = Vec::new();
        if self.verb == Verb::Never && self.who.all.named.len() <= self.targets.named.len() {
            let everybody = everybody(self.asked).filter(|id| !self.who.all.named.contains_key(id));
            for start in self.who.all.named.keys().copied().chain(everybody) {
                for reached in search::reach_by(world, graph, &[start], wanted) {
                    if self.targets.named.contains_key(&reached.target) && fits(&reached) {
                        ways.extend(self.found(&reached, reached.target));
                    }
                }
            }
            return ways;
        }
        let targets: Vec<EntityId> = self.targets.named.keys().copied().collect();
        // Most claims hold: one search tells whether anybody unwanted reaches any of the targets.
        let is_unwanted = |reached: &Reached<'_>| {
            fits(reached) && reached.path.first().is_some_and(|first| self.concerns(first.from, first))
        };
        if !search::reaching(world, graph, &targets, wanted).iter().any(is_unwanted) {
            return ways;
        }
        for target in targets {
            for reached in search::reaching(world, graph, &[target], wanted) {
                if fits(&reached) {
                    ways.extend(self.found(&reached, target));
                }
            }
        }
        ways
    }

    /// Whether a way from here is unwanted, or unwanted because everybody has it
    fn concerns(&self, from: EntityId, first: &Edge) -> bool {
        self.unwanted(from, first).is_some()
            || (self.verb == Verb::Never && everybody(self.asked).any(|id| id == from))
    }

    fn found(&self, reached: &Reached<'_>, to: EntityId) -> Option<Way> {
        let path = || reached.path.iter().map(|edge| (*edge).clone()).collect::<Vec<_>>();
        let from = reached.path.first()?.from;
        self.way(path(), to, reached.tier)
            .or_else(|| self.everybodys(from, || self.plain(path(), to, reached.tier)))
    }

    /// A way of everybody, where the claim is about somebody who has it like everybody
    fn everybodys(&self, from: EntityId, way: impl FnOnce() -> Option<Way>) -> Option<Way> {
        if self.verb != Verb::Never || !everybody(self.asked).any(|id| id == from) {
            return None;
        }
        let also = self.who.all.sure().find(|id| signs(self.asked.view, *id))?;
        Some(Way { also: Some(also), ..way()? })
    }

    /// Where a direct claim holds: the shortest way by which it is reached in steps, of those that count as direct
    fn in_steps(&self) -> Option<Way> {
        let Claim::Can { calls, steps: Steps::Direct, .. } = self.claim else { return None };
        let ways = self.by_steps(calls, Tiers::Holds);
        ways.into_iter().min_by_key(|way| (way.state, way.path.len()))
    }

    /// Pairs that must be there and are not, or only under a condition
    fn lacks(&self) -> Vec<Lack> {
        match self.claim {
            Claim::Can { calls, steps, tiers, .. } => self.calls_lacking(calls, *steps, *tiers),
            Claim::Reach { tiers, grades, edges, .. } => {
                let counts = |edge: &Edge| {
                    (grades.is_empty() || grades.contains(&edge.grade))
                        && (edges.is_empty() || edges.iter().any(|kind| is_kind(kind, edge.kind)))
                };
                let mut lacks = Vec::new();
                for from in self.who.all.sure() {
                    let mut reached = self.reached_from(from, &counts, *tiers);
                    for to in self.targets.sure().filter(|to| *to != from) {
                        lacks.extend(lack(from, to, None, reached.0.remove(&(from, to))));
                    }
                }
                lacks
            }
        }
    }

    /// The best way from a start to each thing, everybody's included
    fn reached_from(&self, from: EntityId, counts: &dyn Fn(&Edge) -> bool, tiers: Tiers) -> Best {
        let Asked { view, graph, .. } = self.asked;
        let mut best = Best::default();
        let everybody = everybody(self.asked).filter(|id| *id != from && signs(view, from));
        for start in [from].into_iter().chain(everybody) {
            for reached in search::reach_by(view.world, graph, &[start], wanted(counts, tiers)) {
                if tiers == Tiers::AlsoThroughCode || reached.tier == Tier::Holds {
                    let path = reached.path.iter().map(|edge| (*edge).clone()).collect();
                    best.keep((from, reached.target), path);
                }
            }
        }
        best
    }

    fn calls_lacking(&self, calls: &[Call], steps: Steps, tiers: Tiers) -> Vec<Lack> {
        let view = self.asked.view;
        let nobody = Who { all: Selection::default(), named: Selection::default() };
        let everyones = Search {
            asked: self.asked,
            claim: self.claim,
            verb: Verb::Only,
            who: &nobody,
            targets: self.targets,
        };
        let mut lacks = Vec::new();
        for call in calls {
            let one = std::slice::from_ref(call);
            let mut best = Best::default();
            // A call that names an alias is no call on the function.
            for called in self.rows(one).into_iter().filter(|called| called.edge.to == called.to) {
                best.keep((called.edge.from, called.to), vec![called.edge]);
            }
            if steps == Steps::Any {
                for way in everyones.by_steps(one, tiers) {
                    best.keep((way.from, way.to), way.path);
                }
            }
            for from in self.who.all.sure() {
                for to in self.targets.sure().filter(|to| *to != from) {
                    let everybody = everybody(self.asked).filter(|_| signs(view, from));
                    let mut pair = Best::default();
                    for who in [from].into_iter().chain(everybody) {
                        if let Some(path) = best.0.get(&(who, to)) {
                            pair.keep((from, to), path.clone());
                        }
                    }
                    lacks.extend(lack(from, to, Some(call.clone()), pair.0.remove(&(from, to))));
                }
            }
        }
        lacks
    }
}

/// The best way of each pair: one that is there for sure before one that may be
#[derive(Default)]
struct Best(BTreeMap<(EntityId, EntityId), Vec<Edge>>);

impl Best {
    fn keep(&mut self, pair: (EntityId, EntityId), path: Vec<Edge>) {
        let is_sure = |path: &[Edge]| path.iter().all(|edge| edge.state == State::Yes);
        if self.0.get(&pair).is_none_or(|known| is_sure(&path) && !is_sure(known)) {
            self.0.insert(pair, path);
        }
    }
}

/// One call that somebody can make
struct Called {
    call: String,
    to: EntityId,
    edge: Edge,
}

fn is_invocation(call: &Call) -> bool {
    match call {
        Call::Invoke => true,
        Call::Action(action) => action.is("lambda:InvokeFunction") || action.is("lambda:InvokeFunctionUrl"),
    }
}

/// What a call gives
fn grade(call: &Call) -> Grade {
    let Call::Action(action) = call else { return Grade::Influence };
    if is_invocation(call) {
        return Grade::Influence;
    }
    match data::access(action.as_str()) {
        Some((row, _)) if row.read.iter().any(|access| action.is(access.action)) => Grade::Read,
        Some(_) => Grade::Write,
        None => Grade::Control,
    }
}

fn causes(path: &[Edge]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for cause in path.iter().flat_map(|edge| &edge.causes) {
        if !causes.iter().any(|known| known.kind == cause.kind && known.what == cause.what) {
            causes.push(cause.clone());
        }
    }
    causes
}

fn signs(view: &View<'_>, id: EntityId) -> bool {
    matches!(view.entity(id).kind, Kind::User | Kind::Role | Kind::Account | Kind::AnyAccount)
}

/// Whose ways everybody has who signs requests
fn everybody(asked: &Asked<'_>) -> impl Iterator<Item = EntityId> {
    asked.view.world.anonymous().into_iter()
}

/// Whether an entity is one of those that a claim about everyone is about: callers and sources, not the code that runs
/// as a role, nor what is only called
fn is_somebody(asked: &Asked<'_>, id: EntityId) -> bool {
    let entity = asked.view.entity(id);
    caller(entity).is_some()
        || !matches!(entity.kind, Kind::Function | Kind::Group | Kind::Layer | Kind::Pattern)
}

fn wanted<'c>(counts: &'c dyn Fn(&Edge) -> bool, tiers: Tiers) -> Wanted<'c> {
    let prefer = match tiers {
        Tiers::Holds => Prefer::Tier,
        Tiers::AlsoThroughCode => Prefer::State,
    };
    Wanted { counts, prefer, has: None }
}

/// The lack of a sure way; none where there is one
fn lack(from: EntityId, to: EntityId, call: Option<Call>, way: Option<Vec<Edge>>) -> Option<Lack> {
    let path = way.unwrap_or_default();
    let causes = causes(&path);
    (path.is_empty() || !causes.is_empty()).then_some(Lack { from, to, call, causes, path })
}

/// Whether a kind of edge is meant: `data.*`
#[must_use]
pub fn is_kind(pattern: &str, kind: &str) -> bool {
    fit(&Text::from(pattern), &Text::from(kind), pattern::Way::Like) == Fit::Yes
}

/// The edge that a row stands for
fn edge(row: &Row, to: EntityId, grade: Grade) -> Edge {
    let judged = Judgement {
        causes: row.causes.clone(),
        residual: row.residual.clone(),
        choices: row.choices.clone(),
        evidence: row.evidence.clone(),
        level: row.level,
    };
    Edge {
        state: row.state,
        wiring: row.wiring,
        leaves_open: row.leaves_open.clone(),
        ..judged.edge(row.edge.unwrap_or(CAN), grade, row.principal, row.on.unwrap_or(to))
    }
}
