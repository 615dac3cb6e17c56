//! Statements, by who carries them: each can be switched off, edited, added to; documents attached and detached; wirings
//! taken out.
//!
//! Must not know: what follows from an edit; that is told by the pane of changes.

use std::collections::BTreeSet;

use crate::policy::{Effect, print};
use crate::report::words::count;
use crate::session::Session;
use crate::session::draft::{Draft, Line, Origin, Power};
use crate::session::edit::{Edit, place_of};
use crate::session::stale::ends;
use crate::source::Span;
use crate::tui::filter::Filter;
use crate::tui::pane::{Focus, Pane};
use crate::tui::screen::{Stamp, moved};
use crate::tui::theme::Role;
use crate::tui::told;
use crate::tui::words::Words;
use crate::world::edit::{SLOTS, Slot, WiringId};
use crate::world::view::StatementPlace;
use crate::world::{Applied, EntityId, PolicyId};

/// What policies that limit accounts stand under
const ACCOUNTS: &str = "organisation";

/// What a line is about
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// Everything that an entity carries
    Holder(EntityId),
    /// Policies that limit accounts
    Accounts,
    /// A document that somebody carries
    Document(Option<(EntityId, Slot)>, PolicyId),
    /// A policy that is not in the input
    Missing(EntityId, Slot, usize),
    /// A statement of a document
    Statement(Option<(EntityId, Slot)>, PolicyId, StatementPlace),
    /// A wiring
    Wiring(EntityId, WiringId),
}

/// The screen
#[derive(Debug, Default)]
pub struct Policies {
    lines: Vec<(About, Words)>,
    open: BTreeSet<About>,
    at: Option<About>,
    statements: usize,
    made_of: Option<Stamp>,
}

impl Policies {
    /// Makes the lines, unless they are those of this session and filter
    pub fn refresh(&mut self, session: &Session, filter: &Filter) {
        let stamp = (session.generation(), session.now().generation(), filter.text.clone());
        if self.made_of.as_ref() == Some(&stamp) {
            return;
        }
        self.made_of = Some(stamp);
        let before = self.number();
        self.lines.clear();
        self.statements = 0;
        let world = &session.loaded().world;
        let mut holders: Vec<_> = world.entities().iter().collect();
        holders.sort_by(|a, b| (a.kind, &a.display).cmp(&(b.kind, &b.display)));
        for holder in holders {
            self.holder(session, filter, holder.id);
        }
        self.accounts(session, filter);
        let is_there = self.lines.iter().any(|(about, _)| Some(about) == self.at.as_ref());
        if !is_there {
            let near = self.lines.get(before.min(self.lines.len().saturating_sub(1)));
            self.at = near.map(|(about, _)| about.clone());
        }
    }

    fn holder(&mut self, session: &Session, filter: &Filter, id: EntityId) {
        let (world, draft) = (&session.loaded().world, session.draft());
        let mut inside: Vec<(About, Words)> = Vec::new();
        let mut documents = 0;
        for slot in SLOTS {
            for (number, carried) in draft.policies(world, id, *slot).iter().enumerate() {
                documents += 1;
                let mut line = Words::plain("  ").with(Role::Plain, &carried.applied.name);
                line.push(Role::Dim, &format!("  {}", slot.words()));
                match (carried.origin, carried.power) {
                    (Origin::Added, _) => line.push(Role::Gained, "  attached"),
                    (_, Power::Off) => line.push(Role::Lost, "  detached"),
                    (Origin::Loaded | Origin::Edited, Power::On) => {}
                }
                match &carried.applied.document {
                    Ok(policy) => {
                        let before = inside.len();
                        inside.push((About::Document(Some((id, *slot)), *policy), line));
                        self.statements(session, filter, Some((id, *slot)), *policy, &mut inside);
                        // A document without a statement that the filter lets through is none either.
                        if inside.len() == before + 1 && !filter.lets(session, id) {
                            inside.pop();
                        }
                    }
                    Err(cause) => {
                        line.push(Role::Maybe, &format!("  not in the input: {}", cause.what));
                        inside.push((About::Missing(id, *slot, number), line));
                    }
                }
            }
        }
        for (number, wired) in world.all_wirings() {
            let ends = ends(&wired.link);
            if ends.first() != Some(&id) {
                continue;
            }
            let names: Vec<&str> = ends.iter().map(|end| told::name(session, *end)).collect();
            let is_off = draft.unwired.contains(&number);
            let mut line = Words::plain(&format!("  [{}] wiring  ", if is_off { " " } else { "x" }));
            line.push(Role::Plain, &names.join(" → "));
            line.push(Role::Dim, &format!("  {}", told::at(session, wired.span)));
            if is_off {
                line.push(Role::Lost, "  off");
            }
            if filter.has(&line.text()) || filter.lets(session, id) {
                inside.push((About::Wiring(id, number), line));
            }
        }
        let is_let = filter.lets(session, id);
        let found = inside.iter().any(|(about, _)| matches!(about, About::Statement(..) | About::Wiring(..)));
        if inside.is_empty() || (!is_let && !found) {
            return;
        }
        let about = About::Holder(id);
        // What was filtered for is shown, without a key for each.
        let is_open = self.open.contains(&about) || (!filter.is_empty() && !is_let);
        let mut line = Words::of(Role::Dim, if is_open { "▾ " } else { "▸ " });
        line.push(Role::Strong, told::name(session, id));
        line.push(Role::Dim, &format!("  {}", count(documents, "policy")));
        if touched(session, &inside) {
            line.push(Role::Maybe, "  edited");
        }
        self.lines.push((about, line));
        if is_open {
            self.lines.append(&mut inside);
        }
    }

