//! Trust anchors of IAM Roles Anywhere: certificate authorities whose certificates are good for roles.
//!
//! A profile says which roles, and may narrow what they do; it opens nothing by itself. Must not know: who takes a role.

use super::Reading;
use crate::load::terraform::instance::Instance;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::{Setting, TRUST_ANCHOR};

pub(super) fn trust_anchor(instance: &Instance, reading: &mut Reading) {
    reading.declare(instance, Kind::Other, "name", &["enabled"]);
    if let Some(anchor) = reading.pieces.declared.last_mut() {
        anchor.settings.insert(TRUST_ANCHOR, Setting { value: Text::from("written"), span: instance.span });
    }
}

/// Nothing hangs on a profile that is written: one that names the role may always be there
pub(super) fn profile(_instance: &Instance, _reading: &mut Reading) {}
