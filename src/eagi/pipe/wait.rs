//! For whom one wait waits: the caller's audio, the program's pipes and its end, the command in flight, the hangup.

pub(super) use crate::descriptor::wait;

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Reply,
    Hangup,
    Audio,
    To,
    From,
    Errors,
    Exit,
}
