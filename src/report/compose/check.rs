//! From a checked assertion file to its answer: sentences, levels, places, excerpts.

use crate::assertion::check::{Against, Checked, Counter, Outcome, Result as Claimed};
use crate::assertion::claim::Way;
use crate::assertion::mark::digest;
use crate::assertion::mend::{self, Edit};
use crate::assertion::waiver::Standing;
use crate::assertion::{Assertion, Claim, Config, Severity, Steps, Verb, Waiver};
use crate::eval::context::KeyValue;
use crate::policy::{Clause, Principals, Statement};
use crate::reach::search::Tiers;
use crate::reach::{Edge, Evidence, EvidenceRole, Grade, Wiring};
use crate::report::answer;
use crate::report::answer::check::{
    Assertion as Told, Check, Counterexample, Excerpt, Excuse, Level, Mend, Record, Summary,
    Waiver as ToldWaiver,
};
use crate::report::compose::Compose;
use crate::report::escape::escape;
use crate::report::words::count;
use crate::source::Span;
use crate::world::data::is_wild;
use crate::world::kind::Kind;
use crate::world::select::Selector;

/// Lines of a statement that an excerpt shows
const LINES: usize = 14;

/// How strict a check is
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What a claim is worth that could not be decided
    pub unknown: Level,
    /// What warnings are worth
    pub warning: Level,
}

impl Bar {
    fn raise(self, level: Level) -> Level {
        if level == Level::Warning { self.warning } else { level }
    }

    /// How much an outcome matters
    fn of(self, outcome: Outcome, severity: Severity) -> Level {
        let of_severity = match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        };
        self.raise(match outcome {
            Outcome::Holds | Outcome::Waived | Outcome::Expected => Level::None,
            Outcome::Inconclusive => self.unknown.min(of_severity),
            Outcome::Vacuous | Outcome::Fixed | Outcome::Violated => of_severity,
        })
    }
}

/// A checked file, and as what it is reported
#[derive(Clone, Copy, Debug)]
pub struct CheckedFile<'c> {
    /// Its path
    pub path: &'c str,
    /// What it says
    pub config: &'c Config,
    /// What came of it
    pub checked: &'c Checked<'c>,
    /// How strict the check is
    pub bar: Bar,
    /// The day it is held against
    pub today: jiff::civil::Date,
}

