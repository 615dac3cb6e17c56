//! The decisions of the corpus, replayed: each case's request against its policies, and the verdict it must come to.

use std::collections::BTreeMap;

use gatecrash::eval::decide::decide;
use gatecrash::load::cases::Case;
use gatecrash::source::Sources;

use crate::program::{root, text};

static FILES: &[&str] = &["golden.jsonl", "documentation.jsonl", "beyond.jsonl"];

/// Families of which every case must hold; of the others, failures are counted where one of these fails
static FAMILIES: &[&str] = &[
    "action",
    "anonymous",
    "beyond",
    "condition",
    "docs",
    "kms",
    "lambda",
    "limits",
    "mixed",
    "notprincipal",
    "principal",
    "rcp",
    "realistic",
    "resource",
    "scp",
    "set-operator",
    "trust",
    "variable",
    "vpce",
];

#[test]
fn every_decision_of_the_corpus_comes_out_as_it_must() {
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cases: BTreeMap<String, usize> = BTreeMap::new();
    let mut sources = Sources::default();
    for name in FILES {
        for line in text(&root().join("corpus/decisions").join(name)).lines() {
            let (case, problems) = Case::read(line, sources.add(*name, line));
            let case = case.unwrap_or_else(|| panic!("{name}: {problems:?}\n{line}"));
            let family = case.tags.first().cloned().unwrap_or_default();
            *cases.entry(family.clone()).or_default() += 1;
            let verdict = decide(&case.applicable(), &case.request).verdict;
            if Some(verdict) != case.expect {
                let expected = case.expect.map(|expect| format!("{expect:?}")).unwrap_or_default();
                failures.entry(family).or_default().push(format!("{}: {verdict:?}, not {expected}", case.id));
            }
        }
    }
    for family in FAMILIES {
        assert!(cases.contains_key(*family), "no case of the family {family}");
    }
    let counts: Vec<_> = cases
        .iter()
        .map(|(family, count)| format!("{family} {}/{count}", failures.get(family).map_or(0, Vec::len)))
        .collect();
    let held: Vec<_> = failures.iter().filter(|(family, _)| FAMILIES.contains(&family.as_str())).collect();
    assert!(held.is_empty(), "failures by family: {}\n{held:#?}", counts.join(", "));
}

#[test]
fn the_policies_of_the_corpus_are_read_without_a_problem() {
    let mut sources = Sources::default();
    let mut found = Vec::new();
    for name in FILES {
        for line in text(&root().join("corpus/decisions").join(name)).lines() {
            let (case, problems) = Case::read(line, sources.add(*name, line));
            let case = case.expect("a case");
            // What AWS does not define is told, and only that.
            if case.tags.iter().any(|tag| tag == "not-understood") {
                assert!(!problems.is_empty(), "{}: nothing was said", case.id);
                continue;
            }
            let id = case.id;
            found.extend(problems.iter().map(|problem| format!("{id}: {}", problem.message)));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
