//! Data that only policies name: `my-app/api-key-*`, with no such secret in the input.
//!
//! Such data is an entity of its own, shown as the pattern it is. A pattern that names one declared resource and
//! nothing else makes none.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Build, New};
use crate::aws::arn::Arn;
use crate::aws::pattern::{Fit, Way, fit};
use crate::policy::{Clause, Effect, Entry, Statement};
use crate::source::Span;
use crate::text::{Piece, Text};
use crate::world::data::{self, DATA, DataKind};
use crate::world::kind::Kind;
use crate::world::{EntityId, Standing};

/// What a resource pattern says of data of one kind
struct Pointed {
    /// The name as reports show it
    name: Text,
    /// The one resource that it may mean: what a policy writes behind a name taken off
    meant: Text,
    /// The ARN or pattern of the entity
    arn: Text,
    /// The account in the ARN
    account: Text,
}

fn is_everything(text: &Text) -> bool {
    text.as_literal().is_some_and(|text| !text.is_empty() && text.chars().all(|c| c == '*'))
}

fn pointed(row: &DataKind, text: &Text) -> Option<Pointed> {
    if is_everything(text) {
        let star = || Text::from("*");
        let (region, account) =
            if row.kind == Kind::Bucket { (Text::new(), Text::new()) } else { (star(), star()) };
        let resource = Text::from(row.before_name).with("*");
        let arn =
            Arn { partition: Text::from("aws"), service: Text::from(row.service), region, account, resource };
        return Some(Pointed {
            name: star(),
            meant: star(),
            account: arn.account.clone(),
            arn: arn.to_text(),
        });
    }
    let arn = Arn::parse(text)?;
    if fit(&arn.service, &Text::from(row.service), Way::Like) == Fit::No {
        return None;
    }
    let resource = if arn.resource.as_literal() == Some("*") {
        Text::from(row.before_name).with("*")
    } else {
        arn.resource.clone()
    };
    let name = resource.strip_prefix(row.before_name)?;
    if let Some(part) = row.before_part {
        let whole = before(&name, part);
        let arn = Arn { resource: Text::from(row.before_name).with(&whole), ..arn };
        return named(whole.clone(), whole, &arn);
    }
    let arn = Arn { resource, ..arn };
    let ending = row
        .after_name
        .iter()
        .find_map(|ending| Some((*ending, name.strip_suffix(ending)?, arn.resource.strip_suffix(ending)?)));
    let Some((ending, meant, bare)) = ending else {
        return named(name.clone(), name, &arn);
    };
    // `b/*` is the bucket b, but `b/uploads/*` is a part of it; `key-??????` is one secret, `key-*` may be many.
    let is_one = if row.kind == Kind::Bucket {
        meant.split('/', 2).len() == 1
    } else {
        row.kind != Kind::Secret || ending.ends_with('?')
    };
    let arn = if is_one && row.kind != Kind::Secret { Arn { resource: bare, ..arn } } else { arn };
    named(if is_one { meant.clone() } else { name }, meant, &arn)
}

/// What stands before the first such character that is in no variable: `${aws:PrincipalTag/team}-orders/index/*`
fn before(text: &Text, end: char) -> Text {
    let mut out = Text::new();
    for piece in text.pieces() {
        let Piece::Lit(written) = piece else {
            out.push(&std::iter::once(piece.clone()).collect());
            continue;
        };
        let mut in_variable = false;
        for (at, c) in written.char_indices() {
            let rest = written.get(at..).unwrap_or_default();
            in_variable = (in_variable && c != '}') || rest.starts_with("${");
            if c == end && !in_variable {
                out.push_str(written.get(..at).unwrap_or_default());
                return out;
            }
        }
        out.push_str(written);
    }
    out
}

fn named(name: Text, meant: Text, arn: &Arn) -> Option<Pointed> {
    if meant.is_empty() {
        return None;
    }
    Some(Pointed { name, meant, account: arn.account.clone(), arn: arn.to_text() })
}

/// Whether an action of a policy covers an action on data
#[derive(Clone, Copy, PartialEq, Eq)]
enum Covers {
    Yes,
    Perhaps,
    No,
}

/// What each action of a policy covers of every kind of data, in their order: the same few are written again and again
#[derive(Default)]
struct Known(BTreeMap<Text, Vec<Vec<Covers>>>);

impl Known {
    /// The kinds of data of which a statement may mean some action
    fn touched(&mut self, statement: &Statement) -> Vec<&'static DataKind> {
        let (Clause::Is(list) | Clause::Not(list)) = &statement.action else {
            return DATA.iter().collect();
        };
        for entry in list {
            if !self.0.contains_key(&entry.text) {
                self.0.insert(entry.text.clone(), covers(&entry.text));
            }
        }
        let entries: Vec<&Vec<Vec<Covers>>> =
            list.iter().filter_map(|entry| self.0.get(&entry.text)).collect();
        let is_listed = matches!(statement.action, Clause::Is(_));
        let may_touch = |at: usize| {
            let mut rows = entries.iter().filter_map(|entry| entry.get(at));
            if is_listed {
                return rows.any(|row| row.iter().any(|covers| *covers != Covers::No));
            }
            let Some(first) = rows.next() else { return true };
            let mut left: Vec<bool> = first.iter().map(|covers| *covers != Covers::Yes).collect();
            for row in rows {
                left.iter_mut().zip(row).for_each(|(left, covers)| *left &= *covers != Covers::Yes);
            }
            left.contains(&true)
        };
        DATA.iter().enumerate().filter(|(at, _)| may_touch(*at)).map(|(_, row)| row).collect()
    }
}

