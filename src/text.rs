//! Text with holes: strings whose value is only partly known before deployment.
//!
//! A hole is a typed piece, never a placeholder inside the string, so that policy text cannot forge one.
//! Knows: literals, holes and their shapes. Must not know: where a hole came from (loaders name it), or how
//! patterns are matched (`aws::pattern`).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What a hole may turn out to be
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoleKind {
    /// The id or ARN part that AWS will make for one declared resource: equal to itself, different from every
    /// other generated hole; against a literal of the same shape it depends
    Generated,
    /// A variable without a value, a data source, an absent module, a call that was not understood: equal to
    /// itself, may equal anything of its shape
    Input,
    /// A value of somebody else's, different from everything the input writes: the account of "any other
    /// account"; equal to itself only, covered by `*`
    Stranger,
}

/// Which strings can fill a hole
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Any string, also an empty one; in a pattern it may bring wildcards of its own
    Any,
    /// One or more letters, digits and `-_.`: a name, an id, a region
    Name,
    /// Exactly this many letters and digits: the id of an API (10), the suffix of a secret (6)
    Id(u8),
    /// Twelve digits
    Account,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Facts {
    name: String,
    kind: HoleKind,
    shape: Shape,
}

/// A part of a text that is not known yet; equal names mean equal values
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hole(Arc<Facts>);

impl Hole {
    /// A hole; `name` says what would fill it: `var.env`, `aws_apigatewayv2_api.shop.id`, `account`
    #[must_use]
    pub fn new(name: impl Into<String>, kind: HoleKind, shape: Shape) -> Self {
        Self(Arc::new(Facts { name: name.into(), kind, shape }))
    }

    /// An input hole that any string may fill
    #[must_use]
    pub fn input(name: impl Into<String>) -> Self {
        Self::new(name, HoleKind::Input, Shape::Any)
    }

    /// What would fill it
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Who would fill it
    #[must_use]
    pub fn kind(&self) -> HoleKind {
        self.0.kind
    }

    /// Which strings can fill it
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.0.shape
    }
}

impl fmt::Debug for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "⟨{}⟩", self.name())
    }
}

/// One piece of a [`Text`]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// Characters as they stand
    Lit(String),
    /// A part that is not known yet
    Hole(Hole),
}

/// A string of literal pieces and holes
///
/// INVARIANT: no literal piece is empty and no two literal pieces are neighbours, so equal texts compare equal.
#[derive(Clone, Default)]
pub struct Text(Pieces);

/// Most texts are one piece, which then lies in the text itself; the pieces of others are shared until one changes, because
/// names with holes are copied to wherever they are referred to
///
/// INVARIANT: `Many` holds at least two.
#[derive(Clone, Default)]
enum Pieces {
    #[default]
    None,
    One(Piece),
    Many(Arc<Vec<Piece>>),
}

impl Pieces {
    fn as_slice(&self) -> &[Piece] {
        match self {
            Self::None => &[],
            Self::One(piece) => std::slice::from_ref(piece),
            Self::Many(pieces) => pieces,
        }
    }

    fn last_mut(&mut self) -> Option<&mut Piece> {
        match self {
            Self::None => None,
            Self::One(piece) => Some(piece),
            Self::Many(pieces) => Arc::make_mut(pieces).last_mut(),
        }
    }

    fn push(&mut self, piece: Piece) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(piece),
            Self::One(first) => Self::Many(Arc::new(vec![first, piece])),
            Self::Many(mut pieces) => {
                Arc::make_mut(&mut pieces).push(piece);
                Self::Many(pieces)
            }
        };
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.pieces() == other.pieces()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Pieces::Many(one), Pieces::Many(other)) = (&self.0, &other.0)
            && Arc::ptr_eq(one, other)
        {
            return Ordering::Equal;
        }
        self.pieces().cmp(other.pieces())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pieces().hash(state);
    }
}

