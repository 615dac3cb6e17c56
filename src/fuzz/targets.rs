//! The bodies of the fuzz targets: bytes in, a panic where a law is broken.
//!
//! Bytes are read as text in a form that people can write too, so that seeds explain themselves: `<<name>>` is a hole.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::aws::pattern::Way;
use crate::eval::context::{Context, KeyValue, Others};
use crate::eval::variables::Live;
use crate::fuzz::laws::{self, Draw, Of, Policies};
use crate::fuzz::strategies::{Holes, draw};
use crate::load::cases::Case;
use crate::load::{self, json};
use crate::node::Origin;
use crate::policy::operator::Operator;
use crate::policy::{Condition, Effect, Entry, Policy, Statement, Version, parse};
use crate::source::{Sources, Span};
use crate::text::{Hole, HoleKind, Shape, Text};
use crate::world::build::build;

/// Bytes beyond which nothing new is found
const LONGEST: usize = 1 << 16;

/// A JSON document with holes: it is read, printed and read again, and says the same
///
/// # Panics
/// Where it does not
pub fn policy_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let span = Span::new(Sources::default().add("policy.json", ""), 0, text.len());
    let (node, _) = json::read(&with_holes(&text), span, &Origin::Whole);
    let Some(node) = node else { return };
    let (policy, _) = parse::policy(&node);
    hold(laws::print_then_parse(&policy));
}

/// A plan or a state, alone and beside a configuration: it is read in bounded time, and twice the same
///
/// # Panics
/// Where it is not
pub fn terraform_json(data: &[u8]) {
    const BESIDE: &str = "resource \"aws_iam_role\" \"a\" {\n  name = \"a\"\n}\n";
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let options = crate::load::Options::default();
    for files in [vec![("x.json", text.as_ref())], vec![("x.json", text.as_ref()), ("main.tf", BESIDE)]] {
        let read = || {
            let loaded = crate::load::embedded(&files, &options);
            format!("{:?} {:?}", loaded.pieces, loaded.problems)
        };
        hold(if read() == read() { Ok(()) } else { Err("it reads differently the second time".to_owned()) });
    }
}

/// The ways of matching, as the first line of an input names them
static WAYS: &[(&str, Way)] = &[
    ("like", Way::Like),
    ("like-ignoring-case", Way::LikeIgnoringCase),
    ("exact", Way::Exact),
    ("exact-ignoring-case", Way::ExactIgnoringCase),
    ("arn-like", Way::ArnLike),
    ("resource", Way::Resource),
];

/// Three lines: a way of matching, a pattern, a text; the pattern must be right about the text, and meet it, as a pattern,
/// in what both fit
///
/// # Panics
/// Where it is not
pub fn wildcard(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let mut lines = text.lines();
    let name = lines.next().unwrap_or("");
    let any = || {
        let nth = name.bytes().map(usize::from).sum::<usize>();
        WAYS.get(nth % WAYS.len())
    };
    let Some((_, way)) = WAYS.iter().find(|(known, _)| *known == name).or_else(any) else { return };
    let mut next = || {
        let line: String = lines.next().unwrap_or("").chars().take(120).collect();
        with_holes(&line)
    };
    let (pattern, text) = (next(), next());
    hold(laws::pattern_is_right(&pattern, &text, *way));
    hold(laws::patterns_meet_in_what_both_fit(&pattern, &text));
}

/// Files of a configuration, each after a line `=== PATH`: they are read without panic, and neither their order nor
/// that of their blocks says anything
///
/// # Panics
/// Where it does
pub fn terraform(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST).unwrap_or(data));
    let files = files(&text);
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let loaded = load::embedded(&texts, &load::Options::default());
    // What is declared twice or does not close rests on the order; a problem says so.
    if loaded.problems.is_empty() {
        hold(laws::order_of_files_and_blocks_does_not_matter(&texts));
    }
    let _ = build(loaded.pieces, &[]);
}

/// The files of a text: what stands before the first `=== PATH` is `main.tf`
#[must_use]
pub fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("main.tf".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            // No folder has two files of one name.
            Some(path) => {
                files.retain(|(known, _)| known != path.trim());
                files.push((path.trim().to_owned(), String::new()));
            }
            None => files.iter_mut().rev().take(1).for_each(|(_, text)| text.push_str(line)),
        }
    }
    files.retain(|(_, text)| !text.is_empty());
    files
}