fn covers(written: &Text) -> Vec<Vec<Covers>> {
    let weigh = |action: &str| match fit(written, &Text::from(action), Way::LikeIgnoringCase) {
        Fit::Yes => Covers::Yes,
        Fit::No => Covers::No,
        Fit::Depends(_) => Covers::Perhaps,
    };
    let row = |row: &DataKind| row.read.iter().chain(row.write).map(|access| weigh(access.action)).collect();
    DATA.iter().map(row).collect()
}

/// What a policy says of the resources that its statements name
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Grants,
    Limits,
}

/// The names that a statement gives to what its caller may be left with
///
/// A limit that lets through everything gives none: what it is put upon says what there is.
fn names_of(statement: &Statement, says: Says) -> Cow<'_, [Entry]> {
    let narrower =
        |entries: &[Entry]| entries.iter().filter(|entry| !is_everything(&entry.text)).cloned().collect();
    let is_deny = statement.effect == Effect::Deny;
    match (&statement.resource, says) {
        // What is denied everywhere else is left there.
        (Clause::Not(entries), _) if is_deny => Cow::Owned(narrower(entries)),
        (Clause::Is(_), _) if is_deny => Cow::Borrowed(&[]),
        (Clause::Is(entries), Says::Grants) => Cow::Borrowed(entries),
        (Clause::Is(entries), Says::Limits) => Cow::Owned(narrower(entries)),
        (Clause::Not(_), Says::Grants) => {
            Cow::Owned(vec![Entry { text: Text::from("*"), span: statement.span }])
        }
        (Clause::Not(_), Says::Limits) | (Clause::Absent, _) => Cow::Borrowed(&[]),
    }
}

impl Build {
    /// Makes entities of the data that identity policies and boundaries name and the input does not declare
    pub(super) fn name_data(&mut self) {
        let mut found: BTreeMap<(Kind, Text), (Pointed, Span)> = BTreeMap::new();
        let mut known = Known::default();
        for entity in &self.world.entities {
            let own = entity.identity.iter().zip(std::iter::repeat(Says::Grants));
            let boundary = entity.boundary.iter().zip(std::iter::repeat(Says::Limits));
            for (applied, says) in own.chain(boundary) {
                let Ok(id) = &applied.document else { continue };
                let stored = self.world.stored(*id);
                if stored.provenance == crate::world::pieces::Provenance::Assumed {
                    continue;
                }
                for statement in &stored.policy.statements {
                    let entries = names_of(statement, says);
                    if entries.is_empty() {
                        continue;
                    }
                    for row in known.touched(statement) {
                        for entry in &*entries {
                            if let Some(pointed) = pointed(row, &entry.text) {
                                let key = (row.kind, pointed.arn.clone());
                                found.entry(key).or_insert((pointed, entry.span));
                            }
                        }
                    }
                }
            }
        }
        let mut named: BTreeMap<(Kind, Text), usize> = BTreeMap::new();
        for ((kind, _), (pointed, _)) in &found {
            *named.entry((*kind, pointed.name.clone())).or_default() += 1;
        }
        for ((kind, _), (pointed, span)) in found {
            // Patterns that differ in the region or the account only are told apart by what they are; everything is `*`.
            let is_alone = named.get(&(kind, pointed.name.clone())).is_none_or(|count| *count == 1);
            let is_everything =
                [&pointed.name, &pointed.account].iter().all(|text| text.as_literal() == Some("*"));
            let display =
                if is_alone || is_everything { shown(kind, &pointed) } else { pointed.arn.to_string() };
            self.name_pointed(kind, pointed, display, span);
        }
    }

    fn name_pointed(&mut self, kind: Kind, pointed: Pointed, display: String, span: Span) {
        let wild = data::is_wild(&pointed.name);
        let base = if kind == Kind::Bucket {
            pointed.meant.split('/', 2).swap_remove(0)
        } else {
            pointed.meant.clone()
        };
        if !data::is_wild(&base) && self.is_there(kind, &base, &pointed.arn) {
            return;
        }
        let account = Some(pointed.account).filter(|account| !account.is_empty() && !data::is_wild(account));
        let id = self.add(New {
            kind: if wild { Kind::Pattern } else { kind },
            display,
            name: pointed.name,
            arn: Some(pointed.arn),
            account: account.or_else(|| self.world.accounts.first().cloned()),
            span: Some(span),
            standing: Standing::Named,
        });
        if wild {
            self.entity(id).of = Some(kind);
        }
        if kind == Kind::Key {
            self.delegate_in_doubt(id, span);
        }
    }

    /// Whether some entity surely has this name, or an ARN that surely fits this pattern
    fn is_there(&self, kind: Kind, name: &Text, arn: &Text) -> bool {
        if !self.written.named(kind, name).is_empty() || !self.written.with_arn(kind, arn).is_empty() {
            return true;
        }
        // Without wildcards only what is written alike surely fits.
        let fits = |id: &EntityId| {
            let entity = self.world.entity(*id);
            entity.arn.as_ref().is_some_and(|known| fit(arn, known, Way::Resource) == Fit::Yes)
        };
        data::is_wild(arn) && self.written.of_kind(kind).iter().any(fits)
    }

    /// An entity for a resource that a question names by ARN
    pub(super) fn name_resource(&mut self, text: &Text, arn: &Arn, span: Span) {
        let Some((row, pointed)) = DATA.iter().find_map(|row| {
            (arn.service.as_literal() == Some(row.service))
                .then(|| pointed(row, text).map(|p| (row, p)))
                .flatten()
        }) else {
            return;
        };
        let display = shown(row.kind, &pointed);
        self.name_pointed(row.kind, pointed, display, span);
    }
}

/// What reports call a pattern that has its name for itself
fn shown(kind: Kind, pointed: &Pointed) -> String {
    format!("{kind}/{}", pointed.name)
}
