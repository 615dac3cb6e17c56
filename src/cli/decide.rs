//! `gatecrash decide FILE.jsonl...`: many decisions at once, as unit tests of policies.
//!
//! A line is a case with its policies, or, with an input, a question about its world: `who`, `can`, `on`, `expect`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::cli::exit::{Exit, Form, Stop};
use crate::cli::explain::decide_call;
use crate::cli::input::{Input, selector};
use crate::cli::output::Io;
use crate::cli::who_can::action;
use crate::cli::{Common, Format, Given};
use crate::eval::decide::{Decision, Verdict, decide};
use crate::load::Outside;
use crate::load::cases::Case;
use crate::load::fs::{Files, Refusal};
use crate::report::compose::{layer, verdict};
use crate::report::escape::escape;
use crate::report::words::count;
use crate::source::Sources;

/// Many decisions at once: cases with their policies, or questions about the input
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Decide {
    /// Files with one case a line
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Decide everything this many times more and print decisions per second on standard error
    #[arg(long, value_name = "N", default_value_t = 0)]
    repeat: u32,
}

const EXAMPLES: &str = r#"A line is a case with its policies:
  {"id":"...","request":{"principal":"arn:...","action":"s3:GetObject","resource":{"arn":"arn:..."},"context":{}},
   "identity_policies":[{"name":"...","policy":{...}}],"expect":"allowed"}
or, with an input, a question about it:
  {"who":"role/support","can":"lambda:InvokeFunction","on":"function/orders","expect":"implicitly_denied",
   "given":{"aws:MultiFactorAuthPresent":"true"},"absent":["aws:SourceIp"]}

Examples:
  gatecrash decide policies-test.jsonl
  gatecrash decide who-may-what.jsonl -i infra
  gatecrash decide cases.jsonl --format json --repeat 100"#;

fn why(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Absent => "there is no such file",
        Refusal::Outside => "it lies outside the named folder",
        Refusal::Unreadable { message, .. } => message,
    }
}

/// What came out of one line
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Row {
    Decided {
        id: String,
        decision: &'static str,
        layer: Option<&'static str>,
        expect: Option<&'static str>,
        ok: Option<bool>,
    },
    Refused {
        line: usize,
        error: String,
    },
}

impl Decide {
    pub(super) fn run(self, common: &Common) -> Result<Exit, Stop> {
        let mut lines = Vec::new();
        for path in &self.files {
            let name = path.to_string_lossy().into_owned();
            let text = Files::Disk.read(&name, "", Outside::Allowed).map_err(|refusal| Stop {
                exit: Exit::Broken,
                message: format!("failed to read `{name}`: {}", why(&refusal)),
                help: None,
                form: Form::Fragment,
            })?;
            lines.extend(text.lines().enumerate().map(|(at, line)| (name.clone(), at + 1, line.to_owned())));
        }
        lines.retain(|(_, _, line)| !line.trim().is_empty());
        // A question needs a world, a case with its policies does not.
        let asks = |line: &str| line.contains("\"who\"") && !line.contains("\"request\"");
        let input = match lines.iter().any(|(_, _, line)| asks(line)) {
            true => Some(common.load(&[])?),
            false => None,
        };
        let mut sources = Sources::default();
        let mut rows = Vec::new();
        let mut cases = Vec::new();
        for (path, number, line) in &lines {
            let decided = match &input {
                Some(input) if asks(line) => question(line, input),
                _ => match case(line, path, &mut sources) {
                    Ok(case) => {
                        let decision = decide(&case.applicable(), &case.request);
                        let told = (case.id.clone(), decision, case.expect.map(Expected::This));
                        cases.push(case);
                        Ok(told)
                    }
                    Err(error) => Err(error),
                },
            };
            rows.push((path, *number, row(decided, *number)));
        }
        let exit = exit(&rows);
        common.deliver(&match common.format {
            Format::Json => json(&rows)?,
            Format::Human => human(&rows),
            Format::Sarif | Format::Junit | Format::Github | Format::Markdown => {
                return Err(Stop::usage("decisions have no such form")
                    .help("they are printed with --format human or --format json"));
            }
        })?;
        if self.repeat > 0 {
            repeat(&cases, self.repeat);
        }
        Ok(exit)
    }
}

/// What a line expects: one verdict, or either way to deny
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    This(Verdict),
    Denied,
}

impl Expected {
    fn parse(word: &str) -> Option<Self> {
        let known =
            [Verdict::Allowed, Verdict::ExplicitlyDenied, Verdict::ImplicitlyDenied, Verdict::Conditional];
        match word {
            "denied" => Some(Self::Denied),
            word => known.into_iter().find(|known| verdict(*known) == word).map(Self::This),
        }
    }

