//! Laws of layers: ceilings only limit, the two sides of an account boundary, and what a decision says of its steps.

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::aws::catalogue::Rcp;
use crate::eval::decide::{Layer, Outcome, Verdict, decide};
use crate::eval::listed::{self, ActsOn};
use crate::eval::request::{Caller, Request};
use crate::fuzz::laws::statements::is_allow;
use crate::fuzz::laws::{Draw, Held, Law, Of, Policies, same, shrinks};
use crate::policy::{Clause, Effect, Entry, Named, Policy, PrincipalKind, Principals, Statement, Version};
use crate::source::Span;
use crate::text::Text;

pub(super) static LAWS: &[Law] = &[
    Law { id: "M29", says: "what is allowed, every ceiling allows", of: Of::Known, check: within_ceilings },
    Law {
        id: "M30",
        says: "a ceiling that allows everything limits nothing",
        of: Of::All,
        check: idle_ceiling,
    },
    Law { id: "M31", says: "a ceiling more opens nothing", of: Of::All, check: ceiling_more },
    Law { id: "M32", says: "in one account the resource's policy is enough", of: Of::Known, check: one_side },
    Law { id: "M33", says: "between accounts both sides are needed", of: Of::Known, check: both_sides },
    Law { id: "M36", says: "a qualifier is a resource of its own", of: Of::Known, check: qualifiers },
    Law { id: "M41", says: "the same question has the same answer", of: Of::All, check: determinism },
    Law { id: "L01", says: "services and strangers have no policies", of: Of::All, check: no_credentials },
    Law { id: "L02", says: "an RCP touches its own services only", of: Of::All, check: rcp_services },
];

fn step(policies: &Policies, request: &Request, layer: Layer) -> Option<Outcome> {
    let decision = decide(&policies.applicable(), request);
    decision.steps.iter().find(|step| step.layer == layer).map(|step| step.outcome)
}

fn within_ceilings(draw: &Draw) -> Result<Held, String> {
    if draw.policies.verdict(&draw.request) != Verdict::Allowed {
        return Ok(Held::Vacuously);
    }
    for layer in [Layer::Scp, Layer::Endpoint] {
        let outcome = step(&draw.policies, &draw.request, layer);
        if !matches!(outcome, None | Some(Outcome::Allowed | Outcome::NotReached)) {
            return Err(format!("allowed, and {layer:?} says {outcome:?}"));
        }
    }
    // A Deny of any layer counts, whoever is named.
    let decision = decide(&draw.policies.applicable(), &draw.request);
    match decision.steps.iter().find(|step| step.outcome == Outcome::Denied) {
        Some(step) => Err(format!("allowed, and {:?} denies", step.layer)),
        None => Ok(Held::InPoint),
    }
}

/// A document that allows everything to everyone
fn all(principal: Clause<Principals>) -> Policy {
    let star = || Clause::Is(vec![Entry { text: "*".into(), span: Span::NOWHERE }]);
    let statement = Statement {
        index: 0,
        sid: None,
        effect: Effect::Allow,
        principal,
        action: star(),
        resource: star(),
        condition: Vec::new(),
        unread: Vec::new(),
        span: Span::NOWHERE,
    };
    Policy { version: Version::V2012, id: None, statements: vec![statement], span: Span::NOWHERE }
}

/// The same with a document at a ceiling that had none, or at a level of its own
fn with_ceiling(draw: &Draw, own: &Policy, of_everyone: &Policy) -> Policies {
    let mut policies = draw.policies.clone();
    match draw.number % 5 {
        0 if policies.boundary.is_empty() => policies.boundary.push(own.clone()),
        1 if policies.session.is_empty() => policies.session.push(own.clone()),
        2 if policies.endpoint.is_empty() => policies.endpoint.push(of_everyone.clone()),
        3 => policies.rcps.push(vec![of_everyone.clone()]),
        _ => policies.scps.push(vec![own.clone()]),
    }
    policies
}

fn idle_ceiling(draw: &Draw) -> Result<Held, String> {
    // With a boundary, a Deny with NotPrincipal hits whom it lists, too \[reference_policies_elements_notprincipal\].
    let excepts = |statement: &Statement| matches!(statement.principal, Clause::Not(_));
    if draw.policies.documents().flat_map(|policy| &policy.statements).any(excepts) {
        return Ok(Held::Vacuously);
    }
    let everyone = all(Clause::Is(Principals::Everyone(Span::NOWHERE)));
    same(&draw.policies, &with_ceiling(draw, &all(Clause::Absent), &everyone), &draw.request)
}

fn ceiling_more(draw: &Draw) -> Result<Held, String> {
    let mut own = draw.policies.identity.first().cloned().unwrap_or_else(|| all(Clause::Absent));
    own.statements.retain(is_allow);
    let mut of_everyone = own.clone();
    of_everyone.statements.push(draw.statement.clone());
    shrinks(&draw.policies, &with_ceiling(draw, &own, &of_everyone), &draw.request)
}

/// A resource's policy that grants this request to the very caller
fn naming(request: &Request, resource: &Text, principal: &Text) -> Policy {
    let named = Named { kind: PrincipalKind::Aws, text: principal.clone(), span: Span::NOWHERE };
    let mut policy = all(Clause::Is(Principals::Listed(vec![named])));
    for statement in &mut policy.statements {
        let entry = |text: Text| Clause::Is(vec![Entry { text, span: Span::NOWHERE }]);
        statement.action = entry(Text::from(request.action.as_str()));
        statement.resource = entry(resource.clone());
    }
    policy
}

