//! What speaks against a claim: ways of those who must not, and the lack of ways of those who must.
//!
//! Safety (`only`, `never`, half of `exactly`) looks for ways and counts conditional ones; liveness (`always`, the other
//! half) wants an unconditional way for each pair. Must not know: waivers, or what an outcome is called.

use crate::assertion::claim::search::Search;
use crate::assertion::selection::{Meant, Selection};
use crate::assertion::{Assertion, Call, Claim, Verb};
use crate::aws::pattern::{self, Fit, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::truth::Residual;
use crate::reach::edges::service::ANY_ACCOUNT;
use crate::reach::graph::Graph;
use crate::reach::search::{Prefer, Tier, Tiers, Wanted, reach_by};
use crate::reach::{Edge, Grade, State, Wiring};
use crate::text::Text;
use crate::world::EntityId;
use crate::world::kind::Kind;
use crate::world::select::{Names, Selector};
use crate::world::view::View;

mod search;

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
    // What `except` takes out in whole leaves a claim about nothing, too.
    let is_about_somebody = matches!(assertion.verb, Verb::Never | Verb::Always);
    let who_counts = is_about_somebody.then_some((&who.all, &assertion.who));
    for (selection, selectors) in [(&targets, about)].into_iter().chain(who_counts) {
        if selection.named.is_empty() && selection.empty.is_empty() {
            empty.extend(selectors.iter().map(ToString::to_string));
        }
    }
    empty.dedup();
    let wide = with_aliases(asked, &targets);
    let search = Search {
        asked,
        claim: &assertion.claim,
        verb: assertion.verb,
        who: &who,
        targets: &targets,
        wide: &wide,
    };
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
    let found = reach_by(asked.view.world, asked.graph, &[way.from], wanted);
    let other =
        found.into_iter().find(|reached| *tiers == Tiers::AlsoThroughCode || reached.tier == Tier::Holds)?;
    let path: Vec<Edge> = other.path.iter().map(|edge| (*edge).clone()).collect();
    let causes = causes(&path);
    let state = if causes.is_empty() { State::Yes } else { State::Conditional };
    Some(Way { grade: other.grade, tier: other.tier, state, causes, path, ..way.clone() })
}

/// The same with the aliases and versions of functions: who runs one runs the function's code
fn with_aliases(asked: &Asked<'_>, targets: &Selection) -> Selection {
    let mut wide = targets.clone();
    for alias in asked.view.world.of_kind(Kind::Function) {
        if let Some(meant) = alias.alias_of.and_then(|function| targets.meant(function)) {
            wide.named.entry(alias.id).or_insert(meant);
        }
    }
    wide
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

/// Whether a kind of edge is meant: `data.*`
#[must_use]
pub fn is_kind(pattern: &str, kind: &str) -> bool {
    fit(&Text::from(pattern), &Text::from(kind), pattern::Way::Like) == Fit::Yes
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

fn wanted<'c>(counts: &'c dyn Fn(&Edge) -> bool, tiers: Tiers) -> Wanted<'c> {
    let prefer = match tiers {
        Tiers::Holds => Prefer::Tier,
        Tiers::AlsoThroughCode => Prefer::State,
    };
    Wanted { counts, prefer, has: None }
}
