//! The channel's state: ANSWER, CHANNEL STATUS, HANGUP, SET …, TDD MODE.

use std::time::Duration;

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::channel::UP;
use crate::emulator::number::scan;
use crate::emulator::wait::Listen;

/// `ANSWER`
pub(super) fn answer(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    if call.hung_up {
        call.reply("200 result=-1");
        return Handled::Failure;
    }
    if call.channel.state != UP {
        call.channel.state = UP;
        // Asterisk waits for the caller's first frame, at most so long.
        if !call.channel.voice.is_there() {
            call.pause(Duration::from_millis(500), Listen::deaf());
        }
    }
    call.reply("200 result=0");
    Handled::Success
}

/// `CHANNEL STATUS [name]`
pub(super) fn status(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    match arguments.first().is_none_or(|name| call.channel.is_named(name)) {
        true => call.reply(format!("200 result={}", call.channel.state)),
        false => call.reply("200 result=-1"),
    }
    Handled::Success
}

/// `HANGUP [name]`
pub(super) fn hangup(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    if arguments.first().is_none_or(|name| call.channel.is_named(name)) {
        call.reply("200 result=1");
        call.hung_up = true;
    } else {
        call.reply("200 result=-1");
    }
    Handled::Success
}

/// `SET AUTOHANGUP seconds`
pub(super) fn autohangup(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(seconds) = float(argument(arguments, 0)) else { return Handled::Usage };
    let time = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX);
    call.autohangup = match time.is_zero() {
        true => None,
        false => call.now().checked_add(time),
    };
    call.reply("200 result=0");
    Handled::Success
}

/// What `sscanf("%lf")` takes of a word: a decimal number at its beginning.
fn float(word: &[u8]) -> Option<f64> {
    let word = word.trim_ascii_start();
    (1..=word.len())
        .rev()
        .filter_map(|end| std::str::from_utf8(word.get(..end)?).ok()?.parse().ok())
        .find(|number: &f64| number.is_finite())
}

/// `SET CALLERID text`: only the first word counts.
pub(super) fn callerid(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    if let Some(text) = arguments.first() {
        call.channel.identity.set_all(text);
    }
    call.reply("200 result=1");
    Handled::Success
}

/// `SET CONTEXT context`
pub(super) fn context(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    call.channel.context = argument(arguments, 0).to_vec();
    call.reply("200 result=0");
    Handled::Success
}

/// `SET EXTENSION extension`
pub(super) fn extension(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    call.channel.extension = argument(arguments, 0).to_vec();
    call.reply("200 result=0");
    Handled::Success
}

/// `SET PRIORITY priority`: a label is one of the dialplan's, of which the emulator knows those that GOSUB may
/// go to.
pub(super) fn priority(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let word = argument(arguments, 0);
    let place = (call.channel.context.clone(), call.channel.extension.clone(), word.to_vec());
    match scan(word) {
        // The dialplan goes on behind the one that it is told to have done.
        Some(priority @ 1..) => call.channel.priority = priority - 1,
        Some(_) => {}
        None if call.doors.routines.contains_key(&place) => {}
        None => return Handled::Usage,
    }
    call.reply("200 result=0");
    Handled::Success
}

/// `SET MUSIC on|off [class]`
pub(super) fn music(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    call.reply("200 result=0");
    Handled::Success
}

/// `TDD MODE on|off|mate|tdd`: no channel of today can.
pub(super) fn tdd_mode(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    call.reply("200 result=0");
    Handled::Success
}

#[cfg(test)]
mod tests {
    use super::float;

    #[test]
    fn takes_the_number_at_the_beginning() {
        assert_eq!(float(b"1.5s"), Some(1.5));
        assert_eq!(float(b" -3"), Some(-3.0));
        assert_eq!(float(b"x"), None);
        assert_eq!(float(b""), None);
    }
}
