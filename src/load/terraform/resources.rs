//! From instances to pieces: which resource types exist, and what each means for the world.
//!
//! A type is a row in [`TYPES`] or in one of the tables below it. What carries a policy or a role and has no row is
//! named as not modelled, so that nothing with power is invisible. Must not know: how Terraform is evaluated.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::managed;
use crate::cause::Cause;
use crate::load::json;
use crate::load::terraform::attributes;
use crate::load::terraform::carriers::{Attribute, Holds, carries};
use crate::load::terraform::instance::{Configuration, Instance, Mode};
use crate::load::terraform::notes::describe;
use crate::node::{Node, Origin, Value};
use crate::policy::{self, Policy};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{Sources, Span};
use crate::text::{Hole, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{
    Assumption, Attachment, Declared, DocumentRef, ManagedPolicy, Pieces, PolicyRole, Provenance, Reference,
    Setting, Wire, Wiring,
};

mod api;
mod function_policy;
mod iam;
mod lambda;
mod stores;
mod triggers;

/// Reads one instance of a type
type Reader = fn(&Instance, &mut Reading);

/// Resource types with a reader of their own, in order
static TYPES: &[(&str, Reader)] = &[
    ("aws_apigatewayv2_api", api::api),
    ("aws_apigatewayv2_integration", api::integration),
    ("aws_apigatewayv2_route", api::route),
    ("aws_iam_group", iam::group),
    ("aws_iam_group_membership", iam::group_membership),
    ("aws_iam_group_policy", iam::group_policy),
    ("aws_iam_group_policy_attachment", iam::group_policy_attachment),
    ("aws_iam_openid_connect_provider", iam::openid_connect_provider),
    ("aws_iam_policy", iam::policy),
    ("aws_iam_policy_attachment", iam::policy_attachment),
    ("aws_iam_role", iam::role),
    ("aws_iam_role_policy", iam::role_policy),
    ("aws_iam_role_policy_attachment", iam::role_policy_attachment),
    ("aws_iam_saml_provider", iam::saml_provider),
    ("aws_iam_user", iam::user),
    ("aws_iam_user_group_membership", iam::user_group_membership),
    ("aws_iam_user_policy", iam::user_policy),
    ("aws_iam_user_policy_attachment", iam::user_policy_attachment),
    ("aws_lambda_alias", lambda::alias),
    ("aws_lambda_event_source_mapping", lambda::event_source_mapping),
    ("aws_lambda_function", lambda::function),
    ("aws_lambda_function_url", lambda::function_url),
    ("aws_lambda_permission", lambda::permission),
    ("aws_s3_bucket_notification", stores::bucket_notification),
];

/// Reads every instance that bears on who can call what
///
/// The text of AWS managed policies that the input attaches is added to `sources`, so that answers can show it.
#[must_use]
pub fn pieces(configuration: Configuration, sources: &mut Sources) -> (Pieces, Problems) {
    let mut reading = Reading::default();
    for instance in &configuration.instances {
        reading.instance(instance);
    }
    reading.aws_managed(sources);
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
}

impl Reading {
    fn instance(&mut self, instance: &Instance) {
        if instance.mode == Mode::Data {
            return;
        }
        let own = TYPES.iter().find(|(kind, _)| *kind == instance.kind);
        let stored = stores::declare(instance, self);
        let attached = stores::attach(instance, self);
        let triggers = triggers::read(instance, self);
        match own {
            Some((_, read)) => read(instance, self),
            None if stored || attached || triggers => {}
            None => self.not_modelled(instance),
        }
    }

    /// Names what carries a policy or a role and is not read
    fn not_modelled(&mut self, instance: &Instance) {
        let written = |attribute: &&'static Attribute| !nodes(&instance.body, attribute.name).is_empty();
        let Some(carried) = carries(&instance.kind).find(written) else { return };
        let what = match carried.holds {
            Holds::Policy => "a policy",
            Holds::Role => "a role",
        };
        let message =
            format!("{} carries {what} in `{}`, which is not modelled", instance.address, carried.name);
        self.problems
            .at(ProblemKind::NotModelled, Severity::Partly, message, instance.span)
            .help("what it allows or runs is in no answer; do not read its absence as safe");
    }

    fn declare(&mut self, instance: &Instance, kind: Kind, name: &str, settings: &[&'static str]) {
        let setting = |attribute: &&'static str| {
            let node = nodes(&instance.body, attribute).into_iter().next()?;
            Some((*attribute, Setting { value: node.as_text()?, span: node.span }))
        };
        let (name, arn) = (attributes::text(instance, name), attributes::text(instance, "arn"));
        self.count(&name);
        self.pieces.declared.push(Declared {
            kind,
            name,
            arn,
            account: instance.ambient.account.clone(),
            address: format!("tf:{}", instance.address),
            span: instance.span,
            doubts: instance.doubts.clone(),
            settings: settings.iter().filter_map(setting).collect::<BTreeMap<_, _>>(),
        });
    }

    /// A reference by an argument; `None` where the argument is not written
    fn reference(&mut self, instance: &Instance, argument: &str) -> Option<Reference> {
        let node = nodes(&instance.body, argument).into_iter().next()?;
        Some(self.refer(node))
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
        let parsed = match &node.value {
            Value::Text(text) if text.as_hole().is_none() => {
                let (tree, problems) = json::read(text, node.span, &node.origin);
                self.problems.append(problems);
                tree
            }
            Value::Text(text) => {
                text.as_hole().map(|hole| Node::new(Value::Unknown(hole.clone()), node.span))
            }
            _ => Some(node.clone()),
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

    /// Reads the AWS managed policies that are attached and that the embedded table has
    fn aws_managed(&mut self, sources: &mut Sources) {
        let attached: BTreeSet<String> = self
            .pieces
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
            self.pieces.managed.push(ManagedPolicy {
                arn: Text::from(arn),
                name: format!("policy/{}", managed.name),
                policy,
                provenance: Provenance::AwsManaged,
                span,
                doubts: Vec::new(),
            });
            let text = format!("AWS managed policies as of {}, from the embedded table", managed.date);
            self.pieces.assumptions.push(Assumption { text, span: None });
        }
    }

    fn count_policy(&mut self, policy: &Policy) {
        let texts: Vec<Text> = policy.texts().cloned().collect();
        texts.iter().for_each(|text| self.count(text));
    }
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
    let last = match kind {
        Kind::Function | Kind::Secret => ':',
        _ => '/',
    };
    let bare = match crate::aws::arn::Arn::parse(reference) {
        Some(arn) if kind == Kind::Bucket => arn.resource,
        Some(arn) => match arn.resource.split(last, 2).as_slice() {
            [_, name] => name.clone(),
            _ => arn.resource,
        },
        None => reference.clone(),
    };
    format!("{kind}/{bare}")
}
