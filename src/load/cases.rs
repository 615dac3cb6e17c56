//! Cases: one request with the policies that apply to it, as JSON. Tests replay them, and `decide` reads them.
//!
//! The context of a case is complete unless it says otherwise: a key that it does not name is absent from the request.
//! Must not know: how a request is decided.

use std::sync::Arc;

use crate::aws::action::Action;
use crate::aws::arn::Arn;
use crate::eval::context::{Context, KeyValue, Others};
use crate::eval::decide::Verdict;
use crate::eval::request::{Applicable, Attached, Caller, Document, Home, Request};
use crate::load::json;
use crate::node::{Node, Origin, Value};
use crate::policy::grant::{Constraint, Grant};
use crate::policy::{self, Entry, Policy, Unread};
use crate::problem::{ProblemKind, Problems, Severity};
use crate::source::{FileId, Span};
use crate::text::Text;

/// A request, the policies that apply to it, and perhaps what must come out
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called
    pub id: String,
    /// What it is about; the first names its family
    pub tags: Vec<String>,
    /// The request
    pub request: Request,
    /// What must come out, if it says so
    pub expect: Option<Verdict>,
    identity: Vec<Named>,
    resource: Vec<Named>,
    grants: Vec<Named>,
    boundary: Vec<Named>,
    session: Vec<Named>,
    scps: Vec<Vec<Named>>,
    rcps: Vec<Vec<Named>>,
    endpoint: Vec<Named>,
}

/// A policy and what reports call it
#[derive(Clone, Debug)]
struct Named {
    name: String,
    policy: Policy,
}

/// The verdicts as cases spell them
static VERDICTS: &[(&str, Verdict)] = &[
    ("allowed", Verdict::Allowed),
    ("explicitly_denied", Verdict::ExplicitlyDenied),
    ("implicitly_denied", Verdict::ImplicitlyDenied),
    ("conditional", Verdict::Conditional),
];

impl Case {
    /// Reads the case that a file holds; `None` where there is no request to decide: a problem says why
    #[must_use]
    pub fn read(text: &str, file: FileId) -> (Option<Self>, Problems) {
        let whole = Span::new(file, 0, text.len());
        let origin = Origin::Runs(Arc::from([(0, whole)]));
        let (node, problems) = json::read(&text.into(), whole, &origin);
        let mut reader = Reader { problems };
        let case = node.and_then(|node| reader.case(&node));
        (case, reader.problems)
    }

    /// The policies that apply
    #[must_use]
    pub fn applicable(&self) -> Applicable<'_> {
        Applicable {
            home: Home::ByAccount,
            identity: attached(&self.identity),
            resource: attached(&self.resource),
            grants: attached(&self.grants),
            boundary: attached(&self.boundary),
            session: attached(&self.session),
            scps: self.scps.iter().map(|level| attached(level)).collect(),
            rcps: self.rcps.iter().map(|level| attached(level)).collect(),
            endpoint: attached(&self.endpoint),
        }
    }
}

fn attached(documents: &[Named]) -> Vec<Attached<'_>> {
    documents
        .iter()
        .map(|Named { name, policy }| Attached { name, document: Document::Known(policy), doubts: &[] })
        .collect()
}

struct Reader {
    problems: Problems,
}

impl Reader {
    fn case(&mut self, node: &Node) -> Option<Case> {
        let Some(request) = node.get("request") else {
            return self.refuse("a case without `request`", node);
        };
        let request = self.request(request)?;
        let resource = node.get("resource_policy").filter(|node| node.value != Value::Null);
        Some(Case {
            id: literal(node.get("id")).unwrap_or_default(),
            tags: list(node.get("tags")).iter().filter_map(|tag| literal(Some(tag))).collect(),
            request,
            expect: self.expect(node.get("expect")),
            identity: self.documents(node.get("identity_policies")),
            resource: resource.map(|node| self.document("resource policy", node)).into_iter().collect(),
            grants: list(node.get("grants")).iter().map(|grant| self.grant(grant)).collect(),
            boundary: self.documents(node.get("boundary")),
            session: self.documents(node.get("session_policies")),
            scps: self.levels(node.get("scps")),
            rcps: self.levels(node.get("rcps")),
            endpoint: self.documents(node.get("vpc_endpoint_policies")),
        })
    }

