//! Mending: the smallest edit of one statement that makes a violated claim hold, tried before it is told.
//!
//! Candidates come from what all counterexamples share: a condition on the source that the input wires, a wildcard
//! replaced by what it is used for, the statement gone. Each is replayed: the claim is asked of the edited world, and so
//! are all others, to say what the edit would break. Must not know: files; nothing is ever changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::assertion::check::{Against, Counter, Graphs, Outcome, broken};
use crate::assertion::{Assertion, claim};
use crate::policy::operator::Operator;
use crate::policy::{Clause, Condition, Entry, Policy, PrincipalKind, Principals, Statement};
use crate::reach::edges::api_route::execution_root;
use crate::reach::graph::Graph;
use crate::reach::{Edge, Evidence, EvidenceRole, Wiring};
use crate::text::Text;
use crate::world::data::is_wild;
use crate::world::kind::Kind;
use crate::world::select::Names;
use crate::world::view::{StatementPlace, View};
use crate::world::{EntityId, World};

/// Resources that a narrowed statement may name
const NAMED: usize = 12;

/// An edit that makes a claim hold
#[derive(Clone, Debug)]
pub struct Mend {
    /// What is done
    pub edit: Edit,
    /// The statement
    pub statement: Evidence,
    /// Claims that hold now and would not hold then
    pub breaks: Vec<String>,
    /// Edges that would go with it, those of the counterexamples included
    pub loses: usize,
}

/// What is done to a statement
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A condition is added
    Condition {
        /// The operator
        operator: &'static str,
        /// The key
        key: &'static str,
        /// What the key must be like: an expression of the input, or the value where none is known
        values: Vec<String>,
    },
    /// Its resources become these
    Resources(Vec<String>),
    /// It goes
    Drop,
    /// A function URL asks for signed requests
    SignUrl,
}

/// What an edit is tried on
pub struct Replay<'a> {
    /// The graphs of the claims
    pub graphs: &'a Graphs<'a>,
    /// All claims that are checked
    pub claims: &'a [&'a Assertion],
    /// What became of each
    pub outcomes: &'a [Outcome],
    /// Asks one again
    pub judge: &'a dyn Fn(&View<'_>, &Graph, &Assertion) -> Outcome,
}

impl std::fmt::Debug for Replay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay").field("outcomes", &self.outcomes).finish_non_exhaustive()
    }
}

/// The edit that mends a claim: the first that breaks nothing, else one that breaks least; none where no edit of one
/// statement does, or where no tries are left
#[must_use]
pub fn mend(
    names: Names<'_>,
    violated: &Assertion,
    counters: &[Counter],
    replay: &Replay<'_>,
    tries: &mut usize,
) -> Option<Mend> {
    let ways: Vec<&claim::Way> = counters
        .iter()
        .filter(|counter| counter.waived.is_none() && !counter.expected)
        .map(|counter| match &counter.against {
            Against::Way(way) => Some(way),
            Against::Lack(_) => None,
        })
        .collect::<Option<_>>()?;
    let (view, graph) = replay.graphs.of_claim(violated)?;
    let mut best: Option<Mend> = None;
    for unit in shared(&ways) {
        let Some(first) = unit.first() else { continue };
        let places: BTreeSet<StatementPlace> = unit.iter().filter_map(|e| Some((e.span, e.index?))).collect();
        let Some(statement) = statement(names.world, &places) else { continue };
        for (edit, edited) in edits(names.world, view, graph, first, statement, &ways) {
            // The others are asked too where it mends the claim: two tries.
            let Some(left) = tries.checked_sub(2) else { return best };
            *tries = left;
            let narrower = with(view, &places, edited.as_ref());
            let after = graph.narrowed(&narrower, &places);
            if (replay.judge)(&narrower, &after, violated) != Outcome::Holds {
                continue;
            }
            let graphs = replay.graphs.narrowed(&places, &|view| with(view, &places, edited.as_ref()));
            let judged = |claim: &&Assertion| {
                let (view, graph) = graphs.of_claim(claim)?;
                Some((replay.judge)(view, graph, claim))
            };
            let outcomes: Vec<Outcome> = replay.claims.iter().filter_map(judged).collect();
            let breaks = broken(replay.outcomes, &outcomes, replay.claims);
            let loses = graph.len().saturating_sub(after.len());
            let found = Mend { edit, statement: (*first).clone(), breaks, loses };
            if found.breaks.is_empty() {
                return Some(found);
            }
            if best.as_ref().is_none_or(|best| found.breaks.len() < best.breaks.len()) {
                best = Some(found);
            }
        }
    }
    best
}

/// Statements that every way rests on, in the order of the first; what a tool adds at one place is one
fn shared<'w>(ways: &[&'w claim::Way]) -> Vec<Vec<&'w Evidence>> {
    let allows = |way: &&'w claim::Way| -> Vec<&'w Evidence> {
        let edges = way.path.iter().filter(|edge| edge.kind != "runs-as");
        edges
            .flat_map(|edge| &edge.evidence)
            .filter(|e| e.effect == Some("allow"))
            .filter(|e| matches!(e.role, EvidenceRole::Statement | EvidenceRole::Synthesised))
            .collect()
    };
    let Some((first, others)) = ways.split_first() else { return Vec::new() };
    let mut units: Vec<Vec<&Evidence>> = Vec::new();
    for evidence in allows(first) {
        let together = |unit: &&mut Vec<&Evidence>| {
            unit.first().is_some_and(|known| {
                known.role == EvidenceRole::Synthesised
                    && evidence.role == EvidenceRole::Synthesised
                    && known.span == evidence.span
            })
        };
        match units.iter_mut().find(together) {
            Some(unit) => unit.push(evidence),
            None => units.push(vec![evidence]),
        }
    }
    let is_place = |a: &Evidence, b: &Evidence| (a.span, a.index) == (b.span, b.index);
    units.retain(|unit| {
        others.iter().all(|way| allows(way).iter().any(|e| unit.iter().any(|known| is_place(known, e))))
    });
    units
}

