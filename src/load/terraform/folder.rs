//! The files of one folder as one module: what is declared, by name.
//!
//! Knows: which files and blocks make a module \[language/files\]. Must not know: any value.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Body, Structure};

use crate::load::fs::{Files, Refusal, Root, join};
use crate::load::terraform::instance::Mode;
use crate::load::terraform::json_syntax;
use crate::load::terraform::overrides::{Overrides, Written};
use crate::load::terraform::syntax::{Item, Place, items, parts};
use crate::load::{Options, Outside};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Sources, Span};

/// All text that a run reads: each file once
#[derive(Debug)]
pub(super) struct Library<'a> {
    pub(super) files: &'a Files,
    pub(super) options: &'a Options,
    pub(super) sources: RefCell<Sources>,
    pub(super) problems: RefCell<Problems>,
    /// Files by path, each with the fences that they were allowed for
    known: RefCell<BTreeMap<String, (FileId, BTreeSet<String>)>>,
    folders: RefCell<BTreeMap<(String, String), Rc<Folder>>>,
    /// The files of Terraform
    counted: RefCell<BTreeSet<String>>,
}

/// What a folder declares; blocks are named by their number
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) path: String,
    items: Vec<Item>,
    pub(super) variables: BTreeMap<String, usize>,
    pub(super) outputs: BTreeMap<String, usize>,
    /// Each with its place in its block
    pub(super) locals: BTreeMap<String, (usize, usize)>,
    pub(super) calls: BTreeMap<String, usize>,
    pub(super) providers: Vec<usize>,
    pub(super) settings: Vec<usize>,
    /// By type and name
    managed: BTreeMap<String, BTreeMap<String, usize>>,
    data: BTreeMap<String, BTreeMap<String, usize>>,
    /// The headers of blocks that do not parse
    pub(super) broken: Vec<(Vec<String>, Span)>,
    /// How many files it was read from
    pub(super) files: usize,
    /// What override files change
    pub(super) overrides: Overrides,
    /// Values of variables that lie beside the configuration
    pub(super) values: Vec<(Place, Body)>,
}

impl Folder {
    /// A block by number
    pub(super) fn block(&self, at: usize) -> Option<Written<'_>> {
        match self.items.get(at)? {
            Item::Block(place, block) => Some(self.overrides.written(at, *place, block)),
            Item::Attributes(..) | Item::Broken(..) => None,
        }
    }

    /// The block of a resource or data source
    pub(super) fn resource(&self, mode: Mode, kind: &str, name: &str) -> Option<usize> {
        let types = match mode {
            Mode::Managed => &self.managed,
            Mode::Data => &self.data,
        };
        types.get(kind)?.get(name).copied()
    }

    /// The blocks of all resources and data sources, by type and name
    pub(super) fn resources(&self) -> impl Iterator<Item = usize> + '_ {
        self.managed.values().chain(self.data.values()).flat_map(|names| names.values().copied())
    }

    /// Whether a block that does not parse has this header
    pub(super) fn is_broken(&self, header: &[&str]) -> bool {
        self.broken.iter().any(|(words, _)| words.iter().map(String::as_str).eq(header.iter().copied()))
    }

    /// Whether some block of this kind does not parse
    pub(super) fn breaks(&self, keyword: &str) -> bool {
        self.broken.iter().any(|(words, _)| words.first().is_some_and(|word| word == keyword))
    }

    /// One more block; its number
    pub(super) fn add(&mut self, item: Item) -> usize {
        self.items.push(item);
        self.items.len() - 1
    }

    fn index(&mut self, problems: &mut Problems) {
        for at in 0..self.items.len() {
            if let Some(span) = self.declare(at) {
                let message = "this is declared twice; the last one counts";
                problems
                    .at(ProblemKind::NotUnderstood, Severity::Broken, message, span)
                    .help("Terraform refuses it: rename or remove one");
            }
        }
    }

    /// Takes a block up under its name; its header, where that name was taken
    pub(super) fn declare(&mut self, at: usize) -> Option<Span> {
        let (place, block) = match self.items.get(at)? {
            Item::Block(place, block) => (*place, block),
            Item::Broken(header, span) => {
                self.broken.push((header.clone(), *span));
                return None;
            }
            Item::Attributes(..) => return None,
        };
        let mut labels = block.labels.iter().map(|label| label.as_str().to_owned());
        let before = match (block.ident.as_str(), labels.next(), labels.next(), labels.next()) {
            ("variable", Some(name), None, _) => self.variables.insert(name, at),
            ("output", Some(name), None, _) => self.outputs.insert(name, at),
            ("module", Some(name), None, _) => self.calls.insert(name, at),
            ("resource", Some(kind), Some(name), None) => {
                self.managed.entry(kind).or_default().insert(name, at)
            }
            ("data", Some(kind), Some(name), None) => self.data.entry(kind).or_default().insert(name, at),
            ("provider", Some(_), None, _) => {
                self.providers.push(at);
                None
            }
            ("terraform", None, ..) => {
                self.settings.push(at);
                None
            }
            ("locals", None, ..) => {
                let names = named(&block.body);
                self.locals.extend(names.into_iter().map(|(name, nth)| (name, (at, nth))));
                None
            }
            _ => None,
        };
        before.map(|_| place.header(block))
    }
}

