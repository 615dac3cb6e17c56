//! The terminal UI in a real pseudoterminal: what a person sees, and what is left of the terminal afterwards.

#![cfg(all(unix, feature = "tui"))]

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::openings::account;
use crate::program::{entries, text};

/// How long something may take to come up, on a machine that does other things as well
const PATIENCE: Duration = Duration::from_secs(60);

/// The program in a terminal
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn std::io::Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
}

impl Terminal {
    fn open(args: &[&str], env: &[(&str, &str)], folder: &Path) -> Self {
        Self::open_sized(args, env, folder, (24, 100))
    }

    pub(crate) fn open_sized(
        args: &[&str],
        env: &[(&str, &str)],
        folder: &Path,
        (rows, cols): (u16, u16),
    ) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudoterminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_gatecrash"));
        command.args(args);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        command.env("RUST_BACKTRACE", "0");
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, cols, 0)));
        let mut output = pair.master.try_clone_reader().expect("its output");
        let seen = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                seen.lock().expect("one screen").process(&bytes[..n]);
            }
        });
        let keys = pair.master.take_writer().expect("its input");
        Self { master: pair.master, child, keys, screen }
    }

    fn text(&self) -> String {
        self.screen.lock().expect("one screen").screen().contents()
    }

    fn is_on_alternate_screen(&self) -> bool {
        self.screen.lock().expect("one screen").screen().alternate_screen()
    }

    /// Looks at the screen
    pub(crate) fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.screen.lock().expect("one screen").screen())
    }

    /// Waits until nothing moves any more
    pub(crate) fn settles(&self) {
        let mut before = String::new();
        loop {
            std::thread::sleep(Duration::from_millis(150));
            let now = self.text();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Gives the terminal another size
    fn resize(&self, (rows, cols): (u16, u16)) {
        // What is written at the new size finds the screen in it, whoever comes first.
        let mut screen = self.screen.lock().expect("one screen");
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("another size");
        screen.screen_mut().set_size(rows, cols);
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys are taken");
        self.keys.flush().expect("keys are taken");
    }

    /// Waits for the screen to be so
    fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        let until = now() + PATIENCE;
        while !is_so(&self.text()) {
            assert!(now() < until, "waited for {what}:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn shows(&self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    fn shows_not(&self, text: &str) {
        self.wait(&format!("no {text}"), |screen| !screen.contains(text));
    }

    /// Waits for the end; the exit code
    fn end(&mut self) -> u32 {
        let until = now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                // What it wrote last comes through.
                std::thread::sleep(Duration::from_millis(50));
                return status.exit_code();
            }
            assert!(now() < until, "it goes on:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn demo(env: &[(&str, &str)]) -> Terminal {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let terminal = Terminal::open(&["--demo"], env, folder);
    terminal.shows("Who can invoke");
    terminal
}

#[test]
fn a_person_switches_a_statement_off_sees_the_way_vanish_and_the_claim_turn_and_leaves() {
    let mut terminal = demo(&[]);
    assert!(terminal.is_on_alternate_screen());
    terminal.press("3/DebugInvoke\r");
    terminal.shows("filter: DebugInvoke");
    terminal.press("jj");
    terminal.shows("DebugInvoke");
    terminal.press(" ");
    terminal.shows("✗→✓ anonymous-drives");
    terminal.shows("[ ] ");
    terminal.press("u");
    terminal.shows_not("✗→✓");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_on_alternate_screen());
}

#[test]
fn esc_and_a_key_pressed_in_a_row_are_both_heard() {
    let mut terminal = demo(&[]);
    terminal.press("3/stripe\r");
    terminal.shows("filter: stripe");
    terminal.press("\u{1b}1");
    terminal.shows("Who can invoke");
    terminal.press("3");
    terminal.shows("Statements");
    terminal.shows_not("filter: stripe");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn another_size_is_another_layout() {
    let mut terminal = demo(&[]);
    terminal.shows("explicit deny");
    terminal.resize((12, 40));
    terminal.shows_not("explicit deny");
    terminal.resize((6, 30));
    terminal.shows("needs 40x12, has 30x6");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_size_that_changes_while_the_first_screen_is_drawn_is_seen() {
    for _ in 0..5 {
        let mut terminal = Terminal::open(&["--demo"], &[], Path::new(env!("CARGO_MANIFEST_DIR")));
        terminal.wait("a screen", |_| terminal.is_on_alternate_screen());
        terminal.resize((6, 30));
        terminal.shows("needs 40x12, has 30x6");
        terminal.press("q");
        assert_eq!(terminal.end(), 0);
    }
}

#[test]
fn what_was_copied_is_printed_when_the_screen_is_gone() {
    let mut terminal = demo(&[]);
    terminal.press("y");
    terminal.shows("gatecrash who-can invoke");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_on_alternate_screen());
    assert!(
        terminal.text().contains("gatecrash who-can invoke function/thumbs --demo"),
        "{}",
        terminal.text()
    );
}

// Faults are planted in builds with debug assertions only.
#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_terminal_back() {
    let mut terminal = demo(&[("GATECRASH_FAULT", "screen")]);
    terminal.press("\u{18}");
    assert_eq!(terminal.end(), 70);
    assert!(!terminal.is_on_alternate_screen());
    assert!(terminal.text().contains("a planted fault"), "{}", terminal.text());
    assert!(!terminal.screen.lock().expect("one screen").screen().hide_cursor());
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_of_a_worker_is_told_and_the_screen_goes_on() {
    let mut terminal = demo(&[("GATECRASH_FAULT", "worker")]);
    terminal.press("3/DebugInvoke\rjj ");
    terminal.wait("the panic", |text| text.contains("bug in gatecrash") || text.contains("planted fault"));
    assert!(terminal.is_on_alternate_screen());
    terminal.press("1");
    terminal.shows("Who can invoke");
    terminal.press("q");
    terminal.shows("leave?");
    terminal.press("y");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.is_on_alternate_screen());
}

#[test]
fn signals_leave_a_clean_terminal() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut terminal = demo(&[]);
        let id = terminal.child.process_id().expect("a process").to_string();
        Command::new("kill").args([signal, &id]).status().expect("kill");
        assert_eq!(terminal.end(), 130, "{signal}");
        assert!(!terminal.is_on_alternate_screen(), "{signal}");
    }
}

