//! Templates: quoted strings, heredocs and template files, with the place of every line that they render.
//!
//! Knows: interpolations, directives, `~` \[language/expressions/strings\]. Must not know: what the text is for.

use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::template::{Directive, Element, HeredocTemplate, StringTemplate, Strip, Template};

use crate::load::terraform::compare;
use crate::load::terraform::expression::{Bound, Scope};
use crate::load::terraform::notes::describe;
use crate::node::{Node, Origin, Value};
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::text::{Piece, Text};

/// A template in quotes; one that is a single interpolation is the value itself, of any type
pub(super) fn quoted(scope: &Scope<'_>, template: &StringTemplate, span: Span) -> Node {
    let elements: Vec<&Element> = template.iter().collect();
    if let [Element::Interpolation(only)] = elements.as_slice() {
        return scope.eval(&only.expr);
    }
    let mut text = Rendered::default();
    text.runs.reserve_exact(elements.len());
    text.elements(scope, &elements, Strip::None);
    text.node(scope, span)
}

/// A heredoc: each of its lines keeps its place
pub(super) fn heredoc(scope: &Scope<'_>, heredoc: &HeredocTemplate, span: Span) -> Node {
    rendered(scope, &heredoc.template, span)
}

/// A template whose lines keep their places
pub(super) fn rendered(scope: &Scope<'_>, template: &Template, span: Span) -> Node {
    let mut text = Rendered::default();
    text.elements(scope, &template.iter().collect::<Vec<_>>(), Strip::None);
    text.node(scope, span)
}

/// The runs of a text that stands in a file as it is: one a line
pub(super) fn lines(text: &str, file: crate::source::FileId) -> Origin {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let ends = text.match_indices('\n').map(|(at, _)| at + 1).chain(std::iter::once(text.len()));
    Origin::Runs(starts.zip(ends).map(|(start, end)| (start, Span::new(file, start, end))).collect())
}

/// Longest text that a template gives
const LONGEST: usize = 4 * 1024 * 1024;

/// Text that is being rendered, with the place of each of its runs
#[derive(Default)]
struct Rendered {
    text: Text,
    /// Bytes of the literal parts
    length: usize,
    runs: Vec<(usize, Span)>,
}

impl Rendered {
    fn mark(&mut self, span: Span) {
        match self.runs.last_mut() {
            Some(last) if last.0 == self.length => last.1 = span,
            _ => self.runs.push((self.length, span)),
        }
    }

    fn push(&mut self, part: &str) {
        self.length += part.len();
        if self.length <= LONGEST {
            self.text.push_str(part);
        }
    }

    fn node(self, scope: &Scope<'_>, span: Span) -> Node {
        if self.length > LONGEST {
            let message = format!("this template gives more than {} MiB of text", LONGEST / 1024 / 1024);
            scope.notes().partly(ProblemKind::Limit, message, span, "its value is taken as unknown");
            return Node::new(Value::Unknown(scope.notes().fresh("a text beyond the limit")), span);
        }
        let node = Node { value: Value::Text(self.text), span, origin: Origin::Runs(Arc::from(self.runs)) };
        scope.notes().spend(&node);
        node
    }

    /// Renders elements; `edges` says at which of their ends the directive around them strips
    fn elements(&mut self, scope: &Scope<'_>, elements: &[&Element], edges: Strip) {
        for (at, element) in elements.iter().enumerate() {
            match element {
                Element::Literal(literal) => {
                    let before = at.checked_sub(1).and_then(|at| elements.get(at));
                    let start = before.map_or(edges.strip_start(), |element| strips(element).strip_end());
                    let after = elements.get(at + 1);
                    let end = after.map_or(edges.strip_end(), |element| strips(element).strip_start());
                    let range = literal.span().unwrap_or(0..0);
                    self.literal(scope, literal, range, Strip::from((start, end)));
                }
                Element::Interpolation(interpolation) => {
                    let span = scope.place.span(interpolation.span());
                    self.mark(span);
                    self.value(scope, &scope.eval(&interpolation.expr), span);
                }
                Element::Directive(directive) => self.directive(scope, directive),
            }
        }
    }

    /// Literal text, line by line; hcl-edit took indentation off, so each line is found again from its end
    fn literal(&mut self, scope: &Scope<'_>, literal: &str, range: std::ops::Range<usize>, strip: Strip) {
        let mut text = literal;
        if strip.strip_end() {
            // Up to and with the last line break [HCL spec, template literals]
            text = text.trim_end_matches([' ', '\t']);
            text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(text);
            text = text.trim_end_matches([' ', '\t']);
        }
        let mut dropped_lines = 0;
        if strip.strip_start() {
            text = text.trim_start_matches([' ', '\t']);
            let stripped = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'));
            dropped_lines = usize::from(stripped.is_some());
            text = stripped.unwrap_or(text);
        }
        let base = scope.place.span(Some(range.clone()));
        // One line as it is written stands where it is written.
        if range.len() == text.len() && !text.contains('\n') {
            self.mark(base);
            return self.push(text);
        }
        let raw = scope.names.source(base);
        let mut raw_lines = raw.split_inclusive('\n').scan(range.start, |start, line| {
            let from = *start;
            *start += line.len();
            Some((from, line))
        });
        let mut raw_lines = raw_lines.by_ref().skip(dropped_lines);
        for line in text.split_inclusive('\n') {
            match raw_lines.next() {
                Some((from, raw)) => {
                    // The end of the line is the same on both sides, up to escapes, which only shorten.
                    let body = |text: &str| text.trim_end_matches(['\n', '\r']).len();
                    let indent = body(raw).saturating_sub(body(line));
                    let blank = raw.len() - raw.trim_start_matches([' ', '\t']).len();
                    let start = from + indent.min(blank);
                    self.mark(scope.place.span(Some(start..from + raw.len())));
                }
                None => self.mark(base),
            }
            self.push(line);
        }
    }

