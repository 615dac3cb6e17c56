//! The terminal UI without a terminal: every screen at every size with its styles, keys in and screens out, and laws of
//! random keys.

#![cfg(all(feature = "tui", feature = "fuzz"))]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use gatecrash::assertion::file;
use gatecrash::load::{self, Options};
use gatecrash::reach::Edge;
use gatecrash::reach::graph::Graph;
use gatecrash::session::{Loaded, Session};
use gatecrash::tui::app::{App, Effect, Going, Msg, Start};
use gatecrash::tui::keys::{self, KEYS, Key};
use gatecrash::tui::screen::{SCREENS, Screen};
use gatecrash::tui::theme::{Glyphs, Palette, ROLES, Theme};
use gatecrash::tui::ways;
use gatecrash::world::build::build;
use proptest::prelude::*;
use proptest::sample::select;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::program::{root, text};

const COLOURED: Theme = Theme { palette: Palette::Sixteen, glyphs: Glyphs::Unicode };

/// The demo shop with its claims, under the names that the program gives its files
fn shop() -> Loaded {
    let folder = root().join("corpus/worlds/shop");
    let names = [
        "data.tf",
        "functions.tf",
        "main.tf",
        "modules/bucket/main.tf",
        "modules/function/main.tf",
        "people.tf",
        "triggers.tf",
    ];
    let texts: Vec<(String, String)> =
        names.iter().map(|name| (format!("shop/{name}"), text(&folder.join(name)))).collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    loaded(&files, Some(&text(&folder.join("gatecrash.toml"))))
}

fn loaded(files: &[(&str, &str)], claims: Option<&str>) -> Loaded {
    let mut read = load::embedded(files, &Options::default());
    let accounts = read.pieces.accounts.clone();
    let (world, problems) = build(read.pieces, &[]);
    let config = claims.map(|text| {
        let config = file::read(text).expect("an assertion file");
        let id = read.sources.add("shop/gatecrash.toml", text);
        config.in_file(id)
    });
    Loaded {
        sources: read.sources,
        world: Arc::new(world),
        problems,
        accounts,
        config_path: config.as_ref().map(|_| "shop/gatecrash.toml".to_owned()),
        config: config.unwrap_or_default(),
        today: jiff::civil::date(2026, 11, 25),
    }
}

fn app(loaded: Loaded, theme: Theme) -> App {
    let session = Session::begin(loaded, &mut |_, _| true).expect("nobody calls it off");
    let start = Start {
        theme,
        screen: Screen::Invoke,
        flags: "--demo".to_owned(),
        assertions: Some(PathBuf::from("gatecrash.toml")),
    };
    App::new(session, start)
}

/// Presses a key and does at once what has to happen outside, as far as that is work; the rest is handed back
fn press(app: &mut App, key: Key) -> Vec<Effect> {
    let mut came = vec![Msg::Key(key)];
    let mut left = Vec::new();
    while let Some(msg) = came.pop() {
        for effect in app.update(msg) {
            match effect {
                Effect::Run(job) => came.extend(job.run(&mut |_, _| true).map(Msg::Done)),
                Effect::Ways(from, to) => {
                    let now = Arc::clone(app.session().now());
                    came.push(Msg::Ways(ways(&now.view(), now.graph(), now.generation(), from, to)));
                }
                effect @ (Effect::Reload
                | Effect::Edit(_)
                | Effect::Write(_)
                | Effect::Append(..)
                | Effect::Copy(_)
                | Effect::Suspend) => left.push(effect),
            }
        }
    }
    left
}

fn typed(app: &mut App, text: &str) {
    for character in text.chars() {
        press(app, Key::Char(character));
    }
    press(app, Key::Enter);
}

fn drawn(app: &App, width: u16, height: u16) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    app.draw(area, &mut buffer);
    buffer
}

fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let symbol = |x, y| buffer.cell(Position { x, y }).map_or(" ", |cell| cell.symbol());
    let row = |y| (0..area.width).map(|x| symbol(x, y)).collect::<String>();
    (0..area.height).map(|y| row(y).trim_end().to_owned()).collect()
}

/// A letter for the style of each cell; what is no style of the theme is `!`
fn styles(buffer: &Buffer, theme: Theme) -> Vec<String> {
    let area = buffer.area;
    let letter = |x, y| {
        let Some(cell) = buffer.cell(Position { x, y }) else { return '!' };
        let known = |role| {
            let style = theme.style(role);
            let fits = |colour: Option<ratatui::style::Color>, is| colour.unwrap_or_default() == is;
            fits(style.fg, cell.fg) && style.add_modifier == cell.modifier
        };
        ROLES.iter().find(|(role, _)| known(*role)).map_or('!', |(_, letter)| *letter)
    };
    let row = |y| (0..area.width).map(|x| letter(x, y)).collect::<String>();
    (0..area.height).map(|y| row(y).trim_end().to_owned()).collect()
}

