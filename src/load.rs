//! Input formats: from files to [`crate::world::pieces::Pieces`], one format a file.
//!
//! `fs` is the only code that opens input files; every reader below it works on text in memory, returns what it
//! could read *and* the problems, and never stops at the first.

use std::path::{Path, PathBuf};

use crate::load::fs::Files;
use crate::problem::Problems;
use crate::source::Sources;
use crate::world::pieces::Pieces;

pub mod cases;
pub mod denial;
pub mod fs;
pub mod json;
pub mod terraform;

/// What the user says of the input beside its files
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The account, where the input does not say
    pub account: Option<String>,
    /// The region, where the input does not say
    pub region: Option<String>,
    /// The partition; without it, `aws` or what the region tells
    pub partition: Option<String>,
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
    let files = texts.iter().map(|(path, text)| (fs::join("", path), (*text).to_owned())).collect();
    load(&Files::Memory(files), &[String::new()], options)
}

fn load(files: &Files, inputs: &[String], options: &Options) -> Loaded {
    let (sources, pieces, mut problems) = terraform::read(files, inputs, options);
    problems.settle();
    Loaded { sources, pieces, problems }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
