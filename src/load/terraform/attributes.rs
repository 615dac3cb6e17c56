//! What an attribute that the configuration does not write reads like: ARNs, ids and names that AWS makes.

use crate::load::terraform::instance::Instance;
use crate::node::Node;

/// The value of `instance.attribute`, where the instance's own arguments or an ARN template give it
///
/// `None` where this table does not know the attribute: the evaluator then makes a generated hole of its address.
#[must_use]
pub fn computed(_instance: &Instance, _attribute: &str) -> Option<Node> {
    None
}
