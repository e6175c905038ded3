//! `EAGI(eagi-level[,seconds])`: shows the caller's level on Asterisk's console.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/mod.rs"]
mod common;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use agikit::audio::{Audio, Detector, level};
use agikit::{Error, ScriptResult, Session, Verbose, WaitForDigit, Waited};

const HELP: &str = include_str!("help.txt");

/// A line on the console shows so much.
const PART: Duration = Duration::from_millis(300);

/// The bar begins at so many dBFS, and has a sign for each two of them.
const QUIET: f32 = -60.0;
const BAR: &str = "##############################";

fn main() -> ExitCode {
    common::main(HELP, script)
}

fn script(agi: &mut Session) -> ScriptResult {
    let environment = agi.environment();
    let argument = environment.arg(1).unwrap_or_default();
    let longest = match arguments::seconds(argument.as_bytes()) {
        Some(longest) if environment.args().count() <= 1 => longest,
        _ => {
            return arguments::usage(
                agi,
                HELP,
                "seconds must be a number, and all there is".into(),
            );
        }
    };
    let mut audio = Audio::open(agi)?;
    agi.answer()?;
    audio.discard()?;
    let mut detector = Detector::new(audio.format().rate());
    let begun = Instant::now();
    let mut samples: Vec<i16> = Vec::with_capacity(audio.format().frame_samples() * 20);
    while longest.is_none_or(|longest| begun.elapsed() < longest) {
        samples.clear();
        let mut spoke = false;
        let mut part = agi.start(WaitForDigit::new(PART))?;
        while let Some(frame) = part.listen(&mut audio)? {
            detector.frame(frame);
            spoke |= detector.is_speaking();
            samples.extend_from_slice(frame);
        }
        if part.finish()? == Waited::Digit('#') {
            break;
        }
        let line = line(&samples, detector.floor(), spoke);
        match agi.run(Verbose::new(&line).level(1)) {
            Err(Error::Hangup) => break,
            other => other?,
        }
    }
    Ok(())
}

/// One line of the console.
fn line(samples: &[i16], noise: Option<f32>, spoke: bool) -> String {
    if samples.is_empty() {
        return "eagi-level: nothing comes from the caller".into();
    }
    let level = level(samples);
    let shown = |dbfs: f32| match dbfs.is_finite() {
        true => format!("{dbfs:6.1}"),
        false => "  -inf".into(),
    };
    // Two decibels a sign; a level that is none begins nowhere.
    let signs = (0_u8..30).take_while(|&sign| level.rms > QUIET + 2.0 * f32::from(sign)).count();
    format!(
        "eagi-level: rms {} peak {} noise {} |{:<30}| {}",
        shown(level.rms),
        shown(level.peak),
        noise.map_or("     ?".into(), shown),
        BAR.get(..signs).unwrap_or(BAR),
        if spoke { "speech" } else { "" }
    )
}
