//! The oracle for wildcards: slow, and short enough to be compared with the AWS pages by eye.
//!
//! A pattern is a row of tokens, and after each of them there is a set of places in the text that it can have reached.
//! For holes, every filling of a small alphabet is tried. Shares no code with what it judges.

use std::collections::BTreeSet;

use crate::aws::pattern::Way;
use crate::text::{Hole, HoleKind, Piece, Shape, Text};

/// What a pattern says of a text, both without holes
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It fits
    Yes,
    /// It does not
    No,
    /// No AWS page says
    Open,
}

/// Where a wildcard may take one of the colons that separate the six parts of an ARN
#[derive(Clone, Copy, PartialEq, Eq)]
enum Colons {
    Any,
    None,
    /// Those behind a `*` that is the last character of its part
    BehindLast,
}

/// Whether a pattern fits a text
#[must_use]
pub fn answer(pattern: &str, text: &str, way: Way) -> Answer {
    let yes_or_no = |fits: bool| if fits { Answer::Yes } else { Answer::No };
    let lower = |text: &str| text.to_ascii_lowercase();
    match way {
        Way::Exact => yes_or_no(pattern == text),
        Way::ExactIgnoringCase => yes_or_no(lower(pattern) == lower(text)),
        Way::Like => yes_or_no(reaches_end(pattern, text, Colons::Any)),
        Way::LikeIgnoringCase => yes_or_no(reaches_end(&lower(pattern), &lower(text), Colons::Any)),
        Way::ArnLike => arn(pattern, text, Colons::None, Colons::None),
        // The resource of an action without resource types is no ARN: nothing but stars stands for it.
        Way::Resource if text == "*" => yes_or_no(only_stars(pattern)),
        Way::Resource => arn(pattern, text, Colons::BehindLast, Colons::Any),
    }
}

fn arn(pattern: &str, text: &str, surely: Colons, perhaps: Colons) -> Answer {
    let missing = 5_usize.saturating_sub(pattern.matches(':').count());
    let longer = format!("{pattern}{}", ":*".repeat(missing));
    if only_stars(pattern) || reaches_end(pattern, text, surely) {
        Answer::Yes
    } else if reaches_end(pattern, text, perhaps)
        || (missing > 0 && !pattern.is_empty() && reaches_end(&longer, text, Colons::BehindLast))
    {
        Answer::Open
    } else {
        Answer::No
    }
}

fn only_stars(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.chars().all(|c| c == '*')
}

fn reaches_end(pattern: &str, text: &str, colons: Colons) -> bool {
    let mut tokens: Vec<char> = pattern.chars().collect();
    tokens.dedup_by(|a, b| *a == '*' && *b == '*');
    let text: Vec<char> = text.chars().collect();
    let mut separators = text.iter().enumerate().filter(|(_, c)| **c == ':').map(|(at, _)| at).take(5);
    let separators: BTreeSet<usize> = separators.by_ref().collect();
    let mut places = BTreeSet::from([0]);
    for (n, token) in tokens.iter().enumerate() {
        let is_last = matches!(tokens.get(n + 1), None | Some(':'));
        let takes = |at: usize| {
            at < text.len()
                && match colons {
                    Colons::Any => true,
                    Colons::None => !separators.contains(&at),
                    Colons::BehindLast => !separators.contains(&at) || (*token == '*' && is_last),
                }
        };
        places = places
            .iter()
            .flat_map(|start| match token {
                '*' => {
                    let end = (*start..).find(|at| !takes(*at)).unwrap_or(*start);
                    (*start..=end).collect::<Vec<_>>()
                }
                '?' if takes(*start) => vec![start + 1],
                '?' => vec![],
                c if text.get(*start) == Some(c) => vec![start + 1],
                _ => vec![],
            })
            .collect();
    }
    places.contains(&text.len())
}

/// Every answer that some filling of the holes gives; `None` where there are too many holes to try
#[must_use]
pub fn answers(pattern: &Text, text: &Text, way: Way) -> Option<BTreeSet<Answer>> {
    let holes: BTreeSet<&Hole> = pattern.holes().chain(text.holes()).collect();
    let words: Vec<String> = [pattern, text].into_iter().flat_map(literals).collect();
    let choices: Vec<(&Hole, Vec<String>)> = holes
        .into_iter()
        .map(|hole| {
            let mut fillings = fillings(hole.shape(), &words);
            // No id or name that AWS makes has a wildcard in it.
            if hole.kind() == HoleKind::Generated {
                fillings.retain(|filling| !filling.contains(['*', '?']));
            }
            // A hole in one of the first five parts of an ARN has no colon.
            if matches!(way, Way::ArnLike | Way::Resource) && (in_head(pattern, hole) || in_head(text, hole))
            {
                fillings.retain(|filling| !filling.contains(':'));
            }
            (hole, fillings)
        })
        .collect();
    let combinations = choices.iter().try_fold(1_usize, |all, (_, one)| all.checked_mul(one.len()))?;
    if combinations > 3_000 {
        return None;
    }
    let mut answers = BTreeSet::new();
    for number in 0..combinations {
        let mut rest = number;
        let filled: Vec<(&Hole, &str)> = choices
            .iter()
            .filter_map(|(hole, fillings)| {
                let filling = fillings.get(rest % fillings.len())?;
                rest /= fillings.len();
                Some((*hole, filling.as_str()))
            })
            .collect();
        // What AWS makes is never made twice.
        let made: Vec<_> = filled.iter().filter(|(hole, _)| hole.kind() == HoleKind::Generated).collect();
        let distinct: BTreeSet<_> = made.iter().map(|(_, filling)| filling).collect();
        if distinct.len() == made.len() {
            answers.insert(answer(&fill(pattern, &filled), &fill(text, &filled), way));
        }
    }
    Some(answers)
}

