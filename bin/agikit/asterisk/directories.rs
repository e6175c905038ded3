//! Asterisk's folders: what `[directories]` says, and what it was built with where that says nothing.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::config::Config;
use super::root::outside;

/// The folders, as Asterisk names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directories {
    pub(crate) etc: PathBuf,
    pub(crate) var: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) agi: PathBuf,
    pub(crate) spool: PathBuf,
    pub(crate) run: PathBuf,
    pub(crate) log: PathBuf,
    /// How `agi` is known, to be said.
    pub(crate) agi_known_by: &'static str,
}

impl Directories {
    /// Of a file that is read, or that Asterisk leaves. `agi` is what Asterisk was built with, if that is known.
    pub(super) fn of(
        config: &Config,
        file: &Path,
        root: &Path,
        agi: Option<PathBuf>,
    ) -> Directories {
        let mut built = built(file, root);
        if let Some(agi) = agi {
            // Both Debian and a build from source have it in the folder of the data.
            built.data = agi.parent().unwrap_or(Path::new("/")).to_owned();
            built.agi = agi;
            built.agi_known_by = "what its program was built with";
        }
        // Each stands alone: `astvarlibdir` moves no agi-bin.
        let get = |name: &str, default: PathBuf| {
            config
                .setting("directories", name)
                .map_or(default, |text| OsStr::from_bytes(text).into())
        };
        Directories {
            etc: get("astetcdir", built.etc),
            var: get("astvarlibdir", built.var),
            data: get("astdatadir", built.data),
            agi: get("astagidir", built.agi),
            spool: get("astspooldir", built.spool),
            run: get("astrundir", built.run),
            log: get("astlogdir", built.log),
            agi_known_by: match config.setting("directories", "astagidir") {
                Some(_) => "its astagidir",
                None => built.agi_known_by,
            },
        }
    }
}

/// The folder of the programs that stands in the program `asterisk` itself: its only text of that form.
pub(super) fn built_in(program: &Path) -> Option<PathBuf> {
    built_into(&fs::read(program).ok()?)
}

fn built_into(bytes: &[u8]) -> Option<PathBuf> {
    const END: &[u8] = b"/agi-bin\0";
    let mut found = BTreeSet::new();
    for at in places(bytes, END) {
        let before = bytes.get(..at)?;
        let start = before.iter().rposition(|&byte| byte == 0).map_or(0, |at| at + 1);
        let text = bytes.get(start..at + END.len() - 1)?;
        if text.starts_with(b"/") && text.iter().all(u8::is_ascii_graphic) {
            found.insert(text);
        }
    }
    let only = found.pop_first().filter(|_| found.is_empty())?;
    Some(OsStr::from_bytes(only).into())
}

/// Where these bytes begin, each time.
fn places<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = wanted.first().copied().unwrap_or_default();
    let firsts = bytes.iter().enumerate().filter(move |(_, byte)| **byte == first);
    firsts
        .map(|(at, _)| at)
        .filter(move |&at| bytes.get(at..).is_some_and(|it| it.starts_with(wanted)))
}

/// What an Asterisk was most likely built with, by where its `asterisk.conf` is and by what is there.
fn built(file: &Path, root: &Path) -> Directories {
    let folder = file.parent().unwrap_or(Path::new("/"));
    // `--prefix=/usr/local` has all below that; without a prefix it is `/etc` and `/var`.
    let prefix =
        folder.parent().filter(|etc| folder.ends_with("etc/asterisk") && etc.ends_with("etc"));
    let prefix = prefix.and_then(Path::parent).unwrap_or(Path::new("/"));
    let below = |name: &str| prefix.join(name);
    let var = below("var/lib/asterisk");
    let debian = PathBuf::from("/usr/share/asterisk");
    let has = |path: PathBuf| outside(root, &path).is_dir();
    let is_debian =
        prefix == Path::new("/") && (has(debian.join("agi-bin")) || !has(var.join("agi-bin")));
    let data = if is_debian { debian } else { var.clone() };
    Directories {
        etc: below("etc/asterisk"),
        agi: data.join("agi-bin"),
        data,
        var,
        spool: below("var/spool/asterisk"),
        run: below("var/run/asterisk"),
        log: below("var/log/asterisk"),
        agi_known_by: match is_debian {
            true => "the default of Debian's Asterisk",
            false => "the default of a build from source",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, file: &str) -> Directories {
        let (config, _) = Config::parse(text.as_bytes()).unwrap();
        // A root in which nothing is.
        Directories::of(&config, Path::new(file), Path::new("/proc/self/fdinfo"), None)
    }

    #[test]
    fn each_folder_stands_alone() {
        let directories =
            of("[directories]\nastvarlibdir=/v\nastagidir=/a\n", "/etc/asterisk/asterisk.conf");
        assert_eq!(directories.agi, Path::new("/a"));
        assert_eq!(directories.agi_known_by, "its astagidir");
        assert_eq!(directories.var, Path::new("/v"));
        let directories = of("[directories]\nastvarlibdir=/v\n", "/etc/asterisk/asterisk.conf");
        assert_eq!(directories.agi, Path::new("/usr/share/asterisk/agi-bin"));
        assert_eq!(directories.spool, Path::new("/var/spool/asterisk"));
    }

    #[test]
    fn a_prefix_moves_all() {
        let directories = of("", "/usr/local/etc/asterisk/asterisk.conf");
        assert_eq!(directories.agi, Path::new("/usr/local/var/lib/asterisk/agi-bin"));
        assert_eq!(directories.log, Path::new("/usr/local/var/log/asterisk"));
        assert_eq!(of("", "/srv/lab/asterisk.conf").log, Path::new("/var/log/asterisk"));
        // A template counts for nothing.
        let text = "[directories](!)\nastagidir=/proc\n";
        assert_eq!(of(text, "/srv/a.conf").agi, Path::new("/usr/share/asterisk/agi-bin"));
    }

    #[test]
    fn what_it_was_built_with() {
        let built = |bytes: &[u8]| built_into(bytes).map(|path| path.display().to_string());
        let one = b"\x7fELF\0%s/agi-bin\0/opt/a/share/agi-bin\0/opt/a/share/agi-bin\0agi-bin\0";
        assert_eq!(built(one).as_deref(), Some("/opt/a/share/agi-bin"));
        assert_eq!(built(b"/a/agi-bin\0/b/agi-bin\0"), None);
        assert_eq!(built(b"\0/agi-bin"), None);
        let (config, _) = Config::parse(b"[directories](!)\nastagidir=/proc\n").unwrap();
        let file = Path::new("/etc/asterisk/asterisk.conf");
        let own = Some(PathBuf::from("/opt/a/agi-bin"));
        let directories = Directories::of(&config, file, Path::new("/"), own);
        assert_eq!((directories.agi, directories.data), ("/opt/a/agi-bin".into(), "/opt/a".into()));
    }
}
