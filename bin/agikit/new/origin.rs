//! Where a project has the library from.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Where from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A version, as Cargo.toml has it.
    CratesIo(String),
    /// A folder with its source: the whole path.
    Folder(String),
}

impl Origin {
    /// What `--agikit` says, or what is best without it.
    pub(super) fn of(said: Option<&str>) -> Result<Self, String> {
        match said {
            Some(said) if is_version(said) => Ok(Origin::CratesIo(said.to_owned())),
            Some(said) => Origin::folder(Path::new(said)),
            // Set by `cargo run`: the package that this tool was built of just now.
            None => match env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from) {
                Some(folder) if is_library(&folder) => Origin::folder(&folder),
                _ => Ok(Origin::CratesIo(own_version())),
            },
        }
    }

    fn folder(folder: &Path) -> Result<Self, String> {
        let name = crate::output::name(folder);
        if folder.as_os_str().is_empty() || !is_library(folder) {
            return Err(format!(
                "--agikit {name}: neither a version (0.1, =0.1.3) nor the folder of agikit's source"
            ));
        }
        let whole =
            fs::canonicalize(folder).map_err(|error| format!("cannot find {name}: {error}"))?;
        // Cargo.toml is text, and this goes between two of its quotes.
        match whole.to_str() {
            Some(path) if !path.contains(char::is_control) => Ok(Origin::Folder(path.to_owned())),
            _ => Err(format!("--agikit {name}: Cargo.toml cannot hold such a path")),
        }
    }

    /// What stands behind `agikit = ` in Cargo.toml.
    pub(super) fn dependency(&self, feature: Option<&str>) -> String {
        let quoted =
            |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let (key, value) = match self {
            Origin::CratesIo(version) => ("version", quoted(version)),
            Origin::Folder(path) => ("path", quoted(path)),
        };
        match (self, feature) {
            (Origin::CratesIo(_), None) => value,
            (_, None) => format!("{{ {key} = {value} }}"),
            (_, Some(feature)) => format!("{{ {key} = {value}, features = [\"{feature}\"] }}"),
        }
    }
}

/// `0.1` of 0.1.7: all that is compatible.
fn own_version() -> String {
    format!("{}.{}", env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"))
}

/// `0.1`, `=0.1.3`, `>=0.1, <0.3`: cargo reads the rest.
fn is_version(said: &str) -> bool {
    let number = said.trim_start_matches(['=', '^', '~', '<', '>', ' ']);
    number.starts_with(|c: char| c.is_ascii_digit())
        && said.chars().all(|c| c.is_ascii_alphanumeric() || "=^~<>.,-+* ".contains(c))
        && !Path::new(said).exists()
}

/// Whether a folder holds this library.
fn is_library(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    manifest.lines().any(|line| line.replace(' ', "") == "name=\"agikit\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_versions_from_folders() {
        for version in ["0.1", "=0.1.3", ">=0.1, <0.3", "1.0.0-alpha+2"] {
            assert_eq!(Origin::of(Some(version)), Ok(Origin::CratesIo(version.to_owned())));
        }
        for neither in ["", "newest", "../nowhere", "/", "0.1\"", "0.1\n"] {
            assert!(Origin::of(Some(neither)).unwrap_err().contains("neither"), "{neither}");
        }
        let own = Origin::of(Some(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(matches!(own, Origin::Folder(path) if path.starts_with('/')));
    }

    #[test]
    fn is_written_as_cargo_reads_it() {
        let version = Origin::CratesIo("0.1".to_owned());
        assert_eq!(version.dependency(None), "\"0.1\"");
        let served = "{ version = \"0.1\", features = [\"fastagi\"] }";
        assert_eq!(version.dependency(Some("fastagi")), served);
        let folder = Origin::Folder("/a \"b\\c".to_owned());
        assert_eq!(folder.dependency(None), "{ path = \"/a \\\"b\\\\c\" }");
    }
}
