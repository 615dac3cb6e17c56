//! Statements of the policies of functions and layers that Terraform writes as arguments, or that its provider adds.
//!
//! `aws_lambda_permission` is `AddPermission`, and a layer has one of its own: each argument becomes the condition that the service writes
//! \[API_AddPermission, access-control-resource-based\]. For a URL without authorization the provider adds two public
//! statements on creation, the second one since version 6.28.0 \[`aws_lambda_function_url`\].

use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::load::terraform::instance::Instance;
use crate::node::Node;
use crate::policy::operator::{OPERATORS, Operator, Quantifier, WhenAbsent};
use crate::policy::{
    Clause, Condition, Effect, Entry, Named, Policy, PrincipalKind, Principals, Statement, Version,
};
use crate::source::Span;
use crate::text::{Hole, Text};
use crate::world::pieces::Reference;

/// Argument, operator, condition key: what `AddPermission` makes of each
static CONDITIONS: &[(&str, &str, &str)] = &[
    ("source_arn", "ArnLike", "AWS:SourceArn"),
    ("source_account", "StringEquals", "AWS:SourceAccount"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("organization_id", "StringEquals", "aws:PrincipalOrgID"),
    ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("invoked_via_function_url", "Bool", "lambda:InvokedViaFunctionUrl"),
];

/// The policy of one `aws_lambda_permission`
pub(super) fn permission(instance: &Instance, function: &Reference, qualifier: Option<&Text>) -> Policy {
    granted(instance, resource(instance, function, qualifier))
}

/// The policy that the arguments of a permission make, on this resource
pub(super) fn granted(instance: &Instance, resource: Entry) -> Policy {
    // To the provider an empty string is as good as none.
    let argument = |name: &str| {
        let node = instance.get(name)?;
        Some((text(instance, name, node), node.span)).filter(|(text, _)| !text.is_empty())
    };
    let conditions = CONDITIONS.iter().filter_map(|(name, operator, key)| {
        let (value, span) = argument(name)?;
        Some(condition(&Text::from(*operator), Text::from(*key), Entry { text: value, span }))
    });
    let (action, action_span) = argument("action").unwrap_or_else(|| unknown(instance, "action"));
    let (principal, principal_span) = argument("principal").unwrap_or_else(|| unknown(instance, "principal"));
    statement(
        instance.span,
        Statement {
            index: 0,
            sid: argument("statement_id").map(|(sid, _)| sid),
            effect: Effect::Allow,
            principal: Clause::Is(principals(principal, principal_span)),
            action: Clause::Is(vec![Entry { text: action, span: action_span }]),
            resource: Clause::Is(vec![resource]),
            condition: conditions.collect(),
            unread: Vec::new(),
            span: instance.span,
        },
    )
}

fn text(instance: &Instance, name: &str, node: &Node) -> Text {
    node.as_text().unwrap_or_else(|| Text::from(Hole::input(format!("{}.{name}", instance.address))))
}

fn unknown(instance: &Instance, name: &str) -> (Text, Span) {
    (Text::from(Hole::input(format!("{}.{name}", instance.address))), instance.span)
}

/// A policy of one statement
pub(super) fn statement(span: Span, statement: Statement) -> Policy {
    Policy { version: Version::V2012, id: None, statements: vec![statement], span }
}

/// `*`, an account, an ARN, or else a service
pub(super) fn principals(text: Text, span: Span) -> Principals {
    let kind = match text.as_literal() {
        Some("*") => return Principals::Everyone(span),
        Some(literal) if literal.len() == 12 && literal.bytes().all(|byte| byte.is_ascii_digit()) => {
            PrincipalKind::Aws
        }
        Some(literal) if literal.starts_with("arn:") => PrincipalKind::Aws,
        Some(_) => PrincipalKind::Service,
        None if text.strip_prefix("arn:").is_some() => PrincipalKind::Aws,
        // `logs.${region}.amazonaws.com`
        None if text.strip_suffix(".amazonaws.com").is_some() => PrincipalKind::Service,
        None if text.as_hole().is_some_and(|hole| hole.shape() == crate::text::Shape::Account) => {
            PrincipalKind::Aws
        }
        None => PrincipalKind::Unknown(text.clone()),
    };
    Principals::Listed(vec![Named { kind, text, span }])
}

/// A condition of one value
pub(super) fn condition(operator: &Text, key: Text, value: Entry) -> Condition {
    let row = OPERATORS.iter().find(|row| operator.as_literal() == Some(row.name));
    let operator = match row {
        Some(row) => Operator::Known { quantifier: Quantifier::Single, row, when_absent: WhenAbsent::Usual },
        None => Operator::Unknown(operator.clone()),
    };
    Condition { operator, key, span: value.span, values: vec![value] }
}

/// The function's ARN, with the qualifier
fn resource(instance: &Instance, function: &Reference, qualifier: Option<&Text>) -> Entry {
    let mut text = match Arn::parse(&function.text) {
        Some(_) => function.text.clone(),
        None => instance.ambient.arn("lambda", Text::from("function:").with(&function.text)),
    };
    if let Some(qualifier) = qualifier {
        text = text.with(":").with(qualifier);
    }
    Entry { text, span: function.span }
}

/// A statement that the provider adds for a URL
pub(super) struct Public {
    pub(super) policy: Policy,
    pub(super) doubts: Vec<Cause>,
}

/// The version of the provider that began to add the second statement
const SECOND_STATEMENT: [u32; 3] = [6, 28, 0];

/// The public statements of a URL: none unless its authorization is, or may be, `NONE`
pub(super) fn public_url(
    instance: &Instance,
    function: &Reference,
    qualifier: Option<&Text>,
    authorization: &Text,
) -> Vec<Public> {
    let unsure = match authorization.as_literal() {
        Some("NONE") => Vec::new(),
        Some(_) => return Vec::new(),
        None => {
            let name = authorization.holes().next().map_or("", |hole| hole.name());
            vec![Cause::at(CauseKind::Hole, name, instance.span)]
        }
    };
    let entry = |text: &str| Entry { text: Text::from(text), span: instance.span };
    let public = |index: usize, sid: &str, action: &str, condition: Condition, doubts: Vec<Cause>| Public {
        policy: statement(
            instance.span,
            Statement {
                index,
                sid: Some(Text::from(sid)),
                effect: Effect::Allow,
                principal: Clause::Is(Principals::Everyone(instance.span)),
                action: Clause::Is(vec![entry(action)]),
                resource: Clause::Is(vec![Entry {
                    span: instance.span,
                    ..resource(instance, function, qualifier)
                }]),
                condition: vec![condition],
                unread: Vec::new(),
                span: instance.span,
            },
        ),
        doubts,
    };
    let by_type = condition(&"StringEquals".into(), "lambda:FunctionUrlAuthType".into(), entry("NONE"));
    let by_way = condition(&"Bool".into(), "lambda:InvokedViaFunctionUrl".into(), entry("true"));
    let mut out =
        vec![public(0, "FunctionURLAllowPublicAccess", "lambda:InvokeFunctionUrl", by_type, unsure.clone())];
    let since = provider_is_since(instance, SECOND_STATEMENT);
    if since == Since::No {
        return out;
    }
    let mut doubts = unsure;
    if since == Since::Perhaps {
        let what =
            "whether AWS provider 6.28.0 or later creates the URL, which then adds lambda:InvokeFunction";
        let span = instance.ambient.provider_version.as_ref().map_or(instance.span, |(_, span)| *span);
        doubts.push(Cause::at(CauseKind::NotConfirmed, what, span));
    }
    out.push(public(1, "FunctionURLAllowInvokeAction", "lambda:InvokeFunction", by_way, doubts));
    out
}

/// Whether a version constraint admits only versions since another one, none, or both
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    Yes,
    No,
    Perhaps,
}

