//! A Terraform file as top-level blocks, each parsed on its own, so that one bad block costs one problem.
//!
//! Knows: where strings, heredocs, comments and braces end \[HCL native syntax specification\]. Must not know: what
//! a block means.

use hcl_edit::structure::{Block, Body, Structure};

use crate::load::terraform::repair::repaired;
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};

/// Where the text of a parsed block stands: its places are counted from `offset` in `file`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file
    pub file: FileId,
    /// The byte at which the parsed text starts
    pub offset: usize,
}

impl Place {
    /// A range of the parsed text in the file
    #[must_use]
    pub fn span(self, range: Option<std::ops::Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        Span::new(self.file, self.offset + range.start, self.offset + range.end)
    }

    /// The header of a block: from its keyword to its last label
    #[must_use]
    pub fn header(self, block: &Block) -> Span {
        use hcl_edit::Span as _;
        let start = block.ident.span().unwrap_or(0..0);
        let end = block.labels.last().and_then(|label| match label {
            hcl_edit::structure::BlockLabel::Ident(ident) => ident.span(),
            hcl_edit::structure::BlockLabel::String(text) => text.span(),
        });
        let end = end.unwrap_or_else(|| start.clone()).end.max(start.end);
        self.span(Some(start.start..end))
    }
}

/// What stands at the top of a file
#[derive(Clone, Debug)]
pub enum Item {
    /// A block that parses
    Block(Place, Box<Block>),
    /// Attributes outside blocks, as files with values of variables have them
    Attributes(Place, Box<Body>),
    /// A block that does not parse, with what its first line says: `resource`, `aws_iam_role`, `exec`
    Broken(Vec<String>, Span),
}

/// Splits and parses a file
#[must_use]
pub fn items(text: &str, file: FileId) -> (Vec<Item>, Problems) {
    let mut problems = Problems::default();
    let mut items = Vec::new();
    for (start, end) in split(text) {
        let Some(part) = text.get(start..end) else { continue };
        // What the parser refuses and Terraform does not is written otherwise, at the same places.
        let parsed = hcl_edit::parser::parse_body(part).or_else(|error| {
            let repaired = repaired(part).and_then(|text| hcl_edit::parser::parse_body(&text).ok());
            repaired.ok_or(error)
        });
        match parsed {
            Ok(body) => {
                let place = Place { file, offset: start };
                let mut attributes = Body::new();
                for structure in body {
                    match structure {
                        Structure::Block(block) => items.push(Item::Block(place, Box::new(block))),
                        Structure::Attribute(attribute) => {
                            // Keys of one body are unique, so this is never refused.
                            let _ = attributes.try_push(attribute);
                        }
                    }
                }
                if !attributes.is_empty() {
                    items.push(Item::Attributes(place, Box::new(attributes)));
                }
            }
            Err(error) => {
                let at = start + error.location().offset().min(part.len());
                let message = format!("this block does not parse: {}", error.message());
                problems
                    .at(ProblemKind::Syntax, Severity::Broken, message, Span::new(file, at, at + 1))
                    .help("correct the block; the rest of the file was read");
                let blank = part.len() - part.trim_start().len();
                items.push(Item::Broken(header(part), Span::new(file, start + blank, end)));
            }
        }
    }
    (items, problems)
}

/// The top-level parts of a file: each a block or an attribute, with what stands before it
#[must_use]
pub fn parts(text: &str) -> Vec<&str> {
    split(text).into_iter().filter_map(|(start, end)| text.get(start..end)).collect()
}

/// The words of a block's first line before its brace
fn header(part: &str) -> Vec<String> {
    let line = part
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with(['#', '/', '*']))
        .unwrap_or("");
    let head = line.split_once('{').map_or(line, |(head, _)| head);
    head.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect()
}

