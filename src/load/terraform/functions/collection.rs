//! Functions of lists, maps, numbers and types; a collection of unknown length gives an unknown result.

use crate::load::terraform::compare::{self, same};
use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::load::terraform::notes::{describe, is_rest};
use crate::node::{Key, Node, Value};
use crate::text::{HoleKind, Piece, Text};

pub(super) static TABLE: &[(&str, Function)] = &[
    ("abs", |call| number(call, f64::abs)),
    ("alltrue", |call| {
        let items = call.list(0)?;
        truth(call, compare::all(items.iter().map(compare::truth)))
    }),
    ("anytrue", |call| {
        let items = call.list(0)?;
        let none = compare::all(items.iter().map(|item| compare::truth(item).map(|truth| !truth)));
        truth(call, none.map(|none| !none))
    }),
    ("ceil", |call| number(call, f64::ceil)),
    ("coalesce", coalesce),
    ("coalescelist", coalescelist),
    ("compact", compact),
    ("concat", concat),
    ("contains", contains),
    ("distinct", |call| Ok(call.node(Value::List(distinct(call, call.open_list(0)?)?)))),
    ("element", element),
    ("flatten", flatten),
    ("floor", |call| number(call, f64::floor)),
    ("index", index),
    ("keys", |call| {
        let pairs = pairs(call, 0)?;
        Ok(call.node(Value::List(pairs.into_iter().map(|(key, _)| key).collect())))
    }),
    ("length", length),
    ("list", |call| Ok(call.node(Value::List(call.args.clone())))),
    ("lookup", lookup),
    ("max", |call| extreme(call, f64::max)),
    ("merge", merge),
    ("min", |call| extreme(call, f64::min)),
    ("nonsensitive", |call| Ok(call.arg(0)?.clone())),
    ("one", one),
    ("range", range),
    ("reverse", |call| Ok(call.node(Value::List(call.list(0)?.iter().rev().cloned().collect())))),
    ("sensitive", |call| Ok(call.arg(0)?.clone())),
    ("setunion", |call| {
        let mut all = Vec::new();
        for at in 0..call.args.len() {
            all.extend(call.open_list(at)?.iter().cloned());
        }
        set(call, &all)
    }),
    ("slice", slice),
    ("sort", |call| {
        let items = call.list(0)?;
        match sorted(items) {
            Some(items) => Ok(call.node(Value::List(items))),
            None => Err(Unsettled::Unknown),
        }
    }),
    ("tobool", |call| match &call.arg(0)?.value {
        Value::Null => Ok(call.node(Value::Null)),
        Value::Unknown(_) => Ok(call.arg(0)?.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            truth(call, compare::truth(call.arg(0)?))
        }
    }),
    ("tolist", |call| list_of(call)),
    ("tomap", |call| Ok(call.arg(0)?.clone())),
    ("tonumber", |call| match &call.arg(0)?.value {
        Value::Null | Value::Unknown(_) => Ok(call.arg(0)?.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            number(call, |number| number)
        }
    }),
    ("toset", |call| {
        if matches!(call.arg(0)?.value, Value::Null) {
            return Ok(call.node(Value::Null));
        }
        let items = call.open_list(0)?.to_vec();
        set(call, &items)
    }),
    ("tostring", |call| {
        let arg = call.arg(0)?;
        if matches!(arg.value, Value::Null | Value::Unknown(_) | Value::Text(_)) {
            return Ok(arg.clone());
        }
        Ok(call.node(Value::Text(call.text(0)?)))
    }),
    ("values", |call| {
        let pairs = pairs(call, 0)?;
        Ok(call.node(Value::List(pairs.into_iter().map(|(_, value)| value).collect())))
    }),
    ("zipmap", zipmap),
];

fn truth(call: &Call<'_>, truth: Option<bool>) -> Outcome {
    truth.map(|truth| call.node(Value::Bool(truth))).ok_or(Unsettled::Unknown)
}

