//! Input formats: from files to [`crate::world::pieces::Pieces`], one format a file.
//!
//! `fs` is the only code that opens input files; every reader below it works on text in memory, returns what it
//! could read *and* the problems, and never stops at the first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::load::fs::{Candidate, Files, Found, Refusal};
use crate::load::terraform::Terraform;
use crate::load::terraform::instance::Configuration;
use crate::load::terraform_json::{Recorded, Says};
use crate::node::Node;
use crate::problem::{ProblemKind, Problems};
use crate::source::{Sources, Span};
use crate::world::pieces::{OwnAccount, Pieces};

pub mod cases;
pub mod denial;
pub mod fs;
pub mod json;
mod merge;
pub mod terraform;
mod terraform_json;
mod terraform_plan;
mod terraform_state;
mod truncated;

/// A format of one file, recognised by what is in it
struct Format {
    /// What it is called
    name: &'static str,
    /// Whether a file is of this format
    looks_like: fn(&Node) -> bool,
    /// Reads a file of this format
    read: fn(&Node, &Options) -> (Recorded, Problems),
}

/// In the order in which they are tried
static FORMATS: &[Format] = &[
    Format { name: "Terraform plan", looks_like: terraform_plan::is_plan, read: terraform_plan::read },
    Format { name: "Terraform state", looks_like: terraform_state::is_shown, read: terraform_state::shown },
    Format { name: "raw Terraform state", looks_like: terraform_state::is_raw, read: terraform_state::raw },
];

/// What the user says of the input beside its files
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The account, where the input does not say
    pub account: Option<String>,
    /// The region, where the input does not say
    pub region: Option<String>,
    /// The partition; without it, `aws` or what the region tells
    pub partition: Option<String>,
    /// Accounts by the name of a provider, `aws` or `aws.partner`: what a user says of one counts before what its block says
    pub provider_accounts: Vec<(String, String)>,
    /// Values of the root module's variables
    pub vars: Vec<(String, String)>,
    /// Files with values of the root module's variables; later ones count over earlier ones
    pub var_files: Vec<PathBuf>,
    /// Whether files outside the named folders may be read
    pub outside: Outside,
}

/// Whether files outside the named folders may be read
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outside {
    /// No: the input may come from anyone, and name any file of this machine
    #[default]
    Refused,
    /// Yes
    Allowed,
}

/// What was read
#[derive(Debug, Default)]
pub struct Loaded {
    /// The text of every file
    pub sources: Sources,
    /// What the files declare
    pub pieces: Pieces,
    /// What went wrong
    pub problems: Problems,
    /// Files that might have been input and were not
    pub unrecognised: Vec<String>,
}

/// Reads files, folders and globs
///
/// No recognised file and no problem means that there was nothing to read: [`crate::world::pieces::Tally::files`] is
/// zero.
#[must_use]
pub fn paths(inputs: &[PathBuf], options: &Options) -> Loaded {
    let inputs: Vec<String> = inputs.iter().map(|path| shown(path)).collect();
    load(&Files::Disk, &inputs, options)
}

/// Reads texts in memory, each with its path, as if they lay in the current folder
#[must_use]
pub fn embedded(texts: &[(&str, &str)], options: &Options) -> Loaded {
    let files = texts.iter().map(|(path, text)| (fs::join("", path), text.as_bytes().to_vec())).collect();
    load(&Files::Memory(files), &[String::new()], options)
}

/// Reads files, folders and globs out of what is in memory, as if it lay where its paths say
#[must_use]
pub fn recalled(files: BTreeMap<String, Vec<u8>>, inputs: &[PathBuf], options: &Options) -> Loaded {
    let inputs: Vec<String> = inputs.iter().map(|path| shown(path)).collect();
    load(&Files::Memory(files), &inputs, options)
}

