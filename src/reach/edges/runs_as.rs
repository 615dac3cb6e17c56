//! `runs-as`: a function's code has the credentials of its execution role.
//!
//! The role must trust `lambda.amazonaws.com` \[lambda-intro-execution-role\]. Of a web function each revision has its own,
//! and its endpoints say which revisions run \[web-functions-revisions\].

use std::collections::BTreeSet;

use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::action;
use crate::reach::judge::ask;
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::view::{Question, View};
use crate::world::{EntityId, Link};

/// The edge kind
#[derive(Debug)]
pub struct RunsAs;

impl EdgeKind for RunsAs {
    fn ids(&self) -> &'static [&'static str] {
        &["runs-as"]
    }

    fn about(&self) -> &'static str {
        "the function's code runs with the credentials of its execution role"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        if !view.entity(from).kind.is_function() {
            return;
        }
        let several = revisions(view, from);
        let assume = action("sts:AssumeRole");
        for wired in view.world.roles_of(from) {
            let Link::RunsAs { role, .. } = wired.link else { continue };
            let (function, entity) = (view.entity(from), view.entity(role));
            let known = |text: &Option<Text>| text.clone().map_or(KeyValue::Unknown, KeyValue::One);
            let question = Question {
                caller: Caller::Service(Text::from("lambda.amazonaws.com")),
                identity: None,
                action: &assume,
                resource: entity.arn.clone().unwrap_or_else(|| entity.name.clone()),
                on: Some(role),
                context: vec![
                    ("aws:SourceArn", known(&function.arn)),
                    ("aws:SourceAccount", known(&function.account)),
                ],
            };
            let Some(mut judged) = ask(view, &question) else { continue };
            judged.doubt(&several);
            judged.doubt(&wired.doubts);
            judged.doubt(&function.doubts);
            judged.doubt(&entity.doubts);
            judged.evidence.insert(0, Evidence::wiring(wired.span));
            out.push(Edge {
                actions: vec!["sts:AssumeRole"],
                wiring: Wiring::Wired,
                ..judged.edge("runs-as", Grade::Control, from, role)
            });
        }
    }
}

/// Why a web function may not run as one of its roles: its revisions have several, and which of them an endpoint serves is
/// not modelled
fn revisions(view: &View<'_>, function: EntityId) -> Vec<Cause> {
    let roles: BTreeSet<EntityId> = view
        .world
        .roles_of(function)
        .filter_map(|wired| if let Link::RunsAs { role, .. } = wired.link { Some(role) } else { None })
        .collect();
    if view.entity(function).kind != Kind::WebFunction || roles.len() < 2 {
        return Vec::new();
    }
    let what = format!("which of the revisions of {} its endpoints serve", view.entity(function).display);
    vec![Cause::new(CauseKind::NotModelled, what)]
}
