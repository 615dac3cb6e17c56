//! Terraform's JSON syntax: a file to the same blocks that the native syntax gives, each value at its place.
//!
//! Knows: which keys name blocks, and that texts are templates \[language/syntax/json\]. Must not know: any value. The
//! inside of each block is written as native syntax byte for byte, and parsed as such.

use hcl_edit::Ident;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use crate::load::json;
use crate::load::terraform::repair::repaired;
use crate::load::terraform::syntax::{Item, Place};
use crate::node::{Node, Origin, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};
use crate::text::Text;

/// Top-level keys that hold blocks, and how many labels each has
static BLOCKS: &[(&str, usize)] = &[
    ("data", 2),
    ("locals", 0),
    ("module", 1),
    ("output", 1),
    ("provider", 1),
    ("resource", 2),
    ("terraform", 0),
    ("variable", 1),
];

/// Objects inside blocks that are blocks for the evaluator, not values
static NESTED: &[&str] = &[
    "assume_role",
    "connection",
    "content",
    "dynamic",
    "lifecycle",
    "provisioner",
    "required_providers",
    "timeouts",
];

/// Blocks of a file
#[must_use]
pub(super) fn items(text: &str, file: FileId) -> (Vec<Item>, Problems) {
    let mut reader = Reader { text, file, items: Vec::new(), problems: Problems::default() };
    if let Some(tree) = reader.tree() {
        for (key, value) in entries(&tree) {
            let Some((keyword, labels)) = BLOCKS.iter().find(|(known, _)| *known == key) else { continue };
            reader.blocks(keyword, *labels, &mut Vec::new(), value);
        }
    }
    (reader.items, reader.problems)
}

/// Values of variables: `*.tfvars.json`
#[must_use]
pub(super) fn values(text: &str, file: FileId) -> (Option<(Place, Body)>, Problems) {
    let mut reader = Reader { text, file, items: Vec::new(), problems: Problems::default() };
    let body = reader.tree().and_then(|tree| reader.body(&tree));
    (body, reader.problems)
}

/// The entries of an object, or of each object in a list, with literal keys
fn entries(node: &Node) -> Vec<(&str, &Node)> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(entries).collect(),
        Value::Map(entries) => {
            entries.iter().filter_map(|(key, value)| Some((key.text.as_literal()?, value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_) => Vec::new(),
    }
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    items: Vec<Item>,
    problems: Problems,
}

impl Reader<'_> {
    fn tree(&mut self) -> Option<Node> {
        let whole = Span::new(self.file, 0, self.text.len());
        let origin = Origin::Runs(std::sync::Arc::from(vec![(0, whole)]));
        let (tree, problems) = json::read(&Text::from(self.text), whole, &origin);
        self.problems.append(problems);
        tree
    }

    fn blocks(&mut self, keyword: &str, depth: usize, labels: &mut Vec<String>, node: &Node) {
        if labels.len() < depth {
            for (label, inner) in entries(node) {
                // A comment
                if label != "//" {
                    labels.push(label.to_owned());
                    self.blocks(keyword, depth, labels, inner);
                    labels.pop();
                }
            }
            return;
        }
        if let Value::List(items) = &node.value {
            return items.iter().for_each(|item| self.blocks(keyword, depth, labels, item));
        }
        let Some((place, mut body)) = self.body(node) else {
            let header = std::iter::once(keyword.to_owned()).chain(labels.iter().cloned());
            return self.items.push(Item::Broken(header.collect(), node.span));
        };
        if keyword != "locals" {
            body = nested(body, keyword);
        }
        let mut block = Block::new(Ident::new_sanitized(keyword));
        block.labels = labels.iter().map(|label| label.as_str().into()).collect();
        block.body = body;
        self.items.push(Item::Block(place, Box::new(block)));
    }

    /// The inside of an object as the body of a block
    fn body(&mut self, node: &Node) -> Option<(Place, Body)> {
        let span = node.span;
        let start = span.start as usize + 1;
        let end = (span.end as usize).saturating_sub(1);
        let parsed = self.native(node, start, end).and_then(|text| {
            let parsed = hcl_edit::parser::parse_body(&text);
            parsed.ok().or_else(|| hcl_edit::parser::parse_body(&repaired(&text)?).ok())
        });
        if parsed.is_none() {
            self.problems
                .at(
                    ProblemKind::Syntax,
                    Severity::Broken,
                    "this block is not what Terraform's JSON syntax allows",
                    span,
                )
                .help("correct the block; the rest of the file was read");
        }
        Some((Place { file: self.file, offset: start }, parsed?))
    }

    /// The bytes inside an object as attributes of the same length
    fn native(&self, node: &Node, start: usize, end: usize) -> Option<String> {
        let Value::Map(entries) = &node.value else { return None };
        let mut out = vec![b' '; end.checked_sub(start)?];
        let mut put = |at: usize, text: &[u8]| -> Option<()> {
            let at = at.checked_sub(start)?;
            out.get_mut(at..at + text.len())?.copy_from_slice(text);
            Some(())
        };
        for (position, (key, value)) in entries.iter().enumerate() {
            let Some(name) = key.text.as_literal() else { continue };
            let again = |(later, _): &(crate::node::Key, Node)| later.text == key.text;
            // Comments, names that none can have, and what a later key replaces
            if !is_name(name) || entries.iter().skip(position + 1).any(again) {
                continue;
            }
            let (from, to) = (key.span.start as usize, key.span.end as usize);
            if to.checked_sub(from)? < name.len() + 2 {
                return None;
            }
            put(from + 1, name.as_bytes())?;
            put(to - 1, b"=")?;
            let (from, to) = (value.span.start as usize, value.span.end as usize);
            put(from, expression(self.text.get(from..to)?)?.as_bytes())?;
            if to < end {
                put(to, b"\n")?;
            }
        }
        String::from_utf8(out).ok()
    }
}

fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|letter| letter.is_ascii_alphabetic() || letter == b'_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-'))
}

/// A JSON value as an expression of the same length
fn expression(json: &str) -> Option<String> {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(letter) = rest.chars().next() {
        if letter == '"' {
            let length = closed(rest)?;
            let (text, after) = rest.split_at_checked(length)?;
            out.push_str(&template(text)?);
            rest = after;
            continue;
        }
        out.push(if letter.is_ascii_whitespace() { ' ' } else { letter });
        rest = rest.get(letter.len_utf8()..)?;
    }
    (out.len() == json.len()).then_some(out)
}

/// The length of the text in quotes that starts here
fn closed(json: &str) -> Option<usize> {
    let mut bytes = json.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A text in quotes as a template: inside `${ }` JSON's escapes are undone, and spaces make up for them
fn template(quoted: &str) -> Option<String> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::from("\"");
    // What is open: `Some(n)` an interpolation with n braces open, `None` a text in it
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut owed = 0;
    let mut at = 0;
    while let Some(letter) = inner.get(at..)?.chars().next() {
        let rest = inner.get(at..)?;
        let literal = open.is_empty();
        let (letter, length) = if letter == '\\' { escaped(rest)? } else { (letter, letter.len_utf8()) };
        let written = rest.get(..length)?;
        at += length;
        let next = inner.get(at..)?;
        let text = matches!(open.last(), None | Some(None));
        if text && matches!(letter, '$' | '%') && length == 1 {
            let twice = next.starts_with(letter) && next.get(1..).is_some_and(|next| next.starts_with('{'));
            if twice {
                out.push_str(written);
                out.push_str(next.get(..2)?);
                at += 2;
                continue;
            }
            if next.starts_with('{') {
                out.push_str(written);
                out.push('{');
                at += 1;
                open.push(Some(0));
                continue;
            }
        }
        if literal {
            // The same escapes as in native syntax, but for these
            match written.as_bytes() {
                [b'\\', b'/' | b'b' | b'f'] => {
                    out.push(letter);
                    owed += length - letter.len_utf8();
                }
                _ => out.push_str(written),
            }
            continue;
        }
        match (open.last_mut(), letter) {
            (Some(Some(0)), '}') => {
                out.extend(std::iter::repeat_n(' ', std::mem::take(&mut owed)));
                open.pop();
            }
            (Some(Some(braces)), '}') => *braces -= 1,
            (Some(Some(braces)), '{') => *braces += 1,
            (Some(Some(_)), '"') => open.push(None),
            (Some(None), '"') => drop(open.pop()),
            // An escape of the inner text
            (Some(None), '\\') => {
                let (inner_letter, inner_length) = match next.chars().next()? {
                    '\\' => escaped(next)?,
                    other => (other, other.len_utf8()),
                };
                out.push('\\');
                out.push(inner_letter);
                owed += (length - 1) + (inner_length - inner_letter.len_utf8());
                at += inner_length;
                continue;
            }
            _ => {}
        }
        out.push(if letter.is_ascii_whitespace() { ' ' } else { letter });
        owed += length - letter.len_utf8();
    }
    out.push('"');
    out.extend(std::iter::repeat_n(' ', owed));
    (open.is_empty() && out.len() == quoted.len()).then_some(out)
}

