//! The catalogue: services, their actions, resource types and condition keys, as AWS lists them on one day.
//!
//! `data/catalogue.gcat` is the table (GCAT v1: its head says what each line means). A service is read when it is first
//! asked for. What AWS pages say and the table does not is a row of `overrides`. Knows: what is listed, and whether that
//! is confirmed. Must not know: policies or requests. An action that is not listed may exist all the same.

use std::cmp::Ordering;
use std::sync::{LazyLock, OnceLock};

use crate::aws::action::Action;
use crate::aws::keys::{self, KeyType};
use crate::aws::pattern::{self, Fit, Way};
use crate::text::Text;

mod gcat;
mod overrides;

/// A service and all that it lists
#[derive(Debug)]
pub struct Service {
    /// The prefix of its actions: `lambda`
    pub prefix: &'static str,
    /// Its name for people
    pub name: &'static str,
    /// Whether resource control policies act on it \[orgs_manage_policies_rcps\]
    pub rcp: Rcp,
    /// Its condition keys, with their types
    pub keys: Vec<Key>,
    /// Its resource types
    pub resources: Vec<ResourceType>,
    /// Its actions, by name without regard to case
    pub actions: Vec<ActionFacts>,
}

/// Whether resource control policies act on a service
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rcp {
    /// They do
    Supported,
    /// AWS does not list it
    NotListed,
}

/// A condition key of a service
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The name; `${TagKey}` and its like stand for any text
    pub name: String,
    /// What its values are
    pub kind: KeyType,
}

/// A resource type of a service
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// The name, as AWS lists it
    pub name: &'static str,
    /// The forms of its ARNs
    pub arns: Vec<ArnTemplate>,
    /// Names of the keys that come with it, whatever the action
    pub keys: Vec<String>,
}

/// A form of ARN
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArnTemplate {
    /// As AWS lists it: `arn:${Partition}:s3:::${BucketName}`
    pub template: String,
    /// The same with `*` in the place of every variable
    pub pattern: Text,
    /// The page that describes it, where it is not the table
    pub source: Option<&'static str>,
}

/// What is known of an action
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionFacts {
    /// The service's prefix
    pub service: &'static str,
    /// The name, as AWS spells it
    pub name: &'static str,
    /// The access level
    pub level: Level,
    /// The resource types it takes
    pub resources: Vec<ResourceUse>,
    /// Names of the keys that come with the action, whatever the resource
    pub keys: Vec<String>,
    /// Other actions that the caller needs: `iam:PassRole`
    pub dependents: Vec<&'static str>,
}

/// How far an action changes things, in the words of the AWS pages
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Permissions management
    PermissionsManagement,
    /// Tagging
    Tagging,
    /// Write
    Write,
    /// List
    List,
    /// Read
    Read,
    /// Newer than the source of levels: what the table says of it is not confirmed
    Unknown,
}

/// A resource type that an action takes
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceUse {
    /// The type
    pub name: &'static str,
    /// Whether a statement must name one
    pub need: Need,
    /// Names of the keys that come with this action on this type only
    pub keys: Vec<String>,
}

/// Whether an action always acts on a resource of a type
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// AWS marks it as required
    Required,
    /// It depends on the call
    Optional,
}

/// What the `Resource` of a statement must be for an action
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes<'f> {
    /// ARNs of these types
    Types(&'f [ResourceUse]),
    /// `*` only: AWS lists no resource types for it
    OnlyStar,
    /// The table lists no resource types, but it is too new to be sure
    NotConfirmed,
}

static TABLE: &str = include_str!("data/catalogue.gcat");

/// The services by prefix: their block of the table, and what was read of it
static SERVICES: LazyLock<Vec<(&'static str, &'static str, OnceLock<Service>)>> = LazyLock::new(|| {
    let mut services: Vec<_> = TABLE
        .split("\n@")
        .skip(1)
        .filter_map(|block| Some((block.split('\t').next()?, block, OnceLock::new())))
        .collect();
    services.sort_by(|(a, ..), (b, ..)| ignoring_case(a, b));
    services
});

