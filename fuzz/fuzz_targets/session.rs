//! A whole session: a byte for the size of reads, one for the first command, then replies. `fuzz/run session`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::session(bytes));
