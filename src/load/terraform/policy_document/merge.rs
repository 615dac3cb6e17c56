//! Policy documents merged into one, as `aws_iam_policy_document` does it.
//!
//! A later document raises the version, brings its `Id`, and replaces statements of the same Sid
//! \[aws_iam_policy_document\]. Whether two Sids are the same may not be known: then both statements stand, and the
//! earlier one stands in doubt. Must not know: blocks, or what a statement says beside its Sid.

use crate::load::json;
use crate::load::terraform::compare::same_text;
use crate::node::{Key, Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, Piece, Shape, Text};

/// Statements of one merged document; AWS allows no policy with this many
const MOST: usize = 1000;
/// The version that a document has where it names none, and the greatest there is
const LATEST: &str = "2012-10-17";

/// Which statements a statement replaces, where the Sids are the same
#[derive(Clone, Copy)]
pub(super) enum Over {
    /// None: Terraform refuses equal Sids here
    Nothing,
    /// The first ones, this many
    First(usize),
    /// Every earlier one
    All,
}

/// What was merged so far
#[derive(Default)]
pub(super) struct Merged {
    version: Option<Node>,
    id: Option<Node>,
    statements: Vec<Standing>,
    /// Whether there were more than [`MOST`]
    full: bool,
    problems: Problems,
}

struct Standing {
    node: Node,
    sid: Option<Sid>,
    /// Whether a later statement may have replaced it
    doubted: bool,
}

/// The Sid of a statement that has one
enum Sid {
    /// As written, perhaps with holes
    Written(Text),
    /// The statement, or the name of one of its elements, is not known: it may have any Sid
    Any(Hole),
}

impl Merged {
    /// How many statements stand
    pub(super) fn len(&self) -> usize {
        self.statements.len()
    }

    /// A later document's version: the greater one counts
    pub(super) fn version(&mut self, version: &Node) {
        let literal = |node: &Node| node.as_text().as_ref().and_then(Text::as_literal).map(str::to_owned);
        let keep = match self.version.as_ref().map(|known| (literal(known), literal(version))) {
            None => false,
            Some((Some(known), Some(new))) => known >= new,
            // Nothing is greater than the latest, and what is not known may be.
            Some((Some(known), None)) => known == LATEST,
            Some((None, Some(new))) => new != LATEST,
            // One of two that are not known; either way the version is not.
            Some((None, None)) => true,
        };
        if version.value != Value::Null && !keep {
            self.version = Some(version.clone());
        }
    }

    /// A later document's `Id`
    pub(super) fn id(&mut self, id: &Node) {
        let empty = id.as_text().is_some_and(|text| text.is_empty());
        if id.value != Value::Null && !empty {
            self.id = Some(id.clone());
        }
    }

