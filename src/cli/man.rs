//! `gatecrash man DIR`: one page for the program and one for each command, from the tree of commands.
//!
//! Each page is written whole or not at all.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_mangen::Man as Page;

use crate::cli::Cli;
use crate::cli::exit::{Exit, Stop};
use crate::cli::output::write_whole;

/// Manual pages, one for each command
#[derive(Args, Debug)]
pub(super) struct Man {
    /// The folder to write them to
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub(super) fn run(&self) -> Result<Exit, Stop> {
        let failed = |what: String, error: &std::io::Error| {
            Stop::usage(format!("failed to write `{what}`: {error}")).help("name a folder you may write to")
        };
        std::fs::create_dir_all(&self.folder)
            .map_err(|error| failed(self.folder.display().to_string(), &error))?;
        let mut program = Cli::command();
        program.build();
        let mut commands = vec![program.clone()];
        commands.extend(program.get_subcommands().filter(|command| command.get_name() != "help").cloned());
        for command in commands {
            let page = Page::new(command);
            let path = self.folder.join(page.get_filename());
            let mut text = Vec::new();
            page.render(&mut text)
                .and_then(|()| write_whole(&path, &String::from_utf8_lossy(&text)))
                .map_err(|error| failed(path.display().to_string(), &error))?;
        }
        Ok(Exit::Answered)
    }
}
