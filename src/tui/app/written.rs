//! What the app puts into words for elsewhere: claims, waivers, command lines.

use crate::assertion::Claim;
use crate::assertion::draft::{self, Waived};
use crate::assertion::mark::Marks;
use crate::reach::State;
use crate::session::write::shown;
use crate::tui::app::{App, Effect, Prompt, Purpose, Question, Then};
use crate::tui::screen::Screen;
use crate::tui::told;
use crate::world::EntityId;

/// How long a waiver that is written here counts
const DAYS: i32 = 90;
/// How an assertion file that is not there begins
const HEAD: &str = "version = 1\n";

impl App {
    /// Asks to add a claim about what is on the screen to the assertion file
    pub(in crate::tui) fn assert(&mut self) {
        match self.claim() {
            Ok(text) => self.append(&text, "assert this"),
            Err(why) => self.say(why),
        }
    }

    /// The claim about what is on the screen, as it is now
    fn claim(&self) -> Result<String, &'static str> {
        let name = |id: EntityId| told::name(&self.session, id).to_owned();
        let can = |who: Vec<String>, verb: &str, action: &str, on: EntityId| {
            let on = name(on);
            let id = self.free_id(&format!("{verb}-{action}-{on}"));
            draft::can(&id, verb, &who, action, &on)
        };
        match self.screen {
            Screen::Policies => {
                Err("a statement claims nothing of itself: a on 1 Invoke or 2 Reach asserts what it does")
            }
            Screen::Invoke => {
                let (who, on) = self.invoke.selected().ok_or("nothing is selected in 1 Invoke")?;
                Ok(match self.invoke.state() {
                    Some(State::Yes) => can(vec![name(who)], "always", "invoke", on),
                    None => can(vec![name(who)], "never", "invoke", on),
                    // Under a condition neither holds: that nobody else can does.
                    Some(State::Conditional) => {
                        let who = self.invoke.invokers().into_iter().map(name).collect();
                        can(who, "only", "invoke", on)
                    }
                })
            }
            Screen::Reach => {
                let (from, to) = self.reach.ends().ok_or("select what is reached, or set it by t")?;
                let way = self.reach.way();
                let is_sure = way.iter().all(|edge| edge.state == State::Yes);
                let verb = match (way.is_empty() || way.last().map(|edge| edge.to) != Some(to), is_sure) {
                    (true, _) => "never",
                    (false, true) => "always",
                    (false, false) => {
                        return Err(
                            "this way is there under a condition: neither always nor never would hold",
                        );
                    }
                };
                let id = self.free_id(&format!("{verb}-{}-reaches-{}", name(from), name(to)));
                Ok(draft::reach(&id, verb, &name(from), &name(to)))
            }
            Screen::Explain => {
                let asked = self.explain.asked().ok_or("nothing is asked yet")?;
                let verb = match self.explain.decision() {
                    Some("allowed") => "always",
                    Some("conditional") => {
                        return Err("this call depends on something: neither always nor never would hold");
                    }
                    Some(_) => "never",
                    None => return Err("this is no call of one principal"),
                };
                Ok(can(vec![name(asked.who)], verb, &asked.action, asked.target))
            }
            Screen::Asserts => Err("these are the claims: a on another screen adds one"),
        }
    }

    /// A name that no claim has yet
    fn free_id(&self, text: &str) -> String {
        let plain: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
        let id: String = parts.join("-").chars().take(60).collect();
        let claims = &self.session.loaded().config.assertions;
        let is_taken = |id: &str| claims.iter().any(|claim| claim.id == id);
        let numbered = (2..).map(|n| format!("{id}-{n}"));
        std::iter::once(id.clone()).chain(numbered).find(|id| !is_taken(id)).unwrap_or(id)
    }

    fn append(&mut self, text: &str, what: &str) {
        let Some(path) = self.start.assertions.clone() else {
            self.effects.push(Effect::Copy(text.to_owned()));
            self.copied = Some(text.trim().to_owned());
            return self.say(
                "the demo's assertion file is embedded: the text was copied, and is printed when you leave",
            );
        };
        let shown = text.trim().replace('\n', "  ");
        let words = format!("{what} in {}?  {shown}", path.display());
        let then = Then::Do(Effect::Append(path, text.to_owned(), HEAD.to_owned()));
        self.question = Some(Question { words, then });
    }

    /// Asks why the selected counterexample is waived
    pub(in crate::tui) fn waive(&mut self) {
        if self.asserts.counter(&self.session).is_none() {
            return self.say("select a way that speaks against a claim");
        }
        self.prompt = Some(Prompt { purpose: Purpose::Waive, text: String::new() });
    }

    pub(super) fn waive_because(&mut self, reason: &str) {
        if reason.is_empty() {
            return self.say("a waiver needs a reason: nothing was written");
        }
        let session = &self.session;
        let Some((claim, _)) = self.asserts.selected(session) else { return };
        let Some(way) = self.asserts.counter(session) else { return };
        let marks = Marks::of(session.now().world());
        let mut edges: Vec<String> = way.path.iter().map(|edge| edge.kind.to_owned()).collect();
        // A direct call stands for no kind of edge.
        if matches!(claim.claim, Claim::Can { .. }) {
            edges.retain(|kind| kind != "can");
        }
        let mut found: Vec<String> =
            way.path.iter().flat_map(|edge| marks.of_edge(edge)).map(str::to_owned).collect();
        for list in [&mut edges, &mut found] {
            list.sort();
            list.dedup();
        }
        let today = session.loaded().today;
        let expires = today.checked_add(jiff::Span::new().days(DAYS)).unwrap_or(today);
        let waived = Waived {
            from: told::name(session, way.from),
            to: told::name(session, way.to),
            edges: &edges,
            marks: &found,
        };
        let text = draft::waiver(&claim.id, waived, reason, expires);
        self.append(&text, "waive this");
    }

    /// Shows and copies the command line of what is on the screen
    pub(in crate::tui) fn copy(&mut self) {
        let line = self.command_line();
        self.say(&line);
        self.effects.push(Effect::Copy(line.clone()));
        self.copied = Some(line);
    }

    /// The command line that answers what is on the screen, without the edits of the draft
    #[must_use]
    pub fn command_line(&self) -> String {
        let name = |id: EntityId| quoted(told::name(&self.session, id));
        let mut parts = vec!["gatecrash".to_owned()];
        match self.screen {
            Screen::Invoke => match self.invoke.selected() {
                Some((_, function)) => parts.extend(["who-can".into(), "invoke".into(), name(function)]),
                None => parts.push("inspect".to_owned()),
            },
            Screen::Reach => match self.reach.ends() {
                Some((from, to)) => {
                    let flags = ["--through-code".to_owned(), "--paths".to_owned(), "4".to_owned()];
                    parts.extend(["reach".into(), name(from), "--to".into(), name(to)]);
                    parts.extend(flags);
                }
                None => {
                    parts.push("reach".to_owned());
                    parts.extend(self.reach.selected().map(name));
                }
            },
            Screen::Policies => parts.extend(["tui".into(), "--screen".into(), "policies".into()]),
            Screen::Explain => match self.explain.asked() {
                Some(asked) => {
                    parts.extend([
                        "explain".into(),
                        name(asked.who),
                        asked.action.clone(),
                        name(asked.target),
                    ]);
                    for (key, value) in &self.session.draft().given {
                        let value = shown(value);
                        match value.strip_prefix("= ") {
                            Some(value) => {
                                parts.extend(["--given".into(), quoted(&format!("{key}={value}"))]);
                            }
                            None if value == "absent" => parts.extend(["--absent".into(), quoted(key)]),
                            None => {}
                        }
                    }
                }
                None => parts.extend(["tui".into(), "--screen".into(), "explain".into()]),
            },
            Screen::Asserts => {
                parts.push("check".to_owned());
                if let Some((claim, _)) = self.asserts.selected(&self.session) {
                    parts.extend(["--only".into(), quoted(&claim.id)]);
                }
            }
        }
        if !self.start.flags.is_empty() {
            parts.push(self.start.flags.clone());
        }
        parts.join(" ")
    }
}

/// A word as a shell takes it
#[must_use]
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:._-=@,+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
