//! From a tree of values to a policy: every legal shape \[reference_policies_grammar\], and something honest for the rest.
//!
//! Total, in one pass whose depth is fixed. What is not understood becomes a hole in its place, an unknown operator or
//! [`Unread`], so that the statement *depends* on it, plus one problem with its place. A hole of the input is no
//! problem: whoever made it has said why. Element names are case-sensitive, because no page says otherwise. Must not know: any syntax.

use std::collections::{BTreeMap, BTreeSet};

use super::operator::Operator;
use super::{
    Clause, Condition, Effect, Entry, Named, Policy, PrincipalKind, Principals, Statement, Unread, Version,
};
use crate::node::{Key, Node, Value};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::Span;
use crate::text::{Hole, Piece, Text};

/// Statements read of one document; what follows them is one statement of which nothing is known
pub const MOST_STATEMENTS: usize = 10_000;

/// Reads a policy document
#[must_use]
pub fn policy(node: &Node) -> (Policy, Problems) {
    let mut reader = Reader::default();
    let policy = match &node.value {
        Value::Map(entries) => reader.document(node, entries),
        Value::Unknown(hole) => Policy::unknown(hole, node.span),
        Value::Text(text) if text.as_hole().is_some() => text.as_hole().map_or_else(
            || reader.no_policy(node, "it is not an object"),
            |hole| Policy::unknown(hole, node.span),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            reader.no_policy(node, "it is not an object")
        }
    };
    (policy, reader.problems)
}

/// Bytes of the largest document that AWS takes, a delegation policy of an organization
/// \[orgs_reference_limits\]; most kinds have far fewer \[reference_iam-quotas\]
const LARGEST: usize = 40_000;

/// Problems so far, and what was not understood of the statement, or of the document, at hand
#[derive(Default)]
struct Reader {
    problems: Problems,
    unread: Vec<Unread>,
}

/// The elements of a map, the last of equal names
struct Elements<'n> {
    literal: BTreeMap<&'n str, (&'n Key, &'n Node)>,
    /// In the order they were written
    all: Vec<(&'n Key, &'n Node)>,
}

impl<'n> Elements<'n> {
    fn take(&mut self, name: &str) -> Option<&'n Node> {
        self.literal.remove(name).map(|(_, node)| node)
    }
}

impl Reader {
    fn document(&mut self, node: &Node, entries: &[(Key, Node)]) -> Policy {
        let mut elements = self.elements(entries);
        let version = self.version(elements.take("Version"));
        let id = self.name("Id", elements.take("Id"));
        let statements = elements.take("Statement");
        self.other_elements(&elements, "document element");
        let of_document = std::mem::take(&mut self.unread);
        let Some(statements) = statements else {
            return self.no_policy(node, "it has no `Statement`");
        };
        let mut statements = self.statements(statements);
        for statement in &mut statements {
            statement.unread.extend(of_document.iter().cloned());
            settle(&mut statement.unread);
        }
        let policy = Policy { version, id, statements, span: node.span };
        self.size(&policy);
        policy
    }

    /// Tells of a document that is longer than any that AWS takes
    fn size(&mut self, policy: &Policy) {
        let of_piece = |piece: &Piece| match piece {
            Piece::Lit(text) => text.len(),
            Piece::Hole(_) => 0,
        };
        let size: usize = policy.texts().flat_map(|text| text.pieces()).map(of_piece).sum();
        if size > LARGEST {
            let message =
                format!("a policy with {size} bytes of names and patterns, which AWS does not take");
            self.problem(message, policy.span).help(format!(
                "no kind of policy may have more than {LARGEST}; it is read and decided as written"
            ));
        }
    }

    fn no_policy(&mut self, node: &Node, why: &str) -> Policy {
        self.problems
            .at(ProblemKind::Policy, Severity::Broken, format!("no policy document: {why}"), node.span)
            .help("write an object with `Version` and `Statement`");
        Policy::unknown(&Hole::input(format!("a document that is no policy: {why}")), node.span)
    }