fn number(call: &Call<'_>, of: fn(f64) -> f64) -> Outcome {
    match compare::number(call.arg(0)?) {
        Some(number) => Ok(call.node(Value::Number(compare::digits(of(number))))),
        None if call.text(0)?.as_literal().is_none() => Err(Unsettled::Unknown),
        None => Err(Unsettled::Refused(format!("`{}` wants a number", call.name))),
    }
}

fn extreme(call: &Call<'_>, of: fn(f64, f64) -> f64) -> Outcome {
    let numbers: Option<Vec<f64>> = call.args.iter().map(compare::number).collect();
    let best = numbers.ok_or(Unsettled::Unknown)?.into_iter().reduce(of).ok_or(Unsettled::Unknown)?;
    Ok(call.node(Value::Number(compare::digits(best))))
}

fn pairs(call: &Call<'_>, at: usize) -> Result<Vec<(Node, Node)>, Unsettled> {
    match &call.arg(at)?.value {
        Value::Map(_) => compare::pairs(call.arg(at)?).ok_or(Unsettled::Unknown),
        Value::Unknown(_) => Err(Unsettled::Unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            Err(Unsettled::Refused(format!("`{}` wants a map", call.name)))
        }
    }
}

/// Spends the work of looking through this many entries
fn worth(call: &Call<'_>, entries: usize) -> Result<(), Unsettled> {
    if call.scope.notes().labour(entries / 8) { Ok(()) } else { Err(Unsettled::Unknown) }
}

/// Items without the ones that surely repeat; what may repeat leaves the length unknown
fn distinct(call: &Call<'_>, items: &[Node]) -> Result<Vec<Node>, Unsettled> {
    let mut kept: Vec<Node> = Vec::new();
    // Whether one of them may be another one
    let mut doubt = false;
    for item in items {
        worth(call, kept.len())?;
        let mut open = false;
        let mut known = false;
        for other in &kept {
            match same(other, item) {
                Some(true) => known = true,
                Some(false) => {}
                None => open = true,
            }
        }
        match (known, open) {
            (true, _) => {}
            (false, open) => {
                doubt |= open && !is_rest(item);
                kept.push(item.clone());
            }
        }
    }
    if doubt {
        // All are there, and how many there are is not known.
        kept.push(call.scope.notes().rest(&call.spelled(), call.span));
    }
    Ok(kept)
}

fn sorted(items: &[Node]) -> Option<Vec<Node>> {
    let mut keyed: Vec<(String, Node)> = items
        .iter()
        .map(|item| Some((item.as_text()?.as_literal()?.to_owned(), item.clone())))
        .collect::<Option<_>>()?;
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    Some(keyed.into_iter().map(|(_, item)| item).collect())
}

/// A set: no repetitions, in the order of its texts; one that may shrink stays as it is written
pub(super) fn set(call: &Call<'_>, items: &[Node]) -> Outcome {
    let kept = distinct(call, items)?;
    let kept = sorted(&kept).unwrap_or(kept);
    Ok(call.node(Value::List(kept)))
}

fn list_of(call: &Call<'_>) -> Outcome {
    if matches!(call.arg(0)?.value, Value::Null) {
        return Ok(call.node(Value::Null));
    }
    Ok(call.node(Value::List(call.open_list(0)?.to_vec())))
}

/// Whether a value is surely neither `null` nor the empty text
fn stands(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Null => Some(false),
        Value::Text(text) => match text.as_literal() {
            Some(text) => Some(!text.is_empty()),
            None if text.pieces().iter().any(|piece| matches!(piece, Piece::Lit(_))) => Some(true),
            None => text.as_hole().filter(|hole| hole.kind() == HoleKind::Generated).map(|_| true),
        },
        Value::Unknown(_) => None,
        Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => Some(true),
    }
}

