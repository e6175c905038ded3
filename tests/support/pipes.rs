//! A session over two pipes, as Asterisk gives them to a process.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use agikit::Stream;

/// A process's two pipes.
pub struct Pipes(pub io::PipeReader, pub io::PipeWriter);

impl Read for Pipes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Pipes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Pipes {
    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }
}