    fn accounts(&mut self, session: &Session, filter: &Filter) {
        let world = &session.loaded().world;
        let all =
            world.limited().flat_map(|(_, ceilings)| ceilings.scps.iter().chain(&ceilings.rcps).flatten());
        let documents: BTreeSet<PolicyId> =
            all.filter_map(|applied: &Applied| applied.document.as_ref().ok()).copied().collect();
        if documents.is_empty() {
            return;
        }
        let about = About::Accounts;
        let is_open = self.open.contains(&about) || !filter.is_empty();
        let line = Words::of(Role::Dim, if is_open { "▾ " } else { "▸ " }).with(Role::Strong, ACCOUNTS);
        self.lines
            .push((about, line.with(Role::Dim, &format!("  {}", count(documents.len(), "control policy")))));
        let mut inside = Vec::new();
        for id in documents {
            let line = Words::plain(&format!("  {}", world.stored(id).name));
            inside.push((About::Document(None, id), line));
            self.statements(session, filter, None, id, &mut inside);
        }
        if is_open {
            self.lines.append(&mut inside);
        }
    }

    fn statements(
        &mut self,
        session: &Session,
        filter: &Filter,
        of: Option<(EntityId, Slot)>,
        policy: PolicyId,
        out: &mut Vec<(About, Words)>,
    ) {
        let world = &session.loaded().world;
        for line in session.draft().lines(world, policy) {
            self.statements += 1;
            let words = statement_words(&line, Draft::may_edit(world, policy));
            let is_let = of.map_or_else(|| filter.has(ACCOUNTS), |(holder, _)| filter.lets(session, holder));
            if is_let || filter.has(&words.text()) {
                out.push((About::Statement(of, policy, place_of(&line.statement)), words));
            }
        }
    }

    fn number(&self) -> usize {
        self.lines.iter().position(|(about, _)| Some(about) == self.at.as_ref()).unwrap_or(0)
    }

    /// What is selected
    #[must_use]
    pub fn selected(&self) -> Option<&About> {
        self.at.as_ref()
    }

    /// Moves the selection
    pub fn down(&mut self, by: isize) {
        let at = moved(self.number(), by, self.lines.len());
        self.at = self.lines.get(at).map(|(about, _)| about.clone());
    }

    /// Opens or closes what is selected
    pub fn switch(&mut self) {
        let Some(about) = self.at.clone() else { return };
        if !self.open.remove(&about) {
            self.open.insert(about);
        }
        self.made_of = None;
    }

    /// Opens what is selected
    pub fn right(&mut self) {
        if let Some(about @ (About::Holder(_) | About::Accounts)) = self.at.clone()
            && self.open.insert(about)
        {
            self.made_of = None;
        } else {
            self.down(1);
        }
    }

