//! Descriptor 3, read without ever waiting beyond the call.

use std::io::{self, Read};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use super::pipe::{Pipe, Ready};
use super::{Format, Frames};
use crate::error::{Error, Result};
use crate::hangup::Hangup;

/// As much is fetched ahead at most: what a pipe holds.
const AHEAD: usize = 1 << 20;

/// The caller's audio, as it comes.
///
/// ```no_run
/// use agikit::audio::Audio;
/// use agikit::{Result, Session};
///
/// fn listen(agi: &mut Session) -> Result {
///     let mut audio = Audio::open(agi)?;
///     while let Some(frame) = audio.next_frame()? {
///         eprintln!("{} samples", frame.len());    // 20 ms of the caller; None when he has hung up
///     }
///     Ok(())
/// }
/// ```
///
/// It may be given to a thread, which listens while the session plays: it ends with the call by itself.
///
/// # What is lost
/// While nobody reads, the pipe keeps what comes, up to its [capacity](Audio::capacity); what comes then is lost, and
/// [`overruns`](Audio::overruns) tells. Every read takes all that waits, so a script that reads at all loses nothing.
/// Asterisk passes on no audio during EXEC, GOSUB, RECORD FILE, CONTROL STREAM FILE, SAY DATE, TIME and DATETIME,
/// RECEIVE CHAR and TEXT, SPEECH RECOGNIZE, and while a key of the caller's sounds: nobody hears what he says then, and
/// the sample clock stands.
#[derive(Debug)]
pub struct Audio {
    pipe: Pipe,
    format: Format,
    /// The frame that was given last, decoded, and how many bytes it had.
    frame: Vec<i16>,
    frame_bytes: usize,
    /// Where that frame begins, in bytes.
    frame_at: u64,
    /// Bytes that were given or discarded.
    taken: u64,
}

/// What a wait for a frame came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// The next frame: 20 ms, less where the audio ends.
    Frame(&'a [i16]),
    /// None came in time. A caller whose side sends no audio in silence, or who is on hold, gives none.
    Nothing,
    /// The call, or the audio, is over.
    End,
}

impl Audio {
    /// Reads from any descriptor: a pipe, a socket, a file of samples. [`Audio::open`] is for EAGI's.
    ///
    /// The descriptor is made non-blocking, and closed in programs that this one starts. A pipe is enlarged to 1 MiB,
    /// or to what the system allows (`/proc/sys/fs/pipe-max-size`, and for users without rights
    /// `pipe-user-pages-soft`).
    ///
    /// ```
    /// use agikit::audio::{Audio, Format};
    /// use agikit::Hangup;
    /// use std::io::Write;
    ///
    /// let (reader, mut writer) = std::io::pipe()?;
    /// writer.write_all(&[1, 0, 2, 0, 3])?;
    /// drop(writer);
    /// let mut audio = Audio::from_descriptor(reader, Format::default(), Hangup::new())?;
    /// assert_eq!(audio.next_frame()?, Some([1, 2].as_slice())); // the last byte is half a sample
    /// assert_eq!(audio.next_frame()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`]: the system refused.
    pub fn from_descriptor(
        descriptor: impl Into<OwnedFd>,
        format: Format,
        hangup: Hangup,
    ) -> Result<Audio> {
        Ok(Audio {
            pipe: Pipe::new(descriptor.into(), format, hangup)?,
            format,
            frame: Vec::with_capacity(format.frame_samples()),
            frame_bytes: 0,
            frame_at: 0,
            taken: 0,
        })
    }

    /// The next frame: 20 ms of whole samples, however the bytes arrived. It waits for it. `None` at the end: the
    /// caller has hung up, or Asterisk has closed the pipe. What he said before is given first; a last frame may be
    /// shorter.
    ///
    /// # Errors
    /// [`Error::Io`]: reading or waiting failed.
    pub fn next_frame(&mut self) -> Result<Option<&[i16]>> {
        match self.wait(None, None)? {
            Ready::Frame => Ok(Some(self.take_frame())),
            _ => Ok(None),
        }
    }

