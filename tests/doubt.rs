//! The law of doubt: put a call to an unknown function in the place of any value of a configuration, and a yes or a
//! no may become conditional, never its opposite.
//!
//! Values are found by a small scanner of its own, not by the loader that is on trial.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use gatecrash::aws::action::Action;
use gatecrash::load::{self, Options};
use gatecrash::reach::graph::Graph;
use gatecrash::reach::search::Tiers;
use gatecrash::reach::who::Call;
use gatecrash::report::compose::{Compose, ReachQuestion};
use gatecrash::world::build::build;
use gatecrash::world::select::{Names, Ours, Selector};
use gatecrash::world::view::View;
use tempfile::TempDir;

use crate::program::{entries, root, text};

/// What stands in the place of a value
const UNKNOWN: &str = "no_such_function()";

/// Arguments that Terraform itself wants as literals or as bare references
static FIXED: &[&str] = &["source", "depends_on", "provider", "providers", "required_version"];

/// Worlds with the questions that every variant is asked; things are named by address, which no value can change
static TRIALS: &[(&str, &[&[&str]])] = &[
    (
        "article",
        &[
            &["who-can", "invoke", "tf:aws_lambda_function.api"],
            &["reach", "tf:aws_iam_role.lambda"],
            &["reach", "anonymous"],
        ],
    ),
    ("article-loose", &[&["who-can", "invoke", "tf:aws_lambda_function.api"], &["reach", "anonymous"]]),
    (
        "edge-data-bucket-public",
        &[&["reach", "anonymous"], &["who-can", "s3:GetObject", "tf:aws_s3_bucket.restricted"]],
    ),
    (
        "edge-data-key",
        &[
            &["who-can", "secretsmanager:GetSecretValue", "tf:aws_secretsmanager_secret.strict"],
            &["who-can", "sqs:ReceiveMessage", "tf:aws_sqs_queue.strict"],
            &["reach", "tf:aws_iam_role.decryptor"],
        ],
    ),
    (
        "load-organization",
        &[
            &["who-can", "invoke", "tf:aws_lambda_function.prod"],
            &["who-can", "s3:GetObject", "tf:aws_s3_bucket.prod"],
            &["reach", "tf:aws_iam_role.sandbox"],
        ],
    ),
    (
        "shop",
        &[
            &["who-can", "invoke", "tf:module.adm.aws_lambda_function.this"],
            &["who-can", "invoke", "tf:module.thumbs.aws_lambda_function.this"],
            &["reach", "anonymous"],
        ],
    ),
    (
        "edge-apigw-rest",
        &[
            &["who-can", "invoke", "tf:aws_lambda_function.hit"],
            &["who-can", "invoke", "tf:aws_lambda_function.signed"],
            &["who-can", "invoke", "tf:aws_lambda_function.fenced"],
            &["reach", "tf:aws_iam_role.other"],
        ],
    ),
    (
        "edge-s3-notify",
        &[
            &["who-can", "invoke", "tf:aws_lambda_function.hit"],
            &["reach", "tf:aws_iam_role.deletes"],
            &["reach", "tf:aws_iam_role.elsewhere"],
        ],
    ),
    (
        "edge-sns",
        &[
            &["who-can", "invoke", "tf:aws_lambda_function.behind"],
            &["reach", "tf:aws_iam_role.publisher"],
            &["reach", "tf:aws_sns_topic.orders"],
        ],
    ),
    (
        "edge-cognito-trigger",
        &[&["who-can", "invoke", "tf:aws_lambda_function.hit"], &["reach", "anonymous"]],
    ),
    (
        "edge-sfn",
        &[&["who-can", "invoke", "tf:aws_lambda_function.hit"], &["reach", "tf:aws_iam_role.looks"]],
    ),
];

