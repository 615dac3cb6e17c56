//! One statement of a policy against a request: whether it matches, and how it names the caller.
//!
//! Knows: the elements of a statement and their negated sisters. Must not know: layers, or what a match decides.

use crate::aws::pattern::{Fit, Way, at_once, fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::condition::{self, Keys};
use crate::eval::context::KeyValue;
use crate::eval::decide::{Layer, Match};
use crate::eval::listed::{self, ActsOn, Listed};
use crate::eval::principal::{is_exempt, namings};
use crate::eval::request::Request;
use crate::eval::truth::{Choice, Residual, Truth};
use crate::eval::variables::{Live, Values, fill, has_variables};
use crate::eval::{choices, derive};
use crate::policy::{Clause, Effect, Entry, Policy, Statement, Version};
use crate::source::Span;
use crate::text::Text;

pub mod nearest;

/// A statement that matches, or may match
#[derive(Clone, Debug)]
pub struct Matched {
    /// Whether it does
    pub truth: Truth,
    /// How exactly it names the caller; `None` where the layer names nobody
    pub level: Option<Match>,
    /// Whether a condition of it names the caller's ARN
    pub names_principal_arn: NamesPrincipalArn,
}

/// Whether a statement has a condition on `aws:PrincipalArn`: with `*` as principal it then grants to the very
/// caller \[reference_policies_elements_principal\]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesPrincipalArn {
    /// It has
    Yes,
    /// It has not
    No,
}

/// What a layer's documents say of principals
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// Whom they apply to: resource, trust and key policies
    Callers,
    /// Whom they apply to; without the element: everyone
    CallersIfWritten,
    /// Nobody: they hang on the caller
    Nobody,
}

fn names(layer: Layer) -> Names {
    match layer {
        Layer::Resource | Layer::Trust | Layer::Key | Layer::Grant => Names::Callers,
        Layer::Rcp | Layer::Endpoint => Names::CallersIfWritten,
        Layer::Scp | Layer::Identity | Layer::Boundary | Layer::Session => Names::Nobody,
    }
}

/// What a statement sees of a request
struct Sight<'r> {
    request: &'r Request,
    layer: Layer,
}

impl Keys for Sight<'_> {
    fn value(&self, key: &str) -> KeyValue {
        // "You cannot use [it] in resource-based policies" \[permissions-source-function-arn\].
        let by_resource = matches!(self.layer, Layer::Resource | Layer::Trust | Layer::Key | Layer::Rcp);
        if by_resource && key.eq_ignore_ascii_case("lambda:SourceFunctionArn") {
            return KeyValue::Absent;
        }
        derive::value(self.request, key)
    }

    fn choice(&self, key: &str) -> Choice {
        choices::choice(key)
    }

    fn is_multivalued(&self, key: &str) -> bool {
        listed::is_multivalued(&self.request.action, key)
    }

    fn not_confirmed(&self, key: &str) -> Option<String> {
        let action = &self.request.action;
        match listed::key(self.request, key) {
            Listed::Yes => None,
            Listed::NotConfirmed => {
                let date = listed::date();
                Some(format!("whether {action} carries {key}, which the tables of {date} do not list for it"))
            }
        }
    }
}

/// Whether a document's variables are live; `None` where that is not known
fn live(version: &Version) -> Option<Live> {
    match version {
        Version::V2012 => Some(Live::Everywhere),
        Version::V2008 { .. } => Some(Live::Nowhere),
        Version::Unknown(_) => None,
    }
}

/// Every way in which a statement matches the request; none where it surely does not
///
/// A statement that names the caller at several levels gives one match for each.
#[must_use]
pub fn matches(
    policy: &Policy,
    statement: &Statement,
    layer: Layer,
    request: &Request,
    bounded: Bounded,
) -> Vec<Matched> {
    let body = body(policy, statement, layer, request);
    if body.is_false() {
        return Vec::new();
    }
    let arn_key = |condition: &crate::policy::Condition| {
        condition.key.as_literal().is_some_and(|key| key.eq_ignore_ascii_case("aws:PrincipalArn"))
    };
    let names_principal_arn =
        if statement.condition.iter().any(arn_key) { NamesPrincipalArn::Yes } else { NamesPrincipalArn::No };
    let mut out: Vec<Matched> = Vec::new();
    for (named, level) in principal(statement, layer, request, bounded) {
        let truth = named.and(body.clone());
        if !truth.is_false() {
            out.push(Matched { truth, level, names_principal_arn });
        }
    }
    out
}

