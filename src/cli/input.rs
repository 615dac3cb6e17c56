//! From flags to a world: loading, and the names that a question uses.

use std::path::PathBuf;

use crate::cli::config::Configured;
use crate::cli::exit::{Exit, Form, Stop};
use crate::cli::progress::Progress;
use crate::cli::{Common, Given, demo};
use crate::eval::context::KeyValue;
use crate::load::{self, Options, Outside};
use crate::problem::Problems;
use crate::reach::graph::Graph;
use crate::source::Sources;
use crate::text::Text;
use crate::world::build::{Mention, build};
use crate::world::kind::Kind;
use crate::world::pieces::OwnAccount;
use crate::world::select::{Names, Ours, Selector};
use crate::world::view::View;
use crate::world::{EntityId, World};

/// A world and what it was read from
pub(super) struct Input {
    pub(super) sources: Sources,
    pub(super) world: World,
    pub(super) problems: Problems,
    pub(super) accounts: Vec<OwnAccount>,
    /// Files that might have been input and were not
    pub(super) unrecognised: Vec<String>,
    /// What the assertion file says of names
    pub(super) ours: Ours,
    /// The assertion file
    pub(super) config: Option<Configured>,
}

impl Common {
    pub(super) fn options(&self, configured: Option<&Configured>) -> Result<Options, Stop> {
        let inputs = configured.map(|configured| configured.config.inputs.clone()).unwrap_or_default();
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(account) = self.account.as_ref().filter(|account| !is_account(account)) {
            return Err(Stop::usage(format!("`{account}` is no account: expected twelve digits")));
        }
        let provider = |text: &String| match text.split_once('=') {
            Some((name, account)) if is_account(account) && !name.is_empty() => {
                Ok((name.to_owned(), account.to_owned()))
            }
            Some(_) | None => Err(Stop::usage(format!(
                "`{text}` is no account of a provider: expected NAME=ID, as in aws.partner=444455556666"
            ))),
        };
        let said: Vec<(String, String)> =
            self.provider_accounts.iter().map(provider).collect::<Result<_, _>>()?;
        let pair = |text: &String| {
            let error = || Stop::usage(format!("`{text}` is no variable: expected NAME=VALUE"));
            text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).ok_or_else(error)
        };
        let flags: Vec<(String, String)> = self.vars.iter().map(pair).collect::<Result<_, _>>()?;
        let of_file = |path: &String| configured.map_or_else(|| path.into(), |one| one.path(path));
        Ok(Options {
            account: self.account.clone().or(inputs.account),
            region: self.region.clone().or(inputs.region),
            partition: self.partition.clone().or(inputs.partition),
            // What the command line says comes last and counts.
            provider_accounts: inputs.provider_accounts.into_iter().chain(said).collect(),
            vars: inputs.vars.into_iter().chain(flags).collect(),
            var_files: inputs.var_files.iter().map(of_file).chain(self.var_file.iter().cloned()).collect(),
            outside: if self.allow_outside { Outside::Allowed } else { Outside::Refused },
        })
    }

    /// Reads the input, joins it, and says what went wrong
    pub(super) fn load(&self, selectors: &[&Selector]) -> Result<Input, Stop> {
        self.load_with(self.configured()?, selectors)
    }

    /// The same with an assertion file that was read before
    pub(super) fn load_with(
        &self,
        configured: Option<Configured>,
        selectors: &[&Selector],
    ) -> Result<Input, Stop> {
        if self.demo && !self.input.is_empty() {
            return Err(Stop::usage("`--demo` reads the embedded shop: it goes with no other input"));
        }
        let options = self.options(configured.as_ref())?;
        let loaded = if self.demo {
            load::embedded(demo::SHOP, &options)
        } else {
            load::paths(&self.inputs(configured.as_ref()), &options)
        };
        let mut problems = loaded.problems;
        let accounts = loaded.pieces.accounts.clone();
        let nothing = loaded.pieces.tally.files == 0 && problems.is_empty();
        if nothing {
            let looked: Vec<String> =
                self.inputs(configured.as_ref()).iter().map(|path| format!("`{}`", path.display())).collect();
            let looked = if looked == ["`.`"] { "the current folder".to_owned() } else { looked.join(", ") };
            return Err(Stop {
                exit: Exit::Nothing,
                message: format!(
                    "nothing to read in {looked}: looked for Terraform (*.tf), its plans and its states (*.json, *.tfstate)"
                ),
                help: Some("name a folder that holds some, or try `gatecrash --demo`".to_owned()),
                form: Form::Fragment,
            });
        }
        let mentions: Vec<Mention> = selectors.iter().filter_map(|selector| mention(selector)).collect();
        let (world, more) = build(loaded.pieces, &mentions);
        problems.append(more);
        problems.settle();
        self.report_problems(&problems, &loaded.sources);
        let config = configured;
        let ours = config.as_ref().map(|configured| configured.config.ours.clone()).unwrap_or_default();
        Ok(Input {
            sources: loaded.sources,
            world,
            problems,
            accounts,
            unrecognised: loaded.unrecognised,
            ours,
            config,
        })
    }
}

