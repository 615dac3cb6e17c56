//! Which resources hold data, how their ARNs read, and which actions read or write what they hold.
//!
//! A new kind of data is a row in [`DATA`]. Must not know: who may call the actions.

use crate::text::{Piece, Text};
use crate::world::kind::Kind;

/// A kind of resource that holds data
#[derive(Clone, Copy, Debug)]
pub struct DataKind {
    /// The kind
    pub kind: Kind,
    /// The service in its ARN
    pub service: &'static str,
    /// What stands before the name in the last part of its ARN
    pub before_name: &'static str,
    /// What a policy may write behind the name and still mean this one resource, longest first
    pub after_name: &'static [&'static str],
    /// Actions that read what it holds
    pub read: &'static [Access],
    /// Actions that change what it holds
    pub write: &'static [Access],
}

/// An action on data, and on what of the resource it is called
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// `service:Name`
    pub action: &'static str,
    /// What the request names
    pub on: On,
}

/// What of a resource a request names
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The resource's own ARN
    Itself,
    /// Something inside of it that the caller picks, behind this separator: an object of a bucket
    Inside(&'static str),
    /// The resource's own ARN with an ending that the service adds
    Suffixed(&'static str),
}

const fn itself(action: &'static str) -> Access {
    Access { action, on: On::Itself }
}

const fn object(action: &'static str) -> Access {
    Access { action, on: On::Inside("/") }
}

const fn stream(action: &'static str) -> Access {
    Access { action, on: On::Inside(":log-stream:") }
}

/// A call on a log group names it with an empty log stream, as the service's own error messages show
const fn group(action: &'static str) -> Access {
    Access { action, on: On::Suffixed(":log-stream:") }
}

/// Every kind of data that reach knows, in the order of reports
pub static DATA: &[DataKind] = &[
    DataKind {
        kind: Kind::Secret,
        service: "secretsmanager",
        before_name: "secret:",
        // AWS adds a hyphen and six characters to the name; policies stand for them with wildcards.
        after_name: &["-??????", "-*"],
        read: &[itself("secretsmanager:GetSecretValue"), itself("secretsmanager:BatchGetSecretValue")],
        write: &[
            itself("secretsmanager:PutSecretValue"),
            itself("secretsmanager:UpdateSecret"),
            itself("secretsmanager:DeleteSecret"),
        ],
    },
    DataKind {
        kind: Kind::Bucket,
        service: "s3",
        before_name: "",
        after_name: &["/*"],
        read: &[object("s3:GetObject"), object("s3:GetObjectVersion"), itself("s3:ListBucket")],
        write: &[
            object("s3:PutObject"),
            object("s3:DeleteObject"),
            object("s3:PutObjectAcl"),
            itself("s3:PutBucketPolicy"),
        ],
    },
    DataKind {
        kind: Kind::Table,
        service: "dynamodb",
        before_name: "table/",
        after_name: &["/index/*", "/*"],
        read: &[
            itself("dynamodb:GetItem"),
            itself("dynamodb:BatchGetItem"),
            itself("dynamodb:Query"),
            itself("dynamodb:Scan"),
            itself("dynamodb:PartiQLSelect"),
            itself("dynamodb:ExportTableToPointInTime"),
        ],
        write: &[
            itself("dynamodb:PutItem"),
            itself("dynamodb:UpdateItem"),
            itself("dynamodb:DeleteItem"),
            itself("dynamodb:BatchWriteItem"),
            itself("dynamodb:PartiQLInsert"),
            itself("dynamodb:PartiQLUpdate"),
            itself("dynamodb:PartiQLDelete"),
        ],
    },
    DataKind {
        kind: Kind::LogGroup,
        service: "logs",
        before_name: "log-group:",
        after_name: &[":log-stream:*", ":*:*", ":*"],
        read: &[stream("logs:GetLogEvents"), group("logs:FilterLogEvents"), group("logs:StartQuery")],
        write: &[stream("logs:PutLogEvents")],
    },
    DataKind {
        kind: Kind::Queue,
        service: "sqs",
        before_name: "",
        after_name: &[],
        read: &[itself("sqs:ReceiveMessage")],
        write: &[itself("sqs:SendMessage"), itself("sqs:PurgeQueue")],
    },
    DataKind {
        kind: Kind::Topic,
        service: "sns",
        before_name: "",
        after_name: &[],
        read: &[itself("sns:Subscribe")],
        write: &[itself("sns:Publish")],
    },
    DataKind {
        kind: Kind::Stream,
        service: "kinesis",
        before_name: "stream/",
        after_name: &[],
        read: &[itself("kinesis:GetRecords"), itself("kinesis:SubscribeToShard")],
        write: &[itself("kinesis:PutRecord"), itself("kinesis:PutRecords")],
    },
    DataKind {
        kind: Kind::Param,
        service: "ssm",
        before_name: "parameter/",
        after_name: &[],
        read: &[
            itself("ssm:GetParameter"),
            itself("ssm:GetParameters"),
            itself("ssm:GetParametersByPath"),
            itself("ssm:GetParameterHistory"),
        ],
        write: &[itself("ssm:PutParameter"), itself("ssm:DeleteParameter")],
    },
];

/// The row of a kind
#[must_use]
pub fn row(kind: Kind) -> Option<&'static DataKind> {
    DATA.iter().find(|row| row.kind == kind)
}

/// The row whose actions include this one
#[must_use]
pub fn access(action: &str) -> Option<(&'static DataKind, Access)> {
    DATA.iter().find_map(|row| {
        let mut all = row.read.iter().chain(row.write);
        all.find(|access| access.action.eq_ignore_ascii_case(action)).map(|access| (row, *access))
    })
}

/// Whether a text holds a `*` or `?` of its own
#[must_use]
pub fn is_wild(text: &Text) -> bool {
    text.pieces().iter().any(|piece| match piece {
        Piece::Lit(text) => text.contains(['*', '?']),
        Piece::Hole(_) => false,
    })
}

/// One text that a pattern fits: a concrete request for "some name the policy allows"
#[must_use]
pub fn instance(pattern: &Text) -> Text {
    let piece = |piece: &Piece| match piece {
        Piece::Lit(text) => Piece::Lit(text.replace(['*', '?'], "x")),
        Piece::Hole(hole) => Piece::Hole(hole.clone()),
    };
    pattern.pieces().iter().map(piece).collect()
}
