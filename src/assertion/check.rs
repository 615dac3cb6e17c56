//! Checking: every claim of a file against a world, each with its outcome.
//!
//! Claims that give the same context keys share one graph. Must not know: files, the clock, how anything is printed.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::assertion::claim::{Asked, Found, Lack, Way, against, another};
use crate::assertion::mark::Marks;
use crate::assertion::mend::{Mend, Replay, mend};
use crate::assertion::waiver::Standing;
use crate::assertion::{Assertion, Config, Empty, Expected};
use crate::aws::pattern::Fit;
use crate::cause::CauseKind;
use crate::eval::context::KeyValue;
use crate::reach::State;
use crate::reach::graph::Graph;
use crate::world::select::{Names, Selector};
use crate::world::view::{StatementPlace, View};
use crate::world::{EntityId, World};

/// Edges that the tries of all mends may decide or copy together: large worlds try fewer edits
const TRIED: usize = 4_000_000;

/// What became of a claim
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It holds
    Holds,
    /// It is violated, and every counterexample is waived
    Waived,
    /// It is violated exactly as expected
    Expected,
    /// Every counterexample depends on something that nobody fixed
    Inconclusive,
    /// A selector matches nothing
    Vacuous,
    /// It was expected to be violated and is not, or not in all the ways expected
    Fixed,
    /// It does not hold
    Violated,
}

impl Outcome {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Waived => "waived",
            Self::Expected => "expected",
            Self::Inconclusive => "inconclusive",
            Self::Vacuous => "vacuous",
            Self::Fixed => "fixed",
            Self::Violated => "violated",
        }
    }
}

/// Every outcome, in the order of how bad it is
pub static OUTCOMES: &[Outcome] = &[
    Outcome::Holds,
    Outcome::Waived,
    Outcome::Expected,
    Outcome::Inconclusive,
    Outcome::Vacuous,
    Outcome::Fixed,
    Outcome::Violated,
];

/// A counterexample
#[derive(Clone, Debug)]
pub struct Counter {
    /// The way, or its lack
    pub against: Against,
    /// The waiver that excuses it, by its place in the file
    pub waived: Option<usize>,
    /// A waiver that would excuse it, had it not expired
    pub expired: Option<usize>,
    /// Whether the claim expects it
    pub expected: bool,
}

/// What speaks against a claim
#[derive(Clone, Debug)]
pub enum Against {
    /// Somebody can who must not
    Way(Way),
    /// Somebody cannot who must
    Lack(Lack),
}

impl Against {
    /// Who and what
    #[must_use]
    pub fn ends(&self) -> (EntityId, EntityId) {
        match self {
            Self::Way(way) => (way.from, way.to),
            Self::Lack(lack) => (lack.from, lack.to),
        }
    }

    /// Whether it speaks against the claim whatever nobody fixed turns out to be
    ///
    /// Wiring that is switched off is no way for those who must be able to.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        match self {
            Self::Way(way) => way.state == State::Yes,
            Self::Lack(lack) => {
                lack.causes.is_empty() || lack.causes.iter().any(|cause| cause.kind == CauseKind::SwitchedOff)
            }
        }
    }
}

/// One claim, checked
#[derive(Clone, Debug)]
pub struct Result<'c> {
    /// The claim
    pub assertion: &'c Assertion,
    /// What became of it
    pub outcome: Outcome,
    /// What speaks against it, waived and expected ones included
    pub counters: Vec<Counter>,
    /// Selectors that match nothing
    pub empty: Vec<String>,
    /// Expected counterexamples that are not there any more
    pub gone: Vec<String>,
    /// Classes of things that the input would have to show completely
    pub open: Vec<String>,
    /// A direct claim that holds: a way in steps
    pub in_steps: Option<Way>,
    /// The smallest edit that makes it hold
    pub mend: Option<Mend>,
}

/// A file, checked
#[derive(Clone, Debug)]
pub struct Checked<'c> {
    /// The claims that were selected, in the order of the file
    pub results: Vec<Result<'c>>,
    /// How each waiver of the file stands
    pub waivers: Vec<Standing>,
    /// The marks of the statements
    pub marks: Marks,
}

/// What a check is about
#[derive(Clone, Copy, Debug)]
pub struct Task<'c> {
    /// The file
    pub config: &'c Config,
    /// The world
    pub world: &'c World,
    /// The day that waivers are held against
    pub today: Date,
}

