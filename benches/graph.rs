//! How the graph grows with the account: every edge of a made one, over 100, 300 and 1,000 roles; and what fifty claims
//! cost on top. How many statements and edges each has is printed first: where every third role is wide, edges grow with
//! the square of the roles, and time with them.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gatecrash::assertion::check::{Task, check};
use gatecrash::assertion::claim::Asked;
use gatecrash::assertion::draft::draft;
use gatecrash::assertion::file;
use gatecrash::load::{self, Options};
use gatecrash::reach::graph::Graph;
use gatecrash::world::World;
use gatecrash::world::build::build;
use gatecrash::world::select::{Names, Ours};
use gatecrash::world::view::View;

#[path = "made/account.rs"]
mod account;

use account::Mix;

fn main() {
    // A filter or a list asks for something else than figures of every world.
    if std::env::args().any(|arg| arg == "--bench") {
        sizes();
    }
    divan::main();
}

/// How large each world is
#[expect(clippy::print_stdout, reason = "the figures that the times below are to be read with")]
fn sizes() {
    println!("{:>5} {:>6} {:>10} {:>8} {:>8}", "mix", "roles", "statements", "entities", "edges");
    for mix in [Mix::Teams, Mix::Wide] {
        for roles in ROLES {
            let world = world(*roles, mix);
            let statements: usize = world.policies().map(|(_, stored)| stored.policy.statements.len()).sum();
            let edges = Graph::build(&View::new(&world)).len();
            let entities = world.entities().len();
            println!("{:>5} {roles:>6} {statements:>10} {entities:>8} {edges:>8}", format!("{mix:?}"));
        }
    }
}

const ROLES: &[usize] = &[100, 300, 1_000];

fn world(roles: usize, mix: Mix) -> World {
    let text = account::terraform(roles, mix);
    build(load::embedded(&[("main.tf", text.as_str())], &Options::default()).pieces, &[]).0
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn read(bencher: Bencher<'_, '_>, roles: usize) {
    let text = account::terraform(roles, Mix::Teams);
    bencher.bench_local(|| black_box(load::embedded(&[("main.tf", text.as_str())], &Options::default())));
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn join_the_world(bencher: Bencher<'_, '_>, roles: usize) {
    let text = account::terraform(roles, Mix::Teams);
    bencher
        .with_inputs(|| load::embedded(&[("main.tf", text.as_str())], &Options::default()).pieces)
        .bench_local_values(|pieces| build(pieces, &[]));
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn build_the_graph(bencher: Bencher<'_, '_>, roles: usize) {
    graph_of(bencher, roles, Mix::Teams);
}

#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn build_the_graph_of_wide_roles(bencher: Bencher<'_, '_>, roles: usize) {
    graph_of(bencher, roles, Mix::Wide);
}

fn graph_of(bencher: Bencher<'_, '_>, roles: usize, mix: Mix) {
    let world = world(roles, mix);
    let view = View::new(&world);
    bencher
        .counter(ItemsCount::new(Graph::build(&view).len()))
        .bench_local(|| Graph::build(black_box(&view)));
}

/// Fifty of the claims that `gatecrash init` writes: the first forty-eight are about who invokes what, the last two about
/// what the outside reaches. Their graph is part of it.
#[expect(clippy::expect_used, reason = "a figure about no claims would be a lie")]
#[divan::bench(args = ROLES, sample_count = 3, sample_size = 1)]
fn check_fifty_claims(bencher: Bencher<'_, '_>, roles: usize) {
    let world = world(roles, Mix::Wide);
    let view = View::new(&world);
    let graph = Graph::build(&view);
    let ours = Ours::default();
    let asked = Asked { view: &view, graph: &graph, names: Names { world: &world, ours: &ours } };
    let mut config = file::read(&draft(&asked, &[".".to_owned()])).expect("init writes what check reads");
    let last = config.assertions.split_off(config.assertions.len().saturating_sub(2));
    config.assertions.truncate(48);
    config.assertions.extend(last);
    let task = Task { config: &config, world: &world, today: jiff::civil::date(2026, 11, 25) };
    bencher.bench_local(|| check(black_box(task), &|_| true, &mut |_, _| ()));
}
