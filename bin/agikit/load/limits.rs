//! Descriptors: a call takes some, and the system gives a program only so many.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a call takes.
const A_CALL: u64 = 1;
/// What else is open, and what looking up a name takes for a moment.
const OTHERS: u64 = 64;

/// Sees to it that there are descriptors for so many calls at once, or says what to do.
pub(super) fn raise(at_once: usize) -> Result<(), String> {
    let calls = u64::try_from(at_once).unwrap_or(u64::MAX);
    let needed = calls.saturating_mul(A_CALL).saturating_add(OTHERS);
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(|error| {
        format!("the system does not tell how many descriptors it gives: {error}")
    })?;
    if soft >= needed {
        return Ok(());
    }
    if hard < needed {
        let most = hard.saturating_sub(OTHERS) / A_CALL;
        return Err(format!(
            "{at_once} calls at once take {needed} descriptors, and the system gives {hard}: \
             --at-once {most} is possible; for more raise the hard limit (`ulimit -Hn` shows it; \
             LimitNOFILE= of a systemd unit, nofile in /etc/security/limits.conf)"
        ));
    }
    setrlimit(Resource::RLIMIT_NOFILE, needed, hard)
        .map_err(|error| format!("the system does not give {needed} descriptors: {error}"))
}
