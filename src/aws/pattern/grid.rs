//! Pattern against subject, step by step, on a grid of all pairs of places.
//!
//! A *sure* move holds under every filling of the holes, so a sure path is a Yes. The other moves are those that
//! some filling allows, so no path at all is a No. In between, the holes that take part in a move which is not
//! sure are the doubts. Every move goes right or down: one sweep from the start decides, and looks at no pair of places
//! that cannot be reached.

use super::steps::{Atom, Border, Crossing, Ends, Reading, Segment, Spot, Step, Steps, Width};
use super::{Case, Doubt, Fit, depends};

/// Pairs of places beyond which the answer depends on every hole: far more than AWS accepts in a policy
const LIMIT: usize = 1 << 22;

/// What is known beyond the two places
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Two different generated holes began together: they must not end together
    Apart = 1,
    /// The subject's step of many characters takes at least one more
    SubjectGoesOn = 2,
    /// The pattern's step of many characters takes at least one more
    PatternGoesOn = 4,
    /// Nothing
    Usual = 8,
}

/// All modes, so that a move within one pair of places goes to a later one
const MODES: [Mode; 4] = [Mode::Apart, Mode::SubjectGoesOn, Mode::PatternGoesOn, Mode::Usual];

/// A pair of places: the steps before them are done
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    pattern: usize,
    subject: usize,
    mode: Mode,
}

/// How often bounds are drawn closer; they rarely change after the second time
const ROUNDS: usize = 6;

/// Whether a move holds under every filling
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sure {
    Yes,
    No,
}

impl Sure {
    fn when(holds: impl FnOnce() -> bool) -> Self {
        if holds() { Self::Yes } else { Self::No }
    }
}

/// A set of [`At`]
#[derive(Clone, Debug)]
struct Marks {
    width: usize,
    bits: Vec<u8>,
}

impl Marks {
    fn has(&self, at: At) -> bool {
        self.modes(at.pattern, at.subject) & at.mode as u8 != 0
    }

    fn modes(&self, pattern: usize, subject: usize) -> u8 {
        self.bits.get(pattern * self.width + subject).copied().unwrap_or(0)
    }

    fn insert(&mut self, at: At) {
        if let Some(bits) = self.bits.get_mut(at.pattern * self.width + at.subject) {
            *bits |= at.mode as u8;
        }
    }

    /// Everything that is marked, in the order of moves
    fn all(&self) -> impl DoubleEndedIterator<Item = At> {
        let marked = self.bits.iter().enumerate().filter(|(_, bits)| **bits != 0);
        marked.flat_map(|(place, bits)| {
            let (pattern, subject) = (place / self.width, place % self.width);
            let modes = MODES.iter().filter(|mode| *bits & **mode as u8 != 0);
            modes.map(move |mode| At { pattern, subject, mode: *mode })
        })
    }

    /// The places in the subject that are marked in this row
    fn row(&self, pattern: usize) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.width).filter(move |subject| self.modes(pattern, *subject) != 0)
    }
}

/// Pattern and subject
#[derive(Debug)]
pub(super) struct Grid<'t> {
    pattern: &'t Steps<'t>,
    subject: &'t Steps<'t>,
    case: Case,
    crossing: Crossing,
    /// Which of the pattern's holes meet nothing but themselves, so that their wildcards do not matter
    settled: Vec<bool>,
    /// By place in the pattern: the places in the subject that can be reached there
    bounds: Vec<(usize, usize)>,
}

impl<'t> Grid<'t> {
    pub(super) fn new(
        pattern: &'t Steps<'t>,
        subject: &'t Steps<'t>,
        case: Case,
        crossing: Crossing,
    ) -> Self {
        Self {
            pattern,
            subject,
            case,
            crossing,
            settled: vec![false; pattern.spots.len()],
            bounds: Self::first_bounds(pattern, subject, case),
        }
    }

    /// Ordinary characters that both sides begin or end with meet each other, one by one
    fn first_bounds(pattern: &Steps<'_>, subject: &Steps<'_>, case: Case) -> Vec<(usize, usize)> {
        let (rows, columns) = (pattern.steps.len(), subject.steps.len());
        let meets = |(p, s): &(&Step, &Step)| {
            let (Atom::Char(a), Atom::Char(b)) = (p.atom, s.atom) else { return false };
            case.equal(a, b)
        };
        let (all, met) = (pattern.steps.iter(), subject.steps.iter());
        let begin = all.clone().zip(met.clone()).take_while(meets).count();
        let end = all.rev().zip(met.rev()).take_while(meets).count();
        let end = end.min(rows.min(columns) - begin);
        let of_row = |row: usize| {
            let behind = rows - row;
            let from = if behind < end { columns - behind } else { row.min(begin) };
            let to = if row < begin { row } else { columns - end.min(behind) };
            (from, to)
        };
        (0..=rows).map(of_row).collect()
    }

