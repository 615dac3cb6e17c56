//! A quick and certain no: which requests no policy of the caller or of the resource could allow.
//!
//! Most pairs of a caller and a resource have nothing to do with each other. What is left out here would have been
//! an implicit deny: no Allow of the caller's documents begins as the resource does, and the resource's own documents
//! name others. Everything that is not certain is asked. Must not know: what the evaluator answers.

use crate::aws::pattern::{Fit, Way, at_once, fit};
use crate::eval::request::Caller;
use crate::policy::{Clause, Effect, Entry, Policy, PrincipalKind, Principals, Statement};
use crate::text::Text;
use crate::world::data::{self, On};
use crate::world::ends::fixed;
use crate::world::kind::Kind;
use crate::world::view::View;
use crate::world::{Applied, Entity};

/// What a caller's identity policies may open to some actions
#[derive(Debug)]
pub struct Opening<'p> {
    /// How resource patterns of Allow statements begin; an empty one fits everything
    starts: Vec<Start<'p>>,
}

/// How a pattern begins
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Start<'p> {
    /// The characters before the first wildcard, variable or hole
    fixed: &'p str,
    /// Whether that is all of it
    rest: Rest,
}

/// What stands behind the fixed characters
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    /// Nothing
    Nothing,
    /// Something that is not known here
    Something,
}

impl<'p> Opening<'p> {
    /// What the identity policies of an entity may open to these actions
    #[must_use]
    pub fn of(view: &'p View<'_>, entity: &'p Entity, actions: &[&str]) -> Self {
        let mut starts = Vec::new();
        let everything = Start { fixed: "", rest: Rest::Something };
        let on = |is_it: fn(On) -> bool| -> Vec<&str> {
            let is_one = |action: &&&str| data::access(action).is_some_and(|(_, access)| is_it(access.on));
            actions.iter().filter(is_one).copied().collect()
        };
        // A call may name what the resource stands below, or a user, whose ARN is another.
        let (above, of_user) = (on(|on| matches!(on, On::Above(_))), on(|on| matches!(on, On::User(_))));
        for applied in &entity.identity {
            let Ok(id) = &applied.document else {
                starts.push(everything);
                continue;
            };
            for statement in view.policy(*id).statements.iter().filter(|one| may_allow(one, actions)) {
                if may_allow(statement, &of_user) {
                    starts.push(everything);
                } else if may_allow(statement, &above) {
                    let open = |start: Start<'p>| Start { rest: Rest::Something, ..start };
                    starts.extend(resources(statement).into_iter().map(open));
                } else {
                    starts.extend(resources(statement));
                }
            }
        }
        starts.sort();
        starts.dedup();
        if starts.first().is_some_and(|start| start.fixed.is_empty()) {
            starts.truncate(1);
        }
        Self { starts }
    }

    /// Whether it opens nothing at all
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.starts.is_empty()
    }

    /// Entities of a kind, and patterns of their names, that it may open
    fn ends<'w>(&self, view: &View<'w>, kind: Kind) -> impl Iterator<Item = &'w Entity> {
        let world = view.world;
        let begin = move |start: &Start<'p>| world.beginning(kind, start.fixed);
        self.starts.iter().flat_map(begin).filter(|end| self.may_cover(end.arn.as_ref()))
    }

    /// Whether it may open the resource of this ARN, or something inside of it
    #[must_use]
    pub fn may_cover(&self, arn: Option<&Text>) -> bool {
        let Some(arn) = arn else { return !self.is_nothing() };
        let own = fixed(arn);
        self.starts.iter().any(|start| {
            let shared = start.fixed.len().min(own.len());
            let (theirs, ours) = (start.fixed.as_bytes().get(..shared), own.as_bytes().get(..shared));
            // A pattern that ends before the ARN does fits only what is shorter, unless it is short of parts.
            let ends_early = start.rest == Rest::Nothing && start.fixed.len() < own.len();
            theirs == ours && (!ends_early || is_short(start.fixed))
        })
    }
}

/// Entities of a kind, and patterns of their names, that a caller may get at: what its own policies may open, and what
/// carries documents that may name it; in their order, and no others than the view is asked about
#[must_use]
pub fn ends<'w>(view: &View<'w>, kind: Kind, opening: &Opening<'_>, who: &Caller) -> Vec<&'w Entity> {
    let mut ends = all_ends(view, kind, opening, who);
    ends.retain(|end| view.is_end(end.id));
    ends
}

/// The same, also where the view is not asked about them
#[must_use]
pub fn all_ends<'w>(view: &View<'w>, kind: Kind, opening: &Opening<'_>, who: &Caller) -> Vec<&'w Entity> {
    let admits = |documents| admission(view, documents, who) != Admission::Nothing;
    let hosts = view.world.hosts(kind).filter(|end| admits(&end.resource) || admits(&end.grants));
    in_order(opening.ends(view, kind).chain(hosts))
}

