//! A root module and the local modules that it calls: what every name in them stands for, evaluated when asked for.
//!
//! Knows: scopes, references, calls \[language/modules\]. Must not know: what any resource type means. Values are kept
//! once made; a value that needs itself is unknown.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Structure;

use crate::cause::Cause;
use crate::load::fs::{Root, join};
use crate::load::terraform::expression::{Bound, Names, Scope};
use crate::load::terraform::folder::{Folder, Library};
use crate::load::terraform::instance::{Ambient, Instance};
use crate::load::terraform::instances::Expansion;
use crate::load::terraform::manifest;
use crate::load::terraform::notes::{Default, Notes};
use crate::load::terraform::syntax::Place;
use crate::node::{Node, Value};
use crate::problem::ProblemKind;
use crate::source::Span;
use crate::text::{HoleKind, Shape, Text};
use crate::world::pieces::{AbsentModule, Assumption, OwnAccount};

/// How many modules one root may call, in all
const MODULES: usize = 2000;
/// How deep modules may call each other
const NESTING: usize = 32;

/// A number of a module in the workspace
pub(super) type ModuleId = usize;

/// A module as it is called
#[derive(Debug)]
pub(super) struct Module {
    /// `` for the root, `module.shop.` below it
    pub(super) prefix: String,
    pub(super) folder: Rc<Folder>,
    pub(super) caller: Option<Caller>,
    /// Why it may not be called at all
    pub(super) doubts: Vec<Cause>,
}

/// Who calls a module
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) module: ModuleId,
    /// The `module` block in the caller's folder
    pub(super) block: usize,
    /// The names that its repetition binds
    pub(super) binds: Vec<(&'static str, Node)>,
}

/// What a kept value is of: its block in the folder, and its place there
type Declaration = (usize, usize);

/// A value that is being made, or was
#[derive(Debug)]
enum Slot<T> {
    Busy,
    Done(T, BTreeSet<Default>),
}

/// Values by module and name, each made once
#[derive(Debug)]
pub(super) struct Kept<K, T>(RefCell<BTreeMap<(ModuleId, K), Slot<T>>>);

impl<K: Ord + Clone, T: Clone> Kept<K, T> {
    pub(super) fn new() -> Self {
        Self(RefCell::default())
    }

    /// The value; `None` where it is being made right now: it needs itself
    pub(super) fn get(
        &self,
        notes: &Notes,
        module: ModuleId,
        key: &K,
        make: impl FnOnce() -> T,
    ) -> Option<T> {
        let at = (module, key.clone());
        match self.0.borrow().get(&at) {
            Some(Slot::Busy) => return None,
            Some(Slot::Done(value, used)) => {
                notes.used(used);
                return Some(value.clone());
            }
            None => {}
        }
        self.0.borrow_mut().insert(at.clone(), Slot::Busy);
        let (value, used) = notes.apart(make);
        self.0.borrow_mut().insert(at, Slot::Done(value.clone(), used));
        Some(value)
    }

    /// Lets go of every value
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

/// One root module while it is evaluated
pub(super) struct Workspace<'a> {
    pub(super) library: &'a Library<'a>,
    pub(super) root: &'a Root,
    pub(super) notes: Notes,
    pub(super) modules: RefCell<Vec<Rc<Module>>>,
    values: Kept<Declaration, Rc<Node>>,
    pub(super) expansions: Kept<usize, Rc<Expansion>>,
    pub(super) instances: Kept<(usize, usize), Rc<Instance>>,
    /// Policy documents by their data source
    pub(super) documents: Kept<(usize, usize), Rc<Node>>,
    children: Kept<(usize, usize), Option<ModuleId>>,
    pub(super) ambients: Kept<String, Arc<Ambient>>,
    /// What the user gave for variables of the root
    pub(super) given: Vec<(Place, hcl_edit::structure::Body)>,
    /// Whole resources by the name of the hole that stands for their further attributes
    pub(super) whole: RefCell<BTreeMap<String, (ModuleId, usize, usize)>>,
    reported: RefCell<BTreeSet<String>>,
    pub(super) assumptions: RefCell<BTreeSet<Assumption>>,
    pub(super) accounts: RefCell<Vec<OwnAccount>>,
    pub(super) absent: RefCell<Vec<AbsentModule>>,
    manifest: OnceCell<BTreeMap<String, String>>,
}

