//! `apigw.read`: a route of an API hands out what a table, a bucket, a secret, ... holds, by the role of its integration.
//!
//! Which part of it a caller gets is a matter of the integration's templates, which are not modelled. Must not know: what
//! a route writes (`forward`).

use crate::cause::{Cause, CauseKind};
use crate::reach::edges::api_route;
use crate::reach::{Edge, EdgeKind, Evidence, Grade, Wiring};
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::view::View;
use crate::world::{EntityId, Wired};

/// The edge kind
#[derive(Debug)]
pub struct ApiRead;

/// The id of the edge
pub const ID: &str = "apigw.read";

impl EdgeKind for ApiRead {
    fn ids(&self) -> &'static [&'static str] {
        &[ID]
    }

    fn about(&self) -> &'static str {
        "a route of an API hands out what a resource holds"
    }

    fn edges(&self, view: &View<'_>, from: EntityId, out: &mut Vec<Edge>) {
        let kind = view.entity(from).kind;
        if kind == Kind::Anonymous {
            out.extend(view.world.wirings().filter_map(|wired| edge(view, from, wired)));
        } else if kind == Kind::Api {
            out.extend(view.world.wired_from(from).filter_map(|wired| edge(view, from, wired)));
        }
    }
}

fn edge(view: &View<'_>, from: EntityId, wired: &Wired) -> Option<Edge> {
    let source = view.entity(from);
    let (target, mut judged, action) = api_route::passed_on(view, wired, source.kind)?;
    if !data::reads(action) {
        return None;
    }
    let what = format!("what of {} the route hands out", view.entity(target).display);
    judged.doubt(&[Cause::at(CauseKind::NotModelled, what, wired.span)]);
    judged.doubt(&wired.doubts);
    judged.doubt(&source.doubts);
    judged.doubt(view.doubts(target));
    judged.evidence.push(Evidence::wiring(wired.span));
    judged.evidence.dedup();
    Some(Edge {
        actions: vec![action],
        wiring: Wiring::Wired,
        set_off_by: wired.occasion.filter(|_| source.kind == Kind::Api),
        ..judged.edge(ID, Grade::Read, from, target)
    })
}