#[test]
fn suspended_it_leaves_the_terminal_to_the_shell_and_comes_back_as_it_was() {
    let mut terminal = demo(&[]);
    terminal.press("2");
    terminal.shows("Reach from");
    terminal.press("\u{1a}");
    terminal.wait("the shell's screen", |_| !terminal.is_on_alternate_screen());
    let id = terminal.child.process_id().expect("a process").to_string();
    Command::new("kill").args(["-CONT", &id]).status().expect("kill");
    terminal.shows("Reach from");
    assert!(terminal.is_on_alternate_screen());
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn no_color_keeps_what_is_selected_in_sight() {
    let mut terminal = demo(&[("NO_COLOR", "1")]);
    terminal.press("2");
    terminal.shows("Reach from");
    let parser = terminal.screen.lock().expect("one screen");
    let screen = parser.screen();
    let cells = (0..24).flat_map(|row| (0..100).filter_map(move |col| screen.cell(row, col)));
    let cells: Vec<_> = cells.collect();
    assert!(cells.iter().any(|cell| cell.inverse()));
    assert!(cells.iter().all(|cell| cell.fgcolor() == vt100::Color::Default));
    drop(parser);
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn an_editor_has_the_terminal_while_it_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("editor.sh");
    std::fs::write(&script, "#!/bin/sh\nsed -i 's/lambda:InvokeFunction/lambda:GetFunction/' \"$1\"\n")
        .expect("a script");
    let editor = format!("sh {}", script.display());
    let mut terminal = demo(&[("VISUAL", &editor)]);
    terminal.press("3/DebugInvoke\rjjE");
    terminal.shows("[~]");
    terminal.shows("✗→✓ anonymous-drives");
    terminal.press("qy");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_draft_is_written_beside_and_files_that_change_are_read_again_with_the_edits() {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/worlds/shop"), &shop);
    let mut terminal = Terminal::open(&["shop"], &[], folder.path());
    terminal.shows("Who can invoke");
    terminal.press("3/DebugInvoke\rjj ");
    terminal.shows("[ ] ");
    terminal.press("w");
    terminal.shows("write the draft");
    terminal.press("y");
    terminal.shows("wrote gatecrash.draft/");
    let changes = text(&folder.path().join("gatecrash.draft/CHANGES.txt"));
    assert!(changes.contains("delete statement") && changes.contains("shop/functions.tf:"), "{changes}");
    let people = shop.join("people.tf");
    let more = text(&people) + "\nresource \"aws_iam_user\" \"newcomer\" {\n  name = \"newcomer\"\n}\n";
    std::fs::write(&people, more).expect("a file");
    terminal.shows("files changed on disk");
    terminal.press("R");
    terminal.shows("read again");
    terminal.shows("12 principals");
    terminal.shows("1 edit");
    terminal.press("qy");
    assert_eq!(terminal.end(), 0);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in entries(from) {
        let into = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &into);
        } else {
            std::fs::copy(&entry, &into).expect("a copy");
        }
    }
}

#[test]
fn keys_are_shown_at_once_while_a_large_world_is_worked_out() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.tf"), account::terraform(500, account::Mix::Wide))
        .expect("a file");
    let mut terminal = Terminal::open(&["tui", ".", "--screen", "explain"], &[], folder.path());
    terminal.shows("Request");
    // A context key counts in every request: everything is decided again.
    terminal.press("caws:SourceIp=203.0.113.7\r");
    terminal.wait("work", |text| text.contains("working it out") || text.contains("calls the edit off"));
    terminal.press("/");
    terminal.shows("filter");
    let mut waits = Vec::new();
    let mut typed = String::new();
    for character in "qwertzuiop".chars() {
        typed.push(character);
        let pressed = now();
        terminal.press(&character.to_string());
        terminal.shows(&format!("part of a name): {typed}"));
        waits.push(pressed.elapsed());
    }
    waits.sort();
    // The median: the machine may be busy with other tests.
    assert!(waits[waits.len() / 2] < Duration::from_millis(50), "{waits:?}");
    terminal.press("\r");
    terminal.shows_not("part of a name");
    terminal.press("qy");
    terminal.end();
}

#[expect(clippy::disallowed_methods, reason = "how long a key waits is what is asked")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn without_a_terminal_it_says_so() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_gatecrash")).args(["tui", "--demo"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("needs a terminal"), "{said}");
}
