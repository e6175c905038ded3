//! What a script sends to the emulator: a byte for what the call is like, one for when its caller does something, then
//! lines. `fuzz/run emulator`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../../tests/support_fuzz/mod.rs"]
mod support_fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support_fuzz::emulator::emulator(bytes));
