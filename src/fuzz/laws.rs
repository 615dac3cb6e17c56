//! The laws: what holds of every policy, pattern and request. Each returns what is wrong.
//!
//! A law that compares decisions looks at verdicts, in the order denied, conditional, allowed. Side conditions are part
//! of the law. A new law is a function here and three lines in `tests/laws.rs`.

use crate::aws::pattern::{Fit, Way, fit};
use crate::eval::decide::{Verdict, decide};
use crate::eval::request::{Applicable, Attached, Document, Request};
use crate::fuzz::reference::{self, Answer};
use crate::load::terraform::syntax::parts;
use crate::load::{self, Loaded, Options};
use crate::policy::{Effect, Policy, Statement, parse, print};
use crate::text::Text;

/// The policies that apply to a request, owned
#[derive(Clone, Debug)]
pub struct Policies {
    /// Identity policies
    pub identity: Vec<Policy>,
    /// The resource's policy
    pub resource: Vec<Policy>,
    /// The permissions boundary
    pub boundary: Vec<Policy>,
    /// Session policies
    pub session: Vec<Policy>,
    /// Service control policies, by level
    pub scps: Vec<Vec<Policy>>,
    /// Resource control policies, by level
    pub rcps: Vec<Vec<Policy>>,
    /// Policies of the VPC endpoint
    pub endpoint: Vec<Policy>,
}

impl Policies {
    /// The same as the evaluator takes them
    #[must_use]
    pub fn applicable(&self) -> Applicable<'_> {
        Applicable {
            identity: attached(&self.identity),
            resource: attached(&self.resource),
            grants: Vec::new(),
            boundary: attached(&self.boundary),
            session: attached(&self.session),
            scps: self.scps.iter().map(|level| attached(level)).collect(),
            rcps: self.rcps.iter().map(|level| attached(level)).collect(),
            endpoint: attached(&self.endpoint),
        }
    }

    /// Every document that is there
    pub fn documents_mut(&mut self) -> impl Iterator<Item = &mut Policy> {
        let levels = self.scps.iter_mut().chain(&mut self.rcps).flatten();
        let Self { identity, resource, boundary, session, endpoint, .. } = self;
        [identity, resource, boundary, session, endpoint].into_iter().flatten().chain(levels)
    }

    fn verdict(&self, request: &Request) -> Verdict {
        decide(&self.applicable(), request).verdict
    }

    /// The same with a statement at the end of one document; nothing where there is no document
    fn with(&self, statement: &Statement, effect: Effect, document: usize) -> Option<Self> {
        let mut policies = self.clone();
        let count = policies.documents_mut().count();
        let into = policies.documents_mut().nth(document.checked_rem(count)?)?;
        let index = into.statements.len();
        into.statements.push(Statement { index, effect, ..statement.clone() });
        Some(policies)
    }
}

fn attached(policies: &[Policy]) -> Vec<Attached<'_>> {
    let attached = |policy| Attached { name: "policy", document: Document::Known(policy), doubts: &[] };
    policies.iter().map(attached).collect()
}

/// Denied, conditional, allowed
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => 0,
        Verdict::Conditional => 1,
        Verdict::Allowed => 2,
    }
}

/// Parsing what is printed gives the policy again
///
/// # Errors
/// What came back instead
pub fn print_then_parse(policy: &Policy) -> Result<(), String> {
    let (again, _) = parse::policy(&print::policy(policy));
    if again.same_as(policy) { Ok(()) } else { Err(format!("{policy:#?}\ncomes back as\n{again:#?}")) }
}

/// A pattern says Yes only where every filling of the holes fits, No only where none does, and is sure without holes
///
/// # Errors
/// What the pattern says, and what the fillings say
pub fn pattern_is_right(pattern: &Text, text: &Text, way: Way) -> Result<(), String> {
    let Some(answers) = reference::answers(pattern, text, way) else { return Ok(()) };
    let says = fit(pattern, text, way);
    let plain = pattern.as_literal().is_some() && text.as_literal().is_some();
    let only = |answer: Answer| answers.iter().all(|given| *given == answer);
    let right = match says {
        Fit::Yes => only(Answer::Yes),
        Fit::No => only(Answer::No),
        Fit::Depends(_) => !plain || only(Answer::Open),
    };
    if right {
        Ok(())
    } else {
        Err(format!("{way:?}: {pattern} for {text} is {says:?}, fillings give {answers:?}"))
    }
}

