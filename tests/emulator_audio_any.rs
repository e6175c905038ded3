//! The emulator's EAGI with whatever a script does: it comes to an end, and to the same one each time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

mod support;

use std::time::Duration;

use agikit::audio::Audio;
use agikit::emulator::Asterisk;
use agikit::{Result, SayDigits, Session, StreamFile, WaitForDigit};
use proptest::prelude::*;
use support::watched;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What a script does.
#[derive(Debug, Clone)]
enum Step {
    /// Listens to so many frames, and to no more than there are.
    Listen(u8),
    /// Plays a sound, and stops it after so many frames.
    Stop(u8),
    /// Says digits, or waits for a key, and stops that.
    StopOther(u8, bool),
    /// Plays, waits or looks away without listening.
    Play,
    Wait,
    /// Drops what waits.
    Discard,
    /// A command that takes no time.
    Ask,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..60).prop_map(Step::Listen),
        4 => (0u8..60).prop_map(Step::Stop),
        2 => (0u8..60, any::<bool>()).prop_map(|(frames, says)| Step::StopOther(frames, says)),
        1 => Just(Step::Play),
        1 => Just(Step::Wait),
        2 => Just(Step::Discard),
        2 => Just(Step::Ask),
    ]
}

/// What the caller does: speaks, presses a key, hangs up.
#[derive(Debug, Clone)]
struct Caller {
    words: Vec<(u64, usize)>,
    gaps: bool,
    keys: Vec<u64>,
    leaves: Option<u64>,
}

fn caller() -> impl Strategy<Value = Caller> {
    (
        prop::collection::vec((0u64..4000, 1usize..9000), 1..4),
        any::<bool>(),
        prop::collection::vec(0u64..4000, 0..3),
        prop::option::of(0u64..5000),
    )
        .prop_map(|(words, gaps, keys, leaves)| Caller { words, gaps, keys, leaves })
}

/// Does it all; notes where the audio stands and how loud it was.
fn run(agi: &mut Session, steps: &[Step], seen: &mut Vec<String>) -> Result {
    let mut audio = Audio::open(agi)?;
    for step in steps {
        let mut sum = 0i64;
        let mut heard = |frame: &[i16]| sum += frame.iter().map(|it| i64::from(*it)).sum::<i64>();
        match step {
            Step::Listen(frames) => {
                for _ in 0..*frames {
                    // Where no frames come in silence, nobody waits for ever.
                    match audio.frame_within(ms(700))? {
                        agikit::audio::Heard::Frame(frame) => heard(frame),
                        _ => break,
                    }
                }
            }
            Step::Stop(frames) => {
                let mut prompt = agi.start(StreamFile::new("tick"))?;
                let mut left = *frames;
                while left > 0 && prompt.listen(&mut audio)?.map(&mut heard).is_some() {
                    left -= 1;
                }
                if left == 0 { prompt.interrupt().map(drop)? } else { prompt.finish().map(drop)? }
            }
            Step::StopOther(frames, true) => {
                let mut saying = agi.start(SayDigits::new("12"))?;
                let mut left = *frames;
                while left > 0 && saying.listen(&mut audio)?.map(&mut heard).is_some() {
                    left -= 1;
                }
                if left == 0 { saying.interrupt().map(drop)? } else { saying.finish().map(drop)? }
            }
            Step::StopOther(frames, false) => {
                let mut waiting = agi.start(WaitForDigit::new(ms(910)))?;
                let mut left = *frames;
                while left > 0 && waiting.listen(&mut audio)?.map(&mut heard).is_some() {
                    left -= 1;
                }
                if left == 0 {
                    waiting.interrupt().map(drop)?
                } else {
                    waiting.finish().map(drop)?
                }
            }
            Step::Play => agi.stream_file("tick").map(drop)?,
            Step::Wait => agi.exec("Wait", "0.33").map(drop)?,
            Step::Discard => {
                // What is in the pipe is sure behind a reply.
                agi.noop()?;
                audio.discard()?;
            }
            Step::Ask => drop(agi.get_variable("EAGI_AUDIO_FORMAT")?),
        }
        seen.push(format!("{:?} {sum}", audio.position()));
    }
    Ok(())
}

fn outcome(steps: &[Step], caller: &Caller) -> (Vec<String>, String) {
    let mut asterisk = Asterisk::new().sound("tick", ms(500));
    for (at, count) in &caller.words {
        let words: Vec<i16> = (1..).take(*count).collect();
        asterisk = asterisk.says_at(ms(*at), words);
    }
    if caller.gaps {
        asterisk = asterisk.gaps();
    }
    for at in &caller.keys {
        asterisk = asterisk.keys_at(ms(*at), "5");
    }
    if let Some(at) = caller.leaves {
        asterisk = asterisk.hang_up_at(ms(at));
    }
    let mut seen = Vec::new();
    let call = asterisk.run_eagi(|agi| run(agi, steps, &mut seen));
    assert_eq!(call.error(), None);
    (seen, format!("{:?} {:?} {:?}", call.agi_status(), call.played(), call.lasted()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn it_ends_and_always_so(steps in prop::collection::vec(step(), 0..9), mut caller in caller()) {
        // A wait in real time is not in the call's: who sends no frames in silence is not the same each time.
        caller.gaps = false;
        let (one, two) = watched(move || {
            (outcome(&steps, &caller), outcome(&steps, &caller))
        });
        prop_assert_eq!(one, two);
    }

    #[test]
    fn gaps_hold_nothing_up(steps in prop::collection::vec(step(), 0..6), caller in caller()) {
        let caller = Caller { gaps: true, ..caller };
        watched(move || outcome(&steps, &caller));
    }
}
