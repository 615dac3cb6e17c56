//! IAM wildcards over text with holes: `*`, `?`, and three possible answers.
//!
//! `*` covers a hole whole; `?` covers one character of a hole of fixed length, else it depends. An input hole in a
//! pattern may bring wildcards of its own. A hole inside one of the first five parts of an ARN (`arn:` and five
//! literal colons) stands for text without a colon. Knows: how characters match, and the three ways AWS matches
//! ([`Way`]). Must not know: which element a pattern came from. Most that meet are alike or far apart, which one walk
//! and one pass over states show; the rest is decided on a `grid`.

use crate::text::{Hole, Piece, Shape, Text};

mod grid;
mod meet;
mod reach;
mod steps;

use grid::Grid;
pub use meet::meet;
use steps::{Crossing, Steps};

/// Whether a pattern fits a text
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Surely
    Yes,
    /// Surely not
    No,
    /// It depends, on every one of these
    Depends(Vec<Doubt>),
}

/// What a [`Fit`] depends on
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// What fills this hole
    Hole(Hole),
    /// A `*` or `?` inside an ARN segment fits only by crossing a colon, which no AWS page describes
    CrossesColon,
    /// An ARN pattern of fewer than six parts, which no AWS page describes
    ShortArn,
}

/// How AWS matches in different places
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `StringLike`: `*` and `?` match any characters
    Like,
    /// Letter case does not count: actions
    LikeIgnoringCase,
    /// No wildcards: `StringEquals`
    Exact,
    /// No wildcards, and letter case does not count
    ExactIgnoringCase,
    /// `ArnLike` and `ArnEquals`: six parts, each matched by itself; `*` crosses colons only in the sixth
    /// \[reference_policies_elements_condition_operators, `Conditions_ARN`\]
    ArnLike,
    /// The `Resource` element: as `ArnLike`, but a `*` that ends a part may match beyond the colon
    /// \[reference_policies_elements_resource\]
    Resource,
}

/// Whether letter case counts
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Counts,
    Ignored,
}

impl Case {
    fn equal(self, a: char, b: char) -> bool {
        match self {
            Self::Counts => a == b,
            Self::Ignored => a.eq_ignore_ascii_case(&b),
        }
    }
}

/// A pattern, ready to match
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    tokens: Vec<Token>,
}

/// One step of a pattern
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This character
    Char(char),
    /// `?`
    One,
    /// `*`
    Run,
    /// What fills this hole; its `*` and `?` are wildcards
    Glob(Hole),
    /// What fills this hole, character by character
    Literal(Hole),
}

impl Pattern {
    /// A pattern in which `*` and `?` are wildcards
    #[must_use]
    pub fn glob(text: &Text) -> Self {
        let mut pattern = Self { tokens: Vec::new() };
        pattern.push_glob(text);
        pattern
    }

    /// A pattern without wildcards
    #[must_use]
    pub fn literal(text: &Text) -> Self {
        let mut pattern = Self { tokens: Vec::new() };
        pattern.push_literal(text);
        pattern
    }

    /// Appends text in which `*` and `?` are wildcards
    pub fn push_glob(&mut self, text: &Text) {
        for piece in text.pieces() {
            match piece {
                Piece::Lit(text) => self.tokens.extend(text.chars().map(|c| match c {
                    '*' => Token::Run,
                    '?' => Token::One,
                    c => Token::Char(c),
                })),
                Piece::Hole(hole) => self.tokens.push(match hole.shape() {
                    Shape::Any => Token::Glob(hole.clone()),
                    Shape::Name | Shape::Id(_) | Shape::Account => Token::Literal(hole.clone()),
                }),
            }
        }
    }

    /// Appends text that stands for itself, as the value of a policy variable does
    pub fn push_literal(&mut self, text: &Text) {
        for piece in text.pieces() {
            match piece {
                Piece::Lit(text) => self.tokens.extend(text.chars().map(Token::Char)),
                Piece::Hole(hole) => self.tokens.push(Token::Literal(hole.clone())),
            }
        }
    }

    /// Whether the pattern fits this text, matched in this way
    #[must_use]
    pub fn fit(&self, subject: &Text, way: Way) -> Fit {
        match way {
            Way::Like => self.like(subject, Case::Counts),
            Way::LikeIgnoringCase => self.like(subject, Case::Ignored),
            Way::Exact => self.without_wildcards().like(subject, Case::Counts),
            Way::ExactIgnoringCase => self.without_wildcards().like(subject, Case::Ignored),
            Way::ArnLike => self.arn(subject, Crossing::Never),
            Way::Resource => self.resource(subject),
        }
    }

