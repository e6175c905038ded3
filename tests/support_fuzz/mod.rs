//! What must hold for any bytes, where it is the fuzzer's and the corpus's alone: beside `support::checks`.
#![allow(dead_code, unreachable_pub, reason = "each target uses one of these")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

pub mod emulator;
#[cfg(feature = "fastagi")]
pub mod fastagi;
pub mod header;
pub mod sound;
