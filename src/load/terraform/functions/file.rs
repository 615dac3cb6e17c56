//! Functions that read files of the configuration.

use std::rc::Rc;
use std::sync::Arc;

use glob::{MatchOptions, Pattern};
use hcl_edit::expr::Expression;
use hcl_edit::template::Template;

use crate::load::fs::Refusal;
use crate::load::terraform::compare;
use crate::load::terraform::expression::{Bound, Names, Scope, Step};
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::load::terraform::notes::Notes;
use crate::load::terraform::syntax::Place;
use crate::load::terraform::template;
use crate::node::{Node, Origin, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};
use crate::text::{Hole, Text};

pub(super) static TABLE: &[(&str, Function)] = &[
    ("file", file),
    ("fileexists", |call| match call.scope.names.bytes(&call.literal(0)?) {
        Ok(_) => Ok(call.node(Value::Bool(true))),
        Err(Refusal::Absent) => Ok(call.node(Value::Bool(false))),
        Err(Refusal::Outside | Refusal::Unreadable { .. }) => Err(Unsettled::Unknown),
    }),
    ("fileset", fileset),
    ("templatefile", templatefile),
    ("templatestring", templatestring),
];

/// Most files that a pattern names
const MOST: usize = 10_000;

/// The files below a folder that fit a pattern \[language/functions/fileset\]
fn fileset(call: &Call<'_>) -> Outcome {
    let (folder, pattern) = (call.literal(0)?, call.literal(1)?);
    let patterns = alternatives(&pattern).ok_or(Unsettled::Unknown)?;
    let patterns: Option<Vec<Pattern>> = patterns.iter().map(|one| Pattern::new(one).ok()).collect();
    let patterns = patterns.ok_or(Unsettled::Unknown)?;
    let paths = match call.scope.names.tree(&folder) {
        Ok(paths) => paths,
        // A folder that is not there has no files.
        Err(Refusal::Absent) => Vec::new(),
        Err(Refusal::Outside | Refusal::Unreadable { .. }) => {
            call.scope.notes().partly(
                ProblemKind::Unreadable,
                format!("the files below `{folder}` were not listed"),
                call.span,
                "which there are is unknown; `--allow-outside` allows folders elsewhere",
            );
            return Err(Unsettled::Unknown);
        }
    };
    call.scope.notes().labour(paths.len().saturating_mul(patterns.len()));
    let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
    let fits = |path: &&String| patterns.iter().any(|pattern| pattern.matches_with(path, options));
    let found: Vec<Node> =
        paths.iter().filter(fits).map(|path| Node::text(path.as_str(), call.span)).take(MOST + 1).collect();
    if found.len() > MOST { Err(Unsettled::Unknown) } else { Ok(call.node(Value::List(found))) }
}

/// A pattern without its braces: one for each choice; `None` where there are too many
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    const CHOICES: usize = 64;
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(next) = open.pop() {
        let Some((before, rest)) = next.split_once('{') else {
            done.push(next);
            continue;
        };
        let (choices, after) = rest.split_once('}')?;
        open.extend(choices.split(',').map(|choice| format!("{before}{choice}{after}")));
        if choices.contains('{') || open.len() + done.len() > CHOICES {
            return None;
        }
    }
    Some(done)
}

fn file(call: &Call<'_>) -> Outcome {
    let path = call.literal(0)?;
    let (file, text) = call.scope.names.file(&path, call.span).ok_or(Unsettled::Unknown)?;
    if !call.scope.notes().labour(text.len()) {
        return Err(Unsettled::Unknown);
    }
    let origin = template::lines(&text, file);
    Ok(Node { value: Value::Text(Text::from(&*text)), span: call.span, origin })
}

fn templatefile(call: &Call<'_>) -> Outcome {
    let path = call.literal(0)?;
    let (file, text) = call.scope.names.file(&path, call.span).ok_or(Unsettled::Unknown)?;
    if !call.scope.notes().labour(text.len()) {
        return Err(Unsettled::Unknown);
    }
    let parsed = text.parse::<Template>().map_err(|error| {
        let at = error.location().offset();
        broken(call.scope, &error, Span::new(file, at, at + 1));
        Unsettled::Unknown
    })?;
    Ok(render(call.scope, call.arg(1)?, &parsed, Place { file, offset: 0 }, call.span))
}

/// A text of the configuration as a template \[language/functions/templatestring\]
fn templatestring(call: &Call<'_>) -> Outcome {
    of_text(call.scope, call.arg(0)?, call.arg(1)?, call.span).ok_or(Unsettled::Unknown)
}

