//! The terminal: taken, and always given back.

use std::io::{self, IsTerminal, Stdout, stdout};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode, size,
};
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};

/// The terminal is not as its user had it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether there is a terminal in which a telephone can be shown.
pub(crate) fn is_there() -> bool {
    let known = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    known && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Gives the terminal back, if it was taken: from any thread, and more than once.
pub(crate) fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = disable_raw_mode();
        let _ = execute!(stdout(), LeaveAlternateScreen, Show);
    }
}

/// The terminal while the telephone has it.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    size: (u16, u16),
}

impl Screen {
    pub(super) fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let tell = panic::take_hook();
            panic::set_hook(Box::new(move |panic| {
                // The message is for the user's screen.
                give_back();
                tell(panic);
            }));
        });
        enter()?;
        let size = room().inspect_err(|_| give_back())?;
        let terminal = terminal(size).inspect_err(|_| give_back())?;
        Ok(Screen { terminal, size })
    }

    pub(super) fn draw(&mut self, view: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if room()? != self.size {
            self.renew()?;
        }
        self.terminal.draw(view)?;
        Ok(())
    }

    /// Draws all of it, next time.
    pub(super) fn renew(&mut self) -> io::Result<()> {
        // Ratatui's own `clear` asks the terminal where its cursor is, which not all answer.
        execute!(stdout(), Clear(ClearType::All))?;
        self.size = room()?;
        self.terminal = terminal(self.size)?;
        Ok(())
    }

    pub(super) fn height(&self) -> u16 {
        self.size.1
    }

    /// Ctrl-Z: stops all programs of this job, as the terminal would, and goes on when the shell lets it.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        kill(Pid::from_raw(0), Signal::SIGTSTP)?;
        enter()?;
        self.renew()
    }
}

/// Columns and rows. A serial line knows neither.
fn room() -> io::Result<(u16, u16)> {
    Ok(match size()? {
        (0, _) | (_, 0) => (80, 24),
        size => size,
    })
}

fn terminal((width, height): (u16, u16)) -> io::Result<Terminal<CrosstermBackend<Stdout>>> {
    let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
    Terminal::with_options(CrosstermBackend::new(stdout()), TerminalOptions { viewport })
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    let entered = enable_raw_mode().and_then(|()| execute!(stdout(), EnterAlternateScreen));
    if entered.is_err() {
        give_back();
    }
    entered
}