impl Compose<'_> {
    /// Answers `check`
    #[must_use]
    pub fn check(&self, file: &CheckedFile<'_>) -> Check {
        let assertions: Vec<Told> =
            file.checked.results.iter().map(|result| self.claim(file, result)).collect();
        let number = |outcome: Outcome| file.checked.results.iter().filter(|r| r.outcome == outcome).count();
        let policies = self.view.world.policies();
        let (documents, statements) =
            policies.fold((0, 0), |(n, all), (_, stored)| (n + 1, all + stored.policy.statements.len()));
        let open = [
            "any principal of {account} with an identity allow that is not in the input",
            "statements that other stacks add to policies of functions and data",
            "organisation policies that are not in the input: they could only deny more",
        ];
        let unmodelled = self.unmodelled_triggers(|_| true);
        Check {
            version: 1,
            config: file.path.to_owned(),
            world: self.openness(),
            summary: Summary {
                assertions: assertions.len(),
                holds: number(Outcome::Holds),
                waived: number(Outcome::Waived),
                expected: number(Outcome::Expected),
                inconclusive: number(Outcome::Inconclusive),
                vacuous: number(Outcome::Vacuous),
                fixed: number(Outcome::Fixed),
                violated: number(Outcome::Violated),
                policies: documents,
                statements,
            },
            assertions,
            waivers: file
                .config
                .waivers
                .iter()
                .zip(&file.checked.waivers)
                .map(|(waiver, standing)| self.waiver(file, waiver, *standing))
                .collect(),
            footing: self.footing(&open, unmodelled),
        }
    }

    fn claim(&self, file: &CheckedFile<'_>, result: &Claimed<'_>) -> Told {
        let assertion = result.assertion;
        let counterexample = |counter: &Counter| self.counterexample(file, assertion, counter);
        let in_steps = result.in_steps.as_ref().map(|way| {
            let against = Against::Way(way.clone());
            counterexample(&Counter { against, waived: None, expired: None, expected: false })
        });
        Told {
            id: assertion.id.clone(),
            verb: assertion.verb.id(),
            sentence: sentence(assertion),
            outcome: result.outcome.id(),
            level: file.bar.of(result.outcome, assertion.severity),
            reason: assertion.reason.clone(),
            evidence: self.place("configuration", assertion.span),
            counterexamples: result.counters.iter().map(counterexample).collect(),
            empty: result.empty.clone(),
            gone: result.gone.clone(),
            require_closed: result.open.clone(),
            in_steps,
            mend: result.mend.as_ref().map(|mend| self.mend(mend)),
        }
    }

    fn counterexample(
        &self,
        file: &CheckedFile<'_>,
        assertion: &Assertion,
        counter: &Counter,
    ) -> Counterexample {
        let (from, to) = counter.against.ends();
        let excuse = |at: Option<usize>| {
            let waiver = file.config.waivers.get(at?)?;
            Some(Excuse {
                reason: waiver.reason.clone(),
                expires: waiver.expires.to_string(),
                days_left: waiver.days_left(file.today),
                evidence: self.place("configuration", waiver.span),
            })
        };
        let (kind, state, path) = match &counter.against {
            Against::Way(way) => ("way", way.state.id(), &way.path),
            Against::Lack(lack) if lack.causes.is_empty() => ("lack", "no", &lack.path),
            Against::Lack(lack) => ("lack", "conditional", &lack.path),
        };
        let kinds: Vec<&str> = path.iter().map(|edge| edge.kind).collect();
        let (from_name, to_name) = (self.name(from), self.name(to));
        let mut parts = vec![assertion.id.as_str(), from_name.as_str(), to_name.as_str()];
        parts.extend(kinds);
        let fingerprint = digest(&parts);
        let mut record = Record::default();
        for edge in path {
            record.edges.push(edge.kind.to_owned());
            record.marks.extend(file.checked.marks.of_edge(edge).into_iter().map(str::to_owned));
        }
        for list in [&mut record.edges, &mut record.marks] {
            list.sort();
            list.dedup();
        }
        let weak = weakest(self, path);
        let shown = weak.and_then(|(edge, evidence)| Some((edge, evidence?)));
        let (calls, also, grade, tier, boundaries, causes) = match &counter.against {
            Against::Way(way) => (
                way.calls.clone(),
                way.also.map(|id| self.name(id)),
                Some(way.grade.id()),
                Some(way.tier.id()),
                way.tier.boundaries(),
                &way.causes,
            ),
            Against::Lack(lack) => {
                let call = lack.call.iter().map(ToString::to_string).collect();
                (call, None, None, None, 0, &lack.causes)
            }
        };
        Counterexample {
            kind,
            from: self.node(from),
            to: self.node(to),
            also,
            calls,
            grade,
            tier,
            code_boundaries: boundaries,
            state,
            causes: self.causes(causes),
            hops: path.len(),
            path: path.iter().map(|edge| self.edge(edge)).collect(),
            weakest: shown.map(|(edge, evidence)| self.at_part(edge, evidence)),
            label: match (&counter.against, weak) {
                (Against::Way(way), Some((edge, _))) => self.label(way, edge),
                (Against::Way(_), None) => String::new(),
                (Against::Lack(lack), _) if lack.path.is_empty() => {
                    "nothing in the input allows it".to_owned()
                }
                (Against::Lack(_), _) => "it is allowed only under a condition".to_owned(),
            },
            waived: excuse(counter.waived),
            expired: excuse(counter.expired),
            expected: counter.expected,
            fingerprint,
            record,
            excerpt: shown.and_then(|(edge, evidence)| self.excerpt(edge, evidence)),
        }
    }

    /// What is weak about an edge
    fn label(&self, way: &Way, edge: &Edge) -> String {
        let from = self.view.entity(edge.from);
        let any_account = edge.leaves_open.contains(&crate::reach::edges::service::ANY_ACCOUNT);
        let outsider = [
            (
                Kind::Service,
                if any_account {
                    format!("sources of {} in any account match", from.name)
                } else {
                    format!("a source of {} that the input does not wire matches", from.name)
                },
            ),
            (Kind::Anonymous, "everyone matches, signed in or not".to_owned()),
            (Kind::AnyAccount, "every AWS account matches".to_owned()),
            (Kind::Account, format!("{} matches, and whoever it lets", from.display)),
        ];
        if let Some((_, text)) = outsider.into_iter().find(|(kind, _)| *kind == from.kind) {
            return text;
        }
        let target = self.name(edge.to);
        if edge.wiring == Wiring::Open && edge.kind == "invoke.api" {
            return format!("lets {} call {target}, which nobody wired", from.display);
        }
        let does = match edge.grade {
            Grade::Control => "take over",
            Grade::Influence => "call",
            Grade::Read => "read",
            Grade::Write => "write",
        };
        match way.calls.first().filter(|_| way.path.len() == 1) {
            Some(call) if call != "invoke" => format!("lets {} make {call} on {target}", from.display),
            Some(_) | None => format!("lets {} {does} {target}", from.display),
        }
    }

    /// The lines of a statement, with the part of it that is meant
    fn excerpt(&self, edge: &Edge, evidence: &Evidence) -> Option<Excerpt> {
        let statement = self.written(evidence);
        let part = statement.map_or(evidence.span, |statement| self.part(edge, statement));
        // A part that a tool computed may stand elsewhere: it is shown where it stands.
        let (whole, part) = match statement {
            Some(statement) if holds(statement.span, part) => (statement.span, part),
            Some(_) => (part, part),
            None => (evidence.span, evidence.span),
        };
        let mut lines = self.sources.lines(whole);
        let first = self.sources.place(part).line;
        // A long statement is shown from a little before its part.
        if lines.len() > LINES {
            let from = first.saturating_sub(3);
            lines.retain(|(line, _)| *line >= from);
            lines.truncate(LINES);
        }
        let (line, _) = *lines.first()?;
        let place = self.sources.place(part);
        if place.path.is_empty() {
            return None;
        }
        let length =
            self.sources.text(part.file).get(part.start as usize..part.end as usize).map(|text| {
                // What runs over lines is marked on its first one.
                text.split('\n').next().unwrap_or("").trim_end().chars().count()
            })?;
        let mut text = String::new();
        let mut range = None;
        for (number, content) in lines {
            if number == place.line {
                let start = text.len() + shown(content.chars().take(place.column - 1)).len();
                let inside = shown(content.chars().skip(place.column - 1).take(length.max(1)));
                range = Some(start..start + inside.len().max(1));
            }
            text.push_str(&shown(content.chars()));
            text.push('\n');
        }
        let range = range?;
        let end = range.end.min(text.len());
        Some(Excerpt { file: place.path, line, part: range.start.min(end)..end, text })
    }

    /// The place of evidence, at the part of the statement that lets an edge be
    fn at_part(&self, edge: &Edge, evidence: &Evidence) -> answer::Evidence {
        let part = self.written(evidence).map(|statement| self.part(edge, statement));
        let place = part.map(|part| self.place("statement", part)).filter(|place| place.file.is_some());
        let whole = self.evidence(evidence);
        match place {
            Some(part) => answer::Evidence { file: part.file, line: part.line, column: part.column, ..whole },
            None => whole,
        }
    }

    fn written(&self, evidence: &Evidence) -> Option<&Statement> {
        let index = evidence.index?;
        let policies = self.view.world.policies();
        let mut statements = policies.flat_map(|(_, stored)| &stored.policy.statements);
        statements.find(|statement| (statement.span, statement.index) == (evidence.span, index))
    }

    /// The part of a statement that lets an edge be: whom it names, where that is everybody or a service; else a
    /// resource with a wildcard; else the first action
    fn part(&self, edge: &Edge, statement: &Statement) -> Span {
        let names_others = matches!(
            self.view.entity(edge.from).kind,
            Kind::Service | Kind::Anonymous | Kind::AnyAccount | Kind::Account
        );
        if names_others {
            match &statement.principal {
                Clause::Is(Principals::Everyone(span)) => return *span,
                Clause::Is(Principals::Listed(list)) => {
                    let name = &self.view.entity(edge.from).name;
                    let named = list.iter().find(|named| named.text == *name).or(list.first());
                    if let Some(named) = named {
                        return named.span;
                    }
                }
                Clause::Not(_) | Clause::Absent => {}
            }
        }
        let wild = statement.resource.entries().iter().find(|entry| is_wild(&entry.text));
        wild.or(statement.action.entries().first()).map_or(statement.span, |entry| entry.span)
    }

    fn mend(&self, mend: &mend::Mend) -> Mend {
        let (edit, text) = match &mend.edit {
            Edit::Condition { operator, key, values } => {
                let value = match values.as_slice() {
                    [one] => format!("\"{one}\""),
                    many => format!(
                        "[{}]",
                        many.iter().map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(", ")
                    ),
                };
                let hint = " (`source_arn` of an aws_lambda_permission)";
                ("add-condition", format!("add `\"{operator}\": {{\"{key}\": {value}}}`{hint}"))
            }
            Edit::Resources(resources) => (
                "narrow-resource",
                format!("name what it is used for instead of a wildcard: `{}`", resources.join("`, `")),
            ),
            Edit::SignUrl => {
                ("sign-url", "ask for signed requests: `authorization_type = \"AWS_IAM\"`".to_owned())
            }
            Edit::Drop => ("drop-statement", "drop the statement".to_owned()),
        };
        Mend {
            edit,
            text,
            evidence: self.evidence(&mend.statement),
            breaks: mend.breaks.clone(),
            loses: mend.loses,
        }
    }

    fn waiver(&self, file: &CheckedFile<'_>, waiver: &Waiver, standing: Standing) -> ToldWaiver {
        let (standing, level, excuses) = match standing {
            Standing::Active { excuses, .. } => ("active", Level::None, excuses),
            Standing::Expired => ("expired", Level::Warning, 0),
            Standing::Stale => ("stale", Level::Warning, 0),
            Standing::Unchecked => ("unchecked", Level::None, 0),
        };
        ToldWaiver {
            assertion: waiver.assertion.clone(),
            standing,
            level: file.bar.raise(level),
            reason: waiver.reason.clone(),
            expires: waiver.expires.to_string(),
            days_left: waiver.days_left(file.today),
            excuses,
            recorded: waiver.is_recorded(),
            evidence: self.place("configuration", waiver.span),
        }
    }
}

