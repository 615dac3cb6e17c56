//! Opening input: folders, files and globs, on disk or in memory. The only code that touches the machine.
//!
//! Knows: paths, text, and which folder the user named. Must not know: any syntax. What lies outside the named
//! folder is read only where the user allows it: input is untrusted, and `file("../../.ssh/id_rsa")` is input.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::load::Outside;
use crate::problem::{ProblemKind, Problems};

pub mod fetched;
mod tree;

/// Largest file that is read
pub const LARGEST: u64 = 16 * 1024 * 1024;
/// How deep folders are searched
const DEPTH: usize = 32;
/// How many folders are searched
const FOLDERS: usize = 20_000;

/// Where input lies
#[derive(Clone, Debug)]
pub enum Files {
    /// On disk
    Disk,
    /// In memory: what a file holds, by path
    Memory(BTreeMap<String, Vec<u8>>),
}

/// Why a file was not read
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such file
    Absent,
    /// It lies outside the folder that the user named
    Outside,
    /// It could not be opened, is not text, or is too large
    Unreadable {
        /// `Unreadable` or `Limit`
        kind: ProblemKind,
        /// What is wrong: a fragment
        message: String,
        /// What to do about it
        help: &'static str,
    },
}

/// A folder that holds files of a format, to be read as one
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// The folder
    pub folder: String,
    /// The folder that the user named: nothing outside it is read
    pub fence: String,
    /// The only files to read of it, where the user named files; all otherwise
    pub only: Option<BTreeSet<String>>,
    /// Whether the user named it, or it was found below a named folder
    pub found: Found,
}

/// How a root came up
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// The user named it
    Named,
    /// It lies below a named folder
    Below,
}

/// Joins a relative path to a folder and takes out `.` and `..`; an absolute path stays
#[must_use]
pub fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/');
    let whole = if absolute { path.to_owned() } else { format!("{folder}/{path}") };
    let rooted = whole.starts_with('/') && (absolute || !folder.is_empty());
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

