//! Exit codes, and the errors that stop a command.

use std::process::ExitCode;

use crate::cli::output::Io;

/// How the program ends
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Answered
    Answered,
    /// Answered, and not as it should be: a claim fails, a decision differs, `--expect` is not met
    Unexpected,
    /// Wrong usage
    Usage,
    /// An input could not be read or is broken; the rest was answered
    Broken,
    /// Nothing to read
    Nothing,
    /// A bug in gatecrash
    Bug,
    /// A signal asked it to end
    #[cfg(feature = "tui")]
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Answered => 0,
            Exit::Unexpected => 1,
            Exit::Usage => 2,
            Exit::Broken => 3,
            Exit::Nothing => 4,
            Exit::Bug => 70,
            #[cfg(feature = "tui")]
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command stops without an answer
#[derive(Clone, Debug)]
pub(super) struct Stop {
    pub(super) exit: Exit,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// Whether the message says itself that it is an error
    pub(super) form: Form,
}

/// How a message is written
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A fragment
    Fragment,
    /// As it is, over several lines
    Rendered,
}

impl Stop {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), help: None, form: Form::Fragment }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Help and version go to standard output and are no error
pub(super) fn of_clap(error: &clap::Error) -> Exit {
    let text = error.render();
    if error.use_stderr() {
        Io::say(text.to_string().trim_end());
        Exit::Usage
    } else {
        Io::print(&text.to_string());
        Exit::Answered
    }
}
