//! Functions of points in time, which are written as RFC 3339 has them.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::load::terraform::functions::{Call, Function, Unsettled};
use crate::node::{Node, Value};
use crate::text::Shape;

pub(super) static TABLE: &[(&str, Function)] = &[
    ("formatdate", |call| {
        let (Some(format), Some(moment)) = (literal(call, 0)?, moment(call, 1)?) else {
            return Ok(call.text_hole(Shape::Any));
        };
        formatted(&format, &moment).map(|text| Node::text(text, call.span))
    }),
    ("timeadd", |call| {
        let (Some(moment), Some(duration)) = (moment(call, 0)?, literal(call, 1)?) else {
            return Ok(call.text_hole(Shape::Any));
        };
        let wrong = || Unsettled::Refused(format!("`{duration}` is no duration"));
        let duration = parsed(&duration).ok_or_else(wrong)?;
        let sum = moment.at.checked_add(duration).map_err(|_| Unsettled::Unknown)?;
        let sum = Moment { at: sum, ..moment };
        Ok(Node::text(formatted("YYYY-MM-DD'T'hh:mm:ssZ", &sum)?, call.span))
    }),
    ("timecmp", |call| {
        let (Some(one), Some(other)) = (moment(call, 0)?, moment(call, 1)?) else {
            return Err(Unsettled::Unknown);
        };
        let order = one.at.cmp(&other.at) as i8;
        Ok(call.node(Value::Number(order.to_string())))
    }),
];

/// A point in time, and how far the clock that it was read from is ahead
struct Moment {
    at: Timestamp,
    offset: Offset,
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        // Only the form with seconds and an offset [language/functions/timeadd]
        let digits = "0000-00-00T00:00:00";
        let shape = text.get(..digits.len())?.bytes().zip(digits.bytes());
        let fits = |(byte, like): (u8, u8)| if like == b'0' { byte.is_ascii_digit() } else { byte == like };
        if !shape.into_iter().all(fits) {
            return None;
        }
        let at = text.parse::<Timestamp>().ok()?;
        let zone = text
            .get(digits.len()..)?
            .trim_start_matches(['.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        let seconds = match zone.split_at_checked(1)? {
            ("Z", "") => 0,
            (sign @ ("+" | "-"), rest) => {
                let (hours, minutes) = rest.split_once(':')?;
                let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
                if sign == "-" { -seconds } else { seconds }
            }
            _ => return None,
        };
        Some(Self { at, offset: Offset::from_seconds(seconds).ok()? })
    }

    fn clock(&self) -> DateTime {
        self.offset.to_datetime(self.at)
    }
}

/// A text without holes; `None` where it has some
fn literal(call: &Call<'_>, at: usize) -> Result<Option<String>, Unsettled> {
    Ok(call.text(at)?.as_literal().map(str::to_owned))
}

fn moment(call: &Call<'_>, at: usize) -> Result<Option<Moment>, Unsettled> {
    let Some(text) = literal(call, at)? else { return Ok(None) };
    Moment::parse(&text).map(Some).ok_or_else(|| Unsettled::Refused(format!("`{text}` is no timestamp")))
}

/// A duration as Go writes it: `1h30m`, `-1.5h`, `250ms` \[Go: time.ParseDuration\]
fn parsed(text: &str) -> Option<SignedDuration> {
    static UNITS: &[(&str, i128)] = &[
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut nanos: i128 = 0;
    while !rest.is_empty() {
        let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let (number, after) = rest.split_at_checked(length)?;
        let length =
            after.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(length)?;
        let (_, size) = UNITS.iter().find(|(known, _)| *known == unit)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && part.is_empty()) || whole.len() > 12 || part.len() > 12 {
            return None;
        }
        let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
        let places = u32::try_from(part.len()).ok()?;
        nanos += digits(whole)? * size + digits(part)? * size / 10_i128.checked_pow(places)?;
        rest = after;
        if text.len() > 200 {
            return None;
        }
    }
    let nanos = if negative { -nanos } else { nanos };
    let seconds = i64::try_from(nanos / 1_000_000_000).ok()?;
    let left = i32::try_from(nanos % 1_000_000_000).ok()?;
    (!text.is_empty()).then(|| SignedDuration::new(seconds, left))
}

static MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

static DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A moment in a format: runs of one letter are verbs, text in single quotes stands for itself
/// \[language/functions/formatdate\]
fn formatted(format: &str, moment: &Moment) -> Result<String, Unsettled> {
    let mut out = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' {
            rest = quoted(rest, &mut out).ok_or_else(|| refused("a quote that is not closed"))?;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(letter).len();
        let (verb, after) = rest.split_at_checked(run).unwrap_or((rest, ""));
        rest = after;
        if letter.is_ascii_alphabetic() {
            out.push_str(&spelled(verb, moment).ok_or_else(|| refused(&format!("`{verb}` in a date")))?);
        } else {
            out.push_str(verb);
        }
        if out.len() > super::text::LONGEST {
            return Err(Unsettled::Unknown);
        }
    }
    Ok(out)
}

fn refused(what: &str) -> Unsettled {
    Unsettled::Refused(format!("`formatdate` knows no {what}"))
}

/// Text in single quotes, two of which stand for one; what comes after it
fn quoted<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let mut rest = text.strip_prefix('\'')?;
    loop {
        let (part, after) = rest.split_once('\'')?;
        out.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Some(after),
        }
    }
}

fn spelled(verb: &str, moment: &Moment) -> Option<String> {
    let clock = moment.clock();
    let month = MONTHS.get(usize::try_from(clock.month()).ok()?.checked_sub(1)?)?;
    let day = DAYS.get(usize::try_from(clock.weekday().to_monday_zero_offset()).ok()?)?;
    let half = if clock.hour() < 12 { "am" } else { "pm" };
    let twelve = match clock.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let short = |name: &str| name.get(..3).map(str::to_owned);
    let seconds = moment.offset.seconds();
    let zone = |colon: &str| {
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.abs() / 60;
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    };
    Some(match verb {
        "YYYY" => format!("{:04}", clock.year()),
        "YY" => format!("{:02}", clock.year() % 100),
        "MMMM" => (*month).to_owned(),
        "MMM" => short(month)?,
        "MM" => format!("{:02}", clock.month()),
        "M" => clock.month().to_string(),
        "DD" => format!("{:02}", clock.day()),
        "D" => clock.day().to_string(),
        "EEEE" => (*day).to_owned(),
        "EEE" => short(day)?,
        "hh" => format!("{:02}", clock.hour()),
        "h" => clock.hour().to_string(),
        "HH" => format!("{twelve:02}"),
        "H" => twelve.to_string(),
        "AA" => half.to_uppercase(),
        "aa" => half.to_owned(),
        "mm" => format!("{:02}", clock.minute()),
        "m" => clock.minute().to_string(),
        "ss" => format!("{:02}", clock.second()),
        "s" => clock.second().to_string(),
        "ZZZZZ" => zone(":"),
        "ZZZZ" => zone(""),
        "ZZZ" => {
            if seconds == 0 {
                "UTC".to_owned()
            } else {
                zone("")
            }
        }
        "Z" => {
            if seconds == 0 {
                "Z".to_owned()
            } else {
                zone(":")
            }
        }
        _ => return None,
    })
}
