//! `runs-as`: a function's code has the credentials of its execution role.
//!
//! The role must trust `lambda.amazonaws.com` \[lambda-intro-execution-role\].

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
        if view.entity(from).kind != Kind::Function {
            return;
        }
        let assume = action("sts:AssumeRole");
        for wired in view.world.wirings() {
            let Link::RunsAs { function, role } = wired.link else { continue };
            if function != from {
                continue;
            }
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
