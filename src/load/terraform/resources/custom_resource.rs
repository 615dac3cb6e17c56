//! The functions that a CloudFormation template names as the provider of a custom resource: its `ServiceToken`
//! \[aws-resource-cloudformation-customresource\].
//!
//! A template that is not read (one with short tags like `!Ref` is not) names a function that is not known, if it has custom
//! resources at all. Must not know: who calls the function.

use super::document;
use crate::node::{Node, Value};
use crate::text::{Hole, Piece, Text};

const TOKEN: &str = "ServiceToken";

/// The functions, or topics, of a template's custom resources
pub(super) fn functions(template: &Node) -> Vec<Node> {
    let tree = match &template.value {
        Value::Text(text) if text.as_hole().is_none() => {
            let may_have = |piece: &Piece| match piece {
                Piece::Lit(text) => text.contains(TOKEN),
                Piece::Hole(_) => false,
            };
            if !text.pieces().iter().any(may_have) {
                return Vec::new();
            }
            document::read(template)
        }
        Value::Map(_) | Value::Text(_) => document::read(template),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Unknown(_) => None,
    };
    let Some(tree) = tree else {
        return vec![unknown(template)];
    };
    let mut found = Vec::new();
    let mut left = vec![&tree];
    while let Some(node) = left.pop() {
        match &node.value {
            Value::Map(entries) => {
                for (key, value) in entries {
                    match (key.text.as_literal(), &value.value) {
                        (Some(TOKEN), Value::Text(_)) => found.push(value.clone()),
                        // `Ref` and `Fn::GetAtt` name it in the template's own way.
                        (Some(TOKEN), _) => found.push(unknown(value)),
                        (_, _) => left.push(value),
                    }
                }
            }
            Value::List(items) => left.extend(items),
            Value::Unknown(_) => found.push(unknown(node)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
        }
    }
    found.sort_by_key(|node| node.span);
    found
}

/// A function of a template that is not read
pub(super) fn unknown(at: &Node) -> Node {
    let hole = Hole::input("the provider of a custom resource in a template that is not read");
    Node::text(Text::from(hole), at.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn found(template: &str) -> Vec<String> {
        let node = Node::text(Text::from(template), Span::NOWHERE);
        functions(&node).iter().map(|node| node.as_text().unwrap_or_default().to_string()).collect()
    }

    #[test]
    fn a_service_token_names_the_function() {
        let arn = "arn:aws:lambda:eu-west-1:111122223333:function:make";
        let template = format!(r#"{{"Resources": {{"X": {{"Properties": {{"ServiceToken": "{arn}"}}}}}}}}"#);
        assert_eq!(found(&template), [arn]);
        assert!(found(r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#).is_empty());
    }

    #[test]
    fn what_is_not_read_names_a_function_that_is_not_known() {
        let is_unknown = |template: &str| found(template).iter().all(|text| text.contains("not read"));
        let yaml = "Resources:\n  X:\n    Properties:\n      ServiceToken: !GetAtt F.Arn\n";
        assert!(is_unknown(yaml) && found(yaml).len() == 1);
        let reference = r#"{"Resources": {"X": {"Properties": {"ServiceToken": {"Ref": "P"}}}}}"#;
        assert!(is_unknown(reference) && found(reference).len() == 1);
        assert!(found("Resources:\n  B:\n    Type: AWS::S3::Bucket\n").is_empty());
    }
}
