//! The terminal's clipboard, by the escape sequence OSC 52: the text goes as base64, so that nothing of it acts.

use std::io::Write as _;

static DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Hands a text to the terminal; one that knows no clipboard ignores it
///
/// # Errors
/// Where the terminal cannot be written to.
pub fn copy(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    write!(out, "\u{1b}]52;c;{}\u{7}", base64(text.as_bytes()))?;
    out.flush()
}

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut word = 0_u32;
        for at in 0..3 {
            word = word << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let digit = (word >> (18 - 6 * at) & 63) as usize;
            let is_filler = at > chunk.len();
            let digit = DIGITS.get(digit).filter(|_| !is_filler).copied().unwrap_or(b'=');
            out.push(char::from(digit));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (text, wanted) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ] {
            assert_eq!(base64(text.as_bytes()), wanted);
        }
    }
}
