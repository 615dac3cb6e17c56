//! From what an input tells of an organisation to the ceilings of each account.
//!
//! An input shows some attachments, seldom all. So a control policy that only denies takes away what it denies, and
//! `FullAWSAccess`, which AWS attaches to every root, unit and account, is taken to be there \[orgs_manage_policies_scps\].
//! One that allows narrows its level only if `FullAWSAccess` was detached there, which no input shows: beyond what it
//! allows, answers are conditional. Whether an account is below a target is as sure as the chain of its parents.

use std::collections::{BTreeMap, BTreeSet};

use super::{Build, join, named};
use crate::cause::{Cause, CauseKind};
use crate::policy::{Effect, Policy, Statement};
use crate::source::Span;
use crate::text::{HoleKind, Text};
use crate::world::organization::{Ceilings, Controls, Member, MemberKind, Told};
use crate::world::pieces::{Assumption, Provenance, Reference};
use crate::world::{Applied, PolicyId};

/// The policies of AWS that allow everything
const FULL_ACCESS: [&str; 2] = ["p-FullAWSAccess", "p-RCPFullAWSAccess"];

/// A policy as one attachment brings it
struct Brought {
    controls: Controls,
    name: String,
    /// What it allows, apart from what it denies: to be in doubt of a target means different things for them
    allows: Option<Result<PolicyId, Cause>>,
    denies: Option<Result<PolicyId, Cause>>,
    doubts: Vec<Cause>,
}

/// Whether `FullAWSAccess` is still attached to a target
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// The input attaches it
    Yes,
    NotKnown,
}

impl Build {
    /// Gives every account of the world the control policies that limit it
    pub(super) fn limit_accounts(&mut self, told: &Told) {
        let mut by_target: BTreeMap<Text, (Reference, Vec<Brought>)> = BTreeMap::new();
        let mut stored = BTreeMap::new();
        for attached in &told.attached {
            let entry = by_target.entry(attached.target.text.clone());
            let (_, brought) = entry.or_insert_with(|| (attached.target.clone(), Vec::new()));
            for mut one in self.control_policies(told, &attached.policy, &mut stored) {
                one.doubts.extend(attached.doubts.iter().cloned());
                brought.push(one);
            }
        }
        by_target.retain(|_, (_, brought)| !brought.is_empty());
        if by_target.is_empty() {
            return;
        }
        let kept: BTreeSet<&Text> = told
            .attached
            .iter()
            .filter(|attached| is_full_access(&attached.policy.text) && attached.doubts.is_empty())
            .map(|attached| &attached.target.text)
            .collect();
        let full = self.store(named::administrator(Span::NOWHERE), "FullAWSAccess", Provenance::Assumed);
        let is_stranger = |account: &Text| account.holes().any(|hole| hole.kind() == HoleKind::Stranger);
        let accounts: BTreeSet<Text> =
            self.world.entities.iter().filter_map(|entity| entity.account.clone()).collect();
        for account in accounts.into_iter().filter(|account| !is_stranger(account)) {
            let mut ceilings = Ceilings::default();
            for (target, brought) in by_target.values() {
                let Some(doubts) = over(told, &account, target) else { continue };
                let kept = if kept.contains(&target.text) { Kept::Yes } else { Kept::NotKnown };
                let of = |wanted| {
                    brought
                        .iter()
                        .filter(move |one| one.controls == wanted || one.controls == Controls::Either)
                };
                let scps = service_level(of(Controls::Principals), target, &doubts, full, kept);
                let rcps: Vec<Applied> =
                    of(Controls::Resources).filter_map(|one| denying(one, &doubts)).collect();
                ceilings.scps.extend(Some(scps).filter(|level| !level.is_empty()));
                ceilings.rcps.extend(Some(rcps).filter(|level| !level.is_empty()));
            }
            if !ceilings.scps.is_empty() || !ceilings.rcps.is_empty() {
                self.world.ceilings.insert(account, ceilings);
            }
        }
        let text = "FullAWSAccess is attached to every root, organisational unit and account".to_owned();
        self.world.assumptions.push(Assumption { text, span: None });
    }

    /// The policies that an attachment may mean: declared ones, those of AWS, or one that is missing
    fn control_policies(
        &mut self,
        told: &Told,
        id: &Reference,
        stored: &mut BTreeMap<usize, [Option<PolicyId>; 2]>,
    ) -> Vec<Brought> {
        if is_full_access(&id.text) || told.idle.contains(&id.text) {
            return Vec::new();
        }
        let candidates = told.policies.iter().map(|policy| (Some(&policy.id), None));
        let found = join::settle(join::by_name_or_arn(candidates, &id.text, id.span), |_| true);
        let sure = found.iter().any(|(_, doubts)| doubts.is_empty());
        let mut out = Vec::new();
        for (at, doubts) in found {
            let Some(declared) = told.policies.get(at) else { continue };
            let parts = *stored.entry(at).or_insert_with(|| {
                [Effect::Deny, Effect::Allow].map(|other| {
                    let part = part(&declared.policy, |statement| statement.effect != other);
                    part.map(|part| self.store(part, &declared.name, Provenance::Written))
                })
            });
            let [allows, denies] = parts.map(|part| part.map(Ok));
            out.push(Brought {
                controls: declared.controls,
                name: declared.name.clone(),
                allows,
                denies,
                doubts: [&declared.doubts[..], &doubts[..]].concat(),
            });
        }
        if !sure {
            let what = format!("organisation policy {} is attached, but not in the input", id.text);
            let missing = Err(Cause::at(CauseKind::DocumentMissing, what.clone(), id.span));
            out.push(Brought {
                controls: Controls::Either,
                name: what,
                allows: Some(missing.clone()),
                denies: Some(missing),
                doubts: Vec::new(),
            });
        }
        out
    }
}

