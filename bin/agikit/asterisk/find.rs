//! Which Asterisk is meant.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::config::{Config, Refused, Remark};
use super::process::{self, Process};
use super::root::outside;
use super::user::{Accounts, User};
use super::{Directories, Installation, Place};

/// Where an `asterisk.conf` is unless somebody put it elsewhere: packages and a build without a prefix; builds with one.
const PLACES: &[&str] = &[
    "/etc/asterisk/asterisk.conf",
    "/usr/local/etc/asterisk/asterisk.conf",
    "/opt/asterisk/etc/asterisk/asterisk.conf",
    "/opt/etc/asterisk/asterisk.conf",
];

pub(super) fn find(place: &Place) -> Result<Installation, String> {
    let root = match &place.root {
        Some(root) => Some(
            fs::canonicalize(root)
                .map_err(|error| format!("--root {}: {error}; name a folder", root.display()))?,
        ),
        None => None,
    };
    let running = process::running();
    match &place.config {
        Some(config) => named(config, root, running),
        None => unnamed(root, running),
    }
}

/// The one whose `asterisk.conf` this is.
fn named(
    config: &Path,
    root: Option<PathBuf>,
    running: Vec<Process>,
) -> Result<Installation, String> {
    let base = root.clone().unwrap_or_else(|| "/".into());
    let own = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
    // With a root it is named as from inside, or else by its whole path.
    let inside = match own.strip_prefix(&base) {
        Ok(rest) if root.is_some() && !outside(&base, config).exists() => Path::new("/").join(rest),
        _ if root.is_some() => config.to_owned(),
        _ => own,
    };
    let file = outside(&base, &inside);
    if !file.is_file() {
        return Err(format!(
            "there is no file {}; --config names an asterisk.conf",
            file.display()
        ));
    }
    let found = running.into_iter().find_map(|process| {
        let config = config_of(&process)?;
        is_same(&outside(&process.root, &config), &file).then_some((process, config))
    });
    match found {
        // It names the file itself, and its root is known.
        Some((process, config)) => read(process.root.clone(), config, Some(process)),
        None => read(base, inside, None),
    }
}

/// The one that runs, or else the one that is installed.
fn unnamed(root: Option<PathBuf>, mut running: Vec<Process>) -> Result<Installation, String> {
    if let Some(root) = &root {
        running.retain(|process| is_same(&process.root, root));
    }
    let mut found: Vec<(Process, PathBuf)> = Vec::new();
    for process in running {
        let Some(config) = config_of(&process) else { continue };
        let is_known =
            found.iter().any(|(other, it)| it == &config && is_same(&other.root, &process.root));
        if !is_known {
            found.push((process, config));
        }
    }
    if found.len() > 1 {
        let all: Vec<String> = found
            .iter()
            .map(|(process, config)| match process.root == Path::new("/") {
                true => format!("--config {}", config.display()),
                false => format!("--root {} --config {}", process.root.display(), config.display()),
            })
            .collect();
        return Err(format!(
            "{} Asterisks run here; say which is meant:\n  {}",
            all.len(),
            all.join("\n  ")
        ));
    }
    if let Some((process, config)) = found.pop() {
        return read(process.root.clone(), config, Some(process));
    }
    let base = root.unwrap_or_else(|| "/".into());
    match installed(&base) {
        Some(config) => read(base, config, None),
        None => Err(format!(
            "no Asterisk is found{}: none runs, and there is no {}; --config FILE names its asterisk.conf",
            if base == Path::new("/") { String::new() } else { format!(" in {}", base.display()) },
            PLACES.join(" nor ")
        )),
    }
}

/// The file that a process has read; `None` if it has none, or this user may not see it.
fn config_of(process: &Process) -> Option<PathBuf> {
    process.config.clone().or_else(|| installed(&process.root))
}

fn installed(root: &Path) -> Option<PathBuf> {
    PLACES.iter().map(PathBuf::from).find(|path| outside(root, path).is_file())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) else { return false };
    one.dev() == other.dev() && one.ino() == other.ino()
}

/// Reads its `asterisk.conf`.
fn read(root: PathBuf, config: PathBuf, process: Option<Process>) -> Result<Installation, String> {
    let file = outside(&root, &config);
    let text = fs::read(&file).map_err(|error| {
        format!(
            "cannot read {}: {error}; --config FILE names another asterisk.conf",
            file.display()
        )
    })?;
    let say = |Remark { line, text }| format!("{}, line {line}: {text}", file.display());
    let (settings, remarks) = match Config::parse(&text) {
        Ok((settings, remarks)) => (settings, remarks.into_iter().map(say).collect()),
        Err(Refused(remark)) => {
            let text =
                "; because of that Asterisk leaves the whole file and uses what it was built with";
            (Config::default(), vec![say(remark) + text])
        }
    };
    let directories = Directories::of(&settings, &config, &root);
    if directories.agi.is_relative() {
        return Err(format!(
            "{}: astagidir is {}, which means another folder wherever Asterisk is started; write a whole path",
            file.display(),
            directories.agi.display()
        ));
    }
    let user = user(&settings, &root, process.as_ref());
    Ok(Installation { user, directories, root, config, process, remarks, settings })
}

/// Whom it runs as; if it does not run, whom its settings say, or Debian's user.
fn user(settings: &Config, root: &Path, process: Option<&Process>) -> User {
    let accounts = Accounts::read(root);
    if let Some(process) = process {
        return accounts.by_number(process.uid, process.gid, process.groups.clone());
    }
    let option = |name| {
        let text = String::from_utf8_lossy(settings.setting("options", name)?);
        (!text.is_empty()).then(|| text.into_owned())
    };
    let group = option("rungroup");
    let said = option("runuser");
    said.and_then(|user| accounts.by_name(&user, group.as_deref(), "runuser in asterisk.conf"))
        .or_else(|| accounts.by_name("asterisk", group.as_deref(), "packages run Asterisk as that"))
        .unwrap_or_else(|| User {
            known_by: "nothing says another",
            ..accounts.by_number(0, 0, Vec::new())
        })
}
