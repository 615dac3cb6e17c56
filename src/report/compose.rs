//! From results to answers: names, places and words, in one way for every command.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::cause;
use crate::eval::context::KeyValue;
use crate::eval::decide::{Decision, Layer, Match, Outcome, Says, Verdict};
use crate::eval::statement::nearest::{Miss, nearest};
use crate::eval::truth::{Atom, Residual};
use crate::policy::Statement;
use crate::problem::{self, Severity};
use crate::reach::edges::trigger::is_modelled;
use crate::reach::edges::{api_read, sql};
use crate::reach::graph::Graph;
use crate::reach::judge::collect_causes;
use crate::reach::search::{self, Prefer, Tiers, Wanted};
use crate::reach::who::{Call, Row, who_can};
use crate::reach::{self, EvidenceRole, NOT_MODELLED, Wiring};
use crate::report::answer::{self, Footing, Node};
use crate::report::{trust, words};
use crate::source::{Sources, Span};
use crate::text::Text;
use crate::world::data;
use crate::world::kind::Kind;
use crate::world::pieces::{OwnAccount, Provenance};
use crate::world::view::{Question, View};
use crate::world::{Applied, Entity, EntityId, KeyUse, Link, Standing};

pub mod check;
pub mod diff;

/// What answers are made from
#[derive(Debug)]
pub struct Compose<'a> {
    /// The text that was read
    pub sources: &'a Sources,
    /// The world that was asked
    pub view: &'a View<'a>,
    /// What went wrong while reading
    pub problems: &'a problem::Problems,
    /// The accounts that the input calls its own
    pub accounts: &'a [OwnAccount],
    /// Files that might have been input and were not
    pub unrecognised: &'a [String],
}

/// A question about reach
#[derive(Clone, Debug)]
pub struct ReachQuestion {
    /// The starts
    pub from: Vec<EntityId>,
    /// The targets, where some are asked for
    pub to: Option<Vec<EntityId>>,
    /// Which tiers paths and cuts are about
    pub tiers: Tiers,
    /// How many paths
    pub paths: usize,
    /// Only this grade
    pub grade: Option<reach::Grade>,
}

