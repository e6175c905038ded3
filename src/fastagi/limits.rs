//! What the system lets a server have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a process needs besides the sockets of its calls, and a script's own files: a database, a recording.
const OTHERS: u64 = 64;

/// Raises the limit of open descriptors as far as it goes, and gives how many calls fit into it.
pub(super) fn fit(calls: usize) -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return calls };
    let has = match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    };
    let room = usize::try_from(has.saturating_sub(OTHERS)).unwrap_or(usize::MAX).max(1);
    if room < calls {
        log::warn!(
            "fastagi: {calls} calls at once were asked for, but this process may have {has} descriptors open: \
             {room} calls; raise LimitNOFILE= or ulimit -n"
        );
    }
    calls.min(room)
}
