//! Whether a compiled program needs anything of the machine that it runs on.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The kind of a segment that names the loader, which finds the libraries.
const INTERP: u64 = 3;

/// The longest name of a loader that is read.
const LONGEST: u64 = 4096;

/// Whether the program names no loader: all that it needs is in it. `None` for a file that is no program of
/// Linux's (ELF, 32 or 64 bits, the low or the high byte first).
pub(crate) fn is_static(path: &Path) -> io::Result<Option<bool>> {
    Ok(loader(path)?.map(|loader| loader.is_none()))
}

/// The loader that the program names, if it does. `None` for a file that is no program of Linux's.
pub(crate) fn loader(path: &Path) -> io::Result<Option<Option<PathBuf>>> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(64).read_to_end(&mut head)?;
    let Some(table) = Table::of(&head) else { return Ok(None) };
    for row in 0..table.rows {
        let mut segment = [0; 40];
        file.seek(SeekFrom::Start(table.at.saturating_add(row * table.size)))?;
        file.read_exact(&mut segment)?;
        let field = |at: usize, length| {
            number(segment.get(at..at + length).unwrap_or_default(), table.is_big)
        };
        if field(0, 4) == INTERP {
            let (at, size) = match table.is_64 {
                true => (field(8, 8), field(32, 8)),
                false => (field(4, 4), field(16, 4)),
            };
            let mut name = Vec::new();
            file.seek(SeekFrom::Start(at))?;
            file.take(size.min(LONGEST)).read_to_end(&mut name)?;
            let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
            return Ok(Some(Some(OsStr::from_bytes(name).into())));
        }
    }
    Ok(Some(None))
}

/// Where the segments are told.
struct Table {
    at: u64,
    size: u64,
    rows: u64,
    is_64: bool,
    is_big: bool,
}

impl Table {
    fn of(head: &[u8]) -> Option<Self> {
        let [0x7F, b'E', b'L', b'F', class, order, ..] = head else { return None };
        let is_big = *order == 2;
        let field = |at: usize, length: usize| Some(number(head.get(at..at + length)?, is_big));
        let (at, size, rows) = match class {
            1 => (field(28, 4)?, field(42, 2)?, field(44, 2)?),
            2 => (field(32, 8)?, field(54, 2)?, field(56, 2)?),
            _ => return None,
        };
        Some(Table { at, size, rows, is_64: *class == 2, is_big })
    }
}

fn number(bytes: &[u8], is_big: bool) -> u64 {
    let add = |number, byte: &u8| number << 8 | u64::from(*byte);
    if is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_no_program() {
        assert_eq!(is_static(Path::new("/dev/null")).unwrap(), None);
        assert!(Table::of(b"#!/bin/sh\n").is_none());
        assert!(Table::of(b"\x7fELF\x02\x01").is_none(), "cut");
    }

    /// This test is a program; the C library's own loader tells that it has none.
    #[test]
    fn names_the_loader() {
        let own = std::env::current_exe().unwrap();
        let named = loader(&own).unwrap().unwrap();
        assert_eq!(is_static(&own).unwrap(), Some(named.is_none()));
        if let Some(named) = named {
            assert!(named.is_file(), "{named:?}");
            assert_eq!(loader(&named).unwrap(), Some(None));
        }
    }

    #[test]
    fn reads_either_order() {
        let head = |class: u8, order: u8| {
            let mut head = vec![0; 64];
            head[..6].copy_from_slice(&[0x7F, b'E', b'L', b'F', class, order]);
            head
        };
        let mut little = head(2, 1);
        (little[32], little[54], little[56]) = (64, 56, 11);
        let table = Table::of(&little).unwrap();
        assert_eq!((table.at, table.size, table.rows), (64, 56, 11));
        let mut big = head(1, 2);
        (big[31], big[43], big[45]) = (52, 32, 7);
        let table = Table::of(&big).unwrap();
        assert_eq!((table.at, table.size, table.rows), (52, 32, 7));
    }
}
