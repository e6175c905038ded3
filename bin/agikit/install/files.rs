//! Files and the folder, opened and locked so that nobody else's doing holds us up.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use super::manifest::Fingerprint;
use crate::output::{self, name};

/// How long another one may take. Whoever may read the folder can lock it, and for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a file is known by.
pub(super) fn fingerprint(path: &Path) -> io::Result<Fingerprint> {
    let mut file = open_file(path)?;
    let mut print = Fingerprint::EMPTY;
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(print),
            count => print.add(bytes.get(..count).unwrap_or_default()),
        }
    }
}

/// Opens a file, and nothing else: a device may have no end, and a FIFO waits for a writer.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    let is_file = |metadata: fs::Metadata| match metadata.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is no file")),
    };
    is_file(fs::metadata(path)?)?;
    // It may be another one by now.
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    is_file(file.metadata()?)?;
    Ok(file)
}

/// The folder itself, which can be locked and seen onto the disk.
pub(super) fn open_folder(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{}: {error}", name(path)))
}

/// Waits until nobody else installs there, for as long as that takes them.
pub(super) fn lock(folder: &File, path: &Path) -> Result<(), String> {
    let begin = Instant::now();
    let mut is_told = false;
    loop {
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => {}
            // A file system without locks has one who installs, most likely.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(()),
        }
        let path = name(path);
        if begin.elapsed() >= PATIENCE {
            return Err(format!(
                "{path} is locked still, and nothing is done; `fuser -v {path}`, as root, tells which process has it \
                 open: wait for that, or end it, and try again"
            ));
        }
        if !is_told {
            output::problem(&format!("another agikit install is at work in {path}; waiting"));
            is_told = true;
        }
        thread::sleep(Duration::from_millis(50));
    }
}
