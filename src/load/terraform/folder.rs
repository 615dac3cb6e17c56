//! The files of one folder as one module: what is declared, by name.
//!
//! Knows: which files and blocks make a module \[language/files\]. Must not know: any value.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use hcl_edit::structure::Body;

use crate::load::fs::{Files, Refusal, Root, join};
use crate::load::terraform::instance::Mode;
use crate::load::terraform::json_syntax;
use crate::load::terraform::overrides::{Overrides, Written};
use crate::load::terraform::syntax::{Item, Place, items};
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
    known: RefCell<BTreeMap<String, FileId>>,
    folders: RefCell<BTreeMap<(String, String), Rc<Folder>>>,
    count: RefCell<usize>,
}

/// What a folder declares; blocks are named by their number
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) path: String,
    items: Vec<Item>,
    pub(super) variables: BTreeMap<String, usize>,
    pub(super) outputs: BTreeMap<String, usize>,
    pub(super) locals: BTreeMap<String, usize>,
    pub(super) calls: BTreeMap<String, usize>,
    pub(super) providers: Vec<usize>,
    pub(super) settings: Vec<usize>,
    pub(super) resources: BTreeMap<(Mode, String, String), usize>,
    /// The headers of blocks that do not parse
    pub(super) broken: Vec<Vec<String>>,
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

    /// Whether a block that does not parse has this header
    pub(super) fn is_broken(&self, header: &[&str]) -> bool {
        self.broken.iter().any(|words| words.iter().map(String::as_str).eq(header.iter().copied()))
    }

    /// Whether some block of this kind does not parse
    pub(super) fn breaks(&self, keyword: &str) -> bool {
        self.broken.iter().any(|words| words.first().is_some_and(|word| word == keyword))
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
            Item::Broken(header, _) => {
                self.broken.push(header.clone());
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
                self.resources.insert((Mode::Managed, kind, name), at)
            }
            ("data", Some(kind), Some(name), None) => self.resources.insert((Mode::Data, kind, name), at),
            ("provider", Some(_), None, _) => {
                self.providers.push(at);
                None
            }
            ("terraform", None, ..) => {
                self.settings.push(at);
                None
            }
            ("locals", None, ..) => {
                for attribute in block.body.attributes() {
                    self.locals.insert(attribute.key.as_str().to_owned(), at);
                }
                None
            }
            _ => None,
        };
        before.map(|_| place.header(block))
    }
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

fn role(name: &str) -> Role {
    let overrides = |name: &str| name == "override.tf" || name.ends_with("_override.tf");
    if overrides(name) {
        Role::Overrides
    } else if name.strip_suffix(".json").is_some_and(overrides) {
        Role::JsonOverrides
    } else if name.ends_with(".tf") {
        Role::Blocks
    } else if name.ends_with(".tf.json") {
        Role::JsonBlocks
    } else if name == "terraform.tfvars.json" || name.ends_with(".auto.tfvars.json") {
        Role::JsonValues
    } else if name == "terraform.tfvars" || name.ends_with(".auto.tfvars") {
        Role::Values
    } else {
        Role::None
    }
}

/// Whether a file makes its folder a root module
pub(super) fn is_terraform(name: &str) -> bool {
    matches!(role(name), Role::Blocks | Role::JsonBlocks)
}

impl<'a> Library<'a> {
    pub(super) fn new(files: &'a Files, options: &'a Options) -> Self {
        Self {
            files,
            options,
            sources: RefCell::default(),
            problems: RefCell::default(),
            known: RefCell::default(),
            folders: RefCell::default(),
            count: RefCell::default(),
        }
    }

    /// How many files of Terraform were read
    pub(super) fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// A file with its text; it is added to the sources once
    ///
    /// # Errors
    ///
    /// It is not there, lies outside the fence, or is no text.
    pub(super) fn text(
        &self,
        path: &str,
        fence: &str,
        outside: Outside,
    ) -> Result<(FileId, String), Refusal> {
        let text = self.files.read(path, fence, outside)?;
        if let Some(id) = self.known.borrow().get(path) {
            return Ok((*id, text));
        }
        let id = self.sources.borrow_mut().add(path, text.clone());
        self.known.borrow_mut().insert(path.to_owned(), id);
        Ok((id, text))
    }

    /// The text that stands at a place
    pub(super) fn source(&self, span: Span) -> String {
        let sources = self.sources.borrow();
        sources.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("").to_owned()
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
        for name in self.files.list(path) {
            let only = root.only.as_ref().filter(|_| path == root.folder);
            if only.is_some_and(|only| !only.contains(&name)) {
                continue;
            }
            let role = role(&name);
            if matches!(role, Role::None) {
                continue;
            }
            let full = join(path, &name);
            let (id, text) = match self.text(&full, &root.fence, self.options.outside) {
                Ok(read) => read,
                Err(refusal) => {
                    refused(&mut problems, &refusal, &full);
                    continue;
                }
            };
            *self.count.borrow_mut() += 1;
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
