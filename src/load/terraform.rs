//! Raw Terraform: a folder of `.tf` files to [`crate::world::pieces::Pieces`].
//!
//! The way: text to blocks (`syntax`, `folder`), blocks to evaluated [`instance::Instance`]s (`module`, `instances`,
//! `expression`), instances to pieces (`resources`). What an attribute that AWS makes reads like is a table
//! (`attributes`).

use std::collections::BTreeSet;

use hcl_edit::expr::Expression;

use crate::load::Options;
use crate::load::fs::{Files, Found, Root, join};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Sources;
use crate::world::pieces::{Pieces, Tally};

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

#[cfg(test)]
mod console;
#[cfg(test)]
mod tests;

use folder::Library;
use instance::Configuration;
use module::{ModuleId, Workspace};

/// How many instances one root module may have
const INSTANCES: usize = 100_000;

/// Evaluates every root module among the named inputs, each with its folder; how many files were read comes last
pub(super) fn evaluate(
    files: &Files,
    inputs: &[String],
    options: &Options,
) -> (Vec<(String, Configuration)>, Sources, Problems, usize) {
    let (roots, mut problems) = files.roots_beside(inputs, folder::is_terraform, super::may_be_recorded);
    let library = Library::new(files, options);
    let called = called(&library, &roots);
    let mut all = Vec::new();
    for root in &roots {
        // What another root calls is no root of its own, unless the user names it.
        if root.found == Found::Below && called.contains(&(root.fence.clone(), root.folder.clone())) {
            continue;
        }
        let (configuration, found) = configuration(&library, root);
        problems.append(found);
        all.push((root.folder.clone(), configuration));
    }
    let count = library.count();
    problems.append(library.problems.take());
    (all, library.sources.take(), problems, count)
}

/// The folders that some root calls as a module, each with the fence of that root
fn called(library: &Library<'_>, roots: &[Root]) -> BTreeSet<(String, String)> {
    let mut called = BTreeSet::new();
    for root in roots.iter().filter(|_| roots.len() > 1) {
        let folder = library.folder(&root.folder, root);
        for written in folder.calls.values().filter_map(|at| folder.block(*at)) {
            if let Some((_, attribute)) = written.attribute("source")
                && let Expression::String(source) = &attribute.value
                && source.value().starts_with('.')
            {
                let path = join(&root.folder, source.value());
                if path != root.folder {
                    called.insert((root.fence.clone(), path));
                }
            }
        }
    }
    called
}

/// Evaluates one root module
fn configuration(library: &Library<'_>, root: &Root) -> (Configuration, Problems) {
    let workspace = Workspace::new(library, root);
    let mut instances = Vec::new();
    collect(&workspace, 0, &mut instances);
    instances.sort_by(|a, b| a.address.cmp(&b.address));
    let mut absent_modules = workspace.absent.take();
    absent_modules.sort_by(|a, b| (&a.address, a.span).cmp(&(&b.address, b.span)));
    let mut accounts = workspace.accounts.take();
    accounts.sort_by(|a, b| (&a.account, &a.from, a.span).cmp(&(&b.account, &b.from, b.span)));
    let configuration = Configuration {
        instances,
        accounts,
        assumptions: workspace.assumptions.take().into_iter().collect(),
        absent_modules,
        tally: Tally::default(),
    };
    (configuration, workspace.notes.take())
}

/// Every instance of a module and of the modules it calls
fn collect(workspace: &Workspace<'_>, module: ModuleId, instances: &mut Vec<instance::Instance>) {
    let here = workspace.module(module);
    for block in here.folder.resources.values() {
        let count = workspace.expansion(module, *block).repetitions.len();
        for which in 0..count {
            if instances.len() >= INSTANCES {
                let span = here.folder.block(*block).map(|written| written.span());
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
            instances.extend(workspace.instance(module, *block, which).map(|instance| (*instance).clone()));
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
        assumptions,
        tally,
        absent_modules,
    } = more;
    all.declared.extend(declared);
    all.managed.extend(managed);
    all.attachments.extend(attachments);
    all.memberships.extend(memberships);
    all.wirings.extend(wirings);
    all.accounts.extend(accounts);
    all.assumptions.extend(assumptions);
    all.absent_modules.extend(absent_modules);
    all.tally.concrete += tally.concrete;
    all.tally.symbolic += tally.symbolic;
    all.tally.unknown += tally.unknown;
}