/// Checks the claims that `selected` wants; `tell` hears how far the graphs are
#[must_use]
pub fn check<'c>(
    task: Task<'c>,
    selected: &dyn Fn(&Assertion) -> bool,
    tell: &mut dyn FnMut(usize, usize),
) -> Checked<'c> {
    let Task { config, world, .. } = task;
    let names = Names { world, ours: &config.ours };
    let wanted: Vec<&Assertion> = config.assertions.iter().filter(|assertion| selected(assertion)).collect();
    let graphs = Graphs::of(world, &wanted, tell);
    let Checked { mut results, waivers, marks } = judged(task, &wanted, &graphs);
    let outcomes: Vec<Outcome> = results.iter().map(|result| result.outcome).collect();
    let replay = |view: &View<'_>, graph: &Graph, assertion: &Assertion| {
        let asked = Asked { view, graph, names };
        judge(task, &asked, &marks, assertion, against(&asked, assertion)).outcome
    };
    let others = Replay { graphs: &graphs, claims: &wanted, outcomes: &outcomes, judge: &replay };
    let mut tries = TRIED / graphs.edges().max(1);
    for result in results.iter_mut().filter(|result| result.outcome == Outcome::Violated) {
        result.mend = mend(names, result.assertion, &result.counters, &others, &mut tries);
    }
    Checked { results, waivers, marks }
}

/// The claims as they stand on graphs that are there; no edit that mends one is looked for
#[must_use]
pub fn judged<'c>(task: Task<'c>, claims: &[&'c Assertion], graphs: &Graphs<'_>) -> Checked<'c> {
    let names = Names { world: task.world, ours: &task.config.ours };
    let marks = if claims.is_empty() { Marks::default() } else { Marks::of(task.world) };
    let one = |assertion: &&'c Assertion| {
        let (view, graph) = graphs.of_claim(assertion)?;
        let asked = Asked { view, graph, names };
        Some(judge(task, &asked, &marks, assertion, against(&asked, assertion)))
    };
    let results: Vec<Result<'c>> = claims.iter().filter_map(one).collect();
    let waivers = (0..task.config.waivers.len()).map(|at| standing(task, claims, &results, at)).collect();
    Checked { results, waivers, marks }
}

/// Context keys, the view that has them, and its graph
pub type Made<'w> = (Vec<(String, KeyValue)>, View<'w>, Graph);

/// One view and graph for each set of context keys that claims give
#[derive(Debug)]
pub struct Graphs<'w> {
    /// The first gives nothing
    made: Vec<Made<'w>>,
}

impl<'w> Graphs<'w> {
    /// Graphs that are there already, the first one without context keys of a claim
    #[must_use]
    pub fn made(made: Vec<Made<'w>>) -> Self {
        Self { made }
    }

    fn of(world: &'w World, claims: &[&Assertion], tell: &mut dyn FnMut(usize, usize)) -> Self {
        let mut graphs = Self { made: Vec::new() };
        for given in std::iter::once(&Vec::new()).chain(claims.iter().map(|claim| &claim.given)) {
            if !graphs.made.iter().any(|(known, ..)| known == given) {
                let view = View::new(world).given(given.clone());
                let graph = Graph::build_telling(&view, tell);
                graphs.made.push((given.clone(), view, graph));
            }
        }
        graphs
    }

    /// The view and graph of a claim; none of a claim that they were not made for
    #[must_use]
    pub fn of_claim(&self, claim: &Assertion) -> Option<(&View<'w>, &Graph)> {
        let made = self.made.iter().find(|(given, ..)| *given == claim.given);
        made.map(|(_, view, graph)| (view, graph))
    }

    /// The same with an edit that allows less
    #[must_use]
    pub fn narrowed(&self, places: &BTreeSet<StatementPlace>, edit: &dyn Fn(&View<'w>) -> View<'w>) -> Self {
        let one = |(given, view, graph): &Made<'w>| {
            let view = edit(view);
            let graph = graph.narrowed(&view, places);
            (given.clone(), view, graph)
        };
        Self { made: self.made.iter().map(one).collect() }
    }

    /// How many edges there are in all
    #[must_use]
    pub fn edges(&self) -> usize {
        self.made.iter().map(|(.., graph)| graph.len()).sum()
    }
}

fn judge<'c>(
    task: Task<'_>,
    asked: &Asked<'_>,
    marks: &Marks,
    assertion: &'c Assertion,
    found: Found,
) -> Result<'c> {
    let mut counters: Vec<Counter> = Vec::new();
    for way in found.ways {
        counters.extend(beside(task, asked, marks, assertion, &way));
        counters.push(counter(task, asked, marks, assertion, Against::Way(way)));
    }
    for lack in found.lacks {
        counters.push(counter(task, asked, marks, assertion, Against::Lack(lack)));
    }
    let gone = assertion.expect.as_ref().map_or(Vec::new(), |expected| gone(asked, expected, &counters));
    let is_open = |counter: &&Counter| counter.waived.is_none() && !counter.expected;
    let open: Vec<&Counter> = counters.iter().filter(is_open).collect();
    let outcome = if open.iter().any(|counter| counter.against.is_sure()) {
        Outcome::Violated
    } else if !found.empty.is_empty() && assertion.empty == Empty::Vacuous {
        Outcome::Vacuous
    } else if !open.is_empty() {
        Outcome::Inconclusive
    } else if assertion.expect.is_some() {
        if counters.is_empty() || !gone.is_empty() { Outcome::Fixed } else { Outcome::Expected }
    } else if !counters.is_empty() {
        Outcome::Waived
    } else if !task.config.require_closed.is_empty() {
        // Terraform shows no class of things completely.
        Outcome::Inconclusive
    } else {
        Outcome::Holds
    };
    Result {
        assertion,
        outcome,
        counters,
        empty: found.empty,
        gone,
        open: task.config.require_closed.clone(),
        in_steps: found.in_steps,
        mend: None,
    }
}

