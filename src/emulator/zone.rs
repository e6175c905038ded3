//! Time zones: what a clock on the wall shows at a moment, as Asterisk finds it out.
//!
//! A name is that of a file in the system's `/usr/share/zoneinfo`, else a rule as POSIX writes them
//! (`CET-1CEST,M3.5.0,M10.5.0/3`), else it stands for UTC.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

mod calendar;
mod rule;
mod tzif;

pub(in crate::emulator) use calendar::Local;
use rule::Rule;

/// Where the system keeps its zones.
const FOLDER: &str = "/usr/share/zoneinfo";
/// No zone's file is larger.
const LARGEST: u64 = 1 << 18;

/// What the clocks of a zone show for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    /// Seconds east of UTC.
    offset: i32,
    is_dst: bool,
    abbreviation: Vec<u8>,
}

/// A time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Zone {
    /// What holds before the first change.
    first: Kind,
    /// From which moment on, what; sorted.
    changes: Vec<(i64, Kind)>,
    /// What holds behind the last change.
    rule: Option<Rule>,
}

impl Zone {
    /// Universal time.
    pub(in crate::emulator) fn utc() -> Zone {
        let first = Kind { offset: 0, is_dst: false, abbreviation: b"UTC".to_vec() };
        Zone { first, changes: Vec::new(), rule: None }
    }

    /// The zone of a name. One that is unknown is UTC, and so is the empty one: Asterisk takes the machine's own
    /// then, which would make a test's outcome depend on where it runs.
    pub(in crate::emulator) fn named(name: &[u8]) -> Zone {
        Zone::below(Path::new(FOLDER), name)
    }

    /// The same, of the zones in another folder.
    pub(in crate::emulator) fn below(folder: &Path, name: &[u8]) -> Zone {
        let name = name.strip_prefix(b":").unwrap_or(name);
        if name.is_empty() {
            return Zone::utc();
        }
        from_disk(folder, name).or_else(|| Zone::posix(name)).unwrap_or_else(Zone::utc)
    }

    /// A zone file's content.
    fn file(bytes: &[u8]) -> Option<Zone> {
        tzif::read(bytes)
    }

    /// A zone that a rule alone describes. Before 1970 it has no summer.
    fn posix(text: &[u8]) -> Option<Zone> {
        let rule = Rule::parse(text)?;
        Some(Zone { first: rule.standard(), changes: vec![(0, rule.standard())], rule: Some(rule) })
    }

    fn kind(&self, epoch: i64) -> &Kind {
        let behind = self.changes.partition_point(|(from, _)| *from <= epoch);
        if behind == self.changes.len()
            && let Some(rule) = &self.rule
        {
            return rule.kind(epoch);
        }
        behind.checked_sub(1).and_then(|at| self.changes.get(at)).map_or(&self.first, |(_, it)| it)
    }

    /// What the clock and the calendar show at a moment.
    pub(in crate::emulator) fn local(&self, epoch: i64) -> Local {
        let kind = self.kind(epoch);
        Local::new(epoch, kind.offset, kind.is_dst, kind.abbreviation.clone())
    }
}

fn from_disk(folder: &Path, name: &[u8]) -> Option<Zone> {
    if name.windows(2).any(|two| two == b"..") || name.contains(&0) {
        return None;
    }
    // An absolute path takes the folder's place.
    let path = folder.join(OsStr::from_bytes(name));
    if !path.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Zone::file(&bytes)
}

#[cfg(test)]
mod tests;
