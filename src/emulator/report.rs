//! What a call came to.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::channel::entry;
use super::play::length;
use crate::text::Text;
use crate::transcript::{Cover, Entry, Event, Exit, Pattern, Transcript};

/// The most bytes of a conversation that are kept: a script that floods must not fill the memory.
const KEPT: usize = 64 << 20;
/// The most sounds, keys and stray lines that are kept.
const KEPT_EACH: usize = 100_000;

/// A sound that was played to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Played {
    /// Its name, as the script or the command gave it.
    pub sound: String,
    /// When it began.
    pub at: Duration,
    /// How long it is.
    pub length: Duration,
    /// How much of it the caller heard.
    pub heard: Duration,
}

impl Played {
    pub(super) fn new(sound: &[u8], at: Duration, samples: u32) -> Self {
        let sound = String::from_utf8_lossy(sound).into_owned();
        Played { sound, at, length: length(samples), heard: Duration::ZERO }
    }
}

/// A key that the caller pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pressed {
    /// The key: `0` to `9`, `*`, `#`, `A` to `D`.
    pub key: char,
    /// When.
    pub at: Duration,
    /// A command took it. What is pressed while none listens is lost.
    pub taken: bool,
}

/// What was recorded of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// The file's name, as the script gave it.
    pub file: String,
    /// The format, which is the file's extension.
    pub format: String,
    /// What was recorded: 16 bits, 8,000 a second.
    pub samples: Vec<i16>,
}

/// Something that happens in a call, for who looks on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Seen {
    /// A line, a key, the hangup.
    Entry(Entry),
    /// A sound begins, of this length.
    Playing(String, Duration),
    /// A sound has ended, or was stopped.
    Played(Played),
    /// How loud the caller speaks into an EAGI script's ear, where that changes: from 0, silent, to 4.
    Voice(u8),
    /// The caller pressed a key: besides its entry, this tells whether a command took it.
    Pressed(Pressed),
    /// The script's next command came before the reply to this one, which it does not stop: it takes a reply for that of
    /// another command.
    Early,
    /// Something to tell the user.
    Note(String),
    /// A line that a process wrote to standard error.
    Error(Vec<u8>),
}

pub(super) type Watcher = Box<dyn FnMut(Duration, &Seen) + Send>;

/// Who looks on, if anybody. What a program writes to standard error comes to him from a thread of its own.
#[derive(Clone, Default)]
pub(super) struct Eyes(Option<Arc<Mutex<(Watcher, Duration)>>>);

impl Eyes {
    pub(super) fn new(watcher: Watcher) -> Self {
        Eyes(Some(Arc::new(Mutex::new((watcher, Duration::ZERO)))))
    }

    /// Shows it; without a time of its own it has that of what came before.
    pub(super) fn show(&self, at: Option<Duration>, seen: &Seen) {
        let Some(both) = &self.0 else { return };
        let mut both = both.lock().unwrap_or_else(PoisonError::into_inner);
        let (watcher, last) = &mut *both;
        *last = at.map_or(*last, |at| at.max(*last));
        watcher(*last, seen);
    }
}

/// The conversation while it goes on.
#[derive(Default)]
pub(super) struct Conversation {
    /// Nothing is kept but notes.
    pub(super) forgets: bool,
    pub(super) entries: Vec<(Duration, Entry)>,
    pub(super) size: usize,
    pub(super) played: Vec<Played>,
    pub(super) pressed: Vec<Pressed>,
    pub(super) recorded: Vec<Recorded>,
    pub(super) notes: Vec<String>,
    pub(super) stray: Vec<Vec<u8>>,
    pub(super) eyes: Eyes,
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Conversation {
    pub(super) fn add(&mut self, at: Duration, entry: Entry) {
        self.size += std::mem::size_of::<Entry>();
        if let Entry::Script(line) | Entry::Asterisk(line) = &entry {
            self.size += line.pieces().iter().map(Vec::len).sum::<usize>();
        }
        let seen = Seen::Entry(entry);
        self.show(at, &seen);
        if let Seen::Entry(entry) = seen
            && self.size < KEPT
            && !self.forgets
        {
            self.entries.push((at, entry));
        }
    }

    /// Bytes that went to the script: whole lines.
    pub(super) fn sent(&mut self, at: Duration, bytes: &[u8]) {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        for line in bytes.split(|&byte| byte == b'\n') {
            self.add(at, Entry::Asterisk(Pattern::exactly(line)));
        }
    }

    pub(super) fn key(&mut self, at: Duration, key: u8, taken: bool) {
        let pressed = Pressed { key: char::from(key), at, taken };
        if !self.forgets {
            keep(&mut self.pressed, pressed);
        }
        self.add(at, Entry::Event(Event::Key(pressed.key)));
        self.show(at, &Seen::Pressed(pressed));
    }

    pub(super) fn stray(&mut self, line: &[u8]) {
        if self.size < KEPT && !self.forgets {
            keep(&mut self.stray, line.to_vec());
        }
    }

    pub(super) fn note(&mut self, at: Duration, note: &str) {
        self.show(at, &Seen::Note(note.to_owned()));
        keep(&mut self.notes, note.to_owned());
    }

    pub(super) fn plays(&mut self, played: Played) -> usize {
        self.show(played.at, &Seen::Playing(played.sound.clone(), played.length));
        if self.forgets {
            self.played.clear();
        }
        keep(&mut self.played, played);
        self.played.len() - 1
    }

    pub(super) fn played(&mut self, index: usize, samples: u32) {
        if let Some(played) = self.played.get_mut(index) {
            played.heard = length(samples);
            self.eyes.show(None, &Seen::Played(played.clone()));
        }
    }

    pub(super) fn show(&self, at: Duration, seen: &Seen) {
        self.eyes.show(Some(at), seen);
    }
}

/// Keeps one more, if there are not too many.
fn keep<T>(all: &mut Vec<T>, one: T) {
    if all.len() < KEPT_EACH {
        all.push(one);
    }
}

/// What a call came to: see [`Asterisk::run`](super::Asterisk::run) and [`agi`](super::Asterisk::agi).
///
/// Its `{:?}` is the call as a transcript, for the message of an assertion: `"{call:?}"`. What the script has marked as
/// confidential is hidden there ([`transcript`](Report::transcript), and wherever it comes again), for such messages
/// land in the logs of build servers. All else here is Asterisk's side, and tells what there was.
#[derive(Default)]
pub struct Report {
    pub(super) conversation: Conversation,
    pub(super) variables: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) database: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) status: Option<&'static str>,
    pub(super) exit: Option<Exit>,
    pub(super) error: Option<String>,
    pub(super) outlived: bool,
    pub(super) lasted: Duration,
    pub(super) hung_up: bool,
    pub(super) failed: bool,
    pub(super) stuck: bool,
    pub(super) silent: bool,
    pub(super) overdue: bool,
    pub(super) broken: bool,
    pub(super) not_started: bool,
}

