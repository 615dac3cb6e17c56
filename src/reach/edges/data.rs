//! `data.KIND.read` and `data.KIND.write`: a caller gets data out of, or into, a resource that holds it.
//!
//! A request on an object names one object: the edge asks for *some* name that a policy allows, never for `*`.

use crate::aws::arn::Arn;
use crate::eval::request::Caller;
use crate::reach::alike::Alike;
use crate::reach::edges::key::Uses;
use crate::reach::edges::names::{self, Forms};
use crate::reach::edges::put_object::{self, PUT_OBJECT};
use crate::reach::edges::settings::{self, Said};
use crate::reach::edges::{action, key, signs};
use crate::reach::judge::Judgement;
use crate::reach::openings::{Opening, ends};
use crate::reach::{Edge, EdgeKind, Grade, State};
use crate::text::{Hole, Text};
use crate::world::data::{Access, DATA, On, STREAM_RECORDS, instance, is_wild, row};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId, Standing};

mod login;

/// The edge kind
#[derive(Debug)]
pub struct Data;

/// Kind, read edge, write edge
static IDS: &[(Kind, &str, &str)] = &[
    (Kind::Secret, "data.secret.read", "data.secret.write"),
    (Kind::Bucket, "data.bucket.read", "data.bucket.write"),
    (Kind::Table, "data.table.read", "data.table.write"),
    (Kind::LogGroup, "data.log-group.read", "data.log-group.write"),
    (Kind::Queue, "data.queue.read", "data.queue.write"),
    (Kind::Topic, "data.topic.read", "data.topic.write"),
    (Kind::Stream, "data.stream.read", "data.stream.write"),
    (Kind::Param, "data.param.read", "data.param.write"),
    (Kind::Layer, "data.layer.read", "data.layer.write"),
    (Kind::DbCluster, "data.db-cluster.read", "data.db-cluster.write"),
    (Kind::RedshiftCluster, "data.redshift-cluster.read", "data.redshift-cluster.write"),
    (Kind::Key, "data.key.read", "data.key.write"),
];

impl EdgeKind for Data {
    fn ids(&self) -> &'static [&'static str] {
        &[
            "data.secret.read",
            "data.secret.write",
            "data.bucket.read",
            "data.bucket.write",
            "data.table.read",
            "data.table.write",
            "data.log-group.read",
            "data.log-group.write",
            "data.queue.read",
            "data.queue.write",
            "data.topic.read",
            "data.topic.write",
            "data.stream.read",
            "data.stream.write",
            "data.param.read",
            "data.param.write",
            "data.layer.read",
            "data.layer.write",
            "data.db-cluster.read",
            "data.db-cluster.write",
            "data.redshift-cluster.read",
            "data.redshift-cluster.write",
            "data.key.read",
            "data.key.write",
        ]
    }

    fn about(&self) -> &'static str {
        "a caller may read or write what the resource holds"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        let Some(who) = caller(entity).filter(|_| signs(entity) || entity.kind == Kind::Anonymous) else {
            return;
        };
        let mut alike = Alike::of(view, (entity.kind != Kind::Anonymous).then_some(entity));
        for row in DATA {
            let Some((_, read, write)) = IDS.iter().find(|(kind, ..)| *kind == row.kind) else { continue };
            for (accesses, kind, grade) in [(row.read, *read, Grade::Read), (row.write, *write, Grade::Write)]
            {
                let actions: Vec<&str> = accesses.iter().map(|access| access.action).collect();
                let opening = Opening::of(view, entity, &actions);
                for target in ends(view, row.kind, &opening, &who) {
                    let Some((judged, actions)) = accessed(&mut alike, entity, &who, target, accesses) else {
                        continue;
                    };
                    out.push(Edge { actions, ..judged.edge(kind, grade, from, target.id) });
                }
            }
        }
    }
}

