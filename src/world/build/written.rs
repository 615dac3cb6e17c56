//! Entities by how their names and ARNs are written, and what a text was found to mean among them.
//!
//! Only what is written alike is surely equal, so most references are answered by one look. What a text with holes may
//! mean besides is weighed once against each entity, however many references are written like it. Must not know: what
//! a reference is for.

use std::collections::BTreeMap;

use crate::aws::pattern::{Doubt, Fit, Way, fit};
use crate::text::{Hole, Text};
use crate::world::EntityId;
use crate::world::kind::Kind;

/// What a text may mean: an entity, and the holes that it depends on
type Weighed = Vec<(EntityId, Vec<Hole>)>;

/// The names and ARNs of one kind
#[derive(Default)]
struct OfKind {
    all: Vec<EntityId>,
    names: BTreeMap<Text, Vec<EntityId>>,
    arns: BTreeMap<Text, Vec<EntityId>>,
    /// Of each text: against how many entities it was weighed, and what it may mean of those
    weighed: BTreeMap<Text, (usize, Weighed)>,
}

/// All entities by kind, name and ARN
#[derive(Default)]
pub(super) struct Written(BTreeMap<Kind, OfKind>);

impl Written {
    /// Takes note of a new entity; names and ARNs never change after
    pub(super) fn add(&mut self, id: EntityId, kind: Kind, name: &Text, arn: Option<&Text>) {
        let of_kind = self.0.entry(kind).or_default();
        of_kind.all.push(id);
        of_kind.names.entry(name.clone()).or_default().push(id);
        if let Some(arn) = arn {
            of_kind.arns.entry(arn.clone()).or_default().push(id);
        }
    }

    /// Every entity of a kind, in order
    pub(super) fn of_kind(&self, kind: Kind) -> &[EntityId] {
        self.0.get(&kind).map_or(&[], |of_kind| &of_kind.all)
    }

    /// Entities of this name, in order
    pub(super) fn named(&self, kind: Kind, name: &Text) -> &[EntityId] {
        self.0.get(&kind).and_then(|of_kind| of_kind.names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Entities of this ARN, in order
    pub(super) fn with_arn(&self, kind: Kind, arn: &Text) -> &[EntityId] {
        self.0.get(&kind).and_then(|of_kind| of_kind.arns.get(arn)).map_or(&[], Vec::as_slice)
    }

    /// Entities whose name or ARN is this text, in order
    pub(super) fn alike(&self, kind: Kind, text: &Text) -> Vec<EntityId> {
        let mut alike = [self.named(kind, text), self.with_arn(kind, text)].concat();
        alike.sort_unstable();
        alike.dedup();
        alike
    }

    /// Entities whose name or ARN may be this text, in order; without holes where it surely is
    pub(super) fn weigh<'a>(
        &mut self,
        kind: Kind,
        text: &Text,
        of: impl Fn(EntityId) -> (&'a Text, Option<&'a Text>),
    ) -> &[(EntityId, Vec<Hole>)] {
        let of_kind = self.0.entry(kind).or_default();
        let (seen, weighed) = of_kind.weighed.entry(text.clone()).or_default();
        for id in of_kind.all.iter().skip(*seen) {
            let (name, arn) = of(*id);
            let fits: Vec<Vec<Hole>> =
                [Some(name), arn].into_iter().flatten().filter_map(|one| equal(one, text)).collect();
            if fits.iter().any(Vec::is_empty) {
                weighed.push((*id, Vec::new()));
            } else if let Some(holes) = fits.into_iter().next() {
                weighed.push((*id, holes));
            }
        }
        *seen = of_kind.all.len();
        weighed
    }
}

/// Whether two texts are equal: surely (no holes), perhaps (what it depends on), or not (`None`)
pub(super) fn equal(a: &Text, b: &Text) -> Option<Vec<Hole>> {
    match fit(a, b, Way::Exact) {
        Fit::Yes => Some(Vec::new()),
        Fit::No => None,
        Fit::Depends(doubts) => {
            let hole = |doubt: Doubt| match doubt {
                Doubt::Hole(hole) => Some(hole),
                Doubt::CrossesColon | Doubt::ShortArn => None,
            };
            Some(doubts.into_iter().filter_map(hole).collect())
        }
    }
}
