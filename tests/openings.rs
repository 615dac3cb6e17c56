//! The laws of what reach does not ask: where nothing could allow it the evaluator denies, where an index leaves it out
//! nothing could allow it, and where it is like something that was asked the evaluator says the same.

use std::path::Path;

use gatecrash::aws::action::Action;
use gatecrash::eval::context::KeyValue;
use gatecrash::load::{self, Options};
use gatecrash::reach::alike::Alike;
use gatecrash::reach::edges::data::resources;
use gatecrash::reach::judge;
use gatecrash::reach::openings::{Admission, Opening, admission, ends, opened};
use gatecrash::text::Text;
use gatecrash::world::data::DATA;
use gatecrash::world::kind::Kind;
use gatecrash::world::view::{Question, View, caller};
use gatecrash::world::{Applied, Entity, World, build::build};

use crate::program::root;

#[path = "../benches/made/account.rs"]
pub(crate) mod account;

/// How many requests were left out and denied, and how many were asked
#[derive(Default)]
struct Count {
    left_out: usize,
    asked: usize,
}

/// Holds one request against the evaluator
fn hold(view: &View<'_>, from: &Entity, target: &Entity, action: &str, arn: &Text, count: &mut Count) {
    let Some(who) = caller(from) else { return };
    let own: &[Applied] = if target.kind == Kind::Role { &target.trust } else { &target.resource };
    let covered = Opening::of(view, from, &[action]).may_cover(target.arn.as_ref());
    let worth_asking = match admission(view, own, &who).max(admission(view, &target.grants, &who)) {
        Admission::Perhaps => true,
        Admission::ByAccount => covered,
        Admission::Nothing => covered && target.kind != Kind::Role,
    };
    if worth_asking {
        count.asked += 1;
        return;
    }
    count.left_out += 1;
    let parsed = Action::parse(action).expect("an action of the tables");
    let question = Question {
        caller: who,
        identity: (from.kind != Kind::Anonymous).then_some(from.id),
        action: &parsed,
        resource: arn.clone(),
        on: Some(target.id),
        context: Vec::new(),
    };
    assert!(judge::ask(view, &question).is_none(), "{} {action} {}", from.display, target.display);
}

fn hold_all(world: &World) -> Count {
    let (view, mut count) = (View::new(world), Count::default());
    for from in world.entities() {
        let Some(who) = caller(from) else { continue };
        for target in world.entities().iter().filter(|target| target.id != from.id) {
            let arn = target.arn.clone().unwrap_or_else(|| target.name.clone());
            for (kind, action) in [(Kind::Function, "lambda:InvokeFunction"), (Kind::Role, "sts:AssumeRole")]
            {
                if target.kind == kind {
                    hold(&view, from, target, action, &arn, &mut count);
                }
            }
            let of_kind = DATA.iter().filter(|row| row.kind == target.of.unwrap_or(target.kind));
            for access in of_kind.flat_map(|row| row.read.iter().chain(row.write)) {
                for arn in resources(&view, Some(from), &who, target, *access) {
                    hold(&view, from, target, access.action, &arn, &mut count);
                }
            }
        }
    }
    count
}

fn of_corpus(name: &str) -> World {
    let folder = root().join("corpus/worlds").join(Path::new(name));
    build(load::paths(&[folder], &Options::default()).pieces, &[]).0
}

fn made(mix: account::Mix) -> World {
    let made = account::terraform(25, mix);
    build(load::embedded(&[("main.tf", made.as_str())], &Options::default()).pieces, &[]).0
}

fn worlds() -> Vec<World> {
    let corpus = ["shop", "article", "article-loose", "load-state", "bad-not-modelled"].map(of_corpus);
    corpus.into_iter().chain([account::Mix::Teams, account::Mix::Wide].map(made)).collect()
}

#[test]
fn what_is_not_asked_is_denied() {
    let mut all = Count::default();
    for world in &worlds() {
        let count = hold_all(world);
        all.left_out += count.left_out;
        all.asked += count.asked;
    }
    assert!(all.left_out > 1_000 && all.asked > 1_000, "{} left out, {} asked", all.left_out, all.asked);
}

