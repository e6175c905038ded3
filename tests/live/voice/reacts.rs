//! Barge-in by voice. The script plays until it hears the caller; the caller hears the prompt and speaks into it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use agikit::audio::{Audio, Change, Detector, Heard};
use agikit::{ScriptResult, Session, StreamFile};

use super::chance::{Chance, now};
use super::report::Report;

/// What makes the script stop, each in its turn.
const MODES: [&str; 4] = ["one frame", "two frames", "detector at 40 ms", "detector"];
const PROMPT: &str = "/srv/lab/sounds/barge-long";
/// A line with next to no noise, and then a voice: so many samples of the first.
const VOICE: &str = "/srv/lab/sounds/barge-voice";
const LEAD: u32 = 5600;
/// A frame of the voice has more, one of the line less.
const LOUD: u16 = 1000;
/// What comes later than this is behind the prompt before.
const APART: u64 = 200_000;

/// Whether to stop at this frame.
struct Ear {
    mode: &'static str,
    detector: Detector,
    loud: u32,
}

impl Ear {
    fn new(mode: &'static str) -> Ear {
        let detector = match mode {
            "detector at 40 ms" => Detector::new(8000).minimum_speech(Duration::from_millis(40)),
            _ => Detector::new(8000),
        };
        Ear { mode, detector, loud: 0 }
    }

    fn hears(&mut self, frame: &[i16], loud: bool) -> bool {
        self.loud = if loud { self.loud + 1 } else { 0 };
        match self.mode {
            "one frame" => self.loud == 1,
            "two frames" => self.loud == 2,
            _ => matches!(self.detector.frame(frame), Some(Change::Began { .. })),
        }
    }
}

/// The script: `reaction MODE|sent loud asked answered` for each prompt.
pub fn script(agi: &mut Session, rounds: usize, report: &mut Report) -> ScriptResult {
    let mut audio = Audio::open(agi)?;
    for mode in MODES.into_iter().cycle().take(rounds) {
        // Until the caller is silent.
        while !matches!(audio.frame_within(Duration::from_millis(400))?, Heard::Nothing) {
            if agi.is_hung_up() {
                return Err("the caller has hung up".into());
            }
        }
        audio.discard()?;
        let (mut ear, mut first) = (Ear::new(mode), 0);
        let sent = now();
        let mut prompt = agi.start(StreamFile::new(PROMPT))?;
        let stop = loop {
            let Heard::Frame(frame) = prompt.listen_within(&mut audio, Duration::from_secs(5))?
            else {
                break false;
            };
            let loud = frame.iter().any(|sample| sample.unsigned_abs() > LOUD);
            if loud && first == 0 {
                first = now();
            }
            if ear.hears(frame, loud) {
                break true;
            }
        };
        let asked = now();
        let reply = prompt.interrupt()?;
        let answered = now();
        report.line("reaction", format!("{mode}|{sent} {first} {asked} {answered}"))?;
        if !stop || reply.is_some() || first == 0 {
            report.line("FAIL", format!("{mode}: heard {stop}, {reply:?}, loud at {first}"))?;
        }
    }
    Ok(())
}

/// The caller: `heard TIME` for each frame, `spoke TIME` for the first sample of each word.
pub fn caller(agi: &mut Session, seed: u64, report: &mut Report) -> ScriptResult {
    let mut chance = Chance::new(seed);
    let mut audio = Audio::open(agi)?;
    let (onset, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let ear = thread::spawn({
        let (onset, over) = (Arc::clone(&onset), Arc::clone(&over));
        move || -> agikit::Result<Vec<u64>> {
            let mut heard: Vec<u64> = Vec::new();
            while audio.next_frame()?.is_some() {
                let time = now();
                if heard.last().is_none_or(|last| time - last > APART) {
                    onset.store(time, Ordering::SeqCst);
                }
                heard.push(time);
            }
            over.store(true, Ordering::SeqCst);
            Ok(heard)
        }
    });
    let mut answered = 0;
    while !over.load(Ordering::SeqCst) {
        let time = onset.load(Ordering::SeqCst);
        if time == answered {
            thread::sleep(Duration::from_millis(5));
            continue;
        }
        answered = time;
        thread::sleep(chance.time(Duration::from_millis(700)));
        // In whole frames: what is less at the end of a sound would wait for the next one.
        let from = u32::try_from(chance.below(26)).unwrap_or(0) * 160;
        let start = now();
        let said = agi.run(StreamFile::new(VOICE).offset(from));
        report.line("spoke", start + u64::from(LEAD - from) * 125)?;
        if said.is_err() {
            break; // he is alone
        }
    }
    for time in ear.join().unwrap()? {
        report.line("heard", time)?;
    }
    Ok(())
}
