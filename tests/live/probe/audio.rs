//! EAGI: what the caller says, recorded, or left unread while a prompt plays.

use std::time::{Duration, Instant};

use agikit::audio::{Audio, Heard, WavRecorder};
use agikit::{ScriptResult, Session};

use crate::report::Report;

/// `record`, `nosighup`, `unread.PROMPT`, `unread.PROMPT.late`: see the tests of `tests/live/eagi`.
pub fn one(agi: &mut Session, what: &str, id: &str, report: &mut Report) -> ScriptResult {
    let path = format!("/srv/lab/report/{id}.wav");
    match what.split_once('.').unwrap_or((what, "")) {
        ("record", _) => record(agi, &path, report),
        ("nosighup", _) => without_signal(agi, &path, report),
        ("unread", when) => unread(agi, when, &path, report),
        other => Err(format!("no scenario {other:?}").into()),
    }
}

/// Everything up to the hangup, as received.
fn record(agi: &mut Session, path: &str, report: &mut Report) -> ScriptResult {
    let mut audio = Audio::open(agi)?;
    report.line("opened", format!("{} {}", audio.format(), audio.capacity()))?;
    let mut file = WavRecorder::create(path, audio.format())?;
    while audio.next_frame()?.is_some() {
        file.write_received(audio.received())?;
    }
    file.finish()?;
    report.line("overruns", audio.overruns())?;
    report.line("cpu", own_time()?.as_micros())?;
    Ok(())
}

/// The same where a hangup gives no signal: in a silence it asks.
fn without_signal(agi: &mut Session, path: &str, report: &mut Report) -> ScriptResult {
    let mut audio = Audio::open(agi)?;
    let mut file = WavRecorder::create(path, audio.format())?;
    loop {
        match audio.frame_within(Duration::from_secs(2))? {
            Heard::Frame(_) => file.write_received(audio.received())?,
            Heard::Nothing => match agi.channel_status() {
                Ok(_) => {}
                Err(error) => {
                    report.line("told", format!("{error}"))?;
                    break;
                }
            },
            Heard::End => return Err("it ended by itself".into()),
        }
    }
    file.finish()?;
    Ok(())
}

/// Plays a prompt without a look at the audio, takes what waits, and hears two seconds more.
fn unread(agi: &mut Session, when: &str, path: &str, report: &mut Report) -> ScriptResult {
    let (prompt, late) = when.split_once('.').unwrap_or((when, ""));
    let prompt = format!("/srv/lab/sounds/{prompt}");
    let mut audio = if late == "late" {
        agi.stream_file(&prompt)?;
        Audio::open(agi)?
    } else {
        let audio = Audio::open(agi)?;
        agi.stream_file(&prompt)?;
        audio
    };
    let backlog = audio.backlog()?;
    let overrun = audio.overrun();
    report.line("backlog", backlog.as_millis())?;
    let mut file = WavRecorder::create(path, audio.format())?;
    let end = Instant::now() + Duration::from_secs(2);
    loop {
        match audio.frame_within(end.saturating_duration_since(Instant::now()))? {
            Heard::Frame(_) => file.write_received(audio.received())?,
            Heard::Nothing => break,
            Heard::End => return Err("the caller has hung up too early".into()),
        }
    }
    file.finish()?;
    report.line("overrun", format!("{overrun} {} {}", audio.overruns(), audio.capacity()))?;
    Ok(())
}

/// What this process has had of the processor. Its one thread is all of it.
fn own_time() -> std::io::Result<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = text.split_whitespace().next().and_then(|it| it.parse().ok());
    Ok(Duration::from_nanos(nanoseconds.unwrap_or(0)))
}
