//! From a tree of values to a policy. Total: what is not understood becomes [`super::Unread`] and a problem.

use super::Policy;
use crate::node::Node;
use crate::problem::Problems;

/// Reads a policy document
#[must_use]
pub fn policy(_node: &Node) -> (Policy, Problems) {
    unreachable!("written next")
}