fn coalesce(call: &Call<'_>) -> Outcome {
    for arg in &call.args {
        match stands(arg) {
            Some(true) => return Ok(arg.clone()),
            Some(false) => {}
            None => return Err(Unsettled::Unknown),
        }
    }
    Err(Unsettled::Refused("no argument of `coalesce` has a value".to_owned()))
}

fn coalescelist(call: &Call<'_>) -> Outcome {
    for at in 0..call.args.len() {
        if !call.list(at)?.is_empty() {
            return Ok(call.arg(at)?.clone());
        }
    }
    Err(Unsettled::Refused("every argument of `coalescelist` is empty".to_owned()))
}

fn compact(call: &Call<'_>) -> Outcome {
    let mut kept = Vec::new();
    for item in call.open_list(0)? {
        match stands(item) {
            Some(true) => kept.push(item.clone()),
            Some(false) => {}
            None => kept.push(call.scope.notes().rest(&describe(item), item.span)),
        }
    }
    Ok(call.node(Value::List(kept)))
}

fn concat(call: &Call<'_>) -> Outcome {
    let mut all = Vec::new();
    for (at, arg) in call.args.iter().enumerate() {
        match &arg.value {
            Value::Unknown(hole) => all.push(call.scope.notes().rest(hole.name(), arg.span)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Map(_) => all.extend(call.open_list(at)?.iter().cloned()),
        }
    }
    Ok(call.node(Value::List(all)))
}

fn contains(call: &Call<'_>) -> Outcome {
    let wanted = call.arg(1)?;
    let none = compare::all(call.open_list(0)?.iter().map(|item| same(item, wanted).map(|same| !same)));
    truth(call, none.map(|none| !none))
}

fn element(call: &Call<'_>) -> Outcome {
    let items = call.list(0)?;
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    if length == 0 {
        return Err(Unsettled::Refused("`element` wants a list that is not empty".to_owned()));
    }
    let at = usize::try_from(call.whole(1)?.rem_euclid(length)).unwrap_or(0);
    items.get(at).cloned().ok_or(Unsettled::Unknown)
}

fn flatten(call: &Call<'_>) -> Outcome {
    fn spread(call: &Call<'_>, items: &[Node], out: &mut Vec<Node>) {
        for item in items {
            match &item.value {
                Value::List(inner) => spread(call, inner, out),
                // It may be a list of any length.
                Value::Unknown(hole) => out.push(call.scope.notes().rest(hole.name(), item.span)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                    out.push(item.clone())
                }
            }
        }
    }
    let mut all = Vec::new();
    spread(call, call.open_list(0)?, &mut all);
    Ok(call.node(Value::List(all)))
}

fn index(call: &Call<'_>) -> Outcome {
    let wanted = call.arg(1)?;
    for (at, item) in call.list(0)?.iter().enumerate() {
        match same(item, wanted) {
            Some(true) => return Ok(call.node(Value::Number(at.to_string()))),
            Some(false) => {}
            None => return Err(Unsettled::Unknown),
        }
    }
    Err(Unsettled::Refused("`index` finds no such element".to_owned()))
}

fn length(call: &Call<'_>) -> Outcome {
    let count = match &call.arg(0)?.value {
        Value::List(_) => call.list(0)?.len(),
        Value::Map(_) => pairs(call, 0)?.len(),
        Value::Text(text) => text.as_literal().ok_or(Unsettled::Unknown)?.chars().count(),
        Value::Unknown(_) => return Err(Unsettled::Unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            return Err(Unsettled::Refused("`length` wants a list, a map or a text".to_owned()));
        }
    };
    Ok(call.node(Value::Number(count.to_string())))
}

fn lookup(call: &Call<'_>) -> Outcome {
    let (map, key) = (call.arg(0)?, call.literal(1)?);
    match &map.value {
        Value::Map(entries) => match map.get(&key) {
            Some(found) => Ok(found.clone()),
            None if entries.iter().any(|(key, _)| key.text.as_literal().is_none()) => Err(Unsettled::Unknown),
            None => match call.args.get(2) {
                Some(default) => Ok(default.clone()),
                None => Err(Unsettled::Refused(format!("there is no key `{key}`"))),
            },
        },
        Value::Unknown(_) => Err(Unsettled::Unknown),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            Err(Unsettled::Refused("`lookup` wants a map".to_owned()))
        }
    }
}