fn load(files: &Files, inputs: &[String], options: &Options) -> Loaded {
    let mut sources = Sources::default();
    let Reading { recorded, mut unrecognised, mut problems } =
        recordings(files, inputs, options, &mut sources);
    let (terraform, found) = Terraform::new(files, inputs, options, sources);
    problems.append(found);
    let mut pieces = Pieces::default();
    let mut found_in_pieces = Problems::default();
    let mut unread = Vec::new();
    let mut take = |configuration: Configuration| {
        unread.extend(
            configuration.unread.iter().filter_map(|(header, span)| truncated::unread(header, *span)),
        );
        let (more, found) = terraform::resources::own_pieces(configuration);
        found_in_pieces.append(found);
        terraform::append(&mut pieces, more);
    };
    let mut configurations: Vec<(String, Configuration)> = Vec::new();
    for root in terraform.roots() {
        let (mut configuration, found) = terraform.evaluate(root);
        problems.append(found);
        if recorded.is_empty() {
            // What one root was made of is gone before the next is read.
            if terraform.roots().len() > 1 {
                terraform::roots::tell_apart(&root.folder, &mut configuration);
            }
            take(configuration);
        } else {
            configurations.push((root.folder.clone(), configuration));
        }
    }
    // What a configuration reads is recognised, whatever it is.
    unrecognised.retain(|path| !terraform.reads(path));
    let (mut sources, found, count) = terraform.finish();
    problems.append(found);
    let count = count + recorded.len();
    let known_absent = absent(&configurations);
    for (path, format, recorded) in recorded {
        let fitting = configurations
            .iter_mut()
            .filter_map(|(_, one)| merge::agreement(one, &recorded).map(|common| (common, one)))
            .max_by_key(|(common, _)| *common);
        match fitting {
            Some((common, configuration)) => {
                merge::merge(configuration, recorded, &format!("the {format} {path}"), common);
            }
            None => configurations.push((path, recorded.configuration)),
        }
    }
    // A recording has the resources of modules whose files are not in the input.
    let still_absent = absent(&configurations);
    problems.retain(|problem| {
        problem.kind != ProblemKind::ModuleAbsent
            || problem.span.is_none_or(|span| !known_absent.contains(&span) || still_absent.contains(&span))
    });
    let cut = truncated::causes(&problems);
    let several = configurations.len() > 1;
    for (folder, mut configuration) in configurations {
        // What is of one root is never taken for what is of another.
        if several {
            terraform::roots::tell_apart(&folder, &mut configuration);
        }
        take(configuration);
    }
    problems.append(found_in_pieces);
    terraform::resources::aws_managed(&mut pieces, &mut sources);
    if let Some(account) = &options.account {
        let known = OwnAccount { account: account.clone(), from: "--account".to_owned(), span: None };
        pieces.accounts.push(known);
    }
    truncated::taint(&mut pieces, &cut, &unread);
    pieces.tally.files = count;
    problems.settle();
    Loaded { sources, pieces, problems, unrecognised }
}

/// The calls of modules whose files are not in the input
fn absent(configurations: &[(String, Configuration)]) -> Vec<Span> {
    configurations.iter().flat_map(|(_, one)| one.absent_modules.iter().map(|module| module.span)).collect()
}

/// Whether a file's name lets it hold a plan or a state
fn may_be_recorded(name: &str) -> bool {
    let of_terraform = [".tf.json", ".tofu.json", ".tfvars.json"];
    (name.ends_with(".json") && !of_terraform.iter().any(|ending| name.ends_with(ending)))
        || name.ends_with(".tfstate")
}

/// The plans and states among the inputs
#[derive(Default)]
struct Reading {
    /// Each with its path and format, states before plans: what will be counts over what is
    recorded: Vec<(String, &'static str, Recorded)>,
    unrecognised: Vec<String>,
    problems: Problems,
}

fn recordings(files: &Files, inputs: &[String], options: &Options, sources: &mut Sources) -> Reading {
    let (candidates, problems) = files.candidates(inputs, may_be_recorded);
    let mut reading = Reading { problems, ..Reading::default() };
    for candidate in candidates {
        record(&candidate, files, options, sources, &mut reading);
    }
    reading.recorded.sort_by_key(|(_, _, recorded)| recorded.says != Says::Deployed);
    reading
}

fn record(
    candidate: &Candidate,
    files: &Files,
    options: &Options,
    sources: &mut Sources,
    reading: &mut Reading,
) {
    let Candidate { path, fence, found } = candidate;
    let named = *found == Found::Named;
    let text = match files.read(path, fence, options.outside) {
        Ok(text) => text,
        Err(Refusal::Unreadable { kind, message, help }) if named || kind == ProblemKind::Limit => {
            reading.problems.of_file(kind, message, path.as_str()).help(help);
            return;
        }
        Err(_) => {
            reading.unrecognised.push(path.clone());
            return;
        }
    };
    // Most JSON is none of ours; it is not worth a tree.
    let perhaps = text.contains("\"terraform_version\"") || text.contains("\"format_version\"");
    if !perhaps {
        unrecognised(named, path, reading);
        return;
    }
    let file = sources.add(path.as_str(), text.as_str());
    let (tree, problems) = json::file(&text, file);
    let Some(tree) = tree else {
        reading.problems.append(problems);
        return;
    };
    let Some(format) = FORMATS.iter().find(|format| (format.looks_like)(&tree)) else {
        unrecognised(named, path, reading);
        return;
    };
    let (recorded, problems) = (format.read)(&tree, options);
    reading.problems.append(problems);
    reading.recorded.push((path.clone(), format.name, recorded));
}

fn unrecognised(named: bool, path: &str, reading: &mut Reading) {
    if named {
        reading
            .problems
            .of_file(ProblemKind::Unreadable, "this is no input that gatecrash knows", path)
            .help("a plan or state is what `terraform show -json` prints, or a raw state of version 4");
    }
    reading.unrecognised.push(path.to_owned());
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
