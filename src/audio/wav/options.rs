//! How a recording is begun.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, OFlag, fallocate};

use super::header::Header;
use super::{RATES, WavRecorder, chunks, named};
use crate::audio::Format;
use crate::error::Result;

/// What is recorded is private to the call: the owner writes, the group reads, others see nothing.
const MODE: u32 = 0o640;

/// A file's samples begin within so many bytes.
const HEAD: u64 = 1 << 16;

/// So many recordings to the same name at once, or left behind by a killed process of the same number.
const TEMPORARY: u32 = 1000;

/// How a recording is begun: [`WavRecorder::options`].
#[derive(Debug, Clone)]
pub struct WavOptions {
    reserve: Duration,
    in_place: bool,
    keep_existing: bool,
    append: bool,
    mode: u32,
}

impl Default for WavOptions {
    fn default() -> Self {
        WavOptions {
            reserve: Duration::ZERO,
            in_place: false,
            keep_existing: false,
            append: false,
            mode: MODE,
        }
    }
}

impl WavOptions {
    /// Asks the file system for the room of so long a recording, so that a full disk is an error now and not in the
    /// middle of the message. What is not used is given back at the end. A file system that cannot tell reserves
    /// nothing.
    #[must_use]
    pub fn reserve(mut self, longest: Duration) -> Self {
        self.reserve = longest;
        self
    }

    /// Writes under the name itself from the start, for those who listen while it is recorded. What stood there is
    /// lost at once.
    #[must_use]
    pub fn in_place(mut self) -> Self {
        self.in_place = true;
        self
    }

    /// Refuses where there is such a file already, at the start and again at the end: nothing is ever overwritten.
    #[must_use]
    pub fn keep_existing(mut self) -> Self {
        self.keep_existing = true;
        self
    }

    /// Adds to the file, in place, where there is one; it must have the same form and rate, and nothing behind its
    /// samples.
    #[must_use]
    pub fn append(mut self) -> Self {
        self.append = true;
        self
    }

    /// The rights of a new file, less the process's umask; `0o640` unless this says otherwise.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Begins the recording. A folder that is missing or not writable, and a full disk, are errors here.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), with the file's name.
    pub fn create(self, path: impl Into<PathBuf>, format: Format) -> Result<WavRecorder> {
        let path = path.into();
        self.begin(&path, format).map_err(|error| named(&path, error))
    }

    fn begin(&self, path: &Path, format: Format) -> io::Result<WavRecorder> {
        if !RATES.contains(&format.rate()) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "no rate that sound has"));
        }
        let there = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(_) => true,
            Err(_) => false, // whether it can be made will show
        };
        if self.append && there {
            return self.extend(path, format);
        }
        if self.keep_existing && there {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let (file, temporary) = match self.in_place {
            true => {
                let mut options = self.writing();
                let options = if self.keep_existing {
                    options.create_new(true)
                } else {
                    options.create(true).truncate(true)
                };
                (options.open(path)?, None)
            }
            false => self.temporary(path).map(|(file, name)| (file, Some(name)))?,
        };
        let mut recorder = WavRecorder::over(file, path, format, Header::new(format), 0);
        recorder.temporary = temporary;
        recorder.keep_existing = self.keep_existing;
        match self.reserved(&recorder).and_then(|()| recorder.write_header()) {
            Ok(()) => Ok(recorder),
            Err(error) => {
                recorder.remove();
                Err(error)
            }
        }
    }

    /// Goes on behind what a file holds.
    fn extend(&self, path: &Path, format: Format) -> io::Result<WavRecorder> {
        let odd = |text| io::Error::new(ErrorKind::InvalidData, text);
        let file = self.writing().read(true).open(path)?;
        let length = file.metadata()?.len();
        let mut head = Vec::new();
        (&file).take(HEAD).read_to_end(&mut head)?;
        let chunks = chunks::find(&head).map_err(odd)?;
        let header = Header::of(&head, &chunks, format).map_err(odd)?;
        let there = length.saturating_sub(header.len());
        let data = there.min(chunks.told.into());
        // One filling byte may follow.
        if there > data + data % 2 {
            return Err(odd("something stands behind its samples; record to another file"));
        }
        let samples = data / u64::try_from(format.sample_bytes()).unwrap_or(1);
        let mut recorder = WavRecorder::over(file, path, format, header, samples);
        recorder.before = Some(samples);
        self.reserved(&recorder)?;
        Ok(recorder)
    }

    fn writing(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        // A named pipe that nobody reads is an error, and no wait beyond the call.
        options.write(true).mode(self.mode).custom_flags(OFlag::O_NONBLOCK.bits());
        options
    }

    /// A file beside the one that it will be, whose name no `*` and no Asterisk finds.
    fn temporary(&self, path: &Path) -> io::Result<(File, PathBuf)> {
        let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
        // A name may have 255 bytes; of a long one the beginning is enough.
        let name = match name.to_str() {
            Some(name) => OsString::from(name.chars().take(50).collect::<String>()),
            None => OsString::from("recording"),
        };
        for number in 0..TEMPORARY {
            let mut hidden = OsString::from(".");
            hidden.push(&name);
            hidden.push(format!(".{}", std::process::id()));
            if number > 0 {
                hidden.push(format!("-{number}"));
            }
            hidden.push(".part");
            let hidden = path.with_file_name(hidden);
            match self.writing().create_new(true).open(&hidden) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                opened => return opened.map(|file| (file, hidden)),
            }
        }
        Err(io::Error::new(ErrorKind::AlreadyExists, "too many unfinished recordings of this name"))
    }

    fn reserved(&self, recorder: &WavRecorder) -> io::Result<()> {
        let (begin, length) = recorder.room_for(self.reserve);
        if length == 0 {
            return Ok(());
        }
        let reserve =
            || fallocate(&recorder.file, FallocateFlags::FALLOC_FL_KEEP_SIZE, begin, length);
        let mut reserved = reserve();
        while reserved == Err(Errno::EINTR) {
            reserved = reserve(); // a SIGHUP, as at a hangup
        }
        match reserved {
            Ok(()) | Err(Errno::EOPNOTSUPP | Errno::ENOSYS | Errno::ENODEV | Errno::ESPIPE) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