/// Entities of a kind, and patterns of their names, that a caller's own policies may open; in their order, and no others
/// than the view is asked about
#[must_use]
pub fn opened<'w>(view: &View<'w>, kind: Kind, opening: &Opening<'_>) -> Vec<&'w Entity> {
    in_order(opening.ends(view, kind).filter(|end| view.is_end(end.id)))
}

fn in_order<'w>(ends: impl Iterator<Item = &'w Entity>) -> Vec<&'w Entity> {
    let mut ends: Vec<_> = ends.collect();
    ends.sort_unstable_by_key(|end| end.id);
    ends.dedup_by_key(|end| end.id);
    ends
}

/// Whether a pattern has fewer than the six parts of an ARN, so that it may be read as going on
fn is_short(pattern: &str) -> bool {
    pattern.bytes().filter(|byte| *byte == b':').count() < 5
}

/// Whether a statement may allow one of these actions on something
#[must_use]
pub fn may_allow(statement: &Statement, actions: &[&str]) -> bool {
    let fits = |entry: &Entry, action: &str| match at_once(&entry.text, action, Way::LikeIgnoringCase) {
        Some(true) => Fit::Yes,
        Some(false) => Fit::No,
        None => fit(&entry.text, &Text::from(action), Way::LikeIgnoringCase),
    };
    let may = |action: &&str| match &statement.action {
        Clause::Is(entries) => entries.iter().any(|entry| fits(entry, action) != Fit::No),
        Clause::Not(entries) => !entries.iter().any(|entry| fits(entry, action) == Fit::Yes),
        Clause::Absent => true,
    };
    statement.effect != Effect::Deny && actions.iter().any(may)
}

fn resources(statement: &Statement) -> Vec<Start<'_>> {
    match &statement.resource {
        Clause::Is(entries) => entries.iter().map(|entry| start(&entry.text)).collect(),
        Clause::Not(_) | Clause::Absent => vec![Start { fixed: "", rest: Rest::Something }],
    }
}

fn start(text: &Text) -> Start<'_> {
    let fixed = fixed(text);
    let is_all = text.is_empty() || text.as_literal().is_some_and(|all| all.len() == fixed.len());
    Start { fixed, rest: if is_all { Rest::Nothing } else { Rest::Something } }
}

/// What a resource's own documents may say for a caller
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admission {
    /// They name others
    Nothing,
    /// They name an account: its identity policies decide \[reference_policies_elements_principal\]
    ByAccount,
    /// They may name the caller, or are not known
    Perhaps,
}

/// What the documents of a resource policy or a trust policy may say for a caller
#[must_use]
pub fn admission(view: &View<'_>, documents: &[Applied], who: &Caller) -> Admission {
    let one = |applied: &Applied| match &applied.document {
        Err(_) => Admission::Perhaps,
        Ok(id) => of_document(view.policy(*id), who),
    };
    documents.iter().map(one).max().unwrap_or(Admission::Nothing)
}

fn of_document(policy: &Policy, who: &Caller) -> Admission {
    let allows = policy.statements.iter().filter(|statement| statement.effect != Effect::Deny);
    let one = |statement: &Statement| match &statement.principal {
        Clause::Absent | Clause::Not(_) | Clause::Is(Principals::Everyone(_)) => Admission::Perhaps,
        Clause::Is(Principals::Listed(list)) => {
            let named = list.iter().map(|named| match &named.kind {
                PrincipalKind::Service if !who.is_service() => Admission::Nothing,
                PrincipalKind::Federated if !matches!(who, Caller::Federated(_)) => Admission::Nothing,
                PrincipalKind::Aws => by_aws(&named.text, who),
                PrincipalKind::Service
                | PrincipalKind::Federated
                | PrincipalKind::CanonicalUser
                | PrincipalKind::Unknown(_) => Admission::Perhaps,
            });
            named.max().unwrap_or(Admission::Nothing)
        }
    };
    allows.map(one).max().unwrap_or(Admission::Nothing)
}

/// An entry of the `AWS` list: an account by number or root ARN, or a user or role other than the caller
fn by_aws(named: &Text, who: &Caller) -> Admission {
    let Some(named) = named.as_literal() else { return Admission::Perhaps };
    let is_account = named.len() == 12 && named.bytes().all(|byte| byte.is_ascii_digit());
    if is_account || (named.starts_with("arn:") && named.ends_with(":root")) {
        return Admission::ByAccount;
    }
    let (Caller::User(own) | Caller::Session { role: own, .. }) = who else { return Admission::Perhaps };
    let last = |arn: &str| arn.rsplit_once('/').map(|(_, name)| name.to_owned());
    let is_iam = named.contains(":role/") || named.contains(":user/");
    match (own.as_literal().and_then(last), last(named)) {
        (Some(own), Some(named)) if is_iam && own != named => Admission::Nothing,
        (_, _) => Admission::Perhaps,
    }
}
