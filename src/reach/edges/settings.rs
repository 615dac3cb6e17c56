//! Settings that switch a source off, or that say who stands in front of it.
//!
//! A setting is a row: its name as the input's, and the values that switch off. Must not know: which edges there are.

use crate::cause::{Cause, CauseKind};
use crate::world::Entity;
use crate::world::pieces::Setting;

/// A setting, the values that switch its carrier off, and what that is called
type Switch = (&'static str, &'static [&'static str], &'static str);

/// In the order of names
static SWITCHES: &[Switch] = &[
    ("actions_enabled", &["false"], "the alarm's actions are switched off"),
    ("desired_state", &["STOPPED"], "it is stopped"),
    (
        "disable_execute_api_endpoint",
        &["true"],
        "the API's own endpoint is switched off; only a custom domain leads in",
    ),
    ("enabled", &["false"], "it is not enabled"),
    ("is_enabled", &["false"], "it is not enabled"),
    ("state", &["DISABLED"], "it is disabled"),
];

/// What a setting says of a question with two answers
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// One of the values
    Yes,
    /// Another value, or the setting is not written
    No,
    /// A value that is not known
    Unknown(Cause),
}

/// Whether a setting has one of these values
pub(super) fn says(entity: &Entity, setting: &str, values: &[&str]) -> Said {
    let Some(Setting { value, span }) = entity.settings.get(setting) else { return Said::No };
    match value.as_literal() {
        Some(value) if values.contains(&value) => Said::Yes,
        Some(_) => Said::No,
        None => Said::Unknown(Cause::at(
            CauseKind::Hole,
            format!("{setting} of {}: {value}", entity.display),
            *span,
        )),
    }
}

/// Why a source does nothing, or may do nothing: it is switched off
pub(super) fn switched_off(source: &Entity) -> Vec<Cause> {
    let mut causes = Vec::new();
    for (name, values, what) in SWITCHES {
        match says(source, name, values) {
            Said::No => {}
            Said::Unknown(cause) => causes.push(cause),
            Said::Yes => {
                let what = format!("{}: {what}", source.display);
                let cause = match source.settings.get(name) {
                    Some(setting) => Cause::at(CauseKind::SwitchedOff, what, setting.span),
                    None => Cause::new(CauseKind::SwitchedOff, what),
                };
                causes.push(cause);
            }
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_in_the_order_of_names() {
        assert!(SWITCHES.is_sorted_by_key(|(name, ..)| *name));
    }
}
