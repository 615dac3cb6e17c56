//! `gatecrash who-can ACTION RESOURCE`

use clap::Args;

use crate::aws::action::Action;
use crate::cli::exit::{Exit, Stop};
use crate::cli::input::{graph, selector};
use crate::cli::{Common, Given};
use crate::reach::who::Call;
use crate::report::compose::Compose;

/// Who can make a call, directly
#[derive(Args, Debug)]
pub(super) struct WhoCan {
    /// The action, as `service:Name`; `invoke` means every way into a function
    action: String,
    /// The resource: `function/orders`, `secret/prod/stripe`, an ARN
    resource: String,
    /// Also who makes a source or another function call it, at any distance
    #[arg(long)]
    transitive: bool,
    #[command(flatten)]
    given: Given,
}

impl WhoCan {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let call = match self.action.as_str() {
            "invoke" => Call::Invoke,
            text => Call::Action(action(text)?),
        };
        let selector = selector(&self.resource)?;
        let input = common.load(&[&selector])?;
        let resource = input.one(&selector)?;
        if call == Call::Invoke && !input.world.entity(resource).kind.is_function() {
            let name = &input.world.entity(resource).display;
            return Err(Stop::usage(format!("`invoke` is about functions, and `{name}` is none")).help(
                "name an action, as in `gatecrash who-can secretsmanager:GetSecretValue secret/prod/stripe`",
            ));
        }
        let view = self.given.view(&input.world)?;
        let compose = Compose {
            sources: &input.sources,
            view: &view,
            problems: &input.problems,
            accounts: &input.accounts,
            unrecognised: &[],
        };
        if self.transitive && call != Call::Invoke {
            return Err(Stop::usage("`--transitive` is about ways into a function")
                .help("ask `gatecrash who-can invoke FUNCTION --transitive`"));
        }
        let graph = graph(&view);
        let mut answer = compose.who_can(&graph, &call, resource);
        if self.transitive {
            compose.transitive(&graph, resource, &mut answer);
        }
        common.write(&answer, |page, answer| page.who_can(answer))?;
        Ok(input.exit())
    }
}

/// Reads an action of the command line
pub(super) fn action(text: &str) -> Result<Action, Stop> {
    Action::parse(text).ok_or_else(|| {
        Stop::usage(format!("`{text}` is no action: expected `service:Name`, as in lambda:InvokeFunction"))
    })
}
