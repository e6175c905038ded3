//! What is ours in agi-bin.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::calls::Calls;
use super::folder::{Folder, There};
use super::manifest::Entry;
use super::put::size;
use crate::asterisk::Installation;
use crate::exit::{Done, Exit};
use crate::output::{self, FAINT, STRONG, name};

struct Row {
    entry: Entry,
    calls: Calls,
    /// What is the matter with the file.
    note: Option<&'static str>,
}

/// Shows the programs, each with its version, size, time and calls.
pub(super) fn run(asterisk: &Installation, folder: &Folder, as_json: bool) -> Done {
    let mut entries: Vec<Entry> = Vec::new();
    for entry in &folder.manifest.entries {
        // The later of two that an interrupted replacement left, unless the file is the earlier one.
        let there = match folder.there(&entry.name) {
            Ok(There::Ours { entry, .. }) => entry,
            _ => entry.clone(),
        };
        entries.retain(|it| it.name != there.name);
        entries.push(there);
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let mut rows = Vec::new();
    for entry in entries {
        let note = match folder.there(&entry.name) {
            Ok(There::Ours { is_right: true, .. }) => None,
            Ok(There::Ours { .. }) => Some("its owner or mode was changed"),
            Ok(There::Nothing) => Some("it is gone"),
            Ok(There::Foreign(_) | There::Directory) => Some("it was changed since"),
            Err(_) => Some("it cannot be read"),
        };
        rows.push(Row { calls: Calls::of(asterisk, &entry.name), entry, note });
    }
    match as_json {
        true => show_json(folder, &rows)?,
        false => show(folder, &rows)?,
    }
    Ok(Exit::Success)
}

fn show(folder: &Folder, rows: &[Row]) -> std::io::Result<()> {
    if rows.is_empty() {
        output::problem(&format!("nothing of agikit's is in {}", name(&folder.path)));
        return Ok(());
    }
    let cells: Vec<[String; 5]> = rows
        .iter()
        .map(|Row { entry, calls, .. }| {
            [
                entry.name.clone(),
                entry.version.clone().unwrap_or_else(|| "-".into()),
                size(entry.print.size),
                utc(entry.at),
                calls.shown(),
            ]
        })
        .collect();
    const HEADS: [&str; 5] = ["program", "version", "size", "installed (UTC)", "calls"];
    let widths: Vec<usize> = (0..HEADS.len())
        .map(|at| {
            let cells = cells.iter().filter_map(|row| row.get(at)).map(String::len);
            cells.chain(HEADS.get(at).map(|head| head.len())).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells = cells.zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut data = output::data();
    writeln!(data, "{STRONG}{}{STRONG:#}", line(&mut HEADS.into_iter()))?;
    for (row, cells) in rows.iter().zip(&cells) {
        write!(data, "{}", line(&mut cells.iter().map(String::as_str)))?;
        match row.note {
            Some(note) => writeln!(data, "  {FAINT}{note}{FAINT:#}")?,
            None => writeln!(data)?,
        }
    }
    data.flush()
}

fn show_json(folder: &Folder, rows: &[Row]) -> std::io::Result<()> {
    let programs: Vec<_> = rows
        .iter()
        .map(|Row { entry, calls, note }| {
            json!({
                "name": entry.name,
                "version": entry.version,
                "bytes": entry.print.size,
                "installed": seconds(entry.at),
                "calls": calls.current,
                "calls_with_an_older_one": calls.older,
                "calls_are_at_least": calls.is_at_least,
                "note": note,
            })
        })
        .collect();
    let mut data = output::data();
    let all = json!({ "folder": folder.path.to_string_lossy(), "programs": programs });
    writeln!(data, "{all:#}")?;
    data.flush()
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// `2026-11-21 13:05`.
fn utc(at: SystemTime) -> String {
    jiff::Timestamp::try_from(at).unwrap_or_default().strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_dates() {
        let utc = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(utc(0), "1970-01-01 00:00");
        assert_eq!(utc(951_782_399), "2000-02-28 23:59");
        assert_eq!(utc(951_782_400), "2000-02-29 00:00");
        assert_eq!(utc(1_704_067_199), "2023-12-31 23:59");
        assert_eq!(utc(1_735_689_600), "2025-01-01 00:00");
    }
}
