//! Configurations that people may read: where each type writes the values that its service returns, and the access keys
//! of users among them; and where access keys are kept as data.
//!
//! A type is a row. Must not know: which calls return a configuration (`world::configured`), or who may make them.

use super::{Reading, nodes};
use crate::load::json;
use crate::load::terraform::instance::Instance;
use crate::node::{Node, Value};
use crate::source::Span;
use crate::text::{Hole, Text};
use crate::world::configured::SETTING;
use crate::world::kind::Kind;
use crate::world::pieces::{Reference, Setting, Wire};

/// Where values are written
enum Written {
    /// A map of names to values
    Map(&'static str),
    /// Blocks with a `name` and a `value` each
    Pairs(&'static str),
    /// JSON with a list `environment` of such pairs, in each of a list or in the one
    Json(&'static str),
    /// A text that is the value itself
    Text(&'static str),
}

/// Type, the row of its configuration, the argument that is its name, where values are written
type Row = (&'static str, &'static str, &'static str, &'static [Written]);

/// In order
static TYPES: &[Row] = &[
    ("aws_amplify_app", "amplify.app", "name", &[Written::Map("environment_variables")]),
    (
        "aws_apprunner_service",
        "apprunner.service",
        "service_name",
        &[
            Written::Map(
                "source_configuration.code_repository.code_configuration.code_configuration_values.runtime_environment_variables",
            ),
            Written::Map(
                "source_configuration.image_repository.image_configuration.runtime_environment_variables",
            ),
        ],
    ),
    ("aws_batch_job_definition", "batch.job-definition", "name", &[Written::Json("container_properties")]),
    (
        "aws_cloudformation_stack",
        "cloudformation.stack",
        "name",
        &[Written::Map("parameters"), Written::Text("template_body")],
    ),
    (
        "aws_codebuild_project",
        "codebuild.project",
        "name",
        &[Written::Pairs("environment.environment_variable")],
    ),
    ("aws_ecs_task_definition", "ecs.task-definition", "family", &[Written::Json("container_definitions")]),
    (
        "aws_elastic_beanstalk_environment",
        "elasticbeanstalk.environment",
        "name",
        &[Written::Pairs("setting")],
    ),
    ("aws_glue_job", "glue.job", "name", &[Written::Map("default_arguments")]),
    ("aws_instance", "ec2.instance", "id", &[Written::Text("user_data"), Written::Text("user_data_base64")]),
    (
        "aws_launch_configuration",
        "autoscaling.launch-configuration",
        "name",
        &[Written::Text("user_data"), Written::Text("user_data_base64")],
    ),
    ("aws_launch_template", "ec2.launch-template", "name", &[Written::Text("user_data")]),
];

/// Type, the kind of data that it fills, the argument that names it (empty: it is the instance), the values; in order
static KEPT: &[(&str, Kind, &str, &[&str])] = &[
    ("aws_secretsmanager_secret_version", Kind::Secret, "secret_id", &["secret_string", "secret_string_wo"]),
    ("aws_ssm_parameter", Kind::Param, "", &["value", "value_wo", "insecure_value"]),
];

/// Wires the access keys that an instance of one of the types keeps
pub(super) fn kept(instance: &Instance, reading: &mut Reading) {
    for (_, kind, named, values) in KEPT.iter().filter(|(of, ..)| *of == instance.kind) {
        let holder = if named.is_empty() {
            Some(Reading::itself(instance))
        } else {
            reading.reference(instance, named)
        };
        let Some(holder) = holder else { continue };
        let texts = values.iter().flat_map(|value| nodes(&instance.body, value)).filter_map(Node::as_text);
        for owner in texts.flat_map(|text| owners(&text, reading)).collect::<Vec<_>>() {
            reading.wire(instance, Wire::Credential { kind: *kind, holder: holder.clone(), owner });
        }
    }
}

/// The users whose secret access keys a value has in it; what else is told of a key is no credential
fn owners(value: &Text, reading: &Reading) -> Vec<Reference> {
    let owner = |hole: &Hole| {
        let (key, attribute) = hole.name().rsplit_once('.')?;
        (attribute == "secret").then(|| reading.overview.access_keys.get(key).cloned())?
    };
    value.holes().filter_map(owner).collect()
}

fn row(kind: &str) -> Option<&'static Row> {
    TYPES.iter().find(|(of, ..)| *of == kind)
}

/// The argument that is the name of an instance of one of the types
pub(super) fn name(kind: &str) -> Option<&'static str> {
    row(kind).map(|(_, _, name, _)| *name)
}

/// Declares an instance of one of the types that has values, and says what can be read of it
pub(super) fn read(instance: &Instance, reading: &mut Reading) {
    let Some((_, id, name, written)) = row(&instance.kind) else { return };
    let mut values = Values::default();
    written.iter().for_each(|written| values.of(instance, written, reading));
    let Some(span) = values.span else { return };
    let address = format!("tf:{}", instance.address);
    if reading.pieces.declared.last().is_none_or(|declared| declared.address != address) {
        reading.declare(instance, Kind::Other, name, &[]);
    }
    if let Some(declared) = reading.pieces.declared.last_mut() {
        declared.settings.insert(SETTING, Setting { value: Text::from(*id), span });
    }
    values.tell(instance, Kind::Other, reading);
}

/// Values of a configuration, each with its name
#[derive(Default)]
pub(super) struct Values {
    named: Vec<(Text, Text)>,
    /// Where they are written; `None` where there are none
    span: Option<Span>,
    /// Whether there may be more than was read
    more: bool,
}

impl Values {
    /// The entries of a map, or that nothing is known of them
    pub(super) fn of_map(&mut self, map: &Node) {
        match &map.value {
            Value::Null => return,
            Value::Map(entries) if entries.is_empty() => return,
            Value::Map(entries) => {
                let text = |node: &Node| node.as_text().unwrap_or_default();
                self.named.extend(entries.iter().map(|(key, value)| (key.text.clone(), text(value))));
            }
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Unknown(_) => {
                self.more = true;
            }
        }
        self.span.get_or_insert(map.span);
    }

    fn of(&mut self, instance: &Instance, written: &Written, reading: &mut Reading) {
        let (Written::Map(at) | Written::Pairs(at) | Written::Json(at) | Written::Text(at)) = written;
        for node in nodes(&instance.body, at) {
            match written {
                Written::Map(_) => self.of_map(node),
                Written::Pairs(_) => self.of_pair(node),
                Written::Json(_) => self.of_json(node, reading),
                Written::Text(name) => {
                    let text = node.as_text().unwrap_or_default();
                    if !text.is_empty() {
                        self.named.push((Text::from(*name), text));
                        self.span.get_or_insert(node.span);
                    }
                }
            }
        }
    }

    fn of_pair(&mut self, pair: &Node) {
        let text = |name: &str| pair.get(name).and_then(Node::as_text);
        match (text("name"), text("value")) {
            (Some(name), value) => self.named.push((name, value.unwrap_or_default())),
            (None, _) => self.more = true,
        }
        self.span.get_or_insert(pair.span);
    }

    /// Nothing is told of JSON that does not read: the type's own reader has no use for it, and AWS refuses it
    fn of_json(&mut self, node: &Node, reading: &mut Reading) {
        let parsed = match (&node.value, node.as_text()) {
            (Value::Text(_), Some(text)) if text.as_hole().is_none() => {
                let (tree, problems) = json::read(&text, node.span, &node.origin);
                reading.problems.append(problems);
                tree
            }
            _ => None,
        };
        let Some(tree) = parsed else {
            self.more = true;
            self.span.get_or_insert(node.span);
            return;
        };
        let pairs: Vec<Node> = nodes(&tree, "environment").into_iter().cloned().collect();
        pairs.iter().for_each(|pair| self.of_pair(pair));
    }

    /// Says the names of the values on what was declared last, and wires the access keys among them
    pub(super) fn tell(self, instance: &Instance, kind: Kind, reading: &mut Reading) {
        let Some(span) = self.span else { return };
        let mut names = Text::new();
        for (at, (name, value)) in self.named.iter().enumerate() {
            names.push_str(if at > 0 { ", " } else { "" });
            names.push(name);
            for owner in owners(value, reading) {
                let holder = Reading::itself(instance);
                reading.wire(instance, Wire::Credential { kind, holder, owner });
            }
        }
        if self.more {
            names.push(&Text::from(Hole::input(format!("{}.environment", instance.address))));
        }
        if let Some(declared) = reading.pieces.declared.last_mut() {
            declared.settings.insert("environment", Setting { value: names, span });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::configured::CONFIGURED;

    #[test]
    fn types_are_in_order_and_their_configurations_are_known() {
        assert!(TYPES.is_sorted_by_key(|(of, ..)| *of) && KEPT.is_sorted_by_key(|(of, ..)| *of));
        for (of, id, ..) in TYPES {
            assert!(CONFIGURED.iter().any(|row| row.id == *id), "{of}");
        }
    }
}