    fn value(&mut self, scope: &Scope<'_>, value: &Node, span: Span) {
        match value.as_text() {
            Some(text) => {
                self.length += literal_length(&text);
                if self.length > LONGEST {
                    return;
                }
                // A document in a variable keeps the places of its own lines.
                if let Origin::Runs(runs) = &value.origin {
                    let start = self.length - literal_length(&text);
                    self.runs.retain(|(at, _)| *at < start);
                    self.runs.extend(runs.iter().map(|(at, span)| (start + at, *span)));
                }
                self.text.push(&text);
            }
            None => {
                let name = format!("a text of {}", describe(value));
                let unknown = scope.notes().fault("this value has no form as text", &name, span);
                if let Value::Unknown(hole) = unknown.value {
                    self.text.push_hole(hole);
                }
            }
        }
    }

    /// Something whose text cannot be decided
    fn hole(&mut self, scope: &Scope<'_>, name: &str, span: Span) {
        self.mark(span);
        if let Value::Unknown(hole) = scope.unknown(name, span).value {
            self.text.push_hole(hole);
        }
    }

    fn directive(&mut self, scope: &Scope<'_>, directive: &Directive) {
        let Some(_level) = scope.notes().enter(1, scope.place.span(directive.span())) else {
            return self.hole(scope, "beyond a limit", scope.place.span(directive.span()));
        };
        match directive {
            Directive::If(branch) => {
                let condition = scope.eval(&branch.if_expr.cond_expr);
                let (then, otherwise) = (&branch.if_expr, branch.else_expr.as_ref());
                let end = branch.endif_expr.strip.strip_start();
                let then_end = otherwise.map_or(end, |other| other.strip.strip_start());
                match (compare::truth(&condition), otherwise) {
                    (Some(true), _) => {
                        self.inner(scope, &then.template, Strip::from((then.strip.strip_end(), then_end)));
                    }
                    (Some(false), Some(other)) => {
                        self.inner(scope, &other.template, Strip::from((other.strip.strip_end(), end)));
                    }
                    (Some(false), None) => {}
                    (None, _) => {
                        let name = scope.notes().fresh(&format!("%{{if {}}}", describe(&condition)));
                        self.mark(scope.place.span(branch.span()));
                        self.text.push_hole(name);
                    }
                }
            }
            Directive::For(repeat) => {
                let each = &repeat.for_expr;
                let collection = scope.eval(&each.collection_expr);
                let Some(pairs) = compare::pairs(&collection) else {
                    let name = scope.notes().fresh(&format!("%{{for in {}}}", describe(&collection)));
                    self.mark(scope.place.span(repeat.span()));
                    self.text.push_hole(name);
                    return;
                };
                for (key, value) in pairs {
                    let value = Bound { name: each.value_var.as_str(), value: &value, outer: scope.bound };
                    let name = each.key_var.as_ref().map_or("\0", |name| name.as_str());
                    let key = Bound { name, value: &key, outer: Some(&value) };
                    let edges = Strip::from((each.strip.strip_end(), repeat.endfor_expr.strip.strip_start()));
                    let before = self.length;
                    self.inner(&scope.bind(&key), &each.template, edges);
                    let span = scope.place.span(repeat.span());
                    if scope.notes().enter(self.length - before + 1, span).is_none() {
                        return self.hole(scope, "beyond a limit", span);
                    }
                }
            }
        }
    }
}

impl Rendered {
    fn inner(&mut self, scope: &Scope<'_>, template: &Template, edges: Strip) {
        self.elements(scope, &template.iter().collect::<Vec<_>>(), edges);
    }
}

fn literal_length(text: &Text) -> usize {
    text.pieces().iter().map(|piece| if let Piece::Lit(part) = piece { part.len() } else { 0 }).sum()
}

/// Where an element strips the text around it
fn strips(element: &Element) -> Strip {
    match element {
        Element::Literal(_) => Strip::None,
        Element::Interpolation(interpolation) => interpolation.strip,
        Element::Directive(directive) => match &**directive {
            Directive::If(branch) => {
                Strip::from((branch.if_expr.strip.strip_start(), branch.endif_expr.strip.strip_end()))
            }
            Directive::For(each) => {
                Strip::from((each.for_expr.strip.strip_start(), each.endfor_expr.strip.strip_end()))
            }
        },
    }
}
