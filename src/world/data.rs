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
    /// What no name has in it: behind it stands a part of the resource, as an index of a table
    pub before_part: Option<char>,
    /// Actions that read what it holds
    pub read: &'static [Access],
    /// Actions that change what it holds, or the policy that says who may
    pub write: &'static [Access],
    /// What the service gives KMS as encryption context, by condition key
    pub context: &'static [(&'static str, InContext)],
}

/// What stands in an encryption context
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InContext {
    /// The resource's ARN
    Arn,
    /// The resource's name
    Name,
    /// The account that owns the resource
    Account,
    /// Something that the input does not tell
    NotKnown,
    /// All keys of the context, where the caller can add none
    Keys(&'static [&'static str]),
}

/// An action on data, and on what of the resource it is called
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// `service:Name`
    pub action: &'static str,
    /// What the request names
    pub on: On,
    /// What the caller also needs on the customer managed key that the resource is encrypted with: all of these
    pub key: &'static [&'static str],
}

impl Access {
    /// With these actions on the key
    #[must_use]
    pub const fn with(self, key: &'static [&'static str]) -> Self {
        Self { key, ..self }
    }
}

/// The setting of a resource that an AWS managed key encrypts
pub const AWS_MANAGED_KEY: &str = "aws_managed_key";

/// The caller's part in reading what is encrypted
const DECRYPT: &[&str] = &["kms:Decrypt"];

/// The caller's part in writing under a data key
pub const DATA_KEY: &[&str] = &["kms:GenerateDataKey"];

/// The same where the service also checks what it wrote
const DATA_KEY_AND_BACK: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];

