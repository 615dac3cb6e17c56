//! Which keys a request may carry at all, and on what an action acts, as far as the tables of `aws` are confirmed.
//!
//! The tables are of one day. What they do not list for an action may exist all the same: it makes an answer depend,
//! and is never taken as absent. Must not know: operators, or what the value of a key is (`derive`).

use crate::aws::action::Action;
use crate::aws::catalogue::{self, Rcp, Takes};
use crate::aws::keys::{self, Presence, Values};
use crate::eval::context::Others;
use crate::eval::request::{Caller, Request};

/// Whether a request may carry a key
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// The case, a page or a table says that it comes with the action
    Yes,
    /// None of them says so: it may be absent, whatever the caller sends
    NotConfirmed,
}

/// On what an action acts
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActsOn {
    /// The ARN in the request
    Resource,
    /// On nothing in particular: only `"*"` matches it \[reference_policies_elements_resource\]
    Everything,
    /// One or the other: the table does not list the action, or not surely
    NotConfirmed,
}

/// Lower-cased keys of one service that come with the calls of others, and the page that says so
static BEYOND_THEIR_SERVICE: &[(&str, &str)] = &[
    ("aws:referer", "reference_policies_condition-keys: a header of the request"),
    ("ec2:sourceinstancearn", "reference_policies_condition-keys: calls of an instance's role"),
    ("lambda:sourcefunctionarn", "permissions-source-function-arn: every call of a function's code"),
];

/// The day of the tables, for causes
#[must_use]
pub fn date() -> &'static str {
    catalogue::date()
}

/// Whether a request may carry a key of this name
#[must_use]
pub fn key(request: &Request, key: &str) -> Listed {
    let is_said = request.context.others() == Others::Absent || request.context.listed(key).is_some();
    let yes = is_said || is_global(key) || of_provider(request, key) || is_of_action(&request.action, key);
    if yes { Listed::Yes } else { Listed::NotConfirmed }
}

fn is_of_action(action: &Action, key: &str) -> bool {
    catalogue::action(action).is_some_and(|facts| facts.lists_key(key))
}

/// Keys that come with every action; those of parameters and tags only with the actions that list them
fn is_global(key: &str) -> bool {
    let global = keys::global(key);
    global.is_some_and(|global| !matches!(global.presence, Presence::Request | Presence::Resource))
        || BEYOND_THEIR_SERVICE.iter().any(|(known, _)| known.eq_ignore_ascii_case(key))
}

/// Keys of an identity provider, written with its host before the colon
/// \[reference_policies_iam-condition-keys#condition-keys-wif\]
fn of_provider(request: &Request, key: &str) -> bool {
    let Caller::Federated(provider) = &request.caller else { return false };
    let Some((host, _)) = key.split_once(':') else { return false };
    match provider.as_literal() {
        Some(provider) => {
            let own = provider.rsplit_once("oidc-provider/").map_or(provider, |(_, name)| name);
            own.eq_ignore_ascii_case(host) && host.contains('.')
        }
        // Of a provider that is partly unknown, any host may be its own.
        None => host.contains('.'),
    }
}

/// Whether a key, as sent with an action, has several values
#[must_use]
pub fn is_multivalued(action: &Action, key: &str) -> bool {
    catalogue::key_type(action.service(), key).is_some_and(|kind| kind.values == Values::Several)
}

/// On what the action of a request acts
#[must_use]
pub fn acts_on(action: &Action) -> ActsOn {
    match catalogue::action(action).map(|facts| facts.takes()) {
        Some(Takes::Types(_)) => ActsOn::Resource,
        Some(Takes::OnlyStar) => ActsOn::Everything,
        Some(Takes::NotConfirmed) | None => ActsOn::NotConfirmed,
    }
}

/// Whether resource control policies act on the service of an action; `None` where the table does not list the service
/// \[orgs_manage_policies_rcps\]
#[must_use]
pub fn rcp(action: &Action) -> Option<Rcp> {
    catalogue::service(action.service()).map(|service| service.rcp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::context::{Context, KeyValue};
    use crate::text::Text;

    fn request(action: &str, caller: Caller) -> Request {
        Request {
            caller,
            action: Action::parse(action).unwrap(),
            resource: Text::from("*"),
            owner: None,
            context: Context::new(Others::Unknown),
        }
    }

    #[test]
    fn a_key_comes_with_the_actions_that_list_it_and_global_ones_with_all() {
        let mika = || Caller::User(Text::from("arn:aws:iam::111122223333:user/mika"));
        let list = request("s3:ListBucket", mika());
        for listed in ["s3:prefix", "AWS:SourceIp", "aws:PrincipalTag/team", "lambda:SourceFunctionArn"] {
            assert_eq!(key(&list, listed), Listed::Yes, "{listed}");
        }
        let invoke = request("lambda:InvokeFunction", mika());
        for other in ["s3:prefix", "aws:RequestTag/team", "kms:ViaService", "no:such"] {
            assert_eq!(key(&invoke, other), Listed::NotConfirmed, "{other}");
        }
    }

    #[test]
    fn the_tables_name_their_day() {
        let date: jiff::civil::Date = date().parse().unwrap();
        assert!(date >= jiff::civil::date(2025, 1, 1), "{date}");
    }

    #[test]
    fn what_a_case_says_of_a_key_counts() {
        let mut invoke = request("lambda:InvokeFunction", Caller::Anonymous);
        invoke.context.set("no:such", KeyValue::Unknown);
        assert_eq!(key(&invoke, "No:Such"), Listed::Yes);
    }

    #[test]
    fn a_provider_sends_keys_of_its_own_host() {
        let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        let login = request("sts:AssumeRoleWithWebIdentity", Caller::Federated(Text::from(provider)));
        assert_eq!(key(&login, "token.actions.githubusercontent.com:sub"), Listed::Yes);
        for other in ["idp.acme.test:sub", "githubusercontent.com:sub"] {
            assert_eq!(key(&login, other), Listed::NotConfirmed, "{other}");
        }
    }

    #[test]
    fn actions_without_resource_types_act_on_everything_where_that_is_sure() {
        let acts = |action| acts_on(&Action::parse(action).unwrap());
        assert_eq!(acts("ec2:DescribeInstances"), ActsOn::Everything);
        assert_eq!(acts("lambda:InvokeFunction"), ActsOn::Resource);
        assert_eq!(acts("lambda:NoSuchAction"), ActsOn::NotConfirmed);
    }
}
