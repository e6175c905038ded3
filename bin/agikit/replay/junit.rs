//! The report that build servers read.

use std::error::Error;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::Replayed;
use crate::output;

/// Where a report goes: opened before anything runs, so that nothing runs for nothing.
pub(super) enum Report {
    StandardOutput,
    File(File),
}

impl Report {
    pub(super) fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        if path == Path::new("-") {
            return Ok(Report::StandardOutput);
        }
        let file = File::create(path)
            .map_err(|error| format!("cannot write the report {}: {error}", path.display()))?;
        Ok(Report::File(file))
    }

    pub(super) fn takes_standard_output(&self) -> bool {
        matches!(self, Report::StandardOutput)
    }

    pub(super) fn write(
        self,
        program: &OsStr,
        done: &[Replayed],
        took: Duration,
    ) -> Result<(), Box<dyn Error>> {
        let program = program.to_string_lossy();
        let mut suite = TestSuite::new(program.clone());
        suite.set_time(took);
        for Replayed { file, failure, took } in done {
            let status = match failure {
                None => TestCaseStatus::success(),
                Some(failure) => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status.set_message(failure.lines().next().unwrap_or_default());
                    status.set_description(failure.clone());
                    status
                }
            };
            let mut case = TestCase::new(file.to_string_lossy(), status);
            case.set_classname(program.clone());
            case.set_time(*took);
            suite.add_test_case(case);
        }
        let mut report = Xml::new("agikit replay");
        report.set_time(took);
        report.add_test_suite(suite);
        let text = report.to_string()?;
        match self {
            Report::StandardOutput => {
                let mut data = output::data();
                data.write_all(text.as_bytes())?;
                data.flush()?;
            }
            Report::File(mut file) => file.write_all(text.as_bytes())?,
        }
        Ok(())
    }
}
