//! Who can make a call, directly: every principal of the model, and everything that the resource's policy opens.

use crate::aws::action::Action;
use crate::cause::Cause;
use crate::eval::decide::Match;
use crate::eval::truth::{Atom, Residual};
use crate::reach::edges::data::access_to;
use crate::reach::edges::signs;
use crate::reach::edges::web_endpoint::INVOKE_ENDPOINT;
use crate::reach::graph::Graph;
use crate::reach::judge::{Judgement, ask};
use crate::reach::openings::{Admission, Opening, admission};
use crate::reach::{Edge, Evidence, Standing, State, Wiring};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, data};

/// What is asked for
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Every way into a function
    Invoke,
    /// One action
    Action(Action),
}

/// One principal that can
#[derive(Clone, Debug)]
pub struct Row {
    /// Who
    pub principal: EntityId,
    /// Whether it can for sure
    pub state: State,
    /// Why it is conditional
    pub causes: Vec<Cause>,
    /// Whether the input configures it
    pub wiring: Wiring,
    /// The edge kind, where the question is about ways into a function
    pub edge: Option<&'static str>,
    /// What the caller names, where it is not the resource asked for
    pub on: Option<EntityId>,
    /// Parts of the source that the deciding statement does not fix
    pub leaves_open: Vec<&'static str>,
    /// What the caller picks with the call
    pub choices: Vec<Atom>,
    /// What is left to know
    pub residual: Option<Residual>,
    /// How the resource policy names it
    pub level: Option<Match>,
    /// The places that decided
    pub evidence: Vec<Evidence>,
}

/// Everyone who can, in a stable order: what the input wires first, what a statement admits beyond it last
#[must_use]
pub fn who_can(view: &View<'_>, graph: &Graph, call: &Call, resource: EntityId) -> Vec<Row> {
    let entity = view.entity(resource);
    let mut rows = match call {
        _ if entity.kind.is_function() && is_invocation(call) => invokers(view, graph, call, resource),
        Call::Action(action) => callers(view, graph, action, entity),
        Call::Invoke => Vec::new(),
    };
    let rank = |row: &Row| match (row.wiring, view.entity(row.principal).kind) {
        (_, Kind::Anonymous) => 0,
        (Wiring::Wired, _) => 1,
        (Wiring::NotNeeded, _) => 2,
        (Wiring::Open, _) => 3,
    };
    rows.sort_by(|a, b| {
        let key = |row: &Row| (rank(row), row.state, row.on.is_some());
        let name = |row: &Row| &view.entity(row.principal).display;
        (key(a), name(a), a.edge, a.on).cmp(&(key(b), name(b), b.edge, b.on))
    });
    rows
}

fn is_invocation(call: &Call) -> bool {
    match call {
        Call::Invoke => true,
        Call::Action(action) => invokes(action),
    }
}

/// Whether a call has a function run: one of its API, of its URL, of an endpoint
#[must_use]
pub fn invokes(action: &Action) -> bool {
    ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", INVOKE_ENDPOINT].iter().any(|name| action.is(name))
}

/// Rows from the edges into a function and its aliases
fn invokers(view: &View<'_>, graph: &Graph, call: &Call, function: EntityId) -> Vec<Row> {
    let aliases = view.world.of_kind(Kind::Function).filter(|one| one.alias_of == Some(function));
    let targets: Vec<EntityId> = std::iter::once(function).chain(aliases.map(|alias| alias.id)).collect();
    let wanted = |edge: &&Edge| {
        let by_url = edge.kind.starts_with("url.");
        let is_signed = view.entity(edge.from).kind != Kind::Anonymous;
        let by_endpoint = edge.actions.contains(&INVOKE_ENDPOINT);
        edge.grade == crate::reach::Grade::Influence
            && edge.standing == Standing::Invoker
            && match call {
                Call::Invoke => true,
                Call::Action(action) if action.is("lambda:InvokeFunctionUrl") => by_url,
                Call::Action(action) if action.is(INVOKE_ENDPOINT) => by_endpoint && is_signed,
                Call::Action(_) => !by_url && !by_endpoint && is_signed,
            }
    };
    let mut rows: Vec<Row> = Vec::new();
    for edge in targets.iter().flat_map(|target| graph.into(*target)).filter(wanted) {
        let wiring = if edge.kind == "invoke.api" { Wiring::NotNeeded } else { edge.wiring };
        let on = (edge.to != function).then_some(edge.to);
        let row = Row { wiring, edge: Some(edge.kind), on, ..of_edge(edge) };
        // Two routes of one API to one function are one row: the better one, with the places of both.
        let same = |known: &&mut Row| {
            known.principal == row.principal
                && known.edge == row.edge
                && known.on == row.on
                && known.wiring == row.wiring
        };
        match rows.iter_mut().find(same) {
            None => rows.push(row),
            Some(known) => merge(known, row),
        }
    }
    rows
}

