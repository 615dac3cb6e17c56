//! Modules that `terraform init` fetched, and files that the user named: what is on this machine only, taken from here for an
//! input that is read from elsewhere.
//!
//! Must not know: where the rest of the input comes from, or what a manifest says.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::{Files, join, parent};
use crate::load::Outside;

/// Where Terraform puts what it fetches, below a root module
const FETCHED: &str = ".terraform/modules";

/// Adds what was fetched for the folders of these files, from below the named folder alone; gives back for which
pub fn add(files: &mut BTreeMap<String, Vec<u8>>, fence: &str) -> Vec<String> {
    let endings = [".tf", ".tf.json", ".tofu", ".tofu.json"];
    let is_terraform = |path: &&String| endings.iter().any(|ending| path.ends_with(ending));
    let folders: BTreeSet<String> =
        files.keys().filter(is_terraform).map(|path| parent(path).to_owned()).collect();
    let mut found = Vec::new();
    for folder in folders {
        let fetched = join(&folder, FETCHED);
        let Ok(paths) = Files::Disk.tree(&fetched, fence, Outside::Refused) else { continue };
        let mut some = paths.into_iter().filter_map(|path| {
            let path = join(&fetched, &path);
            let bytes = Files::Disk.bytes(&path, fence, Outside::Refused).ok()?;
            Some((path, bytes))
        });
        let Some(first) = some.next() else { continue };
        files.extend(std::iter::once(first).chain(some));
        found.push(fetched);
    }
    found
}

/// Adds a file that the user named and that may lie anywhere; whether there is one
pub fn add_named(files: &mut BTreeMap<String, Vec<u8>>, path: &str) -> Option<()> {
    let path = join("", path);
    if let Entry::Vacant(free) = files.entry(path.clone()) {
        free.insert(Files::Disk.bytes(&path, "", Outside::Allowed).ok()?);
    }
    Some(())
}