fn counter(
    task: Task<'_>,
    asked: &Asked<'_>,
    marks: &Marks,
    assertion: &Assertion,
    against: Against,
) -> Counter {
    let (from, to) = against.ends();
    let excusing: Vec<usize> = task
        .config
        .waivers
        .iter()
        .enumerate()
        .filter(|(_, waiver)| waiver.assertion == assertion.id)
        .filter(|(_, waiver)| match &against {
            Against::Way(way) => waiver.excuses_way(&asked.names, marks, way),
            Against::Lack(_) => waiver.is_about(&asked.names, from, to),
        })
        .map(|(at, _)| at)
        .collect();
    let is_expired =
        |at: &usize| task.config.waivers.get(*at).is_some_and(|waiver| waiver.is_expired(task.today));
    let waived = excusing.iter().copied().find(|at| !is_expired(at));
    let expired = excusing.iter().copied().find(is_expired).filter(|_| waived.is_none());
    let expected = assertion.expect.as_ref().is_some_and(|expected| is_expected(asked, expected, from, to));
    Counter { against, waived, expired, expected }
}

/// A way between the ends of a waived one that its waiver does not excuse
fn beside(
    task: Task<'_>,
    asked: &Asked<'_>,
    marks: &Marks,
    assertion: &Assertion,
    way: &Way,
) -> Option<Counter> {
    let excusing = task.config.waivers.iter().find(|waiver| {
        waiver.assertion == assertion.id
            && waiver.is_recorded()
            && !waiver.is_expired(task.today)
            && waiver.excuses_way(&asked.names, marks, way)
    })?;
    let other = another(asked, assertion, way, &|edge| excusing.excuses(marks, edge))?;
    let counter = counter(task, asked, marks, assertion, Against::Way(other));
    counter.waived.is_none().then_some(counter)
}

fn fits(asked: &Asked<'_>, selectors: &[Selector], id: EntityId) -> bool {
    let entity = asked.view.entity(id);
    selectors.is_empty() || selectors.iter().any(|one| one.matches(entity, &asked.names) != Fit::No)
}

fn is_expected(asked: &Asked<'_>, expected: &Expected, from: EntityId, to: EntityId) -> bool {
    fits(asked, &expected.from, from) && fits(asked, &expected.to, to)
}

/// Expected ends that no counterexample has any more
fn gone(asked: &Asked<'_>, expected: &Expected, counters: &[Counter]) -> Vec<String> {
    let ends: Vec<(EntityId, EntityId)> = counters.iter().map(|counter| counter.against.ends()).collect();
    let from = expected
        .from
        .iter()
        .filter(|one| !ends.iter().any(|(from, _)| fits(asked, &[(*one).clone()], *from)));
    let to = expected.to.iter().filter(|one| !ends.iter().any(|(_, to)| fits(asked, &[(*one).clone()], *to)));
    from.chain(to).map(ToString::to_string).collect()
}

fn standing(task: Task<'_>, wanted: &[&Assertion], results: &[Result<'_>], at: usize) -> Standing {
    let Some(waiver) = task.config.waivers.get(at) else { return Standing::Unchecked };
    if !wanted.iter().any(|assertion| assertion.id == waiver.assertion) {
        return Standing::Unchecked;
    }
    if waiver.is_expired(task.today) {
        return Standing::Expired;
    }
    let counters = results.iter().flat_map(|result| &result.counters);
    match counters.filter(|counter| counter.waived == Some(at)).count() {
        0 => Standing::Stale,
        excuses => Standing::Active { days_left: waiver.days_left(task.today), excuses },
    }
}

/// The ids of the claims that one edit would break
#[must_use]
pub fn broken(before: &[Outcome], after: &[Outcome], claims: &[&Assertion]) -> Vec<String> {
    let is_bad = |outcome: Outcome| outcome >= Outcome::Inconclusive;
    let changed = before.iter().zip(after).zip(claims);
    let ids: BTreeSet<&str> = changed
        .filter(|((before, after), _)| !is_bad(**before) && is_bad(**after))
        .map(|(_, claim)| claim.id.as_str())
        .collect();
    ids.into_iter().map(str::to_owned).collect()
}
