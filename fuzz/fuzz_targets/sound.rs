//! A sound file: a byte for its name, one for where it is cut, then its content. `fuzz/run sound`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../../tests/support_fuzz/mod.rs"]
mod support_fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support_fuzz::sound::sound(bytes));
