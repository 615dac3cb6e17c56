//! `assume.anywhere`: who holds a certificate takes the credentials of a role, by a trust anchor of IAM Roles Anywhere.
//!
//! The role trusts the service, mostly for one anchor, and a profile names the role \[rolesanywhere, trust-model\]. Who holds
//! a certificate, and which profiles there are, is not asked: every edge is conditional on them. Must not know: what the
//! role may do.

use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::reach::edges::{action, settings};
use crate::reach::judge::ask;
use crate::reach::openings::{Admission, admission};
use crate::reach::{Edge, EdgeKind, Evidence, Grade};
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::TRUST_ANCHOR;
use crate::world::view::{Question, View};
use crate::world::{Entity, EntityId};

/// The edge kind
#[derive(Debug)]
pub struct Anywhere;

/// The id of the edge
const EDGE: &str = "assume.anywhere";
const ASSUME: &str = "sts:AssumeRole";

impl EdgeKind for Anywhere {
    fn ids(&self) -> &'static [&'static str] {
        &[EDGE]
    }

    fn about(&self) -> &'static str {
        "who holds a certificate that a trust anchor accepts may take the credentials of the role"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let anchor = view.entity(from);
        let Some(written) = anchor.settings.get(TRUST_ANCHOR) else { return };
        let who = Caller::Service(Text::from("rolesanywhere.amazonaws.com"));
        let known = |text: &Option<Text>| text.clone().map_or(KeyValue::Unknown, KeyValue::One);
        let trusts = |role: &&Entity| admission(view, &role.trust, &who) != Admission::Nothing;
        for role in view.ends(Kind::Role).filter(trusts) {
            let question = Question {
                caller: who.clone(),
                identity: None,
                action: &action(ASSUME),
                resource: role.arn.clone().unwrap_or_else(|| role.name.clone()),
                on: Some(role.id),
                context: vec![
                    ("aws:SourceArn", known(&anchor.arn)),
                    ("aws:SourceAccount", known(&anchor.account)),
                ],
            };
            let Some(mut judged) = ask(view, &question) else { continue };
            let what =
                format!("a certificate that {} accepts, and a profile that names the role", anchor.display);
            judged.doubt(&[Cause::at(CauseKind::Credential, what, written.span)]);
            judged.doubt(&settings::switched_off(anchor));
            judged.doubt(&anchor.doubts);
            judged.doubt(&role.doubts);
            judged.evidence.insert(0, Evidence::wiring(written.span));
            out.push(Edge { actions: vec![ASSUME], ..judged.edge(EDGE, Grade::Control, from, role.id) });
        }
    }
}
