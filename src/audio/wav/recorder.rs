//! A recording as it grows.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::mem;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::header::Header;
use super::{WavOptions, named};
use crate::audio::Format;
use crate::error::Result;

/// What is not in the file yet is shorter than this.
const HELD: Duration = Duration::from_millis(500);

/// A WAV file that is being recorded.
///
/// ```no_run
/// # fn f(agi: &mut agikit::Session) -> agikit::Result {
/// use agikit::audio::{Audio, WavRecorder};
/// use std::time::Duration;
///
/// let mut audio = Audio::open(agi)?;
/// let mut message = WavRecorder::options()
///     .reserve(Duration::from_secs(60))                    // a full disk is an error here
///     .create("/var/spool/asterisk/message.wav", audio.format())?;
/// agi.stream_file("beep")?;
/// audio.discard()?;
/// while let Some(frame) = audio.next_frame()? {
///     message.write(frame)?;
/// }
/// message.finish()?;                                       // now there is a message.wav
/// # Ok(()) }
/// ```
///
/// # Whatever ends it
/// Samples and header go to the file together, every half second of audio, so the file is whole at each moment: a
/// program that is killed leaves all but the last half second. Until [`finish`](WavRecorder::finish) it has a name
/// that neither `*.wav` nor Asterisk finds, `.message.wav.1234.part` with the process's number, in the same folder;
/// then it is renamed, at once and as a whole. A recorder that is dropped without that, because the script failed or
/// panicked, writes all that it was given and leaves the file under that name: nothing is lost, and nobody takes it
/// for a finished message. [`discard`](WavRecorder::discard) removes it.
///
/// Nothing waits for the disk itself (`fsync`): what a power cut leaves is the file system's business.
#[derive(Debug)]
pub struct WavRecorder {
    pub(super) file: File,
    /// What it is called in the end.
    path: PathBuf,
    /// What it is called until then.
    pub(super) temporary: Option<PathBuf>,
    pub(super) keep_existing: bool,
    format: Format,
    header: Header,
    /// Samples that were there before, where it goes on behind them.
    pub(super) before: Option<u64>,
    /// Samples in the file.
    written: u64,
    /// Those behind them, as the file has them. Never more than its capacity.
    held: Vec<u8>,
    over: bool,
}

impl WavRecorder {
    /// Begins a recording with everything as usual: `WavRecorder::options().create(path, format)`. The format is
    /// [`Audio::format`](crate::audio::Audio::format)'s, for a file with the samples as they are received.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name: the folder is missing or not writable, the disk is full.
    pub fn create(path: impl Into<PathBuf>, format: Format) -> Result<WavRecorder> {
        WavRecorder::options().create(path, format)
    }

    /// What can be chosen.
    #[must_use]
    pub fn options() -> WavOptions {
        WavOptions::default()
    }

    pub(super) fn over(
        file: File,
        path: &Path,
        format: Format,
        header: Header,
        written: u64,
    ) -> Self {
        let most = usize::try_from(format.samples(HELD)).unwrap_or(0).max(1);
        WavRecorder {
            file,
            path: path.into(),
            temporary: None,
            keep_existing: false,
            format,
            header,
            before: None,
            written,
            held: Vec::with_capacity(most * format.sample_bytes()),
            over: false,
        }
    }

    /// Adds samples, in the file's own form: G.711 is encoded.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name: the disk is full, or the file has 4 GiB. All that was
    /// written before is in the file; the recording can go on where that has changed.
    pub fn write(&mut self, samples: &[i16]) -> Result {
        let most = self.held.capacity() / self.format.sample_bytes();
        for part in samples.chunks(most.max(1)) {
            self.make_room(part.len() * self.format.sample_bytes())?;
            self.format.encode(part, &mut self.held);
        }
        Ok(())
    }

    /// Adds samples as they were received ([`Audio::received`](crate::audio::Audio::received)): G.711 is not decoded
    /// and encoded again. Whole samples; half a one at the end is passed over.
    ///
    /// # Errors
    /// As [`write`](WavRecorder::write).
    pub fn write_received(&mut self, bytes: &[u8]) -> Result {
        let sample = self.format.sample_bytes();
        let most = self.held.capacity() / sample * sample;
        let whole = bytes.get(..bytes.len() / sample * sample).unwrap_or_default();
        for part in whole.chunks(most.max(sample)) {
            self.make_room(part.len())?;
            self.held.extend_from_slice(part);
        }
        Ok(())
    }

