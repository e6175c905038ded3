//! Transcripts against programs: a recorded call is a test of a program in any language.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::play::play;
use super::start::{Audio, Program, StartError};
use crate::transcript::{Entry, Event, Player, ReplayError, Transcript, replay_with};

/// What takes longer hangs, unless it is said otherwise.
const LIMIT: Duration = Duration::from_secs(60);

/// Why a program does not replay a transcript.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReplayProgramError {
    /// The program did otherwise, or the transcript's file cannot be read or written.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The program does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The program did not end in time, and was ended.
    #[error("{what}")]
    TimeUp {
        /// What it had left to do, and what it said.
        what: String,
        /// How long it was given.
        limit: Duration,
    },
    /// The caller's audio (`! audio FILE`) cannot be played.
    #[error("cannot play {why}")]
    Audio {
        /// The file.
        file: PathBuf,
        /// Its path, and why not.
        why: String,
    },
    /// Somebody wanted it to [stop](Replay::stop_on).
    #[error("stopped before its end")]
    Stopped,
    /// The system refused a pipe or the wait.
    #[error("cannot talk to the program")]
    Talk(#[from] io::Error),
}

impl std::fmt::Debug for ReplayProgramError {
    /// As it is displayed: a test that returns it prints this.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReplayProgramError::Replay(error) => write!(f, "{error:?}"),
            error => write!(f, "{error}"),
        }
    }
}

/// A program that is run on transcripts, as often as there are some.
///
/// It is sent what Asterisk sent, and each line that it sends is compared. `! hangup` sends SIGHUP with the reply
/// before it, and where the program did not know of it yet when it went on, behind its next line; where that is
/// not clear, and the program does otherwise, it is run once more with the SIGHUP a line later. `! audio` plays
/// the file on descriptor 3, `! closed` closes its input. Afterwards it must end, by
/// the status or the signal of the transcript; what it still sends is a difference, and so is a program that
/// lives on.
///
/// ```no_run
/// use agikit::program::{Program, Replay};
///
/// #[test]
/// fn account() -> Result<(), agikit::program::ReplayProgramError> {
///     Replay::new(Program::new("scripts/account.py")).file("tests/transcripts/account.agi")
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Replay {
    program: Program,
    limit: Duration,
    timed: bool,
    stop: Arc<AtomicBool>,
}

impl Replay {
    /// Each run may take 60 seconds.
    ///
    /// A program without arguments gets those that the transcript's `agi_arg_` lines tell, as from Asterisk.
    #[must_use]
    pub fn new(program: Program) -> Self {
        Replay { program, limit: LIMIT, timed: false, stop: Arc::default() }
    }

    /// How long a run may take; then the program is ended, and that is a failure.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Keeps the times of the recording (`@`).
    #[must_use]
    pub fn timed(mut self, timed: bool) -> Self {
        self.timed = timed;
        self
    }

    /// Ends what runs soon after the flag is raised: for a Ctrl-C, which does not reach the program.
    #[must_use]
    pub fn stop_on(mut self, flag: Arc<AtomicBool>) -> Self {
        self.stop = flag;
        self
    }

    /// Runs the program on a transcript's file, and writes the file anew where the environment says
    /// `TRANSCRIPTS=overwrite`.
    ///
    /// # Errors
    /// The first difference, a file that is no transcript, a program that does not start or end.
    pub fn file(&self, file: impl AsRef<Path>) -> Result<(), ReplayProgramError> {
        let file = file.as_ref();
        let transcript = Transcript::open(file).map_err(ReplayError::from)?;
        replay_with(file, |player| self.run(&transcript, player))
    }

    /// Runs the program on a transcript.
    ///
    /// # Errors
    /// The first difference, a program that does not start or end.
    pub fn transcript(&self, transcript: &Transcript) -> Result<(), ReplayProgramError> {
        self.run(transcript, Player::new(transcript)).map(drop)
    }

    fn run(&self, transcript: &Transcript, player: Player) -> Result<Player, ReplayProgramError> {
        let mut program = self.program.clone().capture_errors().own_group();
        if !program.has_arguments() {
            program = program.arguments(arguments(transcript));
        }
        if is_enhanced(transcript) {
            program = program.audio(Audio::Pipe);
        }
        let file = player.file().map(Path::to_owned);
        let play =
            |player: Player| play(player.timed(self.timed), &program, self.limit, &self.stop);
        let result = play(player);
        if let Err(ReplayProgramError::Replay(ReplayError::Mismatch(mismatch))) = &result
            && let Some(other) = hangup_later(transcript, mismatch.line() - 1)
        {
            let player = Player::new(&other);
            let player = file.into_iter().fold(player, Player::named);
            // What it says of the first order counts, if it is neither.
            return play(player).or(result);
        }
        result
    }
}

impl Transcript {
    /// Runs a program on this transcript; see [`Replay`], which can be told more.
    ///
    /// ```
    /// use agikit::transcript::Transcript;
    ///
    /// let transcript: Transcript = "<\n> ANSWER\n< 200 result=0\n= 7\n".parse().unwrap();
    /// let script = "read environment; echo ANSWER; read reply; exit 7";
    /// transcript.replay_program("/bin/sh", ["-c", script]).unwrap();
    /// transcript.replay_program("/bin/sh", ["-c", "echo HANGUP"]).unwrap_err();
    /// ```
    ///
    /// # Errors
    /// The first difference, a program that does not start or end.
    pub fn replay_program(
        &self,
        path: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<(), ReplayProgramError> {
        Replay::new(Program::new(path).arguments(arguments)).transcript(self)
    }
}

/// The same call with the hangup a line later, if it stands before this line of the script's. Whether a program
/// knew of the hangup when it sent that line, no recording tells: the line may have been on its way already.
fn hangup_later(transcript: &Transcript, at: usize) -> Option<Transcript> {
    let mut entries = transcript.entries.clone();
    if !matches!(entries.get(at)?, Entry::Script(_)) {
        return None;
    }
    let is_between = |entry: &Entry| !matches!(entry, Entry::Script(_) | Entry::Asterisk(_));
    let between = entries.get(..at)?.iter().rev().take_while(|entry| is_between(entry));
    let back = between.take(at).position(|it| matches!(it, Entry::Event(Event::Hangup)))?;
    let hangup = entries.remove(at - 1 - back);
    entries.insert(at, hangup);
    Some(Transcript { entries })
}

/// The lines of Asterisk's that are known to the last byte, up to the environment's end.
fn environment(transcript: &Transcript) -> impl Iterator<Item = &[u8]> {
    let lines = transcript.entries.iter().filter_map(|entry| match entry {
        Entry::Asterisk(line) => Some(line.as_exact().unwrap_or(b"[..]")),
        _ => None,
    });
    lines.take_while(|line| !line.is_empty())
}

/// What Asterisk passed to the program: `agi_arg_1` and so on.
fn arguments(transcript: &Transcript) -> Vec<OsString> {
    use std::os::unix::ffi::OsStringExt;
    let values = environment(transcript).filter_map(|line| {
        let number = line.strip_prefix(b"agi_arg_")?;
        let colon = number.windows(2).position(|two| two == b": ")?;
        Some(OsString::from_vec(number.get(colon + 2..)?.to_vec()))
    });
    values.collect()
}

/// Whether the call came by `EAGI()`.
fn is_enhanced(transcript: &Transcript) -> bool {
    environment(transcript).any(|line| line == b"agi_enhanced: 1.0")
        || transcript.entries.iter().any(|it| matches!(it, Entry::Event(Event::Audio(_))))
}
