//! Sounds: where Asterisk looks for them, and which are not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use agikit::wire;

use super::finding::{self, Finding};

/// The extensions of all formats that Asterisk has, 16 and 22.
const EXTENSIONS: [&str; 36] = [
    "gsm", "wav", "ulaw", "alaw", "sln", "g722", "g729", "wav16", "WAV", "wav49", "ul", "mu",
    "ulw", "pcm", "al", "alw", "au", "raw", "sln12", "sln16", "sln24", "sln32", "sln44", "sln48",
    "sln96", "sln192", "g723", "g723sf", "g719", "ilbc", "siren7", "siren14", "ogg", "vox", "mp3",
    "opus",
];
/// The most names that one line lists.
const LISTED: usize = 12;

/// Where Asterisk looks.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    /// `sounds` in the data folder.
    pub(super) folder: PathBuf,
    /// `sounds_search_custom_dir`: what is in `custom` comes first.
    pub(super) custom: bool,
    /// The languages in which callers are spoken to.
    pub(super) languages: Vec<String>,
}

impl Shelf {
    /// The folders in which Asterisk looks for a caller of that language, the first one first: `en_GB`, `en`, none.
    pub(super) fn folders(&self, language: &str) -> Vec<PathBuf> {
        let mut tops = vec![self.folder.clone()];
        if self.custom {
            tops.insert(0, self.folder.join("custom"));
        }
        let mut folders = Vec::new();
        for top in tops {
            let mut language = language;
            while !language.is_empty() {
                folders.push(top.join(language));
                language = language.rsplit_once('_').map_or("", |(before, _)| before);
            }
            folders.push(top);
        }
        folders
    }

    /// Whether the sound is there, in any format.
    pub(super) fn has(&self, name: &str, language: &str) -> bool {
        let there = |path: &Path| {
            let Some(file) = path.file_name() else { return false };
            EXTENSIONS.iter().any(|extension| {
                let mut file = file.to_owned();
                file.push(".");
                file.push(extension);
                fs::metadata(path.with_file_name(file)).is_ok_and(|it| it.is_file())
            })
        };
        if name.starts_with('/') {
            return there(Path::new(name));
        }
        self.folders(language).iter().any(|folder| there(&folder.join(name)))
    }

    /// What is not there of these, a finding a language. `who` tells who asks for them.
    pub(super) fn look(&self, sounds: &BTreeSet<String>, who: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        for (at, language) in self.languages.iter().enumerate() {
            let missing: Vec<&str> = sounds
                .iter()
                .map(String::as_str)
                // What SAY … consists of is other in other languages, and is known of the first call's only.
                .filter(|sound| at == 0 || !is_of_say(sound))
                .filter(|sound| !self.has(sound, language))
                .collect();
            if missing.is_empty() {
                continue;
            }
            let names = list(&missing);
            let what = match missing.len() {
                1 => format!("{who} the sound {names}, which is not there for language {language}"),
                count => format!(
                    "{who} {count} sounds that are not there for language {language}: {names}"
                ),
            };
            let place = self.folders(language);
            let place = place.first().map_or(self.folder.as_path(), PathBuf::as_path);
            let cure = format!(
                "put them below {} (such as {}.wav, 8000 Hz, 16 bits, mono), or install Asterisk's own sounds \
                 of that language",
                finding::path(place),
                missing.first().unwrap_or(&"NAME"),
            );
            found.push(Finding::fault("no-sound", what, cure));
        }
        found
    }
}

fn list(names: &[&str]) -> String {
    let some: Vec<&str> = names.iter().take(LISTED).copied().collect();
    match names.len().saturating_sub(LISTED) {
        0 => some.join(", "),
        more => format!("{}, and {more} more", some.join(", ")),
    }
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

    fn shelf(folder: &Path) -> Shelf {
        Shelf { folder: folder.to_owned(), custom: false, languages: vec!["en".into()] }
    }

    #[test]
    fn looks_where_asterisk_looks() {
        let mut shelf = shelf(Path::new("/s"));
        let folders = |shelf: &Shelf, language: &str| -> Vec<String> {
            shelf.folders(language).iter().map(|it| it.display().to_string()).collect()
        };
        assert_eq!(folders(&shelf, "en_GB"), ["/s/en_GB", "/s/en", "/s"]);
        assert_eq!(folders(&shelf, ""), ["/s"]);
        shelf.custom = true;
        assert_eq!(folders(&shelf, "de"), ["/s/custom/de", "/s/custom", "/s/de", "/s"]);
    }

    #[test]
    fn finds_any_format() {
        let top = std::env::temp_dir().join(format!("agikit-shelf-{}", std::process::id()));
        fs::create_dir_all(top.join("en/digits")).unwrap();
        for name in ["en/digits/1.gsm", "en/v1.0.sln16", "alone.WAV", "en/text.txt"] {
            fs::write(top.join(name), "").unwrap();
        }
        let mut shelf = shelf(&top);
        for (name, there) in [
            ("digits/1", true),
            ("v1.0", true),
            ("alone", true),
            ("text", false),
            ("digits", false),
            ("digits/1.gsm", false),
            ("", false),
            ("..", false),
        ] {
            assert_eq!(shelf.has(name, "en_GB"), there, "{name}");
        }
        assert!(shelf.has(&top.join("alone").display().to_string(), "xx"));
        shelf.languages.push("de".into());
        let sounds = ["alone", "digits/1", "v1.0", "menu"].map(str::to_owned).into();
        let found: Vec<String> = shelf
            .look(&sounds, "it plays")
            .iter()
            .map(|it| it.json()["what"].to_string())
            .collect();
        assert_eq!(
            found,
            [
                "\"it plays the sound menu, which is not there for language en\"",
                "\"it plays 2 sounds that are not there for language de: menu, v1.0\""
            ]
        );
        fs::remove_dir_all(top).unwrap();
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
