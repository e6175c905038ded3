//! Every recorded session of the tree: a new recording is found by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use agikit::CATALOGUE;
use agikit::transcript::{Entry, Event, Transcript};
use agikit::wire::split;

use crate::support::captures::command_of;

/// What is told where a recording begins with its first command.
const ENVIRONMENT: &str = "agi_request: recorded\nagi_version: 22.10.1\n\n";
/// Asked at the end of each session: its reply is the next one, or something went wrong before.
const MARK: &str = "GET FULL VARIABLE \"the end of it\"";

/// One command of a recording and what came for it.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub words: Vec<Vec<u8>>,
    pub command: &'static str,
    /// With its line feeds.
    pub reply: Vec<u8>,
    /// The caller had left when it was answered.
    pub hangup: bool,
}

impl Exchange {
    fn new(line: &[u8]) -> Option<Self> {
        let (words, command) = (split(line), command_of(line));
        let is_whole = words.len() >= command.split(' ').count();
        is_whole.then(|| Exchange { words, command, reply: Vec::new(), hangup: false })
    }

    /// Whether more belongs to its reply: a value goes on, or a usage follows that EXEC's application has caused.
    fn goes_on_with(&self, more: &[u8]) -> bool {
        let is_open = self.reply.starts_with(b"200 result=1 (") && !self.reply.ends_with(b")\n");
        let usage = self.command == "EXEC" && self.reply == b"200 result=1\n";
        is_open || usage && more.starts_with(b"520")
    }

    /// GOSUB's second line did not come.
    fn is_unfinished(&self) -> bool {
        self.reply.starts_with(b"100") && !self.reply.trim_ascii_end().contains(&b'\n')
    }

    /// Whether Asterisk refuses it after a hangup.
    pub fn needs_caller(&self) -> bool {
        CATALOGUE.iter().any(|spec| spec.words == self.command && !spec.dead)
    }
}

/// One recorded session.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    pub name: String,
    pub environment: Vec<u8>,
    pub exchanges: Vec<Exchange>,
    /// The hangup is known before the first command.
    pub dead: bool,
    /// Its environment is not its own.
    pub goes_on: bool,
    /// Its first command is the last one of the part before.
    pub overlaps: bool,
    /// Commands that were not answered yet, and the replies that came since, each with whether a hangup came before.
    waiting: Vec<Exchange>,
    replies: Vec<(Vec<u8>, bool)>,
    hangup: bool,
}

impl Recording {
    fn sent(&mut self, line: &[u8]) {
        if !self.replies.is_empty() {
            self.settle();
        }
        self.waiting.extend(Exchange::new(line));
    }

    /// A line of Asterisk's: a reply begins, or goes on.
    fn got(&mut self, line: &[u8]) {
        if line == b"HANGUP" {
            // Over TCP it stands behind the reply; it is played by the way that the test has.
            match (self.replies.last_mut(), self.exchanges.last_mut()) {
                (Some((_, hangup)), _) => *hangup = true,
                (None, Some(last)) => last.hangup = true,
                (None, None) => self.hangup = true,
            }
            return;
        }
        let begins = line.len() > 3
            && line[..3].iter().all(u8::is_ascii_digit)
            && matches!(line[3], b' ' | b'-')
            && !line.starts_with(b"520 End");
        let goes_on = self.replies.last().is_some_and(|(it, _)| it.starts_with(b"100"));
        if begins && !goes_on || self.replies.is_empty() {
            self.replies.push((Vec::new(), std::mem::take(&mut self.hangup)));
        }
        if let Some((last, _)) = self.replies.last_mut() {
            last.extend_from_slice(line);
            last.push(b'\n');
        }
    }

    /// Gives the waiting commands their replies. One that the next command has stopped has none. Where there are more
    /// replies than commands, a line was several commands, as no line of this library's is: it is left out.
    fn settle(&mut self) {
        let unanswered = self.waiting.len().saturating_sub(self.replies.len());
        let mut exchanges: Vec<_> = self.waiting.drain(..).skip(unanswered).collect();
        let last = exchanges.len().saturating_sub(1);
        let mut is_one = true;
        for (number, (reply, hangup)) in self.replies.drain(..).enumerate() {
            let Some(exchange) = exchanges.get_mut(number.min(last)) else { break };
            is_one &= number <= last || exchange.goes_on_with(&reply);
            exchange.reply.extend_from_slice(&reply);
            exchange.hangup |= hangup;
        }
        // Nor is one that was not answered to its end.
        is_one &= exchanges.last().is_none_or(|it| !it.is_unfinished());
        if !is_one {
            self.hangup |= exchanges.pop().is_some_and(|it| it.hangup);
        }
        // This library's own questions are asked anew, where they are asked.
        exchanges.retain(|it| !it.words.iter().any(|word| word.starts_with(b"agikit-")));
        self.exchanges.append(&mut exchanges);
    }

    /// A line of the environment. Whether it comes over TCP is the test's affair.
    fn tells(&mut self, line: &[u8]) {
        if !line.starts_with(b"agi_network") {
            self.environment.extend_from_slice(line);
            self.environment.push(b'\n');
        }
    }

    fn ended(mut self) -> Option<Self> {
        self.settle();
        let mut mark = Exchange::new(MARK.as_bytes())?;
        mark.reply = b"200 result=1 (the end of it)\n".to_vec();
        if self.environment.is_empty() {
            self.environment = ENVIRONMENT.into();
        }
        let has_any = !self.exchanges.is_empty();
        self.exchanges.push(mark);
        has_any.then_some(self)
    }

