//! `diff` for people: what callers reach now that they did not, with the way and what would break it; then the steps.
//!
//! Callers from outside stand first. Long lists are cut with a count; `-v` shows all.

use super::{CONDITIONAL, DENIED, Detail, FAINT, Human, YES, describe, way};
use crate::report::answer::diff::{Diff, DirectChange, ReachChange};
use crate::report::answer::{Edge, Evidence, Reached};
use crate::report::escape::escape;
use crate::report::words::count;
use crate::report::words::diff::{OPENS, SHUTS, sentence};

/// How many changes of one kind are shown without `-v`
const SHOWN: usize = 12;

impl Human {
    /// `diff`
    pub fn diff(&mut self, answer: &Diff) {
        self.heading(&format!(
            "{}, from {} to {}",
            sentence(answer),
            answer.before.input,
            answer.after.input
        ));
        for change in OPENS.iter().chain(SHUTS) {
            self.reach_changes(change, answer);
        }
        for change in OPENS.iter().chain(SHUTS) {
            self.direct_changes(change, answer);
        }
        if !answer.renamed.is_empty() {
            self.gap();
            self.heading("renamed");
            let shown = if self.detail == Detail::Verbose { answer.renamed.len() } else { SHOWN };
            for one in answer.renamed.iter().take(shown) {
                let line = format!("  {} → {}", escape(&one.before), escape(&one.after));
                self.line(&line);
            }
            self.more(answer.renamed.len(), shown);
        }
        self.sides(answer);
    }

    fn mark(&self, change: &str) -> String {
        match change {
            "gained" => self.paint(DENIED, "+"),
            "loosened" => self.paint(DENIED, "↑"),
            "tightened" => self.paint(YES, "↓"),
            "lost" => self.paint(YES, "-"),
            _ => self.paint(CONDITIONAL, "~"),
        }
    }

    fn reach_changes(&mut self, change: &str, answer: &Diff) {
        let of: Vec<&ReachChange> = answer.reach.iter().filter(|one| one.change == change).collect();
        if of.is_empty() {
            return;
        }
        self.gap();
        self.heading(&format!("reach {change}"));
        let shown = if self.detail == Detail::Verbose { of.len() } else { SHOWN };
        for one in of.iter().take(shown) {
            self.reach_change(one, answer);
        }
        self.more(of.len(), shown);
    }

    fn reach_change(&mut self, one: &ReachChange, answer: &Diff) {
        let Some(reached) = one.after.as_ref().or(one.before.as_ref()) else { return };
        let was = match (&one.before, &one.after) {
            (Some(was), Some(_)) => format!("  was {}", standing(was)),
            _ => String::new(),
        };
        let by = if reached.hops == 1 { String::new() } else { format!("  {}", way(&reached.path)) };
        let about = self.paint(FAINT, &format!("{}{was}{by}", standing(reached)));
        let (mark, glyph) = (self.mark(one.change), self.glyph(reached.state));
        let (from, target) = (escape(&one.from.name), escape(&one.target.name));
        let line = format!("{mark} {glyph} {from} ─{}→ {target}  {about}", one.grade);
        self.line(&line);
        self.causes(6, &reached.causes);
        if one.change == "gained" || one.change == "loosened" {
            // Without -v, the places of what changed: the rest of the way was there before.
            let is_new = |edge: &&Edge| {
                let same = |step: &DirectChange| {
                    step.from == edge.from && step.to == edge.to && step.kind == edge.kind
                };
                self.detail == Detail::Verbose || answer.direct.iter().any(same)
            };
            let mut told: Vec<&Evidence> = Vec::new();
            for evidence in reached.path.iter().filter(is_new).flat_map(|edge| &edge.evidence) {
                if !told.contains(&evidence) {
                    told.push(evidence);
                }
            }
            for evidence in told {
                self.evidence(6, evidence);
            }
            if let Some(cut) = one.cuts.as_ref().and_then(|cuts| cuts.first()) {
                let places: Vec<String> = cut.statements.iter().map(place).collect();
                let text = self.paint(FAINT, &format!("breaks without {}", places.join(" and ")));
                self.line(&format!("      {text}"));
            }
        } else if let Some(evidence) = reached.path.last().and_then(|edge| edge.evidence.first()) {
            self.evidence(6, evidence);
        }
    }

    fn direct_changes(&mut self, change: &str, answer: &Diff) {
        let of: Vec<&DirectChange> = answer.direct.iter().filter(|one| one.change == change).collect();
        if of.is_empty() {
            return;
        }
        self.gap();
        self.heading(&format!("steps {change}"));
        let shown = if self.detail == Detail::Verbose { of.len() } else { SHOWN };
        for one in of.iter().take(shown) {
            let Some(edge) = one.after.as_ref().or(one.before.as_ref()) else { continue };
            let (mark, glyph) = (self.mark(one.change), self.glyph(edge.state));
            let line = format!("{mark} {glyph} {} ─{}→ {}", escape(&one.from), one.kind, escape(&one.to));
            self.line(&line);
            self.residual(6, &edge.residual, &edge.causes);
            if let (Some(was), "loosened" | "tightened" | "changed") = (&one.before, change)
                && was.state == "conditional"
            {
                let before = self.paint(FAINT, "before:");
                self.line(&format!("      {before}"));
                self.residual(8, &was.residual, &was.causes);
            }
            let few = if self.detail == Detail::Verbose { usize::MAX } else { 1 };
            for evidence in edge.evidence.iter().take(few) {
                self.evidence(6, evidence);
            }
        }
        self.more(of.len(), shown);
    }

    fn more(&mut self, all: usize, shown: usize) {
        if all > shown {
            let text = self.paint(FAINT, &format!("  … {} (-v shows all)", count(all - shown, "more line")));
            self.line(&text);
        }
    }

    fn sides(&mut self, answer: &Diff) {
        if self.detail == Detail::Quiet {
            return;
        }
        self.list("not covered", &answer.not_covered);
        if self.detail == Detail::Verbose {
            self.list("not modelled yet", &answer.not_modelled);
        }
        for (title, side) in [("before", &answer.before), ("after", &answer.after)] {
            let texts: Vec<String> = side.assumptions.iter().map(|one| one.text.clone()).collect();
            if self.detail == Detail::Verbose {
                self.list(&format!("taken for granted {title}"), &texts);
            } else {
                // What is of no file was taken for granted by this comparison.
                let own =
                    side.assumptions.iter().filter(|one| one.evidence.is_none() && one.text.contains(" at "));
                let own: Vec<String> = own.map(|one| one.text.clone()).collect();
                self.list(&format!("taken for granted {title}"), &own);
            }
        }
    }
}

/// `holds`, `through code, conditional`
fn standing(reached: &Reached) -> String {
    let tier = match reached.code_boundaries {
        0 => "holds".to_owned(),
        n => format!("through code of {}", count(usize::try_from(n).unwrap_or(usize::MAX), "function")),
    };
    if reached.state == "conditional" { format!("{tier}, conditional") } else { tier }
}

/// `shop/data.tf:18 (EnableIAM of key)`
fn place(evidence: &Evidence) -> String {
    match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{file}:{line} ({})", describe(evidence)),
        _ => describe(evidence),
    }
}
