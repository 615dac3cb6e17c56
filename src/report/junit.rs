//! JUnit: a suite for the assertion file, a case for each claim.
//!
//! No times and no ids of runs, so that the same input gives the same bytes.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::report::answer::check::{Assertion, Check, Level};
use crate::report::escape::escape;
use crate::report::told::{headline, help, is_open, notes, place, way};

/// The report as XML
///
/// # Errors
/// When the writer fails, which it does only where it has no memory.
pub fn check(answer: &Check) -> Result<String, quick_junit::SerializeError> {
    let mut suite = TestSuite::new(safe(&answer.config));
    for assertion in &answer.assertions {
        let mut case = TestCase::new(safe(&assertion.id), status(assertion));
        case.set_classname(safe(&answer.config));
        suite.add_test_case(case);
    }
    let mut report = Report::new("gatecrash");
    report.add_test_suite(suite);
    report.to_string()
}

fn status(assertion: &Assertion) -> TestCaseStatus {
    let title = safe(&headline(assertion));
    match assertion.level {
        Level::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let text = text(assertion);
            status.set_message(title).set_type(format!("assert::{}", assertion.verb)).set_description(text);
            status
        }
        Level::Warning => {
            let mut status = TestCaseStatus::skipped();
            let text = text(assertion);
            status.set_message(title).set_type("warning").set_description(text);
            status
        }
        Level::None if assertion.outcome == "holds" => TestCaseStatus::success(),
        Level::None => {
            let waived = assertion.counterexamples.iter().find_map(|one| one.waived.as_ref());
            let reason = match (waived, &assertion.reason) {
                (Some(waived), _) => format!("until {}: {}", waived.expires, waived.reason),
                (None, Some(reason)) => reason.clone(),
                (None, None) => assertion.sentence.clone(),
            };
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{title}: {}", safe(&reason))).set_type(assertion.outcome);
            status
        }
    }
}

fn text(assertion: &Assertion) -> String {
    let mut lines = Vec::new();
    for (at, one) in assertion.counterexamples.iter().filter(|one| is_open(one)).enumerate() {
        let at_place =
            one.weakest.as_ref().and_then(place).map_or(String::new(), |place| format!("{place}: "));
        lines.push(format!("{} {at_place}{}: {}", at + 1, one.label, way(one)));
    }
    lines.extend(notes(assertion));
    lines.extend(place(&assertion.evidence).map(|place| format!("asserted at {place}")));
    lines.extend(help(assertion).map(|help| format!("help: {help}")));
    lines.iter().flat_map(|line| line.lines()).map(safe).collect::<Vec<_>>().join("\n")
}

fn safe(text: &str) -> String {
    escape(text).into_owned()
}