/// The way from one folder to another, as Terraform writes it: `.`, `modules/x`, `../x`
#[must_use]
pub fn relative(from: &str, to: &str) -> String {
    let split = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (split(from), split(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let parts: Vec<String> = up.chain(to.into_iter().skip(common)).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => "",
    }
}

/// The folder as the machine wants it: the empty path is the current one
fn on_disk(path: &str) -> &Path {
    Path::new(if path.is_empty() { "." } else { path })
}

fn as_text(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    join("", &text)
}

impl Files {
    /// The names of the files in a folder with this ending, sorted; links only where they are followed
    fn names(&self, folder: &str, problems: &mut Problems) -> (Vec<String>, Vec<String>) {
        let (mut files, mut folders) = (BTreeSet::new(), BTreeSet::new());
        match self {
            Self::Memory(all) => {
                let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
                let below = all.range(prefix.clone()..).map_while(|(path, _)| path.strip_prefix(&prefix));
                for rest in below {
                    match rest.split_once('/') {
                        None => files.insert(rest.to_owned()),
                        Some((below, _)) => folders.insert(below.to_owned()),
                    };
                }
            }
            Self::Disk => {
                #[expect(clippy::disallowed_methods, reason = "this is the file that lists folders")]
                let entries = match std::fs::read_dir(on_disk(folder)) {
                    Ok(entries) => entries,
                    Err(error) => {
                        let message = format!("this folder cannot be listed: {}", plain(&error));
                        problems
                            .of_file(ProblemKind::Unreadable, message, folder)
                            .help("check its permissions; nothing in it was read");
                        return (Vec::new(), Vec::new());
                    }
                };
                for entry in entries.flatten() {
                    let path = entry.path();
                    let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                        problems
                            .of_file(ProblemKind::Unreadable, "this name is not text", as_text(&path))
                            .help("rename it in UTF-8; it was not read");
                        continue;
                    };
                    let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                    if path.is_dir() {
                        // A linked folder may lead round in a circle.
                        if !link {
                            folders.insert(name);
                        }
                    } else {
                        files.insert(name);
                    }
                }
            }
        }
        (files.into_iter().collect(), folders.into_iter().collect())
    }

    /// The files directly in a folder, by name, sorted
    #[must_use]
    pub fn list(&self, folder: &str) -> Vec<String> {
        self.names(folder, &mut Problems::default()).0
    }

    /// The text of a file without its byte order mark
    ///
    /// # Errors
    ///
    /// The file is not there, lies outside `fence`, or is no text.
    pub fn read(&self, path: &str, fence: &str, outside: Outside) -> Result<String, Refusal> {
        let text = String::from_utf8(self.bytes(path, fence, outside)?).map_err(|_| Refusal::Unreadable {
            kind: ProblemKind::Unreadable,
            message: "this file is not UTF-8 text".to_owned(),
            help: "save it as UTF-8; it was not read",
        })?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// The bytes of a file
    ///
    /// # Errors
    ///
    /// The file is not there, lies outside `fence`, or cannot be read.
    pub fn bytes(&self, path: &str, fence: &str, outside: Outside) -> Result<Vec<u8>, Refusal> {
        let real = self.allowed(path, fence, outside)?;
        match self {
            Self::Memory(all) => match all.get(path) {
                None => Err(Refusal::Absent),
                Some(bytes) if bytes.len() as u64 > LARGEST => Err(too_large()),
                Some(bytes) => Ok(bytes.clone()),
            },
            Self::Disk => read_disk(&real),
        }
    }

    /// Where a path leads, links followed
    fn allowed(&self, path: &str, fence: &str, outside: Outside) -> Result<PathBuf, Refusal> {
        match self {
            Self::Memory(_) => {
                let inside = fence.is_empty() || path == fence || path.starts_with(&format!("{fence}/"));
                let outside = outside == Outside::Refused && !inside;
                if outside { Err(Refusal::Outside) } else { Ok(PathBuf::from(path)) }
            }
            Self::Disk => {
                let real = on_disk(path).canonicalize();
                if outside == Outside::Refused {
                    // Links are followed first: a link inside may lead outside.
                    let fence = on_disk(fence).canonicalize();
                    let inside = match (&real, &fence) {
                        (Ok(real), Ok(fence)) => real.starts_with(fence),
                        (Err(_), Ok(_)) => !path.starts_with("..") && !path.starts_with('/'),
                        (_, Err(_)) => false,
                    };
                    if !inside {
                        return Err(Refusal::Outside);
                    }
                }
                real.map_err(|error| refuse(&error))
            }
        }
    }

    /// The folders to read as one, of what the user named: a file, a folder or a glob
    #[must_use]
    pub fn roots(&self, inputs: &[String], wanted: fn(&str) -> bool) -> (Vec<Root>, Problems) {
        self.roots_beside(inputs, wanted, |_| false)
    }

    /// The same, where another reader looks at the named files of another ending
    #[must_use]
    pub fn roots_beside(
        &self,
        inputs: &[String],
        wanted: fn(&str) -> bool,
        others: fn(&str) -> bool,
    ) -> (Vec<Root>, Problems) {
        let mut problems = Problems::default();
        let mut roots: BTreeMap<String, Root> = BTreeMap::new();
        for input in inputs {
            let paths = self.expand(input, &mut problems);
            for path in paths {
                if self.is_file(&path) {
                    let folder = parent(&path).to_owned();
                    let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                    if others(&name) {
                        continue;
                    }
                    if !wanted(&name) {
                        problems
                            .of_file(ProblemKind::Unreadable, "this is no input that gatecrash knows", path)
                            .help("name Terraform files (*.tf), plans or states (*.json, *.tfstate), or a folder that holds some");
                        continue;
                    }
                    let fence = folder.clone();
                    let root = roots.entry(folder.clone()).or_insert_with(|| Root {
                        folder,
                        fence,
                        only: Some(BTreeSet::new()),
                        found: Found::Named,
                    });
                    if let Some(only) = &mut root.only {
                        only.insert(name);
                    }
                } else {
                    self.below(&path, wanted, &mut roots, &mut problems);
                }
            }
        }
        (roots.into_values().collect(), problems)
    }

    fn is_file(&self, path: &str) -> bool {
        match self {
            Self::Memory(all) => all.contains_key(path),
            Self::Disk => on_disk(path).is_file(),
        }
    }

    /// A named input as paths; a glob may be several
    fn expand(&self, input: &str, problems: &mut Problems) -> Vec<String> {
        let Self::Disk = self else { return vec![join("", input)] };
        if Path::new(input).exists() {
            return vec![as_text(Path::new(input))];
        }
        let mut paths = BTreeSet::new();
        if input.contains(['*', '?', '['])
            && let Ok(found) = glob::glob(input)
        {
            paths.extend(found.flatten().map(|path| as_text(&path)));
        }
        if paths.is_empty() {
            problems
                .of_file(ProblemKind::Unreadable, "there is no such file or folder", input)
                .help("check the path; it is relative to the current folder");
        }
        paths.into_iter().collect()
    }

    /// Searches a folder: one that holds wanted files is a root, any other is descended into
    fn below(
        &self,
        named: &str,
        wanted: fn(&str) -> bool,
        roots: &mut BTreeMap<String, Root>,
        problems: &mut Problems,
    ) {
        let mut open = vec![(named.to_owned(), 0)];
        let mut seen = 0;
        while let Some((folder, depth)) = open.pop() {
            seen += 1;
            if depth > DEPTH || seen > FOLDERS {
                problems
                    .of_file(ProblemKind::Limit, "too many folders: the rest was not searched", folder)
                    .help("name the folders that hold the input");
                return;
            }
            let (files, folders) = self.names(&folder, problems);
            if files.iter().any(|name| wanted(name)) {
                let found = if depth == 0 { Found::Named } else { Found::Below };
                let root = Root { folder: folder.clone(), fence: named.to_owned(), only: None, found };
                // What is named more widely counts.
                let known = roots.entry(folder).or_insert_with(|| root.clone());
                if known.only.is_some() {
                    *known = root;
                }
                continue;
            }
            let visible = folders.into_iter().rev().filter(|name| !name.starts_with('.'));
            open.extend(visible.map(|name| (join(&folder, &name), depth + 1)));
        }
    }
}

/// A file that one of the named inputs is or holds
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// Its path
    pub path: String,
    /// The folder that the user named: nothing outside it is read
    pub fence: String,
    /// Whether the user named it, or it was found below a named folder
    pub found: Found,
}

