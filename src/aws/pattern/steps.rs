//! Patterns and subjects as steps of one width each: the two edges of the grid.
//!
//! A hole becomes a step of no width where it starts, then its characters as far as their number is known, then a
//! step for the rest. Colons that separate the parts of an ARN are marked.

use super::Token;
use crate::text::{Hole, HoleKind, Shape};

/// Where a wildcard may match beyond a colon that separates ARN parts
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crossing {
    /// There are no parts
    Free,
    /// Nowhere
    Never,
    /// Where it is a `*` that ends its part
    AtEnds,
    /// Everywhere
    Anywhere,
}

/// A set of characters
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Any,
    NoColon,
    Name,
    Alphanumeric,
    Digit,
}

impl Set {
    pub(super) fn has(self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::NoColon => c != ':',
            Self::Name => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
            Self::Alphanumeric => c.is_ascii_alphanumeric(),
            Self::Digit => c.is_ascii_digit(),
        }
    }
}

/// What a step takes
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// This character
    Char(char),
    /// One character of a hole
    Part(Set),
    /// Any one character: `?`
    One,
    /// The rest of a hole: any number of characters
    Rest(Set),
    /// Any characters: `*`
    Run,
    /// Nothing: a hole starts
    Enter,
}

/// How many characters a step takes
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    None,
    One,
    Many,
}

/// Whether a step is, or holds, a colon that separates the parts of an ARN
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    No,
    Perhaps,
    Yes,
}

/// Whether a `*` is the last character of its part
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    No,
    Perhaps,
    Yes,
}

/// What else stands between the colons and slashes around a step
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// Ordinary characters only
    Plain,
    /// A wildcard, or a hole that may bring one
    Wild,
}

/// One step
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) atom: Atom,
    /// Number of the hole it belongs to, in [`Steps::spots`]
    pub(super) spot: Option<usize>,
    pub(super) border: Border,
    pub(super) ends: Ends,
    pub(super) segment: Segment,
}

impl Step {
    pub(super) fn width(&self) -> Width {
        match self.atom {
            Atom::Char(_) | Atom::Part(_) | Atom::One => Width::One,
            Atom::Rest(_) | Atom::Run => Width::Many,
            Atom::Enter => Width::None,
        }
    }

    /// Whether it takes exactly one character that is known not to be a wildcard
    pub(super) fn is_ordinary(&self) -> bool {
        match self.atom {
            Atom::Char(c) => !matches!(c, '*' | '?'),
            Atom::Part(set) => set != Set::Any,
            Atom::One | Atom::Rest(_) | Atom::Run | Atom::Enter => false,
        }
    }
}

/// What the characters of a hole mean
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Its `*` and `?` are wildcards
    Glob,
    /// They stand for themselves
    Literal,
}

/// One occurrence of a hole
#[derive(Clone, Debug)]
pub(super) struct Spot<'t> {
    pub(super) hole: &'t Hole,
    pub(super) reading: Reading,
    /// Number of its first step, the one without width
    pub(super) start: usize,
    /// One past its last step
    pub(super) end: usize,
}

impl Spot<'_> {
    pub(super) fn is_stranger(&self) -> bool {
        self.hole.kind() == HoleKind::Stranger
    }

    pub(super) fn is_generated(&self) -> bool {
        self.hole.kind() == HoleKind::Generated
    }
}

/// A pattern or a subject as steps
#[derive(Clone, Debug, Default)]
pub(super) struct Steps<'t> {
    pub(super) steps: Vec<Step>,
    pub(super) spots: Vec<Spot<'t>>,
}

impl<'t> Steps<'t> {
    pub(super) fn new(tokens: &'t [Token], crossing: Crossing) -> Self {
        let mut out = Self::default();
        let mut parts = Parts::of(tokens, crossing);
        for token in tokens {
            match token {
                Token::Char(c) => out.push(Atom::Char(*c), None, parts.border_of_char(*c)),
                Token::One => out.push_one(crossing),
                Token::Run => out.push_run(),
                Token::Glob(hole) => out.push_hole(hole, Reading::Glob, &mut parts),
                Token::Literal(hole) => out.push_hole(hole, Reading::Literal, &mut parts),
            }
        }
        out.mark_ends();
        out.mark_segments();
        out
    }

    /// The same steps, where a wildcard is a character (or characters) that may be anything
    pub(super) fn into_demands(mut self) -> Self {
        for step in &mut self.steps {
            step.atom = match step.atom {
                Atom::One => Atom::Part(Set::Any),
                Atom::Run => Atom::Rest(Set::Any),
                Atom::Char(_) | Atom::Part(_) | Atom::Rest(_) | Atom::Enter => step.atom,
            };
        }
        self
    }