/// A text as a template; `None` where it is not known, or is none
pub(in crate::load::terraform) fn of_text(
    scope: &Scope<'_>,
    template: &Node,
    given: &Node,
    span: Span,
) -> Option<Node> {
    let text = template.as_text()?;
    let text = text.as_literal()?;
    if !scope.notes().labour(text.len()) {
        return None;
    }
    let parsed = text.parse::<Template>().map_err(|error| broken(scope, &error, span)).ok()?;
    // The places of a text that a file holds as it is are those of the file.
    let all = template.origin.place(template.span, 0, text.len());
    let is_exact = matches!(template.origin, Origin::Runs(_)) && scope.names.source(all) == text;
    let file = if is_exact { all } else { span };
    let place = Place { file: file.file, offset: file.start as usize };
    let node = render(scope, given, &parsed, place, span);
    Some(if is_exact { node } else { Node { origin: Origin::Whole, ..node } })
}

fn broken(scope: &Scope<'_>, error: &hcl_edit::parser::Error, span: Span) {
    let mut problems = Problems::default();
    let message = format!("this template does not parse: {}", error.message());
    problems
        .at(ProblemKind::Syntax, Severity::Broken, message, span)
        .help("correct the template; until then everything that rests on it is unknown");
    scope.notes().append(problems);
}

/// A template with these variables
fn render(scope: &Scope<'_>, given: &Node, parsed: &Template, place: Place, span: Span) -> Node {
    let pairs = compare::pairs(given);
    let names = Isolated { outer: scope.names, open: pairs.is_none().then_some(given) };
    let mut pairs = pairs.unwrap_or_default();
    pairs.truncate(200);
    let scope = Scope { names: &names, place, bound: None };
    let mut node = bind(&scope, &pairs, &mut |scope| template::rendered(scope, parsed, span));
    node.span = span;
    node
}

/// The value of an expression in which no name stands for anything; its places are not those of a file
pub(super) fn isolated(scope: &Scope<'_>, expression: &Expression) -> Node {
    let names = Isolated { outer: scope.names, open: None };
    Scope { names: &names, place: scope.place, bound: None }.eval(expression)
}

/// Binds each pair as a name
fn bind(scope: &Scope<'_>, pairs: &[(Node, Node)], run: &mut dyn FnMut(&Scope<'_>) -> Node) -> Node {
    // A list that is built back to front: each name holds the ones before it.
    let names: Vec<String> = pairs
        .iter()
        .map(|(key, _)| {
            key.as_text().and_then(|text| text.as_literal().map(str::to_owned)).unwrap_or_default()
        })
        .collect();
    chain(scope, &names, pairs, None, run)
}

fn chain(
    scope: &Scope<'_>,
    names: &[String],
    pairs: &[(Node, Node)],
    outer: Option<&Bound<'_>>,
    run: &mut dyn FnMut(&Scope<'_>) -> Node,
) -> Node {
    match (names.split_first(), pairs.split_first()) {
        (Some((name, names)), Some(((_, value), pairs))) => {
            let bound = Bound { name, value, outer };
            chain(scope, names, pairs, Some(&bound), run)
        }
        _ => run(&Scope { names: scope.names, place: scope.place, bound: outer }),
    }
}

/// The names inside a template file: only those it is given
struct Isolated<'a> {
    outer: &'a dyn Names,
    /// The variables, where they are not known
    open: Option<&'a Node>,
}

impl Names for Isolated<'_> {
    fn find(&self, root: &str, _: &[Step<'_>], span: Span) -> (Rc<Node>, usize) {
        let node = match self.open {
            Some(_) => Node::new(Value::Unknown(self.notes().fresh(root)), span),
            None => self.notes().fault(format!("nothing here is called `{root}`"), root, span),
        };
        (Rc::new(node), 0)
    }

    fn attribute(&self, of: &Hole, name: &str, span: Span) -> Option<Node> {
        self.outer.attribute(of, name, span)
    }

    fn file(&self, path: &str, span: Span) -> Option<(FileId, Arc<str>)> {
        self.outer.file(path, span)
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        self.outer.bytes(path)
    }

    fn tree(&self, path: &str) -> Result<Vec<String>, Refusal> {
        self.outer.tree(path)
    }

    fn source(&self, span: Span) -> String {
        self.outer.source(span)
    }

    fn notes(&self) -> &Notes {
        self.outer.notes()
    }
}
