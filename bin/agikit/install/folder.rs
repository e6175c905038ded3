//! agi-bin: what is in it, and putting files there in one step.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::manifest::{self, Entry, Manifest, Print};

/// Everybody may read and start it, its owner alone may change it.
const MODE: u32 = 0o755;
/// How the files begin and end that are not renamed into place yet.
const UNFINISHED: (&str, &str) = (".agikit-", ".new");

/// The folder, and for as long as this lives nobody else's `agikit install`.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) manifest: Manifest,
    folder: File,
}

/// What stands under a name.
#[derive(Debug)]
pub(super) enum There {
    Nothing,
    /// A program that was installed, and is as it was.
    Ours {
        entry: Entry,
        is_right: bool,
    },
    /// Something else, and what.
    Foreign(String),
    /// What can be neither replaced nor removed.
    Directory,
}

impl Folder {
    /// Opens it and waits until nobody else installs there.
    pub(super) fn open(path: PathBuf) -> Result<Folder, String> {
        let folder = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        // A file system without locks has one who installs, most likely.
        let _ = folder.lock();
        let manifest = match fs::read(path.join(manifest::NAME)) {
            Ok(text) => Manifest::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Manifest::default(),
            Err(error) => {
                let file = path.join(manifest::NAME);
                return Err(format!("cannot read {}: {error}; run it as root", file.display()));
            }
        };
        Ok(Folder { path, manifest, folder })
    }

    pub(super) fn there(&self, name: &str) -> Result<There, String> {
        let path = self.path.join(name);
        let at = |error: io::Error| format!("cannot read {}: {error}", path.display());
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(There::Nothing),
            Err(error) => return Err(at(error)),
        };
        if metadata.is_dir() {
            return Ok(There::Directory);
        }
        if metadata.is_symlink() {
            let to = fs::read_link(&path).map_err(at)?;
            return Ok(There::Foreign(format!(
                "a link to {}, which agikit did not make",
                to.display()
            )));
        }
        if !metadata.is_file() {
            return Ok(There::Foreign("no file, and not agikit's".into()));
        }
        let foreign = || {
            There::Foreign(match self.manifest.knows(name) {
                true => "changed since agikit installed it".into(),
                false => "a file that agikit did not install".into(),
            })
        };
        // What is not known by its name need not be read.
        if !self.manifest.knows(name) {
            return Ok(foreign());
        }
        let print = File::open(&path).and_then(|mut file| print(&mut file)).map_err(at)?;
        let is_right = metadata.mode() & 0o7777 == MODE && metadata.uid() == geteuid().as_raw();
        Ok(match self.manifest.find(name, &print) {
            Some(entry) => There::Ours { entry: entry.clone(), is_right },
            None => foreign(),
        })
    }

    /// Makes a copy, complete and on the disk, under a name that nobody starts.
    pub(super) fn copy(&self, name: &str, source: &Path) -> Result<(Unplaced, Print), String> {
        let path = self.path.join(format!("{}{name}{}", UNFINISHED.0, UNFINISHED.1));
        let from = |error: io::Error| format!("cannot read {}: {error}", source.display());
        let mut source = File::open(source).map_err(from)?;
        let copy = Unplaced { path: path.clone() };
        let mut print = Print::EMPTY;
        let mut file = self.create(&path)?;
        let mut bytes = vec![0; 1 << 16];
        loop {
            let count = match source.read(&mut bytes).map_err(from)? {
                0 => break,
                count => bytes.get(..count).unwrap_or_default(),
            };
            print.add(count);
            file.write_all(count).map_err(|error| self.cannot(&error))?;
        }
        finish(file, MODE).map_err(|error| self.cannot(&error))?;
        Ok((copy, print))
    }

    /// Puts a copy in place of what is there: whoever runs that keeps it.
    pub(super) fn place(&mut self, copy: Unplaced, entry: Entry) -> Result<(), String> {
        let name = entry.name.clone();
        // Ours is the old one until the name changes hands, and the new one from then on.
        self.manifest.entries.push(entry.clone());
        self.save()?;
        fs::rename(&copy.path, self.path.join(&name)).map_err(|error| self.cannot(&error))?;
        self.manifest.forget(&name);
        self.manifest.entries.push(entry);
        self.save()
    }

    /// Removes a program. Whoever runs it keeps it.
    pub(super) fn remove(&mut self, name: &str) -> Result<(), String> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(self.cannot(&error)),
            _ => {}
        }
        self.manifest.forget(name);
        self.save()
    }

    /// Removes what a killed `agikit install` left; nobody else's is under way, since this has the lock.
    pub(super) fn sweep(&self) {
        for entry in self.path.read_dir().into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Writes down what is ours, and sees to it that all of the folder is on the disk.
    fn save(&self) -> Result<(), String> {
        let path = self.path.join(manifest::NAME);
        let saved = if self.manifest.entries.is_empty() {
            // An empty folder can be removed with its package.
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        } else {
            let new = self.path.join(format!("{}list{}", UNFINISHED.0, UNFINISHED.1));
            let mut file = self.create(&new)?;
            file.write_all(self.manifest.print().as_bytes())
                .and_then(|()| finish(file, 0o644))
                .and_then(|()| fs::rename(&new, &path))
                .inspect_err(|_| drop(fs::remove_file(&new)))
        };
        saved.and_then(|()| self.folder.sync_all()).map_err(|error| self.cannot(&error))
    }

    fn create(&self, path: &Path) -> Result<File, String> {
        // A link that somebody put there is not followed.
        let _ = fs::remove_file(path);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(path).map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &io::Error) -> String {
        let folder = self.path.display();
        let to_do = match error.kind() {
            ErrorKind::PermissionDenied => "; run it as root (sudo agikit install ...)",
            ErrorKind::ReadOnlyFilesystem => "; the file system is mounted read-only",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "; make room, what was there is as it was"
            }
            _ => "",
        };
        format!("cannot write into {folder}: {error}{to_do}")
    }
}

