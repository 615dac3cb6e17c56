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

/// Whether no value stands in the one order to one value and in the other to another, the first of which stands so to
/// the second
#[must_use]
pub fn are_apart(one: Order, other: Order, ordering: Ordering) -> bool {
    let below = |upper: Order, lower: Order, ordering: Ordering| {
        upper.ends()
            && lower.begins()
            && (ordering.is_lt() || (ordering.is_eq() && !(upper.admits_equal() && lower.admits_equal())))
    };
    below(one, other, ordering) || below(other, one, ordering.reverse())
}

/// Whether all that stands in the one order to one value stands in the other to another, the first of which stands so
/// to the second
#[must_use]
pub fn is_within(one: Order, other: Order, ordering: Ordering) -> bool {
    let stays = |ordering: Ordering| {
        ordering.is_lt() || (ordering.is_eq() && (other.admits_equal() || !one.admits_equal()))
    };
    (!other.ends() || (one.ends() && stays(ordering)))
        && (!other.begins() || (one.begins() && stays(ordering.reverse())))
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
    // A zone by its name: what the time zone tables of AWS say of it is not known here.
    if text.contains('[') {
        return None;
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
        _ => text.parse::<DateTime>().ok().and_then(utc),
    }
}

/// A network, or an address as a network of one; families never match
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpNet>() {
        Ok(network) => Some(network),
        Err(_) => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
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
    // One digit alone is no byte.
    (bits < 6).then_some(out)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

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
        assert_eq!(order("+7", "7"), Some(Ordering::Equal));
        assert_eq!(order("10", "9"), Some(Ordering::Greater));
        assert_eq!(order("-10", "-9"), Some(Ordering::Less));
        assert_eq!(order(".5", "0.50"), Some(Ordering::Equal));
        assert_eq!(order("0.05", "0.5"), Some(Ordering::Less));
        assert_eq!(order(".", "1"), None);
        assert_eq!(order("1.x", "1"), None);
        assert_eq!(order("x.1", "1"), None);
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
        assert_eq!(instant("2026-11-24T14:30:00+02:30"), noon);
        assert_eq!(instant("2026-11-24T12:00Z"), noon);
        assert_eq!(instant("2026-11-24T12:00"), noon);
        assert_eq!(instant("2026-11-24T12:00:00.000Z"), noon);
        assert_eq!(instant("1795521600.0"), noon);
        assert_eq!(instant("-86400"), instant("1969-12-31"));
        assert_eq!(instant("-0.5"), instant("1969-12-31T23:59:59.5Z"));
        assert_eq!(instant("2026-11"), instant("2026-11-01"));
        assert!(instant("1795521600.5") > noon);
        for no_date in [
            "tomorrow",
            "",
            "-",
            ".",
            "1795521600.5x",
            "2026-13-01",
            "2026-13",
            "2026-11-24T12:00[Europe/Berlin]",
        ] {
            assert_eq!(instant(no_date), None, "{no_date}");
        }
    }

    #[test]
    fn networks_hold_addresses_of_their_family_only() {
        let holds = |written, given| Some(network(written)?.contains(&network(given)?));
        assert_eq!(holds("0.0.0.0/0", "203.0.113.7"), Some(true));
        assert_eq!(holds("0.0.0.0/0", "2001:db8::1"), Some(false));
        assert_eq!(holds("::/0", "203.0.113.7"), Some(false));
        assert_eq!(holds("203.0.113.7/24", "203.0.113.200"), Some(true));
        assert_eq!(holds("203.0.113.0/24", "203.0.112.0/23"), Some(false));
        assert_eq!(holds("2001:db8:0:0::1", "2001:db8::1"), Some(true));
        assert_eq!(holds("203.0.113.7", "203.0.113.8"), Some(false));
        for no_network in ["here", "203.0.113.8/33", "203.0.113", "203.000.113.007", "::1/129", ""] {
            assert_eq!(network(no_network), None, "{no_network}");
        }
    }

    #[test]
    fn a_prefix_of_every_length_holds_what_agrees_with_it_so_far_and_nothing_else() {
        let six = u128::from(Ipv6Addr::new(0x2001, 0xdb8, 0xa5a5, 0x5a5a, 0x0f0f, 0xf0f0, 0x1234, 0xfedc));
        let four = u32::from(Ipv4Addr::new(203, 165, 90, 7));
        let holds = |base: IpAddr, length: u32, given: IpAddr| {
            network(&format!("{base}/{length}")).unwrap().contains(&network(&given.to_string()).unwrap())
        };
        for length in 0..=128 {
            for changed in 0..128 {
                let given = IpAddr::from(Ipv6Addr::from(six ^ 1 << (127 - changed)));
                let base = IpAddr::from(Ipv6Addr::from(six));
                assert_eq!(holds(base, length, given), changed >= length, "/{length}, bit {changed}");
            }
        }
        for length in 0..=32 {
            for changed in 0..32 {
                let given = IpAddr::from(Ipv4Addr::from(four ^ 1 << (31 - changed)));
                let base = IpAddr::from(Ipv4Addr::from(four));
                assert_eq!(holds(base, length, given), changed >= length, "/{length}, bit {changed}");
            }
        }
    }

    #[test]
    fn bytes_compare_decoded() {
        assert_eq!(same_bytes("aGk=", "aGk"), Some(true));
        assert_eq!(same_bytes("aGk=", "AGK="), Some(false));
        assert_eq!(same_bytes("?", "?"), None);
        assert_eq!(same_bytes("A", ""), None);
        assert_eq!(bytes("AQID+/zz09AZaz"), Some(vec![1, 2, 3, 251, 252, 243, 211, 208, 25, 107]));
        let all: String = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
        let decoded = bytes(&all).unwrap();
        assert_eq!((decoded.len(), decoded.first(), decoded.last()), (48, Some(&0), Some(&0xbf)));
        assert_eq!(decoded.get(19..22), Some(&[0x96, 0x9b, 0x71][..]));
    }
}