/// What a caller may do of these accesses: the best judgement, and the actions that are as good
pub(super) fn accessed(
    alike: &mut Alike<'_>,
    entity: &Entity,
    who: &Caller,
    target: &Entity,
    accesses: &'static [Access],
) -> Option<(Judgement, Vec<&'static str>)> {
    let mut best: Option<Judgement> = None;
    let mut actions = Vec::new();
    let mut uses = Uses::default();
    for access in accesses {
        let judged = access_alike((&mut *alike, &mut uses), Some(entity), who, target, *access);
        let Some(judged) = judged else { continue };
        actions.push((access.action, judged.state()));
        let better = best.as_ref().is_none_or(|best| judged.state() < best.state());
        if better {
            best = Some(judged);
        } else if let Some(best) = &mut best
            && best.state() == judged.state()
        {
            for evidence in judged.evidence {
                if !best.evidence.contains(&evidence) {
                    best.evidence.push(evidence);
                }
            }
            best.doubt(&judged.causes);
        }
    }
    let mut judged = best?;
    judged.doubt(&entity.doubts);
    judged.doubt(&target.doubts);
    let sure = actions.iter().any(|(_, state)| *state == State::Yes);
    let counted = |(action, state): (&'static str, State)| (!sure || state == State::Yes).then_some(action);
    Some((judged, actions.into_iter().filter_map(counted).collect()))
}

/// Whether a caller may make one kind of access: the best of the requests that stand for it
pub(in crate::reach) fn access_to(
    view: &View<'_>,
    entity: Option<&Entity>,
    who: &Caller,
    target: &Entity,
    access: Access,
) -> Option<Judgement> {
    access_alike((&mut Alike::of(view, None), &mut Uses::default()), entity, who, target, access)
}

/// The same, with what is known of the caller's other accesses, and of those to this resource
fn access_alike(
    (alike, uses): (&mut Alike<'_>, &mut Uses),
    entity: Option<&Entity>,
    who: &Caller,
    target: &Entity,
    access: Access,
) -> Option<Judgement> {
    let view = alike.view();
    let action = action(access.action);
    let signed = entity.filter(|entity| entity.kind != Kind::Anonymous);
    let row = row(target.of.unwrap_or(target.kind));
    let mut best: Option<Judgement> = None;
    for resource in resources(view, entity, who, target, access) {
        let question = Question {
            caller: who.clone(),
            identity: signed.map(|entity| entity.id),
            action: &action,
            resource,
            on: Some(target.id),
            context: key::of_a_direct_call(&action),
        };
        let Some(mut judged) = alike.ask(&question) else { continue };
        if access.action == PUT_OBJECT {
            let ask = |headers| alike.ask(&Question { context: headers, ..question.clone() });
            let Some(with) = put_object::with_key(view, (entity, who), target, judged, ask) else { continue };
            judged = with;
        }
        let Some(taken) = login::taken(view, entity, target, access.action) else { continue };
        let judged = judged.and(taken);
        let judged = match row {
            Some(row) => judged.and(uses.of(view, entity, who, target, (row, access))?),
            None => judged,
        };
        let mut judged = judged;
        if access.action == STREAM_RECORDS
            && let Said::Unknown(cause) = streams(target)
        {
            judged.doubt(&[cause]);
        }
        if judged.state() == State::Yes {
            return Some(judged);
        }
        best.get_or_insert(judged);
    }
    best
}

/// The ARNs that stand for an access: the resource itself, or names inside of it that policies allow
#[must_use]
pub fn resources(
    view: &View<'_>,
    entity: Option<&Entity>,
    who: &Caller,
    target: &Entity,
    access: Access,
) -> Vec<Text> {
    let Some(arn) = &target.arn else { return Vec::new() };
    let of_bucket = target.of.unwrap_or(target.kind) == Kind::Bucket;
    let has_key = of_bucket && target.name.split('/', 2).len() == 2;
    let arn = names::read_by(who, arn).pop().unwrap_or_default();
    let of_many = is_wild(&arn);
    let form = if of_many { in_our_account(view, target, &arn) } else { arn };
    let open_to = |form: &Text| {
        if !is_wild(form) {
            return vec![form.clone()];
        }
        let actions = [access.action];
        let mut forms = Forms::new(view, who, &actions, form.clone());
        // Of many that a pattern stands for, what somebody may only do on some says nothing.
        if !of_many {
            let own = entity.map(|entity| entity.identity.as_slice()).unwrap_or_default();
            forms = forms.allowed_by(&[own, &target.resource]);
        }
        entity.into_iter().fold(forms, Forms::limited_by).names()
    };
    let inside = |separator: &str| open_to(&form.clone().with(separator).with("*"));
    match access.on {
        On::Itself if has_key => Vec::new(),
        On::Itself => open_to(&form),
        On::Suffixed(ending) => open_to(&form.with(ending)),
        On::User(service) => user(target, &instance(&form), service).into_iter().collect(),
        On::Inside(_) if has_key => open_to(&form),
        On::Inside(_) if access.action == STREAM_RECORDS && streams(target) == Said::No => Vec::new(),
        On::Inside(separator) => inside(separator),
        On::Within(separator) => open_to(&form).into_iter().chain(inside(separator)).collect(),
        On::Above(separator) => above(target, &instance(&form), separator),
    }
}

/// Some user of a database, as a call that logs in names it: RDS by an id of the cluster that no input shows before it is
/// made \[list_amazonrdsiamauthentication\], Redshift by the cluster's name \[list_amazonredshift\]
fn user(target: &Entity, cluster: &Text, service: &'static str) -> Option<Text> {
    let arn = Arn::parse(cluster)?;
    let hole = |what: &str| Text::from(Hole::input(format!("{what} of {}", target.display)));
    let of = match service {
        "rds-db" => hole("the resource id"),
        _ => arn.resource.strip_prefix("cluster:").unwrap_or_else(|| target.name.clone()),
    };
    let resource = Text::from("dbuser:").with(of).with("/").with(hole("a user"));
    Some(Arn { service: Text::from(service), resource, ..arn }.to_text())
}

/// The paths that a parameter stands below, each as callers write it, with the separator at its end or without
/// \[ps-retrieval-authorization\]; what only a policy names may be a path itself
fn above(target: &Entity, resource: &Text, separator: char) -> Vec<Text> {
    let parts = resource.split(separator, usize::MAX);
    let mut out = Vec::new();
    let mut path = Text::new();
    for (at, part) in parts.iter().take(parts.len().saturating_sub(1)).enumerate() {
        path.push(part);
        // The first is the type of the resource, below which stands the root.
        if at > 0 {
            out.push(path.clone());
        }
        path.push_str(&separator.to_string());
        out.push(path.clone());
    }
    if target.standing == Standing::Named {
        out.push(resource.clone());
    }
    out
}

/// Whether a table has a stream: one that is declared says so
fn streams(table: &Entity) -> Said {
    if table.standing != Standing::Declared {
        return Said::Yes;
    }
    settings::says(table, "stream_enabled", &["true"])
}

/// A pattern with our own account in the place of a wildcard, so that its instance is ours
fn in_our_account(view: &View<'_>, target: &Entity, pattern: &Text) -> Text {
    let Some(mut arn) = Arn::parse(pattern) else { return pattern.clone() };
    if is_wild(&arn.account)
        && let Some(account) = target.account.clone().or_else(|| view.world.accounts.first().cloned())
    {
        arn.account = account;
    }
    arn.to_text()
}
