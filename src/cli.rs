//! The command line: arguments in, answers out, exit codes.
//!
//! Everything that touches the outside happens here or in `load::fs`: the environment, the terminal, files that are
//! written. Must not know: how anything is decided. One subcommand a file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::exit::{Exit, Form};
use crate::cli::output::Io;

mod check;
mod completions;
mod config;
mod decide;
mod demo;
mod diff;
mod exit;
mod explain;
mod init;
mod input;
mod inspect;
mod interrupt;
mod man;
mod output;
mod progress;
mod reach;
mod revision;
mod summary;
#[cfg(feature = "tui")]
mod tui;
mod who_can;

/// Who can invoke this AWS Lambda function, what can that role reach, and which statement opened the way?
///
/// Answers come from files, on this machine, without credentials. Without a subcommand gatecrash opens the terminal UI
/// on a terminal, and prints the reach summary of what it finds elsewhere.
#[derive(Debug, Parser)]
#[command(name = "gatecrash", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Files or folders to read (default: the current folder)
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    common: Common,
}

const EXAMPLES: &str = "\
Examples:
  gatecrash --demo                                    the embedded demo shop in the terminal UI
  gatecrash infra                                     your Terraform; into a pipe, its summary
  gatecrash who-can invoke function/orders -i infra   every way into a function
  gatecrash reach anonymous --demo                    what the internet reaches
  gatecrash reach anonymous --to secret/prod/stripe --through-code --demo
  gatecrash explain role/support lambda:InvokeFunction function/fix --demo
  gatecrash init infra                                write the claims that hold now into gatecrash.toml
  gatecrash check                                     check them: the command for CI

Exit codes: 0 answered and everything holds, 1 a claim fails, an expectation is not met or
reach is gained in diff, 2 wrong usage or configuration, 3 an input is broken (the rest was answered),
4 nothing to read or to check, 70 a bug in gatecrash, 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the claims of gatecrash.toml: the command for CI
    Check(check::Check),
    /// Write a gatecrash.toml with what holds now
    Init(init::Init),
    /// Who can make a call, directly; `invoke` as ACTION means every way into a function
    WhoCan(who_can::WhoCan),
    /// What a principal, function or source reaches, and how
    Reach(reach::Reach),
    /// One decision, layer by layer, with the source
    Explain(explain::Explain),
    /// Many decisions at once, as unit tests of policies
    Decide(decide::Decide),
    /// What a change lets somebody reach: two inputs compared
    Diff(diff::Diff),
    /// What was read, assumed and not understood
    Inspect(inspect::Inspect),
    /// See who can reach what, change a statement, watch the reach change: on a terminal
    #[cfg(feature = "tui")]
    Tui(tui::Tui),
    /// Completions for a shell, on standard output
    Completions(completions::Completions),
    /// Manual pages, one for each command
    Man(man::Man),
}

/// Flags that every command takes
#[derive(Args, Clone, Debug)]
struct Common {
    /// A file, folder or glob to read (repeatable; default: the current folder)
    #[arg(short, long = "input", value_name = "PATH", global = true)]
    input: Vec<PathBuf>,
    /// Read the demo shop that is embedded in the program instead
    #[arg(long, global = true)]
    demo: bool,
    /// The assertion file (default: gatecrash.toml here or in a parent folder, up to the one that has .git)
    #[arg(short, long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Go without an assertion file
    #[arg(long, global = true, conflicts_with = "config")]
    no_config: bool,
    /// The account of the input, where it does not say
    #[arg(long, value_name = "ID", global = true)]
    account: Option<String>,
    /// The account that a Terraform provider works in, as in `aws.partner=444455556666` (repeatable)
    #[arg(long = "provider-account", value_name = "NAME=ID", global = true)]
    provider_accounts: Vec<String>,
    /// The region of the input, where it does not say
    #[arg(long, value_name = "REGION", global = true)]
    region: Option<String>,
    /// The partition of the input, where it is not `aws`
    #[arg(long, value_name = "PARTITION", global = true)]
    partition: Option<String>,
    /// A value for a Terraform variable (repeatable)
    #[arg(long = "var", value_name = "NAME=VALUE", global = true)]
    vars: Vec<String>,
    /// A file of values for Terraform variables (repeatable)
    #[arg(long, value_name = "FILE", global = true)]
    var_file: Vec<PathBuf>,
    /// Read local modules that lie outside the named folders
    #[arg(long, global = true)]
    allow_outside: bool,
    /// The day that waivers are held against (default: today)
    #[arg(long, value_name = "YYYY-MM-DD", global = true)]
    today: Option<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Human, global = true)]
    format: Format,
    /// Write the answer to a file instead of standard output
    #[arg(short, long, value_name = "FILE", global = true)]
    output: Option<PathBuf>,
    /// Colours: `auto` honours `NO_COLOR`, `CLICOLOR_FORCE` and the terminal
    #[arg(long, value_enum, default_value_t = When::Auto, global = true)]
    color: When,
    /// Only the answer: no notes, no warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Also what was assumed and what is not modelled
    #[arg(short, long, global = true)]
    verbose: bool,
}