#[test]
fn the_index_leads_to_all_that_may_be_opened_and_to_nothing_else() {
    let (mut found, mut left_out) = (0, 0);
    for world in &worlds() {
        let view = View::new(world);
        let actions =
            DATA.iter().flat_map(|row| row.read.iter().chain(row.write).map(|one| (row.kind, one.action)));
        let actions: Vec<_> = actions.chain([(Kind::Function, "lambda:InvokeFunction")]).collect();
        for (from, (kind, action)) in
            world.entities().iter().flat_map(|from| actions.iter().map(move |one| (from, one)))
        {
            let Some(who) = caller(from) else { continue };
            let opening = Opening::of(&view, from, &[action]);
            let is_of_kind = |end: &&Entity| end.of.unwrap_or(end.kind) == *kind;
            let admits = |documents: &[Applied]| admission(&view, documents, &who) != Admission::Nothing;
            let is_opened = |end: &&Entity| opening.may_cover(end.arn.as_ref());
            let is_end = |end: &&Entity| is_opened(end) || admits(&end.resource) || admits(&end.grants);
            let of_kind: Vec<&Entity> = world.entities().iter().filter(is_of_kind).collect();
            let names = |ends: Vec<&Entity>| ends.iter().map(|end| end.id).collect::<Vec<_>>();
            let all = names(of_kind.iter().copied().filter(is_opened).collect());
            assert_eq!(names(opened(&view, *kind, &opening)), all, "{} {action}", from.display);
            let all = names(of_kind.iter().copied().filter(is_end).collect());
            assert_eq!(names(ends(&view, *kind, &opening, &who)), all, "{} {action}", from.display);
            found += all.len();
            left_out += of_kind.len() - all.len();
        }
    }
    assert!(found > 1_000 && left_out > 1_000, "{found} found, {left_out} left out");
}

/// Holds what is remembered of requests that are alike against each of them decided alone
fn hold_alike(view: &View<'_>) -> usize {
    let mut compared = 0;
    for from in view.world.entities() {
        let Some(who) = caller(from).filter(|_| from.kind != Kind::Anonymous) else { continue };
        let mut alike = Alike::of(view, Some(from));
        let targets = view.world.entities().iter().filter(|target| target.id != from.id);
        for target in targets {
            let of_kind = DATA.iter().filter(|row| row.kind == target.of.unwrap_or(target.kind));
            let data = of_kind.flat_map(|row| row.read.iter().chain(row.write));
            let data = data.flat_map(|one| {
                let names = resources(view, Some(from), &who, target, *one).into_iter();
                names.map(|arn| (one.action, arn))
            });
            let calls = [(Kind::Function, "lambda:UpdateFunctionCode"), (Kind::Role, "iam:PassRole")];
            let calls = calls.into_iter().filter(|(kind, _)| *kind == target.kind);
            let calls = calls.filter_map(|(_, action)| Some((action, target.arn.clone()?)));
            for (action, resource) in data.chain(calls) {
                let parsed = Action::parse(action).expect("an action of the tables");
                let question = Question {
                    caller: who.clone(),
                    identity: Some(from.id),
                    action: &parsed,
                    resource,
                    on: Some(target.id),
                    context: Vec::new(),
                };
                let (alone, remembered) = (judge::ask(view, &question), alike.ask(&question));
                assert_eq!(
                    format!("{remembered:?}"),
                    format!("{alone:?}"),
                    "{} {action} {}",
                    from.display,
                    target.display
                );
                compared += usize::from(alone.is_some());
            }
        }
    }
    compared
}

#[test]
fn what_is_alike_is_decided_alike() {
    let limited = ["load-organization", "load-endpoint"].map(of_corpus);
    let compared: usize = worlds().iter().chain(&limited).map(|world| hold_alike(&View::new(world))).sum();
    assert!(compared > 1_000, "{compared} compared");
    // A request that names an endpoint is limited by the endpoint's policy, which tells resources apart.
    let [_, endpoint] = &limited;
    let id = endpoint.endpoints.first().expect("an endpoint with a policy").id.clone();
    let given = vec![("aws:SourceVpce".to_owned(), KeyValue::One(id))];
    assert!(hold_alike(&View::new(endpoint).given(given)) > 0);
}
