//! The laws of `gatecrash::fuzz::laws`, held over what `gatecrash::fuzz::strategies` draws.

use std::collections::BTreeMap;
use std::path::Path;

use gatecrash::aws::pattern::{Fit, fit};
use gatecrash::eval::decide::decide;
use gatecrash::fuzz::laws::{self, Held, Law, Of};
use gatecrash::fuzz::strategies::{
    Carries, Holes, draw, pattern_and_text, policies, policy, request, statement, way,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use crate::program::{entries, root, text};

/// So many draws; what failed once is kept in `proptest-regressions` and tried first
fn draws(cases: u32) -> Config {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/found/laws.proptest");
    Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(path))),
        ..Config::default()
    }
}

fn held(law: Result<(), String>) -> Result<(), TestCaseError> {
    law.map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(draws(2_000))]

    #[test]
    fn parsing_what_is_printed_gives_the_policy_again(
        identity in policy(Holes::Some, Carries::Nobody), of_resource in policy(Holes::Some, Carries::Principals),
    ) {
        held(laws::print_then_parse(&identity))?;
        held(laws::print_then_parse(&of_resource))?;
    }

    #[test]
    fn a_pattern_without_holes_is_what_the_reference_says((pattern, text) in pattern_and_text(Holes::None), way in way()) {
        held(laws::pattern_is_right(&pattern, &text, way))?;
    }

    #[test]
    fn two_patterns_meet_in_what_both_fit(
        own in "[ab*?]{0,8}", other in "[ab*?]{0,8}", (pattern, text) in pattern_and_text(Holes::Some),
    ) {
        held(laws::patterns_meet_in_what_both_fit(&own.into(), &other.into()))?;
        held(laws::patterns_meet_in_what_both_fit(&pattern, &text))?;
    }

    #[test]
    fn a_pattern_with_holes_is_sure_only_where_every_filling_agrees(
        (pattern, text) in pattern_and_text(Holes::Some), way in way(),
    ) {
        held(laws::pattern_is_right(&pattern, &text, way))?;
    }
}

proptest! {
    #![proptest_config(draws(600))]

    #[test]
    fn every_law_of_decisions_holds_where_everything_is_known(draw in draw(Holes::None)) {
        for law in laws::laws() {
            held((law.check)(&draw).map(|_| ()).map_err(|wrong| told(law, &wrong)))?;
        }
    }

    #[test]
    fn the_laws_that_speak_of_all_hold_where_things_are_unknown(draw in draw(Holes::Some)) {
        for law in laws::laws().filter(|law| law.of == Of::All) {
            held((law.check)(&draw).map(|_| ()).map_err(|wrong| told(law, &wrong)))?;
        }
    }
}

fn told(law: &Law, wrong: &str) -> String {
    format!("{}: {}: {wrong}", law.id, law.says)
}

/// A law that is never in point proves nothing, and a harness that sees nothing wrong in a wrong statement neither
#[test]
fn every_law_is_in_point_often_and_the_control_fails() {
    let mut runner = TestRunner::deterministic();
    let mut in_point: BTreeMap<&str, usize> = laws::laws().map(|law| (law.id, 0)).collect();
    assert!(in_point.len() >= 25 && in_point.len() == laws::laws().count());
    let mut broken = 0;
    let draws = draw(Holes::None);
    for _ in 0..600 {
        let draw = draws.new_tree(&mut runner).expect("a draw").current();
        for law in laws::laws() {
            if (law.check)(&draw) == Ok(Held::InPoint) {
                *in_point.entry(law.id).or_default() += 1;
            }
        }
        broken += usize::from((laws::CONTROL.check)(&draw).is_err());
    }
    let rare: Vec<_> = in_point.iter().filter(|(_, count)| **count < 3).collect();
    assert!(rare.is_empty(), "{in_point:?}");
    assert!(broken > 0, "nobody noticed that {}", laws::CONTROL.says);
}

#[test]
fn neither_the_order_of_files_nor_that_of_blocks_matters() {
    for world in entries(&root().join("corpus/worlds")) {
        // Files that are no text are for another test.
        if world.ends_with("bad-not-text") {
            continue;
        }
        let mut files = Vec::new();
        read_folder(&world, "", &mut files);
        let texts: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        if let Err(wrong) = laws::order_of_files_and_blocks_does_not_matter(&texts) {
            panic!("{}: {wrong}", world.display());
        }
    }
}

/// The text files of a world, by path below it
fn read_folder(folder: &Path, below: &str, files: &mut Vec<(String, String)>) {
    if !folder.is_dir() {
        return;
    }
    for entry in entries(folder) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() {
            read_folder(&entry, &format!("{below}{name}/"), files);
        } else if name.contains(".tf") {
            files.push((format!("{below}{name}"), text(&entry)));
        }
    }
}

/// A law that never meets a case in point proves nothing
#[test]
fn the_draws_meet_every_verdict_and_every_fit_often() {
    let mut runner = TestRunner::deterministic();
    let mut drawn: BTreeMap<String, usize> = BTreeMap::new();
    let decisions = (policies(Holes::Some), request(Holes::Some), statement(Holes::None, Carries::Nobody));
    for _ in 0..1_500 {
        let (mut policies, request, more) = decisions.new_tree(&mut runner).expect("a draw").current();
        let before = decide(&policies.applicable(), &request).verdict;
        *drawn.entry(format!("{before:?}")).or_default() += 1;
        policies.identity[0].statements.push(more);
        if decide(&policies.applicable(), &request).verdict != before {
            *drawn.entry("changed by one statement more".into()).or_default() += 1;
        }
        let (pattern, text) = pattern_and_text(Holes::Some).new_tree(&mut runner).expect("a draw").current();
        let fits = fit(&pattern, &text, way().new_tree(&mut runner).expect("a draw").current());
        let fits = match fits {
            Fit::Yes => "fits",
            Fit::No => "does not fit",
            Fit::Depends(_) => "depends",
        };
        *drawn.entry(fits.into()).or_default() += 1;
    }
    let rare: Vec<_> = drawn.iter().filter(|(_, count)| **count < 15).collect();
    assert!(drawn.len() == 8 && rare.is_empty(), "{drawn:?}");
}
