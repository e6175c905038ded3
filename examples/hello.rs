//! Answers, spells "Hello World", and lets the dialplan go on: the smallest whole script.
//!
//! # In `extensions.conf`
//! ```text
//! exten => 100,1,AGI(hello)
//!  same => n,Hangup()
//! ```
//!
//! # At a desk
//! A file with Asterisk's half of a call stands in for the call; what the script says comes out:
//! ```console
//! $ cargo run -q --example hello < tests/transcripts/examples/hello.agi
//! ANSWER
//! SAY ALPHA "Hello World" ""
//! ```

use std::process::ExitCode;

use agikit::{Arena, Result, Session};

/// Memory for one call, without a question to the system.
#[global_allocator]
static MEMORY: Arena = Arena::new();

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    agi.answer()?; // `?` ends the script here if the caller has hung up
    agi.say_alpha("Hello World")?;
    Ok(())
}
