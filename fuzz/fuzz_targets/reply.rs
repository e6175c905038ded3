//! A reply, read by every command. `cargo fuzz run reply`, with a nightly compiler.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::reply(bytes));
