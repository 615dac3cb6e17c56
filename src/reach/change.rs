//! What differs between two graphs: steps that are new, gone, looser or tighter, and the reach that follows from them.
//!
//! *Direct* changes are edges, found by where they start and end ([`nodes`]), their kind and what they set off. *Reach*
//! changes are what a caller reaches in steps, asked only of callers from whom a changed edge can be come to. What everybody
//! has, as `anonymous` has it, is a change of `anonymous` alone. Must not know: how anything is printed.

use std::collections::{BTreeMap, BTreeSet};

use crate::reach::change::condition::Weight;
use crate::reach::change::nodes::{NodeId, Nodes};
use crate::reach::graph::Graph;
use crate::reach::search::{Reached, Tier, reach};
use crate::reach::{Edge, Grade, State};
use crate::source::Sources;
use crate::world::EntityId;
use crate::world::kind::Kind;
use crate::world::pieces::Need;
use crate::world::sources::Occasion;
use crate::world::view::{View, caller};

mod condition;
pub mod nodes;

/// Callers whose reach is compared at most; more would take minutes, and answers say how many are left out
const STARTS: usize = 4_000;

/// One of the two worlds
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    /// The world, as it is asked
    pub view: &'s View<'s>,
    /// Its edges
    pub graph: &'s Graph,
    /// The text that it was read from
    pub sources: &'s Sources,
    /// The folder that was named: names of what lies in it are compared without it
    pub folder: &'s str,
}

impl Side<'_> {
    /// A name or address without the folder that only says where this side was read from
    fn apart_from_its_folder(&self, text: &str) -> String {
        if self.folder.is_empty() { text.to_owned() } else { text.replace(&format!("{}/", self.folder), "") }
    }
}

/// How something differs
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was not there
    Gained,
    /// It asks for less than before, or gives more
    Loosened,
    /// It asks for something else, and whether that lets more through is not decided here
    Changed,
    /// It asks for more than before, or gives less
    Tightened,
    /// It is not there any more
    Lost,
}

impl Change {
    /// The name in reports
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Loosened => "loosened",
            Self::Changed => "changed",
            Self::Tightened => "tightened",
            Self::Lost => "lost",
        }
    }

    /// Whether more may be possible than before; what is not decided may be
    #[must_use]
    pub fn may_open(self) -> bool {
        matches!(self, Self::Gained | Self::Loosened | Self::Changed)
    }
}

/// A step that differs
#[derive(Clone, Debug)]
pub struct Direct<'g> {
    /// How
    pub change: Change,
    /// As it was, the best where several are alike
    pub before: Option<&'g Edge>,
    /// As it is
    pub after: Option<&'g Edge>,
}

/// What a caller reaches that differs
#[derive(Clone, Debug)]
pub struct InSteps<'g> {
    /// How
    pub change: Change,
    /// Who, as an entity of the world before and of the one after
    pub from: (Option<EntityId>, Option<EntityId>),
    /// What it reached
    pub before: Option<Reached<'g>>,
    /// What it reaches
    pub after: Option<Reached<'g>>,
}

/// Everything that differs
#[derive(Debug)]
pub struct Changes<'g> {
    /// Which entities of the two worlds are the same
    pub nodes: Nodes,
    /// The steps
    pub direct: Vec<Direct<'g>>,
    /// What follows from them
    pub reach: Vec<InSteps<'g>>,
    /// How many callers were not compared, because they are too many
    pub left_out: usize,
}

impl Changes<'_> {
    /// Whether more may be possible than before
    #[must_use]
    pub fn may_open(&self) -> bool {
        self.direct
            .iter()
            .map(|one| one.change)
            .chain(self.reach.iter().map(|one| one.change))
            .any(Change::may_open)
    }
}

