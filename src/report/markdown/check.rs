//! `check` as a job summary: a table of the claims, and what stands behind those that fail.

use super::plain;
use crate::report::answer::check::{Assertion, Check, Level};
use crate::report::told::{headline, help, is_open, notes, place, too_wide, way};
use crate::report::words::count;

/// Counterexamples that are shown of one claim
const SHOWN: usize = 20;

/// The summary
#[must_use]
pub fn check(answer: &Check) -> String {
    let s = &answer.summary;
    let mut out = format!("## gatecrash: {}\n\n", count(s.assertions, "assertion"));
    let bad = s.violated + s.fixed + s.vacuous;
    out.push_str(&format!(
        "{} hold, **{bad} fail**, {} inconclusive, {} waived, {} violated as expected\n\n",
        s.holds, s.inconclusive, s.waived, s.expected
    ));
    out.push_str("| | assertion | outcome | claim |\n| --- | --- | --- | --- |\n");
    for assertion in &answer.assertions {
        out.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            mark(assertion),
            plain(&assertion.id),
            assertion.outcome,
            plain(&assertion.sentence)
        ));
    }
    for assertion in answer.assertions.iter().filter(|assertion| assertion.level != Level::None) {
        details(assertion, &mut out);
    }
    for waiver in answer.waivers.iter().filter(|waiver| waiver.level != Level::None) {
        out.push_str(&format!(
            "\n* the waiver of {} is {} ({}): {}\n",
            plain(&waiver.assertion),
            waiver.standing,
            waiver.expires,
            plain(&waiver.reason)
        ));
    }
    for text in answer.waivers.iter().filter_map(too_wide) {
        out.push_str(&format!("\n* {}\n", plain(&text)));
    }
    if !answer.footing.not_covered.is_empty() {
        out.push_str("\nNot covered:\n\n");
        for text in &answer.footing.not_covered {
            out.push_str(&format!("* {}\n", plain(text)));
        }
    }
    out
}

fn mark(assertion: &Assertion) -> &'static str {
    match (assertion.level, assertion.outcome) {
        (Level::Error, _) => "✗",
        (Level::Warning, _) => "?",
        (Level::None, "holds") => "✓",
        (Level::None, _) => "~",
    }
}

fn details(assertion: &Assertion, out: &mut String) {
    out.push_str(&format!("\n<details open><summary>{}</summary>\n\n", plain(&headline(assertion))));
    let open: Vec<_> = assertion.counterexamples.iter().filter(|one| is_open(one)).collect();
    for one in open.iter().take(SHOWN) {
        let at = one.weakest.as_ref().and_then(place).map_or(String::new(), |place| format!("{place}: "));
        let text = format!("{at}{}\n{}", one.label, way(one));
        out.push_str(&format!("1. {}\n", text.lines().map(plain).collect::<Vec<_>>().join("<br>")));
    }
    if open.len() > SHOWN {
        out.push_str(&format!("1. and {}\n", count(open.len() - SHOWN, "more counterexample")));
    }
    out.push('\n');
    for note in notes(assertion) {
        out.push_str(&format!("* {}\n", plain(&note)));
    }
    if let Some(place) = place(&assertion.evidence) {
        out.push_str(&format!("* asserted at {}\n", plain(&place)));
    }
    if let Some(help) = help(assertion) {
        out.push_str(&format!("\n**help:** {}\n", plain(&help)));
    }
    out.push_str("\n</details>\n");
}
