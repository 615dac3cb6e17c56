//! Input formats: from files to [`crate::world::pieces::Pieces`], one format a file.
//!
//! `fs` is the only code that opens input files; every reader below it works on text in memory, returns what it
//! could read *and* the problems, and never stops at the first.

pub mod json;
