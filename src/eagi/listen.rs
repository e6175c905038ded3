//! The caller's audio beside the command in flight.

use std::time::{Duration, Instant};

use crate::audio::{Audio, Heard, Ready};
use crate::error::Result;
use crate::session::Pending;

impl<C> Pending<'_, C> {
    /// The caller's next frame while the command runs; `None` as soon as it has answered, or the call is over:
    /// [`finish`](Pending::finish) then gives its reply. Frames that were not taken stay in the audio.
    ///
    /// ```no_run
    /// # fn f(agi: &mut agikit::Session) -> agikit::Result {
    /// use agikit::StreamFile;
    /// use agikit::audio::Audio;
    ///
    /// let mut audio = Audio::open(agi)?;
    /// let mut prompt = agi.start(StreamFile::new("demo-congrats"))?;
    /// while let Some(frame) = prompt.listen(&mut audio)? {
    ///     if frame.iter().any(|sample| sample.unsigned_abs() > 3000) {
    ///         prompt.interrupt()?;             // it is quiet at once
    ///         return agi.stream_file("beep").map(drop);
    ///     }
    /// }
    /// prompt.finish()?;
    /// # Ok(()) }
    /// ```
    ///
    /// Audio comes during the [interruptible](crate::command::Interruptible) commands only; beside others this waits
    /// for the reply.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io): reading or waiting failed.
    pub fn listen<'a>(&mut self, audio: &'a mut Audio) -> Result<Option<&'a [i16]>> {
        match self.heard(audio, None)? {
            Heard::Frame(frame) => Ok(Some(frame)),
            Heard::Nothing | Heard::End => Ok(None),
        }
    }

    /// The same, waiting for at most so long. [`Heard::End`]: it has answered, or the call is over.
    ///
    /// # Errors
    /// As [`listen`](Pending::listen).
    pub fn listen_within<'a>(
        &mut self,
        audio: &'a mut Audio,
        timeout: Duration,
    ) -> Result<Heard<'a>> {
        self.heard(audio, Instant::now().checked_add(timeout))
    }

    fn heard<'a>(&mut self, audio: &'a mut Audio, until: Option<Instant>) -> Result<Heard<'a>> {
        let Some(descriptor) = self.descriptor() else { return Ok(Heard::End) };
        Ok(match audio.wait(Some(descriptor), until)? {
            Ready::Frame => Heard::Frame(audio.take_frame()),
            Ready::Time => Heard::Nothing,
            Ready::Beside | Ready::End => Heard::End,
        })
    }
}
