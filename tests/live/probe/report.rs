//! What a scenario saw, line by line, for the test that placed the call.

use std::fmt::{Debug, Display};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};

/// A file that the test reads while it grows.
pub struct Report {
    file: File,
}

impl Report {
    pub fn open(id: &str) -> io::Result<Report> {
        let path = format!("/srv/lab/report/{id}");
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Report { file })
    }

    /// One line, in one write.
    pub fn line(&mut self, name: &str, value: impl Display) -> io::Result<()> {
        self.file.write_all(format!("{name} {value}\n").as_bytes())
    }

    /// `ok NAME seen`, or `FAIL NAME seen`.
    pub fn check(&mut self, name: &str, good: bool, seen: impl Debug) -> io::Result<()> {
        let seen = format!("{seen:?}");
        let seen: String = seen.chars().take(300).collect();
        self.line(if good { "ok" } else { "FAIL" }, format!("{name}\t{seen}"))
    }

    /// The same for what is text already.
    pub fn told(&mut self, name: &str, good: bool, seen: &str) -> io::Result<()> {
        self.line(if good { "ok" } else { "FAIL" }, format!("{name}\t{seen}"))
    }

    pub fn equal<T: Debug + PartialEq>(
        &mut self,
        name: &str,
        seen: T,
        expected: T,
    ) -> io::Result<()> {
        if seen == expected {
            self.check(name, true, seen)
        } else {
            self.check(name, false, format!("{seen:?} instead of {expected:?}"))
        }
    }
}
