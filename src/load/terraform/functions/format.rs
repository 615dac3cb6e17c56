//! `format`: a pattern with verbs, each with flags, a width and a precision \[language/functions/format\].
//!
//! A hole keeps its place where nothing of its form is asked for.

use crate::load::terraform::compare;
use crate::load::terraform::functions::{Call, Unsettled, encode};
use crate::node::{Node, Value};
use crate::text::Text;

/// Widest and most precise that a verb is: a few letters of input can ask for any amount
const WIDEST: usize = 4096;

/// A verb and how its value is written
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Verb {
    letter: char,
    /// `[2]`: which argument, from one on
    which: Option<usize>,
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

impl Verb {
    /// What stands behind a `%`, and the rest of the pattern; `None` where it is nothing that is known here
    fn read(pattern: &str) -> Option<(Self, &str)> {
        let mut verb = Self::default();
        let mut rest = pattern;
        while let Some(flag) = rest.chars().next().filter(|letter| "-+ 0".contains(*letter)) {
            match flag {
                '-' => verb.left = true,
                '+' => verb.plus = true,
                ' ' => verb.space = true,
                _ => verb.zero = true,
            }
            rest = rest.get(1..)?;
        }
        if let Some(inside) = rest.strip_prefix('[') {
            let (which, after) = inside.split_once(']')?;
            verb.which = Some(which.parse().ok()?);
            rest = after;
        }
        (verb.width, rest) = digits(rest)?;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = digits(after)?;
            (verb.precision, rest) = (Some(precision), after);
        }
        verb.letter = rest.chars().next()?;
        let known = verb.width <= WIDEST && verb.precision.is_none_or(|precision| precision <= WIDEST);
        let after = rest.get(verb.letter.len_utf8()..)?;
        known.then_some((verb, after))
    }

    /// Whether the value is written as it is
    fn is_bare(&self) -> bool {
        self.width == 0 && self.precision.is_none()
    }

    /// The value of an argument as this verb writes it
    fn write(&self, call: &Call<'_>, arg: &Node) -> Result<Text, Unsettled> {
        let number = || {
            let text = arg.as_text().ok_or(Unsettled::Unknown)?;
            match compare::number(arg) {
                Some(number) => Ok(number),
                None if text.as_literal().is_none() => Err(Unsettled::Unknown),
                None => Err(Unsettled::Refused(format!("`%{}` wants a number", self.letter))),
            }
        };
        let whole = || match number()? {
            number if number.fract() == 0.0 && number.abs() < 9e15 => Ok(number),
            number if number.fract() == 0.0 => Err(Unsettled::Unknown),
            _ => Err(Unsettled::Refused(format!("`%{}` wants a whole number", self.letter))),
        };
        match self.letter {
            's' | 'v' => {
                let text = match &arg.value {
                    Value::List(_) | Value::Map(_) if self.letter == 'v' => {
                        encode::jsonencode(arg, call.span).as_text()
                    }
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::Text(_)
                    | Value::List(_)
                    | Value::Map(_)
                    | Value::Unknown(_) => arg.as_text(),
                };
                self.text(&text.ok_or(Unsettled::Unknown)?)
            }
            'q' => {
                let text = arg.as_text().ok_or(Unsettled::Unknown)?;
                let literal = text.as_literal().ok_or(Unsettled::Unknown)?;
                self.text(&Text::from(serde_json::Value::from(literal).to_string()))
            }
            't' => match compare::truth(arg) {
                Some(truth) => self.text(&Text::from(truth.to_string())),
                None => Err(Unsettled::Unknown),
            },
            // A number that is not known has its own digits, if nothing more is asked for.
            'd' if self.is_bare() && !self.plus && !self.space => {
                let text = arg.as_text().ok_or(Unsettled::Unknown)?;
                if text.as_literal().is_some() {
                    Ok(self.number(&compare::digits(whole()?)))
                } else {
                    Ok(text)
                }
            }
            'd' if self.precision.is_none() => Ok(self.number(&compare::digits(whole()?))),
            'b' | 'o' | 'x' | 'X' if self.precision.is_none() => {
                let number = whole()?;
                let sign = if number < 0.0 { "-" } else { "" };
                let digits = compare::digits(number.abs()).parse::<u64>().map_err(|_| Unsettled::Unknown)?;
                let digits = match self.letter {
                    'b' => format!("{digits:b}"),
                    'o' => format!("{digits:o}"),
                    'x' => format!("{digits:x}"),
                    _ => format!("{digits:X}"),
                };
                Ok(self.number(&format!("{sign}{digits}")))
            }
            'f' => Ok(self.number(&format!("{:.*}", self.precision.unwrap_or(6), number()?))),
            _ => Err(Unsettled::Unknown),
        }
    }

    /// Text of at most the precision and at least the width
    fn text(&self, text: &Text) -> Result<Text, Unsettled> {
        if self.is_bare() {
            return Ok(text.clone());
        }
        let literal = text.as_literal().ok_or(Unsettled::Unknown)?;
        let shown: String = literal.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        Ok(self.wide(&shown))
    }

    /// Digits with their sign
    fn number(&self, digits: &str) -> Text {
        let signed = match (digits.starts_with('-'), self.plus, self.space) {
            (false, true, _) => format!("+{digits}"),
            (false, false, true) => format!(" {digits}"),
            (true, ..) | (false, false, false) => digits.to_owned(),
        };
        self.wide(&signed)
    }

    fn wide(&self, shown: &str) -> Text {
        let missing = self.width.saturating_sub(shown.chars().count());
        Text::from(if self.left {
            format!("{shown}{}", " ".repeat(missing))
        } else if self.zero {
            // Zeros stand behind a sign.
            let signs = shown.len() - shown.trim_start_matches(['-', '+', ' ']).len();
            let (sign, digits) = shown.split_at_checked(signs.min(1)).unwrap_or(("", shown));
            format!("{sign}{}{digits}", "0".repeat(missing))
        } else {
            format!("{}{shown}", " ".repeat(missing))
        })
    }
}