fn is_full_access(id: &Text) -> bool {
    id.as_literal().is_some_and(|id| FULL_ACCESS.contains(&id))
}

/// The statements of a document that are wanted, where there are any
fn part(policy: &Policy, wanted: impl Fn(&Statement) -> bool) -> Option<Policy> {
    let statements: Vec<Statement> = policy.statements.iter().filter(|one| wanted(one)).cloned().collect();
    (!statements.is_empty()).then(|| Policy { statements, ..policy.clone() })
}

fn denying(brought: &Brought, doubts: &[Cause]) -> Option<Applied> {
    brought.denies.clone().map(|document| Applied {
        name: brought.name.clone(),
        document,
        provenance: Provenance::Written,
        doubts: [&brought.doubts[..], doubts].concat(),
    })
}

/// The policies of one target as a level
///
/// What a policy allows is allowed by the level whether the account is below the target or not: where it is not, the
/// level does not limit it. What it denies is in doubt as the target is.
fn service_level<'b>(
    brought: impl Iterator<Item = &'b Brought>,
    target: &Reference,
    doubts: &[Cause],
    full: PolicyId,
    kept: Kept,
) -> Vec<Applied> {
    let mut level = Vec::new();
    let mut narrows = false;
    for one in brought {
        narrows |= one.allows.is_some();
        level.extend(one.allows.clone().map(|document| Applied {
            name: one.name.clone(),
            document,
            provenance: Provenance::Written,
            doubts: one.doubts.clone(),
        }));
        level.extend(denying(one, doubts));
    }
    if level.is_empty() {
        return level;
    }
    let what = format!("FullAWSAccess at {}, attached or detached", target.text);
    let detached =
        (narrows && kept == Kept::NotKnown).then(|| Cause::at(CauseKind::OpenWorld, what, target.span));
    level.push(Applied {
        name: "FullAWSAccess".to_owned(),
        document: Ok(full),
        provenance: Provenance::Assumed,
        doubts: detached.into_iter().collect(),
    });
    level
}

/// Whether what is attached to a target limits an account: `None` where it does not, else why it may not
fn over(told: &Told, account: &Text, target: &Reference) -> Option<Vec<Cause>> {
    let member = of_account(told, account);
    let mut doubts = match is_below(told, account, member, target) {
        Below::Yes(doubts) => doubts,
        Below::No => return None,
        Below::NotKnown => {
            let what = format!("the place of account {account}, below {} or not", target.text);
            vec![Cause::at(CauseKind::OpenWorld, what, target.span)]
        }
    };
    // "SCPs don't affect users or roles in the management account", RCPs none of its resources.
    let managements: Vec<&Text> =
        told.members.iter().filter_map(|member| member.management.as_ref()).collect();
    if managements.iter().any(|management| is_surely(management, account)) {
        let root_in_doubt = told.members.iter().filter(|member| {
            member.management.as_ref().is_some_and(|management| is_surely(management, account))
        });
        let why: Vec<Cause> = root_in_doubt.flat_map(|member| member.doubts.clone()).collect();
        if why.is_empty() {
            return None;
        }
        doubts.extend(why);
    } else if member.is_none()
        && (managements.is_empty()
            || managements.iter().any(|management| join::same(management, account, target.span).is_some()))
    {
        let what = format!("the management account, which {account} may be");
        doubts.push(Cause::at(CauseKind::OpenWorld, what, target.span));
    }
    Some(doubts)
}

enum Below {
    Yes(Vec<Cause>),
    No,
    NotKnown,
}

/// The declared account that this surely is
fn of_account<'t>(told: &'t Told, account: &Text) -> Option<&'t Member> {
    told.members.iter().find(|member| member.kind == MemberKind::Account && is_surely(&member.id, account))
}

/// The member of this id
fn of_id<'t>(told: &'t Told, id: &Text) -> Option<&'t Member> {
    told.members.iter().find(|member| member.id == *id)
}

fn is_surely(one: &Text, other: &Text) -> bool {
    join::same(one, other, Span::NOWHERE).is_some_and(|doubts| doubts.is_empty())
}

fn is_below(told: &Told, account: &Text, member: Option<&Member>, target: &Reference) -> Below {
    let declared = of_id(told, &target.text);
    let is_number = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let names_account = declared.is_some_and(|target| target.kind == MemberKind::Account)
        || target.text.as_literal().is_some_and(is_number);
    let names_other = declared.is_some_and(|target| target.kind != MemberKind::Account)
        || target.text.as_literal().is_some_and(|text| !is_number(text));
    if !names_other {
        match join::same(&target.text, account, target.span) {
            Some(doubts) => return Below::Yes(doubts),
            None if names_account => return Below::No,
            None => {}
        }
    }
    let Some(member) = member else { return Below::NotKnown };
    climb(told, member, target)
}

