//! Our values held against recorded ones of `terraform console`; `tests/console.rs` holds those against the program.

use serde_json::Value as Json;

use super::tests::read;
use crate::node::{Node, Value};

/// Expressions with recorded values
fn rows() -> Vec<(&'static str, Json)> {
    let table = include_str!("../../../corpus/expressions/console.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    rows.map(|(expression, json)| (expression, serde_json::from_str(json).expect("JSON"))).collect()
}

/// A value as JSON has it, numbers as floating point
fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::from(*value),
        Value::Number(digits) => Json::from(digits.parse::<f64>().expect("a number")),
        Value::Text(text) => {
            Json::from(text.as_literal().map_or_else(|| format!("not known: {text}"), str::to_owned))
        }
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| (key.text.to_string(), json(value))).collect()
        }
        Value::Unknown(hole) => Json::from(format!("not known: {}", hole.name())),
    }
}

fn floating(value: &Json) -> Json {
    match value {
        Json::Number(number) => Json::from(number.as_f64().expect("a number")),
        Json::Array(items) => items.iter().map(floating).collect(),
        Json::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), floating(value))).collect(),
        Json::Null | Json::Bool(_) | Json::String(_) => value.clone(),
    }
}

#[test]
fn expressions_have_the_values_that_terraform_gives_them() {
    let mut wrong = Vec::new();
    for (expression, expected) in rows() {
        let text = format!("resource \"t\" \"n\" {{\n  x = {expression}\n}}\n");
        let read = read(&text);
        let found = read.instance("t.n").body.get("x").map_or(Json::Null, json);
        if found != floating(&expected) {
            wrong.push(format!("{expression}\n  terraform: {expected}\n  here:      {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