    /// Whether there is a sure path
    pub(super) fn surely(&self) -> bool {
        self.is_small() && self.sweep(Sure::Yes).has(self.end())
    }

    /// The answer
    pub(super) fn fit(mut self) -> Fit {
        if !self.is_small() {
            return depends(self.all_holes());
        }
        if self.surely() {
            return Fit::Yes;
        }
        let mut live = self.live();
        for _ in 0..ROUNDS {
            if !live.has(self.end()) {
                return Fit::No;
            }
            let bounds = self.bounds.clone();
            self.bound_from_the_end(&live);
            self.bound_from_the_start(&live);
            if !self.settle(&live) && self.bounds == bounds {
                break;
            }
            live = self.live();
        }
        if !live.has(self.end()) {
            return Fit::No;
        }
        let doubts = self.doubts(&live);
        depends(if doubts.is_empty() { self.all_holes() } else { doubts })
    }

    fn is_small(&self) -> bool {
        self.bounds.len().saturating_mul(self.width()) <= LIMIT
    }

    fn width(&self) -> usize {
        self.subject.steps.len() + 1
    }

    fn start(&self) -> At {
        At { pattern: 0, subject: 0, mode: Mode::Usual }
    }

    fn end(&self) -> At {
        At { pattern: self.pattern.steps.len(), subject: self.subject.steps.len(), mode: Mode::Usual }
    }

    fn no_marks(&self) -> Marks {
        Marks { width: self.width(), bits: vec![0; self.bounds.len() * self.width()] }
    }

    fn in_bounds(&self, at: At) -> bool {
        self.bounds.get(at.pattern).is_some_and(|(from, to)| (*from..=*to).contains(&at.subject))
    }

    /// What lies on a path from start to end
    fn live(&self) -> Marks {
        self.leading_on(&self.sweep(Sure::No))
    }

    /// What can be reached from the start: by sure moves only, or by all
    fn sweep(&self, sure: Sure) -> Marks {
        let mut marks = self.no_marks();
        marks.insert(self.start());
        for (pattern, (from, to)) in self.bounds.iter().enumerate() {
            for subject in *from..=*to {
                if marks.modes(pattern, subject) == 0 {
                    continue;
                }
                for mode in MODES {
                    let at = At { pattern, subject, mode };
                    if !marks.has(at) {
                        continue;
                    }
                    self.moves(at, |to, is_sure| {
                        if (sure == Sure::No || is_sure == Sure::Yes) && self.in_bounds(to) {
                            marks.insert(to);
                        }
                    });
                }
            }
        }
        marks
    }

    /// What of all that can be reached leads on to the end
    fn leading_on(&self, reached: &Marks) -> Marks {
        let mut marks = self.no_marks();
        if reached.has(self.end()) {
            marks.insert(self.end());
        }
        for at in reached.all().rev() {
            let mut leads_on = false;
            self.moves(at, |to, _| leads_on |= marks.has(to));
            if leads_on {
                marks.insert(at);
            }
        }
        marks
    }

