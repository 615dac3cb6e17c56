//! Roles of database clusters: what SQL on a cluster may call as.
//!
//! A type is a row. Must not know: what the role may do, or who speaks SQL.

use super::{Reading, nodes};
use crate::load::terraform::instance::Instance;
use crate::world::kind::Kind;
use crate::world::pieces::Wire;

/// Type, kind of cluster, the argument that names it (empty: the instance itself), the argument with its roles
static ROLES: &[(&str, Kind, &str, &str)] = &[
    ("aws_rds_cluster", Kind::DbCluster, "", "iam_roles"),
    ("aws_rds_cluster_role_association", Kind::DbCluster, "db_cluster_identifier", "role_arn"),
    ("aws_redshift_cluster", Kind::RedshiftCluster, "", "default_iam_role_arn"),
    ("aws_redshift_cluster", Kind::RedshiftCluster, "", "iam_roles"),
    ("aws_redshift_cluster_iam_roles", Kind::RedshiftCluster, "cluster_identifier", "default_iam_role_arn"),
    ("aws_redshift_cluster_iam_roles", Kind::RedshiftCluster, "cluster_identifier", "iam_role_arns"),
];

/// Wires the roles of a cluster; whether the instance is of a type that has some
pub(super) fn roles(instance: &Instance, reading: &mut Reading) -> bool {
    let mut has = false;
    for (_, kind, cluster, argument) in ROLES.iter().filter(|(of, ..)| *of == instance.kind) {
        has = true;
        for node in nodes(&instance.body, argument) {
            let role = reading.refer(node);
            let source = match *cluster {
                "" => Some(Reading::itself(instance)),
                cluster => reading.reference(instance, cluster),
            };
            let Some(source) = source.filter(|_| !role.text.is_empty()) else { continue };
            reading.wire(instance, Wire::CallsAs { kind: *kind, source, role });
        }
    }
    has
}
