//! `agikit load`: many calls to a FastAGI server, each played whole and checked.

mod call;
mod check;
mod connect;
mod crew;
mod fault;
mod figures;
mod limits;
mod options;
mod own;
mod pace;
mod picture;
mod progress;
mod summary;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

pub(crate) use options::Load;
use terminal_size::{Width, terminal_size_of};

use crate::signals::{self, EndedBy};
use crate::{exit, output, telephone};
use call::Plan;
use check::Rules;
use crew::Crew;
use fault::Kind;
use figures::Figures;
use options::Compare;
use own::Run;
use pace::Pace;
use progress::{Progress, TICK};
use summary::{Canvas, Summary};

/// How long calls in progress may go on behind Ctrl-C.
const A_MOMENT: Duration = Duration::from_secs(2);

/// Said where calls differ.
const DIFFERENT: &str =
    "--compare commands is for calls that are meant to differ, by times or counters";

/// Said where no call had a connection.
const NOBODY: &str = "no FastAGI server answers there: start it, or correct host and port";

pub(crate) fn run(options: Load) -> ExitCode {
    match load(options) {
        Ok(code) => ExitCode::from(code),
        Err(error) => exit::report(error.as_ref()),
    }
}

fn load(options: Load) -> Result<u8, Box<dyn Error>> {
    let places = options.address.places()?;
    limits::raise(options.at_once())?;
    let ended_by = signals::note()?;
    let rules = Arc::new(Rules {
        model: OnceLock::new(),
        compare: options.compare,
        show: options.show,
        hangs_up: options.hangup_after.is_some(),
        limit: options.limit,
    });
    let run = Run::new(options.caller.is_none());
    let plan = Arc::new(Plan { options, run, rules, places });
    let figures = Arc::new(Mutex::new(Figures::default()));
    let (crew, took) = place(&plan, &figures, &ended_by);
    let figures = lock(&figures);
    let mut notes: Vec<String> = crew.trouble().map(str::to_owned).into_iter().collect();
    if plan.options.compare == Compare::Lines && figures.kinds.contains_key(&Kind::Different) {
        notes.push(DIFFERENT.to_owned());
    }
    if figures.failed > 0
        && figures.kinds.get(&Kind::Connect) == Some(&figures.ended.values().sum())
    {
        notes.push(NOBODY.to_owned());
    }
    let summary =
        Summary { options: &plan.options, figures: &figures, books: crew.books(), took, notes };
    tell(&summary)?;
    Ok(ended_by.code().unwrap_or(u8::from(!summary.is_good())))
}

/// Places the calls, and gives how long that took.
fn place(plan: &Arc<Plan>, figures: &Arc<Mutex<Figures>>, ended_by: &EndedBy) -> (Crew, Duration) {
    let calls = plan.options.calls.get();
    let pace = Pace::new(calls, plan.options.rate);
    let progress = Progress::new(calls);
    let began = Instant::now();
    let (placing, counting) = (Arc::clone(plan), Arc::clone(figures));
    let mut crew = Crew::new(plan.options.at_once(), move |call| {
        let late = began.elapsed().saturating_sub(pace.when(call));
        let outcome = placing.place(call + 1);
        lock(&counting).add(outcome, late);
    });
    let mut due = 0;
    let mut stopped: Option<Instant> = None;
    loop {
        let now = began.elapsed();
        if stopped.is_none() && ended_by.code().is_some() {
            stopped = Some(Instant::now());
            crew.stop();
        }
        if stopped.is_none() && due < calls {
            due = pace.due(now);
            crew.release(due);
        }
        let books = crew.books();
        progress.show(books, lock(figures).failed, now);
        let over = match stopped {
            None => books.ended == calls,
            Some(since) => books.in_progress() == 0 || since.elapsed() >= A_MOMENT,
        };
        if over {
            break;
        }
        let pause = pace.pause(due, now).filter(|_| stopped.is_none());
        crew.wait(calls, pause.unwrap_or(TICK).min(TICK));
    }
    progress.end();
    (crew, began.elapsed())
}

fn tell(summary: &Summary<'_>) -> Result<(), Box<dyn Error>> {
    let mut data = output::data();
    if summary.options.json {
        writeln!(data, "{:#}", summary.json())?;
    } else {
        let picture = io::stdout().is_terminal().then(|| Canvas {
            width: terminal_size_of(io::stdout()).map_or(80, |(Width(width), _)| width.into()),
            ascii: telephone::is_ascii(),
        });
        summary.write(&mut data, picture)?;
    }
    data.flush()?;
    Ok(())
}

fn lock(figures: &Mutex<Figures>) -> MutexGuard<'_, Figures> {
    figures.lock().unwrap_or_else(PoisonError::into_inner)
}
