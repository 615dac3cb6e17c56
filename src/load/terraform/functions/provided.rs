//! Functions of the AWS provider: `provider::aws::arn_parse` and its sisters
//! \[registry: hashicorp/aws, functions\], and those of Terraform's own \[language/functions/terraform-decode_tfvars\]. Holes
//! stay in their places.

use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled, file};
use crate::node::{Key, Node, Value};
use crate::source::Span;
use crate::text::{Shape, Text};

/// Provider and name of each
pub(super) static TABLE: &[(&str, &str, Function)] = &[
    ("aws", "arn_build", |call| {
        let mut arn = Text::from("arn");
        for at in 0..5 {
            arn = arn.with(":").with(call.text(at)?);
        }
        Ok(call.node(Value::Text(arn)))
    }),
    ("aws", "arn_parse", arn_parse),
    ("aws", "trim_iam_role_path", trim_iam_role_path),
    ("terraform", "decode_tfvars", decode_tfvars),
    // How they lay out their text is not followed.
    ("terraform", "encode_expr", |call| Ok(call.text_hole(Shape::Any))),
    ("terraform", "encode_tfvars", |call| Ok(call.text_hole(Shape::Any))),
];

/// The values of a file of variables \[language/functions/terraform-decode_tfvars\]
fn decode_tfvars(call: &Call<'_>) -> Outcome {
    let text = call.literal(0)?;
    if !call.scope.notes().labour(text.len()) {
        return Err(Unsettled::Unknown);
    }
    let refused = || Unsettled::Refused("this text holds no values of variables".to_owned());
    let body = hcl_edit::parser::parse_body(&text).map_err(|_| refused())?;
    let mut entries = Vec::new();
    for structure in &body {
        let attribute = structure.as_attribute().ok_or_else(refused)?;
        let key = Key { text: Text::from(attribute.key.as_str()), span: call.span };
        // No name stands for anything in it.
        let value = file::isolated(call.scope, &attribute.value);
        entries.push((key, placed(value, call.span)));
    }
    Ok(call.node(Value::Map(entries)))
}

/// A value whose parts stand where the call does: what it was read from has no places
fn placed(node: Node, span: Span) -> Node {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(|item| placed(item, span)).collect()),
        Value::Map(entries) => {
            let entry = |(key, value): (Key, Node)| (Key { span, ..key }, placed(value, span));
            Value::Map(entries.into_iter().map(entry).collect())
        }
        value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unknown(_)) => {
            value
        }
    };
    Node::new(value, span)
}

/// The names of the parts behind `arn`
static PARTS: &[&str] = &["partition", "service", "region", "account_id", "resource"];

fn parts(arn: &Text) -> Option<Vec<Text>> {
    let parts = arn.split(':', 6);
    // A hole may hold a colon of its own, but for those that are known not to.
    let closed = |part: &Text| part.holes().all(|hole| hole.shape() != Shape::Any);
    let (before, _) = parts.split_at_checked(5)?;
    (parts.len() == 6 && before.iter().all(closed)).then_some(parts)
}

fn arn_parse(call: &Call<'_>) -> Outcome {
    let arn = call.text(0)?;
    let Some(parts) = parts(&arn) else {
        return Err(match arn.as_literal() {
            Some(arn) => Unsettled::Refused(format!("`{arn}` is no ARN")),
            None => Unsettled::Unknown,
        });
    };
    if parts.first().and_then(Text::as_literal) != Some("arn") {
        return Err(Unsettled::Refused("this is no ARN".to_owned()));
    }
    let entry = |(name, part): (&&str, Text)| {
        (Key { text: Text::from(*name), span: call.span }, Node::text(part, call.span))
    };
    Ok(call.node(Value::Map(PARTS.iter().zip(parts.into_iter().skip(1)).map(entry).collect())))
}

/// The ARN of a role without the path before its name
fn trim_iam_role_path(call: &Call<'_>) -> Outcome {
    let arn = call.text(0)?;
    let Some(parts) = parts(&arn) else { return Ok(call.text_hole(Shape::Any)) };
    let [first @ .., resource] = parts.as_slice() else { return Ok(call.text_hole(Shape::Any)) };
    let Some(path) = resource.strip_prefix("role/") else {
        return Err(Unsettled::Refused("this is no ARN of a role".to_owned()));
    };
    if path.holes().any(|hole| hole.shape() == Shape::Any) {
        return Ok(call.text_hole(Shape::Any));
    }
    let name = path.split('/', usize::MAX).pop().unwrap_or_default();
    let mut out = Text::new();
    for part in first {
        out = out.with(part).with(":");
    }
    Ok(call.node(Value::Text(out.with("role/").with(name))))
}

#[cfg(test)]
mod tests {
    use crate::load::terraform::tests::value;

    #[test]
    fn values_of_variables_are_read_and_name_nothing() {
        let decoded = |text: &str| value(&format!("provider::terraform::decode_tfvars(\"{text}\").b"));
        assert_eq!(decoded("a = 1\\nb = [true, \\\"x\\\"]\\n"), "[true, \"x\"]");
        assert!(decoded("b = var.env\\n").starts_with("var"), "{}", decoded("b = var.env\\n"));
        assert!(decoded("b {}").starts_with("decode_tfvars("), "{}", decoded("b {}"));
        let text = "\"${provider::terraform::encode_tfvars({ a = 1 })}-\"";
        assert_eq!(value(text), "\"${encode_tfvars({\"a\" = 1})}-\"");
    }

    #[test]
    fn arns_are_taken_apart_and_made_with_their_holes() {
        let role = "arn:aws:iam::444455556666:role/team/ops";
        assert_eq!(
            value(&format!("provider::aws::trim_iam_role_path(\"{role}\")")),
            "\"arn:aws:iam::444455556666:role/ops\""
        );
        assert_eq!(value(&format!("provider::aws::arn_parse(\"{role}\").account_id")), "\"444455556666\"");
        assert_eq!(
            value("provider::aws::arn_parse(\"arn:aws:s3:::x-${var.env}\").resource"),
            "\"x-${var.env}\""
        );
        // What fills the hole may bring colons of its own.
        let open = value("provider::aws::arn_parse(\"arn:aws:${var.env}:::x\").resource");
        assert!(open.starts_with("arn_parse("), "{open}");
        assert_eq!(
            value("provider::aws::arn_build(\"aws\", \"s3\", \"\", \"\", var.env)"),
            "\"arn:aws:s3:::${var.env}\""
        );
    }
}
