//! Markdown for pull requests and job summaries: GitHub's dialect, every text of a policy escaped for it.

use crate::report::escape::escape;

mod check;
pub mod diff;

pub use check::check;

/// Characters that mean something in Markdown or HTML
const SPECIAL: &str = "\\`*_{}[]()<>#+!|~&@$";

/// Text from a policy as it is: nothing in it is markup, a link or a mention
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    for character in escape(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A mention would notify somebody.
            '@' => out.push_str("&#64;"),
            _ if SPECIAL.contains(character) => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

/// Text from a policy as code, also inside of a table
#[must_use]
pub fn code(text: &str) -> String {
    let mut out = "<code>".to_owned();
    for character in escape(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ if character.is_ascii_punctuation() && !"-./:,".contains(character) => {
                out.push_str(&format!("&#{};", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push_str("</code>");
    out
}
