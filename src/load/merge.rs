//! A configuration together with a plan or state of it: the better of both.
//!
//! The configuration knows where everything is written and how values are made of each other; the recording knows what
//! exists and what values turned out to be. They belong together where their addresses agree. Must not know: which
//! syntax either came from, or what a resource type means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::load::json;
use crate::load::terraform::attributes;
use crate::load::terraform::instance::{Configuration, Instance, Mode};
use crate::load::terraform_json::{Recorded, Says, base};
use crate::node::{Key, Node, Origin, Value};
use crate::text::{Hole, HoleKind, Piece, Text};
use crate::world::pieces::Assumption;

/// How many attributes or items are compared with each other
const MOST: usize = 2000;

/// Attributes that say which thing of AWS a resource is
static IDENTITY: &[&str] = &["function_name", "name", "bucket", "arn", "id"];

/// Whether a recording is of this configuration, and how many addresses say so
pub(super) fn agreement(configuration: &Configuration, recorded: &Recorded) -> Option<usize> {
    let managed = |instances: &[Instance]| instances.iter().filter(|one| one.mode == Mode::Managed).count();
    let by_address: BTreeMap<&str, &Instance> =
        configuration.instances.iter().map(|one| (one.address.as_str(), one)).collect();
    let (mut common, mut other) = (0_usize, 0_usize);
    for theirs in recorded.configuration.instances.iter().filter(|one| one.mode == Mode::Managed) {
        let Some(ours) = by_address.get(theirs.address.as_str()) else { continue };
        let differs = IDENTITY.iter().any(|name| {
            let literal = |one: &Instance| one.get(name).and_then(Node::as_text).filter(is_literal);
            matches!((literal(ours), literal(theirs)), (Some(ours), Some(theirs)) if ours != theirs)
        });
        let (here, there) = (&ours.ambient.account, &theirs.ambient.account);
        let differs = differs || is_literal(here) && is_literal(there) && here != there;
        common += 1;
        other += usize::from(differs);
    }
    let smaller = managed(&configuration.instances).min(managed(&recorded.configuration.instances));
    // Two environments of one configuration have the same addresses and other names.
    (common > 0 && common * 2 >= smaller && other * 2 <= common).then_some(common)
}

fn is_literal(text: &Text) -> bool {
    text.as_literal().is_some()
}

/// Merges a recording into the configuration that it is of; modules that it makes known are no longer absent
pub(super) fn merge(configuration: &mut Configuration, recorded: Recorded, name: &str, common: usize) {
    let Recorded { configuration: theirs, says, blocks, span } = recorded;
    let mut ours: BTreeMap<String, Instance> = std::mem::take(&mut configuration.instances)
        .into_iter()
        .map(|instance| (instance.address.clone(), instance))
        .collect();
    let fillings = fillings(&ours, &theirs);
    let bases: BTreeSet<String> = theirs.instances.iter().map(|one| base(&one.address)).collect();
    let addresses: BTreeSet<String> = theirs.instances.iter().map(|one| one.address.clone()).collect();
    ours.retain(|address, instance| {
        if addresses.contains(address) || instance.mode == Mode::Data {
            return true;
        }
        // The instance that stands for an unknown number of them is known now; a whole plan leaves out what will not be.
        // A block that the plan has not heard of was written after it.
        let open = address.contains("[\"?\"]");
        let block = base(address);
        !(open && bases.contains(&block) || says == Says::Planned && blocks.contains(&block))
    });
    for theirs in theirs.instances {
        let merged = match ours.remove(&theirs.address) {
            Some(ours) => both(ours, theirs),
            None => theirs,
        };
        ours.insert(merged.address.clone(), merged);
    }
    configuration.instances = ours.into_values().collect();
    for instance in &mut configuration.instances {
        fill(&mut instance.body, "", &fillings);
        let ambient = Arc::make_mut(&mut instance.ambient);
        for text in [&mut ambient.account, &mut ambient.region] {
            *text = filled(text, &fillings);
        }
    }
    for account in theirs.accounts {
        if !configuration.accounts.iter().any(|known| known.account == account.account) {
            configuration.accounts.push(account);
        }
    }
    configuration.absent_modules.retain(|module| {
        let below = format!("{}.", module.address);
        let indexed = format!("{}[", module.address);
        !addresses.iter().any(|address| address.starts_with(&below) || address.starts_with(&indexed))
    });
    configuration.assumptions.extend(theirs.assumptions);
    let text = format!("{name} is of this configuration: {common} addresses agree");
    configuration.assumptions.push(Assumption { text, span: Some(span) });
}

