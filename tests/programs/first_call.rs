//! Spells what the caller dials.

use agikit::{Result, Session};

fn main() -> std::process::ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    agi.answer()?;
    let number = agi.get_data("vm-enter-num-to-call")?.digits;
    if number.is_empty() {
        agi.stream_file("vm-goodbye")?;
    } else {
        agi.say_alpha(&number)?;
    }
    agi.set_variable("DIALLED", &number)
}