    /// The moves from one pair of places
    fn moves(&self, at: At, mut to: impl FnMut(At, Sure)) {
        let (p, s) = (self.pattern.steps.get(at.pattern), self.subject.steps.get(at.subject));
        let mut go = |by_pattern: usize, by_subject: usize, mode: Mode, sure: Sure| {
            to(At { pattern: at.pattern + by_pattern, subject: at.subject + by_subject, mode }, sure);
        };
        match (at.mode, p, s) {
            (Mode::Usual, Some(p), Some(s)) => self.usual_moves(at, p, s, to),
            (Mode::Usual, Some(p), None) if p.width() != Width::One => {
                go(1, 0, Mode::Usual, Sure::when(|| !matches!(p.atom, Atom::Rest(_))));
            }
            (Mode::Usual, None, Some(s)) if s.width() != Width::One => {
                go(0, 1, Mode::Usual, Sure::when(|| !matches!(s.atom, Atom::Rest(_))));
            }
            (Mode::SubjectGoesOn, Some(p), Some(s)) => match p.width() {
                Width::None => go(1, 0, Mode::SubjectGoesOn, Sure::Yes),
                Width::One => self.meet(p, s).into_iter().for_each(|sure| go(1, 0, Mode::Usual, sure)),
                Width::Many => {
                    go(1, 0, Mode::SubjectGoesOn, Sure::when(|| p.atom == Atom::Run));
                    self.meet(p, s).into_iter().for_each(|sure| go(0, 0, Mode::Usual, sure));
                }
            },
            (Mode::PatternGoesOn, Some(p), Some(s)) => match s.width() {
                Width::None => go(0, 1, Mode::PatternGoesOn, Sure::Yes),
                Width::One => self.meet(p, s).into_iter().for_each(|sure| go(0, 1, Mode::Usual, sure)),
                Width::Many => {
                    go(0, 1, Mode::PatternGoesOn, Sure::when(|| s.atom == Atom::Run));
                    self.meet(p, s).into_iter().for_each(|sure| go(0, 0, Mode::Usual, sure));
                }
            },
            (Mode::Apart, Some(p), Some(s)) => {
                let meets = self.meet(p, s).is_some();
                let mut go = |by_pattern, by_subject| {
                    if let Some(next) = self.kept_apart(at, p, s, by_pattern, by_subject) {
                        to(next, Sure::No);
                    }
                };
                let (p_many, s_many) = (p.width() == Width::Many, s.width() == Width::Many);
                if p_many {
                    go(1, 0);
                }
                if s_many {
                    go(0, 1);
                }
                if meets && !(p_many && s_many) {
                    go(usize::from(!p_many), usize::from(!s_many));
                }
            }
            (Mode::Usual | Mode::SubjectGoesOn | Mode::PatternGoesOn | Mode::Apart, _, _) => {}
        }
    }

    fn usual_moves(&self, at: At, p: &Step, s: &Step, mut to: impl FnMut(At, Sure)) {
        let (p_run, s_run) = (p.atom == Atom::Run, s.atom == Atom::Run);
        let mut go = |by_pattern: usize, by_subject: usize, mode: Mode, sure: Sure| {
            to(At { pattern: at.pattern + by_pattern, subject: at.subject + by_subject, mode }, sure);
        };
        let goes_on = |run: bool, otherwise: Mode| if run { Mode::Usual } else { otherwise };
        match (p.width(), s.width()) {
            (Width::None, Width::None) => self.both_enter(at, p, s, to),
            (Width::None, Width::One) => go(1, 0, Mode::Usual, Sure::Yes),
            (Width::One, Width::None) => go(0, 1, Mode::Usual, Sure::Yes),
            (Width::None, Width::Many) => {
                go(1, 0, goes_on(s_run, Mode::SubjectGoesOn), Sure::Yes);
                go(0, 1, Mode::Usual, Sure::when(|| s_run));
            }
            (Width::Many, Width::None) => {
                go(0, 1, goes_on(p_run, Mode::PatternGoesOn), Sure::Yes);
                // A `*` that stops before a hole might as well stop inside it or after it, and then nobody need know
                // that the hole is empty; unless a hole of the pattern begins here too.
                let next = self.pattern.steps.get(at.pattern + 1).map(|step| step.atom);
                if !p_run || matches!(next, Some(Atom::Enter | Atom::Run)) {
                    go(1, 0, Mode::Usual, Sure::when(|| p_run));
                }
            }
            (Width::One, Width::One) => {
                self.meet(p, s).into_iter().for_each(|sure| go(1, 1, Mode::Usual, sure));
            }
            (Width::Many, Width::One) => {
                self.meet(p, s).into_iter().for_each(|sure| go(0, 1, Mode::Usual, sure));
                go(1, 0, Mode::Usual, Sure::when(|| p_run));
            }
            (Width::One, Width::Many) => {
                self.meet(p, s).into_iter().for_each(|sure| go(1, 0, Mode::Usual, sure));
                go(0, 1, Mode::Usual, Sure::when(|| s_run));
            }
            // A `*` covers the other side whole; where it stops earlier, the other side goes on.
            (Width::Many, Width::Many) if s_run && !p_run => {
                go(1, 0, Mode::Usual, Sure::Yes);
                go(0, 1, Mode::PatternGoesOn, Sure::Yes);
            }
            (Width::Many, Width::Many) => {
                let covers = || p_run && (s_run || self.wildcard_meets(p, s.border) == Some(Sure::Yes));
                go(0, 1, Mode::Usual, Sure::when(covers));
                go(1, 0, Mode::SubjectGoesOn, Sure::when(|| p_run));
            }
        }
    }

