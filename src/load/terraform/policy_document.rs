//! `data.aws_iam_policy_document`: a policy written as blocks, and the JSON that its `json` attribute gives.
//!
//! Statements of `source_policy_documents` come first, the document's own follow, those of
//! `override_policy_documents` last; a later statement replaces an earlier one of the same Sid
//! \[aws_iam_policy_document\]. What is not known stays a hole in its place.

use crate::load::json;
use crate::load::terraform::functions::jsonencode;
use crate::load::terraform::instance::Instance;
use crate::node::{Key, Node, Value};
use crate::source::Span;
use crate::text::{Hole, Piece, Text};

/// The `json` attribute: a text node whose [`crate::node::Origin`] maps back to the blocks
#[must_use]
pub fn json(instance: &Instance) -> Node {
    let mut document = Document::default();
    for source in items(instance.get("source_policy_documents")) {
        document.merge(source);
    }
    if let Some(id) = instance.get("policy_id") {
        document.id = Some(id.clone());
    }
    for block in items(instance.get("statement")) {
        document.put(statement(block));
    }
    for overriding in items(instance.get("override_policy_documents")) {
        // Whatever is not known may replace every statement that has a Sid.
        if overriding.as_text().is_none_or(|text| text.as_hole().is_some()) {
            document.doubt_named_statements(overriding);
        }
        document.merge(overriding);
    }
    let span = instance.span;
    let own = instance.get("version").cloned().unwrap_or_else(|| Node::text(NEWEST, span));
    let mut entries = vec![(key("Version", span), document.version(own))];
    if let Some(id) = document.id {
        entries.push((key("Id", span), id));
    }
    entries.push((key("Statement", span), Node::new(Value::List(document.statements), span)));
    jsonencode(&Node::new(Value::Map(entries), span), span)
}

/// The newer of the two versions of the policy language
const NEWEST: &str = "2012-10-17";

/// What was merged so far
#[derive(Default)]
struct Document {
    /// Those of the merged documents
    versions: Vec<Node>,
    id: Option<Node>,
    statements: Vec<Node>,
}

impl Document {
    /// Takes over the statements of another document, as JSON text
    fn merge(&mut self, other: &Node) {
        let text = other.as_text().unwrap_or_default();
        let read = match text.as_hole() {
            None => json::read(&text, other.span, &other.origin).0,
            Some(_) => None,
        };
        let Some(read) = read else {
            let hole = text.as_hole().cloned();
            let hole = hole.unwrap_or_else(|| Hole::input("a policy document that is not JSON"));
            self.statements.push(Node::new(Value::Unknown(hole), other.span));
            return;
        };
        if let Some(version) = read.get("Version") {
            self.versions.push(version.clone());
        }
        if let Some(id) = read.get("Id") {
            self.id = Some(id.clone());
        }
        match read.get("Statement") {
            Some(Node { value: Value::List(statements), .. }) => {
                statements.iter().for_each(|one| self.put(one.clone()));
            }
            Some(one) => self.put(one.clone()),
            None => {}
        }
    }

    /// The newest of all versions: a merged document raises the version, and never lowers it
    fn version(&self, own: Node) -> Node {
        let is_newest = |node: &&Node| node.as_text().as_ref().and_then(Text::as_literal) == Some(NEWEST);
        let is_unknown = |node: &&Node| node.as_text().is_none_or(|text| text.as_literal().is_none());
        if is_newest(&&own) {
            return own;
        }
        let raised = self.versions.iter().find(is_newest).or_else(|| self.versions.iter().find(is_unknown));
        raised.cloned().unwrap_or(own)
    }

    /// Leaves nothing known of the statements that have a Sid
    fn doubt_named_statements(&mut self, by: &Node) {
        let hole = by.as_text().as_ref().and_then(Text::as_hole).cloned();
        let hole = hole.unwrap_or_else(|| Hole::input("an overriding policy document"));
        for known in &mut self.statements {
            if known.get("Sid").and_then(Node::as_text).is_some_and(|sid| !sid.is_empty()) {
                known.value = Value::Unknown(hole.clone());
            }
        }
    }

    /// Adds a statement, in the place of one with its Sid
    fn put(&mut self, statement: Node) {
        let sid = |node: &Node| node.get("Sid").and_then(Node::as_text).filter(|sid| !sid.is_empty());
        let same = sid(&statement).and_then(|new| {
            self.statements.iter_mut().find(|known| sid(known).is_some_and(|known| known == new))
        });
        match same {
            Some(known) => *known = statement,
            None => self.statements.push(statement),
        }
    }
}

