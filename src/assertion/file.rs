//! The assertion file, `gatecrash.toml`: from text to [`Config`], or to the one thing that is wrong with it and where.
//!
//! Knows: the keys of the file and what goes with what. A wrong configuration stops: a claim that was not understood
//! must not pass. Must not know: any world.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::assertion::{
    Assertion, Call, Claim, Config, Empty, Expected, Inputs, Severity, Steps, Verb, Waiver,
};
use crate::aws::action::Action;
use crate::aws::catalogue;
use crate::aws::pattern::{Fit, Way, fit};
use crate::eval::context::KeyValue;
use crate::reach::search::Tiers;
use crate::reach::{EDGES, Grade};
use crate::source::Span;
use crate::text::Text;
use crate::world::select::{Ours, Selector};

/// What a file is called
pub const NAME: &str = "gatecrash.toml";
/// Its keys, for editors
pub static SCHEMA: &str = include_str!("schema.json");
/// Classes of things that an input may show completely
pub static CLASSES: &[&str] = &["principals", "function-policies", "ceilings"];

/// What is wrong with a file
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Mistake {
    /// A fragment
    pub message: String,
    /// Where: bytes of the text
    pub at: Range<usize>,
    /// What to do about it
    pub help: Option<String>,
}

impl Mistake {
    fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), at: span, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the nearest of the words that are known
    fn nearest<'k>(self, word: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        match nearest(word, known) {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// The known word that is nearest to one that is not
fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let scored = known.into_iter().map(|known| (strsim::osa_distance(word, known), known));
    let (distance, near) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 3.max(word.chars().count() / 3)).then(|| near.to_owned())
}

type List = Vec<Spanned<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    version: Spanned<i64>,
    #[serde(default)]
    inputs: InputsTable,
    #[serde(default)]
    world: WorldTable,
    #[serde(default)]
    sets: BTreeMap<Spanned<String>, List>,
    #[serde(default, rename = "assert")]
    assertions: Vec<Spanned<AssertTable>>,
    #[serde(default, rename = "waive")]
    waivers: Vec<Spanned<WaiveTable>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InputsTable {
    #[serde(default)]
    paths: Vec<String>,
    today: Option<Spanned<Today>>,
    account: Option<Spanned<String>>,
    region: Option<String>,
    partition: Option<String>,
    #[serde(default)]
    provider_accounts: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    vars: BTreeMap<String, String>,
    #[serde(default)]
    var_files: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a date, or \"from-clock\"")]
