//! Principals that policies name and the input does not declare: other accounts, their users and roles, services.
//!
//! Of an account that is not ours, what its administrator can allow counts as allowed. Of a principal of our own
//! that is not declared, the policies are missing.

use std::collections::BTreeSet;

use super::{Build, New};
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::policy::{Clause, Effect, Entry, Policy, PrincipalKind, Principals, Statement, Version};
use crate::source::Span;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::Reference;
use crate::world::{EntityId, Standing};

/// A principal or resource that a question names
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    /// `account/444455556666`
    Account(String),
    /// `service/events.amazonaws.com`
    Service(String),
    /// An ARN without wildcards
    Arn(String),
}

/// The policy of somebody who may do anything in his own account
pub(super) fn administrator(span: Span) -> Policy {
    let everything = || Clause::Is(vec![Entry { text: Text::from("*"), span }]);
    let statement = Statement {
        index: 0,
        sid: None,
        effect: Effect::Allow,
        principal: Clause::Absent,
        action: everything(),
        resource: everything(),
        condition: Vec::new(),
        unread: Vec::new(),
        span,
    };
    Policy { version: Version::V2012, id: None, statements: vec![statement], span }
}

/// A principal as a policy names it, in the forms that make an entity
enum Principal {
    Account(Text),
    Member(Kind, Text, Arn),
    Service(Text),
    Provider(Text),
}

fn principal(kind: &PrincipalKind, text: &Text) -> Option<Principal> {
    match kind {
        PrincipalKind::Service => text.as_literal().map(|_| Principal::Service(text.clone())),
        PrincipalKind::Federated => Some(Principal::Provider(text.clone())),
        PrincipalKind::Aws => {
            let Some(arn) = Arn::parse(text) else {
                let digits = text.as_literal()?;
                let is_account = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit());
                return is_account.then(|| Principal::Account(text.clone()));
            };
            if arn.resource.as_literal() == Some("root") {
                return Some(Principal::Account(arn.account));
            }
            let kind = if arn.resource.strip_prefix("role/").is_some() {
                Kind::Role
            } else if arn.resource.strip_prefix("user/").is_some() {
                Kind::User
            } else {
                return None;
            };
            Some(Principal::Member(kind, text.clone(), arn))
        }
        PrincipalKind::CanonicalUser | PrincipalKind::Unknown(_) => None,
    }
}

impl Build {
    /// Makes entities of the principals that trust and resource policies name
    pub(super) fn name_principals(&mut self) {
        let mut named = Vec::new();
        for entity in &self.world.entities {
            for (applied, is_trust) in entity
                .trust
                .iter()
                .map(|a| (a, true))
                .chain(entity.resource.iter().chain(&entity.grants).map(|a| (a, false)))
            {
                let Ok(id) = applied.document else { continue };
                for statement in &self.world.stored(id).policy.statements {
                    let (Clause::Is(who) | Clause::Not(who)) = &statement.principal else { continue };
                    let Principals::Listed(list) = who else { continue };
                    for one in list {
                        // A service that a trust policy names takes the role for its own work; it is no caller.
                        if is_trust && one.kind == PrincipalKind::Service {
                            continue;
                        }
                        named.extend(principal(&one.kind, &one.text).map(|who| (who, one.span)));
                    }
                }
            }
        }
        let mut seen = BTreeSet::new();
        for (who, span) in named {
            self.name_principal(&who, span, &mut seen);
        }
    }

