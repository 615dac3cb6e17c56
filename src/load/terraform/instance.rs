//! What evaluation gives of one `resource` or `data` block: its arguments as values, in the account it belongs to.
//!
//! Must not know: what any resource type means.

use std::sync::Arc;

use crate::aws::arn::Arn;
use crate::cause::Cause;
use crate::node::Node;
use crate::source::Span;
use crate::text::Text;
use crate::world::pieces::{AbsentModule, Assumption, OwnAccount, Tally};

/// Which kind of block it is
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// `resource`
    Managed,
    /// `data`
    Data,
}

/// One instance of a block
#[derive(Clone, Debug)]
pub struct Instance {
    /// Resource or data source
    pub mode: Mode,
    /// Its type: `aws_lambda_function`
    pub kind: String,
    /// `module.shop.aws_lambda_function.api`, `data.aws_iam_policy_document.trust`, `aws_sns_topic.t["a"]`
    pub address: String,
    /// The block's header: `resource "aws_lambda_function" "api"`
    pub span: Span,
    /// A map of the arguments; a nested block is a list of maps under its name, one a block
    pub body: Node,
    /// Where it is deployed: the same for many
    pub ambient: Arc<Ambient>,
    /// Why it may not exist at all
    pub doubts: Vec<Cause>,
}

/// The account and provider of an instance
#[derive(Clone, Debug)]
pub struct Ambient {
    /// `aws`, a flag, or a hole
    pub partition: Text,
    /// The provider's region, a flag, or a hole
    pub region: Text,
    /// The provider's account, a flag, or a hole
    pub account: Text,
    /// The version constraint of the AWS provider, as `required_providers` writes it
    pub provider_version: Option<(Text, Span)>,
}

impl Ambient {
    /// The ARN of something of a service that is here
    #[must_use]
    pub fn arn(&self, service: &str, resource: Text) -> Text {
        let (partition, region) = (self.partition.clone(), self.region.clone());
        Arn { partition, service: Text::from(service), region, account: self.account.clone(), resource }
            .to_text()
    }
}

/// A root module, evaluated
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// Every instance of every module, in the order of address
    pub instances: Vec<Instance>,
    /// Accounts that the configuration calls its own
    pub accounts: Vec<OwnAccount>,
    /// What was taken for granted
    pub assumptions: Vec<Assumption>,
    /// Modules whose files are not in the input
    pub absent_modules: Vec<AbsentModule>,
    /// Blocks that do not parse: the words of the first line of each
    pub unread: Vec<(Vec<String>, Span)>,
    /// How many files were read
    pub tally: Tally,
}

impl Instance {
    /// An argument, or a list of nested blocks of this name; `None` where it is not written or `null`
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.body.get(name).filter(|node| node.value != crate::node::Value::Null)
    }
}
