//! Denials as AWS tells them: the text of an access-denied error, and a record of CloudTrail.
//!
//! Knows: the sentence AWS prints \[troubleshoot_access-denied\] and the fields of a record
//! \[cloudtrail-event-reference-record-contents\]. Must not know: any world, or why the call was denied.

use serde_json::Value;

use crate::eval::decide::Layer;

/// A call that AWS denied
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The caller's ARN, a service principal, or `anonymous`
    pub principal: String,
    /// `service:Name`
    pub action: String,
    /// The ARN it was called on, where AWS says
    pub resource: Option<String>,
    /// Which layer denied, where AWS says
    pub reason: Option<Reason>,
}

/// Which layer denied, in AWS's own words
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The layer
    pub layer: Layer,
    /// Whether it says so or lacks an Allow
    pub how: How,
}

/// The two ways to deny
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// "with an explicit deny in ..."
    Explicit,
    /// "because no ... allows ..."
    Implicit,
}

/// Why a text is no denial
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DenialError {
    /// The sentence is not in it
    #[error(
        "no access-denied error in the text: expected `User: ARN is not authorized to perform: service:Action ...`"
    )]
    NoSentence,
    /// It is JSON, but no record of CloudTrail
    #[error("no CloudTrail record in the JSON: expected `eventSource`, `eventName` and `userIdentity`")]
    NoRecord,
}

/// How AWS calls the layers
static LAYERS: &[(&str, Layer)] = &[
    ("identity-based policy", Layer::Identity),
    ("resource-based policy", Layer::Resource),
    ("permissions boundary", Layer::Boundary),
    ("session policy", Layer::Session),
    ("service control policy", Layer::Scp),
    ("resource control policy", Layer::Rcp),
    ("VPC endpoint policy", Layer::Endpoint),
    ("role trust policy", Layer::Trust),
];

