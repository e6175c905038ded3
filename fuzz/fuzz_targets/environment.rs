//! An environment block. `cargo fuzz run environment`, with a nightly compiler.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::environment(bytes));
