//! How tests run the built program and read files of the repository. No environment variable of the machine
//! reaches the program, so that an answer cannot depend on where the tests run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the program came to
#[derive(Debug)]
pub(crate) struct Run {
    /// Exit code; `None` where a signal ended it
    pub(crate) code: Option<i32>,
    /// Standard output
    pub(crate) out: String,
    /// Standard error
    pub(crate) err: String,
}

/// The top folder of the repository
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, to be run at the top folder, without input and environment
pub(crate) fn program<S: AsRef<str>>(args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatecrash"));
    command.args(args.iter().map(AsRef::as_ref)).current_dir(root()).env_clear().stdin(Stdio::null());
    command
}

/// Runs the program to its end
pub(crate) fn run<S: AsRef<str>>(args: &[S]) -> Run {
    let output = program(args).output().expect("the program starts");
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}

/// The text of a file
#[expect(clippy::disallowed_methods, reason = "tests read the repository; the ban is for the program")]
pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a folder holds, sorted by name
#[expect(clippy::disallowed_methods, reason = "tests read the repository; the ban is for the program")]
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = read.map(|entry| entry.expect("a readable entry").path()).collect();
    paths.sort();
    paths
}
