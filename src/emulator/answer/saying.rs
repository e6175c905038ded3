//! SAY …: sounds, one after the other.

use super::{Handled, argument};
use crate::emulator::Version;
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::{scan, scan_long};
use crate::emulator::play::Ending;
use crate::emulator::say::{self, Case, Moment, Sound, Sounding};
use crate::emulator::wait::Listen;
use crate::emulator::zone::Zone;

/// Which kind of saying it is: under EAGI the next command stops the first, and audio flows meanwhile.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spelled,
    Dated,
}

/// Plays what is to be said and answers.
fn say(call: &mut Call, sounds: &[Sound], keys: &[u8], kind: Kind) -> Handled {
    let keys = Keys::These(keys);
    let listen = match call.enhanced && kind == Kind::Spelled {
        true => Listen::open(keys),
        false => Listen::keys(keys),
    };
    let mut result = if call.hung_up { -1 } else { 0 };
    for Sound { name, needed } in sounds {
        if !call.sounds.exists(name) {
            if *needed {
                result = -1;
                break;
            }
            continue;
        }
        match call.play(name, 0, listen).ending {
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

/// Spells a text in one of the ways, knowing which sounds there are.
fn spell(call: &mut Call, keys: &[u8], how: impl FnOnce(&Sounding<'_>) -> Vec<Sound>) -> Handled {
    let trips = call.version < Version::new(17, 0);
    let sounds = how(&Sounding { exists: &|name| call.sounds.exists(name), trips });
    say(call, &sounds, keys, Kind::Spelled)
}

/// `SAY NUMBER number digits [gender]`
pub(super) fn number(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(number) = scan(argument(arguments, 0)) else { return Handled::Usage };
    say(call, &say::number(number), argument(arguments, 1), Kind::Spelled)
}

/// `SAY DIGITS number digits`: it must begin as a number does.
pub(super) fn digits(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let text = argument(arguments, 0);
    if scan(text).is_none() {
        return Handled::Usage;
    }
    spell(call, argument(arguments, 1), |with| say::digits(text, with))
}

/// `SAY ALPHA text digits [case]`
pub(super) fn alpha(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let case = match arguments.get(2) {
        None => Some(Case::None),
        Some(option) if option.is_empty() => Some(Case::None),
        Some(option) => Case::read(option),
    };
    let Some(case) = case else { return Handled::Usage };
    let text = argument(arguments, 0);
    spell(call, argument(arguments, 1), |with| say::alpha(text, case, with))
}

/// `SAY PHONETIC text digits`
pub(super) fn phonetic(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let text = argument(arguments, 0);
    spell(call, argument(arguments, 1), |with| say::phonetic(text, with))
}

/// `SAY DATE epoch digits`
pub(super) fn date(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(epoch) = scan(argument(arguments, 0)) else { return Handled::Usage };
    dated(call, arguments, epoch.into(), b"", say::date)
}

/// `SAY TIME epoch digits`
pub(super) fn time(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(epoch) = scan(argument(arguments, 0)) else { return Handled::Usage };
    dated(call, arguments, epoch.into(), b"", say::time)
}

/// `SAY DATETIME epoch digits [format [zone]]`
pub(super) fn datetime(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(epoch) = scan_long(argument(arguments, 0)) else { return Handled::Usage };
    let format = arguments.get(2).map(Vec::as_slice);
    dated(call, arguments, epoch, argument(arguments, 3), |moment| say::datetime(moment, format))
}

fn dated(
    call: &mut Call,
    arguments: &[Vec<u8>],
    epoch: i64,
    zone: &[u8],
    how: impl FnOnce(Moment<'_>) -> Vec<Sound>,
) -> Handled {
    let zone = Zone::named(zone);
    let sounds = how(Moment { epoch, now: call.epoch(), zone: &zone });
    say(call, &sounds, argument(arguments, 1), Kind::Dated)
}
