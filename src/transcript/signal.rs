//! The names of signals.

use signal_hook::consts::signal as os;

/// The signals that end a process on every Unix; any other is written by its number.
const NAMES: &[(i32, &str)] = &[
    (os::SIGHUP, "SIGHUP"),
    (os::SIGINT, "SIGINT"),
    (os::SIGQUIT, "SIGQUIT"),
    (os::SIGILL, "SIGILL"),
    (os::SIGTRAP, "SIGTRAP"),
    (os::SIGABRT, "SIGABRT"),
    (os::SIGBUS, "SIGBUS"),
    (os::SIGFPE, "SIGFPE"),
    (os::SIGKILL, "SIGKILL"),
    (os::SIGUSR1, "SIGUSR1"),
    (os::SIGSEGV, "SIGSEGV"),
    (os::SIGUSR2, "SIGUSR2"),
    (os::SIGPIPE, "SIGPIPE"),
    (os::SIGALRM, "SIGALRM"),
    (os::SIGTERM, "SIGTERM"),
    (os::SIGXCPU, "SIGXCPU"),
    (os::SIGXFSZ, "SIGXFSZ"),
    (os::SIGVTALRM, "SIGVTALRM"),
    (os::SIGPROF, "SIGPROF"),
    (os::SIGSYS, "SIGSYS"),
];

/// A signal's name.
pub(super) fn name(number: i32) -> Option<&'static str> {
    NAMES.iter().find(|(signal, _)| *signal == number).map(|(_, name)| *name)
}

/// A name's signal.
pub(super) fn number(name: &str) -> Option<i32> {
    NAMES.iter().find(|(_, known)| *known == name).map(|(signal, _)| *signal)
}
