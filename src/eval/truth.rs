//! Three-valued truth: true, false, or depending on a residual condition.
//!
//! Knows: and, or, not over residual trees, and their simplification: constants are folded, repetitions merged, a
//! condition and its opposite cancel, and so do two that no value satisfies (`constraint`). Must not know: requests or policies.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::pattern::{Doubt, Fit};
use crate::cause::{Cause, CauseKind};
use crate::eval::constraint::{Asked, constraint};
use crate::policy::operator;
use crate::source::Span;
use crate::text::{Hole, Text};

/// Whether something holds
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// It holds
    True,
    /// It does not hold
    False,
    /// It holds where this does
    Depends(Residual),
}

/// What is left to know: a tree over conditions that nobody decided
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Residual {
    /// All hold
    All(Vec<Self>),
    /// One holds
    Any(Vec<Self>),
    /// It does not hold
    Not(Box<Self>),
    /// A condition on a context key that is unknown
    Atom(Atom),
    /// A pattern that meets a hole
    Hole {
        /// What is not known before deployment
        hole: Hole,
        /// The text that it must fit, or that must fit it
        matches: Text,
        /// Where the pattern stands
        span: Span,
    },
    /// Something that is not modelled, missing or not confirmed
    Cause(Cause),
}

/// A condition as written, on a key whose value is unknown
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Atom {
    /// The operator as written: `ForAnyValue:StringLikeIfExists`
    pub operator: String,
    /// The condition key as written
    pub key: String,
    /// The values as written, variables filled in where they are known
    pub values: Vec<Text>,
    /// Whether the caller chooses the key freely with the call
    pub choice: Choice,
    /// Where the condition stands
    pub span: Span,
}

/// Whose choice a context key is
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// The caller picks the value with the call: it does not make an answer conditional
    Callers,
    /// The caller cannot choose it
    Fixed,
}

/// The opposites of each other: how lists combine
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    All,
    Any,
}

impl Truth {
    /// True or false
    #[must_use]
    pub fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    /// What a pattern's fit says; `matches` is the text that meets the pattern at `span`
    #[must_use]
    pub fn of_fit(fit: Fit, matches: &Text, span: Span) -> Self {
        match fit {
            Fit::Yes => Self::True,
            Fit::No => Self::False,
            Fit::Depends(doubts) => {
                Self::all(doubts.into_iter().map(|doubt| Self::Depends(of_doubt(doubt, matches, span))))
            }
        }
    }

    /// It depends on this cause
    #[must_use]
    pub fn cause(kind: CauseKind, what: impl Into<String>, span: Span) -> Self {
        Self::Depends(Residual::Cause(Cause::at(kind, what, span)))
    }

    /// Whether all hold
    #[must_use]
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::join(Joint::All, parts)
    }

    /// Whether one holds
    #[must_use]
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::join(Joint::Any, parts)
    }

    /// Both hold
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// One of both holds
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::any([self, other])
    }

    /// It does not hold
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "no operator reads as well as the word beside `and` and `or`"
    )]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Depends(residual) => Self::Depends(residual.not()),
        }
    }

    /// Whether it surely does not hold
    #[must_use]
    pub fn is_false(&self) -> bool {
        *self == Self::False
    }

    /// Whether it surely holds
    #[must_use]
    pub fn is_true(&self) -> bool {
        *self == Self::True
    }

    fn join(joint: Joint, parts: impl IntoIterator<Item = Self>) -> Self {
        let (absorbing, neutral) = match joint {
            Joint::All => (Self::False, Self::True),
            Joint::Any => (Self::True, Self::False),
        };
        let mut list = List {
            joint,
            parts: Vec::new(),
            meanings: BTreeSet::new(),
            asked: BTreeMap::new(),
            cancels: false,
        };
        // Most lists come down to one condition, of which there is nothing to work out.
        let mut alone = None;
        for part in parts {
            if part == absorbing {
                return absorbing;
            }
            if let Self::Depends(residual) = part {
                if list.parts.is_empty() && alone.is_none() && residual.is_all_of(joint) {
                    alone = Some(residual);
                    continue;
                }
                alone.take().into_iter().chain([residual]).for_each(|one| list.push(one));
            }
            if list.cancels {
                return absorbing;
            }
        }
        if let Some(residual) = alone {
            return Self::Depends(residual);
        }
        list.absorb();
        if let Some(parts) = list.reduced() {
            return Self::join(joint, parts);
        }
        let mut parts = list.parts;
        match parts.len() {
            0 => neutral,
            1 => parts.pop().map_or(neutral, Self::Depends),
            _ => Self::Depends(match joint {
                Joint::All => Residual::All(parts),
                Joint::Any => Residual::Any(parts),
            }),
        }
    }
}