fn has_two_sides(request: &Request) -> bool {
    !["sts", "kms"].iter().any(|service| request.action.service().eq_ignore_ascii_case(service))
}

fn one_side(draw: &Draw) -> Result<Held, String> {
    let Caller::User(arn) = &draw.request.caller else { return Ok(Held::Vacuously) };
    let home = draw.request.owner.is_none() || draw.request.owner == draw.request.caller.account();
    if !home || !has_two_sides(&draw.request) || draw.request.resource.as_literal() == Some("*") {
        return Ok(Held::Vacuously);
    }
    // Nothing is granted from one partition to another, and a name that is a pattern need not fit itself.
    let partition = |arn: &Text| Arn::parse(arn).map(|arn| arn.partition);
    let plain = |arn: &Text| arn.as_literal().is_some_and(|arn| !arn.contains(['*', '?', '$']));
    if partition(arn) != partition(&draw.request.resource) || !plain(&draw.request.resource) {
        return Ok(Held::Vacuously);
    }
    let mut policies = draw.policies.clone();
    policies.documents_mut().for_each(|policy| policy.statements.retain(is_allow));
    // Acts on everything or on nobody knows what: an ARN does not grant it.
    if !matches!(listed::acts_on(&draw.request.action), ActsOn::Resource) {
        return Ok(Held::Vacuously);
    }
    policies.resource = vec![naming(&draw.request, &draw.request.resource, arn)];
    (policies.scps, policies.endpoint) = (Vec::new(), Vec::new());
    match policies.verdict(&draw.request) {
        Verdict::Allowed => Ok(Held::InPoint),
        other @ (Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied | Verdict::Conditional) => {
            Err(format!("{other:?}"))
        }
    }
}

fn both_sides(draw: &Draw) -> Result<Held, String> {
    let Request { caller, owner: Some(owner), .. } = &draw.request else { return Ok(Held::Vacuously) };
    let alone = matches!(caller, Caller::Root(_) | Caller::Service(_) | Caller::Federated(_));
    if alone || caller.account().is_none_or(|account| account == *owner) {
        return Ok(Held::Vacuously);
    }
    let without_identity = Policies { identity: Vec::new(), ..draw.policies.clone() };
    let without_resource = Policies { resource: Vec::new(), ..draw.policies.clone() };
    for (side, policies) in [("identity", without_identity), ("resource", without_resource)] {
        let verdict = policies.verdict(&draw.request);
        if !matches!(verdict, Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied) {
            return Err(format!("{verdict:?} without a policy on the {side} side"));
        }
    }
    Ok(Held::InPoint)
}

static QUALIFIERS: &[&str] = &["", ":prod", ":7", ":$LATEST"];

fn qualifiers(draw: &Draw) -> Result<Held, String> {
    let Caller::User(arn) = &draw.request.caller else { return Ok(Held::Vacuously) };
    let function = |nth: usize| {
        let qualifier = QUALIFIERS.get(nth % QUALIFIERS.len()).unwrap_or(&"");
        Text::from(format!("arn:aws:lambda:eu-west-1:111122223333:function:orders{qualifier}"))
    };
    let (called, named) = (function(draw.number), function(draw.number / QUALIFIERS.len()));
    let Some(action) = Action::parse("lambda:InvokeFunction") else {
        return Ok(Held::Vacuously);
    };
    let request = Request {
        action,
        resource: called.clone(),
        owner: draw.request.caller.account(),
        ..draw.request.clone()
    };
    let resource = vec![naming(&request, &named, arn)];
    let policies = Policies {
        identity: Vec::new(),
        resource,
        boundary: Vec::new(),
        session: Vec::new(),
        endpoint: Vec::new(),
        scps: Vec::new(),
        rcps: Vec::new(),
    };
    let allowed = policies.verdict(&request) == Verdict::Allowed;
    if allowed == (called == named) {
        Ok(Held::InPoint)
    } else {
        Err(format!("a statement on {named}, a call of {called}: allowed is {allowed}"))
    }
}

fn determinism(draw: &Draw) -> Result<Held, String> {
    let again = draw.clone();
    let one = decide(&draw.policies.applicable(), &draw.request);
    let other = decide(&again.policies.applicable(), &again.request);
    if one == other { Ok(Held::InPoint) } else { Err(format!("{one:?} and {other:?}")) }
}

fn no_credentials(draw: &Draw) -> Result<Held, String> {
    if draw.request.caller.has_credentials() {
        return Ok(Held::Vacuously);
    }
    let mut policies = draw.policies.clone();
    let excepts = |statement: &Statement| matches!(statement.principal, Clause::Not(_));
    if policies.documents().flat_map(|policy| &policy.statements).any(excepts) {
        return Ok(Held::Vacuously);
    }
    (policies.identity, policies.boundary) = (Vec::new(), Vec::new());
    (policies.session, policies.scps) = (Vec::new(), Vec::new());
    if matches!(draw.request.caller, Caller::Federated(_)) {
        return Ok(Held::Vacuously);
    }
    same(&draw.policies, &policies, &draw.request)
}

fn rcp_services(draw: &Draw) -> Result<Held, String> {
    if listed::rcp(&draw.request.action) != Some(Rcp::NotListed) {
        return Ok(Held::Vacuously);
    }
    let mut everything = all(Clause::Is(Principals::Everyone(Span::NOWHERE)));
    everything.statements.iter_mut().for_each(|statement| statement.effect = Effect::Deny);
    let mut policies = draw.policies.clone();
    policies.rcps.push(vec![everything]);
    same(&draw.policies, &policies, &draw.request)
}
