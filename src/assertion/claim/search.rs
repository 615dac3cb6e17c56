//! The search for what speaks against a claim: direct calls, steps, reach, and what lacks.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asked, CAN, Lack, Way, Who, causes, is_kind, wanted};
use crate::assertion::selection::{Meant, Selection};
use crate::assertion::{Call, Claim, Steps, Verb};
use crate::cause::{Cause, CauseKind};
use crate::reach::judge::Judgement;
use crate::reach::search::{self, Reached, Tier, Tiers};
use crate::reach::who::{self, Row, callers_of};
use crate::reach::{Edge, Grade, State};
use crate::world::kind::Kind;
use crate::world::view::{View, caller};
use crate::world::{EntityId, data};

/// One claim, asked of one world
pub(super) struct Search<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) claim: &'a Claim,
    pub(super) verb: Verb,
    pub(super) who: &'a Who,
    pub(super) targets: &'a Selection,
    /// The targets of ways: aliases of functions are among them
    pub(super) wide: &'a Selection,
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

    pub(super) fn ways(&self) -> Vec<Way> {
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
        let is_function = |id: &EntityId| view.entity(*id).kind.is_function();
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
                    callers_of(view, graph, action, &others).iter().for_each(|(to, row)| keep(*to, row));
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
            let aliases = world.of_kind(Kind::Function).filter(|alias| alias.alias_of == Some(*function));
            let ends: Vec<EntityId> = [*function].into_iter().chain(aliases.map(|alias| alias.id)).collect();
            for reached in search::reaching(world, graph, &ends, wanted(&calls_it, tiers)) {
                // The function itself is code that must run: one boundary is the call.
                let is_direct = reached.tier.boundaries() <= 1;
                let is_from_itself = reached.path.first().is_some_and(|first| ends.contains(&first.from));
                let counts = is_direct || tiers == Tiers::AlsoThroughCode;
                if reached.path.len() > 1 && counts && !is_from_itself {
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
        self.targets.named.keys().copied().filter(|id| view.entity(*id).kind.is_function()).collect()
    }

    /// What follows along edges
    fn reached(&self, counts: &dyn Fn(&Edge) -> bool, tiers: Tiers) -> Vec<Way> {
        let Asked { view, graph, .. } = self.asked;
        let world = view.world;
        let wanted = wanted(counts, tiers);
        let fits = |reached: &Reached<'_>| tiers == Tiers::AlsoThroughCode || reached.tier == Tier::Holds;
        let mut ways = Vec::new();
        if self.verb == Verb::Never && self.who.all.named.len() <= self.wide.named.len() {
            let everybody = everybody(self.asked).filter(|id| !self.who.all.named.contains_key(id));
            for start in self.who.all.named.keys().copied().chain(everybody) {
                for reached in search::reach_by(world, graph, &[start], wanted) {
                    if self.wide.named.contains_key(&reached.target) && fits(&reached) {
                        ways.extend(self.found(&reached, reached.target));
                    }
                }
            }
            return ways;
        }
        let targets: Vec<EntityId> = self.wide.named.keys().copied().collect();
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
    pub(super) fn in_steps(&self) -> Option<Way> {
        let Claim::Can { calls, steps: Steps::Direct, .. } = self.claim else { return None };
        let ways = self.by_steps(calls, Tiers::Holds);
        ways.into_iter().min_by_key(|way| (way.state, way.path.len()))
    }

    /// Pairs that must be there and are not, or only under a condition
    pub(super) fn lacks(&self) -> Vec<Lack> {
        let unsure = [&self.who.all, self.targets].map(|selection| {
            let first = selection.named.keys().next().copied();
            (first, first.filter(|_| selection.sure().next().is_none()))
        });
        // A claim about names that nobody knows in full does not hold because of that.
        if let [(Some(from), who), (Some(to), what)] = unsure
            && let Some(perhaps) = who.or(what)
        {
            let what = format!("whether the claim means {}", self.asked.view.entity(perhaps).display);
            let causes = vec![Cause::new(CauseKind::Hole, what)];
            return vec![Lack { from, to, call: None, causes, path: Vec::new() }];
        }
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
            wide: self.wide,
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
        Call::Action(action) => who::invokes(action),
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
        || !(entity.kind.is_function() || matches!(entity.kind, Kind::Group | Kind::Layer | Kind::Pattern))
}

/// The lack of a sure way; none where there is one
fn lack(from: EntityId, to: EntityId, call: Option<Call>, way: Option<Vec<Edge>>) -> Option<Lack> {
    let path = way.unwrap_or_default();
    let causes = causes(&path);
    (path.is_empty() || !causes.is_empty()).then_some(Lack { from, to, call, causes, path })
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
