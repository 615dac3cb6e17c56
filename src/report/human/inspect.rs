//! `inspect` for people: one screen for a small input, everything with `-v`.
//!
//! What was not seen stands before what was: it is what an engineer looks for.

use super::{Detail, FAINT, Human};
use crate::report::answer::{Declared, Evidence, Footing, Inspect};
use crate::report::escape::escape;
use crate::report::words::count;

/// How many lines a part has without `-v`
const SHOWN: usize = 12;
/// The causes that are about what was not seen; the others are part of what policies say
static NOT_SEEN: &[&str] =
    &["hole", "default", "document-missing", "not-modelled", "not-confirmed", "truncated", "open-world"];
/// How many names a line has without `-v`
const NAMES: usize = 4;

impl Human {
    /// `inspect`
    pub fn inspect(&mut self, answer: &Inspect) {
        self.heading(&format!("read {}", count(answer.files.len(), "file")));
        if self.detail == Detail::Verbose {
            for file in &answer.files {
                self.line(&format!("  {}", escape(file)));
            }
            for file in &answer.unrecognised {
                self.line(&format!("  {}  not recognised", escape(file)));
            }
        }
        for account in &answer.accounts {
            self.line(&format!("own account {} from {}", escape(&account.account), escape(&account.from)));
        }
        if answer.accounts.is_empty() {
            self.line("own account: not known (--account names it)");
        }
        self.trust(answer);
        self.rows(
            "functions",
            answer.functions.iter().map(|function| {
                let mut about =
                    vec![format!("runs as {}", function.role.as_deref().unwrap_or("an unknown role"))];
                about.extend(function.aliases.iter().map(|alias| format!("alias {alias}")));
                about.extend(function.urls.iter().map(|url| format!("URL {}", url.authorization)));
                let endpoints = function.endpoints.iter();
                about.extend(endpoints.map(|one| format!("endpoint {} {}", one.name, one.authorization)));
                (function.declared.node.name.clone(), about.join(", "), function.declared.evidence.clone())
            }),
        );
        self.rows(
            "triggers",
            answer.triggers.iter().map(|trigger| {
                let modelled = if trigger.modelled { "" } else { ", not modelled yet" };
                (
                    format!("{} → {}", trigger.source, trigger.target),
                    format!("{}{modelled}", trigger.edge),
                    trigger.evidence.clone(),
                )
            }),
        );
        self.kinds("principals", &answer.principals);
        self.kinds("data", &answer.data);
        self.policies(answer);
        let footing = Footing {
            not_covered: Vec::new(),
            not_modelled: answer.not_modelled.clone(),
            assumptions: answer.assumptions.clone(),
            problems: answer.problems.clone(),
        };
        self.footing(&footing);
    }

    /// What is not known, why, and whose answers hang on it
    fn trust(&mut self, answer: &Inspect) {
        let values = answer.values;
        self.line(&format!(
            "values of policies and wiring: {} known, {} known in part, {} unknown",
            values.concrete, values.symbolic, values.unknown
        ));
        if !answer.reasons.is_empty() {
            self.gap();
            self.heading("not known");
        }
        for reason in &answer.reasons {
            let hang = self.names(&reason.answers);
            let text = format!("{} in {}{hang}", count(reason.holes, "part"), count(reason.values, "value"));
            self.line(&format!("  {}: {text}", reason.about));
            if self.detail == Detail::Verbose {
                for hole in answer.holes.iter().filter(|hole| hole.reason == reason.reason) {
                    let line = self.paint(FAINT, &escape(&hole.name));
                    self.line(&format!("    {line}"));
                }
            }
        }
        self.rows(
            "modules not in the input",
            answer
                .modules
                .iter()
                .map(|module| {
                    let about = format!("{}{}", module.source, self.names(&module.answers));
                    (module.address.clone(), about, module.evidence.clone())
                })
                .collect::<Vec<_>>(),
        );
        let named = |what: &String| answer.holes.iter().any(|hole| hole.name == *what);
        let hangs: Vec<_> = answer
            .hangs
            .iter()
            .filter(|hang| NOT_SEEN.contains(&hang.cause) && !hang.answers.is_empty() && !named(&hang.what))
            .map(|hang| {
                let evidence = hang.evidence.clone().unwrap_or_else(nowhere);
                (hang.what.clone(), format!("{}{}", hang.cause, self.names(&hang.answers)), evidence)
            })
            .collect();
        self.rows("answers hang on", hangs);
    }

