//! The worlds of the corpus, replayed: every answer that `expected.json` names, from the built program, compared
//! in part and held against the schema. `corpus/worlds/README.md` says how parts are compared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gatecrash::reach::EDGES;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::program::{entries, root, run, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    about: String,
    args: Vec<String>,
    exit: i32,
    #[serde(default)]
    json: Value,
}

#[test]
fn every_world_gives_its_expected_answers() {
    let mut failures = Vec::new();
    for world in worlds() {
        for answer in expected(&world).answers {
            let (given, command) = ask(&world, &answer.args);
            let found = match given {
                Err(what) => vec![what],
                Ok((code, json)) => {
                    let mut found = Vec::new();
                    if code != Some(answer.exit) {
                        found.push(format!("exit code {code:?}, expected {}", answer.exit));
                    }
                    compare(&answer.json, &json, "", &mut found);
                    found.extend(against_schema(&answer.args[0], &json));
                    found
                }
            };
            if !found.is_empty() {
                failures.push(format!("{}\n  $ {command}\n  - {}", answer.about, found.join("\n  - ")));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} answers are not as expected:\n\n{}\n",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn the_schema_is_a_valid_schema_and_strict() {
    let schema = schema();
    jsonschema::meta::validate(&schema).expect("a valid JSON Schema");
    let loose: Vec<_> = objects(&schema, "#")
        .into_iter()
        .filter(|(_, object)| {
            object.get("properties").is_some() && object.get("additionalProperties").is_none()
        })
        .map(|(place, _)| place)
        .collect();
    assert!(loose.is_empty(), "objects that admit any field: {loose:?}");
}

#[test]
fn the_schema_refuses_an_answer_with_a_stray_field() {
    let stray = json!({"version": 1, "from": ["anonymous"], "world": {"closed": [], "open": []}, "reached": [],
        "not_covered": [], "assumptions": [], "problems": [], "extra": true});
    assert_ne!(against_schema("reach", &stray), Vec::<String>::new());
    let mut fine = stray;
    fine.as_object_mut().expect("an object").remove("extra");
    assert_eq!(against_schema("reach", &fine), Vec::<String>::new());
}

#[test]
fn expected_parts_are_compared_as_the_readme_says() {
    let given =
        json!({"who": [{"n": "a", "w": true}, {"n": "b", "w": null}], "file": "x/main.tf", "line": 7});
    let matches = |expected: Value| {
        let mut found = Vec::new();
        compare(&expected, &given, "", &mut found);
        found.is_empty()
    };
    for yes in [
        json!({"who": [{"n": "b"}]}),
        json!({"who": {"$exactly": [{"n": "b"}, {"n": "a"}]}}),
        json!({"who": {"$exactly": [{}, {"n": "a"}]}}),
        json!({"who": {"$ordered": [{"n": "a"}, {"w": null}]}}),
        json!({"who": {"$some": [{"n": "a"}], "$none": [{"n": "c"}]}}),
        json!({"file": {"$ends": "main.tf"}, "line": {"$between": [7, 9]}}),
        json!({"file": {"$contains": "/"}}),
    ] {
        assert!(matches(yes.clone()), "{yes}");
    }
    for no in [
        json!({"who": [{"n": "c"}]}),
        json!({"who": {"$exactly": [{"n": "a"}]}}),
        json!({"who": {"$exactly": [{"n": "a"}, {"n": "a"}]}}),
        json!({"who": {"$ordered": [{"n": "b"}, {"n": "a"}]}}),
        json!({"who": {"$none": [{"w": true}]}}),
        json!({"who": [{"w": false}]}),
        json!({"file": {"$ends": "x"}}),
        json!({"line": {"$between": [8, 9]}}),
        json!({"gone": null}),
    ] {
        assert!(!matches(no.clone()), "{no}");
    }
}

#[test]
fn every_edge_id_has_a_hit_and_a_near_miss() {
    let (mut hits, mut misses) = (BTreeSet::new(), BTreeSet::new());
    for world in worlds().iter().filter(|world| is_about_edges(world)) {
        for answer in expected(world).answers {
            edges_named(&answer.json, false, &mut hits, &mut misses);
        }
    }
    let ids: BTreeSet<&str> = EDGES.iter().flat_map(|kind| kind.ids().iter().copied()).collect();
    assert!(ids.len() > 60, "{} ids", ids.len());
    let without =
        |named: &BTreeSet<String>| ids.iter().filter(|id| !named.contains(**id)).copied().collect::<Vec<_>>();
    assert_eq!(without(&hits), Vec::<&str>::new(), "edge ids that no world of edges shows");
    assert_eq!(without(&misses), Vec::<&str>::new(), "edge ids without a near miss");
}

fn is_about_edges(world: &Path) -> bool {
    world.file_name().is_some_and(|name| name.to_string_lossy().starts_with("edge-"))
}

/// The edge ids that an expected answer names: what must be there, and below `$none` what must not
fn edges_named(json: &Value, absent: bool, hits: &mut BTreeSet<String>, misses: &mut BTreeSet<String>) {
    match json {
        Value::Object(fields) => {
            for (field, value) in fields {
                match (field.as_str(), value) {
                    ("edge", Value::String(id)) => {
                        if absent { &mut *misses } else { &mut *hits }.insert(id.clone());
                    }
                    ("path", Value::Array(steps)) => {
                        kinds_of(steps, if absent { &mut *misses } else { &mut *hits });
                    }
                    ("path", Value::Object(rule)) => {
                        for steps in rule.values().filter_map(Value::as_array) {
                            kinds_of(steps, if absent { &mut *misses } else { &mut *hits });
                        }
                    }
                    _ => edges_named(value, absent || field == "$none", hits, misses),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| edges_named(item, absent, hits, misses)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn kinds_of(steps: &[Value], into: &mut BTreeSet<String>) {
    into.extend(steps.iter().filter_map(|step| step.get("kind")?.as_str()).map(str::to_owned));
}

/// The world folders
fn worlds() -> Vec<PathBuf> {
    let worlds: Vec<_> =
        entries(&root().join("corpus/worlds")).into_iter().filter(|path| path.is_dir()).collect();
    assert!(!worlds.is_empty(), "the corpus was not found");
    worlds
}

fn expected(world: &Path) -> Expected {
    let path = world.join("expected.json");
    serde_json::from_str(&text(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

type Asked = Result<(Option<i32>, Value), String>;

/// Asks the program about a world: exit code and JSON, and the command as one would type it
fn ask(world: &Path, args: &[String]) -> (Asked, String) {
    let folder =
        world.strip_prefix(root()).expect("below the top folder").to_string_lossy().replace('\\', "/");
    let mut all = args.to_vec();
    if args[0] != "inspect" {
        all.push("-i".to_owned());
    }
    all.extend([folder, "--format".to_owned(), "json".to_owned()]);
    let given = run(&all);
    let json = serde_json::from_str(&given.out).map_err(|error| {
        format!(
            "exit code {:?} and no JSON ({error}) on standard output: {:?}\n{}",
            given.code, given.out, given.err
        )
    });
    (json.map(|json| (given.code, json)), format!("gatecrash {}", all.join(" ")))
}

fn schema() -> Value {
    serde_json::from_str(&text(&root().join("src/report/schema.json"))).expect("JSON")
}

/// What the schema of this command's answer says against it
pub(crate) fn against_schema(command: &str, answer: &Value) -> Vec<String> {
    let whole = schema();
    assert!(whole["$defs"][command].is_object(), "the schema has no answer of `{command}`");
    let one =
        json!({"$schema": whole["$schema"], "$ref": format!("#/$defs/{command}"), "$defs": whole["$defs"]});
    let validator = jsonschema::validator_for(&one).expect("a valid schema");
    validator.iter_errors(answer).map(|error| format!("schema: {}: {error}", error.instance_path())).collect()
}

/// All objects inside a value, with their places
fn objects<'v>(value: &'v Value, place: &str) -> Vec<(String, &'v serde_json::Map<String, Value>)> {
    match value {
        Value::Object(object) => {
            let below = object.iter().flat_map(|(key, value)| objects(value, &format!("{place}/{key}")));
            std::iter::once((place.to_owned(), object)).chain(below).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| objects(item, &format!("{place}/-"))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// Notes where `given` is not as `expected`
fn compare(expected: &Value, given: &Value, place: &str, found: &mut Vec<String>) {
    match expected {
        Value::Object(rules) if rules.keys().any(|key| key.starts_with('$')) => {
            for (rule, argument) in rules {
                by_rule(rule, argument, given, place, found);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                let place = format!("{place}.{field}");
                match given.get(field) {
                    Some(given) => compare(value, given, &place, found),
                    None => found.push(format!("{place}: is not there, expected {}", short(value))),
                }
            }
        }
        Value::Array(_) => by_rule("$some", expected, given, place, found),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if expected != given {
                found.push(format!("{place}: is {}, expected {}", short(given), short(expected)));
            }
        }
    }
}

fn by_rule(rule: &str, argument: &Value, given: &Value, place: &str, found: &mut Vec<String>) {
    let string = given.as_str().zip(argument.as_str());
    let fits = match rule {
        "$contains" => string.is_some_and(|(given, part)| given.contains(part)),
        "$ends" => string.is_some_and(|(given, end)| given.ends_with(end)),
        "$between" => given.as_i64().is_some_and(|given| {
            let bound = |at: usize| argument[at].as_i64().expect("two whole numbers");
            (bound(0)..=bound(1)).contains(&given)
        }),
        "$some" | "$none" | "$exactly" | "$ordered" => {
            let wanted = argument.as_array().expect("an array");
            match given.as_array() {
                Some(given) => return by_array_rule(rule, wanted, given, place, found),
                None => false,
            }
        }
        _ => panic!("unknown rule {rule}"),
    };
    if !fits {
        found.push(format!("{place}: is {}, expected {rule} {}", short(given), short(argument)));
    }
}

fn by_array_rule(rule: &str, wanted: &[Value], given: &[Value], place: &str, found: &mut Vec<String>) {
    let differences = |expected: &Value, given: &Value| {
        let mut found = Vec::new();
        compare(expected, given, "", &mut found);
        found
    };
    let fits = |expected: &Value, given: &Value| differences(expected, given).is_empty();
    let nearest = |expected: &Value| {
        let best = given
            .iter()
            .map(|given| (differences(expected, given), given))
            .min_by_key(|(found, _)| found.len());
        best.map_or("the array is empty".to_owned(), |(found, given)| {
            format!("the nearest, {}, differs: {}", short(given), found.join("; "))
        })
    };
    match rule {
        "$some" => {
            for expected in wanted.iter().filter(|expected| !given.iter().any(|given| fits(expected, given)))
            {
                found.push(format!(
                    "{place}: nothing matches {}\n      {}",
                    short(expected),
                    nearest(expected)
                ));
            }
        }
        "$none" => {
            for unwanted in given.iter().filter(|given| wanted.iter().any(|wanted| fits(wanted, given))) {
                found.push(format!("{place}: must not hold {}", short(unwanted)));
            }
        }
        "$ordered" => {
            if wanted.len() != given.len() {
                found.push(format!("{place}: has {} elements, expected {}", given.len(), wanted.len()));
            }
            for (at, (expected, given)) in wanted.iter().zip(given).enumerate() {
                compare(expected, given, &format!("{place}[{at}]"), found);
            }
        }
        "$exactly" => {
            let before = found.len();
            by_array_rule("$some", wanted, given, place, found);
            for extra in given.iter().filter(|given| !wanted.iter().any(|wanted| fits(wanted, given))) {
                found.push(format!("{place}: is not expected: {}", short(extra)));
            }
            if found.len() == before && !one_to_one(wanted, given, &fits) {
                found.push(format!("{place}: {} elements for {} expected ones", given.len(), wanted.len()));
            }
        }
        _ => unreachable!("the caller knows four"),
    }
}

/// Whether elements and expectations can be paired, none left over: augmenting paths over what fits
fn one_to_one(wanted: &[Value], given: &[Value], fits: &dyn Fn(&Value, &Value) -> bool) -> bool {
    fn pair(
        at: usize,
        may: &dyn Fn(usize, usize) -> bool,
        tried: &mut [bool],
        partner: &mut [Option<usize>],
    ) -> bool {
        (0..partner.len()).any(|other| {
            if tried[other] || !may(at, other) {
                return false;
            }
            tried[other] = true;
            let free = partner[other].is_none_or(|former| pair(former, may, tried, partner));
            if free {
                partner[other] = Some(at);
            }
            free
        })
    }
    let may = |at: usize, other: usize| fits(&wanted[at], &given[other]);
    let mut partner = vec![None; given.len()];
    wanted.len() == given.len()
        && (0..wanted.len()).all(|at| pair(at, &may, &mut vec![false; given.len()], &mut partner))
}

/// A value in one line, cut where it is long
fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 200 { text } else { text.chars().take(200).chain("...".chars()).collect() }
}
