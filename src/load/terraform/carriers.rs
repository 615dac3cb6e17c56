//! Which resource types carry a policy document or name a role, and in which argument.
//!
//! From the provider's schema, as an embedded table. What is not read otherwise is at least named.

use std::sync::LazyLock;

static TABLE: &str = include_str!("../../aws/data/terraform_policy_and_role_attributes.tsv");

/// What an argument holds
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A policy document on a resource
    ResourcePolicy,
    /// A policy document of who calls: of a certificate, a permission set, a user of a service
    IdentityPolicy,
    /// The name of a policy document, one of another layer, or what gives rights as one does
    Policy,
    /// A role
    Role,
}

/// An argument that holds a policy or a role
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute {
    /// Its path of block and argument names
    pub(super) name: &'static str,
    /// What it holds
    pub(super) holds: Holds,
}

/// The third column of the table, and what it means here
static KINDS: &[(&str, Holds)] = &[
    ("policy-document", Holds::Policy),
    ("policy-arn", Holds::Policy),
    ("statement", Holds::Policy),
    ("grant", Holds::Policy),
    ("share", Holds::Policy),
    ("role-ref", Holds::Role),
];

/// The fourth column of a document: whose it is
fn document(whose: &str) -> Holds {
    match whose {
        "resource" => Holds::ResourcePolicy,
        whose if whose.starts_with("identity") => Holds::IdentityPolicy,
        _ => Holds::Policy,
    }
}

/// By resource type, in order
static ROWS: LazyLock<Vec<(&str, Attribute)>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let (kind, name, what) = (columns.next()?, columns.next()?, columns.next()?);
        let (_, holds) = KINDS.iter().find(|(known, _)| *known == what)?;
        let holds = match columns.next() {
            Some(whose) if what == "policy-document" => document(whose),
            _ => *holds,
        };
        Some((kind, Attribute { name, holds }))
    };
    let mut rows: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect();
    rows.sort_by_key(|(kind, attribute)| (*kind, attribute.name));
    rows
});

/// The arguments of a resource type that hold a policy or a role
pub(super) fn carries(kind: &str) -> impl Iterator<Item = &'static Attribute> {
    let from = ROWS.partition_point(|(known, _)| *known < kind);
    let rows = ROWS.get(from..).unwrap_or(&[]);
    rows.iter().take_while(move |(known, _)| *known == kind).map(|(_, attribute)| attribute)
}

/// Whether a resource type may give somebody a right: by the table, or by the name of one that is younger
pub(in crate::load) fn carries_rights(kind: &str) -> bool {
    let named = |word: &&str| kind.contains(*word);
    carries(kind).any(|one| one.holds != Holds::Role) || ["policy", "permission", "grant"].iter().any(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_policies_from_roles() {
        let holds = |kind: &str| carries(kind).map(|one| (one.name, one.holds)).collect::<Vec<_>>();
        assert!(holds("aws_codebuild_project").contains(&("service_role", Holds::Role)));
        assert!(holds("aws_ecr_repository_policy").contains(&("policy", Holds::ResourcePolicy)));
        assert!(holds("aws_vpc").is_empty());
        assert!(ROWS.len() > 400, "{}", ROWS.len());
    }

    #[test]
    fn every_row_is_read_or_gives_nobody_a_right() {
        // What takes rights away, and what holds a secret
        let silent = ["guard", "policy-name", "secret"];
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let what = line.split('\t').nth(2).unwrap();
            assert!(KINDS.iter().any(|(known, _)| *known == what) || silent.contains(&what), "{line}");
        }
    }
}
