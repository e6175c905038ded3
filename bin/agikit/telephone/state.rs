//! What the telephone shows: a call as far as it has come. It is bounded, whatever the program writes.

use std::collections::VecDeque;
use std::time::Duration;

use agikit::emulator::Seen;
use agikit::transcript::{Cover, Entry, Event, Pattern};

/// The most lines that are kept to scroll back to.
const LINES: usize = 5000;
/// The most characters of a line that are kept.
const CHARACTERS: usize = 1000;
/// The most keys that are kept.
const KEYS: usize = 100;

/// Who says a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Script,
    Asterisk,
    Event,
    Note,
    /// The program's standard error.
    Error,
}

/// A line of the conversation.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) at: Duration,
    pub(super) kind: Kind,
    /// Nothing in it does anything to a terminal.
    pub(super) text: String,
}

/// A sound that plays.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) sound: String,
    pub(super) length: Duration,
    pub(super) since: Duration,
}

/// Where the call stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stage {
    OnTheLine,
    /// The caller has hung up; the program still runs.
    HungUp,
    /// It is over, and ended so.
    Over(String),
}

/// A call as far as it has come.
#[derive(Debug)]
pub(crate) struct State {
    pub(super) program: String,
    pub(super) caller: String,
    pub(super) stage: Stage,
    pub(super) playing: Option<Playing>,
    /// How loud the caller speaks: up to 4.
    pub(super) voice: u8,
    /// Keys, and whether a command took them.
    pub(super) keys: VecDeque<(char, bool)>,
    /// The command that is being answered.
    pub(super) running: Option<String>,
    /// Since when it is, or the program is at work.
    pub(super) since: Duration,
    /// Counts what was seen, so that a screen is drawn only when there is something new.
    pub(super) news: u64,
    lines: VecDeque<Line>,
    /// How many lines have gone from the front.
    gone: u64,
    /// How many lines of the environment there were, until its end.
    environment: Option<usize>,
    whole: bool,
    ascii: bool,
    /// A server is called, which is told of the hangup by a line.
    served: bool,
    /// Over what the program has marked as confidential: who shares his screen shows none of it.
    cover: Cover,
    /// The last command has some of it: so has what is played.
    is_covered: bool,
}

/// Stands for a key that is not shown.
const HIDDEN: char = '?';

impl State {
    /// A call to a program that begins. The environment's lines are counted, not shown, unless `whole`.
    pub(crate) fn new(program: &[u8], caller: &[u8], whole: bool, ascii: bool) -> Self {
        State {
            program: tame(program, ascii),
            caller: tame(caller, ascii),
            stage: Stage::OnTheLine,
            playing: None,
            voice: 0,
            keys: VecDeque::new(),
            running: None,
            since: Duration::ZERO,
            news: 1,
            lines: VecDeque::new(),
            gone: 0,
            environment: Some(0),
            whole,
            ascii,
            served: false,
            cover: Cover::new(),
            is_covered: false,
        }
    }

    /// Takes in what happens.
    pub(crate) fn see(&mut self, at: Duration, seen: &Seen) {
        self.news += 1;
        match seen {
            Seen::Entry(entry) => {
                if let Some(entry) = self.cover.entry(entry.clone()) {
                    self.entry(at, &entry);
                }
            }
            Seen::Playing(sound, length) => {
                let sound = if self.is_covered { "[..]".as_bytes() } else { sound.as_bytes() };
                let sound = tame(sound, self.ascii);
                self.playing = Some(Playing { sound, length: *length, since: at });
            }
            Seen::Played(_) => self.playing = None,
            Seen::Voice(loud) => self.voice = *loud,
            Seen::Pressed(pressed) => {
                if self.keys.len() == KEYS {
                    self.keys.pop_front();
                }
                let key = if self.cover.is_on() { HIDDEN } else { pressed.key };
                self.keys.push_back((key, pressed.taken));
                let lost = if pressed.taken { "" } else { " (lost: no command waits for it)" };
                self.line(at, Kind::Event, format!("key {key}{lost}"));
            }
            Seen::Note(note) => self.bytes(at, Kind::Note, note.as_bytes()),
            Seen::Error(line) => {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                // Tracebacks are indented by tabs.
                let words: Vec<&[u8]> = line.split(|&byte| byte == b'\t').collect();
                self.bytes(at, Kind::Error, &words.join(&b"    "[..]));
            }
            _ => {}
        }
    }

