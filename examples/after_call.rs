//! Writes a record of the call after the caller has hung up.
//!
//! In the extension `h` the channel is *dead*: nothing can be played or asked any more, but variables
//! and AstDB are still there. The record stands in AstDB: family `calls`, the call's unique id as the key.
//! `database show calls` on Asterisk's console lists them.
//!
//! # In `extensions.conf`
//! ```text
//! exten => 300,1,Answer()
//!  same => n,Playback(tt-monkeys)
//! exten => h,1,AGI(after_call)
//! ```
//! `h` serves every call that ends in its context.
//!
//! # At a desk
//! ```console
//! $ cargo run -q --example after_call < tests/transcripts/examples/after_call.agi
//! ```

use std::process::ExitCode;

use agikit::{CATALOGUE, Error, Result, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    // `None` where Asterisk keeps no such thing, as without its module for call records.
    let seconds = agi.get_variable("CDR(duration)")?.unwrap_or_default();
    let cause = agi.get_variable("HANGUPCAUSE")?.unwrap_or_default();
    // The same as one text, evaluated by Asterisk as in the dialplan.
    let who = agi.get_full_variable("${CHANNEL(name)} from ${CALLERID(num)}")?.unwrap_or_default();

    let record = format!("{who}, {seconds} s, cause {cause}");
    agi.database_put("calls", agi.environment().uniqueid(), &record)?;

    show_what_still_works(agi)
}

/// Tells the console which commands a script may still use here, and tries one that it may not.
fn show_what_still_works(agi: &mut Session) -> Result {
    let dead_safe = CATALOGUE.iter().filter(|command| command.dead);
    let names: Vec<&str> = dead_safe.map(|command| command.words).collect();
    agi.verbose(&format!("after a hangup work: {}", names.join(", ")))?;

    match agi.answer() {
        Err(Error::Hangup) => agi.verbose("ANSWER does not: the call is over")?,
        Err(other) => return Err(other),
        Ok(()) => agi.verbose("ANSWER worked: this is not the extension h")?,
    }
    // Asterisk has now said that the call is over. What needs the caller is refused from here on without
    // being sent, and what does not goes through.
    if let Err(Error::Hangup) = agi.stream_file("beep") {
        agi.noop()?;
    }
    Ok(())
}
