//! What one resource says of another: found in one pass over all instances, before any of them is read.
//!
//! A method names its resource, and only that one's ancestors tell the path; a rule's target does not say whether a
//! clock sets the rule off. Must not know: what any of it means for an answer.

use std::collections::{BTreeMap, BTreeSet};

use super::{nodes, web};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::{Instance, Mode};
use crate::node::{Node, Value};
use crate::text::{Hole, Text};
use crate::world::pieces::{Reference, Setting};

/// What was found
#[derive(Debug, Default)]
pub(super) struct Overview {
    /// The names of rules that a clock sets off, and nothing else
    pub(super) scheduled: BTreeSet<Text>,
    /// Rules of the default bus that may take events of buckets: ARN, pattern
    pub(super) of_buckets: Vec<(Reference, Option<Text>)>,
    /// Path of a REST API's resource, by the resource's id
    pub(super) paths: BTreeMap<Text, Text>,
    /// APIs that a custom domain of the input leads to without a client's certificate, by id
    pub(super) led_to: BTreeSet<Text>,
    /// Origin access controls that never sign \[API_OriginAccessControlConfig\], by id
    pub(super) unsigned: BTreeSet<Text>,
    /// The variables of each stage of an API, by the API's id
    pub(super) stages: BTreeMap<Text, Vec<BTreeMap<Text, Text>>>,
    /// Authorization of the route `$connect`, by the API's id
    pub(super) connect: BTreeMap<Text, Text>,
    /// In words, what stands in front of a target group, by the group's ARN
    pub(super) fronts: BTreeMap<Text, Setting>,
    /// The user of an access key, by the key's address
    pub(super) access_keys: BTreeMap<String, Reference>,
    /// Functions by the host of their URL
    pub(super) urls: BTreeMap<Text, Reference>,
    /// Web functions and the names of their endpoints, by the endpoint's host
    pub(super) endpoints: BTreeMap<Text, (Reference, Text)>,
    /// The environments of a web function's revisions, by the function's ARN
    pub(super) revisions: BTreeMap<Text, Vec<Node>>,
    /// The role of an `AgentCore` gateway, by the gateway's id
    pub(super) gateway_roles: BTreeMap<Text, Reference>,
    /// The roles that are attached to an identity pool, by the pool's id: for guests, and for who has a login; and whether
    /// rules map others to roles
    pub(super) pool_roles: BTreeMap<Text, BTreeMap<&'static str, Setting>>,
    /// Log groups: region, account, name
    pub(super) log_groups: BTreeSet<(Text, Text, Text)>,
    /// Whether an app client of a user pool is `public` or needs a `secret`, by the pool's id
    pub(super) clients: BTreeMap<Text, Setting>,
}

/// How many ancestors of a path are followed
const DEPTH: usize = 64;

