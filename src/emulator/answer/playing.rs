//! STREAM FILE.

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::caller::Keys;
use crate::emulator::number::{scan, scan_long};
use crate::emulator::play::{Ending, Heard};
use crate::emulator::wait::Listen;

/// `STREAM FILE file digits [offset]`
pub(super) fn stream_file(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let offset = match arguments.get(2).map(|word| scan_long(word)) {
        None => 0,
        Some(Some(offset)) => offset,
        Some(None) => return Handled::Usage,
    };
    let keys = Keys::These(argument(arguments, 1));
    let from = u32::try_from(offset.max(0)).unwrap_or(u32::MAX);
    let heard = call.play(argument(arguments, 0), from, Listen::open(keys));
    let handled = match heard.ending {
        Ending::Command => return Handled::Success,
        Ending::Missing => {
            call.reply(format!("200 result=-1 endpos={offset}"));
            return Handled::Failure;
        }
        Ending::Hangup => Handled::Failure,
        Ending::Finished | Ending::Key(_) => Handled::Success,
    };
    let status = if heard.ending == Ending::Finished { "SUCCESS" } else { "FAILED" };
    call.channel.set_variable(b"PLAYBACKSTATUS", status.as_bytes());
    call.reply(format!("200 result={} endpos={}", result(heard), heard.position));
    handled
}

/// What a sound's ending is in a reply.
pub(super) fn result(heard: Heard) -> i32 {
    match heard.ending {
        Ending::Finished | Ending::Command => 0,
        Ending::Key(key) => i32::from(key),
        Ending::Hangup | Ending::Missing => -1,
    }
}

/// An optional number of 32 bits: the default where it is left out, nothing where it is none.
pub(super) fn optional(arguments: &[Vec<u8>], index: usize, default: i32) -> Option<i32> {
    match arguments.get(index) {
        None => Some(default),
        Some(word) => scan(word),
    }
}