    /// A long session as several, each with the end of the one before: a fault is played with what stands around it. The
    /// environment, which takes the longest, is one of its own with the first commands.
    pub fn parts(self, most: usize) -> Vec<Recording> {
        let mut parts = Vec::new();
        let Some((mark, talk)) = self.exchanges.split_last() else { return parts };
        let (mut dead, mut first) = (self.dead, 0);
        let mut goes_on = self.environment == ENVIRONMENT.as_bytes();
        while first < talk.len() {
            let after = talk.len().min(first + if goes_on || most > talk.len() { most } else { 1 });
            let exchanges = talk[first.saturating_sub(1)..after].iter().chain([mark]).cloned();
            let environment =
                if first == 0 { self.environment.clone() } else { ENVIRONMENT.into() };
            let name = format!("{}, from command {}", self.name, first + 1);
            let before = talk[..first.saturating_sub(1)].iter().any(|it| it.hangup);
            dead |= before;
            let overlaps = first > 0;
            let exchanges = exchanges.collect();
            let part = Recording { name, environment, exchanges, ..Recording::default() };
            parts.push(Recording { dead, goes_on, overlaps, ..part });
            (goes_on, first) = (true, after);
        }
        parts
    }
}

/// All of them, each once. `files` counts where they came from.
pub fn all() -> (Vec<Recording>, usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join("tests"), &mut paths);
    walk(&root.join("bin/agikit/new/template"), &mut paths);
    paths.sort();
    let (mut all, mut files, mut known) = (Vec::new(), 0, BTreeSet::new());
    for path in paths {
        let text = std::fs::read(&path).unwrap();
        let found = read(&text);
        files += usize::from(!found.is_empty());
        let file = path.strip_prefix(root).unwrap().display().to_string();
        for (number, mut recording) in found.into_iter().filter_map(Recording::ended).enumerate() {
            recording.name = format!("{file}, session {}", number + 1);
            let talk = recording.exchanges.iter().map(|it| (it.words.clone(), it.reply.clone()));
            // What both versions answered in the same way is one session.
            if known.insert((recording.environment.clone(), talk.collect::<Vec<_>>())) {
                all.push(recording);
            }
        }
    }
    (all, files)
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|it| it == "agi" || it == "txt") {
            paths.push(path);
        }
    }
}

/// The sessions of a file, whichever of the three forms it has; none, when it is something else.
fn read(text: &[u8]) -> Vec<Recording> {
    let begins = |with: &[u8]| text.split(|&byte| byte == b'\n').any(|line| line.starts_with(with));
    if begins(b"E agi_") {
        capture(text)
    } else if begins(b"== ") && begins(b"< ") && begins(b"= ") {
        scenarios(text)
    } else if begins(b"< agi_") {
        transcript(text)
    } else {
        Vec::new()
    }
}

/// `tests/golden/captures`: `E` environment, `>` sent, `<` got.
fn capture(text: &[u8]) -> Vec<Recording> {
    let mut session = Recording::default();
    for line in text.split(|&byte| byte == b'\n') {
        match line {
            [b'E', b' ', rest @ ..] => session.tells(rest),
            [b'>', b' ', rest @ ..] => session.sent(rest),
            [b'<', b' ', rest @ ..] => session.got(rest),
            b"!! SIGHUP" => session.hangup = true,
            _ => {}
        }
    }
    vec![session]
}

/// A transcript, or several in one file.
fn transcript(text: &[u8]) -> Vec<Recording> {
    let mut all = Vec::new();
    let mut begins = false;
    for entry in Transcript::parse(text).unwrap().entries {
        let session: Option<&mut Recording> = all.last_mut();
        match entry {
            Entry::Asterisk(line) => {
                // What was left open in a recording is a text like any other.
                let bytes = line.pieces().join(&b"[..]"[..]);
                let is_first = bytes.starts_with(b"agi_network: ")
                    || (bytes.starts_with(b"agi_request: ") && !begins);
                if is_first {
                    all.push(Recording::default());
                    begins = true;
                }
                let Some(session) = all.last_mut() else { continue };
                if begins {
                    session.tells(&bytes);
                    begins = !bytes.is_empty();
                } else {
                    session.got(&bytes);
                }
            }
            Entry::Script(line) => {
                session.into_iter().for_each(|it| it.sent(&line.pieces().join(&b"[..]"[..])));
            }
            Entry::Event(Event::Hangup) => session.into_iter().for_each(|it| it.hangup = true),
            _ => {}
        }
    }
    all
}

/// What came of `tests/scenarios` on real Asterisk.
fn scenarios(text: &[u8]) -> Vec<Recording> {
    let mut all = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        if line.starts_with(b"== ") {
            all.push(Recording::default());
        }
        let Some(session) = all.last_mut() else { continue };
        // Behind `<` and `!` stands the time.
        let timed = |rest: &[u8]| rest.splitn(2, |&it| it == b' ').nth(1).map(unescaped);
        match line {
            b"> (closed)" => {}
            [b'e', b' ', rest @ ..] => session.tells(&unescaped(rest)),
            [b'>', b' ', rest @ ..] => session.sent(&unescaped(rest)),
            [b'<', b' ', rest @ ..] => session.got(&timed(rest).unwrap_or_default()),
            [b'!', b' ', rest @ ..] if timed(rest).is_some_and(|it| it == b"hangup") => {
                session.hangup = true;
            }
            _ => {}
        }
    }
    for session in &mut all {
        if !session.environment.is_empty() {
            session.environment.push(b'\n');
        }
    }
    all
}

/// `\xNN` is a byte.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        let hex = behind.strip_prefix(b"x").and_then(|hex| hex.get(..2));
        let byte = hex
            .filter(|_| first == b'\\')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &behind[3..] } else { behind };
    }
    bytes
}
