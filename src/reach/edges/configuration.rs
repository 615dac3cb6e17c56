//! What a function's configuration tells whoever can read it: environment values, code, and credentials of others.
//!
//! Every call that returns the configuration counts \[API_GetFunctionConfiguration, API_GetFunction,
//! API_ListVersionsByFunction, API_ListFunctions\]. A value that is another principal's access key gives that principal,
//! to the reader and to the function's own code.

use crate::cause::{Cause, CauseKind};
use crate::eval::request::Caller;
use crate::reach::edges::{action, signs};
use crate::reach::judge::{Judgement, ask};
use crate::reach::openings::{Opening, all_ends};
use crate::reach::{Edge, EdgeKind, Evidence, Grade};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct Configuration;

/// What of a function a call returns
struct Told {
    edge: &'static str,
    /// The setting that must be written for there to be something to read
    setting: Option<&'static str>,
    actions: &'static [&'static str],
}

static TOLD: &[Told] = &[
    Told {
        edge: "env.read",
        setting: Some("environment"),
        actions: &[
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunction",
            "lambda:ListVersionsByFunction",
            "lambda:ListFunctions",
        ],
    },
    // The answer holds an address from which the code can be fetched \[API_GetFunction\].
    Told { edge: "data.code.read", setting: None, actions: &["lambda:GetFunction"] },
];

const CREDENTIAL: &str = "credential-in-configuration";

impl EdgeKind for Configuration {
    fn ids(&self) -> &'static [&'static str] {
        &["env.read", "data.code.read", CREDENTIAL]
    }

    fn about(&self) -> &'static str {
        "a caller may read a function's environment, its code, or credentials in its configuration"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let is_key = |wired: &&Wired| matches!(wired.link, Link::Credential { .. });
        let keys: Vec<&Wired> = view.world.wirings().filter(is_key).collect();
        if entity.kind == Kind::Function {
            let judged = Judgement::default();
            credentials(&keys, from, entity, &judged, &[], out);
        }
        let Some(who) = caller(entity).filter(|_| signs(entity)) else { return };
        for told in TOLD {
            let opening = Opening::of(view, entity, told.actions);
            // Whoever reads a key comes to its owner, which is another end than the function.
            let holds_a_key = |function: &Entity| keys.iter().any(|wired| holder(wired) == Some(function.id));
            let is_whole = |end: &&Entity| end.kind == Kind::Function && end.alias_of.is_none();
            let is_asked = |end: &&Entity| view.is_end(end.id) || holds_a_key(end);
            // A list names no function: only a pattern that opens everything allows one.
            let functions = all_ends(view, Kind::Function, &opening, &who).into_iter();
            for function in functions.filter(is_whole).filter(is_asked) {
                if told.setting.is_some_and(|setting| !function.settings.contains_key(setting)) {
                    continue;
                }
                let Some((mut judged, actions)) = reads(view, entity, &who, function, told) else { continue };
                if told.setting.is_some() {
                    // Without the key the values are masked \[configuration-envvars-encryption\].
                    let key = function.settings.get("kms_key_arn");
                    let what = "whether the reader may use the key that encrypts the environment";
                    judged.doubt(
                        &key.map(|key| Cause::at(CauseKind::NotModelled, what, key.span))
                            .into_iter()
                            .collect::<Vec<_>>(),
                    );
                    credentials(&keys, from, function, &judged, &actions, out);
                }
                out.push(edge(from, function.id, told.edge, Grade::Read, judged, actions));
            }
        }
    }
}

/// The best of the calls that return it, and which they are
fn reads(
    view: &View<'_>,
    entity: &Entity,
    who: &Caller,
    function: &Entity,
    told: &Told,
) -> Option<(Judgement, Vec<&'static str>)> {
    let mut best: Option<(Judgement, Vec<&'static str>)> = None;
    for name in told.actions {
        let action = action(name);
        let question = Question {
            caller: who.clone(),
            identity: Some(entity.id),
            action: &action,
            resource: function.arn.clone()?,
            on: Some(function.id),
            context: Vec::new(),
        };
        let Some(judged) = ask(view, &question) else { continue };
        match &mut best {
            Some((known, actions)) if known.state() == judged.state() => actions.push(name),
            Some((known, _)) if known.state() < judged.state() => {}
            Some(_) | None => best = Some((judged, vec![name])),
        }
    }
    let (mut judged, actions) = best?;
    judged.doubt(&entity.doubts);
    judged.doubt(&function.doubts);
    Some((judged, actions))
}

/// Whoever reads the environment of a function has the access keys in it, and so has its code
fn credentials(
    keys: &[&Wired],
    from: EntityId,
    function: &Entity,
    judged: &Judgement,
    actions: &[&'static str],
    out: &mut Vec<Edge>,
) {
    for wired in keys {
        let Link::Credential { owner, .. } = wired.link else { continue };
        if holder(wired) != Some(function.id) || owner == from {
            continue;
        }
        let mut judged = judged.clone();
        judged.doubt(&wired.doubts);
        judged.doubt(&function.doubts);
        judged.evidence.push(Evidence::wiring(wired.span));
        out.push(edge(from, owner, CREDENTIAL, Grade::Control, judged, actions.to_vec()));
    }
}

/// Whose configuration has the key
fn holder(wired: &Wired) -> Option<EntityId> {
    match wired.link {
        Link::Credential { holder, .. } => Some(holder),
        Link::RunsAs { .. }
        | Link::Url { .. }
        | Link::Route { .. }
        | Link::Notification { .. }
        | Link::Trigger { .. }
        | Link::Forward { .. } => None,
    }
}

fn edge(
    from: EntityId,
    to: EntityId,
    kind: &'static str,
    grade: Grade,
    judged: Judgement,
    actions: Vec<&'static str>,
) -> Edge {
    Edge { actions, ..judged.edge(kind, grade, from, to) }
}
