//! Condition keys: their value types, and the global ones that every service may send.
//!
//! `data/global_keys.tsv` is the table, a row a key; its head says what rests on which edition of the AWS pages. Knows:
//! names, types, when a key is present. Must not know: any request.

use std::sync::LazyLock;

/// What the values of a key are
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyType {
    /// What one value is
    pub kind: Kind,
    /// What else it may be compared as: `aws:EpochTime` is a date and a number
    pub or: Option<Kind>,
    /// How many values the key has
    pub values: Values,
}

/// What one value of a key is
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string
    String,
    /// An ARN
    Arn,
    /// `true` or `false`
    Bool,
    /// A number
    Numeric,
    /// A date, or seconds since 1970
    Date,
    /// An address
    Ip,
}

/// How many values a key has
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// One
    Single,
    /// A set: set operators are for these \[reference_policies_condition-single-vs-multi-valued-context-keys\]
    Several,
}

impl KeyType {
    pub(crate) const fn new(kind: Kind, values: Values) -> Self {
        Self { kind, or: None, values }
    }

    /// The type in the words of the AWS pages: `ArrayOfString`, `Date|Numeric`
    fn parse(text: &str) -> Option<Self> {
        let (first, or) = text.split_once('|').map_or((text, None), |(first, or)| (first, Some(or)));
        let (name, values) =
            first.strip_prefix("ArrayOf").map_or((first, Values::Single), |rest| (rest, Values::Several));
        let kind = |name: &str| KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        Some(Self { kind: kind(name)?, or: or.and_then(kind), values })
    }
}

/// The kinds as the AWS pages spell them
static KINDS: &[(&str, Kind)] = &[
    ("String", Kind::String),
    ("ARN", Kind::Arn),
    ("Bool", Kind::Bool),
    ("Numeric", Kind::Numeric),
    ("Date", Kind::Date),
    ("IPAddress", Kind::Ip),
];

/// A global condition key
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalKey {
    /// The name; `${TagKey}` stands for any tag key
    pub name: &'static str,
    /// What its values are
    pub kind: KeyType,
    /// When a request carries it
    pub presence: Presence,
    /// Whether an AWS page says when a request carries it
    pub confirmed: Confirmed,
    /// What else is to know
    pub note: &'static str,
}

/// When a request carries a key
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always
    Always,
    /// On every request but anonymous ones
    Signed,
    /// Only through a VPC endpoint
    VpcEndpoint,
    /// Unless through a VPC endpoint
    NoVpcEndpoint,
    /// Where the caller's account is in an organization
    CallersOrganization,
    /// Where the resource's account is in an organization
    ResourcesOrganization,
    /// With temporary credentials
    TemporaryCredentials,
    /// On calls that a service principal makes itself
    Service,
    /// Where a service uses the caller's credentials again
    ForwardedAccess,
    /// Depending on the parameters
    Request,
    /// Depending on the resource
    Resource,
    /// Depending on the session
    Session,
    /// On calls of IAM users
    User,
    /// As its note says
    Special,
}

/// Whether an AWS page says when a key is present
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// A page says so
    Yes,
    /// None does
    No,
}

/// The spelling of each presence in the table
static PRESENCES: &[(&str, Presence)] = &[
    ("always", Presence::Always),
    ("signed", Presence::Signed),
    ("vpce", Presence::VpcEndpoint),
    ("novpce", Presence::NoVpcEndpoint),
    ("org", Presence::CallersOrganization),
    ("rorg", Presence::ResourcesOrganization),
    ("tempcred", Presence::TemporaryCredentials),
    ("service", Presence::Service),
    ("fas", Presence::ForwardedAccess),
    ("request", Presence::Request),
    ("resource", Presence::Resource),
    ("session", Presence::Session),
    ("user", Presence::User),
    ("special", Presence::Special),
];

static TABLE: &str = include_str!("data/global_keys.tsv");

static GLOBAL: LazyLock<Vec<GlobalKey>> = LazyLock::new(|| TABLE.lines().filter_map(row).collect());

fn row(line: &'static str) -> Option<GlobalKey> {
    let mut fields = line.split('\t');
    let (name, kind, several, presence) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let note = fields.next().unwrap_or("");
    let mut kind = KeyType::parse(kind)?;
    if several == "m" {
        kind.values = Values::Several;
    }
    let presence = PRESENCES.iter().find(|(word, _)| *word == presence).map(|(_, presence)| *presence)?;
    let confirmed = if note.starts_with(['*', '+']) { Confirmed::Yes } else { Confirmed::No };
    let note = note.trim_start_matches(['*', '+', ' ']);
    Some(GlobalKey { name, kind, presence, confirmed, note })
}

/// The global key of this name; tag keys of any name are found
#[must_use]
pub fn global(name: &str) -> Option<&'static GlobalKey> {
    GLOBAL.iter().find(|key| is(key.name, name))
}

/// Every global key, in the order of the table
pub fn globals() -> impl Iterator<Item = &'static GlobalKey> {
    GLOBAL.iter()
}

/// Whether a key's name is what a template such as `aws:RequestTag/${TagKey}` describes; letter case does not count
/// \[reference_policies_elements_condition\]
#[must_use]
pub fn is(template: &str, name: &str) -> bool {
    let mut pieces = template.split("${");
    let Some(mut rest) = pieces.next().and_then(|start| strip(name, start)) else { return false };
    for piece in pieces {
        let literal = piece.split_once('}').map_or("", |(_, literal)| literal);
        // What fills a place is not empty; the shortest filling does, since at most one place is followed by text.
        let filled = if literal.is_empty() {
            (!rest.is_empty()).then_some("")
        } else {
            rest.char_indices().skip(1).find_map(|(at, _)| strip(rest.get(at..)?, literal))
        };
        let Some(after) = filled else { return false };
        rest = after;
    }
    rest.is_empty()
}

fn strip<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        for line in rows {
            assert!(row(line).is_some(), "{line}");
        }
        assert_eq!(GLOBAL.len(), 62);
    }

    #[test]
    fn names_of_keys_and_of_tag_keys_ignore_case() {
        let tag = global("AWS:requesttag/Team").expect("a tag key");
        assert_eq!((tag.name, tag.kind.values), ("aws:RequestTag/${TagKey}", Values::Single));
        assert_eq!(global("aws:RequestTag/"), None);
        assert_eq!(global("aws:Nonsense"), None);
        assert!(
            is("x:a/${b}.c", "X:A/some.C") && !is("x:a/${b}.c", "x:a/.c") && !is("x:a/${b}.c", "x:a/b.cd")
        );
    }

    #[test]
    fn types_and_presence_are_those_of_the_pages() {
        let key = |name| *global(name).expect("a key");
        let source = key("aws:SourceArn");
        assert_eq!((source.kind.kind, source.presence), (Kind::Arn, Presence::Service));
        assert_eq!(source.confirmed, Confirmed::Yes);
        assert_eq!(key("aws:SourceOwner").confirmed, Confirmed::No);
        assert_eq!(key("aws:TagKeys").kind, KeyType::new(Kind::String, Values::Several));
        let epoch = key("aws:EpochTime").kind;
        assert_eq!((epoch.kind, epoch.or), (Kind::Date, Some(Kind::Numeric)));
    }
}
