//! The policy language: a document as data, with the place of every part.
//!
//! Knows: elements and their forms \[reference_policies_grammar\]. Must not know: who carries a policy, or what it
//! decides. A negated element is a form of its own ([`Clause::Not`]), so that nobody can forget it. What was not
//! understood stays in the statement as [`Unread`]: evaluation then *depends* on it.

use crate::source::Span;
use crate::text::{Hole, Text};

pub mod grant;
pub mod operator;
pub mod parse;
pub mod print;
pub mod public;

/// A policy document
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Which version of the language
    pub version: Version,
    /// The `Id` element
    pub id: Option<Text>,
    /// The statements, in order
    pub statements: Vec<Statement>,
    /// Where the document stands
    pub span: Span,
}

/// The `Version` element: only `2012-10-17` has policy variables
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// `2012-10-17`
    V2012,
    /// `2008-10-17`, also when the element is absent: `${...}` is literal text
    V2008 {
        /// Whether the document writes the element
        written: bool,
    },
    /// Not known before deployment, or a value that AWS does not define: variables may be live or literal
    Unknown(Text),
}

/// One statement of a policy
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// 0-based place in the document
    pub index: usize,
    /// The `Sid` element
    pub sid: Option<Text>,
    /// The `Effect` element
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`
    pub principal: Clause<Principals>,
    /// `Action` or `NotAction`
    pub action: Clause<Vec<Entry>>,
    /// `Resource` or `NotResource`
    pub resource: Clause<Vec<Entry>>,
    /// The `Condition` element: all must hold
    pub condition: Vec<Condition>,
    /// What was not understood: whether the statement matches depends on it
    pub unread: Vec<Unread>,
    /// Where the statement stands
    pub span: Span,
}

/// The `Effect` element
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
    /// Not known: it may be either
    Unknown(Hole),
}

/// An element or its negated sister
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause<T> {
    /// `Action`, `Resource`, `Principal`
    Is(T),
    /// `NotAction`, `NotResource`, `NotPrincipal`
    Not(T),
    /// Neither is written
    Absent,
}

impl Clause<Vec<Entry>> {
    /// What is written, negated or not
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match self {
            Self::Is(entries) | Self::Not(entries) => entries,
            Self::Absent => &[],
        }
    }
}

/// One text of a list, with its place
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The text: a pattern, an ARN, a value
    pub text: Text,
    /// Where it stands
    pub span: Span,
}

/// The principals a statement names
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principals {
    /// `"*"`
    Everyone(Span),
    /// `{"AWS": [...], "Service": [...]}`
    Listed(Vec<Named>),
}

/// One principal that a statement names
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which list it stands in
    pub kind: PrincipalKind,
    /// The principal as written
    pub text: Text,
    /// Where it stands
    pub span: Span,
}

/// The lists of a `Principal` element
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// `AWS`: an account, a user, a role, a session, `*`
    Aws,
    /// `Service`: a service principal
    Service,
    /// `Federated`: a SAML or OIDC provider
    Federated,
    /// `CanonicalUser`: an S3 canonical user id
    CanonicalUser,
    /// A list of another name, or a name with a hole: it may be any of them
    Unknown(Text),
}

/// One key under one operator, with its values
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator, as far as it is understood
    pub operator: operator::Operator,
    /// The condition key as written (compared without regard to case)
    pub key: Text,
    /// The values: alternatives
    pub values: Vec<Entry>,
    /// Where key and values stand
    pub span: Span,
}

/// A part of a statement that was not understood
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What it is: ``element `Foo` ``, `Condition is not known before deployment`
    pub what: String,
    /// The hole that stands in its place, if it is one
    pub hole: Option<Hole>,
    /// Where it stands
    pub span: Span,
}

impl Policy {
    /// A document of which nothing is known: one statement that may allow or deny anything to anyone
    #[must_use]
    pub fn unknown(hole: &Hole, span: Span) -> Self {
        Self { version: Version::V2012, id: None, statements: vec![Statement::unknown(hole, 0, span)], span }
    }
}

impl Policy {
    /// Whether both say the same, wherever they stand
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.without_places() == other.without_places()
    }

    /// The same document with every place taken out of it
    #[must_use]
    pub fn without_places(&self) -> Self {
        let mut policy = self.clone();
        policy.span = Span::NOWHERE;
        policy.statements.iter_mut().for_each(Statement::forget_places);
        policy
    }

    /// Every text of its principals, actions, resources and conditions
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.statements.iter().flat_map(Statement::texts)
    }
}

impl Statement {
    /// Every text of its principals, actions, resources and conditions
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let principals = match &self.principal {
            Clause::Is(Principals::Listed(list)) | Clause::Not(Principals::Listed(list)) => list.as_slice(),
            Clause::Is(Principals::Everyone(_)) | Clause::Not(Principals::Everyone(_)) | Clause::Absent => {
                &[]
            }
        };
        let values = self.condition.iter().flat_map(|condition| &condition.values);
        let written = self.action.entries().iter().chain(self.resource.entries()).chain(values);
        written.map(|entry| &entry.text).chain(principals.iter().map(|named| &named.text))
    }

    fn forget_places(&mut self) {
        self.span = Span::NOWHERE;
        match &mut self.principal {
            Clause::Is(Principals::Everyone(span)) | Clause::Not(Principals::Everyone(span)) => {
                *span = Span::NOWHERE;
            }
            Clause::Is(Principals::Listed(named)) | Clause::Not(Principals::Listed(named)) => {
                named.iter_mut().for_each(|named| named.span = Span::NOWHERE);
            }
            Clause::Absent => {}
        }
        for clause in [&mut self.action, &mut self.resource] {
            match clause {
                Clause::Is(entries) | Clause::Not(entries) => {
                    entries.iter_mut().for_each(|entry| entry.span = Span::NOWHERE);
                }
                Clause::Absent => {}
            }
        }
        for condition in &mut self.condition {
            condition.span = Span::NOWHERE;
            condition.values.iter_mut().for_each(|entry| entry.span = Span::NOWHERE);
        }
        self.unread.iter_mut().for_each(|unread| unread.span = Span::NOWHERE);
    }
}

impl From<&Text> for PrincipalKind {
    fn from(name: &Text) -> Self {
        let known = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];
        known.into_iter().find(|kind| kind.name() == *name).unwrap_or_else(|| Self::Unknown(name.clone()))
    }
}

impl PrincipalKind {
    /// The name of the list
    #[must_use]
    pub fn name(&self) -> Text {
        match self {
            Self::Aws => "AWS".into(),
            Self::Service => "Service".into(),
            Self::Federated => "Federated".into(),
            Self::CanonicalUser => "CanonicalUser".into(),
            Self::Unknown(name) => name.clone(),
        }
    }
}

impl Statement {
    /// A statement of which nothing is known
    #[must_use]
    pub fn unknown(hole: &Hole, index: usize, span: Span) -> Self {
        let entry = || Entry { text: Text::from(hole.clone()), span };
        let named = Named {
            kind: PrincipalKind::Unknown(Text::from(hole.clone())),
            text: Text::from(hole.clone()),
            span,
        };
        Self {
            index,
            sid: None,
            effect: Effect::Unknown(hole.clone()),
            principal: Clause::Is(Principals::Listed(vec![named])),
            action: Clause::Is(vec![entry()]),
            resource: Clause::Is(vec![entry()]),
            condition: Vec::new(),
            unread: Vec::new(),
            span,
        }
    }
}
