//! A script that starts a prompt and stops it, again and again, at any moment, and looks each time whether the answers
//! that follow are those of what it then asks.

use std::fmt::Debug;
use std::io;
use std::time::{Duration, Instant};

use agikit::audio::Audio;
use agikit::command::Interruptible;
use agikit::{
    GetData, GetOption, Result, SayAlpha, SayDigits, SayNumber, SayPhonetic, ScriptResult, Session,
    StreamFile, WaitForDigit, Waited,
};

use super::chance::{Chance, now};

/// Every kind that Asterisk stops; GET DATA and GET OPTION in their sound and in the wait behind it.
const KINDS: [&str; 10] = [
    "stream",
    "data",
    "datawait",
    "option",
    "optionwait",
    "digit",
    "number",
    "digits",
    "alpha",
    "phonetic",
];
/// Sounds of noise: eight seconds, a fifth of a second, and so short that it is over at once.
const LONG: &str = "/srv/lab/sounds/barge-long";
const SHORT: &str = "/srv/lab/sounds/barge-short";
const BLIP: &str = "/srv/lab/sounds/barge-blip";
const BLIP_SAMPLES: u32 = 480;
const FOREVER: Duration = Duration::from_secs(30);
/// A prompt is stopped within this time, unless near its end.
const WITHIN: Duration = Duration::from_millis(600);
/// Around an end.
const NEAR: Duration = Duration::from_millis(12);
/// Behind each: nothing is played, and nothing may be heard.
const PAUSE: Duration = Duration::from_millis(160);

/// When a prompt is stopped.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Right behind the command.
    Zero,
    Any(Duration),
    /// About when it ends by itself.
    End(Duration),
}

/// `eagi.SEED.COUNT`, `keys.…`, `plain.…`: with the caller's audio, keys being pressed all the time; without it.
pub fn all(
    agi: &mut Session,
    what: &str,
    say: &mut dyn FnMut(String) -> io::Result<()>,
) -> ScriptResult {
    let what = what.split('-').next().unwrap_or_default();
    let mut parts = what.split('.');
    let how = parts.next().unwrap_or_default();
    let mut number = || parts.next().and_then(|it| it.parse::<u64>().ok()).unwrap_or(1);
    let (seed, count) = (number(), number());
    let (mut chance, keys) = (Chance::new(seed), how == "keys");
    let mut audio = match agi.environment().enhanced() {
        true => Some(Audio::open(agi)?),
        false => None,
    };
    let voice = audio.is_some();
    agi.wait_for_digit(PAUSE)?;
    // How long the short ones take by themselves.
    let mut ends = [Duration::ZERO; KINDS.len()];
    for (kind, end) in KINDS.iter().zip(&mut ends) {
        let start = Instant::now();
        one(agi, kind, true, voice, None)?;
        *end = start.elapsed();
    }
    say(format!("ends {ends:?}"))?;
    for round in 0..count {
        let index = usize::try_from(round).unwrap_or(0) % KINDS.len();
        let kind = KINDS[index];
        let moment = match chance.below(8) {
            0 => Moment::Zero,
            1 | 2 => {
                let around = ends[index].saturating_sub(NEAR) + chance.time(NEAR * 2);
                Moment::End(around)
            }
            _ => Moment::Any(chance.time(WITHIN)),
        };
        let value = format!("{round}x{}", chance.below(1 << 40));
        agi.set_variable("BARGE", &value)?;
        let short = matches!(moment, Moment::End(_));
        let after = match moment {
            Moment::Zero => Duration::ZERO,
            Moment::Any(after) | Moment::End(after) => after,
        };
        let (times, reply) = one(agi, kind, short, voice, Some(after))?;
        let likely = keys || is_likely(kind, moment, voice, &reply);
        let head = format!("{kind} {moment:?}");
        if !likely {
            say(format!("FAIL {head}: {reply}"))?;
        }
        let wrong = questions(agi, &value, keys)?;
        let blip = now();
        let played = agi.stream_file(BLIP)?;
        // It plays to its end: nothing is left that would stop it.
        let whole = played.digit.is_none() && played.endpos == BLIP_SAMPLES;
        if !whole || wrong.is_some() {
            say(format!("FAIL {head}: {wrong:?} {played:?}"))?;
        }
        let word = match moment {
            Moment::Zero => "zero",
            Moment::Any(_) => "any",
            Moment::End(_) => "end",
        };
        say(format!("round {kind} {word} {} {} {} {blip} {reply}", times[0], times[1], times[2]))?;
        if let Some(audio) = &mut audio {
            audio.discard()?;
        }
        agi.wait_for_digit(PAUSE / 2)?;
    }
    Ok(())
}

