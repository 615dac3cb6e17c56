//! The machine-readable form: one JSON document, two spaces of indent, a final line break.
//!
//! Characters that reorder or hide text are written as JSON escapes: a document is read in terminals, too.

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::escape::is_unsafe;

/// An answer as JSON
///
/// # Errors
/// Never for the answers of this program; the signature leaves it to the caller to say so.
pub fn write(answer: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(answer).map(|text| plain(&text) + "\n")
}

/// JSON with every character that moves or hides others escaped: outside of strings it has none but line breaks
pub(super) fn plain(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && is_unsafe(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_is_escaped_and_reads_the_same() {
        let text = "a\u{1b}\u{202e}\u{e0041}\u{7f}b\n";
        let json = write(&text).unwrap_or_default();
        assert_eq!(json, "\"a\\u001b\\u202e\\udb40\\udc41\\u007fb\\n\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).ok().as_deref(), Some(text));
    }
}
