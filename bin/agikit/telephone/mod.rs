//! `agikit call` in a terminal: a telephone. The call runs on a thread of its own, the screen on this one.

mod keys;
mod screen;
mod state;
mod view;

use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Report, Seen, Telephone};
use ratatui::crossterm::event::{self, Event};
use signal_hook::consts::{SIGHUP, SIGINT};

pub(crate) use screen::is_there;
pub(crate) use state::{State, tame_text};

use crate::signals::{self, EndedBy};
use keys::Wish;
use screen::Screen;
use view::Look;

/// At most 30 screens a second.
const FRAME: Duration = Duration::from_millis(34);
/// The times on the screen go on so often.
const TICK: Duration = Duration::from_millis(100);
/// How long the call may take to end once its program was ended.
const A_LITTLE: Duration = Duration::from_secs(2);

/// What a call on the telephone came to.
pub(crate) struct Called {
    /// Nothing where the call did not end in time.
    pub(crate) report: Option<Report>,
    pub(crate) ended_by: EndedBy,
}

/// Whether the terminal has other characters than those of ASCII.
pub(crate) fn is_ascii() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names.iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let locale = locale.unwrap_or_default().to_ascii_lowercase().replace('-', "");
    !locale.contains("utf8")
}

/// Places the call, shows it, and gives its report when the person at the keyboard leaves. `seeing` sees all
/// that happens, too.
pub(crate) fn run(
    mut asterisk: Asterisk,
    state: State,
    colour: bool,
    mut seeing: impl FnMut(Duration, &Seen) + Send + 'static,
    place: impl FnOnce(Asterisk) -> io::Result<Report> + Send + 'static,
    ends: impl Fn(&Report) -> String,
) -> io::Result<Called> {
    let telephone = asterisk.telephone()?;
    let state = Arc::new(Mutex::new(state));
    let seen = Arc::clone(&state);
    let asterisk = asterisk.capture_errors().watch(move |at, what| {
        lock(&seen).see(at, what);
        seeing(at, what);
    });
    let screen = Screen::take()?;
    let ended_by = signals::take(telephone.clone(), screen::give_back)?;
    let call = thread::spawn(move || place(asterisk));
    let desk = Desk {
        screen,
        state,
        telephone,
        ended_by,
        began: Instant::now(),
        over: None,
        interrupted: None,
        hold: None,
        drawn: None,
        look: Look { colour, ascii: is_ascii() },
    };
    desk.until_left(call, ends)
}

/// The screen, the keyboard and what they belong to.
struct Desk {
    screen: Screen,
    state: Arc<Mutex<State>>,
    telephone: Telephone,
    ended_by: EndedBy,
    began: Instant,
    /// How long the call lasted.
    over: Option<Duration>,
    /// When all was to end at once.
    interrupted: Option<Instant>,
    /// The line at the bottom while one scrolls.
    hold: Option<u64>,
    /// When the screen was drawn last, and what was known then.
    drawn: Option<(Instant, u64)>,
    look: Look,
}

impl Drop for Desk {
    fn drop(&mut self) {
        // However this ends: no program stays behind.
        self.telephone.end();
    }
}

impl Desk {
    fn until_left(
        mut self,
        call: JoinHandle<io::Result<Report>>,
        ends: impl Fn(&Report) -> String,
    ) -> io::Result<Called> {
        let mut call = Some(call);
        let mut report = None;
        loop {
            if call.as_ref().is_some_and(JoinHandle::is_finished) {
                let ended = call.take().map(JoinHandle::join).transpose();
                let ended = ended.unwrap_or_else(|panic| resume_unwind(panic)).transpose()?;
                if let Some(ended) = ended {
                    lock(&self.state).end(ends(&ended));
                    self.over = Some(ended.lasted());
                    report = Some(ended);
                }
            }
            let late = self.interrupted.is_some_and(|since| since.elapsed() >= A_LITTLE);
            if self.ended_by.code().is_some() && (call.is_none() || late) {
                break;
            }
            match self.draw().and_then(|()| self.listen()) {
                Ok(true) => break,
                Ok(false) => {}
                // The terminal is gone.
                Err(_) => {
                    self.end(SIGHUP);
                    thread::sleep(FRAME);
                }
            }
        }
        let ended_by = self.ended_by.clone();
        Ok(Called { report, ended_by })
    }

    /// Draws the screen, if there is something new and the last time is long enough ago.
    fn draw(&mut self) -> io::Result<()> {
        let state = lock(&self.state);
        if let Some((when, news)) = self.drawn {
            let wait = if state.news != news { FRAME } else { TICK };
            if when.elapsed() < wait {
                return Ok(());
            }
        }
        let now = self.over.unwrap_or_else(|| self.began.elapsed());
        let (hold, look) = (self.hold, self.look);
        self.drawn = Some((Instant::now(), state.news));
        self.screen.draw(|frame| view::draw(frame, &state, now, hold, look))
    }

    /// Does what the keyboard asks for. Gives whether the person leaves.
    fn listen(&mut self) -> io::Result<bool> {
        let mut limit = FRAME;
        // All that is there, and then the screen again.
        while event::poll(limit)? {
            limit = Duration::ZERO;
            match event::read()? {
                Event::Key(key) => {
                    if let Some(wish) = keys::wish(key)
                        && self.fulfil(wish)?
                    {
                        return Ok(true);
                    }
                }
                Event::Resize(..) => self.drawn = None,
                _ => {}
            }
        }
        Ok(false)
    }

    fn fulfil(&mut self, wish: Wish) -> io::Result<bool> {
        let over = self.over.is_some();
        match wish {
            Wish::Suspend => self.screen.suspend()?,
            Wish::Redraw => self.screen.renew()?,
            Wish::Up | Wish::Down | Wish::PageUp | Wish::PageDown | Wish::Top | Wish::Bottom => {
                self.scroll(wish);
            }
            _ if over => return Ok(true),
            Wish::Press(key) => self.telephone.press(key),
            Wish::HangUp => self.hang_up(),
            Wish::Interrupt => {
                let on_the_line = lock(&self.state).stage == state::Stage::OnTheLine;
                if on_the_line { self.hang_up() } else { self.end(SIGINT) }
            }
            Wish::Other => {}
        }
        self.drawn = None;
        Ok(false)
    }

    fn hang_up(&self) {
        self.telephone.hang_up();
        lock(&self.state).leaves();
    }

    /// Ends the program, and all.
    fn end(&mut self, signal: i32) {
        self.ended_by.note(signal);
        self.telephone.end();
        self.interrupted.get_or_insert_with(Instant::now);
    }

    fn scroll(&mut self, wish: Wish) {
        let page = u64::from(self.screen.height().saturating_sub(5).max(1));
        let (first, end) = lock(&self.state).bounds();
        self.hold = keys::scrolled(self.hold, wish, (first, end), page);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