/// The arguments of a body, each with its place in it
pub(super) fn named(body: &Body) -> Vec<(String, usize)> {
    let name = |(nth, structure): (usize, &Structure)| match structure {
        Structure::Attribute(attribute) => Some((attribute.key.as_str().to_owned(), nth)),
        Structure::Block(_) => None,
    };
    body.iter().enumerate().filter_map(name).collect()
}

/// What a file of a folder is, by its name
enum Role {
    Blocks,
    JsonBlocks,
    Values,
    JsonValues,
    Overrides,
    JsonOverrides,
    None,
}

/// The endings of files with blocks: those of Terraform, and those that only OpenTofu reads
static ENDINGS: &[&str] = &[".tf", ".tofu"];

fn role(name: &str) -> Role {
    let stem = |name: &str| ENDINGS.iter().find_map(|ending| name.strip_suffix(ending).map(str::to_owned));
    let is_override = |stem: &str| stem == "override" || stem.ends_with("_override");
    if let Some(stem) = stem(name) {
        if is_override(&stem) { Role::Overrides } else { Role::Blocks }
    } else if let Some(stem) = name.strip_suffix(".json").and_then(stem) {
        if is_override(&stem) { Role::JsonOverrides } else { Role::JsonBlocks }
    } else if name == "terraform.tfvars.json" || name.ends_with(".auto.tfvars.json") {
        Role::JsonValues
    } else if name == "terraform.tfvars" || name.ends_with(".auto.tfvars") {
        Role::Values
    } else {
        Role::None
    }
}

/// Whether the same file of OpenTofu's own stands in the place of this one \[opentofu: language/files\]
fn is_replaced(name: &str, names: &[String]) -> bool {
    let tofu = match name.strip_suffix(".json") {
        Some(native) => native.strip_suffix(".tf").map(|stem| format!("{stem}.tofu.json")),
        None => name.strip_suffix(".tf").map(|stem| format!("{stem}.tofu")),
    };
    tofu.is_some_and(|tofu| names.contains(&tofu))
}

/// Whether a file makes its folder a root module
pub(super) fn is_terraform(name: &str) -> bool {
    matches!(role(name), Role::Blocks | Role::JsonBlocks)
}

impl<'a> Library<'a> {
    pub(super) fn new(files: &'a Files, options: &'a Options, sources: Sources) -> Self {
        Self {
            files,
            options,
            sources: RefCell::new(sources),
            problems: RefCell::default(),
            known: RefCell::default(),
            folders: RefCell::default(),
            counted: RefCell::default(),
        }
    }

    /// How many files of Terraform were read
    pub(super) fn count(&self) -> usize {
        self.counted.borrow().len()
    }