    fn version(&mut self, node: Option<&Node>) -> Version {
        let Some(node) = node else { return Version::V2008 { written: false } };
        let text = node.as_text().unwrap_or_else(|| Text::from(Hole::input("the policy's Version")));
        match text.as_literal() {
            Some("2012-10-17") => Version::V2012,
            Some("2008-10-17") => Version::V2008 { written: true },
            Some(_) => {
                self.problem("`Version` is neither `2012-10-17` nor `2008-10-17`", node.span)
                    .help("write \"Version\": \"2012-10-17\"; only there `${...}` is a variable");
                Version::Unknown(text)
            }
            None if node.as_text().is_none() => {
                self.problem("`Version` is not a string", node.span)
                    .help("write \"Version\": \"2012-10-17\"");
                Version::Unknown(text)
            }
            None => Version::Unknown(text),
        }
    }

    fn statements(&mut self, node: &Node) -> Vec<Statement> {
        let list = node.one_or_many();
        let read = list.iter().take(MOST_STATEMENTS).enumerate();
        let mut statements: Vec<_> = read.map(|(index, node)| self.statement(index, node)).collect();
        if let Some(first) = list.get(MOST_STATEMENTS) {
            let message = format!("more than {MOST_STATEMENTS} statements; the rest was not read");
            self.problems
                .at(ProblemKind::Limit, Severity::Partly, message, first.span)
                .help("split the document; AWS allows none of this size");
            let hole = Hole::input(format!("the statements after the first {MOST_STATEMENTS}"));
            statements.push(Statement::unknown(&hole, MOST_STATEMENTS, first.span));
        }
        statements
    }

