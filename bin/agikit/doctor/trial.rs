//! The trial: calls on the emulator, in which the program is really run.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use agikit::CATALOGUE;
use agikit::emulator::{Asterisk, Report, Seen};
use agikit::program::Program;
use agikit::transcript::{Entry, Event, Exit};
use serde_json::{Value, json};

use super::finding::Finding;
use super::options::Doctor;
use super::sounds::{self, Sounds};
use super::{listed, verdict};

/// The emulator takes a program for hung after its patience, or after a third of it if that is more than this.
const THIRD: Duration = Duration::from_secs(3);
/// By the call's own clock: who asks on and on has asked often enough.
const LONGEST: Duration = Duration::from_secs(600);
/// Sounds that are not there may hide others.
const AGAIN: usize = 3;

/// A program, and how it is called.
pub(super) struct Trial<'a> {
    pub(super) path: &'a Path,
    /// What the dialplan calls it.
    pub(super) request: &'a [u8],
    pub(super) options: &'a Doctor,
    /// Asterisk's own environment.
    pub(super) variables: &'a [(String, String)],
    pub(super) sounds: &'a Sounds,
}

/// What the trial came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    /// In a few words, for people.
    pub(super) told: String,
    pub(super) json: Value,
    /// It wants to be called by EAGI().
    pub(super) enhanced: bool,
}

/// A call that was placed, and what is known of it besides.
pub(super) struct Placed {
    pub(super) report: Report,
    pub(super) watched: Watched,
}

/// What the report does not tell.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    /// When the program was last heard of.
    last: Instant,
    /// How long it had been silent when the caller hung up.
    quiet: Duration,
    /// The last line of standard error that says something.
    pub(super) words: Option<String>,
    /// It does not wait for replies.
    pub(super) early: bool,
}

/// How a call differs from the plain one.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    enhanced: bool,
    hung_up: bool,
}