    /// The same, waiting for at most so long.
    ///
    /// A script for calls whose hangup gives no signal (`AGISIGHUP=no`) uses this, and asks by
    /// [`channel_status`](crate::Session::channel_status) when nothing came for some seconds.
    ///
    /// # Errors
    /// As [`next_frame`](Audio::next_frame).
    pub fn frame_within(&mut self, timeout: Duration) -> Result<Heard<'_>> {
        let until = Instant::now().checked_add(timeout);
        Ok(match self.wait(None, until)? {
            Ready::Frame => Heard::Frame(self.take_frame()),
            Ready::Beside | Ready::Time => Heard::Nothing,
            Ready::End => Heard::End,
        })
    }

    /// The frames, each with its samples and its place in the call, up to the hangup.
    ///
    /// ```no_run
    /// # fn f(audio: &mut agikit::audio::Audio) -> agikit::Result {
    /// for frame in audio.frames() {
    ///     let frame = frame?;
    ///     eprintln!("at {:?}: {:?}", frame.time(), frame.samples.first());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn frames(&mut self) -> Frames<'_> {
        Frames(self)
    }

    /// The bytes of the frame that was given last, as they were received: of G.711 a byte a sample.
    #[must_use]
    pub fn received(&self) -> &[u8] {
        self.pipe.taken(self.frame_bytes)
    }

    /// The form of the audio, and with it the rate.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The hangup that ends it: a clone, for another thread or a wait of one's own.
    #[must_use]
    pub fn hangup(&self) -> Hangup {
        self.pipe.hangup()
    }

    /// Where the frame that was given last begins, in samples since the audio was opened. Discarded samples count;
    /// lost ones, and those that Asterisk did not pass on, do not.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.frame_at / self.sample_bytes()
    }

    /// The same as a time on the call's sample clock.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.format.duration(self.position())
    }

    /// How many bytes the pipe holds, by the system's count; 0 where it is no pipe. Frames do not cross its pages of
    /// 4,096 bytes, so of 1 MiB 983,040 bytes are used by frames of 320.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.pipe.capacity()
    }

    /// How often the pipe was found full: audio was lost then, or came near to it. A script that is busy, or that
    /// plays for longer than the pipe holds without reading, learns here that its recording has a gap.
    #[must_use]
    pub fn overruns(&self) -> u32 {
        self.pipe.overruns()
    }

    /// Whether the pipe was ever found full: audio may have been lost.
    #[must_use]
    pub fn overrun(&self) -> bool {
        self.overruns() > 0
    }

    /// How much audio waits to be taken. It is fetched from the pipe for that, so that the pipe has room again.
    ///
    /// # Errors
    /// [`Error::Io`]: reading failed.
    pub fn backlog(&mut self) -> Result<Duration> {
        if self.pipe.waiting().len() < AHEAD {
            self.fetch()?;
        }
        let bytes = u64::try_from(self.pipe.waiting().len()).unwrap_or(0);
        Ok(self.format.duration(bytes / self.sample_bytes()))
    }

    /// Drops what has piled up, as while a prompt played; gives how much it was.
    ///
    /// # Errors
    /// [`Error::Io`]: reading failed.
    pub fn discard(&mut self) -> Result<Duration> {
        self.fetch()?;
        self.end_sample();
        let waiting = u64::try_from(self.pipe.waiting().len()).unwrap_or(0);
        let samples = waiting / self.sample_bytes();
        self.pass(usize::try_from(samples * self.sample_bytes()).unwrap_or(0));
        self.frame_bytes = 0;
        Ok(self.format.duration(samples))
    }

    /// The descriptor, for a `poll` of one's own. Bytes that were read already do not show there.
    #[must_use]
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.pipe.descriptor()
    }

    /// Waits for a frame, beside another descriptor and up to a time. The other comes first.
    pub(crate) fn wait(
        &mut self,
        beside: Option<BorrowedFd<'_>>,
        until: Option<Instant>,
    ) -> Result<Ready> {
        if self.is_in_sample() {
            match self.wait_for(1, beside, until)? {
                Ready::Frame => self.end_sample(),
                other => return Ok(other),
            }
        }
        self.wait_for(self.format.frame_bytes(), beside, until)
    }

    fn wait_for(
        &mut self,
        bytes: usize,
        beside: Option<BorrowedFd<'_>>,
        until: Option<Instant>,
    ) -> Result<Ready> {
        if self.pipe.waiting().len() < bytes {
            self.frame_bytes = 0; // what was given is overwritten
        }
        self.pipe.wait_for(bytes, beside, until)
    }

    fn fetch(&mut self) -> Result {
        self.frame_bytes = 0;
        self.pipe.fetch()
    }

    /// Takes the next frame off what is held.
    pub(crate) fn take_frame(&mut self) -> &[i16] {
        let sample = self.format.sample_bytes();
        let whole = self.pipe.waiting().len().min(self.format.frame_bytes()) / sample * sample;
        self.frame_at = self.taken;
        self.pass(whole);
        self.frame_bytes = whole;
        self.frame.clear();
        self.format.decode(self.pipe.taken(whole), &mut self.frame);
        &self.frame
    }

    /// Whether [`read`](Read::read) has taken one half of a sample.
    fn is_in_sample(&self) -> bool {
        !self.taken.is_multiple_of(self.sample_bytes())
    }

    /// Passes over the other half, if it is there: frames are of whole samples.
    fn end_sample(&mut self) {
        if self.is_in_sample() && !self.pipe.waiting().is_empty() {
            self.pass(1);
        }
    }

    fn pass(&mut self, bytes: usize) {
        self.pipe.take(bytes);
        self.taken += u64::try_from(bytes).unwrap_or(0);
    }

    fn sample_bytes(&self) -> u64 {
        u64::try_from(self.format.sample_bytes()).unwrap_or(1)
    }
}

/// The bytes as they were received, for programs that want no frames. It waits for the next; 0 at the end. Where it
/// took half a sample, the next frame begins behind the other half.
impl Read for Audio {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.wait_for(1, None, None) {
            Ok(_) => {}
            Err(Error::Io { source, .. }) => return Err(source),
            Err(other) => return Err(io::Error::other(other)),
        }
        let waiting = self.pipe.waiting();
        let count = waiting.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(waiting) {
            *to = *from;
        }
        self.pass(count);
        self.frame_bytes = 0;
        Ok(count)
    }
}
