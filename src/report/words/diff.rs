//! What a change lets somebody do, in one sentence: for people and for pull requests alike.

use crate::report::answer::Reached;
use crate::report::answer::diff::{Diff, ReachChange};
use crate::report::words::count;

/// Changes that may let more through, in the order in which they are told
pub static OPENS: &[&str] = &["gained", "loosened", "changed"];
/// Changes that let less through
pub static SHUTS: &[&str] = &["tightened", "lost"];

/// What a change comes to: the gravest of what it opens, and how much more there is
#[must_use]
pub fn sentence(answer: &Diff) -> String {
    sentence_with(answer, &|name| name.to_owned())
}

/// The same; `name` writes a name
#[must_use]
pub fn sentence_with(answer: &Diff, name: &dyn Fn(&str) -> String) -> String {
    let opened: Vec<&ReachChange> =
        answer.reach.iter().filter(|one| OPENS.contains(&one.change) && one.after.is_some()).collect();
    // The order of the answer is from outside to inside; of one caller, data comes before what leads to it.
    let first = opened.first().map(|one| &one.from.name);
    let of_first = opened.iter().filter(|one| Some(&one.from.name) == first);
    let gravest = of_first.min_by_key(|one| {
        let rank = match one.grade {
            "read" | "write" => 0,
            "control" => 1,
            _ => 2,
        };
        let data = u8::from(!matches!(one.target.kind, "secret" | "table" | "bucket" | "param" | "key"));
        let place = (one.target.kind != "secret", one.target.name.clone());
        (
            rank,
            data,
            one.after.as_ref().map(|after| (after.state == "conditional", after.code_boundaries)),
            place,
        )
    });
    if let Some((one, after)) = gravest.and_then(|one| Some((one, one.after.as_ref()?))) {
        let more = match opened.len() - 1 {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        return format!("this change lets {} {}{more}", name(&one.from.name), deed(one, after, name));
    }
    let steps = |changes: &[&str]| answer.direct.iter().filter(|one| changes.contains(&one.change)).count();
    let (loose, unclear) = (steps(&["gained", "loosened"]), steps(&["changed"]));
    let shut = answer.reach.len() + steps(SHUTS);
    match (loose, unclear, shut) {
        (0, 0, 0) => "this change lets nobody do more or less".to_owned(),
        (0, 0, _) => "this change only takes reach away".to_owned(),
        (0, n, _) => format!(
            "this change alters the conditions of {}; whether they let more through is not decided",
            count(n, "step")
        ),
        (n, _, _) => format!("this change opens or loosens {}", count(n, "step")),
    }
}

/// `drive secret/prod/stripe through function/thumbs`, `read table/orders`
fn deed(one: &ReachChange, after: &Reached, name: &dyn Fn(&str) -> String) -> String {
    let target = name(&one.target.name);
    let is_function = |kind: &str| kind.starts_with("function/");
    // The function whose code the caller sets going: the first that the way comes to.
    let function = after.path.iter().map(|edge| edge.to.as_str()).find(|to| is_function(to));
    let verb = match one.grade {
        "read" => "read",
        "write" => "write to",
        "control" => "control",
        _ if is_function(&one.target.name) => "invoke",
        _ => "drive",
    };
    let is_called = one.grade == "influence" && after.code_boundaries == 1;
    let deed = match function {
        Some(function) if after.code_boundaries > 0 && !is_called => {
            format!("drive {target} through {}", name(function))
        }
        _ => format!("{verb} {target}"),
    };
    let condition = if after.state == "conditional" { ", under a condition" } else { "" };
    let now = match (one.change, &one.before) {
        ("loosened", Some(before)) if before.state == "conditional" && after.state == "yes" => {
            ", without the condition it had"
        }
        _ => "",
    };
    format!("{deed}{condition}{now}")
}
