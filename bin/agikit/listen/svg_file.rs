//! Where an SVG goes.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::output;

/// Chosen before anything is read, so that nothing is done for nothing.
#[derive(Debug)]
pub(super) enum Target {
    StandardOutput,
    File(PathBuf),
}

/// What an SVG of ours begins with, as others do.
pub(super) const BEGIN: &str = "<svg";

impl Target {
    /// A file that is there is overwritten only if it is an SVG: not the recording, by a slip of the hand.
    pub(super) fn choose(path: &Path) -> Result<Target, Box<dyn Error>> {
        if path == Path::new("-") {
            return Ok(Target::StandardOutput);
        }
        match begin(path) {
            Ok(begin) if begin.is_empty() || begin.contains(BEGIN) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(_) => {
                let name = output::name(path);
                return Err(format!("{name} is there and is no SVG; choose another name").into());
            }
            Err(error) => {
                return Err(format!("cannot write {}: {error}", output::name(path)).into());
            }
        }
        Ok(Target::File(path.to_owned()))
    }

    pub(super) fn takes_standard_output(&self) -> bool {
        matches!(self, Target::StandardOutput)
    }

    pub(super) fn write(&self, text: &str) -> Result<(), Box<dyn Error>> {
        match self {
            Target::StandardOutput => {
                let mut data = output::data();
                data.write_all(text.as_bytes())?;
                data.flush()?;
            }
            Target::File(path) => fs::write(path, text)
                .map_err(|error| format!("cannot write {}: {error}", output::name(path)))?,
        }
        Ok(())
    }
}

/// The first bytes of a regular file; none of what is something else, a pipe or a device.
fn begin(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.is_file() {
        File::open(path)?.take(1000).read_to_end(&mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