/// The letter that an escape stands for, and its length; none of those that take two escapes
fn escaped(json: &str) -> Option<(char, usize)> {
    Some(match json.as_bytes().get(1)? {
        b'n' => ('\n', 2),
        b't' => ('\t', 2),
        b'r' => ('\r', 2),
        b'b' => ('\u{8}', 2),
        b'f' => ('\u{c}', 2),
        b'u' => (char::from_u32(u32::from_str_radix(json.get(2..6)?, 16).ok()?)?, 6),
        other => (char::from(*other), 2),
    })
}

/// Attributes that are blocks for the evaluator become blocks; types and iterators become names
fn nested(body: Body, keyword: &str) -> Body {
    let mut out = Body::new();
    for structure in body {
        let Structure::Attribute(attribute) = structure else { continue };
        let name = attribute.key.as_str().to_owned();
        match (name.as_str(), attribute.value) {
            ("dynamic", value) => {
                for (label, inner) in objects(&value) {
                    for inner in inner {
                        let mut block = Block::new(Ident::new_sanitized("dynamic"));
                        block.labels = vec![label.as_str().into()];
                        block.body = nested(inner, "dynamic");
                        out.push(block);
                    }
                }
            }
            (name, value) if NESTED.contains(&name) => {
                for inner in bodies(&value) {
                    let mut block = Block::new(Ident::new_sanitized(name));
                    block.body = nested(inner, name);
                    out.push(block);
                }
            }
            (name, Expression::String(text))
                if (keyword == "variable" && name == "type")
                    || (keyword == "dynamic" && name == "iterator") =>
            {
                let parsed = text.value().parse::<Expression>();
                push(&mut out, name, parsed.unwrap_or(Expression::String(text)));
            }
            // Order, not a value
            ("depends_on", _) => {}
            (_, value) => {
                // Keys of one body are unique, so this is never refused.
                let _ = out.try_push(Attribute::new(attribute.key, value));
            }
        }
    }
    out
}

fn push(body: &mut Body, name: &str, value: Expression) {
    let _ = body.try_push(Attribute::new(Ident::new_sanitized(name), value));
}

fn key(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(Expression::String(name)) => Some(name.value().as_str()),
        ObjectKey::Expression(_) => None,
    }
}

/// An object, or each object of a list, as bodies
fn bodies(value: &Expression) -> Vec<Body> {
    if let Expression::Array(items) = value {
        return items.iter().flat_map(bodies).collect();
    }
    let Expression::Object(object) = value else { return Vec::new() };
    let mut body = Body::new();
    for (name, value) in object.iter() {
        if let Some(name) = key(name).filter(|name| is_name(name)) {
            push(&mut body, name, value.expr().clone());
        }
    }
    vec![body]
}

/// The objects under each key
fn objects(value: &Expression) -> Vec<(String, Vec<Body>)> {
    if let Expression::Array(items) = value {
        return items.iter().flat_map(objects).collect();
    }
    let Expression::Object(object) = value else { return Vec::new() };
    let one = |(name, value): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
        Some((key(name)?.to_owned(), bodies(value.expr())))
    };
    object.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_templates_of_the_same_length() {
        for (json, native) in [
            (r#""a\n\"b\"""#, r#""a\n\"b\"""#),
            (r#""x-${f(\"y\")}-z""#, r#""x-${f("y")  }-z""#),
            (r#""${join(\"\\n\", x)}""#, r#""${join("\n", x)   }""#),
            (r#""$${a} %%{b}""#, r#""$${a} %%{b}""#),
            (r#""a\/b""#, r#""a/b" "#),
            (r#""${ {a = \"}\"}.a }""#, r#""${ {a = "}"}.a   }""#),
        ] {
            assert_eq!(template(json).as_deref(), Some(native));
            assert_eq!(json.len(), native.len());
        }
    }
}
