//! Functions that read files of the configuration.

use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::template::Template;

use crate::load::terraform::compare;
use crate::load::terraform::expression::{Bound, Names, Scope, Step};
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::load::terraform::notes::Notes;
use crate::load::terraform::syntax::Place;
use crate::load::terraform::template;
use crate::node::{Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};
use crate::text::{Hole, Text};

pub(super) static TABLE: &[(&str, Function)] = &[("file", file), ("templatefile", templatefile)];

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
    let parsed = match text.parse::<Template>() {
        Ok(parsed) => parsed,
        Err(error) => {
            let at = error.location().offset();
            let mut problems = Problems::default();
            let message = format!("this template does not parse: {}", error.message());
            problems
                .at(ProblemKind::Syntax, Severity::Broken, message, Span::new(file, at, at + 1))
                .help("correct the template; until then everything that rests on it is unknown");
            call.scope.notes().append(problems);
            return Err(Unsettled::Unknown);
        }
    };
    let given = call.arg(1)?;
    let pairs = compare::pairs(given);
    let names = Isolated { outer: call.scope.names, open: pairs.is_none().then_some(given) };
    let mut pairs = pairs.unwrap_or_default();
    pairs.truncate(200);
    let scope = Scope { names: &names, place: Place { file, offset: 0 }, bound: None };
    let mut node = bind(&scope, &pairs, &mut |scope| template::rendered(scope, &parsed, call.span));
    node.span = call.span;
    Ok(node)
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
    fn find(&self, root: &str, _: &[Step], span: Span) -> (Rc<Node>, usize) {
        let node = match self.open {
            Some(_) => Node::new(Value::Unknown(self.notes().fresh(root)), span),
            None => self.notes().fault(format!("the template is given no `{root}`"), root, span),
        };
        (Rc::new(node), 0)
    }

    fn attribute(&self, of: &Hole, name: &str, span: Span) -> Option<Node> {
        self.outer.attribute(of, name, span)
    }

    fn file(&self, path: &str, span: Span) -> Option<(FileId, Arc<str>)> {
        self.outer.file(path, span)
    }

    fn source(&self, span: Span) -> String {
        self.outer.source(span)
    }

    fn notes(&self) -> &Notes {
        self.outer.notes()
    }
}
