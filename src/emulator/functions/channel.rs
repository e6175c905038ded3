//! CHANNEL(…).

use crate::emulator::channel::Channel;

/// A channel's states, by their numbers.
const STATES: [&str; 10] = [
    "Down",
    "Rsrvd",
    "OffHook",
    "Dialing",
    "Ring",
    "Ringing",
    "Up",
    "Busy",
    "Dialing Offhook",
    "Pre-ring",
];

/// What is only a text to keep.
const KEPT: [&str; 10] = [
    "musicclass",
    "parkinglot",
    "userfield",
    "peeraccount",
    "hangupsource",
    "max_forwards",
    "after_bridge_goto",
    "dtmf_features",
    "peer",
    "transfercapability",
];

/// What `CHANNEL(item)` gives. An item that there is not is a failure.
pub(super) fn read(channel: &Channel, hung_up: bool, item: &[u8]) -> Option<Vec<u8>> {
    let item = String::from_utf8_lossy(item).to_ascii_lowercase();
    Some(match item.as_str() {
        "name" | "channame" => channel.name.clone(),
        "language" => channel.language.clone(),
        "state" => STATES.get(usize::from(channel.state)).copied().unwrap_or("Unknown").into(),
        "channeltype" => channel.technology.clone(),
        "uniqueid" | "linkedid" => channel.uniqueid.clone(),
        "exten" | "lastexten" => channel.extension.clone(),
        "context" | "lastcontext" => channel.context.clone(),
        "accountcode" => channel.accountcode.clone(),
        "appname" => b"AGI".to_vec(),
        "appdata" => [&channel.request]
            .into_iter()
            .chain(&channel.arguments)
            .cloned()
            .collect::<Vec<_>>()
            .join(&b','),
        "checkhangup" => if hung_up { "1" } else { "0" }.into(),
        "onhold" => b"0".to_vec(),
        "amaflags" => b"3".to_vec(),
        "audioreadformat" => channel.reads.clone(),
        "audiowriteformat" => b"slin".to_vec(),
        "audionativeformat" => b"(slin)".to_vec(),
        "videonativeformat" => b"(nothing)".to_vec(),
        "callgroup"
        | "pickupgroup"
        | "namedcallgroup"
        | "namedpickupgroup"
        | "tenantid"
        | "secure_bridge_signaling" => Vec::new(),
        kept if KEPT.contains(&kept) => match (channel.items.get(kept), kept) {
            (Some(value), _) => value.clone(),
            (None, "max_forwards") => b"20".to_vec(),
            (None, "transfercapability") => b"SPEECH".to_vec(),
            (None, _) => Vec::new(),
        },
        _ => return None,
    })
}

/// Sets what can be set.
pub(super) fn write(channel: &mut Channel, item: &[u8], value: &[u8]) {
    let item = String::from_utf8_lossy(item).to_ascii_lowercase();
    match item.as_str() {
        "language" => channel.language = value.to_vec(),
        "accountcode" => channel.accountcode = value.to_vec(),
        kept if KEPT.contains(&kept) => {
            channel.items.insert(item, value.to_vec());
        }
        _ => {}
    }
}
