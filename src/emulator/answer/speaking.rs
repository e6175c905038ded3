//! Speech recognition: what an engine would make of the caller's words.

use std::time::Duration;

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::atoi;
use crate::emulator::play::Ending;
use crate::emulator::speech::Heard;
use crate::emulator::wait::{Happened, Listen};

/// How long the engine takes after the prompt.
const THINKING: Duration = Duration::from_millis(500);
/// The longest reply line.
const LONGEST: usize = 4095;

fn yes(call: &mut Call, yes: bool) -> Handled {
    call.reply(if yes { "200 result=1" } else { "200 result=0" });
    Handled::Success
}

fn is_there(call: &Call) -> bool {
    call.doors.speech.created.is_some()
}

/// `SPEECH CREATE [engine]`
pub(super) fn create(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let name = String::from_utf8_lossy(argument(arguments, 0)).into_owned();
    let speech = &mut call.doors.speech;
    let known = match name.as_str() {
        "" => speech.engines.keys().next().cloned(), // the default engine
        _ => Some(name).filter(|name| speech.engines.contains_key(name)),
    };
    let made = known.is_some() && speech.created.is_none();
    if made {
        speech.created = known;
    }
    yes(call, made)
}

/// `SPEECH SET name value`
pub(super) fn set(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    let there = is_there(call);
    yes(call, there)
}

/// `SPEECH DESTROY`
pub(super) fn destroy(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    let there = call.doors.speech.created.take().is_some();
    call.doors.speech.grammars.clear();
    yes(call, there)
}

/// `SPEECH LOAD GRAMMAR name path`
pub(super) fn load(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let there = is_there(call);
    if there {
        call.doors.speech.grammars.insert(argument(arguments, 0).to_vec());
    }
    yes(call, there)
}

/// `SPEECH UNLOAD GRAMMAR name`
pub(super) fn unload(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let known = is_there(call) && call.doors.speech.grammars.remove(argument(arguments, 0));
    yes(call, known)
}

/// `SPEECH ACTIVATE GRAMMAR name`
pub(super) fn activate(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let known = is_there(call) && call.doors.speech.grammars.contains(argument(arguments, 0));
    yes(call, known)
}

/// `SPEECH DEACTIVATE GRAMMAR name`
pub(super) fn deactivate(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    activate(call, arguments)
}

/// `SPEECH RECOGNIZE prompt timeout [offset]`
pub(super) fn recognize(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    if !is_there(call) {
        return yes(call, false);
    }
    let offset = u32::try_from(atoi(argument(arguments, 2))).unwrap_or(0);
    let seconds = u64::try_from(atoi(argument(arguments, 1))).unwrap_or(0);
    let listen = Listen::keys(Keys::All);
    let prompt = call.play(argument(arguments, 0), offset, listen);
    let reply = match prompt.ending {
        Ending::Key(key) => digit(key),
        Ending::Hangup => b"200 result=1 (hangup) endpos=0".to_vec(),
        _ => after_prompt(call, seconds, listen),
    };
    call.reply(reply);
    Handled::Success
}

fn after_prompt(call: &mut Call, seconds: u64, listen: Listen<'_>) -> Vec<u8> {
    let heard = call.doors.speech.next();
    let timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
    let until = match heard {
        Some(_) => Some(call.after(THINKING)),
        None => timeout.map(|timeout| call.after(timeout)),
    };
    loop {
        match call.wait(until, listen) {
            Happened::Key(key) => return digit(key),
            Happened::Hangup => return b"200 result=1 (hangup) endpos=0".to_vec(),
            Happened::Time => {
                return match heard {
                    Some(heard) => recognized(&heard),
                    None => b"200 result=1 (timeout) endpos=0".to_vec(),
                };
            }
            Happened::Text(_) | Happened::Command => {}
        }
    }
}

fn digit(key: u8) -> Vec<u8> {
    format!("200 result=1 (digit) digit={} endpos=0", char::from(key)).into_bytes()
}

fn recognized(heard: &Heard) -> Vec<u8> {
    let count = heard.results.len();
    let mut reply = format!("200 result=1 (speech) endpos=0 results={count} ").into_bytes();
    for (index, (score, text, grammar)) in heard.results.iter().enumerate() {
        if index > 0 {
            reply.push(b' ');
        }
        reply.extend_from_slice(format!("score{index}={score} text{index}=\"").as_bytes());
        reply.extend_from_slice(text);
        reply.extend_from_slice(format!("\" grammar{index}=").as_bytes());
        reply.extend_from_slice(grammar);
    }
    reply.truncate(LONGEST);
    reply
}
