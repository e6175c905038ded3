//! `agikit import`: Asterisk's log as transcripts.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use agikit::transcript::Entry;
use agikit::transcript::import::{Imported, read};

use crate::cli::Import;
use crate::exit::{Done, Exit};
use crate::output;

const NO_SESSION: &str = "no AGI session is in it. Asterisk logs them after `agi set debug on` (on its console), \
                          to files whose line in logger.conf has `verbose`";

pub(crate) fn run(arguments: &Import) -> Done {
    let log = &arguments.log;
    let at = |error: io::Error| format!("{}: {error}", log.display());
    let reader: Box<dyn BufRead> = match log.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(log).map_err(at)?)),
    };
    let mut sessions = read(reader);
    let Some(first) = sessions.next().transpose().map_err(at)? else {
        output::problem(&format!("{}: {NO_SESSION}", log.display()));
        return Ok(Exit::Failure);
    };
    match &arguments.output {
        None => {
            // One is shown; of more, only how many there are.
            let more = sessions.by_ref().try_fold(0_usize, |count, it| it.map(|_| count + 1));
            match more.map_err(at)? {
                0 => show(&first)?,
                more => {
                    let count = more + 1;
                    return Err(format!(
                        "{}: {count} sessions are in it; -o DIR writes a file for each",
                        log.display()
                    )
                    .into());
                }
            }
        }
        Some(folder) => {
            let sessions = std::iter::once(Ok(first)).chain(sessions);
            let mut files = Files::new(folder, arguments.force)?;
            for session in sessions {
                files.write(&session.map_err(at)?)?;
            }
        }
    }
    Ok(Exit::Success)
}

fn show(session: &Imported) -> io::Result<()> {
    tell_notes(session, None);
    let mut data = output::data();
    write!(data, "{}", session.transcript)?;
    data.flush()
}

/// What is missing or in doubt goes to standard error; the transcript has it in its comments, too.
fn tell_notes(session: &Imported, path: Option<&Path>) {
    for note in &session.notes {
        match path {
            Some(path) => output::problem(&format!("{}: {note}", path.display())),
            None => output::problem(&note.to_string()),
        }
    }
}

/// Transcripts in a folder, named after the channel and its unique number.
struct Files<'a> {
    folder: &'a Path,
    force: bool,
    /// How many have that name: a call may start several programs.
    names: HashMap<String, u32>,
}

impl<'a> Files<'a> {
    fn new(folder: &'a Path, force: bool) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        Ok(Files { folder, force, names: HashMap::new() })
    }

    fn write(&mut self, session: &Imported) -> Result<(), Box<dyn Error>> {
        let name = name(session);
        let number = self.names.entry(name.clone()).or_default();
        *number += 1;
        let path = self.folder.join(match number {
            1 => format!("{name}.agi"),
            number => format!("{name}-{number}.agi"),
        });
        if self.force {
            // What is in the way goes: a link is not followed, and others' rights to the file end.
            let _ = fs::remove_file(&path);
        }
        let mut options = OpenOptions::new();
        // Callers' numbers are in it, and what they dialled.
        options.write(true).create_new(true).mode(0o600);
        let text = session.transcript.to_string();
        let written = options.open(&path).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                format!("{} is there already; --force overwrites it", path.display())
            }
            _ => format!("cannot write {}: {error}", path.display()),
        })?;
        tell_notes(session, Some(&path));
        let mut data = output::data();
        writeln!(data, "{}", path.display())?;
        data.flush()?;
        Ok(())
    }
}

/// `PJSIP-alice-00000001-1700000000.12`: no other bytes, however somebody named a channel.
fn name(session: &Imported) -> String {
    let unique = session.transcript.entries.iter().find_map(|entry| match entry {
        Entry::Asterisk(line) => line.as_exact()?.strip_prefix(b"agi_uniqueid: "),
        _ => None,
    });
    let parts = [session.channel.as_slice(), unique.unwrap_or_default()].map(safe);
    let name = parts.iter().filter(|part| !part.is_empty()).map(String::as_str);
    let name = name.collect::<Vec<_>>().join("-");
    // A name of dots is a folder's, and one that begins with a dot is not seen.
    match name.trim_start_matches(['.', '-']) {
        "" => "session".to_owned(),
        name => name.to_owned(),
    }
}

/// So much of a name's part: a file's name has 255 bytes at most.
const LONGEST: usize = 100;

fn safe(bytes: &[u8]) -> String {
    let safe = |&byte: &u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'.' | b'_' => char::from(byte),
        _ => '-',
    };
    bytes.iter().take(LONGEST).map(safe).collect()
}
