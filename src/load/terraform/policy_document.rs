//! `data.aws_iam_policy_document`: a policy written as blocks, and the JSON that its `json` attribute gives.
//!
//! Knows: which block becomes which element of the policy language \[aws_iam_policy_document\]. How documents become
//! one is in `merge`. What is not known stays a hole in its place. Must not know: what a statement allows.

use crate::load::terraform::compare::{all, same_text};
use crate::load::terraform::functions::jsonencode;
use crate::load::terraform::instance::Instance;
use crate::node::{Key, Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, Piece, Text};
use merge::{Merged, Over};

mod merge;

/// Arguments with documents that come before the own statements, in order; the first one ended with version 5
static SOURCES: &[&str] = &["source_json", "source_policy_documents"];
/// Arguments with documents that come after them, in order; the last one ended with version 5
static OVERRIDES: &[&str] = &["override_policy_documents", "override_json"];

/// The `json` attribute: a text node whose [`crate::node::Origin`] maps back to the blocks
#[must_use]
pub fn json(instance: &Instance) -> (Node, Problems) {
    let span = instance.span;
    let mut problems = Problems::default();
    let mut merged = Merged::default();
    for document in SOURCES.iter().flat_map(|name| items(instance.get(name))) {
        merged.document(document, Over::Nothing);
    }
    // Own statements replace what is there, but not one another: Terraform refuses equal Sids among them.
    let before = Over::First(merged.len());
    merged.version(instance.get("version").unwrap_or(&Node::text("2012-10-17", span)));
    if let Some(id) = instance.get("policy_id") {
        merged.id(id);
    }
    for block in items(instance.get("statement")) {
        merged.statement(statement(block, &mut problems), before);
    }
    for document in OVERRIDES.iter().flat_map(|name| items(instance.get(name))) {
        merged.document(document, Over::All);
    }
    let (document, more) = merged.finish(span);
    problems.append(more);
    (jsonencode(&document, span), problems)
}

/// Blocks of one name in one statement; what would be more is not known
const MOST: usize = 1000;

/// A block's lists and the elements of the policy language that they become
static LISTS: &[(&str, &str)] = &[
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
];

/// What a block becomes, from the blocks of its name
type Element = fn(&Node, &mut Problems) -> Option<Node>;

/// A block's blocks and the elements that they become
static BLOCKS: &[(&str, &str, Element)] = &[
    ("principals", "Principal", principals),
    ("not_principals", "NotPrincipal", principals),
    ("condition", "Condition", conditions),
];

fn statement(block: &Node, problems: &mut Problems) -> Node {
    if let Value::Unknown(_) = block.value {
        return block.clone();
    }
    let mut entries = Vec::new();
    if let Some(sid) = written(block, "sid")
        && sid.as_text().is_none_or(|sid| !sid.is_empty())
    {
        entries.push((key("Sid", sid.span), sid.clone()));
    }
    let effect = written(block, "effect").cloned().unwrap_or_else(|| Node::text("Allow", block.span));
    entries.push((key("Effect", effect.span), effect));
    for (list, element) in LISTS {
        let Some(found) = written(block, list) else { continue };
        if !matches!(&found.value, Value::List(items) if items.is_empty()) {
            entries.push((key(element, found.span), with_variables(found)));
        }
    }
    for (blocks, element, read) in BLOCKS {
        let Some(found) = written(block, blocks) else { continue };
        let found = match items(Some(found)).get(MOST) {
            Some(first) => Some(unknown(first, &format!("more than {MOST} `{blocks}` blocks"), problems)),
            None => read(found, problems),
        };
        entries.extend(found.map(|found| (key(element, found.span), found)));
    }
    Node::new(Value::Map(entries), block.span)
}

/// `principals` blocks: one list a type; nothing but `*` of type `*` is everyone
fn principals(blocks: &Node, problems: &mut Problems) -> Option<Node> {
    let blocks = items(Some(blocks));
    let mut kinds: Vec<(Key, Node)> = Vec::new();
    for block in &blocks {
        let (Some(kind), Some(identifiers)) = (written(block, "type"), written(block, "identifiers")) else {
            return Some(unknown(block, "a `principals` block without `type` or `identifiers`", problems));
        };
        let Some(name) = kind.as_text() else {
            return Some(unknown(block, "a `principals` block whose `type` is no text", problems));
        };
        let identifiers = with_variables(identifiers);
        let is_star = |node: &Node| node.as_text().as_ref().and_then(Text::as_literal) == Some("*");
        let only_star = match &identifiers.value {
            Value::List(list) => !list.is_empty() && list.iter().all(is_star),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Map(_)
            | Value::Unknown(_) => false,
        };
        if blocks.len() == 1 && name.as_literal() == Some("*") && only_star {
            return Some(Node::text("*", identifiers.span));
        }
        extend(&mut kinds, name, kind.span, identifiers);
    }
    let first = blocks.first()?;
    Some(Node::new(Value::Map(kinds), first.span))
}

/// One `condition` block
struct Condition {
    test: Text,
    test_span: Span,
    variable: Text,
    variable_span: Span,
    values: Node,
}

