//! What the system lets a server have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a process needs besides the sockets of its calls: the server's own (20), and a script's files, a database, a
/// recording.
const OTHERS: u64 = 64;

/// So many connections may be sending their header beside the calls.
const HEADERS: usize = 1024;

/// The limit is raised to so many a call: its socket, a wait for the hangup, a recording, pipes to a program, and what a
/// script opens. Not as far as it goes, which may be a thousand million: what scripts start inherits it, and there are
/// programs that close all that they might have.
const A_CALL: u64 = 16;

/// How many may be there at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    /// Calls.
    pub(super) calls: usize,
    /// Connections that have not sent their header yet.
    pub(super) headers: usize,
}

/// Raises the limit of open descriptors as far as it is needed and goes, and gives what fits into it.
pub(super) fn fit(calls: usize) -> Places {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return share(calls, u64::MAX);
    };
    let raised = raised(calls, soft, hard);
    let has = match setrlimit(Resource::RLIMIT_NOFILE, raised, hard) {
        Ok(()) => raised,
        Err(_) => soft,
    };
    let places = share(calls, has);
    if places.calls < calls {
        log::warn!(
            "fastagi: {calls} calls at once were asked for, but this process may have {has} descriptors open: \
             {} calls; raise LimitNOFILE= or ulimit -n",
            places.calls
        );
    }
    places
}

/// How many descriptors there are to be.
fn raised(calls: usize, soft: u64, hard: u64) -> u64 {
    let calls = u64::try_from(calls).unwrap_or(u64::MAX).saturating_mul(A_CALL);
    let headers = u64::try_from(HEADERS).unwrap_or(u64::MAX).saturating_mul(4);
    calls.saturating_add(headers).saturating_add(OTHERS).max(soft).min(hard)
}

/// So many descriptors among calls, those that are to become some, and all else.
fn share(calls: usize, descriptors: u64) -> Places {
    let room = descriptors.saturating_sub(OTHERS.min(descriptors / 2 + 4));
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let headers = (room / 4).clamp(1, HEADERS);
    Places { calls: calls.min(room - headers.min(room)).max(1), headers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_asked_for_than_is_needed() {
        assert_eq!(raised(1000, 1024, 1 << 30), 16_000 + 4096 + 64);
        assert_eq!(raised(1000, 100_000, 1 << 30), 100_000);
        assert_eq!(raised(1000, 1024, 4096), 4096);
        assert_eq!(raised(usize::MAX, 1024, u64::MAX), u64::MAX);
        for calls in [1, 500, 4096, 100_000] {
            let places = Places { calls, headers: HEADERS };
            assert_eq!(share(calls, raised(calls, 1024, u64::MAX)), places);
        }
    }

    #[test]
    fn all_of_it_fits() {
        let share = |calls, descriptors| {
            let Places { calls, headers } = share(calls, descriptors);
            (calls, headers)
        };
        assert_eq!(share(4096, 524_288), (4096, 1024));
        assert_eq!(share(4096, u64::MAX), (4096, 1024));
        assert_eq!(share(usize::MAX, 20_000), (20_000 - 64 - 1024, 1024));
        assert_eq!(share(4096, 1024), (720, 240));
        assert_eq!(share(4096, 40), (12, 4));
        assert_eq!(share(4096, 0), (1, 1));
    }
}
