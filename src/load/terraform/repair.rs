//! What Terraform accepts and the parser of HCL does not: rewritten byte for byte, so that every place stays.
//!
//! Knows: repeated keys of an object (the last counts), heredocs with a line that starts with their delimiter, and
//! line breaks inside `{ for ... }` \[HCL native syntax specification\]. Must not know: what a block means.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::load::terraform::syntax::{Heredoc, Lexer};

/// The same text in a form that the parser may accept; `None` where nothing of the above stands in it
pub(super) fn repaired(part: &str) -> Option<String> {
    let mut repair = Repair { bytes: part.as_bytes().to_vec(), open: Vec::new(), last: b'\n' };
    repair.run(part);
    let text = String::from_utf8(repair.bytes).ok()?;
    (text != part).then_some(text)
}

struct Repair {
    bytes: Vec<u8>,
    open: Vec<Open>,
    /// The last byte that is neither space nor comment
    last: u8,
}

/// What a bracket opened
enum Open {
    Object(Vec<Entry>, Option<Pending>),
    /// `{ for ... }`: line breaks say nothing in it
    For,
    /// A block, a list, parentheses
    Other,
}

/// An entry of an object, with the comma behind it
struct Entry {
    key: String,
    range: Range<usize>,
}

/// An entry that is being read
struct Pending {
    start: usize,
    key_end: Option<usize>,
}

impl Repair {
    fn run(&mut self, part: &str) {
        let mut lexer = Lexer::new(part);
        while let Some(byte) = lexer.peek() {
            let from = lexer.at;
            match byte {
                b'#' => lexer.line(),
                b'/' if lexer.next_is(b'/') => lexer.line(),
                b'/' if lexer.next_is(b'*') => lexer.comment(),
                b' ' | b'\t' | b'\r' => lexer.at += 1,
                b'\n' => {
                    lexer.at += 1;
                    match self.open.last() {
                        Some(Open::For) => self.blank(from..lexer.at),
                        Some(Open::Object(..)) => self.end_entry(part, from),
                        Some(Open::Other) | None => {}
                    }
                }
                _ => {
                    self.token(part, &mut lexer, byte);
                    self.last = byte;
                    continue;
                }
            }
            let comment = byte == b'#' || byte == b'/';
            if comment && matches!(self.open.last(), Some(Open::For)) {
                self.blank(from..lexer.at);
            }
        }
    }

    fn token(&mut self, part: &str, lexer: &mut Lexer<'_>, byte: u8) {
        let from = lexer.at;
        let closes = matches!(byte, b'}' | b']' | b')');
        if let Some(Open::Object(_, pending)) = self.open.last_mut()
            && !closes
            && byte != b','
        {
            let pending = pending.get_or_insert(Pending { start: from, key_end: None });
            let assigns = byte == b':' || (byte == b'=' && !lexer.next_is(b'=') && !lexer.next_is(b'>'));
            if assigns && pending.key_end.is_none() {
                pending.key_end = Some(from);
            }
        }
        match byte {
            b'"' => lexer.string(),
            b'<' if lexer.next_is(b'<') => {
                if let Some(heredoc) = lexer.heredoc() {
                    self.heredoc(part, &heredoc);
                }
            }
            b'{' => {
                lexer.at += 1;
                let inside = matches!(self.open.last(), Some(Open::For)) || self.last_opens_a_value();
                let rest = part.get(lexer.at..).unwrap_or("").trim_start();
                let word = rest.strip_prefix("for").and_then(|rest| rest.chars().next());
                self.open.push(match (inside, word) {
                    (true, Some(' ' | '\t' | '\n' | '#' | '/')) => Open::For,
                    (true, _) => Open::Object(Vec::new(), None),
                    (false, _) => Open::Other,
                });
            }
            b'[' | b'(' => {
                lexer.at += 1;
                self.open.push(Open::Other);
            }
            b'}' | b']' | b')' => {
                self.end_entry(part, from);
                if let Some(Open::Object(entries, _)) = self.open.pop() {
                    self.drop_repeated(entries);
                }
                lexer.at += 1;
            }
            b',' => {
                lexer.at += 1;
                self.end_entry(part, lexer.at);
            }
            _ => lexer.at += 1,
        }
    }

