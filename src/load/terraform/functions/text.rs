//! Functions of strings; a text with holes keeps its literal parts wherever the function lets it.

use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled, format};
use crate::load::terraform::notes::is_rest;
use crate::node::{Node, Value};
use crate::text::{Hole, Piece, Shape, Text};

pub(super) static TABLE: &[(&str, Function)] = &[
    ("basename", |call| path(call, Part::Last)),
    ("chomp", |call| ends(call, &|text| text.trim_end_matches(['\n', '\r']).to_owned())),
    ("dirname", |call| path(call, Part::Folder)),
    ("endswith", |call| affix(call, Text::strip_suffix)),
    ("format", |call| format::format(call, &call.args).map(|text| call.node(Value::Text(text)))),
    ("formatlist", formatlist),
    ("join", join),
    ("lower", |call| letters(call, &|text| text.to_lowercase())),
    ("replace", replace),
    ("split", split),
    ("startswith", |call| affix(call, Text::strip_prefix)),
    ("substr", substr),
    ("title", |call| whole(call, &title)),
    ("trim", trim),
    ("trimprefix", |call| stripped(call, Text::strip_prefix)),
    ("trimspace", |call| ends(call, &|text| text.trim().to_owned())),
    ("trimsuffix", |call| stripped(call, Text::strip_suffix)),
    ("upper", |call| letters(call, &|text| text.to_uppercase())),
];

/// Longest text and most parts that a function gives: a few letters of input can ask for any amount
pub(super) const LONGEST: usize = 4 * 1024 * 1024;
const PARTS: usize = 100_000;

fn length(text: &Text) -> usize {
    text.pieces().iter().map(|piece| if let Piece::Lit(part) = piece { part.len() } else { 1 }).sum()
}

fn done(call: &Call<'_>, text: impl Into<Text>) -> Outcome {
    Ok(call.node(Value::Text(text.into())))
}

/// A function of the whole text: nothing is known of one with holes
fn whole(call: &Call<'_>, of: &dyn Fn(&str) -> String) -> Outcome {
    match call.text(0)?.as_literal() {
        Some(text) => done(call, of(text)),
        None => Ok(call.text_hole(Shape::Any)),
    }
}

/// A function of each letter on its own: holes stay in their places
fn letters(call: &Call<'_>, of: &dyn Fn(&str) -> String) -> Outcome {
    let text = call.text(0)?;
    let pieces = text.pieces().iter().map(|piece| match piece {
        Piece::Lit(part) => Piece::Lit(of(part)),
        Piece::Hole(hole) => Piece::Hole(derived(call, hole, "", hole.shape())),
    });
    done(call, pieces.collect::<Text>())
}

/// What a function makes of one hole
fn derived(call: &Call<'_>, hole: &Hole, rest: &str, shape: Shape) -> Hole {
    let name = format!("{}({}{rest})", call.name, hole.name());
    call.scope.notes().hole(&name, crate::text::HoleKind::Input, shape)
}

fn title(text: &str) -> String {
    let mut start = true;
    let word = |letter: char| {
        let shown: String = if start { letter.to_uppercase().collect() } else { letter.to_string() };
        // As Go sees words: an underscore is a letter of one.
        start = !letter.is_alphanumeric() && letter != '_';
        shown
    };
    text.chars().map(word).collect()
}

/// A function of both ends of a text
fn ends(call: &Call<'_>, of: &dyn Fn(&str) -> String) -> Outcome {
    let text = call.text(0)?;
    if let Some(text) = text.as_literal() {
        return done(call, of(text));
    }
    let last = text.pieces().len().saturating_sub(1);
    let touched = text.pieces().iter().enumerate().any(|(at, piece)| match piece {
        Piece::Hole(_) => at == 0 || at == last,
        Piece::Lit(part) => (at == 0 || at == last) && of(part) != *part,
    });
    if touched { Ok(call.text_hole(Shape::Any)) } else { done(call, text) }
}

fn trim(call: &Call<'_>) -> Outcome {
    let cut = call.literal(1)?;
    ends(call, &|text| text.trim_matches(|letter| cut.contains(letter)).to_owned())
}

