//! What the programs for agi-bin share: their help, shown where somebody looks for it.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use agikit::{Arena, ScriptResult, Session};

/// Memory for one call, without a question to the system.
#[global_allocator]
static MEMORY: Arena = Arena::new();

/// Runs a program. Started by hand it shows its help; with `--help` that is what was asked for.
pub(crate) fn main(
    help: &'static str,
    script: impl FnOnce(&mut Session) -> ScriptResult,
) -> ExitCode {
    // Asterisk gives the dialplan's arguments on the command line, too, and tells each program its folders.
    let called = std::env::var_os("AST_AGI_DIR").is_some();
    let asked = std::env::args_os().skip(1).any(|it| it == "--help" || it == "-h");
    if asked && !called {
        let _ = io::stdout().write_all(help.as_bytes());
        return ExitCode::SUCCESS;
    }
    if io::stdin().is_terminal() {
        let _ = io::stderr().write_all(help.as_bytes());
        return ExitCode::from(2);
    }
    agikit::run(script)
}
