//! Who can invoke this AWS Lambda function, what can that role reach, and which statement opened the way?
//!
//! `gatecrash` answers from files, on one machine, without credentials. The modules are layers; a file uses
//! its own layer below the same parent and anything lower, never higher (`ARCHITECTURE.md` has the table):
//! text and places, AWS facts, the policy language, evaluation, the world, its loaders, reach, reports.

pub mod assertion;
pub mod aws;
pub mod cause;
pub mod eval;
pub mod load;
pub mod node;
pub mod policy;
pub mod problem;
pub mod reach;
pub mod report;
pub mod session;
pub mod source;
pub mod text;
pub mod world;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "fuzz")]
pub mod fuzz;
#[cfg(feature = "tui")]
pub mod tui;
