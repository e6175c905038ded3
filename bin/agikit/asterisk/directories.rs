//! Asterisk's folders: what `[directories]` says, and what it was built with where that says nothing.

use std::ffi::OsStr;
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
    /// Of a file that is read, or that Asterisk leaves.
    pub(super) fn of(config: &Config, file: &Path, root: &Path) -> Directories {
        let built = built(file, root);
        let path = |text: &[u8]| PathBuf::from(OsStr::from_bytes(text));
        let is_there = |path: &PathBuf| outside(root, path).is_dir();
        // Each stands alone: `astvarlibdir` moves no agi-bin.
        let get = |name: &str, default: &Path| {
            let said = config.setting("directories", name).map(path);
            // What the file shows as a template is what its Asterisk was built with; if that is not there, the file is
            // another's.
            let shown = || config.template("directories", name).map(path).filter(is_there);
            said.or_else(shown).unwrap_or_else(|| default.to_owned())
        };
        let agi = get("astagidir", &built.agi);
        let agi_known_by = match config.setting("directories", "astagidir") {
            Some(_) => "its astagidir",
            None if agi == built.agi => built.agi_known_by,
            None => "its [directories](!), which shows what it was built with",
        };
        Directories {
            etc: get("astetcdir", &built.etc),
            var: get("astvarlibdir", &built.var),
            data: get("astdatadir", &built.data),
            agi,
            spool: get("astspooldir", &built.spool),
            run: get("astrundir", &built.run),
            log: get("astlogdir", &built.log),
            agi_known_by,
        }
    }
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
        Directories::of(&config, Path::new(file), Path::new("/proc/self/fdinfo"))
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
        // Nothing of the template is there.
        let text = "[directories](!)\nastagidir=/nowhere/agi-bin\n";
        assert_eq!(of(text, "/srv/a.conf").agi, Path::new("/usr/share/asterisk/agi-bin"));
    }

    #[test]
    fn a_template_shows_what_it_was_built_with() {
        let (config, _) = Config::parse(b"[directories](!)\nastagidir=/proc\n").unwrap();
        let file = Path::new("/etc/asterisk/asterisk.conf");
        let directories = Directories::of(&config, file, Path::new("/"));
        assert_eq!(directories.agi, Path::new("/proc"));
        assert!(directories.agi_known_by.contains("(!)"), "{directories:?}");
    }
}