    /// The same characters, each standing for itself
    fn without_wildcards(&self) -> Self {
        let tokens = self.tokens.iter().map(|token| match token {
            Token::Run => Token::Char('*'),
            Token::One => Token::Char('?'),
            Token::Glob(hole) => Token::Literal(hole.clone()),
            Token::Char(_) | Token::Literal(_) => token.clone(),
        });
        Self { tokens: tokens.collect() }
    }

    fn like(&self, subject: &Text, case: Case) -> Fit {
        match self.as_plain(subject) {
            Some(subject) if walk(&self.tokens, subject.chars().map(Symbol::Char), case) => Fit::Yes,
            Some(_) => Fit::No,
            None if walk(&self.tokens, symbols(subject), case) => Fit::Yes,
            None if self.starts_apart(subject, case) || self.ends_apart(subject, case) => Fit::No,
            None if reach::never(&self.tokens, subject, case) => Fit::No,
            None => self.on_grid(subject, case, Crossing::Free),
        }
    }

    /// Whether the characters before the first wildcard or hole of either side differ
    fn starts_apart(&self, subject: &Text, case: Case) -> bool {
        let (first, rest) = match subject.pieces() {
            [Piece::Lit(text), rest @ ..] => (text.as_str(), rest),
            rest => ("", rest),
        };
        differ(self.tokens.iter(), first.chars(), case, After::of(rest))
    }

    /// Whether the characters behind the last wildcard or hole of either side differ
    fn ends_apart(&self, subject: &Text, case: Case) -> bool {
        let (last, rest) = match subject.pieces() {
            [rest @ .., Piece::Lit(text)] => (text.as_str(), rest),
            rest => ("", rest),
        };
        differ(self.tokens.iter().rev(), last.chars().rev(), case, After::of(rest))
    }

    fn resource(&self, subject: &Text) -> Fit {
        if is_everything(subject) && !self.only_stars() {
            return self.on_everything();
        }
        self.arn(subject, Crossing::AtEnds)
    }

    /// The resource of an action without resource types: no ARN, and nothing but stars stands for it
    fn on_everything(&self) -> Fit {
        let may_be_stars = |token: &Token| matches!(token, Token::Run | Token::Glob(_));
        if !self.tokens.is_empty() && self.tokens.iter().all(may_be_stars) {
            depends(self.holes().map(Doubt::Hole))
        } else {
            Fit::No
        }
    }

    /// Whether a pattern of ARNs has all six parts
    fn is_whole(&self) -> bool {
        self.tokens.iter().filter(|token| **token == Token::Char(':')).count() >= 5
    }

    /// Six parts: the answer where it is seen without a grid
    fn arn_at_once(&self, subject: &Text) -> Option<Fit> {
        if self.only_stars() {
            return Some(Fit::Yes);
        }
        let is_whole = self.is_whole();
        if let Some(plain) = self.as_plain(subject) {
            if walk_by_parts(&self.tokens, subject) {
                return Some(Fit::Yes);
            }
            if is_whole && !walk(&self.tokens, plain.chars().map(Symbol::Char), Case::Counts) {
                return Some(Fit::No);
            }
        }
        // A pattern of fewer than six parts may go on, but begins all the same.
        if self.starts_apart(subject, Case::Counts) || (is_whole && self.ends_apart(subject, Case::Counts)) {
            return Some(Fit::No);
        }
        if is_whole && walk_by_parts(&self.tokens, subject) {
            return Some(Fit::Yes);
        }
        (is_whole && reach::never(&self.tokens, subject, Case::Counts)).then_some(Fit::No)
    }

    /// Six parts; `crossing` says where a wildcard may match beyond its part
    fn arn(&self, subject: &Text, crossing: Crossing) -> Fit {
        if let Some(fit) = self.arn_at_once(subject) {
            return fit;
        }
        let strict = self.on_grid(subject, Case::Counts, crossing);
        if crossing != Crossing::AtEnds {
            return if strict == Fit::No { self.if_it_went_on(subject) } else { strict };
        }
        match strict {
            Fit::Yes => Fit::Yes,
            Fit::Depends(doubts) if self.surely_crosses(subject) => {
                depends(doubts.into_iter().chain([Doubt::CrossesColon]))
            }
            Fit::Depends(doubts) => Fit::Depends(doubts),
            Fit::No => match self.on_grid(subject, Case::Counts, Crossing::Anywhere) {
                Fit::No => self.if_it_went_on(subject),
                Fit::Yes => depends([Doubt::CrossesColon]),
                Fit::Depends(doubts) => depends(doubts.into_iter().chain([Doubt::CrossesColon])),
            },
        }
    }

