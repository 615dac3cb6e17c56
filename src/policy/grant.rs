//! A KMS grant as a policy: what it lets its grantee do, in the words of statements.
//!
//! Grants only allow. Their constraints are conditions on the encryption context \[grants, create-grant-overview\]. Must
//! not know: where a grant was written, or how statements are decided.

use crate::policy::operator::Operator;
use crate::policy::{
    Clause, Condition, Effect, Entry, Named, Policy, PrincipalKind, Principals, Statement, Unread, Version,
};
use crate::source::Span;
use crate::text::Text;

/// A grant on a key
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whom it serves: an ARN, or a service principal
    pub grantee: Entry,
    /// What it allows, without the service: `Decrypt`
    pub operations: Vec<Entry>,
    /// The encryption context that it asks for
    pub constraint: Option<Constraint>,
    /// What was not understood of it
    pub unread: Vec<Unread>,
    /// Where it stands
    pub span: Span,
}

/// What a grant asks of the encryption context
#[derive(Clone, Debug)]
pub enum Constraint {
    /// Exactly these pairs: `EncryptionContextEquals`
    Equals(Vec<(Text, Entry)>),
    /// These pairs, and perhaps more: `EncryptionContextSubset`
    Subset(Vec<(Text, Entry)>),
}

/// Operations that carry an encryption context; of the others a constraint asks nothing \[create-grant-overview\]
static WITH_CONTEXT: &[&str] = &[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

impl Grant {
    /// The same as a policy: a statement for the operations that carry an encryption context, one for the others
    #[must_use]
    pub fn policy(&self) -> Policy {
        let carries = |operation: &&Entry| {
            let name = operation.text.as_literal();
            // What is not known yet may carry one; asking for it is then a doubt and no door.
            name.is_none_or(|name| WITH_CONTEXT.iter().any(|known| known.eq_ignore_ascii_case(name)))
        };
        let (with, without): (Vec<_>, Vec<_>) = self.operations.iter().partition(carries);
        let constrained = match &self.constraint {
            Some(constraint) => constraint.conditions(self.span),
            None => Vec::new(),
        };
        let parts = [(with, constrained), (without, Vec::new())];
        // A grant whose operations were not understood may allow anything.
        let wanted = |operations: &[&Entry], index: usize| {
            !operations.is_empty() || (index == 0 && !self.unread.is_empty() && self.operations.is_empty())
        };
        let statements = parts
            .into_iter()
            .enumerate()
            .filter(|(index, (operations, _))| wanted(operations, *index))
            .map(|(index, (operations, condition))| self.statement(index, &operations, condition))
            .collect();
        // Without variables: what stands in a grant is literal.
        Policy { version: Version::V2008 { written: false }, id: None, statements, span: self.span }
    }

    fn statement(&self, index: usize, operations: &[&Entry], condition: Vec<Condition>) -> Statement {
        let action =
            |entry: &&Entry| Entry { text: Text::from("kms:").with(entry.text.clone()), span: entry.span };
        let all = Entry { text: Text::from("kms:*"), span: self.span };
        let service = self.grantee.text.as_literal().is_some_and(|name| !name.starts_with("arn:"));
        Statement {
            index,
            sid: None,
            effect: Effect::Allow,
            principal: Clause::Is(Principals::Listed(vec![Named {
                kind: if service { PrincipalKind::Service } else { PrincipalKind::Aws },
                text: self.grantee.text.clone(),
                span: self.grantee.span,
            }])),
            action: Clause::Is(if operations.is_empty() {
                vec![all]
            } else {
                operations.iter().map(action).collect()
            }),
            resource: Clause::Is(vec![Entry { text: Text::from("*"), span: self.span }]),
            condition,
            unread: self.unread.clone(),
            span: self.span,
        }
    }
}

impl Constraint {
    fn conditions(&self, span: Span) -> Vec<Condition> {
        let (Self::Equals(pairs) | Self::Subset(pairs)) = self;
        let condition = |operator: &str, key: Text, values: Vec<Entry>| Condition {
            operator: Operator::parse(&operator.into()),
            key,
            values,
            span,
        };
        let pair = |(key, value): &(Text, Entry)| {
            let key = Text::from("kms:EncryptionContext:").with(key.clone());
            condition("StringEquals", key, vec![value.clone()])
        };
        let mut out: Vec<Condition> = pairs.iter().map(pair).collect();
        if matches!(self, Self::Equals(_)) {
            let keys = pairs.iter().map(|(key, value)| Entry { text: key.clone(), span: value.span });
            let operator = "ForAllValues:StringEquals";
            out.push(condition(operator, "kms:EncryptionContextKeys".into(), keys.collect()));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry { text: text.into(), span: Span::NOWHERE }
    }

    fn grant(operations: &[&str]) -> Grant {
        Grant {
            grantee: entry("arn:aws:iam::111122223333:role/etl"),
            operations: operations.iter().map(|operation| entry(operation)).collect(),
            constraint: Some(Constraint::Equals(vec![("app".into(), entry("pay"))])),
            unread: Vec::new(),
            span: Span::NOWHERE,
        }
    }

    #[test]
    fn a_constraint_asks_only_where_there_is_an_encryption_context() {
        let policy = grant(&["DescribeKey", "Decrypt"]).policy();
        let [decrypt, describe] = policy.statements.as_slice() else { panic!("{policy:?}") };
        assert_eq!(decrypt.action.entries()[0].text, "kms:Decrypt".into());
        assert_eq!(decrypt.condition.len(), 2);
        assert_eq!(describe.action.entries()[0].text, "kms:DescribeKey".into());
        assert!(describe.condition.is_empty());
    }

    #[test]
    fn what_was_not_understood_of_a_grant_is_a_doubt_of_each_statement() {
        let unread = Unread { what: "`Operations`".into(), hole: None, span: Span::NOWHERE };
        let policy = Grant { unread: vec![unread], ..grant(&[]) }.policy();
        assert_eq!(policy.statements.len(), 1);
        assert_eq!(policy.statements[0].unread.len(), 1);
    }
}
