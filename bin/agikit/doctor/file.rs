//! The program's file: whether it is there, within reach, and may be run.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::{FsFlags, statvfs};

use super::finding::{self, Finding};
use super::who::{Right, Who};

/// A chain of links that is longer leads nowhere.
const LINKS: u32 = 40;

/// Looks what keeps the user from running the file, as far as the file itself tells.
pub(super) fn look(path: &Path, agi_bin: &Path, who: &Who) -> Vec<Finding> {
    if let Some(folder) = closed(path, who, LINKS) {
        let name = &who.name;
        let (what, letter) = (folder.display(), who.letter(&folder));
        let fault = format!("{name} may not enter the folder {what}, which is on the way to it");
        let cure = format!("chmod {letter}+x {}", finding::path(&folder));
        return vec![Finding::fault("folder-closed", fault, cure).status("NOTFOUND")];
    }
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) => return vec![missing(path, agi_bin, &error)],
    };
    if meta.is_dir() {
        let cure = format!("name a program in it: ls {}", finding::path(path));
        return vec![Finding::fault("folder", "it is a folder", cure).status("FAILURE")];
    }
    if !meta.is_file() {
        let cure = "put a program in its place";
        return vec![Finding::fault("no-file", "it is not a file", cure).status("FAILURE")];
    }
    let mut found: Vec<Finding> = not_runnable(path, &meta, who).into_iter().collect();
    found.extend(too_open(path, &meta, who));
    found
}

/// The first folder on the way to a file, links included, that the user may not enter.
fn closed(path: &Path, who: &Who, links: u32) -> Option<PathBuf> {
    let mut folders: Vec<&Path> = path.ancestors().skip(1).collect();
    folders.reverse();
    for folder in folders {
        if let Some(folder) = behind(folder, who, links) {
            return Some(folder);
        }
        // What is not there is missing, not closed.
        let meta = fs::metadata(folder).ok()?;
        if meta.is_dir() && !who.may(Right::Run, folder) {
            return Some(folder.to_owned());
        }
    }
    behind(path, who, links)
}

/// The same of what a link leads to.
fn behind(link: &Path, who: &Who, links: u32) -> Option<PathBuf> {
    let to = fs::read_link(link).ok()?;
    closed(&link.parent()?.join(to), who, links.checked_sub(1)?)
}

fn missing(path: &Path, agi_bin: &Path, error: &std::io::Error) -> Finding {
    let fault =
        |kind, what: String, cure: String| Finding::fault(kind, what, cure).status("NOTFOUND");
    if let Ok(to) = fs::read_link(path) {
        let what = format!("it is a link to {}, which is not there", to.display());
        return fault("dangling", what, format!("ln -sfn PROGRAM {}", finding::path(path)));
    }
    if error.kind() != ErrorKind::NotFound {
        return fault(
            "missing",
            format!("it cannot be looked at: {error}"),
            "correct its path".into(),
        );
    }
    let similar = similar(path).filter(|_| path.starts_with(agi_bin));
    let cure = match similar {
        Some(name) => format!("there is {name}: correct the name in AGI()"),
        None => "put it there (`agikit install PROGRAM`), or correct the name in AGI()".to_owned(),
    };
    fault("missing", "there is no such file".to_owned(), cure)
}

/// A file beside it of the same name, but for its extension and for small and capital letters.
fn similar(path: &Path) -> Option<String> {
    let stem = |path: &Path| {
        path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default()
    };
    let mut names: Vec<PathBuf> = fs::read_dir(path.parent()?)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|other| stem(other) == stem(path) && other.is_file())
        .collect();
    names.sort();
    Some(names.first()?.file_name()?.to_string_lossy().into_owned())
}

fn not_runnable(path: &Path, meta: &Metadata, who: &Who) -> Option<Finding> {
    let own = finding::path(path);
    let fault =
        |kind, what: String, cure: String| Some(Finding::fault(kind, what, cure).status("FAILURE"));
    if meta.mode() & 0o111 == 0 {
        let what = "it has no run bit".to_owned();
        return fault("no-run-bit", what, format!("chmod 755 {own}"));
    }
    let noexec = statvfs(path).is_ok_and(|it| it.flags().contains(FsFlags::ST_NOEXEC));
    if noexec {
        let mount = mount_point(path, meta);
        let what = format!("its file system is mounted noexec, at {}", mount.display());
        let cure = format!(
            "mount -o remount,exec {}, and take noexec out of /etc/fstab; or put the program elsewhere",
            finding::path(&mount)
        );
        return fault("noexec", what, cure);
    }
    let (name, mode) = (&who.name, meta.mode() & 0o7777);
    if !who.may(Right::Run, path) {
        let what = format!("{name} may not run it: {}, mode {mode:o}", owner(meta));
        return fault("not-allowed", what, format!("chmod {}+rx {own}", who.letter(path)));
    }
    None
}

/// Rights that are more than Asterisk needs.
fn too_open(path: &Path, meta: &Metadata, who: &Who) -> Option<Finding> {
    let own = finding::path(path);
    let (name, mode) = (&who.name, meta.mode());
    if mode & 0o6000 != 0 {
        let what = format!("it is set-user-ID or set-group-ID: it does not run as {name}");
        return Some(Finding::note("set-id", what, format!("chmod ug-s {own}")));
    }
    if mode & 0o002 != 0 {
        let what = format!("anybody on this machine may change it, mode {:o}", mode & 0o7777);
        return Some(Finding::note("writable", what, format!("chmod o-w {own}")));
    }
    if !who.is_root() && (meta.uid() == who.uid || who.may(Right::Write, path)) {
        let what = format!("{name} may change it: who breaks into Asterisk may stay in it");
        let cure = format!("chown root:root {own} && chmod 755 {own}");
        return Some(Finding::note("writable", what, cure));
    }
    None
}

fn owner(meta: &Metadata) -> String {
    format!("it belongs to user {} and group {}", meta.uid(), meta.gid())
}

/// Where the file's file system begins.
fn mount_point(path: &Path, meta: &Metadata) -> PathBuf {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let inside = |folder: &&Path| fs::metadata(folder).is_ok_and(|it| it.dev() == meta.dev());
    path.ancestors().skip(1).take_while(inside).last().unwrap_or(&path).to_owned()
}
