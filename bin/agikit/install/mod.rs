//! `agikit install`: programs into Asterisk's agi-bin, and out of it.

mod calls;
mod check;
mod dialplan;
mod files;
mod folder;
mod label;
mod list;
mod manifest;
mod names;
mod options;
mod package;
mod put;
mod remove;

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::asterisk::Installation;
use crate::exit::Done;
use crate::output::{self, FAINT, GOOD, name};
use folder::Folder;
pub(crate) use options::Install;

pub(crate) fn run(options: &Install) -> Done {
    let asterisk = Installation::find(&options.place)?;
    for remark in asterisk.remarks.iter().chain(&asterisk.passed_over) {
        output::problem(remark);
    }
    let agi_bin = asterisk.agi_bin();
    if !agi_bin.is_dir() {
        return Err(format!(
            "{} is not there; it is {}, by {}: make the folder, correct that, or name the Asterisk (--config FILE, and \
             --root DIR for a chroot's)",
            name(&agi_bin),
            asterisk.directories.agi_known_by,
            name(&asterisk.outside(&asterisk.config)),
        )
        .into());
    }
    if options.list {
        return list::run(&asterisk, &Folder::to_list(agi_bin)?, options.json);
    }
    let open = if options.dry_run { Folder::to_try } else { Folder::to_change };
    if options.remove {
        return remove::run(options, &asterisk, &mut open(agi_bin)?);
    }
    let sources = package::sources(options)?;
    let mut names = Vec::new();
    for source in &sources {
        names.push(names::checked_name(&source.name, &asterisk.directories.agi)?);
    }
    if let Some(twice) = twice(&names) {
        return Err(format!("{twice} is named twice; each program needs a name of its own").into());
    }
    let mut folder = open(agi_bin)?;
    if !options.dry_run {
        folder.sweep();
    }
    tell_which(&asterisk);
    warn_of_rights(&asterisk, &folder.path);
    put::run(options, &asterisk, &mut folder, &sources, &names)
}

/// The first name that stands there twice.
fn twice(names: &[String]) -> Option<&String> {
    let mut seen = BTreeSet::new();
    names.iter().find(|name| !seen.insert(name.as_str()))
}

/// Which Asterisk it is: there may be another on the machine.
fn tell_which(asterisk: &Installation) {
    let user = asterisk.user.shown();
    let runs = match &asterisk.process {
        Some(process) => format!("runs as {user}, process {}", process.pid),
        None => format!("does not run; its user is {user}: {}", asterisk.user.known_by),
    };
    let config = name(&asterisk.outside(&asterisk.config));
    let _ = writeln!(output::talk(), "{FAINT}the Asterisk of {config} {runs}{FAINT:#}");
}

/// Who may write the folder may put another program there.
fn warn_of_rights(asterisk: &Installation, folder: &Path) {
    let (user, Ok(metadata)) = (&asterisk.user, folder.metadata()) else { return };
    let is_in_group = metadata.gid() == user.gid || user.groups.contains(&metadata.gid());
    let may_write = match metadata.mode() {
        _ if user.uid == 0 => return,
        mode if metadata.uid() == user.uid => mode & 0o200 != 0,
        mode if is_in_group => mode & 0o020 != 0,
        mode => mode & 0o002 != 0,
    };
    if may_write {
        let (user, folder) = (user.shown(), name(folder));
        output::problem(&format!(
            "{user}, as whom Asterisk runs, may write {folder}: a script gone wrong could replace what is in it; \
             `chown root {folder} && chmod 755 {folder}` ends that"
        ));
    }
}

/// Tells on standard error what was done, or would be.
fn say(path: &Path, what: &str) {
    let _ = writeln!(output::talk(), "{GOOD}{}{GOOD:#}: {what}", name(path));
}

/// `1 call`, `2 calls`
fn count(calls: usize) -> String {
    format!("{calls} call{}", if calls == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_named_twice() {
        let names = ["a", "b", "a", "b"].map(String::from);
        assert_eq!(twice(&names).map(String::as_str), Some("a"));
        assert_eq!(twice(&names[..2]), None);
    }
}
