//! Guests of identity pools: who takes a role with a token that a pool of Amazon Cognito gives to anybody.
//!
//! A pool that admits unauthenticated identities gives everybody who knows its id a token \[identity-pools\]; one that
//! admits users of a user pool or of a public provider gives one to everybody who signs up there. In the basic flow the
//! token is good for each role that trusts it, in the enhanced flow for the role that is attached to the pool, and what
//! a guest may do is narrowed by a session policy of AWS's \[iam-roles, authentication-flow\]. Must not know: how the pool
//! was written.

use crate::aws::pattern::{Fit, Way, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::eval::request::Caller;
use crate::policy::Entry;
use crate::reach::edges::action;
use crate::reach::edges::settings::{Said, says};
use crate::reach::judge::{Judgement, ask};
use crate::reach::openings::{Admission, admission};
use crate::reach::{Edge, Evidence, Grade};
use crate::text::Text;
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::pieces::Setting;
use crate::world::view::{Question, View};
use crate::world::{Entity, EntityId};

/// Whom roles trust that identity pools give
const COGNITO: &str = "cognito-identity.amazonaws.com";
const ASSUME: &str = "sts:AssumeRoleWithWebIdentity";
/// The key that says which pool gave a token, and the setting of a pool that says which it is
const POOL: &str = "cognito-identity.amazonaws.com:aud";
const ID: &str = "identity_pool_id";
/// The edge id, that of all roles that a token opens
const EDGE: &str = "assume.web-identity";

/// How somebody comes to a token of a pool
struct Token {
    /// What the token says in `amr`, and the name of the role in the pool's attachment
    amr: &'static str,
    /// The setting of the pool that must say so, else there is no such token
    given_where: &'static str,
}

static TOKENS: &[Token] = &[
    Token { amr: "unauthenticated", given_where: "allow_unauthenticated_identities" },
    Token { amr: "authenticated", given_where: "logins" },
];

/// What anybody holds by way of the pools of the input, of others that a trust policy names, and of a pool of one's own
pub(super) fn edges(view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
    let who = Caller::Federated(Text::from(COGNITO));
    let trusts = |role: &&Entity| admission(view, &role.trust, &who) != Admission::Nothing;
    let is_pool = |one: &&Entity| one.settings.contains_key(ID);
    let pools: Vec<&Entity> = view.world.of_kind(Kind::Other).filter(is_pool).collect();
    for role in view.ends(Kind::Role).filter(trusts) {
        let others = named_elsewhere(view, &pools, role);
        let taken = TOKENS.iter().flat_map(|token| {
            let of_pools = pools.iter().filter_map(move |pool| of_pool(view, pool, token, role));
            let of_others = others.iter().filter_map(move |other| of_another(view, other, token, role));
            of_others.chain(of_pools).chain(of_a_stranger(view, token, role))
        });
        out.extend(taken.min_by_key(Judgement::state).map(|mut judged| {
            judged.doubt(&role.doubts);
            Edge { actions: vec![ASSUME], ..judged.edge(EDGE, Grade::Control, from, role.id) }
        }));
    }
}

/// Pools that the trust policies of a role name, and that the input does not declare
fn named_elsewhere<'w>(view: &'w View<'_>, pools: &[&Entity], role: &'w Entity) -> Vec<&'w Entry> {
    let ids: Vec<&Text> = pools.iter().filter_map(|pool| pool.settings.get(ID)).map(|id| &id.value).collect();
    let statements = view.documents(&role.trust).flat_map(|policy| &policy.statements);
    let conditions = statements.flat_map(|statement| &statement.condition);
    let is_pool = |key: &Text| fit(&Text::from(POOL), key, Way::ExactIgnoringCase) != Fit::No;
    let values =
        conditions.filter(|condition| is_pool(&condition.key)).flat_map(|condition| &condition.values);
    values.filter(|entry| !ids.iter().any(|id| fit(id, &entry.text, Way::Exact) == Fit::Yes)).collect()
}

/// Whether such a token of a pool of the input opens the role
fn of_pool(view: &View<'_>, pool: &Entity, token: &Token, role: &Entity) -> Option<Judgement> {
    let id = pool.settings.get(ID)?;
    let given = given(pool, token)?;
    let opens = opens(pool, id, token, role)?;
    let mut judged = trusted(view, KeyValue::One(id.value.clone()), token, role)?;
    for causes in [&given, &opens, &pool.doubts] {
        judged.doubt(causes);
    }
    judged.evidence.insert(0, Evidence::wiring(id.span));
    Some(judged)
}

