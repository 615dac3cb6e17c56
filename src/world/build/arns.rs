//! ARNs of what the input names by a bare name: a role that something is attached to, a bucket that has a policy here.
//!
//! Without an ARN nothing could be asked of it, and it would be in no answer. Where the input is of one account and one region,
//! so is what it names. Must not know: what is named by what.

use super::Build;
use super::join::before_name;
use crate::aws::arn::Arn;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::kind::Kind;
use crate::world::pieces;

/// What stands in the ARNs of a kind
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// An account
    Account,
    /// A region and an account
    Region,
    /// Neither: names are of the whole partition
    Partition,
}

/// Whether an argument that names a thing may also be its ARN or address
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    ByName,
    ByNameOrArn,
}

/// Kind, its service, what stands in its ARNs, how arguments name it
static KINDS: &[(Kind, &str, Place, Named)] = &[
    (Kind::Bucket, "s3", Place::Partition, Named::ByName),
    (Kind::Bus, "events", Place::Region, Named::ByNameOrArn),
    (Kind::Function, "lambda", Place::Region, Named::ByNameOrArn),
    (Kind::LogGroup, "logs", Place::Region, Named::ByName),
    (Kind::Param, "ssm", Place::Region, Named::ByName),
    (Kind::Queue, "sqs", Place::Region, Named::ByNameOrArn),
    (Kind::Role, "iam", Place::Account, Named::ByName),
    (Kind::Secret, "secretsmanager", Place::Region, Named::ByNameOrArn),
    (Kind::Stream, "kinesis", Place::Region, Named::ByNameOrArn),
    (Kind::Table, "dynamodb", Place::Region, Named::ByNameOrArn),
    (Kind::Topic, "sns", Place::Region, Named::ByNameOrArn),
    (Kind::User, "iam", Place::Account, Named::ByName),
];

impl Build {
    /// The ARN of a thing of this name; `None` for kinds whose ARNs have more than a name
    pub(super) fn arn_by_name(&self, kind: Kind, name: &Text) -> Option<Text> {
        let (_, service, place, named) = KINDS.iter().find(|(of, ..)| *of == kind)?;
        // A value of which nothing is known may be an ARN.
        if name.as_hole().is_some() && *named == Named::ByNameOrArn {
            return Some(name.clone());
        }
        let only = |part: fn(&pieces::Place) -> &Text, what: &str, shape: Shape| {
            self.only(part).unwrap_or_else(|| {
                Text::from(Hole::new(format!("the {what} of {kind}/{name}"), HoleKind::Input, shape))
            })
        };
        let arn = Arn {
            partition: self.only(|place| &place.partition).unwrap_or_else(|| Text::from("aws")),
            service: Text::from(*service),
            region: match place {
                Place::Region => only(|place| &place.region, "region", Shape::Name),
                Place::Account | Place::Partition => Text::new(),
            },
            account: match place {
                Place::Region | Place::Account => only(|place| &place.account, "account", Shape::Account),
                Place::Partition => Text::new(),
            },
            resource: resource(kind, name),
        };
        Some(arn.to_text())
    }

    /// What is the same wherever something is declared
    fn only(&self, part: fn(&pieces::Place) -> &Text) -> Option<Text> {
        let first = part(self.places.first()?);
        self.places.iter().all(|place| part(place) == first).then(|| first.clone())
    }
}

/// The last part of an ARN
fn resource(kind: Kind, name: &Text) -> Text {
    match (kind, name.strip_prefix("/")) {
        (Kind::Param, Some(path)) => Text::from(before_name(kind)).with(path),
        (Kind::Secret, _) => {
            let suffix = Hole::new(format!("the suffix of {kind}/{name}"), HoleKind::Input, Shape::Id(6));
            Text::from(before_name(kind)).with(name).with("-").with(suffix)
        }
        _ => Text::from(before_name(kind)).with(name),
    }
}
