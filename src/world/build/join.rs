//! References to entities, in three values.
//!
//! An input names a role by name, id or ARN, a function also by an invocation ARN or with a qualifier. A reference
//! that surely means some entity means only that; one with a hole may mean each that it can equal, in doubt.

use super::{Build, Found, New, written};
use crate::aws::arn::Arn;
use crate::cause::{Cause, CauseKind};
use crate::source::Span;
use crate::text::{Hole, Piece, Text};
use crate::world::kind::Kind;
use crate::world::pieces::{Provenance, Reference};
use crate::world::{Applied, EntityId, Standing};

/// Indices of the candidates (name, ARN) that a reference means or may mean, with the doubts
pub(super) fn by_name_or_arn<'a>(
    candidates: impl Iterator<Item = (Option<&'a Text>, Option<&'a Text>)>,
    reference: &Text,
    span: Span,
) -> Vec<(usize, Vec<Cause>)> {
    let mut found = Vec::new();
    for (at, (name, arn)) in candidates.enumerate() {
        let fits: Vec<_> =
            [name, arn].into_iter().flatten().filter_map(|text| same(text, reference, span)).collect();
        if fits.iter().any(Vec::is_empty) {
            found.push((at, Vec::new()));
        } else if let Some(doubts) = fits.into_iter().next() {
            found.push((at, doubts));
        }
    }
    found
}

/// Only what is surely meant, where something is; `counts` says which of the sure ones settle it
pub(super) fn settle<T>(found: Vec<(T, Vec<Cause>)>, counts: impl Fn(&T) -> bool) -> Vec<(T, Vec<Cause>)> {
    if found.iter().any(|(one, doubts)| doubts.is_empty() && counts(one)) {
        found.into_iter().filter(|(_, doubts)| doubts.is_empty()).collect()
    } else {
        found
    }
}

/// Whether two texts are equal: surely (no doubts), perhaps (doubts), or not (`None`)
pub(super) fn same(a: &Text, b: &Text, span: Span) -> Option<Vec<Cause>> {
    Some(causes(&written::equal(a, b)?, span))
}

/// Each hole that something depends on, where it matters
fn causes(holes: &[Hole], span: Span) -> Vec<Cause> {
    holes.iter().map(|hole| Cause::at(CauseKind::Hole, hole.name(), span)).collect()
}

/// The function's ARN inside an API's invocation ARN, or the text as it is
fn function_of(uri: &Text) -> Text {
    let mut inside = Text::new();
    let mut found = false;
    for piece in uri.pieces() {
        match piece {
            Piece::Lit(text) if !found => {
                if let Some((_, after)) = text.split_once("/functions/") {
                    inside.push_str(after);
                    found = true;
                }
            }
            Piece::Lit(text) => inside.push_str(text),
            Piece::Hole(hole) if found => inside.push_hole(hole.clone()),
            Piece::Hole(_) => {}
        }
    }
    if !found {
        return uri.clone();
    }
    inside.strip_suffix("/invocations").unwrap_or(inside)
}

/// What kind of function a reference means: only a web function's ARN says that it is one
pub(super) fn function_kind(reference: &Text) -> Kind {
    let is_web = Arn::parse(reference)
        .is_some_and(|arn| arn.resource.strip_prefix(before_name(Kind::WebFunction)).is_some());
    if is_web { Kind::WebFunction } else { Kind::Function }
}

/// What stands before the name in the last part of an ARN
pub(super) fn before_name(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user/",
        Kind::Role => "role/",
        Kind::Group => "group/",
        Kind::Function => "function:",
        Kind::WebFunction => "web-function/",
        Kind::Table => "table/",
        Kind::Secret => "secret:",
        Kind::LogGroup => "log-group:",
        Kind::DbCluster | Kind::RedshiftCluster => "cluster:",
        Kind::Key => "key/",
        Kind::Rule => "rule/",
        Kind::Stream => "stream/",
        Kind::UserPool => "userpool/",
        Kind::StateMachine => "stateMachine:",
        Kind::Param => "parameter/",
        Kind::Api => "/apis/",
        Kind::Endpoint => "vpc-endpoint/",
        Kind::Bus => "event-bus/",
        Kind::Layer
        | Kind::Url
        | Kind::Bucket
        | Kind::Topic
        | Kind::Queue
        | Kind::Schedule
        | Kind::Distribution
        | Kind::Alb
        | Kind::Service
        | Kind::Account
        | Kind::Anonymous
        | Kind::AnyAccount
        | Kind::Provider
        | Kind::Pattern
        | Kind::Other => "",
    }
}

/// A policy that something surely has, and that the input does not show
pub(super) fn not_in_input(what: &str, display: &str, span: Span) -> Applied {
    let name = format!("{what} of {display} not in the input");
    let document = Err(Cause::at(CauseKind::DocumentMissing, name.clone(), span));
    Applied { name, document, provenance: Provenance::Written, doubts: Vec::new() }
}