/// Folders of other tools, which may hold any number of files
static NOT_SEARCHED: &[&str] = &["node_modules", "target", "vendor"];

impl Files {
    /// Every file with a wanted name among the named inputs and below them, by path
    #[must_use]
    pub fn candidates(&self, inputs: &[String], wanted: fn(&str) -> bool) -> (Vec<Candidate>, Problems) {
        let mut problems = Problems::default();
        let mut found: BTreeMap<String, Candidate> = BTreeMap::new();
        for path in inputs.iter().flat_map(|input| self.expand(input, &mut Problems::default())) {
            if self.is_file(&path) {
                let fence = parent(&path).to_owned();
                if wanted(path.rsplit('/').next().unwrap_or(&path)) {
                    found.insert(path.clone(), Candidate { path, fence, found: Found::Named });
                }
                continue;
            }
            let mut open = vec![(path.clone(), 0)];
            let mut seen = 0;
            while let Some((folder, depth)) = open.pop() {
                seen += 1;
                // The search for Terraform meets the same limit and says so.
                if depth > DEPTH || seen > FOLDERS {
                    break;
                }
                let (files, folders) = self.names(&folder, &mut problems);
                for name in files.into_iter().filter(|name| wanted(name)) {
                    let full = join(&folder, &name);
                    let fence = path.clone();
                    found.entry(full.clone()).or_insert(Candidate { path: full, fence, found: Found::Below });
                }
                let below = folders.into_iter().rev();
                let below =
                    below.filter(|name| !name.starts_with('.') && !NOT_SEARCHED.contains(&name.as_str()));
                open.extend(below.map(|name| (join(&folder, &name), depth + 1)));
            }
        }
        (found.into_values().collect(), problems)
    }
}

fn plain(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::PermissionDenied {
        return "permission denied".to_owned();
    }
    error.to_string()
}

fn refuse(error: &std::io::Error) -> Refusal {
    if error.kind() == std::io::ErrorKind::NotFound {
        return Refusal::Absent;
    }
    Refusal::Unreadable {
        kind: ProblemKind::Unreadable,
        message: format!("this file cannot be opened: {}", plain(error)),
        help: "check its permissions; it was not read",
    }
}