    /// Two holes begin at the same place
    fn both_enter(&self, at: At, p: &Step, s: &Step, mut to: impl FnMut(At, Sure)) {
        let inside = At { pattern: at.pattern + 1, subject: at.subject + 1, mode: Mode::Usual };
        let (Some(a), Some(b)) = (spot(self.pattern, p), spot(self.subject, s)) else { return };
        if a.hole == b.hole {
            to(At { pattern: a.end, subject: b.end, mode: Mode::Usual }, Sure::Yes);
            if self.has_wildcards(p) {
                to(inside, Sure::No);
            }
        } else if a.is_generated() && b.is_generated() && self.case == Case::Counts {
            // Two different ids may still differ in nothing but letter case.
            self.kept_apart(at, p, s, 1, 1).into_iter().for_each(|next| to(next, Sure::No));
        } else {
            to(inside, Sure::Yes);
        }
    }

    /// Where a move leads inside two generated holes that must not end together
    fn kept_apart(&self, at: At, p: &Step, s: &Step, by_pattern: usize, by_subject: usize) -> Option<At> {
        let (a, b) = (spot(self.pattern, p)?, spot(self.subject, s)?);
        let (pattern, subject) = (at.pattern + by_pattern, at.subject + by_subject);
        let many = |steps: &Steps<'_>, n: usize| steps.steps.get(n).map(Step::width) == Some(Width::Many);
        let mode = match (pattern < a.end, subject < b.end) {
            (true, true) => Mode::Apart,
            (true, false) if many(self.pattern, pattern) => Mode::PatternGoesOn,
            (false, true) if many(self.subject, subject) => Mode::SubjectGoesOn,
            (true, false) | (false, true) => Mode::Usual,
            (false, false) => return None,
        };
        Some(At { pattern, subject, mode })
    }

    /// Whether both steps can take the same character
    fn meet(&self, p: &Step, s: &Step) -> Option<Sure> {
        // A stranger's name is nobody's who is named; only what a wildcard stands beside may be a part of it.
        let is_stranger = |steps: &Steps<'_>, step: &Step| spot(steps, step).is_some_and(Spot::is_stranger);
        let ordinary =
            |step: &Step| step.segment == Segment::Plain && !matches!(step.atom, Atom::One | Atom::Run);
        if (is_stranger(self.subject, s) && ordinary(p)) || (is_stranger(self.pattern, p) && ordinary(s)) {
            return None;
        }
        match (p.atom, s.atom) {
            (Atom::Enter, _) | (_, Atom::Enter) => None,
            (Atom::Char(a), Atom::Char(b)) => self.case.equal(a, b).then_some(Sure::Yes),
            (Atom::Part(set) | Atom::Rest(set), Atom::Char(c)) => {
                // A hole that brings wildcards may cross what a `*` may cross.
                let crosses = self.has_wildcards(p) && self.crossing != Crossing::Never;
                (set.has(c) || crosses).then_some(Sure::No)
            }
            (Atom::Char(c), Atom::Part(set) | Atom::Rest(set)) => set.has(c).then_some(Sure::No),
            // No two sets are without a common character.
            (Atom::Part(_) | Atom::Rest(_), Atom::Part(_) | Atom::Rest(_)) => Some(Sure::No),
            (Atom::One | Atom::Run, Atom::Rest(_)) => self.wildcard_meets(p, s.border).map(|_| Sure::No),
            (Atom::One | Atom::Run, Atom::Char(_) | Atom::Part(_) | Atom::One | Atom::Run) => {
                self.wildcard_meets(p, s.border)
            }
            (Atom::Char(_) | Atom::Part(_), Atom::One | Atom::Run) => Some(Sure::Yes),
            (Atom::Rest(_), Atom::One | Atom::Run) => Some(Sure::No),
        }
    }

    /// Whether a wildcard can take what may be a colon that separates ARN parts
    fn wildcard_meets(&self, wildcard: &Step, border: Border) -> Option<Sure> {
        let ends = if wildcard.atom == Atom::Run { wildcard.ends } else { Ends::No };
        match (border, self.crossing, ends) {
            (Border::No, _, _) | (_, Crossing::Free | Crossing::Anywhere, _) => Some(Sure::Yes),
            (_, Crossing::AtEnds, Ends::Yes) => Some(Sure::Yes),
            (_, Crossing::AtEnds, Ends::Perhaps) => Some(Sure::No),
            (Border::Perhaps, Crossing::AtEnds | Crossing::Never, _) => Some(Sure::No),
            (Border::Yes, Crossing::AtEnds | Crossing::Never, _) => None,
        }
    }

