//! Block Public Access, object ownership and access control lists, as statements on the buckets they stand before.
//!
//! "Restrict public buckets" limits a bucket with a public policy to its own account and to AWS services; that is a Deny
//! for everyone else. A public access control list is an Allow. New buckets block both since April 2023, older ones do
//! not: where the input does not say, it is in doubt \[access-control-block-public-access, about-object-ownership\].

use super::Build;
use crate::cause::{Cause, CauseKind};
use crate::policy::operator::Operator;
use crate::policy::public::{Public, is_public};
use crate::policy::{Clause, Condition, Effect, Entry, Policy, Principals, Statement, Version};
use crate::source::Span;
use crate::text::Text;
use crate::world::buckets::{AccessList, Block, BlockOf, Group, Switch, Told};
use crate::world::kind::Kind;
use crate::world::pieces::Provenance;
use crate::world::{Applied, EntityId};

/// The sure and the possible word on a setting, from all that the input says of it
#[derive(Default)]
struct Heard {
    /// Where it surely is on
    on: Option<Span>,
    /// Whether something surely says that it is off, or on
    said: bool,
    /// Why it may be on
    perhaps: Vec<Cause>,
}

/// What is heard of the settings that change what access there is
#[derive(Default)]
struct Heeded {
    restrict: Heard,
    ignore_lists: Heard,
    enforced: Heard,
}

impl Heard {
    fn hear(&mut self, switch: &Switch, span: Span, doubts: &[Cause]) {
        match switch {
            Switch::On if doubts.is_empty() => {
                self.on.get_or_insert(span);
                self.said = true;
            }
            Switch::Off if doubts.is_empty() => self.said = true,
            Switch::On | Switch::Off => self.perhaps.extend(doubts.iter().cloned()),
            Switch::Depends(cause) => {
                self.said |= doubts.is_empty();
                self.perhaps.push(cause.clone());
                self.perhaps.extend(doubts.iter().cloned());
            }
        }
    }

    /// Why it may not be on: `None` where it surely is off
    fn doubts(&self, unsaid: impl FnOnce() -> Cause) -> Option<Vec<Cause>> {
        if self.on.is_some() {
            return Some(Vec::new());
        }
        let mut doubts = self.perhaps.clone();
        if !self.said {
            doubts.push(unsaid());
        }
        (!doubts.is_empty()).then_some(doubts)
    }
}

/// Entities are numbered in the order of their world
fn place(buckets: &[EntityId], id: EntityId) -> Option<usize> {
    buckets.binary_search(&id).ok()
}

impl Build {
    /// Puts on every bucket what its access control lists allow, and what Block Public Access denies
    pub(super) fn guard_buckets(&mut self, told: &Told) {
        for list in &told.lists {
            self.find_or_name(Kind::Bucket, &list.bucket);
        }
        let buckets: Vec<EntityId> = self.world.of_kind(Kind::Bucket).map(|bucket| bucket.id).collect();
        let mut heeded: Vec<Heeded> = buckets.iter().map(|_| Heeded::default()).collect();
        for block in &told.blocks {
            for (id, doubts) in self.blocked(block) {
                let Some(heeded) = place(&buckets, id).and_then(|at| heeded.get_mut(at)) else { continue };
                let doubts = [&block.doubts[..], &doubts].concat();
                heeded.restrict.hear(&block.restrict, block.span, &doubts);
                heeded.ignore_lists.hear(&block.ignore_lists, block.span, &doubts);
            }
        }
        for ownership in &told.ownership {
            for (id, doubts) in self.find(Kind::Bucket, &ownership.bucket) {
                let Some(heeded) = place(&buckets, id).and_then(|at| heeded.get_mut(at)) else { continue };
                let doubts = [&ownership.doubts[..], &doubts].concat();
                heeded.enforced.hear(&ownership.enforced, ownership.bucket.span, &doubts);
            }
        }
        for (id, heeded) in buckets.iter().zip(&heeded) {
            self.restrict(*id, &heeded.restrict);
        }
        for list in &told.lists {
            for (id, doubts) in self.find(Kind::Bucket, &list.bucket) {
                let Some(heeded) = place(&buckets, id).and_then(|at| heeded.get(at)) else { continue };
                self.list(list, id, &doubts, heeded);
            }
        }
    }

    /// The buckets that a block stands before
    fn blocked(&mut self, block: &Block) -> Vec<(EntityId, Vec<Cause>)> {
        match &block.of {
            BlockOf::Bucket(bucket) => self.find(Kind::Bucket, bucket),
            BlockOf::Account(account) => {
                let of_account = |bucket: &super::Entity| {
                    let doubts = super::join::same(bucket.account.as_ref()?, account, block.span)?;
                    Some((bucket.id, doubts))
                };
                self.world.of_kind(Kind::Bucket).filter_map(of_account).collect()
            }
        }
    }

