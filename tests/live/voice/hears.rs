//! The caller's half: what reaches the caller, frame for frame, by the clock.

use agikit::audio::Audio;
use agikit::{ScriptResult, Session};

use crate::chance::now;
use crate::report::Report;

/// `heard TIME PEAK` for each frame, up to the hangup.
pub fn all(agi: &mut Session, report: &mut Report) -> ScriptResult {
    let mut audio = Audio::open(agi)?;
    report.line("ready", now())?;
    while let Some(frame) = audio.next_frame()? {
        let peak = frame.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
        report.line("heard", format!("{} {peak}", now()))?;
    }
    Ok(())
}