#[test]
fn an_unknown_function_in_any_place_only_adds_doubt() {
    let trials: Vec<_> = TRIALS.iter().flat_map(|(world, questions)| variants(world, questions)).collect();
    assert!(trials.len() > 100, "the scanner found {} values", trials.len());
    let halves = trials.chunks(trials.len().div_ceil(2));
    let failures: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = halves
            .map(|half| scope.spawn(|| half.iter().flat_map(Variant::turned).collect::<Vec<_>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    assert!(failures.is_empty(), "{} answers turned:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_scanner_finds_values_of_every_size() {
    let file = "a \"b\" {\n  x = \"s\" # = no\n  y = f({\n    K = [\"p\", var.q]\n  })\n  z = <<-E\n    t = 1\n  E\n}\n";
    let found: Vec<_> = values(file).into_iter().map(|range| file.get(range).expect("a range")).collect();
    assert_eq!(
        found,
        ["\"s\"", "f({\n    K = [\"p\", var.q]\n  })", "[\"p\", var.q]", "\"p\"", "<<-E\n    t = 1\n  E",]
    );
}

/// A world with one value replaced
struct Variant {
    world: &'static str,
    questions: &'static [&'static [&'static str]],
    /// The answers of the world as it is
    before: Arc<Vec<States>>,
    file: PathBuf,
    range: Range<usize>,
}

/// What an answer says of each thing that has an identity of its own
type States = BTreeMap<String, String>;

fn variants(world: &'static str, questions: &'static [&'static [&'static str]]) -> Vec<Variant> {
    let top = root().join("corpus/worlds").join(world);
    let before = Arc::new(states(questions, &top).expect("answers"));
    let of = |file: PathBuf| {
        let (ranges, before) = (values(&text(&file)), before.clone());
        let variant = move |range| {
            let (file, before) = (file.clone(), before.clone());
            Variant { world, questions, before, file, range }
        };
        ranges.into_iter().map(variant)
    };
    terraform(&top).into_iter().flat_map(of).collect()
}

impl Variant {
    /// The answers that turned into their opposite
    fn turned(&self) -> Vec<String> {
        let top = root().join("corpus/worlds").join(self.world);
        let copy = TempDir::new().expect("a folder");
        for file in terraform(&top) {
            let to = copy.path().join(file.strip_prefix(&top).expect("below the world"));
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder of the copy");
            let mut content = text(&file);
            if file == self.file {
                content.replace_range(self.range.clone(), UNKNOWN);
            }
            fs::write(&to, content).expect("a file of the copy");
        }
        let whole = text(&self.file);
        let line = whole.get(..self.range.start).map_or(0, |before| before.lines().count());
        let place = format!("{}:{line}", self.file.strip_prefix(root()).expect("below the top").display());
        let value: String = whole.get(self.range.clone()).unwrap_or("").chars().take(60).collect();
        let after = match states(self.questions, copy.path()) {
            Ok(after) => after,
            Err(error) => return vec![format!("{place}: {value:?} unknown: {error}")],
        };
        let pairs = self.questions.iter().zip(self.before.iter().zip(&after));
        let say = |(question, (before, after)): (&&[&str], (&States, &States))| {
            let say = |what| format!("{place}: {value:?} unknown: {}: {what}", question.join(" "));
            opposites(before, after).into_iter().map(say).collect::<Vec<_>>()
        };
        pairs.flat_map(say).collect()
    }
}

/// What was yes and is gone, and what was not there and is yes
fn opposites(before: &States, after: &States) -> Vec<String> {
    let gone = before.iter().filter(|(key, state)| *state == "yes" && !after.contains_key(*key));
    let new = after.iter().filter(|(key, state)| *state == "yes" && !before.contains_key(*key));
    gone.map(|(key, _)| format!("{key} was yes and is gone"))
        .chain(new.map(|(key, _)| format!("{key} was no and is yes")))
        .collect()
}

/// Asks in this process, and keeps the state of everything that the input declares, and of `anonymous`
fn states(questions: &[&[&str]], input: &Path) -> Result<Vec<States>, String> {
    let loaded = load::paths(&[input.to_owned()], &Options::default());
    let (world, _) = build(loaded.pieces, &[]);
    let view = View::new(&world);
    let graph = Graph::build(&view);
    let compose = Compose {
        sources: &loaded.sources,
        view: &view,
        problems: &loaded.problems,
        accounts: &[],
        unrecognised: &[],
    };
    questions.iter().map(|question| answer(&compose, &graph, question)).collect()
}

fn answer(compose: &Compose<'_>, graph: &Graph, question: &[&str]) -> Result<States, String> {
    let named = Selector::parse(question.last().expect("a selector")).map_err(|error| error.to_string())?;
    let found = named.select(&Names { world: compose.view.world, ours: &Ours::default() });
    let answer = match (question, found.as_slice()) {
        (["who-can", "invoke", _], [function]) => {
            serde_json::to_value(compose.who_can(graph, &Call::Invoke, *function))
        }
        (["who-can", action, _], [resource]) => {
            let call = Call::Action(Action::parse(action).expect("an action"));
            serde_json::to_value(compose.who_can(graph, &call, *resource))
        }
        (["reach", _], [_, ..]) => {
            let question =
                ReachQuestion { from: found, to: None, tiers: Tiers::Holds, paths: 0, grade: None };
            serde_json::to_value(compose.reach(graph, &question))
        }
        _ => return Err(format!("{}: names {} things", question.join(" "), found.len())),
    };
    let answer = answer.map_err(|error| error.to_string())?;
    let rows = answer["who"].as_array().or_else(|| answer["reached"].as_array()).expect("rows");
    let mut states = States::new();
    for row in rows {
        let node = if row["principal"].is_object() { &row["principal"] } else { &row["target"] };
        let known =
            node["address"].as_str().or_else(|| node["name"].as_str().filter(|name| *name == "anonymous"));
        let Some(known) = known else { continue };
        let key = format!("{known} {}", row["grade"].as_str().or_else(|| row["edge"].as_str()).unwrap_or(""));
        let state = row["state"].as_str().expect("a state").to_owned();
        let best = states.entry(key).or_insert_with(|| state.clone());
        if state == "yes" {
            *best = state;
        }
    }
    Ok(states)
}

/// The Terraform files of a world, modules included
fn terraform(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_dir());
    let own = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "tf"));
    own.chain(folders.iter().flat_map(|folder| terraform(folder))).collect()
}

