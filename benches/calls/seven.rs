//! A script of seven commands, as a user writes it.

use std::time::Duration;

use agikit::{Error, Result, Session};

pub(crate) fn script(agi: &mut Session) -> Result {
    let balance = agi.get_variable("ACCOUNT")?.ok_or(Error::Hangup)?;
    agi.set_variable("BALANCE", &balance)?;
    agi.stream_file("welcome")?;
    let key = agi.wait_for_digit(Duration::from_secs(5))?.digit();
    agi.say_number(1204)?;
    agi.exec("NoOp", "done")?;
    agi.set_variable("CHOICE", &key.map(String::from).unwrap_or_default())
}