impl Overview {
    pub(super) fn of(instances: &[Instance]) -> Self {
        let mut overview = Self::default();
        let mut parts: BTreeMap<Text, (Text, Text)> = BTreeMap::new();
        let mut roots: BTreeSet<Text> = BTreeSet::new();
        let mut balancers: BTreeMap<Text, Setting> = BTreeMap::new();
        let mut listeners: BTreeMap<Text, Text> = BTreeMap::new();
        let mut domains: BTreeSet<Text> = BTreeSet::new();
        let mut mappings: Vec<(Text, Text)> = Vec::new();
        for one in instances.iter().filter(|one| one.mode == Mode::Managed) {
            match one.kind.as_str() {
                "aws_api_gateway_base_path_mapping" | "aws_apigatewayv2_api_mapping" => {
                    mappings.extend(argument(one, "domain_name").zip(argument(one, "api_id")));
                }
                "aws_api_gateway_domain_name" | "aws_apigatewayv2_domain_name" => {
                    let asks = nodes(&one.body, "mutual_tls_authentication").into_iter().next().is_some();
                    domains.extend(argument(one, "domain_name").filter(|_| !asks));
                }
                "aws_api_gateway_resource" => {
                    let part = argument(one, "path_part").unwrap_or_else(|| unknown(one, "path_part"));
                    let parent = argument(one, "parent_id").unwrap_or_default();
                    parts.insert(attributes::text(one, "id"), (part, parent));
                }
                "aws_api_gateway_rest_api" => {
                    roots.insert(attributes::text(one, "root_resource_id"));
                }
                "aws_api_gateway_stage" => overview.stage(one, "rest_api_id", "variables"),
                "aws_apigatewayv2_route" => overview.route(one),
                "aws_apigatewayv2_stage" => overview.stage(one, "api_id", "stage_variables"),
                "aws_bedrockagentcore_gateway" => {
                    let role = nodes(&one.body, "role_arn").into_iter().next();
                    let role =
                        role.and_then(|role| Some(Reference { text: role.as_text()?, span: role.span }));
                    let id = attributes::text(one, "gateway_id");
                    overview.gateway_roles.extend(role.map(|role| (id, role)));
                }
                "aws_cloudfront_origin_access_control" => {
                    let behavior = argument(one, "signing_behavior");
                    let never = behavior.is_some_and(|text| text.as_literal() == Some("never"));
                    overview.unsigned.extend(never.then(|| attributes::text(one, "id")));
                }
                "aws_cloudwatch_event_rule" => overview.rule(one),
                "aws_cloudwatch_log_group" => {
                    let ambient = &one.ambient;
                    let name = attributes::text(one, "name");
                    overview.log_groups.insert((ambient.region.clone(), ambient.account.clone(), name));
                }
                "aws_cognito_identity_pool_roles_attachment" => overview.pool_roles(one),
                "aws_cognito_user_pool_client" => overview.client(one),
                "aws_iam_access_key" => {
                    let user = nodes(&one.body, "user").into_iter().next();
                    let user =
                        user.and_then(|user| Some(Reference { text: user.as_text()?, span: user.span }));
                    overview.access_keys.extend(user.map(|user| (one.address.clone(), user)));
                }
                "aws_lambda_function_url" => overview.url(one),
                "aws_lambdaweb_endpoint" | "aws_lambdaweb_function_endpoint" => {
                    let name =
                        argument(one, "endpoint_name").unwrap_or_else(|| unknown(one, "endpoint_name"));
                    let function = web::named(one).map(|function| (function, name));
                    let host = attributes::text(one, "domain_name");
                    overview.endpoints.extend(function.map(|function| (host, function)));
                }
                "aws_lambdaweb_function_revision" => {
                    if let Some((function, environment)) = web::environment(one) {
                        overview.revisions.entry(function).or_default().extend(environment);
                    }
                }
                "aws_alb" | "aws_lb" => {
                    balancers.insert(attributes::text(one, "arn"), internal(one));
                }
                "aws_alb_listener" | "aws_lb_listener" => {
                    let balancer = argument(one, "load_balancer_arn").unwrap_or_default();
                    listeners.insert(attributes::text(one, "arn"), balancer);
                }
                _ => {}
            }
        }
        let is_open = |(domain, _): &(Text, Text)| domains.contains(domain);
        overview.led_to.extend(mappings.into_iter().filter(is_open).map(|(_, api)| api));
        for one in instances.iter().filter(|one| one.mode == Mode::Managed) {
            let balancer = match one.kind.as_str() {
                "aws_alb_listener" | "aws_lb_listener" => argument(one, "load_balancer_arn"),
                "aws_alb_listener_rule" | "aws_lb_listener_rule" => {
                    argument(one, "listener_arn").and_then(|listener| listeners.get(&listener).cloned())
                }
                _ => continue,
            };
            overview.front(one, balancer.and_then(|balancer| balancers.get(&balancer)));
        }
        overview.paths.extend(roots.iter().map(|root| (root.clone(), Text::from("/"))));
        for id in parts.keys() {
            let mut path = Text::new();
            let mut at = id;
            let mut left = DEPTH;
            while let Some((part, parent)) = parts.get(at).filter(|_| left > 0) {
                left -= 1;
                path = Text::from("/").with(part).with(path);
                at = parent;
            }
            if !roots.contains(at) {
                path = Text::from(Hole::input(format!("the path above {path}"))).with(path);
            }
            overview.paths.insert(id.clone(), path);
        }
        overview
    }

    fn stage(&mut self, stage: &Instance, api: &str, variables: &str) {
        let Some(api) = argument(stage, api) else { return };
        let maps = nodes(&stage.body, variables).into_iter();
        let entries = maps.filter_map(|map| match &map.value {
            Value::Map(entries) => Some(entries),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Unknown(_) => None,
        });
        let known = entries.flatten().filter_map(|(name, value)| Some((name.text.clone(), value.as_text()?)));
        self.stages.entry(api).or_default().push(known.collect());
    }

    /// Only `$connect` counts; a route of which the key is not known may be it
    fn route(&mut self, route: &Instance) {
        let key = argument(route, "route_key").unwrap_or_else(|| unknown(route, "route_key"));
        let authorization = match key.as_literal() {
            Some("$connect") => argument(route, "authorization_type").unwrap_or_else(|| Text::from("NONE")),
            Some(_) => return,
            None => unknown(route, "authorization_type"),
        };
        if let Some(api) = argument(route, "api_id") {
            self.connect.insert(api, authorization);
        }
    }

