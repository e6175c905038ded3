//! A transcript against a script, in one process.

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::fmt;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::replace::replace;
use super::voice::Voice;
use super::{AfterHangup, Exit, Mismatch, OpenError, Player, Step, Transcript};
use crate::audio::Sound;
use crate::conduct::{chain, conduct, tell_console};
use crate::hangup::Hangup;
use crate::session::Session;
use crate::stream::Stream;

/// Why a transcript's file does not replay.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The file cannot be read, or is no transcript.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The script did otherwise.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// `TRANSCRIPTS=overwrite`, and the file cannot be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Debug for ReplayError {
    /// As it is displayed, with its sources: a test that returns it prints this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chain(self))
    }
}

impl Transcript {
    /// Runs a script on this transcript: it is sent what Asterisk sent, and each of its lines is compared.
    /// The script runs as under [`run`](crate::run): an error of its own is told by VERBOSE and is exit status
    /// 1, a panic 101, and the hangup a normal end.
    ///
    /// ```
    /// use agikit::transcript::Transcript;
    ///
    /// let transcript: Transcript = "<\n> ANSWER\n< 200 result=0\n= 0\n".parse().unwrap();
    /// transcript.replay(|agi| agi.answer()).unwrap();
    /// transcript.replay(|agi| agi.hangup()).unwrap_err();
    /// ```
    ///
    /// Times are passed over, `! wait` is waited for. `! hangup` is raised when the lines before it were read,
    /// before the script's next command; where that command was refused (`511`), behind it, as the script did not
    /// know of the hangup then.
    ///
    /// A call by `EAGI()` has its audio: what `! audio FILE` says, from there on, and silence behind it, for ten
    /// minutes at most; a frame comes as soon as the one before was read. Where nothing is told of it, it is over at once.
    ///
    /// # Errors
    /// The first difference.
    pub fn replay<E>(
        &self,
        script: impl FnOnce(&mut Session) -> Result<(), E>,
    ) -> Result<(), Mismatch>
    where
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        play(Player::new(self), script).map(drop)
    }
}

/// Runs a script on a transcript's file: see [`Transcript::replay`]. Where the environment says
/// `TRANSCRIPTS=overwrite`, the file is written anew with what the script sent: see [`Player::rewritten`].
///
/// ```no_run
/// # fn script(agi: &mut agikit::Session) -> agikit::Result { agi.answer() }
/// # use agikit as _;
/// #[test]
/// fn account_found() -> Result<(), agikit::transcript::ReplayError> {
///     agikit::transcript::replay("tests/transcripts/account.agi", script)
/// }
/// ```
///
/// # Errors
/// [`ReplayError`]: the file, or the first difference.
pub fn replay<E>(
    file: impl AsRef<Path>,
    script: impl FnOnce(&mut Session) -> Result<(), E>,
) -> Result<(), ReplayError>
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    let file = file.as_ref();
    replay_with(file, |player| play(player, script).map_err(ReplayError::from))
}

/// Opens a file, has it played, and writes it anew where `TRANSCRIPTS=overwrite` asks for that: for those who
/// play a [`Player`] in their own way. What `play` gives is the player, when all is as the transcript says.
///
/// # Errors
/// [`ReplayError`]: the file, or what `play` found.
pub fn replay_with<E: From<ReplayError>>(
    file: impl AsRef<Path>,
    play: impl FnOnce(Player) -> Result<Player, E>,
) -> Result<(), E> {
    let file = file.as_ref();
    let transcript = Transcript::open(file).map_err(ReplayError::from)?;
    let mut player = Player::new(&transcript).named(file);
    if std::env::var_os("TRANSCRIPTS").is_some_and(|value| value == "overwrite") {
        player = player.rewriting();
    }
    let player = play(player)?;
    match player.rewritten().filter(|written| *written != transcript) {
        Some(written) => replace(file, &written.to_string())
            .map_err(|source| ReplayError::Write { file: file.into(), source }.into()),
        None => Ok(()),
    }
}

