//! A row: what is done, and how it is run.

use std::rc::Rc;
use std::time::{Duration, Instant};

/// Runs that are counted, for a mean. Before them nobody counts as many: memory that is kept for the next one is there
/// then.
const RUNS: u32 = 40;
/// How long a batch for the clock is, and how many there are.
const BATCH: Duration = Duration::from_millis(2);
const BATCHES: usize = 15;

/// One piece of work. Its name is `GROUP: ROW`.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// How much of what the row tells of is done by one run.
    per_run: u32,
    runs: u32,
    make: Rc<dyn Fn() -> Box<dyn FnMut()>>,
}

impl Case {
    /// A row whose work is done by what `make` gives.
    pub(crate) fn new<R: FnMut() + 'static>(
        name: &'static str,
        make: impl Fn() -> R + 'static,
    ) -> Self {
        Case { name, per_run: 1, runs: RUNS, make: Rc::new(move || Box::new(make())) }
    }

    /// One run does so many of it.
    pub(crate) fn per(mut self, runs: u32) -> Self {
        self.per_run = runs;
        self
    }

    /// It takes its time: fewer are counted.
    #[cfg(feature = "vad")]
    pub(crate) fn seldom(mut self) -> Self {
        self.runs = 2;
        self
    }

    /// Whether it runs.
    pub(crate) fn run_once(&self) {
        (self.make)()();
    }

    /// What callgrind looks at.
    pub(crate) fn run_counted(&self) {
        let mut run = (self.make)();
        for _ in 0..self.runs {
            run();
        }
        counted(&mut *run, self.runs);
    }

    /// The number of one piece of work, from that of all that were counted.
    pub(crate) fn each(&self, all: u64) -> f64 {
        all as f64 / f64::from(self.runs) / f64::from(self.per_run)
    }

    /// The best of some batches.
    pub(crate) fn nanoseconds(&self) -> f64 {
        let mut run = (self.make)();
        let mut batch = |runs: u32| {
            let begin = Instant::now();
            for _ in 0..runs {
                run();
            }
            begin.elapsed()
        };
        let mut runs = 1;
        while batch(runs) < BATCH {
            runs *= 2;
        }
        let best = (0..BATCHES).map(|_| batch(runs)).min().unwrap_or_default();
        best.as_secs_f64() * 1e9 / f64::from(runs) / f64::from(self.per_run)
    }
}

/// Callgrind counts from where this begins to where it ends, whatever is called in between. It is found by its name.
#[inline(never)]
pub(crate) fn counted(run: &mut dyn FnMut(), runs: u32) {
    for _ in 0..runs {
        run();
    }
}
