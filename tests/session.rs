//! Sessions: what follows from an edit, worked out from what was there, is what follows from scratch; and undoing every
//! edit gives the loaded world back.
//!
//! Every statement, attachment and wiring of every world of the corpus is switched off once, so that each edge kind has
//! its say in what an edit may touch.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use gatecrash::assertion::Config;
use gatecrash::eval::context::KeyValue;
use gatecrash::load::{self, Options};
use gatecrash::reach::Edge;
use gatecrash::reach::graph::Graph;
use gatecrash::session::draft::Draft;
use gatecrash::session::edit::Edit;
use gatecrash::session::{Loaded, Session};
use gatecrash::text::Text;
use gatecrash::world::build::build;
use gatecrash::world::edit::{SLOTS, Slot};
use gatecrash::world::kind::Kind;
use gatecrash::world::{PolicyId, World};

use crate::program::{entries, root};

/// A session with what a folder holds
fn session(folder: &Path) -> Session {
    let read = load::paths(&[folder.to_path_buf()], &Options::default());
    let accounts = read.pieces.accounts.clone();
    let (world, problems) = build(read.pieces, &[]);
    let loaded = Loaded {
        sources: read.sources,
        world: Arc::new(world),
        problems,
        accounts,
        config: Config::default(),
        config_path: None,
        today: jiff::civil::date(2026, 11, 25),
    };
    Session::begin(loaded, &mut |_, _| true).expect("nobody calls it off")
}

/// Every edit that takes one thing out of a world
fn removals(world: &World) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut places = BTreeSet::new();
    for (_, stored) in world.policies() {
        for statement in &stored.policy.statements {
            if places.insert((statement.span, statement.index)) {
                edits.push(Edit::Off((statement.span, statement.index)));
            }
        }
    }
    for entity in world.entities() {
        for slot in SLOTS {
            for policy in entity.carries(*slot).iter().filter_map(|one| one.document.as_ref().ok()) {
                edits.push(Edit::Detach { entity: entity.id, slot: *slot, policy: *policy });
            }
        }
    }
    edits.extend(world.all_wirings().map(|(id, _)| Edit::Unwire(id)));
    edits
}

fn same(one: &Graph, other: &Graph) -> bool {
    one.edges().eq(other.edges())
}

/// What two graphs do not have in common, in short
fn difference(world: &World, found: &Graph, wanted: &Graph) -> Option<String> {
    if same(found, wanted) {
        return None;
    }
    let short = |edge: &Edge| {
        let name = |id| &world.entity(id).display;
        format!("{} -{}-> {}", name(edge.from), edge.kind, name(edge.to))
    };
    let only = |graph: &Graph, other: &Graph| -> Vec<String> {
        graph.edges().filter(|edge| !other.edges().any(|one| one == *edge)).map(short).collect()
    };
    Some(format!("stale: {:?}; missing: {:?}", only(found, wanted), only(wanted, found)))
}

#[test]
fn what_follows_from_an_edit_is_what_follows_from_scratch() {
    let mut failures = Vec::new();
    let (mut worlds, mut tried) = (0, 0);
    for folder in entries(&root().join("corpus/worlds")).into_iter().filter(|path| path.is_dir()) {
        // The shop once more, in other formats.
        if folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("load-")) {
            continue;
        }
        let mut session = session(&folder);
        worlds += 1;
        for edit in removals(&session.loaded().world) {
            session.apply(edit.clone());
            let now = session.now();
            let scratch = Graph::build(&now.view());
            if let Some(what) = difference(now.world(), now.graph(), &scratch) {
                failures.push(format!("{}: {edit:?}: {what}", folder.display()));
            }
            let job = session.undo().expect("an edit was made");
            session.run(&job);
            if !same(session.now().graph(), session.base().graph()) {
                failures.push(format!("{}: {edit:?}: undone, it is not what was loaded", folder.display()));
            }
            tried += 1;
        }
    }
    assert!(worlds > 50 && tried > 1_000, "{tried} edits of {worlds} worlds");
    assert!(failures.is_empty(), "{} of {tried}:\n{}", failures.len(), failures.join("\n"));
}

fn shop() -> Session {
    session(&root().join("corpus/worlds/shop"))
}

/// The first document that a thing carries in a list
fn document(session: &Session, kind: Kind, name: &str, slot: Slot) -> PolicyId {
    let entity = named(session, kind, name);
    let carried = session.loaded().world.entity(entity).carries(slot);
    carried.iter().find_map(|one| one.document.clone().ok()).expect("it carries a document")
}

fn named(session: &Session, kind: Kind, name: &str) -> gatecrash::world::EntityId {
    let world = &session.loaded().world;
    let found = world.of_kind(kind).find(|entity| entity.name == Text::from(name));
    found.map(|entity| entity.id).expect("the world has it")
}

