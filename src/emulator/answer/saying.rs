//! SAY …: sounds, one after the other.

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::scan;
use crate::emulator::play::Ending;
use crate::emulator::wait::Listen;

/// Which kind of saying it is: under EAGI the next command stops some of them, and audio flows meanwhile.
#[allow(dead_code, reason = "not all say-commands are there")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spelled,
    Dated,
}

/// Plays what is to be said and answers.
fn say(call: &mut Call, sounds: &[String], keys: &[u8], kind: Kind) -> Handled {
    let keys = Keys::These(keys);
    let listen = match call.enhanced && kind == Kind::Spelled {
        true => Listen::open(keys),
        false => Listen::keys(keys),
    };
    let mut result = if call.hung_up { -1 } else { 0 };
    for sound in sounds {
        match call.play(sound.as_bytes(), 0, listen).ending {
            Ending::Finished | Ending::Missing => {}
            Ending::Key(key) => {
                result = i32::from(key);
                break;
            }
            Ending::Hangup => {
                result = -1;
                break;
            }
            Ending::Command => return Handled::Success,
        }
    }
    call.reply(format!("200 result={result}"));
    if result == -1 { Handled::Failure } else { Handled::Success }
}

/// `SAY DIGITS digits escape-digits`
pub(super) fn digits(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    if scan(argument(arguments, 0)).is_none() {
        return Handled::Usage;
    }
    let sounds: Vec<String> =
        argument(arguments, 0).iter().map(|&b| format!("digits/{}", char::from(b))).collect();
    say(call, &sounds, argument(arguments, 1), Kind::Spelled)
}
pub(super) use digits as alpha;
pub(super) use digits as phonetic;
pub(super) use digits as number;
pub(super) use digits as date;
pub(super) use digits as time;
pub(super) use digits as datetime;
