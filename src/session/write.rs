//! A draft as files: each changed document whole, and a text that says what to change by hand, with file and line.
//!
//! The user's own files are never touched. Must not know: where the files are written.

use std::collections::BTreeMap;

use crate::eval::context::KeyValue;
use crate::policy::print;
use crate::session::Session;
use crate::session::draft::{Origin, Power};
use crate::session::stale::ends;
use crate::source::Span;
use crate::text::Text;
use crate::world::PolicyId;

/// The folder that a draft is written to
pub const FOLDER: &str = "gatecrash.draft";
/// The text in it that says what to change
pub const TEXT: &str = "CHANGES.txt";

impl Session {
    /// The files of the draft, by name within its folder
    #[must_use]
    pub fn written(&self) -> BTreeMap<String, String> {
        let world = &self.loaded.world;
        let changed = self.draft.changed(world);
        let mut files = BTreeMap::new();
        let mut names: BTreeMap<PolicyId, String> = BTreeMap::new();
        for (number, (id, policy)) in changed.documents.iter().enumerate() {
            let name = format!("{:02}-{}.json", number + 1, slug(&world.stored(*id).name));
            let text = serde_json::to_string_pretty(&print::policy(policy).shown()).unwrap_or_default();
            files.insert(name.clone(), text + "\n");
            names.insert(*id, name);
        }
        files.insert(TEXT.to_owned(), self.told(&names));
        files
    }

    fn told(&self, names: &BTreeMap<PolicyId, String>) -> String {
        let mut out = String::from(
            "What to change by hand for this draft. No file of yours was changed.\n\
             Parts that are known only after deployment stand in angle brackets in the JSON files.\n",
        );
        for line in self.to_do() {
            out.push_str(&format!("\n{line}\n"));
        }
        if !names.is_empty() {
            out.push_str("\nThe changed documents, whole:\n");
            for (id, file) in names {
                out.push_str(&format!("  {file}: {}\n", self.loaded.world.stored(*id).name));
            }
        }
        out
    }

    /// What to change, one entry each, with file and line
    #[must_use]
    pub fn to_do(&self) -> Vec<String> {
        let world = &self.loaded.world;
        let mut out: Vec<String> = Vec::new();
        let mut push = |line: String| {
            // One place may stand for the statements of several documents.
            if !out.contains(&line) {
                out.push(line);
            }
        };
        for (id, lines) in &self.draft.documents {
            let (name, old) = (&world.stored(*id).name, &world.stored(*id).policy.statements);
            for line in lines {
                let statement = &line.statement;
                let sid = statement.sid.as_ref().map_or_else(String::new, |sid| format!(" {sid}"));
                let loaded = old.iter().find(|one| one.index == statement.index);
                let place = loaded.map_or_else(String::new, |one| self.at(one.span));
                match (line.origin, line.power) {
                    (Origin::Loaded, Power::Off) => {
                        push(format!("{place}delete statement {}{sid} of {name}", statement.index));
                    }
                    (Origin::Edited, Power::Off) => {
                        push(format!("{place}delete statement {} of {name}", statement.index));
                    }
                    (Origin::Edited, Power::On) => {
                        let text = self.sources.text(statement.span.file);
                        push(format!(
                            "{place}replace statement {} of {name} by\n{}",
                            statement.index,
                            indented(text)
                        ));
                    }
                    (Origin::Added, Power::On) => {
                        let place = self.at(world.stored(*id).policy.span);
                        let text = self.sources.text(statement.span.file);
                        push(format!("{place}add to {name} the statement\n{}", indented(text)));
                    }
                    (Origin::Loaded, Power::On) | (Origin::Added, Power::Off) => {}
                }
            }
        }
        for ((entity, _), list) in &self.draft.carried {
            let entity = world.entity(*entity);
            let place = entity.span.map_or_else(String::new, |span| self.at(span));
            for one in list {
                let name = &one.applied.name;
                match (one.origin, one.power) {
                    (Origin::Loaded, Power::Off) => {
                        push(format!("{place}detach {name} from {}", entity.display));
                    }
                    (Origin::Added, Power::On) => {
                        push(format!("{place}attach {name} to {}", entity.display));
                    }
                    (Origin::Loaded | Origin::Edited, Power::On)
                    | (Origin::Edited | Origin::Added, Power::Off) => {}
                }
            }
        }
        for wired in self.draft.unwired.iter().filter_map(|id| world.wiring(*id)) {
            let names: Vec<&str> =
                ends(&wired.link).iter().map(|end| world.entity(*end).display.as_str()).collect();
            push(format!("{}take out the wiring of {}", self.at(wired.span), names.join(" and ")));
        }
        for (key, value) in &self.draft.given {
            push(format!("(not in a file) every request has {key} {}", shown(value)));
        }
        out
    }

    /// `main.tf:7: `, or nothing where no file has it
    fn at(&self, span: Span) -> String {
        let place = self.sources.place(span);
        if place.path.is_empty() { String::new() } else { format!("{place}: ") }
    }
}

/// What is known of a context key, in words
#[must_use]
pub fn shown(value: &KeyValue) -> String {
    match value {
        KeyValue::Absent => "absent".to_owned(),
        KeyValue::Unknown => "unknown".to_owned(),
        KeyValue::One(text) => format!("= {text}"),
        KeyValue::Many(texts) => {
            let texts: Vec<String> = texts.iter().map(Text::to_string).collect();
            format!("= {}", texts.join(", "))
        }
    }
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// A name of a file: letters, digits and dashes, not too long
fn slug(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-").chars().take(60).collect()
}
