//! The reach summary: who can invoke each function, what each execution role reaches, what is open to the outside.

use std::collections::BTreeSet;

use crate::cli::exit::{Exit, Stop};
use crate::cli::input::graph;
use crate::cli::{Common, Format};
use crate::reach::search::Tiers;
use crate::reach::who::Call;
use crate::report::compose::{Compose, ReachQuestion};
use crate::report::human::Human;
use crate::report::words::count;
use crate::world::kind::Kind;
use crate::world::view::{View, caller};
use crate::world::{Entity, EntityId, Link};

pub(super) fn run(common: &Common) -> Result<Exit, Stop> {
    if common.format != Format::Human {
        return Err(Stop::usage("the summary is for people: it has no other form")
            .help("ask `who-can`, `reach`, `explain` or `inspect` with --format json"));
    }
    let input = common.load(&[])?;
    let world = &input.world;
    let view = View::new(world);
    let graph = graph(&view);
    let compose = Compose {
        sources: &input.sources,
        view: &view,
        problems: &input.problems,
        accounts: &input.accounts,
        unrecognised: &[],
    };
    let reach = |from: EntityId| {
        let question =
            ReachQuestion { from: vec![from], to: None, tiers: Tiers::Holds, paths: 0, grade: None };
        compose.reach(&graph, &question)
    };
    let mut page = Human::new(common.colour(), common.detail());

    let mut functions: Vec<_> = world.functions().filter(|function| function.alias_of.is_none()).collect();
    functions.sort_by(|a, b| a.display.cmp(&b.display));
    page.section(&format!("Who can invoke {}", count(functions.len(), "function")));
    for function in &functions {
        page.invokers(&compose.who_can(&graph, &Call::Invoke, function.id));
    }

    let roles: BTreeSet<(&str, EntityId)> = world
        .wirings()
        .filter_map(|wired| {
            let Link::RunsAs { role, .. } = wired.link else { return None };
            Some((world.entity(role).display.as_str(), role))
        })
        .collect();
    page.section(&format!("What {} of functions reach", count(roles.len(), "role")));
    for (_, role) in &roles {
        page.start(&reach(*role));
    }

    page.section("Open to the outside");
    let is_outside = |entity: &&Entity| {
        matches!(entity.kind, Kind::Anonymous | Kind::AnyAccount | Kind::Account) && caller(entity).is_some()
    };
    for entity in world.entities().iter().filter(is_outside) {
        page.start(&reach(entity.id));
    }
    let footing = compose.reach(
        &graph,
        &ReachQuestion {
            from: world.anonymous().into_iter().collect(),
            to: None,
            tiers: Tiers::Holds,
            paths: 0,
            grade: None,
        },
    );
    page.footing(&footing.footing);
    common.deliver(&page.finish())?;
    Ok(input.exit())
}
