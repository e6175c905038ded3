//! The same script as a server, with a socket as systemd hands it over.

use std::process::ExitCode;

fn main() -> ExitCode {
    agikit::fastagi::serve(script::script)
}

mod script;
