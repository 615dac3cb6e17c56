//! What Terraform's plans and states have in common: resources as maps of attributes, in JSON.
//!
//! Knows: which attributes repeat what another resource says, how an own ARN tells where a resource is. Must not know:
//! the shape of any of the files, or what a resource type means.

use std::collections::BTreeSet;

use crate::aws::arn::Arn;
use crate::load::Options;
use crate::load::terraform::instance::{Ambient, Configuration, Instance, Mode};
use crate::node::{Key, Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::pieces::{Assumption, OwnAccount};

/// How many resources one file may record
pub(super) const INSTANCES: usize = 100_000;

/// A deployment, as one of Terraform's own files records it
#[derive(Debug)]
pub(super) struct Recorded {
    /// Its resources
    pub(super) configuration: Configuration,
    /// What the file says of them
    pub(super) says: Says,
    /// The addresses of every block that it has heard of, without keys
    pub(super) blocks: BTreeSet<String>,
    /// The start of the file
    pub(super) span: Span,
}

/// What a recording file says of the resources in it
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    /// They exist
    Deployed,
    /// They will exist, perhaps beside others
    PlannedInPart,
    /// They will exist, and no others of the configuration
    Planned,
}

/// A map's entries
pub(super) fn entries(node: Option<&Node>) -> &[(Key, Node)] {
    match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

/// A list's items
pub(super) fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// How deep modules may nest
const NESTING: usize = 64;

/// Tells of a module that nests too deep to be read
pub(super) fn too_deep(module: &Node, depth: usize, problems: &mut Problems) -> bool {
    let too_deep = depth > NESTING;
    if too_deep {
        let message = format!("modules nest more than {NESTING} levels deep here");
        problems
            .at(ProblemKind::Limit, Severity::Broken, message, module.span)
            .help("what is deeper was not read");
    }
    too_deep
}

/// Tells of an entry without what every resource of such a file has; `of` names the kind of file
pub(super) fn not_understood(node: &Node, of: &str, problems: &mut Problems) {
    problems
        .at(ProblemKind::NotUnderstood, Severity::Broken, format!("this is no resource of {of}"), node.span)
        .help("it was not read, and what it holds is missing from answers");
}

/// A literal string below a key
pub(super) fn literal<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    literal_of(node.get(key)?)
}

/// A literal string
pub(super) fn literal_of(node: &Node) -> Option<&str> {
    if let Value::Text(text) = &node.value { text.as_literal() } else { None }
}

/// `resource` or `data`
pub(super) fn mode(node: &Node) -> Option<Mode> {
    match literal(node, "mode") {
        Some("managed") => Some(Mode::Managed),
        Some("data") => Some(Mode::Data),
        _ => None,
    }
}

/// Attributes as arguments: the provider records what is not set as `null` or as an empty string
pub(super) fn written(node: &Node) -> Node {
    let value = match &node.value {
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .filter(|(_, node)| !matches!(&node.value, Value::Text(text) if text.is_empty()))
                .map(|(key, node)| (key.clone(), written(node)))
                .collect(),
        ),
        Value::List(items) => Value::List(items.iter().map(written).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => {
            node.value.clone()
        }
    };
    Node { value, ..node.clone() }
}

/// An address without the keys of its instances
pub(super) fn base(address: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut quoted, mut escaped) = (false, false, false);
    for letter in address.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            '[' if !inside => inside = true,
            ']' if !quoted => inside = false,
            letter if !inside => out.push(letter),
            _ => {}
        }
    }
    out
}

/// Where resources are deployed, as far as no resource says it itself
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) region: Option<Text>,
    pub(super) account: Option<Text>,
    pub(super) version: Option<(Text, Span)>,
}

impl Home {
    /// The account and region of a resource: those of its own ARN, or those that hold for all
    pub(super) fn ambient(&self, values: &Node, options: &Options) -> Ambient {
        let own = values.get("arn").and_then(Node::as_text).as_ref().and_then(Arn::parse);
        let part = |pick: fn(&Arn) -> &Text| own.as_ref().map(pick).filter(|text| !text.is_empty()).cloned();
        let flag = |value: &Option<String>, hole: &str, shape| {
            let unknown = || Text::from(Hole::new(hole, HoleKind::Input, shape));
            value.as_deref().map_or_else(unknown, Text::from)
        };
        // Since version 6 of the provider a resource may say its region itself.
        let said = || values.get("region").and_then(Node::as_text).filter(|text| text.as_literal().is_some());
        let region = part(|arn| &arn.region)
            .or_else(said)
            .or_else(|| self.region.clone())
            .unwrap_or_else(|| flag(&options.region, "region", Shape::Name));
        let account = part(|arn| &arn.account)
            .or_else(|| self.account.clone())
            .unwrap_or_else(|| flag(&options.account, "account", Shape::Account));
        let partition = part(|arn| &arn.partition).unwrap_or_else(|| {
            let by_region = match region.as_literal() {
                Some(region) if region.starts_with("cn-") => "aws-cn",
                Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
                _ => "aws",
            };
            Text::from(options.partition.as_deref().unwrap_or(by_region))
        });
        Ambient { partition, region, account, provider_version: self.version.clone() }
    }
}

