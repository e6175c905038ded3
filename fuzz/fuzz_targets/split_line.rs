//! Arguments, NUL between them: what Asterisk splits is what was meant. `fuzz/run split_line`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::split_line(bytes));
