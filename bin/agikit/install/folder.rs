//! agi-bin: what is in it, and putting files there in one step.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::files::{fingerprint, lock, open_file, open_folder};
use super::manifest::{self, Entry, Fingerprint, Manifest};
use crate::output::name;

/// Everybody may read and start it, its owner alone may change it.
const MODE: u32 = 0o755;
/// How the files begin and end that are not renamed into place yet.
const UNFINISHED: (&str, &str) = (".agikit-", ".new");
/// No list of programs is as long.
const LONGEST_LIST: u64 = 1 << 20;

/// The folder; unless it is only looked at, for as long as this lives nobody else's `agikit install`.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) manifest: Manifest,
    folder: File,
    /// Whose the programs are.
    owner: u32,
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
    /// Opens it to look at, whoever has installed there.
    pub(super) fn to_list(path: PathBuf) -> Result<Folder, String> {
        let mut folder = Folder::to_try(path)?;
        let list = fs::symlink_metadata(folder.path.join(manifest::NAME));
        folder.owner = list.map_or(0, |list| list.uid());
        Ok(folder)
    }

    /// Opens it to tell what would be done.
    pub(super) fn to_try(path: PathBuf) -> Result<Folder, String> {
        let folder = open_folder(&path)?;
        Folder::read(path, folder)
    }

    /// Opens it to change it, when nobody else does.
    pub(super) fn to_change(path: PathBuf) -> Result<Folder, String> {
        let folder = open_folder(&path)?;
        lock(&folder, &path)?;
        Folder::read(path, folder)
    }

    fn read(path: PathBuf, folder: File) -> Result<Folder, String> {
        let list = path.join(manifest::NAME);
        let mut text = Vec::new();
        let read = open_file(&list).and_then(|file| file.take(LONGEST_LIST).read_to_end(&mut text));
        match read {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(format!("cannot read {}: {error}; run it as root", name(&list)));
            }
            _ => {}
        }
        let manifest = Manifest::parse(&text);
        Ok(Folder { path, manifest, folder, owner: geteuid().as_raw() })
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
        let print = fingerprint(&path).map_err(at)?;
        let is_right = metadata.mode() & 0o7777 == MODE && metadata.uid() == self.owner;
        Ok(match self.manifest.find(name, &print) {
            Some(entry) => There::Ours { entry: entry.clone(), is_right },
            None => foreign(),
        })
    }

    /// Makes a copy, complete and on the disk, under a name that nobody starts.
    pub(super) fn copy(
        &self,
        name: &str,
        source: &Path,
    ) -> Result<(Unplaced, Fingerprint), String> {
        let path = self.path.join(format!("{}{name}{}", UNFINISHED.0, UNFINISHED.1));
        let from = |error: io::Error| format!("cannot read {}: {error}", source.display());
        let mut source = open_file(source).map_err(from)?;
        let copy = Unplaced { path: path.clone() };
        let mut print = Fingerprint::EMPTY;
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
    pub(super) fn place(&mut self, copy: Unplaced, entry: &Entry) -> Result<(), String> {
        // Ours is the old one until the name changes hands, and the new one from then on.
        self.manifest.entries.push(entry.clone());
        let placed = self.save().and_then(|()| {
            let renamed = fs::rename(&copy.path, self.path.join(&entry.name));
            renamed.map_err(|error| self.cannot(&error))
        });
        placed.inspect_err(|_| {
            self.manifest.entries.pop();
            // What is told is why it was not placed.
            let _ = self.save();
        })
    }

    /// Forgets what was there before the last one that was placed.
    pub(super) fn settle(&mut self, entry: Entry) -> Result<(), String> {
        self.manifest.forget(&entry.name);
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
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; make room, and do it again",
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
