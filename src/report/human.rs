//! Answers for people: one line a fact, the place beside it, the source under it.
//!
//! Works from the same [`answer`](crate::report::answer) values as the JSON, so that both say the same. Colours
//! never carry a meaning alone: `●` yes, `◐` conditional, `✗` denied, `·` nothing. Must not know: terminals or files.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::assertion::file::Mistake;
use crate::cause::CauseKind;
use crate::report::answer::{
    Cause, Edge, Evidence, Explain, Footing, Path, Reach, Reached, Told, Who, WhoCan,
};
use crate::report::escape::escape;
use crate::report::words::{because, count};
use crate::source::{Sources, Span};

mod check;
mod diff;
mod inspect;

/// Whether colours are written
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours, of the sixteen that the reader's palette rules
    Ansi,
    /// None
    None,
}

/// How much is said
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Only the answer
    Quiet,
    /// The answer, and counts of what stands behind it
    Usual,
    /// Everything
    Verbose,
}

/// A text for people in the making
#[derive(Debug)]
pub struct Human {
    out: String,
    colour: Colour,
    detail: Detail,
}

const YES: Style = AnsiColor::Green.on_default();
const CONDITIONAL: Style = AnsiColor::Yellow.on_default();
const DENIED: Style = AnsiColor::Red.on_default();
const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

impl Human {
    /// An empty text
    #[must_use]
    pub fn new(colour: Colour, detail: Detail) -> Self {
        Self { out: String::new(), colour, detail }
    }

