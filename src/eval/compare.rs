//! Values of condition keys against the values a policy writes: numbers, dates, networks, bytes, booleans.
//!
//! Total: a text that is no number, date or network gives `None`, and the condition decides what that means.
//! \[reference_policies_elements_condition_operators\]. Must not know: absent keys, lists, negation.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::policy::operator::Order;

/// Whether an ordering is the one an operator asks for
#[must_use]
pub fn is_order(ordering: Ordering, wanted: Order) -> bool {
    match wanted {
        Order::Equal => ordering.is_eq(),
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    }
}

/// A decimal number, exactly as written: `-0012.50` is `-12.5`
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'t> {
    negative: bool,
    /// Digits before the point, without leading zeros
    whole: &'t str,
    /// Digits behind the point, without trailing zeros
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    /// Reads digits with an optional sign and point
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !is_zero, whole, fraction })
    }

    /// The order of two numbers
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        let sizes = || {
            let longer = self.whole.len().cmp(&other.whole.len());
            longer.then_with(|| self.whole.cmp(other.whole)).then_with(|| self.fraction.cmp(other.fraction))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => sizes(),
            (true, true) => sizes().reverse(),
        }
    }
}

/// An instant: ISO 8601 with `Z` or an offset, a date alone (its midnight in UTC), or seconds since 1970
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    if let Some((whole, fraction)) = digits.split_once('.')
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        let seconds: f64 = text.parse().ok()?;
        return Timestamp::UNIX_EPOCH.checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?).ok();
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let utc = |time: DateTime| Offset::UTC.to_timestamp(time).ok();
    match text.len() {
        // `2026-11`: its first day
        7 => format!("{text}-01")
            .parse::<Date>()
            .ok()
            .and_then(|date| utc(date.to_datetime(jiff::civil::Time::midnight()))),
        10 => text.parse::<Date>().ok().and_then(|date| utc(date.to_datetime(jiff::civil::Time::midnight()))),
        _ => text.parse::<DateTime>().ok().and_then(utc),
    }
}

/// Whether an address or network lies in a network; a bare address is a network of one, families never match
#[must_use]
pub fn in_network(network: &str, address: &str) -> Option<bool> {
    let parse = |text: &str| match text.parse::<IpNet>() {
        Ok(network) => Some(network),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    };
    let (network, address) = (parse(network)?, parse(address)?);
    Some(network.contains(&address.network()) && network.contains(&address.broadcast()))
}

/// Whether two base64 texts are the same bytes
#[must_use]
pub fn same_bytes(a: &str, b: &str) -> Option<bool> {
    Some(bytes(a)? == bytes(b)?)
}

/// Base64, standard alphabet, padding optional
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        buffer = (buffer << 6 | u32::from(digit(byte)?)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits & 0xff) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Option<Ordering> {
        Some(Decimal::parse(a)?.compare(&Decimal::parse(b)?))
    }

    #[test]
    fn numbers_compare_exactly_at_any_length() {
        assert_eq!(order("300", "300.5"), Some(Ordering::Less));
        assert_eq!(order("9007199254740993", "9007199254740992"), Some(Ordering::Greater));
        assert_eq!(order("-1.50", "-1.5"), Some(Ordering::Equal));
        assert_eq!(order("-0", "0"), Some(Ordering::Equal));
        assert_eq!(order("-2", "1"), Some(Ordering::Less));
        assert_eq!(order("007", "7.0"), Some(Ordering::Equal));
        assert_eq!(order("1e3", "1"), None);
        assert_eq!(order("", "1"), None);
    }

    #[test]
    fn dates_in_every_form_name_the_same_instant() {
        let noon = instant("2026-11-24T12:00:00Z");
        assert!(noon.is_some());
        assert_eq!(instant("2026-11-24T13:00:00+01:00"), noon);
        assert_eq!(instant("1795521600"), noon);
        assert_eq!(instant("2026-11-24"), instant("2026-11-24T00:00:00Z"));
        assert_eq!(instant("2026-11-24T00:00:00"), instant("2026-11-24"));
        assert_eq!(instant("tomorrow"), None);
    }

    #[test]
    fn networks_hold_addresses_of_their_family_only() {
        assert_eq!(in_network("0.0.0.0/0", "203.0.113.7"), Some(true));
        assert_eq!(in_network("0.0.0.0/0", "2001:db8::1"), Some(false));
        assert_eq!(in_network("203.0.113.7/24", "203.0.113.200"), Some(true));
        assert_eq!(in_network("2001:db8:0:0::1", "2001:db8::1"), Some(true));
        assert_eq!(in_network("203.0.113.7", "203.0.113.8"), Some(false));
        assert_eq!(in_network("here", "203.0.113.8"), None);
    }

    #[test]
    fn bytes_compare_decoded() {
        assert_eq!(same_bytes("aGk=", "aGk"), Some(true));
        assert_eq!(same_bytes("aGk=", "AGK="), Some(false));
        assert_eq!(same_bytes("?", "?"), None);
    }
}
