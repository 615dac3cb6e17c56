//! What follows from a draft: the world, its graph, what became of each claim, and what differs from what was loaded.
//!
//! Worked out from the outcome before it: edges that the edit cannot have changed are shared. Must not know: which edits led
//! here, or how anything is shown.

use std::sync::Arc;

use crate::assertion::check::{self, Counter, Graphs, Task};
use crate::assertion::claim::Way;
use crate::assertion::{Assertion, Config};
use crate::eval::context::KeyValue;
use crate::reach::change::{Change, Side, of_edit};
use crate::reach::graph::{Graph, Stale};
use crate::reach::search::{Tier, next};
use crate::reach::{Grade, State};
use crate::session::stale::stale;
use crate::session::{Job, Loaded};
use crate::source::Sources;
use crate::world::edit::Changed;
use crate::world::view::View;
use crate::world::{EntityId, World};

/// Edges that may be looked at to compare what callers reach after an edit: callers from outside come first, those that
/// are too many are counted, and `gatecrash diff` compares them all
const COMPARED: usize = 4_000_000;
/// Callers whose reach is compared at least, and at most
const CALLERS: (usize, usize) = (4, 400);

/// Context keys that are fixed
type Given = Vec<(String, KeyValue)>;

/// What follows from a draft
#[derive(Clone, Debug)]
pub struct Outcome {
    generation: u64,
    changed: Changed,
    given: Given,
    world: Arc<World>,
    graph: Graph,
    /// Graphs for claims that give context keys, by what they give
    of_claims: Vec<(Given, Graph)>,
    /// What became of the claims, in the order of the file
    pub claims: Vec<Claimed>,
    /// The steps that differ from what was loaded
    pub direct: Vec<Differs>,
    /// What callers reach in steps that differs
    pub reach: Vec<Differs>,
    /// Callers whose reach was not compared
    pub left_out: usize,
}

/// What became of a claim
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The outcome
    pub outcome: check::Outcome,
    /// What speaks against it
    pub counters: Vec<Counter>,
    /// Selectors that match nothing
    pub empty: Vec<String>,
    /// Expected counterexamples that are not there any more
    pub gone: Vec<String>,
    /// A direct claim that holds: a way in steps
    pub in_steps: Option<Way>,
}

/// Something that differs from what was loaded
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differs {
    /// How
    pub change: Change,
    /// Who
    pub from: EntityId,
    /// What
    pub to: EntityId,
    /// How it is reached
    pub grade: Grade,
    /// The kind of the edge; the last one of several
    pub kind: &'static str,
    /// In which tier, now or else before
    pub tier: Tier,
    /// Whether it is conditional, now or else before
    pub state: State,
    /// In how many steps, now or else before
    pub hops: usize,
}

/// Hears how much of how much is done, and says whether to go on
pub type GoOn<'g> = &'g mut dyn FnMut(usize, usize) -> bool;

