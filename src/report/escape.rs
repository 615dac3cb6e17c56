//! Text from policies is untrusted: control characters and bidirectional overrides never reach a terminal.

use std::borrow::Cow;

/// The text with control and formatting characters spelled out (`\u{1b}`)
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unsafe(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Control characters, and the invisible ones that reorder or hide what stands around them
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_overrides_are_spelled_out() {
        assert_eq!(escape("a\u{1b}]0;x\u{202e}b\n"), r"a\u{1b}]0;x\u{202e}b\u{a}");
        assert_eq!(escape("prod/ä-⟨var.x⟩"), "prod/ä-⟨var.x⟩");
    }
}