/// Whether a token opens the role that a pool gives which only the role's trust policy names
fn of_another(view: &View<'_>, pool: &Entry, token: &Token, role: &Entity) -> Option<Judgement> {
    let mut judged = trusted(view, KeyValue::One(data::instance(&pool.text)), token, role)?;
    let what = format!("whom the identity pool {} gives a token: the input does not declare it", pool.text);
    judged.doubt(&[Cause::at(CauseKind::OpenWorld, what, pool.span)]);
    Some(judged)
}

/// Whether a token opens the role that a pool in another account gives, which anybody may make: where the trust policy
/// says nothing of the pool
fn of_a_stranger(view: &View<'_>, token: &Token, role: &Entity) -> Option<Judgement> {
    let mut judged = trusted(view, KeyValue::Absent, token, role)?;
    let what = "whether AWS lets a trust policy stand that names no identity pool";
    judged.doubt(&[Cause::new(CauseKind::NotConfirmed, what)]);
    Some(judged)
}

/// Whether the role trusts such a token of this pool
fn trusted(view: &View<'_>, pool: KeyValue, token: &Token, role: &Entity) -> Option<Judgement> {
    let assume = action(ASSUME);
    let question = Question {
        caller: Caller::Federated(Text::from(COGNITO)),
        identity: None,
        action: &assume,
        resource: role.arn.clone().unwrap_or_else(|| role.name.clone()),
        on: Some(role.id),
        context: vec![
            (POOL, pool),
            ("cognito-identity.amazonaws.com:amr", KeyValue::Many(vec![Text::from(token.amr)])),
        ],
    };
    ask(view, &question)
}

/// Why the pool may not give such a token to anybody; `None` where it surely does not
fn given(pool: &Entity, token: &Token) -> Option<Vec<Cause>> {
    let setting = pool.settings.get(token.given_where)?;
    if token.given_where == "logins" {
        let what = format!("a login with a provider of {}, or the right to sign up there", pool.display);
        return Some(vec![Cause::at(CauseKind::Credential, what, setting.span)]);
    }
    match setting.value.as_literal() {
        Some("true") => Some(Vec::new()),
        Some(_) => None,
        None => {
            let what = format!("whether {} admits guests is not known", pool.display);
            Some(vec![Cause::at(CauseKind::Hole, what, setting.span)])
        }
    }
}

/// Why a token of the pool may not open the role, beside what the role trusts; `None` where it surely does not
fn opens(pool: &Entity, id: &Setting, token: &Token, role: &Entity) -> Option<Vec<Cause>> {
    // In the basic flow whoever has the token calls STS for whichever role trusts it.
    match says(pool, "allow_classic_flow", &["true"]) {
        Said::Yes => return Some(Vec::new()),
        Said::No => {}
        Said::Unknown(cause) => return Some(vec![cause]),
    }
    let mut causes = match pool.settings.get(token.amr) {
        None => {
            let what = format!("which role {} gives: the input does not attach one", pool.display);
            vec![Cause::at(CauseKind::Wiring, what, id.span)]
        }
        Some(attached) => {
            match role.arn.as_ref().map_or(Fit::No, |arn| fit(&attached.value, arn, Way::Exact)) {
                Fit::Yes => Vec::new(),
                Fit::No => {
                    let mapped =
                        pool.settings.get("role_mapping").filter(|_| token.amr == "authenticated")?;
                    let what = format!("whether a mapping of {} gives {}", pool.display, role.display);
                    vec![Cause::at(CauseKind::NotModelled, what, mapped.span)]
                }
                Fit::Depends(_) => {
                    let what = format!("whether {} gives {}", pool.display, role.display);
                    vec![Cause::at(CauseKind::Hole, what, attached.span)]
                }
            }
        }
    };
    if token.amr == "unauthenticated" {
        let what = "what a session policy of AWS leaves to guests in the enhanced flow";
        causes.push(Cause::at(CauseKind::NotModelled, what, id.span));
    }
    Some(causes)
}
