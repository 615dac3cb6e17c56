//! `gatecrash reach FROM [--to SEL]`

use clap::{Args, ValueEnum};

use crate::cli::exit::{Exit, Stop};
use crate::cli::input::{graph, selector};
use crate::cli::{Common, Given};
use crate::reach::Grade;
use crate::reach::search::Tiers;
use crate::report::compose::{Compose, ReachQuestion};
use crate::world::EntityId;
use crate::world::kind::Kind;
use crate::world::view::caller;

/// What a principal, function or source reaches
#[derive(Args, Debug)]
pub(super) struct Reach {
    /// The start: `anonymous`, `role/support`, `function/orders`, `account/444455556666`
    from: String,
    /// Only this target, with paths and cuts
    #[arg(long, value_name = "SELECTOR")]
    to: Option<String>,
    /// Paths and cuts also through code: input reaches code whose role can
    #[arg(long)]
    through_code: bool,
    /// How many paths to show
    #[arg(long, value_name = "N", default_value_t = 1)]
    paths: usize,
    /// Only what is reached in this way
    #[arg(long, value_enum)]
    grade: Option<GradeArg>,
    #[command(flatten)]
    given: Given,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GradeArg {
    Control,
    Influence,
    Read,
    Write,
}

impl Reach {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let from = selector(&self.from)?;
        let to = self.to.as_deref().map(selector).transpose()?;
        let input = common.load(&[Some(&from), to.as_ref()].into_iter().flatten().collect::<Vec<_>>())?;
        let question = ReachQuestion {
            from: input.some(&from)?,
            to: to.as_ref().map(|to| input.some(to)).transpose()?,
            tiers: if self.through_code { Tiers::AlsoThroughCode } else { Tiers::Holds },
            paths: self.paths,
            grade: self.grade.map(|grade| match grade {
                GradeArg::Control => Grade::Control,
                GradeArg::Influence => Grade::Influence,
                GradeArg::Read => Grade::Read,
                GradeArg::Write => Grade::Write,
            }),
        };
        let is_whole = |id: &EntityId| {
            let entity = input.world.entity(*id);
            entity.kind == Kind::Account && caller(entity).is_none()
        };
        if question.from.iter().all(is_whole) {
            return Err(Stop::usage(format!(
                "{} is an account of the input, and no caller itself",
                self.from
            ))
            .help("ask about one of its principals, or about role/*"));
        }
        let view = self.given.view(&input.world)?;
        let compose = Compose {
            sources: &input.sources,
            view: &view,
            problems: &input.problems,
            accounts: &input.accounts,
            unrecognised: &[],
        };
        let answer = compose.reach(&graph(&view), &question);
        common.write(&answer, |page, answer| page.reach(answer))?;
        Ok(input.exit())
    }
}
