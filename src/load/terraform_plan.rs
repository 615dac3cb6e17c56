//! Plans: what `terraform show -json` prints of one.
//!
//! Knows: the shape \[internals/json-format\]. Must not know: what a resource type means. In a plan a value that is known
//! after apply is *absent* from `after` and `true` in `after_unknown`; what it refers to stands in `configuration`
//! (`expressions`). Missing is never taken for not set.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::cause::{Cause, CauseKind};
use crate::load::Options;
use crate::load::terraform::instance::{Configuration, Instance, Mode};
use crate::load::terraform_json::{
    Home, INSTANCES, Recorded, Says, account_of, base, entries, is_account, items, literal, literal_of, mode,
    not_understood, own, region_of, too_deep, without_copies, written,
};
use crate::node::{Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::Text;
use crate::world::pieces::Assumption;

mod expressions;
mod hidden;
#[cfg(test)]
mod tests;
mod unknown;

use expressions::Scope;
use unknown::Resolver;

/// Whether a JSON file is a plan
pub(super) fn is_plan(tree: &Node) -> bool {
    let has = |key: &str| tree.get(key).is_some();
    has("format_version") && (has("resource_changes") || has("planned_values"))
}

/// A resource of a plan, before its unknown values are looked up
#[derive(Debug)]
struct Planned<'n> {
    /// Its attributes, `null` where they are unknown
    after: &'n Node,
    /// What of them is unknown
    unknown: Option<&'n Node>,
    /// What the configuration writes for it
    block: Option<&'n Node>,
    scope: Scope,
    /// The instance with what is known
    instance: Rc<Instance>,
}

/// Reads a plan
pub(super) fn read(tree: &Node, options: &Options) -> (Recorded, Problems) {
    let mut problems = Problems::default();
    let mut configuration = Configuration::default();
    version(tree, &mut problems);
    let mut found: BTreeMap<String, Found<'_>> = BTreeMap::new();
    if let Some(root) = tree
        .get("prior_state")
        .and_then(|state| state.get("values"))
        .and_then(|values| values.get("root_module"))
    {
        existing(root, 0, &mut found, &mut problems);
    }
    for change in items(tree.get("resource_changes")) {
        apply(change, &mut found, &mut problems);
    }
    let known: Vec<_> = found
        .values()
        .filter_map(|one| Some((mode(one.resource)?, literal(one.resource, "type")?, one.after)))
        .collect();
    let providers = Providers::new(tree, &known, &mut configuration);
    let blocks = expressions::blocks(tree);
    let mut planned = BTreeMap::new();
    for (address, one) in found {
        if planned.len() >= INSTANCES {
            problems
                .at(
                    ProblemKind::Limit,
                    Severity::Broken,
                    format!("this plan has more than {INSTANCES} resources"),
                    one.span,
                )
                .help("read its parts on their own; what follows is missing from answers");
            break;
        }
        let (Some(mode), Some(kind)) = (mode(one.resource), literal(one.resource, "type")) else {
            not_understood(one.resource, "a plan", &mut problems);
            continue;
        };
        let scope = Scope::of(literal(one.resource, "module_address").unwrap_or_else(|| module_of(&address)));
        let block = blocks.get(&base(&address)).copied();
        let key = block.and_then(|block| literal(block, "provider_config_key"));
        let ambient = Arc::new(providers.home(key).ambient(one.after, options));
        let instance = Instance {
            mode,
            kind: kind.to_owned(),
            address: address.clone(),
            span: one.span,
            body: written(one.after),
            ambient,
            doubts: one.doubts,
        };
        planned.insert(
            address,
            Planned { after: one.after, unknown: one.unknown, block, scope, instance: Rc::new(instance) },
        );
    }
    let resolver = Resolver::new(tree, planned);
    configuration.instances = resolver.instances();
    problems.append(resolver.problems());
    without_copies(&mut configuration.instances);
    for text in resolver.assumptions() {
        configuration.assumptions.push(Assumption { text, span: Some(Span::start_of(tree.span.file)) });
    }
    let complete = matches!(tree.get("complete").map(|node| &node.value), Some(Value::Bool(true)));
    let errored = matches!(tree.get("errored").map(|node| &node.value), Some(Value::Bool(true)));
    if errored {
        problems
            .at(ProblemKind::NotUnderstood, Severity::Partly, "this plan ended with an error", tree.span)
            .help("it holds only a part; answers miss what Terraform did not get to");
    }
    // A plan that only refreshes changes nothing and says nothing of what will be.
    let changes = !items(tree.get("resource_changes")).is_empty();
    let says = if complete && changes && !errored { Says::Planned } else { Says::PlannedInPart };
    let blocks = blocks.into_keys().collect();
    (Recorded { configuration, says, blocks, span: Span::start_of(tree.span.file) }, problems)
}

