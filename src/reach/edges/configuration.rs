//! What a configuration tells whoever can read it: environment values, code, and credentials of others; and whose
//! credentials are kept in secrets and parameters.
//!
//! Every call that returns the configuration of a function counts \[API_GetFunctionConfiguration, API_GetFunction,
//! API_ListVersionsByFunction, API_ListFunctions\]; other configurations have a table of their own
//! (`world::configured`). A value that is another principal's access key gives that principal, to the reader and to
//! the code that runs with it. Must not know: who may read data.

use std::collections::BTreeSet;

use crate::cause::{Cause, CauseKind};
use crate::eval::request::Caller;
use crate::reach::alike::Alike;
use crate::reach::edges::data::accessed;
use crate::reach::edges::rights::named;
use crate::reach::edges::{action, key, signs};
use crate::reach::judge::Judgement;
use crate::reach::openings::{Opening, all_ends};
use crate::reach::{Edge, EdgeKind, Evidence, Grade};
use crate::text::{Hole, Text};
use crate::world::configured::{CONFIGURED, SETTING};
use crate::world::data::{self, Access, DataKind, InContext, On};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Link, Wired};

/// The edge kind
#[derive(Debug)]
pub struct Configuration;

/// What of a function a call returns
struct Told {
    edge: &'static str,
    on: Kind,
    /// The setting that must be written for there to be something to read
    setting: Option<&'static str>,
    actions: &'static [&'static str],
}

static TOLD: &[Told] = &[
    Told {
        edge: "env.read",
        on: Kind::Function,
        setting: Some("environment"),
        actions: &[
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunction",
            "lambda:ListVersionsByFunction",
            "lambda:ListFunctions",
        ],
    },
    // The answer holds an address from which the code can be fetched \[API_GetFunction\].
    Told { edge: "data.code.read", on: Kind::Function, setting: None, actions: &["lambda:GetFunction"] },
    Told {
        edge: "env.read",
        on: Kind::WebFunction,
        setting: Some("environment"),
        actions: &["lambda:GetWebFunctionRevision"],
    },
];

/// What the reader of a function's environment needs of the key that it is encrypted with: without it, values are masked
/// \[configuration-envvars-encryption\]
static ENVIRONMENT: DataKind = DataKind {
    kind: Kind::Function,
    service: "lambda",
    before_name: "function:",
    after_name: &[],
    before_part: None,
    read: &[],
    write: &[],
    context: &[("kms:EncryptionContext:aws:lambda:FunctionArn", InContext::NotKnown)],
};
const DECRYPTED: Access =
    Access { action: "lambda:GetFunctionConfiguration", on: On::Itself, key: &["kms:Decrypt"] };

const CREDENTIAL: &str = "credential-in-configuration";

impl EdgeKind for Configuration {
    fn ids(&self) -> &'static [&'static str] {
        &["env.read", "data.code.read", CREDENTIAL]
    }

    fn about(&self) -> &'static str {
        "a caller may read an environment, code, or credentials in a configuration"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let is_key = |wired: &&Wired| matches!(wired.link, Link::Credential { .. });
        let keys: Vec<&Wired> = view.world.wirings().filter(is_key).collect();
        if entity.kind.is_function() || entity.kind == Kind::Other {
            let judged = Judgement::default();
            credentials(&keys, from, entity, &judged, &[], out);
        }
        let Some(who) = caller(entity).filter(|_| signs(entity)) else { return };
        // Whoever reads a key comes to its owner, which is another end than what has it.
        let holds_a_key = |end: &Entity| keys.iter().any(|wired| holder(wired) == Some(end.id));
        let is_asked = |end: &&Entity| view.is_end(end.id) || holds_a_key(end);
        let mut alike = Alike::of(view, Some(entity));
        for told in TOLD {
            let opening = Opening::of(view, entity, told.actions);
            let is_whole = |end: &&Entity| end.kind == told.on && end.alias_of.is_none();
            // A list names no function: only a pattern that opens everything allows one.
            let functions = all_ends(view, told.on, &opening, &who).into_iter();
            for function in functions.filter(is_whole).filter(is_asked) {
                if told.setting.is_some_and(|setting| !function.settings.contains_key(setting)) {
                    continue;
                }
                let Some((mut judged, actions)) = reads(&mut alike, entity, &who, function, told.actions)
                else {
                    continue;
                };
                if told.setting.is_some() {
                    let used = (&ENVIRONMENT, DECRYPTED);
                    let key = match told.on == Kind::WebFunction {
                        true => Some(key_of_a_revision(view, function)),
                        false => key::use_of_key(view, Some(entity), &who, function, used),
                    };
                    let Some(key) = key else { continue };
                    judged = judged.and(key);
                    credentials(&keys, from, function, &judged, &actions, out);
                }
                out.push(edge(from, function.id, told.edge, Grade::Read, judged, actions));
            }
        }
        for row in CONFIGURED {
            let opening = Opening::of(view, entity, row.calls);
            let is_one = |end: &&Entity| {
                let configuration = end.settings.get(SETTING);
                configuration.is_some_and(|setting| setting.value.as_literal() == Some(row.id))
            };
            let things = all_ends(view, Kind::Other, &opening, &who).into_iter();
            for thing in things.filter(is_one).filter(is_asked) {
                let Some((judged, actions)) = reads(&mut alike, entity, &who, thing, row.calls) else {
                    continue;
                };
                credentials(&keys, from, thing, &judged, &actions, out);
                out.push(edge(from, thing.id, "env.read", Grade::Read, judged, actions));
            }
        }
        kept(&keys, &mut alike, entity, &who, out);
    }
}

