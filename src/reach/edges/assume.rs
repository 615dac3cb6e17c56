//! `assume.role`, `assume.web-identity`, `assume.saml`: a caller takes the credentials of a role.
//!
//! Conditions of the trust policy (MFA, an external id, an OIDC subject) make the edge conditional; they do not
//! delete it.

use crate::cause::{Cause, CauseKind};
use crate::reach::edges::{action, guest, signs};
use crate::reach::judge::ask;
use crate::reach::openings::{Admission, Opening, admission};
use crate::reach::{Edge, EdgeKind, Grade};
use crate::world::kind::Kind;
use crate::world::view::{Question, View, caller};
use crate::world::{Entity, EntityId};

/// The edge kind
#[derive(Debug)]
pub struct Assume;

/// Edge id, action: how signed callers assume
const SIGNED: &[(&str, &str)] = &[("assume.role", "sts:AssumeRole")];
/// Edge id, action: how identities of a provider assume
const FEDERATED: &[(&str, &str)] =
    &[("assume.web-identity", "sts:AssumeRoleWithWebIdentity"), ("assume.saml", "sts:AssumeRoleWithSAML")];

impl EdgeKind for Assume {
    fn ids(&self) -> &'static [&'static str] {
        &["assume.role", "assume.web-identity", "assume.saml"]
    }

    fn about(&self) -> &'static str {
        "a caller may take the credentials of the role"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let entity = view.entity(from);
        if entity.kind == Kind::Anonymous {
            guest::edges(view, from, out);
        }
        let ways = if entity.kind == Kind::Provider {
            FEDERATED
        } else if signs(entity) {
            SIGNED
        } else {
            return;
        };
        let Some(who) = caller(entity) else { return };
        let actions: Vec<&str> = ways.iter().map(|(_, action)| *action).collect();
        let opening = Opening::of(view, entity, &actions);
        let is_worth_asking = |role: &&Entity| match admission(view, &role.trust, &who) {
            Admission::Nothing => false,
            Admission::ByAccount => opening.may_cover(role.arn.as_ref()),
            Admission::Perhaps => true,
        };
        for role in view.ends(Kind::Role).filter(|role| role.id != from).filter(is_worth_asking) {
            for (kind, name) in ways {
                let action = action(name);
                let question = Question {
                    caller: who.clone(),
                    identity: (entity.kind != Kind::Provider).then_some(from),
                    action: &action,
                    resource: role.arn.clone().unwrap_or_else(|| role.name.clone()),
                    on: Some(role.id),
                    context: Vec::new(),
                };
                let Some(mut judged) = ask(view, &question) else { continue };
                if entity.kind == Kind::Provider {
                    let what = format!("a token that {} issues", entity.display);
                    judged.doubt(&[Cause::new(CauseKind::Credential, what)]);
                }
                judged.doubt(&entity.doubts);
                judged.doubt(&role.doubts);
                out.push(Edge { actions: vec![name], ..judged.edge(kind, Grade::Control, from, role.id) });
            }
        }
    }
}