    fn push(&mut self, atom: Atom, spot: Option<usize>, border: Border) {
        self.steps.push(Step { atom, spot, border, ends: Ends::No, segment: Segment::Plain });
    }

    fn ends_with_run(&self) -> bool {
        self.steps.last().is_some_and(|step| step.atom == Atom::Run)
    }

    /// `**` is `*`
    fn push_run(&mut self) {
        if !self.ends_with_run() {
            self.push(Atom::Run, None, Border::No);
        }
    }

    /// `*?` is `?*`, except where it matters that the `*` is not the last character of its part
    fn push_one(&mut self, crossing: Crossing) {
        let behind_run = crossing == Crossing::Free && self.ends_with_run();
        self.push(Atom::One, None, Border::No);
        if behind_run {
            let last = self.steps.len() - 1;
            self.steps.swap(last - 1, last);
        }
    }

    fn push_hole(&mut self, hole: &'t Hole, reading: Reading, parts: &mut Parts) {
        let spot = Some(self.spots.len());
        let start = self.steps.len();
        self.push(Atom::Enter, spot, Border::No);
        let (known, set, rest) = match hole.shape() {
            Shape::Any => (0, parts.set_of_any(), true),
            Shape::Name => (1, Set::Name, true),
            Shape::Id(length) => (usize::from(length), Set::Alphanumeric, false),
            Shape::Account => (12, Set::Digit, false),
        };
        (0..known).for_each(|_| self.push(Atom::Part(set), spot, Border::No));
        if rest {
            self.push(Atom::Rest(set), spot, parts.border_of_hole(set));
        }
        self.spots.push(Spot { hole, reading, start, end: self.steps.len() });
    }

    fn mark_segments(&mut self) {
        let spots = &self.spots;
        for segment in self.steps.split_mut(|step| matches!(step.atom, Atom::Char(':' | '/'))) {
            let brings_wildcards = |step: &Step| {
                let spot = step.spot.and_then(|n| spots.get(n));
                matches!(step.atom, Atom::One | Atom::Run)
                    || spot.is_some_and(|spot| spot.reading == Reading::Glob)
            };
            if segment.iter().any(brings_wildcards) {
                segment.iter_mut().for_each(|step| step.segment = Segment::Wild);
            }
        }
    }

    fn mark_ends(&mut self) {
        let mut next = Ends::Yes;
        for step in self.steps.iter_mut().rev() {
            step.ends = next;
            next = match step.atom {
                Atom::Char(':') => Ends::Yes,
                Atom::Enter => Ends::Perhaps,
                Atom::Char(_) | Atom::Part(_) | Atom::One | Atom::Rest(_) | Atom::Run => Ends::No,
            };
        }
    }
}

/// Where in an ARN the next token stands
#[derive(Debug)]
enum Parts {
    /// Nothing separates
    None,
    /// An ARN with its five literal colons, of which so many are still to come
    Certain(usize),
    /// Some of the five colons may stand in a hole; so many may be still to come
    Uncertain(usize, Border),
}

impl Parts {
    fn of(tokens: &[Token], crossing: Crossing) -> Self {
        if crossing == Crossing::Free {
            return Self::None;
        }
        let arn = ['a', 'r', 'n', ':'].map(Token::Char);
        let colons = tokens.iter().filter(|token| **token == Token::Char(':')).count();
        if tokens.starts_with(&arn) && colons >= 5 {
            Self::Certain(5)
        } else {
            Self::Uncertain(5, Border::Yes)
        }
    }

    fn border_of_char(&mut self, c: char) -> Border {
        match self {
            Self::Certain(left @ 1..) if c == ':' => {
                *left -= 1;
                Border::Yes
            }
            Self::Uncertain(left @ 1.., border) if c == ':' => {
                *left -= 1;
                *border
            }
            Self::None | Self::Certain(_) | Self::Uncertain(..) => Border::No,
        }
    }

    fn set_of_any(&self) -> Set {
        match self {
            Self::Certain(1..) => Set::NoColon,
            Self::None | Self::Certain(_) | Self::Uncertain(..) => Set::Any,
        }
    }

    fn border_of_hole(&mut self, set: Set) -> Border {
        match self {
            Self::Uncertain(1.., border) if set == Set::Any => {
                *border = Border::Perhaps;
                Border::Perhaps
            }
            Self::None | Self::Certain(_) | Self::Uncertain(..) => Border::No,
        }
    }
}
