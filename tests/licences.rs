//! Every crate that gatecrash is built from has a permissive licence. Reads `cargo metadata`, which may need the
//! registry, so it does not run by default; `.ci/run` runs it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::root;

/// Licences that ask for no more than notices
static PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

#[test]
#[ignore = "needs the registry's index; .ci/run runs it"]
fn every_dependency_has_a_permissive_licence() {
    let mut refused = Vec::new();
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"].map(|path| root().join(path)) {
        if manifest.exists() {
            refused.extend(packages(&manifest).into_iter().filter(|(_, licence)| !permissive(licence)));
        }
    }
    assert!(refused.is_empty(), "not permissive: {refused:#?}");
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    for fine in ["MIT", "MIT OR GPL-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "MIT/Apache-2.0"] {
        assert!(permissive(fine), "{fine}");
    }
    for refused in
        ["", "AGPL-3.0", "MIT AND GPL-2.0", "(MIT OR ISC) AND LGPL-3.0", "MPL-2.0", "MIT OR", "(MIT"]
    {
        assert!(!permissive(refused), "{refused}");
    }
}

/// Every package that a manifest brings in, with its licence
fn packages(manifest: &Path) -> Vec<(String, String)> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(!packages.is_empty());
    let field = |package: &Value, field: &str| package[field].as_str().unwrap_or("").to_owned();
    packages.iter().map(|package| (field(package, "name"), field(package, "license"))).collect()
}

/// Whether an SPDX expression leaves a permissive choice: `OR` needs one, `AND` needs all
fn permissive(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any(&mut rest) == Some(true) && rest.is_empty()
}

fn any(rest: &mut &[&str]) -> Option<bool> {
    let mut holds = all(rest)?;
    while let Some(("OR", tail)) = rest.split_first().map(|(word, tail)| (*word, tail)) {
        *rest = tail;
        holds |= all(rest)?;
    }
    Some(holds)
}

fn all(rest: &mut &[&str]) -> Option<bool> {
    let mut holds = one(rest)?;
    while let Some(("AND", tail)) = rest.split_first().map(|(word, tail)| (*word, tail)) {
        *rest = tail;
        holds &= one(rest)?;
    }
    Some(holds)
}

fn one(rest: &mut &[&str]) -> Option<bool> {
    let (word, tail) = rest.split_first()?;
    *rest = tail;
    if *word == "(" {
        let holds = any(rest)?;
        let (close, tail) = rest.split_first()?;
        *rest = tail;
        return (*close == ")").then_some(holds);
    }
    let mut licence = (*word).to_owned();
    if let Some(("WITH", [exception, tail @ ..])) = rest.split_first().map(|(word, tail)| (*word, tail)) {
        licence = format!("{licence} WITH {exception}");
        *rest = tail;
    }
    Some(PERMISSIVE.contains(&licence.as_str()))
}
