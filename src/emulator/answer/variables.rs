//! Variables.

use super::{Handled, argument};
use crate::emulator::call::Call;

/// GET VARIABLE's buffer holds so many bytes and a NUL.
const LONGEST: usize = 1023;

/// `GET VARIABLE name`
pub(super) fn get(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let name = argument(arguments, 0);
    match call.read(name) {
        Some(mut value) => {
            value.truncate(LONGEST);
            call.reply([b"200 result=1 (", value.as_slice(), b")"].concat());
        }
        None => call.reply("200 result=0"),
    }
    Handled::Success
}

/// `GET FULL VARIABLE expression [channel]`
pub(super) fn get_full(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    if arguments.get(1).is_some_and(|name| !call.channel.is_named(name)) {
        call.reply("200 result=0");
        return Handled::Success;
    }
    let value = call.evaluate(argument(arguments, 0));
    call.reply([b"200 result=1 (", value.as_slice(), b")"].concat());
    Handled::Success
}

/// `SET VARIABLE name value`
pub(super) fn set(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    call.write(argument(arguments, 0), argument(arguments, 1));
    call.reply("200 result=1");
    Handled::Success
}