impl Compose<'_> {
    /// An entity
    #[must_use]
    pub fn node(&self, id: EntityId) -> Node {
        let entity = self.view.entity(id);
        Node {
            name: entity.display.clone(),
            kind: entity.kind.name(),
            arn: entity.arn.as_ref().map(Text::to_string),
            address: entity.address.clone(),
        }
    }

    pub(super) fn name(&self, id: EntityId) -> String {
        self.view.entity(id).display.clone()
    }

    pub(super) fn place(&self, role: &'static str, span: Span) -> answer::Evidence {
        let place = self.sources.place(span);
        let known = !place.path.is_empty();
        answer::Evidence {
            role,
            line: known.then_some(place.line),
            column: known.then_some(place.column),
            file: known.then_some(place.path),
            policy: None,
            sid: None,
            index: None,
            effect: None,
        }
    }

    /// A place
    #[must_use]
    pub fn evidence(&self, evidence: &reach::Evidence) -> answer::Evidence {
        let role = match evidence.role {
            EvidenceRole::Statement => "statement",
            EvidenceRole::Wiring => "wiring",
            EvidenceRole::Synthesised => "synthesised",
            EvidenceRole::ManagedPolicy => "managed-policy",
            EvidenceRole::Configuration => "configuration",
        };
        answer::Evidence {
            policy: evidence.policy.clone(),
            sid: evidence.sid.clone(),
            index: evidence.index,
            effect: evidence.effect,
            ..self.place(role, evidence.span)
        }
    }

    fn cause(&self, cause: &cause::Cause) -> answer::Cause {
        answer::Cause {
            cause: cause.kind.id(),
            what: cause.what.clone(),
            evidence: cause.span.map(|span| self.place(self.role_at(span), span)),
        }
    }

    /// Whether a place lies in a statement
    fn role_at(&self, span: Span) -> &'static str {
        let inside = |statement: &Statement| {
            statement.span.file == span.file
                && statement.span.start <= span.start
                && span.end <= statement.span.end
        };
        let policies = self.view.world.policies();
        let mut statements = policies.flat_map(|(_, stored)| &stored.policy.statements);
        if statements.any(inside) { "statement" } else { "configuration" }
    }

    fn causes(&self, causes: &[cause::Cause]) -> Vec<answer::Cause> {
        causes.iter().map(|cause| self.cause(cause)).collect()
    }

    fn residual(&self, residual: Option<&Residual>) -> Value {
        residual.map_or(Value::Null, |residual| self.tree(residual))
    }

    fn tree(&self, residual: &Residual) -> Value {
        let all = |parts: &[Residual]| parts.iter().map(|part| self.tree(part)).collect::<Vec<_>>();
        match residual {
            Residual::All(parts) => json!({ "all": all(parts) }),
            Residual::Any(parts) => json!({ "any": all(parts) }),
            Residual::Not(part) => json!({ "not": self.tree(part) }),
            Residual::Atom(atom) => json!({
                "operator": atom.operator,
                "key": atom.key,
                "values": atom.values.iter().map(Text::to_string).collect::<Vec<_>>(),
                "evidence": self.place(self.role_at(atom.span), atom.span),
            }),
            Residual::Hole { hole, matches, span } => json!({
                "hole": hole.name(),
                "matches": matches.to_string(),
                "evidence": self.place(self.role_at(*span), *span),
            }),
            Residual::Cause(cause) => json!(self.cause(cause)),
        }
    }

    fn choices(&self, choices: &[Atom]) -> Vec<String> {
        choices.iter().map(words::atom).collect()
    }

    fn problems(&self) -> Vec<answer::Problem> {
        let one = |problem: &problem::Problem| {
            let place =
                problem.span.map(|span| self.sources.place(span)).filter(|place| !place.path.is_empty());
            answer::Problem {
                kind: problem.kind.id(),
                severity: match problem.severity {
                    Severity::Partly => "partly",
                    Severity::Broken => "broken",
                },
                message: problem.message.clone(),
                line: place.as_ref().map(|place| place.line),
                column: place.as_ref().map(|place| place.column),
                file: place.map(|place| place.path).or_else(|| problem.path.clone()),
                help: problem.help.clone(),
            }
        };
        self.problems.iter().map(one).collect()
    }

    fn assumptions(&self) -> Vec<answer::Assumption> {
        let one = |assumption: &crate::world::pieces::Assumption| answer::Assumption {
            text: assumption.text.clone(),
            evidence: assumption.span.map(|span| self.place("configuration", span)),
        };
        self.view.world.assumptions.iter().map(one).collect()
    }

    fn openness(&self) -> answer::Openness {
        answer::Openness { closed: Vec::new(), open: vec!["principals", "function-policies", "ceilings"] }
    }

    /// `account 111122223333`, `the account`
    fn our_account(&self) -> String {
        match self.view.world.accounts.as_slice() {
            [one] if one.as_literal().is_some() => format!("account {one}"),
            [] | [_] => "our account (its number is not known)".to_owned(),
            many => format!("our {}", words::count(many.len(), "account")),
        }
    }

    fn not_covered(&self, what: &[&str]) -> Vec<String> {
        what.iter().map(|what| what.replace("{account}", &self.our_account())).collect()
    }

    fn footing(&self, not_covered: &[&str], not_modelled: Vec<String>) -> Footing {
        let absent = self.view.world.absent_modules.iter().map(|module| {
            let place = self.sources.place(module.span);
            format!("what {} ({}, called at {place}) declares", module.address, module.source)
        });
        Footing {
            not_covered: self.not_covered(not_covered).into_iter().chain(absent).collect(),
            not_modelled,
            assumptions: self.assumptions(),
            problems: self.problems(),
        }
    }

    /// Answers `who-can`
    #[must_use]
    pub fn who_can(&self, graph: &Graph, call: &Call, resource: EntityId) -> answer::WhoCan {
        let rows = who_can(self.view, graph, call, resource);
        let entity = self.view.entity(resource);
        let mut open = vec!["any principal of {account} with an identity allow that is not in the input"];
        if entity.kind.is_function() {
            open.push("statements that other stacks add to the function's policy");
        } else {
            open.push("a resource policy that other stacks attach");
        }
        let mut not_modelled = self.unmodelled_triggers(|function| {
            function == resource || self.view.entity(function).alias_of == Some(resource)
        });
        if matches!(call, Call::Action(action) if action.is("secretsmanager:GetSecretValue")) {
            not_modelled.push("kms:Decrypt where a customer managed key encrypts it".to_owned());
        }
        answer::WhoCan {
            version: 1,
            action: match call {
                Call::Invoke => "invoke".to_owned(),
                Call::Action(action) => action.to_string(),
            },
            resource: self.node(resource),
            world: self.openness(),
            who: rows.iter().map(|row| self.row(row)).collect(),
            footing: self.footing(&open, not_modelled),
        }
    }

    /// Adds who comes to a function by way of something else: who sets a source off, who has a function's code call
    ///
    /// Only callers, functions and accounts stand there: what is wired is in the answer already.
    pub fn transitive(&self, graph: &Graph, function: EntityId, answer: &mut answer::WhoCan) {
        let aliases = self.view.world.of_kind(Kind::Function).filter(|one| one.alias_of == Some(function));
        let targets: Vec<EntityId> = std::iter::once(function).chain(aliases.map(|alias| alias.id)).collect();
        // The last step into a function is a call; what only reads or changes it is none.
        let calls = |edge: &reach::Edge| edge.grade == reach::Grade::Influence;
        let wanted = Wanted { counts: &calls, prefer: Prefer::Tier, has: None };
        for way in search::reaching(self.view.world, graph, &targets, wanted) {
            let (Some(first), Some(last)) = (way.path.first(), way.path.last()) else { continue };
            if way.path.len() < 2 || targets.contains(&first.from) {
                continue;
            }
            let mut causes = way.causes();
            causes.dedup();
            let mut evidence: Vec<answer::Evidence> = Vec::new();
            for one in way.path.iter().flat_map(|edge| &edge.evidence) {
                let one = self.evidence(one);
                if !evidence.contains(&one) {
                    evidence.push(one);
                }
            }
            answer.who.push(answer::Who {
                principal: self.node(first.from),
                state: way.state.id(),
                causes: self.causes(&causes),
                wired: None,
                edge: Some(last.kind),
                on: (last.to != function).then(|| self.name(last.to)),
                leaves_open: Vec::new(),
                choices: way.path.iter().flat_map(|edge| self.choices(&edge.choices)).collect(),
                residual: Value::Null,
                level: None,
                evidence,
                path: Some(self.edges(&way.path)),
            });
        }
    }

    fn unmodelled_triggers(&self, wanted: impl Fn(EntityId) -> bool) -> Vec<String> {
        let one = |wired: &crate::world::Wired| {
            let Link::Trigger { edge, source, function, .. } = wired.link else { return None };
            if is_modelled(edge) {
                return None;
            }
            let place = self.sources.place(wired.span);
            let text = || format!("{edge}: {} triggers {} ({place})", self.name(source), self.name(function));
            wanted(function).then(text)
        };
        self.view.world.wirings().filter_map(one).collect()
    }

    fn row(&self, row: &Row) -> answer::Who {
        answer::Who {
            principal: self.node(row.principal),
            state: row.state.id(),
            causes: self.causes(&row.causes),
            wired: wired(row.wiring),
            edge: row.edge,
            on: row.on.map(|on| self.name(on)),
            leaves_open: row.leaves_open.clone(),
            choices: self.choices(&row.choices),
            residual: self.residual(row.residual.as_ref()),
            level: row.level.map(level),
            evidence: row.evidence.iter().map(|evidence| self.evidence(evidence)).collect(),
            path: None,
        }
    }

    /// An edge
    #[must_use]
    pub fn edge(&self, edge: &reach::Edge) -> answer::Edge {
        answer::Edge {
            from: self.name(edge.from),
            to: self.name(edge.to),
            kind: edge.kind,
            grade: edge.grade.id(),
            state: edge.state.id(),
            causes: self.causes(&edge.causes),
            actions: edge.actions.clone(),
            choices: self.choices(&edge.choices),
            residual: self.residual(edge.residual.as_ref()),
            published: None,
            wired: wired(edge.wiring),
            evidence: edge.evidence.iter().map(|evidence| self.evidence(evidence)).collect(),
        }
    }

    fn edges(&self, path: &[&reach::Edge]) -> Vec<answer::Edge> {
        path.iter().map(|edge| self.edge(edge)).collect()
    }

    /// Answers `reach`
    #[must_use]
    pub fn reach(&self, graph: &Graph, question: &ReachQuestion) -> answer::Reach {
        let world = self.view.world;
        let keep = |reached: &search::Reached<'_>| {
            question.to.as_ref().is_none_or(|to| to.contains(&reached.target))
                && question.grade.is_none_or(|grade| grade == reached.grade)
        };
        let own = search::reach(world, graph, &question.from);
        let known: BTreeSet<_> = own.iter().map(|reached| (reached.target, reached.grade)).collect();
        let mut reached: Vec<answer::Reached> =
            own.iter().filter(|reached| keep(reached)).map(|reached| self.reached(reached, None)).collect();
        let anonymous = world.anonymous().filter(|id| !question.from.contains(id));
        if let Some(anonymous) = anonymous {
            for everybodys in search::reach(world, graph, &[anonymous]).iter().filter(|reached| keep(reached))
            {
                let own = question.from.contains(&everybodys.target);
                if !own && !known.contains(&(everybodys.target, everybodys.grade)) {
                    reached.push(self.reached(everybodys, Some("anonymous")));
                }
            }
        }
        let (mut paths, mut cuts) = (None, None);
        if let Some(to) = &question.to {
            let found = search::paths(graph, &question.from, to, question.tiers, question.paths);
            paths = Some(found.iter().map(|path| self.path(path)).collect());
            let cut = |cut: &reach::cuts::Cut, kind: &'static str| answer::Cut {
                kind,
                statements: cut.iter().map(|evidence| self.evidence(evidence)).collect(),
                size: cut.len(),
            };
            cuts = Some(match reach::cuts::cuts(self.view, graph, &question.from, to, question.tiers) {
                reach::cuts::Cuts::Smallest(found) => found.iter().map(|one| cut(one, "smallest")).collect(),
                reach::cuts::Cuts::Greedy(found) => vec![cut(&found, "greedy")],
            });
        }
        let open = ["resources and policies of {account} that are not in the input"];
        let not_modelled = NOT_MODELLED.iter().map(|text| (*text).to_owned());
        let triggers = self.unmodelled_triggers(|_| true);
        answer::Reach {
            version: 1,
            from: question.from.iter().map(|id| self.name(*id)).collect(),
            to: question.to.as_ref().map(|to| to.iter().map(|id| self.name(*id)).collect()),
            world: self.openness(),
            reached,
            paths,
            cuts,
            footing: self.footing(&open, not_modelled.chain(triggers).collect()),
        }
    }

    fn reached(&self, reached: &search::Reached<'_>, inherited: Option<&'static str>) -> answer::Reached {
        answer::Reached {
            target: self.node(reached.target),
            grade: reached.grade.id(),
            tier: reached.tier.id(),
            code_boundaries: reached.tier.boundaries(),
            state: reached.state.id(),
            causes: self.causes(&reached.causes()),
            hops: reached.path.len(),
            inherited,
            path: self.edges(&reached.path),
        }
    }

    fn path(&self, path: &search::Reached<'_>) -> answer::Path {
        answer::Path {
            from: path.path.first().map(|edge| self.name(edge.from)).unwrap_or_default(),
            to: self.name(path.target),
            grade: path.grade.id(),
            tier: path.tier.id(),
            code_boundaries: path.tier.boundaries(),
            state: path.state.id(),
            causes: self.causes(&path.causes()),
            hops: path.path.len(),
            edges: self.edges(&path.path),
        }
    }

    /// Answers `explain`
    #[must_use]
    pub fn explain(&self, who: EntityId, question: &Question<'_>, decision: &Decision) -> answer::Explain {
        let mut causes = Vec::new();
        if let Some(residual) =
            decision.residual.as_ref().filter(|_| decision.verdict == Verdict::Conditional)
        {
            collect_causes(residual, &mut causes);
        }
        let step = |step: &crate::eval::decide::Step| answer::Step {
            layer: layer(step.layer),
            outcome: match step.outcome {
                Outcome::Allowed => "allowed",
                Outcome::Denied => "denied",
                Outcome::NoMatch => "no-match",
                Outcome::Conditional => "conditional",
                Outcome::NotReached => "not-reached",
            },
            evidence: step
                .evidence
                .iter()
                .filter(|one| self.view.world.provenance((one.span, one.index)) != Provenance::Assumed)
                .map(|one| self.statement(one))
                .collect(),
        };
        let beside = self.asked_beside(question);
        let mut open = vec![
            "identity policies, boundaries and organisation policies of {account} that are not in the input",
        ];
        open.extend(beside.iter().map(String::as_str));
        answer::Explain {
            version: 1,
            request: answer::Request {
                principal: self.name(who),
                action: question.action.to_string(),
                resource: question.resource.to_string(),
                context: self.context(question, decision),
            },
            decision: verdict(decision.verdict),
            layer: decision.layer.map(layer),
            causes: self.causes(&causes),
            choices: self.choices(&decision.choices),
            residual: self
                .residual(decision.residual.as_ref().filter(|_| decision.verdict == Verdict::Conditional)),
            steps: decision.steps.iter().map(step).collect(),
            nearest: self.nearest(question, decision),
            told: None,
            footing: self.footing(&open, Vec::new()),
        }
    }

    /// One decision is one request: what the service asks of KMS in the caller's name is another
    fn asked_beside(&self, question: &Question<'_>) -> Vec<String> {
        let Some(on) = question.on.map(|id| self.view.entity(id)) else { return Vec::new() };
        let Some((_, access)) = crate::world::data::access(question.action.as_str()) else {
            return Vec::new();
        };
        let with = |(used, action): (&KeyUse, &&str)| {
            let key = &self.view.entity(used.key).display;
            format!("whether the caller may {action} with {key}, which {} is encrypted with", on.display)
        };
        let each = on.keys.iter().flat_map(|used| access.key.iter().map(move |action| (used, action)));
        each.map(with).collect()
    }

    /// Where nothing allows the request: the statement that comes nearest
    fn nearest(&self, question: &Question<'_>, decision: &Decision) -> Option<answer::Nearest> {
        let lacking = decision.layer.filter(|_| decision.verdict == Verdict::ImplicitlyDenied)?;
        let (policies, request) = self.view.applicable(question);
        let near = nearest(&policies, &request, lacking)?;
        let statement = answer::Evidence {
            policy: Some(near.policy),
            sid: near.sid.map(|sid| sid.to_string()),
            index: Some(near.index),
            effect: Some("allow"),
            ..self.place("statement", near.span)
        };
        let miss = |miss: Miss| answer::Miss {
            part: miss.part.id(),
            written: miss.written,
            evidence: self.place("statement", miss.span),
        };
        Some(answer::Nearest { statement, misses: near.misses.into_iter().map(miss).collect() })
    }

    fn statement(&self, one: &crate::eval::decide::Evidence) -> answer::Evidence {
        let role = match self.view.world.provenance((one.span, one.index)) {
            Provenance::Written | Provenance::Assumed => "statement",
            Provenance::Synthesised => "synthesised",
            Provenance::AwsManaged => "managed-policy",
        };
        answer::Evidence {
            policy: Some(one.policy.clone()),
            sid: one.sid.as_ref().map(Text::to_string),
            index: Some(one.index),
            effect: Some(match one.effect {
                Says::Allow => "allow",
                Says::Deny => "deny",
                Says::Either => "either",
            }),
            ..self.place(role, one.span)
        }
    }

    /// The keys that matter: given ones, those that the way of calling fixes, those that a taking part statement names
    fn context(&self, question: &Question<'_>, decision: &Decision) -> BTreeMap<String, Value> {
        let request = self.view.request(question, None);
        let shown = |value: &KeyValue| match value {
            KeyValue::Absent => json!({ "absent": true }),
            KeyValue::Unknown => json!({ "unknown": true }),
            KeyValue::One(text) => json!(text.to_string()),
            KeyValue::Many(texts) => json!(texts.iter().map(Text::to_string).collect::<Vec<_>>()),
        };
        let mut out: BTreeMap<String, Value> =
            request.context.iter().map(|(key, value)| (key.to_owned(), shown(value))).collect();
        let mut atoms = Vec::new();
        let steps = decision.steps.iter().flat_map(|step| &step.evidence);
        for residual in steps.filter_map(|one| one.residual.as_ref()).chain(&decision.residual) {
            collect_atoms(residual, &mut atoms);
        }
        for atom in atoms {
            if !out.keys().any(|key| key.eq_ignore_ascii_case(&atom.key)) {
                out.insert(atom.key.clone(), json!({ "unknown": true }));
            }
        }
        out
    }

    /// Answers `inspect`
    #[must_use]
    pub fn inspect(&self, graph: &Graph) -> answer::Inspect {
        let world = self.view.world;
        let of = |wanted: &dyn Fn(&Entity) -> bool| -> Vec<answer::Declared> {
            let mut found: Vec<_> =
                world.entities().iter().filter(|e| wanted(e)).filter_map(|e| self.declared(e)).collect();
            found.sort_by(|a, b| a.node.name.cmp(&b.node.name));
            found
        };
        let is_principal = |kind: Kind| {
            matches!(
                kind,
                Kind::User | Kind::Role | Kind::Group | Kind::Account | Kind::Service | Kind::Provider
            )
        };
        let principals = of(&|entity| is_principal(entity.kind));
        let data = of(&|entity| crate::world::data::row(entity.of.unwrap_or(entity.kind)).is_some());
        let mut functions: Vec<answer::Function> = world
            .functions()
            .filter(|function| function.alias_of.is_none())
            .filter_map(|function| self.function(function))
            .collect();
        functions.sort_by(|a, b| a.declared.node.name.cmp(&b.declared.node.name));
        let mut files: Vec<String> =
            self.sources.files().map(|file| self.sources.path(file).to_owned()).collect();
        files.sort();
        let hangs = self.hangs(graph);
        let holes = self.holes(&hangs);
        answer::Inspect {
            version: 1,
            files,
            accounts: self.accounts.iter().map(|own| self.account(own)).collect(),
            principals,
            functions,
            policies: self.policies(),
            triggers: self.triggers(),
            data,
            reasons: trust::reasons(&holes),
            holes,
            modules: self.modules(&hangs),
            hangs,
            unrecognised: self.unrecognised.to_vec(),
            values: answer::Values {
                concrete: world.tally.concrete,
                symbolic: world.tally.symbolic,
                unknown: world.tally.unknown,
            },
            assumptions: self.assumptions(),
            problems: self.problems(),
            not_modelled: {
                let known = NOT_MODELLED.iter().map(|text| (*text).to_owned());
                known.chain(self.unmodelled_triggers(|_| true)).collect()
            },
        }
    }

    fn account(&self, own: &OwnAccount) -> answer::Account {
        answer::Account {
            account: own.account.clone(),
            from: own.from.clone(),
            evidence: own.span.map(|span| self.place("configuration", span)),
        }
    }

    fn declared(&self, entity: &Entity) -> Option<answer::Declared> {
        let span = entity.span.filter(|_| entity.standing != Standing::Always)?;
        Some(answer::Declared {
            node: self.node(entity.id),
            causes: self.causes(&entity.doubts),
            evidence: self.place("configuration", span),
        })
    }

    fn function(&self, function: &Entity) -> Option<answer::Function> {
        let world = self.view.world;
        let role = world.wirings().find_map(|wired| {
            let Link::RunsAs { function: of, role } = wired.link else { return None };
            (of == function.id).then(|| self.name(role))
        });
        let urls = world.wirings().filter_map(|wired| {
            let Link::Url { function: of, authorization } = &wired.link else { return None };
            let entity = self.view.entity(*of);
            let ours = *of == function.id || entity.alias_of == Some(function.id);
            ours.then(|| answer::Url {
                authorization: authorization.to_string(),
                qualifier: entity.alias_of.and(entity.name.split(':', 2).pop()).map(|name| name.to_string()),
                evidence: self.place("wiring", wired.span),
            })
        });
        let endpoints = world.wirings().filter_map(|wired| {
            let Link::WebEndpoint { function: of, name, authorization } = &wired.link else { return None };
            (*of == function.id).then(|| answer::Endpoint {
                name: name.to_string(),
                authorization: authorization.to_string(),
                evidence: self.place("wiring", wired.span),
            })
        });
        let aliases = world.of_kind(Kind::Function).filter(|alias| alias.alias_of == Some(function.id));
        // Environment values may be secrets: their names are shown, not what they hold.
        let settings = function.settings.iter().map(|(name, setting)| {
            let value =
                if name.starts_with("environment") { "(set)".to_owned() } else { setting.value.to_string() };
            ((*name).to_owned(), value)
        });
        Some(answer::Function {
            declared: self.declared(function)?,
            role,
            aliases: aliases.map(|alias| alias.display.clone()).collect(),
            urls: urls.collect(),
            endpoints: endpoints.collect(),
            settings: settings.collect(),
        })
    }

    fn policies(&self) -> Vec<answer::Policy> {
        let mut out = Policies::new();
        let mut all: Vec<(&'static str, &Applied, &String)> = Vec::new();
        for entity in self.view.world.entities() {
            let roles: [(&'static str, &[Applied]); 5] = [
                ("identity", &entity.identity),
                ("boundary", &entity.boundary),
                ("trust", &entity.trust),
                ("resource", &entity.resource),
                ("grant", &entity.grants),
            ];
            all.extend(
                roles
                    .into_iter()
                    .flat_map(|(role, all)| all.iter().map(move |one| (role, one, &entity.display))),
            );
        }
        let limited: Vec<_> = self
            .view
            .world
            .limited()
            .map(|(account, ceilings)| (format!("account/{account}"), ceilings))
            .collect();
        for (account, ceilings) in &limited {
            for (role, levels) in [("scp", &ceilings.scps), ("rcp", &ceilings.rcps)] {
                all.extend(levels.iter().flatten().map(|one| (role, one, account)));
            }
        }
        for (role, applied, carrier) in all {
            let provenance = match applied.provenance {
                Provenance::Written => "written",
                Provenance::Synthesised => "synthesised",
                Provenance::AwsManaged => "aws-managed",
                Provenance::Assumed => continue,
            };
            let (statements, span) = match &applied.document {
                Ok(id) => {
                    let policy = self.view.policy(*id);
                    (Some(policy.statements.len()), Some(policy.span))
                }
                Err(cause) => (None, cause.span),
            };
            let missing: &[cause::Cause] = applied.document.as_ref().err().map_or(&[], std::slice::from_ref);
            let policy = || answer::Policy {
                name: applied.name.clone(),
                role,
                attached_to: Vec::new(),
                provenance,
                statements,
                causes: self.causes(&[&applied.doubts[..], missing].concat()),
                evidence: self.place("configuration", span.unwrap_or(Span::NOWHERE)),
            };
            let key = (applied.name.clone(), role, span);
            let (entry, carriers) = out.entry(key).or_insert_with(|| (policy(), BTreeSet::new()));
            if carriers.insert(carrier) {
                entry.attached_to.push(carrier.clone());
            }
        }
        out.into_values().map(|(policy, _)| policy).collect()
    }

    fn triggers(&self) -> Vec<answer::Trigger> {
        let mut out = Vec::new();
        for wired in self.view.world.wirings() {
            let (edge, source, target, modelled) = match &wired.link {
                Link::Credential { .. }
                | Link::RunsAs { .. }
                | Link::Url { .. }
                | Link::WebEndpoint { .. } => continue,
                Link::Route { edge, api, target, action, .. } => {
                    let edge = if self.view.entity(*target).kind == Kind::Function {
                        *edge
                    } else if data::reads(action) {
                        api_read::ID
                    } else {
                        "source.forward"
                    };
                    (edge, *api, *target, true)
                }
                Link::Forward { source, target, .. } => ("source.forward", *source, *target, true),
                Link::Notification { bucket, function, .. } => ("s3.notify", *bucket, *function, true),
                Link::CallsAs { source, role } => {
                    let Some(edge) = sql::id(self.view.entity(*source).kind) else { continue };
                    (edge, *source, *role, true)
                }
                Link::Trigger { edge, source, function, .. } => {
                    (*edge, *source, *function, is_modelled(edge))
                }
            };
            out.push(answer::Trigger {
                edge,
                source: self.name(source),
                target: self.name(target),
                modelled,
                causes: self.causes(&wired.doubts),
                evidence: self.place("wiring", wired.span),
            });
        }
        out
    }
}

/// Policies by name, role and place, each with its carriers so far: what may be attached anywhere has thousands
type Policies<'c> = BTreeMap<(String, &'static str, Option<Span>), (answer::Policy, BTreeSet<&'c String>)>;

fn collect_atoms<'r>(residual: &'r Residual, out: &mut Vec<&'r Atom>) {
    match residual {
        Residual::All(parts) | Residual::Any(parts) => parts.iter().for_each(|part| collect_atoms(part, out)),
        Residual::Not(part) => collect_atoms(part, out),
        Residual::Atom(atom) => out.push(atom),
        Residual::Hole { .. } | Residual::Cause(_) => {}
    }
}

fn wired(wiring: Wiring) -> Option<bool> {
    match wiring {
        Wiring::Wired => Some(true),
        Wiring::Open => Some(false),
        Wiring::NotNeeded => None,
    }
}

/// A layer's name in reports
#[must_use]
pub fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Scp => "scp",
        Layer::Rcp => "rcp",
        Layer::Endpoint => "endpoint",
        Layer::Resource => "resource",
        Layer::Identity => "identity",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
        Layer::Trust => "trust",
        Layer::Key => "key",
        Layer::Grant => "grant",
    }
}

/// A verdict's name in reports
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitlyDenied => "explicitly_denied",
        Verdict::ImplicitlyDenied => "implicitly_denied",
        Verdict::Conditional => "conditional",
    }
}

fn level(level: Match) -> &'static str {
    match level {
        Match::Account => "account",
        Match::Role => "role",
        Match::Wildcard => "wildcard",
        Match::Direct => "direct",
    }
}
