//! The scripts that are called.

use agikit::audio::{Audio, Detector};
use agikit::{Result, Session};

use crate::Script;

/// What this program is told when it is the script.
pub(crate) const SEVEN: &str = "--script-of-seven-commands";
pub(crate) const MANY: &str = "--script-of-many-commands";

pub(crate) fn digits(agi: &mut Session) -> Result {
    let digits = agi.get_data("vm-enter-num-to-call")?.digits;
    agi.set_variable("DIALED", &digits)
}

/// Until the caller has gone, which is no error.
pub(crate) fn prompts(agi: &mut Session) -> Result {
    loop {
        agi.stream_file("vm-enter-num-to-call")?;
    }
}

pub(crate) fn many(agi: &mut Session) -> Result {
    (0..crate::MANY).try_for_each(|_| agi.get_variable("CHANNEL").map(drop))
}

/// One command after the other.
pub(crate) const REPEATED: [(&str, Script); 5] = [
    ("NOOP", |agi| (0..crate::MANY).try_for_each(|_| agi.noop())),
    ("GET VARIABLE", many),
    ("SET VARIABLE", |agi| {
        (0..crate::MANY).try_for_each(|_| agi.set_variable("DIALED", "12345678"))
    }),
    ("STREAM FILE", |agi| {
        (0..crate::MANY).try_for_each(|_| agi.stream_file("tt-weasels").map(drop))
    }),
    ("GET FULL VARIABLE with a function", |agi| {
        (0..crate::MANY).try_for_each(|_| agi.get_full_variable("${LEN(${CHANNEL})}").map(drop))
    }),
];

/// Scripts that hear a minute.
pub(crate) const LISTENING: [(&str, Script); 2] = [
    ("in process: a caller's voice, read", |agi| {
        let mut audio = Audio::open(agi)?;
        while audio.next_frame()?.is_some() {}
        Ok(())
    }),
    ("in process: a caller's voice, and a detector", |agi| {
        let mut audio = Audio::open(agi)?;
        let mut detector = Detector::new(audio.format().rate());
        while let Some(frame) = audio.next_frame()? {
            detector.frame(frame);
        }
        Ok(())
    }),
];
