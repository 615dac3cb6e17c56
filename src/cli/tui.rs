//! `gatecrash tui [PATH]...`, and `gatecrash` alone on a terminal.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::assertion::file::NAME;
use crate::cli::exit::{Exit, Stop};
use crate::cli::interrupt;
use crate::cli::output::Io;
use crate::cli::progress::Progress;
use crate::cli::{Common, Format, When};
use crate::session::{Loaded, Session};
use crate::tui::app::Start;
use crate::tui::app::written::quoted;
use crate::tui::edge::guard::Mouse;
use crate::tui::screen::Screen;
use crate::tui::theme::{Glyphs, Palette, Theme};

/// See who can reach what, change a statement, watch the reach change
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = EXAMPLES)]
pub(super) struct Tui {
    /// Files or folders to read (default: the current folder)
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The screen to begin with
    #[arg(long, value_enum, value_name = "NAME", default_value_t)]
    screen: ScreenArg,
    /// Only ASCII characters
    #[arg(long)]
    ascii: bool,
    /// Take the mouse: its wheel moves the selection, and text is no longer copied with it
    #[arg(long)]
    mouse: bool,
}

const EXAMPLES: &str = "\
Examples:
  gatecrash tui --demo                   the embedded demo shop
  gatecrash tui infra                    your Terraform; no file of yours is changed
  gatecrash tui infra --screen policies  begin with the statements

Keys: ? lists those of a screen, 1 to 5 are the screens, q leaves.";

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ScreenArg {
    #[default]
    Invoke,
    Reach,
    Policies,
    Explain,
    Asserts,
}

/// Whether there is a terminal to draw on and to read keys from
#[must_use]
pub(super) fn is_there() -> bool {
    std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
}

impl Tui {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        if !is_there() {
            return Err(Stop::usage(
                "the terminal UI needs a terminal, and standard input or output is none",
            )
            .help(
                "`gatecrash` alone prints the summary; `who-can`, `reach` and `explain` answer questions",
            ));
        }
        if common.format != Format::Human || common.output.is_some() {
            return Err(Stop::usage(
                "the terminal UI writes no answer: --format and --output go with other commands",
            ));
        }
        let loaded = loaded(common)?;
        let broken = loaded.problems.broken();
        let mut progress = Progress::begin("asking who may do what");
        let session = Session::begin(loaded, &mut |done, all| {
            progress.at(done, all);
            true
        });
        drop(progress);
        let Some(session) = session else { return Ok(Exit::Interrupted) };
        let mouse = if self.mouse { Mouse::Taken } else { Mouse::Left };
        let again = Common { quiet: true, ..common.clone() };
        let reload: crate::tui::Reload = Arc::new(move || loaded_again(&again));
        interrupt::leave_to_the_screen();
        let left = crate::tui::run(session, self.start(common), mouse, &reload)
            .map_err(|error| Stop::usage(format!("the terminal cannot be used: {error}")))?;
        if let Some(copied) = left.copied {
            Io::print(&format!("{copied}\n"));
        }
        Ok(match left.how {
            crate::tui::How::Asked => Exit::Interrupted,
            crate::tui::How::Quit if broken => Exit::Broken,
            crate::tui::How::Quit => Exit::Answered,
        })
    }

    fn start(&self, common: &Common) -> Start {
        let palette = match common.color {
            When::Always => Palette::Sixteen,
            When::Never => Palette::Mono,
            When::Auto => {
                #[expect(clippy::disallowed_methods, reason = "the edge: what the user wants of colours")]
                let is_off = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                if is_off { Palette::Mono } else { Palette::Sixteen }
            }
        };
        // Where NO_COLOR is set, crossterm drops the sequences that end a style along with those of colours.
        crossterm::style::force_color_output(true);
        let glyphs = if self.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
        let screen = match self.screen {
            ScreenArg::Invoke => Screen::Invoke,
            ScreenArg::Reach => Screen::Reach,
            ScreenArg::Policies => Screen::Policies,
            ScreenArg::Explain => Screen::Explain,
            ScreenArg::Asserts => Screen::Asserts,
        };
        let mut flags: Vec<String> = Vec::new();
        if common.demo {
            flags.push("--demo".to_owned());
        }
        for path in &common.input {
            flags.push(format!("-i {}", quoted(&path.display().to_string())));
        }
        if let Some(config) = &common.config {
            flags.push(format!("-c {}", quoted(&config.display().to_string())));
        }
        let assertions = match (&common.config, common.demo) {
            (Some(config), _) => Some(config.clone()),
            (None, true) => None,
            (None, false) => Some(common.config_path().unwrap_or_else(|| PathBuf::from(NAME))),
        };
        Start { theme: Theme { palette, glyphs }, screen, flags: flags.join(" "), assertions }
    }
}

/// What the command line names, read
fn loaded(common: &Common) -> Result<Loaded, Stop> {
    let mut input = common.load(&[])?;
    input.name_config();
    let (config, config_path) = match input.config {
        Some(configured) => (configured.config, Some(configured.path)),
        None => Default::default(),
    };
    let today = common.today(&config)?;
    Ok(Loaded {
        sources: input.sources,
        world: Arc::new(input.world),
        problems: input.problems,
        accounts: input.accounts,
        config,
        config_path,
        today,
    })
}

fn loaded_again(common: &Common) -> Result<Loaded, String> {
    loaded(common).map_err(|stop| stop.message.lines().next().unwrap_or_default().to_owned())
}
