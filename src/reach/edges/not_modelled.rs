//! Triggers that are seen but not modelled yet: conditional edges that say so.
//!
//! Nothing unknown is reported as safe: the source may make the function run, and what decides it is not evaluated.

use crate::cause::{Cause, CauseKind};
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Standing, State, Wiring};
use crate::world::view::View;
use crate::world::{EntityId, Link};

/// The edge kind
#[derive(Debug)]
pub struct NotModelled;

impl EdgeKind for NotModelled {
    fn ids(&self) -> &'static [&'static str] {
        &["events.rule", "events.schedule", "sqs.esm", "kinesis.esm", "ddb.esm", "sns", "trigger"]
    }

    fn about(&self) -> &'static str {
        "a configured trigger whose decision is not modelled yet: always conditional"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        for wired in &view.world.wired {
            let Link::NotModelled { edge, source, function } = wired.link else { continue };
            if source != from {
                continue;
            }
            let mut causes =
                vec![Cause::at(CauseKind::NotModelled, format!("{edge} is not modelled yet"), wired.span)];
            causes.extend(wired.doubts.iter().cloned());
            out.push(Edge {
                from,
                to: function,
                kind: edge,
                grade: Grade::Influence,
                state: State::Conditional,
                causes,
                actions: Vec::new(),
                choices: Vec::new(),
                residual: None,
                wiring: Wiring::Wired,
                level: None,
                leaves_open: Vec::new(),
                standing: Standing::Invoker,
                evidence: vec![Evidence::wiring(wired.span)],
            });
        }
    }
}
