//! AstDB.

use super::{Handled, argument};
use crate::emulator::call::Call;
use crate::emulator::channel;

fn entry(arguments: &[Vec<u8>]) -> Vec<u8> {
    channel::entry(argument(arguments, 0), argument(arguments, 1))
}

/// `DATABASE GET family key`
pub(super) fn get(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    match call.channel.database.get(&entry(arguments)) {
        Some(value) => {
            let reply = [b"200 result=1 (", value.as_slice(), b")"].concat();
            call.reply(reply);
        }
        None => call.reply("200 result=0"),
    }
    Handled::Success
}

/// `DATABASE PUT family key value`
pub(super) fn put(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let value = argument(arguments, 2).to_vec();
    call.channel.database.insert(entry(arguments), value);
    call.reply("200 result=1");
    Handled::Success
}

/// `DATABASE DEL family key`: 1 also where there is no such key.
pub(super) fn del(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    call.channel.database.remove(&entry(arguments));
    call.reply("200 result=1");
    Handled::Success
}

/// `DATABASE DELTREE family [tree]`: 0 where something was deleted.
pub(super) fn deltree(call: &mut Call, arguments: &[Vec<u8>]) -> Handled {
    let prefix = match argument(arguments, 1) {
        [] => argument(arguments, 0).to_vec(),
        tree => channel::entry(argument(arguments, 0), tree),
    };
    let before = call.channel.database.len();
    call.channel.database.retain(|entry, _| {
        let below = entry.strip_prefix(prefix.as_slice());
        !below.is_some_and(|below| below.is_empty() || below.starts_with(b"/"))
    });
    let deleted = call.channel.database.len() < before;
    call.reply(if deleted { "200 result=0" } else { "200 result=1" });
    Handled::Success
}
