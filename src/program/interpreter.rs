//! Which other program a file needs to run: a script's `#!`, a program's loader.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// How a file begins, as far as it matters for running it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// `#!` and a line.
    Script(Vec<u8>),
    /// Compiled: the loader that it names, if any, and whether it is for this kind of machine.
    Compiled { loader: Option<PathBuf>, machine: bool },
    /// `#!` behind the three bytes that some editors put in front of UTF-8.
    Marked,
    /// Nothing at all.
    Empty,
    /// Something that the system does not run.
    Other,
}

/// Linux looks at so much for the `#!` line.
const LOOKED_AT: u64 = 256;

/// Looks how a file begins. `None` where it cannot be read.
pub(super) fn head(path: &Path) -> Option<Head> {
    let mut file = File::open(path).ok()?;
    let mut start = Vec::new();
    file.by_ref().take(LOOKED_AT).read_to_end(&mut start).ok()?;
    if let Some(line) = start.strip_prefix(b"#!") {
        let end = line.iter().position(|&byte| byte == b'\n').unwrap_or(line.len());
        return Some(Head::Script(line.get(..end)?.to_vec()));
    }
    Some(match start.as_slice() {
        [] => Head::Empty,
        [0xEF, 0xBB, 0xBF, b'#', b'!', ..] => Head::Marked,
        [0x7F, b'E', b'L', b'F', ..] => Head::Compiled {
            loader: loader(&mut file, &start),
            machine: machine(&start).is_none_or(|it| ours().is_none_or(|ours| ours == it)),
        },
        _ => Head::Other,
    })
}

/// What the `#!` line starts: the interpreter, or what `env` is to find.
pub(super) fn wanted(line: &[u8]) -> Option<PathBuf> {
    let mut words =
        line.split(|byte| matches!(byte, b' ' | b'\t' | b'\r')).filter(|w| !w.is_empty());
    let interpreter = words.next()?;
    let path = |word: &[u8]| PathBuf::from(OsStr::from_bytes(word));
    if !interpreter.ends_with(b"/env") || !path(interpreter).exists() {
        return Some(path(interpreter));
    }
    // `env -S python3 -u`, `env -i NAME=value python3`
    let name = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='));
    Some(path(name.unwrap_or(interpreter)))
}

/// The kind of machine a compiled program is for, by the number in its head.
fn machine(start: &[u8]) -> Option<[u8; 3]> {
    Some([*start.get(4)?, *start.get(18)?, *start.get(19)?])
}

/// This machine's, as this program itself says it.
fn ours() -> Option<[u8; 3]> {
    let mut start = [0; 20];
    File::open("/proc/self/exe").ok()?.read_exact(&mut start).ok()?;
    machine(&start)
}

/// The loader of a 64-bit program for a machine with the low byte first.
fn loader(file: &mut File, start: &[u8]) -> Option<PathBuf> {
    const INTERP: u64 = 3;
    if start.get(4..6)? != [2, 1] {
        return None;
    }
    let table = number(start, 32, 8)?;
    let size = number(start, 54, 2)?;
    let count = number(start, 56, 2)?;
    for row in 0..count {
        let mut entry = [0; 56];
        file.seek(SeekFrom::Start(table.checked_add(row.checked_mul(size)?)?)).ok()?;
        file.read_exact(&mut entry).ok()?;
        if number(&entry, 0, 4)? == INTERP {
            file.seek(SeekFrom::Start(number(&entry, 8, 8)?)).ok()?;
            let mut name = Vec::new();
            file.by_ref().take(number(&entry, 32, 8)?.min(4096)).read_to_end(&mut name).ok()?;
            name.truncate(name.iter().position(|&byte| byte == 0)?);
            return Some(PathBuf::from(OsStr::from_bytes(&name)));
        }
    }
    None
}

/// A number with its low byte first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_script_wants() {
        let wanted = |line: &str| wanted(line.as_bytes()).map(|it| it.display().to_string());
        assert_eq!(wanted("/bin/sh").as_deref(), Some("/bin/sh"));
        assert_eq!(wanted(" /usr/bin/perl -w\r").as_deref(), Some("/usr/bin/perl"));
        assert_eq!(wanted("/usr/bin/env python3").as_deref(), Some("python3"));
        assert_eq!(wanted("/usr/bin/env -S A=b node -u").as_deref(), Some("node"));
        assert_eq!(wanted("/usr/bin/env").as_deref(), Some("/usr/bin/env"));
        assert_eq!(wanted(""), None);
    }

    #[test]
    fn knows_this_very_program() {
        let head = head(&std::env::current_exe().unwrap()).unwrap();
        assert!(matches!(head, Head::Compiled { machine: true, .. }), "{head:?}");
    }
}