fn screen(app: &App) -> String {
    rows(&drawn(app, 140, 40)).join("\n")
}

/// A screen in the middle of work: something is selected, switched off, found
fn in_use(which: Screen, theme: Theme) -> App {
    let mut app = app(shop(), theme);
    let keys: &[Key] = match which {
        Screen::Invoke => &[Key::Down, Key::Down],
        Screen::Reach => {
            &[Key::Char('2'), Key::Down, Key::Right, Key::Down, Key::Right, Key::Down, Key::Right, Key::Down]
        }
        Screen::Policies => &[Key::Char('3'), Key::Char('/')],
        Screen::Explain => &[Key::End, Key::Up, Key::Left, Key::Left, Key::Left, Key::Left, Key::Char('e')],
        Screen::Asserts => &[Key::Char('5'), Key::Char('n')],
    };
    for key in keys {
        press(&mut app, *key);
    }
    if which == Screen::Policies {
        typed(&mut app, "DebugInvoke");
        press(&mut app, Key::Down);
        press(&mut app, Key::Down);
        press(&mut app, Key::Char(' '));
    }
    app
}

#[test]
fn every_screen_at_every_size() {
    for which in SCREENS {
        let mut shown = String::new();
        for (width, height) in [(80, 24), (140, 40), (60, 16), (40, 12)] {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                let theme = Theme { palette: Palette::Sixteen, glyphs };
                let app = in_use(*which, theme);
                let buffer = drawn(&app, width, height);
                let text = rows(&buffer);
                if glyphs == Glyphs::Ascii {
                    let stray = text.iter().find(|row| !row.is_ascii());
                    assert_eq!(stray, None, "{which:?} at {width}x{height}");
                }
                writeln!(shown, "--- {width}x{height} {glyphs:?}\n{}", text.join("\n")).expect("a string");
                if glyphs == Glyphs::Unicode {
                    let styles = styles(&buffer, theme);
                    assert!(!styles.iter().any(|row| row.contains('!')), "{which:?}: {styles:#?}");
                    writeln!(shown, "--- styles\n{}", styles.join("\n")).expect("a string");
                }
            }
        }
        insta::assert_snapshot!(format!("tui-{}", which.title().to_lowercase()), shown);
    }
}

#[test]
fn without_colours_what_is_selected_is_reversed_and_nothing_has_a_colour() {
    let theme = Theme { palette: Palette::Mono, glyphs: Glyphs::Unicode };
    for which in SCREENS {
        let buffer = drawn(&in_use(*which, theme), 80, 24);
        let cells = || buffer.content().iter();
        assert!(cells().all(|cell| cell.fg == ratatui::style::Color::Reset), "{which:?}");
        let is_reversed =
            |cell: &ratatui::buffer::Cell| cell.modifier.contains(ratatui::style::Modifier::REVERSED);
        assert!(cells().any(is_reversed), "{which:?}");
    }
}

#[test]
fn help_shows_every_key_of_a_screen() {
    for which in SCREENS {
        let mut app = in_use(*which, COLOURED);
        press(&mut app, Key::Char('?'));
        let shown = rows(&drawn(&app, 140, 40)).join("\n");
        for row in keys::of(*which) {
            assert!(shown.contains(row.words), "{which:?}: {}", row.words);
            assert!(shown.contains(&keys::names(row)), "{which:?}: {}", keys::names(row));
        }
        press(&mut app, Key::Esc);
        assert_ne!(rows(&drawn(&app, 140, 40)).join("\n"), shown);
    }
}

#[test]
fn the_readme_has_the_table_of_keys() {
    assert!(text(&root().join("README.md")).contains(&keys::markdown()), "expected:\n{}", keys::markdown());
}

#[test]
fn switching_the_planted_statement_off_closes_the_way_and_turns_the_claim() {
    let mut app = in_use(Screen::Policies, COLOURED);
    let shown = screen(&app);
    assert!(shown.contains("anonymous-drives-no-payment"), "{shown}");
    assert!(shown.contains("✗→✓ anonymous-drives-no-payment"), "{shown}");
    assert!(shown.contains("- anonymous reads secret/prod/stripe"), "{shown}");
    assert!(shown.contains("[ ] "), "{shown}");
    press(&mut app, Key::Char('u'));
    let shown = screen(&app);
    assert!(!shown.contains("✗→✓"), "{shown}");
    assert!(!shown.contains("[ ] "), "{shown}");
    press(&mut app, Key::Char('U'));
    assert!(screen(&app).contains("✗→✓ anonymous-drives-no-payment"));
}

