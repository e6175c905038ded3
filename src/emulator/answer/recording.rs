//! RECORD FILE.

use std::time::Duration;

use super::{Handled, argument};
use crate::audio::Format;
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::{scan, scan_long};
use crate::emulator::play::{Ending, frames};
use crate::emulator::report::Recorded;
use crate::emulator::wait::{Happened, Listen};
use crate::emulator::{Version, wav};

/// What a key's tone takes at the end, in samples: 200 ms.
const TONE: usize = 1600;
/// The mean amplitude below which a frame is silence.
const SILENCE: u32 = 256;
const FRAME: Duration = Duration::from_millis(20);
/// How long a key is pressed.
const PRESSED: Duration = Duration::from_millis(100);

struct Request<'a> {
    file: &'a [u8],
    format: &'a [u8],
    keys: &'a [u8],
    /// `None` has no end.
    timeout: Option<Duration>,
    offset: i64,
    beep: bool,
    /// How much silence ends it.
    silence: Option<Duration>,
}

/// `RECORD FILE file format digits timeout [offset] [BEEP] [s=silence]`
pub(super) fn record_file(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(request) = request(call.version, arguments) else { return Handled::Usage };
    if request.beep && !beep(call, request.keys) {
        return Handled::Success;
    }
    if !wav::is_writable(request.file, request.format) {
        call.reply("200 result=-1 (writefile)");
        return Handled::Failure;
    }
    record(call, &request)
}

fn request(version: Version, arguments: &[Vec<u8>]) -> Option<Request<'_>> {
    let timeout = scan(argument(arguments, 3))?;
    let words = || arguments.iter().skip(4).take(3);
    // The first word with an "s" in it must be the silence, or there is none.
    let silence = words().find(|word| word.contains(&b's')).and_then(|word| {
        let seconds = scan(word.strip_prefix(b"s=")?)?;
        u64::try_from(seconds).ok().filter(|it| *it > 0).map(Duration::from_secs)
    });
    let is_silence = |word: &[u8]| match version >= Version::new(18, 18) {
        true => word.starts_with(b"s="),
        false => word.contains(&b'='),
    };
    let offset = arguments.get(4).and_then(|word| scan_long(word));
    let beep = arguments.get(4).is_some_and(|word| offset.is_none() && !is_silence(word))
        || arguments.get(5).is_some_and(|word| !is_silence(word));
    Some(Request {
        file: argument(arguments, 0),
        format: argument(arguments, 1),
        keys: argument(arguments, 2),
        timeout: u64::try_from(timeout).ok().map(Duration::from_millis),
        offset: offset.unwrap_or(0),
        beep,
        silence,
    })
}

/// Beeps; a key, or no beep to be had, ends the command.
fn beep(call: &mut Call, keys: &[u8]) -> bool {
    let result = match call.play(b"beep", 0, Listen::keys(Keys::These(keys))).ending {
        Ending::Finished => return true,
        Ending::Key(key) => i32::from(key),
        Ending::Hangup | Ending::Missing | Ending::Command => -1,
    };
    call.reply(format!("200 result={result} (randomerror) endpos=0"));
    false
}

fn record(call: &mut Call, request: &Request<'_>) -> Handled {
    let begin = call.now();
    let limit = request.timeout.map(|timeout| begin.saturating_add(timeout));
    let silent = request.silence.and_then(|silence| falls_silent(call, begin, silence));
    let until = silent.into_iter().chain(limit).min();
    let listen = Listen::keys(Keys::These(request.keys));
    let mut tones = Vec::new();
    let happened = loop {
        match call.wait(until, listen) {
            Happened::Key(key) if !request.keys.contains(&key) => tones.push(call.now()),
            Happened::Text(_) | Happened::Command => {}
            other => break other,
        }
    };
    let end = call.now();
    if let Happened::Key(_) = happened {
        tones.push(end);
    }
    let mut samples = said(call, begin, end, &tones);
    let (result, why) = match happened {
        Happened::Key(key) => {
            samples.truncate(samples.len().saturating_sub(TONE));
            (i64::from(key), "dtmf")
        }
        Happened::Hangup => (-1, "hangup"),
        _ if silent.is_some_and(|silent| silent <= end) => {
            let cut = request.silence.unwrap_or_default().saturating_sub(Duration::from_secs(1));
            let cut = usize::try_from(frames(cut)).unwrap_or(0);
            samples.truncate(samples.len().saturating_sub(cut));
            (left(limit, end), "timeout")
        }
        _ => (0, "timeout"),
    };
    // It goes on from there in what was recorded before, if there is so much of it.
    let before = call.sounds.samples(request.file).unwrap_or(0);
    let before = i64::from(before).min(request.offset.max(0));
    let count = i64::try_from(samples.len()).unwrap_or(i64::MAX).saturating_add(before);
    keep(call, request, samples, count);
    call.reply(format!("200 result={result} ({why}) endpos={count}"));
    if result == -1 { Handled::Failure } else { Handled::Success }
}

/// What the last wait had left, in milliseconds: it stands in the reply after silence.
fn left(limit: Option<Duration>, end: Duration) -> i64 {
    let left = limit.map_or(Duration::from_secs(100), |limit| limit.saturating_sub(end));
    i64::try_from(left.as_millis()).unwrap_or(i64::MAX)
}

/// What the caller says between two times, in whole frames. While a key is pressed no voice comes.
fn said(call: &Call, begin: Duration, end: Duration, tones: &[Duration]) -> Vec<i16> {
    let mut samples = Vec::new();
    let mut at = begin;
    while at < end {
        if !tones.iter().any(|tone| *tone > at && *tone <= at + PRESSED) {
            samples.extend(call.channel.voice.frame(at, Format::default()).into_iter().flatten());
        }
        at += FRAME;
    }
    samples
}

/// When the caller has been silent for so long; never, where no frames come.
fn falls_silent(call: &Call, begin: Duration, silence: Duration) -> Option<Duration> {
    let mut silent = Duration::ZERO;
    let mut at = begin;
    loop {
        let frame = call.channel.voice.frame(at, Format::default())?;
        at += FRAME;
        let sum: u32 = frame.iter().map(|sample| u32::from(sample.unsigned_abs())).sum();
        silent = if sum / 160 < SILENCE { silent + FRAME } else { Duration::ZERO };
        if silent > silence {
            return Some(at);
        }
        // A caller who never stops talking: the call itself is shorter.
        if at > call.limits.call {
            return None;
        }
    }
}

/// Keeps what was recorded: as a sound that can be played, in the report, and as a file.
fn keep(call: &mut Call, request: &Request<'_>, samples: Vec<i16>, count: i64) {
    let now = call.now();
    if let Err(error) = wav::write(request.file, request.format, &samples) {
        call.log.note(now, &format!("RECORD FILE: the file could not be written: {error}"));
    }
    call.sounds.add_samples(request.file, u32::try_from(count).unwrap_or(u32::MAX));
    if call.log.forgets {
        return;
    }
    call.log.recorded.push(Recorded {
        file: String::from_utf8_lossy(request.file).into_owned(),
        format: String::from_utf8_lossy(request.format).into_owned(),
        samples,
    });
}