/// Whether the caller has a permissions boundary: `NotPrincipal` then never exempts it
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounded {
    /// It has one
    Yes,
    /// It has none
    No,
}

fn principal(
    statement: &Statement,
    layer: Layer,
    request: &Request,
    bounded: Bounded,
) -> Vec<(Truth, Option<Match>)> {
    let not_understood = |what: &str| Truth::cause(CauseKind::NotModelled, what, statement.span);
    match (names(layer), &statement.principal) {
        (Names::Nobody, Clause::Absent) | (Names::CallersIfWritten, Clause::Absent) => {
            vec![(Truth::True, None)]
        }
        (Names::Nobody, Clause::Is(_) | Clause::Not(_)) => {
            vec![(not_understood("a principal in a policy that hangs on one"), None)]
        }
        (Names::Callers, Clause::Absent) => {
            vec![(
                not_understood("a statement of a resource policy without a principal"),
                Some(Match::Direct),
            )]
        }
        (_, Clause::Is(principals)) => namings(principals, &request.caller)
            .into_iter()
            .map(|naming| (naming.truth, Some(naming.level)))
            .collect(),
        (_, Clause::Not(principals)) => {
            let exempt = is_exempt(principals, &request.caller, statement.span);
            match statement.effect {
                // "Always denied" with a boundary \[reference_policies_elements_notprincipal\].
                Effect::Deny if bounded == Bounded::Yes => vec![(Truth::True, None)],
                Effect::Deny => vec![(exempt.not(), None)],
                Effect::Allow | Effect::Unknown(_) => {
                    let what = "NotPrincipal with Allow, which AWS does not support";
                    let truth = Truth::cause(CauseKind::NotConfirmed, what, statement.span);
                    vec![(truth.and(exempt.not()), Some(Match::Direct))]
                }
            }
        }
    }
}

/// Action, resource, conditions and what was not understood
fn body(policy: &Policy, statement: &Statement, layer: Layer, request: &Request) -> Truth {
    let action = action(statement, request);
    if action.is_false() {
        return Truth::False;
    }
    let sight = Sight { request, layer };
    let with = |live: Live| {
        let resource = resource(statement, layer, request, &sight, live);
        if resource.is_false() {
            return Truth::False;
        }
        let conditions = statement.condition.iter().map(|one| condition::holds(one, &sight, live));
        Truth::all(std::iter::once(resource).chain(conditions))
    };
    let rest = match live(&policy.version) {
        Some(live) => with(live),
        None if !uses_variables(statement) => with(Live::Nowhere),
        None => {
            let (filled, literal) = (with(Live::Everywhere), with(Live::Nowhere));
            if filled == literal {
                filled
            } else {
                let what = "the policy's Version, which decides whether variables are filled in";
                Truth::cause(CauseKind::NotModelled, what, policy.span)
            }
        }
    };
    let unread = statement.unread.iter().map(|unread| match &unread.hole {
        Some(hole) => Truth::cause(CauseKind::Hole, hole.name(), unread.span),
        None => Truth::cause(CauseKind::NotModelled, &unread.what, unread.span),
    });
    Truth::all([action, rest].into_iter().chain(unread))
}

fn uses_variables(statement: &Statement) -> bool {
    let (Clause::Is(resources) | Clause::Not(resources)) = &statement.resource else { return true };
    let values = statement.condition.iter().flat_map(|condition| &condition.values);
    resources.iter().chain(values).any(|entry| has_variables(&entry.text))
}