    /// Whether it surely fits where wildcards may match beyond their parts
    fn surely_crosses(&self, subject: &Text) -> bool {
        let (subject, crossing) = (Self::literal(subject), Crossing::Anywhere);
        let (pattern, subject) = (Steps::new(&self.tokens, crossing), Steps::new(&subject.tokens, crossing));
        Grid::new(&pattern, &subject, Case::Counts, crossing).surely()
    }

    /// The answer where nothing fits: a pattern of fewer than six parts might be read as going on with `*`
    fn if_it_went_on(&self, subject: &Text) -> Fit {
        if self.is_whole() || self.tokens.is_empty() {
            return Fit::No;
        }
        let colons = self.tokens.iter().filter(|token| **token == Token::Char(':')).count();
        // A hole may bring some of the colons that are missing.
        let brings = self.tokens.iter().any(|token| matches!(token, Token::Glob(_)));
        let fewest = if brings { colons + 1 } else { 5 };
        let mut longer = self.clone();
        for parts in colons + 1..=5 {
            longer.tokens.extend([Token::Char(':'), Token::Run]);
            if parts < fewest {
                continue;
            }
            match longer.on_grid(subject, Case::Counts, Crossing::AtEnds) {
                Fit::No => {}
                Fit::Yes => return depends([Doubt::ShortArn]),
                Fit::Depends(doubts) => return depends(doubts.into_iter().chain([Doubt::ShortArn])),
            }
        }
        Fit::No
    }

    fn on_grid(&self, subject: &Text, case: Case, crossing: Crossing) -> Fit {
        let subject = Self::literal(subject);
        let (pattern, subject) = (Steps::new(&self.tokens, crossing), Steps::new(&subject.tokens, crossing));
        Grid::new(&pattern, &subject, case, crossing).fit()
    }

    /// The subject, if neither it nor the pattern has a hole
    fn as_plain<'t>(&self, subject: &'t Text) -> Option<&'t str> {
        self.holes().next().is_none().then(|| subject.as_literal())?
    }

    fn holes(&self) -> impl Iterator<Item = Hole> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Glob(hole) | Token::Literal(hole) => Some(hole.clone()),
            Token::Char(_) | Token::One | Token::Run => None,
        })
    }

    /// `*`, `**`, ...
    fn only_stars(&self) -> bool {
        !self.tokens.is_empty() && self.tokens.iter().all(|token| *token == Token::Run)
    }
}

/// Whether `pattern` fits `subject`, matched in this way
#[must_use]
pub fn fit(pattern: &Text, subject: &Text, way: Way) -> Fit {
    let at_once = subject.as_literal().and_then(|subject| at_once(pattern, subject, way));
    match at_once {
        Some(true) => Fit::Yes,
        Some(false) => Fit::No,
        None => Pattern::glob(pattern).fit(subject, way),
    }
}

/// Whether a pattern of resources surely fits or surely does not, where that is seen without much work
#[must_use]
pub fn certain(pattern: &Text, resource: &Text) -> Option<bool> {
    let literal = resource.as_literal().and_then(|literal| at_once(pattern, literal, Way::Resource));
    literal.or_else(|| {
        let pattern = Pattern::glob(pattern);
        let fit = match is_everything(resource) {
            true if !pattern.only_stars() => pattern.on_everything(),
            true | false => pattern.arn_at_once(resource)?,
        };
        match fit {
            Fit::Yes => Some(true),
            Fit::No => Some(false),
            Fit::Depends(_) => None,
        }
    })
}

fn is_everything(resource: &Text) -> bool {
    resource.as_literal() == Some("*")
}

/// Whether a pattern that needs no tokens fits: without holes, and without wildcards but perhaps a star at its end
#[must_use]
pub fn at_once(pattern: &Text, subject: &str, way: Way) -> Option<bool> {
    let pattern = pattern.as_literal()?;
    match way {
        Way::Exact => return Some(pattern == subject),
        Way::ExactIgnoringCase => return Some(pattern.eq_ignore_ascii_case(subject)),
        Way::Like | Way::LikeIgnoringCase | Way::ArnLike | Way::Resource if pattern == "*" => {
            return Some(true);
        }
        Way::Like | Way::LikeIgnoringCase => {}
        // Where all colons of an ARN are written before any star, none is left to cross.
        Way::ArnLike | Way::Resource if pattern.bytes().filter(|byte| *byte == b':').count() >= 5 => {}
        Way::ArnLike | Way::Resource => return None,
    }
    let (start, is_whole) = match pattern.strip_suffix('*') {
        Some(start) => (start, false),
        None => (pattern, true),
    };
    if start.contains(['*', '?']) {
        return None;
    }
    let head = if is_whole { Some(subject) } else { subject.get(..start.len()) };
    Some(head.is_some_and(|head| match way {
        Way::LikeIgnoringCase => head.eq_ignore_ascii_case(start),
        Way::Like | Way::Exact | Way::ExactIgnoringCase | Way::ArnLike | Way::Resource => head == start,
    }))
}

