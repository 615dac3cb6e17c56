//! Functions of the AWS provider: `provider::aws::arn_parse` and its sisters
//! \[registry: hashicorp/aws, functions\]. Holes stay in their places.

use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::node::{Key, Node, Value};
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
];

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
