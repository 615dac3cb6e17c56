//! `s3.notify`: a bucket's notifications invoke the function.
//!
//! S3 calls as `s3.amazonaws.com` with the bucket's ARN and its owner's account as source
//! \[grant-destinations-permissions-to-s3\].

use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::{Through, VIA_URL, action, switched_off, via};
use crate::reach::judge::ask;
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::text::Text;
use crate::world::view::{Question, View};
use crate::world::{EntityId, Link};

/// The edge kind
#[derive(Debug)]
pub struct S3Notification;

impl EdgeKind for S3Notification {
    fn ids(&self) -> &'static [&'static str] {
        &["s3.notify"]
    }

    fn about(&self) -> &'static str {
        "a bucket tells the function of new, changed or removed objects"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let invoke = action("lambda:InvokeFunction");
        for wired in view.world.wired_from(from) {
            let Link::Notification { bucket, function, .. } = wired.link else { continue };
            let source = view.entity(bucket);
            let Some(arn) = view.entity(function).arn.clone() else { continue };
            let known = |text: &Option<Text>| text.clone().map_or(KeyValue::Unknown, KeyValue::One);
            let question = Question {
                caller: Caller::Service(Text::from("s3.amazonaws.com")),
                identity: None,
                action: &invoke,
                resource: arn,
                on: Some(function),
                context: vec![
                    ("aws:SourceArn", known(&source.arn)),
                    ("aws:SourceAccount", known(&source.account)),
                    (VIA_URL, via(Through::Api)),
                ],
            };
            let Some(mut judged) = ask(view, &question) else { continue };
            judged.doubt(&wired.doubts);
            judged.doubt(&source.doubts);
            judged.doubt(view.doubts(function));
            judged.doubt(&switched_off(view.world, function));
            judged.evidence.push(Evidence::wiring(wired.span));
            out.push(Edge {
                actions: vec!["lambda:InvokeFunction"],
                wiring: Wiring::Wired,
                set_off_by: wired.occasion,
                ..judged.edge("s3.notify", Grade::Influence, from, function)
            });
        }
    }
}
