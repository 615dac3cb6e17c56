//! `gatecrash inspect [PATH]...`

use std::path::PathBuf;

use clap::Args;

use crate::cli::Common;
use crate::cli::exit::{Exit, Stop};
use crate::cli::input::graph;
use crate::report::compose::Compose;
use crate::world::view::View;

/// What was read, assumed and not understood
#[derive(Args, Debug)]
pub(super) struct Inspect {
    /// Files or folders to read (default: the current folder)
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

pub(super) fn run(common: &Common) -> Result<Exit, Stop> {
    let input = common.load(&[])?;
    let view = View::new(&input.world);
    let compose = Compose {
        sources: &input.sources,
        view: &view,
        problems: &input.problems,
        accounts: &input.accounts,
        unrecognised: &input.unrecognised,
    };
    common.write(&compose.inspect(&graph(&view)), |page, answer| page.inspect(answer))?;
    Ok(input.exit())
}