/// `condition` blocks: operator, key, values; blocks that agree in both share their values
fn conditions(blocks: &Node, problems: &mut Problems) -> Option<Node> {
    let mut read: Vec<Condition> = Vec::new();
    let mut span = None;
    for block in items(Some(blocks)) {
        let part = |name: &str| written(block, name);
        let (Some(test), Some(variable), Some(values)) = (part("test"), part("variable"), part("values"))
        else {
            let what = "a `condition` block without `test`, `variable` or `values`";
            return Some(unknown(block, what, problems));
        };
        let (Some(operator), Some(name)) = (test.as_text(), variable.as_text()) else {
            let what = "a `condition` block whose `test` or `variable` is no text";
            return Some(unknown(block, what, problems));
        };
        span.get_or_insert(block.span);
        let values = with_variables(values);
        match read.iter_mut().find(|known| known.test == operator && known.variable == name) {
            Some(known) => append(&mut known.values, values),
            None => read.push(Condition {
                test: operator,
                test_span: test.span,
                variable: name,
                variable_span: variable.span,
                values,
            }),
        }
    }
    let mut operators: Vec<(Key, Node)> = Vec::new();
    for (at, own) in read.iter().enumerate() {
        let mut values = own.values.clone();
        // A block that may agree with this one would bring its values: then these are not all.
        let may_agree = |other: &&Condition| {
            let same = [same_text(&own.test, &other.test), same_text(&own.variable, &other.variable)];
            all(same.into_iter()).is_none()
        };
        let mut others = read.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
        if let Some(hole) = others.find(may_agree).and_then(|other| {
            let texts = [&own.test, &own.variable, &other.test, &other.variable];
            texts.into_iter().find_map(|text| text.holes().next())
        }) {
            append(&mut values, Node::new(Value::Unknown(hole.clone()), own.variable_span));
        }
        let known = operators.iter().position(|(known, _)| known.text == own.test);
        let at = known.unwrap_or_else(|| {
            let keys = Node::new(Value::Map(Vec::new()), own.test_span);
            operators.push((Key { text: own.test.clone(), span: own.test_span }, keys));
            operators.len() - 1
        });
        if let Some((_, Node { value: Value::Map(keys), .. })) = operators.get_mut(at) {
            keys.push((Key { text: own.variable.clone(), span: own.variable_span }, values));
        }
    }
    Some(Node::new(Value::Map(operators), span?))
}

/// Adds values to the list under a key
fn extend(lists: &mut Vec<(Key, Node)>, text: Text, span: Span, values: Node) {
    match lists.iter_mut().find(|(known, _)| known.text == text) {
        Some((_, known)) => append(known, values),
        None => lists.push((Key { text, span }, values)),
    }
}

/// Adds values to a list; what is no list, or not known, becomes an element
fn append(list: &mut Node, values: Node) {
    let elements = |node: Node| match node.value {
        Value::List(items) => items,
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Map(_)
        | Value::Unknown(_) => vec![node],
    };
    let span = list.span;
    let known = std::mem::replace(list, Node::new(Value::Null, span));
    *list = Node::new(Value::List([elements(known), elements(values)].concat()), span);
}

/// A block that is not known, or not what the provider accepts
fn unknown(block: &Node, what: &str, problems: &mut Problems) -> Node {
    if let Value::Unknown(hole) = &block.value {
        return Node::new(Value::Unknown(hole.clone()), block.span);
    }
    problems
        .at(ProblemKind::NotUnderstood, Severity::Partly, what, block.span)
        .help("write it as the provider's page says; until then the statement may apply to anything");
    Node::new(Value::Unknown(Hole::input(what)), block.span)
}

