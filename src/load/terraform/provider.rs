//! Where an instance is deployed: partition, region and account, from its provider or from flags.
//!
//! Knows: provider blocks, aliases, how modules inherit them \[language/providers/configuration\]. Must not know: what
//! is deployed.

use std::sync::Arc;

use hcl_edit::expr::{Expression, ObjectKey, TraversalOperator};

use crate::load::terraform::instance::Ambient;
use crate::load::terraform::module::{Caller, ModuleId, Workspace};
use crate::load::terraform::overrides::Written;
use crate::node::{Node, Value};
use crate::source::Span;
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::pieces::{Assumption, OwnAccount};

impl Workspace<'_> {
    /// Where an instance of a block is deployed
    pub(super) fn ambient_of(&self, module: ModuleId, written: Option<Written<'_>>) -> Arc<Ambient> {
        let argument = written.and_then(|written| written.attribute("provider"));
        let name = argument.and_then(|(_, attribute)| named(&attribute.value));
        self.ambient(module, name.as_deref().unwrap_or("aws"))
    }

    /// What a provider of a module says: `aws`, `aws.east`
    fn ambient(&self, module: ModuleId, name: &str) -> Arc<Ambient> {
        let made = self.ambients.get(&self.notes, module, &name.to_owned(), || self.provided(module, name));
        made.unwrap_or_else(|| Arc::new(self.deployed(module, name, None)))
    }

    fn provided(&self, module: ModuleId, name: &str) -> Arc<Ambient> {
        let here = self.module(module);
        let (kind, alias) = name.split_once('.').map_or((name, None), |(kind, alias)| (kind, Some(alias)));
        let own = here.folder.providers.iter().filter_map(|at| here.folder.block(*at)).find(|written| {
            let labels = written.block.labels.first().map(|label| label.as_str());
            let named = written.attribute("alias").map(|(_, attribute)| &attribute.value);
            let named = match named {
                Some(Expression::String(text)) => Some(text.value().as_str()),
                _ => None,
            };
            labels == Some(kind) && named == alias
        });
        if let Some(own) = own {
            return Arc::new(self.deployed(module, name, Some(own)));
        }
        if let Some(caller) = &here.caller {
            let passed = self.passed(caller, name);
            return match (passed, alias) {
                (Some(outer), _) => self.ambient(caller.module, &outer),
                // Only the default provider is inherited without being passed.
                (None, None) => self.ambient(caller.module, name),
                (None, Some(_)) => Arc::new(self.deployed(module, name, None)),
            };
        }
        Arc::new(self.deployed(module, name, None))
    }

    /// What the caller passes in `providers`
    fn passed(&self, caller: &Caller, name: &str) -> Option<String> {
        let above = self.module(caller.module);
        let written = above.folder.block(caller.block)?;
        let Expression::Object(passed) = &written.attribute("providers")?.1.value else { return None };
        passed.iter().find_map(|(key, value)| {
            let key = match key {
                ObjectKey::Ident(key) => key.as_str().to_owned(),
                ObjectKey::Expression(expression) => named(expression)?,
            };
            (key == name).then(|| named(value.expr())).flatten()
        })
    }

    fn deployed(&self, module: ModuleId, name: &str, written: Option<Written<'_>>) -> Ambient {
        let options = self.library.options;
        let eval = |attribute: &str| {
            let written = written?;
            let (place, attribute) = written.attribute(attribute)?;
            let node = self.eval(module, place, &[], &attribute.value);
            (node.value != Value::Null).then_some(node)
        };
        let flag = |value: &Option<String>, hole: &str, shape| {
            let unknown = || Text::from(Hole::new(hole, HoleKind::Input, shape));
            value.as_deref().map_or_else(unknown, Text::from)
        };
        let region = eval("region")
            .and_then(|node| node.as_text())
            .unwrap_or_else(|| flag(&options.region, "region", Shape::Name));
        let said = || self.said_account(name);
        let account = said().or_else(|| self.account(module, name, written, &eval)).unwrap_or_else(|| {
            if let Some(account) = &options.account {
                let text = format!("account {account}, from --account");
                self.assumptions.borrow_mut().insert(Assumption { text, span: None });
            }
            flag(&options.account, "account", Shape::Account)
        });
        let partition = match (&options.partition, region.as_literal()) {
            (Some(partition), _) => Text::from(partition.as_str()),
            (None, Some(region)) if region.starts_with("cn-") => Text::from("aws-cn"),
            (None, Some(region)) if region.starts_with("us-gov-") => Text::from("aws-us-gov"),
            (None, _) => Text::from("aws"),
        };
        Ambient { partition, region, account, provider_version: self.provider_version(module) }
    }

    /// The account that the user says a provider works in; the last word counts
    fn said_account(&self, name: &str) -> Option<Text> {
        let mut said = self.library.options.provider_accounts.iter().rev();
        let (_, account) = said.find(|(known, _)| known == name)?;
        let from = format!("--provider-account {name}");
        let text = format!("account {account}, from {from}");
        self.assumptions.borrow_mut().insert(Assumption { text, span: None });
        let known = OwnAccount { account: account.clone(), from, span: None };
        let mut accounts = self.accounts.borrow_mut();
        if !accounts.contains(&known) {
            accounts.push(known);
        }
        Some(Text::from(account.as_str()))
    }

    /// The account that a provider block says it works in
    fn account(
        &self,
        module: ModuleId,
        name: &str,
        written: Option<Written<'_>>,
        eval: &dyn Fn(&str) -> Option<Node>,
    ) -> Option<Text> {
        let written = written?;
        let hole =
            || Text::from(Hole::new(format!("account of provider {name}"), HoleKind::Input, Shape::Account));
        let own = |account: &str, from: String, span: Span| {
            let known = OwnAccount { account: account.to_owned(), from: from.clone(), span: Some(span) };
            let mut accounts = self.accounts.borrow_mut();
            if !accounts.contains(&known) {
                accounts.push(known);
            }
        };
        let assume = |account: &str, from: &str, span: Span| {
            let text = format!("account {account}, from {from}");
            self.assumptions.borrow_mut().insert(Assumption { text, span: Some(span) });
        };
        if let Some(allowed) = eval("allowed_account_ids") {
            let from = format!("allowed_account_ids of provider {name}");
            let Value::List(items) = &allowed.value else { return Some(hole()) };
            let literal = |item: &Node| {
                let text = item.as_text()?;
                text.as_literal().filter(|text| is_account(text)).map(str::to_owned)
            };
            for item in items {
                if let Some(account) = literal(item) {
                    own(&account, from.clone(), item.span);
                }
            }
            return Some(match items.as_slice() {
                [only] => match literal(only) {
                    Some(account) => {
                        assume(&account, &from, only.span);
                        Text::from(account)
                    }
                    None => only.as_text().unwrap_or_else(hole),
                },
                _ => hole(),
            });
        }
        if let Some((place, role)) = written.blocks("assume_role").first() {
            let arn = role.body.get_attribute("role_arn");
            let arn = arn.map(|attribute| self.eval(module, *place, &[], &attribute.value));
            let text = arn.as_ref().and_then(Node::as_text);
            let account = text.map(|text| text.split(':', 6)).and_then(|parts| parts.get(4).cloned());
            return Some(match (account, arn) {
                (Some(account), Some(arn)) if account.as_literal().is_some_and(is_account) => {
                    let from = format!("assume_role of provider {name}");
                    let digits = account.as_literal().unwrap_or_default();
                    own(digits, from.clone(), arn.span);
                    assume(digits, &from, arn.span);
                    account
                }
                // An account that this configuration makes
                (Some(account), _) if is_generated(&account) => account,
                _ => hole(),
            });
        }
        // Another profile is another account; which, is not written.
        let elsewhere = name.contains('.') && written.attribute("profile").is_some();
        elsewhere.then(hole)
    }

    /// The version constraint of the AWS provider: the module's own, or its caller's
    fn provider_version(&self, module: ModuleId) -> Option<(Text, Span)> {
        let here = self.module(module);
        for written in here.folder.settings.iter().filter_map(|at| here.folder.block(*at)) {
            for required in written.block.body.get_blocks("required_providers") {
                let Some(aws) = required.body.get_attribute("aws") else { continue };
                // What stands beside the version are names, not values.
                let version = if let Expression::Object(entries) = &aws.value {
                    entries.iter().find_map(|(key, value)| match key {
                        ObjectKey::Ident(name) => (name.as_str() == "version").then(|| value.expr()),
                        ObjectKey::Expression(Expression::String(name)) => {
                            (name.value() == "version").then(|| value.expr())
                        }
                        ObjectKey::Expression(_) => None,
                    })
                } else {
                    Some(&aws.value)
                };
                let version = version.map(|version| self.eval(module, written.place, &[], version));
                if let Some(version) = version
                    && let Some(text) = version.as_text()
                {
                    return Some((text, version.span));
                }
            }
        }
        // The root decides; it is asked last, because a module's own constraint stands nearer.
        here.caller.as_ref().and_then(|caller| self.provider_version(caller.module))
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_generated(text: &Text) -> bool {
    text.as_hole().is_some_and(|hole| hole.kind() == HoleKind::Generated)
}

/// A provider as it is referred to: `aws`, `aws.east`
fn named(expression: &Expression) -> Option<String> {
    if let Expression::Variable(name) = expression {
        return Some(name.as_str().to_owned());
    }
    if let Expression::String(name) = expression {
        return Some(name.value().clone());
    }
    let Expression::Traversal(traversal) = expression else { return None };
    let Expression::Variable(kind) = &traversal.expr else { return None };
    match traversal.operators.first().map(|operator| operator.value()) {
        Some(TraversalOperator::GetAttr(alias)) => Some(format!("{}.{}", kind.as_str(), alias.as_str())),
        _ => None,
    }
}
