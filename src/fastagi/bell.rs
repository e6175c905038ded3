//! Wakes a thread that polls: by another thread, or by a signal.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use signal_hook::SigId;
use signal_hook::low_level::{pipe, unregister};

use crate::descriptor::never_blocking;

/// A pipe in which a byte means "look".
#[derive(Debug)]
pub(super) struct Bell {
    reader: PipeReader,
    writer: PipeWriter,
    signals: Vec<SigId>,
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        never_blocking(&reader)?;
        never_blocking(&writer)?;
        Ok(Bell { reader, writer, signals: Vec::new() })
    }

    /// These signals ring it, too, and do nothing else.
    pub(super) fn on_signals(signals: &[i32]) -> io::Result<Self> {
        let mut bell = Bell::new()?;
        for &signal in signals {
            bell.signals.push(pipe::register(signal, bell.writer.try_clone()?)?);
        }
        Ok(bell)
    }

    pub(super) fn ring(&self) {
        // A full pipe rings already.
        let _ = (&self.writer).write(b"!");
    }

    /// How often it rang since this was asked last.
    pub(super) fn rang(&self) -> usize {
        (&self.reader).read(&mut [0; 64]).unwrap_or(0)
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        for signal in self.signals.drain(..) {
            unregister(signal);
        }
    }
}
