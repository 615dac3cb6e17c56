//! Marks: fingerprints of statements and of ways, which stay when lines move.
//!
//! A waiver records the marks of the statements that it excuses, so that a new statement between the same ends is not
//! excused with them. Eight hexadecimal digits of a SHA-256 over what is said, never where.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::policy::{Statement, print};
use crate::reach::{Edge, Evidence};
use crate::world::World;
use crate::world::view::StatementPlace;

/// The marks of a world's statements
#[derive(Clone, Debug, Default)]
pub struct Marks(BTreeMap<StatementPlace, String>);

impl Marks {
    /// The mark of every statement
    #[must_use]
    pub fn of(world: &World) -> Self {
        let statements = world.policies().flat_map(|(_, stored)| &stored.policy.statements);
        Self(statements.map(|statement| ((statement.span, statement.index), mark(statement))).collect())
    }

    /// The marks of the statements that an edge rests on, each once
    #[must_use]
    pub fn of_edge(&self, edge: &Edge) -> Vec<&str> {
        let place = |evidence: &Evidence| Some((evidence.span, evidence.index?));
        let mut marks: Vec<&str> = edge
            .evidence
            .iter()
            .filter_map(place)
            .filter_map(|place| self.0.get(&place))
            .map(String::as_str)
            .collect();
        marks.sort_unstable();
        marks.dedup();
        marks
    }
}

fn mark(statement: &Statement) -> String {
    digest(&[&print::statement(statement).shown().to_string()])
}

/// Eight hexadecimal digits that stand for these texts in this order
#[must_use]
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
