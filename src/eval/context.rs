//! The context of a request: condition keys and what is known of them.
//!
//! A key has a value, is **absent**, or is **unknown**: three different things, which `Null`, `IfExists` and
//! `ForAllValues` tell apart.

use std::cmp::Ordering;

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
    /// In the order of the names
    keys: Vec<(String, KeyValue)>,
    others: Others,
}

impl Context {
    /// A context without keys
    #[must_use]
    pub fn new(others: Others) -> Self {
        Self { keys: Vec::new(), others }
    }

    /// Fixes a key (names compare without regard to case, tag keys too)
    pub fn set(&mut self, key: &str, value: KeyValue) {
        match self.place(key) {
            Ok(at) => {
                if let Some((_, listed)) = self.keys.get_mut(at) {
                    *listed = value;
                }
            }
            Err(at) => self.keys.insert(at, (key.to_ascii_lowercase(), value)),
        }
    }

    /// Fixes a key unless it is fixed already
    pub fn set_default(&mut self, key: &str, value: KeyValue) {
        if let Err(at) = self.place(key) {
            self.keys.insert(at, (key.to_ascii_lowercase(), value));
        }
    }

    /// What is listed of a key
    #[must_use]
    pub fn listed(&self, key: &str) -> Option<&KeyValue> {
        self.keys.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    /// Where the key is, or where it would go; asked for every condition, so it copies nothing
    fn place(&self, key: &str) -> Result<usize, usize> {
        self.keys.binary_search_by(|(listed, _)| without_case(listed, key))
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

/// The order of two names, their case aside
fn without_case(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_any_case_and_a_default_leaves_it_as_it_is() {
        let mut context = Context::new(Others::Unknown);
        context.set("aws:PrincipalTag/Team", KeyValue::One(Text::from("red")));
        context.set_default("AWS:principaltag/team", KeyValue::Absent);
        context.set_default("aws:SourceVpc", KeyValue::Absent);
        assert_eq!(context.listed("aws:principalTag/TEAM"), Some(&KeyValue::One(Text::from("red"))));
        assert_eq!(context.listed("aws:SourceVpc"), Some(&KeyValue::Absent));
        assert_eq!(context.listed("aws:SourceVpce"), None);
        let names: Vec<&str> = context.iter().map(|(key, _)| key).collect();
        assert_eq!(names, ["aws:principaltag/team", "aws:sourcevpc"]);
    }
}
