//! Evaluation: one request against all policies that apply to it, in three values, with reasons.
//!
//! Written plainly, straight from the AWS pages: it is the reference that faster code is compared with. Pure:
//! no files, no clock. Order of layers \[reference_policies_evaluation-logic\]: explicit deny anywhere, RCPs, SCPs,
//! resource policy by principal match level, identity policies, permissions boundary, session policies.

pub mod choices;
pub mod compare;
pub mod condition;
mod constraint;
pub mod context;
pub mod decide;
pub mod derive;
pub mod listed;
pub mod principal;
pub mod request;
pub mod statement;
pub mod truth;
pub mod variables;
