//! DB(…) and its relatives.

use std::collections::BTreeSet;

use crate::emulator::Version;
use crate::emulator::channel::Channel;

/// `family/key`, as it stands in AstDB.
fn entry(arguments: &[u8]) -> Option<&[u8]> {
    arguments.contains(&b'/').then_some(arguments)
}

pub(super) fn read(
    channel: &mut Channel,
    version: Version,
    name: &str,
    arguments: &[u8],
) -> Option<Vec<u8>> {
    match name {
        "DB" => {
            let value = channel.database.get(entry(arguments)?).cloned().unwrap_or_default();
            channel.set_variable(b"DB_RESULT", &value);
            Some(value)
        }
        "DB_EXISTS" => {
            let value = channel.database.get(entry(arguments)?).cloned();
            let found = if value.is_some() { &b"1"[..] } else { b"0" };
            if let Some(value) = value {
                channel.set_variable(b"DB_RESULT", &value);
            }
            Some(found.to_vec())
        }
        "DB_DELETE" => {
            let value = channel.database.remove(entry(arguments)?).unwrap_or_default();
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
    let prefix = if family.is_empty() { Vec::new() } else { [family, b"/"].concat() };
    let names = channel.database.keys().filter_map(|entry| entry.strip_prefix(prefix.as_slice()));
    names.filter_map(|name| name.split(|&byte| byte == b'/').next()).map(<[u8]>::to_vec).collect()
}

pub(super) fn delete(channel: &mut Channel, arguments: &[u8]) {
    if let Some(entry) = entry(arguments) {
        channel.database.remove(entry);
    }
}

pub(super) fn write(channel: &mut Channel, arguments: &[u8], value: &[u8]) {
    if let Some(entry) = entry(arguments) {
        channel.database.insert(entry.to_vec(), value.to_vec());
    }
}
