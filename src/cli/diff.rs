//! `gatecrash diff BEFORE AFTER`, `gatecrash diff PATH --git REV`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Stop};
use crate::cli::input::graph;
use crate::cli::revision::Revision;
use crate::cli::{Common, Format, Given};
use crate::load::fs::fetched;
use crate::load::{self, Loaded};
use crate::problem::Problems;
use crate::reach::change::{Change, Side, changes};
use crate::reach::graph::Graph;
use crate::report::answer::diff::Diff as Answer;
use crate::report::compose::Compose;
use crate::report::compose::diff::{Told, diff};
use crate::report::markdown;
use crate::source::Sources;
use crate::world::World;
use crate::world::build::build;
use crate::world::pieces::OwnAccount;
use crate::world::view::View;

/// What a change lets somebody reach: gained, lost, loosened, tightened
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The input before the change; with --git, the input itself
    before: PathBuf,
    /// The input after the change
    #[arg(required_unless_present = "git", conflicts_with = "git")]
    after: Option<PathBuf>,
    /// Compare what this revision has at the path with what is there now
    #[arg(long, value_name = "REV")]
    git: Option<String>,
    /// Only what may let more through than before
    #[arg(long)]
    gained_only: bool,
    /// Exit with 0 where reach was gained, too
    #[arg(long)]
    exit_zero: bool,
    #[command(flatten)]
    given: Given,
}

/// One of the two inputs, read and joined
struct Read {
    sources: Sources,
    world: World,
    problems: Problems,
    accounts: Vec<OwnAccount>,
    /// As the user named it
    input: String,
    /// The folder that names of its files and addresses may start with
    folder: String,
    /// What was taken for granted beside what its files say
    assumptions: Vec<String>,
}

impl Read {
    fn of(loaded: Loaded, input: String, folder: &Path) -> Self {
        let mut problems = loaded.problems;
        let accounts = loaded.pieces.accounts.clone();
        let (world, more) = build(loaded.pieces, &[]);
        problems.append(more);
        problems.settle();
        let folder = load::fs::join("", &folder.to_string_lossy());
        Self { sources: loaded.sources, world, problems, accounts, input, folder, assumptions: Vec::new() }
    }

    /// A path of this machine
    fn path(common: &Common, path: &Path) -> Result<Self, Stop> {
        let configured = common.configured()?;
        let loaded = load::paths(&[path.to_owned()], &common.options(configured.as_ref())?);
        if loaded.pieces.tally.files == 0 && loaded.problems.is_empty() {
            let message = format!(
                "nothing to read in `{}`: looked for Terraform (*.tf), its plans and its states (*.json, *.tfstate)",
                path.display()
            );
            let stop = Stop { exit: Exit::Nothing, ..Stop::usage(message) };
            return Err(stop.help("name a folder that holds some"));
        }
        Ok(Self::of(loaded, path.display().to_string(), path))
    }
}

impl Read {
    /// What a revision has at a path; nothing where the path is new
    fn revision(common: &Common, path: &Path, revision: &str) -> Result<Self, Stop> {
        let configured = common.configured()?;
        let options = common.options(configured.as_ref())?;
        let Revision { mut files, mut notes } = Revision::read(path, revision, options.outside)?;
        if files.is_empty() {
            notes.push(format!("nothing is at {revision} in {}: everything is new", path.display()));
        }
        let fence = load::fs::join("", &path.to_string_lossy());
        let fetched = fetched::add(&mut files, &fence);
        notes.extend(
            fetched
                .iter()
                .map(|folder| format!("the modules in {folder} are taken to be the same at {revision}")),
        );
        for file in &options.var_files {
            let known = files.len();
            if fetched::add_named(&mut files, &file.to_string_lossy()).is_some() && files.len() > known {
                notes.push(format!("{} is taken to be the same at {revision}", file.display()));
            }
        }
        let mut loaded = load::recalled(files, &[path.to_owned()], &options);
        loaded.sources.name_after(revision);
        loaded.problems.name_after(revision);
        let mut read = Self::of(loaded, format!("{revision}:{}", path.display()), path);
        read.assumptions = notes;
        Ok(read)
    }

    fn compose<'a>(&'a self, view: &'a View<'a>) -> Compose<'a> {
        let Self { sources, problems, accounts, .. } = self;
        Compose { sources, view, problems, accounts, unrecognised: &[] }
    }

    fn told<'a>(&'a self, compose: &'a Compose<'a>, view: &'a View<'a>, graph: &'a Graph) -> Told<'a> {
        let Self { sources, folder, input, assumptions, .. } = self;
        Told { compose, side: Side { view, graph, sources, folder }, input, assumptions }
    }
}

impl Diff {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        if common.demo || !common.input.is_empty() {
            return Err(Stop::usage(
                "`diff` takes its two inputs as arguments: `-i` and `--demo` do not apply",
            )
            .help("gatecrash diff BEFORE AFTER"));
        }
        let (mut before, after) = match (&self.git, &self.after) {
            (Some(revision), _) => {
                (Read::revision(common, &self.before, revision)?, Read::path(common, &self.before)?)
            }
            (None, Some(after)) => (Read::path(common, &self.before)?, Read::path(common, after)?),
            (None, None) => {
                return Err(Stop::usage("`diff` compares two inputs: name the second, or --git REV"));
            }
        };
        before.assumptions.extend(other_account(&before.world, &after.world));
        for read in [&before, &after] {
            common.report_problems(&read.problems, &read.sources);
        }
        let views = (self.given.view(&before.world)?, self.given.view(&after.world)?);
        let graphs = (graph(&views.0), graph(&views.1));
        let composes = (before.compose(&views.0), after.compose(&views.1));
        let told =
            (before.told(&composes.0, &views.0, &graphs.0), after.told(&composes.1, &views.1, &graphs.1));
        let found = changes(&told.0.side, &told.1.side);
        let mut answer = diff(&told.0, &told.1, &found);
        if self.gained_only {
            keep_what_opens(&mut answer);
        }
        match common.format {
            Format::Markdown => common.deliver(&markdown::diff::diff(&answer))?,
            Format::Human | Format::Json | Format::Sarif | Format::Junit | Format::Github => {
                common.write(&answer, |page, answer| page.diff(answer))?
            }
        }
        Ok(if found.may_open() && !self.exit_zero {
            Exit::Unexpected
        } else if before.problems.broken() || after.problems.broken() {
            Exit::Broken
        } else {
            Exit::Answered
        })
    }
}

/// Names of what does not fit are compared by address alone where the two inputs are of different accounts
fn other_account(before: &World, after: &World) -> Option<String> {
    let known = |world: &World| match world.accounts.as_slice() {
        [one] => one.as_literal().map(str::to_owned),
        _ => None,
    };
    let (old, new) = (known(before)?, known(after)?);
    (old != new).then(|| {
        format!("account {old} before is compared with account {new} after, at the same addresses and names")
    })
}

fn keep_what_opens(answer: &mut Answer) {
    let opens = [Change::Gained, Change::Loosened, Change::Changed].map(Change::id);
    answer.reach.retain(|one| opens.contains(&one.change));
    answer.direct.retain(|one| opens.contains(&one.change));
    answer.removed.clear();
}