/// Whoever reads data in which an access key is kept has the key
fn kept(keys: &[&Wired], alike: &mut Alike<'_>, entity: &Entity, who: &Caller, out: &mut Vec<Edge>) {
    let holders: BTreeSet<EntityId> = keys.iter().filter_map(|wired| holder(wired)).collect();
    let view = alike.view();
    for thing in holders.into_iter().map(|id| view.entity(id)) {
        let Some(row) = data::row(thing.kind) else { continue };
        if let Some((judged, actions)) = accessed(alike, entity, who, thing, row.read) {
            credentials(keys, entity.id, thing, &judged, &actions, out);
        }
    }
}

/// The best of the calls that return it, and which they are
fn reads(
    alike: &mut Alike<'_>,
    entity: &Entity,
    who: &Caller,
    thing: &Entity,
    calls: &[&'static str],
) -> Option<(Judgement, Vec<&'static str>)> {
    let mut best: Option<(Judgement, Vec<&'static str>)> = None;
    for name in calls {
        let action = action(name);
        let question = Question {
            caller: who.clone(),
            identity: Some(entity.id),
            action: &action,
            resource: request(thing),
            on: Some(thing.id),
            context: Vec::new(),
        };
        let Some(judged) = alike.ask(&question) else { continue };
        match &mut best {
            Some((known, actions)) if known.state() == judged.state() => actions.push(name),
            Some((known, _)) if known.state() < judged.state() => {}
            Some(_) | None => best = Some((judged, vec![name])),
        }
    }
    let (mut judged, actions) = best?;
    judged.doubt(&entity.doubts);
    judged.doubt(&thing.doubts);
    Some((judged, actions))
}

/// What a request for a configuration names: a web function's is that of a revision \[API_GetWebFunctionRevision\]
fn request(thing: &Entity) -> Text {
    if thing.kind != Kind::WebFunction {
        return named(thing);
    }
    let revision = Hole::input(format!("a revision of {}", thing.display));
    named(thing).with("/revision/").with(revision)
}

/// No page says whether who reads a revision that is encrypted with a key of one's own needs that key
fn key_of_a_revision(view: &View<'_>, function: &Entity) -> Judgement {
    let mut judged = Judgement::default();
    for used in &function.keys {
        let what = format!("whether the reader needs {}", view.entity(used.key).display);
        judged.doubt(&[Cause::at(CauseKind::NotConfirmed, what, used.span)]);
    }
    judged
}

/// Whoever reads an environment has the access keys in it, and so has the code that runs with it
fn credentials(
    keys: &[&Wired],
    from: EntityId,
    thing: &Entity,
    judged: &Judgement,
    actions: &[&'static str],
    out: &mut Vec<Edge>,
) {
    for wired in keys {
        let Link::Credential { owner, .. } = wired.link else { continue };
        if holder(wired) != Some(thing.id) || owner == from {
            continue;
        }
        let mut judged = judged.clone();
        judged.doubt(&wired.doubts);
        judged.doubt(&thing.doubts);
        judged.evidence.push(Evidence::wiring(wired.span));
        out.push(edge(from, owner, CREDENTIAL, Grade::Control, judged, actions.to_vec()));
    }
}

/// Whose configuration has the key
fn holder(wired: &Wired) -> Option<EntityId> {
    match wired.link {
        Link::Credential { holder, .. } => Some(holder),
        Link::RunsAs { .. }
        | Link::CallsAs { .. }
        | Link::Url { .. }
        | Link::WebEndpoint { .. }
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
