//! What the names in an expression lead to: variables, locals, calls, resources, files.
//!
//! Knows: the forms of references \[language/expressions/references\]. Must not know: how their values are made.

use std::rc::Rc;
use std::sync::Arc;

use crate::load::fs::{Refusal, join, relative};
use crate::load::terraform::expression::{Names, Step, spell};
use crate::load::terraform::instance::Mode;
use crate::load::terraform::instances::{Expansion, Repetition, Whole};
use crate::load::terraform::module::{Inside, ModuleId, Workspace};
use crate::load::terraform::notes::Notes;
use crate::node::{Key, Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};
use crate::text::{Hole, HoleKind, Shape, Text};

impl Names for Inside<'_> {
    fn find(&self, root: &str, steps: &[Step<'_>], span: Span) -> (Rc<Node>, usize) {
        let here = self.workspace;
        let label = |at: usize| match steps.get(at) {
            Some(Step::Attribute(name, _)) => Some(*name),
            _ => None,
        };
        let rest = |at: usize| steps.get(at..).unwrap_or_default();
        match (root, label(0), label(1)) {
            ("var", Some(name), _) => (here.variable(self.module, name, span), 1),
            ("local", Some(name), _) => (here.local(self.module, name, span), 1),
            ("module", Some(name), _) => {
                let (node, used) = here.call(self.module, name, rest(1), span);
                (node, used + 1)
            }
            ("path", Some(name), _) => (Rc::new(here.path(self.module, name, span)), 1),
            ("terraform", Some(name), _) => {
                let hole = Hole::new(format!("terraform.{name}"), HoleKind::Input, Shape::Name);
                (Rc::new(Node::new(Value::Unknown(hole), span)), 1)
            }
            ("data", Some(kind), Some(name)) => {
                let (node, used) = here.resource(self.module, (Mode::Data, kind, name), rest(2), span);
                (node, used + 2)
            }
            ("self" | "each" | "count", _, _) => {
                let steps: String = steps.iter().map(spell).collect();
                let hole = here.notes.fresh(&format!("{root}{steps}"));
                (Rc::new(Node::new(Value::Unknown(hole), span)), rest(0).len())
            }
            (kind, Some(name), _) => {
                let (node, used) = here.resource(self.module, (Mode::Managed, kind, name), rest(1), span);
                (node, used + 1)
            }
            (name, None, _) => (Rc::new(here.undeclared(name, span)), 0),
        }
    }

    fn attribute(&self, of: &Hole, name: &str, span: Span) -> Option<Node> {
        let (module, block, which) = *self.workspace.whole.borrow().get(of.name())?;
        Some(self.workspace.attribute_of(module, block, which, name, span))
    }

    fn file(&self, path: &str, span: Span) -> Option<(FileId, Arc<str>)> {
        let here = self.workspace;
        let full = join(&here.root.folder, path);
        let why = match here.library.text(&full, &here.root.fence, here.library.options.outside) {
            Ok(read) => return Some(read),
            Err(Refusal::Absent) => "is not in the input".to_owned(),
            Err(Refusal::Outside) => "lies outside the folder that was named".to_owned(),
            Err(Refusal::Unreadable { message, .. }) => format!("was not read: {message}"),
        };
        let mut problems = Problems::default();
        problems
            .at(ProblemKind::Unreadable, Severity::Partly, format!("the file `{path}` {why}"), span)
            .help("until it is read, everything that rests on it is unknown; `--allow-outside` allows files elsewhere");
        here.notes.append(problems);
        None
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        let Workspace { library, root, .. } = self.workspace;
        library.files.bytes(&join(&root.folder, path), &root.fence, library.options.outside)
    }

    fn tree(&self, path: &str) -> Result<Vec<String>, Refusal> {
        let Workspace { library, root, .. } = self.workspace;
        library.files.tree(&join(&root.folder, path), &root.fence, library.options.outside)
    }

    fn source(&self, span: Span) -> String {
        self.workspace.library.source(span)
    }

    fn notes(&self) -> &Notes {
        &self.workspace.notes
    }
}

impl Workspace<'_> {
    /// `path.module`, `path.root`; where the program was started is not known
    fn path(&self, module: ModuleId, name: &str, span: Span) -> Node {
        match name {
            "module" => {
                let here = self.module(module);
                Node::text(relative(&self.root.folder, &here.folder.path), span)
            }
            "root" => Node::text(".", span),
            other => Node::new(Value::Unknown(Hole::input(format!("path.{other}"))), span),
        }
    }
}

