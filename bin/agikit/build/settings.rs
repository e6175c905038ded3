//! How programs for agi-bin are compiled and linked, for packages that do not say it themselves.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo;

/// Cargo's profile for them.
pub(super) const PROFILE: &str = "agi-bin";

/// The profile, as agikit's own Cargo.toml has it; the reasons stand there.
const SETTINGS: [&str; 5] =
    ["inherits=\"release\"", "opt-level=\"s\"", "lto=true", "codegen-units=1", "strip=true"];

/// What makes the start of a static program quicker, as agikit's own .cargo/config.toml has it.
const FLAGS: [&str; 3] =
    ["-Crelocation-model=static", "-Clink-arg=-Wl,-z,noseparate-code", "-Clink-arg=-Wl,-z,norelro"];

/// The folder of the workspace that a package belongs to: mostly its own.
pub(super) fn workspace(package: &Path) -> Result<PathBuf, String> {
    if !package.is_dir() {
        let name = crate::output::name(package);
        return Err(format!("{name} is no folder; give that of a Cargo package"));
    }
    let located = cargo::cargo(package)
        .args(["locate-project", "--workspace", "--message-format=plain"])
        .output()
        .map_err(|error| cargo::cannot_start(&error))?;
    let manifest = String::from_utf8_lossy(&located.stdout);
    match Path::new(manifest.trim()).parent() {
        Some(folder) if located.status.success() => Ok(folder.to_owned()),
        _ => Err(String::from_utf8_lossy(&located.stderr).trim().to_owned()),
    }
}

/// The settings that neither Cargo.toml nor a .cargo/config.toml has.
pub(super) fn missing(
    package: &Path,
    workspace: &Path,
    profile: &str,
    target: &str,
) -> Vec<String> {
    let mut missing = Vec::new();
    let manifest = fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
    if profile == PROFILE && !manifest.contains("[profile.agi-bin]") {
        missing.extend(SETTINGS.map(|setting| format!("profile.{PROFILE}.{setting}")));
    }
    // Two lists would be joined. With RUSTFLAGS set, cargo takes those alone.
    if target.contains("-linux-musl") && !has_set(package, target, "rustflags") {
        missing.push(format!("target.{target}.rustflags={FLAGS:?}"));
    }
    missing
}

/// Whether the package, or a folder above it, sets something for this target.
pub(super) fn has_set(package: &Path, target: &str, what: &str) -> bool {
    let package = package.canonicalize().unwrap_or_else(|_| package.to_owned());
    package.ancestors().any(|folder| {
        ["config.toml", "config"].iter().any(|name| {
            let text = fs::read_to_string(folder.join(".cargo").join(name)).unwrap_or_default();
            text.contains(what) && text.contains(target)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const X86: &str = "x86_64-unknown-linux-musl";

    /// What is told to cargo here is what the package itself has.
    #[test]
    fn one_profile_and_one_list_of_flags() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = fs::read_to_string(top.join("Cargo.toml")).unwrap();
        let own: Vec<String> = manifest
            .split("[profile.agi-bin]\n")
            .nth(1)
            .unwrap()
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.replace(" = ", "="))
            .collect();
        assert_eq!(own, SETTINGS);
        let config = fs::read_to_string(top.join(".cargo/config.toml")).unwrap();
        let flags: String = config.split("rustflags = ").nth(1).unwrap().chars().collect();
        for flag in FLAGS {
            assert!(flags.contains(&format!("{flag:?}")), "{flag}");
        }
        assert_eq!(missing(top, top, PROFILE, X86), [""; 0]);
    }

    #[test]
    fn only_what_is_missing_is_told() {
        let nowhere = Path::new("/proc/self");
        let told = missing(nowhere, nowhere, PROFILE, X86);
        assert_eq!((told.len(), told[0].as_str()), (6, "profile.agi-bin.inherits=\"release\""));
        assert!(told[5].starts_with("target.x86_64-unknown-linux-musl.rustflags=[\"-C"));
        assert_eq!(missing(nowhere, nowhere, "release", X86).len(), 1);
        assert_eq!(missing(nowhere, nowhere, "release", "x86_64-unknown-linux-gnu").len(), 0);
    }
}