    fn request(&mut self, node: &Node) -> Option<Request> {
        let Some(caller) = node.get("principal").and_then(caller) else {
            return self.refuse("a request whose `principal` is not understood", node);
        };
        let Some(action) = literal(node.get("action")).as_deref().and_then(Action::parse) else {
            return self.refuse("a request without an `action` of the form `service:Name`", node);
        };
        let Some(resource) = node.get("resource").and_then(|node| node.get("arn")).and_then(Node::as_text)
        else {
            return self.refuse("a request without `resource.arn`", node);
        };
        let owner = node.get("resource").and_then(|node| node.get("account")).and_then(Node::as_text);
        let others = match node.get("context_complete").map(|node| &node.value) {
            Some(Value::Bool(false)) => Others::Unknown,
            _ => Others::Absent,
        };
        let mut context = self.context(node.get("context"), others);
        for key in list(node.get("unknown")).iter().filter_map(|key| literal(Some(key))) {
            context.set(&key, KeyValue::Unknown);
        }
        Some(Request { caller, action, resource, owner, context })
    }

    fn context(&mut self, node: Option<&Node>, others: Others) -> Context {
        let mut context = Context::new(others);
        let Some(Value::Map(entries)) = node.map(|node| &node.value) else { return context };
        for (key, node) in entries {
            let Some(name) = key.text.as_literal() else { continue };
            let value = match &node.value {
                Value::List(values) => {
                    values.iter().map(Node::as_text).collect::<Option<Vec<_>>>().map(KeyValue::Many)
                }
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::Map(_)
                | Value::Unknown(_) => node.as_text().map(KeyValue::One),
            };
            if value.is_none() {
                self.note("a context key whose value is neither a string nor a list of strings", node)
                    .help("its value is taken as unknown");
            }
            context.set(name, value.unwrap_or(KeyValue::Unknown));
        }
        context
    }

    fn expect(&mut self, node: Option<&Node>) -> Option<Verdict> {
        let node = node?;
        let word = literal(Some(node));
        let known = VERDICTS.iter().find(|(known, _)| Some(*known) == word.as_deref());
        if known.is_none() {
            self.note("an `expect` that is no verdict", node)
                .help("write `allowed`, `implicitly_denied`, `explicitly_denied` or `conditional`");
        }
        known.map(|(_, verdict)| *verdict)
    }

    fn levels(&mut self, node: Option<&Node>) -> Vec<Vec<Named>> {
        list(node).iter().map(|level| self.documents(Some(level))).collect()
    }

    /// A list of `{"name": ..., "policy": ...}`
    fn documents(&mut self, node: Option<&Node>) -> Vec<Named> {
        let document = |node: &Node| {
            let name = literal(node.get("name")).unwrap_or_default();
            // Without `policy`, the reader of policies says that there is none, and anything is possible.
            self.document(&name, node.get("policy").unwrap_or(node))
        };
        list(node).iter().map(document).collect()
    }

    fn document(&mut self, name: &str, node: &Node) -> Named {
        let (policy, problems) = policy::parse::policy(node);
        self.problems.append(problems);
        Named { name: name.to_owned(), policy }
    }

    /// `{"grantee": ..., "operations": [...], "encryption_context_equals": {...}}`
    fn grant(&mut self, node: &Node) -> Named {
        let mut unread = Vec::new();
        let mut lacks = |what: &str| {
            unread.push(Unread { what: format!("`{what}` of a grant"), hole: None, span: node.span });
        };
        let entry = |node: &Node| Some(Entry { text: node.as_text()?, span: node.span });
        let grantee = node.get("grantee").and_then(entry).unwrap_or_else(|| {
            lacks("grantee");
            // It may serve anyone.
            Entry { text: "*".into(), span: node.span }
        });
        let operations: Vec<Entry> = list(node.get("operations")).iter().filter_map(entry).collect();
        if operations.is_empty() {
            lacks("operations");
        }
        let mut pairs = |name: &str| -> Option<Vec<(Text, Entry)>> {
            let entries = match &node.get(name)?.value {
                Value::Map(entries) => entries.as_slice(),
                _ => {
                    lacks(name);
                    return None;
                }
            };
            let pairs: Option<Vec<_>> =
                entries.iter().map(|(key, value)| Some((key.text.clone(), entry(value)?))).collect();
            if pairs.is_none() {
                lacks(name);
            }
            pairs
        };
        let equals = pairs("encryption_context_equals").map(Constraint::Equals);
        let constraint = equals.or_else(|| pairs("encryption_context_subset").map(Constraint::Subset));
        if !unread.is_empty() {
            self.note("a grant of which a part is not understood", node)
                .help("what it allows is taken as unknown");
        }
        let grant = Grant { grantee, operations, constraint, unread, span: node.span };
        Named { name: "grant".to_owned(), policy: grant.policy() }
    }

    fn refuse<T>(&mut self, message: &str, node: &Node) -> Option<T> {
        self.problems
            .at(ProblemKind::Syntax, Severity::Broken, message, node.span)
            .help("corpus/decisions/README.md shows the shape of a case");
        None
    }