/// The later argument wins; an unknown one may bring any key, and bring another value for the keys before it
fn merge(call: &Call<'_>) -> Outcome {
    let mut all: Vec<(Key, Node)> = Vec::new();
    for arg in &call.args {
        match &arg.value {
            Value::Null => {}
            Value::Map(entries) => {
                if entries.iter().any(|(key, _)| key.text.as_literal().is_none()) {
                    unsettle(call, &mut all);
                }
                for entry in entries {
                    worth(call, all.len())?;
                    compare::insert(&mut all, entry.clone());
                }
            }
            Value::Unknown(hole) => {
                unsettle(call, &mut all);
                let key = Key { text: Text::from(hole.clone()), span: arg.span };
                compare::insert(&mut all, (key, arg.clone()));
            }
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                return Err(Unsettled::Refused("`merge` wants maps".to_owned()));
            }
        }
    }
    Ok(call.node(Value::Map(all)))
}

fn unsettle(call: &Call<'_>, entries: &mut [(Key, Node)]) {
    for (key, value) in entries {
        value.value = Value::Unknown(call.scope.notes().fresh(&format!("{} of a merged map", key.text)));
    }
}

fn one(call: &Call<'_>) -> Outcome {
    match &call.arg(0)?.value {
        Value::List(_) => match call.list(0)? {
            [] => Ok(call.node(Value::Null)),
            [only] => Ok(only.clone()),
            _ => Err(Unsettled::Refused("`one` wants at most one element".to_owned())),
        },
        Value::Unknown(_) => Err(Unsettled::Unknown),
        Value::Null => Ok(call.node(Value::Null)),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => Ok(call.arg(0)?.clone()),
    }
}

fn range(call: &Call<'_>) -> Outcome {
    const MOST: usize = 1024;
    let (from, to, step) = match call.args.len() {
        1 => (0, call.whole(0)?, 1),
        2 => (call.whole(0)?, call.whole(1)?, 1),
        _ => (call.whole(0)?, call.whole(1)?, call.whole(2)?),
    };
    if step == 0 {
        return Err(Unsettled::Refused("`range` wants a step".to_owned()));
    }
    let mut items = Vec::new();
    let mut at = from;
    while (step > 0 && at < to) || (step < 0 && at > to) {
        // Terraform has the same limit.
        if items.len() >= MOST {
            return Err(Unsettled::Refused(format!("`range` makes more than {MOST} numbers")));
        }
        items.push(call.node(Value::Number(at.to_string())));
        at = at.saturating_add(step);
    }
    Ok(call.node(Value::List(items)))
}

fn slice(call: &Call<'_>) -> Outcome {
    let items = call.list(0)?;
    let bound = |at| call.whole(at).map(|at| usize::try_from(at).unwrap_or(usize::MAX));
    match items.get(bound(1)?..bound(2)?) {
        Some(part) => Ok(call.node(Value::List(part.to_vec()))),
        None => Err(Unsettled::Refused("`slice` reaches beyond the list".to_owned())),
    }
}

fn zipmap(call: &Call<'_>) -> Outcome {
    let (keys, values) = (call.list(0)?, call.list(1)?);
    if keys.len() != values.len() {
        return Err(Unsettled::Refused("`zipmap` has lists of several lengths".to_owned()));
    }
    let mut entries = Vec::new();
    for (key, value) in keys.iter().zip(values) {
        worth(call, entries.len())?;
        let text =
            key.as_text().ok_or_else(|| Unsettled::Refused("`zipmap` wants texts as keys".to_owned()))?;
        compare::insert(&mut entries, (Key { text, span: key.span }, value.clone()));
    }
    Ok(call.node(Value::Map(entries)))
}