impl Report {
    /// AGISTATUS: `SUCCESS`, `FAILURE`, `HANGUP`, `NOTFOUND`; nothing where Asterisk leaves it as it was.
    #[must_use]
    pub fn agi_status(&self) -> Option<&'static str> {
        self.status
    }

    /// How the process ended; of a script that ran in this process the status that
    /// [`agikit::run`](crate::run) would have given. `None` when it was never waited for.
    #[must_use]
    pub fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// The error that the script ended with, and its sources. A hangup is none.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// How long the call lasted, by its own clock.
    #[must_use]
    pub fn lasted(&self) -> Duration {
        self.lasted
    }

    /// A channel variable as it was when the script ended.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<Text<'_>> {
        self.variables.get(name.as_bytes()).map(Text::from)
    }

    /// All channel variables.
    pub fn variables(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.variables.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }

    /// An entry of AstDB as it was when the script ended.
    #[must_use]
    pub fn database(&self, family: &str, key: &str) -> Option<Text<'_>> {
        self.database.get(&entry(family.as_bytes(), key.as_bytes())).map(Text::from)
    }

    /// All of AstDB: `family/key` (either may hold slashes of its own) and value.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.database.iter().map(|(entry, value)| (entry.as_slice(), value.as_slice()))
    }

    /// The lines that the script sent, in their order.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let entries = self.conversation.entries.iter();
        entries
            .filter_map(|(_, entry)| match entry {
                Entry::Script(line) => Some(line.to_string()),
                _ => None,
            })
            .collect()
    }

    /// The whole conversation, with the times of the call's clock.
    #[must_use]
    pub fn conversation(&self) -> &[(Duration, Entry)] {
        &self.conversation.entries
    }

    /// The conversation as a transcript that can be kept and replayed; without what the script has marked as
    /// [confidential](crate::Session::set_confidential).
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        self.covered().0
    }

    /// The same, and what is hidden of it.
    pub(super) fn covered(&self) -> (Transcript, Cover) {
        let mut entries = Vec::new();
        let mut last = Duration::ZERO;
        let mut cover = Cover::new();
        for (at, entry) in &self.conversation.entries {
            let Some(entry) = cover.entry(entry.clone()) else { continue };
            let passed = at.saturating_sub(last);
            if passed >= Duration::from_millis(1) {
                entries.push(Entry::Passed(passed));
                last = *at;
            }
            entries.push(entry);
        }
        entries.extend(self.exit.map(Entry::Exit));
        (Transcript { entries }, cover)
    }

    /// The sounds that were played, in their order, those of SAY … too.
    #[must_use]
    pub fn played(&self) -> &[Played] {
        &self.conversation.played
    }

    /// The names of the sounds that were played.
    #[must_use]
    pub fn sounds(&self) -> Vec<&str> {
        self.conversation.played.iter().map(|played| played.sound.as_str()).collect()
    }

    /// The keys that the caller pressed.
    #[must_use]
    pub fn pressed(&self) -> &[Pressed] {
        &self.conversation.pressed
    }

    /// What RECORD FILE recorded.
    #[must_use]
    pub fn recorded(&self) -> &[Recorded] {
        &self.conversation.recorded
    }

    /// Lines on the script's standard output that are no command: a stray print. Asterisk answers each with
    /// `510`, and a script that does not expect that takes it for the next command's reply.
    #[must_use]
    pub fn stray(&self) -> &[Vec<u8>] {
        &self.conversation.stray
    }

    /// What else there is to say: that the caller lost patience, that a process had to be ended.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.conversation.notes
    }

    /// The program was started, or the server answered. Where it was not so, [`notes`](Report::notes) says what is the matter with it.
    #[must_use]
    pub fn started(&self) -> bool {
        !self.not_started
    }

    /// The script was silent for longer than the caller's [patience](super::Asterisk::patience): it hung, and the
    /// caller hung up.
    #[must_use]
    pub fn silent(&self) -> bool {
        self.silent
    }

    /// The call took longer than it may [in the world](super::Asterisk::within): the caller hung up.
    #[must_use]
    pub fn overdue(&self) -> bool {
        self.overdue
    }

    /// A server's connection ended by an error, mostly a reset, while the caller was there. Asterisk takes that for the
    /// script's end as any other.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.broken
    }

    /// The program lived on after its session was over, or would not end, and was ended. A server did not close the
    /// connection in time.
    #[must_use]
    pub fn outlived(&self) -> bool {
        self.outlived
    }
}
