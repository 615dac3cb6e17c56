//! Work beside the screen: a thread for each piece, called off where a newer one takes its place.
//!
//! A panic of such a thread is an answer like another. Must not know: what is done with answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::tui::app::Msg;

/// Hears how much of how much is done, and says whether to go on
pub type GoOn<'g> = &'g mut dyn FnMut(usize, usize) -> bool;

/// The threads, and where their answers come in
#[derive(Debug)]
pub struct Worker {
    newest: Arc<AtomicU64>,
    answers: (Sender<Msg>, Receiver<Msg>),
}

/// A piece of work; without an answer it was called off
pub type Work = Box<dyn FnOnce(GoOn<'_>) -> Option<Msg> + Send>;

impl Default for Worker {
    fn default() -> Self {
        Self { newest: Arc::new(AtomicU64::new(0)), answers: channel() }
    }
}

impl Worker {
    /// Begins a piece of work, and calls off what was begun before
    pub fn begin(&self, work: Work) {
        let own = self.newest.fetch_add(1, Ordering::SeqCst) + 1;
        let (newest, answers) = (Arc::clone(&self.newest), self.answers.0.clone());
        std::thread::spawn(move || {
            let progress = answers.clone();
            let mut told = 0;
            let mut go_on = move |done: usize, all: usize| {
                // Often enough to look alive, seldom enough to cost nothing.
                if all > 0 && done.saturating_mul(100) / all != told {
                    told = done.saturating_mul(100) / all;
                    let _ = progress.send(Msg::Progress(done, all));
                }
                newest.load(Ordering::Relaxed) == own
            };
            let answer = catch_unwind(AssertUnwindSafe(|| work(&mut go_on)));
            let answer = answer.unwrap_or_else(|_| {
                let what = "this is a bug in gatecrash: working that out failed; everything else goes on";
                Some(Msg::Failed(what.to_owned()))
            });
            if let Some(answer) = answer {
                let _ = answers.send(answer);
            }
        });
    }

    /// An answer that is there
    #[must_use]
    pub fn answer(&self) -> Option<Msg> {
        self.answers.1.try_recv().ok()
    }

    /// Answers up to the first that is more than progress, waited for so long at most
    #[must_use]
    pub fn answers_within(&self, wait: Duration) -> Vec<Msg> {
        let until = now() + wait;
        let mut answers = Vec::new();
        loop {
            let left = until.saturating_duration_since(now());
            match self.answers.1.recv_timeout(left) {
                Ok(answer) => {
                    let is_progress = matches!(answer, Msg::Progress(..));
                    answers.push(answer);
                    if !is_progress {
                        return answers;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return answers,
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the edge: how long a frame may take")]
fn now() -> Instant {
    Instant::now()
}
