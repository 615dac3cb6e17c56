//! Where answers and messages go: standard output, a file, standard error.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use serde::Serialize;

use crate::cli::exit::{Exit, Form, Stop};
use crate::cli::interrupt::guarded;
use crate::cli::{Common, Format, When};
use crate::problem::{Problems, Severity};
use crate::report::escape::escape;
use crate::report::human::{Colour, Detail, Human};
use crate::report::json;
use crate::source::Sources;

/// The only code that prints
pub(super) struct Io;

impl Io {
    /// To standard output; a reader that went away is no error
    pub(super) fn print(text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// One line to standard error
    pub(super) fn say(text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

impl Common {
    pub(super) fn colour(&self) -> Colour {
        self.colour_for(self.output.is_none() && std::io::stdout().is_terminal())
    }

    fn colour_for(&self, is_terminal: bool) -> Colour {
        #[expect(clippy::disallowed_methods, reason = "the edge: colours follow the environment")]
        let is_set =
            |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let ansi = match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto if self.output.is_some() || is_set("NO_COLOR") => false,
            When::Auto => is_set("CLICOLOR_FORCE") || is_terminal,
        };
        if ansi { Colour::Ansi } else { Colour::None }
    }

    pub(super) fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Usual,
        }
    }

    /// Writes an answer in the form that was asked for
    pub(super) fn write<A: Serialize>(
        &self,
        answer: &A,
        human: impl FnOnce(&mut Human, &A),
    ) -> Result<(), Stop> {
        let text = match self.format {
            Format::Json => json::write(answer).map_err(|error| Stop {
                exit: Exit::Bug,
                message: format!("failed to write the answer as JSON: {error}"),
                help: None,
                form: Form::Fragment,
            })?,
            Format::Sarif | Format::Junit | Format::Github | Format::Markdown => {
                return Err(Stop::usage("this answer has no such form")
                    .help("it is printed with --format human or --format json; `check` has more, and `diff` has markdown"));
            }
            Format::Human => {
                let mut page = Human::new(self.colour(), self.detail());
                human(&mut page, answer);
                page.finish()
            }
        };
        self.deliver(&text)
    }

    /// To standard output or the file of `--output`, which is written whole or not at all
    pub(super) fn deliver(&self, text: &str) -> Result<(), Stop> {
        let Some(path) = &self.output else {
            Io::print(text);
            return Ok(());
        };
        save(path, text)
    }

    /// Colours of messages, on standard error
    pub(super) fn colour_of_messages(&self) -> Colour {
        self.colour_for(std::io::stderr().is_terminal())
    }

    /// Says on standard error what went wrong while reading
    pub(super) fn report_problems(&self, problems: &Problems, sources: &Sources) {
        for problem in problems.iter() {
            if self.quiet && problem.severity != Severity::Broken {
                continue;
            }
            let place =
                match problem.span.map(|span| sources.place(span)).filter(|place| !place.path.is_empty()) {
                    Some(place) => format!("{}:{}:{}: ", place.path, place.line, place.column),
                    None => problem.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default(),
                };
            let word = match problem.severity {
                Severity::Broken => "error",
                Severity::Partly => "warning",
            };
            Io::say(&format!(
                "{}{word}[{}]: {}",
                escape(&place),
                problem.kind.id(),
                escape(&problem.message)
            ));
            if let Some(help) = &problem.help {
                Io::say(&format!("  help: {}", escape(help)));
            }
        }
    }
}

/// Writes a file whole or not at all
pub(super) fn save(path: &Path, text: &str) -> Result<(), Stop> {
    write_whole(path, text).map_err(|error| {
        Stop::usage(format!("failed to write `{}`: {error}", path.display()))
            .help("name a file in a folder you may write to")
    })
}

pub(super) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".gatecrash-partial");
    let beside = Path::new(&beside);
    guarded(beside, || {
        std::fs::write(beside, text)?;
        std::fs::rename(beside, path).inspect_err(|_| {
            let _ = std::fs::remove_file(beside);
        })
    })
}
