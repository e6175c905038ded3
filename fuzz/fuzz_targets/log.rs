//! Lines of a log of Asterisk's. `fuzz/run log`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::log(bytes));
