//! The table of scenarios, `tests/scenarios/*.txt`: what a caller does and a script sends. The raw program that
//! runs on real Asterisk and on the emulator reads it, and both sides of the comparison do.
//!
//! ```text
//! == stream-key                 a scenario's name; what follows belongs to it
//! # why                         a comment
//! caller 1.0 key 5              so many seconds after the start; also: keys 123 (one each 0.3 s), hangup,
//!                               text WORDS, voice SECONDS (frames, then silent frames), cancel (while it rings)
//! set AGISIGHUP=no              a variable or function that the dialplan sets before, in its own notation
//! mode eagi                     live unless: dead (in `h`), eagi, ring (not answered), missing (no such file)
//! arguments ,a, b               what stands behind the program in the dialplan's AGI()
//! only 22                       on this version alone
//! played                        the sounds that are played belong to the result
//! environment                   so does what Asterisk tells before the first command
//! about endpos= 800             a number behind `endpos=` depends on time: so much more or less is equal
//! anytime                       times are not compared
//! blind                         the program reads nothing
//! process                       not over TCP: a few milliseconds decide, and a program starts later than a server answers
//! > NOOP                        send a line, wait for its reply; `@CHANNEL@` in it is the channel's name
//! >> NOOP                       send a line
//! raw NOOP\x0aNOOP              send these bytes
//! .. 0.5                        let so much time pass
//! hup                           wait for the hangup
//! close                         close standard output
//! exit 3, kill 9                end so; `exit 0` unless said
//! ```
//!
//! `\xNN` is a byte; `\20{TEXT}` is a text twenty times.

#![allow(dead_code, reason = "each of the programs uses a part")]

pub mod golden;

use std::time::Duration;

/// One scenario.
#[derive(Debug, Clone, Default)]
pub struct Scenario {
    pub name: String,
    pub caller: Vec<(Duration, Act)>,
    pub set: Vec<String>,
    pub mode: Mode,
    pub arguments: String,
    pub only: Option<String>,
    pub played: bool,
    pub environment: bool,
    pub about: Vec<(String, i64)>,
    pub anytime: bool,
    pub blind: bool,
    pub process: bool,
    pub steps: Vec<Step>,
    /// As it stands in its file: the program reads its own.
    pub text: String,
}

/// What the caller does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Key(char),
    Text(String),
    Voice(Duration),
    Hangup,
    Cancel,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Live,
    Dead,
    Eagi,
    Ring,
    Missing,
}

/// What the script does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A line; whether its reply is waited for.
    Send(Vec<u8>, bool),
    Raw(Vec<u8>),
    Pause(Duration),
    Hangup,
    Close,
    Exit(i32),
    Kill(i32),
}

/// All scenarios of the table.
pub fn load() -> Vec<Scenario> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "txt"));
    files.sort();
    let mut all: Vec<Scenario> = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let read = parse(&text).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        for scenario in read {
            let name = &scenario.name;
            assert!(all.iter().all(|it| it.name != *name), "{name} is there twice");
            all.push(scenario);
        }
    }
    all
}

/// All scenarios of a file.
pub fn parse(text: &str) -> Result<Vec<Scenario>, String> {
    let mut all: Vec<Scenario> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}: {line}", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix("== ") {
            if all.iter().any(|it| it.name == name) {
                return Err(wrong("the name is there already"));
            }
            let text = format!("{line}\n");
            all.push(Scenario { name: name.into(), text, ..Scenario::default() });
            continue;
        }
        let scenario = all.last_mut().ok_or_else(|| wrong("before the first name"))?;
        scenario.line(line).ok_or_else(|| wrong("not understood"))?;
        scenario.text += &format!("{line}\n");
    }
    Ok(all)
}

impl Scenario {
    /// Whether a server can play it: it has no audio, no exit status, and knows of no call that it does not read.
    pub fn is_for_servers(&self) -> bool {
        let ends = |step: &Step| matches!(step, Step::Exit(1..) | Step::Kill(_));
        matches!(self.mode, Mode::Live | Mode::Dead | Mode::Ring)
            && !self.blind
            && !self.process
            && !self.steps.iter().any(ends)
    }

