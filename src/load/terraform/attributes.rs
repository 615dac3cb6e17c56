//! What an attribute that the configuration does not write reads like: ARNs, ids and names that AWS makes.
//!
//! One row a resource type, one template an attribute. In a template stand
//!
//! | in braces | stands for |
//! |---|---|
//! | `{@partition}`, `{@region}`, `{@account}` | where the instance is deployed |
//! | `{name}` | another attribute of the instance: as written, by a row, or made by AWS |
//! | `{path=/}` | the same, with the provider's default |
//! | `{!id}`, `{!id:10}` | a part that AWS makes, of so many letters and digits |
//! | `{random=id}` | what a resource of `random` makes |
//!
//! A resource's made part is a *generated* hole, equal to nothing else; that of a data source may equal anything.
//! The forms are those of the provider's documentation and of the service authorization reference.

use crate::aws::managed;
use crate::load::terraform::instance::{Instance, Mode};
use crate::node::{Key, Node, Value};
use crate::text::{Hole, HoleKind, Shape, Text};

/// A resource type and the templates of its attributes
type Row = (&'static str, &'static [(&'static str, &'static str)]);

/// By type, in order
static TYPES: &[Row] = &[
    (
        "aws_alb",
        &[
            (
                "arn",
                "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:loadbalancer/app/{name}/{!suffix:16}",
            ),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_alb_listener",
        &[
            ("arn", "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:listener/app/{!listener}"),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_alb_target_group",
        &[
            (
                "arn",
                "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:targetgroup/{name}/{!suffix:16}",
            ),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_amplify_app",
        &[("arn", "arn:{@partition}:amplify:{@region}:{@account}:apps/{id}"), ("id", "{!id:13}")],
    ),
    (
        "aws_api_gateway_authorizer",
        &[
            ("arn", "arn:{@partition}:apigateway:{@region}::/restapis/{rest_api_id}/authorizers/{id}"),
            ("id", "{!id:6}"),
        ],
    ),
    ("aws_api_gateway_domain_name", &[("id", "{domain_name}")]),
    ("aws_api_gateway_resource", &[("id", "{!id:6}")]),
    (
        "aws_api_gateway_rest_api",
        &[
            ("arn", "arn:{@partition}:apigateway:{@region}::/restapis/{id}"),
            ("execution_arn", "arn:{@partition}:execute-api:{@region}:{@account}:{id}"),
            ("id", "{!id:10}"),
            ("root_resource_id", "{!root_resource_id:10}"),
        ],
    ),
    (
        "aws_api_gateway_stage",
        &[
            ("arn", "arn:{@partition}:apigateway:{@region}::/restapis/{rest_api_id}/stages/{stage_name}"),
            ("execution_arn", "arn:{@partition}:execute-api:{@region}:{@account}:{rest_api_id}/{stage_name}"),
            ("id", "ags-{rest_api_id}-{stage_name}"),
        ],
    ),
    (
        "aws_apigatewayv2_api",
        &[
            ("api_endpoint", "https://{id}.execute-api.{@region}.amazonaws.com"),
            ("arn", "arn:{@partition}:apigateway:{@region}::/apis/{id}"),
            ("execution_arn", "arn:{@partition}:execute-api:{@region}:{@account}:{id}"),
            ("id", "{!id:10}"),
        ],
    ),
    ("aws_apigatewayv2_authorizer", &[("id", "{!id:6}")]),
    ("aws_apigatewayv2_domain_name", &[("id", "{domain_name}")]),
    ("aws_apigatewayv2_integration", &[("id", "{!id:7}")]),
    ("aws_apigatewayv2_route", &[("id", "{!id:7}")]),
    (
        "aws_apigatewayv2_stage",
        &[
            ("arn", "arn:{@partition}:apigateway:{@region}::/apis/{api_id}/stages/{name}"),
            ("execution_arn", "arn:{@partition}:execute-api:{@region}:{@account}:{api_id}/{name}"),
            ("id", "{name}"),
        ],
    ),
    (
        "aws_apprunner_service",
        &[
            ("arn", "arn:{@partition}:apprunner:{@region}:{@account}:service/{service_name}/{service_id}"),
            ("id", "{arn}"),
            ("service_id", "{!service_id:32}"),
        ],
    ),
    (
        "aws_appsync_graphql_api",
        &[("arn", "arn:{@partition}:appsync:{@region}:{@account}:apis/{id}"), ("id", "{!id:26}")],
    ),
    (
        "aws_athena_data_catalog",
        &[("arn", "arn:{@partition}:athena:{@region}:{@account}:datacatalog/{name}"), ("id", "{name}")],
    ),
    (
        "aws_batch_job_definition",
        &[
            ("arn", "arn:{@partition}:batch:{@region}:{@account}:job-definition/{name}:{revision}"),
            ("id", "{arn}"),
            ("revision", "{!revision}"),
        ],
    ),
    (
        "aws_bedrockagent_agent",
        &[
            ("agent_arn", "{arn}"),
            ("agent_id", "{!agent_id:10}"),
            ("arn", "arn:{@partition}:bedrock:{@region}:{@account}:agent/{agent_id}"),
            ("id", "{agent_id}"),
        ],
    ),
    (
        "aws_bedrockagentcore_gateway",
        &[
            ("arn", "arn:{@partition}:bedrock-agentcore:{@region}:{@account}:gateway/{gateway_id}"),
            ("gateway_arn", "{arn}"),
            ("gateway_id", "{!gateway_id}"),
            ("id", "{gateway_id}"),
        ],
    ),
    (
        "aws_cloudformation_stack",
        &[
            ("arn", "arn:{@partition}:cloudformation:{@region}:{@account}:stack/{name}/{!stack}"),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_cloudfront_distribution",
        &[("arn", "arn:{@partition}:cloudfront::{@account}:distribution/{id}"), ("id", "{!id}")],
    ),
    ("aws_cloudfront_origin_access_control", &[("id", "{!id:14}")]),
    (
        "aws_cloudwatch_composite_alarm",
        &[
            ("arn", "arn:{@partition}:cloudwatch:{@region}:{@account}:alarm:{alarm_name}"),
            ("id", "{alarm_name}"),
        ],
    ),
    (
        "aws_cloudwatch_event_bus",
        &[("arn", "arn:{@partition}:events:{@region}:{@account}:event-bus/{name}"), ("id", "{name}")],
    ),
    (
        "aws_cloudwatch_event_rule",
        &[("arn", "arn:{@partition}:events:{@region}:{@account}:rule/{rule_name}"), ("id", "{name}")],
    ),
    (
        "aws_cloudwatch_log_group",
        &[("arn", "arn:{@partition}:logs:{@region}:{@account}:log-group:{name}"), ("id", "{name}")],
    ),
    (
        "aws_cloudwatch_metric_alarm",
        &[
            ("arn", "arn:{@partition}:cloudwatch:{@region}:{@account}:alarm:{alarm_name}"),
            ("id", "{alarm_name}"),
        ],
    ),
    (
        "aws_codebuild_project",
        &[("arn", "arn:{@partition}:codebuild:{@region}:{@account}:project/{name}"), ("id", "{name}")],
    ),
    (
        "aws_codecommit_repository",
        &[
            ("arn", "arn:{@partition}:codecommit:{@region}:{@account}:{repository_name}"),
            ("id", "{repository_name}"),
        ],
    ),
    (
        "aws_codepipeline",
        &[("arn", "arn:{@partition}:codepipeline:{@region}:{@account}:{name}"), ("id", "{name}")],
    ),
    (
        "aws_cognito_identity_pool",
        &[
            ("arn", "arn:{@partition}:cognito-identity:{@region}:{@account}:identitypool/{id}"),
            ("id", "{@region}:{!id}"),
        ],
    ),
    (
        "aws_cognito_user_pool",
        &[
            ("arn", "arn:{@partition}:cognito-idp:{@region}:{@account}:userpool/{id}"),
            ("endpoint", "cognito-idp.{@region}.amazonaws.com/{id}"),
            ("id", "{@region}_{!id:9}"),
        ],
    ),
    ("aws_cognito_user_pool_client", &[("client_id", "{id}"), ("id", "{!id:26}")]),
    (
        "aws_config_config_rule",
        &[
            ("arn", "arn:{@partition}:config:{@region}:{@account}:config-rule/{rule_id}"),
            ("id", "{name}"),
            ("rule_id", "{!rule_id}"),
        ],
    ),
    (
        "aws_connect_instance",
        &[("arn", "arn:{@partition}:connect:{@region}:{@account}:instance/{id}"), ("id", "{!id:36}")],
    ),
    (
        "aws_docdb_cluster",
        &[
            ("arn", "arn:{@partition}:rds:{@region}:{@account}:cluster:{cluster_identifier}"),
            ("id", "{cluster_identifier}"),
        ],
    ),
    (
        "aws_dynamodb_table",
        &[
            ("arn", "arn:{@partition}:dynamodb:{@region}:{@account}:table/{name}"),
            ("id", "{name}"),
            ("stream_arn", "{arn}/stream/{!stream_label}"),
        ],
    ),
    (
        "aws_ecr_repository",
        &[
            ("arn", "arn:{@partition}:ecr:{@region}:{@account}:repository/{name}"),
            ("id", "{name}"),
            ("registry_id", "{@account}"),
            ("repository_url", "{@account}.dkr.ecr.{@region}.amazonaws.com/{name}"),
        ],
    ),
    (
        "aws_ecs_task_definition",
        &[
            ("arn", "arn:{@partition}:ecs:{@region}:{@account}:task-definition/{family}:{revision}"),
            ("id", "{family}"),
            ("revision", "{!revision}"),
        ],
    ),
    (
        "aws_elastic_beanstalk_environment",
        &[
            (
                "arn",
                "arn:{@partition}:elasticbeanstalk:{@region}:{@account}:environment/{application}/{name}",
            ),
            ("id", "{!id}"),
        ],
    ),
    ("aws_glue_job", &[("arn", "arn:{@partition}:glue:{@region}:{@account}:job/{name}"), ("id", "{name}")]),
    (
        "aws_iam_group",
        &[("arn", "arn:{@partition}:iam::{@account}:group{path=/}{name}"), ("id", "{name}"), ("path", "/")],
    ),
    (
        "aws_iam_instance_profile",
        &[("arn", "arn:{@partition}:iam::{@account}:instance-profile{path=/}{name}"), ("id", "{name}")],
    ),
    (
        "aws_iam_openid_connect_provider",
        &[("arn", "arn:{@partition}:iam::{@account}:oidc-provider/{host}"), ("id", "{arn}")],
    ),
    (
        "aws_iam_policy",
        &[
            ("arn", "arn:{@partition}:iam::{policy_owner}:policy{path=/}{name}"),
            ("id", "{arn}"),
            ("path", "/"),
            ("policy_id", "{!policy_id:21}"),
        ],
    ),
    (
        "aws_iam_role",
        &[
            ("arn", "arn:{@partition}:iam::{@account}:role{path=/}{name}"),
            ("id", "{name}"),
            ("path", "/"),
            ("unique_id", "{!unique_id:21}"),
        ],
    ),
    (
        "aws_iam_saml_provider",
        &[("arn", "arn:{@partition}:iam::{@account}:saml-provider/{name}"), ("id", "{arn}")],
    ),
    (
        "aws_iam_service_linked_role",
        &[
            ("arn", "arn:{@partition}:iam::{@account}:role/aws-service-role/{aws_service_name}/{name}"),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_iam_user",
        &[
            ("arn", "arn:{@partition}:iam::{@account}:user{path=/}{name}"),
            ("id", "{name}"),
            ("path", "/"),
            ("unique_id", "{!unique_id:21}"),
        ],
    ),
    (
        "aws_instance",
        &[("arn", "arn:{@partition}:ec2:{@region}:{@account}:instance/{id}"), ("id", "i-{!id:17}")],
    ),
    (
        "aws_iot_topic_rule",
        &[("arn", "arn:{@partition}:iot:{@region}:{@account}:rule/{name}"), ("id", "{name}")],
    ),
    (
        "aws_kinesis_firehose_delivery_stream",
        &[("arn", "arn:{@partition}:firehose:{@region}:{@account}:deliverystream/{name}"), ("id", "{arn}")],
    ),
    (
        "aws_kinesis_stream",
        &[("arn", "arn:{@partition}:kinesis:{@region}:{@account}:stream/{name}"), ("id", "{arn}")],
    ),
    (
        "aws_kinesis_stream_consumer",
        &[("arn", "{stream_arn}/consumer/{name}:{!creation_timestamp}"), ("id", "{arn}")],
    ),
    (
        "aws_kms_alias",
        &[
            ("arn", "arn:{@partition}:kms:{@region}:{@account}:{name}"),
            ("id", "{name}"),
            ("target_key_arn", "arn:{@partition}:kms:{@region}:{@account}:key/{target_key_id}"),
        ],
    ),
    (
        "aws_kms_external_key",
        &[
            ("arn", "arn:{@partition}:kms:{@region}:{@account}:key/{key_id}"),
            ("id", "{key_id}"),
            ("key_id", "{!key_id}"),
        ],
    ),
    (
        "aws_kms_key",
        &[
            ("arn", "arn:{@partition}:kms:{@region}:{@account}:key/{found_key}"),
            ("id", "{found_key}"),
            ("key_id", "{!key_id}"),
        ],
    ),
    (
        "aws_kms_replica_external_key",
        &[
            ("arn", "arn:{@partition}:kms:{@region}:{@account}:key/{key_id}"),
            ("id", "{key_id}"),
            ("key_id", "{of_primary}"),
        ],
    ),
    (
        "aws_kms_replica_key",
        &[
            ("arn", "arn:{@partition}:kms:{@region}:{@account}:key/{key_id}"),
            ("id", "{key_id}"),
            ("key_id", "{of_primary}"),
        ],
    ),
    (
        "aws_lambda_alias",
        &[
            ("arn", "{function_arn}:{name}"),
            ("function_arn", "{named_function}"),
            ("id", "{arn}"),
            (
                "invoke_arn",
                "arn:{@partition}:apigateway:{@region}:lambda:path/2015-03-31/functions/{arn}/invocations",
            ),
        ],
    ),
    (
        "aws_lambda_function",
        &[
            ("arn", "arn:{@partition}:lambda:{@region}:{@account}:function:{function_name}"),
            ("id", "{function_name}"),
            (
                "invoke_arn",
                "arn:{@partition}:apigateway:{@region}:lambda:path/2015-03-31/functions/{arn}/invocations",
            ),
            ("qualified_arn", "{arn}:{version}"),
            (
                "qualified_invoke_arn",
                "arn:{@partition}:apigateway:{@region}:lambda:path/2015-03-31/functions/{qualified_arn}/invocations",
            ),
            ("version", "{!version}"),
        ],
    ),
    (
        "aws_lambda_function_url",
        &[
            ("function_arn", "{named_function}"),
            ("function_url", "https://{url_id}.lambda-url.{@region}.on.aws/"),
            ("url_id", "{!url_id}"),
        ],
    ),
    (
        "aws_lambda_layer_version",
        &[
            ("arn", "{layer_arn}:{version}"),
            ("id", "{arn}"),
            ("layer_arn", "arn:{@partition}:lambda:{@region}:{@account}:layer:{layer_name}"),
            ("version", "{!version}"),
        ],
    ),
    (
        "aws_lambdaweb_endpoint",
        &[
            ("arn", "{named_web_function}/endpoint/{endpoint_name}"),
            ("domain_name", "{!label}.lambda-web.{@region}.on.aws"),
        ],
    ),
    (
        "aws_lambdaweb_function",
        &[
            ("arn", "arn:{@partition}:lambda:{@region}:{@account}:web-function/{function_name}"),
            ("id", "{function_name}"),
        ],
    ),
    (
        "aws_lambdaweb_function_endpoint",
        &[
            ("arn", "{named_web_function}/endpoint/{endpoint_name}"),
            ("domain_name", "{!label}.lambda-web.{@region}.on.aws"),
        ],
    ),
    (
        "aws_lambdaweb_function_revision",
        &[("arn", "{named_web_function}/revision/{revision_id}"), ("revision_id", "{!revision_id}")],
    ),
    (
        "aws_launch_template",
        &[("arn", "arn:{@partition}:ec2:{@region}:{@account}:launch-template/{id}"), ("id", "lt-{!id:17}")],
    ),
    (
        "aws_lb",
        &[
            (
                "arn",
                "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:loadbalancer/app/{name}/{!suffix:16}",
            ),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_lb_listener",
        &[
            ("arn", "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:listener/app/{!listener}"),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_lb_target_group",
        &[
            (
                "arn",
                "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:targetgroup/{name}/{!suffix:16}",
            ),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_lex_intent",
        &[("arn", "arn:{@partition}:lex:{@region}:{@account}:intent:{name}"), ("id", "{name}")],
    ),
    (
        "aws_mq_broker",
        &[("arn", "arn:{@partition}:mq:{@region}:{@account}:broker:{broker_name}:{id}"), ("id", "{!id}")],
    ),
    (
        "aws_msk_cluster",
        &[
            ("arn", "arn:{@partition}:kafka:{@region}:{@account}:cluster/{cluster_name}/{!cluster}"),
            ("id", "{arn}"),
        ],
    ),
    (
        "aws_msk_serverless_cluster",
        &[
            ("arn", "arn:{@partition}:kafka:{@region}:{@account}:cluster/{cluster_name}/{!cluster}"),
            ("id", "{arn}"),
        ],
    ),
    ("aws_organizations_account", &[("id", "{!id:12}")]),
    (
        "aws_organizations_organization",
        &[("id", "{!id}"), ("master_account_id", "{management}"), ("root_id", "{!roots[0].id}")],
    ),
    ("aws_organizations_organizational_unit", &[("id", "{!id}")]),
    ("aws_organizations_policy", &[("id", "{!id}")]),
    (
        "aws_pipes_pipe",
        &[("arn", "arn:{@partition}:pipes:{@region}:{@account}:pipe/{name}"), ("id", "{name}")],
    ),
    (
        "aws_rds_cluster",
        &[
            ("arn", "arn:{@partition}:rds:{@region}:{@account}:cluster:{cluster_identifier}"),
            ("id", "{cluster_identifier}"),
        ],
    ),
    (
        "aws_redshift_cluster",
        &[
            ("arn", "arn:{@partition}:redshift:{@region}:{@account}:cluster:{cluster_identifier}"),
            ("id", "{cluster_identifier}"),
        ],
    ),
    (
        "aws_rolesanywhere_trust_anchor",
        &[("arn", "arn:{@partition}:rolesanywhere:{@region}:{@account}:trust-anchor/{id}"), ("id", "{!id}")],
    ),
    (
        "aws_s3_access_point",
        &[("arn", "arn:{@partition}:s3:{@region}:{@account}:accesspoint/{name}"), ("id", "{name}")],
    ),
    ("aws_s3_bucket", &[("arn", "arn:{@partition}:s3:::{bucket}"), ("id", "{bucket}")]),
    (
        "aws_s3control_object_lambda_access_point",
        &[
            ("arn", "arn:{@partition}:s3-object-lambda:{@region}:{@account}:accesspoint/{name}"),
            ("id", "{@account}:{name}"),
        ],
    ),
    (
        "aws_scheduler_schedule",
        &[
            ("arn", "arn:{@partition}:scheduler:{@region}:{@account}:schedule/{group_name=default}/{name}"),
            ("id", "{group_name=default}/{name}"),
        ],
    ),
    (
        "aws_secretsmanager_secret",
        &[
            ("arn", "arn:{@partition}:secretsmanager:{@region}:{@account}:secret:{name}-{!suffix:6}"),
            ("id", "{arn}"),
        ],
    ),
    ("aws_secretsmanager_secret_version", &[("arn", "{secret_id}")]),
    (
        "aws_ses_receipt_rule",
        &[
            (
                "arn",
                "arn:{@partition}:ses:{@region}:{@account}:receipt-rule-set/{rule_set_name}:receipt-rule/{name}",
            ),
            ("id", "{name}"),
        ],
    ),
    (
        "aws_sfn_state_machine",
        &[("arn", "arn:{@partition}:states:{@region}:{@account}:stateMachine:{name}"), ("id", "{arn}")],
    ),
    (
        "aws_sns_topic",
        &[
            ("arn", "arn:{@partition}:sns:{@region}:{@account}:{name}"),
            ("id", "{arn}"),
            ("owner", "{@account}"),
        ],
    ),
    (
        "aws_sqs_queue",
        &[
            ("arn", "arn:{@partition}:sqs:{@region}:{@account}:{name}"),
            ("id", "https://sqs.{@region}.amazonaws.com/{@account}/{name}"),
            ("url", "https://sqs.{@region}.amazonaws.com/{@account}/{name}"),
        ],
    ),
    (
        "aws_ssm_parameter",
        &[("arn", "arn:{@partition}:ssm:{@region}:{@account}:parameter{slashed_name}"), ("id", "{name}")],
    ),
    (
        "aws_transfer_server",
        &[("arn", "arn:{@partition}:transfer:{@region}:{@account}:server/{id}"), ("id", "{!id:19}")],
    ),
    (
        "aws_transfer_workflow",
        &[("arn", "arn:{@partition}:transfer:{@region}:{@account}:workflow/{id}"), ("id", "{!id:19}")],
    ),
    (
        "aws_vpc_endpoint",
        &[("arn", "arn:{@partition}:ec2:{@region}:{@account}:vpc-endpoint/{id}"), ("id", "{!id}")],
    ),
    (
        "aws_vpclattice_target_group",
        &[("arn", "arn:{@partition}:vpc-lattice:{@region}:{@account}:targetgroup/{id}"), ("id", "{!id:20}")],
    ),
    ("random_id", &[("b64_url", "{random=b64_url}"), ("dec", "{random=dec}"), ("hex", "{random=hex}")]),
    ("random_integer", &[("result", "{random=result}")]),
    ("random_pet", &[("id", "{random=id}")]),
    ("random_string", &[("id", "{random=id}"), ("result", "{random=result}")]),
    ("random_uuid", &[("id", "{random=id}"), ("result", "{random=result}")]),
];

/// How deep templates may name each other
const DEPTH: u8 = 8;

/// Whether an attribute of a resource that nothing writes may be a value of somebody else's: the output of a stack, what
/// a resource of another provider says. What AWS or `random` makes is like nothing else.
#[must_use]
pub(super) fn is_handed_in(kind: &str, attribute: &str) -> bool {
    const HANDED_IN: &[(&str, &str)] = &[
        ("aws_cloudcontrolapi_resource", "properties"),
        ("aws_cloudformation_stack", "outputs"),
        ("aws_lambda_invocation", "result"),
    ];
    let makes = ["aws_", "random_"].iter().any(|prefix| kind.starts_with(prefix));
    !makes || HANDED_IN.contains(&(kind, attribute))
}

/// The value of `instance.attribute`, where the instance's own arguments or an ARN template give it
///
/// `None` where this table does not know the attribute: the evaluator then makes a generated hole of its address.
#[must_use]
pub fn computed(instance: &Instance, attribute: &str) -> Option<Node> {
    if (instance.kind.as_str(), attribute) == ("aws_organizations_organization", "roots") {
        return Some(roots(instance));
    }
    let template = template(&instance.kind, attribute)?;
    Some(Node::text(render(instance, template, DEPTH), instance.span))
}

/// The roots of an organisation: it has one
fn roots(instance: &Instance) -> Node {
    let id = Node::text(text(instance, "root_id"), instance.span);
    let key = Key { text: Text::from("id"), span: instance.span };
    let root = Node::new(Value::Map(vec![(key, id)]), instance.span);
    Node::new(Value::List(vec![root]), instance.span)
}

/// An attribute as text: as written, by the table, or as the part that AWS makes
#[must_use]
pub fn text(instance: &Instance, attribute: &str) -> Text {
    read(instance, attribute, None, DEPTH)
}

fn template(kind: &str, attribute: &str) -> Option<&'static str> {
    let at = TYPES.binary_search_by_key(&kind, |(name, _)| *name).ok()?;
    let (_, attributes) = TYPES.get(at)?;
    attributes.iter().find(|(name, _)| *name == attribute).map(|(_, template)| *template)
}

fn render(instance: &Instance, template: &str, depth: u8) -> Text {
    let mut out = Text::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (inside, after) = after.split_once('}').unwrap_or((after, ""));
        match inside {
            "@partition" => out.push(&instance.ambient.partition),
            "@region" => out.push(&instance.ambient.region),
            "@account" => out.push(&instance.ambient.account),
            _ => out.push(&placeholder(instance, inside, depth)),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The ARN of the function that an instance names by name or by ARN
fn named_function(instance: &Instance, before_name: &str, depth: u8) -> Text {
    let named = read(instance, "function_name", None, depth);
    if named.strip_prefix("arn:").is_some() {
        return named;
    }
    if is_input(&named) {
        return Text::from(Hole::input(format!("{}.function_arn", instance.address)));
    }
    let before = "arn:{@partition}:lambda:{@region}:{@account}:";
    render(instance, before, depth).with(before_name).with(named)
}

fn placeholder(instance: &Instance, inside: &str, depth: u8) -> Text {
    match inside {
        // An issuer's ARN has its URL without the scheme.
        "host" => {
            let url = read(instance, "url", None, depth);
            return url.strip_prefix("https://").unwrap_or(url);
        }
        // An organisation is made in its management account, and found from any.
        "management" if instance.mode == Mode::Managed => return instance.ambient.account.clone(),
        "management" => return made_part(instance, "master_account_id", Shape::Account),
        // A parameter's ARN has exactly one slash before its name.
        "slashed_name" => {
            let name = read(instance, "name", None, depth);
            let slashed = name.strip_prefix("/").is_some();
            return if slashed { name } else { Text::from("/").with(name) };
        }
        // A rule of another bus than the default one has the bus before its name.
        "rule_name" => {
            let name = read(instance, "name", None, depth);
            let bus = instance.get("event_bus_name").and_then(Node::as_text);
            // The bus may be given by ARN.
            let bus = bus.map(|bus| bus.split_once(":event-bus/").map_or(bus, |(_, bus)| bus));
            let bus = bus.filter(|bus| !matches!(bus.as_literal(), Some("default" | "")));
            return match bus {
                None => name,
                // It may turn out to be the default one.
                Some(bus) if is_input(&bus) => made_part(instance, "event_bus_name", Shape::Any).with(name),
                Some(bus) => bus.with("/").with(name),
            };
        }
        // An alias or a URL names its function by name or by ARN.
        "named_function" => {
            return named_function(instance, "function:", depth);
        }
        "named_web_function" => {
            return named_function(instance, "web-function/", depth);
        }
        // A data source finds a key by its id, its ARN or an alias.
        "found_key" => {
            let written = read(instance, "key_id", None, depth);
            if let Some((_, id)) = written.split_once(":key/") {
                return id;
            }
            let names_an_alias = written.as_literal().is_some_and(|text| text.contains(['/', ':']));
            let found_otherwise = instance.mode == Mode::Data && (names_an_alias || is_input(&written));
            return if found_otherwise { made_part(instance, "id", Shape::Name) } else { written };
        }
        // A replica has the id of its primary key \[multi-region-keys-overview\].
        "of_primary" => {
            let primary = read(instance, "primary_key_arn", None, depth);
            let id = primary.split_once(":key/").map(|(_, id)| id);
            return id.unwrap_or_else(|| made_part(instance, "key_id", Shape::Name));
        }
        // A data source also finds the policies of AWS. A name is found only where one policy has it.
        "policy_owner" if instance.mode == Mode::Data => {
            let found = path_of_aws_policy(instance);
            return found.map_or(made_part(instance, "account", Shape::Any), |_| Text::from("aws"));
        }
        "policy_owner" => return instance.ambient.account.clone(),
        _ => {}
    }
    if let Some(made) = inside.strip_prefix("random=") {
        let shape = if makes_a_name(instance) { Shape::Name } else { Shape::Any };
        return made_part(instance, made, shape);
    }
    if let Some(made) = inside.strip_prefix('!') {
        let (name, shape) = match made.split_once(':') {
            Some((name, length)) => (name, length.parse().map_or(Shape::Name, Shape::Id)),
            None => (made, Shape::Name),
        };
        return made_part(instance, name, shape);
    }
    match inside.split_once('=') {
        Some((name, default)) => read(instance, name, Some(default), depth),
        None => read(instance, inside, None, depth),
    }
}

fn read(instance: &Instance, attribute: &str, default: Option<&str>, depth: u8) -> Text {
    // To the provider an empty string is as good as none.
    let is_empty = |node: &&Node| matches!(&node.value, Value::Text(text) if text.is_empty());
    if let Some(written) = instance.get(attribute).filter(|node| !is_empty(node)) {
        return written.as_text().unwrap_or_else(|| made_part(instance, attribute, Shape::Any));
    }
    if let (Some(default), Mode::Managed) = (default, instance.mode) {
        return Text::from(default);
    }
    if let Some(prefix) = instance.get(&format!("{attribute}_prefix")).and_then(Node::as_text) {
        return prefix.with(made_part(instance, attribute, Shape::Name));
    }
    match template(&instance.kind, attribute) {
        // Only who declares a resource leaves its path to the default. It holds slashes, a name does not.
        _ if attribute == "path" && instance.mode == Mode::Data => {
            path_of_aws_policy(instance).map_or(made_part(instance, attribute, Shape::Any), Text::from)
        }
        Some(template) if depth > 0 => render(instance, template, depth - 1),
        _ => made_part(instance, attribute, Shape::Name),
    }
}

/// The path of the AWS managed policy that a data source finds by its name
fn path_of_aws_policy(instance: &Instance) -> Option<&'static str> {
    let name = instance.get("name").filter(|_| instance.kind == "aws_iam_policy")?.as_text()?;
    managed::path_of(name.as_literal()?)
}

/// Whether what `random` makes is letters, digits, `-_.`, and nothing else: all of what the arguments put into it is
fn makes_a_name(instance: &Instance) -> bool {
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let plain = ["override_special", "prefix", "separator"].iter().all(|argument| {
        let written = instance.get(argument).and_then(Node::as_text);
        written.is_none_or(|text| text.as_literal().is_some_and(|text| text.chars().all(is_of_name)))
    });
    let special = instance.get("special").and_then(Node::as_text);
    let without = special.as_ref().and_then(Text::as_literal) == Some("false");
    plain && (without || instance.kind != "random_string" || instance.get("override_special").is_some())
}

/// A value of which nothing is known, not even that it is a name that AWS makes
fn is_input(text: &Text) -> bool {
    text.as_hole().is_some_and(|hole| hole.kind() != HoleKind::Generated)
}

/// The part that AWS makes, or that only a look-up would tell
fn made_part(instance: &Instance, name: &str, shape: Shape) -> Text {
    let kind = match instance.mode {
        Mode::Managed => HoleKind::Generated,
        Mode::Data => HoleKind::Input,
    };
    Text::from(Hole::new(format!("{}.{name}", instance.address), kind, shape))
}

#[cfg(test)]
pub(super) mod tests;
