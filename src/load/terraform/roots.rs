//! Several root modules in one run: what is of one root is never taken for what is of another.
//!
//! Two roots may both have a `var.env`, an `aws_iam_role.exec` and an account that nobody names. Each address, and the
//! name of each hole, then starts with the root's folder: `envs/prod:var.env`. Must not know: how values are made.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cause::{Cause, CauseKind};
use crate::load::terraform::instance::{Ambient, Configuration, Instance};
use crate::node::{Key, Node, Value};
use crate::text::{Hole, Text};

/// Tells a configuration apart from others by its folder
pub(in crate::load) fn tell_apart(folder: &str, configuration: &mut Configuration) {
    let folder = if folder.is_empty() { "." } else { folder };
    Root { folder, renamed: BTreeMap::new(), ambient: None }.configuration(configuration);
}

struct Root<'a> {
    folder: &'a str,
    renamed: BTreeMap<Hole, Hole>,
    /// Where the last instance is deployed, and what it became
    ambient: Option<(Arc<Ambient>, Arc<Ambient>)>,
}

impl Root<'_> {
    fn name(&self, name: &str) -> String {
        [self.folder, ":", name].concat()
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
        *ambient = self.ambient(ambient);
        let named = |doubt: &&mut Cause| matches!(doubt.kind, CauseKind::Hole | CauseKind::Default);
        for doubt in doubts.iter_mut().filter(named) {
            doubt.what = self.name(&doubt.what);
        }
    }

    /// Most instances are deployed where the one before is
    fn ambient(&mut self, ambient: &Arc<Ambient>) -> Arc<Ambient> {
        if let Some((before, renamed)) = &self.ambient
            && Arc::ptr_eq(before, ambient)
        {
            return Arc::clone(renamed);
        }
        let mut renamed = (**ambient).clone();
        let Ambient { partition, region, account, provider_version } = &mut renamed;
        let version = provider_version.as_mut().map(|(version, _)| version);
        for text in [partition, region, account].into_iter().chain(version) {
            self.text(text);
        }
        let renamed = Arc::new(renamed);
        self.ambient = Some((Arc::clone(ambient), Arc::clone(&renamed)));
        renamed
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
        text.rename(&mut |hole| self.hole(hole));
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