/// What makes an edge the same in both worlds
type Key = (NodeId, NodeId, &'static str, Grade, Option<Need>);

/// Compares two worlds
#[must_use]
pub fn changes<'g>(before: &Side<'g>, after: &Side<'g>) -> Changes<'g> {
    between(before, after, Nodes::of(before, after), STARTS)
}

/// Compares a world with what an edit makes of it, which has the same entities; the reach of so many callers at most
#[must_use]
pub fn of_edit<'g>(before: &Side<'g>, after: &Side<'g>, callers: usize) -> Changes<'g> {
    between(before, after, Nodes::unmoved(after.view.world.entities()), callers)
}

fn between<'g>(before: &Side<'g>, after: &Side<'g>, nodes: Nodes, callers: usize) -> Changes<'g> {
    let direct = direct(before, after, &nodes);
    let (reach, left_out) = in_steps(before, after, &nodes, &direct, callers);
    Changes { nodes, direct, reach, left_out }
}

fn direct<'g>(before: &Side<'g>, after: &Side<'g>, nodes: &Nodes) -> Vec<Direct<'g>> {
    let mut all: BTreeMap<Key, (Vec<&'g Edge>, Vec<&'g Edge>)> = BTreeMap::new();
    let needs = (needs(before), needs(after));
    // What an edit left alone is shared, and surely the same.
    let is_shared = |edge: &&Edge| before.graph.shares(after.graph, edge.from);
    for edge in before.graph.edges().filter(|edge| !is_shared(edge)) {
        let key = key(edge, |id| nodes.of_before(id), &needs.0);
        all.entry(key).or_default().0.push(edge);
    }
    for edge in after.graph.edges().filter(|edge| !is_shared(edge)) {
        let key = key(edge, |id| nodes.of_after(id), &needs.1);
        all.entry(key).or_default().1.push(edge);
    }
    let one = |(was, is): (Vec<&'g Edge>, Vec<&'g Edge>)| {
        let best = |edges: &[&'g Edge]| edges.iter().copied().min_by_key(|edge| edge.state);
        let (old, new) = (best(&was), best(&is));
        let change = match (old, new) {
            (None, _) => Change::Gained,
            (_, None) => Change::Lost,
            (Some(old), Some(new)) => match (old.state, new.state) {
                (State::Yes, State::Yes) => return None,
                (State::Conditional, State::Yes) => Change::Loosened,
                (State::Yes, State::Conditional) => Change::Tightened,
                (State::Conditional, State::Conditional) => {
                    match condition::compare(before, &was, after, &is) {
                        Weight::Same => return None,
                        Weight::Looser => Change::Loosened,
                        Weight::Tighter => Change::Tightened,
                        Weight::Other => Change::Changed,
                    }
                }
            },
        };
        Some(Direct { change, before: old, after: new })
    };
    let mut out: Vec<Direct<'g>> = all.into_values().filter_map(one).collect();
    out.sort_by_cached_key(|one| {
        let (side, edge) = match (one.after, one.before) {
            (Some(edge), _) => (after, edge),
            (None, Some(edge)) => (before, edge),
            (None, None) => return (one.change, 0, String::new(), String::new(), ""),
        };
        let name = |id: EntityId| side.view.entity(id).display.clone();
        (one.change, outside(side, edge.from), name(edge.from), name(edge.to), edge.kind)
    });
    out
}

/// What must happen for each occasion of a world
fn needs(side: &Side<'_>) -> BTreeMap<Occasion, Need> {
    let wired = side.view.world.wirings();
    wired.filter_map(|wired| Some((wired.occasion?, wired.link.need()?))).collect()
}

fn key(edge: &Edge, node: impl Fn(EntityId) -> NodeId, needs: &BTreeMap<Occasion, Need>) -> Key {
    let need = edge.sets_off.and_then(|occasion| needs.get(&occasion).cloned());
    (node(edge.from), node(edge.to), edge.kind, edge.grade, need)
}

/// How far outside a caller stands: `anonymous` first, our own last
#[must_use]
pub fn outside(side: &Side<'_>, id: EntityId) -> u8 {
    let entity = side.view.entity(id);
    let is_ours = entity.account.as_ref().is_none_or(|account| side.view.world.accounts.contains(account));
    let is = |kind: Kind| entity.kind == kind;
    let is_foreign =
        is(Kind::Account) && caller(entity).is_some() || (is(Kind::User) || is(Kind::Role)) && !is_ours;
    let ranks =
        [is(Kind::Anonymous), is(Kind::AnyAccount), is_foreign, is(Kind::Service), is(Kind::Provider)];
    (0..).zip(ranks).find_map(|(rank, is)| is.then_some(rank)).unwrap_or(OURS)
}

/// The rank of our own callers in [`outside`]
pub const OURS: u8 = 5;

/// Callers from whom the start of a changed edge can be come to, with them those that are new or gone
fn starts(before: &Side<'_>, after: &Side<'_>, nodes: &Nodes, direct: &[Direct<'_>]) -> BTreeSet<NodeId> {
    let of_edge = |one: &Direct<'_>| match (one.before, one.after) {
        (Some(edge), _) => Some(nodes.of_before(edge.from)),
        (None, Some(edge)) => Some(nodes.of_after(edge.from)),
        (None, None) => None,
    };
    let mut open: Vec<NodeId> = direct.iter().filter_map(of_edge).collect();
    let mut seen: BTreeSet<NodeId> = open.iter().copied().collect();
    while let Some(node) = open.pop() {
        let (old, new) = nodes.entities(node);
        // What was only read leads nowhere.
        let leads = |edge: &&Edge| edge.grade != Grade::Read;
        let was = old.into_iter().flat_map(|id| before.graph.into(id)).filter(leads);
        let is = new.into_iter().flat_map(|id| after.graph.into(id)).filter(leads);
        let starts =
            was.map(|edge| nodes.of_before(edge.from)).chain(is.map(|edge| nodes.of_after(edge.from)));
        for from in starts {
            if seen.insert(from) {
                open.push(from);
            }
        }
    }
    seen
}

/// How well something is reached
type Reach<'g> = BTreeMap<(NodeId, Grade), Reached<'g>>;

fn in_steps<'g>(
    before: &Side<'g>,
    after: &Side<'g>,
    nodes: &Nodes,
    direct: &[Direct<'_>],
    at_most: usize,
) -> (Vec<InSteps<'g>>, usize) {
    let is_caller =
        |side: &Side<'_>, id: Option<EntityId>| id.is_some_and(|id| caller(side.view.entity(id)).is_some());
    let mut callers: Vec<(u8, String, NodeId)> = Vec::new();
    for node in starts(before, after, nodes, direct) {
        let (old, new) = nodes.entities(node);
        if !is_caller(before, old) && !is_caller(after, new) {
            continue;
        }
        let named = new.map(|id| (after, id)).or(old.map(|id| (before, id)));
        callers
            .extend(named.map(|(side, id)| (outside(side, id), side.view.entity(id).display.clone(), node)));
    }
    callers.sort();
    let left_out = callers.len().saturating_sub(at_most);
    callers.truncate(at_most);
    let of = |side: &Side<'g>, id: Option<EntityId>, node: &dyn Fn(EntityId) -> NodeId| -> Reach<'g> {
        let starts: Vec<EntityId> = id.into_iter().collect();
        let found = reach(side.view.world, side.graph, &starts);
        found.into_iter().map(|one| ((node(one.target), one.grade), one)).collect()
    };
    let both = |old: Option<EntityId>, new: Option<EntityId>| {
        (of(before, old, &|id| nodes.of_before(id)), of(after, new, &|id| nodes.of_after(id)))
    };
    // Whether or not it changed, what everybody has is no reach of one caller's own.
    let nobody = (before.view.world.anonymous(), after.view.world.anonymous());
    let everybodys = both(nobody.0, nobody.1);
    let mut out = Vec::new();
    for (_, _, node) in callers {
        let (old, new) = nodes.entities(node);
        let is_anonymous = old.is_some() && old == nobody.0;
        let (mut was, mut is) = both(old, new);
        let targets: BTreeSet<(NodeId, Grade)> = was.keys().chain(is.keys()).copied().collect();
        for target in targets {
            let shared = |reach: &Reach<'g>| reach.get(&target).map(cost).filter(|_| !is_anonymous);
            let (own_old, own_new) = (was.remove(&target), is.remove(&target));
            let worth = |own: Option<&Reached<'g>>, shared: Option<Cost>| match (own.map(cost), shared) {
                (Some(own), Some(shared)) => Some(own.min(shared)),
                (one, other) => one.or(other),
            };
            let (shared_old, shared_new) = (shared(&everybodys.0), shared(&everybodys.1));
            let (worth_old, worth_new) =
                (worth(own_old.as_ref(), shared_old), worth(own_new.as_ref(), shared_new));
            let change = match (worth_old, worth_new) {
                (None, Some(new)) if shared_new != Some(new) => Change::Gained,
                (Some(old), None) if shared_old != Some(old) => Change::Lost,
                (Some(old), Some(new)) if new < old && shared_new != Some(new) => Change::Loosened,
                (Some(old), Some(new)) if new > old && shared_old != Some(old) => Change::Tightened,
                _ => continue,
            };
            out.push(InSteps { change, from: (old, new), before: own_old, after: own_new });
        }
    }
    let rank = |one: &InSteps<'g>| {
        let (side, from, reached) = match (&one.after, one.from.1, &one.before, one.from.0) {
            (Some(reached), Some(from), _, _) => (after, from, reached),
            (_, _, Some(reached), Some(from)) => (before, from, reached),
            _ => return None,
        };
        let name = |id: EntityId| side.view.entity(id).display.clone();
        let (from, target) = ((outside(side, from), name(from)), name(reached.target));
        Some((from, one.change, cost(reached), reached.grade, target))
    };
    out.sort_by_cached_key(rank);
    (out, left_out)
}

/// How good a way is: fewer boundaries, then unconditional
type Cost = (Tier, State);

fn cost(reached: &Reached<'_>) -> Cost {
    (reached.tier, reached.state)
}
