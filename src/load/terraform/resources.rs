//! From instances to pieces: which resource types exist, and what each means for the world.
//!
//! A type is a row in `TYPES` or in one of the tables below it. What carries a policy or a role and has no row is
//! named as not modelled, so that nothing with power is invisible. Must not know: how Terraform is evaluated.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::managed;
use crate::cause::Cause;
use crate::load::json;
use crate::load::terraform::attributes;
use crate::load::terraform::carriers::{Attribute, Holds, carries};
use crate::load::terraform::instance::{Ambient, Configuration, Instance, Mode};
use crate::load::terraform::notes::describe;
use crate::node::{Node, Origin, Value};
use crate::policy::{self, Policy};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{Sources, Span};
use crate::text::{Hole, Piece, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{
    Assumption, Attachment, Declared, DocumentRef, ManagedPolicy, Pieces, Place, PolicyRole, Provenance,
    Reference, Setting, Wire, Wiring,
};

mod api;
mod buckets;
mod bus_permission;
mod chains;
mod configured;
mod custom_resource;
mod databases;
mod document;
mod function_policy;
mod iam;
mod identity_pool;
mod keys;
mod lambda;
mod log_account_policy;
mod openapi;
mod organization;
mod overview;
mod roles_anywhere;
mod service_integration;
mod stack;
mod state_machine;
mod stores;
mod triggers;
mod web;

/// Reads one instance of a type
type Reader = fn(&Instance, &mut Reading);

/// Resource types with a reader of their own, in order
static TYPES: &[(&str, Reader)] = &[
    ("aws_api_gateway_integration", api::rest_integration),
    ("aws_api_gateway_method", api::rest_method),
    ("aws_api_gateway_rest_api", api::rest_api),
    ("aws_apigatewayv2_api", api::api),
    ("aws_apigatewayv2_integration", api::integration),
    ("aws_apigatewayv2_route", api::route),
    ("aws_cloudwatch_event_permission", bus_permission::read),
    ("aws_cloudwatch_log_account_policy", log_account_policy::read),
    ("aws_cognito_identity_pool", identity_pool::read),
    ("aws_iam_group", iam::group),
    ("aws_iam_group_membership", iam::group_membership),
    ("aws_iam_group_policy", iam::group_policy),
    ("aws_iam_group_policy_attachment", iam::group_policy_attachment),
    ("aws_iam_group_policy_attachments_exclusive", iam::group_policy_attachments_exclusive),
    ("aws_iam_openid_connect_provider", iam::openid_connect_provider),
    ("aws_iam_policy", iam::policy),
    ("aws_iam_policy_attachment", iam::policy_attachment),
    ("aws_iam_role", iam::role),
    ("aws_iam_role_policy", iam::role_policy),
    ("aws_iam_role_policy_attachment", iam::role_policy_attachment),
    ("aws_iam_role_policy_attachments_exclusive", iam::role_policy_attachments_exclusive),
    ("aws_iam_saml_provider", iam::saml_provider),
    ("aws_iam_service_linked_role", iam::service_linked_role),
    ("aws_iam_user", iam::user),
    ("aws_iam_user_group_membership", iam::user_group_membership),
    ("aws_iam_user_policy", iam::user_policy),
    ("aws_iam_user_policy_attachment", iam::user_policy_attachment),
    ("aws_iam_user_policy_attachments_exclusive", iam::user_policy_attachments_exclusive),
    ("aws_kms_alias", keys::alias),
    ("aws_kms_grant", keys::grant),
    ("aws_lambda_alias", lambda::alias),
    ("aws_lambda_event_source_mapping", lambda::event_source_mapping),
    ("aws_lambda_function", lambda::function),
    ("aws_lambda_function_url", lambda::function_url),
    ("aws_lambda_layer_version_permission", lambda::layer_permission),
    ("aws_lambda_permission", lambda::permission),
    ("aws_lambdaweb_endpoint", web::endpoint),
    ("aws_lambdaweb_function", web::function),
    ("aws_lambdaweb_function_endpoint", web::endpoint),
    ("aws_lambdaweb_function_revision", web::revision),
    ("aws_organizations_account", organization::account),
    ("aws_organizations_organization", organization::organization),
    ("aws_organizations_organizational_unit", organization::unit),
    ("aws_organizations_policy", organization::policy),
    ("aws_organizations_policy_attachment", organization::policy_attachment),
    ("aws_rolesanywhere_profile", roles_anywhere::profile),
    ("aws_rolesanywhere_trust_anchor", roles_anywhere::trust_anchor),
    ("aws_s3_account_public_access_block", buckets::account_public_access_block),
    ("aws_s3_bucket_acl", buckets::bucket_acl),
    ("aws_s3_bucket_notification", stores::bucket_notification),
    ("aws_s3_bucket_object", buckets::object),
    ("aws_s3_bucket_ownership_controls", buckets::bucket_ownership_controls),
    ("aws_s3_bucket_public_access_block", buckets::bucket_public_access_block),
    ("aws_s3_object", buckets::object),
    ("aws_s3_object_copy", buckets::object),
];

/// How types of the provider for Cloud Control begin: they mirror those of CloudFormation, and none is read
const CLOUD_CONTROL: &str = "awscc_";

/// Reads every instance that bears on who can call what
///
/// The text of AWS managed policies that the input attaches is added to `sources`, so that answers can show it.
#[must_use]
pub fn pieces(configuration: Configuration, sources: &mut Sources) -> (Pieces, Problems) {
    let (mut pieces, problems) = own_pieces(configuration);
    aws_managed(&mut pieces, sources);
    (pieces, problems)
}

/// The same without what AWS manages
pub(in crate::load) fn own_pieces(configuration: Configuration) -> (Pieces, Problems) {
    let mut reading =
        Reading { overview: overview::Overview::of(&configuration.instances), ..Reading::default() };
    for instance in &configuration.instances {
        if instance.kind.starts_with("aws_") {
            let Ambient { partition, region, account, .. } = instance.ambient.as_ref().clone();
            reading.pieces.places.insert(Place { partition, region, account });
        }
        reading.instance(instance);
    }
    let mut pieces = reading.pieces;
    pieces.accounts = configuration.accounts;
    pieces.assumptions.extend(configuration.assumptions);
    pieces.absent_modules = configuration.absent_modules;
    pieces.tally.files = configuration.tally.files;
    (pieces, reading.problems)
}

/// What was read so far
#[derive(Default)]
struct Reading {
    pieces: Pieces,
    problems: Problems,
    /// What one resource says of another
    overview: overview::Overview,
}

impl Reading {
    fn instance(&mut self, instance: &Instance) {
        if instance.mode == Mode::Data {
            organization::look_up(instance, self);
            return;
        }
        let at = TYPES.binary_search_by_key(&instance.kind.as_str(), |(kind, _)| *kind);
        let own = at.ok().and_then(|at| TYPES.get(at));
        let stored = stores::declare(instance, self);
        let attached = stores::attach(instance, self);
        let triggers = triggers::read(instance, self);
        keys::encrypted(instance, self);
        buckets::of_bucket(instance, self);
        let chained = chains::read(instance, self);
        if chained && !triggers && chains::is_itself(&instance.kind) {
            triggers::declare(instance, self);
        }
        stack::tell(instance, self);
        let of_database = databases::roles(instance, self);
        match own {
            Some((_, read)) => read(instance, self),
            None if stored || attached || triggers || chained || of_database => {}
            None => self.not_modelled(instance),
        }
        configured::read(instance, self);
        configured::kept(instance, self);
    }

    /// Names what carries a policy or a role and is not read, and declares it, as what names a function
    fn not_modelled(&mut self, instance: &Instance) {
        let written = |attribute: &&'static Attribute| !nodes(&instance.body, attribute.name).is_empty();
        let calls = triggers::read_other(instance, self);
        if carries(&instance.kind).any(|attribute| written(&attribute)) {
            self.carrier(instance);
        } else if calls {
            self.declare(instance, Kind::Other, configured::name(&instance.kind).unwrap_or("name"), &[]);
        }
        if instance.kind.starts_with(CLOUD_CONTROL) {
            let message = format!("{} is of the provider awscc, which is not read", instance.address);
            self.problems
                .at(ProblemKind::NotModelled, Severity::Partly, message, instance.span)
                .help("what it allows, runs or wires is in no answer; do not read its absence as safe");
            return;
        }
        let (what, argument) = match carries(&instance.kind).find(written) {
            Some(Attribute { holds: Holds::Role, name }) => ("a role", *name),
            Some(Attribute { name, .. }) => ("a policy", *name),
            // Types that are younger than the table.
            None => match looks_like_policy(instance) {
                Some(argument) => ("a policy", argument),
                None => return,
            },
        };
        let message = format!("{} carries {what} in `{argument}`, which is not modelled", instance.address);
        self.problems
            .at(ProblemKind::NotModelled, Severity::Partly, message, instance.span)
            .help("what it allows or runs is in no answer; do not read its absence as safe");
    }

    /// What carries a policy or a role is a thing of its own: its documents on it, its roles as settings
    fn carrier(&mut self, instance: &Instance) {
        let roles = carries(&instance.kind).filter(|one| one.holds == Holds::Role);
        let roles: Vec<&'static str> = roles.map(|one| one.name).collect();
        let name = configured::name(&instance.kind).unwrap_or("name");
        self.declare(instance, Kind::Other, name, &roles);
        for one in carries(&instance.kind) {
            let role = match one.holds {
                Holds::ResourcePolicy => PolicyRole::Resource { qualifier: None },
                Holds::IdentityPolicy => PolicyRole::Identity,
                Holds::Policy | Holds::Role => continue,
            };
            for node in nodes(&instance.body, one.name) {
                if matches!(&node.value, Value::Text(text) if text.is_empty()) {
                    continue;
                }
                let document = DocumentRef::Inline(self.document(instance, node));
                let to = (Kind::Other, Self::itself(instance));
                self.attach(instance, to, role.clone(), document, instance.address.clone());
            }
        }
    }

    fn declare(&mut self, instance: &Instance, kind: Kind, name: &str, settings: &[&'static str]) {
        let setting = |attribute: &&'static str| {
            let node = nodes(&instance.body, attribute).into_iter().next()?;
            Some((*attribute, Setting { value: node.as_text()?, span: node.span }))
        };
        let (name, arn) = (attributes::text(instance, name), attributes::text(instance, "arn"));
        self.count(&name);
        let not_working = if kind == Kind::Key { keys::not_enabled(instance) } else { Vec::new() };
        self.pieces.declared.push(Declared {
            kind,
            name,
            arn,
            account: instance.ambient.account.clone(),
            address: format!("tf:{}", instance.address),
            span: instance.span,
            doubts: [instance.doubts.clone(), not_working].concat(),
            settings: settings.iter().filter_map(setting).collect::<BTreeMap<_, _>>(),
        });
    }

    /// A reference by an argument; `None` where the argument is not written
    fn reference(&mut self, instance: &Instance, argument: &str) -> Option<Reference> {
        let node = nodes(&instance.body, argument).into_iter().next()?;
        // To the provider an empty string is as good as none.
        let is_empty = matches!(&node.value, Value::Text(text) if text.is_empty());
        (!is_empty).then(|| self.refer(node))
    }

    fn refer(&mut self, node: &Node) -> Reference {
        let hole = || Hole::input(format!("a reference that is no text: {}", describe(node)));
        let text = node.as_text().unwrap_or_else(|| Text::from(hole()));
        self.count(&text);
        Reference { text, span: node.span }
    }

    /// The instance itself, by its ARN
    fn itself(instance: &Instance) -> Reference {
        Reference { text: attributes::text(instance, "arn"), span: instance.span }
    }

    /// A policy document: JSON text, or a value of which nothing is known
    fn document(&mut self, instance: &Instance, node: &Node) -> Policy {
        let hole = node.as_text().as_ref().and_then(Text::as_hole).cloned();
        let parsed = match (&node.value, hole) {
            (_, Some(hole)) => Some(Node::new(Value::Unknown(hole), node.span)),
            (Value::Text(text), None) => {
                let (tree, problems) = json::read(text, node.span, &node.origin);
                self.problems.append(problems);
                tree
            }
            (_, None) => Some(node.clone()),
        };
        let policy = match parsed {
            Some(Node { value: Value::Unknown(hole), .. }) => Policy::unknown(&hole, node.span),
            Some(tree) => {
                let (policy, problems) = policy::parse::policy(&tree);
                self.problems.append(problems);
                policy
            }
            // The problem is told; whose policy it is, is in doubt.
            None => Policy::unknown(&Hole::input(format!("the policy in {}", instance.address)), node.span),
        };
        self.count_policy(&policy);
        policy
    }

    fn attach(
        &mut self,
        instance: &Instance,
        (kind, to): (Kind, Reference),
        role: PolicyRole,
        document: DocumentRef,
        name: String,
    ) {
        self.pieces.attachments.push(Attachment {
            kind,
            to,
            role,
            document,
            name,
            provenance: Provenance::Written,
            span: instance.span,
            doubts: instance.doubts.clone(),
        });
    }

    fn wire(&mut self, instance: &Instance, what: Wire) {
        self.pieces.wirings.push(Wiring { what, span: instance.span, doubts: instance.doubts.clone() });
    }

    fn wire_in_doubt(&mut self, instance: &Instance, what: Wire, doubts: Vec<Cause>) {
        let doubts = [instance.doubts.clone(), doubts].concat();
        self.pieces.wirings.push(Wiring { what, span: instance.span, doubts });
    }

    /// Counts a value for `inspect`: known, known in part, or unknown
    fn count(&mut self, text: &Text) {
        let tally = &mut self.pieces.tally;
        if text.as_literal().is_some() {
            tally.concrete += 1;
        } else if text.as_hole().is_some() {
            tally.unknown += 1;
        } else {
            tally.symbolic += 1;
        }
    }

    fn count_policy(&mut self, policy: &Policy) {
        let texts: Vec<Text> = policy.texts().cloned().collect();
        texts.iter().for_each(|text| self.count(text));
    }
}

/// Reads the AWS managed policies that are attached and that the embedded table has
pub(in crate::load) fn aws_managed(pieces: &mut Pieces, sources: &mut Sources) {
    let attached: BTreeSet<String> = pieces
        .attachments
        .iter()
        .filter_map(|attachment| match &attachment.document {
            DocumentRef::Managed(reference) => reference.text.as_literal().map(str::to_owned),
            DocumentRef::Inline(_) => None,
        })
        .collect();
    for arn in attached {
        let Some(managed) = managed::document(&arn) else { continue };
        let text = managed.pretty();
        let file = sources.add(arn.as_str(), text.as_str());
        let span = Span::new(file, 0, text.len());
        let (Some(tree), _) = json::read(&Text::from(text.as_str()), span, &Origin::Whole) else {
            continue;
        };
        let (policy, _) = policy::parse::policy(&tree);
        pieces.managed.push(ManagedPolicy {
            arn: Text::from(arn),
            name: format!("policy/{}", managed.name),
            policy,
            provenance: Provenance::AwsManaged,
            span,
            doubts: Vec::new(),
        });
        let text =
            format!("AWS managed policy {} as of {}, from the embedded table", managed.name, managed.date);
        pieces.assumptions.push(Assumption { text, span: None });
    }
}

/// An argument whose text is a policy document, whatever the type
fn looks_like_policy(instance: &Instance) -> Option<&str> {
    let Value::Map(arguments) = &instance.body.value else { return None };
    let says_so = |piece: &Piece| matches!(piece, Piece::Lit(part) if part.contains("\"Statement\""));
    let is_policy =
        |node: &Node| matches!(&node.value, Value::Text(text) if text.pieces().iter().any(says_so));
    arguments.iter().find(|(_, node)| is_policy(node)).and_then(|(key, _)| key.text.as_literal())
}

/// The values at a path of argument and block names, through every list on the way; `null` counts as not written
fn nodes<'n>(node: &'n Node, path: &str) -> Vec<&'n Node> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(|item| nodes(item, path)).collect(),
        Value::Null => Vec::new(),
        _ if path.is_empty() => vec![node],
        Value::Map(entries) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if first == "*" {
                return entries.iter().flat_map(|(_, value)| nodes(value, rest)).collect();
            }
            node.get(first).map(|value| nodes(value, rest)).unwrap_or_default()
        }
        // A block of which nothing is known may hold the value.
        Value::Unknown(_) => vec![node],
        Value::Bool(_) | Value::Number(_) | Value::Text(_) => Vec::new(),
    }
}

