//! The table of scenarios on the emulator: the same calls, the same program, the same outcome as text.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use agikit::emulator::{Asterisk, Dialplan, Report, Version};
use agikit::transcript::{Entry, Event};

use crate::support_scenarios::{Act, Mode, Scenario, Step, bytes, escaped, golden};

/// How the clock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Real,
    /// It stands still while nothing takes time; the program's own measure means nothing then, the report's does.
    Still,
}

/// How the raw program, `live-raw`, is reached.
#[derive(Debug, Clone)]
pub enum Program {
    /// Started for each call.
    At(PathBuf),
    /// A server, which is at this address.
    Serves(String),
}

/// One call. `folder` takes the program's files.
pub fn run(
    scenario: &Scenario,
    version: Version,
    clock: Clock,
    program: &Program,
    folder: &Path,
) -> Vec<String> {
    let base = folder.join(&scenario.name);
    let file = |kind: &str| base.with_file_name(format!("{}.{kind}", scenario.name));
    std::fs::write(file("scenario"), &scenario.text).unwrap();
    let _ = std::fs::remove_file(file("seen"));
    let mut asterisk = equipped(prepared(scenario, version));
    if clock == Clock::Real {
        asterisk = asterisk.real_time();
    }
    let asterisk = asterisk.arg(base.to_str().unwrap());
    let asterisk = arguments(&scenario.arguments).into_iter().fold(asterisk, Asterisk::arg);
    let report = match (program, scenario.mode) {
        (Program::Serves(address), _) => asterisk.fastagi(address),
        (Program::At(program), Mode::Eagi) => asterisk.request("live-raw").eagi(program),
        (_, Mode::Missing) => asterisk.request("live-raw").agi(folder.join("no-such-program")),
        (Program::At(program), _) => asterisk.request("live-raw").agi(program),
    };
    let report = report.unwrap();
    if matches!(program, Program::Serves(_)) {
        // Where Asterisk closes first the server goes on.
        let start = Instant::now();
        while !std::fs::read_to_string(file("seen")).is_ok_and(|seen| seen.contains("\np ")) {
            assert!(start.elapsed() < Duration::from_secs(60), "{} has not ended", scenario.name);
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    let seen = match clock {
        Clock::Real => std::fs::read_to_string(file("seen")).unwrap_or_default(),
        Clock::Still => told(&report),
    };
    // Whoever hangs up, the call ends with it; a script that is gone leaves it to the dialplan.
    let status = report.agi_status().unwrap_or("");
    let over = report
        .conversation()
        .iter()
        .any(|(_, entry)| matches!(entry, Entry::Event(Event::Hangup | Event::Closed)));
    let hangs_up = scenario.caller.iter().any(|(_, act)| matches!(act, Act::Hangup | Act::Cancel));
    // A server that closes is gone before, and the dialplan goes on.
    let is_closed = scenario.steps.contains(&Step::Close) && matches!(program, Program::Serves(_));
    let ends =
        over || (hangs_up && !is_closed) || status == "HANGUP" || scenario.mode == Mode::Dead;
    let end = format!("{status} {}", if ends { "ends" } else { "goes on" });
    let played: Vec<String> = report.sounds().into_iter().map(str::to_owned).collect();
    golden::lines(scenario, base.to_str().unwrap(), &seen, &played, &end)
}

/// Whether a scenario can be told without a clock that goes: the program lets no time pass by itself.
pub fn can_stand_still(scenario: &Scenario) -> bool {
    let waits = |step: &Step| match step {
        Step::Send(_, waits) => *waits,
        Step::Hangup | Step::Exit(_) | Step::Kill(_) => true,
        Step::Raw(_) | Step::Pause(_) | Step::Close => false,
    };
    scenario.mode != Mode::Eagi && !scenario.blind && scenario.steps.iter().all(waits)
}

/// The report's conversation, as the program would have written it down.
fn told(report: &Report) -> String {
    let mut text = String::new();
    let mut begun = false;
    for (at, entry) in report.conversation() {
        let (kind, line) = match entry {
            Entry::Script(line) => ('>', escaped(&line.pieces().concat())),
            // A server's hangup is a line.
            Entry::Asterisk(line) if begun && line.pieces().concat() == b"HANGUP" => {
                ('!', "hangup".into())
            }
            Entry::Asterisk(line) if begun => ('<', escaped(&line.pieces().concat())),
            Entry::Asterisk(line) => {
                let line = line.pieces().concat();
                begun = line.is_empty();
                ('e', escaped(&line))
            }
            Entry::Event(Event::Hangup) => ('!', "hangup".into()),
            Entry::Event(Event::Closed) => ('!', "end".into()),
            _ => continue,
        };
        if kind != 'e' || !line.is_empty() {
            text += &format!("{kind} {} {line}\n", at.as_micros());
        }
    }
    text
}

/// The caller, and what the dialplan sets.
fn prepared(scenario: &Scenario, version: Version) -> Asterisk {
    // The dialplan of the real calls waits first, and then sets.
    let priority = match scenario.mode {
        Mode::Ring | Mode::Missing => 2,
        _ => 3 + i32::try_from(scenario.set.len()).unwrap(),
    };
    let mut asterisk = Asterisk::new()
        .version(version)
        .channel("Local/scenario@sc-caller-00000001;1")
        .global("SC_GLOBAL", "everywhere");
    asterisk = match scenario.mode {
        Mode::Dead => asterisk.dead().answered().place("sc-script", "h", 1),
        Mode::Ring => asterisk.place("sc-script", &scenario.name, priority),
        _ => asterisk.answered().place("sc-script", &scenario.name, priority),
    };
    for set in &scenario.set {
        let (name, value) = set.split_once('=').unwrap();
        let value = bytes(value).unwrap();
        asterisk = match name {
            "CALLERID(num)" => asterisk.caller(value),
            "CALLERID(name)" => asterisk.caller_name(value),
            "CALLERID(dnid)" => asterisk.dnid(value),
            "CALLERID(rdnis)" => asterisk.rdnis(value),
            "CHANNEL(language)" => asterisk.language(value),
            "CHANNEL(accountcode)" => asterisk.accountcode(value),
            _ => asterisk.variable(name, value),
        };
    }
    for (time, act) in &scenario.caller {
        asterisk = match act {
            Act::Key(key) => asterisk.keys_at(*time, &key.to_string()),
            Act::Text(text) => asterisk.text_at(*time, text),
            Act::Voice(time) => asterisk.says(voice(*time)),
            Act::Hangup | Act::Cancel => asterisk.hang_up_at(*time),
        };
    }
    asterisk
}

/// A tone, loud enough to be no silence.
fn voice(time: Duration) -> Vec<i16> {
    let samples = usize::try_from(time.as_millis()).unwrap() * 8;
    [0, 7000, 10000, 7000, 0, -7000, -10000, -7000].into_iter().cycle().take(samples).collect()
}

/// What the labs' dialplan has, and the table calls.
fn equipped(asterisk: Asterisk) -> Asterisk {
    let routine = |name: &'static str, priority: &'static str| ("sc-routines", name, priority);
    let returns = |dialplan: &mut Dialplan<'_>, arguments: &[Vec<u8>]| {
        let argument = |n: usize| arguments.get(n).cloned().unwrap_or_default();
        let count = arguments.len().to_string().into_bytes();
        let got = [argument(0), argument(1), argument(2), count].join(&b"|"[..]);
        dialplan.set_variable("GOT", &got);
        Some(b"back".to_vec())
    };
    asterisk
        .routine(routine("returns", "1"), returns)
        .routine(routine("returns", "start"), returns)
        .routine(routine("returns", "1x"), returns)
        .routine(routine("empty", "1"), |_, _| Some(Vec::new()))
        .routine(routine("ends", "1"), |_, _| None)
        .routine(routine("waits", "1"), |dialplan, _| {
            dialplan.wait(Duration::from_secs(2)).then(Vec::new)
        })
        .routine(routine("waits-long", "1"), |dialplan, _| {
            dialplan.wait(Duration::from_secs(60)).then(Vec::new)
        })
        .routine(routine("plays", "1"), |dialplan, _| {
            dialplan.play("activated", "");
            Some(b"played".to_vec())
        })
        .routine(routine("hangs-up", "1"), |dialplan, _| {
            dialplan.hang_up();
            None
        })
        .routine(routine("nested", "1"), |_, _| Some(b"back-and-more".to_vec()))
        .routine(routine("sets", "1"), |dialplan, arguments| {
            dialplan.set_variable("ROUTINE", &arguments.first().cloned().unwrap_or_default());
            Some(Vec::new())
        })
        .application("Echo", |dialplan, _| {
            dialplan.wait(Duration::from_secs(60));
            -1
        })
        .sound("/usr/share/asterisk/sounds/en_US_f_Allison/activated", Duration::from_millis(1080))
}

/// The arguments as the dialplan splits them: commas, quotes, backslashes, brackets.
fn arguments(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let (mut quoted, mut escaped, mut depth) = (false, false, 0);
    for c in text.chars() {
        match c {
            ',' if !quoted && !escaped && depth == 0 => {
                all.push(String::new());
                continue;
            }
            '"' if !escaped => {
                quoted = !quoted;
                continue;
            }
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        escaped = false;
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all
}