    /// Closes what the selection is in
    pub fn left(&mut self) {
        let holder = match &self.at {
            Some(
                About::Holder(id)
                | About::Missing(id, ..)
                | About::Wiring(id, _)
                | About::Document(Some((id, _)), _)
                | About::Statement(Some((id, _)), ..),
            ) => About::Holder(*id),
            Some(About::Accounts | About::Document(None, _) | About::Statement(None, ..)) => About::Accounts,
            None => return,
        };
        self.open.remove(&holder);
        self.at = Some(holder);
        self.made_of = None;
    }

    /// Opens who carries a statement, and selects it
    pub fn show(&mut self, session: &Session, place: StatementPlace) {
        let world = &session.loaded().world;
        for entity in world.entities() {
            for slot in SLOTS {
                for carried in session.draft().policies(world, entity.id, *slot) {
                    let Ok(policy) = carried.applied.document else { continue };
                    let lines = session.draft().lines(world, policy);
                    if lines.iter().any(|line| place_of(&line.statement) == place) {
                        self.open.insert(About::Holder(entity.id));
                        self.at = Some(About::Statement(Some((entity.id, *slot)), policy, place));
                        self.made_of = None;
                        return;
                    }
                }
            }
        }
    }

    /// The edit that switches what is selected, or why there is none
    #[must_use]
    pub fn toggle(&self, session: &Session) -> Option<Result<Edit, String>> {
        let (world, draft) = (&session.loaded().world, session.draft());
        Some(match self.at.as_ref()? {
            About::Statement(_, policy, place) => {
                if !Draft::may_edit(world, *policy) {
                    return Some(Err("AWS wrote this one: detach the policy instead (D)".to_owned()));
                }
                let lines = draft.lines(world, *policy);
                let line = lines.iter().find(|line| place_of(&line.statement) == *place)?;
                Ok(match line.power {
                    Power::On => Edit::Off(*place),
                    Power::Off => Edit::On(*place),
                })
            }
            About::Wiring(_, id) => {
                Ok(if draft.unwired.contains(id) { Edit::Wire(*id) } else { Edit::Unwire(*id) })
            }
            About::Document(Some((entity, slot)), policy) => {
                let carried = draft.policies(world, *entity, *slot);
                let is_on = |one: &&crate::session::draft::Carried| {
                    one.applied.document == Ok(*policy) && one.power == Power::On
                };
                let (entity, slot, policy) = (*entity, *slot, *policy);
                if slot == Slot::Trust {
                    return Some(Err(
                        "a role without a trust policy is none: switch its statements off".to_owned()
                    ));
                }
                Ok(if carried.iter().any(|one| is_on(&one)) {
                    Edit::Detach { entity, slot, policy }
                } else {
                    Edit::Attach { entity, slot, policy }
                })
            }
            About::Document(None, _) => Err("its statements can be switched off, one by one".to_owned()),
            About::Missing(..) => Err("nothing is known of this policy: it is not in the input".to_owned()),
            About::Holder(_) | About::Accounts => return None,
        })
    }

    /// The text of the selected statement for an editor, and what it is to replace
    #[must_use]
    pub fn to_edit(&self, session: &Session) -> Option<(PolicyId, Option<StatementPlace>, String)> {
        let Some(About::Statement(_, policy, place)) = self.at.as_ref() else { return None };
        let world = &session.loaded().world;
        if !Draft::may_edit(world, *policy) {
            return None;
        }
        let lines = session.draft().lines(world, *policy);
        let line = lines.iter().find(|line| place_of(&line.statement) == *place)?;
        let text = match line.origin {
            Origin::Loaded => {
                let node = print::statement(&line.statement);
                serde_json::to_string_pretty(&node.shown()).unwrap_or_default() + "\n"
            }
            Origin::Edited | Origin::Added => session.sources().text(line.statement.span.file).to_owned(),
        };
        Some((*policy, Some(*place), text))
    }

