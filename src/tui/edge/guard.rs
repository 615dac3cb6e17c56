//! The terminal, taken and given back: after quitting, a panic, a signal, and around suspending and editors.
//!
//! ratatui's own hook restores on the panic of any thread, also of a worker while the screen is still drawn on; this one does
//! on that of the drawing thread alone. It switches the mouse off as well.

use std::io::{self, Stdout, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::Show;
use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// Whether the mouse is taken: people copy names with it
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// It is the terminal's
    Left,
    /// The wheel moves the selection
    Taken,
}

/// The terminal, taken until this is dropped
#[derive(Debug)]
pub struct Guard {
    /// To draw on
    pub terminal: Terminal<CrosstermBackend<Stdout>>,
    mouse: Mouse,
    leave: Arc<AtomicBool>,
    /// What was said of panics of other threads meanwhile
    said: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Guard {
    /// Takes the terminal
    ///
    /// # Errors
    /// Where there is none.
    pub fn take(mouse: Mouse) -> io::Result<Self> {
        let said = Arc::new(std::sync::Mutex::new(Vec::new()));
        hook(Arc::clone(&said));
        let leave = Arc::new(AtomicBool::new(false));
        #[cfg(unix)]
        listen(&leave)?;
        enter(mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout())).inspect_err(|_| restore())?;
        Ok(Self { terminal, mouse, leave, said })
    }

    /// Whether a signal asked the program to end
    #[must_use]
    pub fn is_asked_to_leave(&self) -> bool {
        self.leave.load(Ordering::Relaxed)
    }

    /// What a panicking thread said, once
    #[must_use]
    pub fn panic(&self) -> Option<String> {
        self.said.lock().ok()?.pop()
    }

    /// Gives the terminal back while something else runs
    ///
    /// # Errors
    /// Where the terminal cannot be taken again.
    pub fn lend<T>(&mut self, run: impl FnOnce() -> T) -> io::Result<T> {
        restore();
        let out = run();
        enter(self.mouse)?;
        // What stood there is gone: everything is drawn anew.
        self.terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(out)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        restore();
    }
}

/// How long the screen has to end the program after a signal; where it waits for keys of a terminal that is gone, it
/// never would
#[cfg(unix)]
const GRACE: std::time::Duration = std::time::Duration::from_millis(700);

/// Hears signals that end the program
#[cfg(unix)]
fn listen(leave: &Arc<AtomicBool>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT])?;
    let leave = Arc::clone(leave);
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            leave.store(true, Ordering::Relaxed);
            std::thread::sleep(GRACE);
            restore();
            #[expect(clippy::exit, reason = "the edge: a signal ends the program wherever it is")]
            std::process::exit(crate::tui::ASKED);
        }
    });
    Ok(())
}

/// Stops until the shell lets go on
pub fn suspend() {
    #[cfg(unix)]
    {
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
    }
}

fn enter(mouse: Mouse) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen)?;
    if mouse == Mouse::Taken {
        execute!(io::stdout(), EnableMouseCapture)?;
    }
    Ok(())
}

/// Whether the terminal is taken; giving it back twice would move the cursor over what was said meanwhile
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Gives the terminal back, if it is taken
fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(io::stdout(), DisableMouseCapture, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
    let _ = io::stdout().flush();
}

/// A panic of this thread gives the terminal back and says what it says; one of another is kept for the screen
fn hook(said: Arc<std::sync::Mutex<Vec<String>>>) {
    let (drawing, before) = (std::thread::current().id(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == drawing {
            restore();
            before(info);
        } else if let Ok(mut said) = said.lock() {
            said.push(info.to_string().replace('\n', " "));
        }
    }));
}