fn fill(text: &Text, filled: &[(&Hole, &str)]) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Lit(text) => text.clone(),
        Piece::Hole(hole) => {
            let filling = filled.iter().find(|(known, _)| *known == hole);
            filling.map(|(_, filling)| (*filling).to_owned()).unwrap_or_default()
        }
    };
    text.pieces().iter().map(piece).collect()
}

fn literals(text: &Text) -> impl Iterator<Item = String> {
    text.pieces().iter().filter_map(|piece| match piece {
        Piece::Lit(text) => Some(text.clone()),
        Piece::Hole(_) => None,
    })
}

/// Strings of a shape: a few of a small alphabet, and parts of what stands beside the hole
fn fillings(shape: Shape, words: &[String]) -> Vec<String> {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let of_length = |length: usize, takes: fn(char) -> bool| {
        let windows = words.iter().flat_map(move |word| {
            let letters: Vec<char> = word.chars().collect();
            letters.windows(length.max(1)).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>()
        });
        windows.filter(move |part| part.chars().count() == length && part.chars().all(takes)).take(8)
    };
    let alphanumeric = |c: char| c.is_ascii_alphanumeric();
    let mut fillings = match shape {
        Shape::Any => {
            let mut list = own(&["", "a", "b", "ab", "*", "?", ":", "a:b", "a*", "*:*"]);
            list.extend(words.iter().filter(|word| word.len() < 40).take(4).cloned());
            list
        }
        Shape::Name => {
            let mut list = own(&["a", "b", "ab", "a-b", "0"]);
            let parts = words.iter().flat_map(|word| word.split(|c: char| !c.is_ascii_alphanumeric()));
            list.extend(parts.filter(|part| !part.is_empty()).take(6).map(str::to_owned));
            list
        }
        Shape::Id(length) => {
            let length = usize::from(length);
            let mut list: Vec<_> = ["a", "b", "0"].iter().map(|letter| letter.repeat(length)).collect();
            list.extend(of_length(length, alphanumeric));
            list
        }
        Shape::Account => {
            let mut list = own(&["000000000000", "111122223333", "123456789012"]);
            list.extend(of_length(12, |c| c.is_ascii_digit()));
            list
        }
    };
    fillings.sort();
    fillings.dedup();
    fillings
}

/// Whether a hole stands before the fifth literal colon of a text that starts with `arn:` and has five
fn in_head(text: &Text, hole: &Hole) -> bool {
    let starts = matches!(text.pieces().first(), Some(Piece::Lit(first)) if first.starts_with("arn:"));
    let colons = literals(text).map(|literal| literal.matches(':').count()).sum::<usize>();
    let parts = text.split(':', 6);
    starts && colons >= 5 && parts.iter().take(5).any(|part| part.holes().any(|other| other == hole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_says_what_the_pages_say() {
        let function = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
        for (way, pattern, text, wanted) in [
            (Way::Like, "a*c", "abcbc", Answer::Yes),
            (Way::Like, "a?", "a", Answer::No),
            (Way::LikeIgnoringCase, "A*", "ab", Answer::Yes),
            (Way::Exact, "a*", "ab", Answer::No),
            (Way::Resource, "arn:aws:lambda:*:function:orders", function, Answer::Yes),
            (Way::ArnLike, "arn:aws:lambda:*:function:orders", function, Answer::No),
            (Way::ArnLike, "arn:aws:lambda:*:*:function:*", function, Answer::Yes),
            (Way::Resource, "arn:aws:lambda:eu-*3:function:orders", function, Answer::Open),
            (Way::Resource, "arn:aws:lambda", function, Answer::Open),
            (Way::Resource, "*", "*", Answer::Yes),
            (Way::Resource, "?", "*", Answer::No),
        ] {
            assert_eq!(answer(pattern, text, way), wanted, "{way:?} {pattern} {text}");
        }
    }

    #[test]
    fn a_hole_gives_every_answer_that_a_filling_gives() {
        let hole = || Text::from("a").with(Hole::input("h"));
        let given = |pattern: &Text, text: &Text| answers(pattern, text, Way::Like).expect("few");
        assert_eq!(given(&hole(), &"ab".into()), BTreeSet::from([Answer::Yes, Answer::No]));
        assert_eq!(given(&hole(), &hole()), BTreeSet::from([Answer::Yes]));
        assert_eq!(given(&"a*".into(), &hole()), BTreeSet::from([Answer::Yes]));
        assert_eq!(given(&hole(), &"b".into()), BTreeSet::from([Answer::No]));
    }
}
