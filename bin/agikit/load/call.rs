//! One call: placed, watched, checked.

use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Seen};
use agikit::transcript::Entry;

use super::check::{Checker, Rules};
use super::connect::Places;
use super::fault::{Fault, Kind};
use super::options::Load;
use super::own::{Own, Run, VALUES};

/// What the calls of this load have in common.
pub(super) struct Plan {
    pub(super) options: Load,
    pub(super) run: Run,
    pub(super) rules: Arc<Rules>,
    pub(super) places: Places,
}

/// What a call came to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) number: usize,
    pub(super) channel: String,
    pub(super) faults: Vec<Fault>,
    pub(super) commands: usize,
    /// AGISTATUS; nothing where there was no connection.
    pub(super) status: Option<&'static str>,
    pub(super) times: Times,
}

/// How long the server let the call wait.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) connect: Option<Duration>,
    /// From the environment to the first command.
    pub(super) first: Option<Duration>,
    /// From each reply to the next command.
    pub(super) turns: Vec<Duration>,
}

/// A call that sends more has turns enough.
const MOST_TURNS: usize = 10_000;

impl Plan {
    /// Places the n-th call, and gives what it came to. The first one is 1.
    pub(super) fn place(&self, number: usize) -> Outcome {
        let own = self.run.call(number);
        let channel = own.channel.clone();
        let outcome = Outcome { number, channel, ..Outcome::default() };
        let began = Instant::now();
        let stream = match self.places.connect(number) {
            Ok(stream) => stream,
            Err(why) => {
                return Outcome { faults: vec![Fault::of_call(Kind::Connect, why)], ..outcome };
            }
        };
        let connect = Some(began.elapsed());
        let asterisk = self.asterisk(&own);
        let watch = Arc::new(Mutex::new(Watch::new(own)));
        let (seeing, rules) = (Arc::clone(&watch), Arc::clone(&self.rules));
        let asterisk = asterisk.watch(move |_, seen| lock(&seeing).see(seen, &rules));
        let report = asterisk.fastagi_over(stream, &self.options.address.text);
        let mut watch = lock(&watch);
        let mut status = None;
        match report {
            Ok(report) => {
                status = report.agi_status();
                watch.end(&report, &self.rules);
            }
            Err(error) => watch.check.wrong(Fault::of_call(Kind::Connect, error.to_string())),
        }
        Outcome {
            faults: std::mem::take(&mut watch.check.faults),
            commands: watch.check.commands,
            status,
            times: Times { connect, ..std::mem::take(&mut watch.times) },
            ..outcome
        }
    }

    /// Asterisk with this call.
    fn asterisk(&self, own: &Own) -> Asterisk {
        let options = &self.options;
        let mut asterisk = Asterisk::new()
            .forgetful()
            .within(options.limit)
            // The limit is what ends a call: no caller is to lose his patience before, which a clock that stands still
            // makes of a third of it.
            .patience(options.limit.saturating_mul(4))
            .channel(&own.channel)
            .uniqueid(&own.uniqueid);
        if let Some(caller) = &own.caller {
            asterisk = asterisk.caller(caller);
        }
        if let Some(caller) = &options.caller {
            asterisk = asterisk.caller(caller.number.as_deref().unwrap_or_default());
            asterisk = asterisk.caller_name(caller.name.as_deref().unwrap_or_default());
        }
        if let Some(keys) = &options.keys {
            asterisk = asterisk.keys(keys);
        }
        if let Some(time) = options.hangup_after {
            asterisk = asterisk.hang_up_at(time);
        }
        if options.real_time {
            asterisk = asterisk.real_time();
        }
        if let Some(place) = &options.extension {
            let (extension, context) = place.split_once('@').unwrap_or((place, "default"));
            asterisk = asterisk.place(context, extension, 1);
        }
        for number in 0..VALUES {
            asterisk = asterisk.variable(&format!("LOAD_{number}"), own.value(number));
        }
        for argument in &options.arg {
            asterisk = asterisk.arg(argument.as_bytes());
        }
        for set in &options.set {
            asterisk = asterisk.variable(&set.name, &set.value);
        }
        for entry in &options.database {
            asterisk = asterisk.database(&entry.family, &entry.key, &entry.value);
        }
        for (name, length) in &options.sound {
            asterisk = asterisk.sound(name, *length);
        }
        asterisk
    }
}

/// Who looks on while a call runs.
struct Watch {
    check: Checker,
    times: Times,
    /// When the last line was sent to the server.
    sent: Instant,
}

impl Watch {
    fn new(own: Own) -> Self {
        Watch { check: Checker::new(own), times: Times::default(), sent: Instant::now() }
    }

    fn see(&mut self, seen: &Seen, rules: &Rules) {
        if let (true, Seen::Entry(entry)) = (rules.show, seen) {
            self.check.cover.entry(entry.clone());
        }
        match seen {
            Seen::Entry(Entry::Asterisk(line)) if line.as_exact() == Some(b"HANGUP") => {
                self.check.hangs_up();
            }
            Seen::Entry(Entry::Asterisk(_)) => self.sent = Instant::now(),
            Seen::Entry(Entry::Script(line)) => {
                let turn = self.sent.elapsed();
                match self.times.first {
                    None => self.times.first = Some(turn),
                    Some(_) if self.times.turns.len() < MOST_TURNS => self.times.turns.push(turn),
                    Some(_) => {}
                }
                self.check.command(line.as_exact().unwrap_or_default(), rules);
            }
            Seen::Early => self.check.out_of_place(),
            _ => {}
        }
    }

    fn end(&mut self, report: &agikit::emulator::Report, rules: &Rules) {
        self.check.end(report, self.sent.elapsed(), rules);
    }
}

fn lock(watch: &Mutex<Watch>) -> MutexGuard<'_, Watch> {
    watch.lock().unwrap_or_else(PoisonError::into_inner)
}
