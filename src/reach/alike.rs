//! Requests of one caller that differ in the resource only, where no policy looks at the resource: decided once.
//!
//! An administrator's `*` allows reading one table as it allows reading the next. That holds where the resource has no
//! documents of its own, no organisation limits the accounts, and every statement that may match the action is about
//! `*`; then only owner, partition and region of the resource can matter, since keys follow from them
//! (`eval::derive`). Must not know: what makes an edge.

use std::collections::BTreeMap;

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::policy::{Clause, Entry, Policy, Statement};
use crate::reach::judge::{Judgement, ask};
use crate::text::Text;
use crate::world::Entity;
use crate::world::view::{Question, View};

/// What the resource of a request has that may matter all the same: owner, partition, region
type Place = (Option<Text>, Text, Text);

/// What was decided of one caller
#[derive(Debug)]
pub struct Alike<'v> {
    view: &'v View<'v>,
    caller: Option<&'v Entity>,
    /// By action: whether no statement looks at the resource
    is_blind: BTreeMap<String, Blind>,
    known: BTreeMap<(String, Place), Option<Judgement>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blind {
    Yes,
    No,
}

impl<'v> Alike<'v> {
    /// Nothing yet, of this caller; one without policies of its own is asked each time
    #[must_use]
    pub fn of(view: &'v View<'v>, caller: Option<&'v Entity>) -> Self {
        Self { view, caller, is_blind: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// The view that is asked
    #[must_use]
    pub fn view(&self) -> &'v View<'v> {
        self.view
    }

    /// The judgement of a question, which must be one of this caller
    pub fn ask(&mut self, question: &Question<'_>) -> Option<Judgement> {
        let Some(place) = self.place(question) else { return ask(self.view, question) };
        let key = (question.action.as_str().to_owned(), place);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let judged = ask(self.view, question);
        self.known.insert(key, judged.clone());
        judged
    }

    /// Where the resource is, if nothing else of it matters
    fn place(&mut self, question: &Question<'_>) -> Option<Place> {
        let target = question.on.map(|id| self.view.entity(id))?;
        // A trust policy is about taking the role, and nothing else.
        let is_assume = question.action.service().eq_ignore_ascii_case("sts");
        let own = if is_assume { &target.trust } else { &target.resource };
        let has_documents = !own.is_empty() || !target.grants.is_empty();
        let accounts = [question.caller.account(), target.account.clone()];
        let is_limited = accounts.iter().flatten().any(|account| self.view.world.ceilings(account).is_some());
        if has_documents || is_limited || !question.context.is_empty() {
            return None;
        }
        if self.is_blind(question.action) == Blind::No {
            return None;
        }
        let arn = Arn::parse(&question.resource)?;
        Some((target.account.clone(), arn.partition, arn.region))
    }

    fn is_blind(&mut self, action: &Action) -> Blind {
        let Some(caller) = self.caller else { return Blind::No };
        if let Some(known) = self.is_blind.get(action.as_str()) {
            return *known;
        }
        let called = Text::from(action.as_str());
        let looks = |policy: &Policy| policy.statements.iter().any(|statement| looks(statement, &called));
        let mut documents =
            [&caller.identity, &caller.boundary].into_iter().flat_map(|d| self.view.documents(d));
        let blind = if documents.any(looks) { Blind::No } else { Blind::Yes };
        self.is_blind.insert(action.as_str().to_owned(), blind);
        blind
    }
}

/// Whether a statement that may match the action looks at the resource
fn looks(statement: &Statement, action: &Text) -> bool {
    let fits = |entry: &Entry, wanted: &Fit| fit(&entry.text, action, Way::LikeIgnoringCase) == *wanted;
    let is_about_it = match &statement.action {
        Clause::Is(entries) => !entries.iter().all(|entry| fits(entry, &Fit::No)),
        Clause::Not(entries) => !entries.iter().any(|entry| fits(entry, &Fit::Yes)),
        Clause::Absent => true,
    };
    let is_everything = |entries: &[Entry]| entries.iter().any(|entry| entry.text.as_literal() == Some("*"));
    is_about_it && !matches!(&statement.resource, Clause::Is(entries) if is_everything(entries))
}
