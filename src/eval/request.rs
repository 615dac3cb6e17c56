//! A request: who, which action, on what, in which context; and the policies that apply to it.

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::cause::Cause;
use crate::eval::context::Context;
use crate::policy::Policy;
use crate::text::Text;

/// One call to AWS
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who calls
    pub caller: Caller,
    /// What is called
    pub action: Action,
    /// The ARN it is called on, `*` for actions without resource types
    pub resource: Text,
    /// The account that owns the resource; `None` where it is the caller's own by the nature of the action
    pub owner: Option<Text>,
    /// The condition keys
    pub context: Context,
}

/// Who makes a request
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// An IAM user, by ARN
    User(Text),
    /// A session of a role
    Session {
        /// The role's ARN, path included where it is known
        role: Text,
        /// The session's name, where it is known
        name: Option<Text>,
    },
    /// A session of a service-linked role, by the role's ARN
    ServiceLinkedRole(Text),
    /// A federated user, by `federated-user/NAME` ARN
    FederatedUser(Text),
    /// A federated identity before it has a role, by the ARN or name of its SAML or OIDC provider
    Federated(Text),
    /// The root user of an account, by account id
    Root(Text),
    /// Some principal of this account of whom nothing else is known
    Account(Text),
    /// A service principal: `sns.amazonaws.com`
    Service(Text),
    /// Nobody in particular: an unsigned request
    Anonymous,
}

impl Caller {
    /// The ARN of the user, of the role or of the federated user
    #[must_use]
    pub fn arn(&self) -> Option<&Text> {
        match self {
            Self::User(arn) | Self::FederatedUser(arn) | Self::ServiceLinkedRole(arn) => Some(arn),
            Self::Session { role, .. } => Some(role),
            Self::Root(_) | Self::Account(_) | Self::Federated(_) | Self::Service(_) | Self::Anonymous => {
                None
            }
        }
    }

    /// The account that it belongs to
    #[must_use]
    pub fn account(&self) -> Option<Text> {
        match self {
            Self::Root(account) | Self::Account(account) => Some(account.clone()),
            Self::User(_)
            | Self::FederatedUser(_)
            | Self::ServiceLinkedRole(_)
            | Self::Session { .. }
            | Self::Federated(_)
            | Self::Service(_)
            | Self::Anonymous => Arn::account_in(self.arn()?),
        }
    }

    /// Whether it has identity policies, a boundary and session policies of its own
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        !matches!(self, Self::Federated(_) | Self::Service(_) | Self::Anonymous)
    }

    /// Whether it is a service that calls for itself
    #[must_use]
    pub fn is_service(&self) -> bool {
        matches!(self, Self::Service(_))
    }
}

/// A policy as it is attached
#[derive(Clone, Debug)]
pub struct Attached<'p> {
    /// What reports call it: `role/orders-exec`, `boundary deploy-boundary`
    pub name: &'p str,
    /// The document, or why there is none
    pub document: Document<'p>,
    /// Why it may not be attached at all: every statement then depends on these
    pub doubts: &'p [Cause],
}

/// A document, or the reason why it is not there
#[derive(Clone, Debug)]
pub enum Document<'p> {
    /// The policy
    Known(&'p Policy),
    /// It is named, but not in the input: anything is possible, for Allow and Deny
    Missing(&'p Cause),
}

/// Where the caller is at home
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Home {
    /// Where its account number says
    #[default]
    ByAccount,
    /// Not in the resource's account, whatever that one's number turns out to be
    Elsewhere,
}

/// The policies that apply to one request
#[derive(Clone, Debug, Default)]
pub struct Applicable<'p> {
    /// Where the caller is at home
    pub home: Home,
    /// The caller's identity policies, those of groups included
    pub identity: Vec<Attached<'p>>,
    /// The resource's policy: function, bucket, key, or the trust policy of a role
    pub resource: Vec<Attached<'p>>,
    /// Grants of the key, each written as a statement: the third source of rights on KMS keys
    pub grants: Vec<Attached<'p>>,
    /// The caller's permissions boundary; empty = none
    pub boundary: Vec<Attached<'p>>,
    /// Session policies: a union; empty = none
    pub session: Vec<Attached<'p>>,
    /// Service control policies of the caller's account, by level, root first; empty = none applies
    pub scps: Vec<Vec<Attached<'p>>>,
    /// Resource control policies of the resource's account, by level; `RCPFullAWSAccess` is implied
    pub rcps: Vec<Vec<Attached<'p>>>,
    /// Policies of the VPC endpoint that the request passes; empty = no endpoint
    pub endpoint: Vec<Attached<'p>>,
}
