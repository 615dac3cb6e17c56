//! The edge kinds, one a file: which requests make an edge, and what decides them.

use crate::aws::action::Action;
use crate::cause::{Cause, CauseKind};
use crate::eval::context::KeyValue;
use crate::text::Text;
use crate::world::kind::Kind;
use crate::world::{Entity, EntityId, World};

pub mod anywhere;
pub mod api_read;
pub mod api_route;
pub mod assume;
pub mod configuration;
pub mod data;
pub mod fire;
pub mod forward;
pub mod function_url;
mod guest;
pub mod invoke_api;
mod key;
pub mod lever;
mod names;
mod pattern;
mod put_object;
mod rights;
pub mod runs_as;
pub mod s3_notification;
pub mod service;
mod settings;
pub mod sql;
pub mod trigger;
pub mod web_endpoint;

/// An action of the tables in this layer
///
/// INVARIANT: the tables hold well-formed actions only (a test reads them all).
fn action(text: &str) -> Action {
    #[expect(clippy::expect_used, reason = "INVARIANT: only called with the literals of this layer's tables")]
    Action::parse(text).expect("a well-formed action")
}

/// The key that tells calls through a function's URL from calls of its API \[urls-auth\]
const VIA_URL: &str = "lambda:InvokedViaFunctionUrl";

/// Through which of the two a call comes
#[derive(Clone, Copy, PartialEq, Eq)]
enum Through {
    Url,
    Api,
}

/// The value of [`VIA_URL`]
fn via(through: Through) -> KeyValue {
    KeyValue::One(Text::from(if through == Through::Url { "true" } else { "false" }))
}

/// Whether an entity signs requests
pub(super) fn signs(entity: &Entity) -> bool {
    matches!(entity.kind, Kind::User | Kind::Role | Kind::Account | Kind::AnyAccount)
}

/// Why a function may not run although it is allowed: its concurrency is switched off
fn switched_off(world: &World, function: EntityId) -> Vec<Cause> {
    let entity = world.entity(function);
    let base = entity.alias_of.unwrap_or(function);
    let setting = world.entity(base).settings.get("reserved_concurrent_executions");
    let off = setting.filter(|setting| setting.value.as_literal() == Some("0"));
    let cause = |setting: &crate::world::pieces::Setting| {
        Cause::at(CauseKind::SwitchedOff, "reserved concurrency is 0", setting.span)
    };
    off.map(cause).into_iter().collect()
}
