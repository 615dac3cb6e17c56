//! How the graph grows with the account: every edge of a made one, over 100, 300 and 1,000 roles.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gatecrash::load::{self, Options};
use gatecrash::reach::graph::Graph;
use gatecrash::world::World;
use gatecrash::world::build::build;
use gatecrash::world::view::View;

#[path = "made/account.rs"]
mod account;

fn main() {
    divan::main();
}

const ROLES: &[usize] = &[100, 300, 1_000];

fn world(roles: usize) -> World {
    let text = account::terraform(roles);
    build(load::embedded(&[("main.tf", text.as_str())], &Options::default()).pieces, &[]).0
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn read(bencher: Bencher<'_, '_>, roles: usize) {
    let text = account::terraform(roles);
    bencher.bench_local(|| black_box(load::embedded(&[("main.tf", text.as_str())], &Options::default())));
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn join_the_world(bencher: Bencher<'_, '_>, roles: usize) {
    let text = account::terraform(roles);
    bencher
        .with_inputs(|| load::embedded(&[("main.tf", text.as_str())], &Options::default()).pieces)
        .bench_local_values(|pieces| build(pieces, &[]));
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn build_the_graph(bencher: Bencher<'_, '_>, roles: usize) {
    let world = world(roles);
    let view = View::new(&world);
    // What is found grows with the square of the account where roles are wide: the rate is that of edges.
    bencher
        .counter(ItemsCount::new(Graph::build(&view).edges().len()))
        .bench_local(|| Graph::build(black_box(&view)));
}
