//! `gatecrash completions SHELL`: what a shell completes, from the tree of commands.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::exit::{Exit, Stop};
use crate::cli::{Cli, Common};

/// Completions for a shell, on standard output
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self, common: &Common) -> Result<Exit, Stop> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "gatecrash", &mut script);
        common.deliver(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Answered)
    }
}