    fn entry(&mut self, at: Duration, entry: &Entry) {
        match entry {
            Entry::Script(line) => {
                self.is_covered = line.as_exact().is_none();
                let line = self.tamed(line);
                self.running = Some(line.clone());
                self.since = at;
                self.line(at, Kind::Script, line);
            }
            Entry::Asterisk(line) => {
                let line = self.tamed(line);
                self.running = None;
                self.playing = None;
                self.since = at;
                self.served |= self.environment == Some(0) && line == "agi_network: yes";
                // So a server learns of it.
                if self.served && line == "HANGUP" && !self.is_over() {
                    self.stage = Stage::HungUp;
                }
                self.answer(at, line);
            }
            Entry::Event(Event::Key(_)) => {} // told by Seen::Pressed
            Entry::Event(event) => {
                if matches!(event, Event::Hangup | Event::Closed) && !self.is_over() {
                    self.stage = Stage::HungUp;
                }
                self.line(at, Kind::Event, event.to_string());
            }
            _ => {}
        }
    }

    fn answer(&mut self, at: Duration, line: String) {
        match &mut self.environment {
            Some(count) if line.is_empty() => {
                let count = *count;
                self.environment = None;
                if !self.whole {
                    self.line(at, Kind::Asterisk, format!("({count} agi_ variables)"));
                    return;
                }
            }
            Some(count) => {
                *count += 1;
                if !self.whole {
                    return;
                }
            }
            None => {}
        }
        self.line(at, Kind::Asterisk, line);
    }

    /// The call is over.
    pub(super) fn end(&mut self, how: String) {
        self.news += 1;
        self.playing = None;
        self.running = None;
        self.voice = 0;
        self.stage = Stage::Over(how);
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }

    /// The caller hung up just now; what the script learns of it comes later.
    pub(super) fn leaves(&mut self) {
        if self.stage == Stage::OnTheLine {
            self.news += 1;
            self.stage = Stage::HungUp;
        }
    }

    fn tamed(&self, line: &Pattern) -> String {
        tame_text(&line.to_string(), self.ascii)
    }

    fn bytes(&mut self, at: Duration, kind: Kind, bytes: &[u8]) {
        let text = self.tamed(&self.cover.text(bytes));
        self.line(at, kind, text);
    }

    fn line(&mut self, at: Duration, kind: Kind, text: String) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
            self.gone += 1;
        }
        self.lines.push_back(Line { at, kind, text });
    }

    /// The number of the first line that is kept, and of the one behind the last.
    pub(super) fn bounds(&self) -> (u64, u64) {
        (self.gone, self.gone + u64::try_from(self.lines.len()).unwrap_or(0))
    }

    /// A line by its number.
    pub(super) fn get(&self, number: u64) -> Option<&Line> {
        self.lines.get(usize::try_from(number.checked_sub(self.gone)?).ok()?)
    }
}

/// Bytes as text that does nothing to a terminal, and is not too long.
pub(super) fn tame(bytes: &[u8], ascii: bool) -> String {
    tame_text(&Pattern::exactly(bytes).to_string(), ascii)
}

/// Control characters are escaped by now. Those are left that turn the direction of writing, or are not seen.
pub(crate) fn tame_text(text: &str, ascii: bool) -> String {
    let mut tame = String::with_capacity(text.len().min(CHARACTERS * 4));
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count == CHARACTERS {
            tame.push_str(&format!(" ({} bytes more)", text.len() - at));
            break;
        }
        let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{e0000}'..);
        match hidden || c.is_control() || (ascii && !c.is_ascii()) {
            true => tame.extend(c.escape_unicode()),
            false => tame.push(c),
        }
    }
    tame
}