fn provider_is_since(instance: &Instance, version: [u32; 3]) -> Since {
    match &instance.ambient.provider_version {
        Some((constraint, _)) => constraint.as_literal().map_or(Since::Perhaps, |text| since(text, version)),
        None => Since::Perhaps,
    }
}

/// Reads a constraint: `>= 6.28`, `~> 5.0`, `>= 5.0, < 7.0` \[terraform: version constraints\]
fn since(constraint: &str, version: [u32; 3]) -> Since {
    // Lowest version that is admitted, lowest that is not any more
    let (mut lowest, mut end) = ([0, 0, 0], [u32::MAX; 3]);
    for clause in constraint.split(',').map(str::trim) {
        let digits = clause.find(|c: char| c.is_ascii_digit()).unwrap_or(clause.len());
        let (operator, written) = clause.split_at_checked(digits).unwrap_or((clause, ""));
        let Some(named) = numbers(written) else { return Since::Perhaps };
        let next = |at: usize| {
            let mut next = named;
            next.iter_mut().skip(at + 1).for_each(|part| *part = 0);
            if let Some(part) = next.get_mut(at) {
                *part = part.saturating_add(1);
            }
            next
        };
        match operator.trim() {
            ">=" => lowest = lowest.max(named),
            ">" => lowest = lowest.max(next(2)),
            "<" => end = end.min(named),
            "<=" => end = end.min(next(2)),
            "=" | "" => (lowest, end) = (lowest.max(named), end.min(next(2))),
            "~>" => {
                let last = written.matches('.').count().saturating_sub(1);
                (lowest, end) = (lowest.max(named), end.min(next(last)));
            }
            "!=" => {}
            _ => return Since::Perhaps,
        }
    }
    if lowest >= version {
        Since::Yes
    } else if end <= version {
        Since::No
    } else {
        Since::Perhaps
    }
}