/// A list of conditions in the making, without repetitions
struct List {
    joint: Joint,
    parts: Vec<Residual>,
    meanings: BTreeSet<Residual>,
    /// What the conditions ask of each key; in an `Any` list: what their opposites ask
    asked: BTreeMap<String, Asked>,
    /// Whether a condition and its opposite both stand in the list
    cancels: bool,
}

impl List {
    fn push(&mut self, residual: Residual) {
        match (self.joint, residual) {
            (Joint::All, Residual::All(parts)) | (Joint::Any, Residual::Any(parts)) => {
                parts.into_iter().for_each(|part| self.push(part));
            }
            (_, residual) => {
                let meaning = residual.meaning();
                let opposite = meaning.clone().not();
                let asks = match self.joint {
                    Joint::All => constraint(&meaning),
                    Joint::Any => constraint(&opposite),
                };
                self.cancels |= meaning.is_one_fact() && self.meanings.contains(&opposite);
                if let Some((key, asked)) = asks {
                    self.cancels |= self.asked.entry(key).or_default().excludes(asked);
                }
                if self.meanings.insert(meaning) {
                    self.parts.push(residual);
                }
            }
        }
    }

    /// The parts, as far as those that stand alone decide others: `a and (b or not a)` is `a and b`
    ///
    /// `None` where they decide nothing.
    fn reduced(&self) -> Option<Vec<Truth>> {
        let is_alone = |part: &&Residual| !matches!(part, Residual::All(_) | Residual::Any(_));
        if self.parts.iter().all(|part| is_alone(&part)) {
            return None;
        }
        let facts: BTreeSet<Residual> = self
            .parts
            .iter()
            .filter(|part| is_alone(part) && part.is_one_fact())
            .map(|part| match self.joint {
                Joint::All => part.meaning(),
                // Where one of them holds, the others do not matter.
                Joint::Any => part.meaning().not(),
            })
            .collect();
        if facts.is_empty() {
            return None;
        }
        let mut changed = false;
        let reduced = self.parts.iter().map(|part| {
            if is_alone(&part) {
                return Truth::Depends(part.clone());
            }
            let reduced = part.given(&facts);
            changed |= reduced != Truth::Depends(part.clone());
            reduced
        });
        let reduced: Vec<Truth> = reduced.collect();
        changed.then_some(reduced)
    }

    /// `a and (a or b)` is `a`, and the same with the words exchanged
    fn absorb(&mut self) {
        let meanings = &self.meanings;
        let inner = |residual: &Residual| match (self.joint, residual) {
            (Joint::All, Residual::Any(parts)) | (Joint::Any, Residual::All(parts)) => {
                parts.iter().any(|part| meanings.contains(&part.meaning()))
            }
            _ => false,
        };
        self.parts.retain(|part| !inner(part));
    }
}