impl Workspace<'_> {
    /// `module.NAME` and what follows
    fn call(&self, module: ModuleId, name: &str, steps: &[Step<'_>], span: Span) -> (Rc<Node>, usize) {
        let here = self.module(module);
        let address = || format!("{}module.{name}", here.prefix);
        let Some(block) = here.folder.calls.get(name).copied() else {
            return (Rc::new(self.not_declared(module, &["module", name], &address(), span)), 0);
        };
        let expansion = self.expansion(module, block);
        let (which, used) = match expansion.choose(steps) {
            Ok(choice) => choice,
            Err(whole) => {
                let one = |at: usize| self.outputs(module, block, at, span);
                return (Rc::new(self.all(&expansion, whole, &address(), one, span)), 0);
            }
        };
        if expansion.in_doubt() {
            self.notes.shake();
        }
        let Some(child) = self.child(module, block, which) else {
            let suffix: String = steps.iter().take(used).map(spell).collect();
            let hole = self.notes.hole(&format!("{}{suffix}", address()), HoleKind::Input, Shape::Any);
            return (Rc::new(Node::new(Value::Unknown(hole), span)), used);
        };
        match steps.get(used) {
            Some(Step::Attribute(output, at)) => (self.output(child, output, *at), used + 1),
            _ => (Rc::new(self.outputs(module, block, which, span)), used),
        }
    }

    /// All outputs of a called module
    fn outputs(&self, module: ModuleId, block: usize, which: usize, span: Span) -> Node {
        let Some(child) = self.child(module, block, which) else {
            let hole = self.notes.fresh("the outputs of an absent module");
            return Node::new(Value::Unknown(hole), span);
        };
        let folder = Rc::clone(&self.module(child).folder);
        let output = |name: &String| {
            let key = Key { text: Text::from(name.as_str()), span };
            (key, Rc::unwrap_or_clone(self.output(child, name, span)))
        };
        Node::new(Value::Map(folder.outputs.keys().map(output).collect()), span)
    }

    /// All repetitions as one value
    fn all(
        &self,
        expansion: &Expansion,
        whole: Whole,
        address: &str,
        one: impl Fn(usize) -> Node,
        span: Span,
    ) -> Node {
        let count = expansion.repetitions.len();
        let value = match whole {
            Whole::List => Value::List((0..count).map(one).collect()),
            Whole::Map => {
                let entry = |(at, repetition): (usize, &Repetition)| {
                    (Key { text: repetition.key.clone(), span }, one(at))
                };
                Value::Map(expansion.repetitions.iter().enumerate().map(entry).collect())
            }
            Whole::Unknown => Value::Unknown(self.notes.hole(address, HoleKind::Input, Shape::Any)),
        };
        Node::new(value, span)
    }

    /// A resource or data source and what follows its name
    fn resource(
        &self,
        module: ModuleId,
        id: (Mode, &str, &str),
        steps: &[Step<'_>],
        span: Span,
    ) -> (Rc<Node>, usize) {
        let here = self.module(module);
        let (mode, kind, name) = id;
        let (keyword, data) = match mode {
            Mode::Managed => ("resource", ""),
            Mode::Data => ("data", "data."),
        };
        let address = || format!("{}{data}{kind}.{name}", here.prefix);
        let Some(block) = here.folder.resource(mode, kind, name) else {
            return (Rc::new(self.not_declared(module, &[keyword, kind, name], &address(), span)), 0);
        };
        let expansion = self.expansion(module, block);
        let (which, used) = match expansion.choose(steps) {
            Ok(choice) => choice,
            Err(whole) => {
                let address = address();
                let one = |at: usize| self.whole_resource(module, block, at, &address, span);
                return (Rc::new(self.all(&expansion, whole, &address, one, span)), 0);
            }
        };
        if expansion.in_doubt() {
            self.notes.shake();
        }
        match steps.get(used) {
            Some(Step::Attribute(attribute, _)) => {
                (Rc::new(self.attribute_of(module, block, which, attribute, span)), used + 1)
            }
            _ => (Rc::new(self.whole_resource(module, block, which, &address(), span)), used),
        }
    }

    /// A whole resource: its arguments, and a key that stands for every other attribute
    fn whole_resource(
        &self,
        module: ModuleId,
        block: usize,
        which: usize,
        address: &str,
        span: Span,
    ) -> Node {
        let Some(instance) = self.instance(module, block, which) else { return self.cycle(address, span) };
        self.whole.borrow_mut().insert(instance.address.clone(), (module, block, which));
        let hole = Hole::new(instance.address.clone(), HoleKind::Generated, Shape::Any);
        let mut entries = match &instance.body.value {
            Value::Map(entries) => entries.clone(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Unknown(_) => Vec::new(),
        };
        entries.push((Key { text: Text::from(hole.clone()), span }, Node::new(Value::Unknown(hole), span)));
        Node::new(Value::Map(entries), span)
    }
}
