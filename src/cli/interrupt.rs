//! Ctrl-C: exit code 130, and no file that is written halfway.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The file that is being written, to be taken away again
static HALF_WRITTEN: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Whether the terminal UI has the terminal, gives it back itself, and then ends the program
#[cfg(feature = "tui")]
static ON_SCREEN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// What a shell reports of a program that Ctrl-C ended
const INTERRUPTED: i32 = 130;

/// From now on, Ctrl-C ends the program in this way
pub(super) fn watch() {
    // Where no handler can be set, the system's own ends the program, too.
    let _ = ctrlc::set_handler(|| {
        #[cfg(feature = "tui")]
        if ON_SCREEN.load(std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        if let Ok(half) = HALF_WRITTEN.lock()
            && let Some(path) = half.as_ref()
        {
            let _ = std::fs::remove_file(path);
        }
        #[expect(clippy::exit, reason = "the edge: Ctrl-C ends the program wherever it is")]
        std::process::exit(INTERRUPTED)
    });
}

/// From now on, the terminal UI hears of Ctrl-C itself
#[cfg(feature = "tui")]
pub(super) fn leave_to_the_screen() {
    ON_SCREEN.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// Runs `write` on a file that Ctrl-C takes away while it runs
pub(super) fn guarded<T>(half: &Path, write: impl FnOnce() -> T) -> T {
    let note = |path: Option<PathBuf>| {
        if let Ok(mut current) = HALF_WRITTEN.lock() {
            *current = path;
        }
    };
    note(Some(half.to_owned()));
    let out = write();
    note(None);
    out
}
