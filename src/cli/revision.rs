//! The files of a revision of a git repository, in memory: nothing is checked out, nothing is written.
//!
//! `git` is run as a program, without a shell, and only to look: no hook, no filter and no network. Must not know: what is
//! in the files.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::exit::Stop;
use crate::load::Outside;
use crate::load::fs::{LARGEST, join};

/// Bytes that are held at most
const MOST: u64 = 512 * 1024 * 1024;
/// Links to links that are followed
const LINKS: usize = 8;

/// What a revision has below a path
pub(super) struct Revision {
    /// By path, as seen from the current folder
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// What was left out, and why: fragments
    pub(super) notes: Vec<String>,
}

/// What a revision lists
struct Listed {
    mode: String,
    object: String,
    path: String,
}

impl Revision {
    /// Reads what `revision` has below `path`, or all that it has where files outside may be read
    pub(super) fn read(path: &Path, revision: &str, outside: Outside) -> Result<Self, Stop> {
        if revision.is_empty() || revision.starts_with('-') {
            return Err(Stop::usage(format!("`{revision}` is no revision"))
                .help("name a commit, branch or tag, as in --git main"));
        }
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if !folder.is_dir() {
            return Err(Stop::usage(format!("there is no folder `{}`", folder.display()))
                .help("name a folder of the work tree, or a file in one"));
        }
        let git = Git { folder: folder.to_owned() };
        let prefix = git.line(&["rev-parse", "--show-prefix"])?.ok_or_else(|| {
            Stop::usage(format!("`{}` is in no git repository", folder.display()))
                .help("compare two folders: gatecrash diff BEFORE AFTER")
        })?;
        let asked = format!("{revision}^{{commit}}");
        let commit = git
            .line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &asked])?
            .filter(|commit| !commit.is_empty())
            .ok_or_else(|| {
                Stop::usage(format!("the repository has no revision `{revision}`"))
                    .help("`git log` lists commits; a shallow clone may lack it: fetch it first")
            })?;
        let name =
            path.file_name().filter(|_| !path.is_dir()).map(|name| name.to_string_lossy().into_owned());
        let below = format!("{prefix}{}", name.as_deref().unwrap_or_default());
        let mut args = vec!["ls-tree", "-r", "-z", "--full-tree", commit.as_str()];
        if !below.is_empty() && outside == Outside::Refused {
            args.extend(["--", below.as_str()]);
        }
        let listing = git.bytes(&args)?.ok_or_else(|| {
            Stop::usage(format!("git does not list the files of `{revision}`"))
                .help("`git fsck` tells whether the repository is whole")
        })?;
        let mut notes = Vec::new();
        let mut listed = Vec::new();
        for entry in listing.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            match Listed::read(entry) {
                Some(one) if one.mode == "160000" => {
                    notes.push(format!("the submodule {} at {revision} is not read", one.path));
                }
                Some(one) => listed.push(one),
                None => notes.push(format!("a file at {revision} whose name is not text is not read")),
            }
        }
        let contents = git.contents(&listed, revision)?;
        let seen_from_here = |inside: &str| {
            let up = "../".repeat(prefix.matches('/').count());
            let way =
                inside.strip_prefix(prefix.as_str()).map_or_else(|| format!("{up}{inside}"), str::to_owned);
            join(&folder.to_string_lossy(), &way)
        };
        let mut files = BTreeMap::new();
        for one in &listed {
            match target(one, &listed, &contents) {
                Some(at) => {
                    files.extend(contents.get(at).map(|bytes| (seen_from_here(&one.path), bytes.clone())));
                }
                None => notes.push(format!("the link {} at {revision} is not followed", one.path)),
            }
        }
        Ok(Self { files, notes })
    }
}

/// The object that a path means: its own, or that of the file in the same tree that it links to
fn target<'l>(
    one: &'l Listed,
    listed: &'l [Listed],
    contents: &BTreeMap<String, Vec<u8>>,
) -> Option<&'l str> {
    let mut at = one;
    for _ in 0..LINKS {
        if at.mode != "120000" {
            return Some(&at.object);
        }
        let link = std::str::from_utf8(contents.get(&at.object)?).ok()?;
        if link.starts_with('/') {
            return None;
        }
        let folder = at.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = join(folder, link);
        let place = listed.binary_search_by(|listed| listed.path.as_str().cmp(&path)).ok()?;
        at = listed.get(place)?;
    }
    None
}

