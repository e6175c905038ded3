//! What a peer sends to a FastAGI server: a byte for where it is torn, then all that it says. `fuzz/run fastagi`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../../tests/support_fuzz/mod.rs"]
mod support_fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support_fuzz::fastagi::fastagi(bytes));