/// `role/NAME`, whatever a reference says: an ARN, a name, a URL that ends with it
fn shown(kind: Kind, reference: &Text) -> String {
    let bare = match crate::aws::arn::Arn::parse(reference) {
        Some(arn) if kind == Kind::Bucket => arn.resource,
        Some(arn) => {
            let before_name = if matches!(kind, Kind::Function | Kind::Secret) { ':' } else { '/' };
            match arn.resource.split(before_name, 2).as_slice() {
                [_, name] => name.clone(),
                _ => arn.resource,
            }
        }
        None => reference.clone(),
    };
    format!("{kind}/{bare}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::terraform::attributes::tests::instance;
    use crate::node::Key;

    fn read(instance: Instance) -> (Pieces, Vec<String>) {
        let configuration = Configuration { instances: vec![instance], ..Configuration::default() };
        let (pieces, problems) = pieces(configuration, &mut Sources::default());
        (pieces, problems.iter().map(|problem| problem.message.clone()).collect())
    }

    #[test]
    fn what_is_not_modelled_is_still_there_with_its_policy_and_its_role() {
        let statement =
            "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"ecr:*\"}]}";
        let (pieces, problems) = read(instance("aws_ecr_repository_policy.x", &[("policy", statement)]));
        assert_eq!((pieces.declared.len(), pieces.attachments.len(), problems.len()), (1, 1, 1));
        assert_eq!(pieces.declared.first().map(|one| one.kind), Some(Kind::Other));
        let (pieces, _) = read(instance("aws_codebuild_project.x", &[("name", "n"), ("service_role", "r")]));
        let role = pieces.declared.first().and_then(|one| one.settings.get("service_role"));
        assert_eq!(role.map(|role| role.value.to_string()), Some("r".to_owned()));
    }

    #[test]
    fn what_the_provider_of_cloud_control_makes_is_named() {
        let (pieces, problems) = read(instance("awscc_lambda_function.pay", &[("function_name", "pay")]));
        assert!(pieces.declared.is_empty());
        assert_eq!(problems, ["awscc_lambda_function.pay is of the provider awscc, which is not read"]);
    }

    #[test]
    fn exclusive_attachments_attach() {
        let arguments = [("role_name", "r"), ("policy_arns", "arn:aws:iam::aws:policy/AdministratorAccess")];
        let (pieces, _) = read(instance("aws_iam_role_policy_attachments_exclusive.x", &arguments));
        assert_eq!(pieces.attachments.first().map(|one| one.to.text.to_string()), Some("r".to_owned()));
        assert_eq!(pieces.managed.len(), 1);
    }

    #[test]
    fn types_are_in_order() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn a_policy_of_a_type_that_no_table_knows_is_named() {
        let policy = [("document", r#"{"Statement":[]}"#)];
        let (_, problems) = read(instance("aws_brand_new_policy.x", &policy));
        assert_eq!(
            problems,
            ["aws_brand_new_policy.x carries a policy in `document`, which is not modelled"]
        );
        assert!(read(instance("aws_brand_new_thing.x", &[("name", "x")])).1.is_empty());
    }

    #[test]
    fn inline_policies_of_which_nothing_is_known_leave_the_role_in_doubt() {
        let key = Key { text: Text::from("inline_policy"), span: Span::NOWHERE };
        let unknown = Node::new(Value::Unknown(Hole::input("var.policies")), Span::NOWHERE);
        let body = Node::new(Value::Map(vec![(key, unknown)]), Span::NOWHERE);
        let (pieces, _) = read(Instance { body, ..instance("aws_iam_role.r", &[]) });
        let [attached] = pieces.attachments.as_slice() else { panic!("one policy") };
        let DocumentRef::Inline(policy) = &attached.document else { panic!("a document") };
        let holes: Vec<_> = policy.texts().flat_map(Text::holes).map(Hole::name).collect();
        assert!(holes.contains(&"var.policies"), "{policy:?}");
    }

    #[test]
    fn a_boundary_that_is_empty_is_none() {
        let (pieces, _) = read(instance("aws_iam_role.r", &[("name", "r"), ("permissions_boundary", "")]));
        assert!(pieces.attachments.is_empty());
    }

    #[test]
    fn a_policy_of_a_bus_without_a_name_is_that_of_the_default_bus() {
        let (pieces, _) =
            read(instance("aws_cloudwatch_event_bus_policy.p", &[("policy", r#"{"Statement":[]}"#)]));
        let targets: Vec<_> = pieces.attachments.iter().map(|one| one.to.text.to_string()).collect();
        assert_eq!(targets, ["arn:aws:events:eu-west-1:111122223333:event-bus/default"]);
    }

    #[test]
    fn an_aws_managed_policy_brings_its_document() {
        let arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        let (pieces, _) =
            read(instance("aws_iam_role_policy_attachment.a", &[("role", "r"), ("policy_arn", arn)]));
        let names: Vec<_> = pieces.managed.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["policy/AWSLambdaBasicExecutionRole"]);
    }
}