/// What an edge says of a call on its end
fn of_edge(edge: &Edge) -> Row {
    Row {
        principal: edge.from,
        state: edge.state,
        causes: edge.causes.clone(),
        wiring: Wiring::NotNeeded,
        edge: None,
        on: None,
        leaves_open: edge.leaves_open.clone(),
        choices: edge.choices.clone(),
        residual: edge.residual.clone(),
        level: edge.level,
        evidence: edge.evidence.clone(),
    }
}

fn merge(known: &mut Row, mut row: Row) {
    if row.state < known.state {
        std::mem::swap(known, &mut row);
    } else if row.state == known.state {
        let new = row.causes.into_iter().filter(|cause| !known.causes.contains(cause)).collect::<Vec<_>>();
        known.causes.extend(new);
    }
    for part in row.leaves_open {
        if !known.leaves_open.contains(&part) {
            known.leaves_open.push(part);
        }
    }
    for evidence in row.evidence {
        if !known.evidence.contains(&evidence) {
            known.evidence.push(evidence);
        }
    }
}

/// Rows for an action on a resource
fn callers(view: &View<'_>, graph: &Graph, action: &Action, resource: &Entity) -> Vec<Row> {
    callers_of(view, graph, action, &[resource.id]).into_iter().map(|(_, row)| row).collect()
}

/// Rows for an action on each of some resources: every principal is asked that some policy could let
#[must_use]
pub fn callers_of(
    view: &View<'_>,
    graph: &Graph,
    action: &Action,
    resources: &[EntityId],
) -> Vec<(EntityId, Row)> {
    // Who takes a role with a token or a certificate signs nothing: the edges into the role know.
    let takes = |edge: &&Edge| {
        edge.kind.starts_with("assume.")
            && edge.actions.iter().any(|taken| action.is(taken))
            && !signs(view.entity(edge.from))
    };
    let taken = resources.iter().flat_map(|id| graph.into(*id)).filter(takes);
    let mut rows: Vec<_> = taken.map(|edge| (edge.to, of_edge(edge))).collect();
    for entity in view.world.entities() {
        let Some(who) = caller(entity) else { continue };
        let opening = Opening::of(view, entity, &[action.as_str()]);
        let admits = |documents| admission(view, documents, &who) != Admission::Nothing;
        for resource in resources.iter().map(|id| view.entity(*id)) {
            let by_resource =
                || admits(&resource.resource) || admits(&resource.grants) || admits(&resource.trust);
            if opening.may_cover(resource.arn.as_ref()) || by_resource() {
                rows.extend(row(view, action, entity, resource).map(|row| (resource.id, row)));
            }
        }
    }
    rows
}

fn row(view: &View<'_>, action: &Action, entity: &Entity, resource: &Entity) -> Option<Row> {
    let who = caller(entity)?;
    if entity.id == resource.id || entity.kind == Kind::Provider {
        return None;
    }
    let row =
        data::access(action.as_str()).filter(|(row, _)| row.kind == resource.of.unwrap_or(resource.kind));
    let mut judged: Judgement = match row {
        Some((_, access)) => access_to(view, Some(entity), &who, resource, access)?,
        None => {
            let identity = !matches!(entity.kind, Kind::Service | Kind::Anonymous);
            let question = Question {
                caller: who,
                identity: identity.then_some(entity.id),
                action,
                resource: resource.arn.clone().unwrap_or_else(|| resource.name.clone()),
                on: Some(resource.id),
                context: Vec::new(),
            };
            ask(view, &question)?
        }
    };
    judged.doubt(&entity.doubts);
    judged.doubt(&resource.doubts);
    let evidence = judged.places();
    Some(Row {
        principal: entity.id,
        state: judged.state(),
        causes: judged.causes,
        wiring: if entity.kind == Kind::Service { Wiring::Open } else { Wiring::NotNeeded },
        edge: None,
        on: None,
        leaves_open: Vec::new(),
        choices: judged.choices,
        residual: judged.residual,
        level: judged.level,
        evidence,
    })
}