    /// ` → a, b and 3 more`
    fn names(&self, names: &[String]) -> String {
        if names.is_empty() {
            return String::new();
        }
        let most = if self.detail == Detail::Verbose { usize::MAX } else { NAMES };
        let shown: Vec<String> = names.iter().take(most).map(|name| escape(name).into_owned()).collect();
        let rest = names.len() - shown.len();
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!(" → {}{rest}", shown.join(", "))
    }

    /// One row a thing
    fn rows(&mut self, title: &str, rows: impl IntoIterator<Item = (String, String, Evidence)>) {
        let rows: Vec<_> = rows.into_iter().collect();
        if rows.is_empty() {
            return;
        }
        self.gap();
        self.heading(&format!("{title} ({})", rows.len()));
        let most = if self.detail == Detail::Verbose { usize::MAX } else { SHOWN };
        let hidden = rows.len().saturating_sub(most);
        for (name, about, evidence) in rows.into_iter().take(most) {
            let place = match (&evidence.file, evidence.line) {
                (Some(file), Some(line)) => format!("  {file}:{line}"),
                _ => String::new(),
            };
            let rest = self.paint(FAINT, &format!("{about}{place}"));
            self.line(&format!("  {}  {rest}", escape(&name)));
        }
        if hidden > 0 {
            self.line(&format!("  … {hidden} more (-v lists them)"));
        }
    }

    /// One row a kind of thing; one row a thing with `-v`
    fn kinds(&mut self, title: &str, all: &[Declared]) {
        if self.detail == Detail::Verbose {
            let row = |one: &Declared| (one.node.name.clone(), String::new(), one.evidence.clone());
            return self.rows(title, all.iter().map(row).collect::<Vec<_>>());
        }
        if all.is_empty() {
            return;
        }
        self.gap();
        self.heading(&format!("{title} ({})", all.len()));
        let mut kinds: Vec<&str> = all.iter().map(|one| one.node.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let names: Vec<String> =
                all.iter().filter(|one| one.node.kind == kind).map(|one| one.node.name.clone()).collect();
            let number = names.len();
            let bare = |name: &String| name.strip_prefix(&format!("{kind}/")).unwrap_or(name).to_owned();
            let names: Vec<String> = names.iter().map(bare).collect();
            let listed = self.names(&names);
            let listed = listed.strip_prefix(" → ").unwrap_or_default();
            self.line(&format!("  {number} {kind}: {listed}"));
        }
    }

    fn policies(&mut self, answer: &Inspect) {
        let about = |policy: &crate::report::answer::Policy| {
            let size = policy.statements.map_or("not in the input".to_owned(), |n| count(n, "statement"));
            let about = format!("{} policy of {}, {size}", policy.role, policy.attached_to.join(", "));
            (policy.name.clone(), about, policy.evidence.clone())
        };
        if self.detail == Detail::Verbose {
            return self.rows("policies", answer.policies.iter().map(about));
        }
        if answer.policies.is_empty() {
            return;
        }
        self.gap();
        self.heading(&format!("policies ({})", answer.policies.len()));
        let mut roles: Vec<&str> = answer.policies.iter().map(|policy| policy.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let number = |role: &&str| {
            let number = answer.policies.iter().filter(|policy| policy.role == *role).count();
            format!("{number} {role}")
        };
        let text = roles.iter().map(number).collect::<Vec<_>>().join(", ");
        self.line(&format!("  {text}"));
        for policy in answer.policies.iter().filter(|policy| policy.statements.is_none()) {
            let (name, about, _) = about(policy);
            self.line(&format!("  {}  {}", escape(&name), escape(&about)));
        }
    }
}

fn nowhere() -> Evidence {
    Evidence {
        role: "configuration",
        file: None,
        line: None,
        column: None,
        policy: None,
        sid: None,
        index: None,
        effect: None,
    }
}
