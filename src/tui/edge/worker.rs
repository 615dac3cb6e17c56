//! Work beside the screen: a thread for each piece, called off where a newer one of its lane takes its place.
//!
//! A panic of such a thread is an answer like another. Must not know: what is done with answers.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::tui::app::{Lane, Msg};

/// Hears how much of how much is done, and says whether to go on
pub type GoOn<'g> = &'g mut dyn FnMut(usize, usize) -> bool;

/// The threads, and where their answers come in
#[derive(Debug)]
pub struct Worker {
    /// By lane
    newest: BTreeMap<Lane, Arc<AtomicU64>>,
    answers: (Sender<Msg>, Receiver<Msg>),
}

/// A piece of work; without an answer it was called off
pub type Work = Box<dyn FnOnce(GoOn<'_>) -> Option<Msg> + Send>;

impl Default for Worker {
    fn default() -> Self {
        Self { newest: BTreeMap::new(), answers: channel() }
    }
}

impl Worker {
    /// Begins a piece of work, and calls off what was begun before in its lane
    pub fn begin(&mut self, lane: Lane, work: Work) {
        let newest = Arc::clone(self.newest.entry(lane).or_default());
        let own = newest.fetch_add(1, Ordering::SeqCst) + 1;
        let answers = self.answers.0.clone();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_work_calls_off_what_was_begun_in_its_lane_and_nothing_else() {
        let mut worker = Worker::default();
        let told = |worker: &Worker| match worker.answers_within(Duration::from_secs(10)).pop() {
            Some(Msg::Told(words)) => words,
            other => panic!("{other:?}"),
        };
        worker.begin(
            Lane::Edits,
            Box::new(|go_on| {
                while go_on(0, 0) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Some(Msg::Told("called off".to_owned()))
            }),
        );
        worker.begin(Lane::Ways, Box::new(|_| Some(Msg::Told("ways".to_owned()))));
        assert_eq!(told(&worker), "ways");
        assert!(worker.answers_within(Duration::from_millis(30)).is_empty());
        worker.begin(Lane::Edits, Box::new(|_| None));
        assert_eq!(told(&worker), "called off");
    }
}
