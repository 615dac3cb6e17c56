//! The binary: run, and leave with the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gatecrash::cli::main()
}