/// What of a resource a request names
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The resource's own ARN
    Itself,
    /// Something inside of it that the caller picks, behind this separator: an object of a bucket
    Inside(&'static str),
    /// The resource's own ARN, or something inside of it that the caller picks: a table, or an index of it
    Within(&'static str),
    /// What the resource's name stands below, where this separates its parts: a path of parameters
    Above(char),
    /// The resource's own ARN with an ending that the service adds
    Suffixed(&'static str),
    /// A user of the database, in an ARN of this service that has the name of the resource before it
    User(&'static str),
}

const fn itself(action: &'static str) -> Access {
    Access { action, on: On::Itself, key: &[] }
}

const fn object(action: &'static str) -> Access {
    Access { action, on: On::Inside("/"), key: &[] }
}

/// A query names the table or an index of it \[list_amazondynamodb\]
const fn indexed(action: &'static str) -> Access {
    Access { action, on: On::Within("/index/"), key: DECRYPT }
}

const fn stream(action: &'static str) -> Access {
    Access { action, on: On::Inside(":log-stream:"), key: &[] }
}

/// A call on a log group names it with an empty log stream, as the service's own error messages show
const fn group(action: &'static str) -> Access {
    Access { action, on: On::Suffixed(":log-stream:"), key: &[] }
}

/// What is read of a table's stream, where the table has one
pub const STREAM_RECORDS: &str = "dynamodb:GetRecords";

/// Whoever speaks SQL to a cluster of RDS, by the Data API, as a user who signs, or with a password that is set anew; what
/// else that takes is a matter of reach
const SQL: &[Access] = &[
    itself("rds-data:ExecuteStatement"),
    itself("rds-data:BatchExecuteStatement"),
    Access { action: "rds-db:connect", on: On::User("rds-db"), key: &[] },
    itself("rds:ModifyDBCluster"),
];

/// The same of Redshift, where a call also gives a login
const WAREHOUSE_SQL: &[Access] = &[
    itself("redshift-data:ExecuteStatement"),
    itself("redshift-data:BatchExecuteStatement"),
    Access { action: "redshift:GetClusterCredentials", on: On::User("redshift"), key: &[] },
    itself("redshift:ModifyCluster"),
];

/// Every kind of data that reach knows, in the order of reports
pub static DATA: &[DataKind] = &[
    DataKind {
        kind: Kind::Secret,
        service: "secretsmanager",
        before_name: "secret:",
        // AWS adds a hyphen and six characters to the name; policies stand for them with wildcards.
        after_name: &["-??????", "-*"],
        before_part: None,
        read: &[
            // BatchGetSecretValue needs this as well, for each secret \[API_BatchGetSecretValue\].
            itself("secretsmanager:GetSecretValue").with(DECRYPT),
        ],
        write: &[
            itself("secretsmanager:PutSecretValue").with(DATA_KEY_AND_BACK),
            itself("secretsmanager:UpdateSecret"),
            itself("secretsmanager:DeleteSecret"),
            itself("secretsmanager:PutResourcePolicy"),
        ],
        context: &[
            ("kms:EncryptionContext:SecretARN", InContext::Arn),
            ("kms:EncryptionContext:SecretVersionId", InContext::NotKnown),
            ("kms:EncryptionContextKeys", InContext::Keys(&["SecretARN", "SecretVersionId"])),
        ],
    },
    DataKind {
        kind: Kind::Bucket,
        service: "s3",
        before_name: "",
        after_name: &["/*"],
        before_part: None,
        read: &[
            object("s3:GetObject").with(DECRYPT),
            object("s3:GetObjectVersion").with(DECRYPT),
            itself("s3:ListBucket"),
        ],
        write: &[
            // The caller says how an object is encrypted, and so which key it needs: a matter of reach.
            object("s3:PutObject"),
            object("s3:DeleteObject"),
            object("s3:PutObjectAcl"),
            itself("s3:PutBucketPolicy"),
        ],
        context: &[("kms:EncryptionContext:aws:s3:arn", InContext::NotKnown)],
    },
    DataKind {
        kind: Kind::Table,
        service: "dynamodb",
        before_name: "table/",
        after_name: &[],
        before_part: Some('/'),
        read: &[
            itself("dynamodb:GetItem").with(DECRYPT),
            itself("dynamodb:BatchGetItem").with(DECRYPT),
            indexed("dynamodb:Query"),
            indexed("dynamodb:Scan"),
            indexed("dynamodb:PartiQLSelect"),
            itself("dynamodb:ExportTableToPointInTime").with(DECRYPT),
            Access { action: STREAM_RECORDS, on: On::Inside("/stream/"), key: &[] },
        ],
        write: &[
            itself("dynamodb:PutItem").with(DECRYPT),
            itself("dynamodb:UpdateItem").with(DECRYPT),
            itself("dynamodb:DeleteItem").with(DECRYPT),
            itself("dynamodb:BatchWriteItem").with(DECRYPT),
            itself("dynamodb:PartiQLInsert").with(DECRYPT),
            itself("dynamodb:PartiQLUpdate").with(DECRYPT),
            itself("dynamodb:PartiQLDelete").with(DECRYPT),
            itself("dynamodb:PutResourcePolicy"),
        ],
        context: &[
            ("kms:EncryptionContext:aws:dynamodb:tableName", InContext::Name),
            ("kms:EncryptionContext:aws:dynamodb:subscriberId", InContext::Account),
            (
                "kms:EncryptionContextKeys",
                InContext::Keys(&["aws:dynamodb:tableName", "aws:dynamodb:subscriberId"]),
            ),
        ],
    },
    DataKind {
        kind: Kind::LogGroup,
        service: "logs",
        before_name: "log-group:",
        after_name: &[":log-stream:*", ":*:*", ":*"],
        before_part: None,
        read: &[
            stream("logs:GetLogEvents"),
            group("logs:FilterLogEvents"),
            group("logs:StartQuery"),
            group("logs:StartLiveTail"),
        ],
        write: &[stream("logs:PutLogEvents")],
        context: &[],
    },
    DataKind {
        kind: Kind::Queue,
        service: "sqs",
        before_name: "",
        after_name: &[],
        before_part: None,
        read: &[itself("sqs:ReceiveMessage").with(DECRYPT)],
        write: &[
            itself("sqs:SendMessage").with(DATA_KEY_AND_BACK),
            itself("sqs:PurgeQueue"),
            itself("sqs:AddPermission"),
            itself("sqs:SetQueueAttributes"),
        ],
        context: &[
            ("kms:EncryptionContext:aws:sqs:arn", InContext::Arn),
            ("kms:EncryptionContextKeys", InContext::Keys(&["aws:sqs:arn"])),
        ],
    },
    DataKind {
        kind: Kind::Topic,
        service: "sns",
        before_name: "",
        after_name: &[],
        before_part: None,
        read: &[itself("sns:Subscribe")],
        write: &[
            itself("sns:Publish").with(DATA_KEY_AND_BACK),
            itself("sns:AddPermission"),
            itself("sns:SetTopicAttributes"),
        ],
        context: &[
            ("kms:EncryptionContext:aws:sns:topicArn", InContext::Arn),
            ("kms:EncryptionContextKeys", InContext::Keys(&["aws:sns:topicArn"])),
        ],
    },
    DataKind {
        kind: Kind::Stream,
        service: "kinesis",
        before_name: "stream/",
        after_name: &[],
        before_part: Some('/'),
        read: &[
            itself("kinesis:GetRecords").with(DECRYPT),
            // A subscription names a consumer of the stream \[list_amazonkinesisdatastreams\].
            Access { action: "kinesis:SubscribeToShard", on: On::Within("/consumer/"), key: DECRYPT },
        ],
        write: &[
            itself("kinesis:PutRecord").with(DATA_KEY),
            itself("kinesis:PutRecords").with(DATA_KEY),
            itself("kinesis:PutResourcePolicy"),
        ],
        context: &[
            ("kms:EncryptionContext:aws:kinesis:arn", InContext::Arn),
            ("kms:EncryptionContextKeys", InContext::Keys(&["aws:kinesis:arn"])),
        ],
    },
    DataKind {
        kind: Kind::Param,
        service: "ssm",
        before_name: "parameter/",
        after_name: &[],
        before_part: None,
        read: &[
            itself("ssm:GetParameter").with(DECRYPT),
            itself("ssm:GetParameters").with(DECRYPT),
            // Who may get a path gets all below it, whatever is denied there \[API_GetParametersByPath\].
            Access { action: "ssm:GetParametersByPath", on: On::Above('/'), key: DECRYPT },
            itself("ssm:GetParameterHistory").with(DECRYPT),
        ],
        write: &[itself("ssm:PutParameter"), itself("ssm:DeleteParameter")],
        context: &[("kms:EncryptionContext:PARAMETER_ARN", InContext::Arn)],
    },
    // A version of a layer: its answer holds an address from which the code can be fetched \[API_GetLayerVersion\].
    DataKind {
        kind: Kind::Layer,
        service: "lambda",
        before_name: "layer:",
        after_name: &[":*"],
        before_part: None,
        read: &[itself("lambda:GetLayerVersion")],
        write: &[itself("lambda:DeleteLayerVersion")],
        context: &[],
    },
    DataKind {
        kind: Kind::DbCluster,
        service: "rds",
        before_name: "cluster:",
        after_name: &[],
        before_part: None,
        read: SQL,
        write: SQL,
        context: &[],
    },
    DataKind {
        kind: Kind::RedshiftCluster,
        service: "redshift",
        before_name: "cluster:",
        after_name: &[],
        before_part: None,
        read: WAREHOUSE_SQL,
        write: WAREHOUSE_SQL,
        context: &[],
    },
    DataKind {
        kind: Kind::Key,
        service: "kms",
        before_name: "key/",
        after_name: &[],
        before_part: None,
        // Who encrypts it again under a key of its own reads it.
        read: &[itself("kms:Decrypt"), itself("kms:ReEncryptFrom")],
        write: &[
            itself("kms:Encrypt"),
            itself("kms:GenerateDataKey"),
            itself("kms:CreateGrant"),
            itself("kms:PutKeyPolicy"),
        ],
        context: &[],
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

/// Whether an action reads what a resource holds
#[must_use]
pub fn reads(action: &str) -> bool {
    DATA.iter().any(|row| row.read.iter().any(|access| access.action.eq_ignore_ascii_case(action)))
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
