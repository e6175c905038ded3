//! DB(…) and its relatives.

use std::collections::BTreeSet;

use crate::emulator::Version;
use crate::emulator::channel::Channel;

/// `family/key`.
fn entry(arguments: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let at = arguments.iter().position(|&byte| byte == b'/')?;
    Some((arguments.get(..at)?.to_vec(), arguments.get(at + 1..)?.to_vec()))
}

pub(super) fn read(
    channel: &mut Channel,
    version: Version,
    name: &str,
    arguments: &[u8],
) -> Option<Vec<u8>> {
    match name {
        "DB" => {
            let value = channel.database.get(&entry(arguments)?).cloned().unwrap_or_default();
            channel.set_variable(b"DB_RESULT", &value);
            Some(value)
        }
        "DB_EXISTS" => {
            let value = channel.database.get(&entry(arguments)?).cloned();
            let found = if value.is_some() { &b"1"[..] } else { b"0" };
            if let Some(value) = value {
                channel.set_variable(b"DB_RESULT", &value);
            }
            Some(found.to_vec())
        }
        "DB_DELETE" => {
            let value = channel.database.remove(&entry(arguments)?).unwrap_or_default();
            channel.set_variable(b"DB_RESULT", &value);
            Some(value)
        }
        "DB_KEYCOUNT" => Some(below(channel, arguments).len().to_string().into_bytes()),
        _ => {
            let keys: Vec<Vec<u8>> = below(channel, arguments).into_iter().collect();
            let mut list = keys.join(&b',');
            // 22 begins the list of all families by a comma.
            if arguments.is_empty() && version >= Version::new(17, 0) {
                list.insert(0, b',');
            }
            Some(list)
        }
    }
}

/// The families, or the keys of one.
fn below(channel: &Channel, family: &[u8]) -> BTreeSet<Vec<u8>> {
    let keys = channel.database.keys();
    match family {
        [] => keys.map(|(family, _)| family.clone()).collect(),
        _ => keys.filter(|(it, _)| it == family).map(|(_, key)| key.clone()).collect(),
    }
}

pub(super) fn delete(channel: &mut Channel, arguments: &[u8]) {
    if let Some(entry) = entry(arguments) {
        channel.database.remove(&entry);
    }
}

pub(super) fn write(channel: &mut Channel, arguments: &[u8], value: &[u8]) {
    if let Some(entry) = entry(arguments) {
        channel.database.insert(entry, value.to_vec());
    }
}
