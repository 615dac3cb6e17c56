//! Edits: what can be changed of a world without touching a file.
//!
//! Must not know: what follows from an edit, or how one is chosen.

use std::sync::Arc;

use crate::eval::context::KeyValue;
use crate::load::json;
use crate::node::{Key, Node, Value};
use crate::policy::{self, Policy, Statement};
use crate::problem::Problem;
use crate::session::Session;
use crate::source::Sources;
use crate::text::Text;
use crate::world::edit::{Slot, WiringId};
use crate::world::view::StatementPlace;
use crate::world::{EntityId, PolicyId};

/// One edit
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// The statement of this place says nothing, in every document that has it
    Off(StatementPlace),
    /// It says something again
    On(StatementPlace),
    /// Another statement in the place of one of a document
    Replace {
        /// The document
        policy: PolicyId,
        /// The statement that goes
        at: StatementPlace,
        /// What comes
        by: Written,
    },
    /// One statement more in a document
    Add {
        /// The document
        policy: PolicyId,
        /// The statement
        statement: Written,
    },
    /// An entity does not carry a document any more
    Detach {
        /// Who
        entity: EntityId,
        /// As what
        slot: Slot,
        /// Which
        policy: PolicyId,
    },
    /// An entity carries a document that is somewhere in the world
    Attach {
        /// Who
        entity: EntityId,
        /// As what
        slot: Slot,
        /// Which
        policy: PolicyId,
    },
    /// A wiring is taken out
    Unwire(WiringId),
    /// It is there again
    Wire(WiringId),
    /// Every request has a context key with this value
    Give(String, KeyValue),
    /// Nothing is known of the key again
    Ungive(String),
}

impl Edit {
    /// The statement that it brings, where it brings one
    #[must_use]
    pub fn written(&self) -> Option<&Written> {
        match self {
            Self::Replace { by: written, .. } | Self::Add { statement: written, .. } => Some(written),
            Self::Off(_)
            | Self::On(_)
            | Self::Detach { .. }
            | Self::Attach { .. }
            | Self::Unwire(_)
            | Self::Wire(_)
            | Self::Give(..)
            | Self::Ungive(_) => None,
        }
    }
}

/// A statement that a person wrote
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// As it was written: JSON
    pub text: Arc<str>,
    /// What it says; its places are in the text
    pub statement: Statement,
}

impl Session {
    /// Reads a statement that a person wrote for a document: JSON, as it stands in a list of statements
    ///
    /// # Errors
    /// Where it is no statement, or something in it was not understood: what, with line and column in the text.
    pub fn statement(&mut self, text: &str, of: PolicyId) -> Result<Written, Refused> {
        let number = self.sources.files().count() - self.loaded.sources.files().count() + 1;
        let mut sources = Sources::clone(&self.sources);
        let file = sources.add(format!("draft {number}"), text);
        let refused = |problem: &Problem| {
            let place = problem.span.map(|span| sources.place(span));
            Refused { message: problem.message.clone(), at: place.map(|place| (place.line, place.column)) }
        };
        let (node, problems) = json::file(text, file);
        if let Some(problem) = problems.iter().next() {
            return Err(refused(problem));
        }
        let Some(node) = node.filter(|node| matches!(node.value, Value::Map(_))) else {
            return Err(Refused { message: "expected one statement, as a JSON object".to_owned(), at: None });
        };
        let (policy, problems) = policy::parse::policy(&document(node, &self.loaded.world.stored(of).policy));
        if let Some(problem) = problems.iter().next() {
            return Err(refused(problem));
        }
        let Some(statement) = policy.statements.into_iter().next() else {
            return Err(Refused { message: "expected one statement".to_owned(), at: None });
        };
        if let Some(unread) = statement.unread.first() {
            let place = sources.place(unread.span);
            return Err(Refused { message: unread.what.clone(), at: Some((place.line, place.column)) });
        }
        self.sources = Arc::new(sources);
        Ok(Written { text: text.into(), statement })
    }
}

/// A document of one statement, in the language of another
fn document(statement: Node, like: &Policy) -> Node {
    let span = statement.span;
    let entry = |key: &str, value: Value| (Key { text: Text::from(key), span }, Node::new(value, span));
    let mut entries = vec![entry("Statement", Value::List(vec![statement]))];
    match &like.version {
        policy::Version::V2012 => entries.push(entry("Version", Value::Text(Text::from("2012-10-17")))),
        policy::Version::V2008 { .. } => {
            entries.push(entry("Version", Value::Text(Text::from("2008-10-17"))))
        }
        policy::Version::Unknown(text) => entries.push(entry("Version", Value::Text(text.clone()))),
    }
    Node::new(Value::Map(entries), span)
}

/// Why what was written is no statement
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong
    pub message: String,
    /// 1-based line and column in the text
    pub at: Option<(usize, usize)>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The place of a statement
#[must_use]
pub fn place_of(statement: &Statement) -> StatementPlace {
    (statement.span, statement.index)
}