    /// The document that a new statement goes into, with a text to begin with
    #[must_use]
    pub fn to_add(&self, session: &Session) -> Option<(PolicyId, Option<StatementPlace>, String)> {
        let (policy, slot) = match self.at.as_ref()? {
            About::Statement(of, policy, _) | About::Document(of, policy) => {
                (*policy, of.map(|(_, slot)| slot))
            }
            About::Holder(_) | About::Accounts | About::Missing(..) | About::Wiring(..) => return None,
        };
        if !Draft::may_edit(&session.loaded().world, policy) {
            return None;
        }
        let principal = match slot {
            Some(Slot::Trust | Slot::Resource | Slot::Grants) => "  \"Principal\": { \"AWS\": \"\" },\n",
            Some(Slot::Identity | Slot::Boundary) | None => "",
        };
        let resource = if slot == Some(Slot::Trust) { "" } else { ",\n  \"Resource\": \"\"" };
        let text = format!("{{\n  \"Effect\": \"Allow\",\n{principal}  \"Action\": \"\"{resource}\n}}\n");
        Some((policy, None, text))
    }

    /// The entity that a policy would be attached to
    #[must_use]
    pub fn holder_here(&self) -> Option<EntityId> {
        match self.at.as_ref()? {
            About::Holder(id)
            | About::Missing(id, ..)
            | About::Wiring(id, _)
            | About::Document(Some((id, _)), _)
            | About::Statement(Some((id, _)), ..) => Some(*id),
            About::Accounts | About::Document(None, _) | About::Statement(None, ..) => None,
        }
    }

    /// Where what is selected is written
    #[must_use]
    pub fn place(&self, session: &Session) -> Option<Span> {
        let world = &session.loaded().world;
        match self.at.as_ref()? {
            About::Statement(_, _, place) => Some(place.0),
            About::Document(_, policy) => Some(world.stored(*policy).policy.span),
            About::Wiring(_, id) => world.wiring(*id).map(|wired| wired.span),
            About::Holder(id) | About::Missing(id, ..) => world.entity(*id).span,
            About::Accounts => None,
        }
    }

    /// The list
    #[must_use]
    pub fn list(&self, focus: Focus) -> Pane {
        let lines = self.lines.iter().map(|(_, words)| words.clone()).collect();
        let at = (!self.lines.is_empty()).then(|| self.number());
        Pane::new(Words::of(Role::Strong, "Statements"), lines)
            .select(at, focus)
            .remark(count(self.statements, "statement"))
    }
}

/// Whether an edit is in one of these lines
fn touched(session: &Session, inside: &[(About, Words)]) -> bool {
    let draft = session.draft();
    inside.iter().any(|(about, _)| match about {
        About::Document(Some(of), policy) => {
            draft.carried.contains_key(of) || draft.documents.contains_key(policy)
        }
        About::Wiring(_, id) => draft.unwired.contains(id),
        About::Document(None, policy) => draft.documents.contains_key(policy),
        About::Holder(_) | About::Accounts | About::Missing(..) | About::Statement(..) => false,
    })
}

/// `[x] 0 ReadStripe  Allow  secretsmanager:GetSecretValue`
fn statement_words(line: &Line, may_edit: bool) -> Words {
    let statement = &line.statement;
    let mark = match (line.power, line.origin) {
        (Power::Off, _) => " ",
        (Power::On, Origin::Edited) => "~",
        (Power::On, Origin::Added) => "+",
        (Power::On, Origin::Loaded) => "x",
    };
    let role = if line.power == Power::Off { Role::Dim } else { Role::Plain };
    let mut words = if may_edit {
        Words::of(role, &format!("    [{mark}] {} ", statement.index))
    } else {
        Words::of(Role::Dim, &format!("     {mark}  {} ", statement.index))
    };
    let sid = statement.sid.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
    words.push(role, &format!("{sid:<16} "));
    match &statement.effect {
        Effect::Allow => words.push(Role::Allow, "Allow "),
        Effect::Deny => words.push(Role::Deny, "Deny  "),
        Effect::Unknown(_) => words.push(Role::Maybe, "?     "),
    }
    match (line.power, line.origin) {
        (Power::Off, _) => words.push(Role::Lost, "off "),
        (Power::On, Origin::Edited) => words.push(Role::Maybe, "edited "),
        (Power::On, Origin::Added) => words.push(Role::Gained, "new "),
        (Power::On, Origin::Loaded) => {}
    }
    let actions: Vec<String> =
        statement.action.entries().iter().take(3).map(|entry| entry.text.to_string()).collect();
    words.push(Role::Dim, &actions.join(", "));
    words
}
