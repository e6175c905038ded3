//! Faults at every byte of every recorded session: `tests/faults_stream.rs`.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part of this")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::sync::LazyLock;

use crate::support;

pub mod asterisk;
pub mod judge;
pub mod memory;
pub mod real;
pub mod sessions;
pub mod tally;
pub mod ways;

/// `AGIKIT_FAULTS=all`: every position by every way, with every fault. It takes many minutes.
pub fn is_all() -> bool {
    static ALL: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("AGIKIT_FAULTS").is_some_and(|value| value == "all"));
    *ALL
}

/// Whether the fault `which` of so many is tried at a position: each in its turn, or all.
pub fn takes_turn(at: usize, which: usize, of: usize) -> bool {
    is_all() || at % of == which
}

/// A hang is a failure, also where all is tried.
pub fn watched(body: impl FnOnce() + Send + 'static) {
    support::watched_for(if is_all() { 60 * support::LIMIT } else { support::LIMIT }, body);
}