/// Adding a Deny never lets more through
///
/// # Errors
/// Both verdicts
pub fn a_deny_opens_nothing(
    policies: &Policies,
    request: &Request,
    statement: &Statement,
    document: usize,
) -> Result<(), String> {
    let Some(more) = policies.with(statement, Effect::Deny, document) else { return Ok(()) };
    let (before, after) = (policies.verdict(request), more.verdict(request));
    if rank(after) <= rank(before) { Ok(()) } else { Err(format!("{before:?} became {after:?}")) }
}

/// Adding an Allow never lets less through
///
/// # Errors
/// Both verdicts
pub fn an_allow_closes_nothing(
    policies: &Policies,
    request: &Request,
    statement: &Statement,
    document: usize,
) -> Result<(), String> {
    let Some(more) = policies.with(statement, Effect::Allow, document) else { return Ok(()) };
    let (before, after) = (policies.verdict(request), more.verdict(request));
    if rank(after) >= rank(before) { Ok(()) } else { Err(format!("{before:?} became {after:?}")) }
}

/// The order of statements does not matter
///
/// # Errors
/// Both verdicts
pub fn order_does_not_matter(policies: &Policies, request: &Request) -> Result<(), String> {
    let mut turned = policies.clone();
    turned.documents_mut().for_each(|policy| policy.statements.reverse());
    same(policies, &turned, request)
}

/// Writing every statement twice does not matter
///
/// # Errors
/// Both verdicts
pub fn repetition_does_not_matter(policies: &Policies, request: &Request) -> Result<(), String> {
    let mut twice = policies.clone();
    twice.documents_mut().for_each(|policy| policy.statements.extend_from_within(..));
    same(policies, &twice, request)
}

fn same(one: &Policies, other: &Policies, request: &Request) -> Result<(), String> {
    let (before, after) = (one.verdict(request), other.verdict(request));
    if before == after { Ok(()) } else { Err(format!("{before:?} became {after:?}")) }
}

/// A configuration says the same whatever its files are called and in whatever order their blocks stand
///
/// # Errors
/// Where it does not: the first thing that only one of both says
pub fn order_of_files_and_blocks_does_not_matter(texts: &[(&str, &str)]) -> Result<(), String> {
    let options = Options::default();
    let other: Vec<(String, String)> = texts
        .iter()
        .enumerate()
        .map(|(at, (path, text))| {
            if !path.ends_with(".tf") || path.ends_with("override.tf") {
                return ((*path).to_owned(), (*text).to_owned());
            }
            let (folder, name) = path.rsplit_once('/').map_or(("", *path), |(folder, name)| (folder, name));
            let slash = if folder.is_empty() { "" } else { "/" };
            let name = format!("{folder}{slash}f{:04}-{name}", texts.len() - at);
            // The last part may lack its line break.
            let parts = parts(text).into_iter().rev().map(|part| format!("{part}\n"));
            (name, parts.collect())
        })
        .collect();
    let other: Vec<(&str, &str)> = other.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (one, other) = (gist(&load::embedded(texts, &options)), gist(&load::embedded(&other, &options)));
    match one.iter().zip(&other).find(|(one, other)| one != other) {
        Some((one, other)) => Err(format!("order matters:\n{one}\n{other}")),
        None if one.len() != other.len() => Err("order matters: one says more".to_owned()),
        None => Ok(()),
    }
}

/// What was read, without places, in order
fn gist(loaded: &Loaded) -> Vec<String> {
    let pieces = &loaded.pieces;
    let mut all = Vec::new();
    all.extend(pieces.declared.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.managed.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.attachments.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.memberships.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.wirings.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.accounts.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.absent_modules.iter().map(|one| format!("{one:?}")));
    let mut all: Vec<String> = all.iter().map(|one| without_places(one)).collect();
    all.sort();
    all
}

fn without_places(shown: &str) -> String {
    let mut out = String::new();
    let mut rest = shown;
    while let Some((before, after)) = rest.split_once("Span { file: FileId(") {
        out.push_str(before);
        rest = after.split_once(" }").map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}
