//! The seeds of the fuzz targets, and what the targets found, replayed: no input that was ever of interest breaks a law.

use gatecrash::fuzz::targets;

use crate::program::{entries, root, text};

type Target = fn(&[u8]);

/// Each target with its folder of seeds; what it found stands in `corpus/found` below the same name
static TARGETS: &[(&str, Target)] = &[
    ("condition_values", targets::condition_values),
    ("decide", targets::decide),
    ("policy_json", targets::policy_json),
    ("policy_variables", targets::policy_variables),
    ("terraform", targets::terraform),
    ("terraform_json", targets::terraform_json),
    ("wildcard", targets::wildcard),
];

#[test]
fn seeds_and_what_was_found_hold() {
    for (name, target) in TARGETS {
        let seeds = entries(&root().join("corpus/fuzz").join(name));
        assert!(seeds.len() >= 10, "{name} has too few seeds");
        let found = root().join("corpus/found").join(name);
        let found = if found.is_dir() { entries(&found) } else { Vec::new() };
        for seed in seeds.iter().chain(&found) {
            println!("{}", seed.display());
            target(text(seed).as_bytes());
        }
    }
}

#[test]
fn every_target_is_built_and_documented() {
    let manifest = text(&root().join("fuzz/Cargo.toml"));
    let readme = text(&root().join("fuzz/README.md"));
    for (name, _) in TARGETS {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name} is not in the manifest"
        );
        assert!(readme.contains(&format!("| `{name}` |")), "{name} is not in the table");
    }
}
