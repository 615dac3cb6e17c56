//! What an edit costs: a statement of a role switched off and on again, one of a function's policy, and a context key that
//! counts everywhere; on the demo shop and on made accounts.

#![expect(clippy::expect_used, reason = "a benchmark of worlds that are known")]

use std::path::Path;
use std::sync::Arc;

use divan::Bencher;
use gatecrash::assertion::{Config, file};
use gatecrash::eval::context::KeyValue;
use gatecrash::load::{self, Options};
use gatecrash::session::edit::Edit;
use gatecrash::session::{Loaded, Session};
use gatecrash::text::Text;
use gatecrash::world::build::build;
use gatecrash::world::edit::Slot;
use gatecrash::world::kind::Kind;
use gatecrash::world::view::StatementPlace;

#[path = "made/account.rs"]
mod account;

fn main() {
    divan::main();
}

/// The worlds: the demo shop, and accounts of so many roles
const WORLDS: &[usize] = &[0, 100, 1_000];

fn session(roles: usize) -> Session {
    let (read, config) = if roles == 0 {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/worlds/shop");
        let text = include_str!("../corpus/worlds/shop/gatecrash.toml");
        (load::paths(&[folder], &Options::default()), file::read(text).expect("an assertion file"))
    } else {
        let text = account::terraform(roles, account::Mix::Wide);
        (load::embedded(&[("main.tf", text.as_str())], &Options::default()), Config::default())
    };
    let accounts = read.pieces.accounts.clone();
    let (world, problems) = build(read.pieces, &[]);
    let loaded = Loaded {
        sources: read.sources,
        world: Arc::new(world),
        problems,
        accounts,
        config,
        config_path: None,
        today: jiff::civil::date(2026, 11, 25),
    };
    Session::begin(loaded, &mut |_, _| true).expect("nobody calls it off")
}

/// The first statement that something of a kind carries in a list
fn statement(session: &Session, kind: Kind, slot: Slot) -> StatementPlace {
    let world = &session.loaded().world;
    let documents = world
        .of_kind(kind)
        .flat_map(|entity| entity.carries(slot))
        .filter_map(|one| one.document.clone().ok());
    let mut statements = documents.flat_map(|id| &world.stored(id).policy.statements);
    statements.next().map(|one| (one.span, one.index)).expect("a statement")
}

fn switch(bencher: Bencher<'_, '_>, roles: usize, kind: Kind, slot: Slot) {
    let mut session = session(roles);
    let place = statement(&session, kind, slot);
    bencher.bench_local(|| {
        session.apply(Edit::Off(place));
        let job = session.undo().expect("an edit was made");
        session.run(&job);
    });
}

#[divan::bench(args = WORLDS, sample_count = 5, sample_size = 1)]
fn a_statement_of_a_role_off_and_undone(bencher: Bencher<'_, '_>, roles: usize) {
    switch(bencher, roles, Kind::Role, Slot::Identity);
}

#[divan::bench(args = WORLDS, sample_count = 5, sample_size = 1)]
fn a_statement_of_a_function_policy_off_and_undone(bencher: Bencher<'_, '_>, roles: usize) {
    switch(bencher, roles, Kind::Function, Slot::Resource);
}

#[divan::bench(args = WORLDS, sample_count = 5, sample_size = 1)]
fn a_context_key_given_and_taken_back(bencher: Bencher<'_, '_>, roles: usize) {
    let mut session = session(roles);
    bencher.bench_local(|| {
        session.apply(Edit::Give("aws:SourceIp".to_owned(), KeyValue::One(Text::from("203.0.113.7"))));
        let job = session.undo().expect("an edit was made");
        session.run(&job);
    });
}
