//! What is ours in agi-bin: a file beside the programs, which Asterisk never opens and cannot run.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::names::is_name;

/// Its name.
pub(super) const NAME: &str = ".agikit-installed";

const HEAD: &str =
    "# What `agikit install` has put here: name, version, bytes, hash, seconds since 1970.\n";

/// A program that was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Of its Cargo package.
    pub(super) version: Option<String>,
    pub(super) print: Fingerprint,
    pub(super) at: SystemTime,
}

/// What a file is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) size: u64,
    /// FNV-1a: it tells an accident or an editor, and is no proof against malice. (Who can write here needs none.)
    hash: u64,
}

impl Fingerprint {
    pub(super) const EMPTY: Fingerprint = Fingerprint { size: 0, hash: 0xcbf2_9ce4_8422_2325 };

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// All of a folder. While a program is being replaced, the old and the new one are both in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) entries: Vec<Entry>,
}

impl Manifest {
    /// Reads it. What is no entry is left out: the file is then only not known to be ours. Who may write the folder may
    /// have written this, too, so that no name leads out of it, and nothing moves the cursor.
    pub(super) fn parse(text: &[u8]) -> Manifest {
        let text = String::from_utf8_lossy(text);
        let entries = text.lines().filter(|line| !line.starts_with('#')).filter_map(entry);
        Manifest { entries: entries.collect() }
    }

    pub(super) fn print(&self) -> String {
        let mut text = String::from(HEAD);
        for Entry { name, version, print, at } in &self.entries {
            let version = version.as_deref().unwrap_or("-");
            let at = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            let _ = writeln!(text, "{name}\t{version}\t{}\t{:016x}\t{at}", print.size, print.hash);
        }
        text
    }

    /// The entry of a file that is as it was installed.
    pub(super) fn find(&self, name: &str, print: &Fingerprint) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.name == name && entry.print == *print)
    }

    /// Whether anything of that name was installed.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.entries.retain(|entry| entry.name != name);
    }
}

fn entry(line: &str) -> Option<Entry> {
    let mut fields = line.split('\t');
    let mut next = || fields.next().filter(|field| !field.is_empty());
    let name = next().filter(|name| is_name(name))?.to_owned();
    let is_version = |version: &&str| version.chars().all(|c| c.is_ascii_graphic());
    let version = Some(next().filter(is_version)?.to_owned()).filter(|version| version != "-");
    let size = next()?.parse().ok()?;
    let hash = u64::from_str_radix(next()?, 16).ok()?;
    let at = UNIX_EPOCH.checked_add(Duration::from_secs(next()?.parse().ok()?))?;
    Some(Entry { name, version, print: Fingerprint { size, hash }, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello(bytes: &[u8]) -> Entry {
        let mut print = Fingerprint::EMPTY;
        print.add(bytes);
        let at = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        Entry { name: "hello".into(), version: Some("0.1.0".into()), print, at }
    }

    #[test]
    fn reads_what_it_writes() {
        let other = Entry { name: "menu.py".into(), version: None, ..hello(b"") };
        let manifest = Manifest { entries: vec![hello(b"a"), other] };
        let text = manifest.print();
        assert!(text.ends_with("menu.py\t-\t0\tcbf29ce484222325\t1700000000\n"), "{text}");
        assert!(text.contains("hello\t0.1.0\t1\taf63dc4c8601ec8c\t1700000000\n"), "{text}");
        assert_eq!(Manifest::parse(text.as_bytes()), manifest);
    }

    #[test]
    fn knows_a_file_by_its_bytes() {
        let manifest = Manifest { entries: vec![hello(b"old"), hello(b"new")] };
        for bytes in [b"old", b"new"] {
            assert_eq!(manifest.find("hello", &hello(bytes).print), Some(&hello(bytes)));
        }
        assert_eq!(manifest.find("hello", &hello(b"his").print), None);
        assert_eq!(manifest.find("menu", &hello(b"new").print), None);
    }

    #[test]
    fn any_bytes() {
        for text in
            [&b"\xff\0\t\t\n"[..], b"a\tb\tc\td\te\n", b"a\t1\t1\t1\t99999999999999999999\n", b""]
        {
            assert_eq!(Manifest::parse(text), Manifest::default());
        }
        assert_eq!(Manifest::parse(b"a\t1\t1\t1\t18446744073709551615\n"), Manifest::default());
    }
    #[test]
    fn takes_no_name_that_leads_out() {
        let entries = |name: &str, version: &str| {
            let line = format!("{name}\t{version}\t1\t1\t1700000000\n");
            Manifest::parse(line.as_bytes()).entries.len()
        };
        assert_eq!(entries("menu.py", "1.2.3-rc.1+build"), 1);
        for name in
            ["../../etc/shadow", "/etc/shadow", "a/b", "..", "\u{1b}[2J", "a\u{9b}1m", "a b"]
        {
            assert_eq!(entries(name, "1.2.3"), 0, "{name}");
        }
        for version in ["\u{1b}[2J", "1 2", "\u{9b}1m", "1\u{e4}"] {
            assert_eq!(entries("menu", version), 0, "{version}");
        }
    }
}