impl Common {
    /// What is read: what the command line names, what the assertion file names, or this folder
    fn inputs(&self, configured: Option<&Configured>) -> Vec<PathBuf> {
        if !self.input.is_empty() {
            return self.input.clone();
        }
        let of_file = |one: &Configured| one.config.inputs.paths.iter().map(|path| one.path(path)).collect();
        let paths: Vec<PathBuf> = configured.map(of_file).unwrap_or_default();
        if paths.is_empty() { vec![PathBuf::from(".")] } else { paths }
    }
}

impl Input {
    /// Puts the assertion file among the files that reports may name, for an answer that is about it
    pub(super) fn name_config(&mut self) {
        if let Some(configured) = self.config.take() {
            let file = self.sources.add(configured.path.clone(), configured.text.clone());
            self.config = Some(Configured { config: configured.config.in_file(file), ..configured });
        }
    }

    /// The exit code of an answer
    pub(super) fn exit(&self) -> Exit {
        if self.problems.broken() { Exit::Broken } else { Exit::Answered }
    }

    /// What names are looked up in
    pub(super) fn names(&self) -> Names<'_> {
        Names { world: &self.world, ours: &self.ours }
    }

    /// Everything that a selector names: at least one
    pub(super) fn some(&self, selector: &Selector) -> Result<Vec<EntityId>, Stop> {
        let found = selector.select(&self.names());
        if found.is_empty() { Err(self.not_found(selector)) } else { Ok(found) }
    }

    /// The one entity that a selector names
    pub(super) fn one(&self, selector: &Selector) -> Result<EntityId, Stop> {
        let found = self.some(selector)?;
        match found.as_slice() {
            [one] => Ok(*one),
            several => {
                let names: Vec<&str> =
                    several.iter().map(|id| self.world.entity(*id).display.as_str()).collect();
                Err(Stop::usage(format!("`{selector}` names {} things", several.len()))
                    .help(format!("choose one of: {}", names.join(", "))))
            }
        }
    }

    fn not_found(&self, selector: &Selector) -> Stop {
        let kind = match selector {
            Selector::Named { kind, .. } | Selector::Word(kind) => Some(*kind),
            Selector::Any
            | Selector::Outside
            | Selector::OutsideOrg
            | Selector::Admin
            | Selector::Set(_)
            | Selector::Address(_)
            | Selector::Arn(_) => None,
        };
        let mut names: Vec<&str> = self
            .world
            .entities()
            .iter()
            .filter(|entity| kind.is_none_or(|kind| entity.kind == kind))
            .map(|entity| entity.display.as_str())
            .collect();
        names.sort_unstable();
        let shown: Vec<&str> = names.iter().take(12).copied().collect();
        let rest = if names.len() > shown.len() { ", ..." } else { "" };
        let stop = Stop::usage(format!("`{selector}` names nothing in the input"));
        if shown.is_empty() {
            stop.help("`gatecrash inspect` lists what was read")
        } else {
            stop.help(format!("the input has {}{rest}", shown.join(", ")))
        }
    }
}

impl Given {
    /// The view of a world with the given keys
    pub(super) fn view<'w>(&self, world: &'w World) -> Result<View<'w>, Stop> {
        let mut keys: Vec<(String, KeyValue)> = Vec::new();
        for given in &self.given {
            let (key, value) = given.split_once('=').ok_or_else(|| {
                Stop::usage(format!(
                    "`{given}` is no context key: expected KEY=VALUE, as in aws:SourceIp=203.0.113.7"
                ))
            })?;
            let value = Text::from(value);
            match keys.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                None => keys.push((key.to_owned(), KeyValue::One(value))),
                Some((_, known)) => {
                    *known = match std::mem::replace(known, KeyValue::Unknown) {
                        KeyValue::One(first) => KeyValue::Many(vec![first, value]),
                        KeyValue::Many(mut all) => {
                            all.push(value);
                            KeyValue::Many(all)
                        }
                        KeyValue::Absent | KeyValue::Unknown => KeyValue::One(value),
                    }
                }
            }
        }
        for key in &self.absent {
            if keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
                return Err(Stop::usage(format!("`{key}` is given and absent at once")));
            }
            keys.push((key.clone(), KeyValue::Absent));
        }
        Ok(View::new(world).given(keys))
    }
}

/// Reads a selector of the command line
pub(super) fn selector(text: &str) -> Result<Selector, Stop> {
    Selector::parse(text).map_err(|error| Stop::usage(error.to_string()))
}

/// What a selector names even where the input does not
fn mention(selector: &Selector) -> Option<Mention> {
    let plain = |name: &str| !name.contains(['*', '?']);
    match selector {
        Selector::Named { account: None, kind: Kind::Account, name } => {
            let digits = name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| Mention::Account(name.clone()))
        }
        Selector::Named { account: None, kind: Kind::Service, name } if plain(name) => {
            Some(Mention::Service(name.clone()))
        }
        Selector::Arn(arn) if plain(arn) => Some(Mention::Arn(arn.clone())),
        Selector::Named { .. }
        | Selector::Word(_)
        | Selector::Any
        | Selector::Outside
        | Selector::OutsideOrg
        | Selector::Admin
        | Selector::Set(_)
        | Selector::Address(_)
        | Selector::Arn(_) => None,
    }
}

/// The graph of a view
pub(super) fn graph(view: &View<'_>) -> Graph {
    let mut progress = Progress::begin("asking who may do what");
    Graph::build_telling(view, &mut |done, all| progress.at(done, all))
}