/// Follows the parents of an account up to the target or to the root
fn climb(told: &Told, member: &Member, target: &Reference) -> Below {
    let mut doubts = member.doubts.clone();
    let mut here = member;
    let mut perhaps = false;
    // A chain is at most as long as there are members; units that name each other end there.
    for _ in 0..=told.members.len() {
        let above = match (&here.parent, here.kind) {
            (Some(parent), _) => parent.text.clone(),
            (None, MemberKind::Root) => return none(perhaps, &doubts),
            // "If omitted, the organization's root" \[aws_organizations_account\]
            (None, MemberKind::Account | MemberKind::Unit) => match root(told) {
                Some(root) => root.id.clone(),
                None => return Below::NotKnown,
            },
        };
        match join::same(&above, &target.text, target.span) {
            Some(why) if why.is_empty() => return Below::Yes(doubts),
            Some(_) => perhaps = true,
            None => {}
        }
        let Some(next) = of_id(told, &above) else {
            let is_root = above.as_literal().is_some_and(|id| id.starts_with("r-"));
            return if is_root { none(perhaps, &doubts) } else { Below::NotKnown };
        };
        doubts.extend(next.doubts.iter().cloned());
        here = next;
    }
    Below::NotKnown
}

/// The end of a chain without the target: sure only if every part of it is
fn none(perhaps: bool, doubts: &[Cause]) -> Below {
    if perhaps || !doubts.is_empty() { Below::NotKnown } else { Below::No }
}

/// The root, where the input tells of one organisation
fn root(told: &Told) -> Option<&Member> {
    let mut roots = told.members.iter().filter(|member| member.kind == MemberKind::Root);
    roots.next().filter(|_| roots.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Hole;

    const ACCOUNT: &str = "111122223333";

    fn reference(text: impl Into<Text>) -> Reference {
        Reference { text: text.into(), span: Span::NOWHERE }
    }

    fn member(kind: MemberKind, id: &str, parent: Option<&str>) -> Member {
        let parent = parent.map(reference);
        Member { kind, id: id.into(), parent, management: None, span: Span::NOWHERE, doubts: Vec::new() }
    }

    fn root(management: &str) -> Member {
        Member { management: Some(management.into()), ..member(MemberKind::Root, "r-ab12", None) }
    }

    fn told(members: Vec<Member>) -> Told {
        Told { members, ..Told::default() }
    }

    /// Whether a target is surely above the account (`Some(true)`), perhaps, or not
    fn above(told: &Told, target: impl Into<Text>) -> Option<bool> {
        over(told, &ACCOUNT.into(), &reference(target)).map(|doubts| doubts.is_empty())
    }

    #[test]
    fn an_account_is_below_every_parent_of_its_parent() {
        let told = told(vec![
            root("999900001111"),
            member(MemberKind::Unit, "ou-ab12-1", Some("r-ab12")),
            member(MemberKind::Unit, "ou-ab12-2", Some("ou-ab12-1")),
            member(MemberKind::Unit, "ou-ab12-3", Some("r-ab12")),
            member(MemberKind::Account, ACCOUNT, Some("ou-ab12-2")),
        ]);
        for target in [ACCOUNT, "ou-ab12-2", "ou-ab12-1", "r-ab12"] {
            assert_eq!(above(&told, target), Some(true), "{target}");
        }
        for target in ["ou-ab12-3", "444455556666"] {
            assert_eq!(above(&told, target), None, "{target}");
        }
        assert_eq!(above(&told, Hole::input("var.target")), Some(false));
    }

    #[test]
    fn where_the_chain_breaks_anything_may_be_above() {
        let told = told(vec![root("999900001111"), member(MemberKind::Account, ACCOUNT, Some("ou-ab12-2"))]);
        assert_eq!(above(&told, "ou-ab12-2"), Some(true));
        assert_eq!(above(&told, "ou-ab12-1"), Some(false));
    }

    #[test]
    fn nothing_is_above_the_management_account_and_who_that_is_may_be_unknown() {
        assert_eq!(above(&told(vec![root(ACCOUNT)]), "r-ab12"), None);
        assert_eq!(above(&told(vec![root(ACCOUNT)]), ACCOUNT), None);
        assert_eq!(above(&told(Vec::new()), ACCOUNT), Some(false));
        assert_eq!(above(&told(vec![root("999900001111")]), ACCOUNT), Some(true));
    }

    #[test]
    fn units_that_name_each_other_end_somewhere() {
        let told = told(vec![
            member(MemberKind::Unit, "ou-1", Some("ou-2")),
            member(MemberKind::Unit, "ou-2", Some("ou-1")),
            member(MemberKind::Account, ACCOUNT, Some("ou-1")),
        ]);
        assert_eq!(above(&told, "ou-3"), Some(false));
    }
}