fn numbers(text: &str) -> Option<[u32; 3]> {
    let release = text.split('-').next()?;
    let mut parts = release.split('.').map(|part| part.parse().ok());
    let mut next = || parts.next().unwrap_or(Some(0));
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::terraform::attributes::tests::instance;

    #[test]
    fn constraints_tell_whether_the_second_statement_is_added() {
        for (constraint, expected) in [
            (">= 6.28", Since::Yes),
            ("~> 6.28", Since::Yes),
            ("6.30.1", Since::Yes),
            (">= 6.0, != 6.1.0", Since::Perhaps),
            ("~> 6.0", Since::Perhaps),
            ("~> 6.27.0", Since::No),
            ("~> 5.0", Since::No),
            (">= 5.0, < 6.28.0", Since::No),
            ("<= 6.28.0", Since::Perhaps),
            ("> 6.27.9", Since::Perhaps),
            ("latest", Since::Perhaps),
        ] {
            assert_eq!(since(constraint, SECOND_STATEMENT), expected, "{constraint}");
        }
    }

    #[test]
    fn each_argument_becomes_the_condition_that_lambda_writes() {
        let arguments = [
            ("statement_id", "Allow"),
            ("action", "lambda:InvokeFunction"),
            ("principal", "s3.amazonaws.com"),
            ("source_arn", "arn:aws:s3:::raw"),
            ("source_account", "111122223333"),
        ];
        let permission_block = instance("aws_lambda_permission.x", &arguments);
        let function = Reference { text: Text::from("pay"), span: Span::NOWHERE };
        let policy = permission(&permission_block, &function, Some(&Text::from("live")));
        let statement = policy.statements.first().unwrap();
        let keys: Vec<String> = statement.condition.iter().map(|one| one.key.to_string()).collect();
        assert_eq!(keys, ["AWS:SourceArn", "AWS:SourceAccount"]);
        let Clause::Is(resources) = &statement.resource else { panic!("a resource") };
        assert_eq!(
            resources.first().unwrap().text,
            Text::from("arn:aws:lambda:eu-west-1:111122223333:function:pay:live")
        );
    }

    #[test]
    fn an_empty_source_does_not_narrow_the_permission() {
        let block =
            instance("aws_lambda_permission.x", &[("principal", "s3.amazonaws.com"), ("source_arn", "")]);
        let function = Reference { text: Text::from("pay"), span: Span::NOWHERE };
        assert!(permission(&block, &function, None).statements.first().unwrap().condition.is_empty());
    }

    #[test]
    fn principals_are_told_apart_by_their_form() {
        let kind = |text: &str| match principals(Text::from(text), Span::NOWHERE) {
            Principals::Everyone(_) => "everyone".to_owned(),
            Principals::Listed(list) => format!("{:?}", list.first().unwrap().kind),
        };
        assert_eq!(kind("*"), "everyone");
        assert_eq!(kind("111122223333"), "Aws");
        assert_eq!(kind("arn:aws:iam::111122223333:role/x"), "Aws");
        assert_eq!(kind("alexa-appkit.amazon.com"), "Service");
    }
}
