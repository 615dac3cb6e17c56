//! Functions of numbers, and those that make rows or names by a rule of their own.

use sha1::{Digest as _, Sha1};

use crate::load::terraform::compare;
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::node::{Key, Node, Value};
use crate::text::{Shape, Text};

pub(super) static TABLE: &[(&str, Function)] = &[
    ("csvdecode", csvdecode),
    ("log", |call| {
        let (number, base) = (number(call, 0)?, number(call, 1)?);
        shown(call, number.ln() / base.ln())
    }),
    ("pow", |call| {
        let (number, power) = (number(call, 0)?, number(call, 1)?);
        shown(call, number.powf(power))
    }),
    ("signum", |call| {
        let number = number(call, 0)?;
        shown(call, if number == 0.0 { 0.0 } else { number.signum() })
    }),
    ("uuidv5", uuidv5),
];

fn number(call: &Call<'_>, at: usize) -> Result<f64, Unsettled> {
    match compare::number(call.arg(at)?) {
        Some(number) => Ok(number),
        None if call.text(at)?.as_literal().is_none() => Err(Unsettled::Unknown),
        None => Err(Unsettled::Refused(format!("`{}` wants a number here", call.name))),
    }
}

fn shown(call: &Call<'_>, number: f64) -> Outcome {
    if number.is_finite() {
        Ok(call.node(Value::Number(compare::digits(number))))
    } else {
        Err(Unsettled::Unknown)
    }
}

/// Rows as maps, by the names in the first \[RFC 4180\]
fn csvdecode(call: &Call<'_>) -> Outcome {
    let text = call.literal(0)?;
    if !call.scope.notes().labour(text.len()) {
        return Err(Unsettled::Unknown);
    }
    let mut rows =
        rows(&text).ok_or_else(|| Unsettled::Refused("this text is not CSV".to_owned()))?.into_iter();
    let names = rows.next().ok_or_else(|| Unsettled::Refused("this text has no header".to_owned()))?;
    let mut all = Vec::new();
    for row in rows {
        if row.len() != names.len() {
            return Err(Unsettled::Refused(
                "a row of this text has more or fewer fields than the header".to_owned(),
            ));
        }
        let entry = |(name, field): (&String, String)| {
            (Key { text: Text::from(name.as_str()), span: call.span }, Node::text(field, call.span))
        };
        all.push(call.node(Value::Map(names.iter().zip(row).map(entry).collect())));
    }
    Ok(call.node(Value::List(all)))
}

fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut field = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if field.is_empty() => loop {
                match (letters.next()?, letters.peek()) {
                    ('"', Some('"')) => {
                        letters.next();
                        field.push('"');
                    }
                    ('"', Some(',' | '\r' | '\n') | None) => break,
                    ('"', Some(_)) => return None,
                    (inner, _) => field.push(inner),
                }
            },
            '"' => return None,
            ',' => row.push(std::mem::take(&mut field)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                // A line of nothing is no row.
                if !row.is_empty() || !field.is_empty() {
                    row.push(std::mem::take(&mut field));
                    rows.push(std::mem::take(&mut row));
                }
            }
            letter => field.push(letter),
        }
    }
    if !row.is_empty() || !field.is_empty() {
        row.push(field);
        rows.push(row);
    }
    Some(rows)
}

/// The namespaces that have a name \[RFC 9562\]
static NAMESPACES: &[(&str, &str)] = &[
    ("dns", "6ba7b8109dad11d180b400c04fd430c8"),
    ("oid", "6ba7b8129dad11d180b400c04fd430c8"),
    ("url", "6ba7b8119dad11d180b400c04fd430c8"),
    ("x500", "6ba7b8149dad11d180b400c04fd430c8"),
];

/// A UUID made of a namespace and a name \[RFC 9562, version 5\]
fn uuidv5(call: &Call<'_>) -> Outcome {
    let (space, name) = (call.text(0)?, call.text(1)?);
    let (Some(space), Some(name)) = (space.as_literal(), name.as_literal()) else {
        return Ok(call.text_hole(Shape::Name));
    };
    let known = NAMESPACES.iter().find(|(known, _)| *known == space);
    let digits = known.map_or_else(|| space.replace('-', ""), |(_, digits)| (*digits).to_owned());
    let bytes = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32);
    let bytes = bytes.ok_or_else(|| Unsettled::Refused(format!("`{space}` is no namespace")))?;
    let digest = Sha1::new().chain_update(bytes.to_be_bytes()).chain_update(name.as_bytes()).finalize();
    let first: [u8; 16] = digest.first_chunk().copied().unwrap_or_default();
    // Four bits say the version, two the variant.
    let number = u128::from_be_bytes(first) & !(0xf << 76) & !(0x3 << 62) | 0x5 << 76 | 0x2 << 62;
    let hex = format!("{number:032x}");
    let mut out = String::new();
    for (at, digit) in hex.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    Ok(Node::text(out, call.span))
}
