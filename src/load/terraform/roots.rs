//! Several root modules in one run: what is of one root is never taken for what is of another.
//!
//! Two roots may both have a `var.env`, an `aws_iam_role.exec` and an account that nobody names. Each address, and the
//! name of each hole, then starts with the root's folder: `envs/prod:var.env`. Must not know: how values are made.

use std::collections::BTreeMap;

use crate::cause::{Cause, CauseKind};
use crate::load::terraform::instance::{Ambient, Configuration, Instance};
use crate::node::{Key, Node, Value};
use crate::text::{Hole, Piece, Text};

/// Tells a configuration apart from others by its folder
pub(in crate::load) fn tell_apart(folder: &str, configuration: &mut Configuration) {
    let folder = if folder.is_empty() { "." } else { folder };
    Root { folder, renamed: BTreeMap::new() }.configuration(configuration);
}

struct Root<'a> {
    folder: &'a str,
    renamed: BTreeMap<Hole, Hole>,
}

impl Root<'_> {
    fn name(&self, name: &str) -> String {
        format!("{}:{name}", self.folder)
    }

    fn configuration(&mut self, configuration: &mut Configuration) {
        for instance in &mut configuration.instances {
            self.instance(instance);
        }
        for module in &mut configuration.absent_modules {
            module.address = self.name(&module.address);
        }
        // What rests on no place is a flag, and the same for all.
        for assumption in configuration.assumptions.iter_mut().filter(|one| one.span.is_some()) {
            assumption.text = format!("{}, in {}", assumption.text, self.folder);
        }
    }

    fn instance(&mut self, instance: &mut Instance) {
        let Instance { mode: _, kind: _, address, span: _, body, ambient, doubts } = instance;
        *address = self.name(address);
        self.node(body);
        let Ambient { partition, region, account, provider_version } = ambient;
        let version = provider_version.as_mut().map(|(version, _)| version);
        for text in [partition, region, account].into_iter().chain(version) {
            self.text(text);
        }
        let named = |doubt: &&mut Cause| matches!(doubt.kind, CauseKind::Hole | CauseKind::Default);
        for doubt in doubts.iter_mut().filter(named) {
            doubt.what = self.name(&doubt.what);
        }
    }

    /// Values nest no deeper than evaluation lets them
    fn node(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::Text(text) => self.text(text),
            Value::List(items) => items.iter_mut().for_each(|item| self.node(item)),
            Value::Map(entries) => {
                for (Key { text, span: _ }, value) in entries {
                    self.text(text);
                    self.node(value);
                }
            }
            Value::Unknown(hole) => *hole = self.hole(hole),
        }
    }

    fn text(&mut self, text: &mut Text) {
        if text.holes().next().is_none() {
            return;
        }
        let pieces = text.pieces().iter().map(|piece| match piece {
            Piece::Lit(part) => Piece::Lit(part.clone()),
            Piece::Hole(hole) => Piece::Hole(self.hole(hole)),
        });
        *text = pieces.collect();
    }

    fn hole(&mut self, hole: &Hole) -> Hole {
        if let Some(known) = self.renamed.get(hole) {
            return known.clone();
        }
        let new = Hole::new(self.name(hole.name()), hole.kind(), hole.shape());
        self.renamed.insert(hole.clone(), new.clone());
        new
    }
}