    /// Whether the step belongs to a hole of the pattern whose wildcards matter
    fn has_wildcards(&self, p: &Step) -> bool {
        let settled = p.spot.and_then(|n| self.settled.get(n)).copied().unwrap_or(true);
        !settled && spot(self.pattern, p).is_some_and(|spot| spot.reading == Reading::Glob)
    }

    /// Draws bounds from holes that stand on both sides
    ///
    /// Say the pattern is `P h A` and the subject `S h B`. The ordinary characters of a pattern meet ordinary
    /// characters of the subject, in order. If `h` in the pattern cannot begin before `h` in the subject, then its
    /// first ordinary character meets that of the subject's `h` or a later one, and so on to its last; so the first
    /// ordinary character of `A` meets one of `B`, whatever wildcards `h` brings.
    fn bound_from_the_start(&mut self, live: &Marks) {
        if !self.subject_is_plain() {
            return;
        }
        for spot in &self.pattern.spots {
            let Some(first) = live.row(spot.start).next() else { continue };
            let same = self.subject.spots.iter().filter(|other| other.hole == spot.hole);
            let Some(same) = same.filter(|other| other.start <= first).max_by_key(|other| other.start) else {
                continue;
            };
            let mut rest = self.pattern.steps.iter().skip(spot.end);
            let Some(ordinary) = rest.position(Step::is_ordinary) else { continue };
            for (from, _) in self.bounds.iter_mut().skip(spot.end + ordinary) {
                *from = same.end.max(*from);
            }
        }
    }

    /// The same from the end: what stands before `h` in the pattern meets what stands before `h` in the subject
    fn bound_from_the_end(&mut self, live: &Marks) {
        if !self.subject_is_plain() {
            return;
        }
        for spot in &self.pattern.spots {
            let Some(last) = live.row(spot.end).next_back() else { continue };
            let same = self.subject.spots.iter().filter(|other| other.hole == spot.hole);
            let Some(same) = same.filter(|other| other.end >= last).min_by_key(|other| other.end) else {
                continue;
            };
            let mut before = self.pattern.steps.iter().take(spot.start);
            let Some(ordinary) = before.rposition(Step::is_ordinary) else { continue };
            for (_, to) in self.bounds.iter_mut().take(ordinary + 2) {
                *to = same.start.min(*to);
            }
        }
    }

    /// Notes the pattern's holes that can only meet themselves; whether there are new ones
    fn settle(&mut self, live: &Marks) -> bool {
        let only = |row: usize, place: usize| live.row(row).eq([place]);
        let mut news = false;
        for (spot, settled) in self.pattern.spots.iter().zip(&mut self.settled).filter(|(_, done)| !**done) {
            let same = self.subject.spots.iter().filter(|other| other.hole == spot.hole);
            *settled =
                same.into_iter().any(|other| only(spot.start, other.start) && only(spot.end, other.end));
            news |= *settled;
        }
        news
    }

    /// Whether the subject is a text, not a pattern of its own
    fn subject_is_plain(&self) -> bool {
        let wild = |step: &Step| matches!(step.atom, Atom::One | Atom::Run);
        !self.subject.steps.iter().any(wild)
            && self.subject.spots.iter().all(|spot| spot.reading == Reading::Literal)
    }

    /// The holes of every move that is not sure, on any path from start to end
    fn doubts(&self, live: &Marks) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        for at in live.all() {
            let mut in_doubt = false;
            self.moves(at, |to, sure| in_doubt |= sure == Sure::No && live.has(to));
            if in_doubt {
                let p = self.pattern.steps.get(at.pattern).and_then(|step| spot(self.pattern, step));
                let s = self.subject.steps.get(at.subject).and_then(|step| spot(self.subject, step));
                doubts.extend([p, s].into_iter().flatten().map(|spot| Doubt::Hole(spot.hole.clone())));
            }
        }
        doubts
    }

    fn all_holes(&self) -> Vec<Doubt> {
        let spots = self.pattern.spots.iter().chain(&self.subject.spots);
        spots.map(|spot| Doubt::Hole(spot.hole.clone())).collect()
    }
}

fn spot<'g, 't>(steps: &'g Steps<'t>, step: &Step) -> Option<&'g Spot<'t>> {
    step.spot.and_then(|n| steps.spots.get(n))
}
