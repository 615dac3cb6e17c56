//! Amazon Resource Names: six parts, any of which may hold a hole.
//!
//! `arn:partition:service:region:account:resource` \[reference-arns\]. Must not know: which resource types exist.

use crate::text::Text;

/// An ARN in its six parts, the leading `arn` dropped
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arn {
    /// `aws`, `aws-cn`, ...
    pub partition: Text,
    /// The service's prefix: `lambda`
    pub service: Text,
    /// The region, empty for global services
    pub region: Text,
    /// The twelve digits of the account, empty for S3 buckets
    pub account: Text,
    /// Everything after the fifth colon
    pub resource: Text,
}

impl Arn {
    /// The ARN in a text, if all five colons stand in literal parts of it
    #[must_use]
    pub fn parse(text: &Text) -> Option<Self> {
        let parts: [Text; 6] = text.split(':', 6).try_into().ok()?;
        let [arn, partition, service, region, account, resource] = parts;
        (arn.as_literal() == Some("arn")).then_some(Self { partition, service, region, account, resource })
    }

    /// The ARN as one text
    #[must_use]
    pub fn to_text(&self) -> Text {
        let mut out = Text::from("arn");
        for part in [&self.partition, &self.service, &self.region, &self.account, &self.resource] {
            out.push_str(":");
            out.push(part);
        }
        out
    }
}
