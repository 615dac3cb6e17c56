//! What loaders fill: declared resources, documents, attachments and wiring, not joined yet.
//!
//! A loader names other resources the way its input does, by name, id or ARN ([`Reference`]); `world::build`
//! joins them, in three values: a reference with a hole may mean several resources, each in doubt.

use std::collections::{BTreeMap, BTreeSet};

use crate::cause::Cause;
use crate::policy::Policy;
use crate::source::Span;
use crate::text::Text;
use crate::world::buckets;
use crate::world::kind::Kind;
use crate::world::organization;

/// Everything a loader found
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// Resources
    pub declared: Vec<Declared>,
    /// Customer managed policies
    pub managed: Vec<ManagedPolicy>,
    /// Which document is attached to what, and as what
    pub attachments: Vec<Attachment>,
    /// Which user is in which group
    pub memberships: Vec<Membership>,
    /// Triggers, roles of functions, integrations
    pub wirings: Vec<Wiring>,
    /// Accounts that the input calls its own (a provider's `allowed_account_ids`, a flag)
    pub accounts: Vec<OwnAccount>,
    /// Where what it declares is
    pub places: BTreeSet<Place>,
    /// What was taken for granted
    pub assumptions: Vec<Assumption>,
    /// How many values were read, for `inspect`
    pub tally: Tally,
    /// Modules whose files are not in the input
    pub absent_modules: Vec<AbsentModule>,
    /// The organisation: its tree, and the policies attached to it
    pub organization: organization::Told,
    /// What stands before the policies of buckets
    pub buckets: buckets::Told,
}

/// Where the resources of a provider are
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `aws`
    pub partition: Text,
    /// `eu-west-1`, or a hole
    pub region: Text,
    /// The account, or a hole
    pub account: Text,
}

/// A declared resource
#[derive(Clone, Debug)]
pub struct Declared {
    /// What it is
    pub kind: Kind,
    /// Its name as AWS shows it: `orders`, `pay:live` for an alias, an API's *id*; a hole where AWS makes it
    pub name: Text,
    /// Its ARN
    pub arn: Text,
    /// The account that owns it, also where the ARN has none (buckets)
    pub account: Text,
    /// Its address in the input: `tf:module.shop.aws_lambda_function.api`
    pub address: String,
    /// Where it is declared
    pub span: Span,
    /// Why it may not exist at all
    pub doubts: Vec<Cause>,
    /// Settings that answers use or `inspect` shows, by the input's own name: `reserved_concurrent_executions`,
    /// `protocol_type`
    pub settings: BTreeMap<&'static str, Setting>,
}

/// A setting of a resource
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value as text
    pub value: Text,
    /// Where it is written
    pub span: Span,
}

/// The setting of what is a trust anchor of IAM Roles Anywhere
pub const TRUST_ANCHOR: &str = "trust_anchor";

/// How one resource names another
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// A name, an id or an ARN, whatever the input's attribute takes
    pub text: Text,
    /// Where it is written
    pub span: Span,
}

/// A customer managed policy
#[derive(Clone, Debug)]
pub struct ManagedPolicy {
    /// Its ARN
    pub arn: Text,
    /// What reports call it: `policy/deploy-boundary`
    pub name: String,
    /// The document
    pub policy: Policy,
    /// Who wrote it
    pub provenance: Provenance,
    /// Where it is declared
    pub span: Span,
    /// Why it may not exist at all
    pub doubts: Vec<Cause>,
}

/// A document that applies to something
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The kind of resource it is attached to
    pub kind: Kind,
    /// Which one: by name, id or ARN
    pub to: Reference,
    /// As what
    pub role: PolicyRole,
    /// The document
    pub document: DocumentRef,
    /// What reports call it: `my-function-policy`, `trust policy`, the resource's address
    pub name: String,
    /// Whether the input writes the document or a tool makes it
    pub provenance: Provenance,
    /// The attaching block
    pub span: Span,
    /// Why it may not be attached
    pub doubts: Vec<Cause>,
}

/// As what a document is attached
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyRole {
    /// An identity policy of a user, role or group
    Identity,
    /// A permissions boundary
    Boundary,
    /// A role's trust policy
    Trust,
    /// A resource policy; a function's alias or version has its own
    Resource {
        /// The alias or version
        qualifier: Option<Text>,
    },
    /// A grant on a key, written as a policy
    Grant,
}

/// A document, here or by ARN
#[derive(Clone, Debug)]
pub enum DocumentRef {
    /// The document
    Inline(Policy),
    /// A managed policy, by ARN
    Managed(Reference),
}

/// Where a document comes from
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provenance {
    /// The input writes it
    Written,
    /// The tool that deploys the input adds it (the public statements of a function URL)
    Synthesised,
    /// An AWS managed policy, from the embedded table
    AwsManaged,
    /// Not in the input: what the administrator of another account can always write for its principals
    Assumed,
}

/// A user in a group
#[derive(Clone, Debug)]
pub struct Membership {
    /// The user
    pub user: Reference,
    /// The group
    pub group: Reference,
    /// Why it may not be
    pub doubts: Vec<Cause>,
}

/// Configuration that is no policy, but needed for an edge
#[derive(Clone, Debug)]
pub struct Wiring {
    /// What is wired
    pub what: Wire,
    /// The block that wires it
    pub span: Span,
    /// Why it may not exist, or is switched off
    pub doubts: Vec<Cause>,
}