/// Whether a text is twelve digits
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account that `aws_caller_identity` found, or the only one that own ARNs name
///
/// `resources` are the mode, type and attributes of each resource of the file.
pub(super) fn account_of(resources: &[(Mode, &str, &Node)]) -> Option<(String, &'static str, Span)> {
    let identity = resources.iter().find_map(|(mode, kind, values)| {
        let found = *mode == Mode::Data && *kind == "aws_caller_identity";
        let account = found.then(|| literal(values, "account_id")).flatten()?;
        is_account(account).then(|| (account.to_owned(), "data.aws_caller_identity", values.span))
    });
    identity.or_else(|| {
        let mut named: BTreeSet<String> = BTreeSet::new();
        let mut place = None;
        for (mode, _, values) in resources {
            let own = values.get("arn").filter(|_| *mode == Mode::Managed);
            let Some(arn) = own.and_then(Node::as_text).as_ref().and_then(Arn::parse) else { continue };
            if let Some(account) = arn.account.as_literal().filter(|account| is_account(account)) {
                named.insert(account.to_owned());
                place = place.or(own.map(|node| node.span));
            }
        }
        let only = named.pop_first().filter(|_| named.is_empty())?;
        Some((only, "the ARNs of its resources", place?))
    })
}

/// The region that a data source found, or the only one that own ARNs name
pub(super) fn region_of(resources: &[(Mode, &str, &Node)]) -> Option<Text> {
    let found = resources.iter().find(|(mode, kind, _)| *mode == Mode::Data && *kind == "aws_region");
    let found = found.and_then(|(_, _, values)| values.get("region").or(values.get("name"))?.as_text());
    if let Some(region) = found.filter(|region| region.as_literal().is_some()) {
        return Some(region);
    }
    let own = |(mode, _, values): &(Mode, &str, &Node)| {
        let arn = Arn::parse(&values.get("arn").filter(|_| *mode == Mode::Managed)?.as_text()?)?;
        (!arn.region.is_empty()).then_some(arn.region)
    };
    let mut named: BTreeSet<Text> = resources.iter().filter_map(own).collect();
    named.pop_first().filter(|_| named.is_empty())
}

/// Notes an own account and the assumption that comes with it
pub(super) fn own(configuration: &mut Configuration, account: &str, from: &str, span: Span) {
    let known = OwnAccount { account: account.to_owned(), from: from.to_owned(), span: Some(span) };
    if !configuration.accounts.contains(&known) {
        configuration.accounts.push(known);
        let text = format!("account {account}, from {from}");
        configuration.assumptions.push(Assumption { text, span: Some(span) });
    }
}

/// An attribute in which the provider repeats what a resource of its own says
struct Copy {
    of: &'static str,
    attribute: &'static str,
    /// The type that says it
    twin: &'static str,
    /// The twin's argument that names the resource
    target: &'static str,
}

const fn copy(of: &'static str, attribute: &'static str, twin: &'static str, target: &'static str) -> Copy {
    Copy { of, attribute, twin, target }
}

/// In order
static COPIES: &[Copy] = &[
    copy("aws_api_gateway_rest_api", "policy", "aws_api_gateway_rest_api_policy", "rest_api_id"),
    copy("aws_iam_role", "inline_policy", "aws_iam_role_policy", "role"),
    copy("aws_iam_role", "managed_policy_arns", "aws_iam_role_policy_attachment", "role"),
    copy("aws_kms_key", "policy", "aws_kms_key_policy", "key_id"),
    copy("aws_s3_bucket", "policy", "aws_s3_bucket_policy", "bucket"),
    copy("aws_secretsmanager_secret", "policy", "aws_secretsmanager_secret_policy", "secret_arn"),
    copy("aws_sns_topic", "policy", "aws_sns_topic_policy", "arn"),
    copy("aws_sqs_queue", "policy", "aws_sqs_queue_policy", "queue_url"),
];

/// Takes out what another resource of the file says as well, so that nothing counts twice
///
/// What only the copy says stays: somebody wrote it past Terraform, and it is in force.
pub(super) fn without_copies(instances: &mut [Instance]) {
    let text = |instance: &Instance, name: &str| instance.get(name).and_then(Node::as_text);
    for copy in COPIES {
        // What twins say: the target, and the name or ARN of what they put on it.
        let said: BTreeSet<(Text, Option<Text>)> = instances
            .iter()
            .filter(|twin| twin.kind == copy.twin && twin.mode == Mode::Managed && twin.doubts.is_empty())
            .filter_map(|twin| {
                let name = text(twin, "policy_arn").or_else(|| text(twin, "name"));
                Some((text(twin, copy.target)?, name))
            })
            .collect();
        if said.is_empty() {
            continue;
        }
        for instance in instances.iter_mut().filter(|instance| instance.kind == copy.of) {
            let names: Vec<Text> = ["id", "name", "arn", "bucket", "url", "key_id"]
                .into_iter()
                .filter_map(|name| text(instance, name))
                .collect();
            let is_said =
                |what: Option<Text>| names.iter().any(|name| said.contains(&(name.clone(), what.clone())));
            let Value::Map(entries) = &mut instance.body.value else { continue };
            entries.retain_mut(|(key, node)| {
                if key.text.as_literal() != Some(copy.attribute) {
                    return true;
                }
                match &mut node.value {
                    Value::List(items) => {
                        items.retain(|item| {
                            let name = item.get("name").and_then(Node::as_text).or_else(|| item.as_text());
                            !is_said(name)
                        });
                        true
                    }
                    Value::Text(_) => !is_said(None),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::Map(_) | Value::Unknown(_) => {
                        true
                    }
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_the_keys_of_its_instances() {
        assert_eq!(base(r#"module.a["x.]\""].aws_sns_topic.t[0]"#), "module.a.aws_sns_topic.t");
    }

    #[test]
    fn rows_of_copies_are_in_the_order_of_types() {
        assert!(COPIES.is_sorted_by_key(|copy| (copy.of, copy.attribute)));
    }
}
