//! One decision, step by step, with the source of each statement and the context that it was made in.
//!
//! Must not know: how anything is decided.

use crate::aws::action::Action;
use crate::eval::decide::{Decision, Outcome, Verdict};
use crate::reach::Edge;
use crate::reach::call::{self, Ends};
use crate::report::answer;
use crate::report::compose::{layer, verdict};
use crate::report::told::place as told_place;
use crate::report::words::because;
use crate::session::Session;
use crate::session::write::shown;
use crate::source::Span;
use crate::tui::pane::{Focus, Pane};
use crate::tui::screen::moved;
use crate::tui::theme::Role;
use crate::tui::told;
use crate::tui::words::Words;
use crate::world::EntityId;
use crate::world::view::{StatementPlace, caller};

/// What is asked
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who
    pub who: EntityId,
    /// The action
    pub action: String,
    /// What
    pub target: EntityId,
}

/// One line: what a layer says, or a statement of it
#[derive(Clone, Debug)]
struct Line {
    words: Words,
    place: Option<StatementPlace>,
    span: Option<Span>,
}

/// The screen
#[derive(Debug, Default)]
pub struct Explain {
    asked: Option<Asked>,
    /// An edge that is no call of one principal: its own evidence is shown
    edge: Option<Edge>,
    lines: Vec<Line>,
    answer: Option<answer::Explain>,
    /// The selected line; the first that a statement decides, where none was chosen
    at: Option<usize>,
    made_of: Option<(u64, u64)>,
}

impl Explain {
    /// Asks something else
    pub fn ask(&mut self, asked: Asked, edge: Option<Edge>) {
        (self.asked, self.edge) = (Some(asked), edge);
        self.at = None;
        self.made_of = None;
    }

    /// What is asked
    #[must_use]
    pub fn asked(&self) -> Option<&Asked> {
        self.asked.as_ref()
    }

    /// Decides again, unless nothing changed
    pub fn refresh(&mut self, session: &Session) {
        let stamp = (session.generation(), session.now().generation());
        if self.made_of == Some(stamp) {
            return;
        }
        self.made_of = Some(stamp);
        (self.lines, self.answer) = (Vec::new(), None);
        let Some(asked) = self.asked.clone() else { return };
        let view = session.now().view();
        let calls_as = caller(view.entity(asked.who));
        let action = Action::parse(&asked.action);
        let ends = Ends { who: asked.who, target: asked.target };
        let best = match (&calls_as, &action) {
            (Some(calls_as), Some(action)) => call::best(&view, ends, action, calls_as, None),
            (Some(_), None) | (None, _) => None,
        };
        if let (Some((resource, decision)), Some(calls_as), Some(action)) = (best, &calls_as, &action) {
            let question = call::question(&view, ends, action, calls_as, &resource);
            self.lines = lines(session, &decision);
            self.answer = Some(told::compose(session, &view).explain(asked.who, &question, &decision));
        } else {
            self.lines = self.of_edge(session);
        }
    }

    /// Of a wiring: the places that it rests on
    fn of_edge(&self, session: &Session) -> Vec<Line> {
        let Some(edge) = &self.edge else { return Vec::new() };
        let one = |evidence: &crate::reach::Evidence| {
            let mut words = Words::of(Role::Dim, &format!("  {:<14}", evidence.effect.unwrap_or("wiring")));
            words.push(Role::Plain, &evidence.policy.clone().unwrap_or_else(|| "configuration".to_owned()));
            words.push(Role::Plain, &evidence.sid.as_ref().map_or(String::new(), |sid| format!(" {sid}")));
            words.push(Role::Dim, &format!("  {}", told::at(session, evidence.span)));
            let place = evidence.index.map(|index| (evidence.span, index));
            Line { words, place, span: Some(evidence.span) }
        };
        edge.evidence.iter().map(one).collect()
    }

    fn number(&self) -> usize {
        let decides = || self.lines.iter().position(|line| line.span.is_some()).unwrap_or(0);
        self.at.unwrap_or_else(decides).min(self.lines.len().saturating_sub(1))
    }

    /// Moves the selection
    pub fn down(&mut self, by: isize) {
        self.at = Some(moved(self.number(), by, self.lines.len()));
    }

    /// The statement of the selected step
    #[must_use]
    pub fn place(&self) -> Option<StatementPlace> {
        self.lines.get(self.number())?.place
    }

