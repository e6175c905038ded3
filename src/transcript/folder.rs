//! A folder of recordings: a file a session.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// A file's name is no longer than this, and a part of it no longer than half.
const NAME: usize = 120;

/// So many calls of one name: two processes for one channel have the same `agi_uniqueid`.
const SAME: u32 = 10_000;

/// A new file in a folder, named by the script and the call's `agi_uniqueid`. It is made when that is known,
/// and only its owner may read it: it holds what a caller dials.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: PathBuf,
    script: Vec<u8>,
    /// What is written before the file is there.
    held: Vec<u8>,
    file: Option<File>,
}

impl Folder {
    pub(crate) fn new(folder: impl Into<PathBuf>, script: &[u8]) -> Self {
        Folder { folder: folder.into(), script: script.to_vec(), held: Vec::new(), file: None }
    }

    /// Makes the file, never in another one's place, and writes what was held.
    fn open(&mut self) -> io::Result<()> {
        let mut lines = self.held.split(|&byte| byte == b'\n');
        let id = lines.find_map(|line| line.strip_prefix(b"< agi_uniqueid: "));
        let name = format!("{}-{}", safe(&self.script), safe(id.unwrap_or(b"call")));
        for number in 1..=SAME {
            let again = if number > 1 { format!("-{number}") } else { String::new() };
            let path = self.folder.join(format!("{name}{again}.agi"));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    file.write_all(&std::mem::take(&mut self.held))?;
                    self.file = Some(file);
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => {
                    let message = format!("{}: {error}", path.display());
                    return Err(io::Error::new(error.kind(), message));
                }
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }
}

impl Write for Folder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &mut self.file {
            return file.write(bytes);
        }
        self.held.extend_from_slice(bytes);
        // The environment's end, or what stands behind it where it has none.
        let ended = |mark: &[u8]| self.held.windows(mark.len()).any(|window| window == mark);
        if self.held.starts_with(b"<\n") || [&b"\n<\n"[..], b"> ", b"= "].into_iter().any(ended) {
            self.open().inspect_err(|_| self.held.clear())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // a file holds nothing back
    }
}

impl Drop for Folder {
    /// A session that did not come to its environment's end.
    fn drop(&mut self) {
        if self.file.is_none() && !self.held.is_empty() {
            let _ = self.open();
        }
    }
}

/// A part of a file's name: a caller's channel has a say in it.
fn safe(name: &[u8]) -> String {
    let name = name.iter().take(NAME / 2).map(|&byte| match byte {
        b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte),
        _ => '_',
    });
    let name: String = name.collect();
    // A hidden file would not be found.
    match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn names() {
        assert_eq!(safe(b"1795224170.14"), "1795224170.14");
        assert_eq!(safe(b"../../etc/x y\xff\n"), "_._.._etc_x_y__");
        assert_eq!(safe(&[b'a'; 500]).len(), 60);
    }
}