impl Text {
    /// The empty text
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The pieces, in order
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        self.0.as_slice()
    }

    /// The string, where no part is unknown
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces() {
            [] => Some(""),
            [Piece::Lit(text)] => Some(text),
            [Piece::Hole(_)] | [_, _, ..] => None,
        }
    }

    /// The hole, where the text is nothing else
    #[must_use]
    pub fn as_hole(&self) -> Option<&Hole> {
        match self.pieces() {
            [Piece::Hole(hole)] => Some(hole),
            _ => None,
        }
    }

    /// The holes, in order
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.pieces().iter().filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(hole),
            Piece::Lit(_) => None,
        })
    }

    /// Whether nothing stands here
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces().is_empty()
    }

    /// Appends literal characters
    pub fn push_str(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces().last() {
            Some(Piece::Lit(_)) => {
                if let Some(Piece::Lit(last)) = self.0.last_mut() {
                    last.push_str(text);
                }
            }
            Some(Piece::Hole(_)) | None => self.0.push(Piece::Lit(text.to_owned())),
        }
    }

    /// Appends a hole
    pub fn push_hole(&mut self, hole: Hole) {
        self.0.push(Piece::Hole(hole));
    }

    /// Appends another text
    pub fn push(&mut self, other: &Self) {
        for piece in other.pieces() {
            match piece {
                Piece::Lit(text) => self.push_str(text),
                Piece::Hole(hole) => self.push_hole(hole.clone()),
            }
        }
    }

    /// Puts another hole in the place of each
    pub fn rename(&mut self, rename: &mut dyn FnMut(&Hole) -> Hole) {
        let pieces: &mut [Piece] = match &mut self.0 {
            Pieces::None => &mut [],
            Pieces::One(piece) => std::slice::from_mut(piece),
            Pieces::Many(pieces) => Arc::make_mut(pieces).as_mut_slice(),
        };
        for piece in pieces {
            if let Piece::Hole(hole) = piece {
                *hole = rename(hole);
            }
        }
    }

    /// This text followed by another one
    #[must_use]
    pub fn with(mut self, other: impl Into<Self>) -> Self {
        self.push(&other.into());
        self
    }

    /// The rest after a literal start, if the text surely starts with it
    #[must_use]
    pub fn strip_prefix(&self, prefix: &str) -> Option<Self> {
        let mut pieces = self.pieces().iter();
        if prefix.is_empty() {
            return Some(self.clone());
        }
        let Some(Piece::Lit(first)) = pieces.next() else { return None };
        let mut rest = Self::from(first.strip_prefix(prefix)?);
        pieces.for_each(|piece| rest.0.push(piece.clone()));
        Some(rest)
    }

    /// The start before a literal end, if the text surely ends with it
    #[must_use]
    pub fn strip_suffix(&self, suffix: &str) -> Option<Self> {
        if suffix.is_empty() {
            return Some(self.clone());
        }
        let Some((Piece::Lit(last), before)) = self.pieces().split_last() else { return None };
        let mut rest: Self = before.iter().cloned().collect();
        rest.push_str(last.strip_suffix(suffix)?);
        Some(rest)
    }

    /// Splits at the first place where this stands in a literal part
    #[must_use]
    pub fn split_once(&self, at: &str) -> Option<(Self, Self)> {
        let mut before = Self::new();
        for (n, piece) in self.pieces().iter().enumerate() {
            if let Piece::Lit(text) = piece
                && let Some((left, right)) = text.split_once(at)
            {
                let rest = self.pieces().iter().skip(n + 1).cloned();
                before.push_str(left);
                return Some((before, std::iter::once(Piece::Lit(right.to_owned())).chain(rest).collect()));
            }
            before.0.push(piece.clone());
        }
        None
    }

    /// Splits at a literal character, at most into `limit` parts; a character inside a hole is not seen
    #[must_use]
    pub fn split(&self, at: char, limit: usize) -> Vec<Self> {
        let mut parts = vec![Self::new()];
        let last = |parts: &mut Vec<Self>, piece: &Piece| {
            if let Some(part) = parts.last_mut() {
                match piece {
                    Piece::Lit(text) => part.push_str(text),
                    Piece::Hole(hole) => part.push_hole(hole.clone()),
                }
            }
        };
        for piece in self.pieces() {
            let Piece::Lit(text) = piece else {
                last(&mut parts, piece);
                continue;
            };
            let mut rest = text.as_str();
            while parts.len() < limit {
                let Some((before, after)) = rest.split_once(at) else { break };
                last(&mut parts, &Piece::Lit(before.to_owned()));
                parts.push(Self::new());
                rest = after;
            }
            last(&mut parts, &Piece::Lit(rest.to_owned()));
        }
        parts
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut out = Self::new();
        out.push_str(text);
        out
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::new() } else { Self(Pieces::One(Piece::Lit(text))) }
    }
}

impl From<Hole> for Text {
    fn from(hole: Hole) -> Self {
        Self(Pieces::One(Piece::Hole(hole)))
    }
}

impl From<&Self> for Text {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl FromIterator<Piece> for Text {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        let mut out = Self::new();
        for piece in pieces {
            match piece {
                Piece::Lit(text) => out.push_str(&text),
                Piece::Hole(hole) => out.push_hole(hole),
            }
        }
        out
    }
}

/// For people: holes stand in angle brackets
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().iter().try_for_each(|piece| match piece {
            Piece::Lit(text) => f.write_str(text),
            Piece::Hole(hole) => write!(f, "{hole:?}"),
        })
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_hole() -> Text {
        Text::from("arn:aws:s3:::").with(Hole::input("var.b")).with("/x:y")
    }

    #[test]
    fn neighbouring_literals_join() {
        assert_eq!(Text::from("a").with("b"), Text::from("ab"));
        assert_eq!(Text::from("ab").as_literal(), Some("ab"));
        assert_eq!(with_hole().as_literal(), None);
    }

    #[test]
    fn a_split_sees_literal_characters_only() {
        let parts = with_hole().split(':', 6);
        assert_eq!(parts.len(), 6);
        assert_eq!(parts[5].to_string(), "⟨var.b⟩/x:y");
    }

    #[test]
    fn prefixes_and_suffixes_are_stripped_only_where_they_are_certain() {
        assert_eq!(
            with_hole().strip_prefix("arn:aws:s3:::").map(|t| t.to_string()),
            Some("⟨var.b⟩/x:y".into())
        );
        assert_eq!(
            with_hole().strip_suffix("/x:y"),
            Some(Text::from("arn:aws:s3:::").with(Hole::input("var.b")))
        );
        assert_eq!(Text::from(Hole::input("v")).strip_prefix("a"), None);
    }
}
