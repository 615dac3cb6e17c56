//! What AWS defines and nobody's policy can change: ARNs, actions, wildcards, the catalogue, condition keys.
//!
//! Must not know: policies, or anybody's account.

pub mod action;
pub mod arn;
pub mod catalogue;
pub mod keys;
pub mod managed;
pub mod pattern;