/// Asks what only the right answers fit.
fn questions(agi: &mut Session, value: &str, keys: bool) -> Result<Option<String>> {
    let mut wrong = Vec::new();
    let got = agi.get_variable("BARGE")?;
    if got.as_ref().is_none_or(|got| got != value) {
        wrong.push(format!("{got:?} instead of {value}"));
    }
    // With nothing in the way this lasts as long as it was asked to.
    let waited = agi.wait_for_digit(PAUSE)?;
    let pressed = keys && waited.digit().is_some();
    if waited != Waited::Timeout && !pressed {
        wrong.push(format!("{waited:?} instead of nothing"));
    }
    let got = agi.get_full_variable("<${BARGE}>")?;
    if got.as_ref().is_none_or(|got| got != format!("<{value}>").as_str()) {
        wrong.push(format!("{got:?} instead of <{value}>"));
    }
    let state = agi.channel_status()?;
    if state != agikit::ChannelState::Up {
        wrong.push(format!("{state:?} instead of up"));
    }
    Ok((!wrong.is_empty()).then(|| wrong.join(", ")))
}

/// What a command that was stopped far from its end can have answered, where nobody presses a key.
fn is_likely(kind: &str, moment: Moment, voice: bool, reply: &str) -> bool {
    match (kind, moment) {
        (_, Moment::End(_)) => true,
        ("digit", _) => reply == "Some(Interrupted)",
        // In its sound nothing, in its wait no key.
        ("optionwait", _) => reply == "None" || reply.starts_with("Some(Playback { digit: None"),
        // Without audio numbers and letters are said to their end.
        ("number" | "digits" | "alpha" | "phonetic", _) if !voice => reply == "Some(None)",
        _ => reply == "None",
    }
}

type Stopped = ([u64; 3], String);

/// Starts a command; stops it after this time, or waits for its end.
fn one(
    agi: &mut Session,
    kind: &str,
    short: bool,
    voice: bool,
    after: Option<Duration>,
) -> Result<Stopped> {
    let prompt = if short { SHORT } else { LONG };
    let time = |short_ms| if short { Duration::from_millis(short_ms) } else { FOREVER };
    // What is not stopped must not take long.
    let text = |short_text, long, brief| match (short, voice) {
        (true, _) => short_text,
        (false, true) => long,
        (false, false) => brief,
    };
    let number = text("7", "777777", "27").parse().unwrap_or(7);
    match kind {
        "stream" => stop(agi, StreamFile::new(prompt), after),
        "data" => stop(agi, GetData::new(prompt).timeout(time(100)), after),
        "datawait" => stop(agi, GetData::new("").timeout(time(250)), after),
        "option" => stop(agi, GetOption::new(prompt, "9").timeout(time(100)), after),
        "optionwait" => stop(agi, GetOption::new(BLIP, "9").timeout(time(150)), after),
        "digit" => stop(agi, WaitForDigit::new(time(250)), after),
        "number" => stop(agi, SayNumber::new(number), after),
        "digits" => stop(agi, SayDigits::new(text("7", "1234567890", "71")), after),
        "alpha" => stop(agi, SayAlpha::new(text("a", "abcdefghijkl", "ab")), after),
        _ => stop(agi, SayPhonetic::new(text("a", "abcdefghijkl", "ab")), after),
    }
}

fn stop<C: Interruptible>(agi: &mut Session, command: C, after: Option<Duration>) -> Result<Stopped>
where
    C::Reply: Debug,
{
    let (sent, start) = (now(), Instant::now());
    let pending = agi.start(command)?;
    let Some(after) = after else {
        return pending.finish().map(|reply| ([sent; 3], format!("{reply:?}")));
    };
    if let Some(left) = after.checked_sub(start.elapsed()) {
        std::thread::sleep(left);
    }
    let asked = now();
    let reply = pending.interrupt()?;
    Ok(([sent, asked, now()], format!("{reply:?}")))
}
