//! What speaking to a database takes beside the right to call: a login, an API that is switched on, a way through its
//! network.
//!
//! The Data API logs in with a secret that its caller may read \[data-api.access\], Redshift's also as a user whose
//! temporary password its caller may ask for \[redshift-data-api-access\]. Which secret holds a login of which database no
//! input tells. Must not know: how the call itself is decided.

use crate::cause::{Cause, CauseKind};
use crate::reach::edges::settings::{Said, says};
use crate::reach::judge::Judgement;
use crate::reach::openings::Opening;
use crate::world::Entity;
use crate::world::kind::Kind;
use crate::world::view::View;

/// What a call takes
enum Takes {
    /// A login that one of these calls gives
    Login(&'static [&'static str]),
    /// A way through the network
    Way,
}

/// The service of a call, what it takes
static TAKES: &[(&str, Takes)] = &[
    ("rds", Takes::Way),
    ("rds-data", Takes::Login(&["secretsmanager:GetSecretValue"])),
    ("rds-db", Takes::Way),
    ("redshift", Takes::Way),
    (
        "redshift-data",
        Takes::Login(&[
            "redshift:GetClusterCredentials",
            "redshift:GetClusterCredentialsWithIAM",
            "secretsmanager:GetSecretValue",
        ]),
    ),
];

/// Whether a caller has what a call on a database takes: `None` where it surely has not
pub(super) fn taken(
    view: &View<'_>,
    entity: Option<&Entity>,
    target: &Entity,
    action: &str,
) -> Option<Judgement> {
    let mut judged = Judgement::default();
    let service = action.split_once(':').map_or(action, |(service, _)| service);
    match TAKES.iter().find(|(of, _)| *of == service) {
        Some((_, Takes::Login(calls))) => {
            let opens = |entity: &Entity| !Opening::of(view, entity, calls).is_nothing();
            // A secret's own policy may name its readers; whether it does is not looked at, so that an edit of it changes
            // nothing here.
            if !entity.is_none_or(opens) && view.world.of_kind(Kind::Secret).next().is_none() {
                return None;
            }
            judged.doubt(&[Cause::new(CauseKind::Credential, format!("a login of {}", target.display))]);
            judged.doubt(&switched_off(target).into_iter().collect::<Vec<_>>());
        }
        Some((_, Takes::Way)) => {
            let what = format!("who reaches {} through its network", target.display);
            judged.doubt(&[Cause::new(CauseKind::NotModelled, what)]);
        }
        None => {}
    }
    Some(judged)
}

/// The Data API of a cluster of RDS is off unless it is switched on \[data-api.enabling\]
fn switched_off(target: &Entity) -> Option<Cause> {
    if target.kind != Kind::DbCluster {
        return None;
    }
    match says(target, "enable_http_endpoint", &["true"]) {
        Said::Yes => None,
        Said::Unknown(cause) => Some(cause),
        Said::No => {
            let what = format!("the Data API of {} is not switched on", target.display);
            Some(Cause { kind: CauseKind::SwitchedOff, what, span: target.span })
        }
    }
}
