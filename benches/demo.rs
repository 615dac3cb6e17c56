//! How long the parts of an answer take on the demo shop: loading, joining, one decision, the whole graph.

#![expect(clippy::expect_used, reason = "a benchmark of a world that is known")]

use std::path::Path;

use divan::{Bencher, black_box};
use gatecrash::aws::action::Action;
use gatecrash::load::{self, Loaded, Options};
use gatecrash::reach::graph::Graph;
use gatecrash::reach::search;
use gatecrash::text::Text;
use gatecrash::world::World;
use gatecrash::world::build::build;
use gatecrash::world::kind::Kind;
use gatecrash::world::view::{Question, View, caller};

fn main() {
    divan::main();
}

fn shop() -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/worlds/shop");
    load::paths(&[folder], &Options::default())
}

fn world() -> World {
    build(shop().pieces, &[]).0
}

#[divan::bench]
fn load_the_shop() -> Loaded {
    black_box(shop())
}

#[divan::bench]
fn join_the_world(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(|| shop().pieces).bench_values(|pieces| build(pieces, &[]));
}

#[divan::bench]
fn decide_one_request(bencher: Bencher<'_, '_>) {
    let world = world();
    let view = View::new(&world);
    let named = |kind: Kind, name: &str| {
        world.of_kind(kind).find(|entity| entity.name == Text::from(name)).expect("the shop has it")
    };
    let (who, function) = (named(Kind::Role, "ci-deploy"), named(Kind::Function, "adm"));
    let action = Action::parse("lambda:InvokeFunction").expect("an action");
    bencher.bench(|| {
        view.ask(&Question {
            caller: caller(who).expect("a role calls"),
            identity: Some(who.id),
            action: &action,
            resource: function.arn.clone().expect("a function has an ARN"),
            on: Some(function.id),
            context: Vec::new(),
        })
    });
}

#[divan::bench]
fn build_the_graph(bencher: Bencher<'_, '_>) {
    let world = world();
    let view = View::new(&world);
    bencher.bench(|| Graph::build(black_box(&view)));
}

#[divan::bench]
fn reach_of_anonymous(bencher: Bencher<'_, '_>) {
    let world = world();
    let graph = Graph::build(&View::new(&world));
    let start = world.anonymous().expect("every world has it");
    bencher.bench(|| search::reach(&world, &graph, &[start]).len());
}