enum Today {
    Date(Datetime),
    Word(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorldTable {
    #[serde(default)]
    ours: List,
    org: Option<String>,
    #[serde(default)]
    require_closed: List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssertTable {
    id: Spanned<String>,
    only: Option<List>,
    never: Option<List>,
    exactly: Option<List>,
    always: Option<List>,
    can: Option<List>,
    on: Option<List>,
    steps: Option<Spanned<String>>,
    reach: Option<List>,
    via: Option<Spanned<String>>,
    #[serde(default)]
    grade: List,
    #[serde(default)]
    edges: List,
    #[serde(default)]
    given: BTreeMap<Spanned<String>, OneOrMany>,
    #[serde(default)]
    absent: List,
    #[serde(default)]
    except: List,
    severity: Option<Spanned<String>>,
    expect: Option<Spanned<String>>,
    #[serde(default)]
    expect_from: List,
    #[serde(default)]
    expect_to: List,
    reason: Option<String>,
    #[serde(default)]
    may_be_empty: bool,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or an array of strings")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiveTable {
    #[serde(rename = "assert")]
    assertion: Spanned<String>,
    #[serde(default)]
    from: List,
    #[serde(default)]
    to: List,
    reason: Spanned<String>,
    expires: Spanned<Datetime>,
    #[serde(default)]
    edges: List,
    #[serde(default)]
    marks: Vec<String>,
}

/// Reads an assertion file; places are in no file yet ([`Config::in_file`])
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(text: &str) -> Result<Config, Mistake> {
    let table: Table = toml::from_str(text).map_err(|error| of_toml(&error, text.len()))?;
    if *table.version.get_ref() != 1 {
        return Err(Mistake::at(table.version.span(), "this gatecrash reads version 1 of the file only"));
    }
    let known: BTreeSet<&str> = table.sets.keys().map(|name| name.get_ref().as_str()).collect();
    let reader = Reader { sets: &known, org: table.world.org.as_deref() };
    let mut sets = BTreeMap::new();
    for (name, list) in &table.sets {
        sets.insert(name.get_ref().clone(), reader.selectors(list)?);
    }
    let mut assertions: Vec<Assertion> = Vec::new();
    for one in &table.assertions {
        let id = &one.get_ref().id;
        if assertions.iter().any(|known| known.id == *id.get_ref()) {
            return Err(Mistake::at(id.span(), format!("there are two assertions `{}`", id.get_ref())));
        }
        assertions.push(reader.assertion(one)?);
    }
    let ids: Vec<&str> = assertions.iter().map(|assertion| assertion.id.as_str()).collect();
    let waivers = table.waivers.iter().map(|one| reader.waiver(one, &ids)).collect::<Result<_, _>>()?;
    Ok(Config {
        inputs: inputs(table.inputs)?,
        ours: Ours {
            accounts: table.world.ours.iter().map(account).collect::<Result<_, _>>()?,
            org: table.world.org.clone(),
            sets,
        },
        require_closed: table
            .world
            .require_closed
            .iter()
            .map(|class| one_of(class, CLASSES, "class of things"))
            .collect::<Result<_, _>>()?,
        assertions,
        waivers,
    })
}

/// What the reader of TOML says, with the nearest key where one is not known
fn of_toml(error: &toml::de::Error, end: usize) -> Mistake {
    let mistake = Mistake::at(error.span().unwrap_or(end..end), error.message().trim());
    let words: Vec<&str> = error.message().split('`').skip(1).step_by(2).collect();
    match words.as_slice() {
        [word, known @ ..] if error.message().starts_with("unknown field") => {
            mistake.nearest(word, known.iter().copied())
        }
        _ => mistake,
    }
}

fn inputs(table: InputsTable) -> Result<Inputs, Mistake> {
    let today = match &table.today {
        None => None,
        Some(today) => match today.get_ref() {
            Today::Word(word) if word == "from-clock" => None,
            Today::Word(word) => {
                return Err(Mistake::at(today.span(), format!("`{word}` is no day"))
                    .help("write a date without quotes, as in 2027-01-31, or \"from-clock\""));
            }
            Today::Date(date) => Some(day(date, today.span())?),
        },
    };
    Ok(Inputs {
        paths: table.paths,
        today,
        account: table.account.as_ref().map(account).transpose()?,
        region: table.region,
        partition: table.partition,
        provider_accounts: table
            .provider_accounts
            .iter()
            .map(|(name, number)| Ok((name.clone(), account(number)?)))
            .collect::<Result<_, Mistake>>()?,
        vars: table.vars.into_iter().collect(),
        var_files: table.var_files,
    })
}

fn account(number: &Spanned<String>) -> Result<String, Mistake> {
    let text = number.get_ref();
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.clone());
    }
    Err(Mistake::at(number.span(), format!("`{text}` is no account: expected twelve digits")))
}

fn day(date: &Datetime, span: Range<usize>) -> Result<Date, Mistake> {
    let wrong = || Mistake::at(span.clone(), "expected a day, as in 2027-01-31");
    let (Some(date), None) = (date.date, date.time) else { return Err(wrong()) };
    let number = |n: u8| i8::try_from(n).map_err(|_| wrong());
    let year = i16::try_from(date.year).map_err(|_| wrong())?;
    Date::new(year, number(date.month)?, number(date.day)?).map_err(|_| wrong())
}

fn one_of(word: &Spanned<String>, known: &[&str], what: &str) -> Result<String, Mistake> {
    if known.contains(&word.get_ref().as_str()) {
        return Ok(word.get_ref().clone());
    }
    let list: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    let message = format!("`{}` is no {what}: expected {}", word.get_ref(), list.join(", "));
    Err(Mistake::at(word.span(), message).nearest(word.get_ref(), known.iter().copied()))
}

/// What the parts of a file are read with
struct Reader<'f> {
    sets: &'f BTreeSet<&'f str>,
    org: Option<&'f str>,
}

