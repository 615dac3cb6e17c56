//! Whether a bucket policy is public, as Block Public Access means it.
//!
//! S3 takes a policy for public unless each Allow is for fixed principals, or asks one of a few condition keys for fixed
//! values: without wildcards and without policy variables \[access-control-block-public-access\]. Must not know: whether
//! anything is blocked.

use crate::cause::{Cause, CauseKind};
use crate::policy::operator::{Family, Operator, Quantifier, Sense, WhenAbsent};
use crate::policy::{Clause, Condition, Effect, Entry, Named, Policy, PrincipalKind, Principals, Statement};
use crate::text::{HoleKind, Piece, Shape, Text};

/// Whether a policy is public
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Public {
    /// It is
    Yes,
    /// It is not
    No,
    /// The page does not say, or a value is not known
    NotKnown(Cause),
}

/// Keys that make a statement non-public where they are asked for fixed values
static FIXING: &[&str] = &[
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Beginnings of keys that narrow who calls, and that the page does not list
static NARROWING: &[&str] =
    &["aws:principal", "aws:source", "aws:federatedprovider", "aws:via", "aws:calledvia"];

/// Whether a policy is public: one statement is enough
#[must_use]
pub fn is_public(policy: &Policy) -> Public {
    let mut not_known = None;
    for statement in &policy.statements {
        match of_statement(statement) {
            Public::Yes => return Public::Yes,
            Public::No => {}
            Public::NotKnown(cause) => not_known = not_known.or(Some(cause)),
        }
    }
    not_known.map_or(Public::No, Public::NotKnown)
}

fn of_statement(statement: &Statement) -> Public {
    let not_known = |what: String| Public::NotKnown(Cause::at(CauseKind::NotConfirmed, what, statement.span));
    if statement.effect == Effect::Deny {
        return Public::No;
    }
    if let Some(unread) = statement.unread.first() {
        return not_known(format!("whether a statement with {} is public", unread.what));
    }
    let wild = match &statement.principal {
        Clause::Absent => Public::No,
        Clause::Not(_) | Clause::Is(Principals::Everyone(_)) => Public::Yes,
        Clause::Is(Principals::Listed(list)) => worst(list.iter().map(principal)),
    };
    if wild == Public::No {
        return wild;
    }
    let mut doubt = None;
    for condition in &statement.condition {
        match fixes(condition) {
            Public::No => return Public::No,
            Public::Yes => {}
            Public::NotKnown(cause) => doubt = doubt.or(Some(cause)),
        }
    }
    match (wild, doubt, &statement.effect) {
        (Public::NotKnown(cause), ..) | (_, Some(cause), _) => Public::NotKnown(cause),
        (_, None, Effect::Unknown(hole)) => {
            Public::NotKnown(Cause::at(CauseKind::Hole, hole.name(), statement.span))
        }
        (wild, None, Effect::Allow | Effect::Deny) => wild,
    }
}

fn worst(each: impl Iterator<Item = Public>) -> Public {
    let mut whole = Public::No;
    for one in each {
        match (&whole, &one) {
            (_, Public::Yes) => return Public::Yes,
            (Public::No, Public::NotKnown(_)) => whole = one,
            _ => {}
        }
    }
    whole
}

fn principal(named: &Named) -> Public {
    match &named.kind {
        PrincipalKind::Aws => of_value(&named.text, named),
        PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::CanonicalUser => Public::No,
        PrincipalKind::Unknown(kind) => {
            let what = format!("whether a principal of kind {kind} is fixed");
            Public::NotKnown(Cause::at(CauseKind::NotConfirmed, what, named.span))
        }
    }
}

/// Whether a value is fixed (`No`) or stands for many (`Yes`)
fn of_value<P: Placed>(text: &Text, place: &P) -> Public {
    let mut whole = Public::No;
    for piece in text.pieces() {
        match piece {
            Piece::Lit(text) if text.contains(['*', '?']) || text.contains("${") => return Public::Yes,
            Piece::Lit(_) => {}
            // Only a value of which nothing is known can bring a wildcard.
            Piece::Hole(hole) if hole.kind() == HoleKind::Input && hole.shape() == Shape::Any => {
                whole = Public::NotKnown(Cause::at(CauseKind::Hole, hole.name(), place.span()));
            }
            Piece::Hole(_) => {}
        }
    }
    whole
}

/// What has a place of its own
trait Placed {
    fn span(&self) -> crate::source::Span;
}

impl Placed for Named {
    fn span(&self) -> crate::source::Span {
        self.span
    }
}

impl Placed for Entry {
    fn span(&self) -> crate::source::Span {
        self.span
    }
}

/// Whether a condition leaves the statement public (`Yes`) or not (`No`)
fn fixes(condition: &Condition) -> Public {
    let not_known = |what: String| Public::NotKnown(Cause::at(CauseKind::NotConfirmed, what, condition.span));
    let Some(key) = condition.key.as_literal().map(str::to_ascii_lowercase) else {
        return not_known(format!(
            "whether a condition on {} keeps a policy from being public",
            condition.key
        ));
    };
    if !FIXING.contains(&key.as_str()) {
        if NARROWING.iter().any(|start| key.starts_with(start)) {
            return not_known(format!("whether a condition on {key} keeps a policy from being public"));
        }
        return Public::Yes;
    }
    let Operator::Known { quantifier, row, when_absent } = &condition.operator else {
        return not_known(format!("whether {} keeps a policy from being public", condition.operator.name()));
    };
    if row.sense == Sense::Negated || *when_absent == WhenAbsent::Holds {
        return Public::Yes;
    }
    if *quantifier != Quantifier::Single {
        return not_known(format!("whether {} keeps a policy from being public", condition.operator.name()));
    }
    match row.family {
        Family::String | Family::StringIgnoringCase | Family::StringLike | Family::Arn => {
            let fixed = worst(condition.values.iter().map(|value| of_value(&value.text, value)));
            // These two may hold a wildcard in some of their places.
            if fixed == Public::Yes && ["aws:userid", "s3:dataaccesspointarn"].contains(&key.as_str()) {
                return not_known(format!("whether wildcards in {key} make a policy public"));
            }
            fixed
        }
        Family::Ip => worst(condition.values.iter().map(network)),
        Family::Numeric(_) | Family::Date(_) | Family::Bool | Family::Binary | Family::Null => Public::Yes,
    }
}

/// A range broader than /8 (of IPv6: /32) is as good as everyone
fn network(value: &Entry) -> Public {
    let Some(text) = value.text.as_literal() else { return of_value(&value.text, value) };
    let Some((address, bits)) = text.split_once('/') else { return Public::No };
    let least = if address.contains(':') { 32 } else { 8 };
    match bits.parse::<u8>() {
        Ok(bits) if bits >= least => Public::No,
        Ok(_) => Public::Yes,
        Err(_) => {
            let what = format!("whether {text} is a broad range");
            Public::NotKnown(Cause::at(CauseKind::NotConfirmed, what, value.span))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::json;
    use crate::policy::parse;
    use crate::source::Sources;

    fn public(principal: &str, condition: &str) -> Public {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"s3:*",
            "Resource":"*","Condition":{condition}}}]}}"#
        );
        let mut sources = Sources::default();
        let file = sources.add("policy.json", text.as_str());
        let (tree, _) = json::file(&text, file);
        is_public(&parse::policy(&tree.unwrap()).0)
    }

    #[test]
    fn everyone_is_public_and_a_fixed_principal_is_not() {
        assert_eq!(public("\"*\"", "{}"), Public::Yes);
        assert_eq!(public("{\"AWS\":[\"111122223333\",\"*\"]}", "{}"), Public::Yes);
        assert_eq!(public("{\"AWS\":\"111122223333\"}", "{}"), Public::No);
        assert_eq!(public("{\"Service\":\"logs.amazonaws.com\"}", "{}"), Public::No);
    }

    #[test]
    fn a_fixed_value_of_a_listed_key_makes_everyone_non_public() {
        let org = |values: &str| {
            public("\"*\"", &format!("{{\"StringLike\":{{\"aws:PrincipalOrgID\":{values}}}}}"))
        };
        assert_eq!(org("\"o-a1b2c3d4e5\""), Public::No);
        assert_eq!(org("[\"o-a1b2c3d4e5\",\"o-*\"]"), Public::Yes);
        assert_eq!(org("\"${aws:PrincipalTag/org}\""), Public::Yes);
        assert_eq!(public("\"*\"", r#"{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}"#), Public::Yes);
        assert_eq!(public("\"*\"", r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#), Public::Yes);
        assert_eq!(public("\"*\"", r#"{"Bool":{"aws:SecureTransport":"true"}}"#), Public::Yes);
    }

    #[test]
    fn a_broad_range_of_addresses_is_public() {
        let ip =
            |range: &str| public("\"*\"", &format!("{{\"IpAddress\":{{\"aws:SourceIp\":\"{range}\"}}}}"));
        assert_eq!((ip("203.0.113.0/24"), ip("203.0.113.7")), (Public::No, Public::No));
        assert_eq!(
            (ip("0.0.0.0/1"), ip("2001::/16"), ip("2001:db8::/32")),
            (Public::Yes, Public::Yes, Public::No)
        );
    }

    #[test]
    fn what_the_page_does_not_list_is_not_known() {
        let arn = public("\"*\"", r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/r"}}"#);
        assert!(matches!(arn, Public::NotKnown(_)), "{arn:?}");
    }
}