/// Safe to print, tabs as spaces
fn shown(text: impl Iterator<Item = char>) -> String {
    let text: String = text.flat_map(|c| if c == '\t' { vec![' '; 4] } else { vec![c] }).collect();
    escape(&text).into_owned()
}

fn holds(whole: Span, part: Span) -> bool {
    whole.file == part.file && whole.start <= part.start && part.end <= whole.end
}

/// The edge that is the weakest of a way, and the statement or wiring of it to show
///
/// What lets in who is not ours comes first; then a call that nobody wired; else the last step that a policy allows.
fn weakest<'e>(compose: &Compose<'_>, path: &'e [Edge]) -> Option<(&'e Edge, Option<&'e Evidence>)> {
    let outside = |edge: &&Edge| {
        matches!(
            compose.view.entity(edge.from).kind,
            Kind::Service | Kind::Anonymous | Kind::AnyAccount | Kind::Account
        )
    };
    let unwired = |edge: &&Edge| edge.wiring == Wiring::Open;
    let edge = path
        .first()
        .filter(outside)
        .or_else(|| path.iter().find(unwired))
        .or_else(|| path.iter().rev().find(|edge| edge.kind != "runs-as"))
        .or(path.first())?;
    let is_written = |e: &&Evidence| matches!(e.role, EvidenceRole::Statement | EvidenceRole::Synthesised);
    let allows = |e: &&Evidence| e.effect == Some("allow");
    let evidence = edge
        .evidence
        .iter()
        .find(|e| is_written(e) && allows(e))
        .or_else(|| edge.evidence.iter().find(allows))
        .or(edge.evidence.first());
    Some((edge, evidence))
}