impl Outcome {
    /// What follows without an edit
    pub(super) fn of_loaded(loaded: &Loaded, go_on: GoOn<'_>) -> Option<Self> {
        let world = Arc::clone(&loaded.world);
        let everything = Stale::everything(&world);
        let built = |given: &Given, go_on: GoOn<'_>| {
            Graph::default().again(&View::new(&world).given(given.clone()), &everything, go_on)
        };
        let graph = built(&Given::new(), go_on)?;
        let mut of_claims = Vec::new();
        for given in keys(&loaded.config) {
            let graph = built(&given, go_on)?;
            of_claims.push((given, graph));
        }
        let mut outcome = Self {
            generation: 0,
            changed: Changed::default(),
            given: Vec::new(),
            world,
            graph,
            of_claims,
            claims: Vec::new(),
            direct: Vec::new(),
            reach: Vec::new(),
            left_out: 0,
        };
        outcome.claims = outcome.judge(loaded);
        Some(outcome)
    }

    /// What follows from a draft, worked out from what followed before
    pub(super) fn after(job: &Job, go_on: GoOn<'_>) -> Option<Self> {
        let Job { loaded, from, draft, .. } = job;
        let changed = draft.changed(&loaded.world);
        let world = Arc::new(loaded.world.changed(&changed));
        let stale = if draft.given == from.given {
            stale(&loaded.world, &job.index, &from.changed, &changed)
        } else {
            Stale::everything(&world)
        };
        let again = |given: &Given, graph: &Graph, go_on: GoOn<'_>| {
            graph.again(&View::new(&world).given(with(given, &draft.given)), &stale, go_on)
        };
        let graph = again(&Given::new(), &from.graph, go_on)?;
        let mut of_claims = Vec::new();
        for (given, graph) in &from.of_claims {
            of_claims.push((given.clone(), again(given, graph, go_on)?));
        }
        let mut outcome = Self {
            generation: job.generation,
            changed,
            given: draft.given.clone(),
            world,
            graph,
            of_claims,
            claims: Vec::new(),
            direct: Vec::new(),
            reach: Vec::new(),
            left_out: 0,
        };
        if !go_on(0, 0) {
            return None;
        }
        outcome.claims = outcome.judge(loaded);
        outcome.compare(&job.base, &job.sources);
        Some(outcome)
    }

    /// The world
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The world, with the context keys that the draft gives
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View::new(&self.world).given(self.given.clone())
    }

    /// The graph
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The number of the list of edits that this follows from
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The claims as a check of the file finds them
    fn judge(&self, loaded: &Loaded) -> Vec<Claimed> {
        let made = |given: &Given, graph: &Graph| {
            (given.clone(), View::new(&self.world).given(with(given, &self.given)), graph.clone())
        };
        let of_claims = self.of_claims.iter().map(|(given, graph)| made(given, graph));
        let graphs = std::iter::once(made(&Given::new(), &self.graph)).chain(of_claims);
        let graphs = Graphs::made(graphs.collect());
        let task = Task { config: &loaded.config, world: &self.world, today: loaded.today };
        let claims: Vec<&Assertion> = loaded.config.assertions.iter().collect();
        let one = |result: check::Result<'_>| Claimed {
            outcome: result.outcome,
            counters: result.counters,
            empty: result.empty,
            gone: result.gone,
            in_steps: result.in_steps,
        };
        check::judged(task, &claims, &graphs).results.into_iter().map(one).collect()
    }

    fn compare(&mut self, base: &Self, sources: &Sources) {
        let (old, new) = (base.view(), self.view());
        let before = Side { view: &old, graph: base.graph(), sources, folder: "" };
        let after = Side { view: &new, graph: self.graph(), sources, folder: "" };
        let callers = (COMPARED / self.graph().len().max(1)).clamp(CALLERS.0, CALLERS.1);
        let changes = of_edit(&before, &after, callers);
        let direct = changes.direct.iter().filter_map(|one| {
            let edge = one.after.or(one.before)?;
            let tier = next(Tier::Holds, edge.grade);
            Some(Differs {
                change: one.change,
                from: edge.from,
                to: edge.to,
                grade: edge.grade,
                kind: edge.kind,
                tier,
                state: edge.state,
                hops: 1,
            })
        });
        let reach = changes.reach.iter().filter_map(|one| {
            let reached = one.after.as_ref().or(one.before.as_ref())?;
            Some(Differs {
                change: one.change,
                from: one.from.1.or(one.from.0)?,
                to: reached.target,
                grade: reached.grade,
                kind: reached.path.last().map_or("", |edge| edge.kind),
                tier: reached.tier,
                state: reached.state,
                hops: reached.path.len(),
            })
        });
        let (direct, reach, left_out) = (direct.collect(), reach.collect(), changes.left_out);
        (self.direct, self.reach, self.left_out) = (direct, reach, left_out);
    }
}

/// The context keys that claims give, each set once
fn keys(config: &Config) -> Vec<Given> {
    let mut out: Vec<Given> = Vec::new();
    for given in config.assertions.iter().map(|claim| &claim.given) {
        if !given.is_empty() && !out.contains(given) {
            out.push(given.clone());
        }
    }
    out
}

/// What a claim gives, and what the draft gives beside it
fn with(claim: &Given, draft: &Given) -> Given {
    let own = |key: &str| claim.iter().any(|(known, _)| known.eq_ignore_ascii_case(key));
    claim.iter().chain(draft.iter().filter(|(key, _)| !own(key))).cloned().collect()
}