#[test]
fn a_cut_that_is_tried_breaks_every_way() {
    let mut app = app(shop(), COLOURED);
    press(&mut app, Key::Char('2'));
    press(&mut app, Key::Char('t'));
    typed(&mut app, "secret/prod/stripe");
    assert!(screen(&app).contains("any one of these breaks every way"), "{}", screen(&app));
    press(&mut app, Key::Char('x'));
    let now = app.session().now();
    let lost = now.reach.iter().any(|one| now.world().entity(one.to).display == "secret/prod/stripe");
    assert!(lost, "{:?}", now.reach);
}

#[test]
fn a_control_policy_is_switched_off_like_any_other() {
    let read = load::paths(&[root().join("corpus/worlds/load-organization")], &Options::default());
    let accounts = read.pieces.accounts.clone();
    let (world, problems) = build(read.pieces, &[]);
    let (config, config_path) = Default::default();
    let today = jiff::civil::date(2026, 11, 25);
    let loaded = Loaded {
        sources: read.sources,
        world: Arc::new(world),
        problems,
        accounts,
        config,
        config_path,
        today,
    };
    let mut app = app(loaded, COLOURED);
    press(&mut app, Key::Char('3'));
    press(&mut app, Key::Char('/'));
    typed(&mut app, "organisation");
    assert!(screen(&app).contains("no-invoke") && screen(&app).contains("[x]"), "{}", screen(&app));
    press(&mut app, Key::Down);
    press(&mut app, Key::Down);
    press(&mut app, Key::Char(' '));
    let now = app.session().now();
    assert_eq!(app.session().edits().len(), 1);
    assert!(!now.direct.is_empty(), "{}", screen(&app));
    assert!(same(now.graph(), &Graph::build(&now.view())));
}

#[test]
fn an_edited_statement_counts_and_one_that_is_none_is_refused_and_kept() {
    let mut app = in_use(Screen::Policies, COLOURED);
    press(&mut app, Key::Char('u'));
    let effects = press(&mut app, Key::Char('E'));
    let Some(Effect::Edit(before)) = effects.into_iter().next() else { panic!("an editor opens") };
    assert!(before.contains("DebugInvoke"), "{before}");
    app.update(Msg::Edited(Some("{ \"Effect\": ".to_owned())));
    assert!(screen(&app).contains("no edit: line"), "{}", screen(&app));
    // What was refused for one statement is nothing to another.
    press(&mut app, Key::Char('n'));
    app.update(Msg::Edited(Some("{".to_owned())));
    let effects = press(&mut app, Key::Char('n'));
    assert!(matches!(effects.first(), Some(Effect::Edit(text)) if text == "{"));
    app.update(Msg::Edited(None));
    let effects = press(&mut app, Key::Char('E'));
    assert!(matches!(effects.first(), Some(Effect::Edit(text)) if *text == before));
    app.update(Msg::Edited(Some("{ \"Effect\": ".to_owned())));
    let effects = press(&mut app, Key::Char('E'));
    let Some(Effect::Edit(kept)) = effects.into_iter().next() else { panic!("an editor opens") };
    assert_eq!(kept, "{ \"Effect\": ");
    let after = before.replace("lambda:InvokeFunction", "lambda:GetFunction");
    let run = app.update(Msg::Edited(Some(after)));
    for effect in run {
        if let Effect::Run(job) = effect {
            app.update(Msg::Done(job.run(&mut |_, _| true).expect("nobody calls it off")));
        }
    }
    let shown = screen(&app);
    assert!(shown.contains("[~]") && shown.contains("✗→✓ anonymous-drives-no-payment"), "{shown}");
}

#[test]
fn a_claim_about_what_is_on_the_screen_is_one_that_the_file_takes() {
    let mut app = app(shop(), COLOURED);
    press(&mut app, Key::Char('a'));
    assert!(screen(&app).contains("assert this in gatecrash.toml?"), "{}", screen(&app));
    let effects = press(&mut app, Key::Char('y'));
    let Some(Effect::Append(path, claim, head)) = effects.into_iter().next() else { panic!("it is written") };
    assert_eq!(path, PathBuf::from("gatecrash.toml"));
    let config = file::read(&format!("{head}{claim}")).expect("an assertion file");
    assert_eq!(config.assertions.len(), 1);
    assert!(claim.contains("anonymous") && claim.contains("function/thumbs"), "{claim}");
}