/// The names of one module
pub(super) struct Inside<'a> {
    pub(super) workspace: &'a Workspace<'a>,
    pub(super) module: ModuleId,
}

impl<'a> Workspace<'a> {
    pub(super) fn new(library: &'a Library<'a>, root: &'a Root) -> Self {
        let folder = library.folder(&root.folder, root);
        let mut given = folder.values.clone();
        given.extend(library.var_files());
        let module = Module { prefix: String::new(), folder, caller: None, doubts: Vec::new() };
        Self {
            library,
            root,
            notes: Notes::new(),
            modules: RefCell::new(vec![Rc::new(module)]),
            values: Kept::new(),
            expansions: Kept::new(),
            instances: Kept::new(),
            documents: Kept::new(),
            children: Kept::new(),
            ambients: Kept::new(),
            given,
            whole: RefCell::default(),
            reported: RefCell::default(),
            assumptions: RefCell::default(),
            accounts: RefCell::default(),
            absent: RefCell::default(),
            manifest: OnceCell::new(),
        }
    }

    /// Lets go of what was kept for references
    pub(super) fn forget(&self) {
        self.values.forget();
        self.documents.forget();
        self.expansions.forget();
        self.instances.forget();
    }

    /// A module by number; numbers are handed out by the workspace, and the root is always there
    pub(super) fn module(&self, id: ModuleId) -> Rc<Module> {
        let modules = self.modules.borrow();
        modules.get(id).or_else(|| modules.first()).map_or_else(
            || {
                let folder = Rc::new(Folder::default());
                Rc::new(Module { prefix: String::new(), folder, caller: None, doubts: Vec::new() })
            },
            Rc::clone,
        )
    }

