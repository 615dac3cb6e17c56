//! Plans and states of the demo shop, recorded by `tests/fixtures/make.sh` with the real Terraform: they give the graph
//! of the configuration, up to what a plan does not know, and together with it exactly that graph.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::program::run;

static FUNCTIONS: &[&str] = &["orders", "pay", "thumbs", "report", "adm", "fix"];

/// Who can invoke what, by principal, way and alias: how sure it is, and the first place that says so
type Rows = BTreeMap<String, (String, String)>;

fn rows(worlds: &[&str]) -> Rows {
    let mut out = Rows::new();
    for function in FUNCTIONS {
        let mut args = vec!["who-can".to_owned(), "invoke".to_owned(), format!("function/{function}")];
        for world in worlds {
            args.extend(["-i".to_owned(), format!("corpus/worlds/{world}")]);
        }
        args.extend(["--format".to_owned(), "json".to_owned()]);
        let given = run(&args);
        let answer: Value = serde_json::from_str(&given.out).expect("JSON");
        for who in answer["who"].as_array().expect("rows") {
            let principal = &who["principal"];
            // An API is named by its id, which a plan does not know.
            let name = if principal["kind"] == "api" { &principal["address"] } else { &principal["name"] };
            let place = &who["evidence"][0];
            out.insert(
                format!("{function} {name} {} {}", who["edge"], who["on"]),
                (
                    who["state"].as_str().expect("a state").to_owned(),
                    format!("{} {}", place["file"], place["line"]),
                ),
            );
        }
    }
    out
}

#[test]
fn a_plan_loses_no_way_in_and_invents_none() {
    let (written, planned) = (rows(&["shop"]), rows(&["load-plan"]));
    for way in written.keys() {
        assert!(planned.contains_key(way), "the plan does not show {way}");
    }
    for (way, (state, _)) in &planned {
        assert!(state == "conditional" || written.contains_key(way), "only the plan is sure of {way}");
    }
}

#[test]
fn a_state_has_the_ways_in_of_its_configuration() {
    let written = rows(&["shop"]);
    let ways = |rows: &Rows| rows.keys().cloned().collect::<Vec<_>>();
    for state in ["load-state", "load-raw-state"] {
        let deployed = rows(&[state]);
        assert_eq!(ways(&deployed), ways(&written), "{state}");
        for (way, (sure, _)) in &deployed {
            // A state does not say which version of the provider made a function URL.
            assert!(sure == &written[way].0 || way.contains("url.public"), "{state}: {way} is {sure}");
        }
    }
}

#[test]
fn a_configuration_with_its_plan_or_state_keeps_its_answers_and_places() {
    let written = rows(&["shop"]);
    for recorded in ["load-plan", "load-state", "load-raw-state"] {
        assert_eq!(rows(&["shop", recorded]), written, "with {recorded}");
        assert_eq!(rows(&[recorded, "shop"]), written, "{recorded} first");
    }
    assert_eq!(rows(&["load-plan", "load-state", "shop"]), written);
}

#[test]
fn the_state_of_another_account_stands_on_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.json");
    let text = crate::program::text(&crate::program::root().join("corpus/worlds/load-state/state.json"));
    std::fs::write(&path, text.replace("111122223333", "999988887777")).expect("written");
    let path = path.to_string_lossy();
    let given = run(&["inspect", "-i", "corpus/worlds/shop", "-i", &path, "--format", "json"]);
    let answer: Value = serde_json::from_str(&given.out).expect("JSON");
    assert_eq!(answer["functions"].as_array().map(Vec::len), Some(12), "{}", given.err);
}

#[test]
fn an_explanation_from_a_state_shows_the_policy_and_no_other_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.json");
    let text = crate::program::text(&crate::program::root().join("corpus/worlds/load-state/state.json"));
    // As Terraform prints it: one line.
    let value: Value = serde_json::from_str(&text).expect("JSON");
    std::fs::write(&path, value.to_string()).expect("written");
    let path = path.to_string_lossy();
    let given = run(&["explain", "role/support", "lambda:InvokeFunction", "function/fix", "-i", &path]);
    assert!(given.out.contains("lambda:InvokeFunction"), "{}", given.out);
    assert!(!given.out.contains("not-a-real-password"), "{}", given.out);
    assert!(given.out.lines().all(|line| line.chars().count() < 240), "{}", given.out);
}
