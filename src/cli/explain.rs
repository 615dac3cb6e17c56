//! `gatecrash explain WHO ACTION RESOURCE`, or what an access-denied error or a CloudTrail record tells.

use std::io::{IsTerminal as _, Read as _};

use clap::{Args, ValueEnum};

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::cli::exit::{Exit, Stop};
use crate::cli::input::{Input, selector};
use crate::cli::who_can::action;
use crate::cli::{Common, Given};
use crate::eval::decide::{Decision, Verdict};
use crate::eval::request::Caller;
use crate::load::denial::{self, Denial, How};
use crate::reach::call::{self, Ends};
use crate::report::answer::Told;
use crate::report::compose::{Compose, layer};
use crate::source::Span;
use crate::text::Text;
use crate::world::EntityId;
use crate::world::pieces::Provenance;
use crate::world::select::Selector;
use crate::world::view::{Question, View, caller};

/// One decision, layer by layer
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// Who calls: `role/support`, `anonymous`, an ARN
    #[arg(required_unless_present = "from_error", conflicts_with = "from_error")]
    who: Option<String>,
    /// The action, as `service:Name`
    #[arg(required_unless_present = "from_error", conflicts_with = "from_error")]
    action: Option<String>,
    /// The resource: `function/fix`, an ARN
    #[arg(required_unless_present = "from_error", conflicts_with = "from_error")]
    resource: Option<String>,
    /// The text of an access-denied error, or a CloudTrail record as JSON; `-` reads it from standard input
    #[arg(long, value_name = "TEXT")]
    from_error: Option<String>,
    /// Leave with exit code 1 unless the decision is this one
    #[arg(long, value_enum)]
    expect: Option<Expect>,
    #[command(flatten)]
    given: Given,
}

const EXAMPLES: &str = "\
Examples:
  gatecrash explain role/support lambda:InvokeFunction function/fix --demo
  gatecrash explain role/support lambda:InvokeFunction function/fix --demo --given aws:MultiFactorAuthPresent=true
  gatecrash explain --from-error \"User: arn:aws:sts::111122223333:assumed-role/support/mika is not authorized to \\
      perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:111122223333:function:orders\" -i infra
  gatecrash explain --from-error - -i infra < record.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Expect {
    Allowed,
    Denied,
    Conditional,
}

/// What is asked, whichever way it was said
struct Asked {
    who: Selector,
    action: Action,
    on: Selector,
    /// The name of the session, where the caller's ARN tells it
    session: Option<String>,
    denial: Option<Denial>,
}

impl Explain {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let asked = self.asked()?;
        let input = common.load(&[&asked.who, &asked.on])?;
        let (who, target) = (input.one(&asked.who)?, input.one(&asked.on)?);
        let view = self.given.view(&input.world)?;
        let (question, decision) = decide(&input, &view, who, target, &asked)?;
        let compose = Compose {
            sources: &input.sources,
            view: &view,
            problems: &input.problems,
            accounts: &input.accounts,
            unrecognised: &[],
        };
        let mut answer = compose.explain(who, &question, &decision);
        answer.told = asked.denial.as_ref().map(|denial| told(denial, &decision));
        let spans = spans(&view, &decision);
        common.write(&answer, |page, answer| page.explain(answer, &input.sources, &spans))?;
        Ok(match self.expect {
            Some(expect) if !expect.is(decision.verdict) => Exit::Unexpected,
            _ => input.exit(),
        })
    }

    fn asked(&self) -> Result<Asked, Stop> {
        if let (Some(who), Some(called), Some(on)) = (&self.who, &self.action, &self.resource) {
            return Ok(Asked {
                who: selector(who)?,
                action: action(called)?,
                on: selector(on)?,
                session: session_of(who),
                denial: None,
            });
        }
        let text = match self.from_error.as_deref() {
            Some("-") | None => standard_input()?,
            Some(text) => text.to_owned(),
        };
        let denial = denial::read(&text).map_err(|error| Stop::usage(error.to_string()))?;
        let Some(resource) = &denial.resource else {
            return Err(Stop::usage(format!("the error does not tell what {} was called on", denial.action))
                .help("ask with WHO ACTION RESOURCE instead"));
        };
        Ok(Asked {
            who: selector(&principal(&denial.principal))?,
            action: action(&denial.action)?,
            on: selector(resource)?,
            session: session_of(&denial.principal),
            denial: Some(denial),
        })
    }
}

