//! Assertions: what people claim of who can do what, checked against a world.
//!
//! A claim is about *can* (a call, directly) or *reach* (what follows along edges). Safety claims (`only`, `never`) count
//! what is conditional as possible, liveness claims (`always`) count it as not given. Knows: the assertion file, what a
//! claim means, waivers. Must not know: how anything is printed, the clock, or where the file lies.

use std::fmt;

use jiff::civil::Date;

use crate::aws::action::Action;
use crate::eval::context::KeyValue;
use crate::reach::Grade;
use crate::reach::search::Tiers;
use crate::source::{FileId, Span};
use crate::world::select::{Ours, Selector};

pub mod check;
pub mod claim;
pub mod draft;
pub mod file;
pub mod mark;
pub mod mend;
pub mod selection;
pub mod waiver;

/// What an assertion file says
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// What to read
    pub inputs: Inputs,
    /// Whose accounts are ours, and named sets
    pub ours: Ours,
    /// Classes of things that the input must show completely, or no claim holds
    pub require_closed: Vec<String>,
    /// The claims, in the order of the file
    pub assertions: Vec<Assertion>,
    /// Known holes
    pub waivers: Vec<Waiver>,
}

impl Config {
    /// With its places in this file
    #[must_use]
    pub fn in_file(mut self, file: FileId) -> Self {
        let assertions = self.assertions.iter_mut().map(|assertion| &mut assertion.span);
        let waivers = self.waivers.iter_mut().map(|waiver| &mut waiver.span);
        assertions.chain(waivers).for_each(|span| span.file = file);
        self
    }

    /// Every selector of the file
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        let claims = self.assertions.iter().flat_map(|assertion| {
            let about = match &assertion.claim {
                Claim::Can { on, .. } => on,
                Claim::Reach { targets, .. } => targets,
            };
            assertion.who.iter().chain(about).chain(&assertion.except)
        });
        let waivers = self.waivers.iter().flat_map(|waiver| waiver.from.iter().chain(&waiver.to));
        claims.chain(waivers).chain(self.ours.sets.values().flatten())
    }
}

/// What to read, and as what
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Files, folders and globs, relative to the folder of the assertion file
    pub paths: Vec<String>,
    /// The day that waivers are held against; `None` is the clock's
    pub today: Option<Date>,
    /// The account of the input, where it does not say
    pub account: Option<String>,
    /// The region of the input, where it does not say
    pub region: Option<String>,
    /// The partition of the input, where it is not `aws`
    pub partition: Option<String>,
    /// Accounts by the name of a Terraform provider: `aws.partner`
    pub provider_accounts: Vec<(String, String)>,
    /// Values of Terraform variables
    pub vars: Vec<(String, String)>,
    /// Files of values of Terraform variables, relative to the folder of the assertion file
    pub var_files: Vec<String>,
}

/// One claim
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// Its name in reports
    pub id: String,
    /// How it quantifies
    pub verb: Verb,
    /// Whom it is about
    pub who: Vec<Selector>,
    /// What they can or reach
    pub claim: Claim,
    /// What it is not about: taken out of `who` and of the targets
    pub except: Vec<Selector>,
    /// Context keys that the claim fixes
    pub given: Vec<(String, KeyValue)>,
    /// How much a violation matters
    pub severity: Severity,
    /// The known counterexamples, of a claim that is not meant to hold yet
    pub expect: Option<Expected>,
    /// Why it is claimed
    pub reason: Option<String>,
    /// Whether a selector may match nothing
    pub empty: Empty,
    /// Where it stands
    pub span: Span,
}

/// How a claim quantifies
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Everyone who can is among them
    Only,
    /// None of them can
    Never,
    /// `Only` and `Always` at once
    Exactly,
    /// Each of them can
    Always,
}

impl Verb {
    /// As the file spells it
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::Never => "never",
            Self::Exactly => "exactly",
            Self::Always => "always",
        }
    }
}

/// What a claim is about
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Calls
    Can {
        /// The calls; one is enough to break `never`, all are needed for `always`
        calls: Vec<Call>,
        /// What is called
        on: Vec<Selector>,
        /// Whether somebody who comes by way of something else counts
        steps: Steps,
        /// Whether ways through other functions' code count, where steps do
        tiers: Tiers,
    },
    /// What follows along edges, however far
    Reach {
        /// What is reached
        targets: Vec<Selector>,
        /// Whether input to code that can counts
        tiers: Tiers,
        /// Only by these grades; all where none is named
        grades: Vec<Grade>,
        /// Only by a last edge of these kinds, with `*`; all where none is named
        edges: Vec<String>,
    },
}

/// A call that a claim names
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Every way into a function
    Invoke,
    /// One action
    Action(Action),
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invoke => f.write_str("invoke"),
            Self::Action(action) => write!(f, "{action}"),
        }
    }
}

/// How many steps a claim about calls looks at
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// The call itself
    Direct,
    /// Also who becomes somebody that can, or sets off something that does
    Any,
}

/// How much a violation matters
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The check fails
    Error,
    /// It is reported; the check fails only if asked to be strict
    Warning,
}

/// Whether a selector that matches nothing is fine
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// It makes the claim vacuous: a renamed function must not turn a claim green
    Vacuous,
    /// It is fine
    Fine,
}

/// The counterexamples that a claim is known to have
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// From these; from anywhere where none is named
    pub from: Vec<Selector>,
    /// To these; to anything where none is named
    pub to: Vec<Selector>,
}

/// A known hole, with a reason and an end
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// The claim that it is about
    pub assertion: String,
    /// The counterexamples that start here
    pub from: Vec<Selector>,
    /// And end here
    pub to: Vec<Selector>,
    /// Why
    pub reason: String,
    /// The last day on which it counts
    pub expires: Date,
    /// The kinds of edge that are excused; any where none is recorded
    pub edges: Vec<String>,
    /// The marks of the statements that are excused; any where none is recorded
    pub marks: Vec<String>,
    /// Where it stands
    pub span: Span,
}
