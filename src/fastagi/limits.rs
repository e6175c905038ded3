//! What the system lets a server have.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a process needs besides the sockets of its calls: the server's own (20), and a script's files, a database, a
/// recording.
const OTHERS: u64 = 64;

/// So many connections may be sending their header beside the calls.
const HEADERS: usize = 1024;

/// How many may be there at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    /// Calls.
    pub(super) calls: usize,
    /// Connections that have not sent their header yet.
    pub(super) headers: usize,
}

/// Raises the limit of open descriptors as far as it goes, and gives what fits into it.
pub(super) fn fit(calls: usize) -> Places {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return share(calls, u64::MAX);
    };
    let has = match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
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
