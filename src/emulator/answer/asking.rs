//! GET DATA and GET OPTION: a sound, and keys.

use std::time::Duration;

use super::playing::result;
use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::atoi;
use crate::emulator::play::Ending;
use crate::emulator::wait::{Happened, Listen};

/// How long the dialplan waits for a digit, which is GET OPTION's default.
const DIGIT_TIMEOUT: Duration = Duration::from_secs(5);

/// `GET DATA file [timeout [max]]`
pub(super) fn get_data(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let timeout = arguments.get(1).map_or(0, |word| atoi(word));
    let most = arguments.get(2).map_or(1024, |word| atoi(word));
    let all = Listen::open(Keys::All);
    let file = argument(arguments, 0);
    let mut first = None;
    if most == 0 || call.hung_up {
        if let Some(samples) = call.sounds.samples(file).filter(|_| most == 0) {
            call.plays(file, samples); // it has begun, and plays on
        }
        call.reply("200 result=-1");
        return Handled::Success;
    }
    if !file.is_empty() {
        let heard = call.play(file, 0, all);
        match heard.ending {
            Ending::Finished => {}
            Ending::Key(key) => first = Some(key),
            Ending::Command => return Handled::Success,
            Ending::Hangup | Ending::Missing => {
                call.reply("200 result=-1");
                return Handled::Success;
            }
        }
    }
    let (until_first, between) = match timeout {
        ..0 => (None, None),
        0 => (Some(Duration::from_secs(6)), Some(Duration::from_secs(2))),
        1.. => {
            let timeout = Some(Duration::from_millis(u64::from(timeout.unsigned_abs())));
            (timeout, timeout)
        }
    };
    let most = usize::try_from(most).unwrap_or(1);
    let mut digits = Vec::new();
    let mut wait = until_first;
    loop {
        let key = match first.take() {
            Some(key) => key,
            None => {
                let until = wait.map(|wait| call.after(wait));
                match call.wait(until, all) {
                    Happened::Key(key) => key,
                    Happened::Text(_) => continue,
                    Happened::Command => return Handled::Success,
                    Happened::Hangup => {
                        call.reply("200 result=-1");
                        return Handled::Success;
                    }
                    Happened::Time => {
                        call.reply([b"200 result=", digits.as_slice(), b" (timeout)"].concat());
                        return Handled::Success;
                    }
                }
            }
        };
        if key == b'#' {
            break;
        }
        digits.push(key);
        if digits.len() >= most {
            break;
        }
        wait = between;
    }
    call.reply([b"200 result=", digits.as_slice()].concat());
    Handled::Success
}

/// `GET OPTION file digits [timeout]`
pub(super) fn get_option(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let timeout = match arguments.get(2) {
        None => Some(DIGIT_TIMEOUT),
        Some(word) => u64::try_from(atoi(word)).ok().map(Duration::from_millis),
    };
    let digits = argument(arguments, 1);
    let heard = call.play(argument(arguments, 0), 0, Listen::open(Keys::These(digits)));
    let status = if heard.ending == Ending::Finished { "SUCCESS" } else { "FAILED" };
    let mut key = result(heard);
    match heard.ending {
        Ending::Command => return Handled::Success,
        Ending::Finished => {
            let until = timeout.map(|timeout| call.after(timeout));
            // A key that is not among them ends the wait, too, and so do the hangup and the next command.
            key = match call.wait(until, Listen::open(Keys::All)) {
                Happened::Key(pressed) if digits.contains(&pressed) => i32::from(pressed),
                _ => 0,
            };
        }
        Ending::Key(_) => {}
        Ending::Hangup | Ending::Missing => {
            call.reply(format!("200 result=-1 endpos={}", heard.position));
            return Handled::Failure;
        }
    }
    call.channel.set_variable(b"PLAYBACKSTATUS", status.as_bytes());
    call.reply(format!("200 result={key} endpos={}", heard.position));
    Handled::Success
}