    /// Takes over another document, given as JSON text; `null` and the empty text are none
    pub(super) fn document(&mut self, other: &Node, over: Over) {
        let read = match &other.value {
            Value::Null => return,
            Value::Text(text) if text.is_empty() => return,
            Value::Unknown(hole) => return self.unknown(hole, other.span, over),
            Value::Text(text) => {
                let (read, problems) = json::read(text, other.span, &other.origin);
                self.problems.append(problems);
                read
            }
            Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                self.no_document("it is not a text", other.span);
                None
            }
        };
        let hole = Hole::input("a policy document that was not understood");
        let Some(read) = read else { return self.unknown(&hole, other.span, over) };
        match &read.value {
            Value::Map(entries) => self.elements(entries, over),
            Value::Null => {}
            Value::Unknown(hole) => self.unknown(hole, read.span, over),
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                self.no_document("it is not an object", read.span);
                self.unknown(&hole, read.span, over);
            }
        }
    }

    fn elements(&mut self, entries: &[(Key, Node)], over: Over) {
        if let Some(version) = element(entries, "Version") {
            self.version(version);
        }
        if let Some(id) = element(entries, "Id") {
            self.id(id);
        }
        match element(entries, "Statement") {
            Some(Node { value: Value::List(statements), .. }) => {
                statements.iter().for_each(|one| self.statement(one.clone(), over));
            }
            Some(Node { value: Value::Null, .. }) | None => {}
            Some(one) => self.statement(one.clone(), over),
        }
        // An element whose name is not known may be `Statement`.
        if let Some((key, _)) = entries.iter().find(|(key, _)| key.text.as_literal().is_none())
            && let Some(hole) = key.text.holes().next()
        {
            self.unknown(hole, key.span, over);
        }
    }

    /// A document of which nothing is known
    fn unknown(&mut self, hole: &Hole, span: Span, over: Over) {
        let node = Node::new(Value::Unknown(hole.clone()), span);
        self.version(&node);
        self.statement(node, over);
    }

    /// Adds a statement, in the place of one with its Sid
    pub(super) fn statement(&mut self, node: Node, over: Over) {
        let among = match over {
            _ if self.full => return,
            Over::Nothing => 0,
            Over::First(count) => count.min(self.statements.len()),
            Over::All => self.statements.len(),
        };
        let sid = Sid::of(&node);
        if let Some(new) = &sid {
            let (before, _) = self.statements.split_at_mut(among);
            let surely = |known: &Standing| known.sid.as_ref().is_some_and(|own| own.same(new) == Some(true));
            let place = before.iter().position(surely);
            for (at, known) in before.iter_mut().enumerate() {
                if Some(at) != place {
                    known.doubt(new);
                }
            }
            if let Some(known) = place.and_then(|at| before.get_mut(at)) {
                *known = Standing { node, sid, doubted: false };
                return;
            }
        }
        if self.statements.len() < MOST {
            self.statements.push(Standing { node, sid, doubted: false });
            return;
        }
        self.full = true;
        let message = format!("more than {MOST} statements in one policy document; the rest was not read");
        self.problems
            .at(ProblemKind::Limit, Severity::Partly, message, node.span)
            .help("split the document; AWS allows none of this size");
        let hole = Hole::input(format!("the statements after the first {MOST}"));
        let rest = Sid::Any(hole.clone());
        self.statements.iter_mut().for_each(|known| known.doubt(&rest));
        let node = Node::new(Value::Unknown(hole), node.span);
        self.statements.push(Standing { node, sid: Some(rest), doubted: false });
    }

    fn no_document(&mut self, why: &str, span: Span) {
        self.problems
            .at(ProblemKind::Policy, Severity::Broken, format!("no policy document: {why}"), span)
            .help("give the JSON text of an object with `Version` and `Statement`");
    }

    /// The merged document
    pub(super) fn finish(self, span: Span) -> (Node, Problems) {
        let key = |text: &str| Key { text: Text::from(text), span };
        let version = self.version.unwrap_or_else(|| Node::text(LATEST, span));
        let mut entries = vec![(key("Version"), version)];
        entries.extend(self.id.map(|id| (key("Id"), id)));
        let statements = self.statements.into_iter().map(|standing| standing.node).collect();
        entries.push((key("Statement"), Node::new(Value::List(statements), span)));
        (Node::new(Value::Map(entries), span), self.problems)
    }
}

impl Standing {
    /// Puts it in doubt where a later statement may have its Sid
    fn doubt(&mut self, later: &Sid) {
        let Some(own) = &self.sid else { return };
        if self.doubted || own.same(later) == Some(false) {
            return;
        }
        self.doubted = true;
        // An element whose name is not known: the statement depends on it, whatever else it says.
        if let (Value::Map(entries), Some(hole)) = (&mut self.node.value, later.hole().or(own.hole())) {
            let key = Key { text: Text::from(hole.clone()), span: self.node.span };
            entries.push((key, Node::new(Value::Unknown(hole.clone()), self.node.span)));
        }
    }
}

