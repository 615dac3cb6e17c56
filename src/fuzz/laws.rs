//! The laws: what holds of every policy, pattern and request. Each returns what is wrong.
//!
//! A law that compares decisions looks at verdicts, in the order denied, conditional, allowed. Side conditions are part
//! of the law: where one does not hold, the law says nothing ([`Held::Vacuously`]). A new law of decisions is a function in a
//! file below and a row in its table; `tests/laws.rs` and the fuzz target `decide` then try it.

use crate::aws::pattern::{Fit, Way, fit, meet, overlap};
use crate::eval::context::{Context, KeyValue};
use crate::eval::decide::{Layer, Verdict, decide};
use crate::eval::request::{Applicable, Attached, Document, Home, Request};
use crate::eval::variables::{Live, Values, fill, has_variables};
use crate::fuzz::reference::{self, Answer};
use crate::load::terraform::syntax::parts;
use crate::load::{self, Loaded, Options};
use crate::policy::{Condition, Policy, Statement, parse, print};
use crate::text::Text;

mod conditions;
mod layers;
mod names;
mod statements;
mod unknown;

/// What a law of decisions is tried on
#[derive(Clone, Debug)]
pub struct Draw {
    /// The policies that apply
    pub policies: Policies,
    /// The request
    pub request: Request,
    /// A statement that is in none of them
    pub statement: Statement,
    /// Values for keys
    pub values: Vec<KeyValue>,
    /// Picks what a law changes
    pub number: usize,
}

/// A law of decisions
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// Its name
    pub id: &'static str,
    /// What it says
    pub says: &'static str,
    /// Of which draws it says so
    pub of: Of,
    /// Tries it
    pub check: fn(&Draw) -> Result<Held, String>,
}

/// Of which draws a law speaks
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Of all
    All,
    /// Of those where everything is known
    Known,
}

/// How a law held
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It was in point
    InPoint,
    /// Its side condition does not hold here
    Vacuously,
}

/// Every law of decisions
pub fn laws() -> impl Iterator<Item = &'static Law> {
    [statements::LAWS, conditions::LAWS, layers::LAWS, names::LAWS, unknown::LAWS].into_iter().flatten()
}

/// A statement that is wrong: a harness under which it holds sees nothing
pub static CONTROL: Law = Law {
    id: "M08",
    says: "a list of NotAction may be split into statements",
    of: Of::Known,
    check: statements::split_not_action,
};

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
            home: Home::ByAccount,
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

    /// The same with one of the statements that are wanted replaced by others; `None` where none is wanted
    fn replaced(
        &self,
        number: usize,
        wanted: impl Fn(&Statement) -> bool,
        by: impl Fn(&Statement) -> Vec<Statement>,
    ) -> Option<Self> {
        let places: Vec<(usize, usize)> = self
            .documents()
            .enumerate()
            .flat_map(|(document, policy)| (0..policy.statements.len()).map(move |at| (document, at, policy)))
            .filter(|(_, at, policy)| policy.statements.get(*at).is_some_and(&wanted))
            .map(|(document, at, _)| (document, at))
            .collect();
        let (document, at) = *places.get(number.checked_rem(places.len())?)?;
        let mut policies = self.clone();
        let policy = policies.documents_mut().nth(document)?;
        let others = by(policy.statements.get(at)?);
        policy.statements.splice(at..=at, others);
        Some(policies)
    }

    /// The same with every statement changed
    fn each(&self, change: impl Fn(&mut Statement)) -> Self {
        let mut policies = self.clone();
        policies.documents_mut().flat_map(|policy| &mut policy.statements).for_each(change);
        policies
    }

    /// Every document with its layer, as a request to this service meets it
    fn by_layer(&self, request: &Request) -> Vec<(Layer, &Policy)> {
        let resource = match request.action.service().to_ascii_lowercase().as_str() {
            "sts" => Layer::Trust,
            "kms" => Layer::Key,
            _ => Layer::Resource,
        };
        let flat = [
            (Layer::Identity, &self.identity),
            (resource, &self.resource),
            (Layer::Boundary, &self.boundary),
            (Layer::Session, &self.session),
            (Layer::Endpoint, &self.endpoint),
        ];
        let levels = self.scps.iter().map(|level| (Layer::Scp, level));
        let levels = levels.chain(self.rcps.iter().map(|level| (Layer::Rcp, level)));
        flat.into_iter()
            .chain(levels)
            .flat_map(|(layer, list)| list.iter().map(move |policy| (layer, policy)))
            .collect()
    }

    /// Every document that is there
    pub fn documents(&self) -> impl Iterator<Item = &Policy> {
        let levels = self.scps.iter().chain(&self.rcps).flatten();
        let Self { identity, resource, boundary, session, endpoint, .. } = self;
        [identity, resource, boundary, session, endpoint].into_iter().flatten().chain(levels)
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

/// Denied, conditional, allowed: whether the second lets at least as much through
fn grows(one: &Policies, other: &Policies, request: &Request) -> Result<Held, String> {
    let (before, after) = (one.verdict(request), other.verdict(request));
    if rank(after) >= rank(before) { Ok(Held::InPoint) } else { Err(format!("{before:?} became {after:?}")) }
}

/// Whether the second lets at most as much through
fn shrinks(one: &Policies, other: &Policies, request: &Request) -> Result<Held, String> {
    grows(other, one, request)
        .map_err(|_| format!("{:?} became {:?}", one.verdict(request), other.verdict(request)))
}

fn same(one: &Policies, other: &Policies, request: &Request) -> Result<Held, String> {
    let (before, after) = (one.verdict(request), other.verdict(request));
    if before == after { Ok(Held::InPoint) } else { Err(format!("{before:?} became {after:?}")) }
}

impl From<&Applicable<'_>> for Policies {
    /// The documents that are there
    fn from(applicable: &Applicable<'_>) -> Self {
        let known = |list: &Vec<Attached<'_>>| {
            let document = |one: &Attached<'_>| match one.document {
                Document::Known(policy) => Some(policy.clone()),
                Document::Missing(_) => None,
            };
            list.iter().filter_map(document).collect::<Vec<_>>()
        };
        Self {
            identity: known(&applicable.identity),
            resource: known(&applicable.resource),
            boundary: known(&applicable.boundary),
            session: known(&applicable.session),
            scps: applicable.scps.iter().map(known).collect(),
            rcps: applicable.rcps.iter().map(known).collect(),
            endpoint: known(&applicable.endpoint),
        }
    }
}