/// What a claim says, as a sentence
#[must_use]
pub fn sentence(assertion: &Assertion) -> String {
    let list = |selectors: &[Selector]| {
        let names: Vec<String> = selectors.iter().map(ToString::to_string).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    };
    let who = list(&assertion.who);
    let (does, what) = match &assertion.claim {
        Claim::Can { calls, on, steps, tiers } => {
            let names: Vec<String> = calls.iter().map(ToString::to_string).collect();
            let calls = if names.len() > 4 { count(names.len(), "action") } else { names.join(", ") };
            let how = match (steps, tiers) {
                (Steps::Direct, _) => "",
                (Steps::Any, Tiers::Holds) => ", in any number of steps",
                (Steps::Any, Tiers::AlsoThroughCode) => ", in any number of steps, also through code",
            };
            (None, format!("{calls} on {}{how}", list(on)))
        }
        Claim::Reach { targets, tiers, grades, edges } => {
            let grades: Vec<&str> = grades.iter().map(|grade| grade.id()).collect();
            let mut how = String::new();
            if !grades.is_empty() {
                how.push_str(&format!(" to {}", grades.join(" or ")));
            }
            if !edges.is_empty() {
                how.push_str(&format!(" by {}", edges.join(", ")));
            }
            if *tiers == Tiers::AlsoThroughCode {
                how.push_str(", also through code");
            }
            (Some("reach"), format!("{}{how}", list(targets)))
        }
    };
    let mut text = match (assertion.verb, does) {
        (Verb::Only, None) => format!("only {who} can {what}"),
        (Verb::Only, Some(does)) => format!("only {who} can {does} {what}"),
        (Verb::Never, None) => format!("{who} can never {what}"),
        (Verb::Never, Some(does)) => format!("{who} can never {does} {what}"),
        (Verb::Exactly, None) => format!("exactly {who} can {what}"),
        (Verb::Exactly, Some(does)) => format!("exactly {who} can {does} {what}"),
        (Verb::Always, None) => format!("{who} can always {what}"),
        (Verb::Always, Some(does)) => format!("{who} can always {does} {what}"),
    };
    if !assertion.except.is_empty() {
        text.push_str(&format!(", except {}", list(&assertion.except)));
    }
    let mut given = Vec::new();
    for (key, value) in &assertion.given {
        given.push(match value {
            KeyValue::One(text) => format!("{key} is {text}"),
            KeyValue::Many(all) => {
                format!("{key} is {}", all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "))
            }
            KeyValue::Absent => format!("{key} is absent"),
            KeyValue::Unknown => format!("{key} is unknown"),
        });
    }
    if !given.is_empty() {
        text.push_str(&format!(", given {}", given.join(", ")));
    }
    text
}