impl Reader<'_> {
    fn selectors(&self, list: &[Spanned<String>]) -> Result<Vec<Selector>, Mistake> {
        list.iter().map(|text| self.selector(text)).collect()
    }

    fn selector(&self, text: &Spanned<String>) -> Result<Selector, Mistake> {
        let selector = Selector::parse(text.get_ref());
        let selector = selector.map_err(|error| Mistake::at(text.span(), error.to_string()))?;
        if let Selector::Set(name) = &selector
            && !self.sets.contains(name.as_str())
        {
            let message = format!("there is no set `{name}` in [sets]");
            return Err(Mistake::at(text.span(), message).nearest(name, self.sets.iter().copied()));
        }
        if selector == Selector::OutsideOrg && self.org.is_none() {
            return Err(Mistake::at(text.span(), "`outside-org` needs to know the organisation")
                .help("name it in the file: [world] org = \"o-...\""));
        }
        Ok(selector)
    }

    fn assertion(&self, spanned: &Spanned<AssertTable>) -> Result<Assertion, Mistake> {
        let table = spanned.get_ref();
        let id = &table.id;
        if id.get_ref().trim().is_empty() {
            return Err(Mistake::at(id.span(), "an assertion needs a name"));
        }
        let verbs = [
            (Verb::Only, &table.only),
            (Verb::Never, &table.never),
            (Verb::Exactly, &table.exactly),
            (Verb::Always, &table.always),
        ];
        let written: Vec<(Verb, &List)> =
            verbs.into_iter().filter_map(|(verb, list)| Some((verb, list.as_ref()?))).collect();
        let [(verb, who)] = written.as_slice() else {
            let how = if written.is_empty() { "none" } else { "several" };
            return Err(Mistake::at(id.span(), format!("`{}` has {how} of the verbs", id.get_ref()))
                .help("write exactly one of only, never, exactly, always"));
        };
        if who.is_empty() && *verb != Verb::Only && *verb != Verb::Exactly {
            return Err(Mistake::at(id.span(), format!("`{}` is about nobody", id.get_ref()))
                .help(format!("name somebody in `{}`", verb.id())));
        }
        Ok(Assertion {
            id: id.get_ref().clone(),
            verb: *verb,
            who: self.selectors(who)?,
            claim: self.claim(table)?,
            except: self.selectors(&table.except)?,
            given: self.given(table)?,
            severity: match &table.severity {
                None => Severity::Error,
                Some(word) if one_of(word, &["error", "warning"], "severity")? == "error" => Severity::Error,
                Some(_) => Severity::Warning,
            },
            expect: self.expect(table)?,
            reason: table.reason.clone(),
            empty: empty(table),
            span: place(id.span()),
        })
    }

    fn claim(&self, table: &AssertTable) -> Result<Claim, Mistake> {
        let id = &table.id;
        let wrong = |message: String| Mistake::at(id.span(), format!("`{}` {message}", id.get_ref()));
        let tiers = match &table.via {
            None => Tiers::Holds,
            Some(word) => match one_of(word, &["code"], "way")?.as_str() {
                "code" => Tiers::AlsoThroughCode,
                _ => Tiers::Holds,
            },
        };
        match (&table.can, &table.on, &table.reach) {
            (Some(can), Some(on), None) => {
                for (key, list) in [("grade", &table.grade), ("edges", &table.edges)] {
                    if let Some(first) = list.first() {
                        let message = format!("`{key}` narrows `reach`; this claim is about `can`");
                        return Err(Mistake::at(first.span(), message));
                    }
                }
                let steps = match &table.steps {
                    None => Steps::Direct,
                    Some(word) => match one_of(word, &["any"], "number of steps")?.as_str() {
                        "any" => Steps::Any,
                        _ => Steps::Direct,
                    },
                };
                if let (Steps::Direct, Some(via)) = (steps, &table.via) {
                    return Err(Mistake::at(via.span(), "`via` counts steps, and `can` is direct")
                        .help("add steps = \"any\""));
                }
                let (calls, on) = (calls(can, empty(table))?, self.selectors(on)?);
                if calls.is_empty() || on.is_empty() {
                    return Err(wrong("names no call, or nothing that is called".to_owned()));
                }
                Ok(Claim::Can { calls, on, steps, tiers })
            }
            (None, None, Some(targets)) => {
                if let Some(steps) = &table.steps {
                    return Err(Mistake::at(steps.span(), "`reach` follows every step already"));
                }
                if targets.is_empty() {
                    return Err(wrong("reaches for nothing".to_owned()));
                }
                Ok(Claim::Reach {
                    targets: self.selectors(targets)?,
                    tiers,
                    grades: table.grade.iter().map(grade).collect::<Result<_, _>>()?,
                    edges: table.edges.iter().map(edge).collect::<Result<_, _>>()?,
                })
            }
            (Some(_), None, None) => {
                Err(wrong("has `can` without `on`".to_owned())
                    .help("say on what: on = [\"function/orders\"]"))
            }
            (None, Some(_), _) => Err(wrong("has `on` without `can`".to_owned())
                .help("say what call: can = [\"lambda:InvokeFunction\"], or [\"invoke\"] for every way in")),
            (Some(_), _, Some(_)) => Err(wrong("has both `can` and `reach`".to_owned())
                .help("`can` with `on` is about a call, `reach` about what follows: write two assertions")),
            (None, None, None) => {
                Err(wrong("claims nothing".to_owned()).help("add `can` and `on`, or `reach`"))
            }
        }
    }

    fn given(&self, table: &AssertTable) -> Result<Vec<(String, KeyValue)>, Mistake> {
        let mut given: Vec<(String, KeyValue)> = Vec::new();
        for (key, value) in &table.given {
            let value = match value {
                OneOrMany::One(text) => KeyValue::One(Text::from(text.as_str())),
                OneOrMany::Many(all) => {
                    KeyValue::Many(all.iter().map(|text| Text::from(text.as_str())).collect())
                }
            };
            given.push((key.get_ref().clone(), value));
        }
        for key in &table.absent {
            if given.iter().any(|(known, _)| known.eq_ignore_ascii_case(key.get_ref())) {
                let message = format!("`{}` is given and absent at once", key.get_ref());
                return Err(Mistake::at(key.span(), message));
            }
            given.push((key.get_ref().clone(), KeyValue::Absent));
        }
        Ok(given)
    }

    fn expect(&self, table: &AssertTable) -> Result<Option<Expected>, Mistake> {
        let Some(word) = &table.expect else {
            return match table.expect_from.first().or(table.expect_to.first()) {
                None => Ok(None),
                Some(first) => {
                    Err(Mistake::at(first.span(), "counterexamples are expected of a claim that is")
                        .help("add expect = \"violated\""))
                }
            };
        };
        one_of(word, &["violated"], "expectation")?;
        Ok(Some(Expected {
            from: self.selectors(&table.expect_from)?,
            to: self.selectors(&table.expect_to)?,
        }))
    }

    fn waiver(&self, spanned: &Spanned<WaiveTable>, ids: &[&str]) -> Result<Waiver, Mistake> {
        let table = spanned.get_ref();
        let about = &table.assertion;
        if !ids.contains(&about.get_ref().as_str()) {
            let message = format!("there is no assertion `{}` to waive", about.get_ref());
            return Err(Mistake::at(about.span(), message).nearest(about.get_ref(), ids.iter().copied()));
        }
        if table.reason.get_ref().trim().is_empty() {
            return Err(Mistake::at(table.reason.span(), "a waiver needs a reason"));
        }
        Ok(Waiver {
            assertion: about.get_ref().clone(),
            from: self.selectors(&table.from)?,
            to: self.selectors(&table.to)?,
            reason: table.reason.get_ref().clone(),
            expires: day(table.expires.get_ref(), table.expires.span())?,
            edges: table.edges.iter().map(edge).collect::<Result<_, _>>()?,
            marks: table.marks.clone(),
            span: place(about.span()),
        })
    }
}

