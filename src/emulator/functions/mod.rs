//! Dialplan functions that look at the channel or AstDB.

mod callerid;
mod channel;
mod database;

use std::time::Duration;

use crate::emulator::call::Call;
use crate::emulator::channel::Channel;

/// The functions that look at the channel or AstDB.
const KNOWN: [&str; 11] = [
    "CALLERID",
    "CHANNEL",
    "CHANNELS",
    "CHANNEL_EXISTS",
    "DB",
    "DB_DELETE",
    "DB_EXISTS",
    "DB_KEYCOUNT",
    "DB_KEYS",
    "GLOBAL",
    "TIMEOUT",
];

/// Whether there is such a function here.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// What a function gives; nothing where it fails, or where there is none of that name.
pub(super) fn read(call: &mut Call, name: &str, arguments: &[u8]) -> Option<Vec<u8>> {
    match name {
        "CALLERID" => callerid::read(&call.channel.identity, arguments),
        "CHANNEL" => channel::read(&call.channel, call.hung_up, arguments),
        "DB" | "DB_EXISTS" | "DB_DELETE" | "DB_KEYS" | "DB_KEYCOUNT" => {
            database::read(&mut call.channel, call.version, name, arguments)
        }
        "CHANNEL_EXISTS" => Some(flag(call.channel.is_named(arguments))),
        "CHANNELS" => Some(call.channel.name.clone()),
        "GLOBAL" => Some(call.channel.globals.get(arguments).cloned().unwrap_or_default()),
        "TIMEOUT" => timeout(call, arguments),
        _ => None,
    }
}

/// Writes to a function; what cannot be written is as it was.
pub(super) fn write(channel: &mut Channel, name: &str, arguments: &[u8], value: &[u8]) {
    match name {
        "CALLERID" => callerid::write(&mut channel.identity, arguments, value),
        "CHANNEL" => channel::write(channel, arguments, value),
        "DB" => database::write(channel, arguments, value),
        "GLOBAL" => {
            channel.globals.insert(arguments.to_vec(), value.to_vec());
        }
        "DB_DELETE" => database::delete(channel, arguments),
        _ => {}
    }
}

/// Writes to `TIMEOUT(absolute)`, which is SET AUTOHANGUP's clock.
pub(super) fn set_timeout(call: &mut Call, item: &[u8], value: &[u8]) {
    let seconds = std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok());
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    if item.eq_ignore_ascii_case(b"absolute") {
        call.autohangup =
            time.filter(|time| !time.is_zero()).and_then(|time| call.now().checked_add(time));
    }
}

fn flag(yes: bool) -> Vec<u8> {
    if yes { b"1".to_vec() } else { b"0".to_vec() }
}

/// `TIMEOUT(absolute)` is what SET AUTOHANGUP sets, too; the others are the dialplan's defaults.
fn timeout(call: &Call, item: &[u8]) -> Option<Vec<u8>> {
    let left = call.autohangup.map(|at| at.saturating_sub(call.now()));
    Some(match item.to_ascii_lowercase().as_slice() {
        b"absolute" => match left {
            Some(left) => format!("{:.3}", left.as_secs_f64()).into_bytes(),
            None => b"0".to_vec(),
        },
        b"digit" => b"5.000".to_vec(),
        b"response" => b"10.000".to_vec(),
        _ => return None,
    })
}
