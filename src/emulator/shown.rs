//! A report as it is read, in the message of a test that failed.

use std::fmt;

use super::Report;

impl fmt::Debug for Report {
    /// The call as a transcript, then what came of it. `assert!(call.stray().is_empty(), "{call:?}")`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (transcript, cover) = self.covered();
        let text = |bytes: &[u8]| cover.text(bytes).to_string();
        write!(f, "\n{transcript}")?;
        writeln!(f, "# AGISTATUS {}, lasted {:?}", self.status.unwrap_or("not set"), self.lasted)?;
        for (name, value) in self.variables() {
            writeln!(f, "# variable {}={}", text(name), text(value))?;
        }
        for (entry, value) in self.entries() {
            writeln!(f, "# database {}={}", text(entry), text(value))?;
        }
        for line in self.stray() {
            writeln!(f, "# stray output: {}", text(line))?;
        }
        for note in self.error().into_iter().chain(self.notes().iter().map(String::as_str)) {
            writeln!(f, "# {}", text(note.as_bytes()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::emulator::Asterisk;

    #[test]
    fn reads_as_a_transcript() {
        let call = Asterisk::new().run(|agi| {
            agi.set_variable("NAME", b"a\x1b\xff")?;
            agi.database_put("family", "key", "value").map(drop)
        });
        let text = format!("{call:?}");
        let sent = "\n> SET VARIABLE \"NAME\" \"a\\x1b\\xff\"\n< 200 result=1\n";
        assert!(text.contains(sent) && text.contains("\n= 0\n# AGISTATUS SUCCESS,"), "{text}");
        assert!(text.contains("\n# variable NAME=a\\x1b\\xff\n"), "{text}");
        assert!(text.contains("\n# database family/key=value\n"), "{text}");
    }
}