/// The byte ranges of top-level parts: each ends after the line on which its braces close
fn split(text: &str) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let mut lexer = Lexer::new(text);
    let (mut start, mut depth, mut block) = (0, 0_usize, Seen::Nothing);
    while let Some(byte) = lexer.peek() {
        match byte {
            b'#' => lexer.line(),
            b'/' if lexer.next_is(b'/') => lexer.line(),
            b'/' if lexer.next_is(b'*') => lexer.comment(),
            b'"' => lexer.string(),
            b'<' if lexer.next_is(b'<') => drop(lexer.heredoc()),
            b'{' | b'[' | b'(' => {
                depth += 1;
                block = block.max(if byte == b'{' { Seen::Brace } else { Seen::Text });
                lexer.at += 1;
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                lexer.at += 1;
            }
            b'\n' => {
                lexer.at += 1;
                // A keyword at the start of a line after a block that never closed: it starts afresh.
                let afresh = depth > 0 && lexer.keyword();
                if block > Seen::Nothing && (depth == 0 || afresh) {
                    parts.push((start, lexer.at));
                    (start, depth, block) = (lexer.at, 0, Seen::Nothing);
                }
            }
            _ => {
                if !byte.is_ascii_whitespace() {
                    block = block.max(Seen::Text);
                }
                lexer.at += 1;
            }
        }
    }
    if start < text.len() {
        parts.push((start, text.len()));
    }
    parts
}

/// What a part has shown so far
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Nothing,
    Text,
    Brace,
}

/// A heredoc in the text
pub(super) struct Heredoc {
    /// Its delimiter behind `<<`
    pub(super) word: std::ops::Range<usize>,
    /// Its delimiter at its end
    pub(super) end: std::ops::Range<usize>,
    /// Whether a line of its body starts with the delimiter, too
    pub(super) ambiguous: bool,
}

