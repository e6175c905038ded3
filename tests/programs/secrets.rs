//! The program of `tests/secrets.rs`: `secrets SCENE marked|open`; and `secrets serve`, whose calls bring these two as
//! arguments. The server logs to standard error.
#![allow(clippy::indexing_slicing, reason = "part of a test, which may stop at a surprise")]
#![allow(unreachable_pub, reason = "shared with the tests")]

#[path = "../support_secrets/mod.rs"]
mod support_secrets;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};

use agikit::fastagi::Server;
use agikit::{ScriptResult, Session};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some("serve") => serve().unwrap_or(ExitCode::FAILURE),
        _ => agikit::run(|agi| {
            let word = |number: usize| words.get(number).map_or("", String::as_str);
            support_secrets::script(agi, word(0), word(1) == "marked")
        }),
    }
}

fn serve() -> ScriptResult<ExitCode> {
    log::set_logger(&ToStderr).map_err(|error| error.to_string())?;
    log::set_max_level(log::LevelFilter::Trace);
    let server = Server::bind("127.0.0.1:0")?;
    writeln!(io::stdout(), "{}", server.address()?)?;
    Ok(server.route("/", script).run()?.exit_code())
}

fn script(agi: &mut Session) -> ScriptResult {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let environment = agi.environment();
    let word = |number: u32| environment.arg(number).unwrap_or_default().to_string();
    let scene = word(1);
    support_secrets::script(agi, &scene, word(2) == "marked")?;
    // No two calls are alike: `agikit load` shows them.
    if scene == "data" {
        agi.verbose(&format!("call {call} has {}", support_secrets::PIN))?;
    }
    Ok(())
}

struct ToStderr;

impl log::Log for ToStderr {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(io::stderr(), "{} {}", record.level(), record.args());
    }

    fn flush(&self) {}
}
