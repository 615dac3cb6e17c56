//! Files of the terminal UI: drafts and claims that are written, a text in an editor, and whether what was read changed.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Writes files, with the folders that they lie in
///
/// # Errors
/// What the system says of the first that cannot be written.
pub fn write(files: &[(PathBuf, String)]) -> Result<String, String> {
    for (path, text) in files {
        let said = |error: std::io::Error| format!("failed to write {}: {error}", path.display());
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(said)?;
        }
        fs::write(path, text).map_err(said)?;
    }
    let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    Ok(format!("wrote {}", names.join(", ")))
}

/// Adds text to a file, which begins with `head` where it is new
///
/// # Errors
/// What the system says.
pub fn append(path: &Path, text: &str, head: &str) -> Result<String, String> {
    let said = |error: std::io::Error| format!("failed to write {}: {error}", path.display());
    let is_new = !path.exists();
    let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(said)?;
    let text = if is_new { format!("{head}{text}") } else { text.to_owned() };
    file.write_all(text.as_bytes()).map_err(said)?;
    Ok(format!("wrote {}: R reads it", path.display()))
}

/// Lets a person edit a text in `$VISUAL` or `$EDITOR`; `None` where it was left as it was
///
/// # Errors
/// Where no editor is named, or it fails.
pub fn edit(text: &str) -> Result<Option<String>, String> {
    #[expect(clippy::disallowed_methods, reason = "the edge: which editor a person wants")]
    let named = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|one| !one.trim().is_empty()));
    let Some(named) = named else {
        return Err("no editor is named: set VISUAL or EDITOR".to_owned());
    };
    let said = |error: std::io::Error| format!("failed to hand over the text: {error}");
    // A file that nobody else could have put there, and that goes when this is over.
    let file = tempfile::Builder::new().prefix("gatecrash-").suffix(".json").tempfile().map_err(said)?;
    fs::write(file.path(), text).map_err(said)?;
    // `code --wait` is a program with arguments.
    let mut words = named.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Command::new(program).args(words).arg(file.path()).status();
    #[expect(clippy::disallowed_methods, reason = "the edge: what a person wrote just now")]
    let edited = fs::read_to_string(file.path()).map_err(said);
    match status {
        Ok(status) if status.success() => Ok(Some(edited?).filter(|edited| edited != text)),
        Ok(status) => Err(format!("`{named}` ended with {status}: no edit")),
        Err(error) => Err(format!("failed to start `{named}`: {error}")),
    }
}

/// The files that were read, with when each was written
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read(Vec<(PathBuf, Option<SystemTime>)>);

impl Read {
    /// As the files are now; those that are no files of this machine are left out
    #[must_use]
    pub fn now(paths: impl Iterator<Item = PathBuf>) -> Self {
        let one = |path: PathBuf| {
            let at = written(&path);
            (path, at)
        };
        Self(paths.filter(|path| path.is_file()).map(one).collect())
    }

    /// Whether one of them was written since, or is gone
    #[must_use]
    pub fn is_old(&self) -> bool {
        self.0.iter().any(|(path, at)| written(path) != *at)
    }
}

/// When a file was written; `None` where it is gone
fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
