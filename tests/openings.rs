//! The law of the quick no: what reach does not ask, because nothing could allow it, the evaluator denies.

use std::path::Path;

use gatecrash::aws::action::Action;
use gatecrash::load::{self, Options};
use gatecrash::reach::edges::data::resources;
use gatecrash::reach::judge;
use gatecrash::reach::openings::{Admission, Opening, admission};
use gatecrash::text::Text;
use gatecrash::world::data::DATA;
use gatecrash::world::kind::Kind;
use gatecrash::world::view::{Question, View, caller};
use gatecrash::world::{Applied, Entity, World, build::build};

use crate::program::root;

#[path = "../benches/made/account.rs"]
mod account;

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
                for arn in resources(&view, Some(from), target, *access) {
                    hold(&view, from, target, access.action, &arn, &mut count);
                }
            }
        }
    }
    count
}

#[test]
fn what_is_not_asked_is_denied() {
    let mut worlds: Vec<World> = ["shop", "article", "article-loose", "load-state", "bad-not-modelled"]
        .map(|name| {
            let folder = root().join("corpus/worlds").join(Path::new(name));
            build(load::paths(&[folder], &Options::default()).pieces, &[]).0
        })
        .into();
    let made = account::terraform(25);
    worlds.push(build(load::embedded(&[("main.tf", made.as_str())], &Options::default()).pieces, &[]).0);
    let mut all = Count::default();
    for world in &worlds {
        let count = hold_all(world);
        all.left_out += count.left_out;
        all.asked += count.asked;
    }
    assert!(all.left_out > 1_000 && all.asked > 1_000, "{} left out, {} asked", all.left_out, all.asked);
}