/// Runs a script on a player.
fn play<E>(
    player: Player,
    script: impl FnOnce(&mut Session) -> Result<(), E>,
) -> Result<Player, Mismatch>
where
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    let hangup = Hangup::new();
    let stage = Stage::new(player, hangup.clone());
    let (status, fault) = match Session::begin(stage.clone(), hangup) {
        Ok(mut session) => {
            let ended = conduct(&mut session, script);
            if let Some(fault) = &ended.fault {
                tell_console(&mut session, fault);
            }
            (ended.status, ended.fault)
        }
        Err(error) => (1, Some(chain(&error))),
    };
    let (player, result) = stage.close(Exit::Status(status.into()));
    match (result, fault) {
        (Ok(()), _) => Ok(player),
        (Err(mismatch), None) => Err(mismatch),
        (Err(mismatch), Some(fault)) => Err(mismatch.with_note(format!("the script: {fault}"))),
    }
}

/// The other end of the script's session. Clones share one.
#[derive(Clone)]
struct Stage {
    scene: Arc<Mutex<Scene>>,
    /// Under EAGI: readable, when bytes are.
    ready: Option<Arc<PipeReader>>,
}

struct Scene {
    /// Gone when the script has ended.
    player: Option<Player>,
    hangup: Hangup,
    /// What comes, in its order.
    coming: VecDeque<Coming>,
    /// The beginning of a line.
    line: Vec<u8>,
    closed: bool,
    /// The hangup comes behind the script's next line.
    late: bool,
    mismatch: Option<Mismatch>,
    /// Under EAGI: the caller's audio, and what shows that bytes can be read.
    voice: Option<Voice>,
    light: Option<Light>,
}

/// A pipe that holds a byte, or none.
struct Light {
    from: Arc<PipeReader>,
    to: PipeWriter,
    lit: bool,
}

/// What the script is to notice.
enum Coming {
    Bytes(Vec<u8>),
    Hangup,
    Wait(Duration),
    Audio(Sound),
}

impl Stage {
    fn new(player: Player, hangup: Hangup) -> Self {
        let (is_enhanced, is_said) = player.audio();
        // Without a pipe there is no audio, which the script is told.
        let voice = is_enhanced.then(|| Voice::new(is_said, hangup.clone()).ok()).flatten();
        let pipe = voice.as_ref().and_then(|_| io::pipe().ok());
        let pipe = pipe.map(|(from, to)| (Arc::new(from), to));
        let ready = pipe.as_ref().map(|(from, _)| Arc::clone(from));
        let mut scene = Scene {
            player: Some(player),
            hangup,
            coming: VecDeque::new(),
            line: Vec::new(),
            closed: false,
            late: false,
            mismatch: None,
            voice,
            light: pipe.map(|(from, to)| Light { from, to, lit: false }),
        };
        scene.advance();
        scene.show();
        Stage { scene: Arc::new(Mutex::new(scene)), ready }
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The script has ended.
    fn close(&self, exit: Exit) -> (Player, Result<(), Mismatch>) {
        let mut scene = self.scene();
        if let Some(voice) = &scene.voice {
            voice.close();
        }
        let line = std::mem::take(&mut scene.line);
        if !line.is_empty() {
            scene.sent(&line); // without a line feed, but sent
        }
        let mismatch = scene.mismatch.take();
        let mut player = scene.player.take().unwrap_or_else(|| Player::new(&Transcript::default()));
        let result = match mismatch {
            Some(mismatch) => Err(mismatch),
            None => player.ended(Some(exit)),
        };
        (player, result)
    }
}

impl Scene {
    /// Takes from the player all that comes before the script's next line.
    fn advance(&mut self) {
        while let Some(player) = &mut self.player {
            match player.step() {
                Step::Send(bytes) => self.coming.push_back(Coming::Bytes(bytes)),
                // A session that knows of the hangup sends nothing that is refused.
                Step::Hangup if player.after_hangup(true) == Some(AfterHangup::Refused) => {
                    self.late = true;
                }
                Step::Hangup => self.coming.push_back(Coming::Hangup),
                Step::Wait(time) => self.coming.push_back(Coming::Wait(time)),
                Step::Audio(file) => match player.sound(&file) {
                    Ok(sound) => self.coming.push_back(Coming::Audio(sound)),
                    Err(why) => {
                        self.mismatch = Some(player.unheard(why));
                        break;
                    }
                },
                Step::Close => self.closed = true,
                Step::Script | Step::End => break,
            }
        }
        self.happen();
    }