impl Trial<'_> {
    pub(super) fn run(&self) -> io::Result<Outcome> {
        let lists = self.lists();
        let mut how = How { enhanced: self.options.eagi, hung_up: false };
        let (mut placed, mut asked) = self.place_with_sounds(how)?;
        let mut findings = self.judge(&placed);
        let ended_badly = matches!(placed.report.exit(), Some(Exit::Status(status)) if status != 0);
        if !how.enhanced && ended_badly {
            let other = How { enhanced: true, ..how };
            let (eagi, also) = self.place_with_sounds(other)?;
            if !self.judge(&eagi).iter().any(Finding::is_fault)
                && !eagi.report.commands().is_empty()
            {
                findings = vec![verdict::by_eagi_only(&placed)];
                findings.extend(self.judge(&eagi));
                (placed, asked, how) = (eagi, also, other);
            }
        }
        let is_well = !findings.iter().any(Finding::is_fault);
        if is_well && !placed.report.commands().is_empty() {
            let ended = self.place(How { hung_up: true, ..how }, &BTreeSet::new())?;
            findings.extend(verdict::of_hangup(&ended, self.options.limit));
        }
        let report = &placed.report;
        // Without the sound these fail, and AGISTATUS with them.
        let is_missing = |name: &String| !self.sounds.directory.has(name, self.language());
        let fails = report.commands().iter().any(|command| {
            sounds::must_have(command) && sounds::asked(command).iter().any(is_missing)
        });
        let status = if fails { Some("FAILURE") } else { report.agi_status() };
        let missing = self.sounds.played(&asked).into_iter();
        findings.extend(missing.map(|it| if fails { it.status("FAILURE") } else { it }));
        findings.extend(self.sounds.listed(&lists, &asked));
        let listed = lists.first().map(|(_, names)| names);
        findings.sort_by_key(|finding| !finding.is_fault());
        let json = json!({
            "by": if how.enhanced { "EAGI" } else { "AGI" },
            "agi_status": status,
            "exit": report.exit().map(|exit| exit.to_string()),
            "commands": report.commands().len(),
            "sounds": asked,
            "listed": listed,
            "listed_in": lists.iter().cloned().collect::<BTreeMap<_, _>>(),
        });
        let told = verdict::in_words(
            report,
            status.unwrap_or("not set"),
            how.enhanced,
            asked.len(),
            listed,
        );
        Ok(Outcome { findings, told, json, enhanced: how.enhanced })
    }

    /// What it lists in each language; nothing where it knows nothing of lists.
    fn lists(&self) -> Vec<(String, BTreeSet<String>)> {
        let ask = |language: &String| {
            let list = listed::ask(self.path, self.variables, language, self.options.limit)?;
            Some((language.clone(), list))
        };
        // Who has none in the first language has none.
        self.sounds.languages.iter().map_while(ask).collect()
    }

    fn judge(&self, placed: &Placed) -> Vec<Finding> {
        verdict::of_call(placed, self.options.limit, || self.is_buffered(&placed.report))
    }

    /// Places the call; and again, as if they were there, where sounds are missing and it fails. Gives what it asked
    /// for, too.
    fn place_with_sounds(&self, how: How) -> io::Result<(Placed, BTreeSet<String>)> {
        let mut invented = BTreeSet::new();
        let mut asked = BTreeSet::new();
        let mut again = 0;
        loop {
            let placed = self.place(how, &invented)?;
            let report = &placed.report;
            asked.extend(report.commands().iter().flat_map(|command| sounds::asked(command)));
            let played = report.sounds().into_iter().filter(|name| sounds::is_plausible(name));
            asked.extend(played.map(str::to_owned));
            let language = self.language();
            let missing: BTreeSet<String> = asked
                .iter()
                .filter(|name| !self.sounds.directory.has(name, language))
                .cloned()
                .collect();
            again += 1;
            if report.agi_status() == Some("SUCCESS") || missing == invented || again > AGAIN {
                return Ok((placed, asked));
            }
            invented = missing;
        }
    }

    fn language(&self) -> &str {
        self.sounds.languages.first().map_or("en", String::as_str)
    }

    fn place(&self, how: How, invented: &BTreeSet<String>) -> io::Result<Placed> {
        let limit = self.options.limit;
        let patience = if limit < THIRD { limit } else { limit.saturating_mul(3) };
        let now = Instant::now();
        let watched = Watched { last: now, quiet: Duration::ZERO, words: None, early: false };
        let watched = Arc::new(Mutex::new(watched));
        let seeing = Arc::clone(&watched);
        let mut asterisk = Asterisk::new()
            .request(self.request)
            .language(self.language())
            .patience(patience)
            .longest(LONGEST)
            .within(patience.saturating_mul(10))
            .only_these_variables()
            .capture_errors()
            .watch(move |_, seen| lock(&seeing).see(seen));
        for (name, value) in self.variables {
            asterisk = asterisk.environment_variable(name, value);
        }
        for argument in &self.options.arg {
            asterisk = asterisk.arg(argument.as_bytes());
        }
        if let Some(keys) = &self.options.keys {
            asterisk = asterisk.keys(keys);
        }
        if how.hung_up {
            asterisk = asterisk.hang_up_during(1);
        }
        // The first folder's sounds count: they come last.
        let folders = self.sounds.directory.folders(self.language());
        for folder in folders.iter().rev().filter(|folder| folder.is_dir()) {
            asterisk = asterisk.sounds(folder)?;
        }
        for sound in invented {
            asterisk = asterisk.sound(sound, Duration::from_secs(1));
        }
        let report = match how.enhanced {
            true => asterisk.silent().eagi(self.path),
            false => asterisk.agi(self.path),
        }?;
        let watched = lock(&watched).clone();
        Ok(Placed { report, watched })
    }

    /// Whether a program that said nothing has commands after all when its input ends: it keeps them back until then.
    fn is_buffered(&self, report: &Report) -> bool {
        let environment = report.conversation().iter().filter_map(|(_, entry)| match entry {
            Entry::Asterisk(line) => Some(line.to_string() + "\n"),
            _ => None,
        });
        let input = environment.collect::<String>() + &"200 result=0\n".repeat(100);
        let mut program =
            Program::new(self.path).own_group().only_these_variables().capture_errors();
        for (name, value) in self.variables {
            program = program.variable(name, value);
        }
        let Ok(mut running) = program.arguments(&self.options.arg).start() else { return false };
        let (send, output) = mpsc::channel();
        if let Some(mut from) = running.from.take() {
            thread::spawn(move || {
                let mut start = [0; 64];
                let count = from.read(&mut start).unwrap_or(0);
                let _ = send.send(
                    String::from_utf8_lossy(start.get(..count).unwrap_or_default()).into_owned(),
                );
            });
        }
        let to = running.to.take();
        thread::spawn(move || to.map(|mut to| to.write_all(input.as_bytes())));
        let start = output.recv_timeout(self.options.limit).unwrap_or_default();
        let start = start.to_ascii_uppercase();
        CATALOGUE.iter().any(|spec| start.starts_with(spec.words))
    }
}

impl Watched {
    /// The caller hung up because the program said nothing for so long.
    pub(super) fn was_silent(&self, limit: Duration) -> bool {
        self.quiet > limit.mul_f64(0.8)
    }

    fn see(&mut self, seen: &Seen) {
        match seen {
            Seen::Entry(Entry::Script(_)) => self.last = Instant::now(),
            Seen::Entry(Entry::Event(Event::Hangup)) => self.quiet = self.last.elapsed(),
            Seen::Early => self.early = true,
            Seen::Error(line) => {
                let line = String::from_utf8_lossy(line);
                let line = line.trim();
                if !line.is_empty() {
                    self.words = Some(line.chars().take(200).collect());
                }
            }
            _ => {}
        }
    }
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}
