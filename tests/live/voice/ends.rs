//! What is under way when the call, or the script, comes to its end.

use std::time::Duration;

use agikit::audio::{Audio, Detector, Heard, WavRecorder};
use agikit::{ScriptResult, Session, StreamFile, Timeout, WaitForDigit};

use super::report::Report;

/// `read`, `detect`, `prompt`, `record`; `asks`: where no signal comes and no command is in flight.
pub fn all(agi: &mut Session, what: &str, id: &str, report: &mut Report) -> ScriptResult {
    let what = what.split(['-', '.']).next().unwrap_or_default();
    let mut audio = Audio::open(agi)?;
    let path = format!("/srv/lab/report/{id}.wav");
    report.line("ready", what)?;
    match what {
        "read" => while audio.next_frame()?.is_some() {},
        "detect" => {
            let mut detector = Detector::new(audio.format().rate());
            while let Some(frame) = audio.next_frame()? {
                detector.frame(frame);
            }
        }
        "asks" => loop {
            match audio.frame_within(Duration::from_millis(100))? {
                Heard::Frame(_) => {}
                Heard::Nothing if agi.channel_status().is_ok() => {}
                Heard::Nothing | Heard::End => break,
            }
        },
        "prompt" => {
            let mut prompt = agi.start(StreamFile::new("/srv/lab/sounds/barge-long"))?;
            while prompt.listen(&mut audio)?.is_some() {}
            report.line("reply", format!("{:?}", prompt.finish()))?;
        }
        // The same as is killed, with a command in flight that tells of the hangup.
        "record" => {
            let mut wav = WavRecorder::create(&path, audio.format())?;
            let mut keys = agi.start(WaitForDigit::new(Timeout::FOREVER))?;
            while let Some(frame) = keys.listen(&mut audio)? {
                wav.write(frame)?;
            }
            report.line("reply", format!("{:?}", keys.finish()))?;
            // What came at the very last.
            while let Heard::Frame(frame) = audio.frame_within(Duration::ZERO)? {
                wav.write(frame)?;
            }
            report.line("samples", wav.samples())?;
            wav.finish()?;
        }
        "kill" => {
            let mut wav = WavRecorder::create(&path, audio.format())?;
            while let Some(frame) = audio.next_frame()? {
                wav.write(frame)?;
                report.line("at", wav.samples())?;
            }
        }
        other => return Err(format!("no scenario {other:?}").into()),
    }
    report.line("hung up", agi.is_hung_up())?;
    Ok(())
}
