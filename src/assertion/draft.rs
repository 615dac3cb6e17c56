//! Drafts of assertion files: what holds of a world now, as claims, so that every later change is a difference.
//!
//! Who can invoke each function, who changes its code, what stays out of reach of the outside. Must not know: where the
//! text is written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::assertion::claim::{Asked, Way, against};
use crate::assertion::{Assertion, Call, Claim, Empty, Severity, Steps, Verb};
use crate::aws::action::Action;
use crate::reach::State;
use crate::reach::search::Tiers;
use crate::source::Span;
use crate::world::kind::Kind;
use crate::world::select::Selector;
use crate::world::{EntityId, Standing};

/// The calls that change the code of each kind of function
static CHANGES: &[(Kind, &str)] =
    &[(Kind::Function, "lambda:UpdateFunctionCode"), (Kind::WebFunction, "lambda:CreateWebFunctionRevision")];

/// Kinds of things that hold data worth a claim of their own
static DATA: &[Kind] = &[
    Kind::Secret,
    Kind::Param,
    Kind::Key,
    Kind::Table,
    Kind::Bucket,
    Kind::Queue,
    Kind::Topic,
    Kind::Stream,
];

/// The text of an assertion file with what holds now
#[must_use]
pub fn draft(asked: &Asked<'_>, paths: &[String]) -> String {
    let world = asked.view.world;
    let mut out = String::from(
        "# What gatecrash checks: `gatecrash check`, here and in CI. Written by `gatecrash init` from what holds now, so that\n\
         # every later change is a difference. Keep what you mean, mend what you do not.\n\n\
         version = 1\n\n[inputs]\n",
    );
    out.push_str(&format!("paths = {}\n", list(paths)));
    let ours: Vec<String> =
        world.accounts.iter().filter_map(|account| account.as_literal()).map(str::to_owned).collect();
    out.push_str("\n[world]\n");
    if ours.is_empty() {
        out.push_str("# ours = [\"111122223333\"]   # accounts that are not \"outside\"\n");
    } else {
        out.push_str(&format!("ours = {}   # accounts that are not \"outside\"\n", list(&ours)));
    }
    out.push_str("# org = \"o-abc123\"\n");

    let mut functions: Vec<_> = world
        .functions()
        .filter(|function| function.alias_of.is_none() && function.standing == Standing::Declared)
        .collect();
    functions.sort_by(|a, b| a.display.cmp(&b.display));
    if !functions.is_empty() {
        out.push_str("\n# --- Who can invoke each function ---\n");
    }
    let mut ids = Ids::default();
    for function in &functions {
        let on = [selector(&function.display)];
        let invoke = claim(
            Verb::Only,
            &[],
            Claim::Can {
                calls: vec![Call::Invoke],
                on: on.to_vec(),
                steps: Steps::Direct,
                tiers: Tiers::Holds,
            },
        );
        let id = ids.next("who-invokes", &function.name.to_string());
        out.push_str(&format!("\n[[assert]]\nid   = {}\n", quoted(&id)));
        out.push_str(&only(asked, &against(asked, &invoke).ways));
        out.push_str(&format!(
            "can  = [\"invoke\"]\non   = {}\n",
            list(std::slice::from_ref(&function.display))
        ));
    }
    if !functions.is_empty() {
        out.push_str("\n# --- Who changes code ---\n");
    }
    for (kind, change) in CHANGES {
        let of_kind = functions.iter().filter(|function| function.kind == *kind);
        let names: Vec<String> = of_kind.map(|function| function.display.clone()).collect();
        let Some(action) = Action::parse(change).filter(|_| !names.is_empty()) else { continue };
        let on: Vec<Selector> = names.iter().map(|name| selector(name)).collect();
        let changed = claim(
            Verb::Only,
            &[],
            Claim::Can { calls: vec![Call::Action(action)], on, steps: Steps::Direct, tiers: Tiers::Holds },
        );
        out.push_str(&format!("\n[[assert]]\nid   = {}\n", quoted(&ids.next("who-changes-code", ""))));
        out.push_str(&only(asked, &against(asked, &changed).ways));
        out.push_str(&format!("can  = [{}]\non   = {}\n", quoted(change), list(&names)));
    }
    out.push_str(&outside(asked, &mut ids));
    out
}

/// What the outside does not reach
fn outside(asked: &Asked<'_>, ids: &mut Ids) -> String {
    let world = asked.view.world;
    let mut data: Vec<_> = world
        .entities()
        .iter()
        .filter(|entity| DATA.contains(&entity.kind) && entity.standing == Standing::Declared)
        .collect();
    data.sort_by(|a, b| (a.kind, &a.display).cmp(&(b.kind, &b.display)));
    if data.is_empty() {
        return String::new();
    }
    let reached = |tiers: Tiers| -> BTreeMap<EntityId, Way> {
        let targets = data.iter().map(|entity| selector(&entity.display)).collect();
        let never = claim(
            Verb::Never,
            &[Selector::Outside],
            Claim::Reach { targets, tiers, grades: Vec::new(), edges: Vec::new() },
        );
        let ways = against(asked, &never).ways;
        ways.into_iter().rev().map(|way| (way.to, way)).collect()
    };
    let (held, driven) = (reached(Tiers::Holds), reached(Tiers::AlsoThroughCode));
    let mut out = String::from("\n# --- What the outside does not reach ---\n");
    let groups = [
        (
            "outside-reaches-no-data",
            "via   = \"code\"",
            data.iter().filter(|e| !driven.contains_key(&e.id)).collect::<Vec<_>>(),
        ),
        (
            "outside-holds-no-data",
            "# the outside drives code that can: add via = \"code\" once that is mended",
            data.iter().filter(|e| driven.contains_key(&e.id) && !held.contains_key(&e.id)).collect(),
        ),
    ];
    for (id, last, entities) in groups {
        if entities.is_empty() {
            continue;
        }
        out.push_str(&format!(
            "\n[[assert]]\nid    = {}\nnever = [\"outside\"]\n",
            quoted(&ids.next(id, ""))
        ));
        let names: Vec<String> = entities.iter().map(|entity| entity.display.clone()).collect();
        out.push_str(&format!("reach = {}\n{last}\n", list(&names)));
    }
    for entity in data.iter().filter(|entity| held.contains_key(&entity.id)) {
        let from = held.get(&entity.id).map_or("", |way| asked.view.entity(way.from).display.as_str());
        out.push_str(&format!(
            "# {} is within reach of {} now: no claim\n",
            comment(&entity.display),
            comment(from)
        ));
    }
    out
}

