//! Raw Terraform: a folder of `.tf` files to [`crate::world::pieces::Pieces`].
//!
//! The way: text to blocks (`syntax`, `folder`), blocks to evaluated [`instance::Instance`]s (`module`, `instances`,
//! `expression`), instances to pieces (`resources`). What an attribute that AWS makes reads like is a table
//! (`attributes`).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::load::Options;
use crate::load::fs::{Files, Found, Root, join};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Sources;
use crate::world::pieces::{AbsentModule, Pieces, Tally};

pub mod attributes;
mod carriers;
mod compare;
mod expression;
mod folder;
mod functions;
pub mod instance;
mod instances;
mod json_syntax;
mod manifest;
mod module;
mod notes;
mod overrides;
pub mod policy_document;
mod provider;
mod reference;
mod repair;
pub mod resources;
pub(super) mod roots;
pub mod syntax;
mod template;
mod variable;
mod yaml;

#[cfg(test)]
mod console;
#[cfg(test)]
mod tests;

pub(super) use carriers::carries_rights;
use folder::Library;
use instance::Configuration;
use module::{ModuleId, Workspace};

/// How many instances one root module may have
const INSTANCES: usize = 100_000;

/// The root modules among the named inputs, evaluated one after the other
pub(super) struct Terraform<'a> {
    library: Library<'a>,
    roots: Vec<Root>,
}

impl<'a> Terraform<'a> {
    /// Finds the roots; what they are read from is added to the sources
    pub(super) fn new(
        files: &'a Files,
        inputs: &[String],
        options: &'a Options,
        sources: Sources,
    ) -> (Self, Problems) {
        let (mut roots, problems) = files.roots_beside(inputs, folder::is_terraform, super::may_be_recorded);
        let library = Library::new(files, options, sources);
        if roots.len() > 1 {
            let mut called = BTreeSet::new();
            for root in &roots {
                let paths = library.called(root).into_iter().map(|source| join(&root.folder, &source));
                let others = paths.filter(|path| *path != root.folder);
                called.extend(others.map(|path| (root.fence.clone(), path)));
            }
            // What another root calls is no root of its own, unless the user names it.
            roots.retain(|root| {
                root.found == Found::Named || !called.contains(&(root.fence.clone(), root.folder.clone()))
            });
        }
        (Self { library, roots }, problems)
    }

    /// The roots, in the order of their folders
    pub(super) fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// Evaluates one root module
    pub(super) fn evaluate(&self, root: &Root) -> (Configuration, Problems) {
        let evaluated = configuration(&self.library, root);
        self.library.forget(root);
        evaluated
    }

    /// Whether some root reads this file
    pub(super) fn reads(&self, path: &str) -> bool {
        self.library.knows(path)
    }

    /// All text that was read, what went wrong, and how many files of Terraform there are
    pub(super) fn finish(self) -> (Sources, Problems, usize) {
        let count = self.library.count();
        (self.library.sources.take(), self.library.problems.take(), count)
    }
}

/// Evaluates one root module
fn configuration(library: &Library<'_>, root: &Root) -> (Configuration, Problems) {
    let workspace = Workspace::new(library, root);
    let mut instances = Vec::new();
    collect(&workspace, 0, &mut instances);
    // Nothing refers to them any more: each is taken, not copied.
    workspace.forget();
    let taken = instances.into_iter().map(Rc::unwrap_or_clone);
    let mut instances: Vec<instance::Instance> = taken.collect();
    instances.sort_by(|a, b| a.address.cmp(&b.address));
    let (mut absent_modules, mut unread) = (workspace.absent.take(), Vec::new());
    for module in workspace.modules.borrow().iter() {
        for (header, span) in &module.folder.broken {
            if let [keyword, name, ..] = header.as_slice()
                && keyword == "module"
            {
                let address = format!("{}module.{name}", module.prefix);
                absent_modules.push(AbsentModule { address, source: "unknown".to_owned(), span: *span });
            }
            unread.push((header.clone(), *span));
        }
    }
    unread.sort();
    unread.dedup();
    absent_modules.sort_by(|a, b| (&a.address, a.span).cmp(&(&b.address, b.span)));
    let mut accounts = workspace.accounts.take();
    accounts.sort_by(|a, b| (&a.account, &a.from, a.span).cmp(&(&b.account, &b.from, b.span)));
    let configuration = Configuration {
        instances,
        accounts,
        assumptions: workspace.assumptions.take().into_iter().collect(),
        absent_modules,
        unread,
        tally: Tally::default(),
    };
    (configuration, workspace.notes.take())
}

/// Every instance of a module and of the modules it calls
fn collect(workspace: &Workspace<'_>, module: ModuleId, instances: &mut Vec<Rc<instance::Instance>>) {
    let here = workspace.module(module);
    for block in here.folder.resources() {
        let count = workspace.expansion(module, block).repetitions.len();
        for which in 0..count {
            if instances.len() >= INSTANCES {
                let span = here.folder.block(block).map(|written| written.span());
                let mut problems = Problems::default();
                if let Some(span) = span {
                    let message = format!("this configuration has more than {INSTANCES} resources");
                    problems
                        .at(ProblemKind::Limit, Severity::Broken, message, span)
                        .help("read its parts on their own; what follows is missing from answers");
                }
                workspace.notes.append(problems);
                return;
            }
            instances.extend(workspace.instance(module, block, which));
        }
    }
    // A module's depth is bounded: none calls itself, and their number has a limit.
    for block in here.folder.calls.values() {
        let count = workspace.expansion(module, *block).repetitions.len();
        for which in 0..count {
            if let Some(child) = workspace.child(module, *block, which) {
                collect(workspace, child, instances);
            }
        }
    }
}

/// Adds the pieces of one configuration to those of others
pub(super) fn append(all: &mut Pieces, more: Pieces) {
    let Pieces {
        declared,
        managed,
        attachments,
        memberships,
        wirings,
        accounts,
        places,
        assumptions,
        tally,
        absent_modules,
        organization,
        buckets,
    } = more;
    all.declared.extend(declared);
    all.managed.extend(managed);
    all.attachments.extend(attachments);
    all.memberships.extend(memberships);
    all.wirings.extend(wirings);
    all.accounts.extend(accounts);
    all.places.extend(places);
    all.assumptions.extend(assumptions);
    all.absent_modules.extend(absent_modules);
    all.buckets.blocks.extend(buckets.blocks);
    all.buckets.ownership.extend(buckets.ownership);
    all.buckets.lists.extend(buckets.lists);
    all.organization.members.extend(organization.members);
    all.organization.policies.extend(organization.policies);
    all.organization.idle.extend(organization.idle);
    all.organization.attached.extend(organization.attached);
    all.tally.concrete += tally.concrete;
    all.tally.symbolic += tally.symbolic;
    all.tally.unknown += tally.unknown;
}
