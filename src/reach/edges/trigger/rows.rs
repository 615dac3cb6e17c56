//! The rows of triggers: who calls, with which source, or which rights the execution role needs, and whether anybody at
//! all stands in front of the source.
//!
//! After `invokers.tsv` of the tables and the Lambda developer guide's page of each service. Must not know: how a row is
//! decided.

use std::sync::LazyLock;

use crate::cause::CauseKind;
use crate::reach::edges::web_endpoint::INVOKE_ENDPOINT;

pub(super) const INVOKE: &str = "lambda:InvokeFunction";
pub(super) const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";

/// A kind of trigger
pub(super) struct Row {
    pub(super) edge: &'static str,
    pub(super) by: By,
    pub(super) front: Front,
    /// Whether an AWS page tells the form of the source; samples told the others
    pub(super) told: Told,
}

/// How well a row is known
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    ByPage,
    BySamples,
}

/// How the function comes to run
pub(super) enum By {
    /// The service calls; the function's policy must let it
    Service {
        /// Its principals: `logs.amazonaws.com`, and `logs.REGION.amazonaws.com`
        principals: &'static [&'static str],
        /// What stands behind the source's ARN in `aws:SourceArn`
        suffix: &'static str,
        /// Whether a page says that it sends `aws:SourceAccount`
        account: Account,
    },
    /// Lambda reads the source with the execution role
    Poll {
        /// What it calls on the source, each of these
        source: &'static [&'static str],
        /// What it calls on the source, any one of these
        either: &'static [&'static str],
        /// What it calls on no resource in particular, to stand in the source's network, where it has one of its own
        network: &'static [&'static str],
    },
    /// The source calls with a role of its own
    Role,
    /// The execution role of the source, a function, calls
    Caller,
    /// Whoever calls the source calls with his own rights: nothing else is asked
    Passed,
    /// The source calls with a role of its own where it has one, else with the rights of whoever calls it
    RoleOrCaller,
    /// CloudFront calls the function's URL, by the two actions of a URL \[private-content-restricting-access-to-lambda\]
    Url,
    /// CloudFront calls an endpoint of a web function \[private-content-restricting-access-to-lambda-web\]
    Endpoint,
    /// CloudFront runs a copy as the execution role, which must let it \[lambda-edge-permissions\]
    Replica,
    /// Something outside of AWS's policies decides
    Outside(&'static str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Account {
    Sent,
    NotTold,
}