/// A block's lists and the elements of the policy language that they become
static LISTS: &[(&str, &str)] = &[
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

fn statement(block: &Node) -> Node {
    if let Value::Unknown(_) = block.value {
        return block.clone();
    }
    let written = |name: &str| block.get(name).filter(|node| node.value != Value::Null);
    let mut entries = Vec::new();
    if let Some(sid) = written("sid") {
        entries.push((key("Sid", sid.span), sid.clone()));
    }
    let effect = written("effect").cloned().unwrap_or_else(|| Node::text("Allow", block.span));
    entries.push((key("Effect", effect.span), effect));
    for (blocks, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(found) = written(blocks).and_then(principals) {
            entries.push((key(element, found.span), found));
        }
    }
    for (list, element) in LISTS {
        let Some(found) = written(list) else { continue };
        if !matches!(&found.value, Value::List(items) if items.is_empty()) {
            entries.push((key(element, found.span), with_variables(found)));
        }
    }
    if let Some(conditions) = written("condition").and_then(conditions) {
        entries.push((key("Condition", conditions.span), conditions));
    }
    Node::new(Value::Map(entries), block.span)
}

/// `principals` blocks: one list a type; `*` for `*` is everyone
fn principals(blocks: &Node) -> Option<Node> {
    let mut kinds: Vec<(Key, Node)> = Vec::new();
    for block in items(Some(blocks)) {
        let (Some(kind), Some(identifiers)) = (block.get("type"), block.get("identifiers")) else {
            return Some(unknown(block, "principals"));
        };
        let Some(kind_text) = kind.as_text() else { return Some(unknown(block, "principals")) };
        let identifiers = with_variables(identifiers);
        let is_star = |node: &Node| node.as_text().as_ref().and_then(Text::as_literal) == Some("*");
        let only_star =
            matches!(&identifiers.value, Value::List(list) if !list.is_empty() && list.iter().all(is_star));
        if kind_text.as_literal() == Some("*") && only_star {
            return Some(Node::text("*", identifiers.span));
        }
        extend(&mut kinds, kind_text, kind.span, identifiers);
    }
    (!kinds.is_empty()).then(|| Node::new(Value::Map(kinds), blocks.span))
}

/// `condition` blocks: operator, key, values
fn conditions(blocks: &Node) -> Option<Node> {
    let mut operators: Vec<(Key, Node)> = Vec::new();
    let mut span = None;
    for block in items(Some(blocks)) {
        let part = |name: &str| block.get(name).filter(|node| node.value != Value::Null);
        let (Some(test), Some(variable), Some(values)) = (part("test"), part("variable"), part("values"))
        else {
            return Some(unknown(block, "condition"));
        };
        let (Some(operator), Some(name)) = (test.as_text(), variable.as_text()) else {
            return Some(unknown(block, "condition"));
        };
        span.get_or_insert(block.span);
        let known = operators.iter().position(|(known, _)| known.text == operator);
        let at = known.unwrap_or_else(|| {
            let keys = Node::new(Value::Map(Vec::new()), block.span);
            operators.push((Key { text: operator, span: test.span }, keys));
            operators.len() - 1
        });
        if let Some((_, Node { value: Value::Map(keys), .. })) = operators.get_mut(at) {
            extend(keys, name, variable.span, with_variables(values));
        }
    }
    Some(Node::new(Value::Map(operators), span?))
}

/// Adds values to the list under a key; a list of which nothing is known makes the whole list unknown
fn extend(lists: &mut Vec<(Key, Node)>, text: Text, span: Span, values: Node) {
    let Some((_, known)) = lists.iter_mut().find(|(known, _)| known.text == text) else {
        lists.push((Key { text, span }, values));
        return;
    };
    if matches!(known.value, Value::Unknown(_)) {
        return;
    }
    if matches!(values.value, Value::Unknown(_)) {
        known.value = values.value;
        return;
    }
    let more = match values.value {
        Value::List(more) => more,
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) | Value::Unknown(_) => {
            vec![values]
        }
    };
    if let Value::List(all) = &mut known.value {
        all.extend(more);
    } else {
        let first = known.clone();
        known.value = Value::List(std::iter::once(first).chain(more).collect());
    }
}

fn unknown(block: &Node, what: &str) -> Node {
    let hole = block.as_text().as_ref().and_then(Text::as_hole).cloned();
    let hole = hole.unwrap_or_else(|| Hole::input(format!("{what} of a policy document")));
    Node::new(Value::Unknown(hole), block.span)
}

/// The values of a list; one value stands for a list of itself
fn items(node: Option<&Node>) -> Vec<&Node> {
    match node {
        Some(Node { value: Value::List(items), .. }) => items.iter().collect(),
        Some(Node { value: Value::Null, .. }) | None => Vec::new(),
        Some(one) => vec![one],
    }
}

/// `&{...}` is how the provider lets people write policy variables
fn with_variables(node: &Node) -> Node {
    let piece = |piece: &Piece| match piece {
        Piece::Lit(text) => Piece::Lit(text.replace("&{", "${")),
        Piece::Hole(hole) => Piece::Hole(hole.clone()),
    };
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.pieces().iter().map(piece).collect()),
        Value::List(items) => Value::List(items.iter().map(with_variables).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Map(_) | Value::Unknown(_) => {
            node.value.clone()
        }
    };
    Node { value, ..node.clone() }
}

