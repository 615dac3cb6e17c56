//! From decisions to what an edge or a row says: state, causes, evidence.

use crate::cause::{Cause, CauseKind};
use crate::eval::decide::{Decision, Layer, Match, Says, Verdict};
use crate::eval::truth::{Atom, Residual};
use crate::reach::{Edge, Evidence, EvidenceRole, Grade, Standing, State, Wiring};
use crate::source::Span;
use crate::world::EntityId;
use crate::world::pieces::Provenance;
use crate::world::view::{Question, View};

/// What one or more decisions come to
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Why it is conditional; empty = it is not
    pub causes: Vec<Cause>,
    /// What is left to know
    pub residual: Option<Residual>,
    /// What the caller picks with the call
    pub choices: Vec<Atom>,
    /// The places that decided
    pub evidence: Vec<Evidence>,
    /// How the resource policy names the caller
    pub level: Option<Match>,
}

impl Judgement {
    /// Whether it is conditional
    #[must_use]
    pub fn state(&self) -> State {
        if self.causes.is_empty() { State::Yes } else { State::Conditional }
    }

    /// The edge that it makes, of a caller itself and with nothing to wire; what is else about it is said over it
    #[must_use]
    pub fn edge(self, kind: &'static str, grade: Grade, from: EntityId, to: EntityId) -> Edge {
        let evidence = self.places();
        Edge {
            from,
            to,
            kind,
            grade,
            state: self.state(),
            causes: self.causes,
            actions: Vec::new(),
            choices: self.choices,
            residual: self.residual,
            wiring: Wiring::NotNeeded,
            level: self.level,
            leaves_open: Vec::new(),
            standing: Standing::Invoker,
            set_off_by: None,
            sets_off: None,
            evidence,
        }
    }

    /// The places that decided; where only a document that is missing may speak for it, the one that names the document
    #[must_use]
    pub fn places(&self) -> Vec<Evidence> {
        if !self.evidence.is_empty() {
            return self.evidence.clone();
        }
        let is_somewhere = |span: &Span| *span != Span::NOWHERE;
        let span = self.causes.iter().find_map(|cause| cause.span.filter(is_somewhere));
        let of = |span| Evidence { role: EvidenceRole::Configuration, ..Evidence::wiring(span) };
        span.map(of).into_iter().collect()
    }

    /// Both must hold
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.doubt(&other.causes);
        self.residual = match (self.residual, other.residual) {
            (Some(a), Some(b)) if a != b => Some(Residual::All(vec![a, b])),
            (a, b) => a.or(b),
        };
        for choice in other.choices {
            if !self.choices.contains(&choice) {
                self.choices.push(choice);
            }
        }
        for evidence in other.evidence {
            if !self.evidence.contains(&evidence) {
                self.evidence.push(evidence);
            }
        }
        self.level = self.level.min(other.level).or(self.level);
        self
    }

    /// It holds only if these do not stand against it
    pub fn doubt(&mut self, causes: &[Cause]) {
        for cause in causes {
            if !self.causes.contains(cause) {
                self.causes.push(cause.clone());
            }
        }
    }
}

/// Asks, and judges the answer: `None` where it is surely no
#[must_use]
pub fn ask(view: &View<'_>, question: &Question<'_>) -> Option<Judgement> {
    judge(view, &view.ask(question))
}

/// What a decision comes to: `None` where it is surely no
#[must_use]
pub fn judge(view: &View<'_>, decision: &Decision) -> Option<Judgement> {
    let conditional = match decision.verdict {
        Verdict::Allowed => false,
        Verdict::Conditional => true,
        Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => return None,
    };
    let mut causes = Vec::new();
    if conditional {
        if let Some(residual) = &decision.residual {
            collect_causes(residual, &mut causes);
        }
        if causes.is_empty() {
            causes.push(Cause::new(
                CauseKind::NotConfirmed,
                "the decision depends on something without a name",
            ));
        }
    }
    let residual = decision.residual.clone().filter(|_| conditional);
    Some(Judgement {
        causes,
        residual,
        choices: decision.choices.clone(),
        evidence: evidence(view, decision),
        level: decision.level,
    })
}

/// The causes in a residual, each once, in the order of the tree
pub fn collect_causes(residual: &Residual, out: &mut Vec<Cause>) {
    let mut push = |cause: Cause| {
        if !out.iter().any(|known: &Cause| known.kind == cause.kind && known.what == cause.what) {
            out.push(cause);
        }
    };
    match residual {
        Residual::All(parts) | Residual::Any(parts) => {
            parts.iter().for_each(|part| collect_causes(part, out))
        }
        Residual::Not(part) => collect_causes(part, out),
        Residual::Atom(atom) => push(Cause::at(CauseKind::ContextKey, atom.key.as_str(), atom.span)),
        Residual::Hole { hole, span, .. } => push(Cause::at(CauseKind::Hole, hole.name(), *span)),
        Residual::Cause(cause) => push(cause.clone()),
    }
}

/// The statements of a decision that speak for it, and those that may speak against it
#[must_use]
pub fn evidence(view: &View<'_>, decision: &Decision) -> Vec<Evidence> {
    let mut sure = Vec::new();
    let mut unsure = Vec::new();
    for step in &decision.steps {
        if matches!(step.layer, Layer::Scp | Layer::Rcp | Layer::Endpoint | Layer::Boundary | Layer::Session)
            && decision.verdict == Verdict::Allowed
        {
            continue;
        }
        for one in &step.evidence {
            let place = (one.span, one.index);
            let role = match view.world.provenance(place) {
                Provenance::Assumed => continue,
                Provenance::Written => EvidenceRole::Statement,
                Provenance::Synthesised => EvidenceRole::Synthesised,
                Provenance::AwsManaged => EvidenceRole::ManagedPolicy,
            };
            let effect = match one.effect {
                Says::Allow => "allow",
                Says::Deny => "deny",
                Says::Either => "either",
            };
            let shown = Evidence {
                role,
                span: one.span,
                policy: Some(one.policy.clone()),
                sid: one.sid.as_ref().map(ToString::to_string),
                index: Some(one.index),
                effect: Some(effect),
            };
            if one.residual.is_none() && one.effect == Says::Allow {
                sure.push(shown)
            } else {
                unsure.push(shown)
            }
        }
    }
    if decision.verdict != Verdict::Allowed || sure.is_empty() {
        sure.append(&mut unsure);
    }
    sure.dedup();
    sure
}