/// Event name of a record, action it is authorised as, where the two differ
///
/// \[API_Invoke, cloudtrail-s3-... event names of the services' reference pages\]
static EVENTS: &[(&str, &str)] = &[
    ("lambda:Invoke", "lambda:InvokeFunction"),
    ("lambda:InvokeAsync", "lambda:InvokeFunction"),
    ("lambda:InvokeWithResponseStream", "lambda:InvokeFunction"),
    ("s3:ListObjects", "s3:ListBucket"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:CopyObject", "s3:PutObject"),
    ("s3:DeleteObjects", "s3:DeleteObject"),
];

/// Event source, prefix of its actions, where the two differ
static SOURCES: &[(&str, &str)] = &[("monitoring", "cloudwatch"), ("tagging", "tag")];

/// Reads an error's text or a record of CloudTrail, whichever it is
///
/// # Errors
/// When it is neither.
pub fn read(text: &str) -> Result<Denial, DenialError> {
    if let Ok(json) = serde_json::from_str::<Value>(text.trim())
        && (json.is_object() || json.is_array())
    {
        return record(&json).ok_or(DenialError::NoRecord);
    }
    sentence(text).ok_or(DenialError::NoSentence)
}

/// `... User: ARN is not authorized to perform: ACTION on resource: ARN because no ... | with an explicit deny ...`
fn sentence(text: &str) -> Option<Denial> {
    let (before, rest) = text.split_once(" is not authorized to perform: ")?;
    let principal = before.rsplit(char::is_whitespace).next().filter(|word| !word.is_empty())?;
    let (action, rest) = split_word(rest);
    let resource = rest.trim_start().strip_prefix("on resource: ").map(|rest| split_word(rest).0);
    Some(Denial {
        principal: plain(principal).to_owned(),
        action: plain(action).to_owned(),
        resource: resource.map(|resource| plain(resource).to_owned()),
        reason: reason(rest),
    })
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// Without the quotes and the full stop of the sentence around it
fn plain(word: &str) -> &str {
    word.trim_matches(|c| matches!(c, '"' | '\'' | '`' | ',' | ';')).trim_end_matches('.')
}

fn reason(text: &str) -> Option<Reason> {
    let (how, rest) = match text.split_once("with an explicit deny in ") {
        Some((_, rest)) => (How::Explicit, rest),
        None => (How::Implicit, text.split_once("because no ")?.1),
    };
    let (_, layer) = LAYERS.iter().find(|(name, _)| {
        let rest =
            ["an ", "a ", "the "].iter().find_map(|article| rest.strip_prefix(article)).unwrap_or(rest);
        rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    })?;
    Some(Reason { layer: *layer, how })
}

/// A record, or the first one of a log file or of an event that holds one
fn record(json: &Value) -> Option<Denial> {
    let inner = json.get("Records").or_else(|| json.get("detail")).unwrap_or(json);
    if let Some(list) = inner.as_array() {
        return list.iter().find_map(record);
    }
    let field = |name: &str| inner.get(name).and_then(Value::as_str);
    let said = field("errorMessage").and_then(sentence);
    let action = action(field("eventSource")?, field("eventName")?);
    let identity = inner.get("userIdentity")?;
    let of_identity = |name: &str| identity.get(name).and_then(Value::as_str);
    let principal = of_identity("arn").or_else(|| of_identity("invokedBy")).unwrap_or("anonymous");
    let named = || {
        let resources = inner.get("resources")?.as_array()?;
        resources.iter().find_map(|resource| resource.get("ARN")?.as_str()).map(str::to_owned)
    };
    let said_resource = said.as_ref().and_then(|said| said.resource.clone());
    Some(Denial {
        principal: said.as_ref().map_or(principal, |said| &said.principal).to_owned(),
        action: said.as_ref().map_or(action, |said| said.action.clone()),
        resource: said_resource.or_else(named).or_else(|| parameter(inner)),
        reason: said.and_then(|said| said.reason),
    })
}

/// What the parameters of the call name, for the services whose ARNs they give
fn parameter(record: &Value) -> Option<String> {
    let parameters = record.get("requestParameters")?;
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    match record.get("eventSource")?.as_str()?.split('.').next()? {
        "lambda" => text("functionName")
            .map(|name| if name.starts_with("arn:") { name.to_owned() } else { format!("function/{name}") }),
        "s3" => {
            let bucket = text("bucketName")?;
            let key = text("key").map(|key| format!("/{key}")).unwrap_or_default();
            Some(format!("arn:aws:s3:::{bucket}{key}"))
        }
        "sts" => text("roleArn").map(str::to_owned),
        "secretsmanager" => text("secretId")
            .map(|id| if id.starts_with("arn:") { id.to_owned() } else { format!("secret/{id}") }),
        "dynamodb" => text("tableName").map(|name| format!("table/{name}")),
        _ => None,
    }
}

/// `lambda.amazonaws.com` and `UpdateFunctionCode20150331v2` are `lambda:UpdateFunctionCode`
fn action(source: &str, event: &str) -> String {
    let service = source.split('.').next().unwrap_or(source);
    let service = SOURCES.iter().find(|(name, _)| *name == service).map_or(service, |(_, prefix)| prefix);
    let without_suffix = |event: &str| {
        let (start, tail) = event.rsplit_once('v').unwrap_or((event, ""));
        if tail.bytes().all(|byte| byte.is_ascii_digit()) && start.ends_with(|c: char| c.is_ascii_digit()) {
            start.to_owned()
        } else {
            event.to_owned()
        }
    };
    // Lambda's event names end with the version of its API.
    let name = if service == "lambda" {
        without_suffix(event).trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
    } else {
        event.to_owned()
    };
    let called = format!("{service}:{name}");
    EVENTS.iter().find(|(event, _)| *event == called).map_or(called, |(_, action)| (*action).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_is_found_wherever_it_stands() {
        let text = "An error occurred (AccessDeniedException) when calling the Invoke operation: User: \
            arn:aws:sts::111122223333:assumed-role/support/mika is not authorized to perform: lambda:InvokeFunction on \
            resource: arn:aws:lambda:eu-west-1:111122223333:function:orders because no identity-based policy allows the \
            lambda:InvokeFunction action";
        let denial = read(text).unwrap();
        assert_eq!(denial.principal, "arn:aws:sts::111122223333:assumed-role/support/mika");
        assert_eq!(denial.action, "lambda:InvokeFunction");
        assert_eq!(denial.resource.as_deref(), Some("arn:aws:lambda:eu-west-1:111122223333:function:orders"));
        assert_eq!(denial.reason, Some(Reason { layer: Layer::Identity, how: How::Implicit }));
    }

    #[test]
    fn an_explicit_deny_names_its_layer() {
        for (words, layer) in [
            ("a permissions boundary", Layer::Boundary),
            ("a service control policy", Layer::Scp),
            ("an identity-based policy: arn:aws:iam::111122223333:policy/x", Layer::Identity),
            ("a VPC endpoint policy", Layer::Endpoint),
        ] {
            let text = format!(
                "User: arn:aws:iam::111122223333:user/mika is not authorized to perform: s3:GetObject on resource: \
                 \"arn:aws:s3:::b/k\" with an explicit deny in {words}"
            );
            let denial = read(&text).unwrap();
            assert_eq!(denial.reason, Some(Reason { layer, how: How::Explicit }), "{words}");
            assert_eq!(denial.resource.as_deref(), Some("arn:aws:s3:::b/k"));
        }
    }

    #[test]
    fn a_sentence_may_end_after_the_action() {
        let denial =
            read("User: arn:aws:iam::111122223333:user/mika is not authorized to perform: sns:ListTopics.");
        let denial = denial.unwrap();
        assert_eq!((denial.action.as_str(), denial.resource, denial.reason), ("sns:ListTopics", None, None));
    }

    #[test]
    fn a_record_of_cloudtrail_tells_caller_action_and_resource() {
        let record = r#"{"Records": [{"eventSource": "lambda.amazonaws.com", "eventName": "Invoke",
            "errorCode": "AccessDenied", "requestParameters": {"functionName": "orders"},
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/support/mika"}}]}"#;
        let denial = read(record).unwrap();
        assert_eq!(denial.principal, "arn:aws:sts::111122223333:assumed-role/support/mika");
        assert_eq!(denial.action, "lambda:InvokeFunction");
        assert_eq!(denial.resource.as_deref(), Some("function/orders"));
    }

    #[test]
    fn event_names_lose_the_version_of_the_api() {
        assert_eq!(
            action("lambda.amazonaws.com", "UpdateFunctionCode20150331v2"),
            "lambda:UpdateFunctionCode"
        );
        assert_eq!(action("lambda.amazonaws.com", "ListFunctions20150331"), "lambda:ListFunctions");
        assert_eq!(action("s3.amazonaws.com", "ListObjectsV2"), "s3:ListBucket");
        assert_eq!(action("dynamodb.amazonaws.com", "GetItem"), "dynamodb:GetItem");
    }

    #[test]
    fn what_is_neither_is_refused() {
        assert_eq!(read("hello"), Err(DenialError::NoSentence));
        assert_eq!(read("{}"), Err(DenialError::NoRecord));
        assert_eq!(read(" is not authorized to perform: "), Err(DenialError::NoSentence));
    }
}