    fn note(&mut self, message: &str, node: &Node) -> &mut crate::problem::Problem {
        self.problems.at(ProblemKind::NotUnderstood, Severity::Partly, message, node.span)
    }
}

/// Who calls, as a case names it: an ARN, a service principal, or `{"type": "Anonymous"}`
fn caller(node: &Node) -> Option<Caller> {
    if literal(node.get("type")).as_deref() == Some("Anonymous") {
        return Some(Caller::Anonymous);
    }
    let text = node.as_text()?;
    let Some(arn) = Arn::parse(&text) else {
        return text.as_literal().filter(|name| name.contains('.')).map(|name| Caller::Service(name.into()));
    };
    let resource = arn.resource.as_literal()?.to_owned();
    let role = |name: &str| {
        let mut role = arn.clone();
        role.service = "iam".into();
        role.resource = format!("role/{name}").into();
        role.to_text()
    };
    let (kind, name) = resource.split_once('/').unwrap_or((&resource, ""));
    Some(match kind {
        "root" => Caller::Root(arn.account),
        "user" => Caller::User(text),
        "federated-user" => Caller::FederatedUser(text),
        "saml-provider" | "oidc-provider" => Caller::Federated(text),
        "role" if name.starts_with("aws-service-role/") => Caller::ServiceLinkedRole(text),
        "role" => Caller::Session { role: text, name: None },
        "assumed-role" => {
            let (name, session) = name.split_once('/')?;
            // The names of service-linked roles are reserved \[id_roles_create-service-linked-role\].
            if name.starts_with("AWSServiceRoleFor") {
                Caller::ServiceLinkedRole(role(name))
            } else {
                Caller::Session { role: role(name), name: Some(Text::from(session)) }
            }
        }
        _ => return None,
    })
}

fn literal(node: Option<&Node>) -> Option<String> {
    node?.as_text()?.as_literal().map(str::to_owned)
}

fn list(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(list)) => list,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn read(text: &str) -> (Option<Case>, Problems) {
        Case::read(text, Sources::default().add("case.json", text))
    }

    #[test]
    fn callers_are_told_apart_by_their_arn() {
        let caller = |text: &str| caller(&Node::text(text, Span::NOWHERE));
        let session =
            Caller::Session { role: "arn:aws:iam::111122223333:role/etl".into(), name: Some("job@x".into()) };
        assert_eq!(caller("arn:aws:sts::111122223333:assumed-role/etl/job@x"), Some(session));
        assert_eq!(caller("sns.amazonaws.com"), Some(Caller::Service("sns.amazonaws.com".into())));
        assert_eq!(caller("arn:aws:iam::111122223333:root"), Some(Caller::Root("111122223333".into())));
        let linked = caller("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s");
        assert!(matches!(linked, Some(Caller::ServiceLinkedRole(_))));
        for (arn, is) in [
            ("arn:aws:iam::111122223333:user/ops/kay", Caller::User as fn(Text) -> Caller),
            ("arn:aws:sts::111122223333:federated-user/c", Caller::FederatedUser),
            ("arn:aws:iam::111122223333:oidc-provider/idp.acme.test", Caller::Federated),
        ] {
            assert_eq!(caller(arn), Some(is(arn.into())));
        }
        assert_eq!(caller("somebody"), None);
        assert_eq!(caller("arn:aws:s3:::bucket"), None);
    }

    #[test]
    fn a_case_keeps_the_places_of_its_statements() {
        let text = r#"{"id": "x", "tags": ["a", "b"], "expect": "allowed", "request": {"principal": {"type": "Anonymous"},
            "action": "s3:GetObject", "resource": {"arn": "arn:aws:s3:::b/k", "account": "111122223333"},
            "context": {"aws:TagKeys": ["a"], "k": "v"}}, "scps": [[], []],
            "resource_policy": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Principal": "*", "Resource": "*"}}}"#;
        let (case, problems) = read(text);
        let case = case.expect("a case");
        assert!(problems.is_empty(), "{problems:?}");
        let statement = &case.resource[0].policy.statements[0];
        let place = statement.span.start as usize..statement.span.end as usize;
        assert!(text.get(place).is_some_and(|text| text.starts_with("{\"Effect\"")), "{:?}", statement.span);
        assert_eq!((case.applicable().scps.len(), case.expect), (2, Some(Verdict::Allowed)));
        assert_eq!(case.request.context.listed("AWS:tagkeys"), Some(&KeyValue::Many(vec!["a".into()])));
    }

    #[test]
    fn a_case_without_a_request_is_refused_with_a_reason() {
        for text in ["{}", "[", r#"{"request": {}}"#, r#"{"request": {"principal": "a.b", "action": "x"}}"#] {
            let (case, problems) = read(text);
            assert!(case.is_none() && problems.broken(), "{text}");
        }
    }
}
