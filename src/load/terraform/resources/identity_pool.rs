//! Identity pools of Amazon Cognito: whom a pool gives a token, and which roles are attached to it.
//!
//! Must not know: who takes a role with the token (`reach::edges::guest`).

use super::{Reading, nodes};
use crate::load::terraform::attributes;
use crate::load::terraform::instance::Instance;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::pieces::Setting;

/// Arguments that name providers at which somebody may have, or make, a login
const LOGINS: &[&str] = &[
    "cognito_identity_providers",
    "developer_provider_name",
    "openid_connect_provider_arns",
    "saml_provider_arns",
    "supported_login_providers",
];

/// A pool, with what says who comes to a token of it
pub(super) fn read(instance: &Instance, reading: &mut Reading) {
    let settings = &["allow_unauthenticated_identities", "allow_classic_flow"];
    reading.declare(instance, Kind::Other, "identity_pool_name", settings);
    let id = attributes::text(instance, "id");
    let roles = reading.overview.pool_roles.get(&id).cloned().unwrap_or_default();
    let logins = LOGINS.iter().find_map(|logins| nodes(&instance.body, logins).into_iter().next());
    let Some(pool) = reading.pieces.declared.last_mut() else { return };
    pool.settings.extend(roles);
    pool.settings.insert("identity_pool_id", Setting { value: id, span: instance.span });
    pool.settings
        .extend(logins.map(|node| ("logins", Setting { value: Text::from("written"), span: node.span })));
}
