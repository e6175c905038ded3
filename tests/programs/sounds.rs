//! A program that knows which sounds it plays: what `tests/ivr_sounds.rs` gives to `agikit doctor`.

use agikit::ivr::{Prompt, Sounds};
use agikit::{Result, Session};

fn main() -> std::process::ExitCode {
    agikit::ivr::run(script, sounds)
}

/// "two hundred", by the rules of the caller's language.
fn prompt() -> Prompt<'static> {
    Prompt::new().number(200)
}

fn sounds() -> Sounds {
    Sounds::from(["beep", "goodbye", "not a name"]).and(&prompt())
}

fn script(agi: &mut Session) -> Result {
    agi.stream_file("beep")?;
    if agi.get_variable("LONG")?.is_some() {
        prompt().sound("goodbye").play(agi)?;
    }
    Ok(())
}