/// The `only` of those who can now, those who can under a condition with a remark
fn only(asked: &Asked<'_>, ways: &[Way]) -> String {
    let mut who: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut sure: BTreeSet<&str> = BTreeSet::new();
    for way in ways {
        let name = asked.view.entity(way.from).display.as_str();
        let causes = who.entry(name).or_default();
        match way.state {
            State::Yes => {
                sure.insert(name);
            }
            State::Conditional => causes.extend(way.causes.iter().map(|cause| cause.what.clone())),
        }
    }
    if who.is_empty() {
        return "only = []   # nobody\n".to_owned();
    }
    let mut out = String::from("only = [\n");
    for (name, causes) in who {
        let remark = if sure.contains(name) || causes.is_empty() {
            String::new()
        } else {
            let causes: Vec<String> = causes.iter().map(|cause| comment(cause)).collect();
            format!("   # if: {}", causes.join("; "))
        };
        out.push_str(&format!("  {},{remark}\n", quoted(name)));
    }
    out.push_str("]\n");
    out
}

fn claim(verb: Verb, who: &[Selector], claim: Claim) -> Assertion {
    Assertion {
        id: String::new(),
        verb,
        who: who.to_vec(),
        claim,
        except: Vec::new(),
        given: Vec::new(),
        severity: Severity::Error,
        expect: None,
        reason: None,
        empty: Empty::Fine,
        span: Span::NOWHERE,
    }
}

fn selector(display: &str) -> Selector {
    Selector::parse(display).unwrap_or_else(|_| Selector::Address(display.to_owned()))
}

/// Names of claims, each once
#[derive(Default)]
struct Ids(BTreeSet<String>);

impl Ids {
    fn next(&mut self, what: &str, name: &str) -> String {
        let plain: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
        let plain = plain.trim_matches('-');
        let id = if plain.is_empty() { what.to_owned() } else { format!("{what}-{plain}") };
        let mut unique = id.clone();
        let mut n = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{id}-{n}");
            n += 1;
        }
        unique
    }
}

/// A claim about one call, as the file writes it; `verb` is one of its verbs
#[must_use]
pub fn can(id: &str, verb: &str, who: &[String], call: &str, on: &str) -> String {
    format!(
        "\n[[assert]]\nid   = {}\n{verb} = {}\ncan  = {}\non   = {}\n",
        quoted(id),
        list(who),
        list(&[call.to_owned()]),
        list(&[on.to_owned()])
    )
}

/// A claim about reach from one thing to another, also through code, as the file writes it
#[must_use]
pub fn reach(id: &str, verb: &str, from: &str, to: &str) -> String {
    format!(
        "\n[[assert]]\nid    = {}\n{verb} = {}\nreach = {}\nvia   = \"code\"\n",
        quoted(id),
        list(&[from.to_owned()]),
        list(&[to.to_owned()])
    )
}

/// What a waiver is about
#[derive(Clone, Copy, Debug)]
pub struct Waived<'w> {
    /// Who
    pub from: &'w str,
    /// What
    pub to: &'w str,
    /// The kinds of edge of the way
    pub edges: &'w [String],
    /// The marks of its statements
    pub marks: &'w [String],
}

/// A waiver that excuses one way and nothing else
#[must_use]
pub fn waiver(id: &str, waived: Waived<'_>, reason: &str, expires: Date) -> String {
    let mut out = format!("\n[[waive]]\nassert  = {}\n", quoted(id));
    out.push_str(&format!("from    = {}\n", list(&[waived.from.to_owned()])));
    out.push_str(&format!("to      = {}\n", list(&[waived.to.to_owned()])));
    out.push_str(&format!("reason  = {}\nexpires = {expires}\n", quoted(reason)));
    if !waived.edges.is_empty() {
        out.push_str(&format!("edges   = {}\n", list(waived.edges)));
    }
    if !waived.marks.is_empty() {
        out.push_str(&format!("marks   = {}\n", list(waived.marks)));
    }
    out
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    match quoted.as_slice() {
        few if few.iter().map(String::len).sum::<usize>() < 90 => format!("[{}]", few.join(", ")),
        many => format!("[\n  {},\n]", many.join(",\n  ")),
    }
}

/// A basic string of TOML
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text of a comment: one line, nothing that TOML refuses
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
