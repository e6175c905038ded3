//! Our server of `cargo bench --bench fastagi`: the script is a user's, the same as every other server's.
//! Usage: `fastagi-bench ten|hold`; prints its port.
#![allow(clippy::print_stdout, reason = "the bench reads the port")]

use std::process::ExitCode;

use agikit::fastagi::Server;
use agikit::{Error, Result, Session, StreamFile};

/// What is asked for is what is done with it.
fn script(agi: &mut Session, hold: bool) -> Result {
    if hold {
        agi.run(StreamFile::new("prompt"))?;
    }
    for n in 0..5 {
        let token = agi.get_variable(&format!("LOAD_{n}"))?.ok_or(Error::Hangup)?;
        agi.set_variable(&format!("ECHO_{n}"), &token)?;
    }
    Ok(())
}

fn main() -> std::io::Result<ExitCode> {
    let hold = std::env::args().nth(1).as_deref() == Some("hold");
    let server = Server::bind("127.0.0.1:0")?.calls(10_000);
    println!("{}", server.address()?.port());
    Ok(server.serve(move |agi: &mut Session| script(agi, hold))?.exit_code())
}
