//! Workflow commands of GitHub Actions: one annotation a counterexample, at the statement that opens the way.
//!
//! Data and properties are escaped as the runner reads them back \[workflow-commands-for-github-actions\].

use crate::report::answer::Evidence;
use crate::report::answer::check::{Assertion, Check, Level};
use crate::report::escape::escape;
use crate::report::told::{headline, help, is_open, notes, way};

/// The commands, one line each
#[must_use]
pub fn check(answer: &Check) -> String {
    let mut out = String::new();
    for assertion in answer.assertions.iter().filter(|assertion| assertion.level != Level::None) {
        claim(assertion, &mut out);
    }
    for waiver in answer.waivers.iter().filter(|waiver| waiver.level != Level::None) {
        let text = match waiver.standing {
            "expired" => format!("expired on {}: {}", waiver.expires, waiver.reason),
            _ => format!("it excuses nothing: {}", waiver.reason),
        };
        command(waiver.level, &waiver.evidence, &format!("waiver of {}", waiver.assertion), &text, &mut out);
    }
    out
}

fn claim(assertion: &Assertion, out: &mut String) {
    let title = headline(assertion);
    let tail: Vec<String> =
        notes(assertion).into_iter().chain(help(assertion).map(|help| format!("help: {help}"))).collect();
    let open: Vec<_> = assertion.counterexamples.iter().filter(|one| is_open(one)).collect();
    if open.is_empty() {
        command(assertion.level, &assertion.evidence, &title, &tail.join("\n"), out);
    }
    for one in open {
        let at =
            one.weakest.as_ref().filter(|evidence| evidence.file.is_some()).unwrap_or(&assertion.evidence);
        let text = format!("{}: {}\n{}", one.label, way(one), tail.join("\n"));
        command(assertion.level, at, &title, &text, out);
    }
}

fn command(level: Level, at: &Evidence, title: &str, text: &str, out: &mut String) {
    let name = if level == Level::Error { "error" } else { "warning" };
    let mut properties = Vec::new();
    if let Some(file) = &at.file {
        properties.push(format!("file={}", property(file)));
        properties.extend(at.line.map(|line| format!("line={line}")));
        properties.extend(at.column.map(|column| format!("col={column}")));
    }
    properties.push(format!("title={}", property(title)));
    out.push_str(&format!("::{name} {}::{}\n", properties.join(","), data(text)));
}

/// Text of a command: line by line safe to print, then as the runner wants it
fn data(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escape).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
