//! Strategies, oracles and laws: what must hold whatever the input is, shared by the tests and the fuzz targets.
//!
//! A law is a function that returns what is wrong, so that proptest and cargo-fuzz use the same one. Must not know: any
//! file, or who drives it.

pub mod laws;
pub mod reference;
pub mod strategies;
pub mod targets;
