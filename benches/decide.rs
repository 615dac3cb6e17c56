//! How many decisions a second: every case of the corpus, read once, decided on one thread.

#![expect(clippy::expect_used, reason = "a benchmark without its corpus has nothing to say")]

use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::ItemsCount;
use gatecrash::eval::decide::decide;
use gatecrash::eval::request::{Applicable, Request};
use gatecrash::load::cases::Case;
use gatecrash::source::Sources;

fn main() {
    divan::main();
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads its cases itself")]
fn cases(name: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/decisions").join(name);
    let text = fs::read_to_string(path).expect("the corpus");
    let mut sources = Sources::default();
    text.lines().map(|line| Case::read(line, sources.add(name, line)).0.expect("a case")).collect()
}

#[divan::bench(args = ["golden.jsonl", "documentation.jsonl", "beyond.jsonl"])]
fn decide_all(bencher: Bencher<'_, '_>, name: &str) {
    let cases = cases(name);
    let asked: Vec<(Applicable<'_>, &Request)> =
        cases.iter().map(|case| (case.applicable(), &case.request)).collect();
    bencher.counter(ItemsCount::new(asked.len())).bench(|| {
        asked.iter().map(|(policies, request)| decide(policies, request).steps.len()).sum::<usize>()
    });
}
