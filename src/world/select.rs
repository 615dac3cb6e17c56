//! The selector grammar: how people name entities on the command line, in assertions and in the terminal.
//!
//! `kind/name-glob`, `tf:ADDRESS`, `ACCOUNT:kind/name`, an ARN with globs, the words `anonymous`, `any-account`,
//! `outside`, `outside-org`, `admin`, `any`, and `@set`. Printing then parsing is the identity. A glob against a name
//! with holes is three-valued. What only a user can say of names ([`Ours`]) comes in as data.

use std::collections::BTreeMap;
use std::fmt;

use crate::aws::pattern::{Fit, Way, fit};
use crate::eval::request::{Caller, Home};
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::view::caller;
use crate::world::{Entity, EntityId, World};

/// What a person wrote to name entities
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// `anonymous`, `any-account`
    Word(Kind),
    /// `any`
    Any,
    /// Whoever is not of ours: anonymous, any account, foreign accounts and their principals, services that call for
    /// anybody
    Outside,
    /// The same, where an organisation says who is ours
    OutsideOrg,
    /// The administrator of one of our accounts: what stands for everything in it
    Admin,
    /// `@deployers`: a set that the configuration names
    Set(String),
    /// `function/orders`, `444455556666:role/x`, `*:secret/*`
    Named {
        /// The account, where one is written
        account: Option<String>,
        /// The kind; `None` for `pattern` names of any kind
        kind: Kind,
        /// The name, with `*` and `?`
        name: String,
    },
    /// `tf:module.shop.aws_lambda_function.api`
    Address(String),
    /// `arn:aws:...` with `*` and `?`
    Arn(String),
}

/// What only a user can say of names: whose accounts are ours, and what sets are called
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ours {
    /// Accounts that are ours beside those of the input
    pub accounts: Vec<String>,
    /// Our organisation
    pub org: Option<String>,
    /// Named selectors
    pub sets: BTreeMap<String, Vec<Selector>>,
}

/// What names are looked up in
#[derive(Clone, Copy, Debug)]
pub struct Names<'w> {
    /// The entities
    pub world: &'w World,
    /// What the user says
    pub ours: &'w Ours,
}

/// How deep sets may stand in sets
const SETS_IN_SETS: usize = 8;

impl Names<'_> {
    /// Whether an account number is one of ours
    #[must_use]
    pub fn is_our_account(&self, account: &Text) -> bool {
        let listed =
            account.as_literal().is_some_and(|number| self.ours.accounts.iter().any(|a| a == number));
        listed || self.world.accounts.contains(account)
    }

    /// Whether an entity is not of ours, as far as it alone tells: a service may call for us or for anybody
    fn outside(&self, entity: &Entity) -> Fit {
        let Some(caller) = caller(entity) else { return Fit::No };
        match caller {
            Caller::Anonymous | Caller::Service(_) => Fit::Yes,
            // A token of a provider is no caller of another account.
            Caller::Federated(_) => Fit::No,
            Caller::User(_)
            | Caller::Session { .. }
            | Caller::ServiceLinkedRole(_)
            | Caller::FederatedUser(_)
            | Caller::Root(_)
            | Caller::Account(_) => match &entity.account {
                Some(account) if self.is_our_account(account) => Fit::No,
                _ if entity.home == Home::Elsewhere => Fit::Yes,
                Some(account) => yes_if(account.as_literal().is_some() && !self.world.accounts.is_empty()),
                None => Fit::No,
            },
        }
    }

    fn set(&self, name: &str, entity: &Entity, depth: usize) -> Fit {
        let members = self.ours.sets.get(name).map_or(&[][..], Vec::as_slice);
        let fits = members.iter().map(|member| member.fits(entity, self, depth + 1));
        fits.fold(Fit::No, |best, next| if best == Fit::Yes || next == Fit::No { best } else { next })
    }
}

/// Why a text is no selector
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no selector: expected `kind/name` (kinds: {kinds}), `tf:ADDRESS`, an ARN, `@set`, or one of the words \
     anonymous, any-account, outside, outside-org, admin, any"
)]
pub struct SelectorError {
    text: String,
    kinds: String,
}

impl Selector {
    /// The ARN, of a selector that is one
    #[must_use]
    pub fn arn(&self) -> Option<&str> {
        match self {
            Self::Arn(arn) => Some(arn),
            Self::Named { .. }
            | Self::Word(_)
            | Self::Any
            | Self::Outside
            | Self::OutsideOrg
            | Self::Admin
            | Self::Set(_)
            | Self::Address(_) => None,
        }
    }