    /// The text
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn paint(&self, style: Style, text: &str) -> String {
        let text = escape(text);
        match self.colour {
            Colour::Ansi => format!("{style}{text}{style:#}"),
            Colour::None => text.into_owned(),
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, text: &str) {
        let text = self.paint(STRONG, text);
        self.line(&text);
    }

    fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn glyph(&self, state: &str) -> String {
        match state {
            "yes" | "allowed" => self.paint(YES, "●"),
            "conditional" => self.paint(CONDITIONAL, "◐"),
            "denied" | "explicitly_denied" | "implicitly_denied" => self.paint(DENIED, "✗"),
            _ => self.paint(FAINT, "·"),
        }
    }

    /// `orders.tf:41  AllowApi of function/orders`
    fn evidence(&mut self, indent: usize, evidence: &Evidence) {
        let place = match (&evidence.file, evidence.line) {
            (Some(file), Some(line)) => format!("{file}:{line}"),
            _ => "(not in a file of the input)".to_owned(),
        };
        let what = describe(evidence);
        let (place, what) = (escape(&place).into_owned(), self.paint(FAINT, &what));
        self.line(&format!("{:indent$}{place}  {what}", ""));
    }

    fn causes(&mut self, indent: usize, causes: &[Cause]) {
        for cause in causes {
            let place =
                cause.evidence.as_ref().and_then(|e| Some(format!(" ({}:{})", e.file.as_ref()?, e.line?)));
            let text = format!("{}{}", because(cause), place.unwrap_or_default());
            let text = self.paint(CONDITIONAL, &text);
            self.line(&format!("{:indent$}{text}", ""));
        }
    }

    fn residual(&mut self, indent: usize, residual: &Value, causes: &[Cause]) {
        let mut lines = Vec::new();
        leaves(residual, &mut lines);
        if lines.is_empty() {
            return self.causes(indent, causes);
        }
        for (at, text) in lines.iter().enumerate() {
            let lead = if at == 0 { "if" } else { "and" };
            let text = self.paint(CONDITIONAL, &format!("{lead} {text}"));
            self.line(&format!("{:indent$}{text}", ""));
        }
        // Causes that no leaf of the residual tells: doubts about the wiring or about an entity.
        let told: Vec<Cause> = causes.iter().filter(|cause| !tells(residual, cause)).cloned().collect();
        self.causes(indent, &told);
    }

    /// `who-can`
    pub fn who_can(&mut self, answer: &WhoCan) {
        self.heading(&format!("Who can {} {}", answer.action, answer.resource.name));
        self.out.push('\n');
        if answer.who.is_empty() {
            self.line("  nobody in the input");
        }
        for who in &answer.who {
            self.who(who);
        }
        self.footing(&answer.footing);
    }

    fn who(&mut self, who: &Who) {
        let mut how: Vec<String> = Vec::new();
        how.extend(who.edge.map(str::to_owned));
        match who.wired {
            Some(true) => how.push("wired".to_owned()),
            Some(false) => how.push("not wired here".to_owned()),
            None => {}
        }
        if !who.leaves_open.is_empty() {
            how.push(format!("any {}", who.leaves_open.join(", any ")));
        }
        how.extend(who.on.as_ref().map(|on| format!("as {on}")));
        let between = who.path.iter().flatten().skip(1).map(|edge| edge.from.as_str()).collect::<Vec<_>>();
        if !between.is_empty() {
            how.push(format!("by way of {}", escape(&between.join(" → "))));
        }
        let (glyph, name) = (self.glyph(who.state), escape(&who.principal.name).into_owned());
        let how = self.paint(FAINT, &how.join(", "));
        self.line(&format!("{glyph} {name}  {how}"));
        self.residual(4, &who.residual, &who.causes);
        self.chosen(4, &who.choices);
        for evidence in &who.evidence {
            self.evidence(4, evidence);
        }
    }

    fn chosen(&mut self, indent: usize, choices: &[String]) {
        for choice in choices {
            let text = self.paint(FAINT, &format!("the caller chooses: {choice}"));
            self.line(&format!("{:indent$}{text}", ""));
        }
    }

    /// `reach`
    pub fn reach(&mut self, answer: &Reach) {
        let to = answer.to.as_ref().map(|to| format!(" to {}", to.join(", "))).unwrap_or_default();
        self.heading(&format!("What {} reaches{to}", answer.from.join(", ")));
        self.out.push('\n');
        self.reached(&answer.reached);
        if let Some(paths) = &answer.paths {
            self.paths(paths, answer);
        }
        if let Some(cuts) = &answer.cuts
            && !cuts.is_empty()
        {
            self.gap();
            let size = cuts.first().map_or(0, |cut| cut.size);
            let is_greedy = cuts.first().is_some_and(|cut| cut.kind == "greedy");
            let what = match size {
                1 => "any one of these statements",
                _ if is_greedy => "all of these statements (no three are enough; fewer than these might be)",
                _ => "each of these sets of statements",
            };
            self.heading(&format!("breaks if you drop {what}"));
            for cut in cuts {
                for evidence in &cut.statements {
                    self.evidence(2, evidence);
                }
                if cut.size > 1 {
                    self.out.push('\n');
                }
            }
        }
        self.footing(&answer.footing);
    }

    /// The two tiers, apart
    fn reached(&mut self, reached: &[Reached]) {
        let own =
            |tier: &'static str| reached.iter().filter(move |r| r.inherited.is_none() && r.tier == tier);
        self.heading("holds");
        if own("holds").next().is_none() {
            self.line("  nothing");
        }
        for one in own("holds") {
            self.one_reached(one);
        }
        self.gap();
        self.heading("through code");
        let note = self
            .paint(FAINT, "  its input reaches code whose role can; whether the code does is not known here");
        self.line(&note);
        if own("through-code").next().is_none() {
            self.line("  nothing");
        }
        for one in own("through-code") {
            self.one_reached(one);
        }
        let inherited = reached.iter().filter(|r| r.inherited.is_some()).count();
        if inherited > 0 {
            self.gap();
            let what = count(inherited, "more thing");
            self.line(&format!("as everybody: {what} that `anonymous` reaches (gatecrash reach anonymous)"));
        }
    }

    fn one_reached(&mut self, one: &Reached) {
        let glyph = self.glyph(one.state);
        let last = one.path.last();
        let way = way(&one.path);
        let by = match (one.hops, last) {
            (1, Some(edge)) => edge.kind.to_owned(),
            _ => format!("{} · {way}", count(one.hops, "hop")),
        };
        let (name, by) = (escape(&one.target.name).into_owned(), self.paint(FAINT, &by));
        self.line(&format!("  {glyph} {:<9} {name}  {by}", one.grade));
        self.causes(6, &one.causes);
        if let Some(edge) = last {
            let shown = if self.detail == Detail::Verbose { edge.evidence.len() } else { 2 };
            for evidence in edge.evidence.iter().take(shown) {
                self.evidence(6, evidence);
            }
        }
    }

    fn paths(&mut self, paths: &[Path], answer: &Reach) {
        for (at, path) in paths.iter().enumerate() {
            self.gap();
            let tier = if path.tier == "holds" {
                "holds".to_owned()
            } else {
                format!("through code, {}", boundaries(path.code_boundaries))
            };
            self.heading(&format!("path {}: {} · {tier} · {}", at + 1, count(path.hops, "hop"), path.state));
            for (n, edge) in path.edges.iter().enumerate() {
                let (glyph, unwired) =
                    (self.glyph(edge.state), if is_unwired(edge) { "  nobody wired this call" } else { "" });
                let text =
                    format!("{glyph} {} {} ─{}→ {}", n + 1, escape(&edge.from), edge.kind, escape(&edge.to));
                let unwired = self.paint(CONDITIONAL, unwired);
                self.line(&format!("{text}{unwired}"));
                self.residual(6, &edge.residual, &edge.causes);
                self.chosen(6, &edge.choices);
                for evidence in &edge.evidence {
                    self.evidence(6, evidence);
                }
            }
        }
        if paths.is_empty() {
            self.gap();
            let through = answer.reached.iter().any(|reached| reached.tier == "through-code");
            self.line(if through {
                "no path that ends with holding it; --through-code shows the paths through code"
            } else {
                "no path"
            });
        }
    }

    /// `explain`
    pub fn explain(&mut self, answer: &Explain, sources: &Sources, spans: &[Vec<Span>]) {
        let request = &answer.request;
        self.heading(&format!("{} {} on {}", request.principal, request.action, request.resource));
        let glyph = self.glyph(answer.decision);
        let layer = answer.layer.map(|layer| format!(" by {}", layer_words(layer))).unwrap_or_default();
        self.line(&format!("{glyph} {}{layer}", answer.decision.replace('_', " ")));
        self.residual(4, &answer.residual, &answer.causes);
        self.chosen(4, &answer.choices);
        self.out.push('\n');
        for (at, step) in answer.steps.iter().enumerate() {
            let glyph = self.glyph(step.outcome);
            self.line(&format!(
                "{:>2} {glyph} {:<22} {}",
                at + 1,
                layer_words(step.layer),
                if step.outcome == "not-reached" {
                    "nothing applies".to_owned()
                } else {
                    step.outcome.replace('-', " ")
                }
            ));
            for (evidence, span) in step.evidence.iter().zip(spans.get(at).into_iter().flatten()) {
                self.evidence(6, evidence);
                self.snippet(sources, *span);
            }
        }
        if let Some(nearest) = &answer.nearest {
            self.gap();
            self.heading("nearest statement that would allow it");
            self.evidence(2, &nearest.statement);
            for miss in &nearest.misses {
                let place = line_of(&miss.evidence);
                self.line(&format!("    but its {} is {}{place}", miss.part, escape(&miss.written)));
            }
        }
        if let Some(told) = &answer.told {
            self.gap();
            self.line(&told_in_words(told));
        }
        if !request.context.is_empty() && self.detail == Detail::Verbose {
            self.gap();
            self.heading("context");
            for (key, value) in &request.context {
                let line = format!("  {key} = {value}");
                self.line(&escape(&line));
            }
        }
        self.footing(&answer.footing);
    }

    /// The lines of a place, cut after some
    fn snippet(&mut self, sources: &Sources, span: Span) {
        const SHOWN: usize = 14;
        // Nobody writes such lines: a plan or a state is one, with every value in clear. Only the place itself is shown.
        const WIDE: usize = 240;
        const CUT: usize = 160;
        let mut lines = sources.lines(span);
        let cut: String;
        if let Some((number, _)) = lines.iter().find(|(_, text)| text.len() > WIDE).copied() {
            let whole = sources.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("");
            let first = whole.lines().next().unwrap_or("");
            cut = first.chars().take(CUT).chain(first.chars().nth(CUT).map(|_| '…')).collect();
            lines = vec![(number, cut.as_str())];
        }
        let margin =
            lines.iter().filter(|(_, text)| !text.trim().is_empty()).map(|(_, text)| indent_of(text)).min();
        for (number, text) in lines.iter().take(SHOWN) {
            let text: String = text.chars().skip(margin.unwrap_or(0)).collect();
            let (number, text) = (self.paint(FAINT, &format!("{number:>8} │ ")), escape(&text).into_owned());
            self.line(&format!("{number}{text}"));
        }
        if lines.len() > SHOWN {
            let more =
                self.paint(FAINT, &format!("           … {} more", count(lines.len() - SHOWN, "line")));
            self.line(&more);
        }
    }

    /// One section of the summary
    pub fn section(&mut self, title: &str) {
        self.gap();
        self.heading(title);
    }

    /// Who can invoke one function, in the summary
    pub fn invokers(&mut self, answer: &WhoCan) {
        self.line(&escape(&answer.resource.name));
        if answer.who.is_empty() {
            self.line("  nobody in the input");
        }
        for who in &answer.who {
            let mut how: Vec<&str> = who.edge.into_iter().collect();
            if who.wired == Some(false) {
                how.push("not wired here");
            }
            how.extend(who.on.as_deref());
            let place =
                who.evidence.iter().find(|e| e.role != "wiring").or(who.evidence.first()).map(by_whom);
            let (glyph, name) = (self.glyph(who.state), escape(&who.principal.name).into_owned());
            let text = self.paint(FAINT, &format!("{}  {}", how.join(", "), place.unwrap_or_default()));
            self.line(&format!("  {glyph} {name}  {text}"));
            if who.state == "conditional" {
                self.residual(6, &who.residual, &who.causes);
            }
        }
    }

    /// What one start reaches, in the summary
    pub fn start(&mut self, answer: &Reach) {
        self.line(&escape(&answer.from.join(", ")));
        let own: Vec<_> = answer.reached.iter().filter(|reached| reached.inherited.is_none()).collect();
        for tier in ["holds", "through-code"] {
            let of_tier: Vec<_> = own.iter().filter(|reached| reached.tier == tier).collect();
            if of_tier.is_empty() {
                continue;
            }
            self.line(&format!("  {}", tier.replace('-', " ")));
            for reached in of_tier {
                let place = reached
                    .path
                    .last()
                    .and_then(|edge| edge.evidence.first())
                    .map(by_whom)
                    .unwrap_or_default();
                let hops =
                    if reached.hops == 1 { String::new() } else { format!("{}  ", way(&reached.path)) };
                let (glyph, name) = (self.glyph(reached.state), escape(&reached.target.name).into_owned());
                let text = self.paint(FAINT, &format!("{hops}{place}"));
                self.line(&format!("  {glyph} {:<9} {name}  {text}", reached.grade));
                self.causes(6, &reached.causes);
            }
        }
        if own.is_empty() {
            self.line("  nothing");
        }
    }

    /// What the answer does not tell, and on what it rests
    pub fn footing(&mut self, footing: &Footing) {
        if self.detail == Detail::Quiet {
            return;
        }
        let all = self.detail == Detail::Verbose;
        self.list("not covered", &footing.not_covered);
        if all {
            self.list("not modelled yet", &footing.not_modelled);
            let assumptions: Vec<String> = footing
                .assumptions
                .iter()
                .map(|one| {
                    let place = one
                        .evidence
                        .as_ref()
                        .and_then(|e| Some(format!(" ({}:{})", e.file.as_ref()?, e.line?)));
                    format!("{}{}", one.text, place.unwrap_or_default())
                })
                .collect();
            self.list("taken for granted", &assumptions);
        } else {
            let mut more = Vec::new();
            if !footing.not_modelled.is_empty() {
                more.push(format!("{} not modelled yet", count(footing.not_modelled.len(), "thing")));
            }
            if !footing.assumptions.is_empty() {
                more.push(count(footing.assumptions.len(), "assumption"));
            }
            if !more.is_empty() {
                self.gap();
                let text = self.paint(FAINT, &format!("{} (-v lists them)", more.join(", ")));
                self.line(&text);
            }
        }
    }

    fn list(&mut self, title: &str, entries: &[String]) {
        if entries.is_empty() {
            return;
        }
        self.gap();
        self.heading(title);
        for entry in entries {
            self.line(&format!("  {}", escape(entry)));
        }
    }
}

fn indent_of(text: &str) -> usize {
    text.chars().take_while(|c| c.is_whitespace()).count()
}

fn boundaries(n: u32) -> String {
    if n == 1 { "1 code boundary".to_owned() } else { format!("{n} code boundaries") }
}

/// Whether a function's role makes a call that nobody wired
fn is_unwired(edge: &Edge) -> bool {
    edge.kind == "invoke.api" && edge.wired == Some(false)
}

/// `via function/thumbs → role/thumbs-exec`
fn way(path: &[Edge]) -> String {
    let inner: Vec<&str> = path.iter().skip(1).map(|edge| edge.from.as_str()).collect();
    format!("via {}", inner.join(" → "))
}

fn describe(evidence: &Evidence) -> String {
    let named = match (&evidence.sid, evidence.index) {
        (Some(sid), _) => sid.clone(),
        (None, Some(index)) => format!("statement {index}"),
        (None, None) => String::new(),
    };
    let of = evidence.policy.as_ref().map(|policy| format!(" of {policy}")).unwrap_or_default();
    let deny = if evidence.effect == Some("deny") { "deny " } else { "" };
    match evidence.role {
        "wiring" => "wiring".to_owned(),
        "configuration" => "configuration".to_owned(),
        "synthesised" => format!("{deny}{named}{of} (added by the deploying tool)"),
        "managed-policy" => format!("{deny}{named}{of} (AWS managed policy)"),
        _ => format!("{deny}{named}{of}"),
    }
}

/// ` (orders.tf:41)`
fn line_of(evidence: &Evidence) -> String {
    match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("  ({}:{line})", escape(file)),
        _ => String::new(),
    }
}