/// Finds where strings, comments and heredocs end
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// How many bytes may still be looked at beyond what may be the end of a heredoc
    ahead: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, ahead: text.len().saturating_mul(4) }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn next_is(&self, byte: u8) -> bool {
        self.bytes.get(self.at + 1) == Some(&byte)
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Whether a top-level block starts here, unindented
    fn keyword(&self) -> bool {
        const KEYWORDS: [&[u8]; 5] = [b"resource \"", b"data \"", b"module \"", b"variable \"", b"output \""];
        KEYWORDS.iter().any(|keyword| self.rest().starts_with(keyword))
    }

    /// To the end of the line, before its break
    pub(super) fn line(&mut self) {
        self.at += self.rest().iter().position(|b| *b == b'\n').unwrap_or(self.rest().len());
    }

    pub(super) fn comment(&mut self) {
        let end = self.rest().windows(2).skip(2).position(|pair| pair == b"*/");
        self.at += end.map_or(self.rest().len(), |at| at + 4);
    }

    /// A quoted string with its interpolations; one that is not closed ends with its line
    pub(super) fn string(&mut self) {
        self.at += 1;
        // What is open inside: `Some(n)` an interpolation with n braces open, `None` a string in it. Most strings have
        // neither.
        let mut open: Vec<Option<usize>> = Vec::new();
        while let Some(byte) = self.peek() {
            match (open.last_mut(), byte) {
                (None, b'"') => {
                    self.at += 1;
                    return;
                }
                (None | Some(None), b'\n') => return,
                (None | Some(None), b'\\') => self.at += 1,
                (Some(None), b'"') => {
                    open.pop();
                }
                (None | Some(None), b'$' | b'%') if self.rest().get(1..3) == Some(&[byte, b'{']) => {
                    self.at += 2
                }
                (None | Some(None), b'$' | b'%') if self.next_is(b'{') => {
                    self.at += 1;
                    open.push(Some(0));
                }
                (Some(Some(braces)), b'{') => *braces += 1,
                (Some(Some(0)), b'}') => {
                    open.pop();
                }
                (Some(Some(braces)), b'}') => *braces -= 1,
                (Some(Some(_)), b'"') => open.push(None),
                (None | Some(_), _) => {}
            }
            self.at += 1;
        }
    }

    /// A heredoc up to the line that holds its delimiter only, or else to the first that starts with it; `<<` of
    /// anything else is skipped
    pub(super) fn heredoc(&mut self) -> Option<Heredoc> {
        let of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        self.at += 2;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let length = self.rest().iter().take_while(|byte| of_name(byte)).count();
        let word = self.at..self.at + length;
        let delimiter = self.rest().get(..length).unwrap_or_default().to_vec();
        if delimiter.is_empty() {
            return None;
        }
        self.line();
        // Where a line starts with the delimiter and goes on, what goes on may belong to the expression around.
        let mut first: Option<std::ops::Range<usize>> = None;
        while self.at < self.bytes.len() && (first.is_none() || self.ahead > 0) {
            self.at += 1;
            let from = self.at;
            self.line();
            let line = self.bytes.get(from..self.at).unwrap_or_default();
            if first.is_some() {
                self.ahead = self.ahead.saturating_sub(line.len() + 1);
            }
            let trimmed = line.trim_ascii_start();
            let start = from + (line.len() - trimmed.len());
            let end = start..start + delimiter.len();
            if trimmed.trim_ascii_end() == delimiter {
                self.at = end.end;
                return Some(Heredoc { word, end, ambiguous: first.is_some() });
            }
            if trimmed.starts_with(&delimiter) && !trimmed.get(delimiter.len()).is_some_and(of_name) {
                first.get_or_insert(end);
            }
        }
        let end = first?;
        self.at = end.end;
        Some(Heredoc { word, end, ambiguous: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn read(text: &str) -> (Vec<Item>, Vec<(ProblemKind, usize)>) {
        let mut sources = Sources::default();
        let file = sources.add("a.tf", text);
        let (items, problems) = items(text, file);
        let places =
            problems.iter().map(|p| (p.kind, p.span.map_or(0, |span| sources.place(span).line))).collect();
        (items, places)
    }

    fn blocks(text: &str) -> usize {
        read(text).0.iter().filter(|item| matches!(item, Item::Block(..))).count()
    }

    #[test]
    fn one_bad_block_costs_one_problem_at_its_line() {
        let (items, problems) = read("a {\n  x = 1\n}\n\nb \"c\" {\n  y = = 1\n}\n\nd {}\n");
        assert_eq!(problems, [(ProblemKind::Syntax, 6)]);
        assert_eq!(items.len(), 3);
        let Item::Broken(words, _) = &items[1] else { panic!("broken") };
        assert_eq!(words, &["b", "c"]);
    }

    #[test]
    fn braces_in_strings_heredocs_and_comments_are_text() {
        let text = "a {\n  x = \"{ ${ {a = \"}\"}.a } $${\"\n  # }\n  /* { */\n  y = <<-E\n   { ${x}\n  E\n}\nb {}\n";
        assert_eq!(read(text).1, []);
        assert_eq!(blocks(text), 2);
    }

    #[test]
    fn a_block_that_never_closes_does_not_swallow_the_next() {
        let (items, problems) = read("resource \"a\" \"b\" {\n  x = {\n\nresource \"c\" \"d\" {\n}\n");
        assert_eq!(problems.len(), 1);
        assert_eq!(items.len(), 2);
        assert!(matches!(items[1], Item::Block(..)));
    }

    #[test]
    fn places_are_places_of_the_file() {
        let text = "a {}\n\nresource \"t\" \"n\" {\n}\n";
        let (items, _) = read(text);
        let Item::Block(place, block) = &items[1] else { panic!("a block") };
        let span = place.header(block);
        assert_eq!(text.get(span.start as usize..span.end as usize), Some("resource \"t\" \"n\""));
    }

    #[test]
    fn attributes_outside_blocks_are_kept() {
        let (items, problems) = read("a = 1\nb = [\n  2,\n]\n");
        assert_eq!(problems, []);
        assert_eq!(items.iter().filter(|item| matches!(item, Item::Attributes(..))).count(), 2);
    }

    #[test]
    fn deep_nesting_is_a_problem_and_no_overflow() {
        let text = format!("a {{\n  x = {}1{}\n}}\nb {{}}\n", "[".repeat(20_000), "]".repeat(20_000));
        let (items, problems) = read(&text);
        assert_eq!((items.len(), problems.len()), (2, 1));
    }
}
