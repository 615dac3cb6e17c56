//! `gatecrash check [PATH]...`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::assertion::check::{Task, check};
use crate::assertion::{Assertion, draft};
use crate::cli::config::Configured;
use crate::cli::exit::{Exit, Form, Stop};
use crate::cli::output::{Io, save};
use crate::cli::progress::Progress;
use crate::cli::{Common, Format};
use crate::report::answer::check::{Check as Answer, Level};
use crate::report::compose::Compose;
use crate::report::compose::check::{Bar, CheckedFile};
use crate::report::human::{Colour, Human};
use crate::report::{github, json, junit, markdown, sarif, told};
use crate::world::view::View;

const EXAMPLES: &str = "\
Examples:
  gatecrash check                                      the claims of gatecrash.toml, on the inputs that it names
  gatecrash check infra --only orders-only-via-api     one claim, on another input
  gatecrash check --report sarif=gatecrash.sarif --report markdown=$GITHUB_STEP_SUMMARY --format github
  gatecrash check --waive no-outside-invoker --reason \"CDN migration, SEC-412\" --expires 2027-01-31

Exit codes: 0 all hold, 1 a claim is violated, about nothing, unexpectedly holds or is inconclusive,
2 wrong usage or configuration, 3 an input is broken, 4 nothing to check.";

/// Check the claims of gatecrash.toml
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// Files or folders to read (default: the inputs of gatecrash.toml)
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Only this claim (repeatable)
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Not this claim (repeatable)
    #[arg(long, value_name = "ID")]
    skip: Vec<String>,
    /// Warnings, stale and expired waivers fail the check too
    #[arg(long)]
    strict: bool,
    /// Exit 3 where anything was only partly understood
    #[arg(long)]
    strict_inputs: bool,
    /// What a claim is worth that could not be decided
    #[arg(long, value_enum, default_value_t = Unknown::Fail)]
    unknown: Unknown,
    /// Write a report to a file, beside the answer (repeatable)
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    reports: Vec<String>,
    /// Exit 0 where a claim fails
    #[arg(long)]
    exit_zero: bool,
    /// Write waivers for what speaks against this claim now into the assertion file
    #[arg(long, value_name = "ID", requires_all = ["reason", "expires"])]
    waive: Option<String>,
    /// Why it is waived
    #[arg(long, value_name = "TEXT", requires = "waive")]
    reason: Option<String>,
    /// The last day on which it is waived
    #[arg(long, value_name = "YYYY-MM-DD", requires = "waive")]
    expires: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Unknown {
    /// It fails
    Fail,
    /// It is a warning
    Warn,
    /// It passes
    Pass,
}

