//! Seven commands that Asterisk answers at once, in a process or served.

use agikit::{Error, Result, Session};

pub(crate) fn script(agi: &mut Session) -> Result {
    let token = agi.get_variable("TOKEN")?.ok_or(Error::Hangup)?;
    agi.set_variable("ECHO", &token)?;
    agi.channel_status()?;
    agi.noop()?;
    agi.exec("NoOp", "done")?;
    let count = agi.get_full_variable("$[3+4]")?.ok_or(Error::Hangup)?;
    agi.set_variable("DONE", &count)
}