    /// A file with its text; it is read once
    ///
    /// # Errors
    ///
    /// It is not there, lies outside the fence, or is no text.
    pub(super) fn text(
        &self,
        path: &str,
        fence: &str,
        outside: Outside,
    ) -> Result<(FileId, Arc<str>), Refusal> {
        let before = self.known.borrow().get(path).map(|(id, fences)| (*id, fences.contains(fence)));
        if let Some((id, true)) = before {
            return Ok((id, self.sources.borrow().shared(id)));
        }
        // Known to one fence is not allowed for another.
        let text: Arc<str> = Arc::from(self.files.read(path, fence, outside)?);
        let add = || self.sources.borrow_mut().add(path, Arc::clone(&text));
        let id = before.map_or_else(add, |(id, _)| id);
        let mut known = self.known.borrow_mut();
        known.entry(path.to_owned()).or_insert_with(|| (id, BTreeSet::new())).1.insert(fence.to_owned());
        Ok((id, text))
    }

    /// Whether a file was read
    pub(super) fn knows(&self, path: &str) -> bool {
        self.known.borrow().contains_key(path)
    }

    /// The text that stands at a place
    pub(super) fn source(&self, span: Span) -> String {
        let sources = self.sources.borrow();
        sources.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("").to_owned()
    }

    /// The files of a folder that say something, and what each is
    fn written(&self, path: &str, root: &Root) -> Vec<(String, Role)> {
        let only = root.only.as_ref().filter(|_| path == root.folder);
        let mut names = self.files.list(path);
        names.retain(|name| only.is_none_or(|only| only.contains(name)));
        let of_role = |name: &String| {
            let role = role(name);
            let says = !matches!(role, Role::None) && !is_replaced(name, &names);
            says.then(|| (name.clone(), role))
        };
        names.iter().filter_map(of_role).collect()
    }

    /// A folder, read and indexed once
    pub(super) fn folder(&self, path: &str, root: &Root) -> Rc<Folder> {
        let key = (root.fence.clone(), path.to_owned());
        if let Some(known) = self.folders.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut folder = Folder { path: path.to_owned(), ..Folder::default() };
        let (mut problems, mut overriding) = (Problems::default(), Vec::new());
        // How many values `terraform.tfvars` gives
        let mut plain = 0;
        for (name, role) in self.written(path, root) {
            let full = join(path, &name);
            let (id, text) = match self.text(&full, &root.fence, self.options.outside) {
                Ok(read) => read,
                Err(refusal) => {
                    refused(&mut problems, &refusal, &full);
                    continue;
                }
            };
            self.counted.borrow_mut().insert(full.clone());
            folder.files += 1;
            match role {
                Role::Blocks | Role::Overrides | Role::JsonBlocks | Role::JsonOverrides => {
                    let json = matches!(role, Role::JsonBlocks | Role::JsonOverrides);
                    let (more, found) = if json { json_syntax::items(&text, id) } else { items(&text, id) };
                    problems.append(found);
                    let over = matches!(role, Role::Overrides | Role::JsonOverrides);
                    if over { &mut overriding } else { &mut folder.items }.extend(more);
                }
                Role::Values | Role::JsonValues => {
                    let (more, found) = values(&text, id, &name);
                    problems.append(found);
                    // What `*.auto.tfvars` says counts over `terraform.tfvars`, and that file's JSON form over it
                    // [language/values/variables].
                    let at = match name.as_str() {
                        "terraform.tfvars" => 0,
                        "terraform.tfvars.json" => plain,
                        _ => folder.values.len(),
                    };
                    if at == 0 {
                        plain = more.len();
                    }
                    folder.values.splice(at..at, more);
                }
                Role::None => {}
            }
        }
        folder.index(&mut problems);
        folder.override_with(overriding, &mut problems);
        self.problems.borrow_mut().append(problems);
        let folder = Rc::new(folder);
        self.folders.borrow_mut().insert(key, Rc::clone(&folder));
        folder
    }