/// One resource as both know it
fn both(ours: Instance, theirs: Instance) -> Instance {
    let (Value::Map(written), Value::Map(known)) = (ours.body.value, theirs.body.value) else {
        return Instance { body: Node::new(Value::Map(Vec::new()), ours.span), ..theirs };
    };
    if written.len().max(known.len()) > MOST {
        return Instance { body: Node::new(Value::Map(known), theirs.body.span), ..theirs };
    }
    let mut body: Vec<(Key, Node)> = Vec::new();
    let get = |entries: &[(Key, Node)], name: &Text| {
        entries.iter().rev().find(|(key, _)| key.text == *name).map(|(_, node)| node.clone())
    };
    for (key, node) in &written {
        let name = key.text.as_literal().unwrap_or_default();
        let node = get(&known, &key.text).map_or_else(|| node.clone(), |theirs| better(node, &theirs, name));
        body.push((key.clone(), node));
    }
    let new = known.into_iter().filter(|(key, _)| get(&written, &key.text).is_none());
    body.extend(new.collect::<Vec<_>>());
    let known = |ours: Text, theirs: Text| if is_literal(&theirs) { theirs } else { ours };
    let (mut ambient, there) = (Arc::unwrap_or_clone(ours.ambient), Arc::unwrap_or_clone(theirs.ambient));
    ambient.account = known(ambient.account, there.account);
    ambient.region = known(ambient.region, there.region);
    ambient.provider_version = ambient.provider_version.or(there.provider_version);
    Instance {
        mode: theirs.mode,
        kind: theirs.kind,
        address: theirs.address,
        span: ours.span,
        body: Node::new(Value::Map(body), ours.body.span),
        ambient: Arc::new(ambient),
        // Whether it exists is known now.
        doubts: theirs.doubts,
    }
}

/// The value that knows more, at the place where it is written
fn better(ours: &Node, theirs: &Node, argument: &str) -> Node {
    let (here, there) = (holes(ours), holes(theirs));
    if there > 0 {
        return if there < here { theirs.clone() } else { ours.clone() };
    }
    if argument.contains("policy")
        && let (Some(written), Some(known)) = (document(ours), document(theirs))
    {
        return laid_over(&written, &known);
    }
    laid_over(ours, theirs)
}

/// How much is unknown: a value of which nothing is known weighs more than any text with holes
fn holes(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::Text(text) if text.as_hole().is_some() => 1000,
        Value::Text(text) => text
            .holes()
            .map(|hole| match hole.kind() {
                HoleKind::Generated => 1,
                HoleKind::Input | HoleKind::Stranger => 2,
            })
            .sum(),
        Value::List(items) => items.iter().map(holes).fold(0, usize::saturating_add),
        Value::Map(entries) => entries.iter().map(|(_, node)| holes(node)).fold(0, usize::saturating_add),
        Value::Unknown(_) => 1000,
    }
}

/// The tree of a policy that stands as text; a value that is a tree is one already
fn document(node: &Node) -> Option<Node> {
    let tree = if let Value::Text(text) = &node.value {
        json::read(text, node.span, &node.origin).0?
    } else {
        node.clone()
    };
    matches!(tree.value, Value::Map(_)).then_some(tree)
}

/// The values of one at the places of the other, as far as both have the same parts
fn laid_over(ours: &Node, theirs: &Node) -> Node {
    match (&ours.value, &theirs.value) {
        (Value::Map(written), Value::Map(known)) if written.len().max(known.len()) <= MOST => {
            let entry = |(key, node): &(Key, Node)| {
                let here = key.text.as_literal().and_then(|name| ours.get(name));
                (key.clone(), here.map_or_else(|| node.clone(), |here| laid_over(here, node)))
            };
            Node::new(Value::Map(known.iter().map(entry).collect()), ours.span)
        }
        (Value::List(written), Value::List(known)) if written.len().max(known.len()) <= MOST => {
            // Sets come in another order than they were written in.
            let same = |node: &Node| {
                let text = node.as_text()?;
                written.iter().find(|one| one.as_text().as_ref() == Some(&text))
            };
            let named = |node: &Node| {
                let name = |node: &Node| node.get("Sid").or(node.get("sid")).and_then(Node::as_text);
                let sid = name(node)?;
                written.iter().find(|one| name(one).as_ref() == Some(&sid))
            };
            let item = |(at, node): (usize, &Node)| match same(node).or_else(|| named(node)) {
                Some(here) => laid_over(here, node),
                None if written.len() == known.len() => {
                    written.get(at).map_or_else(|| node.clone(), |here| laid_over(here, node))
                }
                None => node.clone(),
            };
            Node::new(Value::List(known.iter().enumerate().map(item).collect()), ours.span)
        }
        // A list of one and the one say the same.
        (Value::List(written), _) if written.len() == 1 => {
            written.first().map_or_else(|| theirs.clone(), |here| laid_over(here, theirs))
        }
        (_, Value::List(known)) if known.len() == 1 && !matches!(ours.value, Value::Unknown(_)) => {
            let node = known.first().map_or_else(|| theirs.clone(), |one| laid_over(ours, one));
            Node::new(Value::List(vec![node]), ours.span)
        }
        (_, Value::List(_) | Value::Map(_)) => theirs.clone(),
        _ if ours.as_text().is_some() && ours.as_text() == theirs.as_text() => ours.clone(),
        _ => Node::new(theirs.value.clone(), ours.span),
    }
}

