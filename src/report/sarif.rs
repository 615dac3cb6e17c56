//! SARIF 2.1.0: one result a counterexample, with the way as a code flow, hop by hop.
//!
//! Fingerprints come from claim, ends and kinds of edge, never from lines, so that an alert survives edits. What is
//! waived is a suppressed result. \[OASIS: Static Analysis Results Interchange Format 2.1.0\]

use serde_json::{Value, json};

use crate::report::answer::check::{Assertion, Check, Counterexample, Level};
use crate::report::answer::{Edge, Evidence};
use crate::report::escape::escape;
use crate::report::json;
use crate::report::told::{headline, help, is_open, notes, way};

/// The log
///
/// # Errors
/// When JSON cannot be written, which would be a bug.
pub fn check(answer: &Check) -> serde_json::Result<String> {
    let rules: Vec<Value> = answer.assertions.iter().map(rule).collect();
    let claims = answer.assertions.iter().enumerate();
    let results: Vec<Value> = claims.flat_map(|(at, assertion)| results(at, assertion)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gatecrash",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    json::write(&log)
}

fn rule(assertion: &Assertion) -> Value {
    let mut rule = json!({
        "id": format!("assert/{}", safe(&assertion.id)),
        "shortDescription": {"text": message(&assertion.sentence)},
        "defaultConfiguration": {"level": level(if assertion.level == Level::None { Level::Error } else { assertion.level })},
    });
    if let (Some(reason), Some(rule)) = (&assertion.reason, rule.as_object_mut()) {
        rule.insert("fullDescription".to_owned(), json!({"text": message(reason)}));
    }
    rule
}

fn results(rule: usize, assertion: &Assertion) -> Vec<Value> {
    let told: Vec<&Counterexample> = assertion
        .counterexamples
        .iter()
        .filter(|one| one.waived.is_some() || (assertion.level != Level::None && is_open(one)))
        .collect();
    if told.is_empty() && assertion.level != Level::None {
        let mut lines = vec![headline(assertion)];
        lines.extend(notes(assertion));
        lines.extend(help(assertion));
        return vec![json!({
            "ruleId": format!("assert/{}", safe(&assertion.id)),
            "ruleIndex": rule,
            "level": level(assertion.level),
            "message": {"text": message(&lines.join("\n"))},
            "locations": location(&assertion.evidence, None).into_iter().collect::<Vec<_>>(),
            "partialFingerprints": {"gatecrash/v1": format!("{}/{}", safe(&assertion.id), assertion.outcome)},
        })];
    }
    told.into_iter().map(|one| result(rule, assertion, one)).collect()
}

fn result(rule: usize, assertion: &Assertion, one: &Counterexample) -> Value {
    let mut lines = vec![format!("{}: {}", headline(assertion), one.label), way(one)];
    lines.extend(help(assertion));
    let at = one.weakest.as_ref().filter(|evidence| evidence.file.is_some()).unwrap_or(&assertion.evidence);
    let steps: Vec<Value> = one.path.iter().flat_map(step).collect();
    let mut result = json!({
        "ruleId": format!("assert/{}", safe(&assertion.id)),
        "ruleIndex": rule,
        "level": level(if assertion.level == Level::None { Level::Error } else { assertion.level }),
        "message": {"text": message(&lines.join("\n"))},
        "locations": location(at, None).into_iter().collect::<Vec<_>>(),
        "relatedLocations": location(&assertion.evidence, Some("the assertion")).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": {"gatecrash/v1": one.fingerprint},
    });
    if let Some(result) = result.as_object_mut() {
        if !steps.is_empty() {
            result.insert("codeFlows".to_owned(), json!([{"threadFlows": [{"locations": steps}]}]));
        }
        if let Some(waived) = &one.waived {
            let justification = format!("until {}: {}", waived.expires, waived.reason);
            let suppression =
                json!({"kind": "external", "status": "accepted", "justification": safe(&justification)});
            result.insert("suppressions".to_owned(), json!([suppression]));
        }
    }
    result
}

/// One hop, at each place in a file that decided it
fn step(edge: &Edge) -> Option<Value> {
    let text = format!("{} ─{}→ {}", edge.from, edge.kind, edge.to);
    let at = edge.evidence.iter().find_map(|evidence| location(evidence, Some(&text)));
    at.map(|location| json!({"location": location}))
}

fn location(evidence: &Evidence, text: Option<&str>) -> Option<Value> {
    let file = evidence.file.as_ref()?;
    let artifact = if file.starts_with('/') {
        json!({"uri": format!("file://{}", uri(file))})
    } else {
        json!({"uri": uri(file.strip_prefix("./").unwrap_or(file)), "uriBaseId": "%SRCROOT%"})
    };
    let region =
        json!({"startLine": evidence.line.unwrap_or(1), "startColumn": evidence.column.unwrap_or(1)});
    let mut location = json!({"physicalLocation": {"artifactLocation": artifact, "region": region}});
    if let (Some(text), Some(location)) = (text, location.as_object_mut()) {
        location.insert("message".to_owned(), json!({"text": message(text)}));
    }
    Some(location)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

/// A path as a relative reference: everything but unreserved characters and `/` percent-encoded
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Text of a message: safe to print, and without the links and placeholders that its readers look for
fn message(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(safe).collect();
    let mut out = String::new();
    for character in lines.join("\n").chars() {
        match character {
            '[' | ']' | '\\' => out.extend(['\\', character]),
            '{' | '}' => out.extend([character, character]),
            _ => out.push(character),
        }
    }
    out
}

fn safe(text: &str) -> String {
    escape(text).into_owned()
}
