//! `agikit record` in agi-bin, around programs in any language.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use agikit::transcript::{Entry, Event, Exit, Transcript};

use crate::lab::{Call, Lab, top, wait};

/// Writes a program of agi-bin; renamed into place, as a call may be in progress.
pub fn put(lab: &Lab, name: &str, program: &[u8]) {
    let path = lab.inside("srv/lab/agi-bin").join(name);
    let new = path.with_extension("new");
    std::fs::write(&new, program).expect("agi-bin takes a program");
    std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o755)).expect("it may run");
    std::fs::rename(&new, &path).expect("agi-bin takes a program");
}

/// A program of `tests/programs`.
pub fn program(name: &str) -> String {
    let path = top().join("tests/programs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Puts a wrapper into agi-bin that records `program`, which is in agi-bin, too.
pub fn record(lab: &Lab, name: &str, program: &str) {
    let script = format!(
        "#!/bin/sh\nid=${{1##*/}}\nexec /srv/lab/agi-bin/agikit record \
         -o /srv/lab/report/${{id%.db}}.agi -- /srv/lab/agi-bin/{program} \"$@\"\n"
    );
    put(lab, name, script.as_bytes());
}

/// A recording in the lab.
pub struct Recorded {
    /// Its path, as this machine sees it.
    pub path: PathBuf,
    /// The same, as the lab sees it.
    pub inside: String,
    pub transcript: Transcript,
}

/// The recording of a call, once it is whole.
pub fn recorded(lab: &Lab, call: &Call<'_>) -> Recorded {
    let inside = format!("/srv/lab/report/{}.agi", call.id);
    let path = lab.inside(inside.trim_start_matches('/'));
    let transcript = wait(&format!("the recording of {}", call.id), || {
        let transcript = Transcript::open(&path).ok()?;
        matches!(transcript.entries.last(), Some(Entry::Exit(_))).then_some(transcript)
    });
    Recorded { path, inside, transcript }
}

impl Recorded {
    /// What was said behind the environment, a line each: `> ` and `< `.
    pub fn conversation(&self) -> Vec<String> {
        conversation(&self.transcript)
    }

    pub fn exit(&self) -> Option<Exit> {
        self.transcript.entries.iter().rev().find_map(|entry| match entry {
            Entry::Exit(exit) => Some(*exit),
            _ => None,
        })
    }

    pub fn has_hangup(&self) -> bool {
        self.transcript.entries.contains(&Entry::Event(Event::Hangup))
    }

    /// Replays it inside the lab on one of its programs; gives whether it was green, and what was said.
    pub fn replay(&self, lab: &Lab, program: &str) -> (bool, String) {
        let program = format!("/srv/lab/agi-bin/{program}");
        let done =
            lab.run(&["/srv/lab/agi-bin/agikit", "replay", &self.inside, "--", program.as_str()]);
        (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
    }
}

/// The lines of both sides behind the environment.
pub fn conversation(transcript: &Transcript) -> Vec<String> {
    let lines = transcript.entries.iter().filter_map(|entry| match entry {
        Entry::Script(_) | Entry::Asterisk(_) => Some(entry.to_string()),
        _ => None,
    });
    lines.skip_while(|line| line != "<").skip(1).collect()
}

/// Whether a file is in the lab.
pub fn has(lab: &Lab, path: &str) -> bool {
    Path::new(&lab.inside(path)).exists()
}
