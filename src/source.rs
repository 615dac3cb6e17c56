//! Files as text in memory, and places in them.
//!
//! Knows: file names, their text, byte spans, lines and columns. Must not know: how files are opened, or
//! what their text means.

use std::fmt;
use std::sync::Arc;

/// Number of a file in [`Sources`]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A byte range in one file
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file
    pub file: FileId,
    /// First byte
    pub start: u32,
    /// One past the last byte
    pub end: u32,
}

impl Span {
    /// The place of what no file writes: what is taken as given of accounts that are not ours
    pub const NOWHERE: Self = Self { file: FileId(u32::MAX), start: 0, end: 0 };

    /// A span of `file`; offsets beyond 4 GiB are clamped (files are limited far below that when read)
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The whole start of a file: what is said of a file rather than of a place in it
    #[must_use]
    pub fn start_of(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }
}

/// A place as people and reports name it: path, and 1-based line and column (columns in characters)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path as it was given, with `/` between folders
    pub path: String,
    /// 1-based line
    pub line: usize,
    /// 1-based column in characters
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

#[derive(Clone, Debug)]
struct File {
    path: String,
    text: Arc<str>,
    /// Byte offset of the start of each line
    lines: Vec<u32>,
}

/// All text that was read, by file
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// Adds a file and gives its number
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(File { path: path.into(), text, lines });
        id
    }

    /// Says of every file that it is of somewhere else: `HEAD:main.tf`
    pub fn name_after(&mut self, origin: &str) {
        for file in self.files.iter_mut().filter(|file| !file.path.is_empty()) {
            file.path = format!("{origin}:{}", file.path);
        }
    }

    fn file(&self, id: FileId) -> Option<&File> {
        self.files.get(id.0 as usize)
    }

    /// The path a file was added under
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.file(id).map_or("", |file| &file.path)
    }

    /// The text of a file
    #[must_use]
    pub fn text(&self, id: FileId) -> &str {
        self.file(id).map_or("", |file| &file.text)
    }

    /// The text of a file, to keep
    #[must_use]
    pub fn shared(&self, id: FileId) -> Arc<str> {
        self.file(id).map_or_else(|| Arc::from(""), |file| Arc::clone(&file.text))
    }

    /// All files, in the order they were added
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        (0..self.files.len()).map(|n| FileId(u32::try_from(n).unwrap_or(u32::MAX)))
    }

    /// Where a span starts
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let Some(file) = self.file(span.file) else {
            return Place { path: String::new(), line: 1, column: 1 };
        };
        let line = file.lines.partition_point(|start| *start <= span.start).max(1);
        let start = file.lines.get(line - 1).copied().unwrap_or(0) as usize;
        let before = file.text.get(start..span.start as usize).unwrap_or("");
        Place { path: file.path.clone(), line, column: before.chars().count() + 1 }
    }

    /// The lines a span touches, each with its 1-based number and without its line break
    #[must_use]
    pub fn lines(&self, span: Span) -> Vec<(usize, &str)> {
        let Some(file) = self.file(span.file) else { return Vec::new() };
        let line_of = |at: u32| file.lines.partition_point(|start| *start <= at).max(1);
        let last = line_of(span.end.saturating_sub(1).max(span.start));
        (line_of(span.start)..=last)
            .map(|number| {
                let from = file.lines.get(number - 1).copied().unwrap_or(0) as usize;
                let to = file.lines.get(number).map_or(file.text.len(), |next| *next as usize);
                (number, file.text.get(from..to).unwrap_or("").trim_end_matches(['\n', '\r']))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.tf", "ä = 1\nbé = \"x\"\n");
        let place = sources.place(Span::new(file, 13, 14));
        assert_eq!((place.line, place.column), (2, 6));
        assert_eq!(place.to_string(), "a.tf:2");
    }

    #[test]
    fn the_lines_of_a_span_are_whole_lines() {
        let mut sources = Sources::default();
        let file = sources.add("a.tf", "one\r\ntwo\nthree");
        assert_eq!(sources.lines(Span::new(file, 1, 7)), vec![(1, "one"), (2, "two")]);
        assert_eq!(sources.lines(Span::new(file, 13, 13)), vec![(3, "three")]);
    }
}
