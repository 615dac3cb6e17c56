//! Names that a caller's requests may have: what a pattern of a policy leaves to choose, chosen.
//!
//! A request is about something concrete. Where a policy allows `uploads/*`, some name of that form is asked for, and where
//! it allows `${aws:username}/*`, the caller's own \[reference_policies_variables\]. Must not know: what is called.

use crate::aws::arn::Arn;
use crate::aws::pattern::meet;
use crate::eval::context::{Context, Others};
use crate::eval::derive;
use crate::eval::request::{Caller, Request};
use crate::eval::variables::{Live, Values, fill, has_variables};
use crate::policy::{Clause, Effect, Entry, Statement};
use crate::reach::edges::action;
use crate::reach::openings::may_allow;
use crate::text::Text;
use crate::world::data::instance;
use crate::world::view::View;
use crate::world::{Applied, Entity};

/// A pattern as it reads for a caller: its variables filled in, and also as it stands, which is what a document of the
/// older version means; one that has no value for this caller fits nothing
pub(super) fn read_by(who: &Caller, pattern: &Text) -> Vec<Text> {
    let mut out = vec![pattern.clone()];
    if has_variables(pattern) {
        // Variables of resources are keys of the caller; what else a request has is not known before it is made.
        let request = Request {
            caller: who.clone(),
            action: action("sts:GetCallerIdentity"),
            resource: Text::from("*"),
            owner: None,
            context: Context::new(Others::Unknown),
        };
        let filled = fill(pattern, Live::Everywhere, |key| derive::value(&request, key));
        if !matches!(filled.values, Values::Missing(_) | Values::Several(_)) {
            out.push(filled.text);
        }
    }
    out
}

/// Forms of names that a caller's requests may have, as documents narrow them: where one meets what a document names, a
/// request may be about just that
pub(super) struct Forms<'a> {
    view: &'a View<'a>,
    who: &'a Caller,
    actions: &'a [&'a str],
    forms: Vec<Text>,
}

/// How many forms are told apart
const MOST: usize = 256;

impl<'a> Forms<'a> {
    /// Names of this form in requests of these actions; one that no document points at is among them
    pub(super) fn new(view: &'a View<'a>, who: &'a Caller, actions: &'a [&'a str], form: Text) -> Self {
        Self { view, who, actions, forms: vec![form] }
    }

    /// Also those that one of these documents allows
    pub(super) fn allowed_by(mut self, documents: &[&'a [Applied]]) -> Self {
        let allowed: Vec<_> =
            documents.iter().flat_map(|applied| self.named(applied, Self::allowed)).collect();
        self.narrow(&allowed);
        self
    }

    /// Also those that the limits of a caller let through, and those that its Denies of everything else leave
    pub(super) fn limited_by(mut self, entity: &'a Entity) -> Self {
        let own = std::iter::once(entity.identity.as_slice());
        for applied in self.view.limits(entity) {
            let allowed = self.named(applied, Self::allowed);
            self.narrow(&allowed);
        }
        for applied in own.chain(self.view.limits(entity)) {
            for left in self.named(applied, Self::left) {
                self.narrow(&[left]);
            }
        }
        self
    }

    /// A name of each form
    pub(super) fn names(self) -> Vec<Text> {
        self.forms.iter().map(instance).collect()
    }

    /// The forms
    pub(super) fn into_forms(self) -> Vec<Text> {
        self.forms
    }

    fn named(
        &self,
        applied: &'a [Applied],
        named: impl Fn(&Self, &'a Statement) -> Option<&'a [Entry]>,
    ) -> Vec<&'a [Entry]> {
        let statements = self.view.documents(applied).flat_map(|policy| &policy.statements);
        statements.filter_map(|statement| named(self, statement)).collect()
    }

    fn allowed<'p>(&self, statement: &'p Statement) -> Option<&'p [Entry]> {
        match &statement.resource {
            Clause::Is(entries) if may_allow(statement, self.actions) => Some(entries),
            Clause::Is(_) | Clause::Not(_) | Clause::Absent => None,
        }
    }

    fn left<'p>(&self, statement: &'p Statement) -> Option<&'p [Entry]> {
        match &statement.resource {
            Clause::Not(entries) if statement.effect == Effect::Deny => Some(entries),
            Clause::Is(_) | Clause::Not(_) | Clause::Absent => None,
        }
    }

    /// Adds where those known meet any of these
    fn narrow(&mut self, lists: &[&[Entry]]) {
        let known = self.forms.len();
        // What names everything narrows nothing.
        let entries = lists.iter().copied().flatten().filter(|entry| entry.text.as_literal() != Some("*"));
        for read in entries.flat_map(|entry| read_by(self.who, &entry.text)) {
            for at in 0..known {
                let Some(form) = self.forms.get(at) else { continue };
                if self.forms.len() < MOST
                    && let Some(met) = met(form, &read)
                    && !self.forms.contains(&met)
                {
                    self.forms.push(met);
                }
            }
        }
    }
}

/// Where two forms meet: ARNs do part by part, for no wildcard of one part takes in the next
fn met(form: &Text, named: &Text) -> Option<Text> {
    let (Some(own), Some(named)) = (Arn::parse(form), Arn::parse(named)) else { return meet(form, named) };
    let arn = Arn {
        service: meet(&own.service, &named.service)?,
        resource: meet(&own.resource, &named.resource)?,
        account: meet(&own.account, &named.account)?,
        region: meet(&own.region, &named.region)?,
        partition: meet(&own.partition, &named.partition)?,
    };
    Some(arn.to_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_stands_for_what_the_caller_is() {
        let ann = Caller::User(Text::from("arn:aws:iam::111122223333:user/ops/ann"));
        let named = |who: &Caller, pattern: &str| {
            let read = read_by(who, &Text::from(pattern));
            read.iter().map(|read| instance(read).to_string()).collect::<Vec<_>>()
        };
        assert_eq!(named(&ann, "home/*.txt"), ["home/x.txt"]);
        assert_eq!(named(&ann, "home/${aws:username}/*"), ["home/${aws:username}/x", "home/ann/x"]);
        let role = Text::from("arn:aws:iam::111122223333:role/etl");
        let session = Caller::Session { role, name: None };
        assert_eq!(named(&session, "home/${aws:username}/*"), ["home/${aws:username}/x"]);
        assert_eq!(named(&session, "${aws:PrincipalTag/team}/*").len(), 2);
    }
}
