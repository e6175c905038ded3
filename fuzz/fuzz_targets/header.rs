//! The header of a FastAGI call: a byte for the size of reads, then what a server reads. `fuzz/run header`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../../tests/support_fuzz/mod.rs"]
mod support_fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support_fuzz::header::header(bytes));