/// A prefix or suffix that goes where it certainly stands
fn stripped(call: &Call<'_>, strip: fn(&Text, &str) -> Option<Text>) -> Outcome {
    let (text, affix) = (call.text(0)?, call.literal(1)?);
    if let Some(rest) = strip(&text, &affix) {
        return done(call, rest);
    }
    match carries(&text, &affix, strip) {
        Some(_) => done(call, text),
        None => Ok(call.text_hole(Shape::Any)),
    }
}

/// Whether a text starts or ends so
fn carries(text: &Text, affix: &str, strip: fn(&Text, &str) -> Option<Text>) -> Option<bool> {
    if strip(text, affix).is_some() {
        return Some(true);
    }
    if text.as_literal().is_some() {
        return Some(false);
    }
    // What stands at that end decides against it only if it differs from the affix itself.
    let affix = Text::from(affix);
    let bare = |piece: Option<&Piece>| match piece {
        Some(Piece::Lit(part)) => Some(part.clone()),
        _ => None,
    };
    let front = strip(&Text::from("ab"), "a").is_some();
    let part = bare(if front { text.pieces().first() } else { text.pieces().last() })?;
    if strip(&affix, &part).is_some() { None } else { Some(false) }
}

fn affix(call: &Call<'_>, strip: fn(&Text, &str) -> Option<Text>) -> Outcome {
    let truth = carries(&call.text(0)?, &call.literal(1)?, strip).ok_or(Unsettled::Unknown)?;
    Ok(call.node(Value::Bool(truth)))
}

#[derive(Clone, Copy)]
enum Part {
    Folder,
    Last,
}

/// A part of a path; holes may hold separators of their own, so only what follows the last literal one is certain
fn path(call: &Call<'_>, part: Part) -> Outcome {
    let text = call.literal(0)?;
    let text = text.trim_end_matches('/');
    let (folder, last) = text.rsplit_once('/').unwrap_or((".", text));
    match part {
        Part::Folder => done(call, if folder.is_empty() { "/" } else { folder }),
        Part::Last => done(call, last),
    }
}

fn join(call: &Call<'_>) -> Outcome {
    let separator = call.text(0)?;
    let mut text = Text::new();
    let (mut first, mut size) = (true, 0);
    for at in 1..call.args.len() {
        for item in call.list(at)? {
            let part = item.as_text().ok_or_else(|| Unsettled::Refused("`join` wants texts".to_owned()))?;
            if !std::mem::take(&mut first) {
                text.push(&separator);
            }
            text.push(&part);
            size += length(&part) + length(&separator);
            if size > LONGEST {
                return Err(Unsettled::Unknown);
            }
        }
    }
    done(call, text)
}

fn split(call: &Call<'_>) -> Outcome {
    let (separator, text) = (call.literal(0)?, call.text(1)?);
    let list = |parts: Vec<Text>| {
        Ok(call.node(Value::List(parts.into_iter().map(|part| Node::text(part, call.span)).collect())))
    };
    if length(&text) / separator.len().max(1) > PARTS {
        return Err(Unsettled::Unknown);
    }
    if let Some(text) = text.as_literal() {
        return list(if separator.is_empty() {
            text.chars().map(|letter| Text::from(letter.to_string())).collect()
        } else if text.is_empty() {
            // As Go splits: one empty part
            vec![Text::new()]
        } else {
            text.split(&separator).map(Text::from).collect()
        });
    }
    // Only a hole that cannot hold the separator leaves the number of parts certain.
    let mut letters = separator.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None)
            if !letter.is_alphanumeric()
                && !"-_.".contains(letter)
                && text.holes().all(|hole| hole.shape() != Shape::Any) =>
        {
            list(text.split(letter, usize::MAX))
        }
        _ => Err(Unsettled::Unknown),
    }
}

/// Letters, digits and `-_.`
fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

