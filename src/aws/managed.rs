//! AWS managed policies that a role can plausibly carry, from an embedded table.
//!
//! A policy that is not in it is not known: whoever attaches it carries a missing document.

use std::sync::LazyLock;

static TABLE: &str = include_str!("data/managed_policies_lambda.gpol");

/// A policy that AWS maintains
#[derive(Clone, Copy, Debug)]
pub struct Managed {
    /// Its path: `/`, `/service-role/`
    pub path: &'static str,
    /// Its name
    pub name: &'static str,
    /// Its version: `v6`
    pub version: &'static str,
    /// The day of that version
    pub date: &'static str,
    /// The document, on one line
    pub json: &'static str,
}

/// By path and name, in order
static POLICIES: LazyLock<Vec<Managed>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        Some(Managed { path: next()?, name: next()?, version: next()?, date: next()?, json: next()? })
    };
    let mut policies: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(row).collect();
    policies.sort_by_key(|policy| (policy.path, policy.name));
    policies
});

/// The policy of an ARN: `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`
#[must_use]
pub fn document(arn: &str) -> Option<&'static Managed> {
    let (start, resource) = arn.split_once(":iam::aws:policy/")?;
    start.strip_prefix("arn:aws")?;
    let (path, name) = resource.rsplit_once('/').unwrap_or(("", resource));
    let path = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
    let at = POLICIES.binary_search_by(|policy| (policy.path, policy.name).cmp(&(path.as_str(), name)));
    POLICIES.get(at.ok()?)
}

/// The path of the policy of this name: `/service-role/`
#[must_use]
pub fn path_of(name: &str) -> Option<&'static str> {
    POLICIES.iter().find(|policy| policy.name == name).map(|policy| policy.path)
}

impl Managed {
    /// The document, one value a line
    #[must_use]
    pub fn pretty(&self) -> String {
        let value: Result<serde_json::Value, _> = serde_json::from_str(self.json);
        value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| self.json.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_found_by_arn_in_every_partition() {
        let basic = document("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole").unwrap();
        assert!(basic.json.contains("logs:PutLogEvents"));
        assert!(basic.pretty().lines().count() > 5);
        assert!(document("arn:aws-cn:iam::aws:policy/AdministratorAccess").is_some());
        assert!(document("arn:aws:iam::aws:policy/NoSuchPolicy").is_none());
        assert!(document("arn:aws:iam::111122223333:policy/AdministratorAccess").is_none());
    }

    #[test]
    fn every_document_is_json() {
        for policy in POLICIES.iter() {
            assert!(serde_json::from_str::<serde_json::Value>(policy.json).is_ok(), "{}", policy.name);
        }
        assert!(POLICIES.len() > 700);
    }
}