    fn rule(&mut self, rule: &Instance) {
        let pattern = argument(rule, "event_pattern");
        if argument(rule, "schedule_expression").is_some() && pattern.is_none() {
            self.scheduled.insert(attributes::text(rule, "name"));
        }
        let bus = argument(rule, "event_bus_name");
        let on_default = bus.is_none_or(|bus| {
            bus.as_literal().is_none_or(|bus| bus == "default" || bus.ends_with(":event-bus/default"))
        });
        let may = pattern.as_ref().is_some_and(|pattern| match pattern.as_literal() {
            Some(literal) => {
                literal.contains("aws.s3") || !literal.contains("\"source\"") || literal.contains("prefix")
            }
            None => true,
        });
        if on_default && may {
            let reference = Reference { text: attributes::text(rule, "arn"), span: rule.span };
            self.of_buckets.push((reference, pattern));
        }
    }

    fn url(&mut self, url: &Instance) {
        let Some(function) = argument(url, "function_name") else { return };
        let text = match argument(url, "qualifier") {
            Some(qualifier) => function.with(":").with(qualifier),
            None => function,
        };
        let host = attributes::text(url, "function_url");
        let host = host.strip_prefix("https://").unwrap_or(host);
        let host = host.strip_suffix("/").unwrap_or(host);
        self.urls.insert(host, Reference { text, span: url.span });
    }

    fn client(&mut self, client: &Instance) {
        let Some(pool) = argument(client, "user_pool_id") else { return };
        let value = match argument(client, "generate_secret") {
            Some(secret) if secret.as_literal() == Some("true") => Text::from("secret"),
            Some(secret) if secret.as_literal().is_none() => secret,
            Some(_) | None => Text::from("public"),
        };
        let is_public = value.as_literal() == Some("public");
        let setting = Setting { value, span: client.span };
        if is_public {
            self.clients.insert(pool, setting);
        } else {
            self.clients.entry(pool).or_insert(setting);
        }
    }

    /// A map that is not known may attach any role
    fn pool_roles(&mut self, attachment: &Instance) {
        let Some(pool) = argument(attachment, "identity_pool_id") else { return };
        let roles = self.pool_roles.entry(pool).or_default();
        for (name, path) in [
            ("authenticated", "roles.authenticated"),
            ("role_mapping", "role_mapping.type"),
            ("unauthenticated", "roles.unauthenticated"),
        ] {
            let node = nodes(&attachment.body, path).into_iter().next();
            let role = node.and_then(|node| Some(Setting { value: node.as_text()?, span: node.span }));
            roles.extend(role.map(|role| (name, role)));
        }
    }

    /// A listener, or a rule of one, sends requests to target groups
    fn front(&mut self, listener: &Instance, balancer: Option<&Setting>) {
        let setting = balancer.cloned().unwrap_or_else(|| Setting {
            value: Text::from("the listener's load balancer is not in the input"),
            span: listener.span,
        });
        for path in ["default_action", "action"] {
            for argument in ["target_group_arn", "forward.target_group.arn"] {
                for node in nodes(&listener.body, &format!("{path}.{argument}")) {
                    if let Some(group) = node.as_text() {
                        self.fronts.entry(group).or_insert_with(|| setting.clone());
                    }
                }
            }
        }
    }
}

/// In words, who may come near a load balancer: only an internal one says that it is \[aws_lb\]
fn internal(balancer: &Instance) -> Setting {
    let written = nodes(&balancer.body, "internal").into_iter().next();
    let text = written.and_then(Node::as_text);
    let words = match text.as_ref().map(Text::as_literal) {
        Some(Some("true")) => "the load balancer is internal: who stands in its network reaches it",
        None | Some(Some(_)) => {
            "the load balancer faces the internet: its security groups and listener rules say who reaches it"
        }
        Some(None) => "whether the load balancer faces the internet is not known",
    };
    Setting { value: Text::from(words), span: written.map_or(balancer.span, |node: &Node| node.span) }
}

fn argument(instance: &Instance, name: &str) -> Option<Text> {
    // To the provider an empty string is as good as none.
    instance.get(name).and_then(Node::as_text).filter(|text| !text.is_empty())
}

fn unknown(instance: &Instance, name: &str) -> Text {
    Text::from(Hole::input(format!("{}.{name}", instance.address)))
}