/// Whether two patterns (plain `*` and `?`) have a string in common: `Yes`, `No`, or it depends on a hole
#[must_use]
pub fn overlap(a: &Text, b: &Text) -> Fit {
    let (a, b) = (Pattern::glob(a), Pattern::glob(b));
    let (a, b) = (Steps::new(&a.tokens, Crossing::Free), Steps::new(&b.tokens, Crossing::Free));
    Grid::new(&a, &b, Case::Counts, Crossing::Free).fit()
}

/// Whether every string that `narrow` fits is one that `wide` fits; `false` where that is not certain
#[must_use]
pub fn covers(wide: &Text, narrow: &Text) -> bool {
    let (wide, narrow) = (Pattern::glob(wide), Pattern::glob(narrow));
    let wide = Steps::new(&wide.tokens, Crossing::Free);
    let narrow = Steps::new(&narrow.tokens, Crossing::Free).into_demands();
    Grid::new(&wide, &narrow, Case::Counts, Crossing::Free).surely()
}

/// What stands behind the first or last characters of a subject
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// A hole
    Hole,
    /// Nothing: they are all of it
    Nothing,
}

impl After {
    fn of(rest: &[Piece]) -> Self {
        if rest.is_empty() { Self::Nothing } else { Self::Hole }
    }
}

/// Whether characters meet different ones before either side has a wildcard, a hole or an end
///
/// `after` says what stands behind the characters.
fn differ<'t>(
    tokens: impl Iterator<Item = &'t Token>,
    mut text: impl Iterator<Item = char>,
    case: Case,
    after: After,
) -> bool {
    for token in tokens {
        let Token::Char(wanted) = token else { return false };
        match text.next() {
            Some(found) if case.equal(*wanted, found) => {}
            Some(_) => return true,
            None => return after == After::Nothing,
        }
    }
    // More text than pattern: whether the pattern goes on is not seen here.
    false
}

/// A [`Fit::Depends`] whose doubts are in order and without repetition
fn depends(doubts: impl IntoIterator<Item = Doubt>) -> Fit {
    let mut doubts: Vec<Doubt> = doubts.into_iter().collect();
    doubts.sort();
    doubts.dedup();
    Fit::Depends(doubts)
}

/// One step of a subject
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol<'t> {
    Char(char),
    Hole(&'t Hole),
}

/// The steps of a subject, in order
fn symbols(subject: &Text) -> impl Iterator<Item = Symbol<'_>> + Clone {
    subject.pieces().iter().flat_map(|piece| {
        let (text, hole) = match piece {
            Piece::Lit(text) => (text.as_str(), None),
            Piece::Hole(hole) => ("", Some(Symbol::Hole(hole))),
        };
        text.chars().map(Symbol::Char).chain(hole)
    })
}

/// Matches a pattern, going back to the last `*` only: a hole equals itself, and `*` covers it whole
///
/// Without holes that is the answer; with them, no way found is no answer yet.
fn walk<'t>(tokens: &[Token], mut rest: impl Iterator<Item = Symbol<'t>> + Clone, case: Case) -> bool {
    let mut at = 0;
    let mut star = None;
    loop {
        let mut ahead = rest.clone();
        let fits = match (tokens.get(at), ahead.next()) {
            (None, None) => return true,
            (Some(Token::Run), _) => {
                at += 1;
                star = Some((at, rest.clone()));
                continue;
            }
            (Some(Token::Char(wanted)), Some(Symbol::Char(found))) => case.equal(*wanted, found),
            (Some(Token::Glob(own) | Token::Literal(own)), Some(Symbol::Hole(hole))) => own == hole,
            (Some(Token::One), Some(Symbol::Char(_))) => true,
            (None | Some(Token::Char(_) | Token::One | Token::Glob(_) | Token::Literal(_)), _) => false,
        };
        if fits {
            at += 1;
            rest = ahead;
        } else if let Some((after, from)) = &mut star
            && from.next().is_some()
        {
            at = *after;
            rest = from.clone();
        } else {
            return false;
        }
    }
}

