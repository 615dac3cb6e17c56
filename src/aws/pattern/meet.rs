//! Where two patterns meet: one pattern that fits nothing but what both of them fit.
//!
//! Two patterns may meet in many (`a*` and `*b` in `ab`, and in `a*b`); this gives one of the widest it comes by. A hole
//! of the first stays as it is, whatever the second has in its place; one of the second lets through what the first has.
//! Must not know: ARNs.

use super::{Pattern, Token};
use crate::text::Text;

/// Pairs of places beyond which the first stands for where they meet: far more than AWS accepts in a policy
const LIMIT: usize = 1 << 22;

/// A pattern in which two patterns (plain `*` and `?`) meet; `None` where they surely have no text in common
#[must_use]
pub fn meet(first: &Text, second: &Text) -> Option<Text> {
    let (own, other) = (Pattern::glob(first).tokens, Pattern::glob(second).tokens);
    // Most are alike, or far apart, up to where one of them is open.
    let alike = own.iter().zip(&other).take_while(|(a, b)| a == b && **a != Token::Run).count();
    let (begin, own) = own.split_at_checked(alike)?;
    let (_, other) = other.split_at_checked(alike)?;
    let mut met = Text::new();
    write(&mut met, begin);
    match (own, other) {
        ([Token::Char(_), ..], [Token::Char(_), ..]) => return None,
        ([Token::Run], rest) | (rest, [Token::Run]) => write(&mut met, rest),
        _ if own.len().saturating_mul(other.len()) > LIMIT => return Some(first.clone()),
        _ => write(&mut met, side_by_side(own, other)?),
    }
    Some(met)
}

fn write<'t>(met: &mut Text, tokens: impl IntoIterator<Item = &'t Token>) {
    for token in tokens {
        match token {
            Token::Char(c) => met.push_str(c.encode_utf8(&mut [0; 4])),
            Token::One => met.push_str("?"),
            Token::Run => met.push_str("*"),
            Token::Glob(hole) | Token::Literal(hole) => met.push_hole(hole.clone()),
        }
    }
}

/// The tokens in which two patterns meet, found from the ends of both
fn side_by_side<'t>(own: &'t [Token], other: &'t [Token]) -> Option<Vec<&'t Token>> {
    let walk = Walk { own, other };
    let width = other.len() + 1;
    // Where the walk can still be finished
    let mut finish = vec![false; (own.len() + 1) * width];
    for i in (0..=own.len()).rev() {
        for j in (0..=other.len()).rev() {
            let is_end = i == own.len() && j == other.len();
            let goes_on = walk.steps(i, j).any(|step| step.to(i, j, width).is_some_and(|to| is(&finish, to)));
            if let Some(cell) = finish.get_mut(i * width + j) {
                *cell = is_end || goes_on;
            }
        }
    }
    if !is(&finish, 0) {
        return None;
    }
    let (mut i, mut j) = (0, 0);
    let mut met: Vec<&Token> = Vec::new();
    while let Some(step) =
        walk.steps(i, j).find(|step| step.to(i, j, width).is_some_and(|to| is(&finish, to)))
    {
        let again = step.writes == Some(&Token::Run) && met.last() == Some(&&Token::Run);
        met.extend(step.writes.filter(|_| !again));
        (i, j) = (i + step.own, j + step.other);
    }
    Some(met)
}

fn is(finish: &[bool], at: usize) -> bool {
    finish.get(at).copied().unwrap_or_default()
}

/// Two patterns, walked side by side
struct Walk<'t> {
    own: &'t [Token],
    other: &'t [Token],
}

/// How far a step goes in each pattern, and what it writes
struct Step<'t> {
    own: usize,
    other: usize,
    writes: Option<&'t Token>,
}

impl Step<'_> {
    /// The cell that it leads to
    fn to(&self, i: usize, j: usize, width: usize) -> Option<usize> {
        (j + self.other < width).then_some((i + self.own) * width + j + self.other)
    }
}

impl<'t> Walk<'t> {
    /// The steps that may be taken here, the better first
    fn steps(&self, i: usize, j: usize) -> impl Iterator<Item = Step<'t>> + use<'t> {
        use Token::{Char, Glob, Literal, One, Run};
        let both = |writes| Some(Step { own: 1, other: 1, writes: Some(writes) });
        let own = |writes| Some(Step { own: 1, other: 0, writes });
        let other = |writes| Some(Step { own: 0, other: 1, writes });
        let steps = match (self.own.get(i), self.other.get(j)) {
            (Some(Char(a)), Some(Char(b))) if a != b => [None, None, None],
            (Some(a @ (Char(_) | One)), Some(Char(_) | One)) if *a != One => [both(a), None, None],
            (Some(One), Some(b @ (Char(_) | One))) => [both(b), None, None],
            (Some(a @ Run), Some(Run)) => [own(Some(a)), other(Some(a)), None],
            // What a `*` leaves out is tried before what it takes in.
            (Some(Run), Some(b)) => [own(None), other(Some(b)), None],
            (Some(a), Some(Run)) => [other(None), own(Some(a)), None],
            (Some(a @ (Glob(_) | Literal(_))), Some(Glob(_) | Literal(_))) => {
                [both(a), own(Some(a)), other(None)]
            }
            (Some(a @ (Glob(_) | Literal(_))), Some(Char(_) | One)) => [own(Some(a)), other(None), None],
            (Some(a @ (Char(_) | One)), Some(Glob(_) | Literal(_))) => [other(None), own(Some(a)), None],
            (Some(Run), None) => [own(None), None, None],
            (Some(a @ (Glob(_) | Literal(_))), None) => [own(Some(a)), None, None],
            (None, Some(Run | Glob(_) | Literal(_))) => [other(None), None, None],
            (Some(Char(_) | One), _) | (None, Some(Char(_) | One)) | (None, None) => [None, None, None],
        };
        steps.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Hole;

    fn met(own: &str, other: &str) -> Option<String> {
        meet(&Text::from(own), &Text::from(other)).map(|met| met.to_string())
    }

    #[test]
    fn patterns_meet_in_one_that_is_both() {
        assert_eq!(met("uploads/*", "*/in/*").as_deref(), Some("uploads/in/*"));
        assert_eq!(met("uploads/*", "uploads/*").as_deref(), Some("uploads/*"));
        assert_eq!(met("a*b", "*").as_deref(), Some("a*b"));
        assert_eq!(met("*", "team-*-x").as_deref(), Some("team-*-x"));
        assert_eq!(met("in/*.csv", "in/team/*").as_deref(), Some("in/team/*.csv"));
        assert_eq!(met("a?c", "ab*").as_deref(), Some("abc"));
        assert_eq!(met("a/*", "b/*"), None);
        assert_eq!(met("", "").as_deref(), Some(""));
    }

    #[test]
    fn a_hole_of_the_first_stays() {
        let name = Text::from(Hole::input("name"));
        let own = name.clone().with("/*");
        assert_eq!(meet(&own, &Text::from("uploads/in/*")), Some(name.clone().with("/in/*")));
        assert_eq!(
            meet(&Text::from("uploads/*"), &own).map(|met| met.to_string()).as_deref(),
            Some("uploads/*")
        );
        assert_eq!(meet(&own, &own), Some(own));
    }

    #[test]
    fn what_is_too_long_to_be_told_is_the_first() {
        let long = |c: &str| Text::from(format!("*{}*", c.repeat(3_000)));
        assert_eq!(meet(&long("a"), &long("b")), Some(long("a")));
    }
}
