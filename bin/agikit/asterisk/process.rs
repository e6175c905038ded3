//! Asterisks that run on this machine, as `/proc` shows them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{geteuid, getuid};

/// A running Asterisk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// The folder that it takes for the whole system: `/`, unless it runs in a chroot or a container.
    pub(crate) root: PathBuf,
    /// What `-C` says, as it names it.
    pub(super) config: Option<PathBuf>,
    /// What it runs as by now, whatever it was started as.
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) groups: Vec<u32>,
}

/// All of them, each once: neither its consoles (`asterisk -r`) nor what it is just starting.
pub(super) fn running() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut all: Vec<(Process, u32)> = pids.filter_map(look).collect();
    all.sort_by_key(|(process, _)| process.pid);
    let pids: Vec<u32> = all.iter().map(|(process, _)| process.pid).collect();
    all.retain(|(_, parent)| !pids.contains(parent));
    all.into_iter().map(|(process, _)| process).collect()
}

/// A process and its parent, if it is an Asterisk.
fn look(pid: u32) -> Option<(Process, u32)> {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    if fs::read(proc.join("comm")).ok()? != b"asterisk\n" {
        return None;
    }
    if geteuid().is_root() && !is_genuine(&proc)? {
        return None;
    }
    let command = fs::read(proc.join("cmdline")).ok()?;
    let config = match started(&command)? {
        Some(config) if !config.is_absolute() => {
            Some(inside(&proc, &fs::read_link(proc.join("cwd")).ok()?).join(config))
        }
        config => config,
    };
    let status = fs::read_to_string(proc.join("status")).ok()?;
    let numbers = |name: &str| -> Option<Vec<u32>> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().filter_map(|number| number.parse().ok()).collect())
    };
    // Real, effective, saved, of the file system.
    let process = Process {
        pid,
        root: root(&proc),
        config,
        uid: *numbers("Uid:")?.get(1)?,
        gid: *numbers("Gid:")?.get(1)?,
        groups: numbers("Groups:").unwrap_or_default(),
    };
    Some((process, *numbers("PPid:")?.first()?))
}

/// Whether root may go by the process: its name is whatever it likes, and anybody may start one. Its file must be
/// called so and nobody's but root's, and its users must be this system's: who makes users of his own makes roots.
fn is_genuine(proc: &Path) -> Option<bool> {
    let users = |proc: &Path| fs::read_link(proc.join("ns/user")).ok();
    let exe = fs::read_link(proc.join("exe")).ok()?;
    let name = exe.file_name()?.as_bytes();
    // An update has put another in its place.
    let name = name.strip_suffix(b" (deleted)").unwrap_or(name);
    // The file itself, whatever has its name by now.
    let meta = fs::metadata(proc.join("exe")).ok()?;
    let is_safe = is_safe(meta.uid(), meta.mode(), getuid().as_raw());
    Some(name == b"asterisk" && is_safe && users(proc) == users(Path::new("/proc/self")))
}

/// Whether nobody but root and who asks may have made a file what it is.
fn is_safe(owner: u32, mode: u32, me: u32) -> bool {
    (owner == 0 || owner == me) && mode & 0o022 == 0
}

/// A process's root folder, by a name that leads there from here.
fn root(proc: &Path) -> PathBuf {
    let link = proc.join("root");
    let same = |path: &Path| {
        let (path, link) = (fs::metadata(path).ok()?, fs::metadata(&link).ok()?);
        Some(path.dev() == link.dev() && path.ino() == link.ino())
    };
    match fs::read_link(&link) {
        Ok(path) if same(&path) == Some(true) => path,
        // A container's root is called `/`, too; it is reached through the process.
        Ok(_) => link,
        // Only root may see another user's.
        Err(_) => "/".into(),
    }
}

/// A folder as the process names it: what the kernel gives is named from here.
fn inside(proc: &Path, folder: &Path) -> PathBuf {
    match folder.strip_prefix(root(proc)) {
        Ok(inside) => Path::new("/").join(inside),
        Err(_) => folder.to_owned(),
    }
}

/// What `-C` says of a command line; `None` for a console.
fn started(command: &[u8]) -> Option<Option<PathBuf>> {
    /// The letters that take a value.
    const VALUES: &[u8] = b"CeGLMsUx";
    let mut config = None;
    let mut words = command.split(|&byte| byte == 0).skip(1);
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix(b"-") else { continue };
        if letters == b"-" {
            break;
        }
        // `-vvvgc`, `-Cfile`, `-C file`
        for (at, letter) in letters.iter().enumerate() {
            if matches!(letter, b'r' | b'R' | b'x' | b'V' | b'h') {
                return None;
            }
            if VALUES.contains(letter) {
                let rest = letters.get(at + 1..).filter(|rest| !rest.is_empty());
                let value = rest.or_else(|| words.next()).filter(|value| !value.is_empty());
                if *letter == b'C' {
                    config = value.map(|value| OsString::from(OsStr::from_bytes(value)).into());
                }
                break;
            }
        }
    }
    Some(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_command_lines() {
        let started = |line: &str| {
            let line = line.replace(' ', "\0") + "\0";
            started(line.as_bytes()).map(|it| it.map(|path| path.display().to_string()))
        };
        let config = |path: &str| Some(Some(path.to_owned()));
        assert_eq!(started("/usr/sbin/asterisk -g -f -p -U asterisk -G asterisk"), Some(None));
        assert_eq!(
            started("asterisk -C /srv/lab/etc/asterisk.conf -f"),
            config("/srv/lab/etc/asterisk.conf")
        );
        assert_eq!(started("asterisk -vvvgc -fC/a/b.conf"), config("/a/b.conf"));
        assert_eq!(started("asterisk -U r -C a"), config("a"));
        assert_eq!(started("asterisk -rvvv"), None);
        assert_eq!(started("asterisk -C a -x reload"), None);
        assert_eq!(started("asterisk -C"), Some(None));
        assert_eq!(started(""), Some(None));
    }

    #[test]
    fn only_roots_programs_are_safe() {
        assert!(is_safe(0, 0o100_755, 0) && is_safe(1000, 0o100_755, 1000));
        assert!(!is_safe(1000, 0o100_755, 0) && !is_safe(0, 0o100_775, 0));
        assert!(!is_safe(0, 0o100_757, 0));
        // This test is no Asterisk.
        assert_eq!(is_genuine(Path::new("/proc/self")), Some(false));
    }

    #[test]
    fn sees_its_own_root() {
        assert_eq!(root(Path::new("/proc/self")), Path::new("/"));
    }
}
