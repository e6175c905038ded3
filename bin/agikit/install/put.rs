//! Programs into agi-bin. One that may not go there keeps all that are named out; and where a disk fails in the middle,
//! it is told which of them are in.

use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use super::calls::Calls;
use super::files;
use super::folder::{Folder, There, Unplaced};
use super::manifest::{Entry, Fingerprint};
use super::options::Install;
use super::package::Source;
use super::{check, count, dialplan, label, say};
use crate::asterisk::Installation;
use crate::exit::{Done, Exit};
use crate::output::{self, name};

/// A program on its way.
struct Step<'a> {
    source: &'a Source,
    name: &'a str,
    there: There,
    /// Not in a dry run.
    copy: Option<Unplaced>,
    print: Fingerprint,
}

/// Makes all copies, looks whether all can be put in place, and only then does so.
pub(super) fn run(
    options: &Install,
    asterisk: &Installation,
    folder: &mut Folder,
    sources: &[Source],
    names: &[String],
) -> Done {
    let mut steps = Vec::new();
    let mut refused = Vec::new();
    for (source, program) in sources.iter().zip(names) {
        let there = folder.there(program)?;
        let path = folder.path.join(program);
        match &there {
            There::Directory => refused.push(format!("{}: it is a folder", name(&path))),
            There::Foreign(what) if !options.force => {
                refused.push(format!("{}: it is {what}; --force replaces it", name(&path)));
            }
            _ => {}
        }
        let (copy, print) = match options.dry_run {
            true => (None, fingerprint_of(&source.path)?),
            false => {
                let (copy, print) = folder.copy(program, &source.path)?;
                (Some(copy), print)
            }
        };
        let looked_at = copy.as_ref().map_or(&source.path, |copy| &copy.path);
        match check::fault(asterisk, looked_at, &source.path) {
            Some(why) if options.force => output::problem(&why),
            Some(why) => refused.push(format!("{why}; --force installs it all the same")),
            None => check::remark(program, looked_at).iter().for_each(|it| output::problem(it)),
        }
        steps.push(Step { source, name: program, there, copy, print });
    }
    if !refused.is_empty() {
        refused.iter().for_each(|why| output::problem(why));
        output::problem("nothing is installed");
        return Ok(Exit::Failure);
    }
    let mut placed = Vec::new();
    let taken = steps.into_iter().try_for_each(|step| step.take(asterisk, folder, &mut placed));
    let mut data = output::data();
    data.write_all(dialplan::lines(&placed).as_bytes())?;
    data.flush()?;
    let Err(why) = taken else { return Ok(Exit::Success) };
    output::problem(&why);
    let missing: Vec<&str> =
        names.iter().filter(|name| !placed.contains(name)).map(String::as_str).collect();
    output::problem(&match (placed.is_empty(), missing.is_empty()) {
        (true, _) => "nothing is installed".to_owned(),
        (false, true) => "all are installed all the same".to_owned(),
        (false, false) => {
            format!("installed: {}; not installed: {}", placed.join(", "), missing.join(", "))
        }
    });
    Ok(Exit::Trouble)
}

impl Step<'_> {
    /// Puts it in place, and its name among those that are.
    fn take(
        self,
        asterisk: &Installation,
        folder: &mut Folder,
        placed: &mut Vec<String>,
    ) -> Result<(), String> {
        let path = folder.path.join(self.name);
        let version = self.source.version.clone();
        if let There::Ours { entry, is_right: true } = &self.there
            && (entry.print, &entry.version) == (self.print, &version)
        {
            say(&path, "it is there already, the same");
            placed.push(self.name.to_owned());
            return Ok(());
        }
        let new = match &version {
            Some(version) => format!("{version}, {}", size(self.print.size)),
            None => size(self.print.size),
        };
        let old = match &self.there {
            There::Ours { entry, .. } => match &entry.version {
                Some(version) => format!(", in place of {version}"),
                None => ", in place of an older one".to_owned(),
            },
            There::Foreign(what) => format!(", in place of {what}"),
            There::Nothing | There::Directory => String::new(),
        };
        let Some(copy) = self.copy else {
            say(&path, &format!("would be installed ({new}){old}"));
            placed.push(self.name.to_owned());
            return Ok(());
        };
        if let Some(trouble) = label::set(&copy.path) {
            output::problem(&trouble);
        }
        // Those that run by now keep what they run.
        let before = match self.there {
            There::Nothing => 0,
            _ => Calls::of(asterisk, self.name).all(),
        };
        let at = SystemTime::now();
        let entry = Entry { name: self.name.to_owned(), version, print: self.print, at };
        folder.place(copy, &entry)?;
        placed.push(self.name.to_owned());
        let calls = match before {
            0 => String::new(),
            1 => format!("; {} goes on with the old one", count(before)),
            _ => format!("; {} go on with the old one", count(before)),
        };
        say(&path, &format!("installed ({new}){old}{calls}"));
        folder.settle(entry)
    }
}

fn fingerprint_of(path: &Path) -> Result<Fingerprint, String> {
    files::fingerprint(path).map_err(|error| format!("cannot read {}: {error}", name(path)))
}

/// `412 KiB`
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        _ => format!("{} KiB", bytes.div_ceil(1024)),
    }
}