    /// What needs no reading happens, up to the next bytes.
    fn happen(&mut self) {
        while let Some(coming) = self.coming.pop_front() {
            match coming {
                Coming::Bytes(_) => return self.coming.push_front(coming),
                Coming::Hangup => self.hangup.raise(),
                Coming::Wait(time) => std::thread::sleep(time),
                Coming::Audio(sound) => self.voice.iter().for_each(|it| it.says(sound.clone())),
            }
        }
    }

    /// Shows whether a read would give something.
    fn show(&mut self) {
        let Some(light) = &mut self.light else { return };
        let is_there = matches!(self.coming.front(), Some(Coming::Bytes(_)))
            || self.closed
            || self.mismatch.is_some();
        if is_there != light.lit {
            let done = match is_there {
                true => (&light.to).write(&[0]),
                false => (&*light.from).read(&mut [0]),
            };
            light.lit = done.map_or(light.lit, |_| is_there);
        }
    }

    /// The script reads.
    fn read(&mut self, buffer: &mut [u8]) -> usize {
        if self.mismatch.is_some() || buffer.is_empty() {
            return 0; // the rest of the script says nothing any more
        }
        if self.coming.is_empty() && !self.closed {
            self.starve();
        }
        let Some(Coming::Bytes(mut bytes)) = self.coming.pop_front() else { return 0 };
        let rest = bytes.split_off(buffer.len().min(bytes.len()));
        buffer.iter_mut().zip(&bytes).for_each(|(to, from)| *to = *from);
        match rest.is_empty() {
            true => self.happen(),
            false => self.coming.push_front(Coming::Bytes(rest)),
        }
        bytes.len()
    }

    fn sent(&mut self, line: &[u8]) {
        match self.player.as_mut().map(|player| player.sent(line)) {
            Some(Err(mismatch)) => self.mismatch = Some(mismatch),
            _ => {
                if std::mem::take(&mut self.late) {
                    self.hangup.raise();
                }
                self.advance();
            }
        }
    }

    /// The script reads and nothing comes.
    fn starve(&mut self) {
        match self.player.as_mut().map(Player::starved) {
            Some(Ok(Step::Send(bytes))) => self.coming.push_back(Coming::Bytes(bytes)),
            Some(Ok(_)) | None => self.closed = true,
            Some(Err(mismatch)) => self.mismatch = Some(mismatch),
        }
    }
}

impl Read for Stage {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut scene = self.scene();
        let count = scene.read(buffer);
        scene.show();
        Ok(count)
    }
}

impl Write for Stage {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut scene = self.scene();
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            let at_end = scene.closed && !scene.player.as_ref().is_some_and(Player::is_turn);
            if scene.mismatch.is_some() || at_end {
                return Err(ErrorKind::BrokenPipe.into());
            }
            scene.line.extend_from_slice(part);
            if let Some(line) = scene.line.strip_suffix(b"\n").map(<[u8]>::to_vec) {
                scene.line.clear();
                scene.sent(&line);
            }
        }
        scene.show();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Stage {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.ready.as_deref().map(AsFd::as_fd)
    }

    fn audio(&mut self) -> Option<OwnedFd> {
        self.scene().voice.as_ref().and_then(Voice::open)
    }
}
