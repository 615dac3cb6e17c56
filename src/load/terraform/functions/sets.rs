//! Functions of sets and of several lists, and those of texts and numbers that need every letter.
//!
//! What may be equal and is not known to be leaves the result unknown.

use crate::load::terraform::compare::{self, same};
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::node::{Key, Node, Value};
use crate::text::Shape;

pub(super) static TABLE: &[(&str, Function)] = &[
    ("base64decode", |call| match call.text(0)?.as_literal() {
        Some(text) => decoded(text).map(|text| Node::text(text, call.span)).ok_or(Unsettled::Unknown),
        None => Ok(call.text_hole(Shape::Any)),
    }),
    ("base64encode", |call| letters(call, |text| base64(text.as_bytes()))),
    ("chunklist", chunklist),
    ("indent", |call| {
        let space = " ".repeat(usize::try_from(call.whole(0)?).unwrap_or(0).min(1000));
        match call.text(1)?.as_literal() {
            Some(text) if text.len() < 100_000 => {
                Ok(Node::text(text.replace('\n', &format!("\n{space}")), call.span))
            }
            _ => Ok(call.text_hole(Shape::Any)),
        }
    }),
    ("matchkeys", matchkeys),
    ("parseint", |call| {
        let (text, base) = (call.literal(0)?, call.whole(1)?);
        let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base));
        let base = base.ok_or(Unsettled::Unknown)?;
        i64::from_str_radix(&text, base)
            .map(|number| call.node(Value::Number(number.to_string())))
            .map_err(|_| Unsettled::Refused(format!("`{text}` is no number of base {base}")))
    }),
    ("setintersection", |call| {
        let mut kept = call.list(0)?.to_vec();
        for at in 1..call.args.len() {
            kept = among(call, &kept, call.list(at)?, Among::Kept)?;
        }
        set(call, &kept)
    }),
    ("setproduct", setproduct),
    ("setsubtract", |call| {
        let kept = among(call, call.list(0)?, call.list(1)?, Among::Dropped)?;
        set(call, &kept)
    }),
    ("strrev", |call| letters(call, |text| text.chars().rev().collect())),
    ("sum", |call| {
        let numbers: Option<Vec<f64>> = call.list(0)?.iter().map(compare::number).collect();
        let sum: f64 = numbers.ok_or(Unsettled::Unknown)?.into_iter().sum();
        if sum.is_finite() {
            Ok(call.node(Value::Number(compare::digits(sum))))
        } else {
            Err(Unsettled::Unknown)
        }
    }),
    ("transpose", transpose),
    ("urlencode", |call| letters(call, encoded)),
];

/// Most elements that a call makes: a few letters of input can ask for any number
const MOST: usize = 10_000;

/// A function of all letters: nothing is known of a text with holes
fn letters(call: &Call<'_>, of: fn(&str) -> String) -> Outcome {
    match call.text(0)?.as_literal() {
        Some(text) => Ok(Node::text(of(text), call.span)),
        None => Ok(call.text_hole(Shape::Any)),
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4_usize {
            let digit = (bits >> (18 - 6 * at)) & 63;
            let digit = DIGITS.get(digit as usize).map_or('=', |digit| char::from(*digit));
            out.push(if at > chunk.len() { '=' } else { digit });
        }
    }
    out
}

fn decoded(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=');
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for byte in digits.bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        bits = (bits << 6 | u32::try_from(digit).ok()?) & 0xff_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

/// As a query is written: a space is `+` \[Go: url.QueryEscape\]
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    Kept,
    Dropped,
}

/// The items that are among others, or those that are not
fn among(call: &Call<'_>, items: &[Node], others: &[Node], wanted: Among) -> Result<Vec<Node>, Unsettled> {
    if !call.scope.notes().labour(items.len().saturating_mul(others.len()) / 8) {
        return Err(Unsettled::Unknown);
    }
    let mut kept = Vec::new();
    for item in items {
        let none = compare::all(others.iter().map(|other| same(item, other).map(|same| !same)));
        let is_there = !none.ok_or(Unsettled::Unknown)?;
        if is_there == (wanted == Among::Kept) {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

fn set(call: &Call<'_>, items: &[Node]) -> Outcome {
    super::collection::set(call, items)
}

fn chunklist(call: &Call<'_>) -> Outcome {
    let (items, size) = (call.list(0)?, usize::try_from(call.whole(1)?).unwrap_or(0));
    let list = |items: &[Node]| call.node(Value::List(items.to_vec()));
    let chunks = match size {
        0 if items.is_empty() => Vec::new(),
        0 => vec![list(items)],
        size => items.chunks(size).map(list).collect(),
    };
    Ok(call.node(Value::List(chunks)))
}

/// Elements of the first list whose twins in the second are in the third
fn matchkeys(call: &Call<'_>) -> Outcome {
    let (values, keys, wanted) = (call.list(0)?, call.list(1)?, call.list(2)?);
    if values.len() != keys.len() {
        return Err(Unsettled::Refused("`matchkeys` has lists of several lengths".to_owned()));
    }
    let mut kept = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        if !among(call, std::slice::from_ref(key), wanted, Among::Kept)?.is_empty() {
            kept.push(value.clone());
        }
    }
    Ok(call.node(Value::List(kept)))
}

fn setproduct(call: &Call<'_>) -> Outcome {
    let mut rows: Vec<Vec<Node>> = vec![Vec::new()];
    for at in 0..call.args.len() {
        let items = call.list(at)?;
        if rows.len().saturating_mul(items.len()) > MOST {
            return Err(Unsettled::Unknown);
        }
        let longer = |row: &Vec<Node>| -> Vec<Vec<Node>> {
            items.iter().map(|item| row.iter().chain([item]).cloned().collect()).collect()
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    Ok(call.node(Value::List(rows.into_iter().map(|row| call.node(Value::List(row))).collect())))
}

/// A map of lists the other way round
fn transpose(call: &Call<'_>) -> Outcome {
    let pairs = compare::pairs(call.arg(0)?).ok_or(Unsettled::Unknown)?;
    let mut out: Vec<(Key, Node)> = Vec::new();
    for (key, values) in pairs {
        let Value::List(values) = values.value else { return Err(Unsettled::Unknown) };
        for value in values {
            let literal = value.as_text().filter(|text| text.as_literal().is_some());
            let text = literal.ok_or(Unsettled::Unknown)?;
            match out.iter_mut().find(|(known, _)| known.text == text) {
                Some((_, Node { value: Value::List(keys), .. })) => keys.push(key.clone()),
                _ => out.push((Key { text, span: value.span }, call.node(Value::List(vec![key.clone()])))),
            }
            if out.len() > MOST || !call.scope.notes().labour(out.len() / 8) {
                return Err(Unsettled::Unknown);
            }
        }
    }
    out.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
    Ok(call.node(Value::Map(out)))
}
