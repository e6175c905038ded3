//! The files of a project. They are real ones, in template/, of a project that is called `hotline`.

use super::origin::Origin;

/// What a project is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// For agi-bin.
    Program,
    /// FastAGI.
    Server,
}

/// A file's path in the project, and what it holds.
pub(super) type File = (&'static str, String);

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("template/", $name))
    };
}

/// The template's name.
const NAME: &str = "hotline";

/// All files of a project. A part of no workspace but its own, if that is to be said.
pub(super) fn all(name: &str, kind: Kind, origin: &Origin, alone: bool) -> Vec<File> {
    let (readme, main, feature) = match kind {
        Kind::Program => (template!("README.md"), template!("main.rs"), None),
        Kind::Server => {
            (template!("README_fastagi.md"), template!("main_fastagi.rs"), Some("fastagi"))
        }
    };
    let mut manifest = template!("manifest.toml").to_owned();
    if alone {
        manifest.push_str("\n# Not a part of the workspace around it.\n[workspace]\n");
    }
    let files = [
        (".cargo/config.toml", template!("config.toml")),
        (".gitignore", template!("gitignore")),
        ("Cargo.toml", &manifest),
        ("README.md", readme),
        ("examples/call.rs", template!("call.rs")),
        ("src/lib.rs", template!("lib.rs")),
        ("src/main.rs", main),
        ("tests/calls.rs", template!("calls.rs")),
        ("tests/transcripts/hangup.agi", template!("hangup.agi")),
        ("tests/transcripts/number.agi", template!("number.agi")),
    ];
    files
        .into_iter()
        .map(|(path, text)| {
            let text = named(text, name);
            (path, text.replace("\"AGIKIT\"", &origin.dependency(feature)))
        })
        .collect()
}

/// The text with another name; where it is a crate's, as Rust writes that.
fn named(text: &str, name: &str) -> String {
    let mut parts = text.split(NAME);
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.starts_with("::") {
            true => named.push_str(&name.replace('-', "_")),
            false => named.push_str(name),
        }
        named.push_str(part);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_projects_name_everywhere() {
        let origin = Origin::CratesIo("0.1".to_owned());
        for kind in [Kind::Program, Kind::Server] {
            let files = all("call-back", kind, &origin, false);
            for (path, text) in &files {
                assert!(!text.contains(NAME) && !text.contains("AGIKIT\""), "{path}: {text}");
            }
            let text = |path: &str| &files.iter().find(|(it, _)| *it == path).unwrap().1;
            assert!(text("src/main.rs").contains("call_back::script"));
            assert!(text("README.md").starts_with("# call-back\n"));
            assert!(text("Cargo.toml").contains("\nagikit = "));
            assert!(!text("Cargo.toml").contains("[workspace]"));
        }
        assert_eq!(named("hotline::a hotline", "hotline-2"), "hotline_2::a hotline-2");
    }

    /// A project has the profile and the flags that agikit itself has, and that `agikit build` adds.
    #[test]
    fn has_our_profile_and_flags() {
        let settings = |text: &str, begin: &str| -> Vec<String> {
            let section = text.split(begin).nth(1).unwrap().split("\n\n").next().unwrap();
            section.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
        };
        let profile = "[profile.agi-bin]\n";
        let own = include_str!("../../../Cargo.toml");
        assert_eq!(settings(template!("manifest.toml"), profile), settings(own, profile));
        let own = include_str!("../../../.cargo/config.toml");
        for target in
            ["[target.x86_64-unknown-linux-musl]\n", "[target.aarch64-unknown-linux-musl]\n"]
        {
            assert_eq!(settings(template!("config.toml"), target), settings(own, target));
        }
    }
}
