//! A progress bar on standard error, where that is a terminal and the work takes long enough to wonder.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Work that is over by then shows nothing
const PATIENCE: Duration = Duration::from_millis(300);

/// One piece of work
pub(super) struct Progress {
    bar: ProgressBar,
    began: Instant,
    shown: Shown,
    what: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Nobody sees it: no terminal
    Never,
    NotYet,
    Yes,
}

impl Progress {
    /// Work that begins now; `what` is in progress: `asking principals`
    pub(super) fn begin(what: &'static str) -> Self {
        let shown = if std::io::stderr().is_terminal() { Shown::NotYet } else { Shown::Never };
        let began = now();
        Self { bar: ProgressBar::hidden(), began, shown, what }
    }

    /// So much of it is done
    pub(super) fn at(&mut self, done: usize, all: usize) {
        if self.shown == Shown::NotYet && self.began.elapsed() > PATIENCE {
            let style = ProgressStyle::with_template("{msg} {bar:30} {pos} of {len}  {eta} left");
            self.bar = ProgressBar::new(all as u64).with_message(self.what);
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            self.shown = Shown::Yes;
        }
        self.bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: how long something takes is nothing an answer knows"
)]
fn now() -> Instant {
    Instant::now()
}