impl Sid {
    /// `None` where the statement has none, so that nothing replaces it
    fn of(statement: &Node) -> Option<Self> {
        let entries = match &statement.value {
            Value::Map(entries) => entries,
            Value::Unknown(hole) => return Some(Self::Any(hole.clone())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => return None,
        };
        if let Some(sid) = element(entries, "Sid").and_then(Node::as_text).filter(|sid| !sid.is_empty()) {
            return Some(Self::Written(sid));
        }
        entries.iter().find_map(|(key, _)| key.text.holes().next()).map(|hole| Self::Any(hole.clone()))
    }

    /// Whether both are the same, and not empty
    fn same(&self, other: &Self) -> Option<bool> {
        let (Self::Written(one), Self::Written(other)) = (self, other) else { return None };
        let stands = |piece: &Piece| match piece {
            Piece::Lit(_) => true,
            Piece::Hole(hole) => hole.shape() != Shape::Any,
        };
        same_text(one, other).filter(|same| !same || one.pieces().iter().any(stands))
    }

    fn hole(&self) -> Option<&Hole> {
        match self {
            Self::Written(text) => text.holes().next(),
            Self::Any(hole) => Some(hole),
        }
    }
}

/// The last element of this name; the provider reads names without regard to case
fn element<'n>(entries: &'n [(Key, Node)], name: &str) -> Option<&'n Node> {
    let named = |key: &Key| key.text.as_literal().is_some_and(|key| key.eq_ignore_ascii_case(name));
    entries.iter().rev().find(|(key, _)| named(key)).map(|(_, node)| node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, Version, parse};

    fn text(text: &str) -> Node {
        Node::text(text, Span::NOWHERE)
    }

    fn unknown(name: &str) -> Node {
        Node::new(Value::Unknown(Hole::input(name)), Span::NOWHERE)
    }

    /// A document of one denial
    fn denial(sid: impl Into<Text>, resource: &str) -> Node {
        let rest = format!(r#"","Effect":"Deny","Action":"*","Resource":"{resource}"}}]}}"#);
        Node::text(Text::from(r#"{"Statement":[{"Sid":""#).with(sid).with(rest.as_str()), Span::NOWHERE)
    }

    fn merged(documents: &[(Node, Over)]) -> (Policy, Problems) {
        let mut merged = Merged::default();
        documents.iter().for_each(|(document, over)| merged.document(document, *over));
        let (node, problems) = merged.finish(Span::NOWHERE);
        (parse::policy(&node).0, problems)
    }

    /// The resource of each statement, with a question mark where it stands in doubt
    fn resources(documents: &[(Node, Over)]) -> Vec<String> {
        let shown = |statement: &crate::policy::Statement| {
            let entries: Vec<_> =
                statement.resource.entries().iter().map(|one| one.text.to_string()).collect();
            format!("{}{}", entries.join(" "), if statement.unread.is_empty() { "" } else { "?" })
        };
        merged(documents).0.statements.iter().map(shown).collect()
    }

    fn hole() -> Text {
        Text::from(Hole::input("var.s"))
    }

    #[test]
    fn an_override_replaces_the_statement_of_its_sid_and_no_other() {
        let first = || (denial("A", "old"), Over::Nothing);
        assert_eq!(resources(&[first(), (denial("A", "new"), Over::All)]), ["new"]);
        assert_eq!(resources(&[first(), (denial("B", "new"), Over::All)]), ["old", "new"]);
        assert_eq!(resources(&[(denial("", "x"), Over::Nothing), (denial("", "y"), Over::All)]), ["x", "y"]);
        assert_eq!(resources(&[first(), (denial("A", "new"), Over::Nothing)]), ["old", "new"]);
    }

    #[test]
    fn what_may_have_been_replaced_stands_in_doubt() {
        let first = || (denial("A", "old"), Over::Nothing);
        assert_eq!(resources(&[first(), (denial(hole(), "new"), Over::All)]), ["old?", "new"]);
        assert_eq!(
            resources(&[(denial(hole(), "old"), Over::Nothing), (denial("A", "new"), Over::All)]),
            ["old?", "new"]
        );
        assert_eq!(resources(&[first(), (unknown("var.d"), Over::All)]), ["old?", "⟨var.d⟩"]);
        assert_eq!(
            resources(&[(denial("", "old"), Over::Nothing), (unknown("var.d"), Over::All)]),
            ["old", "⟨var.d⟩"]
        );
    }

    #[test]
    fn sids_that_cannot_be_equal_raise_no_doubt() {
        let other = (denial(hole().with("Write"), "y"), Over::All);
        assert_eq!(resources(&[(denial(hole().with("Read"), "x"), Over::Nothing), other]), ["x", "y"]);
    }

    #[test]
    fn equal_sids_with_holes_replace_only_where_they_are_not_empty() {
        let pair = |sid: Text| [(denial(sid.clone(), "x"), Over::Nothing), (denial(sid, "y"), Over::All)];
        assert_eq!(resources(&pair(hole().with("Read"))), ["y"]);
        assert_eq!(resources(&pair(hole())), ["x?", "y"]);
    }

    #[test]
    fn a_replacement_may_be_replaced_as_well() {
        let documents = [denial("A", "1"), denial(hole(), "2"), denial("A", "3")];
        assert_eq!(resources(&documents.map(|one| (one, Over::All))), ["3", "2?"]);
    }

    #[test]
    fn documents_of_unknown_structure_may_hold_any_statement() {
        let named = Text::from(r#"{""#).with(hole()).with(r#"":[{"Effect":"Allow"}]}"#);
        let broken = Text::from(r#"{"Statement":["#).with(hole()).with("1]}");
        for text in [named, broken] {
            let node = Node::text(text, Span::NOWHERE);
            assert_eq!(resources(&[(node, Over::Nothing)]), ["⟨var.s⟩"]);
        }
    }

    #[test]
    fn what_is_no_document_is_unknown_and_a_problem() {
        for node in [text("{"), text("[]"), text("\"x\""), Node::new(Value::Bool(true), Span::NOWHERE)] {
            let (policy, problems) = merged(&[(node, Over::Nothing)]);
            assert_eq!(policy.statements.len(), 1);
            assert_eq!(problems.iter().count(), 1, "{problems:?}");
        }
        for node in [text(""), text("null"), text("{}"), Node::new(Value::Null, Span::NOWHERE)] {
            let (policy, problems) = merged(&[(node, Over::Nothing)]);
            assert!(policy.statements.is_empty() && problems.is_empty());
        }
    }

    #[test]
    fn the_greatest_version_counts() {
        let version = |written: &[Node]| {
            let mut merged = Merged::default();
            written.iter().for_each(|one| merged.version(one));
            parse::policy(&merged.finish(Span::NOWHERE).0).0.version
        };
        let (old, new) = (|| text("2008-10-17"), || text("2012-10-17"));
        assert_eq!(version(&[old(), new()]), Version::V2012);
        assert_eq!(version(&[new(), old()]), Version::V2012);
        assert_eq!(version(&[old(), old()]), Version::V2008 { written: true });
        assert!(matches!(version(&[old(), unknown("var.v")]), Version::Unknown(_)));
        assert!(matches!(version(&[unknown("var.v"), old()]), Version::Unknown(_)));
        assert_eq!(version(&[unknown("var.v"), new()]), Version::V2012);
        assert_eq!(version(&[new(), unknown("var.v")]), Version::V2012);
    }

    #[test]
    fn the_provider_reads_element_names_without_regard_to_case() {
        let lower = text(r#"{"statement":[{"sid":"A","Effect":"Deny","Action":"*","Resource":"low"}]}"#);
        assert_eq!(resources(&[(lower, Over::Nothing), (denial("A", "new"), Over::All)]), ["new"]);
    }

    #[test]
    fn too_many_statements_end_in_one_that_is_unknown() {
        let one = r#"{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"}"#;
        let many = text(&format!(r#"{{"Statement":[{}]}}"#, vec![one; MOST + 5].join(",")));
        let (policy, problems) = merged(&[(many, Over::Nothing)]);
        assert_eq!(policy.statements.len(), MOST + 1);
        assert!(policy.statements.iter().take(MOST).all(|one| !one.unread.is_empty()));
        assert_eq!(problems.iter().map(|one| one.kind).collect::<Vec<_>>(), [ProblemKind::Limit]);
    }
}