#[test]
fn a_waiver_that_is_written_excuses_the_way_on_the_screen() {
    let mut app = app(shop(), COLOURED);
    press(&mut app, Key::Char('5'));
    press(&mut app, Key::Char('n'));
    press(&mut app, Key::Char('W'));
    typed(&mut app, "known, SHOP-99");
    let effects = press(&mut app, Key::Char('y'));
    let Some(Effect::Append(_, waiver, _)) = effects.into_iter().next() else { panic!("it is written") };
    let folder = root().join("corpus/worlds/shop");
    let file = text(&folder.join("gatecrash.toml")) + &waiver;
    let config = file::read(&file).expect("an assertion file");
    assert_eq!(config.waivers.last().map(|waiver| waiver.reason.as_str()), Some("known, SHOP-99"));
    let before = app.session().now().claims.iter().map(|claim| claim.outcome).collect::<Vec<_>>();
    let world = shop();
    let session = Session::begin(Loaded { config, ..world }, &mut |_, _| true).expect("nobody calls it off");
    let after = session.now().claims.iter().map(|claim| claim.outcome).collect::<Vec<_>>();
    assert_ne!(before, after, "{waiver}");
}

#[test]
fn the_command_line_of_a_screen_names_the_input() {
    for which in SCREENS {
        let line = in_use(*which, COLOURED).command_line();
        assert!(line.starts_with("gatecrash ") && line.ends_with(" --demo"), "{line}");
    }
}

#[test]
fn text_of_policies_moves_no_cursor() {
    let hostile = r#"
      provider "aws" { allowed_account_ids = ["111122223333"] }
      resource "aws_iam_role" "r" {
        name               = "r"
        assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
          { Sid = "\u001b]0;owned\u0007\u202eevil", Effect = "Allow", Principal = "*", Action = "sts:AssumeRole" } ] })
      }
      resource "aws_lambda_function" "f" { function_name = "f", role = aws_iam_role.r.arn }
    "#;
    let hostile = hostile.replace("\"f\", role", "\"f\"\n role");
    let mut app = app(loaded(&[("main.tf", &hostile)], None), COLOURED);
    for key in ['1', '2', '3', 'l', 'j', 'j', 'l', '4', '5'] {
        press(&mut app, Key::Char(key));
        let shown = screen(&app);
        let bad = shown.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(bad, None, "{shown}");
    }
}

#[test]
fn esc_peels_filter_and_screen_one_by_one() {
    let mut app = app(shop(), COLOURED);
    press(&mut app, Key::Char('3'));
    press(&mut app, Key::Char('/'));
    typed(&mut app, "stripe");
    assert!(screen(&app).contains("filter: stripe"));
    press(&mut app, Key::Esc);
    assert!(!screen(&app).contains("filter: stripe"));
    press(&mut app, Key::Esc);
    assert!(screen(&app).contains("Who can invoke"));
}

#[test]
fn leaving_with_edits_asks_first() {
    let mut app = in_use(Screen::Policies, COLOURED);
    press(&mut app, Key::Char('q'));
    assert_eq!(app.going(), Going::On);
    press(&mut app, Key::Char('n'));
    press(&mut app, Key::Char('u'));
    press(&mut app, Key::Char('q'));
    assert_eq!(app.going(), Going::Out);
}

/// A key of the table, or a character
fn any_key() -> impl Strategy<Value = Key> {
    let of_table: Vec<Key> = KEYS.iter().flat_map(|row| row.keys.iter().copied()).collect();
    // The ways out end a run early, and say nothing.
    let of_table: Vec<Key> =
        of_table.into_iter().filter(|key| !matches!(key, Key::Char('q') | Key::Ctrl('c'))).collect();
    let other = any::<char>().prop_filter("a way out", |key| *key != 'q').prop_map(Key::Char);
    prop_oneof![9 => select(of_table), 1 => other]
}

fn same(one: &Graph, other: &Graph) -> bool {
    let key = |edge: &Edge| format!("{edge:?}");
    one.edges().map(key).eq(other.edges().map(key))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_keys_at_random_sizes_never_panic_and_undoing_all_gives_what_was_loaded(
        pressed in prop::collection::vec((any_key(), 0_u16..160, 0_u16..50), 1..60)
    ) {
        let mut app = app(shop(), COLOURED);
        for (key, width, height) in pressed {
            for effect in press(&mut app, key) {
                if let Effect::Edit(text) = effect {
                    app.update(Msg::Edited(Some(text.replace("Allow", "Deny"))));
                }
            }
            drawn(&app, width, height);
        }
        prop_assert_eq!(app.going(), Going::On);
        while !app.session().edits().is_empty() {
            // A prompt or a question takes the key: Esc and any other leave it.
            press(&mut app, Key::Esc);
            press(&mut app, Key::Char('u'));
        }
        prop_assert!(app.session().is_settled());
        prop_assert!(same(app.session().now().graph(), app.session().base().graph()));
        prop_assert!(app.session().draft().is_as_loaded(&app.session().loaded().world));
    }
}
