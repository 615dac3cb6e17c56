//! Conditions, causes and names in words: one grammar for every report that people read.

use crate::eval::truth::Atom;
use crate::report::answer::Cause;
use crate::text::Text;

pub mod diff;

/// `1 path`, `2 paths`
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else if let Some(stem) = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        format!("{n} {stem}ies")
    } else {
        format!("{n} {one}s")
    }
}

/// Why an answer is conditional, in words
#[must_use]
pub fn because(cause: &Cause) -> String {
    match cause.cause {
        "context-key" => format!("if: depends on {}", cause.what),
        "hole" => format!("if: depends on {}, known only after deployment", cause.what),
        "default" => format!("if: decided by the default of {}", cause.what),
        "credential" => format!("if the caller has {}", cause.what),
        _ => format!("if: {}", cause.what),
    }
}

/// Operator, how it reads with the key in front
static READS: &[(&str, &str)] = &[
    ("StringEquals", "is"),
    ("StringNotEquals", "is not"),
    ("StringEqualsIgnoreCase", "is (in any case)"),
    ("StringNotEqualsIgnoreCase", "is not (in any case)"),
    ("StringLike", "is like"),
    ("StringNotLike", "is not like"),
    ("NumericEquals", "is"),
    ("NumericNotEquals", "is not"),
    ("NumericLessThan", "is less than"),
    ("NumericLessThanEquals", "is at most"),
    ("NumericGreaterThan", "is greater than"),
    ("NumericGreaterThanEquals", "is at least"),
    ("DateEquals", "is"),
    ("DateNotEquals", "is not"),
    ("DateLessThan", "is before"),
    ("DateLessThanEquals", "is at latest"),
    ("DateGreaterThan", "is after"),
    ("DateGreaterThanEquals", "is at earliest"),
    ("Bool", "is"),
    ("BinaryEquals", "is the bytes"),
    ("IpAddress", "is in"),
    ("NotIpAddress", "is not in"),
    ("ArnEquals", "is like"),
    ("ArnNotEquals", "is not like"),
    ("ArnLike", "is like"),
    ("ArnNotLike", "is not like"),
];

/// A condition in words: `aws:SourceArn is like arn:...`, `MFA is present`
#[must_use]
pub fn atom(atom: &Atom) -> String {
    let values: Vec<String> = atom.values.iter().map(Text::to_string).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    condition(&atom.operator, &atom.key, &values)
}

/// Operator, key and values in words
#[must_use]
pub fn condition(operator: &str, key: &str, values: &[&str]) -> String {
    let one = match values {
        [one] => Some(*one),
        _ => None,
    };
    let (quantifier, rest) = match operator.split_once(':') {
        Some((quantifier, rest)) => (Some(quantifier), rest),
        None => (None, operator),
    };
    let (operator, if_exists) = match rest.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (rest, false),
    };
    if operator.eq_ignore_ascii_case("Bool") && quantifier.is_none() {
        let known = |name: &str| key.eq_ignore_ascii_case(name);
        let or_absent = if if_exists { " or not known to AWS" } else { "" };
        match one {
            Some("true") if known("aws:MultiFactorAuthPresent") => {
                return format!("MFA is present{or_absent}");
            }
            Some("false") if known("aws:MultiFactorAuthPresent") => {
                return format!("MFA is not present{or_absent}");
            }
            Some("true") if known("aws:SecureTransport") => return "the call is made over TLS".to_owned(),
            _ => {}
        }
    }
    if operator.eq_ignore_ascii_case("Null") {
        return match one {
            Some("true") => format!("{key} is absent"),
            Some("false") => format!("{key} is present"),
            _ => format!("{key} is absent: {}", values.join(" or ")),
        };
    }
    let reads = READS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(operator))
        .map_or(operator, |(_, reads)| reads);
    let subject = match quantifier {
        Some("ForAnyValue") => format!("some value of {key}"),
        Some("ForAllValues") => format!("every value of {key}"),
        Some(other) => format!("{other} of {key}"),
        None => key.to_owned(),
    };
    let tail = if if_exists { ", or it is absent" } else { "" };
    let joint = if reads.contains("not") { " nor " } else { " or " };
    format!("{subject} {reads} {}{tail}", values.join(joint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::truth::Choice;
    use crate::source::Span;

    fn an(operator: &str, key: &str, values: &[&str]) -> Atom {
        Atom {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values: values.iter().map(|value| Text::from(*value)).collect(),
            choice: Choice::Fixed,
            span: Span::NOWHERE,
        }
    }

    #[test]
    fn conditions_read_as_sentences() {
        assert_eq!(atom(&an("Bool", "aws:MultiFactorAuthPresent", &["true"])), "MFA is present");
        assert_eq!(
            atom(&an("ArnLike", "aws:SourceArn", &["arn:a", "arn:b"])),
            "aws:SourceArn is like arn:a or arn:b"
        );
        assert_eq!(
            atom(&an("ForAnyValue:StringNotEqualsIfExists", "aws:TagKeys", &["a", "b"])),
            "some value of aws:TagKeys is not a nor b, or it is absent"
        );
        assert_eq!(atom(&an("Null", "aws:SourceVpc", &["false"])), "aws:SourceVpc is present");
    }

    #[test]
    fn counts_are_plural_where_they_must_be() {
        assert_eq!((count(1, "path"), count(2, "policy")), ("1 path".to_owned(), "2 policies".to_owned()));
    }
}