    /// Whether it leaves a line open for a while, by a NUL in it or by its end. Over TCP real Asterisk then looks for the
    /// rest without a pause, and writes a line to its log each time: gigabytes in a minute. What came was recorded once.
    pub fn leaves_a_line_open(&self) -> bool {
        let nul = |step: &Step| matches!(step, Step::Send(line, _) if line.contains(&0));
        let part = |steps: &[Step]| matches!(steps, [Step::Raw(line), Step::Pause(_)] if !line.ends_with(b"\n"));
        self.steps.iter().any(nul) || self.steps.windows(2).any(part)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "caller" => self.caller(rest)?,
            "set" => self.set.push(rest.into()),
            "mode" => {
                self.mode = match rest {
                    "dead" => Mode::Dead,
                    "eagi" => Mode::Eagi,
                    "ring" => Mode::Ring,
                    "missing" => Mode::Missing,
                    _ => return None,
                }
            }
            "arguments" => self.arguments = rest.into(),
            "only" => self.only = Some(rest.into()),
            "played" => self.played = true,
            "environment" => self.environment = true,
            "about" => {
                let (name, number) = rest.split_once(' ')?;
                self.about.push((name.into(), number.parse().ok()?));
            }
            "anytime" => self.anytime = true,
            "blind" => self.blind = true,
            "process" => self.process = true,
            ">" => self.steps.push(Step::Send(bytes(rest)?, true)),
            ">>" => self.steps.push(Step::Send(bytes(rest)?, false)),
            "raw" => self.steps.push(Step::Raw(bytes(rest)?)),
            ".." => self.steps.push(Step::Pause(seconds(rest)?)),
            "hup" => self.steps.push(Step::Hangup),
            "close" => self.steps.push(Step::Close),
            "exit" => self.steps.push(Step::Exit(rest.parse().ok()?)),
            "kill" => self.steps.push(Step::Kill(rest.parse().ok()?)),
            _ => return None,
        }
        Some(())
    }

    fn caller(&mut self, rest: &str) -> Option<()> {
        let (time, act) = rest.split_once(' ')?;
        let time = seconds(time)?;
        let (word, rest) = act.split_once(' ').unwrap_or((act, ""));
        let act = match word {
            "key" | "keys" => {
                let keys = rest.chars().zip(0..);
                let each = Duration::from_millis(300);
                self.caller.extend(keys.map(|(key, n)| (time + each * n, Act::Key(key))));
                return Some(());
            }
            "text" => Act::Text(rest.into()),
            "voice" => Act::Voice(seconds(rest)?),
            "hangup" => Act::Hangup,
            "cancel" => Act::Cancel,
            _ => return None,
        };
        self.caller.push((time, act));
        Some(())
    }
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

/// What `\xNN` and `\20{TEXT}` stand for.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        if let Some(hex) = after.strip_prefix('x').and_then(|it| it.get(..2)) {
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &after[3..];
        } else if let Some((count, (repeated, behind))) = after
            .split_once('{')
            .and_then(|(count, it)| Some((count.parse::<usize>().ok()?, it.split_once('}')?)))
        {
            bytes.extend(repeated.as_bytes().repeat(count));
            rest = behind;
        } else {
            bytes.push(b'\\');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

/// Bytes as a line of text: what is not printable stands as `\xNN`.
pub fn escaped(bytes: &[u8]) -> String {
    let escape = |piece: &str| {
        piece.chars().fold(String::new(), |mut text, c| {
            if c.is_control() {
                text.extend(c.to_string().bytes().map(|byte| format!("\\x{byte:02x}")));
            } else {
                text.push(c);
            }
            text
        })
    };
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text += &escape(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    match text.strip_suffix(' ') {
        Some(start) => format!("{start}\\x20"),
        None => text,
    }
}