/// A file that is not in place yet, and goes unless it is put there.
#[derive(Debug)]
pub(super) struct Unplaced {
    pub(super) path: PathBuf,
}

impl Drop for Unplaced {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Owner, mode, and onto the disk. It is closed then: a file that is open for writing cannot be started.
fn finish(file: File, mode: u32) -> io::Result<()> {
    if geteuid().is_root() {
        fchown(&file, Some(0), Some(0))?;
    }
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

pub(super) fn print(file: &mut File) -> io::Result<Print> {
    let mut print = Print::EMPTY;
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(print),
            count => print.add(bytes.get(..count).unwrap_or_default()),
        }
    }
}

/// Why a name is none for a program in agi-bin.
pub(super) fn wrong_name(name: &OsString, agi: &Path) -> Result<String, String> {
    /// So much of a path Asterisk takes: the rest it cuts off without a word.
    const LONGEST: usize = 255;
    let shown = name.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._+-@~".contains(c);
    let text = name.to_str().filter(|text| text.chars().all(is_plain));
    let Some(text) = text.filter(|text| !text.is_empty() && !text.starts_with(['.', '-'])) else {
        return Err(format!(
            "`{shown}` is no name for AGI() in the dialplan: letters, digits, `.`, `_`, `-`, `+`, `@`, `~`, the first \
             neither `.` nor `-`; --name NAME gives another"
        ));
    };
    if agi.as_os_str().len() + 1 + text.len() > LONGEST {
        return Err(format!(
            "`{shown}` is too long: Asterisk cuts a program's path off at {LONGEST} bytes; --name NAME gives another"
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_dialplan_can_name() {
        let wrong = |name: &str| wrong_name(&name.into(), Path::new("/usr/share/asterisk/agi-bin"));
        for name in ["hello", "menu.py", "a_b-c+1@x~", "0"] {
            assert_eq!(wrong(name).as_deref(), Ok(name));
        }
        for name in [
            "",
            ".x",
            "-x",
            "a b",
            "a/b",
            "a,b",
            "a|b",
            "a(b",
            "a;b",
            "agi:async",
            "$x",
            "\u{e4}",
            "a\nb",
        ] {
            assert!(wrong(name).is_err(), "{name}");
        }
        assert!(wrong(&"x".repeat(227)).is_ok());
        assert!(wrong(&"x".repeat(228)).unwrap_err().contains("255 bytes"));
    }
}
