//! What is read of good and bad documents, each through a JSON text.

use super::*;
use crate::node::Origin;
use crate::policy::print;
use crate::source::Sources;

/// A tree without places from JSON; `"${h:NAME}"` as a whole string is a value of unknown type
fn node(json: &serde_json::Value) -> Node {
    let value = match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(digits) => Value::Number(digits.to_string()),
        serde_json::Value::String(text) => {
            match text.strip_prefix("${h:").and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => Value::Unknown(Hole::input(name)),
                None => Value::Text(text.as_str().into()),
            }
        }
        serde_json::Value::Array(list) => Value::List(list.iter().map(node).collect()),
        serde_json::Value::Object(map) => Value::Map(
            map.iter()
                .map(|(key, value)| (Key { text: key.as_str().into(), span: Span::NOWHERE }, node(value)))
                .collect(),
        ),
    };
    Node { value, span: Span::NOWHERE, origin: Origin::Whole }
}

fn read(json: &str) -> (Policy, Problems) {
    let (policy, problems) = super::policy(&node(&serde_json::from_str(json).expect("JSON")));
    let (again, _) = super::policy(&print::policy(&policy));
    assert!(again.same_as(&policy), "{policy:#?}\nis printed as\n{again:#?}");
    (policy, problems)
}

fn statement(elements: &str) -> (Statement, Vec<String>) {
    let (mut policy, problems) = read(&format!("{{\"Statement\": {{{elements}}}}}"));
    assert!(!problems.broken());
    (policy.statements.remove(0), problems.iter().map(|problem| problem.message.clone()).collect())
}

fn literals(clause: &Clause<Vec<Entry>>) -> Vec<String> {
    match clause {
        Clause::Is(entries) | Clause::Not(entries) => entries.iter().map(|e| e.text.to_string()).collect(),
        Clause::Absent => panic!("absent"),
    }
}

const REST: &str = r#""Effect": "Allow", "Action": "s3:Get*", "Resource": "*""#;

#[test]
fn one_string_and_a_list_of_one_say_the_same() {
    let (one, problems) = read(
        r#"{"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "S", "Effect": "Deny", "NotAction": "s3:*",
            "NotResource": "arn:aws:s3:::b", "Principal": {"AWS": "1", "Service": "s"},
            "Condition": {"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"k": 5}}}}"#,
    );
    let (list, _) = read(
        r#"{"Statement": [{"Effect": "Deny", "Sid": "S", "NotAction": ["s3:*"], "NotResource": ["arn:aws:s3:::b"],
            "Principal": {"AWS": ["1"], "Service": ["s"]},
            "Condition": {"Bool": {"aws:SecureTransport": ["false"]}, "NumericLessThan": {"k": ["5"]}}}],
            "Id": "x", "Version": "2012-10-17"}"#,
    );
    assert!(one.same_as(&list));
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(one.version, Version::V2012);
    let statement = &one.statements[0];
    assert_eq!(statement.effect, Effect::Deny);
    assert!(matches!((&statement.action, &statement.resource), (Clause::Not(_), Clause::Not(_))));
    let text: Vec<_> = statement.condition.iter().map(|c| c.values[0].text.to_string()).collect();
    assert_eq!(text, ["false", "5"]);
}

