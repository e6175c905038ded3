//! Arguments as the dialplan writes them, and what is said where they are wrong.

use std::io::{self, Write};
use std::time::Duration;

use agikit::{ScriptResult, Session, Verbose};

/// Shows on Asterisk's console and on standard error how a program is called; gives what is wrong as the error.
pub(crate) fn usage(agi: &mut Session, help: &str, wrong: String) -> ScriptResult {
    for line in help.lines().take_while(|line| !line.is_empty()) {
        let _ = writeln!(io::stderr(), "{line}");
        agi.run(Verbose::new(line).level(1))?;
    }
    Err(wrong.into())
}

/// A time in seconds: `90`, `2.5`; none where it is empty or 0.
pub(crate) fn seconds(text: &[u8]) -> Option<Option<Duration>> {
    if text.is_empty() {
        return Some(None);
    }
    let number: f64 = str::from_utf8(text).ok()?.trim().parse().ok()?;
    let time = Duration::try_from_secs_f64(number).ok()?;
    Some(Some(time).filter(|time| !time.is_zero()))
}
