//! `check` for people: what fails first and with the source underlined, then one line for all.

use annotate_snippets::{AnnotationKind, Element, Group, Level as Title, Renderer, Snippet};

use super::{Colour, Detail, FAINT, Human, YES};
use crate::report::answer::check::{Assertion, Check, Counterexample, Level, Waiver};
use crate::report::escape::escape;
use crate::report::told::{headline, help, is_open, notes, place, too_wide, way};
use crate::report::words::count;

/// Counterexamples that are shown without `-v`
const SHOWN: usize = 5;
/// Days before its end from which a waiver says how many are left
const SOON: i32 = crate::assertion::waiver::SOON;

impl Human {
    /// `check`
    pub fn check(&mut self, answer: &Check) {
        for assertion in &answer.assertions {
            if assertion.level != Level::None {
                self.failed(answer, assertion);
            }
        }
        for waiver in answer.waivers.iter().filter(|waiver| waiver.level != Level::None) {
            self.waiver(answer, waiver);
        }
        for assertion in answer.assertions.iter().filter(|assertion| assertion.level == Level::None) {
            self.passed(assertion);
        }
        for text in answer.waivers.iter().filter_map(too_wide) {
            let text = self.paint(FAINT, &format!("  {text}"));
            self.line(&text);
        }
        self.gap();
        self.summary(answer);
        if self.detail != Detail::Quiet {
            self.footing(&answer.footing);
        }
    }

    fn render(&mut self, group: Group<'_>) {
        let renderer = match self.colour {
            Colour::Ansi => Renderer::styled(),
            Colour::None => Renderer::plain(),
        };
        let text = renderer.render(&[group]);
        text.lines().for_each(|line| self.line(line));
        self.out.push('\n');
    }

    fn failed(&mut self, answer: &Check, assertion: &Assertion) {
        let title = match assertion.level {
            Level::Error => Title::ERROR,
            Level::Warning | Level::None => Title::WARNING,
        };
        let text = escape(&headline(assertion)).into_owned();
        let id = format!("assert::{}", assertion.verb);
        let group = Group::with_title(title.primary_title(text).id(id));
        let open: Vec<&Counterexample> =
            assertion.counterexamples.iter().filter(|one| is_open(one)).collect();
        let excerpt = open.first().and_then(|first| Some((first.excerpt.as_ref()?, &first.label)));
        let mut parts: Vec<Element<'_>> = Vec::new();
        if let Some((excerpt, label)) = excerpt {
            let mark = AnnotationKind::Primary.span(excerpt.part.clone()).label(escape(label).into_owned());
            let snippet = Snippet::source(excerpt.text.clone())
                .line_start(excerpt.line)
                .path(escape(&excerpt.file).into_owned())
                .annotation(mark);
            parts.push(snippet.into());
        }
        let mut note = |text: &str| parts.push(Title::NOTE.message(escape_lines(text)).into());
        let shown = if self.detail == Detail::Verbose { open.len() } else { SHOWN };
        for (at, one) in open.iter().take(shown).enumerate() {
            note(&format!("{} {}", at + 1, way(one)));
        }
        if open.len() > shown {
            note(&format!("and {} (-v shows all)", count(open.len() - shown, "more counterexample")));
        }
        notes(assertion).iter().for_each(|text| note(text));
        let place = place(&assertion.evidence).unwrap_or_else(|| answer.config.clone());
        note(&format!("asserted at {place}"));
        parts.extend(help(assertion).map(|text| Title::HELP.message(escape_lines(&text)).into()));
        self.render(group.elements(parts));
    }

    fn waiver(&mut self, answer: &Check, waiver: &Waiver) {
        let title = if waiver.level == Level::Error { Title::ERROR } else { Title::WARNING };
        let text = match waiver.standing {
            "expired" => format!("the waiver of `{}` has expired on {}", waiver.assertion, waiver.expires),
            _ => format!("the waiver of `{}` excuses nothing", waiver.assertion),
        };
        let id = format!("waive::{}", waiver.standing);
        let place = place(&waiver.evidence).unwrap_or_else(|| answer.config.clone());
        let group = Group::with_title(title.primary_title(escape(&text).into_owned()).id(id))
            .element(Title::NOTE.message(escape_lines(&format!("{place}: {}", waiver.reason))))
            .element(Title::HELP.message("take it out of the file"));
        self.render(group);
    }

    fn passed(&mut self, assertion: &Assertion) {
        let mark = match assertion.outcome {
            "holds" => self.paint(YES, "✓"),
            _ => self.paint(FAINT, "~"),
        };
        let mut about = String::new();
        let waived: Vec<_> = assertion.counterexamples.iter().filter_map(|one| one.waived.as_ref()).collect();
        if let Some(first) = waived.first() {
            let left = if first.days_left <= SOON {
                format!("{} left", count(usize::try_from(first.days_left).unwrap_or(0), "day"))
            } else {
                format!("until {}", first.expires)
            };
            about = format!("  waived, {left}: {}", first.reason);
        } else if assertion.outcome == "expected" {
            about = format!(
                "  violated as expected: {}",
                assertion.reason.as_deref().unwrap_or("no reason given")
            );
        } else if let Some(way) = &assertion.in_steps {
            let by: Vec<&str> = way.path.iter().skip(1).map(|edge| edge.from.as_str()).collect();
            about = format!(
                "  holds directly; {} in {} by way of {}",
                way.from.name,
                count(way.hops, "step"),
                by.join(" → ")
            );
        }
        let about = self.paint(FAINT, &about);
        let id = escape(&assertion.id).into_owned();
        let sentence = if self.detail == Detail::Verbose {
            format!("  {}", escape(&assertion.sentence))
        } else {
            String::new()
        };
        self.line(&format!("{mark} {id}{sentence}{about}"));
    }

    fn summary(&mut self, answer: &Check) {
        let s = &answer.summary;
        let mut parts = Vec::new();
        for (n, word) in [
            (s.holds, if s.holds == 1 { "holds" } else { "hold" }),
            (s.violated, "violated"),
            (s.fixed, "fixed"),
            (s.vacuous, "vacuous"),
            (s.inconclusive, "inconclusive"),
            (s.expected, "violated as expected"),
        ] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        if s.waived > 0 {
            let soonest =
                answer.waivers.iter().filter(|w| w.excuses > 0).map(|w| w.days_left).min().unwrap_or(0);
            let left = usize::try_from(soonest).unwrap_or(0);
            parts.push(format!("{} waived ({} left)", s.waived, count(left, "day")));
        }
        let text = format!("{}: {}", count(s.assertions, "assertion"), parts.join(", "));
        let text = self.paint(super::STRONG, &text);
        let size = self
            .paint(FAINT, &format!("{}, {}", count(s.policies, "policy"), count(s.statements, "statement")));
        self.line(&format!("{text}   {size}"));
    }
}

/// Safe to print, line by line
fn escape_lines(text: &str) -> String {
    text.lines().map(|line| escape(line).into_owned()).collect::<Vec<_>>().join("\n")
}
