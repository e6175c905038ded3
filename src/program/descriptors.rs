//! Which descriptors a program gets, and which it does not.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::spawn::PosixSpawnFileActions;

/// The highest descriptor that has a meaning under AGI: EAGI's audio.
pub(super) const AUDIO: RawFd = 3;

/// Without `/proc` nobody tells which descriptors are open; these are closed then.
const BLIND: RawFd = 1024;

/// The child's end of a pipe, out of the way of 0 to 3: whoever has those closed gets pipes there, and putting
/// one in its place would destroy the next.
pub(super) fn out_of_the_way(end: OwnedFd) -> io::Result<OwnedFd> {
    if end.as_raw_fd() > AUDIO {
        return Ok(end);
    }
    // A duplicate is 3 or more, and a second one is not 3 again.
    let first = end.try_clone()?;
    if first.as_raw_fd() > AUDIO {
        return Ok(first);
    }
    end.try_clone()
}

/// Tells the new process to close everything from `first` on that is open here.
pub(super) fn close_from(first: RawFd, actions: &mut PosixSpawnFileActions) {
    for descriptor in open_here() {
        if descriptor >= first {
            // Refused only for a number that no process may have.
            let _ = actions.add_close(descriptor);
        }
    }
}

/// The descriptors of this process, and perhaps some that are closed meanwhile.
fn open_here() -> Vec<RawFd> {
    match std::fs::read_dir("/proc/self/fd") {
        Ok(entries) => {
            entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
        }
        Err(_) => (AUDIO..BLIND).collect(),
    }
}