/// Leading digits as a number, none as zero, and what follows them
fn digits(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((if digits.is_empty() { 0 } else { digits.parse().ok()? }, rest))
}

/// The text that a pattern and its arguments give
///
/// # Errors
///
/// The pattern or an argument is not known, a verb is not understood, or Terraform would refuse the call.
pub(super) fn format(call: &Call<'_>, args: &[Node]) -> Result<Text, Unsettled> {
    let lacks = || Unsettled::Refused(format!("`{}` lacks an argument", call.name));
    let pattern = args.first().ok_or_else(lacks)?.as_text().ok_or(Unsettled::Unknown)?;
    let mut rest = pattern.as_literal().ok_or(Unsettled::Unknown)?;
    let mut text = Text::new();
    let mut next = 1;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            text.push_str("%");
            rest = after;
            continue;
        }
        let (verb, after) = Verb::read(after).ok_or(Unsettled::Unknown)?;
        rest = after;
        let at = verb.which.unwrap_or(next);
        next = at.saturating_add(1);
        let arg = args.get(at).filter(|_| at > 0).ok_or_else(lacks)?;
        text.push(&verb.write(call, arg)?);
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use crate::load::terraform::tests::value;

    #[test]
    fn a_hole_keeps_its_place_where_its_form_does_not_matter() {
        assert_eq!(value("format(\"%s-%03d\", \"x${var.env}\", 7)"), "\"x${var.env}-007\"");
        assert_eq!(value("\"${format(\"%d-x\", var.env)}-\""), "\"${var.env}-x-\"");
        for open in ["format(\"%5s\", var.env)", "format(\"%03d\", var.env)", "format(\"%.2s\", var.env)"] {
            assert!(value(open).starts_with("format("), "{open}: {}", value(open));
        }
    }

    #[test]
    fn a_width_beyond_measure_is_not_written() {
        assert!(value("format(\"%999999999d\", 1)").starts_with("format("));
    }
}
