//! Reads and writes what Asterisk keeps: channel variables, functions, and its database (AstDB).
//!
//! # In `extensions.conf`
//! ```text
//! exten => 400,1,Set(GREETING=good morning)
//!  same => n,AGI(variables)
//!  same => n,Verbose(1,${GREETING})
//!  same => n,Hangup()
//! ```
//!
//! # At a desk
//! ```console
//! $ cargo run -q --example variables < tests/transcripts/examples/variables.agi
//! GET VARIABLE "GREETING"
//! SET VARIABLE "GREETING" "good morning to you"
//! …
//! ```

use std::process::ExitCode;

use agikit::{DatabaseDeltree, Result, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    // A variable that is not set is `None`; one that is set to nothing is there, and empty.
    let greeting = agi.get_variable("GREETING")?;
    let greeting = greeting.map_or("hello".to_string(), |text| text.to_string_lossy().into_owned());
    agi.set_variable("GREETING", &format!("{greeting} to you"))?;

    // A dialplan function is read and written like a variable.
    let number = agi.get_variable("CALLERID(num)")?.unwrap_or_default();
    agi.set_variable("CALLERID(name)", "a friend")?;

    // With `${…}` and `$[…]` Asterisk evaluates. Never put into it what a caller can choose.
    let tomorrow = agi.get_full_variable("${STRFTIME($[${EPOCH} + 86400],,%A)}")?;
    let tomorrow = tomorrow.unwrap_or_default();

    // AstDB outlives the call. A value is bytes: `parse` makes a number of it, if it is one.
    let calls: u32 =
        agi.database_get("visitors", &number)?.and_then(|calls| calls.parse()).unwrap_or(0);
    agi.database_put("visitors", &number, &(calls + 1).to_string())?;
    agi.verbose(&format!("call {} from {number}; tomorrow is {tomorrow}", calls + 1))?;

    // Families and keys make a tree. `true`: there was something to remove.
    agi.database_put("scratch", "today/first", "1")?;
    agi.database_put("scratch", "today/second", "2")?;
    agi.database_del("scratch", "today/first")?;
    let removed = agi.run(DatabaseDeltree::new("scratch").tree("today"))?;
    let again = agi.database_deltree("scratch")?;
    agi.verbose(&format!("removed: {removed}, then {again}"))
}
