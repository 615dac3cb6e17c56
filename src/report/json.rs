//! The machine-readable form: one JSON document, two spaces of indent, a final line break.

use serde::Serialize;

/// An answer as JSON
///
/// # Errors
/// Never for the answers of this program; the signature leaves it to the caller to say so.
pub fn write(answer: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(answer).map(|text| text + "\n")
}