fn action(statement: &Statement, request: &Request) -> Truth {
    let called = request.action.as_str();
    let fits = |entry: &Entry| match at_once(&entry.text, called, Way::LikeIgnoringCase) {
        Some(fits) => Truth::of(fits),
        None => {
            let called = Text::from(called);
            Truth::of_fit(fit(&entry.text, &called, Way::LikeIgnoringCase), &called, entry.span)
        }
    };
    let some = |entries: &[Entry]| Truth::any(entries.iter().map(fits));
    match &statement.action {
        Clause::Is(entries) => some(entries),
        Clause::Not(entries) => some(entries).not(),
        Clause::Absent => Truth::cause(CauseKind::NotModelled, "a statement without actions", statement.span),
    }
}

fn resource(statement: &Statement, layer: Layer, request: &Request, sight: &Sight<'_>, live: Live) -> Truth {
    let live = if live == Live::Everywhere { Live::BehindFifthColon } else { live };
    let entry = |entry: &Entry| {
        if entry.text.as_literal() == Some("*") {
            return Truth::True;
        }
        if live == Live::Nowhere || !has_variables(&entry.text) {
            return acts_on(request, entry.span, |text| fit(&entry.text, text, Way::Resource));
        }
        let filled = fill(&entry.text, live, |key| sight.value(key));
        let fits = || acts_on(request, entry.span, |text| filled.pattern.fit(text, Way::Resource));
        match &filled.values {
            Values::Present => fits(),
            Values::Missing(_) => Truth::False,
            Values::Unknown(key) => match fits() {
                Truth::False => Truth::False,
                Truth::True | Truth::Depends(_) => Truth::cause(CauseKind::ContextKey, key, entry.span),
            },
            Values::Several(key) => several(key, entry.span),
        }
    };
    match &statement.resource {
        Clause::Is(entries) => Truth::any(entries.iter().map(entry)),
        Clause::Not(entries) => {
            let missed = Truth::any(entries.iter().map(entry)).not();
            // No page says what an entry without a value does here; one with an unknown value may have none.
            let values = |one: &Entry| fill(&one.text, live, |key| sight.value(key)).values;
            let doubt = |one: &Entry| match values(one) {
                Values::Present | Values::Several(_) => None,
                Values::Missing(_) => {
                    let what = "NotResource with a policy variable that has no value";
                    Some(Truth::cause(CauseKind::NotConfirmed, what, one.span))
                }
                Values::Unknown(key) => Some(Truth::cause(CauseKind::ContextKey, key, one.span)),
            };
            Truth::all(std::iter::once(missed).chain(entries.iter().filter_map(doubt)))
        }
        Clause::Absent if matches!(layer, Layer::Resource | Layer::Trust | Layer::Key) => Truth::True,
        Clause::Absent => {
            Truth::cause(CauseKind::NotModelled, "a statement without resources", statement.span)
        }
    }
}

/// Whether a resource pattern fits what the request is about: its ARN, or `*` where the action acts on nothing less
fn acts_on(request: &Request, span: Span, pattern: impl Fn(&Text) -> Fit) -> Truth {
    let fits = |text: &Text| Truth::of_fit(pattern(text), text, span);
    let on_everything = || fits(&Text::from("*"));
    let on_arn = fits(&request.resource);
    if request.resource.as_literal() == Some("*") {
        return on_arn;
    }
    match listed::acts_on(&request.action) {
        ActsOn::Resource => on_arn,
        ActsOn::Everything => on_everything(),
        ActsOn::NotConfirmed => {
            let on_everything = on_everything();
            if on_arn == on_everything {
                return on_arn;
            }
            let (action, date) = (&request.action, listed::date());
            let what = format!("on what {action} acts, which the tables of {date} do not say");
            let acts = Truth::cause(CauseKind::NotConfirmed, what, span);
            acts.clone().and(on_arn).or(acts.not().and(on_everything))
        }
    }
}

fn several(key: &str, span: Span) -> Truth {
    let what = format!("a policy variable on the multivalued key {key}");
    Truth::Depends(Residual::Cause(Cause::at(CauseKind::NotConfirmed, what, span)))
}
