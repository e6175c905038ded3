//! Both sides of a call in turns, NUL between them. `fuzz/run recording`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::recording(bytes));
