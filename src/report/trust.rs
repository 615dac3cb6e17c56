//! How far answers can be trusted: what is not known and why, and whose answers hang on it.
//!
//! Must not know: how anything is decided. It counts what the graph already says.

use std::collections::{BTreeMap, BTreeSet};

use crate::cause;
use crate::reach::State;
use crate::reach::graph::Graph;
use crate::report::answer;
use crate::report::compose::Compose;
use crate::source::Span;
use crate::text::{Hole, HoleKind, Text};
use crate::world::EntityId;
use crate::world::kind::Kind;

/// Whether a hole of this name is of the kind in question
type Named = fn(&str) -> bool;

/// The reason's name in reports, in words, and the names of its holes; the first that fits counts
static REASONS: &[(&str, &str, Named)] = &[
    ("call", "a call that was not understood", |name| name.contains('(')),
    ("default", "how many there are is not known", |name| {
        ["each", "count"]
            .iter()
            .any(|bound| name.starts_with(&format!("{bound} of ")) || name.starts_with(&format!("{bound}.")))
    }),
    ("variable", "a variable without a value", |name| name.starts_with("var.") || name.contains(".var.")),
    ("data-source", "a data source", |name| name.starts_with("data.") || name.contains(".data.")),
    ("template", "what a plan does not show around a reference", |name| name.starts_with("what ")),
    ("place", "the account or region is not named", |name| {
        ["account", "region", "partition"].iter().any(|place| name.starts_with(place))
    }),
    ("local", "a local that was not understood", |name| {
        name.starts_with("local.") || name.contains(".local.")
    }),
    ("after-apply", "known only after apply", |name| name.split('.').any(|part| part.starts_with("aws_"))),
    ("module", "a module that is not in the input", |name| name.starts_with("module.")),
];

/// Why the value of a hole is not known: name in reports, and in words
fn reason(hole: &Hole) -> (&'static str, &'static str) {
    match hole.kind() {
        HoleKind::Generated => ("made-by-aws", "made by AWS on creation"),
        HoleKind::Input | HoleKind::Stranger => REASONS
            .iter()
            .find(|(_, _, named)| named(hole.name()))
            .map_or(("other", "not understood"), |(id, about, _)| (id, about)),
    }
}

/// The reasons of all holes, most values first
pub(super) fn reasons(holes: &[answer::Hole]) -> Vec<answer::Reason> {
    let about = |id: &str| match REASONS.iter().find(|(known, ..)| *known == id) {
        Some((_, about, _)) => about,
        None if id == "made-by-aws" => "made by AWS on creation",
        None => "not understood",
    };
    let mut all: BTreeMap<&'static str, answer::Reason> = BTreeMap::new();
    for hole in holes {
        let one = all.entry(hole.reason).or_insert_with(|| answer::Reason {
            reason: hole.reason,
            about: about(hole.reason),
            holes: 0,
            values: 0,
            answers: Vec::new(),
        });
        one.holes += 1;
        one.values += hole.values;
        one.answers.extend(hole.answers.iter().cloned());
    }
    let mut out: Vec<answer::Reason> = all.into_values().collect();
    for one in &mut out {
        one.answers.sort();
        one.answers.dedup();
    }
    out.sort_by(|a, b| b.values.cmp(&a.values).then(a.reason.cmp(b.reason)));
    out
}

/// Whose answers a cause holds, and its first place
#[derive(Default)]
struct Held {
    names: BTreeSet<String>,
    span: Option<Span>,
}

impl Compose<'_> {
    /// What makes edges conditional, and the functions, roles and users at their ends
    pub(super) fn hangs(&self, graph: &Graph) -> Vec<answer::Hang> {
        let mut all: BTreeMap<(cause::CauseKind, &str), Held> = BTreeMap::new();
        for edge in graph.edges().filter(|edge| edge.state == State::Conditional) {
            let ends: Vec<EntityId> =
                [edge.from, edge.to].into_iter().filter(|end| self.is_subject(*end)).collect();
            for cause in &edge.causes {
                let held = all.entry((cause.kind, cause.what.as_str())).or_default();
                held.span = held.span.or(cause.span);
                held.names.extend(ends.iter().map(|end| self.name(*end)));
            }
        }
        let hang = |((kind, what), held): ((cause::CauseKind, &str), Held)| answer::Hang {
            cause: kind.id(),
            what: what.to_owned(),
            answers: held.names.into_iter().collect(),
            evidence: held.span.map(|span| self.place("configuration", span)),
        };
        all.into_iter().map(hang).collect()
    }

    /// Whether people ask about it
    fn is_subject(&self, id: EntityId) -> bool {
        {
            let kind = self.view.entity(id).kind;
            kind.is_function() || matches!(kind, Kind::Role | Kind::User)
        }
    }

    /// Modules whose files are not in the input
    pub(super) fn modules(&self, hangs: &[answer::Hang]) -> Vec<answer::Module> {
        let module = |absent: &crate::world::pieces::AbsentModule| {
            let of_it = |hang: &&answer::Hang| {
                hang.what
                    .strip_prefix(absent.address.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            let answers: BTreeSet<String> =
                hangs.iter().filter(of_it).flat_map(|hang| hang.answers.clone()).collect();
            answer::Module {
                address: absent.address.clone(),
                source: absent.source.clone(),
                answers: answers.into_iter().collect(),
                evidence: self.place("configuration", absent.span),
            }
        };
        self.view.world.absent_modules.iter().map(module).collect()
    }

    /// Every hole of names and policies, with how many values hold it
    pub(super) fn holes(&self, hangs: &[answer::Hang]) -> Vec<answer::Hole> {
        let mut found: BTreeMap<Hole, usize> = BTreeMap::new();
        let mut note = |text: &Text| {
            let holes: BTreeSet<&Hole> =
                text.holes().filter(|hole| hole.kind() != HoleKind::Stranger).collect();
            for hole in holes {
                *found.entry(hole.clone()).or_default() += 1;
            }
        };
        for entity in self.view.world.entities() {
            entity.arn.iter().for_each(&mut note);
        }
        for (_, stored) in self.view.world.policies() {
            stored.policy.texts().for_each(&mut note);
        }
        let mut held: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for hang in hangs.iter().filter(|hang| hang.cause == "hole") {
            held.entry(hang.what.as_str()).or_default().extend(&hang.answers);
        }
        let hole = |(hole, values): (Hole, usize)| answer::Hole {
            name: hole.name().to_owned(),
            kind: if hole.kind() == HoleKind::Generated { "generated" } else { "input" },
            reason: reason(&hole).0,
            values,
            answers: held.get(hole.name()).into_iter().flatten().map(|name| (*name).clone()).collect(),
        };
        let mut out: Vec<answer::Hole> = found.into_iter().map(hole).collect();
        out.sort();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_hole_says_why_it_is_not_known() {
        let of = |name: &str| reason(&Hole::input(name)).0;
        assert_eq!(of("var.env"), "variable");
        assert_eq!(of("module.a.var.env"), "variable");
        assert_eq!(of("data.aws_vpc.x.id"), "data-source");
        assert_eq!(of("module.vpc.id"), "module");
        assert_eq!(of("cidrsubnet(var.a)"), "call");
        assert_eq!(of("module.a.aws_iam_role_policy.p.policy"), "after-apply");
        assert_eq!(of("account of provider aws.east"), "place");
    }
}