    fn restrict(&mut self, id: EntityId, heard: &Heard) {
        let bucket = self.world.entity(id);
        let (display, span) = (bucket.display.clone(), bucket.span.unwrap_or(Span::NOWHERE));
        let Some(account) = bucket.account.clone() else { return };
        let public = bucket.resource.iter().filter_map(|applied| self.why_not_public(applied));
        let public = public.min_by_key(Vec::len);
        let Some(public) = public else { return };
        let unsaid = || Cause::at(CauseKind::OpenWorld, not_written(&display), span);
        let Some(doubts) = heard.doubts(unsaid) else { return };
        let span = heard.on.unwrap_or(span);
        let conditions = vec![
            condition("StringNotEquals", "aws:PrincipalAccount", account, span),
            condition("BoolIfExists", "aws:PrincipalIsAWSService", "false", span),
        ];
        let policy = everyones(Effect::Deny, &["s3:*"], conditions, span);
        self.put(id, policy, format!("Block Public Access of {display}"), [public, doubts].concat());
    }

    /// Why a policy may not be public: `None` where it surely is not
    fn why_not_public(&self, applied: &Applied) -> Option<Vec<Cause>> {
        let cause = match &applied.document {
            Ok(id) => match is_public(&self.world.stored(*id).policy) {
                Public::No => return None,
                Public::Yes => return Some(applied.doubts.clone()),
                Public::NotKnown(cause) => cause,
            },
            Err(cause) => cause.clone(),
        };
        Some(applied.doubts.iter().cloned().chain([cause]).collect())
    }

    /// What the access control lists of a bucket allow, where they count
    fn list(&mut self, list: &AccessList, id: EntityId, found: &[Cause], heeded: &Heeded) {
        if heeded.ignore_lists.on.is_some() || heeded.enforced.on.is_some() {
            return;
        }
        let (display, span) = (self.world.entity(id).display.clone(), list.span);
        let unsaid = |what: String| move || Cause::at(CauseKind::OpenWorld, what, span);
        let ignored = unsaid(not_written(&display));
        let enforced = unsaid(format!(
            "object ownership of {display}, which is not written (without lists for buckets made since April 2023)"
        ));
        let ignored = heeded.ignore_lists.doubts(ignored).unwrap_or_default();
        let enforced = heeded.enforced.doubts(enforced).unwrap_or_default();
        let condition = match list.to {
            Group::Everyone => Vec::new(),
            Group::Signed => vec![condition("StringNotEquals", "aws:PrincipalAccount", "anonymous", span)],
        };
        let mut policy = everyones(Effect::Allow, &list.actions, condition, span);
        if let (Some(key), Some(arn)) = (&list.object, self.world.entity(id).arn.clone()) {
            let object = Entry { text: arn.with("/").with(key), span };
            policy.statements.iter_mut().for_each(|one| one.resource = Clause::Is(vec![object.clone()]));
        }
        let doubts = [&list.doubts[..], found, &ignored, &enforced].concat();
        self.put(id, policy, format!("access control list of {display}"), doubts);
    }

    fn put(&mut self, id: EntityId, policy: Policy, name: String, doubts: Vec<Cause>) {
        let document = Ok(self.store(policy, &name, Provenance::Written));
        let applied = Applied { name, document, provenance: Provenance::Written, doubts };
        self.entity(id).resource.push(applied);
    }
}

fn condition(operator: &str, key: &str, value: impl Into<Text>, span: Span) -> Condition {
    let values = vec![Entry { text: value.into(), span }];
    Condition { operator: Operator::parse(&operator.into()), key: key.into(), values, span }
}

fn not_written(display: &str) -> String {
    format!("Block Public Access of {display}, which is not written (on for buckets made since April 2023)")
}

/// One statement for everyone, on everything
fn everyones(effect: Effect, actions: &[&str], condition: Vec<Condition>, span: Span) -> Policy {
    let entry = |text: &str| Entry { text: text.into(), span };
    let statement = Statement {
        index: 0,
        sid: None,
        effect,
        principal: Clause::Is(Principals::Everyone(span)),
        action: Clause::Is(actions.iter().map(|action| entry(action)).collect()),
        resource: Clause::Is(vec![entry("*")]),
        condition,
        unread: Vec::new(),
        span,
    };
    Policy { version: Version::V2012, id: None, statements: vec![statement], span }
}
