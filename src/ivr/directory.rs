//! Where Asterisk looks for a sound.

use std::fs;
use std::path::{Path, PathBuf};

/// The extensions of all formats that Asterisk has, 16 and 22.
const EXTENSIONS: [&str; 36] = [
    "gsm", "wav", "ulaw", "alaw", "sln", "g722", "g729", "wav16", "WAV", "wav49", "ul", "mu",
    "ulw", "pcm", "al", "alw", "au", "raw", "sln12", "sln16", "sln24", "sln32", "sln44", "sln48",
    "sln96", "sln192", "g723", "g723sf", "g719", "ilbc", "siren7", "siren14", "ogg", "vox", "mp3",
    "opus",
];

/// Asterisk's folder of sounds, searched as Asterisk does: first in the folder of the caller's language (`en_GB`, then
/// `en`), then beside those folders, in every format.
///
/// ```
/// use agikit::ivr::SoundsDirectory;
///
/// let directory = SoundsDirectory::new("/usr/share/asterisk/sounds");
/// let folders = directory.folders("en_GB");
/// assert_eq!(folders[0].to_str(), Some("/usr/share/asterisk/sounds/en_GB"));
/// assert_eq!(folders.len(), 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundsDirectory {
    folder: PathBuf,
    custom: bool,
}

impl SoundsDirectory {
    /// The folder `sounds` in Asterisk's data folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        SoundsDirectory { folder: folder.into(), custom: false }
    }

    /// Whether what is in `custom` comes first: `sounds_search_custom_dir` in asterisk.conf.
    #[must_use]
    pub fn custom_first(mut self, yes: bool) -> Self {
        self.custom = yes;
        self
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folders in which Asterisk looks for a caller of that language, the first one first.
    #[must_use]
    pub fn folders(&self, language: &str) -> Vec<PathBuf> {
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

    /// Whether the sound is there for a caller of that language, in any format.
    #[must_use]
    pub fn has(&self, name: &str, language: &str) -> bool {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_where_asterisk_looks() {
        let folders = |directory: &SoundsDirectory, language: &str| -> Vec<String> {
            directory.folders(language).iter().map(|it| it.display().to_string()).collect()
        };
        let directory = SoundsDirectory::new("/s");
        assert_eq!(folders(&directory, "en_GB"), ["/s/en_GB", "/s/en", "/s"]);
        assert_eq!(folders(&directory, ""), ["/s"]);
        let directory = directory.custom_first(true);
        assert_eq!(folders(&directory, "de"), ["/s/custom/de", "/s/custom", "/s/de", "/s"]);
    }

    #[test]
    fn finds_any_format() {
        let top = std::env::temp_dir().join(format!("agikit-directory-{}", std::process::id()));
        fs::create_dir_all(top.join("en/digits")).unwrap();
        for name in ["en/digits/1.gsm", "en/v1.0.sln16", "alone.WAV", "en/text.txt"] {
            fs::write(top.join(name), "").unwrap();
        }
        let directory = SoundsDirectory::new(&top);
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
            assert_eq!(directory.has(name, "en_GB"), there, "{name}");
        }
        assert!(directory.has(&top.join("alone").display().to_string(), "xx"));
        fs::remove_dir_all(top).unwrap();
    }
}