#[test]
fn everyone_is_a_star_and_a_listed_star_is_listed() {
    let (star, _) = statement(&format!(r#"{REST}, "Principal": "*""#));
    assert!(matches!(star.principal, Clause::Is(Principals::Everyone(_))));
    let (listed, _) = statement(&format!(r#"{REST}, "NotPrincipal": {{"AWS": "*"}}"#));
    let Clause::Not(Principals::Listed(named)) = listed.principal else { panic!("{listed:?}") };
    assert_eq!((&named[0].kind, named[0].text.to_string()), (&PrincipalKind::Aws, "*".into()));
}

#[test]
fn a_document_without_version_is_of_2008() {
    let version = |json: &str| read(json).0.version;
    assert_eq!(version(r#"{"Statement": []}"#), Version::V2008 { written: false });
    assert_eq!(version(r#"{"Version": "2008-10-17", "Statement": []}"#), Version::V2008 { written: true });
    assert_eq!(version(r#"{"Version": "2020", "Statement": []}"#), Version::Unknown("2020".into()));
    let Version::Unknown(text) = version(r#"{"Version": [], "Statement": []}"#) else { panic!() };
    assert!(text.as_hole().is_some());
    assert!(matches!(version(r#"{"Version": "${h:v}", "Statement": []}"#), Version::Unknown(_)));
}

#[test]
fn no_statements_are_no_statements() {
    let (policy, problems) = read(r#"{"Version": "2012-10-17", "Statement": []}"#);
    assert!(policy.statements.is_empty() && problems.is_empty());
}

#[test]
fn what_is_no_policy_at_all_may_say_anything() {
    for json in ["null", "[]", "5", "\"x\"", "{}", r#"{"Statements": []}"#] {
        let (policy, problems) = read(json);
        assert!(problems.broken(), "{json}");
        assert!(matches!(policy.statements.as_slice(), [one] if matches!(one.effect, Effect::Unknown(_))));
    }
    let (policy, problems) = read("\"${h:var.policy}\"");
    assert!(problems.is_empty());
    assert_eq!(policy.statements[0].effect, Effect::Unknown(Hole::input("var.policy")));
}

#[test]
fn an_unknown_element_makes_the_statement_depend() {
    for (element, what) in [
        (r#""Foo": 1"#, "element `Foo`"),
        (r#""condition": {}"#, "element `condition`"),
        (r#""two words": {}"#, "two words"),
        (r#""": {}"#, "element ``"),
    ] {
        let (statement, problems) = statement(&format!("{REST}, {element}"));
        assert_eq!(statement.unread[0].what, what);
        assert_eq!(problems.len(), 1);
    }
    let (policy, problems) = read(&format!(r#"{{"Statment": 1, "Statement": [{{{REST}}}, {{{REST}}}]}}"#));
    assert_eq!(policy.statements[1].unread[0].what, "document element `Statment`");
    assert_eq!(problems.iter().count(), 1);
}

#[test]
fn an_element_and_its_negated_sister_at_once_may_be_anything() {
    let (both, problems) = statement(&format!(r#"{REST}, "NotAction": "iam:*", "NotResource": "a""#));
    assert_eq!(literals(&both.action), ["⟨both `Action` and `NotAction` in one statement⟩"]);
    assert_eq!(literals(&both.resource), ["⟨both `Resource` and `NotResource` in one statement⟩"]);
    assert_eq!(problems.len(), 2);
    let (both, _) = statement(&format!(r#"{REST}, "Principal": "*", "NotPrincipal": {{}}"#));
    let Clause::Is(Principals::Listed(named)) = both.principal else { panic!() };
    assert!(matches!(named[0].kind, PrincipalKind::Unknown(_)));
}

#[test]
fn a_missing_or_unknown_effect_may_be_either() {
    for effect in ["", r#""Effect": "allow","#, r#""Effect": 1,"#, r#""Effect": null,"#] {
        let (statement, problems) = statement(&format!(r#"{effect} "Action": "s3:*""#));
        assert!(matches!(statement.effect, Effect::Unknown(_)), "{effect}");
        assert_eq!(problems.len(), 1, "{effect}");
    }
    let (hole, problems) = statement(r#""Effect": "${h:e}", "Action": "s3:*""#);
    assert_eq!((hole.effect, problems), (Effect::Unknown(Hole::input("e")), vec![]));
}

#[test]
fn an_action_that_aws_refuses_may_be_any() {
    for action in [r#""""#, "5", "null", "{}", "[[]]", r#""lambda""#, r#"["s3*"]"#] {
        let (statement, problems) = statement(&format!(r#""Effect": "Deny", "Action": {action}"#));
        assert!(literals(&statement.action)[0].starts_with('⟨'), "{action}");
        assert_eq!(problems.len(), 1, "{action}");
    }
    let (none, problems) = statement(r#""Effect": "Deny", "Resource": "*""#);
    assert_eq!((literals(&none.action).len(), problems.len()), (1, 1));
    let (fine, problems) = statement(r#""Effect": "Deny", "Action": ["*", "**", "s3:*", "*:*"]"#);
    assert_eq!((literals(&fine.action).len(), problems), (4, vec![]));
}

#[test]
fn an_empty_list_of_actions_affects_nothing_and_an_empty_negated_one_depends() {
    let (empty, problems) = statement(r#""Effect": "Allow", "Action": [], "Resource": []"#);
    assert_eq!((literals(&empty.action).len(), literals(&empty.resource).len()), (0, 0));
    assert!(empty.unread.is_empty() && problems.is_empty());
    let (empty, problems) = statement(r#""Effect": "Allow", "NotAction": [], "NotResource": []"#);
    assert_eq!((empty.unread.len(), problems.len()), (2, 2));
}

#[test]
fn a_principal_of_another_form_may_be_anyone() {
    for principal in [r#""123""#, r#"["*"]"#, "null", "true"] {
        let (statement, problems) = statement(&format!(r#"{REST}, "Principal": {principal}"#));
        let Clause::Is(Principals::Listed(named)) = statement.principal else { panic!("{principal}") };
        assert!(named[0].text.as_hole().is_some());
        assert_eq!(problems.len(), 1);
    }
    let (other, problems) = statement(&format!(r#"{REST}, "Principal": {{"aws": "*", "AWS": [null]}}"#));
    let Clause::Is(Principals::Listed(named)) = other.principal else { panic!() };
    assert_eq!(named.iter().filter(|n| n.kind == PrincipalKind::Unknown("aws".into())).count(), 1);
    assert_eq!((named.len(), problems.len()), (2, 2));
}

#[test]
fn a_condition_that_is_not_understood_stays() {
    let (statement, problems) = statement(&format!(
        r#"{REST}, "Condition": {{"StringMatches": {{"k": "v"}}, "NullIfExists": {{"k": "true"}}, "Bool": [],
            "StringEquals": {{"a": [], "b": null, "c": "${{h:c}}"}}, "StringLike": {{}}, "Null": "${{h:n}}"}}"#
    ));
    let unknown = statement.condition.iter().filter(|c| matches!(c.operator, Operator::Unknown(_))).count();
    assert_eq!((statement.condition.len(), unknown), (5, 2));
    let values = statement.condition.iter().filter(|c| c.operator.name() == "StringEquals".into());
    assert!(values.map(|c| &c.values[0]).all(|value| value.text.as_hole().is_some()));
    let unread: Vec<_> = statement.unread.iter().map(|unread| unread.what.as_str()).collect();
    assert_eq!(unread, ["`Bool` is not an object", "`Null` is not known before deployment"]);
    assert_eq!(problems.len(), 5, "{problems:?}");
}

#[test]
fn unknown_values_stand_where_they_stood_without_a_problem() {
    let (statement, problems) = statement(
        r#""Effect": "${h:e}", "Action": "${h:a}", "Resource": ["x", "${h:r}"], "Principal": "${h:p}",
           "Condition": "${h:c}", "Sid": "${h:s}""#,
    );
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(
        statement.action,
        Clause::Is(vec![Entry { text: Hole::input("a").into(), span: Span::NOWHERE }])
    );
    assert_eq!(literals(&statement.resource), ["x", "⟨r⟩"]);
    assert_eq!(statement.unread[0].hole, Some(Hole::input("c")));
    let (policy, problems) = read(r#"{"Statement": ["${h:one}", 5]}"#);
    assert_eq!(policy.statements[0].effect, Effect::Unknown(Hole::input("one")));
    assert_eq!((policy.statements.len(), problems.iter().count()), (2, 1));
}

#[test]
fn the_last_of_equal_elements_counts_and_a_problem_says_so() {
    let entry = |name: &str, text: &str| {
        (Key { text: name.into(), span: Span::NOWHERE }, Node::text(text, Span::NOWHERE))
    };
    let elements = vec![entry("Effect", "Allow"), entry("Action", "a:b"), entry("Effect", "Deny")];
    let statement = Node::new(Value::Map(elements), Span::NOWHERE);
    let key = Key { text: "Statement".into(), span: Span::NOWHERE };
    let (policy, problems) = super::policy(&Node::new(Value::Map(vec![(key, statement)]), Span::NOWHERE));
    assert_eq!(policy.statements[0].effect, Effect::Deny);
    let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["`Effect` is written twice; the last one counts"]);
}

#[test]
fn an_element_whose_name_has_a_hole_makes_the_statement_depend() {
    let entry =
        |name: Text, text: &str| (Key { text: name, span: Span::NOWHERE }, Node::text(text, Span::NOWHERE));
    let elements = vec![
        entry("Effect".into(), "Allow"),
        entry("Action".into(), "a:b"),
        entry(Hole::input("var.x").into(), "c:d"),
    ];
    let statement = Node::new(Value::Map(elements), Span::NOWHERE);
    let key = Key { text: "Statement".into(), span: Span::NOWHERE };
    let (policy, _) = super::policy(&Node::new(Value::Map(vec![(key, statement)]), Span::NOWHERE));
    assert_eq!(policy.statements[0].unread[0].hole, Some(Hole::input("var.x")));
    let (again, _) = super::policy(&print::policy(&policy));
    assert!(again.same_as(&policy));
}

#[test]
fn a_document_too_long_ends_in_a_statement_that_may_say_anything() {
    let one = node(&serde_json::json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    let list = Node::new(Value::List(vec![one; MOST_STATEMENTS + 2]), Span::NOWHERE);
    let key = Key { text: "Statement".into(), span: Span::NOWHERE };
    let (policy, problems) = super::policy(&Node::new(Value::Map(vec![(key, list)]), Span::NOWHERE));
    assert_eq!(policy.statements.len(), MOST_STATEMENTS + 1);
    assert!(matches!(policy.statements[MOST_STATEMENTS].effect, Effect::Unknown(_)));
    assert_eq!(problems.iter().next().map(|problem| problem.kind), Some(ProblemKind::Limit));
}

#[test]
fn places_are_those_of_the_values() {
    let mut sources = Sources::default();
    let file = sources.add("p.json", "");
    let at = |start, end| Span::new(file, start, end);
    let key = |name: &str, start, end| Key { text: name.into(), span: at(start, end) };
    let condition = Node::new(Value::Map(vec![(key("k", 50, 53), Node::text("v", at(55, 58)))]), at(49, 59));
    let statement = Node::new(
        Value::Map(vec![
            (key("Effect", 10, 18), Node::text("Allow", at(20, 27))),
            (key("Action", 30, 38), Node::text("a:b", at(40, 45))),
            (
                key("Condition", 46, 47),
                Node::new(Value::Map(vec![(key("Bool", 47, 48), condition)]), at(48, 60)),
            ),
        ]),
        at(9, 61),
    );
    let document = Node::new(Value::Map(vec![(key("Statement", 1, 8), statement)]), at(0, 62));
    let (policy, _) = super::policy(&document);
    let statement = &policy.statements[0];
    assert_eq!((policy.span, statement.span), (at(0, 62), at(9, 61)));
    assert_eq!(
        (statement.condition[0].span, statement.condition[0].values[0].span),
        (at(50, 58), at(55, 58))
    );
    assert!(matches!(&statement.action, Clause::Is(entries) if entries[0].span == at(40, 45)));
}