    /// Evaluates in a module, with the names that a repetition binds
    pub(super) fn within<T>(
        &self,
        module: ModuleId,
        place: Place,
        binds: &[(&'static str, Node)],
        run: &mut dyn FnMut(&Scope<'_>) -> T,
    ) -> T {
        fn chain<T>(
            names: &dyn Names,
            place: Place,
            binds: &[(&'static str, Node)],
            outer: Option<&Bound<'_>>,
            run: &mut dyn FnMut(&Scope<'_>) -> T,
        ) -> T {
            match binds.split_first() {
                Some(((name, value), rest)) => {
                    chain(names, place, rest, Some(&Bound { name, value, outer }), run)
                }
                None => run(&Scope { names, place, bound: outer }),
            }
        }
        chain(&Inside { workspace: self, module }, place, binds, None, run)
    }

    /// The value of an expression of a module
    pub(super) fn eval(
        &self,
        module: ModuleId,
        place: Place,
        binds: &[(&'static str, Node)],
        expression: &Expression,
    ) -> Node {
        self.within(module, place, binds, &mut |scope| scope.eval(expression))
    }

    /// Notes something once
    fn once(&self, key: String, note: impl FnOnce()) {
        if self.reported.borrow_mut().insert(key) {
            note();
        }
    }

    /// A name that no block with this header declares: told, unless such a block is there and does not parse
    pub(super) fn not_declared(&self, module: ModuleId, header: &[&str], name: &str, span: Span) -> Node {
        if self.module(module).folder.is_broken(header) {
            return Node::new(Value::Unknown(self.notes.hole(name, HoleKind::Input, Shape::Any)), span);
        }
        self.undeclared(name, span)
    }

    pub(super) fn undeclared(&self, name: &str, span: Span) -> Node {
        self.once(format!("undeclared {name}"), || {
            self.notes.partly(
                ProblemKind::Undeclared,
                format!("`{name}` is not declared"),
                span,
                "declare it, or name the folder that does; until then it is unknown",
            );
        });
        Node::new(Value::Unknown(self.notes.hole(name, HoleKind::Input, Shape::Any)), span)
    }

    /// What an override that does not parse may set
    pub(super) fn unread(&self, name: &str, span: Span) -> Node {
        let name = format!("{name} in an override that does not parse");
        Node::new(Value::Unknown(self.notes.hole(&name, HoleKind::Input, Shape::Any)), span)
    }

    /// What needs itself
    pub(super) fn cycle(&self, name: &str, span: Span) -> Node {
        self.once(format!("cycle {name}"), || {
            self.notes.partly(
                ProblemKind::NotUnderstood,
                format!("`{name}` refers to itself"),
                span,
                "Terraform refuses it; until it is corrected its value is unknown",
            );
        });
        Node::new(Value::Unknown(self.notes.hole(name, HoleKind::Input, Shape::Any)), span)
    }

    fn keep(
        &self,
        module: ModuleId,
        of: Declaration,
        shown: &dyn Fn() -> String,
        span: Span,
        make: impl FnOnce() -> Node,
    ) -> Rc<Node> {
        let value = self.values.get(&self.notes, module, &of, || Rc::new(self.notes.keep(make(), shown)));
        value.unwrap_or_else(|| Rc::new(self.cycle(&shown(), span)))
    }

    pub(super) fn variable(&self, module: ModuleId, name: &str, span: Span) -> Rc<Node> {
        let here = self.module(module);
        let shown = || format!("{}var.{name}", here.prefix);
        let Some(at) = here.folder.variables.get(name).copied() else {
            return Rc::new(self.not_declared(module, &["variable", name], &shown(), span));
        };
        let value = || self.value_of_variable(module, name, &shown());
        self.keep(module, (at, 0), &shown, span, value)
    }

    pub(super) fn local(&self, module: ModuleId, name: &str, span: Span) -> Rc<Node> {
        let here = self.module(module);
        let shown = || format!("{}local.{name}", here.prefix);
        let Some((at, nth)) = here.folder.locals.get(name).copied() else {
            if here.folder.breaks("locals") {
                let hole = self.notes.hole(&shown(), HoleKind::Input, Shape::Any);
                return Rc::new(Node::new(Value::Unknown(hole), span));
            }
            return Rc::new(self.undeclared(&shown(), span));
        };
        if let Some(span) = here.folder.overrides.locals() {
            return Rc::new(self.unread(&shown(), span));
        }
        self.keep(module, (at, nth), &shown, span, || {
            let written = here.folder.block(at);
            match written.and_then(|written| Some((written.place, written.block.body.get(nth)?))) {
                Some((place, Structure::Attribute(attribute))) => {
                    self.eval(module, place, &[], &attribute.value)
                }
                Some((_, Structure::Block(_))) | None => self.undeclared(&shown(), span),
            }
        })
    }

    /// An output of a called module
    pub(super) fn output(&self, module: ModuleId, name: &str, span: Span) -> Rc<Node> {
        let here = self.module(module);
        let shown = || format!("{}{name}", here.prefix);
        let at = here.folder.outputs.get(name).copied();
        let Some((at, written)) = at.and_then(|at| Some((at, here.folder.block(at)?))) else {
            return Rc::new(self.not_declared(module, &["output", name], &shown(), span));
        };
        if let Some(span) = written.unread() {
            return Rc::new(self.unread(&shown(), span));
        }
        let shown = || format!("{}output.{name}", here.prefix);
        self.keep(module, (at, 0), &shown, span, || match written.attribute("value") {
            Some((place, attribute)) => self.eval(module, place, &[], &attribute.value),
            None => self.notes.fault("this output has no value", &shown(), written.span()),
        })
    }

    /// The called module of one repetition; `None` where its files are not in the input
    pub(super) fn child(&self, module: ModuleId, block: usize, which: usize) -> Option<ModuleId> {
        self.children.get(&self.notes, module, &(block, which), || self.enter(module, block, which)).flatten()
    }

    fn enter(&self, module: ModuleId, block: usize, which: usize) -> Option<ModuleId> {
        let here = self.module(module);
        let written = here.folder.block(block)?;
        let name = written.block.labels.first().map_or("", |label| label.as_str());
        let expansion = self.expansion(module, block);
        let repetition = expansion.repetitions.get(which)?;
        let address = format!("{}module.{name}", here.prefix);
        let source = written
            .attribute("source")
            .map(|(place, attribute)| self.eval(module, place, &[], &attribute.value));
        let source = source.as_ref().and_then(Node::as_text);
        let source = source.as_ref().and_then(Text::as_literal);
        let absent = |why: String, help: &str| {
            self.once(format!("absent {address}"), || {
                let span = written.span();
                self.notes.partly(ProblemKind::ModuleAbsent, format!("module `{name}` {why}"), span, help);
                let source = source.unwrap_or("unknown").to_owned();
                self.absent.borrow_mut().push(AbsentModule { address: address.clone(), source, span });
            });
            None
        };
        let help = "what it declares is missing from answers, and its outputs are unknown";
        let Some(source) = source else {
            return absent("has no source that is known".to_owned(), help);
        };
        let local = source.starts_with("./") || source.starts_with("../") || source == "." || source == "..";
        let path = if local {
            join(&here.folder.path, source)
        } else {
            match self.fetched(module, name) {
                Some(path) => path,
                None => {
                    let help = "run `terraform init` first, and name its folder; until then what it declares is missing from answers, and its outputs are unknown";
                    return absent(format!("is not in the input: its source is `{source}`"), help);
                }
            }
        };
        if self.modules.borrow().len() >= MODULES {
            return absent(format!("is one of more than {MODULES} and was not read"), help);
        }
        // A module that calls itself would never end.
        let mut above = Some(module);
        let mut depth = 0;
        while let Some(id) = above {
            depth += 1;
            if depth > NESTING {
                return absent(format!("lies more than {NESTING} calls deep and was not read"), help);
            }
            let caller = self.module(id);
            if caller.folder.path == path {
                return absent("calls itself".to_owned(), help);
            }
            above = caller.caller.as_ref().map(|caller| caller.module);
        }
        let folder = self.library.folder(&path, self.root);
        if folder.files == 0 {
            return absent(
                format!("is not in the input: `{source}` holds no Terraform that may be read"),
                "name a folder that holds it too, or allow what lies outside with `--allow-outside`",
            );
        }
        let mut doubts = here.doubts.clone();
        doubts.extend(repetition.doubts.iter().cloned());
        let child = Module {
            prefix: format!("{address}{}.", repetition.suffix),
            folder,
            caller: Some(Caller { module, block, binds: repetition.binds.clone() }),
            doubts,
        };
        let mut modules = self.modules.borrow_mut();
        modules.push(Rc::new(child));
        Some(modules.len() - 1)
    }

    /// Where `terraform init` put a module that a call fetches
    fn fetched(&self, module: ModuleId, name: &str) -> Option<String> {
        let mut path = vec![name.to_owned()];
        let mut above = self.module(module);
        while let Some(caller) = &above.caller {
            let outer = self.module(caller.module);
            path.push(outer.folder.block(caller.block)?.block.labels.first()?.as_str().to_owned());
            above = outer;
        }
        path.reverse();
        let folders = self.manifest.get_or_init(|| {
            let at = join(&self.root.folder, manifest::PATH);
            let read = self.library.files.read(&at, &self.root.fence, self.library.options.outside);
            read.map(|text| manifest::folders(&text)).unwrap_or_default()
        });
        folders.get(&path.join(".")).map(|folder| join(&self.root.folder, folder))
    }

    /// What a caller writes for a variable
    pub(super) fn argument(&self, caller: &Caller, name: &str) -> Option<Node> {
        let above = self.module(caller.module);
        let written = above.folder.block(caller.block)?;
        if let Some(span) = written.unread() {
            let label = written.block.labels.first().map_or("", |label| label.as_str());
            return Some(self.unread(&format!("{}module.{label}.{name}", above.prefix), span));
        }
        let (place, attribute) = written.attribute(name)?;
        Some(self.eval(caller.module, place, &caller.binds, &attribute.value))
    }
}
