//! Where the terminal UI touches the machine: the terminal itself, threads, files, other programs, the clock.
//!
//! Nothing else of `tui` does. Must not know: what is on the screen.

pub mod clipboard;
pub mod files;
pub mod guard;
pub mod worker;
