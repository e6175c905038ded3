//! CONTROL STREAM FILE: a sound that the caller winds to and fro.

use std::time::Duration;

use super::playing::optional;
use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::scan;
use crate::emulator::play::{frames, length};
use crate::emulator::wait::{Happened, Listen};

/// How the sound ended.
enum End {
    Natural,
    Key(u8, u32),
    Hangup(u32),
    Missing,
}

/// What the keys do.
struct Controls<'a> {
    stop: &'a [u8],
    forward: u8,
    rewind: u8,
    pause: Option<u8>,
    /// In samples.
    skip: u32,
}

/// `CONTROL STREAM FILE file digits [skipms [ff [rew [pause [offsetms]]]]]`
pub(super) fn control_stream_file(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let skip = match arguments.get(2) {
        Some(word) => match scan(word) {
            Some(skip) => skip,
            None => return Handled::Usage,
        },
        None => 3000,
    };
    let key = |index, default| argument(arguments, index).first().copied().unwrap_or(default);
    let Some(offset) = optional(arguments, 6, 0) else { return Handled::Usage };
    let controls = Controls {
        stop: argument(arguments, 1),
        forward: key(3, b'#'),
        rewind: key(4, b'*'),
        pause: argument(arguments, 5).first().copied(),
        skip: samples(skip),
    };
    // What lies before the beginning is taken for the end.
    let from = if offset < 0 { u32::MAX } else { samples(offset) };
    let end = play(call, argument(arguments, 0), from, &controls);
    let (result, endpos, status) = match end {
        End::Natural => (0, -1, "SUCCESS"),
        End::Key(key, at) => (i32::from(key), millis(at), "USERSTOPPED"),
        End::Hangup(at) => (-1, millis(at), "ERROR"),
        End::Missing => (-1, -1, "ERROR"),
    };
    let channel = &mut call.channel;
    channel.set_variable(b"CPLAYBACKSTATUS", status.as_bytes());
    channel.set_variable(b"CPLAYBACKOFFSET", endpos.to_string().as_bytes());
    if let End::Key(key, _) = end {
        channel.set_variable(b"CPLAYBACKSTOPKEY", &[key]);
    }
    call.reply(format!("200 result={result} endpos={endpos}"));
    if result == -1 { Handled::Failure } else { Handled::Success }
}

fn samples(millis: i32) -> u32 {
    u32::try_from(millis).unwrap_or(0).saturating_mul(8)
}

fn millis(samples: u32) -> i64 {
    i64::from(samples / 8)
}

fn play(call: &mut Call, sound: &[u8], from: u32, controls: &Controls<'_>) -> End {
    // `name:end` begins at the end.
    let (sound, from_end) = match sound.strip_suffix(b":end") {
        Some(sound) => (sound, true),
        None => (sound, false),
    };
    let Some(total) = call.sounds.samples(sound) else { return End::Missing };
    let keys: Vec<u8> = [controls.stop, &[controls.forward, controls.rewind]]
        .concat()
        .into_iter()
        .chain(controls.pause)
        .collect();
    let listen = Listen::keys(Keys::These(&keys));
    let noted = call.plays(sound, total);
    let mut position = match from_end {
        true => total,
        false => from,
    };
    loop {
        position = position.min(total);
        let begin = call.now();
        // At its end it still lasts a frame.
        let left = length(total - position).max(Duration::from_millis(20));
        let happened = call.wait(Some(begin.saturating_add(left)), listen);
        let at = position.saturating_add(frames(call.now().saturating_sub(begin))).min(total);
        let key = match happened {
            Happened::Time => {
                call.log.played(noted, total);
                return End::Natural;
            }
            Happened::Hangup => {
                call.log.played(noted, at);
                return End::Hangup(at);
            }
            Happened::Key(key) => key,
            Happened::Text(_) | Happened::Command => {
                position = at;
                continue;
            }
        };
        position = at;
        // A key may be several things: winding comes before stopping.
        if key == controls.forward {
            position = position.saturating_add(controls.skip);
            if position > total {
                // Past the end it goes back from there.
                position = total.saturating_sub(controls.skip);
            }
        } else if key == controls.rewind {
            position = position.saturating_sub(controls.skip);
        } else if Some(key) == controls.pause {
            match paused(call, controls) {
                Some(Some(key)) => {
                    call.log.played(noted, at);
                    return End::Key(key, at);
                }
                Some(None) => {}
                None => return End::Hangup(at),
            }
        } else if controls.stop.contains(&key) {
            call.log.played(noted, at);
            return End::Key(key, at);
        }
    }
}

/// Waits in a pause: the pause key goes on, a stop key ends. `None` is the hangup.
fn paused(call: &mut Call, controls: &Controls<'_>) -> Option<Option<u8>> {
    loop {
        match call.wait(None, Listen::keys(Keys::All)) {
            Happened::Key(key) if Some(key) == controls.pause => return Some(None),
            Happened::Key(key) if controls.stop.contains(&key) => return Some(Some(key)),
            Happened::Hangup => return None,
            _ => {}
        }
    }
}