/// Flags of commands that ask the evaluator
#[derive(Args, Clone, Debug, Default)]
struct Given {
    /// Fix a context key (repeatable; the same key twice gives a multivalued key)
    #[arg(long, value_name = "KEY=VALUE")]
    given: Vec<String>,
    /// Say that the request does not carry a context key (repeatable)
    #[arg(long, value_name = "KEY")]
    absent: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// The stable machine-readable form
    Json,
    /// SARIF 2.1.0, of `check`
    Sarif,
    /// JUnit XML, of `check`
    Junit,
    /// Annotations of a GitHub workflow, of `check`
    Github,
    /// Markdown for a job summary or a pull request, of `check` and `diff`
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// Runs the program: a panic is a bug and says how to report it
#[must_use]
pub fn main() -> ExitCode {
    let outcome = std::panic::catch_unwind(|| {
        let cli = match Cli::try_parse() {
            Ok(cli) => cli,
            Err(error) => return exit::of_clap(&error),
        };
        interrupt::watch();
        run(cli)
    });
    outcome.unwrap_or_else(|_| {
        Io::say("error: this is a bug in gatecrash; please report it with the message above and the input that shows it");
        Exit::Bug
    })
    .into()
}

fn run(cli: Cli) -> Exit {
    let (mut common, paths) = (cli.common, cli.paths);
    let outcome = match cli.command {
        None => common.take_paths(paths).and_then(|()| alone(&common)),
        Some(Command::Check(command)) => {
            common.take_paths(command.paths.clone()).and_then(|()| command.run(&common))
        }
        Some(Command::Init(command)) => {
            common.take_paths(command.paths.clone()).and_then(|()| command.run(&common))
        }
        Some(Command::WhoCan(command)) => command.run(&common),
        Some(Command::Reach(command)) => command.run(&common),
        Some(Command::Explain(command)) => command.run(&common),
        Some(Command::Decide(command)) => command.run(&common),
        Some(Command::Diff(command)) => command.run(&common),
        Some(Command::Completions(command)) => command.run(&common),
        Some(Command::Man(command)) => command.run(),
        #[cfg(feature = "tui")]
        Some(Command::Tui(command)) => {
            common.take_paths(command.paths.clone()).and_then(|()| command.run(&common))
        }
        Some(Command::Inspect(command)) => {
            common.take_paths(command.paths).and_then(|()| inspect::run(&common))
        }
    };
    outcome.unwrap_or_else(|stop| {
        match stop.form {
            Form::Fragment => Io::say(&format!("error: {}", stop.message)),
            Form::Rendered => Io::say(&stop.message),
        }
        if let Some(help) = &stop.help {
            Io::say(&format!("  help: {help}"));
        }
        stop.exit
    })
}

/// Without a subcommand: the terminal UI on a terminal, the summary elsewhere
fn alone(common: &Common) -> Result<Exit, exit::Stop> {
    #[cfg(feature = "tui")]
    if tui::is_there() && common.format == Format::Human && common.output.is_none() {
        return tui::Tui::default().run(common);
    }
    summary::run(common)
}

impl Common {
    /// Takes the paths of a command whose subject is the input
    fn take_paths(&mut self, paths: Vec<PathBuf>) -> Result<(), exit::Stop> {
        if !paths.is_empty() && !self.input.is_empty() {
            return Err(exit::Stop::usage("`-i` and PATH say the same: give one of them"));
        }
        self.input.extend(paths);
        Ok(())
    }
}
