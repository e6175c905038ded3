//! Sounds: which a program asks for, and which are not there.

use std::collections::BTreeSet;
use std::path::PathBuf;

use agikit::ivr::SoundsDirectory;
use agikit::wire;

use super::finding::{self, Finding};

/// The most names that one line lists.
const LISTED: usize = 12;

/// Asterisk's sounds, and who hears them.
#[derive(Debug, Clone)]
pub(super) struct Sounds {
    pub(super) directory: SoundsDirectory,
    /// The languages in which callers are spoken to.
    pub(super) languages: Vec<String>,
}

impl Sounds {
    /// What is not there of what the call in the first language asked for, a finding a language.
    pub(super) fn played(&self, sounds: &BTreeSet<String>) -> Vec<Finding> {
        let languages = self.languages.iter().enumerate();
        languages
            .filter_map(|(at, language)| {
                self.look(&of_language(sounds, at == 0), language, "it plays")
            })
            .collect()
    }

    /// What is not there of what the program lists, language by language, and is not told by the call.
    pub(super) fn listed(
        &self,
        lists: &[(String, BTreeSet<String>)],
        played: &BTreeSet<String>,
    ) -> Vec<Finding> {
        let first = self.languages.first();
        lists
            .iter()
            .filter_map(|(language, listed)| {
                let told = of_language(played, Some(language) == first);
                self.look(&(listed - &told), language, "it lists")
            })
            .collect()
    }

    /// What is not there of these in a language. `who` tells who asks for them.
    fn look(&self, sounds: &BTreeSet<String>, language: &str, who: &str) -> Option<Finding> {
        let missing: Vec<&str> = sounds
            .iter()
            .map(String::as_str)
            .filter(|sound| !self.directory.has(sound, language))
            .collect();
        let first = missing.first()?;
        let names = list(&missing);
        let what = match missing.len() {
            1 => format!("{who} the sound {names}, which is not there for language {language}"),
            count => {
                format!("{who} {count} sounds that are not there for language {language}: {names}")
            }
        };
        let place = self.directory.folders(language);
        let place = place.first().map_or(self.directory.folder(), PathBuf::as_path);
        let cure = format!(
            "put them below {} (such as {}.wav, 8000 Hz, 16 bits, mono), or install Asterisk's own sounds \
                 of that language",
            finding::path(place),
            first,
        );
        Some(Finding::fault("no-sound", what, cure))
    }
}

fn list(names: &[&str]) -> String {
    let some: Vec<&str> = names.iter().take(LISTED).copied().collect();
    match names.len().saturating_sub(LISTED) {
        0 => some.join(", "),
        more => format!("{}, and {more} more", some.join(", ")),
    }
}

/// What is played in a language: what SAY … consists of is other in others, and is known of the call's only.
fn of_language(sounds: &BTreeSet<String>, is_the_calls: bool) -> BTreeSet<String> {
    sounds.iter().filter(|sound| is_the_calls || !is_of_say(sound)).cloned().collect()
}

fn is_of_say(sound: &str) -> bool {
    ["digits/", "letters/", "phonetic/"].iter().any(|folder| sound.starts_with(folder))
}

/// A name that may well be a sound's.
pub(super) fn is_plausible(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name.chars().all(|c| !c.is_control() && !c.is_whitespace())
        && !name.contains("://")
}

/// The sounds that a command asks for by name.
pub(super) fn asked(command: &str) -> Vec<String> {
    let words: Vec<String> = wire::split(command.as_bytes())
        .into_iter()
        .map(|word| String::from_utf8_lossy(&word).into_owned())
        .collect();
    let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let first: Vec<&str> = upper.iter().map(String::as_str).collect();
    let names: Vec<&str> = match first.as_slice() {
        ["STREAM", "FILE", ..] | ["GET", "OPTION", ..] | ["GET", "DATA", ..] => {
            words.get(2).map(String::as_str).into_iter().collect()
        }
        ["CONTROL", "STREAM", "FILE", ..] => {
            // `name:end` begins at the end.
            let name = words.get(3).map(|name| name.strip_suffix(":end").unwrap_or(name));
            name.into_iter().collect()
        }
        ["SPEECH", "RECOGNIZE", ..] => words.get(2).map(String::as_str).into_iter().collect(),
        ["EXEC", application @ ("PLAYBACK" | "BACKGROUND" | "READ"), ..] => {
            let options = words.get(2).map_or("", String::as_str);
            let files = options.split(',').nth(usize::from(*application == "READ"));
            files.into_iter().flat_map(|files| files.split('&')).collect()
        }
        _ => Vec::new(),
    };
    names.into_iter().filter(|name| is_plausible(name)).map(str::to_owned).collect()
}

/// Whether the command fails, and makes AGISTATUS a failure, where its sound is not there.
pub(super) fn must_have(command: &str) -> bool {
    let command = command.to_ascii_uppercase();
    let words: Vec<&str> = command.split_ascii_whitespace().take(3).collect();
    words.starts_with(&["STREAM", "FILE"])
        || words.starts_with(&["GET", "OPTION"])
        || words.starts_with(&["CONTROL", "STREAM", "FILE"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_missing_in_each_language() {
        let top = std::env::temp_dir().join(format!("agikit-missing-{}", std::process::id()));
        std::fs::create_dir_all(top.join("en/digits")).unwrap();
        for name in ["en/digits/1.gsm", "en/v1.0.sln16", "alone.WAV"] {
            std::fs::write(top.join(name), "").unwrap();
        }
        let languages = vec!["en".into(), "de".into()];
        let house = Sounds { directory: SoundsDirectory::new(&top), languages };
        let sounds = ["alone", "digits/1", "v1.0", "menu"].map(str::to_owned).into();
        let found: Vec<String> =
            house.played(&sounds).iter().map(|it| it.json()["what"].to_string()).collect();
        assert_eq!(
            found,
            [
                "\"it plays the sound menu, which is not there for language en\"",
                "\"it plays 2 sounds that are not there for language de: menu, v1.0\""
            ]
        );
        // A list is of its language, whole.
        let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let lists = [
            ("en".to_owned(), list(&["menu", "digits/1", "bye"])),
            ("de".to_owned(), list(&["menu", "digits/1", "digits/und"])),
        ];
        let found: Vec<String> =
            house.listed(&lists, &sounds).iter().map(|it| it.json()["what"].to_string()).collect();
        assert_eq!(
            found,
            [
                "\"it lists the sound bye, which is not there for language en\"",
                "\"it lists 2 sounds that are not there for language de: digits/1, digits/und\""
            ]
        );
        std::fs::remove_dir_all(top).unwrap();
    }

    #[test]
    fn reads_what_commands_ask_for() {
        let is = |command: &str, names: &[&str]| assert_eq!(asked(command), names, "{command}");
        is("STREAM FILE \"welcome\" \"#\"", &["welcome"]);
        is("get data menu 5000", &["menu"]);
        is("GET OPTION a 1", &["a"]);
        is("CONTROL STREAM FILE a:end \"\"", &["a"]);
        is("EXEC Playback \"a&b,skip\"", &["a", "b"]);
        is("EXEC Read X,c,4", &["c"]);
        is("GET DATA \"\"", &[]);
        is("STREAM FILE", &[]);
        is("EXEC Playback http://x/y", &[]);
        is("NOOP a b", &[]);
        assert!(must_have("stream file \"a\" \"\"") && !must_have("GET DATA a"));
    }
}
