//! Policy variables: `${aws:username}`, defaults, and the three escapes, filled in from a request.
//!
//! A value that is filled in stands for itself: its `*` and `?` are no wildcards \[reference_policies_variables\].
//! Must not know: operators, or which element a text stands in.

use crate::aws::pattern::Pattern;
use crate::eval::context::KeyValue;
use crate::text::{Hole, Piece, Text};

/// Where in a text variables are live
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// Everywhere: condition values
    Everywhere,
    /// Behind the fifth colon: resources
    BehindFifthColon,
    /// Nowhere: a document of the older version, where `${` is literal
    Nowhere,
}

/// A text with its variables filled in
#[derive(Clone, Debug)]
pub struct Filled {
    /// As a pattern: what was written may hold wildcards, what was filled in may not
    pub pattern: Pattern,
    /// As a text, for operators without wildcards and for reports
    pub text: Text,
    /// Whether every variable has a value
    pub values: Values,
}

/// Whether the variables of a text have values
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// All have
    Present,
    /// This one surely has none: the text matches nothing
    Missing(String),
    /// This one is unknown: it may have any value, or none
    Unknown(String),
    /// This key holds several values, which no page gives a meaning
    Several(String),
}

/// Whether a text holds something that looks like a variable
#[must_use]
pub fn has_variables(text: &Text) -> bool {
    text.pieces().iter().any(|piece| match piece {
        Piece::Lit(text) => text.contains("${"),
        Piece::Hole(_) => false,
    })
}

/// Fills in the variables of a text
#[must_use]
pub fn fill(text: &Text, live: Live, lookup: impl Fn(&str) -> KeyValue) -> Filled {
    let mut filled =
        Filled { pattern: Pattern::glob(&Text::new()), text: Text::new(), values: Values::Present };
    let mut colons = 0;
    for piece in text.pieces() {
        let Piece::Lit(written) = piece else {
            filled.write(&std::iter::once(piece.clone()).collect());
            continue;
        };
        let mut rest = written.as_str();
        while let Some((before, inside, after)) = next_variable(rest) {
            colons += before.matches(':').count();
            let is_live = match live {
                Live::Everywhere => true,
                Live::BehindFifthColon => colons >= 5,
                Live::Nowhere => false,
            };
            filled.write(&Text::from(before));
            if is_live {
                filled.variable(inside, &lookup);
            } else {
                filled.write(&Text::from("${").with(inside).with("}"));
            }
            rest = after;
        }
        colons += rest.matches(':').count();
        filled.write(&Text::from(rest));
    }
    filled
}

/// What stands before, in and behind the next `${...}`
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}

impl Filled {
    fn write(&mut self, text: &Text) {
        self.pattern.push_glob(text);
        self.text.push(text);
    }

    fn put(&mut self, value: &Text) {
        self.pattern.push_literal(value);
        self.text.push(value);
    }

    fn variable(&mut self, inside: &str, lookup: impl Fn(&str) -> KeyValue) {
        if matches!(inside, "*" | "?" | "$") {
            return self.put(&Text::from(inside));
        }
        let (key, default) = match inside.split_once(',') {
            Some((key, rest)) => {
                let rest = rest.trim();
                let quoted = rest.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                (key.trim(), Some(quoted.unwrap_or(rest)))
            }
            None => (inside.trim(), None),
        };
        match (lookup(key), default) {
            (KeyValue::One(value), _) => self.put(&value),
            (KeyValue::Absent, Some(default)) => self.put(&Text::from(default)),
            (KeyValue::Absent, None) => self.doubt(Values::Missing(key.to_owned())),
            (KeyValue::Unknown, _) => {
                // `truth::of_doubt` knows holes of this form as context keys.
                self.put(&Text::from(Hole::input(format!("${{{key}}}"))));
                self.doubt(Values::Unknown(key.to_owned()));
            }
            (KeyValue::Many(_), _) => self.doubt(Values::Several(key.to_owned())),
        }
    }

    /// A missing value decides; the first of the others is told
    fn doubt(&mut self, values: Values) {
        let settles = matches!(values, Values::Missing(_)) && !matches!(self.values, Values::Missing(_));
        if settles || self.values == Values::Present {
            self.values = values;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::pattern::{Fit, Way};

    fn lookup(key: &str) -> KeyValue {
        match key {
            "aws:username" => KeyValue::One(Text::from("mi*a")),
            "aws:PrincipalTag/team" => KeyValue::Absent,
            "aws:TagKeys" => KeyValue::Many(Vec::new()),
            _ => KeyValue::Unknown,
        }
    }

    fn filled(text: &str, live: Live) -> Filled {
        fill(&Text::from(text), live, lookup)
    }

    #[test]
    fn a_filled_in_value_is_no_wildcard() {
        let pattern = filled("home/${aws:username}/*", Live::Everywhere).pattern;
        assert_eq!(pattern.fit(&Text::from("home/mi*a/x"), Way::Like), Fit::Yes);
        assert_eq!(pattern.fit(&Text::from("home/mika/x"), Way::Like), Fit::No);
    }

    #[test]
    fn escapes_are_literal_characters() {
        let pattern = filled("a${*}b${?}c${$}{x}", Live::Everywhere).pattern;
        assert_eq!(pattern.fit(&Text::from("a*b?c${x}"), Way::Like), Fit::Yes);
        assert_eq!(pattern.fit(&Text::from("axb?c${x}"), Way::Like), Fit::No);
    }

    #[test]
    fn a_default_stands_for_an_absent_key_only() {
        let text = |text| filled(text, Live::Everywhere).text.to_string();
        assert_eq!(text("${aws:PrincipalTag/team, 'none'}"), "none");
        assert_eq!(text("${aws:username, 'none'}"), "mi*a");
    }

    #[test]
    fn values_that_are_missing_unknown_or_several_are_told_apart() {
        let values = |text| filled(text, Live::Everywhere).values;
        assert_eq!(values("${aws:PrincipalTag/team}"), Values::Missing("aws:PrincipalTag/team".into()));
        assert_eq!(values("${aws:userid}"), Values::Unknown("aws:userid".into()));
        assert_eq!(values("${aws:TagKeys}"), Values::Several("aws:TagKeys".into()));
        assert_eq!(values("${aws:userid}${aws:SourceIp}"), Values::Unknown("aws:userid".into()));
        assert_eq!(
            values("${aws:userid}${aws:PrincipalTag/team}"),
            Values::Missing("aws:PrincipalTag/team".into())
        );
    }

    #[test]
    fn variables_are_literal_where_they_are_not_live() {
        assert_eq!(filled("${aws:username}", Live::Nowhere).text, Text::from("${aws:username}"));
        let resource = filled("arn:aws:iam::${aws:username}:user/${aws:username}", Live::BehindFifthColon);
        assert_eq!(resource.text, Text::from("arn:aws:iam::${aws:username}:user/mi*a"));
    }

    #[test]
    fn colons_on_both_sides_of_a_hole_count() {
        let account = Text::from(Hole::input("var.account"));
        let before = Text::from("arn:aws:iam:${aws:username}:").with(account.clone());
        let arn = before.clone().with(":user/${aws:username}");
        let filled = fill(&arn, Live::BehindFifthColon, lookup);
        assert_eq!(filled.text, before.with(":user/mi*a"));
    }

    #[test]
    fn an_open_brace_without_end_is_literal() {
        assert_eq!(filled("a${b", Live::Everywhere).text, Text::from("a${b"));
    }
}
