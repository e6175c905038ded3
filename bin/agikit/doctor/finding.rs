//! What is found: a fault and its cure, a line each; for people and as JSON.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::output::{self, BAD, FAINT, GOOD};

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Calls fail by it.
    Fault,
    /// It is to be known, and calls go on.
    Note,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    weight: Weight,
    /// A word for scripts: `no-run-bit`.
    pub(super) kind: &'static str,
    what: String,
    /// What AGISTATUS is then, where it is known.
    status: Option<&'static str>,
    cure: String,
}

impl Finding {
    pub(super) fn fault(
        kind: &'static str,
        what: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        let (what, cure) = (one_line(&what.into()), one_line(&cure.into()));
        Finding { weight: Weight::Fault, kind, what, status: None, cure }
    }

    pub(super) fn note(
        kind: &'static str,
        what: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Finding { weight: Weight::Note, ..Finding::fault(kind, what, cure) }
    }

    /// What the dialplan finds in AGISTATUS.
    pub(super) fn status(mut self, status: &'static str) -> Self {
        self.status = Some(status);
        self
    }

    pub(super) fn is_fault(&self) -> bool {
        self.weight == Weight::Fault
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let what = &self.what;
        match (self.weight, self.status) {
            (Weight::Fault, None) => writeln!(to, "  {BAD}fault{BAD:#}  {what}")?,
            (Weight::Fault, Some(status)) => {
                writeln!(to, "  {BAD}fault{BAD:#}  {what} (AGISTATUS {status})")?;
            }
            (Weight::Note, _) => writeln!(to, "  {FAINT}note{FAINT:#}   {what}")?,
        }
        writeln!(to, "  {GOOD}cure{GOOD:#}   {}", self.cure)
    }

    pub(super) fn json(&self) -> Value {
        let weight = if self.is_fault() { "fault" } else { "note" };
        json!({
            "weight": weight,
            "kind": self.kind,
            "what": self.what,
            "agi_status": self.status,
            "cure": self.cure,
        })
    }
}

/// What programs and files' names had a say in stays one line, and does nothing to a terminal.
pub(super) fn one_line(text: &str) -> String {
    output::name(Path::new(text))
}

/// A word for a shell: quoted where it is more than a plain name.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// The same of a path.
pub(super) fn path(path: &Path) -> String {
    word(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_two_lines_whatever_it_tells() {
        let found = Finding::fault("stray", "it says `a\nb\x1b[2J`", "do\tnot").status("FAILURE");
        let mut text = Vec::new();
        found.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("it says `a\\x0ab\\x1b[2J` (AGISTATUS FAILURE)\n"), "{text}");
        assert!(text.ends_with("do\\x09not\n"), "{text}");
        assert_eq!(found.json()["agi_status"], "FAILURE");
        assert!(found.is_fault() && !Finding::note("a", "b", "c").is_fault());
    }

    #[test]
    fn a_cure_can_be_pasted() {
        assert_eq!(path(Path::new("/var/lib/agi-bin/menu.py")), "/var/lib/agi-bin/menu.py");
        assert_eq!(word("it's a"), r"'it'\''s a'");
        assert_eq!(word(""), "''");
    }
}
