//! In how many calls a program is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::geteuid;

use crate::asterisk::Installation;

/// The processes of a program, each of which is a call: what a program starts itself does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Calls {
    /// With what is in place.
    pub(super) current: usize,
    /// With what was in place before. (Of a script that cannot be told: its interpreter has read it.)
    pub(super) older: usize,
    /// Others' processes could not be looked at: there may be more.
    pub(super) is_at_least: bool,
}

/// What a process runs of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runs {
    Current,
    Older,
}

impl Calls {
    /// Counts those with a file of agi-bin.
    pub(super) fn of(asterisk: &Installation, name: &str) -> Calls {
        let outside = asterisk.agi_bin().join(name);
        let inside = asterisk.directories.agi.join(name);
        let file = place_of(&outside);
        let root = place_of(&asterisk.root);
        // A folder on the way may be a link; the kernel names the place itself.
        let place = outside.parent().and_then(|folder| fs::canonicalize(folder).ok());
        let gone = place.map(|folder| {
            let mut text = folder.join(name).into_os_string();
            text.push(" (deleted)");
            text
        });
        let mut found: BTreeMap<u32, (u32, Runs)> = BTreeMap::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let proc = entry.path();
            let exe = proc.join("exe");
            let own = place_of(&exe);
            let runs = if own.is_some() && own == file {
                Some(Runs::Current)
            } else if gone.is_some() && fs::read_link(&exe).ok().map(Into::into) == gone {
                Some(Runs::Older)
            } else {
                is_script(&proc, &inside, root).then_some(Runs::Current)
            };
            if let Some((runs, parent)) = runs.zip(parent(&proc)) {
                found.insert(pid, (parent, runs));
            }
        }
        let pids: BTreeSet<u32> = found.keys().copied().collect();
        found.retain(|_, (parent, _)| !pids.contains(parent));
        let count = |what| found.values().filter(|(_, runs)| *runs == what).count();
        let (current, older) = (count(Runs::Current), count(Runs::Older));
        let me = geteuid();
        let is_at_least = !me.is_root() && me.as_raw() != asterisk.user.uid;
        Calls { current, older, is_at_least }
    }

    pub(super) fn all(&self) -> usize {
        self.current + self.older
    }

    /// `2`, `2 + 1 old`, `2?`
    pub(super) fn shown(&self) -> String {
        let older = if self.older > 0 { format!(" + {} old", self.older) } else { String::new() };
        format!("{}{older}{}", self.current, if self.is_at_least { "?" } else { "" })
    }
}

/// Whether a process is an interpreter with this script: `python3 /usr/share/asterisk/agi-bin/menu.py`.
fn is_script(proc: &Path, script: &Path, root: Option<(u64, u64)>) -> bool {
    let Ok(command) = fs::read(proc.join("cmdline")) else { return false };
    let script = script.as_os_str().as_bytes();
    // The interpreter, its options, the script: Linux gives at most one option, `env -S` may more.
    let names_it = command.split(|&byte| byte == 0).skip(1).take(4).any(|word| word == script);
    // By its name it cannot be told: a container's root is called `/`, too.
    names_it && root.is_some() && place_of(&proc.join("root")) == root
}

/// Which file or folder a path leads to.
fn place_of(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|it| (it.dev(), it.ino()))
}

fn parent(proc: &Path) -> Option<u32> {
    let stat = fs::read_to_string(proc.join("stat")).ok()?;
    // The name, in brackets, may hold anything. A process that has ended is no call.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_counts() {
        let calls = Calls { current: 2, older: 0, is_at_least: false };
        assert_eq!(calls.shown(), "2");
        assert_eq!(Calls { older: 1, is_at_least: true, ..calls }.shown(), "2 + 1 old?");
    }
}
