//! Our program of `cargo bench --bench asterisk`: a script as a user writes it.

use std::process::ExitCode;

fn main() -> ExitCode {
    agikit::run(script::script)
}

mod script;