impl Build {
    /// The declared or named entities that a reference means
    pub(super) fn find(&mut self, kind: Kind, reference: &Reference) -> Found {
        let text = if kind == Kind::Function { function_of(&reference.text) } else { reference.text.clone() };
        // What a reference with a hole named before is nothing of its own: it may still be any of the others.
        let world = &self.world;
        let is_known = |id: &EntityId| {
            let entity = world.entity(*id);
            entity.standing == Standing::Declared || entity.name.holes().next().is_none()
        };
        // Only what is written alike is surely equal. Most references have such an entity, and to look for it costs
        // little, where to weigh each hole against every other text does not.
        let alike = self.written.alike(kind, &text);
        if alike.iter().any(is_known) {
            return alike.into_iter().map(|id| (id, Vec::new())).collect();
        }
        let weighed = self.written.weigh(kind, &text, |id| {
            let entity = world.entity(id);
            (&entity.name, entity.arn.as_ref())
        });
        let found = weighed.iter().map(|(id, holes)| (*id, causes(holes, reference.span))).collect();
        let mut out: Found = settle(found, is_known);
        if kind == Kind::Function && out.iter().all(|(_, doubts)| !doubts.is_empty()) {
            // `arn:...:function:pay:live` and `pay:live` name an alias that may not be declared.
            let parts = text.split(':', usize::MAX);
            let is_arn = text.strip_prefix("arn:").is_some();
            if let Some((qualifier, rest)) = parts.split_last()
                && ((is_arn && parts.len() == 8) || (!is_arn && parts.len() == 2))
            {
                let mut base = Text::new();
                for (at, part) in rest.iter().enumerate() {
                    if at > 0 {
                        base.push_str(":");
                    }
                    base.push(part);
                }
                let base = Reference { text: base, span: reference.span };
                let functions = self.find(kind, &base);
                out = functions
                    .into_iter()
                    .map(|(f, doubts)| (self.qualified(f, qualifier, reference.span), doubts))
                    .collect();
            }
        }
        out
    }

    /// As `find`; where nothing is surely meant, something that the input does not declare may be
    pub(super) fn find_or_name(&mut self, kind: Kind, reference: &Reference) -> Found {
        let mut found = self.find(kind, reference);
        if found.iter().all(|(_, doubts)| !doubts.is_empty()) {
            let id = self.name(kind, reference);
            found.push((id, Vec::new()));
        }
        found
    }

    /// An entity that the input names but does not declare: its policies are not in the input
    fn name(&mut self, kind: Kind, reference: &Reference) -> EntityId {
        let text = if kind == Kind::Function { function_of(&reference.text) } else { reference.text.clone() };
        let parsed = Arn::parse(&text);
        let name = match &parsed {
            Some(arn) => arn.resource.strip_prefix(before_name(kind)).unwrap_or_else(|| arn.resource.clone()),
            None => text.clone(),
        };
        let arn = if parsed.is_some() { Some(text) } else { self.arn_by_name(kind, &text) };
        let account = arn.as_ref().and_then(Arn::account_in).filter(|account| !account.is_empty());
        let id = self.add(New {
            kind,
            display: format!("{kind}/{name}"),
            arn,
            name,
            account: account.or_else(|| self.world.accounts.first().cloned()),
            span: Some(reference.span),
            standing: Standing::Named,
        });
        let display = self.world.entity(id).display.clone();
        let missing = |what: &str| vec![not_in_input(what, &display, reference.span)];
        let (identity, trust, resource) = if kind == Kind::Role {
            (missing("policies"), missing("trust policy"), Vec::new())
        } else if matches!(kind, Kind::User | Kind::Group) {
            (missing("policies"), Vec::new(), Vec::new())
        } else if kind.is_function() {
            (Vec::new(), Vec::new(), missing("function policy"))
        } else if kind == Kind::Key {
            (Vec::new(), Vec::new(), missing("key policy"))
        } else {
            return id;
        };
        let entity = self.entity(id);
        (entity.identity, entity.trust, entity.resource) = (identity, trust, resource);
        id
    }

    /// The alias or version of a function: an entity of its own, with a policy of its own
    pub(super) fn qualified(&mut self, function: EntityId, qualifier: &Text, span: Span) -> EntityId {
        let base = self.world.entity(function).clone();
        let name = base.name.clone().with(":").with(qualifier);
        let arn = base.arn.clone().map(|arn| arn.with(":").with(qualifier));
        let of_arn = |id: &&EntityId| self.world.entity(**id).arn == arn;
        if let Some(known) = self.written.named(Kind::Function, &name).iter().find(of_arn) {
            return *known;
        }
        let id = self.add(New {
            kind: Kind::Function,
            display: format!("{}:{qualifier}", base.display),
            name,
            arn,
            account: base.account,
            span: Some(span),
            standing: base.standing,
        });
        self.entity(id).doubts = base.doubts;
        self.entity(id).alias_of = Some(function);
        id
    }
}