    /// Lets go of what a root was read into: no other root is made of it
    pub(super) fn forget(&self, root: &Root) {
        self.folders.borrow_mut().remove(&(root.fence.clone(), root.folder.clone()));
    }

    /// The local sources of the modules that a root calls
    pub(super) fn called(&self, root: &Root) -> BTreeSet<String> {
        let mut sources: BTreeMap<String, String> = BTreeMap::new();
        let mut overriding = Vec::new();
        for (name, role) in self.written(&root.folder, root) {
            // What cannot be read is told when the folder is.
            let full = join(&root.folder, &name);
            let Ok((id, text)) = self.text(&full, &root.fence, self.options.outside) else { continue };
            match role {
                Role::Blocks => sources.extend(calls(&text, id)),
                Role::Overrides => overriding.extend(calls(&text, id)),
                Role::JsonBlocks => sources.extend(sources_of(&json_syntax::items(&text, id).0)),
                Role::JsonOverrides => overriding.extend(sources_of(&json_syntax::items(&text, id).0)),
                Role::Values | Role::JsonValues | Role::None => {}
            }
        }
        sources.extend(overriding);
        sources.into_values().collect()
    }

    /// The values of variables in files that the user named
    pub(super) fn var_files(&self) -> Vec<(Place, Body)> {
        let mut all = Vec::new();
        for path in &self.options.var_files {
            let path = join("", &path.to_string_lossy());
            let mut problems = Problems::default();
            // The user named it: it may lie anywhere.
            match self.text(&path, "", Outside::Allowed) {
                Ok((id, text)) => {
                    let (more, found) = self::values(&text, id, &path);
                    problems.append(found);
                    all.extend(more);
                }
                Err(refusal) => refused(&mut problems, &refusal, &path),
            }
            self.problems.borrow_mut().append(problems);
        }
        all
    }
}

/// The modules that a file calls, each with its local source; nothing else of the file is parsed
fn calls(text: &str, id: FileId) -> Vec<(String, String)> {
    if !text.contains("module") {
        return Vec::new();
    }
    let parts = parts(text).into_iter().filter(|part| part.contains("module"));
    parts.flat_map(|part| sources_of(&items(part, id).0)).collect()
}

fn sources_of(items: &[Item]) -> Vec<(String, String)> {
    let source = |item: &Item| {
        let Item::Block(_, block) = item else { return None };
        let (true, [label]) = (block.ident.as_str() == "module", block.labels.as_slice()) else {
            return None;
        };
        let Expression::String(source) = &block.body.get_attribute("source")?.value else { return None };
        source.value().starts_with('.').then(|| (label.as_str().to_owned(), source.value().clone()))
    };
    items.iter().filter_map(source).collect()
}

/// The values of variables that a file gives
fn values(text: &str, id: FileId, name: &str) -> (Vec<(Place, Body)>, Problems) {
    if name.ends_with(".json") {
        let (body, problems) = json_syntax::values(text, id);
        return (body.into_iter().collect(), problems);
    }
    let (items, problems) = items(text, id);
    let values = items.into_iter().filter_map(|item| match item {
        Item::Attributes(place, body) => Some((place, *body)),
        Item::Block(..) | Item::Broken(..) => None,
    });
    (values.collect(), problems)
}

/// Notes why a file of the input was not read
fn refused(problems: &mut Problems, refusal: &Refusal, path: &str) {
    match refusal {
        Refusal::Absent => {
            problems
                .of_file(ProblemKind::Unreadable, "there is no such file", path)
                .help("check the path; it is relative to the current folder");
        }
        Refusal::Outside => {
            problems
                .of_file(ProblemKind::Unreadable, "this file lies outside the folder that was named", path)
                .help("name a folder that holds it, or allow it with `--allow-outside`");
        }
        Refusal::Unreadable { kind, message, help } => {
            problems.of_file(*kind, message.as_str(), path).help(*help);
        }
    }
}
