//! KMS keys: which key a name means, which policy a key has where none is written, and what is encrypted with it.

use super::{Build, Found, join, named};
use crate::aws::arn::Arn;
use crate::cause::Cause;
use crate::policy::{Clause, Named, Policy, PrincipalKind, Principals};
use crate::source::Span;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::{Provenance, Reference, Wire, Wiring};
use crate::world::{Applied, EntityId, KeyUse, Standing};

/// A name for a key
pub(super) struct Alias {
    name: Text,
    arn: Text,
    key: Reference,
    doubts: Vec<Cause>,
}

/// The aliases among the wirings
pub(super) fn aliases(wirings: &[Wiring]) -> Vec<Alias> {
    let alias = |wiring: &Wiring| {
        let Wire::KeyAlias { name, arn, key } = &wiring.what else { return None };
        let (name, arn, key, doubts) = (name.clone(), arn.clone(), key.clone(), wiring.doubts.clone());
        Some(Alias { name, arn, key, doubts })
    };
    wirings.iter().filter_map(alias).collect()
}

impl Build {
    /// The keys that a reference by id, ARN or alias means; one that the input does not declare has a policy that is
    /// not in the input
    pub(super) fn find_key(&mut self, reference: &Reference, aliases: &[Alias]) -> Found {
        let candidates = aliases.iter().map(|alias| (Some(&alias.name), Some(&alias.arn)));
        let found = join::by_name_or_arn(candidates, &reference.text, reference.span);
        let found = join::settle(found, |_| true);
        let sure = found.iter().any(|(_, doubts)| doubts.is_empty());
        let mut keys = Found::new();
        for (at, doubts) in found {
            let Some(alias) = aliases.get(at) else { continue };
            for (key, more) in self.find_or_name(Kind::Key, &alias.key) {
                keys.push((key, [&alias.doubts[..], &doubts, &more].concat()));
            }
        }
        if !sure {
            keys.extend(self.find_or_name(Kind::Key, reference));
        }
        keys
    }

    /// What is encrypted with which key
    pub(super) fn encrypt(&mut self, wirings: &[Wiring], aliases: &[Alias]) {
        for wiring in wirings {
            let Wire::Encrypted { kind, resource, key } = &wiring.what else { continue };
            let (keys, key_span) = (self.find_key(key, aliases), key.span);
            for (resource, doubts) in self.find(*kind, resource) {
                for (key, more) in &keys {
                    let doubts = [&wiring.doubts[..], &doubts, more].concat();
                    self.entity(resource).keys.push(KeyUse { key: *key, span: key_span, doubts });
                }
            }
        }
    }

    /// "If you don't provide one, AWS KMS creates one for you": the account decides with its identity policies
    /// \[key-policy-default\]
    pub(super) fn complete_keys(&mut self) {
        let keys: Vec<EntityId> = self.world.of_kind(Kind::Key).map(|key| key.id).collect();
        for id in keys {
            let key = self.world.entity(id);
            let is_sure = |applied: &Applied| applied.doubts.is_empty();
            if key.standing != Standing::Declared || key.resource.iter().any(is_sure) {
                continue;
            }
            let (Some(arn), Some(span)) = (key.arn.as_ref().and_then(Arn::parse), key.span) else { continue };
            let doubts = key.resource.iter().flat_map(|applied| applied.doubts.clone()).collect();
            let name = format!("default policy of {}", key.display);
            let document = Ok(self.store(delegation(&arn, span), &name, Provenance::Synthesised));
            let provenance = Provenance::Synthesised;
            self.entity(id).resource.push(Applied { name, document, provenance, doubts });
        }
    }

    /// A key that only an identity policy names: nothing works without its own policy, which most likely leaves it to the
    /// account, and is not in the input
    pub(super) fn delegate_in_doubt(&mut self, id: EntityId, span: Span) {
        let key = self.world.entity(id);
        let (Some(mut arn), Some(account)) = (key.arn.as_ref().and_then(Arn::parse), key.account.clone())
        else {
            return;
        };
        arn.account = account;
        let missing = join::not_in_input("key policy", &key.display, span);
        let doubts = missing.document.err().into_iter().collect();
        let document = Ok(self.store(delegation(&arn, Span::NOWHERE), &missing.name, Provenance::Assumed));
        let applied = Applied { name: missing.name, document, provenance: Provenance::Assumed, doubts };
        self.entity(id).resource.push(applied);
    }
}

/// Everything on the key, for whom the account's own policies allow it
fn delegation(key: &Arn, span: Span) -> Policy {
    let root =
        Arn { service: Text::from("iam"), region: Text::new(), resource: Text::from("root"), ..key.clone() };
    let mut policy = named::administrator(span);
    for statement in &mut policy.statements {
        statement.sid = Some(Text::from("Enable IAM User Permissions"));
        let owner = Named { kind: PrincipalKind::Aws, text: root.to_text(), span };
        statement.principal = Clause::Is(Principals::Listed(vec![owner]));
    }
    policy
}
