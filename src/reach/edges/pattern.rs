//! Which events an EventBridge rule takes, as far as it depends on who may send them.
//!
//! Of a pattern only `source` is read, and for a bucket its name: who puts an event chooses everything else of it.
//! Nobody but AWS sends what comes from `aws.*` \[API_PutEventsResultEntry: NotAuthorizedForSourceException\]. Must not
//! know: who may put events.

use crate::cause::{Cause, CauseKind};
use crate::source::Span;
use crate::text::Text;
use crate::world::Entity;

/// Who sends the events
#[derive(Clone, Copy)]
pub(super) enum Sender<'w> {
    /// Whoever puts events on the bus
    Caller,
    /// S3, for a bucket
    Bucket(&'w Entity),
}

/// Why the rule may take an event of this sender; `None` where it surely takes none
pub(super) fn admits(rule: &Entity, sender: Sender<'_>, span: Span) -> Option<Vec<Cause>> {
    let Some(setting) = rule.settings.get("event_pattern") else {
        // A rule that only a clock sets off takes no events.
        let by_clock = rule.settings.contains_key("schedule_expression");
        let what = format!("{} has no event pattern in the input", rule.display);
        return (!by_clock).then(|| vec![Cause::at(CauseKind::DocumentMissing, what, span)]);
    };
    let unknown = || {
        Some(vec![Cause::at(CauseKind::Hole, format!("the event pattern of {}", rule.display), setting.span)])
    };
    let Some(literal) = readable(&setting.value) else { return unknown() };
    let Ok(pattern) = serde_json::from_str::<serde_json::Value>(&literal) else { return unknown() };
    let sources = match pattern.get("source") {
        None => return by_rest(&pattern, sender, setting.span, rule),
        Some(sources) => sources.as_array()?,
    };
    let mut may = false;
    let mut doubtful = false;
    for source in sources {
        match (source.as_str(), sender) {
            (Some(source), Sender::Caller) if source.starts_with("aws.") => {}
            (Some(source), Sender::Bucket(_)) if source != "aws.s3" => {}
            (Some(_), _) => may = true,
            (None, _) => doubtful = true,
        }
    }
    if may {
        by_rest(&pattern, sender, setting.span, rule)
    } else if doubtful {
        let what = format!("which sources the pattern of {} takes", rule.display);
        Some(vec![Cause::at(CauseKind::NotModelled, what, setting.span)])
    } else if matches!(sender, Sender::Caller) {
        // The API refuses such events; that it refuses all of `aws.` is told by projects, not by a page.
        let what = format!("{} takes only events of AWS services, which PutEvents refuses", rule.display);
        Some(vec![Cause::at(CauseKind::NotConfirmed, what, setting.span)])
    } else {
        None
    }
}

/// What a pattern says beside the source: a caller chooses it; of a bucket's events the name is checked
fn by_rest(pattern: &serde_json::Value, sender: Sender<'_>, span: Span, rule: &Entity) -> Option<Vec<Cause>> {
    let Sender::Bucket(bucket) = sender else { return Some(Vec::new()) };
    let Some(names) = pattern.pointer("/detail/bucket/name").and_then(serde_json::Value::as_array) else {
        return Some(Vec::new());
    };
    let name = bucket.name.to_string();
    if names.iter().any(|one| one.as_str() == Some(name.as_str())) {
        return Some(Vec::new());
    }
    let certain = bucket.name.as_literal().is_some()
        && names.iter().all(|one| one.as_str().is_some_and(|text| !text.contains('⟨')));
    let what = format!("whether the pattern of {} names {}", rule.display, bucket.display);
    (!certain).then(|| vec![Cause::at(CauseKind::Hole, what, span)])
}

/// A pattern as JSON, holes shown as they are in reports: they can only stand inside of strings
fn readable(text: &Text) -> Option<String> {
    if text.as_hole().is_some() {
        return None;
    }
    Some(text.to_string())
}