    fn is(self, decided: Verdict) -> bool {
        match self {
            Self::This(expected) => expected == decided,
            Self::Denied => matches!(decided, Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::This(expected) => verdict(expected),
            Self::Denied => "denied",
        }
    }
}

type Told = (String, Decision, Option<Expected>);

fn case(line: &str, path: &str, sources: &mut Sources) -> Result<Case, String> {
    let file = sources.add(path, line);
    let (case, problems) = Case::read(line, file);
    case.ok_or_else(|| {
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        if messages.is_empty() { "no case".to_owned() } else { messages.join("; ") }
    })
}

/// A question about the world of the input
fn question(line: &str, input: &Input) -> Result<Told, String> {
    let json: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let field = |name: &str| {
        json.get(name).and_then(Value::as_str).ok_or_else(|| format!("a question without `{name}`"))
    };
    let plain = |stop: Stop| match stop.help {
        Some(help) => format!("{} ({help})", stop.message),
        None => stop.message,
    };
    let (who, can, on) = (field("who")?, field("can")?, field("on")?);
    let expect = match json.get("expect").and_then(Value::as_str) {
        Some(word) => Some(Expected::parse(word).ok_or_else(|| format!("`{word}` is no decision"))?),
        None => None,
    };
    let (from, called, to) =
        (selector(who).map_err(plain)?, action(can).map_err(plain)?, selector(on).map_err(plain)?);
    let (from, target) = (input.one(&from).map_err(plain)?, input.one(&to).map_err(plain)?);
    let view = given(&json).view(&input.world).map_err(plain)?;
    let decided = decide_call(&view, from, target, &called, &to, None).map_err(plain)?;
    let (_, _, decision) = decided.ok_or_else(|| format!("`{can}` is no action on `{on}`"))?;
    let id =
        json.get("id").and_then(Value::as_str).map_or_else(|| format!("{who} {can} {on}"), str::to_owned);
    Ok((id, decision, expect))
}

/// The `given` and `absent` of a question, as the flags of the same names
fn given(json: &Value) -> Given {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = |(key, value): (&String, &Value)| {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        values.iter().map(|value| format!("{key}={}", text(value))).collect::<Vec<_>>()
    };
    let given = json.get("given").and_then(Value::as_object);
    let absent = json.get("absent").and_then(Value::as_array);
    Given {
        given: given.into_iter().flatten().flat_map(pairs).collect(),
        absent: absent.into_iter().flatten().map(text).collect(),
    }
}

fn row(decided: Result<Told, String>, line: usize) -> Row {
    match decided {
        Ok((id, decision, expect)) => Row::Decided {
            id,
            decision: verdict(decision.verdict),
            layer: decision.layer.map(layer),
            expect: expect.map(Expected::name),
            ok: expect.map(|expect| expect.is(decision.verdict)),
        },
        Err(error) => Row::Refused { line, error },
    }
}

fn exit(rows: &[(&String, usize, Row)]) -> Exit {
    let differs = |(_, _, row): &(&String, usize, Row)| matches!(row, Row::Decided { ok: Some(false), .. });
    if rows.iter().any(differs) {
        Exit::Unexpected
    } else if rows.iter().any(|(_, _, row)| matches!(row, Row::Refused { .. })) {
        Exit::Broken
    } else if rows.is_empty() {
        Exit::Nothing
    } else {
        Exit::Answered
    }
}

/// One line a case
fn json(rows: &[(&String, usize, Row)]) -> Result<String, Stop> {
    let line = |(_, _, row): &(&String, usize, Row)| {
        serde_json::to_string(row).map(|line| line + "\n").map_err(|error| Stop {
            exit: Exit::Bug,
            message: format!("failed to write a decision as JSON: {error}"),
            help: None,
            form: Form::Fragment,
        })
    };
    rows.iter().map(line).collect()
}

/// What differs and what was refused, and a line of totals; every decision where nothing is expected
fn human(rows: &[(&String, usize, Row)]) -> String {
    let mut out = String::new();
    let (mut as_expected, mut differ, mut refused) = (0, 0, 0);
    for (path, number, row) in rows {
        let place = format!("{path}:{number}");
        match row {
            Row::Decided { ok: Some(true), .. } => as_expected += 1,
            Row::Decided { id, decision, layer, expect: Some(expect), .. } => {
                differ += 1;
                let by = layer.map(|layer| format!(" by {layer}")).unwrap_or_default();
                let line = format!("{place}: {id} is {decision}{by}, expected {expect}");
                out += &format!("✗ {}\n", escape(&line));
            }
            Row::Decided { id, decision, layer, expect: None, .. } => {
                let by = layer.map(|layer| format!(" by {layer}")).unwrap_or_default();
                out += &format!("{}\n", escape(&format!("{place}: {id} is {decision}{by}")));
            }
            Row::Refused { error, .. } => {
                refused += 1;
                out += &format!("error: {}\n", escape(&format!("{place}: {error}")));
            }
        }
    }
    let mut totals = vec![count(rows.len(), "case"), format!("{as_expected} as expected")];
    if differ > 0 {
        totals.push(format!("{differ} not as expected"));
    }
    if refused > 0 {
        totals.push(format!("{refused} not understood"));
    }
    out + &totals.join(", ") + "\n"
}

/// Decides all cases again and says how fast
fn repeat(cases: &[Case], times: u32) {
    #[expect(clippy::disallowed_methods, reason = "the edge: how fast this machine decides")]
    let start = Instant::now();
    let mut decided = 0_u64;
    let applicable: Vec<_> = cases.iter().map(|case| (case.applicable(), &case.request)).collect();
    for _ in 0..times {
        for (policies, request) in &applicable {
            let decision = decide(policies, request);
            decided += u64::from(std::hint::black_box(decision.verdict) == Verdict::Allowed) | 1;
        }
    }
    let elapsed = start.elapsed().max(Duration::from_nanos(1));
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = decided as f64 / elapsed.as_secs_f64();
    Io::say(&format!("{decided} decisions in {:.2} s: {rate:.0} per second", elapsed.as_secs_f64()));
}