fn of_doubt(doubt: Doubt, matches: &Text, span: Span) -> Residual {
    match doubt {
        Doubt::Hole(hole) => match variable(&hole) {
            Some(key) => Residual::Cause(Cause::at(CauseKind::ContextKey, key, span)),
            None => Residual::Hole { hole, matches: matches.clone(), span },
        },
        Doubt::CrossesColon => {
            let what = "whether a wildcard inside an ARN part matches beyond its colon";
            Residual::Cause(Cause::at(CauseKind::NotConfirmed, what, span))
        }
        Doubt::ShortArn => {
            let what = "how an ARN pattern of fewer than six parts is read";
            Residual::Cause(Cause::at(CauseKind::NotConfirmed, what, span))
        }
    }
}

/// The context key, of a hole that stands for an unknown policy variable
fn variable(hole: &Hole) -> Option<&str> {
    hole.name().strip_prefix("${")?.strip_suffix('}')
}

impl Residual {
    /// Whether a list with nothing else in it is this condition as it stands
    fn is_all_of(&self, joint: Joint) -> bool {
        match (joint, self) {
            (_, Self::Hole { .. } | Self::Cause(_))
            | (Joint::All, Self::Any(_))
            | (Joint::Any, Self::All(_)) => true,
            // A single atom may be one that no value satisfies.
            (Joint::All, Self::All(_)) | (Joint::Any, Self::Any(_)) | (_, Self::Atom(_) | Self::Not(_)) => {
                false
            }
        }
    }

