//! `diff` as the comment for a pull request: a sentence, a table, and behind each line its way, places and smallest cut.

use std::fmt::Write as _;

use super::{code, plain};
use crate::report::answer::diff::{Diff, ReachChange};
use crate::report::answer::{Edge, Evidence, Reached};
use crate::report::words::count;
use crate::report::words::diff::{OPENS, SHUTS, sentence_with};

/// Lines of a table, and ways told, at most: a comment has a largest size
const SHOWN: usize = 20;

/// The comment
#[must_use]
pub fn diff(answer: &Diff) -> String {
    let mut out = format!("### {}\n\n", sentence_with(answer, &code));
    let _ = writeln!(out, "From {} to {}.\n", code(&answer.before.input), code(&answer.after.input));
    let all: Vec<&ReachChange> = OPENS
        .iter()
        .chain(SHUTS)
        .flat_map(|change| answer.reach.iter().filter(move |one| one.change == *change))
        .collect();
    if !all.is_empty() {
        out.push_str("| | who | how | what | state |\n| --- | --- | --- | --- | --- |\n");
        for one in all.iter().take(SHOWN) {
            let Some(reached) = one.after.as_ref().or(one.before.as_ref()) else { continue };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                one.change,
                code(&one.from.name),
                one.grade,
                code(&one.target.name),
                standing(reached)
            );
        }
        more(&mut out, all.len());
    }
    steps(&mut out, answer);
    let opened = all.iter().filter(|one| OPENS.contains(&one.change));
    for one in opened.take(SHOWN) {
        if let Some(reached) = &one.after {
            details(&mut out, one, reached);
        }
    }
    let problems = answer.after.problems.len() + answer.before.problems.len();
    if problems > 0 {
        let _ = writeln!(
            out,
            "{} while reading: this comparison may lack something.\n",
            count(problems, "problem")
        );
    }
    for text in answer.before.assumptions.iter().filter(|one| one.evidence.is_none()).map(|one| &one.text) {
        let _ = writeln!(out, "Taken for granted: {}\n", plain(text));
    }
    let _ = writeln!(
        out,
        "Not covered: {}",
        answer.not_covered.iter().map(|text| plain(text)).collect::<Vec<_>>().join("; ")
    );
    out
}

fn more(out: &mut String, all: usize) {
    out.push('\n');
    if all > SHOWN {
        let _ = writeln!(out, "… and {} (`gatecrash diff -v` lists all).\n", count(all - SHOWN, "more line"));
    }
}

/// The steps that differ, folded
fn steps(out: &mut String, answer: &Diff) {
    if answer.direct.is_empty() {
        return;
    }
    let _ = writeln!(out, "<details><summary>{}</summary>\n", count(answer.direct.len(), "changed step"));
    for one in answer.direct.iter().take(SHOWN) {
        let Some(edge) = one.after.as_ref().or(one.before.as_ref()) else { continue };
        let _ = writeln!(out, "* {}: {}", one.change, step(edge));
    }
    more(out, answer.direct.len());
    out.push_str("</details>\n\n");
}

/// The way, its places and what breaks it, folded
fn details(out: &mut String, one: &ReachChange, reached: &Reached) {
    let _ = writeln!(
        out,
        "<details><summary>{} {} {} {}</summary>\n",
        one.change,
        code(&one.from.name),
        one.grade,
        code(&one.target.name)
    );
    for (at, edge) in reached.path.iter().enumerate() {
        let _ = writeln!(out, "{}. {}", at + 1, step(edge));
        for evidence in &edge.evidence {
            let _ = writeln!(out, "   * {}", place(evidence));
        }
    }
    for cause in &reached.causes {
        let _ = writeln!(out, "\nOnly if: {}", plain(&cause.what));
    }
    match &one.cuts {
        Some(cuts) => {
            if let Some(cut) = cuts.first() {
                let statements: Vec<String> = cut.statements.iter().map(place).collect();
                let _ = writeln!(out, "\nSmallest cut: {}", statements.join(" and "));
            }
        }
        None => out.push_str(
            "\nThe smallest cut was not looked for behind the first ten: `gatecrash reach --to` finds it.\n",
        ),
    }
    out.push_str("\n</details>\n\n");
}

fn step(edge: &Edge) -> String {
    let state = if edge.state == "conditional" { ", conditional" } else { "" };
    format!("{} → {} ({}{state})", code(&edge.from), code(&edge.to), edge.kind)
}

/// `main.tf:7`, and the statement
fn place(evidence: &Evidence) -> String {
    let place = match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => code(&format!("{file}:{line}")),
        _ => evidence.role.to_owned(),
    };
    let named = match (&evidence.sid, evidence.index) {
        (Some(sid), _) => format!(" {}", code(sid)),
        (None, Some(index)) => format!(" statement {index}"),
        (None, None) => String::new(),
    };
    let of = evidence.policy.as_ref().map(|policy| format!(" of {}", code(policy))).unwrap_or_default();
    format!("{place}{named}{of}")
}

/// `holds`, `through code`, and whether under a condition
fn standing(reached: &Reached) -> String {
    let tier = if reached.code_boundaries == 0 { "holds" } else { "through code" };
    if reached.state == "conditional" { format!("{tier}, conditional") } else { tier.to_owned() }
}