/// What the recording says of parts that the configuration cannot know, by the name of the hole
fn fillings(ours: &BTreeMap<String, Instance>, theirs: &Configuration) -> BTreeMap<String, Text> {
    let mut out = BTreeMap::new();
    for known in &theirs.instances {
        let Value::Map(entries) = &known.body.value else { continue };
        for (key, node) in entries {
            let (Some(name), Value::Text(value)) = (key.text.as_literal(), &node.value) else { continue };
            if !is_literal(value) {
                continue;
            }
            out.insert(format!("{}.{name}", known.address), value.clone());
            // The one part of an ARN that AWS makes, by what is around it.
            let template = ours.get(&known.address).and_then(|ours| attributes::computed(ours, name));
            if let Some(template) = template.as_ref().and_then(Node::as_text)
                && let Some((hole, part)) = part(&template, value)
            {
                out.insert(hole.name().to_owned(), part);
            }
        }
    }
    if let [only] = theirs.accounts.as_slice() {
        out.insert("account".to_owned(), Text::from(only.account.as_str()));
    }
    out
}

/// The one hole of a template, and what fills it in a text
fn part(template: &Text, text: &Text) -> Option<(Hole, Text)> {
    let mut holes = template.holes();
    let (hole, None) = (holes.next()?.clone(), holes.next()) else { return None };
    let mut rest = text.clone();
    let mut pieces = template.pieces().iter();
    if let Some(Piece::Lit(before)) = template.pieces().first() {
        rest = rest.strip_prefix(before)?;
        pieces.next();
    }
    pieces.next();
    if let Some(Piece::Lit(after)) = pieces.next() {
        rest = rest.strip_suffix(after)?;
    }
    (!rest.is_empty()).then_some((hole, rest))
}

fn filled(text: &Text, fillings: &BTreeMap<String, Text>) -> Text {
    let mut out = Text::new();
    for piece in text.pieces() {
        match piece {
            Piece::Lit(literal) => out.push_str(literal),
            Piece::Hole(hole) => match fillings.get(hole.name()) {
                Some(value) => out.push(value),
                None => out.push_hole(hole.clone()),
            },
        }
    }
    out
}

/// Fills the holes of a value; a policy that stands as text becomes a tree, so that its places stay
fn fill(node: &mut Node, argument: &str, fillings: &BTreeMap<String, Text>) {
    match &mut node.value {
        Value::Text(text) if text.holes().any(|hole| fillings.contains_key(hole.name())) => {
            let tree = if argument.contains("policy") { document(node) } else { None };
            match tree {
                Some(mut tree) => {
                    fill(&mut tree, "", fillings);
                    *node = tree;
                }
                None => {
                    let text = node.as_text().unwrap_or_default();
                    *node = Node {
                        value: Value::Text(filled(&text, fillings)),
                        span: node.span,
                        origin: Origin::Whole,
                    };
                }
            }
        }
        Value::Unknown(hole) => {
            if let Some(text) = fillings.get(hole.name()) {
                node.value = Value::Text(text.clone());
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| fill(item, argument, fillings)),
        Value::Map(entries) => {
            for (key, node) in entries {
                let name = key.text.as_literal().unwrap_or_default().to_owned();
                fill(node, &name, fillings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Shape;

    #[test]
    fn the_part_that_aws_made_is_what_stands_between_the_rest() {
        let hole = Hole::new("s.suffix", HoleKind::Generated, Shape::Id(6));
        let template = Text::from("arn:x:secret:a-").with(hole.clone());
        assert_eq!(part(&template, &Text::from("arn:x:secret:a-AbCdEf")), Some((hole, Text::from("AbCdEf"))));
        assert_eq!(part(&template, &Text::from("arn:x:secret:b-AbCdEf")), None);
    }
}
