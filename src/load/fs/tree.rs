//! Every file below a folder, for `fileset`.
//!
//! Must not know: patterns. A linked folder is not followed: it may lead round in a circle.

use super::{DEPTH, FOLDERS, Files, Refusal, join};
use crate::load::Outside;
use crate::problem::{ProblemKind, Problems};

/// Most files that are listed
const MOST: usize = 50_000;

impl Files {
    /// The paths of all files below a folder, counted from there, sorted
    ///
    /// # Errors
    ///
    /// The folder lies outside `fence`, or holds more than is listed.
    pub fn tree(&self, folder: &str, fence: &str, outside: Outside) -> Result<Vec<String>, Refusal> {
        self.allowed(folder, fence, outside)?;
        let mut found = Vec::new();
        let mut open = vec![(String::new(), 0)];
        let mut seen = 0;
        while let Some((below, depth)) = open.pop() {
            seen += 1;
            let at = join(folder, &below);
            let mut problems = Problems::default();
            let (files, folders) = self.names(&at, &mut problems);
            if depth > DEPTH || seen > FOLDERS || found.len() + files.len() > MOST {
                return Err(refused(ProblemKind::Limit, "there is more below this folder than is listed"));
            }
            if !problems.is_empty() {
                return Err(refused(ProblemKind::Unreadable, "something below this folder cannot be listed"));
            }
            let path = |name: String| if below.is_empty() { name } else { format!("{below}/{name}") };
            found.extend(files.into_iter().map(path));
            open.extend(folders.into_iter().map(|name| (path(name), depth + 1)));
        }
        found.sort();
        Ok(found)
    }
}

fn refused(kind: ProblemKind, message: &str) -> Refusal {
    Refusal::Unreadable { kind, message: message.to_owned(), help: "name fewer files" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_below_a_folder_are_listed_and_none_outside() {
        let paths = ["a/x/one", "a/two", "a/.three", "b/four"].map(|path| (path.to_owned(), Vec::new()));
        let files = Files::Memory(paths.into());
        let listed = |folder: &str, fence: &str| files.tree(folder, fence, Outside::Refused);
        assert_eq!(listed("a", "a"), Ok([".three", "two", "x/one"].map(str::to_owned).to_vec()));
        assert_eq!(listed("a/x", "a"), Ok(vec!["one".to_owned()]));
        assert_eq!(listed("b", "a"), Err(Refusal::Outside));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("in");
        std::fs::create_dir(&inside).expect("made");
        std::fs::write(folder.path().join("secret"), "x").expect("written");
        std::os::unix::fs::symlink(folder.path(), inside.join("up")).expect("linked");
        let fence = inside.to_string_lossy().into_owned();
        assert_eq!(Files::Disk.tree(&fence, &fence, Outside::Refused), Ok(Vec::new()));
        let up = format!("{fence}/up");
        assert_eq!(Files::Disk.tree(&up, &fence, Outside::Refused), Err(Refusal::Outside));
    }
}