    /// Whether a brace after the last byte opens a value, not a block
    fn last_opens_a_value(&self) -> bool {
        matches!(self.last, b'=' | b':' | b'(' | b'[' | b',' | b'?' | b'>' | b'&' | b'|' | b'!')
    }

    fn end_entry(&mut self, part: &str, at: usize) {
        if let Some(Open::Object(entries, pending)) = self.open.last_mut()
            && let Some(Pending { start, key_end: Some(key_end) }) = pending.take()
        {
            let key = part.get(start..key_end).unwrap_or("").trim().to_owned();
            entries.push(Entry { key, range: start..at });
        }
    }

    /// The last of equal keys counts: the ones before it go
    fn drop_repeated(&mut self, entries: Vec<Entry>) {
        let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
        for Entry { key, range } in entries {
            if let Some(before) = seen.insert(key, range) {
                self.blank(before);
            }
        }
    }

    /// A body line that starts with the delimiter is text: another delimiter says so
    fn heredoc(&mut self, part: &str, heredoc: &Heredoc) {
        if !heredoc.ambiguous {
            return;
        }
        let length = heredoc.word.len();
        let body = part.get(heredoc.word.end..heredoc.end.start).unwrap_or("");
        let fits = |word: &String| !body.lines().any(|line| line.trim_start().starts_with(word.as_str()));
        let words = ('A'..='Z').map(|letter| String::from(letter).repeat(length));
        let Some(word) = words.into_iter().find(fits) else { return };
        for range in [&heredoc.word, &heredoc.end] {
            if let Some(bytes) = self.bytes.get_mut(range.clone())
                && bytes.len() == word.len()
            {
                bytes.copy_from_slice(word.as_bytes());
            }
        }
    }

    fn blank(&mut self, range: Range<usize>) {
        if let Some(bytes) = self.bytes.get_mut(range) {
            bytes.fill(b' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parses(text: &str) -> bool {
        hcl_edit::parser::parse_body(text).is_ok()
    }

    #[test]
    fn what_terraform_accepts_is_rewritten_in_its_place() {
        for (text, expected) in [
            ("x = {a = 1, a = 2}\n", "x = {        a = 2}\n"),
            (
                "x = {\n  \"k\" : [1, 2],\n  b = 1\n  \"k\" : 3\n}\n",
                "x = {\n              \n  b = 1\n  \"k\" : 3\n}\n",
            ),
            ("x = f({ a = { b = 1, b = 2 } })\n", "x = f({ a = {        b = 2 } })\n"),
            ("x = <<EOF\n\nEOF\"\nEOF\n", "x = <<AAA\n\nEOF\"\nAAA\n"),
            ("x = {for k in y : k => k ?\n 1 :\n 2 }\n", "x = {for k in y : k => k ?  1 :  2 }\n"),
            (
                "x = {\n  for k in y : # each\n  k => k ? {\n  a = 1\n  } :\n    z\n}\n",
                "x = {   for k in y :          k => k ? {\n  a = 1\n  } :     z }\n",
            ),
        ] {
            assert!(!parses(text), "{text}");
            let repaired = repaired(text).unwrap_or_default();
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!((words(&repaired), repaired.len()), (words(expected), text.len()));
            assert!(parses(&repaired), "{repaired}");
        }
    }

    #[test]
    fn what_the_parser_accepts_is_left_alone() {
        for text in [
            "b {\n  x = 1\n}\nb {\n  x = 1\n}\n",
            "x = {a = 1, b = {a = 1}}\n",
            "x = {a = c ? 1 : 2, d = 1}\n",
            "x = [{a = 1}, {a = 1}]\n",
            "x = <<EOF\nEOFx\nEOF\n",
        ] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }
}