    /// The opposite
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "no operator reads as well as the word")]
    pub fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::All(parts) => Self::Any(parts.into_iter().map(Self::not).collect()),
            Self::Any(parts) => Self::All(parts.into_iter().map(Self::not).collect()),
            Self::Atom(atom) => match operator::twin(&atom.operator) {
                Some(twin) => Self::Atom(Atom { operator: twin.to_owned(), ..atom }),
                None => Self::Not(Box::new(Self::Atom(atom))),
            },
            residual @ (Self::Hole { .. } | Self::Cause(_)) => Self::Not(Box::new(residual)),
        }
    }

    /// The same without places: two conditions that say the same are one
    #[must_use]
    pub fn meaning(&self) -> Self {
        match self {
            Self::All(parts) => Self::All(parts.iter().map(Self::meaning).collect()),
            Self::Any(parts) => Self::Any(parts.iter().map(Self::meaning).collect()),
            Self::Not(inner) => Self::Not(Box::new(inner.meaning())),
            Self::Atom(atom) => Self::Atom(Atom { span: Span::NOWHERE, ..atom.clone() }),
            // The place stands for the pattern.
            Self::Hole { .. } => self.clone(),
            Self::Cause(cause) => Self::Cause(Cause { span: None, ..cause.clone() }),
        }
    }

    /// What is left of it where these hold
    fn given(&self, facts: &BTreeSet<Self>) -> Truth {
        match self {
            Self::All(parts) => Truth::all(parts.iter().map(|part| part.given(facts))),
            Self::Any(parts) => Truth::any(parts.iter().map(|part| part.given(facts))),
            Self::Not(_) | Self::Atom(_) | Self::Hole { .. } | Self::Cause(_) => {
                let meaning = self.meaning();
                if facts.contains(&meaning) {
                    Truth::True
                } else if self.is_one_fact() && facts.contains(&meaning.not()) {
                    Truth::False
                } else {
                    Truth::Depends(self.clone())
                }
            }
        }
    }

    /// Whether the same words always mean the same fact, so that it cannot hold here and not hold there
    ///
    /// A cause only names what is not known: a missing document may allow one thing and not deny it.
    fn is_one_fact(&self) -> bool {
        match self {
            Self::Atom(_) | Self::Hole { .. } => true,
            Self::Cause(_) => false,
            Self::Not(inner) => inner.is_one_fact(),
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_one_fact),
        }
    }

    /// Every condition on a context key in the tree, in order
    #[must_use]
    pub fn atoms(&self) -> Vec<&Atom> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::atoms).collect(),
            Self::Not(inner) => inner.atoms(),
            Self::Atom(atom) => vec![atom],
            Self::Hole { .. } | Self::Cause(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fact about a hole at a place
    fn on(name: &str) -> Truth {
        let (hole, matches) = (Hole::input(name), Text::from("x"));
        Truth::Depends(Residual::Hole { hole, matches, span: Span::NOWHERE })
    }

    fn because(what: &str) -> Truth {
        Truth::cause(CauseKind::DocumentMissing, what, Span::NOWHERE)
    }

    #[test]
    fn constants_fold() {
        assert_eq!(Truth::all([Truth::True, on("a")]), on("a"));
        assert_eq!(Truth::all([Truth::False, on("a")]), Truth::False);
        assert_eq!(Truth::any([Truth::True, on("a")]), Truth::True);
        assert_eq!(Truth::any([]), Truth::False);
        assert_eq!(Truth::all([]), Truth::True);
    }

    #[test]
    fn what_stands_twice_counts_once_wherever_it_stands() {
        let elsewhere = Truth::Depends(Residual::Cause(Cause::new(CauseKind::DocumentMissing, "a")));
        assert_eq!(because("a").and(elsewhere), because("a"));
        assert_eq!(on("a").and(on("a").or(on("b"))), on("a"));
        assert_eq!(on("a").or(on("a").and(on("b"))), on("a"));
        assert_eq!(because("a").and(because("a").or(on("b"))), because("a"));
        assert_eq!(because("a").or(because("a").and(on("b"))), because("a"));
    }

    #[test]
    fn conditions_that_say_the_same_in_two_places_are_one() {
        let at = |span: Span| {
            Truth::Depends(Residual::Atom(Atom {
                operator: "StringEquals".to_owned(),
                key: "aws:PrincipalTag/team".to_owned(),
                values: vec![Text::from("red")],
                choice: Choice::Fixed,
                span,
            }))
        };
        let file = crate::source::Sources::default().add("a.json", "12");
        let (first, second) = (at(Span::new(file, 0, 1)), at(Span::new(file, 1, 2)));
        assert_ne!(first, second);
        assert_eq!(first.clone().and(second.clone()), first);
        assert_eq!(second.clone().or(first), second);
    }

    #[test]
    fn a_hole_of_an_unknown_variable_is_told_as_its_key() {
        let told = |name: &str| {
            Truth::of_fit(Fit::Depends(vec![Doubt::Hole(Hole::input(name))]), &"x".into(), Span::NOWHERE)
        };
        assert_eq!(told("${aws:userid}"), Truth::cause(CauseKind::ContextKey, "aws:userid", Span::NOWHERE));
        assert_eq!(told("var.team"), on("var.team"));
    }

    #[test]
    fn a_condition_and_its_opposite_cancel() {
        assert_eq!(on("a").and(on("a").not()), Truth::False);
        assert_eq!(on("a").not().or(on("b")).or(on("a")), Truth::True);
        assert_eq!(on("a").not().not(), on("a"));
        assert_eq!(on("a").and(on("b")).not(), on("a").not().or(on("b").not()));
    }

    #[test]
    fn what_stands_alone_decides_the_rest() {
        let alternatives = on("b").and(on("a").not()).or(on("c").and(on("a").not()));
        assert_eq!(on("a").and(alternatives), Truth::False);
        assert_eq!(on("a").and(on("b").or(on("a").not())), on("a").and(on("b")));
        assert_eq!(on("a").or(on("b").and(on("a").not())), on("a").or(on("b")));
    }

    #[test]
    fn what_is_only_named_does_not_cancel() {
        // A missing policy may allow a call and deny another: it does not exclude itself.
        assert!(matches!(because("a").and(because("a").not()), Truth::Depends(_)));
        assert!(matches!(because("a").or(because("a").not()), Truth::Depends(_)));
        let inner = on("b").or(because("a").and(on("c")));
        let (Truth::Depends(one), Truth::Depends(other)) = (because("a"), inner.clone()) else {
            panic!("both depend");
        };
        assert_eq!(because("a").and(inner), Truth::Depends(Residual::All(vec![one, other])));
    }
}
