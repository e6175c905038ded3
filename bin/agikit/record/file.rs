//! Where a recording goes: a file of its own for each call, which nobody else reads.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::time::SystemTime;

/// So many names are tried in a folder: only copies of one moment and one process number share a name.
const TRIES: u32 = 100;

/// Makes the file, or a new one in the folder. What is there already is never touched.
pub(super) fn create(place: Option<&Path>, program: &Path) -> Result<(File, PathBuf), String> {
    let place = place.unwrap_or(Path::new("."));
    let is_folder = place.as_os_str().as_bytes().ends_with(b"/") || place.is_dir();
    let problem = |path: &Path, error: &io::Error| {
        let advice = match error.kind() {
            ErrorKind::AlreadyExists => "; a folder (-o DIR) gets a new file for each call",
            ErrorKind::NotFound => "; make the folder first",
            ErrorKind::PermissionDenied => {
                "; it must be writable for the user that Asterisk runs as"
            }
            _ => "",
        };
        format!("this call is not recorded: {}: {error}{advice}", path.display())
    };
    if !is_folder {
        return match open(place) {
            Ok(file) => Ok((file, place.to_owned())),
            Err(error) => Err(problem(place, &error)),
        };
    }
    let name = format!("{}-{}-{}", stem(program), moment(SystemTime::now()), process::id());
    let mut number = 1;
    loop {
        let path = place.join(match number {
            1 => format!("{name}.agi"),
            number => format!("{name}-{number}.agi"),
        });
        match open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < TRIES => number += 1,
            Err(error) => return Err(problem(&path, &error)),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// The program's name as a part of a file's.
fn stem(program: &Path) -> String {
    let stem = program.file_stem().unwrap_or_default().to_string_lossy();
    stem.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// A moment as `20261121T014807Z`, which sorts.
fn moment(at: SystemTime) -> String {
    jiff::Timestamp::try_from(at).unwrap_or_default().strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn tells_moments() {
        let moment = |seconds| moment(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(moment(0), "19700101T000000Z");
        assert_eq!(moment(951_782_400), "20000229T000000Z");
        assert_eq!(moment(1_795_225_687), "20261121T014807Z");
        assert_eq!(moment(4_107_542_399), "21000228T235959Z");
        assert_eq!(moment(4_107_542_400), "21000301T000000Z");
    }

    #[test]
    fn makes_names_of_programs() {
        assert_eq!(stem(Path::new("/usr/lib/agi/my menu.py")), "my-menu");
        assert_eq!(stem(Path::new("..")), "");
    }
}
