//! The recorded values of expressions, held against `terraform console` where it is installed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{root, text};

#[test]
fn the_recorded_values_are_those_of_the_installed_terraform() {
    let table = text(&root().join("corpus/expressions/console.tsv"));
    let rows = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let rows: Vec<(&str, Value)> =
        rows.map(|(expression, json)| (expression, serde_json::from_str(json).expect("JSON"))).collect();
    let all: Vec<String> = rows.iter().map(|(expression, _)| format!("jsonencode({expression})")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let console = Command::new("terraform")
        .arg("console")
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut console) = console else {
        println!("skipped: terraform is not installed");
        return;
    };
    let mut input = console.stdin.take().expect("an input");
    writeln!(input, "jsonencode([{}])", all.join(", ")).expect("written");
    drop(input);
    let output = console.wait_with_output().expect("its output");
    let whole: String = serde_json::from_slice(&output.stdout).expect("a text");
    let values: Vec<String> = serde_json::from_str(&whole).expect("a list of texts");
    for ((expression, recorded), value) in rows.iter().zip(values) {
        assert_eq!(*recorded, serde_json::from_str::<Value>(&value).expect("JSON"), "{expression}");
    }
}
