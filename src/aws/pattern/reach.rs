//! A quick and certain no: which places of a pattern a subject can reach when its holes may be anything of their shape.
//!
//! Every such filling and every crossing of colons is granted, so a pattern whose end cannot be reached even so fits
//! under none. One bit for each place of the pattern, all of them moved at once for each character.

use super::{Case, Token};
use crate::text::{Piece, Shape, Text};

/// The places of the longest pattern that is looked at
const PLACES: usize = 127;

/// Whether no filling of any hole lets the pattern fit; `false` where that is not certain
pub(super) fn never(tokens: &[Token], subject: &Text, case: Case) -> bool {
    if tokens.len() > PLACES || case == Case::Ignored {
        return false;
    }
    // By ASCII character: the places where the pattern has it. What is not ASCII is looked for when it comes.
    let mut wanted = [0_u128; 128];
    let (mut any_one, mut stays) = (0_u128, 0_u128);
    for (at, token) in tokens.iter().enumerate() {
        let bit = 1_u128 << at;
        match token {
            Token::Char(c) => {
                if let Some(places) = wanted.get_mut(*c as usize) {
                    *places |= bit;
                } else {
                    any_one |= bit;
                }
            }
            Token::One => any_one |= bit,
            Token::Run | Token::Glob(_) | Token::Literal(_) => stays |= bit,
        }
    }
    let is_of_names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let of_names =
        ('\0'..='\x7f').zip(wanted).filter(|(c, _)| is_of_names(*c)).fold(0, |all, (_, at)| all | at);
    // A place where the pattern may stay can be left without a character.
    let enter = |mut places: u128| loop {
        let further = places | ((places & stays) << 1);
        if further == places {
            break places;
        }
        places = further;
    };
    let mut places = enter(1);
    for piece in subject.pieces() {
        match piece {
            Piece::Lit(text) => {
                for c in text.chars() {
                    let takes = any_one | wanted.get(c as usize).copied().unwrap_or(any_one);
                    places = enter(((places & takes) << 1) | (places & stays));
                    if places == 0 {
                        return true;
                    }
                }
            }
            Piece::Hole(hole) => match hole.shape() {
                // It may be whatever the pattern wants next.
                Shape::Any => places |= !((places & places.wrapping_neg()).wrapping_sub(1)),
                Shape::Name | Shape::Id(_) | Shape::Account => loop {
                    let further = enter(places | ((places & (any_one | of_names)) << 1));
                    if further == places {
                        break;
                    }
                    places = further;
                },
            },
        }
    }
    places & (1_u128 << tokens.len()) == 0
}
