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

    /// The account in a text that is an ARN
    #[must_use]
    pub fn account_in(text: &Text) -> Option<Text> {
        match text.as_literal() {
            Some(literal) => part(literal, 4).map(Text::from),
            None => Self::parse(text).map(|arn| arn.account),
        }
    }

    /// The partition in a text that is an ARN
    #[must_use]
    pub fn partition_in(text: &Text) -> Option<Text> {
        match text.as_literal() {
            Some(literal) => part(literal, 1).map(Text::from),
            None => Self::parse(text).map(|arn| arn.partition),
        }
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

/// One of the parts of a literal ARN, `arn` being the first; `None` where it has fewer than six
fn part(literal: &str, at: usize) -> Option<&str> {
    let rest = literal.strip_prefix("arn:")?;
    let parts = rest.splitn(5, ':').count();
    (parts == 5).then(|| literal.splitn(6, ':').nth(at)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_alone_is_that_of_the_whole_arn() {
        for text in
            ["arn:aws:iam::111122223333:role/a:b", "arn:aws-cn:s3:::b", "arn:aws:s3", "111122223333", ""]
        {
            let text = Text::from(text);
            let whole = Arn::parse(&text);
            assert_eq!(Arn::account_in(&text), whole.clone().map(|arn| arn.account), "{text}");
            assert_eq!(Arn::partition_in(&text), whole.map(|arn| arn.partition), "{text}");
        }
    }
}
