//! Records the caller and plays him what he said: does the audio work, both ways?
//!
//! # In `extensions.conf`
//! ```text
//! exten => 700,1,Answer()
//!  same => n,EAGI(echo_wav)
//!  same => n,Hangup()
//! ```
//!
//! # At a desk
//! ```console
//! $ agikit call --audio hello.wav --example echo_wav
//! ```

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use agikit::audio::Audio;
use agikit::eagi::Record;
use agikit::{ScriptResult, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> ScriptResult {
    let mut audio = Audio::open(agi)?;
    agi.answer()?;

    let file = env::temp_dir().join(format!("echo-{}.wav", agi.environment().uniqueid()));
    let recorded = Record::new(&file)
        .beep("beep")
        .longest(Duration::from_secs(10))
        .silence(Duration::from_secs(4))
        .run(agi, &mut audio)?;
    agi.verbose(&format!("{:.1} s recorded", recorded.duration.as_secs_f32()))?;

    let Some(file) = recorded.path else {
        agi.stream_file("goodbye")?; // nothing at all came from his side
        return Ok(());
    };
    // Asterisk finds the file's ending by itself.
    let played = agi.stream_file(&file.with_extension(""));
    std::fs::remove_file(&file)?; // whatever became of the call
    played?;
    Ok(())
}
