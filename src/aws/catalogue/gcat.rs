//! One service's block of the table, in the form GCAT v1.
//!
//! Lines of fields between tabs, lists between commas: `k` keys of a type, `s` a set of keys, `r` a resource type, and a
//! level's letter for an action. Must not know: what a service is asked for.

use super::{
    ActionFacts, ArnTemplate, Key, Level, Need, Rcp, ResourceType, ResourceUse, Service, ignoring_case,
};
use crate::aws::keys::{KeyType, Kind, Values};
use crate::text::Text;

/// The letter of each type of key
static TYPES: &[(&str, KeyType)] = &[
    ("s", KeyType::new(Kind::String, Values::Single)),
    ("S", KeyType::new(Kind::String, Values::Several)),
    ("a", KeyType::new(Kind::Arn, Values::Single)),
    ("A", KeyType::new(Kind::Arn, Values::Several)),
    ("b", KeyType::new(Kind::Bool, Values::Single)),
    ("B", KeyType::new(Kind::Bool, Values::Several)),
    ("n", KeyType::new(Kind::Numeric, Values::Single)),
    ("d", KeyType::new(Kind::Date, Values::Single)),
    ("i", KeyType::new(Kind::Ip, Values::Single)),
];

/// The letter of each access level
static LEVELS: &[(&str, Level)] = &[
    ("P", Level::PermissionsManagement),
    ("T", Level::Tagging),
    ("W", Level::Write),
    ("L", Level::List),
    ("R", Level::Read),
    ("?", Level::Unknown),
];

/// What the table abbreviates in keys
static SHORT_KEYS: &[(&str, &str)] =
    &[("@q", "aws:RequestTag/${TagKey}"), ("@r", "aws:ResourceTag/${TagKey}"), ("@k", "aws:TagKeys")];

/// What the table abbreviates in ARNs
static SHORT_ARNS: &[(&str, &str)] = &[("$P", "${Partition}"), ("$R", "${Region}"), ("$A", "${Account}")];

/// The service of a block, its leading `@` dropped
pub(super) fn service(block: &'static str) -> Service {
    let mut lines = block.lines();
    let mut head = lines.next().unwrap_or("").split('\t');
    let (prefix, name) = (head.next().unwrap_or(""), head.next().unwrap_or(""));
    let rcp = if head.next() == Some("rcp") { Rcp::Supported } else { Rcp::NotListed };
    let (keys, resources, actions) = (Vec::new(), Vec::new(), Vec::new());
    let mut service = Service { prefix, name, rcp, keys, resources, actions };
    let mut sets: Vec<(&str, Vec<String>)> = Vec::new();
    for line in lines {
        let mut fields = line.split('\t');
        let (tag, first) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        let mut next = || fields.next().unwrap_or("");
        let names = |text: &str| key_names(prefix, &sets, text.split(','));
        if let Some((_, level)) = LEVELS.iter().find(|(letter, _)| *letter == tag) {
            let (resources, keys, dependents) = (next(), next(), next());
            service.actions.push(ActionFacts {
                service: prefix,
                name: first,
                level: *level,
                resources: list(resources).map(|used| resource_use(prefix, &sets, used)).collect(),
                keys: names(keys),
                dependents: list(dependents).collect(),
            });
        } else if tag == "r" {
            let (arns, keys) = (next(), next());
            let arns = arns.split(' ').filter(|arn| !arn.is_empty());
            let arns = arns.map(|arn| template(arn, None)).collect();
            service.resources.push(ResourceType { name: first, arns, keys: names(keys) });
        } else if tag == "s" {
            let set = names(next());
            sets.push((first, set));
        } else if tag == "k"
            && let Some((_, kind)) = TYPES.iter().find(|(letter, _)| *letter == first)
        {
            service.keys.extend(names(next()).into_iter().map(|name| Key { name, kind: *kind }));
        }
    }
    service.actions.sort_by(|a, b| ignoring_case(a.name, b.name));
    service
}

fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split(',').filter(|item| !item.is_empty())
}

/// `function!{:FunctionArn @r}`
fn resource_use(prefix: &str, sets: &[(&str, Vec<String>)], text: &'static str) -> ResourceUse {
    let (name, keys) = text.split_once('{').unwrap_or((text, ""));
    let (name, need) = name.strip_suffix('!').map_or((name, Need::Optional), |name| (name, Need::Required));
    let keys = key_names(prefix, sets, keys.trim_end_matches('}').split(' '));
    ResourceUse { name, need, keys }
}

fn key_names<'t>(
    prefix: &str,
    sets: &[(&str, Vec<String>)],
    items: impl Iterator<Item = &'t str>,
) -> Vec<String> {
    let mut names = Vec::new();
    for item in items.filter(|item| !item.is_empty()) {
        if let Some((_, set)) = sets.iter().find(|(name, _)| *name == item) {
            names.extend(set.iter().cloned());
        } else if let Some((_, name)) = SHORT_KEYS.iter().find(|(short, _)| *short == item) {
            names.push((*name).to_owned());
        } else if item.starts_with(':') {
            names.push(format!("{prefix}{item}"));
        } else {
            names.push(item.to_owned());
        }
    }
    names
}

/// A form of ARN, as the table writes it
pub(super) fn template(short: &str, source: Option<&'static str>) -> ArnTemplate {
    let mut template = short.to_owned();
    for (short, name) in SHORT_ARNS {
        template = template.replace(short, name);
    }
    let mut pieces = template.split("${");
    let mut pattern = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        pattern.push('*');
        pattern.push_str(piece.split_once('}').map_or("", |(_, literal)| literal));
    }
    ArnTemplate { pattern: Text::from(pattern), template, source }
}
