//! `data.aws_iam_policy_document`: a policy written as blocks, and the JSON that its `json` attribute gives.

use crate::load::terraform::instance::Instance;
use crate::node::Node;

/// The `json` attribute: a text node whose [`crate::node::Origin`] maps back to the blocks
#[must_use]
pub fn json(_instance: &Instance) -> Node {
    Node::new(crate::node::Value::Unknown(crate::text::Hole::input("document")), _instance.span)
}