fn too_large() -> Refusal {
    Refusal::Unreadable {
        kind: ProblemKind::Limit,
        message: format!("this file is larger than {} MiB", LARGEST / 1024 / 1024),
        help: "it was not read",
    }
}

fn read_disk(path: &Path) -> Result<Vec<u8>, Refusal> {
    // A pipe or a device may never end.
    if !path.is_file() {
        return Err(Refusal::Unreadable {
            kind: ProblemKind::Unreadable,
            message: "this is not an ordinary file".to_owned(),
            help: "it was not read",
        });
    }
    #[expect(clippy::disallowed_methods, reason = "this is the file that opens files")]
    let file = std::fs::File::open(path).map_err(|error| refuse(&error))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| refuse(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(paths: &[&str]) -> Files {
        Files::Memory(paths.iter().map(|path| ((*path).to_owned(), Vec::new())).collect())
    }

    fn tf(name: &str) -> bool {
        name.ends_with(".tf")
    }

    #[test]
    fn paths_lose_their_dots() {
        assert_eq!(join("a/b", "./c"), "a/b/c");
        assert_eq!(join("a/b", "../c"), "a/c");
        assert_eq!(join("", "../c"), "../c");
        assert_eq!(join("..", "../c"), "../../c");
        assert_eq!(join("a", "/c/../../d"), "/d");
        assert_eq!(join("/a", "b"), "/a/b");
        assert_eq!(join("", "."), "");
    }

    #[test]
    fn the_way_between_folders_goes_up_and_down() {
        assert_eq!(relative("a", "a"), ".");
        assert_eq!(relative("a", "a/b/c"), "b/c");
        assert_eq!(relative("a/b", "a/c"), "../c");
    }

    #[test]
    fn a_folder_with_files_is_one_root_and_others_are_descended_into() {
        let files = memory(&["x/a/m.tf", "x/a/sub/m.tf", "x/b/c/m.tf", "x/.hidden/m.tf", "y/m.tf"]);
        let (roots, problems) = files.roots(&["x".into()], tf);
        let folders: Vec<&str> = roots.iter().map(|root| root.folder.as_str()).collect();
        assert_eq!(folders, ["x/a", "x/b/c"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn what_lies_outside_is_refused_unless_allowed() {
        let files = memory(&["x/m.tf", "secret"]);
        assert_eq!(files.read("secret", "x", Outside::Refused), Err(Refusal::Outside));
        assert_eq!(files.read("secret", "x", Outside::Allowed), Ok(String::new()));
        assert_eq!(files.read("x/none", "x", Outside::Refused), Err(Refusal::Absent));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_outside_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("in");
        std::fs::create_dir(&inside).expect("made");
        std::fs::write(folder.path().join("secret"), "x").expect("written");
        std::os::unix::fs::symlink(folder.path().join("secret"), inside.join("m.tf")).expect("linked");
        let fence = inside.to_string_lossy().into_owned();
        let path = format!("{fence}/m.tf");
        assert_eq!(Files::Disk.read(&path, &fence, Outside::Refused), Err(Refusal::Outside));
        assert_eq!(Files::Disk.read(&path, &fence, Outside::Allowed), Ok("x".into()));
    }

    #[test]
    fn what_is_not_there_is_one_broken_problem_with_its_path() {
        let (roots, problems) = Files::Disk.roots(&["no/such/place".into()], tf);
        assert!(roots.is_empty());
        assert!(problems.broken());
        assert_eq!(problems.iter().next().and_then(|p| p.path.as_deref()), Some("no/such/place"));
    }

    #[test]
    fn what_is_not_utf8_is_unreadable_and_a_byte_order_mark_is_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let fence = folder.path().to_string_lossy().into_owned();
        std::fs::write(folder.path().join("a.tf"), [0xff, 0xfe]).expect("written");
        std::fs::write(folder.path().join("b.tf"), "\u{feff}x = 1").expect("written");
        let read = |name: &str| Files::Disk.read(&format!("{fence}/{name}"), &fence, Outside::Refused);
        assert!(matches!(read("a.tf"), Err(Refusal::Unreadable { .. })));
        assert_eq!(read("b.tf"), Ok("x = 1".into()));
    }
}
