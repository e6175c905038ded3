//! The emulator as the options want it.

use agikit::emulator::{Asterisk, Version};

use super::options::{self, Call};

/// What the options say of the caller and of Asterisk.
pub(super) fn prepared(options: &Call) -> Result<Asterisk, String> {
    let mut asterisk = Asterisk::new().patience(options.patience).version(match options.asterisk {
        options::Version::V16 => Version::V16,
        options::Version::V22 => Version::V22,
    });
    if !options.fast {
        asterisk = asterisk.real_time();
    }
    if options.dead {
        asterisk = asterisk.dead();
    }
    if let Some(keys) = &options.keys {
        asterisk = asterisk.keys(keys);
    }
    if let Some(caller) = &options.caller {
        if let Some(number) = &caller.number {
            asterisk = asterisk.caller(number);
        }
        if let Some(name) = &caller.name {
            asterisk = asterisk.caller_name(name);
        }
    }
    if let Some(time) = options.hangup_after {
        asterisk = asterisk.hang_up_at(time);
    }
    if let Some(file) = &options.audio {
        let unread = |error| format!("cannot read the caller's audio: {error}");
        asterisk = match options.audio_at {
            None => asterisk.audio(file).map_err(unread)?,
            Some(begin) => asterisk.audio_at(begin, file).map_err(unread)?,
        };
    } else if options.eagi {
        asterisk = asterisk.silent();
    }
    if let Some(place) = &options.extension {
        let (extension, context) = place.split_once('@').unwrap_or((place, "default"));
        asterisk = asterisk.place(context, extension, 1);
    }
    for set in &options.set {
        asterisk = asterisk.variable(&set.name, &set.value);
    }
    for entry in &options.database {
        asterisk = asterisk.database(&entry.family, &entry.key, &entry.value);
    }
    for folder in &options.sounds {
        let unread = |error| format!("cannot read the sounds of {}: {error}", folder.display());
        asterisk = asterisk.sounds(folder).map_err(unread)?;
    }
    for (name, length) in &options.sound {
        asterisk = asterisk.sound(name, *length);
    }
    Ok(asterisk)
}