/// A law of one condition and what is known of its key
pub type LawOfConditions = fn(&Condition, &KeyValue) -> Result<(), String>;

/// Every law of one condition
pub fn laws_of_conditions() -> impl Iterator<Item = LawOfConditions> {
    conditions::OF_ONE.iter().copied()
}

/// What is filled in for a variable stands for itself, and what is no live variable stays as it was
///
/// # Errors
/// What became of the text
pub fn variables_stand_for_themselves(text: &Text, live: Live, context: &Context) -> Result<(), String> {
    let filled = fill(text, live, |key| context.listed(key).cloned().unwrap_or(KeyValue::Absent));
    let wrong = |what: &str| Err(format!("{text} {what}: {filled:?}"));
    if (live == Live::Nowhere || !has_variables(text))
        && (filled.text != *text || filled.values != Values::Present)
    {
        return wrong("has no variable and changed");
    }
    // Wildcards fit themselves, and what was filled in fits nothing else.
    let literal = filled.text.as_literal().is_some() && filled.values == Values::Present;
    if literal && filled.pattern.fit(&filled.text, Way::Like) != Fit::Yes {
        return wrong("does not fit itself");
    }
    Ok(())
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

/// Two patterns meet where they surely have a text in common, and, without holes, only in what both fit
///
/// # Errors
/// Where they meet, and what does not fit
pub fn patterns_meet_in_what_both_fit(own: &Text, other: &Text) -> Result<(), String> {
    let (met, shared) = (meet(own, other), overlap(own, other));
    let plain = own.as_literal().is_some() && other.as_literal().is_some();
    if plain && met.is_some() != (shared == Fit::Yes) || met.is_none() && shared == Fit::Yes {
        return Err(format!("{own} and {other} meet in {met:?}, and have a text in common: {shared:?}"));
    }
    let Some(met) = met else { return Ok(()) };
    for (run, one) in [("", "a"), ("b", "b"), ("/:", "?")] {
        let Some(text) = met.as_literal().filter(|_| plain) else { break };
        let instance = Text::from(text.replace('*', run).replace('?', one));
        if [own, other].iter().any(|pattern| fit(pattern, &instance, Way::Like) != Fit::Yes) {
            return Err(format!("{own} and {other} meet in {met}, and do not both fit {instance}"));
        }
    }
    Ok(())
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
            // A path that begins with a slash is in another folder than one without.
            let (folder, slash, name) =
                path.rsplit_once('/').map_or(("", "", *path), |(folder, name)| (folder, "/", name));
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
    all.extend(pieces.buckets.blocks.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.buckets.ownership.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.buckets.lists.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.organization.members.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.organization.policies.iter().map(|one| format!("{one:?}")));
    all.extend(pieces.organization.attached.iter().map(|one| format!("{one:?}")));
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