impl Check {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let Some(configured) = common.configured()? else {
            return Err(Stop::usage("there is no gatecrash.toml here or in a parent folder")
                .help("`gatecrash init` writes one with what holds now; -c names one"));
        };
        let reports = self.reports.iter().map(|text| report(text)).collect::<Result<Vec<_>, _>>()?;
        let ids = |assertion: &Assertion| assertion.id.clone();
        let known: Vec<String> = configured.config.assertions.iter().map(ids).collect();
        for id in self.only.iter().chain(&self.skip).chain(&self.waive) {
            if !known.contains(id) {
                return Err(Stop::usage(format!("there is no assertion `{id}` in {}", configured.path))
                    .help(format!("it has {}", known.join(", "))));
            }
        }
        let today = common.today(&configured.config)?;
        let selectors: Vec<_> = configured.config.selectors().cloned().collect();
        let mut input = common.load_with(Some(configured), &selectors.iter().collect::<Vec<_>>())?;
        input.name_config();
        let Some(configured) = &input.config else { return Ok(Exit::Nothing) };
        let is_selected = |assertion: &Assertion| {
            let id = &assertion.id;
            (self.only.is_empty() || self.only.contains(id))
                && !self.skip.contains(id)
                && self.waive.as_ref().is_none_or(|waived| waived == id)
        };
        if !configured.config.assertions.iter().any(is_selected) {
            Io::say(&format!("error: {} has no assertion to check", configured.path));
            Io::say("  help: `gatecrash init` writes what holds now; --only and --skip choose");
            return Ok(if input.exit() == Exit::Broken { Exit::Broken } else { Exit::Nothing });
        }
        let task = Task { config: &configured.config, world: &input.world, today };
        let mut progress = Progress::begin("asking who may do what");
        let checked = check(task, &is_selected, &mut |done, all| progress.at(done, all));
        drop(progress);
        let view = View::new(&input.world);
        let compose = Compose {
            sources: &input.sources,
            view: &view,
            problems: &input.problems,
            accounts: &input.accounts,
            unrecognised: &[],
        };
        let file = CheckedFile {
            path: &configured.path,
            config: &configured.config,
            checked: &checked,
            bar: self.bar(),
            today,
        };
        let answer = compose.check(&file);
        if let Some(id) = &self.waive {
            return self.waive(common, configured, &answer, id);
        }
        for (format, path) in reports {
            save(&path, &write(common, format, &answer, Colour::None)?)?;
        }
        common.deliver(&write(common, common.format, &answer, common.colour())?)?;
        Ok(if told::worst(&answer) == Level::Error && !self.exit_zero {
            Exit::Unexpected
        } else if self.strict_inputs && !input.problems.is_empty() {
            Exit::Broken
        } else {
            input.exit()
        })
    }

    fn bar(&self) -> Bar {
        Bar {
            unknown: match self.unknown {
                Unknown::Fail => Level::Error,
                Unknown::Warn => Level::Warning,
                Unknown::Pass => Level::None,
            },
            warning: if self.strict { Level::Error } else { Level::Warning },
        }
    }

    /// Writes waivers for what speaks against a claim now
    fn waive(
        &self,
        common: &Common,
        configured: &Configured,
        answer: &Answer,
        id: &str,
    ) -> Result<Exit, Stop> {
        if common.demo {
            return Err(Stop::usage("the assertion file of the demo is built in: it takes no waiver"));
        }
        let expires = self.expires.as_deref().unwrap_or_default();
        let expires: Date = expires
            .parse()
            .map_err(|_| Stop::usage(format!("`{expires}` is no day: expected YYYY-MM-DD")))?;
        let reason = self.reason.as_deref().unwrap_or_default();
        if reason.trim().is_empty() {
            return Err(Stop::usage("a waiver needs a reason"));
        }
        let open: Vec<_> = answer
            .assertions
            .iter()
            .filter(|assertion| assertion.id == id)
            .flat_map(|assertion| &assertion.counterexamples)
            .filter(|one| told::is_open(one))
            .collect();
        if open.is_empty() {
            Io::say(&format!("nothing speaks against `{id}`: nothing is waived"));
            return Ok(Exit::Answered);
        }
        let waivers: String =
            open.iter().map(|one| draft::waiver(id, one_waived(one), reason, expires)).collect();
        let gap = if configured.text.ends_with('\n') { "" } else { "\n" };
        save(Path::new(&configured.path), &format!("{}{gap}{waivers}", configured.text))?;
        Io::say(&format!("{}: waived {} of `{id}` until {expires}", configured.path, open.len()));
        Ok(Exit::Answered)
    }
}

fn one_waived(one: &crate::report::answer::check::Counterexample) -> draft::Waived<'_> {
    draft::Waived {
        from: &one.from.name,
        to: &one.to.name,
        edges: &one.record.edges,
        marks: &one.record.marks,
    }
}

/// `FORMAT=PATH`
fn report(text: &str) -> Result<(Format, PathBuf), Stop> {
    let wrong = || {
        Stop::usage(format!("`{text}` is no report: expected FORMAT=PATH, as in sarif=gatecrash.sarif"))
            .help("formats: human, json, sarif, junit, github, markdown")
    };
    let (format, path) = text.split_once('=').ok_or_else(wrong)?;
    let format = Format::from_str(format, false).map_err(|_| wrong())?;
    if path.is_empty() {
        return Err(wrong());
    }
    Ok((format, PathBuf::from(path)))
}

fn write(common: &Common, format: Format, answer: &Answer, colour: Colour) -> Result<String, Stop> {
    let bug = |error: String| Stop {
        exit: Exit::Bug,
        message: format!("failed to write the answer: {error}"),
        help: None,
        form: Form::Fragment,
    };
    Ok(match format {
        Format::Human => {
            let mut page = Human::new(colour, common.detail());
            page.check(answer);
            page.finish()
        }
        Format::Json => json::write(answer).map_err(|error| bug(error.to_string()))?,
        Format::Sarif => sarif::check(answer).map_err(|error| bug(error.to_string()))?,
        Format::Junit => junit::check(answer).map_err(|error| bug(error.to_string()))?,
        Format::Github => github::check(answer),
        Format::Markdown => markdown::check(answer),
    })
}