/// Whether anybody at all makes the source call
#[derive(Clone, Copy)]
pub(super) enum Front {
    /// Only who may call the source's service
    Closed,
    /// Anybody; with words where the input does not decide it
    Anybody(Option<(CauseKind, &'static str)>),
    /// Who reaches the load balancer in front
    LoadBalancer,
    /// Who may sign up to the user pool, or in
    UserPool,
    /// Whom the gateway's authorizer lets in
    Gateway,
    /// Anybody who calls a route that the function guards
    Guard,
}

const fn service(edge: &'static str, principals: &'static [&'static str], account: Account) -> Row {
    Row {
        edge,
        by: By::Service { principals, suffix: "", account },
        front: Front::Closed,
        told: Told::ByPage,
    }
}

const fn poll(edge: &'static str, actions: &'static [&'static str]) -> Row {
    Row {
        edge,
        by: By::Poll { source: actions, either: &[], network: &[] },
        front: Front::Closed,
        told: Told::ByPage,
    }
}

/// What a mapping needs to stand in the network of a cluster or broker \[with-msk-permissions, with-mq\]
pub(super) const NETWORK: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

const fn in_network(
    edge: &'static str,
    source: &'static [&'static str],
    either: &'static [&'static str],
) -> Row {
    by(edge, By::Poll { source, either, network: NETWORK })
}

const fn by(edge: &'static str, by: By) -> Row {
    Row { edge, by, front: Front::Closed, told: Told::ByPage }
}

const fn role(edge: &'static str) -> Row {
    Row { edge, by: By::Role, front: Front::Closed, told: Told::ByPage }
}

impl Row {
    const fn with_suffix(self, suffix: &'static str) -> Self {
        match self.by {
            By::Service { principals, account, .. } => {
                Self { by: By::Service { principals, suffix, account }, ..self }
            }
            By::Poll { .. }
            | By::Role
            | By::Caller
            | By::Passed
            | By::RoleOrCaller
            | By::Url
            | By::Endpoint
            | By::Replica
            | By::Outside(_) => self,
        }
    }

    const fn by_samples(self) -> Self {
        Self { told: Told::BySamples, ..self }
    }

    const fn behind(self, front: Front) -> Self {
        Self { front, ..self }
    }
}

/// Who writes to a cluster or broker
pub(super) const CLIENT: Front = Front::Anybody(Some((
    CauseKind::Credential,
    "a client that the source accepts, and a place in its network",
)));

/// In the order of ids
pub(super) static TRIGGERS: &[Row] = &[
    role("agentcore").behind(Front::Gateway),
    service("alarm", &["lambda.alarms.cloudwatch.amazonaws.com"], Account::Sent).by_samples(),
    service("alb", &["elasticloadbalancing.amazonaws.com"], Account::Sent).behind(Front::LoadBalancer),
    service("apigw.authorizer", &["apigateway.amazonaws.com"], Account::NotTold).behind(Front::Guard),
    role("appsync").behind(Front::Anybody(Some((
        CauseKind::Credential,
        "an API key or a token that the GraphQL API accepts",
    )))),
    service("appsync.authorizer", &["appsync.amazonaws.com"], Account::NotTold)
        .by_samples()
        .behind(Front::Anybody(None)),
    by("athena", By::Passed),
    service("bedrock.agent", &["bedrock.amazonaws.com"], Account::Sent).by_samples(),
    by("cfn.custom", By::RoleOrCaller),
    by("cloudfront.oac", By::Url).behind(Front::Anybody(None)),
    by("cloudfront.web", By::Endpoint).behind(Front::Anybody(None)),
    service("codecommit", &["codecommit.amazonaws.com"], Account::Sent),
    role("codepipeline"),
    service("cognito.trigger", &["cognito-idp.amazonaws.com"], Account::NotTold).behind(Front::UserPool),
    service("config.rule", &["config.amazonaws.com"], Account::Sent).by_samples(),
    service("connect", &["connect.amazonaws.com"], Account::Sent)
        .behind(Front::Anybody(Some((CauseKind::NotModelled, "a contact flow that calls the function")))),
    poll("ddb.esm", &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"]),
    by("dest", By::Caller),
    in_network("docdb.esm", &["rds:DescribeDBClusters"], &[]).behind(CLIENT),
    by("edge", By::Replica).behind(Front::Anybody(None)),
    by("esm", By::Outside("a source outside of AWS, and the credentials that Lambda reads it with"))
        .behind(CLIENT),
    service("events.rule", &["events.amazonaws.com"], Account::NotTold),
    service("events.schedule", &["events.amazonaws.com"], Account::NotTold),
    role("firehose"),
    service("iot.rule", &["iot.amazonaws.com"], Account::Sent),
    in_network(
        "kafka.esm",
        &["kafka:GetBootstrapBrokers"],
        &["kafka:DescribeCluster", "kafka:DescribeClusterV2"],
    )
    .behind(CLIENT),
    by("kinesis.consumer", By::Outside("whether the execution role may subscribe to the stream's consumer")),
    poll("kinesis.esm", &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"]),
    service("lattice", &["vpc-lattice.amazonaws.com"], Account::NotTold).by_samples().behind(Front::Anybody(
        Some((CauseKind::NotModelled, "who reaches the Lattice service from its networks")),
    )),
    service("lex", &["lex.amazonaws.com"], Account::NotTold)
        .with_suffix(":*")
        .behind(Front::Anybody(Some((CauseKind::NotModelled, "a channel that leads to the bot")))),
    service("logs.sub", &["logs.amazonaws.com", "logs.{region}.amazonaws.com"], Account::Sent)
        .with_suffix(":*"),
    in_network("mq.esm", &["mq:DescribeBroker"], &[]).behind(CLIENT),
    by("other", By::Outside("what makes it call the function, and by whose right")),
    role("pipes"),
    by("s3.objlambda", By::Passed),
    role("scheduler"),
    service("secrets.rotation", &["secretsmanager.amazonaws.com"], Account::Sent).by_samples(),
    service("ses", &["ses.amazonaws.com"], Account::Sent).by_samples().behind(Front::Anybody(None)),
    role("sfn"),
    service("sns", &["sns.amazonaws.com"], Account::NotTold),
    poll("sqs.esm", &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]),
    service("transfer", &["transfer.amazonaws.com"], Account::NotTold)
        .behind(Front::Anybody(Some((CauseKind::NotModelled, "who reaches the server's endpoint")))),
    role("transfer.workflow")
        .behind(Front::Anybody(Some((CauseKind::Credential, "a user of a server that starts the workflow")))),
];

/// The ids of the rows
pub(super) static IDS: LazyLock<Vec<&str>> = LazyLock::new(|| TRIGGERS.iter().map(|row| row.edge).collect());

pub(super) fn row(edge: &str) -> Option<&'static Row> {
    TRIGGERS.binary_search_by(|row| row.edge.cmp(edge)).ok().and_then(|at| TRIGGERS.get(at))
}

/// Whether a row decides triggers of this id
#[must_use]
pub fn is_modelled(edge: &str) -> bool {
    row(edge).is_some()
}

impl Row {
    /// What the edge is allowed by
    pub(super) fn actions(&self) -> Vec<&'static str> {
        match self.by {
            By::Service { .. } | By::Role | By::Caller | By::Passed | By::RoleOrCaller | By::Outside(_) => {
                vec![INVOKE]
            }
            By::Url => vec![INVOKE_URL, INVOKE],
            By::Endpoint => vec![INVOKE_ENDPOINT],
            By::Replica => vec!["sts:AssumeRole"],
            By::Poll { source, either, .. } => [source, either].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_ids() {
        assert!(TRIGGERS.is_sorted_by_key(|row| row.edge));
        assert!(IDS.iter().all(|id| is_modelled(id)));
    }
}
