//! Wirings by where they start: which leave a source, what sets each off, and which role a function runs as.
//!
//! Filled once, when a world is built, so that no question walks all wirings. Must not know: who may set a source
//! off, or whether a wiring acts.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::pieces::Need;
use crate::world::{EntityId, Link, Wired, World};

/// Something that may happen to one source, and sets off some of the wirings that leave it
///
/// Two wirings of a source with the same need have the same occasion; two sources never have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occasion(usize);

/// The index; INVARIANT: the numbers are places in the wirings of the same world
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    from: BTreeMap<EntityId, Vec<usize>>,
    roles: BTreeMap<EntityId, Vec<usize>>,
}

impl Link {
    /// Where the wiring starts, where something must happen to it before the wiring acts
    #[must_use]
    pub fn source(&self) -> Option<EntityId> {
        match self {
            Self::Route { api: source, .. }
            | Self::Notification { bucket: source, .. }
            | Self::Trigger { source, .. }
            | Self::CallsAs { source, .. }
            | Self::Forward { source, .. } => Some(*source),
            Self::Credential { .. } | Self::RunsAs { .. } | Self::Url { .. } | Self::WebEndpoint { .. } => {
                None
            }
        }
    }

    /// What must happen to its source
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        match self {
            Self::Route { key, authorization, .. } => {
                Some(Need::Route { key: key.clone(), authorization: authorization.clone() })
            }
            Self::Notification { events, prefix, suffix, .. } => Some(Need::Object {
                events: events.clone(),
                prefix: prefix.clone().unwrap_or_default(),
                suffix: suffix.clone().unwrap_or_default(),
            }),
            Self::Trigger { part, .. } if !part.is_empty() => Some(Need::Part(part.clone())),
            Self::Trigger { .. } | Self::CallsAs { .. } => Some(Need::Anything),
            Self::Forward { need, .. } => Some(need.clone()),
            Self::Credential { .. } | Self::RunsAs { .. } | Self::Url { .. } | Self::WebEndpoint { .. } => {
                None
            }
        }
    }
}

impl World {
    /// Fills the index
    pub(super) fn index_wirings(&mut self) {
        let mut first: BTreeMap<(EntityId, Need), usize> = BTreeMap::new();
        let mut sources = Sources::default();
        for (at, wired) in self.wired.iter_mut().enumerate() {
            if let Link::RunsAs { function, .. } = wired.link {
                sources.roles.entry(function).or_default().push(at);
            }
            let (Some(source), Some(need)) = (wired.link.source(), wired.link.need()) else { continue };
            sources.from.entry(source).or_default().push(at);
            wired.occasion = Some(Occasion(*first.entry((source, need)).or_insert(at)));
        }
        self.sources = sources;
    }

    /// The wirings that start from a source
    pub fn wired_from(&self, source: EntityId) -> impl Iterator<Item = &Wired> {
        let places = self.sources.from.get(&source).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|at| self.at(*at))
    }

    /// A wiring, unless it was taken out
    fn at(&self, at: usize) -> Option<&Wired> {
        self.wired.get(at).filter(|_| !self.unwired.contains(&at))
    }

    /// Everything that a wiring starts from
    pub fn sources(&self) -> impl Iterator<Item = EntityId> {
        let acts = |places: &Vec<usize>| places.iter().any(|at| !self.unwired.contains(at));
        self.sources.from.iter().filter(move |(_, places)| acts(places)).map(|(source, _)| *source)
    }

    /// What may happen to a source, each with the first wiring that it sets off
    pub fn occasions(&self, source: EntityId) -> impl Iterator<Item = (Occasion, &Wired)> {
        let places = self.sources.from.get(&source).map(Vec::as_slice).unwrap_or_default();
        let mut told = BTreeSet::new();
        places.iter().filter_map(move |at| {
            let wired = self.at(*at)?;
            let occasion = wired.occasion.filter(|occasion| told.insert(*occasion))?;
            Some((occasion, wired))
        })
    }

    /// The occasion of a source at which anything comes in, where a wiring waits for that
    #[must_use]
    pub fn anything(&self, source: EntityId) -> Option<Occasion> {
        self.occasions(source)
            .find(|(_, wired)| wired.link.need() == Some(Need::Anything))
            .map(|(occasion, _)| occasion)
    }

    /// The wirings of a function with the roles that its code runs as
    pub fn roles_of(&self, function: EntityId) -> impl Iterator<Item = &Wired> {
        let places = self.sources.roles.get(&function).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|at| self.at(*at))
    }
}