    /// Where the selected step is written
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.lines.get(self.number())?.span
    }

    /// Whether the call is allowed, as a word of the report
    #[must_use]
    pub fn decision(&self) -> Option<&'static str> {
        self.answer.as_ref().map(|answer| answer.decision)
    }

    /// What is asked and what comes out
    #[must_use]
    pub fn request(&self, session: &Session) -> Pane {
        let title = Words::of(Role::Strong, "Request");
        let Some(asked) = &self.asked else {
            let how = "nothing is asked yet: e on a cell of 1 Invoke or on a hop of 2 Reach asks it";
            return Pane::new(title, vec![Words::of(Role::Dim, how)]);
        };
        let mut line = Words::new();
        let asks = Words::of(Role::Strong, told::name(session, asked.who));
        let asks =
            asks.with(Role::Plain, &format!("  {}  {}", asked.action, told::name(session, asked.target)));
        match &self.answer {
            Some(answer) => {
                let role = match answer.decision {
                    "allowed" => Role::Allow,
                    "conditional" => Role::Maybe,
                    _ => Role::Deny,
                };
                line.push(role, &answer.decision.replace('_', " ").to_uppercase());
                line.push(Role::Dim, &answer.layer.map_or(String::new(), |layer| format!(" by {layer}")));
            }
            None if self.edge.is_some() => {
                line.push(Role::Dim, "the service's own request, decided where it is wired");
            }
            None => line.push(Role::Maybe, "no call of one principal: nothing to decide"),
        }
        Pane::new(title, vec![line.with(Role::Plain, "  ").joined(&asks)])
    }

    /// The steps
    #[must_use]
    pub fn steps(&self, focus: Focus) -> Pane {
        let lines = self.lines.iter().map(|line| line.words.clone()).collect();
        let at = (!self.lines.is_empty()).then(|| self.number());
        Pane::new(Words::of(Role::Strong, "Decision steps"), lines).select(at, focus)
    }

    /// Why it is conditional, and the context
    #[must_use]
    pub fn context(&self, session: &Session) -> Pane {
        let mut lines = Vec::new();
        for (key, value) in &session.draft().given {
            lines.push(
                Words::of(Role::Maybe, &format!("{key} {}", shown(value)))
                    .with(Role::Dim, "  given in this draft"),
            );
        }
        if let Some(answer) = &self.answer {
            lines.extend(answer.causes.iter().map(|cause| Words::of(Role::Maybe, &because(cause))));
            if let Some(nearest) = &answer.nearest {
                let at = told_place(&nearest.statement).unwrap_or_default();
                lines.push(Words::plain(&format!("nearest allow: {at}")));
                let miss =
                    |miss: &answer::Miss| Words::of(Role::Dim, &format!("  {} {}", miss.part, miss.written));
                lines.extend(nearest.misses.iter().map(miss));
            }
            for (key, value) in &answer.request.context {
                if session.draft().given.iter().any(|(given, _)| given.eq_ignore_ascii_case(key)) {
                    continue;
                }
                let value = match value.as_object() {
                    Some(object) if object.contains_key("unknown") => "not known".to_owned(),
                    Some(object) if object.contains_key("absent") => "absent".to_owned(),
                    Some(_) | None => format!("= {value}"),
                };
                lines.push(Words::plain(&format!("{key} {value}")));
            }
        }
        if lines.is_empty() {
            lines.push(Words::of(Role::Dim, "no condition takes part"));
        }
        Pane::new(Words::of(Role::Strong, "Context").with(Role::Dim, "  (c sets a key)"), lines)
    }
}

/// The decision's layers, and below each its statements
fn lines(session: &Session, decision: &Decision) -> Vec<Line> {
    let mut out = Vec::new();
    for (number, step) in decision.steps.iter().enumerate() {
        let (role, says) = match step.outcome {
            Outcome::Allowed => (Role::Allow, "allow"),
            Outcome::Denied => (Role::Deny, "DENY"),
            Outcome::NoMatch => (Role::Dim, "no match"),
            Outcome::Conditional => (Role::Maybe, "if…"),
            Outcome::NotReached => (Role::Dim, "·"),
        };
        let head = |number: Option<usize>| {
            let number = number.map_or_else(|| "   ".to_owned(), |n| format!("{:2} ", n + 1));
            let words =
                Words::of(Role::Dim, &number).with(Role::Plain, &format!("{:<10}", layer(step.layer)));
            words.with(role, &format!("{says:<9}"))
        };
        if step.evidence.is_empty() {
            out.push(Line { words: head(Some(number)), place: None, span: None });
        }
        for (at, evidence) in step.evidence.iter().enumerate() {
            let mut words = head((at == 0).then_some(number));
            let sid = evidence.sid.as_ref().map_or_else(String::new, |sid| format!(" {sid}"));
            words.push(Role::Plain, &format!("{}#{}{sid}", evidence.policy, evidence.index));
            words.push(Role::Dim, &format!("  {}", told::at(session, evidence.span)));
            let place = Some((evidence.span, evidence.index));
            out.push(Line { words, place, span: Some(evidence.span) });
        }
    }
    let role = match decision.verdict {
        Verdict::Allowed => Role::Allow,
        Verdict::Conditional => Role::Maybe,
        Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => Role::Deny,
    };
    let verdict = verdict(decision.verdict).replace('_', " ");
    out.push(Line { words: Words::of(role, &format!("   verdict   {verdict}")), place: None, span: None });
    out
}