    fn statement(&mut self, index: usize, node: &Node) -> Statement {
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Unknown(hole) => return Statement::unknown(hole, index, node.span),
            Value::Text(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) => {
                if let Some(hole) = node.as_text().as_ref().and_then(Text::as_hole) {
                    return Statement::unknown(hole, index, node.span);
                }
                self.problem("a statement that is not an object", node.span)
                    .help("write {\"Effect\": ..., \"Action\": ..., \"Resource\": ...}");
                let hole = Hole::input("a statement that is not an object");
                return Statement::unknown(&hole, index, node.span);
            }
        };
        let mut elements = self.elements(entries);
        let sid = self.name("Sid", elements.take("Sid"));
        let effect = self.effect(elements.take("Effect"), node.span);
        let principal =
            self.clause(&mut elements, ["Principal", "NotPrincipal"], Self::principals, unknown_principal);
        let action = self.clause(&mut elements, ["Action", "NotAction"], Self::actions, |entry| vec![entry]);
        let resource =
            self.clause(&mut elements, ["Resource", "NotResource"], Self::patterns, |entry| vec![entry]);
        let action = match action {
            Clause::Absent => {
                let what = "a statement without `Action` and `NotAction`";
                Clause::Is(vec![self.unknown(what, node.span, "name the actions; `*` is all")])
            }
            Clause::Is(_) | Clause::Not(_) => action,
        };
        let condition = elements.take("Condition").map_or_else(Vec::new, |node| self.conditions(node));
        self.other_elements(&elements, "element");
        let mut unread = std::mem::take(&mut self.unread);
        settle(&mut unread);
        Statement { index, sid, effect, principal, action, resource, condition, unread, span: node.span }
    }

    fn effect(&mut self, node: Option<&Node>, statement: Span) -> Effect {
        let unknown = |what: String| Effect::Unknown(Hole::input(what));
        let Some(node) = node else {
            self.problem("a statement without `Effect`", statement).help("write `Allow` or `Deny`");
            return unknown("the missing `Effect`".into());
        };
        let text = node.as_text();
        match (text.as_ref().and_then(Text::as_literal), &text) {
            (Some("Allow"), _) => Effect::Allow,
            (Some("Deny"), _) => Effect::Deny,
            (None, Some(text)) if text.as_hole().is_some() => {
                text.as_hole().map_or_else(|| unknown("Effect".into()), |hole| Effect::Unknown(hole.clone()))
            }
            (None, Some(text)) => unknown(format!("Effect `{text}`")),
            (Some(_) | None, _) => {
                self.problem("`Effect` is neither `Allow` nor `Deny`", node.span)
                    .help("write `Allow` or `Deny`; letter case counts");
                unknown("an `Effect` that is neither `Allow` nor `Deny`".into())
            }
        }
    }

    /// An element or its negated sister; both at once are not valid, and which of them counts is not known
    fn clause<T>(
        &mut self,
        elements: &mut Elements<'_>,
        [name, negated]: [&'static str; 2],
        read: fn(&mut Self, &'static str, &Node) -> T,
        unknown: fn(Entry) -> T,
    ) -> Clause<T> {
        match (elements.take(name), elements.take(negated)) {
            (None, None) => Clause::Absent,
            (Some(node), None) => Clause::Is(read(self, name, node)),
            (None, Some(node)) => Clause::Not(read(self, negated, node)),
            (Some(_), Some(other)) => {
                let what = format!("both `{name}` and `{negated}` in one statement");
                Clause::Is(unknown(self.unknown(
                    what,
                    other.span,
                    "a statement has one of them: remove the other",
                )))
            }
        }
    }

    fn actions(&mut self, name: &'static str, node: &Node) -> Vec<Entry> {
        let mut entries = self.patterns(name, node);
        for entry in &mut entries {
            if let Some(text) = entry.text.as_literal()
                && !text.contains(':')
                && !text.chars().all(|c| c == '*')
            {
                let what = format!("action `{text}` without a service");
                *entry = self.unknown(what, entry.span, "write `service:Name`; `*` alone is every action");
            }
        }
        entries
    }

    fn patterns(&mut self, name: &'static str, node: &Node) -> Vec<Entry> {
        let mut entries = self.texts(&format!("`{name}`"), node);
        for entry in entries.iter_mut().filter(|entry| entry.text.is_empty()) {
            *entry = self.unknown(
                format!("an empty string in `{name}`"),
                entry.span,
                "write a pattern, or remove it",
            );
        }
        // An empty `Action` or `Resource` affects nothing [access-analyzer-reference-policy-checks]; no page says
        // so of the negated ones.
        if entries.is_empty() && name.starts_with("Not") {
            self.unread(format!("`{name}` is an empty list"), node.span, "say what is excepted");
        }
        entries
    }

    fn principals(&mut self, name: &'static str, node: &Node) -> Principals {
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Text(_)
            | Value::Unknown(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::List(_) => {
                let text = node.as_text();
                if text.as_ref().and_then(Text::as_literal) == Some("*") {
                    return Principals::Everyone(node.span);
                }
                let unknown = match text.filter(|text| text.holes().next().is_some()) {
                    Some(text) => Entry { text, span: node.span },
                    None => {
                        let what = format!("`{name}` that is neither `*` nor an object");
                        self.unknown(what, node.span, "write \"*\" or {\"AWS\": ..., \"Service\": ...}")
                    }
                };
                return unknown_principal(unknown);
            }
        };
        let mut named = Vec::new();
        for (key, node) in self.elements(entries).all {
            let kind = PrincipalKind::from(&key.text);
            if let PrincipalKind::Unknown(text) = &kind
                && text.as_literal().is_some()
            {
                self.problem(format!("`{name}` has no list `{text}`"), key.span).help(
                    "the lists are `AWS`, `Service`, `Federated` and `CanonicalUser`; letter case counts",
                );
            }
            let texts = self.texts(&format!("`{}` of `{name}`", key.text), node);
            named.extend(texts.into_iter().map(|Entry { text, span }| Named {
                kind: kind.clone(),
                text,
                span,
            }));
        }
        Principals::Listed(named)
    }

    fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let Some(operators) = self.block("`Condition`", node) else { return Vec::new() };
        let mut conditions = Vec::new();
        for (name, block) in operators {
            let operator = Operator::parse(&name.text);
            if let Operator::Unknown(text) = &operator
                && text.as_literal().is_some()
            {
                self.problem(format!("no condition operator `{text}`"), name.span)
                    .help("check its spelling; letter case counts, and `Null` has no `IfExists`");
            }
            let Some(keys) = self.block(&format!("`{}`", name.text), block) else { continue };
            for (key, node) in keys {
                let what = format!("`{}` under `{}`", key.text, name.text);
                let mut values = self.texts(&what, node);
                if values.is_empty() {
                    values =
                        vec![self.unknown(format!("{what} without values"), node.span, "name the values")];
                }
                let start = usize::try_from(key.span.start).unwrap_or(usize::MAX);
                let end = usize::try_from(node.span.end).unwrap_or(usize::MAX);
                let span = Span::new(key.span.file, start, end);
                conditions.push(Condition {
                    operator: operator.clone(),
                    key: key.text.clone(),
                    values,
                    span,
                });
            }
        }
        conditions
    }

    /// The elements of a part of `Condition`; `None` where it is none
    fn block<'n>(&mut self, what: &str, node: &'n Node) -> Option<Vec<(&'n Key, &'n Node)>> {
        match &node.value {
            Value::Map(entries) => Some(self.elements(entries).all),
            Value::Unknown(_)
            | Value::Text(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::List(_) => {
                self.misread(what, "is not an object", node);
                None
            }
        }
    }

    /// A string or a list of strings; numbers and booleans read as text, and a hole may stand for a list
    fn texts(&mut self, what: &str, node: &Node) -> Vec<Entry> {
        let nodes = node.one_or_many();
        let mut entries = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node.as_text() {
                Some(text) => entries.push(Entry { text, span: node.span }),
                None => {
                    let what = format!("{what} that is neither a string nor a list of strings");
                    entries.push(self.unknown(what, node.span, "write a string"));
                }
            }
        }
        entries
    }

    /// `Sid` or `Id`
    fn name(&mut self, name: &str, node: Option<&Node>) -> Option<Text> {
        let node = node?;
        let text = node.as_text();
        if text.is_none() {
            self.misread(&format!("`{name}`"), "is not a string", node);
        }
        text
    }

    fn elements<'n>(&mut self, entries: &'n [(Key, Node)]) -> Elements<'n> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::with_capacity(entries.len());
        for (key, node) in entries.iter().rev() {
            // A name with a hole is equal to itself, too.
            if seen.insert(&key.text) {
                all.push((key, node));
            } else {
                self.problem(format!("`{}` is written twice; the last one counts", key.text), key.span)
                    .help("remove one of them: AWS accepts an element once");
            }
        }
        all.reverse();
        let literal = all.iter().filter_map(|(key, node)| Some((key.text.as_literal()?, (*key, *node))));
        Elements { literal: literal.collect(), all }
    }

    /// What is left after every element that AWS defines was taken
    fn other_elements(&mut self, elements: &Elements<'_>, kind: &str) {
        for (key, _) in &elements.all {
            let Some(name) = key.text.as_literal() else {
                let what = format!("an element named `{}`", key.text);
                self.unread.push(Unread { what, hole: key.text.holes().next().cloned(), span: key.span });
                continue;
            };
            if !elements.literal.contains_key(name) {
                continue;
            }
            // What `print` writes for a part that was not understood is a sentence: it stays as it is.
            let what = if name.contains(' ') { name.to_owned() } else { format!("{kind} `{name}`") };
            let written = elements.literal.get(name).and_then(|(_, node)| node.as_text());
            let hole = written.filter(|_| name.contains(' ')).and_then(|text| text.as_hole().cloned());
            self.problem(format!("unknown {what}"), key.span)
                .help("remove it or check its spelling; letter case counts");
            self.unread.push(Unread { what, hole, span: key.span });
        }
    }

    /// A value of the wrong type, or one that is not known before deployment
    fn misread(&mut self, what: &str, problem: &str, node: &Node) {
        match node.as_text().as_ref().and_then(|text| text.holes().next()) {
            Some(hole) => {
                let what = format!("{what} is not known before deployment");
                self.unread.push(Unread { what, hole: Some(hole.clone()), span: node.span });
            }
            None => {
                self.unread(format!("{what} {problem}"), node.span, "write it as the policy grammar says")
            }
        }
    }

    /// A hole in the place of what was not understood: whatever it is compared with, the answer depends on it
    fn unknown(&mut self, what: impl Into<String>, span: Span, help: &str) -> Entry {
        let what = what.into();
        self.problem(what.clone(), span).help(help);
        Entry { text: Hole::input(what).into(), span }
    }

    fn unread(&mut self, what: impl Into<String>, span: Span, help: &str) {
        let what = what.into();
        self.problem(what.clone(), span).help(help);
        self.unread.push(Unread { what, hole: None, span });
    }

    fn problem(&mut self, message: impl Into<String>, span: Span) -> &mut crate::problem::Problem {
        self.problems.at(ProblemKind::Policy, Severity::Partly, message, span)
    }
}

fn unknown_principal(Entry { text, span }: Entry) -> Principals {
    Principals::Listed(vec![Named { kind: PrincipalKind::Unknown(text.clone()), text, span }])
}

/// One order, whatever the order of elements, and nothing twice
fn settle(unread: &mut Vec<Unread>) {
    unread.sort_by(|a, b| (&a.what, &a.hole).cmp(&(&b.what, &b.hole)));
    unread.dedup_by(|a, b| a.what == b.what);
}

#[cfg(test)]
mod tests;
