//! `rds` and `redshift`: SQL on a cluster calls a function, with a role that the cluster has for it.
//!
//! A statement names the function, so that the cluster may call whatever one of its roles may \[AuroraMySQL.Integrating.Lambda,
//! PostgreSQL-Lambda, udf-creating-a-lambda-sql-udf\]. Must not know: who speaks SQL to the cluster; that is `fire`.

use crate::reach::edges::rights::{self, Act};
use crate::reach::edges::{Through, VIA_URL, switched_off, via};
use crate::reach::openings::{Opening, ends};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::world::kind::Kind;
use crate::world::view::{View, caller};
use crate::world::{EntityId, Link};

/// The edge kind
#[derive(Debug)]
pub struct Sql;

const INVOKE: &str = "lambda:InvokeFunction";

/// Kind of cluster, the edge, whom its role trusts
static CLUSTERS: &[(Kind, &str, &str)] = &[
    (Kind::DbCluster, "rds", "rds.amazonaws.com"),
    (Kind::RedshiftCluster, "redshift", "redshift.amazonaws.com"),
];

/// The id of the edges from a cluster of this kind
#[must_use]
pub fn id(kind: Kind) -> Option<&'static str> {
    CLUSTERS.iter().find(|(of, ..)| *of == kind).map(|(_, id, _)| *id)
}

impl EdgeKind for Sql {
    fn ids(&self) -> &'static [&'static str] {
        &["rds", "redshift"]
    }

    fn about(&self) -> &'static str {
        "SQL on a cluster may call the function, as a role of the cluster"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let cluster = view.entity(from);
        let Some((_, kind, principal)) = CLUSTERS.iter().find(|(of, ..)| *of == cluster.kind) else { return };
        for wired in view.world.wired_from(from) {
            let Link::CallsAs { role, .. } = wired.link else { continue };
            let role = view.entity(role);
            let take = Act { action: "sts:AssumeRole", target: role, resource: None, context: &[] };
            let (arn, account) = (cluster.arn.clone(), cluster.account.clone());
            let Some(taken) = rights::service(view, principal, arn, account, take) else { continue };
            let Some(who) = caller(role) else { continue };
            let opening = Opening::of(view, role, &[INVOKE]);
            let context = [(VIA_URL, via(Through::Api))];
            for function in ends(view, Kind::Function, &opening, &who) {
                let invoke = Act { action: INVOKE, target: function, resource: None, context: &context };
                let Some(called) = rights::role(view, role, invoke) else { continue };
                let mut judged = taken.clone().and(called);
                judged.doubt(&wired.doubts);
                judged.doubt(&cluster.doubts);
                judged.doubt(&function.doubts);
                judged.doubt(&switched_off(view.world, function.id));
                judged.evidence.push(Evidence::wiring(wired.span));
                out.push(Edge {
                    actions: vec![INVOKE],
                    wiring: Wiring::Wired,
                    set_off_by: wired.occasion,
                    ..judged.edge(kind, Grade::Influence, from, function.id)
                });
            }
        }
    }
}
