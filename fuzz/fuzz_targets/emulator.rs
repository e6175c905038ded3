//! What a script sends to the emulator. `cargo fuzz run emulator`, with a nightly compiler.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::checks::emulator(bytes));
