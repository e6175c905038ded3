//! Keys and texts: WAIT FOR DIGIT, RECEIVE CHAR, RECEIVE TEXT, SEND TEXT, SEND IMAGE.

use std::time::Duration;

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::{atoi, scan};
use crate::emulator::wait::{Happened, Listen};

/// A time in milliseconds; a negative one has no end.
fn millis(value: i32) -> Option<Duration> {
    u64::try_from(value).ok().map(Duration::from_millis)
}

/// `WAIT FOR DIGIT timeout`
pub(super) fn wait_for_digit(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let Some(timeout) = scan(argument(arguments, 0)) else { return Handled::Usage };
    let until = millis(timeout).map(|timeout| call.after(timeout));
    let result = loop {
        match call.wait(until, Listen::open(Keys::All)) {
            Happened::Time => break 0,
            Happened::Key(key) => break i32::from(key),
            Happened::Text(_) => {}
            Happened::Command => break 1,
            Happened::Hangup => break -1,
        }
    };
    call.reply(format!("200 result={result}"));
    if result == -1 { Handled::Failure } else { Handled::Success }
}

/// The next text from the caller's side, if one comes in time.
fn text(call: &mut Call, timeout: i32) -> Option<Vec<u8>> {
    let until = millis(timeout).map(|timeout| call.after(timeout));
    loop {
        match call.wait(until, Listen::deaf()) {
            Happened::Text(text) => return Some(text),
            Happened::Time | Happened::Hangup => return None,
            Happened::Key(_) | Happened::Command => {}
        }
    }
}

/// `RECEIVE CHAR timeout`
pub(super) fn receive_char(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    match text(call, atoi(argument(arguments, 0))) {
        Some(text) => {
            match text.first() {
                Some(byte) => call.reply(format!("200 result={byte}")),
                None => call.reply("200 result=0 (timeout)"),
            }
            Handled::Success
        }
        None => {
            call.reply("200 result=-1 (hangup)");
            Handled::Failure
        }
    }
}

/// `RECEIVE TEXT timeout`
pub(super) fn receive_text(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    match text(call, atoi(argument(arguments, 0))) {
        Some(text) => call.reply([b"200 result=1 (", text.as_slice(), b")"].concat()),
        None => call.reply("200 result=-1"),
    }
    Handled::Success
}

/// `SEND TEXT text`
pub(super) fn send_text(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    sent(call)
}

/// `SEND IMAGE image`
pub(super) fn send_image(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    sent(call)
}

fn sent(call: &mut Call) -> Handled {
    if call.hung_up {
        call.reply("200 result=-1");
        return Handled::Failure;
    }
    call.reply("200 result=0");
    Handled::Success
}
