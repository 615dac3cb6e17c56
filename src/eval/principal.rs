//! How a statement names the caller: surely, perhaps or not, and how exactly.
//!
//! The level matters: a session that is named itself is granted past its boundary and session policies, a role is
//! not, an account only delegates \[reference_policies_elements_principal, reference_policies_evaluation-logic\].

use crate::aws::arn::Arn;
use crate::aws::pattern::{Way, fit};
use crate::cause::CauseKind;
use crate::eval::decide::Match;
use crate::eval::derive::name;
use crate::eval::request::Caller;
use crate::eval::truth::Truth;
use crate::policy::{Named, PrincipalKind, Principals};
use crate::source::Span;
use crate::text::Text;

/// One way in which a `Principal` element names the caller
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    /// Whether it does
    pub truth: Truth,
    /// How exactly
    pub level: Match,
}

/// Every way in which these principals name, or may name, the caller
#[must_use]
pub fn namings(principals: &Principals, caller: &Caller) -> Vec<Naming> {
    match principals {
        Principals::Everyone(_) => vec![Naming { truth: Truth::True, level: Match::Wildcard }],
        Principals::Listed(list) => list
            .iter()
            .flat_map(|named| naming(named, caller))
            .filter(|naming| !naming.truth.is_false())
            .collect(),
    }
}

/// Whether a `NotPrincipal` list takes the caller out
///
/// AWS asks for the session, its role and its account in the list \[reference_policies_elements_notprincipal\]; what
/// a part of them does is described nowhere.
#[must_use]
pub fn is_exempt(principals: &Principals, caller: &Caller, span: Span) -> Truth {
    let list = match principals {
        Principals::Everyone(_) => return Truth::True,
        Principals::Listed(list) => list,
    };
    let listed = |identity: &Caller, level: Match| {
        let fitting = |naming: &Naming| naming.level == level || naming.level == Match::Wildcard;
        Truth::any(
            list.iter().flat_map(|named| naming(named, identity)).filter(fitting).map(|naming| naming.truth),
        )
    };
    let wanted: &[Match] = match caller {
        Caller::Session { name: None, .. } | Caller::ServiceLinkedRole(_) => &[Match::Role, Match::Account],
        Caller::Session { name: Some(_), .. } => &[Match::Direct, Match::Role, Match::Account],
        Caller::User(_) | Caller::FederatedUser(_) => &[Match::Direct, Match::Account],
        Caller::Root(_) | Caller::Account(_) => &[Match::Account],
        Caller::Service(_) | Caller::Federated(_) => &[Match::Direct],
        Caller::Anonymous => &[Match::Wildcard],
    };
    let parts: Vec<Truth> = wanted.iter().map(|level| listed(caller, *level)).collect();
    let all = Truth::all(parts.iter().cloned());
    let some = Truth::any(parts);
    if all.is_false() && !some.is_false() {
        let what = "a NotPrincipal list with only some of session, role and account";
        return Truth::cause(CauseKind::NotConfirmed, what, span);
    }
    all
}

fn naming(named: &Named, caller: &Caller) -> Vec<Naming> {
    let at = |truth: Truth, level: Match| Naming { truth, level };
    match &named.kind {
        PrincipalKind::Aws => aws(&named.text, caller, named.span),
        PrincipalKind::Service => {
            let Caller::Service(name) = caller else { return Vec::new() };
            vec![at(service(&named.text, name, named.span), Match::Direct)]
        }
        PrincipalKind::Federated => {
            let Caller::Federated(provider) = caller else { return Vec::new() };
            if named.text.as_literal() == Some("*") {
                return vec![at(Truth::True, Match::Wildcard)];
            }
            vec![at(equal(&named.text, provider, named.span), Match::Direct)]
        }
        PrincipalKind::CanonicalUser if !caller.has_credentials() => Vec::new(),
        PrincipalKind::CanonicalUser => {
            let what = format!("whose the canonical user id {} is", named.text);
            vec![at(Truth::cause(CauseKind::NotModelled, what, named.span), Match::Account)]
        }
        PrincipalKind::Unknown(kind) => {
            let truth = match kind.holes().chain(named.text.holes()).next() {
                Some(hole) => Truth::cause(CauseKind::Hole, hole.name(), named.span),
                None => {
                    let what = format!("principals of kind {kind}");
                    Truth::cause(CauseKind::NotModelled, what, named.span)
                }
            };
            vec![at(truth, Match::Direct)]
        }
    }
}

