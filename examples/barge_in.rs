//! A prompt that stops when the caller speaks, and says for how long he spoke.
//!
//! # In `extensions.conf`
//! ```text
//! exten => 600,1,Answer()
//!  same => n,EAGI(barge_in)
//!  same => n,Verbose(1,${SPOKE} seconds)
//!  same => n,Hangup()
//! ```
//!
//! # At a desk
//! ```console
//! $ agikit call --audio hello.wav --example barge_in
//! ```

use std::process::ExitCode;
use std::time::Duration;

use agikit::audio::Audio;
use agikit::eagi::{Ask, ResponseEnd};
use agikit::{Result, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> Result {
    let mut audio = Audio::open(agi)?;
    agi.answer()?;

    let question = Ask::new("demo-instruct").timeout(Duration::from_secs(4));
    let response = question.run(agi, &mut audio)?;

    let spoke = response.speech.map_or(Duration::ZERO, |speech| speech.spoken());
    agi.set_variable("SPOKE", &format!("{:.1}", spoke.as_secs_f32()))?; // after a hangup, too
    match response.end {
        ResponseEnd::Speech | ResponseEnd::Longest => {
            let seconds = (spoke.as_millis() + 500) / 1000; // there are sounds for whole ones
            agi.say_number(i32::try_from(seconds).unwrap_or(i32::MAX))?;
            agi.stream_file("seconds")?;
        }
        ResponseEnd::Key(key) => {
            agi.say_digits(&key.to_string())?;
        }
        _ => {
            agi.stream_file("goodbye")?;
        }
    }
    Ok(())
}
