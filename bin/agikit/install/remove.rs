//! Programs out of agi-bin.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::calls::Calls;
use super::folder::{Folder, There};
use super::options::Install;
use super::{count, say};
use crate::asterisk::Installation;
use crate::exit::{Done, Exit};
use crate::output::{self, name};

/// Looks whether all that are named may be removed, and only then does so.
pub(super) fn run(options: &Install, asterisk: &Installation, folder: &mut Folder) -> Done {
    let mut names = Vec::new();
    let mut refused = Vec::new();
    for program in &options.programs {
        let Some(program) = named(program) else {
            refused
                .push(format!("{}: give the name in agi-bin; `--list` shows them", name(program)));
            continue;
        };
        let path = folder.path.join(program);
        match folder.there(program)? {
            There::Ours { .. } => names.push(program),
            There::Foreign(_) if options.force => names.push(program),
            // Somebody was quicker: only the list has it still.
            There::Nothing if folder.manifest.knows(program) => names.push(program),
            There::Nothing => refused.push(format!("{}: it is not there", name(&path))),
            There::Directory => refused.push(format!("{}: it is a folder", name(&path))),
            There::Foreign(what) => {
                refused.push(format!("{}: it is {what}; --force removes it", name(&path)));
            }
        }
    }
    if !refused.is_empty() {
        refused.iter().for_each(|why| output::problem(why));
        output::problem("nothing is removed");
        return Ok(Exit::Failure);
    }
    for program in names {
        let path = folder.path.join(program);
        if options.dry_run {
            say(&path, "would be removed");
            continue;
        }
        let before = Calls::of(asterisk, program).all();
        folder.remove(program)?;
        let calls = match before {
            0 => String::new(),
            1 => "; 1 call goes on with it".to_owned(),
            many => format!("; {} go on with it", count(many)),
        };
        say(&path, &format!("removed{calls}; a dialplan that starts it gets AGISTATUS NOTFOUND"));
    }
    Ok(Exit::Success)
}

/// A name in agi-bin, and nothing that leads out of it. (What is ours has no other names than text.)
fn named(program: &Path) -> Option<&str> {
    let text = program.to_str()?;
    let is_name = program.file_name().map(OsStr::as_bytes) == Some(text.as_bytes());
    (is_name && !text.starts_with('.')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out() {
        assert_eq!(named(Path::new("hello")), Some("hello"));
        for path in ["../hello", "/bin/sh", "hello/", "..", ".", "", ".agikit-installed"] {
            assert_eq!(named(Path::new(path)), None, "{path}");
        }
    }
}