    fn name_principal(&mut self, who: &Principal, span: Span, seen: &mut BTreeSet<(Kind, Text)>) {
        let (kind, key) = match who {
            Principal::Account(account) => (Kind::Account, account),
            Principal::Member(kind, arn, _) => (*kind, arn),
            Principal::Service(name) => (Kind::Service, name),
            Principal::Provider(name) => (Kind::Provider, name),
        };
        if !seen.insert((kind, key.clone())) {
            return;
        }
        match who {
            Principal::Account(account) => {
                if !self.is_ours(account) {
                    self.name_account(account, span);
                }
            }
            Principal::Member(kind, text, arn) => {
                let reference = Reference { text: text.clone(), span };
                if self.is_ours(&arn.account) {
                    self.find_or_name(*kind, &reference);
                } else {
                    self.name_account(&arn.account, span);
                    self.name_foreigner(*kind, text, arn, span);
                }
            }
            Principal::Service(name) => {
                self.name_service(name, span);
            }
            Principal::Provider(name) => {
                let reference = Reference { text: name.clone(), span };
                self.find_or_name(Kind::Provider, &reference);
            }
        }
    }

    fn is_ours(&self, account: &Text) -> bool {
        self.world.accounts.iter().any(|ours| fit(ours, account, Way::Exact) == Fit::Yes)
    }

    fn name_account(&mut self, account: &Text, span: Span) -> EntityId {
        if let Some(known) = self.written.named(Kind::Account, account).first() {
            return *known;
        }
        let id = self.add(New {
            kind: Kind::Account,
            name: account.clone(),
            display: format!("account/{account}"),
            arn: None,
            account: Some(account.clone()),
            span: Some(span),
            standing: Standing::Named,
        });
        self.administer(id, span);
        id
    }

    /// Whoever can change principals and policies may have everything in the account: it is a thing to reach, and
    /// calls nobody itself
    pub(super) fn name_own_accounts(&mut self) {
        for account in self.world.accounts.clone() {
            self.add(New {
                kind: Kind::Account,
                display: format!("account/{account}"),
                arn: None,
                name: account.clone(),
                account: Some(account),
                span: None,
                standing: Standing::Always,
            });
        }
    }

    fn name_foreigner(&mut self, kind: Kind, text: &Text, arn: &Arn, span: Span) -> EntityId {
        if let Some(known) = self.written.with_arn(kind, text).first() {
            return *known;
        }
        let name = arn.resource.split('/', 2).pop().unwrap_or_default();
        let id = self.add(New {
            kind,
            display: format!("{}:{kind}/{name}", arn.account),
            name,
            arn: Some(text.clone()),
            account: Some(arn.account.clone()),
            span: Some(span),
            standing: Standing::Named,
        });
        self.administer(id, span);
        id
    }

    fn name_service(&mut self, name: &Text, span: Span) -> EntityId {
        if let Some(known) = self.written.named(Kind::Service, name).first() {
            return *known;
        }
        self.add(New {
            kind: Kind::Service,
            display: format!("service/{name}"),
            name: name.clone(),
            arn: None,
            account: None,
            span: Some(span),
            standing: Standing::Named,
        })
    }

    /// Makes an entity of what a question names, where the input has none
    pub(super) fn mention(&mut self, mention: &Mention) {
        match mention {
            Mention::Account(account) => {
                let account = Text::from(account.as_str());
                if !self.is_ours(&account) {
                    self.name_account(&account, Span::NOWHERE);
                }
            }
            Mention::Service(name) => {
                self.name_service(&Text::from(name.as_str()), Span::NOWHERE);
            }
            Mention::Arn(arn) => {
                let text = Text::from(arn.as_str());
                if self.world.entities.iter().any(|entity| entity.arn.as_ref() == Some(&text)) {
                    return;
                }
                let Some(parsed) = Arn::parse(&text) else { return };
                if let Some(Principal::Member(kind, text, arn)) = principal(&PrincipalKind::Aws, &text) {
                    if self.is_ours(&arn.account) {
                        self.find_or_name(kind, &Reference { text, span: Span::NOWHERE });
                    } else {
                        self.name_foreigner(kind, &text, &arn, Span::NOWHERE);
                    }
                } else {
                    self.name_resource(&text, &parsed, Span::NOWHERE);
                }
            }
        }
    }
}