/// `<<name>>` is a hole: `name` any name, `id` of two letters, `account` twelve digits, others anything; what starts with a
/// capital is made by AWS
#[must_use]
pub fn with_holes(text: &str) -> Text {
    let mut out = Text::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((name, after)) = after.split_once(">>") else { break };
        let kind = if name.starts_with(char::is_uppercase) { HoleKind::Generated } else { HoleKind::Input };
        let shape = match name.to_ascii_lowercase() {
            name if name.starts_with("name") => Shape::Name,
            name if name.starts_with("id") => Shape::Id(2),
            name if name.starts_with("account") => Shape::Account,
            _ => Shape::Any,
        };
        out.push_str(before);
        out.push_hole(Hole::new(name, kind, shape));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Bytes of a case beyond which a run only takes long
const LONGEST_CASE: usize = 1 << 14;

/// A case as `corpus/decisions` has them, or bytes that seed the strategies: the laws of decisions hold
///
/// # Panics
/// Where one does not
pub fn decide(data: &[u8]) {
    let data = data.get(..LONGEST_CASE).unwrap_or(data);
    let draw = if data.first() == Some(&b'{') {
        let text = String::from_utf8_lossy(data);
        let (case, _) = Case::read(&text, Sources::default().add("case.json", ""));
        case.map(|case| drawn(&case, data.len()))
    } else {
        let holes = if data.len().is_multiple_of(2) { Holes::None } else { Holes::Some };
        // Folded to a seed: the strategies fork what they draw from, and bytes themselves would soon run out.
        let mut seed = [0_u8; 32];
        for (nth, byte) in data.iter().enumerate() {
            if let Some(folded) = seed.get_mut(nth % 32) {
                *folded = folded.rotate_left(1) ^ byte;
            }
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        draw(holes).new_tree(&mut runner).ok().map(|tree| tree.current())
    };
    let Some(draw) = draw else { return };
    let all_known = is_known(&draw);
    for law in laws::laws().filter(|law| all_known || law.of == Of::All) {
        hold((law.check)(&draw).map(|_| ()).map_err(|wrong| format!("{}: {wrong}", law.id)));
    }
}

/// A draw of what a case says, its first statement as the one that is added
fn drawn(case: &Case, number: usize) -> Draw {
    let policies = Policies::from(&case.applicable());
    let first = policies.documents().flat_map(|policy| &policy.statements).next();
    let nothing = || Statement::unknown(&Hole::input("nothing"), 0, Span::NOWHERE);
    let statement = first.cloned().unwrap_or_else(nothing);
    let values = case.request.context.iter().map(|(_, value)| value.clone());
    let values = values.chain([KeyValue::One("x".into()), KeyValue::Absent]).collect();
    Draw { policies, request: case.request.clone(), statement, values, number }
}

fn is_known(draw: &Draw) -> bool {
    let holes = |statement: &Statement| {
        matches!(statement.effect, Effect::Unknown(_))
            || !statement.unread.is_empty()
            || statement.texts().any(|text| text.as_literal().is_none())
            || statement.condition.iter().any(|condition| condition.key.as_literal().is_none())
    };
    let statements = draw.policies.documents().flat_map(|policy| &policy.statements);
    let open = |policy: &Policy| matches!(policy.version, Version::Unknown(_));
    let unknown = |value: &KeyValue| match value {
        KeyValue::Unknown => true,
        KeyValue::Absent => false,
        KeyValue::One(text) => text.as_literal().is_none(),
        KeyValue::Many(texts) => texts.iter().any(|text| text.as_literal().is_none()),
    };
    draw.request.context.others() == Others::Absent
        && !draw.request.context.iter().any(|(_, value)| unknown(value))
        && !draw.values.iter().any(unknown)
        && draw.request.resource.as_literal().is_some()
        && !draw.policies.documents().any(open)
        && !statements.chain([&draw.statement]).any(holes)
}

/// Lines: an operator, the values of its key (` | ` between several, `-` for none), the values of the policy; the laws of
/// conditions hold
///
/// # Panics
/// Where one does not
pub fn condition_values(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST_CASE).unwrap_or(data));
    let mut lines = text.lines();
    let operator = Operator::parse(&lines.next().unwrap_or("").into());
    let value = match lines.next().unwrap_or("-") {
        "-" => KeyValue::Absent,
        line if line.contains(" | ") => KeyValue::Many(line.split(" | ").map(with_holes).collect()),
        line => KeyValue::One(with_holes(line)),
    };
    let entry = |line| Entry { text: with_holes(line), span: Span::NOWHERE };
    let values = lines.take(20).map(entry).collect();
    let condition = Condition { operator, key: "aws:SourceIp".into(), values, span: Span::NOWHERE };
    for law in laws::laws_of_conditions() {
        hold(law(&condition, &value));
    }
}

/// Lines: where variables are live, a text, then `key=value`; what is filled in stands for itself
///
/// # Panics
/// Where it does not
pub fn policy_variables(data: &[u8]) {
    let text = String::from_utf8_lossy(data.get(..LONGEST_CASE).unwrap_or(data));
    let mut lines = text.lines();
    let live = match lines.next().unwrap_or("") {
        "nowhere" => Live::Nowhere,
        "resource" => Live::BehindFifthColon,
        _ => Live::Everywhere,
    };
    let written = with_holes(lines.next().unwrap_or(""));
    let mut context = Context::new(Others::Absent);
    for (key, value) in lines.filter_map(|line| line.split_once('=')) {
        let value = match value {
            "?" => KeyValue::Unknown,
            value if value.contains(" | ") => KeyValue::Many(value.split(" | ").map(with_holes).collect()),
            value => KeyValue::One(with_holes(value)),
        };
        context.set(key, value);
    }
    hold(laws::variables_stand_for_themselves(&written, live, &context));
}

#[expect(clippy::panic, reason = "a fuzz target says by a panic that a law is broken")]
fn hold(law: Result<(), String>) {
    if let Err(wrong) = law {
        panic!("{wrong}");
    }
}
