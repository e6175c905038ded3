//! A transcript, played step by step.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::mismatch::{Difference, Mismatch};
use super::redaction::cover_mark;
use super::rewrite::Rewrite;
use super::stand_in::{CARD, Echo, FEW, stand_in};
use super::{Entry, Event, Exit, Pattern, Transcript};
use crate::audio::{Format, Sound};
use crate::error::Error;

/// What Asterisk's side does next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// It sends these bytes: one line or several, with their line feeds.
    Send(Vec<u8>),
    /// It tells the script of the hangup, once the script has read what was sent.
    Hangup,
    /// The caller's audio is this WAV file from here on; silence, where the path is empty.
    Audio(PathBuf),
    /// It does nothing for so long.
    Wait(Duration),
    /// It closes its side.
    Close,
    /// It is the script's turn to send a line, which [`Player::sent`] takes. Until then this is the next
    /// step again.
    Script,
    /// Nothing more is to come: the script is to end, which [`Player::ended`] takes.
    End,
}

/// What a transcript has behind a hangup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterHangup {
    /// A line of the script's that was refused (`511`): it did not know of the hangup when it sent that.
    Refused,
    /// What tells nothing of the script's knowledge: a line or the end of one that hung up itself, or a line of
    /// one that the signal ended then.
    Unaware,
    /// Another line of the script's.
    Line,
    /// The script's end by itself.
    Exit,
    /// Nothing, or that a signal ended the script.
    Nothing,
}

/// Plays Asterisk's side of a transcript and compares the script's side, without input or output: whoever
/// has a script at the other end of a pipe or of a stream asks for the next [`Step`], does it, and tells what
/// the script sent.
///
/// ```
/// use agikit::transcript::{Player, Step, Transcript};
///
/// let transcript: Transcript = "> ANSWER\n< 200 result=0\n! hangup\n".parse().unwrap();
/// let mut player = Player::new(&transcript);
/// assert_eq!(player.step(), Step::Script);
/// player.sent(b"ANSWER").unwrap();
/// assert_eq!(player.step(), Step::Send(b"200 result=0\n".to_vec()));
/// assert_eq!(player.step(), Step::Hangup);
/// assert_eq!(player.step(), Step::End);
/// player.ended(None).unwrap();
/// ```
///
/// Times (`@`) between two lines of Asterisk's part them, so that they are sent one after the other;
/// otherwise they are passed over, unless [`timed`](Player::timed) asks for them.
///
/// An open part (`[..]`) of a line that Asterisk sends must become something: digits become `0000`, or as many
/// as were asked for (between marks 16 where any number was, which are a card's); a key the first that the command allows; `agi_calleridname` becomes `caller`; anything
/// else `0000`. The question by which a session looks for the end of a value (`GET FULL VARIABLE
/// "agikit-…"`) may hold another number than the transcript's, which depends on the environment: it is
/// answered with its own, and so is one that is asked once more.
#[derive(Debug)]
pub struct Player {
    entries: Vec<Entry>,
    file: Option<PathBuf>,
    /// The entry that comes next.
    at: usize,
    timed: bool,
    /// The environment's empty line was not sent yet.
    in_environment: bool,
    /// The last line of the script's.
    asked: Vec<u8>,
    /// It stands between the script's marks.
    is_covered: bool,
    echo: Echo,
    /// What answers a line that the transcript does not have.
    beside: Option<Vec<u8>>,
    rewrite: Option<Rewrite>,
}

impl Player {
    /// Plays a transcript from its beginning.
    #[must_use]
    pub fn new(transcript: &Transcript) -> Self {
        Player {
            entries: transcript.entries.clone(),
            file: None,
            at: 0,
            timed: false,
            in_environment: true,
            asked: Vec::new(),
            is_covered: false,
            echo: Echo::default(),
            beside: None,
            rewrite: None,
        }
    }