/// The format has a major version; another one may mean anything
fn version(tree: &Node, problems: &mut Problems) {
    let version = literal(tree, "format_version").unwrap_or_default();
    // 0.1 and 0.2 have the same shape as 1.0.
    if version.starts_with("1.") || version.starts_with("0.") {
        return;
    }
    let span = tree.get("format_version").map_or(tree.span, |node| node.span);
    problems
        .at(ProblemKind::NotUnderstood, Severity::Broken, format!("this plan has format {version:?}"), span)
        .help("gatecrash reads format 1; what else this file says is unknown");
}

/// The module part of an address
fn module_of(address: &str) -> &str {
    let resource = expressions::resource_start(address);
    address.get(..resource).unwrap_or_default().trim_end_matches('.')
}

/// A resource that is found in a plan
#[derive(Debug)]
struct Found<'n> {
    resource: &'n Node,
    after: &'n Node,
    unknown: Option<&'n Node>,
    span: Span,
    doubts: Vec<Cause>,
}

/// What exists before the plan is applied: data sources that could be read, and what the plan does not touch
fn existing<'n>(
    module: &'n Node,
    depth: usize,
    out: &mut BTreeMap<String, Found<'n>>,
    problems: &mut Problems,
) {
    if too_deep(module, depth, problems) {
        return;
    }
    for resource in items(module.get("resources")) {
        let (Some(address), Some(after)) = (literal(resource, "address"), resource.get("values")) else {
            not_understood(resource, "a plan", problems);
            continue;
        };
        if literal(resource, "deposed_key").is_some() {
            continue;
        }
        let span = resource.get("address").map_or(resource.span, |node| node.span);
        let found = Found { resource, after, unknown: None, span, doubts: Vec::new() };
        out.insert(address.to_owned(), found);
    }
    for child in items(module.get("child_modules")) {
        existing(child, depth + 1, out, problems);
    }
}

/// What a change leaves behind
fn apply<'n>(resource: &'n Node, found: &mut BTreeMap<String, Found<'n>>, problems: &mut Problems) {
    let (Some(address), Some(change)) = (literal(resource, "address"), resource.get("change")) else {
        return not_understood(resource, "a plan", problems);
    };
    // A deposed object is on its way out; the change of the object itself stands beside it.
    if literal(resource, "deposed").is_some() {
        return;
    }
    let actions: Vec<&str> = items(change.get("actions")).iter().filter_map(literal_of).collect();
    let span = resource.get("address").map_or(resource.span, |node| node.span);
    let side = |name: &str| change.get(name).filter(|node| node.value != Value::Null);
    let (after, unknown) = (side("after"), change.get("after_unknown"));
    // \[internals/json-format: change representation\]
    let (values, doubts) = match actions.as_slice() {
        ["delete"] => {
            found.remove(address);
            return;
        }
        ["no-op" | "create" | "update" | "read"]
        | ["delete", "create"]
        | ["create", "delete"]
        | ["create", "forget"] => (after, Vec::new()),
        // It is taken out of the state and goes on to exist.
        ["forget"] => (side("before"), Vec::new()),
        other => {
            let what = format!("what `{}` does to it", other.join(", "));
            problems
                .at(ProblemKind::NotUnderstood, Severity::Partly, format!("{what} is not known"), span)
                .help("whether it exists afterwards is in doubt");
            (after.or(side("before")), vec![Cause::at(CauseKind::NotModelled, what, span)])
        }
    };
    match values {
        Some(after) => {
            let one = Found { resource, after, unknown, span, doubts };
            found.insert(address.to_owned(), one);
        }
        // Each of its attributes may be unknown; of what is unknown as a whole nothing can be said.
        None => match (change.get("after"), unknown.map(|unknown| &unknown.value)) {
            (Some(after), Some(Value::Map(_))) => {
                found.insert(address.to_owned(), Found { resource, after, unknown, span, doubts });
            }
            _ => not_understood(resource, "a plan", problems),
        },
    }
}