/// A service by its name; what it is called in one region, `redshift.eu-west-1.amazonaws.com`, may be what it is called
/// everywhere, and the other way round \[authorizing-redshift-service-regions\]
fn service(named: &Text, caller: &Text, span: Span) -> Truth {
    let same = equal(named, caller, span);
    let (Some(named), Some(caller)) = (named.as_literal(), caller.as_literal()) else { return same };
    let is_of =
        |regional: &str, name: &str| without_region(regional).is_some_and(|everywhere| everywhere == name);
    if is_of(named, caller) || is_of(caller, named) {
        let what = format!("whether {caller} calls as {named}");
        return Truth::cause(CauseKind::NotConfirmed, what, span);
    }
    same
}

/// A service's name without the region in it; `None` where there is none
fn without_region(name: &str) -> Option<String> {
    let is_region = |part: &&str| {
        let words: Vec<&str> = part.split('-').collect();
        let [area @ .., number] = words.as_slice() else { return false };
        let letters = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        area.len() >= 2
            && area.iter().all(letters)
            && number.len() == 1
            && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let regions = name.split('.').filter(is_region).count();
    let others: Vec<&str> = name.split('.').filter(|part| !is_region(part)).collect();
    (regions == 1).then(|| others.join("."))
}

/// An entry of the `AWS` list: `*`, an account, or the ARN of a user, role, session or account
fn aws(text: &Text, caller: &Caller, span: Span) -> Vec<Naming> {
    let at = |truth: Truth, level: Match| Naming { truth, level };
    match equal(text, &Text::from("*"), span) {
        Truth::True => return vec![at(Truth::True, Match::Wildcard)],
        // It may be everyone, the caller's account, or the very caller.
        everyone @ Truth::Depends(_) => return vec![at(everyone, Match::Direct)],
        Truth::False => {}
    }
    let Some(account) = caller.account() else { return Vec::new() };
    let Some(arn) = Arn::parse(text) else {
        let mut namings = vec![at(equal(text, &account, span), Match::Account)];
        if text.holes().next().is_some() {
            let by = |(own, level)| at(equal(text, &own, span), level);
            namings.extend(arns(caller, &account).into_iter().map(by));
        }
        return namings;
    };
    let same_account = equal(&arn.account, &account, span).and(same_partition(&arn, caller, span));
    if arn.resource.as_literal() == Some("root") {
        return vec![at(same_account, Match::Account)];
    }
    match caller {
        Caller::User(own) | Caller::FederatedUser(own) => vec![at(equal(text, own, span), Match::Direct)],
        Caller::ServiceLinkedRole(own) => vec![at(equal(text, own, span), Match::Role)],
        Caller::Session { role, name } => session(text, &arn, &same_account, role, name.as_ref(), span),
        // Whoever runs the account is, or can become, each of its users and roles.
        Caller::Account(_) => vec![at(same_account, Match::Direct)],
        Caller::Root(_) | Caller::Federated(_) | Caller::Service(_) | Caller::Anonymous => Vec::new(),
    }
}

/// Whole ARNs that may name the caller, for a text whose parts cannot be told apart
fn arns(caller: &Caller, account: &Text) -> Vec<(Text, Match)> {
    let is_role = matches!(caller, Caller::Session { .. } | Caller::ServiceLinkedRole(_));
    let level = if is_role { Match::Role } else { Match::Direct };
    let own = caller.arn().map(|own| (own.clone(), level));
    let partition = own.as_ref().and_then(|(own, _)| Arn::partition_in(own));
    let partition = partition.unwrap_or_else(|| Text::from("aws"));
    let root = Text::from("arn:").with(partition).with(":iam::").with(account).with(":root");
    own.into_iter().chain([(root, Match::Account)]).collect()
}

fn session(
    text: &Text,
    arn: &Arn,
    same_account: &Truth,
    role: &Text,
    session: Option<&Text>,
    span: Span,
) -> Vec<Naming> {
    if let Some(assumed) = arn.resource.strip_prefix("assumed-role/") {
        let parts = assumed.split('/', 2);
        let ([of, its_name], Some(own)) = (parts.as_slice(), name(role)) else { return Vec::new() };
        let same_name = match session {
            Some(session) => equal(its_name, session, span),
            None => Truth::cause(CauseKind::ContextKey, "sts:RoleSessionName", span),
        };
        let truth = Truth::all([same_account.clone(), equal(of, &own, span), same_name]);
        return vec![Naming { truth, level: Match::Direct }];
    }
    let whole = equal(text, role, span);
    if !whole.is_false() {
        return vec![Naming { truth: whole, level: Match::Role }];
    }
    // A session's ARN lacks the role's path, and names are unique in an account.
    let without_path = |arn: &Arn| arn.resource.split('/', usize::MAX).len() == 2;
    let own = Arn::parse(role);
    if own.is_some_and(|own| without_path(&own)) && arn.resource.strip_prefix("role/").is_some() {
        let (Some(theirs), Some(ours)) = (name(text), name(role)) else { return Vec::new() };
        let truth = same_account.clone().and(equal(&theirs, &ours, span));
        return vec![Naming { truth, level: Match::Role }];
    }
    Vec::new()
}

fn same_partition(arn: &Arn, caller: &Caller, span: Span) -> Truth {
    let own = caller.arn().and_then(Arn::partition_in);
    own.map_or(Truth::True, |own| equal(&arn.partition, &own, span))
}

/// Principals have no wildcards
fn equal(a: &Text, b: &Text, span: Span) -> Truth {
    Truth::of_fit(fit(a, b, Way::Exact), b, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Hole;

    #[test]
    fn a_name_that_is_not_known_whole_may_be_every_caller_of_its_beginning() {
        let named = |text: Text| {
            Principals::Listed(vec![Named { kind: PrincipalKind::Aws, text, span: Span::NOWHERE }])
        };
        let role = Text::from("arn:aws:iam::111122223333:role/etl");
        let mika = Text::from("arn:aws:iam::111122223333:user/mika");
        let session = Caller::Session { role, name: Some("job".into()) };
        let levels = |principals: &Principals, caller: &Caller| -> Vec<Match> {
            let namings = namings(principals, caller);
            assert!(namings.iter().all(|naming| !naming.truth.is_true()), "{namings:?}");
            namings.iter().map(|naming| naming.level).collect()
        };
        let some = named(Text::from("arn:aws:").with(Hole::input("var.who")));
        assert_eq!(levels(&some, &Caller::User(mika.clone())), [Match::Direct, Match::Account]);
        assert_eq!(levels(&some, &session), [Match::Role, Match::Account]);
        let foreign = named(Text::from("arn:aws-cn:").with(Hole::input("var.who")));
        assert_eq!(levels(&foreign, &Caller::User(mika)), []);
    }

    #[test]
    fn a_region_is_a_part_of_its_own_in_a_services_name() {
        for name in [
            "redshift.us-east-1.amazonaws.com",
            "redshift.us-gov-west-1.amazonaws.com",
            "redshift.ap-southeast-7.amazonaws.com",
        ] {
            assert_eq!(without_region(name).as_deref(), Some("redshift.amazonaws.com"), "{name}");
        }
        for name in [
            "redshift.amazonaws.com",
            "apidestinations.events.amazonaws.com",
            "redshift.east-1.amazonaws.com",
            "redshift.us-east-12.amazonaws.com",
            "redshift.us-east-x.amazonaws.com",
            "redshift.us--1.amazonaws.com",
            "redshift.US-EAST-1.amazonaws.com",
            "redshift.us-east1-1.amazonaws.com",
            "redshift.us-east-1.us-east-1.amazonaws.com",
        ] {
            assert_eq!(without_region(name), None, "{name}");
        }
    }
}