fn statement<'w>(world: &'w World, places: &BTreeSet<StatementPlace>) -> Option<&'w Statement> {
    let mut statements = world.policies().flat_map(|(_, stored)| &stored.policy.statements);
    statements.find(|statement| places.contains(&(statement.span, statement.index)))
}

/// The edits worth trying, each with what becomes of the statement
fn edits(
    world: &World,
    view: &View<'_>,
    graph: &Graph,
    evidence: &Evidence,
    statement: &Statement,
    ways: &[&claim::Way],
) -> Vec<(Edit, Option<Statement>)> {
    if evidence.role == EvidenceRole::Synthesised {
        return vec![(Edit::SignUrl, None)];
    }
    let place = (statement.span, statement.index);
    let rests =
        |edge: &&Edge| edge.evidence.iter().any(|e| e.index.is_some_and(|index| (e.span, index) == place));
    let is_unwanted = |edge: &Edge| {
        let same = |other: &Edge| (other.from, other.to, other.kind) == (edge.from, edge.to, edge.kind);
        ways.iter().any(|way| way.path.iter().any(same))
    };
    let used: Vec<&Edge> = graph.edges().filter(rests).filter(|edge| !is_unwanted(edge)).collect();
    let mut edits = Vec::new();
    edits.extend(by_source(view, statement, &used));
    edits.extend(by_resource(world, statement, &used));
    edits.push((Edit::Drop, None));
    edits
}

/// The sources that the input wires, where a statement admits a service for any
fn by_source(view: &View<'_>, statement: &Statement, used: &[&Edge]) -> Option<(Edit, Option<Statement>)> {
    let Clause::Is(Principals::Listed(list)) = &statement.principal else { return None };
    if list.iter().any(|named| named.kind != PrincipalKind::Service) {
        return None;
    }
    let wired = used.iter().filter(|edge| edge.wiring == Wiring::Wired);
    let sources: BTreeMap<EntityId, EntityId> = wired.map(|edge| (edge.from, edge.to)).collect();
    let mut values = Vec::new();
    let mut told = Vec::new();
    for (source, function) in sources {
        let entity = view.entity(source);
        let (value, attribute, tail) = if entity.kind == Kind::Api {
            (execution_root(entity, view.entity(function))?.with("/*/*"), "execution_arn", "/*/*")
        } else {
            (entity.arn.clone()?, "arn", "")
        };
        // A resource of the root module can be referred to as it is called.
        let address = entity.address.as_deref().and_then(|address| address.strip_prefix("tf:"));
        let address =
            address.filter(|address| !address.contains(['[', ':']) && !address.starts_with("module."));
        told.push(
            address.map_or_else(|| value.to_string(), |address| format!("${{{address}.{attribute}}}{tail}")),
        );
        values.push(Entry { text: value, span: statement.span });
    }
    if values.is_empty() {
        return None;
    }
    let condition = Condition {
        operator: Operator::parse(&Text::from("ArnLike")),
        key: Text::from("aws:SourceArn"),
        values,
        span: statement.span,
    };
    let mut edited = statement.clone();
    edited.condition.push(condition);
    Some((Edit::Condition { operator: "ArnLike", key: "aws:SourceArn", values: told }, Some(edited)))
}

/// What a wildcard is used for, in its place
fn by_resource(world: &World, statement: &Statement, used: &[&Edge]) -> Option<(Edit, Option<Statement>)> {
    let Clause::Is(entries) = &statement.resource else { return None };
    if !entries.iter().any(|entry| is_wild(&entry.text)) {
        return None;
    }
    let mut named: BTreeSet<Text> =
        entries.iter().filter(|entry| !is_wild(&entry.text)).map(|e| e.text.clone()).collect();
    for edge in used {
        let arn = world.entity(edge.to).arn.clone()?;
        let inside = entries.iter().any(|entry| entry.text.strip_suffix("/*").is_some());
        named.insert(if inside { arn.with("/*") } else { arn });
    }
    if named.is_empty() || named.len() > NAMED {
        return None;
    }
    let told = named.iter().map(Text::to_string).collect();
    let entries = named.into_iter().map(|text| Entry { text, span: statement.span }).collect();
    let edited = Statement { resource: Clause::Is(entries), ..statement.clone() };
    Some((Edit::Resources(told), Some(edited)))
}

/// The view with these statements replaced by one, or gone
fn with<'w>(view: &View<'w>, places: &BTreeSet<StatementPlace>, edited: Option<&Statement>) -> View<'w> {
    let Some(edited) = edited else { return view.without(places) };
    let mut narrower = view.clone();
    for (id, _) in view.world.policies() {
        let policy = view.policy(id);
        let is_meant = |statement: &Statement| places.contains(&(statement.span, statement.index));
        if policy.statements.iter().any(is_meant) {
            let statements =
                policy.statements.iter().map(|s| if is_meant(s) { edited.clone() } else { s.clone() });
            let policy = Policy { statements: statements.collect(), ..policy.clone() };
            narrower = narrower.with(id, policy);
        }
    }
    narrower
}