/// The day of the table, for causes: `2026-09-26`
#[must_use]
pub fn date() -> &'static str {
    TABLE.split_once("; data of ").and_then(|(_, rest)| rest.split_once(':')).map_or("", |(date, _)| date)
}

/// The service with this prefix
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    let at = SERVICES.binary_search_by(|(known, ..)| ignoring_case(known, prefix)).ok()?;
    let (_, block, service) = SERVICES.get(at)?;
    Some(service.get_or_init(|| {
        let mut service = gcat::service(block);
        overrides::apply(&mut service);
        service
    }))
}

/// Every service, by prefix
pub fn services() -> impl Iterator<Item = &'static Service> {
    SERVICES.iter().filter_map(|(prefix, ..)| service(prefix))
}

/// What is known of an action; `None` where it is not listed, which does not say that it does not exist
#[must_use]
pub fn action(action: &Action) -> Option<&'static ActionFacts> {
    service(action.service())?.action(action.name())
}

/// What the values of a key are, as sent with an action of this service; `None` where neither the service nor the table
/// of global keys lists it
#[must_use]
pub fn key_type(prefix: &str, key: &str) -> Option<KeyType> {
    let of_service =
        |service: &Service| service.keys.iter().find(|known| keys::is(&known.name, key)).map(|k| k.kind);
    // A key of another service's (`kms:ViaService` on an S3 call) has the type that service lists.
    let owner = key.split_once(':').map_or("", |(owner, _)| owner);
    service(prefix)
        .and_then(of_service)
        .or_else(|| keys::global(key).map(|global| global.kind))
        .or_else(|| service(owner).and_then(of_service))
}

impl Service {
    /// The action of this name
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&ActionFacts> {
        let at = self.actions.binary_search_by(|known| ignoring_case(known.name, name)).ok()?;
        self.actions.get(at)
    }

    /// The resource type of this name
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&ResourceType> {
        self.resources.iter().find(|known| known.name.eq_ignore_ascii_case(name))
    }
}

impl ActionFacts {
    /// What a statement's `Resource` must be for it
    #[must_use]
    pub fn takes(&self) -> Takes<'_> {
        match (self.resources.as_slice(), self.level) {
            ([], Level::Unknown) => Takes::NotConfirmed,
            ([], _) => Takes::OnlyStar,
            (types, _) => Takes::Types(types),
        }
    }

    /// Whether the table lists a key for this action, with any of its resource types
    #[must_use]
    pub fn lists_key(&self, key: &str) -> bool {
        self.all_keys().any(|known| keys::is(known, key))
    }

    /// Every key that the table lists for this action: its own, and those of its resource types
    pub fn all_keys(&self) -> impl Iterator<Item = &str> {
        let service = service(self.service);
        let of_types = self.resources.iter().flat_map(move |used| {
            let kind = service.and_then(|service| service.resource(used.name));
            used.keys.iter().chain(kind.into_iter().flat_map(|kind| &kind.keys))
        });
        self.keys.iter().chain(of_types).map(String::as_str)
    }

    /// The resource types whose ARNs may have this form
    pub fn types_of<'f>(&'f self, arn: &'f Text) -> impl Iterator<Item = &'f ResourceUse> {
        let service = service(self.service);
        let may_be = move |used: &&ResourceUse| {
            let kind = service.and_then(|service| service.resource(used.name));
            kind.is_some_and(|kind| kind.arns.iter().any(|form| form.fits(arn) != Fit::No))
        };
        self.resources.iter().filter(may_be)
    }
}

impl ArnTemplate {
    /// Whether an ARN has this form
    #[must_use]
    pub fn fits(&self, arn: &Text) -> Fit {
        pattern::fit(&self.pattern, arn, Way::ArnLike)
    }
}

fn ignoring_case(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

#[cfg(test)]
mod tests;
