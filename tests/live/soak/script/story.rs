//! What one call does: steps at random, and between them values that must come back.

use std::time::Instant;

use agikit::audio::{Audio, Heard};
use agikit::{Error, Result, ScriptResult, Session, StreamFile};

use crate::chance::Chance;
use crate::commands;
use crate::notes::{Bears, Notes};

/// A story is as long as a short call.
const STEPS: u64 = 9;

/// Goes on to its end, or some steps beyond the hangup.
pub fn tell(agi: &mut Session, id: &str, chance: &mut Chance, notes: &mut Notes) -> ScriptResult {
    let listens = agi.environment().enhanced() && chance.is(85);
    let mut audio = None;
    if chance.is(80) {
        let answered = agi.answer();
        if notes.take("ANSWER", Bears::Nothing, answered).is_err() && chance.is(50) {
            return Ok(());
        }
    }
    for _ in 0..1 + chance.below(STEPS) {
        if listens && audio.is_none() && chance.is(60) {
            audio = match Audio::open(agi) {
                // It asks for the audio's format.
                Err(Error::Hangup) => return Ok(()),
                opened => Some(opened?),
            };
        }
        let done = match (chance.below(10), audio.as_mut()) {
            (0, None) => {
                std::thread::sleep(chance.soon(150));
                Ok(())
            }
            (0 | 1, Some(audio)) => listen(audio, chance, notes),
            (1 | 2, audio) => beside(agi, audio, chance, notes),
            _ => commands::any(agi, id, chance, notes),
        };
        let done =
            done.and_then(|()| if chance.is(60) { token(agi, chance, notes) } else { Ok(()) });
        match done {
            Ok(()) => {}
            // The 13 that still run are to do so.
            Err(Error::Hangup) if chance.is(60) => {}
            Err(Error::Hangup) => return Ok(()),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}

/// A random value, to Asterisk and back.
fn token(agi: &mut Session, chance: &mut Chance, notes: &mut Notes) -> Result {
    let name = chance.of(&["SOAK_A", "SOAK_B", "SOAK_C"]);
    let value = chance.bytes(40);
    let set = agi.set_variable(name, value.as_slice());
    notes.take("SET VARIABLE", Bears::Nothing, set)?;
    let got = agi.get_variable(name);
    if let Some(got) = notes.take("GET VARIABLE", Bears::Nothing, got)? {
        let same = got.as_ref().is_some_and(|got| got.as_bytes() == value);
        notes.check("another value", same, &(&value, &got));
        notes.tokens += u32::from(same);
    }
    Ok(())
}

/// Hears the caller for a moment.
fn listen(audio: &mut Audio, chance: &mut Chance, notes: &mut Notes) -> Result {
    let end = Instant::now() + chance.soon(400);
    while Instant::now() < end {
        match audio.frame_within(end.saturating_duration_since(Instant::now()))? {
            Heard::Frame(_) => notes.frames += 1,
            Heard::Nothing | Heard::End => break,
        }
    }
    Ok(())
}

/// Does something beside a sound, and waits for its end, stops it or leaves it.
fn beside(
    agi: &mut Session,
    audio: Option<&mut Audio>,
    chance: &mut Chance,
    notes: &mut Notes,
) -> Result {
    let sound = StreamFile::new(chance.sound()).escape_digits(chance.keys());
    let mut playing = match agi.start(sound) {
        Ok(playing) => playing,
        Err(error) => return notes.take::<()>("STREAM FILE", Bears::Nothing, Err(error)).map(drop),
    };
    let moment = chance.soon(500);
    match audio {
        Some(audio) => {
            let end = Instant::now() + moment;
            while Instant::now() < end {
                match playing.listen_within(audio, end.saturating_duration_since(Instant::now()))? {
                    Heard::Frame(_) => notes.frames += 1,
                    Heard::Nothing | Heard::End => break,
                }
            }
        }
        None => std::thread::sleep(moment),
    }
    match chance.below(3) {
        0 => {
            let ended = playing.finish();
            notes.take("STREAM FILE", Bears::Nothing, ended).map(drop)
        }
        1 => {
            let ended = playing.interrupt();
            notes.take("STREAM FILE", Bears::Nothing, ended).map(drop)
        }
        // The next command drops its reply.
        _ => notes.take("STREAM FILE", Bears::Nothing, Ok(())).map(drop),
    }
}