    /// Sees to it that so many bytes can be held.
    fn make_room(&mut self, bytes: usize) -> Result {
        let samples = bytes / self.format.sample_bytes();
        if self.samples() + u64::try_from(samples).unwrap_or(u64::MAX) > self.header.most() {
            let error = io::Error::new(ErrorKind::FileTooLarge, "a WAV file ends at 4 GiB");
            return Err(named(&self.path, error));
        }
        match self.held.len() + bytes > self.held.capacity() {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Writes what is held, and the header that tells of it. It happens by itself every half second of audio.
    ///
    /// # Errors
    /// As [`write`](WavRecorder::write).
    pub fn flush(&mut self) -> Result {
        let done = self.write_held().and(self.write_header());
        done.map_err(|error| named(&self.path, error))
    }

    fn write_held(&mut self) -> io::Result<()> {
        let sample = self.format.sample_bytes();
        let at = self.end();
        let mut done = 0;
        let ended = loop {
            let Some(rest) = self.held.get(done..).filter(|rest| !rest.is_empty()) else {
                break Ok(());
            };
            match self.file.write_at(rest, at + u64::try_from(done).unwrap_or(0)) {
                Ok(0) => break Err(ErrorKind::WriteZero.into()),
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        // What went before an error counts.
        let whole = done / sample;
        self.held.drain(..whole * sample);
        self.written += u64::try_from(whole).unwrap_or(0);
        if ended.is_err() {
            let _ = self.write_header();
        }
        ended
    }

    pub(super) fn write_header(&mut self) -> io::Result<()> {
        self.header.set(self.written);
        if (self.end() - self.header.len()) % 2 == 1 {
            self.file.write_all_at(&[0], self.end())?; // chunks have an even length
        }
        self.file.write_all_at(self.header.bytes(), 0)
    }

    /// Where the next sample goes in the file.
    fn end(&self) -> u64 {
        self.header.len() + self.written * u64::try_from(self.format.sample_bytes()).unwrap_or(1)
    }

    /// The part of the file that a time needs.
    pub(super) fn room_for(&self, time: Duration) -> (i64, i64) {
        let samples = self.format.samples(time).min(self.header.most());
        let bytes = samples * u64::try_from(self.format.sample_bytes()).unwrap_or(1);
        let number = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
        match bytes {
            0 => (0, 0),
            bytes if self.written == 0 => (0, number(bytes + self.header.len())),
            bytes => (number(self.end()), number(bytes)),
        }
    }

    /// How many samples the recording has; those that were there before an [append](WavOptions::append) count.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.written + u64::try_from(self.held.len() / self.format.sample_bytes()).unwrap_or(0)
    }

    /// How long the recording is.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.format.duration(self.samples())
    }

    /// What its samples are.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The name that the file gets in the end.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Cuts the recording to so many samples: takes the silence off its end, or the sound of a key.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name.
    pub fn truncate(&mut self, samples: u64) -> Result {
        if samples >= self.written {
            let keep = usize::try_from(samples - self.written).unwrap_or(usize::MAX);
            self.held.truncate(keep.saturating_mul(self.format.sample_bytes()));
            return Ok(());
        }
        self.held.clear();
        self.written = samples;
        let done = self.write_header().and_then(|()| self.give_back());
        done.map_err(|error| named(&self.path, error))
    }

    /// Ends the file behind its last sample; reserved room goes back to the file system.
    fn give_back(&self) -> io::Result<()> {
        let end = self.end();
        self.file.set_len(end + (end - self.header.len()) % 2)
    }

    /// Ends the recording: the file gets its name. Gives that name.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name. Where the last half second did not fit on the disk, the
    /// file has got its name without that; where it could not be renamed, it keeps its temporary one, which the
    /// error tells.
    pub fn finish(mut self) -> Result<PathBuf> {
        let flushed = self.flush();
        self.over = true;
        let _ = self.give_back();
        if let Some(temporary) = self.temporary.take() {
            self.rename(&temporary).map_err(|error| {
                let text = format!("{error}; the recording is {}", temporary.display());
                named(&self.path, io::Error::new(error.kind(), text))
            })?;
        }
        flushed.map(|()| mem::take(&mut self.path))
    }

    fn rename(&self, temporary: &Path) -> io::Result<()> {
        if !self.keep_existing {
            return fs::rename(temporary, &self.path);
        }
        // A second name is refused where there is a file, which renaming does not.
        match fs::hard_link(temporary, &self.path) {
            Ok(()) => {
                let _ = fs::remove_file(temporary);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            // A file system without second names.
            Err(_) if fs::exists(&self.path)? => Err(ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(temporary, &self.path),
        }
    }

    /// Throws the recording away: there is no file. One that was [added to](WavOptions::append) is as long as before.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name.
    pub fn discard(mut self) -> Result {
        if let Some(before) = self.before {
            self.held.clear();
            self.over = true;
            self.truncate(before)?;
            return self.give_back().map_err(|error| named(&self.path, error));
        }
        self.remove();
        Ok(())
    }

    /// Removes the file; never a device.
    pub(super) fn remove(&mut self) {
        self.over = true;
        if self.file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            let _ = fs::remove_file(self.temporary.as_ref().unwrap_or(&self.path));
        }
    }
}

/// Nothing that was given is lost: see [above](WavRecorder#whatever-ends-it).
impl Drop for WavRecorder {
    fn drop(&mut self) {
        if !self.over {
            let _ = self.flush();
            let _ = self.give_back();
        }
    }
}
