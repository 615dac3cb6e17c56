//! The pictures of the README: real captures of the program in a terminal, as SVG.
//!
//! `.ci/pictures` draws them again; the plain run says whether they still show what the program shows.

#![cfg(all(unix, feature = "tui"))]

use std::fmt::Write as _;
use std::path::Path;

use vt100::{Cell, Color, Screen};

use crate::program::{root, text};
use crate::terminal::Terminal;

/// A picture: its name, the keys that lead to it, and what is on the screen then
static PICTURES: &[(&str, &str, &str)] = &[
    ("invoke", "", "Reach of"),
    ("reach", "2t secret/prod/stripe\r", "any one of these breaks every way"),
    ("policies", "3/DebugInvoke\rjj ", "✗→✓ anonymous-drives-no-payment"),
];

const ROWS: u16 = 36;
const COLS: u16 = 132;
/// The size of a cell in the picture
const CELL: (f32, f32) = (8.4, 18.0);
const BACK: &str = "#1d2021";
const TEXT: &str = "#ebdbb2";
/// The sixteen colours of a terminal
static PALETTE: [&str; 16] = [
    "#282828", "#cc241d", "#98971a", "#d79921", "#458588", "#b16286", "#689d6a", "#a89984", "#928374",
    "#fb4934", "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#ebdbb2",
];

#[test]
fn the_pictures_of_the_readme_show_what_the_program_shows() {
    #[expect(clippy::disallowed_methods, reason = "the script that draws them says so")]
    let is_drawing = std::env::var_os("DRAW_PICTURES").is_some();
    for (name, keys, shown) in PICTURES {
        let mut terminal = Terminal::open_sized(&["--demo"], &[], root(), (ROWS, COLS));
        terminal.shows("Who can invoke");
        terminal.press(keys);
        terminal.shows(shown);
        terminal.settles();
        let picture = terminal.look(svg);
        let path = root().join(format!("corpus/pictures/{name}.svg"));
        if is_drawing {
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
            std::fs::write(&path, &picture).expect("a file");
        }
        let drawn = if path.exists() { text(&path) } else { String::new() };
        assert!(drawn == picture, "{name} is another picture: .ci/pictures draws them again");
    }
}

/// The screen as a picture
fn svg(screen: &Screen) -> String {
    let (width, height) = (f32::from(COLS) * CELL.0 + 16.0, f32::from(ROWS) * CELL.1 + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} \
         {height:.0}\" font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" xml:space=\"preserve\" style=\"white-space: pre\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{BACK}\"/>\n"
    );
    for row in 0..ROWS {
        let mut col = 0;
        while col < COLS {
            let Some(first) = screen.cell(row, col) else { break };
            let mut run_text = String::new();
            let start = col;
            while let Some(cell) = screen.cell(row, col).filter(|cell| look(cell) == look(first)) {
                run_text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                col += 1;
            }
            run(&mut out, row, start, &run_text, first);
        }
    }
    out + "</svg>\n"
}

/// What makes two cells look alike
fn look(cell: &Cell) -> (Color, bool, bool, bool) {
    (cell.fgcolor(), cell.bold(), cell.inverse(), cell.underline())
}

/// Cells that look alike, beside each other
fn run(out: &mut String, row: u16, col: u16, text: &str, cell: &Cell) {
    let colour = match cell.fgcolor() {
        Color::Idx(at) => PALETTE.get(usize::from(at)).copied().unwrap_or(TEXT),
        Color::Default | Color::Rgb(..) => TEXT,
    };
    let (x, y) = (8.0 + f32::from(col) * CELL.0, 8.0 + f32::from(row) * CELL.1);
    let width = f32::from(u16::try_from(text.chars().count()).unwrap_or(u16::MAX)) * CELL.0;
    let fill = if cell.inverse() {
        writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>",
            CELL.1
        )
        .expect("a string");
        BACK
    } else {
        colour
    };
    // Spaces at the ends are a matter of where it begins.
    let before = text.chars().take_while(|c| *c == ' ').count();
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let cells = |n: usize| f32::from(u16::try_from(n).unwrap_or(u16::MAX)) * CELL.0;
    let (x, width) = (x + cells(before), cells(text.chars().count()));
    let bold = if cell.bold() { " font-weight=\"bold\"" } else { "" };
    let line = if cell.underline() { " text-decoration=\"underline\"" } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" fill=\"{fill}\"{bold}{line}>{text}</text>",
        y + 13.5
    )
    .expect("a string");
}