fn standard_input() -> Result<String, Stop> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Stop::usage("standard input is a terminal: expected an error's text or a record there"));
    }
    let mut text = String::new();
    match stdin.read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) => Err(Stop::usage(format!("failed to read standard input: {error}"))),
    }
}

/// The parts of a session's ARN: role and name of the session
fn session(arn: &str) -> Option<(Arn, String, String)> {
    let arn = Arn::parse(&Text::from(arn))?;
    let resource = arn.resource.as_literal()?.to_owned();
    let (role, session) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
    Some((arn, role.to_owned(), session.to_owned()))
}

fn session_of(principal: &str) -> Option<String> {
    session(principal).map(|(_, _, session)| session)
}

/// A caller as a selector: a session is named by its role
fn principal(text: &str) -> String {
    if let Some((arn, role, _)) = session(text) {
        return format!("{}:role/{role}", arn.account);
    }
    if text.starts_with("arn:") || text == "anonymous" { text.to_owned() } else { format!("service/{text}") }
}

/// Decides a call between two entities: the best of the requests that stand for it
pub(super) fn decide_call(
    view: &View<'_>,
    who: EntityId,
    target: EntityId,
    called: &Action,
    on: &Selector,
    session: Option<&str>,
) -> Result<Option<(Text, Caller, Decision)>, Stop> {
    let entity = view.entity(who);
    let Some(mut calls_as) = caller(entity) else {
        return Err(Stop::usage(format!("`{}` does not call by itself", entity.display))
            .help("name a user, a role, an account, a service or `anonymous`; who-can lists the ways in"));
    };
    if let (Caller::Session { name, .. }, Some(session)) = (&mut calls_as, session) {
        *name = Some(Text::from(session));
    }
    let named = on.arn().map(Text::from);
    let best = call::best(view, Ends { who, target }, called, &calls_as, named);
    Ok(best.map(|(resource, decision)| (resource, calls_as, decision)))
}

fn decide<'q>(
    input: &Input,
    view: &View<'_>,
    who: EntityId,
    target: EntityId,
    asked: &'q Asked,
) -> Result<(Question<'q>, Decision), Stop> {
    let decided = decide_call(view, who, target, &asked.action, &asked.on, asked.session.as_deref())?;
    let Some((resource, calls_as, decision)) = decided else {
        let target = &input.world.entity(target).display;
        return Err(Stop::usage(format!("`{}` is no action on `{target}`", asked.action)));
    };
    Ok((call::question(view, Ends { who, target }, &asked.action, &calls_as, &resource), decision))
}

/// What AWS told, and whether the input explains it
fn told(denial: &Denial, decision: &Decision) -> Told {
    let explained = match denial.reason {
        Some(reason) => {
            let same_layer = decision.layer == Some(reason.layer);
            match (decision.verdict, reason.how) {
                (Verdict::ExplicitlyDenied, How::Explicit) | (Verdict::ImplicitlyDenied, How::Implicit) => {
                    same_layer
                }
                (Verdict::Conditional, _) => true,
                (Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied | Verdict::Allowed, _) => false,
            }
        }
        None => decision.verdict != Verdict::Allowed,
    };
    Told {
        layer: denial.reason.map(|reason| layer(reason.layer)),
        explicit: denial.reason.map(|reason| reason.how == How::Explicit),
        explained,
    }
}

impl Expect {
    fn is(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Allowed => self == Self::Allowed,
            Verdict::Conditional => self == Self::Conditional,
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => self == Self::Denied,
        }
    }
}

/// The places of the statements that the answer shows, step by step
fn spans(view: &View<'_>, decision: &Decision) -> Vec<Vec<Span>> {
    let shown = |one: &&crate::eval::decide::Evidence| {
        view.world.provenance((one.span, one.index)) != Provenance::Assumed
    };
    decision
        .steps
        .iter()
        .map(|step| step.evidence.iter().filter(shown).map(|one| one.span).collect())
        .collect()
}
