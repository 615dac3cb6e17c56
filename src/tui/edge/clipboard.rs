//! The terminal's clipboard, by the escape sequence OSC 52: the text goes as base64, so that nothing of it acts.

use std::io;

use crossterm::clipboard::CopyToClipboard;
use crossterm::execute;

/// Hands a text to the terminal; one that knows no clipboard ignores it
///
/// # Errors
/// Where the terminal cannot be written to.
pub fn copy(text: &str) -> io::Result<()> {
    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
}
