//! A voicemail box: beep, record until silence, then listen again, keep or discard.
//!
//! A message that ends with the hangup is kept; so is one whose caller leaves while he is asked. The dialplan finds
//! it in `MESSAGE`, and its length in `MESSAGE_SECONDS`; both are empty when there is none.
//!
//! # In `extensions.conf`
//! ```text
//! exten => 500,1,Answer()
//!  same => n,EAGI(voicemail,/var/spool/asterisk/messages)
//!  same => n,Hangup()
//! exten => h,1,ExecIf($["${MESSAGE}" != ""]?System(notify ${MESSAGE}))
//! ```
//! The caller's audio must be linear at 8 kHz, EAGI's default, so that Asterisk can play the message.
//!
//! # At a desk
//! ```console
//! $ agikit call --audio hello.wav --audio-at 7s --example voicemail /tmp
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use agikit::audio::Audio;
use agikit::eagi::{Record, RecordedEnd};
use agikit::{GetOption, ScriptResult, Session};

fn main() -> ExitCode {
    agikit::run(script)
}

fn script(agi: &mut Session) -> ScriptResult {
    let mut audio = Audio::open(agi)?; // before all else: only from here on the pipe holds more than four seconds
    let file = file(agi)?;
    agi.answer()?;
    agi.stream_file("vm-intro")?;
    let message = take_message(agi, &mut audio, &file);

    // What stands in the variables must be true however the call ended, so no `?` before this.
    let length = *message.as_ref().unwrap_or(&None);
    agi.set_variable("MESSAGE", length.map_or(Path::new(""), |_| &file))?;
    let seconds = length.map(|length| length.as_secs().to_string());
    agi.set_variable("MESSAGE_SECONDS", &seconds.unwrap_or_default())?;
    message.map(drop)
}

/// Where this call's message is kept: in the folder that the dialplan names.
fn file(agi: &Session) -> ScriptResult<PathBuf> {
    let environment = agi.environment();
    let folder = environment
        .arg(1)
        .ok_or("name the folder: EAGI(voicemail,/var/spool/asterisk/messages)")?;
    let name = format!("{}.wav", environment.uniqueid());
    Ok(folder.as_path().join(name))
}

/// Records until the caller is content with it, or gone; gives its length. `None`: no message is to be kept.
fn take_message(
    agi: &mut Session,
    audio: &mut Audio,
    file: &Path,
) -> ScriptResult<Option<Duration>> {
    loop {
        let message = Record::new(file)
            .beep("beep")
            .longest(Duration::from_secs(180))
            .silence(Duration::from_secs(4))
            .run(agi, audio)?;
        if !message.spoken {
            discard(file)?;
            return Ok(None); // nobody said anything
        }
        match message.end {
            RecordedEnd::Hangup => return Ok(Some(message.duration)),
            RecordedEnd::Fault(error) => return Err(error.into()), // the disk is full, perhaps
            _ => {}
        }
        match review(agi, file) {
            Ok(Wish::Keep) | Err(agikit::Error::Hangup) => return Ok(Some(message.duration)),
            Ok(Wish::Again) => {}
            Ok(Wish::Discard) => {
                discard(file)?;
                agi.stream_file("vm-deleted")?;
                return Ok(None);
            }
            Err(other) => return Err(other.into()),
        }
    }
}

enum Wish {
    Keep,
    Again,
    Discard,
}

/// Offers what can be done with the message; a caller who presses nothing keeps it.
fn review(agi: &mut Session, file: &Path) -> agikit::Result<Wish> {
    loop {
        // "Press 1 to accept this recording, 2 to listen to it, 3 to record it again"
        let question = GetOption::new("vm-review", "123*").timeout(Duration::from_secs(5));
        match agi.run(question)?.digit {
            Some('2') => drop(agi.stream_file(&file.with_extension(""))?),
            Some('3') => return Ok(Wish::Again),
            Some('*') => return Ok(Wish::Discard),
            _ => {
                agi.stream_file("vm-msgsaved")?;
                return Ok(Wish::Keep);
            }
        }
    }
}

fn discard(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