/// Where each provider of the configuration deploys to
struct Providers {
    by_key: BTreeMap<String, Home>,
    usual: Home,
}

impl Providers {
    fn new(tree: &Node, known: &[(Mode, &str, &Node)], configuration: &mut Configuration) -> Self {
        let found = account_of(known);
        let written = tree.get("configuration").and_then(|written| written.get("provider_config"));
        let version = |node: &Node| {
            let version = node.get("version_constraint")?;
            Some((version.as_text()?, version.span))
        };
        let mut by_key = BTreeMap::new();
        let usual_version = written.and_then(|all| all.get("aws")).and_then(version);
        for (key, provider) in entries(written) {
            let Some(key) = key.text.as_literal() else { continue };
            let expressions = provider.get("expressions");
            let value = |name: &str| constant(tree, expressions?.get(name)?);
            let region = value("region").and_then(Node::as_text);
            let allowed = value("allowed_account_ids").map(|node| items(Some(node)));
            let account = match allowed {
                Some([only]) => match only.as_text().as_ref().and_then(Text::as_literal) {
                    Some(account) if is_account(account) => {
                        own(
                            configuration,
                            account,
                            &format!("allowed_account_ids of provider {key}"),
                            only.span,
                        );
                        Some(Text::from(account))
                    }
                    _ => None,
                },
                _ => None,
            };
            let role = || {
                let role = items(expressions?.get("assume_role")).first()?.get("role_arn")?;
                let node = constant(tree, role)?;
                let account = crate::aws::arn::Arn::parse(&node.as_text()?)?.account;
                let digits = account.as_literal().filter(|account| is_account(account))?.to_owned();
                Some((digits, node.span))
            };
            let account = account.or_else(|| {
                let (account, span) = role()?;
                own(configuration, &account, &format!("assume_role of provider {key}"), span);
                Some(Text::from(account))
            });
            let home = Home { region, account, version: version(provider).or_else(|| usual_version.clone()) };
            by_key.insert(key.to_owned(), home);
        }
        let mut usual = by_key.get("aws").cloned().unwrap_or(Home {
            region: None,
            account: None,
            version: usual_version,
        });
        usual.region = usual.region.or_else(|| region_of(known));
        if let (None, Some((account, from, span))) = (&usual.account, found) {
            // An alias may lead to another account; the default provider is whose identity was asked for.
            own(configuration, &account, from, span);
            usual.account = Some(Text::from(account.as_str()));
            if let Some(aws) = by_key.get_mut("aws") {
                aws.account = Some(Text::from(account));
            }
        }
        Self { by_key, usual }
    }

    fn home(&self, key: Option<&str>) -> &Home {
        key.and_then(|key| self.by_key.get(key)).unwrap_or(&self.usual)
    }
}

/// A value that the configuration writes as a constant, or takes from a variable of the root
fn constant<'n>(tree: &'n Node, expression: &'n Node) -> Option<&'n Node> {
    if let Some(value) = expression.get("constant_value") {
        return Some(value);
    }
    let [only] = items(expression.get("references")) else { return None };
    let reference = only.as_text()?;
    let name = reference.as_literal()?.strip_prefix("var.")?;
    tree.get("variables")?.get(name)?.get("value")
}
