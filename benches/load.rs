//! How fast Terraform is read, and joined to a world.
//!
//! `cargo bench --bench load -- --write FOLDER` writes what is read to files instead: `many` with all roots, `big` with
//! one large root. `benches/memory.py` measures the program on them.

#![expect(clippy::expect_used, reason = "a benchmark, not a program")]

use std::path::Path;

use divan::{Bencher, black_box, counter::BytesCount};
use gatecrash::load::{self, Options};
use gatecrash::world::build::build;

#[path = "made/roots.rs"]
mod roots;

use roots::{PARTS, made, root_module};

/// Parts of the one large root
const BIG: usize = 340;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--write").skip(1);
    match arguments.next() {
        Some(folder) => write(Path::new(&folder)),
        None => divan::main(),
    }
}

/// Writes the configurations below a folder
fn write(folder: &Path) {
    let many = made().into_iter().map(|(path, text)| (folder.join("many").join(path), text));
    let big = (folder.join("big/main.tf"), root_module(0, BIG));
    for (path, text) in many.chain([big]) {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write to");
        std::fs::write(path, text).expect("a file to write to");
    }
}

#[divan::bench(sample_count = 5)]
fn read(bencher: Bencher<'_, '_>) {
    let files = made();
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench_local(|| black_box(load::embedded(&texts, &Options::default())));
}

#[divan::bench(sample_count = 3)]
fn read_and_join_one_root(bencher: Bencher<'_, '_>) {
    let text = root_module(0, PARTS);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        let loaded = load::embedded(&[("main.tf", text.as_str())], &Options::default());
        black_box(build(loaded.pieces, &[]))
    });
}

#[divan::bench(sample_count = 3)]
fn read_and_join(bencher: Bencher<'_, '_>) {
    let files = made();
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let loaded = load::embedded(&texts, &Options::default());
        black_box(build(loaded.pieces, &[]))
    });
}
