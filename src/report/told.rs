//! Claims and counterexamples in words, the same for every format. What comes out is not escaped yet.

use crate::report::answer::check::{Assertion, Check, Counterexample, Level, Waiver};
use crate::report::answer::{Edge, Evidence};
use crate::report::words::{because, count};

/// What became of a claim, in one line
#[must_use]
pub fn headline(assertion: &Assertion) -> String {
    let id = &assertion.id;
    match assertion.outcome {
        "violated"
            if !assertion.gone.is_empty() || assertion.counterexamples.iter().any(|one| one.expected) =>
        {
            format!("assertion `{id}` is violated in more ways than expected")
        }
        "violated" => format!("assertion `{id}` is violated"),
        "inconclusive" => format!("assertion `{id}` is inconclusive"),
        "vacuous" => format!("assertion `{id}` is about nothing"),
        "fixed" => format!("assertion `{id}` was expected to be violated, and holds"),
        "waived" => format!("assertion `{id}` is violated and waived"),
        "expected" => format!("assertion `{id}` is violated as expected"),
        _ => format!("assertion `{id}` holds"),
    }
}

/// A counterexample in one line: who, by which steps, what, and what it needs
#[must_use]
pub fn way(one: &Counterexample) -> String {
    let mut text = if one.path.is_empty() {
        format!("{} cannot {}", one.from.name, one.to.name)
    } else {
        steps(&one.path)
    };
    if one.kind == "lack" {
        let calls = if one.calls.is_empty() { "reach".to_owned() } else { one.calls.join(", ") };
        text = format!("{} has no sure way to {calls} {}", one.from.name, one.to.name);
    } else if !one.calls.is_empty() && one.path.iter().any(|edge| edge.kind == "can") {
        text.push_str(&format!("  ({})", one.calls.join(", ")));
    }
    if let Some(also) = &one.also {
        text.push_str(&format!("  (everybody can, so {also} too)"));
    }
    if one.tier == Some("through-code") {
        text.push_str(&format!(
            "  (through the code of {})",
            count(one.code_boundaries as usize, "function")
        ));
    }
    let causes: Vec<String> = one.causes.iter().map(because).collect();
    if !causes.is_empty() {
        text.push_str(&format!("\n  {}", causes.join("\n  ")));
    }
    text
}

/// `anonymous ─url.public→ function/thumbs ─runs-as→ role/thumbs-exec`
#[must_use]
pub fn steps(path: &[Edge]) -> String {
    let mut text = path.first().map_or(String::new(), |first| first.from.clone());
    for edge in path {
        text.push_str(&format!(" ─{}→ {}", edge.kind, edge.to));
    }
    text
}

/// Whether something is left to report of a counterexample
#[must_use]
pub fn is_open(one: &Counterexample) -> bool {
    one.waived.is_none() && !one.expected
}

/// `main.tf:7`
#[must_use]
pub fn place(evidence: &Evidence) -> Option<String> {
    Some(format!("{}:{}", evidence.file.as_ref()?, evidence.line?))
}

/// What a claim that is reported says of itself: what stands behind its outcome, one line each
#[must_use]
pub fn notes(assertion: &Assertion) -> Vec<String> {
    let mut notes = vec![format!("claimed: {}", assertion.sentence)];
    for empty in &assertion.empty {
        notes.push(format!("{empty} matches nothing in the input"));
    }
    for gone in &assertion.gone {
        notes.push(format!("expected of {gone}, and not there any more"));
    }
    if assertion.outcome == "inconclusive" && !assertion.counterexamples.iter().any(is_open) {
        let classes = assertion.require_closed.join(", ");
        notes.push(format!("[world] require_closed: the input does not show all {classes}"));
    }
    if let Some(expired) = assertion.counterexamples.iter().find_map(|one| one.expired.as_ref()) {
        notes.push(format!("waived until {}: {}", expired.expires, expired.reason));
    }
    notes.extend(assertion.reason.iter().map(|reason| format!("because {reason}")));
    notes
}

/// What to do about a claim that is reported
#[must_use]
pub fn help(assertion: &Assertion) -> Option<String> {
    if let Some(mend) = &assertion.mend {
        let at = place(&mend.evidence).map_or(String::new(), |place| format!("{place}: "));
        let breaks = match mend.breaks.as_slice() {
            [] => "no other claim breaks".to_owned(),
            ids => format!("breaks {}", ids.join(", ")),
        };
        return Some(format!("{at}{} (tried: the claim holds then; {breaks})", mend.text));
    }
    let text = match assertion.outcome {
        "inconclusive" if assertion.counterexamples.iter().any(is_open) => {
            "fix what is open with `given` or `absent`, or accept it with --unknown warn"
        }
        "vacuous" => {
            "was it renamed? `gatecrash inspect` lists what there is; may_be_empty = true accepts it"
        }
        "fixed" => "it is fixed: take `expect` out of the assertion",
        _ => return None,
    };
    Some(text.to_owned())
}

/// What is to be said of a waiver that excuses more than it need: any way between its ends, new ones included
#[must_use]
pub fn too_wide(waiver: &Waiver) -> Option<String> {
    if waiver.standing != "active" || waiver.recorded {
        return None;
    }
    let at = place(&waiver.evidence).map_or(String::new(), |place| format!(" ({place})"));
    let id = &waiver.assertion;
    Some(format!(
        "the waiver of `{id}`{at} is too wide: it excuses new ways between its ends, too; take it out and let check --waive {id} write it"
    ))
}

/// The worst level of an answer
#[must_use]
pub fn worst(answer: &Check) -> Level {
    let claims = answer.assertions.iter().map(|assertion| assertion.level);
    claims.chain(answer.waivers.iter().map(|waiver| waiver.level)).max().unwrap_or(Level::None)
}