fn key(text: &str, span: Span) -> Key {
    Key { text: Text::from(text), span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::terraform::attributes::tests::instance;
    use crate::policy::{Clause, Policy, parse, print};

    fn map(entries: Vec<(&str, Node)>) -> Node {
        let entry = |(name, node)| (key(name, Span::NOWHERE), node);
        Node::new(Value::Map(entries.into_iter().map(entry).collect()), Span::NOWHERE)
    }

    fn list(items: Vec<Node>) -> Node {
        Node::new(Value::List(items), Span::NOWHERE)
    }

    fn text(text: &str) -> Node {
        Node::text(text, Span::NOWHERE)
    }

    fn document(body: Node) -> Policy {
        let data = Instance { body, ..instance("data.aws_iam_policy_document.x", &[]) };
        let node = json(&data);
        let (tree, problems) = json::read(&node.as_text().unwrap(), node.span, &node.origin);
        assert!(problems.is_empty(), "{problems:?}");
        parse::policy(&tree.unwrap()).0
    }

    fn reading(sid: &str, resource: &str) -> Node {
        map(vec![
            ("sid", text(sid)),
            ("actions", list(vec![text("s3:GetObject")])),
            ("resources", list(vec![text(resource)])),
        ])
    }

    #[test]
    fn blocks_become_a_policy() {
        let policy = document(map(vec![(
            "statement",
            list(vec![map(vec![
                (
                    "principals",
                    list(vec![map(vec![("type", text("AWS")), ("identifiers", list(vec![text("*")]))])]),
                ),
                ("actions", list(vec![text("s3:GetObject")])),
                ("resources", list(vec![text("arn:aws:s3:::b/&{aws:username}/*")])),
                (
                    "condition",
                    list(vec![map(vec![
                        ("test", text("Bool")),
                        ("variable", text("aws:SecureTransport")),
                        ("values", list(vec![text("true")])),
                    ])]),
                ),
            ])]),
        )]));
        let printed = crate::load::terraform::functions::jsonencode(&print::policy(&policy), Span::NOWHERE);
        assert_eq!(
            printed.as_text().unwrap().to_string(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#
        );
    }

    #[test]
    fn a_statement_replaces_an_earlier_one_of_its_sid() {
        let source = text(
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"*","Resource":"old"}]}"#,
        );
        let policy = document(map(vec![
            ("source_policy_documents", list(vec![source])),
            ("statement", list(vec![reading("A", "new"), reading("", "x"), reading("", "y")])),
        ]));
        let resources: Vec<String> = policy
            .statements
            .iter()
            .flat_map(|one| one.resource.entries())
            .map(|one| one.text.to_string())
            .collect();
        assert_eq!(resources, ["new", "x", "y"]);
    }

    #[test]
    fn what_overrides_and_is_unknown_puts_named_statements_in_doubt() {
        let unknown = Node::new(Value::Unknown(Hole::input("var.x")), Span::NOWHERE);
        let policy = document(map(vec![
            ("statement", list(vec![reading("A", "named"), reading("", "nameless")])),
            ("override_policy_documents", list(vec![unknown])),
        ]));
        let known = |one: &&crate::policy::Statement| {
            one.resource.entries().iter().all(|one| one.text.as_literal().is_some())
        };
        assert_eq!(policy.statements.len(), 3);
        assert_eq!(policy.statements.iter().filter(known).count(), 1);
    }

    #[test]
    fn merged_documents_raise_the_version_and_never_lower_it() {
        let old = || list(vec![text(r#"{"Version":"2008-10-17","Statement":[]}"#)]);
        let new = list(vec![text(r#"{"Version":"2012-10-17","Statement":[]}"#)]);
        let is_new = |entries| document(map(entries)).version == crate::policy::Version::V2012;
        let own = || ("version", text("2008-10-17"));
        assert!(is_new(vec![("source_policy_documents", old())]));
        assert!(!is_new(vec![own(), ("source_policy_documents", old())]));
        assert!(is_new(vec![own(), ("override_policy_documents", new)]));
    }

    #[test]
    fn what_is_unknown_leaves_the_rest_readable() {
        let hole = || Node::new(Value::Unknown(Hole::input("var.x")), Span::NOWHERE);
        let policy = document(map(vec![
            ("source_policy_documents", list(vec![hole()])),
            (
                "statement",
                list(vec![map(vec![("actions", list(vec![text("a:B"), hole()])), ("resources", hole())])]),
            ),
        ]));
        assert_eq!(policy.statements.len(), 2);
        let own = policy.statements.last().unwrap();
        assert!(matches!(&own.action, Clause::Is(entries) if entries.len() == 2));
    }
}