#[test]
fn a_statement_that_was_added_opens_what_it_allows_and_nothing_is_left_of_it_when_undone() {
    let mut session = shop();
    let policy = document(&session, Kind::Role, "support", Slot::Identity);
    let text = r#"{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}"#;
    let statement = session.statement(text, policy).expect("a statement");
    session.apply(Edit::Add { policy, statement });
    let (support, pay) = (named(&session, Kind::Role, "support"), named(&session, Kind::Function, "pay"));
    let opened = |session: &Session| {
        session.now().graph().out(support).iter().any(|edge| edge.to == pay && edge.kind == "invoke.api")
    };
    assert!(opened(&session));
    assert!(session.now().direct.iter().any(|one| one.from == support && one.to == pay));
    let scratch = Graph::build(&session.now().view());
    assert_eq!(difference(session.now().world(), session.now().graph(), &scratch), None);
    let job = session.undo().expect("an edit was made");
    session.run(&job);
    assert!(!opened(&session));
    assert!(same(session.now().graph(), session.base().graph()));
    assert_eq!((session.now().direct.len(), session.now().reach.len()), (0, 0));
}

#[test]
fn an_attached_document_says_what_it_says_where_it_was_and_what_was_attached_can_be_switched_off() {
    let mut session = shop();
    let policy = document(&session, Kind::Role, "pay-exec", Slot::Identity);
    let support = named(&session, Kind::Role, "support");
    session.apply(Edit::Attach { entity: support, slot: Slot::Identity, policy });
    let scratch = Graph::build(&session.now().view());
    assert_eq!(difference(session.now().world(), session.now().graph(), &scratch), None);
    assert!(!session.now().direct.is_empty());
    let places: Vec<_> =
        session.loaded().world.stored(policy).policy.statements.iter().map(|s| (s.span, s.index)).collect();
    for place in places {
        session.apply(Edit::Off(place));
        let scratch = Graph::build(&session.now().view());
        assert_eq!(difference(session.now().world(), session.now().graph(), &scratch), None);
    }
    session.apply(Edit::Detach { entity: support, slot: Slot::Identity, policy });
    let scratch = Graph::build(&session.now().view());
    assert_eq!(difference(session.now().world(), session.now().graph(), &scratch), None);
}

#[test]
fn a_context_key_that_is_given_counts_in_every_request() {
    let mut session = shop();
    let mfa = || "aws:MultiFactorAuthPresent".to_owned();
    session.apply(Edit::Give(mfa(), KeyValue::One(Text::from("true"))));
    let scratch = Graph::build(&session.now().view());
    assert_eq!(difference(session.now().world(), session.now().graph(), &scratch), None);
    assert!(!same(session.now().graph(), session.base().graph()));
    session.apply(Edit::Ungive(mfa()));
    assert!(same(session.now().graph(), session.base().graph()));
    assert!(session.draft().is_as_loaded(&session.loaded().world));
}

#[test]
fn what_a_person_writes_is_a_whole_statement_or_refused_with_its_place() {
    let mut session = shop();
    let policy = document(&session, Kind::Role, "support", Slot::Identity);
    for (text, says) in [
        ("{", "line 1"),
        ("[]", "one statement"),
        ("{\"Effect\": \"Allow\",\n \"Acton\": \"s3:*\", \"Resource\": \"*\"}", "without `Action`"),
    ] {
        let refused = session.statement(text, policy).expect_err(text).to_string();
        assert!(refused.contains(says), "{text}: {refused}");
    }
}

#[test]
fn the_files_of_a_draft_name_file_and_line_of_what_to_change() {
    let mut session = shop();
    let policy = document(&session, Kind::Role, "support", Slot::Identity);
    let first = session.loaded().world.stored(policy).policy.statements.first().expect("a statement").clone();
    session.apply(Edit::Off((first.span, first.index)));
    let place = session.sources().place(first.span).to_string();
    let files = session.written();
    let text = files.get("CHANGES.txt").expect("the text");
    assert!(text.contains(&format!("{place}: delete statement 0")), "{text}");
    assert_eq!(files.len(), 2, "the text and one document: {:?}", files.keys());
}

#[test]
fn edits_are_made_again_in_files_that_were_read_again_and_those_of_what_is_gone_are_counted() {
    let mut old = shop();
    let policy = document(&old, Kind::Role, "support", Slot::Identity);
    let first = old.loaded().world.stored(policy).policy.statements.first().expect("a statement").clone();
    old.apply(Edit::Off((first.span, first.index)));
    let text = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    let statement = old.statement(text, policy).expect("a statement");
    let added = statement.statement.span;
    old.apply(Edit::Add { policy, statement });
    let index = old.draft().lines(&old.loaded().world, policy).last().expect("a line").statement.index;
    old.apply(Edit::Off((added, index)));
    let mut new = shop();
    let (lost, job) = new.take_edits_of(&old);
    new.run(&job.expect("edits"));
    assert_eq!(lost, 0);
    assert_eq!(new.now().graph().len(), old.now().graph().len());
    assert_eq!(new.now().direct, old.now().direct);
    let mut other = session(&root().join("corpus/worlds/edge-sqs"));
    let (lost, _) = other.take_edits_of(&old);
    assert_eq!(lost, 3);
    assert_eq!(other.draft(), &Draft::default());
}