impl Listed {
    /// `100644 blob OBJECT<TAB>PATH`
    fn read(entry: &[u8]) -> Option<Self> {
        let (facts, path) = std::str::from_utf8(entry).ok()?.split_once('\t')?;
        let mut facts = facts.split(' ');
        let (mode, _, object) = (facts.next()?, facts.next()?, facts.next()?);
        Some(Self { mode: mode.to_owned(), object: object.to_owned(), path: path.to_owned() })
    }
}

/// git, run in a folder
struct Git {
    folder: PathBuf,
}

impl Git {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]).args(args);
        command.current_dir(&self.folder).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
        // Objects that a partial clone lacks would come over the network.
        for (name, value) in [
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_LITERAL_PATHSPECS", "1"),
        ] {
            command.env(name, value);
        }
        command
    }

    /// What it prints; nothing where it fails
    fn bytes(&self, args: &[&str]) -> Result<Option<Vec<u8>>, Stop> {
        let output = self.command(args).output().map_err(|error| absent(&error))?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// The one line that it prints
    fn line(&self, args: &[&str]) -> Result<Option<String>, Stop> {
        let bytes = self.bytes(args)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()))
    }

    /// What objects hold, each once; of one that is too large, so much that this shows
    fn contents(&self, listed: &[Listed], revision: &str) -> Result<BTreeMap<String, Vec<u8>>, Stop> {
        let broken = || {
            Stop::usage(format!("git does not hand out the files of `{revision}`"))
                .help("a partial or shallow clone may lack them: fetch them first")
        };
        let mut objects: Vec<&str> = listed.iter().map(|one| one.object.as_str()).collect();
        objects.sort_unstable();
        objects.dedup();
        let mut command = self.command(&["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).spawn().map_err(|error| absent(&error))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(broken());
        };
        let asked: String = objects.iter().map(|object| format!("{object}\n")).collect();
        let read = std::thread::scope(|scope| {
            // It answers while it is asked: one who only asks would wait for ever.
            scope.spawn(move || input.write_all(asked.as_bytes()));
            read_batch(&mut BufReader::new(output), objects.len())
        });
        let _ = child.kill();
        let _ = child.wait();
        match read {
            Some(Batch::Whole(contents)) => Ok(contents),
            Some(Batch::TooLarge) => Err(Stop::usage(format!(
                "the files of `{revision}` are larger than {} MiB together",
                MOST / 1024 / 1024
            ))
            .help("name a folder that holds less")),
            None => Err(broken()),
        }
    }
}

enum Batch {
    Whole(BTreeMap<String, Vec<u8>>),
    TooLarge,
}

/// Reads `OBJECT blob SIZE`, as many bytes, and a line break, for each object
fn read_batch(output: &mut impl std::io::BufRead, objects: usize) -> Option<Batch> {
    let mut contents = BTreeMap::new();
    let mut held = 0;
    for _ in 0..objects {
        let mut header = String::new();
        output.read_line(&mut header).ok()?;
        let mut facts = header.trim_end().split(' ');
        let (object, _, size) = (facts.next()?, facts.next()?, facts.next()?.parse::<u64>().ok()?);
        let kept = size.min(LARGEST + 1);
        held += kept;
        if held > MOST {
            return Some(Batch::TooLarge);
        }
        let mut bytes = Vec::new();
        output.by_ref().take(kept).read_to_end(&mut bytes).ok()?;
        // The rest, and the line break behind it.
        let rest = size - kept + 1;
        let skipped = std::io::copy(&mut output.by_ref().take(rest), &mut std::io::sink()).ok()?;
        if bytes.len() as u64 != kept || skipped != rest {
            return None;
        }
        contents.insert(object.to_owned(), bytes);
    }
    Some(Batch::Whole(contents))
}

fn absent(error: &std::io::Error) -> Stop {
    Stop::usage(format!("git cannot be run: {error}"))
        .help("install git, or compare two folders: gatecrash diff BEFORE AFTER")
}
