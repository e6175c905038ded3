//! Both sides of a call in turns, NUL between them. `cargo fuzz run recording`, with a nightly compiler.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::recording(bytes));