/// What AWS told, and whether the input explains it
fn told_in_words(told: &Told) -> String {
    let how = match (told.layer, told.explicit) {
        (Some(layer), Some(true)) => format!("AWS told of an explicit deny in the {}", layer_words(layer)),
        (Some(layer), _) => format!("AWS told that the {} did not allow it", layer_words(layer)),
        (None, _) => "AWS did not tell which layer denied".to_owned(),
    };
    let so = if told.explained {
        "the input explains it"
    } else {
        "the input does not show it: something that denies is not among the files, or they are not what is deployed"
    };
    format!("{how}; {so}")
}

/// `orders.tf:41 AllowApi`
fn by_whom(evidence: &Evidence) -> String {
    let place = match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{file}:{line} "),
        _ => String::new(),
    };
    format!("{place}{}", describe(evidence))
}

/// Whether some leaf of the residual tells this cause
fn tells(residual: &Value, cause: &Cause) -> bool {
    match residual {
        Value::Object(map) => {
            let is = |field: &str| map.get(field).and_then(Value::as_str) == Some(cause.what.as_str());
            is("key") || is("hole") || is("what") || map.values().any(|value| tells(value, cause))
        }
        Value::Array(list) => list.iter().any(|value| tells(value, cause)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The residual of the machine-readable form in words, one line a leaf of its outermost form
///
/// A document that is missing may allow and may deny: it is told once.
fn leaves(residual: &Value, out: &mut Vec<String>) {
    match residual.get("all").and_then(Value::as_array) {
        Some(parts) => {
            let is_told = |part: &&Value| part.get("not").is_none_or(|not| !parts.contains(not));
            out.extend(parts.iter().filter(is_told).map(phrase));
        }
        None if residual.is_object() => out.push(phrase(residual)),
        None => {}
    }
}

fn phrase(residual: &Value) -> String {
    let text = |field: &str| residual.get(field).and_then(Value::as_str).unwrap_or_default();
    let parts = |field: &str| residual.get(field).and_then(Value::as_array);
    if let Some(all) = parts("all") {
        return all.iter().map(phrase).collect::<Vec<_>>().join(" and ");
    }
    if let Some(any) = parts("any") {
        return format!("({})", any.iter().map(phrase).collect::<Vec<_>>().join(" or "));
    }
    if let Some(not) = residual.get("not") {
        let is_missing = not.get("cause").and_then(Value::as_str) == Some(CauseKind::DocumentMissing.id());
        if is_missing {
            return format!("no deny in {}", phrase(not));
        }
        return format!("not ({})", phrase(not));
    }
    if residual.get("operator").is_some() {
        let values: Vec<&str> = parts("values").into_iter().flatten().filter_map(Value::as_str).collect();
        return crate::report::words::condition(text("operator"), text("key"), &values);
    }
    if residual.get("hole").is_some() {
        return format!("{} fits {}", text("hole"), text("matches"));
    }
    text("what").to_owned()
}

fn layer_words(layer: &str) -> &str {
    match layer {
        "scp" => "organisation SCP",
        "rcp" => "organisation RCP",
        "endpoint" => "VPC endpoint policy",
        "resource" => "resource policy",
        "identity" => "identity policies",
        "boundary" => "permissions boundary",
        "session" => "session policies",
        "trust" => "trust policy",
        "key" => "key policy",
        "grant" => "KMS grants",
        other => other,
    }
}

/// What is wrong with an assertion file, with the line and the part that is meant
#[must_use]
pub fn mistake(path: &str, text: &str, mistake: &Mistake, colour: Colour) -> String {
    // Characters that would move the cursor are shown as one mark each, so that the part stays where it is.
    let safe = |c: char| {
        if c != '\n' && c != '\t' && escape(c.encode_utf8(&mut [0; 4])) != *c.to_string() {
            '\u{fffd}'
        } else {
            c
        }
    };
    let mut shown = String::new();
    let mut part = 0..0;
    for (at, character) in text.char_indices() {
        if at == mistake.at.start {
            part.start = shown.len();
        }
        if at == mistake.at.end {
            part.end = shown.len();
        }
        shown.push(safe(character));
    }
    if mistake.at.start >= text.len() {
        part.start = shown.len();
    }
    if mistake.at.end >= text.len() {
        part.end = shown.len();
    }
    part.end = part.end.max(part.start);
    let message =
        mistake.message.lines().map(|line| escape(line).into_owned()).collect::<Vec<_>>().join("\n");
    let snippet =
        Snippet::source(shown).path(escape(path).into_owned()).annotation(AnnotationKind::Primary.span(part));
    let mut group = Group::with_title(Level::ERROR.primary_title(message)).element(snippet);
    if let Some(help) = &mistake.help {
        group = group.element(Level::HELP.message(escape(help).into_owned()));
    }
    match colour {
        Colour::Ansi => Renderer::styled(),
        Colour::None => Renderer::plain(),
    }
    .render(&[group])
}
