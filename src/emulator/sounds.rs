//! The sounds that exist, and how long each is.
//!
//! A sound is known by its name without extension. Those of Asterisk's English core sounds are there already;
//! a test may add its own, read a folder, and take some away.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

mod core;
mod file;

/// Where Asterisk's own sounds lie, and the folders of the language there.
const PLACES: [&[u8]; 2] = [b"/usr/share/asterisk/sounds/", b"/var/lib/asterisk/sounds/"];
const LANGUAGES: [&[u8]; 3] = [b"en/", b"en_US/", b"en_US_f_Allison/"];

/// Which sounds exist, each with its length in samples at 8 kHz.
#[derive(Debug, Default, Clone)]
pub(super) struct Sounds {
    /// What was added (a length) or taken away (`None`); both win over the core sounds.
    own: BTreeMap<Vec<u8>, Option<u32>>,
}

impl Sounds {
    /// The length of a sound; `None` when there is no such sound. An absolute path that nobody added is looked
    /// for on the disk, as Asterisk does.
    pub(super) fn samples(&self, name: &[u8]) -> Option<u32> {
        let name = plain(name);
        if let Some(own) = self.own.get(&name) {
            return *own;
        }
        core::samples(&name).or_else(|| file::on_disk(&name))
    }

    /// Whether there is such a sound.
    pub(super) fn exists(&self, name: &[u8]) -> bool {
        self.samples(name).is_some()
    }

    /// Adds a sound of this length, or changes the length of one.
    pub(super) fn add(&mut self, name: &[u8], length: Duration) {
        self.add_samples(name, u32::try_from(length.as_micros() / 125).unwrap_or(u32::MAX));
    }

    /// Adds a sound of so many samples, or changes the length of one.
    pub(super) fn add_samples(&mut self, name: &[u8], samples: u32) {
        self.own.insert(plain(name), Some(samples));
    }

    /// Says that there is no such sound.
    pub(super) fn remove(&mut self, name: &[u8]) {
        self.own.insert(plain(name), None);
    }

    /// Adds the sounds of a folder and of the folders in it: `digits/1` is the file `digits/1.wav`. Files of
    /// other kinds are passed over.
    pub(super) fn add_folder(&mut self, folder: &Path) -> io::Result<()> {
        file::in_folder(folder, &mut |name, samples| self.add_samples(name, samples))
    }
}

/// The name below the language's folder, without the detours that a path may make.
fn plain(name: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let (last, folders) = match name.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (name.get(at + 1..).unwrap_or_default(), name.get(..at).unwrap_or_default()),
        None => (name, &b""[..]),
    };
    for part in folders.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.push(last);
    let path = parts.join(&b'/');
    let path = if name.starts_with(b"/") { [b"/", &*path].concat() } else { path };
    let inside = PLACES.iter().find_map(|place| path.strip_prefix(*place)).unwrap_or(&path);
    LANGUAGES.iter().find_map(|language| inside.strip_prefix(*language)).unwrap_or(inside).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_core_sounds_by_every_name_that_asterisk_takes() {
        let sounds = Sounds::default();
        let folder = "/usr/share/asterisk/sounds";
        for name in
            ["beep", "en/beep", "en_US/beep", "./beep", "digits/../beep", "en_US_f_Allison/beep"]
        {
            assert_eq!(sounds.samples(name.as_bytes()), Some(3520), "{name}");
        }
        assert_eq!(sounds.samples(format!("{folder}/en/beep").as_bytes()), Some(3520));
        assert_eq!(sounds.samples(b"digits//1"), Some(7360));
        for name in [
            "beep.gsm",
            "de/beep",
            "",
            "/",
            "/beep",
            "/nosuch/beep",
            "BEEP",
            "digits/",
            "beep\n",
            "..",
        ] {
            assert_eq!(sounds.samples(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn what_was_added_or_taken_away_wins() {
        let mut sounds = Sounds::default();
        sounds.add(b"menu", Duration::from_millis(1500));
        sounds.add(b"beep", Duration::from_secs(u64::MAX));
        sounds.remove(b"en/tt-weasels");
        assert_eq!(sounds.samples(b"en/menu"), Some(12000));
        assert_eq!(sounds.samples(b"beep"), Some(u32::MAX));
        assert!(!sounds.exists(b"tt-weasels"));
        sounds.add_samples(b"tt-weasels", 160);
        assert!(sounds.exists(b"tt-weasels"));
    }
}
