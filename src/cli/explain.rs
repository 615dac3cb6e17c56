//! `gatecrash explain WHO ACTION RESOURCE`

use clap::{Args, ValueEnum};

use crate::cli::exit::{Exit, Stop};
use crate::cli::input::selector;
use crate::cli::who_can::action;
use crate::cli::{Common, Given};
use crate::eval::decide::{Decision, Verdict};
use crate::reach::edges::data::resources;
use crate::reach::edges::invoke_api::direct;
use crate::report::compose::Compose;
use crate::source::Span;
use crate::text::Text;
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::pieces::Provenance;
use crate::world::select::Selector;
use crate::world::view::{Question, View, caller};

/// One decision, layer by layer
#[derive(Args, Debug)]
pub(super) struct Explain {
    /// Who calls: `role/support`, `anonymous`, an ARN
    who: String,
    /// The action, as `service:Name`
    action: String,
    /// The resource: `function/fix`, an ARN
    resource: String,
    /// Leave with exit code 1 unless the decision is this one
    #[arg(long, value_enum)]
    expect: Option<Expect>,
    #[command(flatten)]
    given: Given,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Expect {
    Allowed,
    Denied,
    Conditional,
}

impl Explain {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let (who, on) = (selector(&self.who)?, selector(&self.resource)?);
        let action = action(&self.action)?;
        let input = common.load(&[&who, &on])?;
        let (who, target) = (input.one(&who)?, input.one(&on)?);
        let view = self.given.view(&input.world)?;
        let entity = input.world.entity(who);
        let Some(calls_as) = caller(entity) else {
            return Err(Stop::usage(format!("`{}` does not call by itself", entity.display)).help(
                "name a user, a role, an account, a service or `anonymous`; who-can lists the ways in",
            ));
        };
        let signed = !matches!(entity.kind, Kind::Anonymous | Kind::Service);
        let ask = |resource: Text| {
            let question = Question {
                caller: calls_as.clone(),
                identity: signed.then_some(who),
                action: &action,
                resource,
                on: Some(target),
                context: if action.is("lambda:InvokeFunction") { direct() } else { Vec::new() },
            };
            let decision = view.ask(&question);
            (question, decision)
        };
        let arns = if let Selector::Arn(arn) = &on {
            vec![Text::from(arn.as_str())]
        } else {
            requests(&view, who, target, &self.action)
        };
        let Some((question, decision)) =
            arns.into_iter().map(ask).min_by_key(|(_, decision)| rank(decision.verdict))
        else {
            return Err(Stop::usage(format!(
                "`{action}` is no action on `{}`",
                input.world.entity(target).display
            )));
        };
        let compose = Compose {
            sources: &input.sources,
            view: &view,
            problems: &input.problems,
            accounts: &input.accounts,
        };
        let answer = compose.explain(who, &question, &decision);
        let spans = spans(&view, &decision);
        common.write(&answer, |page, answer| page.explain(answer, &input.sources, &spans))?;
        Ok(match self.expect {
            Some(expect) if !expect.is(decision.verdict) => Exit::Unexpected,
            _ => input.exit(),
        })
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

/// The best answer is shown: a name inside of a bucket that a policy allows, before one that it does not
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::Conditional => 1,
        Verdict::ExplicitlyDenied => 2,
        Verdict::ImplicitlyDenied => 3,
    }
}

/// The ARNs that a request on an entity may name
fn requests(
    view: &View<'_>,
    who: crate::world::EntityId,
    target: crate::world::EntityId,
    action: &str,
) -> Vec<Text> {
    let (who, target) = (view.entity(who), view.entity(target));
    let row = data::access(action).filter(|(row, _)| row.kind == target.of.unwrap_or(target.kind));
    match row {
        Some((_, access)) => resources(view, Some(who), target, access),
        None => vec![target.arn.clone().unwrap_or_else(|| target.name.clone())],
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