fn replace(call: &Call<'_>) -> Outcome {
    let (text, from, to) = (call.text(0)?, call.literal(1)?, call.text(2)?);
    if from.len() > 1 && from.starts_with('/') && from.ends_with('/') {
        return super::pattern::replaced(call, from.get(1..from.len() - 1).unwrap_or(""));
    }
    if from.is_empty() {
        return Ok(call.text_hole(Shape::Any));
    }
    // A match may reach over the border of a hole.
    let inner: Vec<usize> = from.char_indices().map(|(at, _)| at).skip(1).collect();
    let straddles = text.pieces().iter().enumerate().any(|(at, piece)| {
        let Piece::Lit(part) = piece else { return false };
        let last = at + 1 == text.pieces().len();
        inner.iter().any(|cut| {
            let (head, tail) = from.split_at_checked(*cut).unwrap_or((&from, ""));
            (!last && part.ends_with(head)) || (at > 0 && part.starts_with(tail))
        })
    });
    if straddles {
        return Ok(call.text_hole(Shape::Any));
    }
    if (length(&text) / from.len() + 1).saturating_mul(length(&to)) > LONGEST {
        return Err(Unsettled::Unknown);
    }
    let mut out = Text::new();
    for piece in text.pieces() {
        match piece {
            Piece::Hole(hole) => {
                let rest = format!(", {from:?}, {to}");
                out.push_hole(match hole.shape() {
                    // Twelve digits hold no other letter.
                    Shape::Account if !from.bytes().all(|b| b.is_ascii_digit()) => hole.clone(),
                    // A name holds no slash or colon.
                    Shape::Name | Shape::Id(_) if !from.bytes().all(is_of_a_name) => hole.clone(),
                    Shape::Any | Shape::Name | Shape::Id(_) | Shape::Account => {
                        derived(call, hole, &rest, Shape::Any)
                    }
                });
            }
            Piece::Lit(part) => {
                for (at, kept) in part.split(&from).enumerate() {
                    if at > 0 {
                        out.push(&to);
                    }
                    out.push_str(kept);
                }
            }
        }
    }
    done(call, out)
}

fn substr(call: &Call<'_>) -> Outcome {
    let (text, from, count) = (call.text(0)?, call.whole(1)?, call.whole(2)?);
    let cut = |text: &str| -> String {
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let from = if from < 0 { (length + from).max(0) } else { from.min(length) };
        let skip = usize::try_from(from).unwrap_or(0);
        let take = usize::try_from(count).unwrap_or(usize::MAX);
        text.chars().skip(skip).take(take).collect()
    };
    if let Some(text) = text.as_literal() {
        return done(call, cut(text));
    }
    // A part that lies within the literal start is certain.
    if let (Some(Piece::Lit(start)), Some(end)) = (text.pieces().first(), from.checked_add(count))
        && from >= 0
        && count >= 0
        && usize::try_from(end).is_ok_and(|end| end <= start.chars().count())
    {
        return done(call, cut(start));
    }
    Ok(call.text_hole(Shape::Any))
}

fn formatlist(call: &Call<'_>) -> Outcome {
    let lengths = call.args.iter().filter_map(|arg| match &arg.value {
        Value::List(items) => Some(items.len()),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Map(_)
        | Value::Unknown(_) => None,
    });
    let open = |arg: &Node| match &arg.value {
        Value::List(items) => items.iter().any(is_rest),
        Value::Unknown(_) => true,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => false,
    };
    if call.args.iter().skip(1).any(open) {
        // It may be a list of any length.
        return Err(Unsettled::Unknown);
    }
    let length = lengths.max().unwrap_or(1);
    let widest = call.args.iter().map(|arg| arg.as_text().map_or(0, |text| self::length(&text)));
    if length.saturating_mul(widest.sum()) > LONGEST {
        return Err(Unsettled::Unknown);
    }
    let row = |at: usize| -> Outcome {
        let args: Option<Vec<Node>> = call
            .args
            .iter()
            .map(|arg| match &arg.value {
                Value::List(items) => items.get(at).cloned(),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Text(_)
                | Value::Map(_)
                | Value::Unknown(_) => Some(arg.clone()),
            })
            .collect();
        let args =
            args.ok_or_else(|| Unsettled::Refused("`formatlist` has lists of several lengths".to_owned()))?;
        format::format(call, &args).map(|text| Node::text(text, call.span))
    };
    Ok(call.node(Value::List((0..length).map(row).collect::<Result<_, _>>()?)))
}
