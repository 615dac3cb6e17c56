//! Condition keys that follow from the request itself: who calls, what is called, and how.
//!
//! Only for contexts that are not complete: a complete one says itself which keys a request carries. A row gives a
//! value, says that the key is absent, or leaves it unknown \[reference_policies_condition-keys\].

use crate::aws::arn::Arn;
use crate::eval::context::{KeyValue, Others};
use crate::eval::request::{Caller, Request};
use crate::text::Text;

/// What the request itself says of a key; `None` where it says nothing
type Row = (&'static str, fn(&Request) -> Option<KeyValue>);

/// Lower-cased key, what follows for it; a key that ends with `/` stands for all that begin so
static DERIVED: &[Row] = &[
    ("aws:calledvia", |_| Some(KeyValue::Absent)),
    ("aws:calledviafirst", |_| Some(KeyValue::Absent)),
    ("aws:calledvialast", |_| Some(KeyValue::Absent)),
    ("aws:multifactorauthage", without_session),
    ("aws:multifactorauthpresent", without_session),
    ("aws:principalaccount", |request| match request.caller.account() {
        Some(account) => Some(KeyValue::One(account)),
        None if request.caller == Caller::Anonymous => one("anonymous"),
        None => None,
    }),
    ("aws:principalarn", principal_arn),
    ("aws:principalisawsservice", |request| {
        let is_service = if request.caller.is_service() { "true" } else { "false" };
        absent_if(request.caller == Caller::Anonymous).or_else(|| one(is_service))
    }),
    ("aws:principalorgid", |request| absent_if(request.caller == Caller::Anonymous)),
    ("aws:principalorgpaths", |request| absent_if(request.caller == Caller::Anonymous)),
    ("aws:principalservicename", |request| {
        let Caller::Service(name) = &request.caller else { return Some(KeyValue::Absent) };
        Some(KeyValue::One(name.clone()))
    }),
    ("aws:principalservicenameslist", without_service),
    ("aws:principaltag/", without_session),
    ("aws:principaltype", |request| match &request.caller {
        Caller::User(_) => one("User"),
        Caller::Session { .. } | Caller::ServiceLinkedRole(_) => one("AssumedRole"),
        Caller::FederatedUser(_) => one("FederatedUser"),
        Caller::Root(_) => one("Account"),
        Caller::Anonymous => one("Anonymous"),
        Caller::Service(_) | Caller::Federated(_) | Caller::Account(_) => None,
    }),
    ("aws:requestedregion", |request| {
        let region = Arn::parse(&request.resource)?.region;
        region.as_literal().filter(|region| !region.is_empty())?;
        Some(KeyValue::One(region))
    }),
    ("aws:resourceaccount", |request| {
        request.owner.clone().or_else(|| request.caller.account()).map(KeyValue::One)
    }),
    ("aws:sourceaccount", without_service),
    ("aws:sourcearn", without_service),
    ("aws:sourceorgid", without_service),
    ("aws:sourceorgpaths", without_service),
    ("aws:tokenissuetime", without_session),
    ("aws:userid", |request| {
        (request.caller == Caller::Anonymous).then(|| KeyValue::One(Text::from("anonymous")))
    }),
    ("aws:username", |request| {
        if let Caller::User(arn) = &request.caller {
            return name(arn).map(KeyValue::One);
        }
        absent_if(!matches!(request.caller, Caller::Account(_)))
    }),
    ("aws:viaawsservice", |_| one("false")),
    ("kms:calleraccount", |request| request.caller.account().map(KeyValue::One)),
    // "Only supported for lambda:InvokeFunctionUrl" \[urls-auth\].
    ("lambda:functionurlauthtype", |request| absent_if(request.action.is("lambda:InvokeFunction"))),
    ("lambda:sourcefunctionarn", |request| {
        absent_if(!matches!(request.caller, Caller::Session { .. } | Caller::Account(_)))
    }),
];

/// What is known of a key of a request
#[must_use]
pub fn value(request: &Request, key: &str) -> KeyValue {
    if let Some(listed) = request.context.listed(key) {
        return listed.clone();
    }
    match request.context.others() {
        Others::Absent => KeyValue::Absent,
        Others::Unknown => derived(request, key).unwrap_or(KeyValue::Unknown),
    }
}

fn derived(request: &Request, key: &str) -> Option<KeyValue> {
    let key = key.to_ascii_lowercase();
    let is_this = |row: &&Row| if row.0.ends_with('/') { key.starts_with(row.0) } else { key == row.0 };
    DERIVED.iter().find(is_this).and_then(|(_, follows)| follows(request))
}

/// The name at the end of a user's or role's ARN, its path dropped
#[must_use]
pub fn name(arn: &Text) -> Option<Text> {
    Arn::parse(arn)?.resource.split('/', usize::MAX).pop()
}

fn partition_of(resource: &Text) -> Text {
    Arn::parse(resource).map_or_else(|| Text::from("aws"), |arn| arn.partition)
}

/// The role's ARN for its sessions, never the session's own
fn principal_arn(request: &Request) -> Option<KeyValue> {
    if let Caller::Root(account) = &request.caller {
        let partition = partition_of(&request.resource);
        let arn = Text::from("arn:").with(partition).with(":iam::").with(account).with(":root");
        return Some(KeyValue::One(arn));
    }
    without_session(request).or_else(|| request.caller.arn().cloned().map(KeyValue::One))
}

/// Keys of what a service works for
fn without_service(request: &Request) -> Option<KeyValue> {
    absent_if(!request.caller.is_service())
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a row's answer")]
fn one(text: &str) -> Option<KeyValue> {
    Some(KeyValue::One(Text::from(text)))
}

fn absent_if(absent: bool) -> Option<KeyValue> {
    absent.then_some(KeyValue::Absent)
}

/// Keys of credentials: services and unsigned callers have none
fn without_session(request: &Request) -> Option<KeyValue> {
    absent_if(matches!(request.caller, Caller::Service(_) | Caller::Anonymous))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::action::Action;
    use crate::eval::context::Context;

    fn request(caller: Caller) -> Request {
        Request {
            caller,
            action: Action::parse("lambda:InvokeFunction").unwrap(),
            resource: Text::from("arn:aws:lambda:eu-west-1:111122223333:function:pay"),
            owner: Some(Text::from("111122223333")),
            context: Context::new(Others::Unknown),
        }
    }

    #[test]
    fn a_users_call_carries_no_source_and_its_own_names() {
        let mika = request(Caller::User(Text::from("arn:aws:iam::111122223333:user/ops/mika")));
        assert_eq!(value(&mika, "AWS:SourceArn"), KeyValue::Absent);
        assert_eq!(value(&mika, "aws:username"), KeyValue::One(Text::from("mika")));
        assert_eq!(value(&mika, "aws:PrincipalAccount"), KeyValue::One(Text::from("111122223333")));
        assert_eq!(value(&mika, "aws:RequestedRegion"), KeyValue::One(Text::from("eu-west-1")));
        assert_eq!(value(&mika, "aws:PrincipalTag/team"), KeyValue::Unknown);
    }

    #[test]
    fn a_services_call_carries_an_unknown_source_and_no_principal() {
        let sns = request(Caller::Service(Text::from("sns.amazonaws.com")));
        assert_eq!(value(&sns, "aws:SourceArn"), KeyValue::Unknown);
        assert_eq!(value(&sns, "aws:PrincipalArn"), KeyValue::Absent);
        assert_eq!(value(&sns, "aws:PrincipalTag/team"), KeyValue::Absent);
    }

    /// What follows for each kind of caller; `-` where the key is absent, `?` where it is not known
    #[test]
    fn who_calls_decides_what_its_keys_are() {
        const USER: &str = "arn:aws:iam::111122223333:user/mika";
        const ROLE: &str = "arn:aws:iam::111122223333:role/etl";
        let callers = [
            Caller::User(Text::from(USER)),
            Caller::Session { role: Text::from(ROLE), name: None },
            Caller::Root(Text::from("111122223333")),
            Caller::Account(Text::from("111122223333")),
            Caller::Service(Text::from("sns.amazonaws.com")),
            Caller::Anonymous,
        ];
        let own = "111122223333";
        let root = "arn:aws:iam::111122223333:root";
        for (key, expected) in [
            ("aws:CalledViaFirst", ["-"; 6]),
            ("aws:MultiFactorAuthPresent", ["?", "?", "?", "?", "-", "-"]),
            ("aws:PrincipalAccount", [own, own, own, own, "?", "anonymous"]),
            ("aws:PrincipalArn", [USER, ROLE, root, "?", "-", "-"]),
            ("aws:PrincipalIsAWSService", ["false", "false", "false", "false", "true", "-"]),
            ("aws:PrincipalOrgID", ["?", "?", "?", "?", "?", "-"]),
            ("aws:PrincipalOrgPaths", ["?", "?", "?", "?", "?", "-"]),
            ("aws:PrincipalServiceName", ["-", "-", "-", "-", "sns.amazonaws.com", "-"]),
            ("aws:PrincipalType", ["User", "AssumedRole", "Account", "?", "?", "Anonymous"]),
            ("aws:SourceAccount", ["-", "-", "-", "-", "?", "-"]),
            ("aws:userid", ["?", "?", "?", "?", "?", "anonymous"]),
            ("aws:username", ["mika", "-", "-", "?", "-", "-"]),
            ("aws:ViaAWSService", ["false"; 6]),
            ("kms:CallerAccount", [own, own, own, own, "?", "?"]),
            ("lambda:FunctionUrlAuthType", ["-"; 6]),
            ("lambda:SourceFunctionArn", ["-", "?", "-", "?", "-", "-"]),
        ] {
            for (caller, expected) in callers.iter().zip(expected) {
                let value = value(&request(caller.clone()), key);
                let expected = match expected {
                    "-" => KeyValue::Absent,
                    "?" => KeyValue::Unknown,
                    text => KeyValue::One(Text::from(text)),
                };
                assert_eq!(value, expected, "{key} of {caller:?}");
            }
        }
    }

    #[test]
    fn the_root_user_is_named_in_the_partition_of_what_it_calls() {
        let mut root = request(Caller::Root(Text::from("111122223333")));
        root.resource = Text::from("arn:aws-cn:lambda:cn-north-1:111122223333:function:pay");
        let arn = KeyValue::One(Text::from("arn:aws-cn:iam::111122223333:root"));
        assert_eq!(value(&root, "aws:PrincipalArn"), arn);
    }

    #[test]
    fn a_complete_context_says_all_itself() {
        let mut mika = request(Caller::User(Text::from("arn:aws:iam::111122223333:user/mika")));
        mika.context = Context::new(Others::Absent);
        assert_eq!(value(&mika, "aws:username"), KeyValue::Absent);
    }
}
