//! Kinds of things in a world, by the names that selectors and reports use.

use std::fmt;

/// What kind of thing a node is
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// IAM user
    User,
    /// IAM role
    Role,
    /// IAM group
    Group,
    /// Lambda function, or an alias or version of one (`function/pay:live`)
    Function,
    /// Lambda web function: it answers HTTP requests to its endpoints, and nothing invokes it by API
    WebFunction,
    /// Lambda layer version
    Layer,
    /// API Gateway API
    Api,
    /// Lambda function URL
    Url,
    /// S3 bucket
    Bucket,
    /// SNS topic
    Topic,
    /// SQS queue
    Queue,
    /// Kinesis stream
    Stream,
    /// DynamoDB table
    Table,
    /// Secrets Manager secret
    Secret,
    /// Systems Manager parameter
    Param,
    /// Database cluster of RDS
    DbCluster,
    /// Amazon Redshift cluster
    RedshiftCluster,
    /// KMS key
    Key,
    /// CloudWatch Logs log group
    LogGroup,
    /// EventBridge rule
    Rule,
    /// EventBridge Scheduler schedule
    Schedule,
    /// EventBridge bus
    Bus,
    /// Step Functions state machine
    StateMachine,
    /// CloudFront distribution
    Distribution,
    /// Application load balancer target group
    Alb,
    /// Cognito user pool
    UserPool,
    /// VPC endpoint
    Endpoint,
    /// An AWS service, by its principal
    Service,
    /// A whole account
    Account,
    /// Unsigned callers
    Anonymous,
    /// Any signed AWS principal
    AnyAccount,
    /// An identity provider
    Provider,
    /// Resources that only a pattern in a policy names
    Pattern,
    /// Anything else that carries a policy or a role
    Other,
}

/// Every kind with its name
pub static KINDS: &[(Kind, &str)] = &[
    (Kind::User, "user"),
    (Kind::Role, "role"),
    (Kind::Group, "group"),
    (Kind::Function, "function"),
    (Kind::WebFunction, "web-function"),
    (Kind::Layer, "layer"),
    (Kind::Api, "api"),
    (Kind::Url, "url"),
    (Kind::Bucket, "bucket"),
    (Kind::Topic, "topic"),
    (Kind::Queue, "queue"),
    (Kind::Stream, "stream"),
    (Kind::Table, "table"),
    (Kind::Secret, "secret"),
    (Kind::Param, "param"),
    (Kind::DbCluster, "db-cluster"),
    (Kind::RedshiftCluster, "redshift-cluster"),
    (Kind::Key, "key"),
    (Kind::LogGroup, "log-group"),
    (Kind::Rule, "rule"),
    (Kind::Schedule, "schedule"),
    (Kind::Bus, "bus"),
    (Kind::StateMachine, "state-machine"),
    (Kind::Distribution, "distribution"),
    (Kind::Alb, "alb"),
    (Kind::UserPool, "user-pool"),
    (Kind::Endpoint, "vpc-endpoint"),
    (Kind::Service, "service"),
    (Kind::Account, "account"),
    (Kind::Anonymous, "anonymous"),
    (Kind::AnyAccount, "any-account"),
    (Kind::Provider, "provider"),
    (Kind::Pattern, "pattern"),
    (Kind::Other, "resource"),
];

impl Kind {
    /// Whether it is code that Lambda runs: what AWS calls an event function, or a web function
    #[must_use]
    pub fn is_function(self) -> bool {
        matches!(self, Self::Function | Self::WebFunction)
    }

    /// The name in selectors and reports
    #[must_use]
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("resource", |(_, name)| name)
    }

    /// The kind of this name
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
