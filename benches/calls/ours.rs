//! Our program of `cargo bench --bench calls`: `agikit::run` and a script.

mod seven;

use std::process::ExitCode;

/// Memory for one call, as `agikit new` writes it.
#[global_allocator]
static MEMORY: agikit::Arena = agikit::Arena::new();

fn main() -> ExitCode {
    agikit::run(seven::script)
}
