//! Whether a compiled program needs anything of the machine that it runs on.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use elf::ElfStream;
use elf::abi::PT_INTERP;
use elf::endian::AnyEndian;

/// Whether the program names no loader: all that it needs is in it. `None` for a file that is no program of
/// Linux's.
pub(crate) fn is_static(path: &Path) -> io::Result<Option<bool>> {
    Ok(loader(path)?.map(|loader| loader.is_none()))
}

/// The loader that the program names, if it does. `None` for a file that is no program of Linux's.
pub(crate) fn loader(path: &Path) -> io::Result<Option<Option<PathBuf>>> {
    let Ok(mut file) = ElfStream::<AnyEndian, _>::open_stream(File::open(path)?) else {
        return Ok(None);
    };
    let Some(segment) = file.segments().iter().find(|it| it.p_type == PT_INTERP).copied() else {
        return Ok(Some(None));
    };
    let Ok(name) = file.segment_data(&segment) else { return Ok(None) };
    let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
    Ok(Some(Some(OsStr::from_bytes(name).into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_no_program() {
        assert_eq!(is_static(Path::new("/dev/null")).unwrap(), None);
        let folder = std::env::temp_dir().join(format!("agikit-elf-{}", std::process::id()));
        for other in [&b"#!/bin/sh\n"[..], b"\x7fELF\x02\x01", b"\x7fELF"] {
            std::fs::write(&folder, other).unwrap();
            assert_eq!(is_static(&folder).unwrap(), None, "{other:?}");
        }
        std::fs::remove_file(folder).unwrap();
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
}
