//! The dialplan: EXEC, GOSUB, NOOP, VERBOSE, ASYNCAGI BREAK.

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::dialplan;
use crate::emulator::number::scan;

/// `NOOP`, and `ASYNCAGI BREAK` outside AsyncAGI.
pub(super) fn noop(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    call.reply("200 result=0");
    Handled::Success
}

/// `VERBOSE message [level]`
pub(super) fn verbose(call: &mut Call, _: &[Vec<u8>]) -> Handled {
    call.reply("200 result=1");
    Handled::Success
}

/// `EXEC application [arguments]`: further words are dropped.
pub(super) fn exec(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let name = String::from_utf8_lossy(argument(arguments, 0)).into_owned();
    let mut words = argument(arguments, 1).to_vec();
    if call.version.knows_execfull() && call.channel.is_true("AGIEXECFULL") {
        words = call.evaluate(&words);
    }
    let result = dialplan::execute(call, &name, &words);
    call.reply(format!("200 result={result}"));
    // The application's result is taken for the command's own as well.
    match result {
        1 => Handled::Usage,
        2 => Handled::Failure,
        _ => Handled::Success,
    }
}

/// `GOSUB context extension priority [arguments]`
pub(super) fn gosub(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    // A priority is the number at the word's beginning, and a label only where there is none.
    let word = argument(arguments, 2);
    let priority = match scan(word) {
        Some(priority @ 1..) => priority.to_string().into_bytes(),
        _ => word.to_vec(),
    };
    let place = (argument(arguments, 0).to_vec(), argument(arguments, 1).to_vec(), priority);
    let Some(mut routine) = call.doors.routines.remove(&place) else {
        call.reply("200 result=-1 Gosub label not found");
        return Handled::Failure;
    };
    call.reply("100 result=0 Trying...");
    let words = argument(arguments, 3);
    let given: Vec<Vec<u8>> = match words {
        [] => Vec::new(),
        words => words.split(|&byte| byte == b',').map(<[u8]>::to_vec).collect(),
    };
    let value = routine(&mut dialplan::Dialplan::new(call), &given);
    call.doors.routines.insert(place, routine);
    if let Some(value) = value.filter(|_| !call.hung_up) {
        call.channel.set_variable(b"GOSUB_RETVAL", &value);
        call.reply("200 result=0 Gosub complete");
    } else {
        call.reply("200 result=0 Gosub complete (abnormal exit)");
    }
    Handled::Success
}
