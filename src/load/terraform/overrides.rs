//! Override files: what `override.tf` and `*_override.tf` change in the blocks of the other files of their folder.
//!
//! Knows: which block an override is of, and that it replaces an argument by its name and nested blocks by their type,
//! all of a type at once \[language/files/override\]. Must not know: any value. Both stay where they are written.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Structure};

use crate::load::terraform::folder::{self, Folder};
use crate::load::terraform::instance::Mode;
use crate::load::terraform::syntax::{Item, Place};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;

/// A block with its place, and what override files make of it
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    pub(super) place: Place,
    pub(super) block: &'a Block,
    changes: Option<&'a Changes>,
}

/// What override files change in one block
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Each override, in the order of the files: later ones count
    blocks: Vec<(Place, Box<Block>)>,
    /// An override that does not parse: nothing that the block says is certain
    unread: Option<Span>,
}

/// What override files change in the blocks of a folder, by the number of the block
#[derive(Debug, Default)]
pub(super) struct Overrides {
    changes: BTreeMap<usize, Changes>,
    /// An override of `locals` that does not parse
    locals: Option<Span>,
}

impl<'a> Written<'a> {
    /// The header of the block
    pub(super) fn span(&self) -> Span {
        self.place.header(self.block)
    }

    /// An argument, with the place that its places are counted from
    pub(super) fn attribute(&self, name: &str) -> Option<(Place, &'a Attribute)> {
        let changes = self.changes.map(|changes| changes.blocks.as_slice()).unwrap_or_default();
        let changed = changes.iter().rev();
        let mut changed =
            changed.filter_map(|(place, block)| Some((*place, block.body.get_attribute(name)?)));
        changed.next().or_else(|| Some((self.place, self.block.body.get_attribute(name)?)))
    }

    /// The nested blocks of a type
    pub(super) fn blocks(&self, name: &str) -> Vec<(Place, &'a Block)> {
        let structures = self.structures().into_iter();
        let block = |(place, structure): (Place, &'a Structure)| match structure {
            Structure::Block(block) if block.ident.as_str() == name => Some((place, block)),
            Structure::Block(_) | Structure::Attribute(_) => None,
        };
        structures.filter_map(block).collect()
    }

    /// All that the block says
    pub(super) fn structures(&self) -> Vec<(Place, &'a Structure)> {
        let mut all: Vec<(Place, &'a Structure)> =
            self.block.body.iter().map(|structure| (self.place, structure)).collect();
        for (place, block) in self.changes.iter().flat_map(|changes| &changes.blocks) {
            let replaced: BTreeSet<&str> = block.body.iter().map(named).collect();
            all.retain(|(_, structure)| !replaced.contains(named(structure)));
            all.extend(block.body.iter().map(|structure| (*place, structure)));
        }
        all
    }

    /// The place of an override that does not parse, where there is one
    pub(super) fn unread(&self) -> Option<Span> {
        self.changes.and_then(|changes| changes.unread)
    }
}

/// The name that an override goes by: a dynamic block is of the type that it makes
fn named(structure: &Structure) -> &str {
    match structure {
        Structure::Attribute(attribute) => attribute.key.as_str(),
        Structure::Block(block) => match (block.ident.as_str(), block.labels.first()) {
            ("dynamic", Some(label)) => label.as_str(),
            (name, _) => name,
        },
    }
}

impl Overrides {
    /// A block of the folder with what is changed in it
    pub(super) fn written<'a>(&'a self, at: usize, place: Place, block: &'a Block) -> Written<'a> {
        Written { place, block, changes: self.changes.get(&at) }
    }

    /// The place of an override of `locals` that does not parse: any local may have another value
    pub(super) fn locals(&self) -> Option<Span> {
        self.locals
    }
}

impl Folder {
    /// Takes over what override files say, in the order of their names; every other file was read before
    pub(super) fn override_with(&mut self, items: Vec<Item>, problems: &mut Problems) {
        for item in items {
            match item {
                Item::Block(place, block) => self.override_block(place, block, problems),
                Item::Broken(header, span) => self.broken_override(&header, span),
                Item::Attributes(..) => {}
            }
        }
    }

    fn override_block(&mut self, place: Place, block: Box<Block>, problems: &mut Problems) {
        let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
        let span = place.header(&block);
        match (block.ident.as_str(), labels.as_slice()) {
            ("locals", []) => {
                let names = folder::named(&block.body);
                for (name, _) in names.iter().filter(|(name, _)| !self.locals.contains_key(name)) {
                    nothing_below(&format!("local.{name}"), span, problems);
                }
                let at = self.add(Item::Block(place, block));
                self.locals.extend(names.into_iter().map(|(name, nth)| (name, (at, nth))));
            }
            // Each of its settings is looked for from the first such block on.
            ("terraform", []) => {
                let at = self.add(Item::Block(place, block));
                self.settings.insert(0, at);
            }
            (keyword, labels) => match self.overridden(keyword, labels, &block) {
                Some(at) => {
                    if block.body.has_attribute("depends_on") {
                        let message = "`depends_on` cannot be overridden";
                        refused(message, "move it to the block that this overrides", span, problems);
                    }
                    self.overrides.changes.entry(at).or_default().blocks.push((place, block));
                }
                // Providers without a name need no block [language/files/override].
                None if keyword == "provider" && !block.body.has_attribute("alias") => {
                    let at = self.add(Item::Block(place, block));
                    self.providers.push(at);
                }
                None => {
                    nothing_below(&[&[keyword], labels].concat().join("."), span, problems);
                    let at = self.add(Item::Block(place, block));
                    self.declare(at);
                }
            },
        }
    }

    /// The block with this header
    fn overridden(&self, keyword: &str, labels: &[&str], block: &Block) -> Option<usize> {
        match (keyword, labels) {
            ("variable", [name]) => self.variables.get(*name).copied(),
            ("output", [name]) => self.outputs.get(*name).copied(),
            ("module", [name]) => self.calls.get(*name).copied(),
            ("resource", [kind, name]) => self.resource(Mode::Managed, kind, name),
            ("data", [kind, name]) => self.resource(Mode::Data, kind, name),
            ("provider", [kind]) => self.providers.iter().copied().find(|at| {
                let known = self.block(*at);
                known.is_some_and(|known| {
                    let of_kind = known.block.labels.first().is_some_and(|label| label.as_str() == *kind);
                    of_kind && alias(known.block) == alias(block)
                })
            }),
            _ => None,
        }
    }

    fn broken_override(&mut self, header: &[String], span: Span) {
        let words: Vec<&str> = header.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["locals", ..] => self.overrides.locals = Some(span),
            [keyword, labels @ ..] => {
                let nothing = Block::new(hcl_edit::Ident::new_sanitized(keyword));
                match self.overridden(keyword, labels, &nothing) {
                    Some(at) => self.overrides.changes.entry(at).or_default().unread = Some(span),
                    None => self.broken.push((header.to_vec(), span)),
                }
            }
            [] => {}
        }
    }
}

/// The alias of a provider block
fn alias(block: &Block) -> Option<&str> {
    let Expression::String(alias) = &block.body.get_attribute("alias")?.value else { return None };
    Some(alias.value().as_str())
}

fn nothing_below(name: &str, span: Span, problems: &mut Problems) {
    let message = format!("this overrides `{name}`, which no other file declares");
    refused(&message, "declare it in a file that is no override file", span, problems);
}

fn refused(message: &str, help: &str, span: Span, problems: &mut Problems) {
    let help = format!("Terraform refuses it: {help}");
    problems.at(ProblemKind::NotUnderstood, Severity::Broken, message, span).help(help);
}