/// An argument of a block; `null` counts as not written
fn written<'n>(block: &'n Node, name: &str) -> Option<&'n Node> {
    block.get(name).filter(|node| node.value != Value::Null)
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
    let value = match &node.value {
        Value::Text(text) => Value::Text(
            text.pieces()
                .iter()
                .map(|piece| match piece {
                    Piece::Lit(text) => Piece::Lit(text.replace("&{", "${")),
                    Piece::Hole(hole) => Piece::Hole(hole.clone()),
                })
                .collect(),
        ),
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
    use crate::load::json;
    use crate::load::terraform::attributes::tests::instance;
    use crate::policy::{Clause, Policy, Principals, parse, print};

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
        let (node, problems) = json(&data);
        assert!(problems.is_empty(), "{problems:?}");
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

    fn hole(name: &str) -> Node {
        Node::new(Value::Unknown(Hole::input(name)), Span::NOWHERE)
    }

    fn with(part: (&str, Node)) -> Node {
        let lists = [("actions", list(vec![text("a:B")])), ("resources", list(vec![text("*")]))];
        map(vec![("statement", list(vec![map([lists.to_vec(), vec![part]].concat())]))])
    }

    fn principal(kind: &str, identifiers: Node) -> Node {
        map(vec![("type", text(kind)), ("identifiers", identifiers)])
    }

    fn condition(variable: Node, value: &str) -> Node {
        map(vec![("test", text("StringEquals")), ("variable", variable), ("values", list(vec![text(value)]))])
    }

    fn only(policy: &Policy) -> &crate::policy::Statement {
        assert_eq!(policy.statements.len(), 1);
        policy.statements.first().unwrap()
    }

    #[test]
    fn only_a_star_of_type_star_is_everyone() {
        let star = || list(vec![text("*")]);
        let policy = document(with(("principals", list(vec![principal("*", star())]))));
        assert!(matches!(only(&policy).principal, Clause::Is(Principals::Everyone(_))));
        let service = principal("Service", list(vec![text("s3.amazonaws.com")]));
        let policy = document(with(("principals", list(vec![principal("AWS", star()), service]))));
        let Clause::Is(Principals::Listed(named)) = &only(&policy).principal else { panic!("{policy:?}") };
        let named: Vec<_> = named.iter().map(|one| (one.kind.name(), one.text.to_string())).collect();
        assert_eq!(named, [("AWS".into(), "*".into()), ("Service".into(), "s3.amazonaws.com".to_owned())]);
    }

    #[test]
    fn negated_blocks_and_lists_stay_negated() {
        let policy = document(map(vec![(
            "statement",
            list(vec![map(vec![
                ("effect", text("Deny")),
                ("not_principals", list(vec![principal("AWS", list(vec![text("111122223333")]))])),
                ("not_actions", list(vec![text("a:B")])),
                ("not_resources", list(vec![text("r")])),
                ("actions", list(Vec::new())),
            ])]),
        )]));
        let statement = only(&policy);
        assert_eq!(statement.effect, crate::policy::Effect::Deny);
        assert!(matches!(statement.principal, Clause::Not(_)));
        assert!(matches!(statement.action, Clause::Not(_)));
        assert!(matches!(statement.resource, Clause::Not(_)));
    }

    #[test]
    fn blocks_of_one_type_or_key_share_a_list_whatever_they_hold() {
        let aws = |identifiers| principal("AWS", identifiers);
        let blocks = list(vec![aws(list(vec![text("a")])), aws(hole("var.more")), aws(text("b"))]);
        let policy = document(with(("principals", blocks)));
        let Clause::Is(Principals::Listed(named)) = &only(&policy).principal else { panic!("{policy:?}") };
        let named: Vec<_> = named.iter().map(|one| one.text.to_string()).collect();
        assert_eq!(named, ["a", "⟨var.more⟩", "b"]);
        let blocks = list(vec![condition(text("aws:x"), "1"), condition(text("aws:x"), "2")]);
        let policy = document(with(("condition", blocks)));
        let conditions = &only(&policy).condition;
        assert_eq!(conditions.len(), 1);
        assert_eq!(conditions.first().unwrap().values.len(), 2);
    }

    #[test]
    fn a_key_that_may_be_another_one_may_bring_it_values() {
        let counts = |first: Text, second: Text| {
            let key = |text: Text| Node::text(text, Span::NOWHERE);
            let blocks = list(vec![condition(key(first), "1"), condition(key(second), "2")]);
            let policy = document(with(("condition", blocks)));
            only(&policy).condition.iter().map(|one| one.values.len()).collect::<Vec<_>>()
        };
        let url = || Text::from(Hole::input("var.url"));
        assert_eq!(counts(url().with(":sub"), url().with(":aud")), [1, 1]);
        assert_eq!(counts(url(), Text::from("aws:x")), [2, 2]);
    }

    #[test]
    fn a_block_without_its_parts_is_unknown_and_a_problem() {
        let body = with(("principals", list(vec![map(vec![("type", text("AWS"))])])));
        let (node, problems) = json(&Instance { body, ..instance("data.aws_iam_policy_document.x", &[]) });
        assert_eq!(problems.iter().map(|one| one.kind).collect::<Vec<_>>(), [ProblemKind::NotUnderstood]);
        assert_eq!(node.as_text().unwrap().holes().count(), 1);
    }

    #[test]
    fn more_blocks_than_are_read_are_unknown() {
        let blocks = (0..=MOST).map(|at| condition(text(&format!("aws:{at}")), "1")).collect();
        let body = with(("condition", list(blocks)));
        let (_, problems) = json(&Instance { body, ..instance("data.aws_iam_policy_document.x", &[]) });
        assert_eq!(problems.iter().count(), 1);
    }

    #[test]
    fn statements_and_values_keep_their_places() {
        let file = crate::source::Sources::default().add("a.tf", "x".repeat(100));
        let at = |start| Span::new(file, start, start + 9);
        let mut action = text("a:B");
        action.span = at(30);
        let mut first = map(vec![("actions", list(vec![action])), ("resources", hole("var.r"))]);
        first.span = at(10);
        let mut second = map(vec![("sid", text("S")), ("actions", hole("var.a"))]);
        second.span = at(60);
        let policy = document(map(vec![("statement", list(vec![first, second]))]));
        let places: Vec<_> = policy.statements.iter().map(|one| one.span).collect();
        assert_eq!(places, [at(10), at(60)]);
        let action = policy.statements.iter().flat_map(|one| one.action.entries()).next().unwrap();
        assert_eq!(action.span.start, 30);
    }
}