/// In no file yet
fn place(span: Range<usize>) -> Span {
    Span::new(Span::NOWHERE.file, span.start, span.end)
}

fn empty(table: &AssertTable) -> Empty {
    if table.may_be_empty { Empty::Fine } else { Empty::Vacuous }
}

fn grade(word: &Spanned<String>) -> Result<Grade, Mistake> {
    let grades = [Grade::Control, Grade::Influence, Grade::Read, Grade::Write];
    let known = grades.map(Grade::id);
    let word = one_of(word, &known, "grade")?;
    Ok(grades.into_iter().find(|grade| grade.id() == word).unwrap_or(Grade::Control))
}

fn edge(word: &Spanned<String>) -> Result<String, Mistake> {
    let ids = || EDGES.iter().flat_map(|kind| kind.ids()).copied().chain(["can"]);
    let text = word.get_ref();
    if text.contains('*') || ids().any(|id| id == text) {
        return Ok(text.clone());
    }
    Err(Mistake::at(word.span(), format!("`{text}` is no kind of edge")).nearest(text, ids()))
}

/// The calls that a claim names; wildcards are spelled out by the catalogue
fn calls(list: &[Spanned<String>], empty: Empty) -> Result<Vec<Call>, Mistake> {
    let mut calls = Vec::new();
    for word in list {
        let text = word.get_ref();
        if text == "invoke" {
            calls.push(Call::Invoke);
            continue;
        }
        let wrong = |what: &str| Mistake::at(word.span(), format!("`{text}` {what}"));
        let (prefix, name) = text.split_once(':').ok_or_else(|| {
            wrong("is no action: expected `service:Name`, as in lambda:InvokeFunction, or `invoke`")
        })?;
        let Some(service) = catalogue::service(prefix) else {
            let known = catalogue::services().map(|service| service.prefix);
            return Err(wrong("is of a service that the catalogue does not have").nearest(prefix, known));
        };
        let names = service.actions.iter().map(|facts| facts.name);
        if name.contains(['*', '?']) {
            let like = names.filter(|known| is_like(name, known));
            let found: Vec<Call> = like
                .filter_map(|known| Action::parse(&format!("{prefix}:{known}")))
                .map(Call::Action)
                .collect();
            if found.is_empty() {
                return Err(wrong("is like no action of the catalogue"));
            }
            calls.extend(found);
            continue;
        }
        let action = Action::parse(text).ok_or_else(|| wrong("is no action: expected `service:Name`"))?;
        if catalogue::action(&action).is_none() && empty == Empty::Vacuous {
            let message = format!("is no action of the catalogue of {}", catalogue::date());
            let mistake = wrong(&message).nearest(name, names);
            let help = mistake.help.clone();
            let newer = "an action that is newer is accepted with may_be_empty = true";
            return Err(mistake.help(help.map_or(newer.to_owned(), |near| format!("{near} ({newer})"))));
        }
        calls.push(Call::Action(action));
    }
    Ok(calls)
}

/// Whether a name fits a pattern, without regard to case
fn is_like(pattern: &str, name: &str) -> bool {
    fit(&Text::from(pattern), &Text::from(name), Way::LikeIgnoringCase) == Fit::Yes
}

#[cfg(test)]
mod tests;