/// Whether pattern and ARN have equally many parts, each of which fits by itself
fn walk_by_parts(tokens: &[Token], subject: &Text) -> bool {
    let subject: Vec<Symbol<'_>> = symbols(subject).collect();
    let mut pattern = tokens.splitn(6, |token| *token == Token::Char(':'));
    let mut subject = subject.splitn(6, |symbol| *symbol == Symbol::Char(':'));
    loop {
        match (pattern.next(), subject.next()) {
            (Some(part), Some(text)) if walk(part, text.iter().copied(), Case::Counts) => {}
            (None, None) => return true,
            (Some(_), _) | (None, Some(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::HoleKind;

    /// A text in which `<name>` is a hole; the first letter of the name says which one
    fn text(written: &str) -> Text {
        let mut out = Text::new();
        for (n, part) in written.split(['<', '>']).enumerate() {
            if n % 2 == 0 {
                out.push_str(part);
            } else {
                out.push_hole(hole(part));
            }
        }
        out
    }

    /// `any`, `name`, `id` and `account` are inputs; in capitals they are generated, with `other` strangers
    fn hole(name: &str) -> Hole {
        let kind = if name.ends_with("other") {
            HoleKind::Stranger
        } else if name.starts_with(char::is_uppercase) {
            HoleKind::Generated
        } else {
            HoleKind::Input
        };
        let shape = match name.to_ascii_lowercase().as_bytes() {
            [b'n', ..] => Shape::Name,
            [b'i', ..] => Shape::Id(6),
            [b'a', b'c', ..] => Shape::Account,
            _ => Shape::Any,
        };
        Hole::new(name, kind, shape)
    }

    fn check(way: Way, pattern: &str, subject: &str, expected: &str) {
        let shown = match fit(&text(pattern), &text(subject), way) {
            Fit::Yes => "yes".to_owned(),
            Fit::No => "no".to_owned(),
            Fit::Depends(doubts) => {
                let doubts = doubts.iter().map(|doubt| match doubt {
                    Doubt::Hole(hole) => hole.name(),
                    Doubt::CrossesColon => "crosses colon",
                    Doubt::ShortArn => "short",
                });
                doubts.collect::<Vec<_>>().join(", ")
            }
        };
        assert_eq!(shown, expected, "{way:?}: {pattern} for {subject}");
    }

    #[test]
    fn a_stranger_is_nobody_who_is_named() {
        let rows = [
            ("111122223333", "<ac-other>", "no"),
            ("<Id>", "<id-other>", "no"),
            ("<account>", "<ac-other>", "no"),
            ("<ac-other>", "<ac-other>", "yes"),
            ("<n-other>", "<ac-other>", "no"),
            ("<ac-other>", "111122223333", "no"),
            ("*", "<ac-other>", "yes"),
            ("arn:*:<ac-other>/*", "arn:a:<ac-other>/x", "yes"),
            ("1111*", "<ac-other>", "ac-other"),
            ("a/1111/*", "a/<n-other>/x", "no"),
            ("a/<any>/x", "a/<n-other>/x", "any, n-other"),
        ];
        rows.into_iter().for_each(|(pattern, subject, fits)| check(Way::Like, pattern, subject, fits));
    }

    #[test]
    fn plain_wildcards_match_as_shells_do() {
        let rows = [
            ("", "", "yes"),
            ("*", "", "yes"),
            ("**", "a:b/c", "yes"),
            ("?", "", "no"),
            ("?", "é", "yes"),
            ("a*c", "abcbc", "yes"),
            ("a*c", "abcb", "no"),
            ("*a?c*", "xxabxabcx", "yes"),
            ("a*b*c", "acb", "no"),
            ("ab", "aB", "no"),
        ];
        rows.into_iter().for_each(|(pattern, subject, fits)| check(Way::Like, pattern, subject, fits));
    }

    #[test]
    fn case_is_ignored_only_where_asked() {
        check(Way::LikeIgnoringCase, "LAMBDA:invoke?unction", "lambda:InvokeFunction", "yes");
        check(Way::Like, "LAMBDA:invoke?unction", "lambda:InvokeFunction", "no");
        check(Way::ExactIgnoringCase, "A*", "a*", "yes");
        check(Way::ExactIgnoringCase, "A*", "ab", "no");
    }

    #[test]
    fn exact_ways_have_no_wildcards() {
        check(Way::Exact, "a*", "a*", "yes");
        check(Way::Exact, "a*", "ab", "no");
        check(Way::Exact, "?", "a", "no");
    }

    #[test]
    fn a_star_covers_a_hole_whole() {
        check(Way::Like, "prod-*-x", "prod-<any>-x", "yes");
        check(Way::Like, "*", "<any>", "yes");
        check(Way::Like, "?*", "<name>", "yes");
        check(Way::Like, "?*", "<any>", "any");
        check(Way::Like, "a*", "<any>a", "any");
    }

    #[test]
    fn question_marks_fit_a_hole_of_that_length() {
        check(
            Way::Resource,
            "arn:aws:secretsmanager:*:*:secret:prod/stripe-??????",
            "arn:aws:secretsmanager:<name>:<account>:secret:prod/stripe-<Id>",
            "yes",
        );
        check(Way::Like, "x-?????", "x-<Id>", "no");
        check(Way::Like, "x-???????", "x-<Id>", "no");
        check(Way::Like, "x-?*", "x-<Id>", "yes");
        check(Way::Like, "????????????", "<account>", "yes");
    }

    #[test]
    fn a_hole_equals_itself() {
        for way in [Way::Like, Way::Exact, Way::ArnLike, Way::Resource] {
            check(way, "<any>", "<any>", "yes");
            check(way, "arn:aws:s3:::<any>", "arn:aws:s3:::<any>", "yes");
        }
        check(Way::Resource, "arn:aws:s3:::<any>/*", "arn:aws:s3:::<any>/a/b", "yes");
        check(Way::Resource, "<any>/*", "<any>/a/b", "yes");
        check(Way::Resource, "<any>:*", "<any>:prod", "yes");
        check(Way::ArnLike, "<any>/*", "<any>/a/b", "yes");
    }

    #[test]
    fn a_hole_against_characters_depends_only_where_its_shape_allows() {
        check(Way::Exact, "111122223333", "<account>", "account");
        check(Way::Exact, "11112222333", "<account>", "no");
        check(Way::Exact, "11112222333x", "<account>", "no");
        check(Way::Exact, "a/b", "<name>", "no");
        check(Way::Exact, "", "<name>", "no");
        check(Way::Exact, "", "<any>", "any");
        check(Way::Exact, "<any>", "", "any");
        check(Way::Exact, "fn-Ab1234", "fn-<Id>", "Id");
        check(Way::Exact, "Ab1234", "<id>", "id");
    }

    #[test]
    fn two_generated_holes_are_never_equal() {
        check(Way::Exact, "<Id1>", "<Id2>", "no");
        check(Way::Exact, "<Name1>", "<Name2>", "no");
        check(Way::Exact, "<Any1>", "<Any2>", "no");
        check(Way::Exact, "<Any1>", "<any2>", "Any1, any2");
        check(Way::Resource, "arn:aws:s3:::b-<Name1>/*", "arn:aws:s3:::b-<Name2>/k", "no");
        check(Way::Resource, "arn:aws:s3:::b-<Name1>*", "arn:aws:s3:::b-<Name2>/k", "Name1, Name2");
        check(
            Way::ArnLike,
            "arn:aws:execute-api:*:*:<Id1>/*/*",
            "arn:aws:execute-api:<name>:<account>:<Id2>/prod/GET/x",
            "no",
        );
    }

    #[test]
    fn an_input_hole_in_a_pattern_may_bring_wildcards() {
        check(Way::Like, "<any>x", "a:b/cx", "any");
        check(Way::Like, "<any>x", "a:b/cy", "no");
        check(Way::Like, "<name>x", "a:bx", "no");
        check(Way::Resource, "<any>", "arn:aws:s3:::b", "any");
        check(Way::Resource, "<any>", "*", "any");
        check(
            Way::Resource,
            "arn:aws:lambda:<any>:111122223333:function:x",
            "arn:aws:lambda:eu:111122223333:function:x",
            "any",
        );
    }

    #[test]
    fn names_with_the_same_variable_differ_by_their_literal_parts() {
        let of = |name: &str| format!("arn:aws:lambda:<name>:<account>:function:{name}");
        for way in [Way::Resource, Way::ArnLike, Way::Like] {
            check(way, &of("<env>-orders"), &of("<env>-payments"), "no");
            check(way, &of("<env>-orders*"), &of("<env>-payments"), "no");
            check(way, &of("orders-<env>"), &of("payments-<env>"), "no");
            check(way, &of("<project>-orders-<env>"), &of("<project>-payments-<env>"), "no");
            check(way, &of("<project>-orders-<env>"), &of("<project>-orders-<env>"), "yes");
            check(way, &of("<env>-orders"), &of("<stage>-orders"), "env, stage");
        }
        check(Way::Resource, "arn:aws:s3:::<env>-orders/*", "arn:aws:s3:::<env>-payments/k", "no");
        check(Way::Resource, "arn:aws:lambda:*:*:function:<env>-orders", &of("<env>-orders"), "yes");
        check(Way::Resource, "arn:aws:lambda:*:*:function:<env>-orders*", &of("<env>-payments"), "no");
    }

    #[test]
    fn only_holes_that_matter_are_doubts() {
        let subject = "arn:aws:lambda:<any>:<account>:function:x";
        check(Way::Resource, "arn:aws:lambda:*:111122223333:function:x", subject, "account");
        check(Way::Resource, "arn:aws:lambda:<any>:111122223333:function:x", subject, "account");
        check(Way::Resource, "arn:aws:lambda:eu-west-1:*:function:x", subject, "any");
        check(Way::ArnLike, "arn:aws:lambda:eu-west-1:*:function:y", subject, "no");
    }

    #[test]
    fn a_wildcard_in_a_literal_is_a_character() {
        let mut pattern = Pattern::glob(&text("arn:aws:s3:::b/"));
        pattern.push_literal(&text("*"));
        pattern.push_glob(&text("/*"));
        assert_eq!(pattern.fit(&text("arn:aws:s3:::b/*/k"), Way::Resource), Fit::Yes);
        assert_eq!(pattern.fit(&text("arn:aws:s3:::b/x/k"), Way::Resource), Fit::No);
    }

    #[test]
    fn resource_stars_stay_in_their_part_unless_they_end_it() {
        let function = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
        let rows = [
            ("arn:aws:lambda:*:function:orders", function, "yes"),
            ("arn:aws:lambda:*", function, "yes"),
            ("ar*", function, "yes"),
            ("arn:aws:lambda:eu-*-1:111122223333:function:orders", function, "yes"),
            ("arn:aws:lambda:eu-*3:function:orders", function, "crosses colon"),
            ("arn:aws:lambda:eu-west-1?111122223333:function:orders", function, "crosses colon"),
            ("arn:aws:lambda:eu-*-1:function:orders", function, "no"),
            ("arn:aws:lambda:*:*:function:ord*", function, "yes"),
            (
                "arn:aws:lambda:*:*:function:orders",
                "arn:aws:lambda:eu-west-1:111122223333:function:orders:prod",
                "no",
            ),
            (
                "arn:aws:lambda:*:*:function:o*",
                "arn:aws:lambda:eu-west-1:111122223333:function:orders:prod",
                "yes",
            ),
            ("arn:aws:s3:::b/*/a.csv", "arn:aws:s3:::b/x/y:z/a.csv", "yes"),
            (
                "arn:aws:dynamodb:*:table/prod-*",
                "arn:aws:dynamodb:eu-west-1:111122223333:table/prod-1",
                "yes",
            ),
            (
                "arn:aws:logs:*:*:log-group:*:*",
                "arn:aws:logs:eu:111122223333:log-group:a/b:log-stream:c",
                "yes",
            ),
            ("*", function, "yes"),
        ];
        rows.into_iter().for_each(|(pattern, subject, fits)| check(Way::Resource, pattern, subject, fits));
    }

    #[test]
    fn a_resource_of_fewer_than_six_parts_depends() {
        check(Way::Resource, "arn:aws:s3", "arn:aws:s3:::b", "short");
        check(Way::Resource, "arn:aws:s3", "arn:aws:sqs:eu:111122223333:q", "no");
        check(Way::Resource, "arn:aws:<name>", "arn:aws:s3:::b", "name, short");
        check(
            Way::Resource,
            "arn:aws:lambda:*:orders",
            "arn:aws:lambda:eu:111122223333:function:orders",
            "yes",
        );
        check(Way::Resource, "", "arn:aws:s3:::b", "no");
    }

    #[test]
    fn only_stars_stand_for_the_resource_of_actions_without_resource_types() {
        check(Way::Resource, "*", "*", "yes");
        check(Way::Resource, "**", "*", "yes");
        check(Way::Resource, "?", "*", "no");
        check(Way::Resource, "arn:aws:ec2:*:*:instance/*", "*", "no");
    }

    #[test]
    fn arn_like_matches_part_by_part() {
        let rows = [
            ("arn:*:svc:*:111:fin/*", "arn:aws:svc:eu:111:fin/a:b", "yes"),
            ("arn:*:svc:*:111:fin/*", "arn:aws:svc:eu:x:111:fin/a", "no"),
            ("arn:aws:lambda:*:function:orders", "arn:aws:lambda:eu:111:function:orders", "no"),
            ("arn:aws:sns:*", "arn:aws:sns:eu:111:topic", "short"),
            ("arn:aws:s3:::acme-*", "arn:aws:s3:::acme-intake", "yes"),
            ("arn:aws:*:*:*:*", "arn:aws:s3:::acme-intake", "yes"),
            ("*", "arn:aws:s3:::acme-intake", "yes"),
            ("arn:aws:s3:::ACME", "arn:aws:s3:::acme", "no"),
        ];
        rows.into_iter().for_each(|(pattern, subject, fits)| check(Way::ArnLike, pattern, subject, fits));
    }

    #[test]
    fn a_hole_in_an_arn_part_brings_no_colon() {
        check(Way::ArnLike, "arn:aws:sns:*:<account>:t", "arn:aws:sns:<any>:<account>:t", "yes");
        check(Way::ArnLike, "arn:aws:sns:<any>:111122223333:t", "arn:aws:sns:eu:x:111122223333:t", "no");
        check(Way::ArnLike, "arn:aws:sns:*:*:*", "<any>", "any");
    }

    #[test]
    fn patterns_overlap_where_a_string_fits_both() {
        let overlaps = |a: &str, b: &str| overlap(&text(a), &text(b));
        assert_eq!(overlaps("a*", "*b"), Fit::Yes);
        assert_eq!(overlaps("a*", "b*"), Fit::No);
        assert_eq!(overlaps("a?c*", "*?b"), Fit::Yes);
        assert_eq!(overlaps("??", "???*"), Fit::No);
        assert_eq!(overlaps("prod-<any>", "prod-*"), Fit::Yes);
        assert_eq!(overlaps("prod-<any>", "dev-*"), Fit::No);
        assert_eq!(overlaps("prod-<any>", "prod-x*"), Fit::Depends(vec![Doubt::Hole(hole("any"))]));
    }

    #[test]
    fn a_pattern_covers_what_is_narrower() {
        let covered = |wide: &str, narrow: &str| covers(&text(wide), &text(narrow));
        assert!(covered("*", "a*b"));
        assert!(covered("a*", "a?b*"));
        assert!(covered("?*", "*?"));
        assert!(covered("a*", "a<any>"));
        assert!(covered("<any>/*", "<any>/a/*"));
        assert!(!covered("a?", "a*"));
        assert!(!covered("a*", "*"));
        assert!(!covered("<any>", "a"));
    }

    #[test]
    fn long_texts_with_many_holes_end_soon() {
        let long = "<any>-<name>:".repeat(200);
        let pattern = "*<env>?".repeat(200);
        assert_ne!(fit(&text(&pattern), &text(&long), Way::Resource), Fit::Yes);
    }

    /// Every text of up to `longest` of these parts
    fn written(parts: &[&str], longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..longest {
            last = last
                .iter()
                .flat_map(|start| parts.iter().map(move |part| format!("{start}{part}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    /// What the quick looks say, the grid does not deny; it may be less sure of a yes
    fn agree(pattern: &Text, subject: &Text) {
        let tokens = &Pattern::glob(pattern).tokens;
        let on_grid = |crossing| Pattern::glob(pattern).on_grid(subject, Case::Counts, crossing);
        if walk(tokens, symbols(subject), Case::Counts) {
            assert_ne!(on_grid(Crossing::Free), Fit::No, "{pattern} on {subject}");
        }
        if reach::never(tokens, subject, Case::Counts) {
            assert_eq!(on_grid(Crossing::Free), Fit::No, "{pattern} on {subject}");
            assert_eq!(on_grid(Crossing::Anywhere), Fit::No, "{pattern} on {subject}");
        }
        let is_whole = tokens.iter().filter(|token| **token == Token::Char(':')).count() >= 5;
        if is_whole && walk_by_parts(tokens, subject) {
            assert_ne!(on_grid(Crossing::AtEnds), Fit::No, "{pattern} on {subject}");
        }
    }

    #[test]
    fn the_quick_looks_agree_with_the_grid() {
        for pattern in written(&["a", "b", "*", "?", "<any>", "<Name>"], 3) {
            for subject in written(&["a", "b", "<any>", "<Name>", "<Nother>"], 3) {
                agree(&text(&pattern), &text(&subject));
            }
        }
    }

    #[test]
    fn the_quick_looks_agree_with_the_grid_on_arns() {
        for pattern in written(&["a", "*", ":", "<account>", "<any>"], 3) {
            for subject in written(&["a", ":", "<account>", "<any>"], 3) {
                agree(&text(&format!("arn:x:y::{pattern}:*")), &text(&format!("arn:x:y::{subject}:z")));
                agree(&text(&format!("arn:x:y:::{pattern}")), &text(&format!("arn:x:y:::{subject}")));
            }
        }
    }
}