    /// Reads a selector
    ///
    /// # Errors
    /// When the text has none of the forms.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let error = || SelectorError {
            text: text.to_owned(),
            kinds: [
                "user",
                "role",
                "group",
                "function",
                "api",
                "bucket",
                "secret",
                "table",
                "log-group",
                "...",
            ]
            .join(" "),
        };
        match text {
            "anonymous" => return Ok(Self::Word(Kind::Anonymous)),
            "any-account" => return Ok(Self::Word(Kind::AnyAccount)),
            "any" => return Ok(Self::Any),
            "outside" => return Ok(Self::Outside),
            "outside-org" => return Ok(Self::OutsideOrg),
            "admin" => return Ok(Self::Admin),
            _ => {}
        }
        if let Some(set) = text.strip_prefix('@').filter(|set| !set.is_empty()) {
            return Ok(Self::Set(set.to_owned()));
        }
        if text.starts_with("arn:") {
            return Ok(Self::Arn(text.to_owned()));
        }
        if text.starts_with("tf:") {
            return Ok(Self::Address(text.to_owned()));
        }
        let (head, name) = text.split_once('/').ok_or_else(error)?;
        if name.is_empty() {
            return Err(error());
        }
        let (account, kind) = match head.split_once(':') {
            Some((account, kind)) => (Some(account.to_owned()), kind),
            None => (None, head),
        };
        let kind = Kind::parse(kind).ok_or_else(error)?;
        Ok(Self::Named { account, kind, name: name.to_owned() })
    }

    /// Whether it names this entity
    #[must_use]
    pub fn matches(&self, entity: &Entity, names: &Names<'_>) -> Fit {
        self.fits(entity, names, 0)
    }

    fn fits(&self, entity: &Entity, names: &Names<'_>, depth: usize) -> Fit {
        let glob = |pattern: &str, text: &Text| fit(&Text::from(pattern), text, Way::Like);
        match self {
            Self::Word(kind) => yes_if(entity.kind == *kind),
            Self::Any => Fit::Yes,
            Self::Outside | Self::OutsideOrg => names.outside(entity),
            Self::Admin => yes_if(entity.kind == Kind::Account && caller(entity).is_none()),
            Self::Set(name) if depth < SETS_IN_SETS => names.set(name, entity, depth),
            Self::Set(_) => Fit::No,
            Self::Address(address) => yes_if(entity.address.as_deref().is_some_and(|a| a == address)),
            Self::Arn(pattern) => entity.arn.as_ref().map_or(Fit::No, |arn| {
                if arn.as_literal() == Some(pattern) { Fit::Yes } else { glob(pattern, arn) }
            }),
            Self::Named { account, kind, name } => {
                let of_kind =
                    entity.kind == *kind || (entity.kind == Kind::Pattern && entity.of == Some(*kind));
                if !of_kind {
                    return Fit::No;
                }
                let account_fits = match (account, &entity.account) {
                    (None, _) => Fit::Yes,
                    (Some(wanted), Some(account)) => glob(wanted, account),
                    (Some(wanted), None) => yes_if(wanted == "*"),
                };
                if account_fits == Fit::No {
                    return Fit::No;
                }
                let address = name.starts_with("tf:") && entity.address.as_deref() == Some(name);
                let shown = entity.display.split_once('/').is_some_and(|(_, shown)| shown == name);
                let named = if address || shown { Fit::Yes } else { glob(name, &entity.name) };
                if named == Fit::Yes { account_fits } else { named }
            }
        }
    }

    /// The entities that it surely names; where there are none, those that it may name
    #[must_use]
    pub fn select(&self, names: &Names<'_>) -> Vec<EntityId> {
        let all = |wanted: fn(&Fit) -> bool| -> Vec<EntityId> {
            let fitting = names.world.entities().iter().filter(|entity| wanted(&self.matches(entity, names)));
            fitting.map(|entity| entity.id).collect()
        };
        let sure = all(|fit| *fit == Fit::Yes);
        if sure.is_empty() { all(|fit| *fit != Fit::No) } else { sure }
    }
}

fn yes_if(holds: bool) -> Fit {
    if holds { Fit::Yes } else { Fit::No }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(kind) => write!(f, "{kind}"),
            Self::Any => f.write_str("any"),
            Self::Outside => f.write_str("outside"),
            Self::OutsideOrg => f.write_str("outside-org"),
            Self::Admin => f.write_str("admin"),
            Self::Set(name) => write!(f, "@{name}"),
            Self::Named { account: Some(account), kind, name } => write!(f, "{account}:{kind}/{name}"),
            Self::Named { account: None, kind, name } => write!(f, "{kind}/{name}"),
            Self::Address(text) | Self::Arn(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_then_parsing_is_the_identity() {
        for text in [
            "anonymous",
            "any",
            "outside",
            "outside-org",
            "admin",
            "@deployers",
            "function/orders:live",
            "secret/prod/*",
            "444455556666:role/x",
            "*:secret/*",
            "tf:module.shop.aws_lambda_function.api",
            "arn:aws:s3:::uploads-*",
            "log-group//aws/lambda/x",
        ] {
            assert_eq!(Selector::parse(text).map(|s| s.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_has_none_of_the_forms_is_refused() {
        for text in ["", "orders", "functoin/x", "function/"] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }
}