    /// Names the transcript's file, for what is said of it.
    #[must_use]
    pub fn named(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Keeps the times of the recording: an `@` is a [`Step::Wait`].
    #[must_use]
    pub fn timed(mut self, timed: bool) -> Self {
        self.timed = timed;
        self
    }

    /// Writes the transcript anew with what the script sends, instead of comparing: see
    /// [`rewritten`](Player::rewritten).
    #[must_use]
    pub fn rewriting(mut self) -> Self {
        self.rewrite = Some(Rewrite::default());
        self
    }

    /// What Asterisk's side does now.
    pub fn step(&mut self) -> Step {
        if let Some(answer) = self.beside.take() {
            return Step::Send(answer);
        }
        if let Some(reply) = self.rewrite.as_mut().and_then(Rewrite::owed) {
            return reply;
        }
        while let Some(entry) = self.entries.get(self.at) {
            let step = match entry {
                Entry::Script(_) => return Step::Script,
                Entry::Asterisk(_) => return Step::Send(self.lines()),
                Entry::Event(Event::Hangup) => Some(Step::Hangup),
                Entry::Event(Event::Audio(file)) => Some(Step::Audio(file.clone())),
                Entry::Event(Event::Wait(time)) => Some(Step::Wait(*time)),
                Entry::Event(Event::Closed) => Some(Step::Close),
                Entry::Passed(time) if self.timed => Some(Step::Wait(*time)),
                Entry::Passed(_) | Entry::Event(Event::Key(_)) | Entry::Exit(_) => None,
                Entry::Blank | Entry::Comment(_) => None,
            };
            self.pass();
            if let Some(step) = step {
                return step;
            }
        }
        Step::End
    }

    /// What is behind the hangup that [`step`](Player::step) gave, or is about to give: `None` where no hangup
    /// comes next.
    pub(crate) fn after_hangup(&self, is_given: bool) -> Option<AfterHangup> {
        let ahead = self.entries.get(self.at..).unwrap_or_default();
        let mut ahead = ahead.iter().filter(|entry| match entry {
            Entry::Passed(_) => self.timed && !is_given,
            entry => {
                !matches!(entry, Entry::Blank | Entry::Comment(_) | Entry::Event(Event::Key(_)))
            }
        });
        if !is_given && ahead.next() != Some(&Entry::Event(Event::Hangup)) {
            return None;
        }
        let mut ahead = ahead.filter(|entry| !matches!(entry, Entry::Passed(_)));
        let own = self.asked.trim_ascii().eq_ignore_ascii_case(b"HANGUP");
        let signalled = self.entries.iter().any(|it| matches!(it, Entry::Exit(Exit::Signal(_))));
        Some(match (ahead.next(), ahead.next()) {
            (Some(Entry::Script(_)), Some(Entry::Asterisk(reply))) if is_refusal(reply) => {
                AfterHangup::Refused
            }
            (Some(Entry::Script(_)), _) if own || signalled => AfterHangup::Unaware,
            (Some(Entry::Exit(Exit::Status(_))), _) if own => AfterHangup::Unaware,
            (Some(Entry::Script(_)), _) => AfterHangup::Line,
            (Some(Entry::Exit(Exit::Status(_))), _) => AfterHangup::Exit,
            _ => AfterHangup::Nothing,
        })
    }

    /// Goes on to the next entry.
    fn pass(&mut self) {
        if let (Some(rewrite), Some(entry)) = (&mut self.rewrite, self.entries.get(self.at)) {
            rewrite.keep(entry.clone());
        }
        self.at += 1;
    }

    /// Lines of Asterisk's with nothing but comments between them, as bytes.
    fn lines(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some(entry) = self.entries.get(self.at) {
            match entry {
                Entry::Asterisk(line) => {
                    let line = match self.echo.answer(line) {
                        Some(answer) => answer,
                        None if self.is_covered => stand_in(line, false, &self.asked, CARD),
                        None => stand_in(line, self.in_environment, &self.asked, FEW),
                    };
                    self.in_environment &= !line.is_empty();
                    bytes.extend_from_slice(&line);
                    bytes.push(b'\n');
                }
                Entry::Blank | Entry::Comment(_) => {}
                _ => break,
            }
            self.pass();
        }
        bytes
    }

    /// The script sent a line (without its line feed). To be told at [`Step::Script`] and at [`Step::End`];
    /// told before, it is compared with the next line of the script's, and what comes before that is left out.
    ///
    /// # Errors
    /// It is not the transcript's line. Nothing that follows can be compared then.
    pub fn sent(&mut self, line: &[u8]) -> Result<(), Mismatch> {
        let before = std::mem::replace(&mut self.asked, line.to_vec());
        self.is_covered = cover_mark(line).unwrap_or(self.is_covered);
        let ahead = self.entries.get(self.at..).unwrap_or_default();
        let next = ahead.iter().position(|entry| matches!(entry, Entry::Script(_)));
        let at = next.map_or(self.entries.len(), |ahead| self.at + ahead);
        if let Some(Entry::Script(expected)) = self.entries.get(at)
            && (self.echo.is_asked(expected, line) || expected.matches(line))
        {
            self.at = at;
            self.pass();
            return Ok(());
        }
        if let Some(answer) = Echo::again(&before, line) {
            self.beside = Some(answer);
            return Ok(());
        }
        if let Some(rewrite) = &mut self.rewrite {
            self.at = rewrite.changed(&self.entries, at, line);
            return Ok(());
        }
        match next {
            Some(_) => Err(self.mismatch(at, Difference::Line(line.to_vec()))),
            None => Err(self.mismatch(self.last(), Difference::Extra(line.to_vec()))),
        }
    }

    /// Whether the call came by `EAGI()`; and whether the transcript tells what the caller says.
    pub(crate) fn audio(&self) -> (bool, bool) {
        let is_said = self.entries.iter().any(|it| matches!(it, Entry::Event(Event::Audio(_))));
        let enhanced = |it: &Entry| match it {
            Entry::Asterisk(line) => line.as_exact() == Some(b"agi_enhanced: 1.0"),
            _ => false,
        };
        (is_said || self.entries.iter().any(enhanced), is_said)
    }

    /// Reads the file of the [`Step::Audio`] that was given last: its path is told from the transcript's folder.
    pub(crate) fn sound(&self, file: &Path) -> Result<Sound, String> {
        if file.as_os_str().is_empty() {
            return Ok(Sound { format: Format::default(), samples: Vec::new() });
        }
        let folder = self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        Sound::read(folder.join(file)).map_err(|error| match error {
            Error::Io { source, .. } => source.to_string(),
            other => other.to_string(),
        })
    }

    /// It cannot be played.
    pub(crate) fn unheard(&self, why: String) -> Mismatch {
        self.mismatch(self.at.saturating_sub(1), Difference::Audio(why))
    }

    /// Whether a line of the script's is still to come.
    pub(crate) fn is_turn(&self) -> bool {
        let ahead = self.entries.get(self.at..).unwrap_or_default();
        ahead.iter().any(|entry| matches!(entry, Entry::Script(_)))
    }

    /// The script waits for a line of Asterisk's at [`Step::Script`] or [`Step::End`]. Gives what it may be
    /// sent while a transcript is [rewritten](Player::rewriting).
    ///
    /// # Errors
    /// The transcript has none: a reply is missing in it.
    pub fn starved(&mut self) -> Result<Step, Mismatch> {
        match &mut self.rewrite {
            Some(rewrite) => Ok(rewrite.make_up()),
            None => Err(self.mismatch(self.at.min(self.last()), Difference::NoReply)),
        }
    }

    /// The script has ended; `None` says that nobody knows how.
    ///
    /// # Errors
    /// It had lines to send, or ended otherwise than the transcript says. Where that says nothing, any end
    /// will do but a panic's (101).
    pub fn ended(&mut self, exit: Option<Exit>) -> Result<(), Mismatch> {
        if let Some(rewrite) = &mut self.rewrite {
            rewrite.ended(self.entries.get(self.at..).unwrap_or_default(), exit);
            self.at = self.entries.len();
            return Ok(());
        }
        let ahead = self.entries.iter().enumerate().skip(self.at);
        let mut left = ahead.filter(|(_, entry)| matches!(entry, Entry::Script(_)));
        if let Some((first, _)) = left.next() {
            return Err(self.mismatch(first, Difference::Missing(left.count() + 1)));
        }
        let expected = self.entries.iter().enumerate().rev().find_map(|(at, entry)| match entry {
            Entry::Exit(expected) => Some((at, *expected)),
            _ => None,
        });
        match (expected, exit) {
            (Some((at, expected)), Some(exit)) if expected != exit => {
                Err(self.mismatch(at, Difference::Exit(exit)))
            }
            (None, Some(exit @ Exit::Status(101))) => {
                // A panic is never what a transcript without an end means: a test may have failed in it.
                Err(self.mismatch(self.entries.len(), Difference::Exit(exit)))
            }
            _ => Ok(()),
        }
    }

    /// The transcript with what the script sent, after [`ended`](Player::ended), where it was
    /// [asked for](Player::rewriting). Comments, events and replies stay where they stood.
    ///
    /// A line that the script sent instead of another of the same command takes that one's place and reply.
    /// Lines that it left out are dropped with their replies. A line that is new is answered with `200 result=0`
    /// (nothing knows what Asterisk would have said): look at it. What a script does after a hangup
    /// stays behind it only if the hangup is still behind the same line. A line that the transcript leaves
    /// partly open stays open where it still matches.
    #[must_use]
    pub fn rewritten(&self) -> Option<Transcript> {
        self.rewrite.as_ref().map(Rewrite::transcript)
    }

    /// Where the transcript's last line of the conversation ends: before the exit.
    fn last(&self) -> usize {
        let is_trailing =
            |entry: &Entry| matches!(entry, Entry::Exit(_) | Entry::Blank | Entry::Comment(_));
        let trailing = self.entries.iter().rev().take_while(|entry| is_trailing(entry)).count();
        self.entries.len() - trailing
    }

    fn mismatch(&self, at: usize, what: Difference) -> Mismatch {
        Mismatch::new(self.file.as_deref(), &self.entries, at, what)
    }

    /// The transcript's file, where it has one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// Whether a reply is that of a command that needs a live channel.
fn is_refusal(reply: &Pattern) -> bool {
    reply.pieces().first().is_some_and(|start| start.starts_with(b"511"))
}
