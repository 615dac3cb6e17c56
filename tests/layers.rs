//! The layers of `ARCHITECTURE.md`, held: no file uses a higher layer, only the edge touches the machine, and
//! every file opens by saying what it is. Code under `#[cfg(test)]` may look up: a lower layer is often proved
//! with a higher one's strategies.

use std::path::{Path, PathBuf};

use crate::program::{entries, root, text};

/// Each top-level module with its layer; a file uses its own module and lower layers
static LAYERS: &[(&str, u8)] = &[
    ("source", 0),
    ("text", 0),
    ("node", 0),
    ("problem", 0),
    ("cause", 0),
    ("aws", 1),
    ("policy", 2),
    ("eval", 3),
    ("world", 4),
    ("load", 5),
    ("reach", 6),
    ("assertion", 7),
    ("fuzz", 7),
    ("session", 8),
    ("report", 8),
    ("tui", 9),
    ("cli", 10),
];

/// What only the edge may touch: files, environment, clock, threads, other programs, the network
static MACHINE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::thread",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "UnixStream",
];

/// The files that are the edge
static EDGE: &[&str] = &["load/fs.rs", "cli.rs", "cli/", "main.rs", "tui.rs", "tui/edge/"];

#[test]
fn no_file_uses_a_higher_layer() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        broken.extend(upward(&path, &text).into_iter().map(|module| format!("{path} uses {module}")));
    }
    assert!(broken.is_empty(), "upward imports: {broken:#?}");
}

#[test]
fn a_planted_upward_import_is_found() {
    for planted in [
        "use crate::reach::Graph;",
        "use crate::{policy::Policy, reach};",
        "use crate::{\n    aws,\n    world::{kind::Kind, pieces},\n};",
        "fn f() -> crate::load::Loaded { todo() }",
        "use super::report;",
        "use crate::unheard_of::Thing;",
    ] {
        assert!(!upward("eval/decide.rs", planted).is_empty(), "not found: {planted}");
    }
    for fine in [
        "use crate::policy::{Policy, Statement};",
        "use crate::{aws::arn::Arn, eval::truth::Truth};",
        "/// Higher up, [`crate::reach`] uses this",
        "#[cfg(test)]\nmod tests {\n    use crate::load::json;\n}",
    ] {
        assert_eq!(upward("eval/decide.rs", fine), Vec::<String>::new(), "wrongly found: {fine}");
    }
}

#[test]
fn only_the_edge_touches_the_machine() {
    let mut broken = Vec::new();
    for (path, text) in sources() {
        if EDGE.iter().any(|edge| path.starts_with(edge)) {
            continue;
        }
        let code = code(&text);
        broken.extend(MACHINE.iter().filter(|word| code.contains(**word)).map(|word| (path.clone(), *word)));
    }
    assert!(broken.is_empty(), "the core is pure, but: {broken:#?}");
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    let silent: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "no `//!` paragraph at the top of {silent:?}");
}

#[test]
fn modules_with_files_below_them_stand_beside_their_folder() {
    let old: Vec<_> =
        sources().into_iter().map(|(path, _)| path).filter(|path| path.ends_with("mod.rs")).collect();
    assert!(old.is_empty(), "`foo.rs` beside `foo/`, never {old:?}");
}

/// Every source file: its path below `src` and its text
fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut folders = vec![src.clone()];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 20, "the source was not found");
    let name = |path: &Path| path.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
    files.iter().map(|path| (name(path), text(path))).collect()
}

/// The code of a file: without comments, and without what only tests see
fn code(text: &str) -> String {
    let code: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let tests = code
        .windows(2)
        .position(|pair| pair[0].trim() == "#[cfg(test)]" && pair[1].trim_start().starts_with("mod "))
        .unwrap_or(code.len());
    code[..tests].join("\n")
}

/// The modules that the file at `path` uses and must not
fn upward(path: &str, text: &str) -> Vec<String> {
    if matches!(path, "lib.rs" | "main.rs") || path.ends_with("/tests.rs") {
        return Vec::new();
    }
    let own = path.split(['/', '.']).next().unwrap_or(path);
    let layer_of = |module: &str| LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer);
    let Some(own_layer) = layer_of(own) else {
        return vec![format!("{own} has no layer: add it to the table")];
    };
    let may =
        |module: &str| module == own || layer_of(module).is_some_and(|layer| layer < own_layer || layer == 0);
    let code = code(text);
    let crates = uses(&code, "crate::").into_iter().filter(|module| !may(module));
    let supers =
        uses(&code, "super::").into_iter().filter(|module| layer_of(module).is_some() && !may(module));
    crates.chain(supers).collect()
}

/// The first names after a path's start: one, or those of a group in braces
fn uses(code: &str, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    let pieces: Vec<_> = code.split(start).collect();
    for (before, rest) in pieces.iter().zip(pieces.iter().skip(1)) {
        // `mycrate::` is another crate's path
        if before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let name = |text: &str| -> String {
            text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
        };
        let Some(group) = rest.strip_prefix('{') else {
            found.push(name(rest));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for letter in group.chars() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => found.push(name(std::mem::take(&mut item).trim())),
                _ if depth == 0 => item.push(letter),
                _ => {}
            }
        }
        found.push(name(item.trim()));
    }
    found.retain(|module| !module.is_empty() && module != "self");
    found
}
