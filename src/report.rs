//! Reports: one answer value, several writers.
//!
//! [`answer`] turns results into plain data in the words of the machine-readable form; `json` prints that data,
//! `human` tells it to people with the source beside it. Text from policies is untrusted: everything that goes to
//! a terminal passes [`escape`]. Must not know: flags, exit codes, or where the output goes.

pub mod answer;
pub mod compose;
pub mod escape;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod told;
mod trust;
pub mod words;