/// The wirings
#[derive(Clone, Debug)]
pub enum Wire {
    /// A function's execution role
    RunsAs {
        /// The function; a web function by its ARN
        function: Reference,
        /// Its role
        role: Reference,
    },
    /// A name for a version of a function
    Alias {
        /// The function
        function: Reference,
        /// The alias
        name: Text,
    },
    /// A function URL
    Url {
        /// The function
        function: Reference,
        /// The alias it is for
        qualifier: Option<Text>,
        /// `NONE` or `AWS_IAM`
        authorization: Text,
    },
    /// An endpoint of a web function
    WebEndpoint {
        /// The web function, by ARN
        function: Reference,
        /// The endpoint's name
        name: Text,
        /// `ApplicationManaged` or `IamAuth`
        authorization: Text,
    },
    /// An integration of an API with a function, or with something of another service
    Integration {
        /// The API, by id
        api: Reference,
        /// The integration's own id
        id: Text,
        /// What kind of thing it calls
        to: Kind,
        /// By which right
        action: &'static str,
        /// The function's ARN, or an invocation ARN that holds it; else a name or an ARN
        uri: Reference,
        /// A role that the API uses instead of the function's policy
        credentials: Option<Reference>,
    },
    /// A route of an API, or a method of one of its resources
    Route {
        /// The id of its edge: `apigw.http`, `apigw.rest`
        edge: &'static str,
        /// The API, by id
        api: Reference,
        /// `POST /orders`, `$default`
        key: Text,
        /// `NONE`, `AWS_IAM`, `JWT`, `CUSTOM`, `COGNITO_USER_POOLS`
        authorization: Text,
        /// `integrations/ID`
        target: Reference,
    },
    /// A bucket that notifies a function
    Notification {
        /// The bucket, by name
        bucket: Reference,
        /// The function
        function: Reference,
        /// `s3:ObjectCreated:*`
        events: Vec<Text>,
        /// Only keys that start so
        prefix: Option<Text>,
        /// Only keys that end so
        suffix: Option<Text>,
    },
    /// A name for a key
    KeyAlias {
        /// `alias/shop`
        name: Text,
        /// The alias's own ARN
        arn: Text,
        /// The key, by id or ARN
        key: Reference,
    },
    /// A resource that is encrypted with a customer managed key
    Encrypted {
        /// What kind of thing the resource is
        kind: Kind,
        /// The resource, by name or ARN
        resource: Reference,
        /// The key, by id, ARN or alias
        key: Reference,
    },
    /// An access key of a user in the configuration of a function, a task, a project
    Credential {
        /// What kind of thing has it
        kind: Kind,
        /// What has it
        holder: Reference,
        /// The user
        owner: Reference,
    },
    /// Any other trigger
    Trigger {
        /// The id of its edge: `sqs.esm`, `events.rule`, `sns`
        edge: &'static str,
        /// What kind of thing the source is
        kind: Kind,
        /// The source, by name or ARN
        source: Reference,
        /// The function; a web function by its ARN
        function: Reference,
        /// The role that the source calls with, where it has one
        role: Option<Reference>,
        /// The part of the source that calls, where a source has several: `authorizers/ID` of an API; the endpoint that
        /// CloudFront calls
        part: Text,
    },
    /// A database that calls what its users name, as this role
    CallsAs {
        /// What kind of thing the database is
        kind: Kind,
        /// The database, by name or ARN
        source: Reference,
        /// The role
        role: Reference,
    },
    /// What comes to one source is passed on to another: a topic to a queue, a bus to a rule
    Forward {
        /// What kind of thing the first is
        from: Kind,
        /// The first, by name or ARN
        source: Reference,
        /// What kind of thing the second is
        to: Kind,
        /// The second, by name or ARN
        target: Reference,
        /// The role that it is passed on with, where there is one
        role: Option<Reference>,
        /// What must happen to the first
        need: Need,
    },
}

/// What must happen to a source for a wiring of it to act
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Something comes in: a message, a record, an event, a call
    Anything,
    /// Something happens to an object of a bucket
    Object {
        /// `s3:ObjectCreated:*`
        events: Vec<Text>,
        /// Only keys that start so
        prefix: Text,
        /// Only keys that end so
        suffix: Text,
    },
    /// A request for a route of an API
    Route {
        /// `POST /orders`, `$default`
        key: Text,
        /// `NONE`, `AWS_IAM`, ...
        authorization: Text,
    },
    /// What this part of the source waits for
    Part(Text),
}

/// An account that the input calls its own
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAccount {
    /// Twelve digits
    pub account: String,
    /// Who says so: `allowed_account_ids of provider aws`, `--account`
    pub from: String,
    /// Where
    pub span: Option<Span>,
}

/// What was taken for granted
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// A sentence fragment: `account 111122223333, from allowed_account_ids of provider aws`
    pub text: String,
    /// Where it rests on
    pub span: Option<Span>,
}

/// A module whose files are not in the input
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsentModule {
    /// Its address: `module.vpc`
    pub address: String,
    /// Its source as written
    pub source: String,
    /// The block that calls it
    pub span: Span,
}

/// How well the values of policies and wiring are known
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files read
    pub files: usize,
    /// Values without holes
    pub concrete: usize,
    /// Values with literal parts and holes
    pub symbolic: usize,
    /// Values of which nothing is known
    pub unknown: usize,
}
