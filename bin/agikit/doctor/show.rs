//! What was found, for people and as JSON.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::finding::{Finding, one_line};
use super::patient::Patient;
use crate::asterisk::Installation;
use crate::output::{BAD, GOOD, STRONG};

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Chart {
    asterisk: Option<Head>,
    /// Those of the installation.
    pub(super) findings: Vec<Finding>,
    /// How many calls of EAGI at once the system has pipes for, where it limits them.
    pub(super) calls: Option<u64>,
    pub(super) programs: Vec<Program>,
}

/// Which Asterisk it is.
#[derive(Debug)]
struct Head {
    config: PathBuf,
    root: PathBuf,
    agi_bin: PathBuf,
    user: String,
    known_by: &'static str,
    runs: bool,
    languages: Vec<String>,
}

/// One program.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// As the dialplan names it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// What it is: a script, compiled.
    pub(super) kind: String,
    pub(super) findings: Vec<Finding>,
    /// The trial call, in words and as JSON.
    pub(super) told: Option<String>,
    pub(super) call: Value,
    /// It is called by EAGI().
    pub(super) enhanced: bool,
}

impl Chart {
    /// Notes which Asterisk it is.
    pub(super) fn of(&mut self, patient: &Patient, installation: &Installation) {
        self.asterisk = Some(Head {
            config: installation.config.clone(),
            root: installation.root.clone(),
            agi_bin: patient.agi_bin.clone(),
            user: patient.who.name.clone(),
            known_by: installation.user.known_by,
            runs: installation.process.is_some(),
            languages: patient.sounds.languages.clone(),
        });
    }

    fn all(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.programs.iter().flat_map(|program| &program.findings))
    }

    pub(super) fn faults(&self) -> usize {
        self.all().filter(|finding| finding.is_fault()).count()
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.asterisk {
            Some(head) => {
                let config = one_line(&head.config.to_string_lossy());
                let agi_bin = one_line(&head.agi_bin.to_string_lossy());
                let root = match head.root.as_os_str() == "/" {
                    true => String::new(),
                    false => format!(" in {}", one_line(&head.root.to_string_lossy())),
                };
                writeln!(
                    to,
                    "{STRONG}Asterisk{STRONG:#} {config}{root}, programs in {agi_bin}, user {} ({})",
                    head.user, head.known_by
                )?;
            }
            None => writeln!(to, "{STRONG}Asterisk{STRONG:#}")?,
        }
        for finding in &self.findings {
            finding.write(to)?;
        }
        for program in &self.programs {
            program.write(to)?;
        }
        match self.faults() {
            0 => writeln!(to, "{GOOD}no fault{GOOD:#}"),
            1 => writeln!(to, "{BAD}1 fault{BAD:#}"),
            count => writeln!(to, "{BAD}{count} faults{BAD:#}"),
        }
    }

    pub(super) fn json(&self) -> Value {
        let asterisk = self.asterisk.as_ref().map(|head| {
            json!({
                "config": head.config.to_string_lossy(),
                "root": head.root.to_string_lossy(),
                "agi_bin": head.agi_bin.to_string_lossy(),
                "user": head.user,
                "runs": head.runs,
                "languages": head.languages,
                "eagi_calls_at_once": self.calls,
            })
        });
        let findings =
            |findings: &[Finding]| findings.iter().map(Finding::json).collect::<Vec<_>>();
        let programs: Vec<Value> = self
            .programs
            .iter()
            .map(|program| {
                json!({
                    "name": program.name,
                    "path": program.path.to_string_lossy(),
                    "kind": program.kind,
                    "findings": findings(&program.findings),
                    "call": program.call,
                })
            })
            .collect();
        json!({
            "asterisk": asterisk,
            "findings": findings(&self.findings),
            "programs": programs,
            "faults": self.faults(),
        })
    }
}

impl Program {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let parts = [Some(self.kind.as_str()), self.told.as_deref()];
        let parts: Vec<&str> =
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let parts = one_line(&parts.join("; "));
        let gap = if parts.is_empty() { "" } else { " " };
        writeln!(to, "{STRONG}{}{STRONG:#}{gap}{parts}", one_line(&self.name))?;
        self.findings.iter().try_for_each(|finding| finding.write(to))
    }
}