/// The places of values: the right side of every argument, and every string in a list
fn values(file: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in file.split_inclusive('\n') {
        let here = at;
        at += line.len();
        if found.iter().any(|range: &Range<usize>| {
            range.contains(&here) && file.get(range.clone()).is_some_and(|value| value.starts_with("<<"))
        }) {
            continue;
        }
        let Some((name, right)) = argument(line) else { continue };
        // The type of a variable is no value; the type of a principal is
        if FIXED.contains(&name) || (name == "type" && !right.starts_with('"')) {
            continue;
        }
        let start = here + line.len() - right.len();
        found.push(start..start + extent(file.get(start..).unwrap_or("")));
        let list = right.trim_end();
        if list.starts_with('[') && list.ends_with(']') && !list.contains('{') {
            let mut inside = start;
            for (turn, part) in list.split('"').enumerate() {
                if turn % 2 == 1 {
                    found.push(inside - 1..inside + part.len() + 1);
                }
                inside += part.len() + 1;
            }
        }
    }
    found
}

/// An argument's name and what follows `= ` on its line
fn argument(line: &str) -> Option<(&str, &str)> {
    let (name, right) = line.split_once(" = ")?;
    let name = name.trim();
    let plain =
        !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "_:\"".contains(letter));
    plain.then_some((name, right.trim_start()))
}

/// The length of the value that a text starts with
fn extent(text: &str) -> usize {
    if let Some(heredoc) = text.strip_prefix("<<") {
        let mark = heredoc.trim_start_matches('-').lines().next().unwrap_or("");
        let mut length = 0;
        for line in text.split_inclusive('\n') {
            if length > 0 && line.trim() == mark {
                return length + line.trim_end().len();
            }
            length += line.len();
        }
        return text.len();
    }
    let (mut depth, mut quoted, mut end) = (0, false, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            '\n' | '#' | ',' if !quoted && depth == 0 => break,
            _ => {}
        }
        if !letter.is_whitespace() {
            end = at + letter.len_utf8();
        }
    }
    end
}
