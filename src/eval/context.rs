//! The context of a request: condition keys and what is known of them.
//!
//! A key has a value, is **absent**, or is **unknown**: three different things, which `Null`, `IfExists` and
//! `ForAllValues` tell apart.

use std::collections::BTreeMap;

use crate::text::Text;

/// What is known of a context key
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValue {
    /// The request does not carry it
    Absent,
    /// Nobody fixed it
    Unknown,
    /// A single value
    One(Text),
    /// A multivalued key; it may be present and empty
    Many(Vec<Text>),
}

/// What holds for keys that the context does not list
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They are absent: the context is complete
    Absent,
    /// They are unknown
    Unknown,
}

/// The condition keys of a request, by lower-cased name
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    keys: BTreeMap<String, KeyValue>,
    others: Others,
}

impl Context {
    /// A context without keys
    #[must_use]
    pub fn new(others: Others) -> Self {
        Self { keys: BTreeMap::new(), others }
    }

    /// Fixes a key (names compare without regard to case, tag keys too)
    pub fn set(&mut self, key: &str, value: KeyValue) {
        self.keys.insert(key.to_ascii_lowercase(), value);
    }

    /// Fixes a key unless it is fixed already
    pub fn set_default(&mut self, key: &str, value: KeyValue) {
        self.keys.entry(key.to_ascii_lowercase()).or_insert(value);
    }

    /// What is listed of a key
    #[must_use]
    pub fn listed(&self, key: &str) -> Option<&KeyValue> {
        self.keys.get(&key.to_ascii_lowercase())
    }

    /// What holds for keys that are not listed
    #[must_use]
    pub fn others(&self) -> Others {
        self.others
    }

    /// All listed keys
    pub fn iter(&self) -> impl Iterator<Item = (&str, &KeyValue)> {
        self.keys.iter().map(|(key, value)| (key.as_str(), value))
    }
}
