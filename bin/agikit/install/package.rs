//! What is to be installed: files as they are, and a Cargo package's programs, which are built first.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User, geteuid};

use super::options::Install;
use crate::build::build;
use crate::cargo::cargo;
use crate::output::name;

/// A program that is to be installed.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name in agi-bin, as far as it is known by now.
    pub(super) name: OsString,
    pub(super) path: PathBuf,
    pub(super) version: Option<String>,
}

/// All that is asked for, built where it is a package.
pub(super) fn sources(options: &Install) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut wanted = options.wanted.clone();
    if options.release {
        wanted.profile = Some("release".into());
    }
    let mut sources = Vec::new();
    for path in &options.programs {
        if path.is_dir() {
            if !path.join("Cargo.toml").is_file() {
                return Err(format!(
                    "{} is a folder without a Cargo.toml; name a program, or a package's folder",
                    name(path)
                )
                .into());
            }
            not_as_root(path)?;
            let programs = build(path, &wanted)?;
            // Cargo tells it once there is a lock file.
            let version = version(path);
            sources.extend(programs.into_iter().map(|built| Source {
                name: built.name.into(),
                path: built.path,
                version: version.clone(),
            }));
        } else if path.exists() && !path.is_file() {
            // A pipe would keep us waiting.
            return Err(format!("{} is no file", name(path)).into());
        } else {
            let cannot_read = |error| format!("cannot read {}: {error}", name(path));
            let is_file = fs::metadata(path).map_err(cannot_read)?.is_file();
            let file = path.file_name().filter(|_| is_file);
            let file = file.ok_or_else(|| format!("{} is no file", name(path)))?;
            sources.push(Source { name: file.to_owned(), path: path.clone(), version: None });
        }
    }
    if let Some(own) = &options.name {
        match sources.as_mut_slice() {
            [source] => source.name.clone_from(own),
            many => {
                let count = many.len();
                return Err(format!(
                    "--name is for one program, and these are {count}; --bin NAME chooses one of a package"
                )
                .into());
            }
        }
    }
    Ok(sources)
}

/// A package's build scripts are not run as root for somebody else, nor does its `target` become root's.
fn not_as_root(package: &Path) -> Result<(), String> {
    let Some(owner) = fs::metadata(package).ok().map(|it| it.uid()).filter(|&uid| uid != 0) else {
        return Ok(());
    };
    if !geteuid().is_root() {
        return Ok(());
    }
    let user = User::from_uid(Uid::from_raw(owner)).ok().flatten();
    let user = user.map_or_else(|| format!("user {owner}"), |user| user.name);
    let folder = name(package);
    Err(format!(
        "{folder} is {user}'s, and is not built as root: `agikit build {folder}` as {user}, and then, as root, \
         `agikit install` with the file that it names"
    ))
}

/// A package's version, as cargo tells it: `path+file:///srv/balance#0.1.0`, `…#balance@0.1.0`.
fn version(package: &Path) -> Option<String> {
    let output = cargo(package).args(["pkgid", "--offline", "--quiet"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.trim().rsplit(['#', '@']).next()?;
    let is_plain = |c: char| c.is_ascii_graphic();
    (version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(is_plain))
        .then(|| version.to_owned())
}
